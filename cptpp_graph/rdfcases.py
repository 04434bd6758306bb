"""Reads cases out of RDF statements: only what the intake shape knows, every statement accounted for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import pyoxigraph as ox

from . import words
from .catalogue import shipped
from .errors import CptppError, Part, either, printable, say
from .fields import KINDS
from .terms import BASE, NS, PREFIXES, expand, shorten
from .words import quoted

Place = Part
Plain = tuple[Place, dict[str, Any], bool]
"""Where a case stands, what it says, and whether its values are typed (JSON, RDF) or words (YAML, CSV)."""

TYPE, FIRST, REST, NIL = (expand(f"rdf:{name}") for name in ("type", "first", "rest", "nil"))
CLASSES = {NS + cls: kind for kind, cls in KINDS.items()}
COUNTRIES = (BASE + "id/party/", "http://publications.europa.eu/resource/authority/country/")
WHOLE = r"[+-]?[0-9]{1,20}"
BROKEN = r"[+-]?([0-9]{1,20}(\.[0-9]{0,20})?|\.[0-9]{1,20})"
POWERED = rf"{BROKEN}([eE][+-]?[0-9]{{1,2}})?"
NUMBERS = {"integer": WHOLE, "decimal": BROKEN, "double": POWERED, "float": POWERED}


class RdfCases:
    """The cases of an RDF graph, each as the dictionary it would be in JSON. A statement that belongs to no case is refused."""

    def __init__(self, quads: list[ox.Quad], name: Part) -> None:
        self.name = name
        self.rest: dict[Any, dict[str, list[Any]]] = {}
        for quad in dict.fromkeys((q.subject, q.predicate.value, q.object) for q in quads):
            self.rest.setdefault(quad[0], {}).setdefault(quad[1], []).append(quad[2])
        self.subjects = [subject for subject, found in self.rest.items() if CLASSES.keys() & set(_iris(found.get(TYPE, [])))]
        self.used: set[Any] = set(self.subjects)

    def __iter__(self) -> Iterator[Plain]:
        if not self.subjects:
            raise CptppError(
                say("{name} holds no case", name=self.name), "Give a node the type cptpp:PrincipalCase or cptpp:SpouseCase."
            )
        cases = [self.case(subject) for subject in self.subjects]
        for subject, left in self.rest.items():
            raise unknown(say("{place}: {field}", place=self.name, field=_short(subject)), next(iter(left)))
        return iter(cases)

    def case(self, subject: Any) -> Plain:
        found = self.rest.pop(subject)
        place = say("{place}, {id}", place=self.name, id=_called(subject, found))
        types = found.pop(TYPE)
        if len(types) > 1:
            raise CptppError(
                say("{place} has {count} types", place=place, count=len(types)),
                say("Give it one: {known}.", known=either([*map(shorten, CLASSES)])),
            )
        kind = CLASSES[types[0].value]
        return place, {"kind": kind, **self.group(found, shipped()["cases"][kind], place, "")}, True

    def group(self, found: dict[str, list[Any]], known: list[dict[str, Any]], place: Place, above: str) -> dict[str, Any]:
        """The fields of a case or of a group of fields, from what is stated of its node."""
        properties = {expand(field["property"]): field for field in known}
        for predicate in found:
            if predicate not in properties:
                who = say("{place}: {field}", place=place, field=above.rstrip(".") or say("it"))
                raise unknown(who, predicate, properties)
        return {field["key"]: self.value(found[iri], field, place, above) for iri, field in properties.items() if iri in found}

    def value(self, objects: list[Any], field: dict[str, Any], place: Place, above: str) -> Any:
        where = say("{place}: {field}", place=place, field=above + field["key"])
        if "mostItems" in field:
            return [plain(item, field, where) for item in self.items(objects, field["mostItems"], where)]
        if len(objects) > 1:
            raise CptppError(say("{where} has {count} values", where=where, count=len(objects)), "Give one.")
        if "fields" in field:
            return self.group(self.taken(objects[0], where), field["fields"], place, f"{above}{field['key']}.")
        return plain(objects[0], field, where)

    def taken(self, node: Any, where: Part) -> dict[str, list[Any]]:
        """What is stated of the node of a group. A node stands for one thing only; one without a name may say nothing."""
        if node in self.used:
            raise CptppError(
                say("{where} is a node that stands for something else already", where=where), "Describe a node of its own there."
            )
        if not isinstance(node, ox.BlankNode) and node not in self.rest:
            raise CptppError(
                say("{where} is {node}, of which nothing is stated", where=where, node=_short(node)), "Describe a node there."
            )
        self.used.add(node)
        return self.rest.pop(node, {})

    def items(self, objects: list[Any], most: int, where: Part) -> list[Any]:
        """The members of an RDF list, or the values as they stand. A longer list is followed just far enough to be refused."""
        head = objects[0]
        if len(objects) > 1 or (FIRST not in self.rest.get(head, {}) and head != ox.NamedNode(NIL)):
            return sorted(objects, key=str)
        found: list[Any] = []
        while head != ox.NamedNode(NIL) and len(found) <= most:
            pair = self.rest.pop(head, {})
            if set(pair) != {FIRST, REST} or len(pair[FIRST]) != 1 or len(pair[REST]) != 1:
                raise CptppError(say("{where} is not a well-formed list", where=where), "Write it as ( … ).")
            found += pair[FIRST]
            head = pair[REST][0]
        return found


def unknown(who: Part, predicate: str, known: Iterable[str] = ()) -> CptppError:
    close = words.nearest(predicate.removeprefix(NS), [iri.removeprefix(NS) for iri in known])
    return CptppError(
        say("{who} states {predicate}, which no case has there", who=who, predicate=_named(predicate)),
        words.suggest(
            [f"cptpp:{name}" for name in close], say("A case states its own fields only; see ontology/context.jsonld.")
        ),
    )


def plain(term: Any, field: dict[str, Any], where: Part) -> Any:
    """A term as the JSON value it stands for; what fits no type of JSON stays as it is and is refused by the intake."""
    if isinstance(term, ox.NamedNode) and (known := _local_name(term.value, field)):
        return known
    if not isinstance(term, ox.Literal):
        raise CptppError(
            say("{where} is {given}", where=where, given=_short(term)), say("Expected: {expects}.", expects=field["expects"])
        )
    datatype = term.datatype.value.removeprefix(PREFIXES["xsd"])
    if datatype == "boolean" and term.value in ("true", "false", "1", "0"):
        return term.value in ("true", "1")
    if datatype in NUMBERS and re.fullmatch(NUMBERS[datatype], term.value, re.ASCII):
        return Decimal(term.value)
    if datatype == ("date" if field["type"] == "date" else "string") and not field.get("named"):
        return term.value
    raise CptppError(
        say("{where} is {value} of type {type}", where=where, value=quoted(term.value), type=_named(term.datatype.value)),
        say("Expected: {expects}.", expects=field["expects"]),
    )


def _local_name(iri: str, field: dict[str, Any]) -> str | None:
    """The word for an IRI where the field's values are named by IRIs; None elsewhere."""
    if field["type"] == "occupation":
        return shorten(iri)
    if field["type"] == "country":  # by its code only: an authority has no address with a name in it
        return next((code for space in COUNTRIES if (code := iri.removeprefix(space)) in shipped()["countries"]), None)
    return iri.removeprefix(NS) if field.get("named") and iri.startswith(NS) else None


def _iris(terms: list[Any]) -> list[str]:
    return [term.value for term in terms if isinstance(term, ox.NamedNode)]


def _called(subject: Any, found: dict[str, list[Any]]) -> Part:
    """A case by its id, where it has one, else by its node."""
    named = [term for term in found.get(expand("dcterms:identifier"), []) if isinstance(term, ox.Literal)]
    return say("case {id}", id=quoted(named[0].value)) if named else _short(subject)


def _short(term: Any) -> Part:
    if isinstance(term, ox.BlankNode):
        return say("a node without a name")
    if isinstance(term, ox.NamedNode):
        return _named(term.value)
    return say("a value") if isinstance(term, ox.Literal) else say("a statement")


def _named(iri: str) -> str:
    """A stranger's IRI made fit to print in a message."""
    return printable(shorten(iri))
