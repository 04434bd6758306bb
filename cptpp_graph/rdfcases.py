"""Reads cases out of RDF statements: only what the intake shape knows, every statement accounted for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pyoxigraph as ox

from .catalogue import shipped
from .errors import CptppError
from .fields import KINDS
from .terms import BASE, NS, PREFIXES, expand, shorten
from .words import quoted

Place = str
Plain = tuple[Place, dict[str, Any], bool]
"""Where a case stands, what it says, and whether its values are typed (JSON, RDF) or words (YAML, CSV)."""

NIL = ox.NamedNode(expand("rdf:nil"))
NUMBER = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{0,20})?([eE][+-]?[0-9]{1,2})?", re.ASCII)


class RdfCases:
    """The cases of an RDF graph, each as the dictionary it would be in JSON. A statement that belongs to no case is refused."""

    def __init__(self, quads: list[ox.Quad], name: str) -> None:
        self.name = name
        self.rest: dict[Any, dict[str, list[Any]]] = {}
        for quad in dict.fromkeys((q.subject, q.predicate.value, q.object) for q in quads):
            self.rest.setdefault(quad[0], {}).setdefault(quad[1], []).append(quad[2])

    def __iter__(self) -> Iterator[Plain]:
        kinds = {NS + cls: kind for kind, cls in KINDS.items()}
        typed = [(s, t.value) for s, found in self.rest.items() for t in found.get(expand("rdf:type"), []) if t.value in kinds]
        if not typed:
            raise CptppError(f"{self.name} holds no case", "Give a node the type cptpp:PrincipalCase or cptpp:SpouseCase.")
        cases = []
        for subject, cls in typed:
            kind = kinds[cls]
            if not self.rest.get(subject, {}).pop(expand("rdf:type"), None):
                raise CptppError(f"{self.name}: a node is a principal's and a spouse's case at once", "Describe two nodes.")
            case = {"kind": kind, **self.node(subject, shipped()["cases"][kind], ())}
            cases.append((f"{self.name}, case {case.get('id', '?')}", case, True))
        for subject, left in self.rest.items():
            for predicate in left:
                raise CptppError(
                    f"{self.name}: {_short(subject)} states {shorten(predicate)}, which no case has",
                    "A case states its own fields only; see ontology/context.jsonld.",
                )
        return iter(cases)

    def node(self, subject: Any, known: list[dict[str, Any]], above: tuple[Any, ...]) -> dict[str, Any]:
        if subject in above or subject not in self.rest:
            return {}
        found = self.rest[subject]
        case = {}
        for field in known:
            objects = found.pop(expand(field["property"]), None)
            if objects is not None:
                case[field["key"]] = self.value(objects, field, (*above, subject))
        if not found:
            del self.rest[subject]
        return case

    def value(self, objects: list[Any], field: dict[str, Any], above: tuple[Any, ...]) -> Any:
        if "mostItems" in field:
            return [self.plain(item, field) for item in self.items(objects, field["mostItems"])]
        if len(objects) > 1:
            raise CptppError(f"{self.name}: {field['key']} has {len(objects)} values", "Give one.")
        if "fields" in field:
            if isinstance(objects[0], ox.Literal):
                raise CptppError(f"{self.name}: {field['key']} is a text, not a group of fields", "Describe a node there.")
            return self.node(objects[0], field["fields"], above)
        return self.plain(objects[0], field)

    def items(self, objects: list[Any], most: int) -> list[Any]:
        """The members of an RDF list, or the values as they stand."""
        if len(objects) > 1:
            return sorted(objects, key=str)
        found: list[Any] = []
        head = objects[0]
        while head in self.rest or head == NIL:
            if head == NIL or len(found) > most:
                return found
            pair = self.rest.pop(head)
            first, rest = pair.pop(expand("rdf:first"), []), pair.pop(expand("rdf:rest"), [])
            if len(first) != 1 or len(rest) != 1 or pair:
                raise CptppError(f"{self.name}: a list is not well formed", "Write it as ( … ).")
            found.append(first[0])
            head = rest[0]
        return found or objects

    def plain(self, term: Any, field: dict[str, Any]) -> Any:
        """A term as the JSON value it stands for; what fits no type of JSON stays as it is and is refused by the intake."""
        if isinstance(term, ox.NamedNode):
            return _local_name(term.value, field)
        if not isinstance(term, ox.Literal):
            return {}
        datatype = term.datatype.value.removeprefix(PREFIXES["xsd"])
        if datatype == "boolean" and term.value in ("true", "false", "1", "0"):
            return term.value in ("true", "1")
        if datatype in ("integer", "decimal", "double") and NUMBER.fullmatch(term.value):
            return Decimal(term.value)
        if datatype == ("date" if field["type"] == "date" else "string"):
            return term.value
        raise CptppError(
            f"{self.name}: {field['key']} is {quoted(term.value)} of type {shorten(term.datatype.value)}",
            f"Expected: {field['expects']['en']}.",
        )


def _local_name(iri: str, field: dict[str, Any]) -> str:
    for namespace in (NS, BASE + "id/party/", BASE + "id/place/", "http://publications.europa.eu/resource/authority/country/"):
        if iri.startswith(namespace):
            return iri.removeprefix(namespace)
    return shorten(iri)


def _short(term: Any) -> str:
    return shorten(term.value) if isinstance(term, ox.NamedNode) else "a node without a name"
