"""What may stand in the shapes of others: SHACL Core, well formed, asking of what is there; all else would count as met."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from . import artifact, words
from .catalogue import shipped
from .errors import CptppError, LimitReached, Part, either, say, series
from .fields import KINDS
from .intake import field_table
from .linking import CLAIMS, VALUES
from .literals import LITERALS, TEXTS, XSD, is_well_formed
from .terms import NS, PREFIXES, expand, shorten
from .words import quoted

if TYPE_CHECKING:
    from rdflib import Graph

SH = PREFIXES["sh"]
TYPE, FIRST, REST, NIL = (PREFIXES["rdf"] + name for name in ("type", "first", "rest", "nil"))

# What SHACL Core has and pySHACL evaluates.
TARGETS = set("targetClass targetNode targetSubjectsOf targetObjectsOf".split())
OPERATORS = set("inversePath alternativePath zeroOrMorePath oneOrMorePath zeroOrOnePath".split())
PATHS = OPERATORS | {"path"}
PAIRS = set("equals disjoint lessThan lessThanOrEquals".split())
REFERENCES = set("node property not qualifiedValueShape".split())
CHOICES = set("and or xone".split())
OTHERS = set(
    "class datatype nodeKind minCount maxCount minExclusive minInclusive maxExclusive maxInclusive minLength maxLength pattern "
    "languageIn uniqueLang closed hasValue in".split()
)
CONSTRAINTS = REFERENCES | CHOICES | PAIRS | OTHERS
WITH_OTHERS = set("flags ignoredProperties qualifiedMinCount qualifiedMaxCount qualifiedValueShapesDisjoint".split())
ABOUT = set("message severity deactivated".split())
CORE = TARGETS | PATHS | CONSTRAINTS | WITH_OTHERS | ABOUT
IN_PROPERTY_SHAPES = set("minCount maxCount uniqueLang lessThan lessThanOrEquals qualifiedValueShape".split())
SEVERAL = TARGETS | REFERENCES | CHOICES | PAIRS | {"class", "hasValue", "pattern", "message"}
EXPECTED = {
    "a name": TARGETS - {"targetNode"} | PAIRS | {"class", "datatype", "nodeKind", "severity"},
    "true or false": set("closed deactivated uniqueLang qualifiedValueShapesDisjoint".split()),
    "a whole number": set("minCount maxCount minLength maxLength qualifiedMinCount qualifiedMaxCount".split()),
    "a text": set("pattern flags message".split()),
    "a list": CHOICES | set("in languageIn ignoredProperties alternativePath".split()),
}
KINDS_OF_VALUES = {
    str(kind): kind for kind in (say("a name"), say("true or false"), say("a whole number"), say("a text"), say("a list"))
}
FOR_FORMS = set("name description order group defaultValue".split())
TERMS = set(
    "NodeShape PropertyShape PropertyGroup IRI BlankNode Literal BlankNodeOrIRI BlankNodeOrLiteral IRIOrLiteral "
    "Violation Warning Info".split()
)
CLASSES = {PREFIXES["rdfs"] + "Class", PREFIXES["owl"] + "Class"}


MOST_STATEMENTS = 100_000


def read(text: str) -> Shapes:
    """The shapes of a Turtle text. Raises CptppError where they are not SHACL Core, well formed and defined here."""
    try:
        found = list(itertools.islice(ox.parse(text, format=ox.RdfFormat.TURTLE), MOST_STATEMENTS + 1))
    except SyntaxError as error:
        raise CptppError(
            say("line {line} is not Turtle: {reason}", line=error.lineno or 1, reason=str(error.msg)), "Mend the file there."
        ) from None
    if len(found) > MOST_STATEMENTS:
        raise LimitReached(say("the shapes are more than {most:,} statements", most=MOST_STATEMENTS), "Use fewer.")
    return Shapes([quad.triple for quad in found])


# ------------------------------------------------------------------ what is not SHACL Core


def _core(statements: list[ox.Triple]) -> Iterator[ox.Triple]:
    """The statements of SHACL Core alone. Raises CptppError where there are others of SHACL, or what no case could hold."""
    predicates = {one.predicate.value for one in statements}
    values = {one.object.value for one in statements if isinstance(one.object, ox.NamedNode)}
    for used, expected in ((predicates, CORE | FOR_FORMS), (values, TERMS)):
        if barred := sorted(iri for iri in used if iri.startswith(SH) and iri.removeprefix(SH) not in expected):
            raise _not_core(barred, expected)
    if PREFIXES["owl"] + "imports" in predicates:
        raise CptppError("owl:imports is not followed", "Put all shapes into one file.")
    for one in statements:
        iri = one.predicate.value
        if iri.removeprefix(SH) in CORE or iri in (FIRST, REST) or (iri == TYPE and _is_shape_class(one.object)):
            yield _fit(one)


def _not_core(barred: list[str], expected: set[str]) -> CptppError:
    from rdflib import URIRef
    from rdflib.namespace import SH as VOCABULARY

    if misspelt := [iri for iri in barred if URIRef(iri) not in VOCABULARY]:
        close = words.nearest(misspelt[0].removeprefix(SH), expected)
        return CptppError(
            say("SHACL Core has no {term}", term=shorten(misspelt[0])),
            words.suggest([f"sh:{name}" for name in close], say("Check the spelling.")),
        )
    return CptppError(say("{known}: not evaluated", known=", ".join(map(shorten, barred[:5]))), "Write the shapes in SHACL Core.")


def _is_shape_class(term: Any) -> bool:
    return isinstance(term, ox.NamedNode) and (term.value.startswith(SH) or term.value in CLASSES)


def _fit(one: ox.Triple) -> ox.Triple:
    """The statement, if it holds nothing that no case could; a message is cleaned."""
    term, name = one.object, one.predicate.value.removeprefix(SH)
    if isinstance(term, ox.Triple):
        raise CptppError(
            say("{value} has a statement as its value", value=shorten(one.predicate.value)), "Name a node or a value."
        )
    if isinstance(term, ox.Literal):
        if not is_well_formed(term):
            raise CptppError(
                say(
                    "{value} of type {type} is nothing that a case could state",
                    value=quoted(term.value),
                    type=shorten(term.datatype.value),
                ),
                say("Known: {known}, well formed.", known=", ".join(map(shorten, LITERALS))),
            )
        if name == "message" and term.datatype.value in TEXTS:
            text = term.value.translate(dict.fromkeys(map(ord, _controls(term.value)), " "))
            return ox.Triple(one.subject, one.predicate, ox.Literal(text, language=term.language))
    for part in (one.subject, term):
        if isinstance(part, ox.NamedNode | ox.Literal) and _controls(part.value):
            raise CptppError(
                say("{value} holds ends of lines or characters that are not seen", value=quoted(part.value)), "Leave them out."
            )
    if name == "pattern" and isinstance(term, ox.Literal):
        _check_pattern(term.value)
    if name == "flags" and isinstance(term, ox.Literal) and not re.fullmatch("[im]*", term.value):
        raise CptppError(say("sh:flags {value} are not all evaluated", value=quoted(term.value)), "Known: i and m.")
    return one


def _controls(text: str) -> set[str]:
    """Those characters of a text that could end a line of the report, turn it around or not be seen."""
    return {c for c in set(text) if unicodedata.category(c) in words.BARRED}


def _check_pattern(pattern: str) -> None:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise CptppError(
            say("sh:pattern {pattern} is none: {reason}", pattern=quoted(pattern), reason=str(error)),
            "Write it as Python reads patterns.",
        ) from None


# ------------------------------------------------------------------ what would be met by everything


class Shapes:
    """Shapes of which each is well formed, exists, and leads back to no part of itself."""

    def __init__(self, statements: list[ox.Triple]) -> None:
        kept = list(_core(statements))
        self.ntriples = ox.serialize(kept, format=ox.RdfFormat.N_TRIPLES) or b""
        self.values: dict[Any, dict[str, list[Any]]] = {}
        for one in kept:
            self.values.setdefault(one.subject, {}).setdefault(one.predicate.value, []).append(one.object)
        shapes = {ox.NamedNode(SH + "NodeShape"), ox.NamedNode(SH + "PropertyShape")}
        self.shapes = [
            node
            for node, stated in self.values.items()
            if shapes & set(stated.get(TYPE, ())) or any(iri.startswith(SH) for iri in stated)
        ]
        self._no_circle()
        for node in self.values:
            self._well_formed(node)
        self._complete()

    def of(self, node: Any, *names: str) -> Iterator[Any]:
        """The values of properties of SHACL on a node."""
        return itertools.chain.from_iterable(self.values.get(node, {}).get(SH + name, ()) for name in names)

    def members(self, head: Any) -> Iterator[Any]:
        """The members of a list that is in no circle."""
        while FIRST in (stated := self.values.get(head, {})):
            yield from stated[FIRST]
            head = next(iter(stated.get(REST, ())), None)

    def referred(self, node: Any) -> Iterator[Any]:
        """The shapes that a shape asks for."""
        lists = (self.members(head) for head in self.of(node, *CHOICES))
        return itertools.chain(self.of(node, *REFERENCES), *lists)

    def _complete(self) -> None:
        """Every shape that is asked for is there, as the kind of shape that is asked for."""
        known = set(self.shapes)
        for node in self.shapes:
            if missing := next((other for other in self.referred(node) if other not in known), None):
                named = [shorten(other.value) for other in known if isinstance(other, ox.NamedNode)]
                close = words.nearest(str(_called(missing)), named)
                wrong = say("{shape} is asked for as a shape and is none", shape=_called(missing))
                raise CptppError(wrong, words.suggest(close, say("Define it in this file.")))
            if not all(any(self.of(other, "path")) for other in self.of(node, "property")):
                raise CptppError(
                    say("sh:property of {shape} leads to a shape without a path", shape=_called(node)), "Give it a sh:path."
                )

    def _no_circle(self) -> None:
        """Lists and paths first, so that they can be walked."""
        inner = {
            node: [o for found in stated.values() for o in found if isinstance(o, ox.BlankNode)] + stated.get(REST, [])
            for node, stated in self.values.items()
        }
        referred = {node: self.referred(node) for node in self.shapes}
        for what, ways in ((say("a list, path or shape"), inner), (say("a shape"), referred)):
            try:
                TopologicalSorter(ways).prepare()
            except CycleError as error:
                who = series({str(name): name for name in map(_called, error.args[1][:5])}.values())
                raise CptppError(
                    say("{what} leads back to itself: {who}", what=what, who=who), "Recursive shapes are not run."
                ) from None

    def _well_formed(self, node: Any) -> None:
        """What pySHACL would take as it comes: more values than one, or of another kind."""
        stated = {iri.removeprefix(SH): found for iri, found in self.values[node].items() if iri != TYPE}
        for name, found in stated.items():
            term = shorten(expand(name)) if ":" in name else f"sh:{name}"
            what = say("{term} of {shape}", term=term, shape=_called(node))
            if len(found) > 1 and name not in SEVERAL:
                raise CptppError(say("{what} has {count} values", what=what, count=len(found)), "Give it one.")
            for kind, names in EXPECTED.items():
                if name in names and not all(self._is(kind, term) for term in found):
                    said = KINDS_OF_VALUES[kind]
                    raise CptppError(say("{what} is not {kind}", what=what, kind=said), say("Give it {kind}.", kind=said))
            if name in IN_PROPERTY_SHAPES and "path" not in stated:
                raise CptppError(say("{what} stands in a shape without a path", what=what), "Give the shape a sh:path.")
        if len(stated.keys() & OPERATORS) + (FIRST in stated) > 1 or (FIRST in stated) != (REST in stated):
            raise CptppError("a path or list is two things at once, or has no end", "Write lists as ( … ), paths as [ sh:… ].")

    def _is(self, kind: str, term: Any) -> bool:
        if kind == "a name":
            return isinstance(term, ox.NamedNode)
        if kind == "a list":
            return FIRST in self.values.get(term, {}) or term == ox.NamedNode(NIL)
        types = {"true or false": (XSD + "boolean",), "a whole number": (XSD + "integer",), "a text": TEXTS}[kind]
        return isinstance(term, ox.Literal) and term.datatype.value in types

    # ---------------------------------------------------------- targets

    def against(self, data: Graph) -> None:
        """Raises CptppError where nothing is asked of any node, or of such as no case has."""
        from rdflib import RDF

        active = [node for node in self.shapes if not any(o.value in ("true", "1") for o in self.of(node, "deactivated"))]
        targeted = [node for node in active if any(self.of(node, *TARGETS)) or self._classes(node)]
        if not targeted:
            raise CptppError("there is no shape with a target", "Give one sh:targetClass cptpp:PrincipalCase, for instance.")
        for node in targeted:
            if not any(self.of(node, *CONSTRAINTS)):
                raise CptppError(say("{shape} asks for nothing", shape=_called(node)), "Give it a constraint of SHACL Core.")
        classes, properties = vocabulary()
        classes, properties = classes | _named(data.objects(None, RDF.type)), properties | _named(data.predicates())
        nodes = _named(data.all_nodes())
        for node in active:
            _known("sh:targetClass", [*self.of(node, "targetClass"), *self._classes(node)], classes)
            both = ("targetSubjectsOf", "targetObjectsOf")
            _known(either([f"sh:{name}" for name in both]), self.of(node, *both), properties)
            _known("sh:targetNode", self.of(node, "targetNode"), nodes)
            _known("sh:path", self.steps(node), properties)
            _known("/".join(f"sh:{name}" for name in sorted(PAIRS)), self.of(node, *PAIRS), properties)

    def _classes(self, node: Any) -> list[Any]:
        """The shape itself, where it is a class as well."""
        return [node] if any(o.value in CLASSES for o in self.values[node].get(TYPE, ())) else []

    def steps(self, shape: Any) -> Iterator[Any]:
        """The properties of a path."""
        rest = list(self.of(shape, "path"))
        while rest:
            node = rest.pop()
            if isinstance(node, ox.NamedNode):
                yield node
            rest += [*self.members(node), *self.of(node, *OPERATORS)]


def _known(place: Part, named: Iterable[Any], known: set[str]) -> None:
    for term in named:
        if term.value not in known:
            close = words.nearest(str(_called(term)), map(shorten, sorted(known)))
            raise CptppError(
                say("{place} names {term}, which nothing that is validated here can have", place=place, term=_called(term)),
                words.suggest(close, say("See what is: cptpp-graph assess CASE --format turtle")),
            )


@cache
def vocabulary() -> tuple[set[str], set[str]]:
    """(classes, properties) that cases and claims have: what can be stated, what is laid beside it, what our shapes judge."""
    ours, link = read(artifact.read("shapes.nt").decode()), shipped()["link"].values()
    classes = {NS + name for name in (*KINDS.values(), *CLAIMS.values())}
    properties = {TYPE, FIRST, REST, *(expand(field["property"]) for kind in KINDS for field in field_table(kind).values())}
    for node in ours.shapes:
        classes |= {term.value for term in ours.of(node, "targetClass")}
        properties |= {term.value for term in (*ours.steps(node), *ours.of(node, *PAIRS, "targetSubjectsOf", "targetObjectsOf"))}
    for text in link:
        laid = re.findall(r"cptpp:\w+", text.partition("WHERE")[0])
        rows = [NS + name.strip("?") for row in VALUES.finditer(text) for name in row["names"].split()]
        classes |= {expand(name) for name in laid}
        properties |= {*map(expand, laid), *rows}
    return classes, properties


def _named(nodes: Iterable[Any]) -> set[str]:
    from rdflib import URIRef

    return {str(node) for node in nodes if isinstance(node, URIRef)}


def _called(node: Any) -> Part:
    if isinstance(node, ox.BlankNode):
        return say("a node without a name")
    return shorten(node.value) if isinstance(node, ox.NamedNode) else quoted(node.value)
