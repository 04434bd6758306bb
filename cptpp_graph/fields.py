"""What a case may state: read from shapes/intake.ttl at build, and the JSON-LD context and JSON Schema made of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyoxigraph as ox

from .terms import BASE, NS, PREFIXES, expand, shorten

CONTEXT = BASE + "ontology/context.jsonld"
KINDS = {"principal": "PrincipalCase", "spouse": "SpouseCase"}

Field = dict[str, Any]
"""key, property, type, order, expects; where they apply mostItems, required, values, named, min, max, maxLength, fields."""


class _Shapes:
    """The intake shapes as a small graph, with the two questions that are asked of it."""

    def __init__(self, path: Path) -> None:
        self.triples: dict[tuple[str, str], list[Any]] = {}
        for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE):
            self.triples.setdefault((str(quad.subject), quad.predicate.value), []).append(quad.object)

    def values(self, subject: Any, name: str) -> list[Any]:
        return self.triples.get((str(subject), expand(name)), [])

    def one(self, subject: Any, name: str) -> Any:
        return next(iter(self.values(subject, name)), None)

    def members(self, head: Any) -> list[Any]:
        found = []
        while head is not None and head.value != expand("rdf:nil"):
            found.append(self.one(head, "rdf:first"))
            head = self.one(head, "rdf:rest")
        return found


def fields(root: Path) -> dict[str, list[Field]]:
    """The fields of each kind of case, in order, groups of fields nested."""
    shapes = _Shapes(root / "shapes" / "intake.ttl")
    targets = {
        cls.value: subject for (subject, p), found in shapes.triples.items() if p == expand("sh:targetClass") for cls in found
    }
    return {kind: _fields(shapes, ox.NamedNode(targets[NS + cls].strip("<>"))) for kind, cls in KINDS.items()}


def _fields(shapes: _Shapes, node: Any) -> list[Field]:
    return sorted((_field(shapes, prop) for prop in shapes.values(node, "sh:property")), key=lambda field: int(field["order"]))


def _field(shapes: _Shapes, prop: Any) -> Field:
    field: Field = {
        "key": shapes.one(prop, "sh:name").value,
        "property": shorten(shapes.one(prop, "sh:path").value),
        "type": shapes.one(prop, "cptpp:fieldType").value,
        "order": int(shapes.one(prop, "sh:order").value),
        "expects": {text.language: text.value for text in shapes.values(prop, "sh:message")},
    }
    numbers = {"min": "sh:minInclusive", "max": "sh:maxInclusive", "maxLength": "sh:maxLength", "mostItems": "cptpp:mostItems"}
    field |= {key: int(value.value) for key, name in numbers.items() if (value := shapes.one(prop, name))}
    if pattern := shapes.one(prop, "sh:pattern"):
        field["pattern"] = pattern.value
    if allowed := shapes.one(prop, "sh:in") or shapes.one(prop, "cptpp:oneOf"):
        field["values"] = [value.value.removeprefix(NS) for value in shapes.members(allowed)]
        field["named"] = any(isinstance(value, ox.NamedNode) for value in shapes.members(allowed))
    if shapes.one(prop, "sh:minCount"):
        field["required"] = True
    if inner := shapes.one(prop, "sh:node"):
        field["fields"] = _fields(shapes, inner)
    return field


# ------------------------------------------------------------------ JSON-LD context


def context(cases: dict[str, list[Field]]) -> dict[str, Any]:
    """The context that makes a case in JSON the graph that shapes/intake.ttl describes."""
    terms: dict[str, Any] = {"@version": 1.1}
    terms |= {prefix: PREFIXES[prefix] for prefix in ("cptpp", "dcterms", "noc2016", "noc2021", "xsd", "rdf")}
    kinds = {kind: f"cptpp:{cls}" for kind, cls in KINDS.items()}
    terms["kind"] = {"@id": "rdf:type", "@type": "@vocab", "@context": kinds}
    for found in cases.values():
        for field in _all(found):
            terms[field["key"]] = _term(field)
    return {"@context": terms}


def _all(found: list[Field]) -> list[Field]:
    return [inner for field in found for inner in (field, *_all(field.get("fields", [])))]


def _term(field: Field) -> Any:
    term: dict[str, Any] = {"@id": field["property"]}
    if field["type"] == "date":
        term["@type"] = "xsd:date"
    elif field["type"] == "occupation":
        term["@type"] = "@id"
    elif field.get("named"):
        term |= {"@type": "@vocab", "@context": {value: f"cptpp:{value}" for value in field["values"]}}
    if "mostItems" in field:
        term["@container"] = "@list"
    return term if len(term) > 1 else field["property"]


# ------------------------------------------------------------------ JSON Schema


def json_schema(cases: dict[str, list[Field]]) -> dict[str, Any]:
    """A JSON Schema (2020-12) of a case, or of a list of cases."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": BASE + "ontology/case.schema.json",
        "title": "A case: a principal applicant or a spouse. Absent or null is unknown; [] states that there is none.",
        "oneOf": [{"$ref": "#/$defs/case"}, {"type": "array", "items": {"$ref": "#/$defs/case"}}],
        "$defs": {"case": {"oneOf": [_object(found, kind) for kind, found in cases.items()]}},
    }


def _object(found: list[Field], kind: str | None = None) -> dict[str, Any]:
    properties = {field["key"]: _schema(field) for field in found}
    required = [field["key"] for field in found if field.get("required")]
    if kind:
        properties = {"kind": {"const": kind}, **properties}
        required = ["kind", *required]
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | ({"required": required} if required else {})


def _schema(field: Field) -> dict[str, Any]:
    single = _single(field)
    if "mostItems" in field:
        single = {"oneOf": [single, {"type": "array", "items": single, "maxItems": field["mostItems"], "uniqueItems": True}]}
    if not field.get("required"):
        single = {"anyOf": [single, {"type": "null"}]}
    return {"description": field["expects"]["en"], **single}


def _single(field: Field) -> dict[str, Any]:
    bounds = {name: field[key] for key, name in (("min", "minimum"), ("max", "maximum")) if key in field}
    match field["type"]:
        case "node":
            return _object(field["fields"])
        case "boolean":
            return {"type": "boolean"}
        case "integer" | "number":
            return {"type": field["type"], **bounds}
        case "code":
            return {"enum": field["values"]}
        case "date":
            return {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
        case "occupation":
            return {"type": "string", "pattern": "^(noc2016:[0-9]{4}|noc2021:[0-9]{5})$"}
        case _:
            limits: dict[str, Any] = {key: field[key] for key in ("maxLength", "pattern") if key in field}
            return {"type": "string", "minLength": 1, **limits}
