"""Writes the reference of the rules in a language, from the graph and the shapes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from drawing import Edge, star
from words import Words

from cptpp_graph import CptppGraph, files
from cptpp_graph.terms import GRAPH, NS, PREFIXES, REQ, shorten

SHAPES = PREFIXES["cptpp"].removesuffix("ns#") + "shape/"
A, LABEL, DEFINITION = (PREFIXES["rdf"] + "type", PREFIXES["rdfs"] + "label", PREFIXES["skos"] + "definition")
PARTS = {"rules": ("cptpp", "efforts"), "cases": ("case",), "claims": ("claim",)}  # pages of properties, by file
MOST_EDGES = 7


class Rules(Words):
    """The pages of one language that are made from the graph and the shapes."""

    def __init__(self, kg: CptppGraph, lang: str) -> None:
        super().__init__(lang)
        self.kg = kg
        self.shapes = ox.Store()
        for path in sorted(files.root().glob("shapes/*.ttl")):
            self.shapes.load(path=path, format=ox.RdfFormat.TURTLE)
        self.types = _types(kg.store)
        self.usage, self.times = Counter[tuple[str, str, str]](), Counter[tuple[str, str]]()
        self.asked = [str(row.requirement) for row in kg.query(_REQUIREMENTS)]
        for quad in kg.store:
            for subject in self.above(self.types.get(str(quad.subject), ())):
                self.times[subject, _iri(quad.predicate)] += 1
                for end in self._ends(quad.object):
                    self.usage[subject, _iri(quad.predicate), end] += 1

    @cache  # noqa: B019  one object a language lives as long as the build
    def above(self, classes: tuple[str, ...]) -> frozenset[str]:
        """Classes with all that they are kinds of."""
        direct = [self.objects(one, "rdfs:subClassOf") for one in classes]
        more = tuple(sorted({one for some in direct for one in some if one.startswith(NS)} - set(classes)))
        return frozenset(classes) | (self.above(more) if more else frozenset())

    def _ends(self, term: Any) -> Iterable[str]:
        if isinstance(term, ox.Literal):
            return (term.datatype.value,)
        return self.types.get(str(term), ("",))

    def pages(self) -> Iterator[tuple[str, str]]:
        """(name, Markdown) of every page."""
        yield "classes", self.classes()
        yield from (self.properties(part) for part in ("rules", "cases", "claims"))
        yield "codes", self.codes()
        yield "requirements", self.requirements()
        yield "shapes", self.all_shapes()
        yield "graphs", self.graphs()

    # -------------------------------------------------------------- words

    def text(self, iri: str, prop: str, store: ox.Store | None = None) -> str:
        """What is said of a thing in the language of the page, or in none."""
        found = (store or self.kg.store).quads_for_pattern(ox.NamedNode(iri), ox.NamedNode(prop), None)
        texts = {q.object.language: q.object.value for q in found if isinstance(q.object, ox.Literal)}
        return texts.get(self.lang) or texts.get(None) or ""

    def label(self, iri: str) -> str:
        return self.text(iri, LABEL) or shorten(iri)

    def objects(self, iri: str, prop: str, store: ox.Store | None = None) -> list[str]:
        found = (store or self.kg.store).quads_for_pattern(ox.NamedNode(iri), ox.NamedNode(_full(prop)), None)
        return sorted({q.object.value for q in found if isinstance(q.object, ox.NamedNode | ox.Literal)})

    def link(self, iri: str) -> str:
        """A term of ours as a link to where it is described, another as it is written."""
        if iri.startswith(NS) and self.kind(iri):
            return f"[{self.label(iri)}](#{_target(self.kind(iri), iri)})"
        if iri.startswith(REQ) and iri in self.asked:
            return f"[{self.label(iri)}](#{_target('requirement', iri)})"
        if iri.startswith(SHAPES):
            return f"[`{shorten_shape(iri)}`](#{_target('shape', iri)})"
        return self.label(iri) if iri.startswith(REQ) else f"`{shorten(iri)}`"

    @cache  # noqa: B019  one object a language lives as long as the build
    def kind(self, iri: str) -> str:
        """class, property, code, or nothing for what is not a term of the ontology."""
        if not iri.startswith("http"):
            return ""
        kinds = set(self.objects(iri, A))
        if PREFIXES["owl"] + "Class" in kinds:
            return "class"
        if kinds & {PREFIXES["owl"] + name for name in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")}:
            return "property"
        return "code" if self.objects(iri, "skos:inScheme") else ""

    def terms(self, kind: str) -> list[str]:
        """The terms of our own name space of a kind, by label."""
        quads = self.kg.store.quads_for_pattern(None, None, None, ox.NamedNode(GRAPH + "ontology"))
        found = {_iri(quad.subject) for quad in quads if isinstance(quad.subject, ox.NamedNode)}
        ours = (iri for iri in found if iri.startswith(NS) and self.kind(iri) == kind)
        return sorted(ours, key=lambda iri: (self.label(iri).casefold(), iri))

    # -------------------------------------------------------------- the ontology

    def classes(self) -> str:
        lines = [f"# {self.say('classes')}", "", self.say("classes-about"), ""]
        for iri in self.terms("class"):
            lines += [*self.head("class", iri), *self.facts(iri, {"subclass": "rdfs:subClassOf", "disjoint": "owl:disjointWith"})]
            kinds = sorted(
                _iri(quad.subject)
                for quad in self.kg.store.quads_for_pattern(None, ox.NamedNode(_full("rdfs:subClassOf")), ox.NamedNode(iri))
            )
            if kinds := [one for one in kinds if one.startswith(NS)]:
                lines += [f"- {self.say('kinds')} {', '.join(self.link(one) for one in kinds)}", ""]
            lines += self.drawn(iri)
            rows = self.said_of(iri)
            if rows:
                lines += [
                    "",
                    f"| {self.say('property')} | {self.say('value')} | {self.say('times')} |",
                    "|---|---|--:|",
                    *rows,
                    "",
                ]
        return "\n".join(lines)

    def head(self, kind: str, iri: str) -> list[str]:
        definition = self.text(iri, DEFINITION)
        name = self.label(iri)
        return [f"({_target(kind, iri)})=", f"## {name[0].upper()}{name[1:]}", "", f"`{shorten(iri)}`", "", definition, ""]

    def facts(self, iri: str, wanted: dict[str, str]) -> list[str]:
        lines = []
        for key, prop in wanted.items():
            values = [value for value in self.objects(iri, prop) if not value.startswith("_:")]
            if values:
                lines.append(f"- {self.say(key)} {', '.join(self.link(value) for value in values)}")
        return [*lines, ""]

    def drawn(self, iri: str) -> list[str]:
        """The class with the classes that its members point to and from; nothing where there are none."""
        outgoing, incoming = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        for (subject, prop, end), times in self.usage.items():
            if prop.startswith(NS) or prop.startswith(PREFIXES["cccev"]):
                if subject == iri and self.kind(end) == "class":
                    outgoing[prop, end] += times
                if end == iri and self.kind(subject) == "class":
                    incoming[prop, subject] += times
        if not outgoing and not incoming:
            return []
        name = self.label(iri)
        sides = [self.edges(side) for side in (incoming, outgoing)]
        return ["```{raw} html", star(name, *sides, self.say("drawing", name=name)), "```", ""]

    def edges(self, side: Counter[tuple[str, str]]) -> list[Edge]:
        return [
            Edge(self.label(end), f"#{_target('class', end)}", self.label(prop))
            for (prop, end), _ in sorted(side.items(), key=lambda item: (-item[1], item[0]))[:MOST_EDGES]
        ]

    def said_of(self, iri: str) -> list[str]:
        """A row for each property of the members of a class: what it holds and how often."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for (subject, prop, end), times in self.usage.items():
            if subject == iri and prop != A:
                found[prop][end] += times
        return [
            f"| {self.link(prop)} | {', '.join(map(self.link, sorted(filter(None, ends)))) or '–'} | {self.times[iri, prop]:,} |"
            for prop, ends in sorted(found.items(), key=lambda item: (not item[0].startswith(NS), self.label(item[0]).casefold()))
        ]

    def properties(self, part: str) -> tuple[str, str]:
        """The page of the properties that stand in one file of the ontology."""
        stated = {iri for iri, file in _files().items() if file in PARTS[part]}
        lines = [f"# {self.say('properties-' + part)}", "", self.say(f"properties-{part}-about"), ""]
        for iri in (one for one in self.terms("property") if one in stated):
            wanted = {
                "domain": "rdfs:domain",
                "range": "rdfs:range",
                "value-type": "cptpp:valueType",
                "subproperty": "rdfs:subPropertyOf",
                "inverse": "owl:inverseOf",
            }
            lines += [*self.head("property", iri), *self.facts(iri, wanted)]
            if paths := self.objects(iri, "cptpp:fieldPath"):
                lines += [f"- {self.say('field')} {', '.join(f'`{path}`' for path in paths)}", ""]
            users = Counter({s: n for (s, p, _), n in self.usage.items() if p == iri and self.kind(s) == "class"})
            if users:
                lines += [f"- {self.say('used-by')} {', '.join(self.link(user) for user, _ in users.most_common(6))}", ""]
        return f"properties-{part}", "\n".join(lines)

    def codes(self) -> str:
        lines = [f"# {self.say('codes')}", "", self.say("codes-about"), ""]
        schemes = defaultdict(list)
        for iri in self.terms("code"):
            for scheme in self.objects(iri, "skos:inScheme"):
                schemes[scheme].append(iri)
        for scheme, members in sorted(schemes.items(), key=lambda item: self.label(item[0]).casefold()):
            lines += [f"## {self.label(scheme)}", "", f"`{shorten(scheme)}`", ""]
            for iri in members:
                notation = ", ".join(f"`{code}`" for code in self.objects(iri, "skos:notation")) or f"`{shorten(iri)}`"
                lines += [
                    f"({_target('code', iri)})=",
                    f"**{self.label(iri)}** ({notation})",
                    f": {self.text(iri, DEFINITION) or '–'}",
                    "",
                ]
        return "\n".join(lines)

    # -------------------------------------------------------------- requirements and shapes

    def requirements(self) -> str:
        lines = [f"# {self.say('requirements')}", "", self.say("requirements-about"), ""]
        for iri in self.asked:
            lines += [*self.head("requirement", iri)]
            lines += self.facts(iri, {"permit": "cccev:isRequirementOf", "depends": "cptpp:dependsOn"})
            lines += self.provisions(iri)
            judging = [
                f"| {self.link(shape)} | {self.severity(shape)} | {self.text(shape, _full('sh:message'), self.shapes)} |"
                for shape in self.subjects("cptpp:judges", iri)
            ]
            if judging:
                lines += [
                    f"| {self.say('shape')} | {self.say('severity')} | {self.say('message')} |",
                    "|---|---|---|",
                    *judging,
                    "",
                ]
        return "\n".join(lines)

    def provisions(self, iri: str) -> list[str]:
        rows = self.kg.query(_PROVISIONS % (iri, self.lang, self.lang))
        if not rows:
            return []
        lines = [
            f"| {self.say('source')} | {self.say('printed')} | {self.say('line')} | {self.say('says')} |",
            "|---|---|--:|---|",
        ]
        for row in rows:
            says = f"**{row.label}**{'' if not row.definition else '. ' + str(row.definition)}"
            lines.append(f"| `{row.source}` | {row.section or ''} | {'' if row.line is None else row.line} | {says} |")
        return [*lines, ""]

    def subjects(self, prop: str, iri: str) -> list[str]:
        found = self.shapes.quads_for_pattern(None, ox.NamedNode(_full(prop)), ox.NamedNode(iri))
        return sorted(_iri(quad.subject) for quad in found)

    def severity(self, shape: str) -> str:
        return ", ".join(one.rpartition("#")[2] for one in self.objects(shape, "sh:severity", self.shapes)) or "Violation"

    def all_shapes(self) -> str:
        lines = [f"# {self.say('shapes')}", "", self.say("shapes-about"), ""]
        for path in sorted(files.root().glob("shapes/*.ttl")):
            lines += [f"## {self.say('shapes-' + path.stem)}", "", f"`shapes/{path.name}`", ""]
            for name, block in _blocks(path):
                iri = SHAPES + name
                lines += [f"({_target('shape', iri)})=", f"### {name}", ""]
                message = self.text(iri, _full("sh:message"), self.shapes)
                about = [message] if message else []
                if judged := self.objects(iri, "cptpp:judges", self.shapes):
                    about.append(f"{self.say('judges')} {', '.join(self.link(one) for one in judged)} ({self.severity(iri)}).")
                lines += [" ".join(about), "", "```turtle", block, "```", ""]
        return "\n".join(lines)

    # -------------------------------------------------------------- the graphs

    def graphs(self) -> str:
        sizes = Counter(_iri(quad.graph_name) for quad in self.kg.store)
        lines = [f"# {self.say('graphs')}", "", self.say("graphs-about", total=f"{sum(sizes.values()):,}"), ""]
        lines += [f"| {self.say('graph')} | {self.say('statements')} | {self.say('holds')} |", "|---|--:|---|"]
        for name, iri in self.kg.graph_names().items():
            lines.append(f"| `{name}` | {sizes[iri]:,} | {self.say('graph-' + name)} |")
        return "\n".join(lines) + "\n"


_REQUIREMENTS = """SELECT ?requirement (MIN(?rank) AS ?order) WHERE {
  ?requirement cccev:isRequirementOf ?permit OPTIONAL { ?requirement cptpp:order ?given } BIND (COALESCE(?given, 99) AS ?rank)
} GROUP BY ?requirement ORDER BY ?order ?requirement"""
_PROVISIONS = """SELECT DISTINCT ?source ?section ?line ?label ?definition WHERE {
  ?provision cptpp:statesRequirement <%s> ; cptpp:inSource/dcterms:identifier ?source ; rdfs:label ?label
  OPTIONAL { ?provision cptpp:section ?section } OPTIONAL { ?provision cptpp:line ?line }
  OPTIONAL { ?provision skos:definition ?definition FILTER (LANG(?definition) = "%s") } FILTER (LANG(?label) = "%s")
} ORDER BY ?source ?line ?label"""


def _full(name: str) -> str:
    prefix, colon, local = name.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else name


def _iri(term: Any) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def _target(kind: str, iri: str) -> str:
    name = re.split("[/#]", iri)[-1]
    return f"{kind}-of-{name}" if kind == "shape" and name[0].isupper() else f"{kind}-{name}"  # shape:Party, shape:party


def shorten_shape(iri: str) -> str:
    return iri.removeprefix(SHAPES)


def _types(store: ox.Store) -> dict[str, tuple[str, ...]]:
    """The classes that people wrote of each thing, without what follows from them."""
    found: dict[str, set[str]] = defaultdict(set)
    for quad in store.quads_for_pattern(None, ox.NamedNode(A), None):
        if _iri(quad.graph_name) != GRAPH + "inferred":
            found[str(quad.subject)].add(_iri(quad.object))
    return {subject: tuple(sorted(classes)) for subject, classes in found.items()}


@cache
def _files() -> dict[str, str]:
    """Each term with the file of the ontology in which it is declared, the rules before cases and claims."""
    found: dict[str, str] = {}
    for name in (name for names in PARTS.values() for name in names):
        for quad in ox.parse(path=files.root() / "ontology" / f"{name}.ttl", format=ox.RdfFormat.TURTLE):
            if _iri(quad.predicate) == A:
                found.setdefault(_iri(quad.subject), name)
    return found


def _blocks(path: Path) -> Iterator[tuple[str, str]]:
    """(name, Turtle) of each shape as it stands in its file."""
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        if found := re.match(r"shape:([\w-]+)\n", block):
            yield found[1], block.strip()
