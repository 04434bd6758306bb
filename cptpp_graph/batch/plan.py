"""Works out, from the shapes and the link queries, which fields of a case each requirement can see, and how finely."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import pyoxigraph as ox

from .. import artifact, judging, shacl
from ..catalogue import shipped
from ..errors import CptppError, say
from ..intake import field_table
from ..lexicon import Lexicon, Requirement
from ..linking import COUNTRY, NOBODY, READING, WORKED_OUT, country_iri, parties, permit_for
from ..shacl import PAIRS
from ..terms import BASE, ID, NS, PREFIXES, expand
from ..verdict import UNSAID
from . import texts

RDF_TYPE = PREFIXES["rdf"] + "type"
STATES, STATED, ON_FACT = NS + "states", NS + "stated", NS + "onFact"
CLAIM = "claim"  # what tells a claim from others: rulebook, category, country
NOC = BASE + "noc/"
TRIED = ("code", "boolean")  # types of few values, each of which can be tried
NUMBERS = ("integer", "number")


@dataclass(frozen=True, slots=True)
class View:
    """What one requirement can see of a claim.

    shapes, properties: IRIs; queries: the link queries that feed those properties, in order.
    looked_up: fields by whose values queries look things up, days first; tried: such fields of few values, looked up for some
    claims only.
    """

    requirement: Requirement
    shapes: frozenset[str]
    properties: frozenset[str]
    queries: tuple[str, ...]
    looked_up: tuple[str, ...]
    tried: tuple[str, ...]
    facts: tuple[str, ...]


class Plan:
    """The views of the requirements of a kind of case, and the cuts that make values of a field alike.

    Raises CptppError where the shapes ask something of a field that no cut answers.
    """

    def __init__(self, lexicon: Lexicon, kind: str, rulebook: str) -> None:
        self.store, self.kind = lexicon.store, kind
        permit = permit_for(rulebook, kind)
        if permit is None:
            raise CptppError(
                say("this rulebook has no permit for a case of kind {kind}", kind=kind), "Choose another with --rulebook."
            )
        self.permit = permit
        self.fields = {path: one for path, one in field_table(kind).items() if one["type"] != "node" and path != "id"}
        self.by_property: dict[str, str] = {}
        for path, one in self.fields.items():
            if path.count(".") < 2 and not path.startswith("spouse."):  # as linking lays them
                self.by_property[expand(one["property"])] = path
        self._shapes = shacl.read(artifact.read("shapes.nt").decode())
        self._outputs = {name: texts.outputs(self.store, text) for name, text in shipped()["link"].items()}
        self.views = [self._view(requirement) for requirement in lexicon.requirements[permit]]

    # -------------------------------------------------------------- views

    def _view(self, requirement: Requirement) -> View:
        judges = {requirement.iri, *map(expand, UNSAID)}
        shapes = frozenset(shape.iri for shape in judging.judging_shapes().values() if judges & set(shape.judges))
        properties = set().union(*(self.read_by(shape) for shape in shapes)) | set(map(expand, UNSAID))
        if requirement.laid_as:
            properties.add(requirement.laid_as)
        queries, looked_up = self._fed(properties)
        tried = {path for path in looked_up if self.fields[path]["type"] in TRIED and "mostItems" not in self.fields[path]}
        facts = {path for name in properties for path in self.fields_of(name)} | self.said_to_be_stated(shapes)
        if STATED in properties:
            facts |= {self.by_property[fact] for fact in self.tested if fact in self.by_property}
        return View(
            requirement,
            shapes,
            frozenset(properties),
            tuple(name for name in shipped()["link"] if name in queries),
            tuple(sorted(looked_up - tried, key=lambda path: (self.fields[path]["type"] != "date", path))),
            tuple(sorted(tried)),
            tuple(path for path in self.fields if path in facts),
        )

    def read_by(self, shape: str) -> set[str]:
        """The properties that a shape and those that it asks for can read, its targets included."""
        found, seen, rest = {RDF_TYPE}, set(), [ox.NamedNode(shape)]
        while rest:
            node = rest.pop()
            if node not in seen:
                seen.add(node)
                found |= {term.value for term in (*self._shapes.steps(node), *self._shapes.of(node, *PAIRS, "targetSubjectsOf"))}
                rest += list(self._shapes.referred(node))
        return found

    def fields_of(self, name: str) -> tuple[str, ...]:
        """The fields from which a property of a claim is laid."""
        worked_out = [path for path in WORKED_OUT.get(name.removeprefix(NS), ()) if path in self.fields]
        if name.removeprefix(NS) in READING:
            return ()
        return (*((self.by_property[name],) if name in self.by_property else ()), *worked_out)

    def _fed(self, properties: Iterable[str]) -> tuple[set[str], set[str]]:
        """The queries that feed the properties, and theirs in turn; and the fields that those queries look up."""
        queries, looked_up, seen, rest = set(), set(), set(), list(properties)
        while rest:
            name = rest.pop()
            if name in seen:
                continue
            seen.add(name)
            for query, (constant, variable) in self._outputs.items():
                if query not in queries and (variable or name in constant):
                    queries.add(query)
                    inputs = {NS + one for one in texts.columns(shipped()["link"][query]) if one != "states"}
                    looked_up |= {path for one in inputs for path in self.fields_of(one)}
                    rest += inputs
        return queries, looked_up

    def said_to_be_stated(self, shapes: Iterable[str]) -> set[str]:
        """Fields of which a shape asks only whether they are stated."""
        seen, rest, found = set(), [ox.NamedNode(shape) for shape in shapes], set()
        while rest:
            node = rest.pop()
            if node not in seen:
                seen.add(node)
                if STATES in {term.value for term in self._shapes.steps(node)}:
                    found |= {self.by_property[one.value] for one in self._shapes.of(node, "hasValue")}
                rest += list(self._shapes.referred(node))
        return found

    @cached_property
    def tested(self) -> dict[str, list[Any]]:
        """Property to the values that tests of it name."""
        found: dict[str, list[Any]] = {}
        for quad in self.store.quads_for_pattern(None, ox.NamedNode(ON_FACT), None):
            assert isinstance(quad.object, ox.NamedNode)
            values = found.setdefault(quad.object.value, [])
            for verdict in ("accepts", "rejects", "leavesToOfficer", "leavesUnclear"):
                values += [one.object for one in self.store.quads_for_pattern(quad.subject, ox.NamedNode(NS + verdict), None)]
        return found

    @cached_property
    def used(self) -> frozenset[str]:
        """Every field that some requirement can see."""
        return frozenset(path for view in self.views for path in (*view.looked_up, *view.tried, *view.facts))

    def laid_by(self, queries: Iterable[str]) -> set[str]:
        """The properties that link queries lay; all where one can lay any."""
        found = [self._outputs[query] for query in queries]
        if any(variable for _, variable in found):
            found = list(self._outputs.values())
        return set().union(*(names for names, _ in found))

    def hides(self, by_value: Sequence[str], others: Sequence[str], many: Sequence[str]) -> bool:
        """Whether values of the properties many that are alike to the queries by_value, each by itself, are alike to others too.

        Nothing that these lay is looked up beside a value, and no other query looks up a value or a name that one was given.
        """
        beside = {NS + name for query in by_value for name in texts.columns(shipped()["link"][query])} - {*many}
        queries = [shipped()["link"][query] for query in others]
        looked_up = {
            NS + name for text in queries for name in texts.columns(text) if re.search(rf"\?{name}\b", texts.without_names(text))
        }
        named = {*many} | {name for query in (*by_value, *others) for name in texts.named(shipped()["link"][query], many)}
        return not beside & self.laid_by(by_value) and not looked_up & named

    def own(self, view: View) -> dict[str, tuple[str, ...]]:
        """For what tells claims apart, and each field that is looked up: the queries that need nothing else."""
        needs = {query: self._needs(query, view, set()) for query in view.queries}
        return {one: tuple(query for query in view.queries if needs[query] == {one}) for one in (CLAIM, *view.looked_up)}

    def staged(self, view: View) -> dict[str, tuple[str, ...]]:
        """For each field that is looked up but the last: queries that need it and what tells claims apart, and no later field."""
        found = {}
        for place, path in enumerate(view.looked_up[:-1]):
            known = {CLAIM, *view.looked_up[: place + 1]}
            found[path] = tuple(one for one in view.queries if {CLAIM, path} <= self._needs(one, view, set()) <= known)
        return {path: queries for path, queries in found.items() if queries}

    def _needs(self, query: str, view: View, above: set[str]) -> set[str]:
        """What a query looks up in the end: CLAIM, fields, or states."""
        found = set()
        for name in texts.columns(shipped()["link"][query]):
            iri = NS + name
            fields = self.fields_of(iri)
            makers = [other for other in view.queries if iri in self._outputs[other][0] or self._outputs[other][1]]
            if name in READING:
                found.add(CLAIM)
            elif name == "states":
                found.add(name)
            found |= set(fields)
            for other in makers:
                if other not in above:
                    found |= self._needs(other, view, above | {query})
        return found

    # -------------------------------------------------------------- names

    def is_name(self, iri: str, view: View) -> bool:
        """Whether the shapes of a view can do no more with an IRI that rules lay than see whether it is the same as another.

        Not one that they name, nor one of a kind that a fact which they read can have as its value.
        """
        if self._by_text or iri in self._constants or not iri.startswith((ID, NOC, COUNTRY)):
            return False
        return not {self.fields[path]["type"] for path in view.facts} & _kinds(iri)

    @cached_property
    def _by_text(self) -> bool:
        return any(True for node in self._shapes.shapes for _ in self._shapes.of(node, "pattern", "minLength", "maxLength"))

    @cached_property
    def _constants(self) -> frozenset[str]:
        """The IRIs with which shapes compare."""
        terms = [term for node in self._shapes.shapes for term in self._shapes.of(node, "hasValue", "class")]
        heads = [head for node in self._shapes.shapes for head in self._shapes.of(node, "in")]
        terms += [term for head in heads for term in self._shapes.members(head)]
        return frozenset(term.value for term in terms if isinstance(term, ox.NamedNode))

    # -------------------------------------------------------------- cuts

    def alike(self, path: str, value: Any) -> Any:
        """What stands for all values of a field that no rule tells apart; equal for two of them."""
        kind = self.fields[path]["type"]
        if isinstance(value, tuple):
            return tuple(self.alike_one(kind, item) for item in value)
        if kind in NUMBERS or kind == "date":
            return _between(self.cuts[path], Decimal(value) if kind in NUMBERS else value)
        return self.alike_one(kind, value)

    def alike_one(self, kind: str, value: Any) -> Any:
        if kind == "country":
            return value if self._is_known(ox.NamedNode(country_iri(value))) else "other"
        if kind == "text":
            return value if self._is_known(ox.Literal(value)) else "other"
        return value

    def _is_known(self, term: ox.NamedNode | ox.Literal) -> bool:
        """Whether a term stands in the graph: two that do not are alike to every rule."""
        places = ((None, term), (term, None)) if isinstance(term, ox.NamedNode) else ((None, term),)
        return any(any(True for _ in self.store.quads_for_pattern(subject, None, object)) for subject, object in places)

    @cached_property
    def cuts(self) -> dict[str, list[Any]]:
        """Field to the values that rules compare with it, in order."""
        return {path: self._cuts(path, one["type"]) for path, one in self.fields.items() if one["type"] in (*NUMBERS, "date")}

    def _cuts(self, path: str, kind: str) -> list[Any]:
        names = {name for name in (expand(self.fields[path]["property"]), *WORKED_OUT_NAMES) if path in self.fields_of(name)}
        values: list[Any] = [value for name in names for value in self.tested.get(name, ())]
        if kind == "date":
            return sorted({one.value for one in values if _is_day(one)} | self._days)
        for node in self._shapes.shapes:
            path_names = {term.value for term in self._shapes.steps(node)}
            pairs = {term.value for term in self._shapes.of(node, *PAIRS)}
            if names & path_names:
                values += [*self._shapes.of(node, "minExclusive", "hasValue")]
                values += [one for head in self._shapes.of(node, "in") for one in self._shapes.members(head)]
            for other in (pairs if names & path_names else set()) | (path_names if names & pairs else set()):
                values += self._objects(other)
        return sorted({Decimal(one.value) for one in values if isinstance(one, ox.Literal)})

    @cached_property
    def _days(self) -> set[str]:
        """Every day that the graph has under a property of ours that a link query or a shape names."""
        named = {expand(name) for text in shipped()["link"].values() for name in re.findall(r"cptpp:\w+", text)}
        named |= {name for view in self.views for name in view.properties}
        return {one.value for name in named for one in self._objects(name) if _is_day(one)}

    def _objects(self, name: str) -> list[Any]:
        return [quad.object for quad in self.store.quads_for_pattern(None, ox.NamedNode(name), None)]

    @cached_property
    def compared(self) -> tuple[str, str] | None:
        """The two amounts of a case of which shapes see only how they compare."""
        amounts = [path for name in WORKED_OUT_NAMES for path in self.fields_of(name) if self.fields[path]["type"] == "number"]
        pair = tuple(dict.fromkeys(amounts))
        if not pair:
            return None
        names = {name for name in WORKED_OUT_NAMES if set(pair) & set(self.fields_of(name))}
        for node in self._shapes.shapes:
            here = {term.value for term in self._shapes.steps(node)}
            others = {term.value for term in self._shapes.of(node, *PAIRS)}
            plain = not any(self._shapes.of(node, "minExclusive", "hasValue", "in", "node", "not", "or", "qualifiedValueShape"))
            if (here & names and not (others <= names and plain)) or (others & names and not here <= names):
                raise CptppError("a shape compares an amount with something else than the other amount", "Extend batch/plan.py.")
        assert len(pair) == 2
        return pair


def _kinds(iri: str) -> set[str]:
    """The types of field whose value an IRI can be."""
    if iri.startswith(NOC):
        return {"occupation"}
    if iri.startswith(COUNTRY) or iri == NOBODY or iri in parties().values():
        return {"country"}
    return {"province"} if iri in shipped()["words"]["province"] else set()


def _is_day(term: Any) -> bool:
    return isinstance(term, ox.Literal) and term.datatype.value == PREFIXES["xsd"] + "date"


WORKED_OUT_NAMES = tuple(NS + name for name in WORKED_OUT)


def _between(cuts: list[Any], value: Any) -> tuple[int, bool]:
    """Where a value lies among the cuts: how many are below it, and whether it is one itself."""
    from bisect import bisect_left

    place = bisect_left(cuts, value)
    return place, place < len(cuts) and cuts[place] == value
