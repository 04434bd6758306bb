"""The same case in every syntax, made from its JSON by three JSON-LD processors and by serialisers."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import rdflib
import yaml
from pyld import jsonld

CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))
CONTEXT_FILE = Path(__file__).parents[1] / "ontology" / "context.jsonld"
CONTEXT: dict[str, Any] = json.loads(CONTEXT_FILE.read_text(encoding="utf-8"))["@context"]
ADDRESS = "https://w3id.org/cptpp-graph/ontology/context.jsonld"
GRAPH = ox.NamedNode("https://example.org/some-graph")


def stated(path: Path) -> dict[str, Any]:
    """The case of a file in tests/cases."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["case"]
    return content


def columns(case: dict[str, Any], above: str = "") -> dict[str, str]:
    """A case as one row of CSV."""
    row: dict[str, str] = {}
    for key, value in case.items():
        if isinstance(value, dict):
            row |= columns(value, f"{above}{key}.")
        elif isinstance(value, list):
            row[above + key] = ";".join(value) or "[]"
        else:
            row[above + key] = str(value).lower() if isinstance(value, bool) else str(value)
    return row


def as_csv(case: dict[str, Any]) -> str:
    row = columns(case)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, row)
    writer.writeheader()
    writer.writerow(row)
    return text.getvalue()


def statements(processor: str, case: dict[str, Any]) -> bytes:
    """The case as N-Triples by a JSON-LD processor, with the context written out in the document."""
    document = {"@context": CONTEXT, **case}
    if processor == "rdflib":
        return rdflib.Graph().parse(data=json.dumps(document), format="json-ld").serialize(format="nt", encoding="utf-8")
    if processor == "pyld":
        written: str = jsonld.to_rdf(document, {"format": "application/n-quads", "documentLoader": refuse_to_load})
        return written.encode()
    return by_oxigraph(json.dumps(document).encode(), ox.RdfFormat.JSON_LD, ox.RdfFormat.N_TRIPLES)


def refuse_to_load(*_: Any) -> Any:
    raise AssertionError("a test must not fetch anything")


def by_oxigraph(content: bytes, source: ox.RdfFormat, target: ox.RdfFormat, graph: ox.NamedNode | None = None) -> bytes:
    found = [quad.triple for quad in ox.parse(content, format=source, base_iri="https://example.org/")]
    quads = [ox.Quad(t.subject, t.predicate, t.object, graph) for t in found] if graph else found
    return ox.serialize(quads, format=target) or b""


def forms(case: dict[str, Any]) -> dict[str, tuple[str, bytes]]:
    """Name of a form to the suffix of a file and its bytes."""
    plain = statements("pyoxigraph", case)

    def rewritten(target: ox.RdfFormat, graph: ox.NamedNode | None = None) -> bytes:
        return by_oxigraph(plain, ox.RdfFormat.N_TRIPLES, target, graph)

    expanded = jsonld.expand({"@context": CONTEXT, **case}, {"documentLoader": refuse_to_load})
    texts = {
        "JSON": ("json", json.dumps(case)),
        "a list in JSON": ("json", json.dumps([case], indent=1)),
        "JSON with a byte order mark": ("json", "\ufeff" + json.dumps(case)),
        "YAML": ("yaml", yaml.safe_dump(case, allow_unicode=True)),
        "CSV": ("csv", as_csv(case)),
        "NDJSON": ("ndjson", json.dumps(case) + "\n"),
        "JSON-LD, context by address": ("jsonld", json.dumps({"@context": ADDRESS, **case})),
        "JSON-LD, context in a list": ("jsonld", json.dumps({"@context": [ADDRESS], "@graph": [case]})),
        "JSON-LD, context written out": ("jsonld", json.dumps({"@context": CONTEXT, **case})),
        "JSON-LD, expanded": ("jsonld", json.dumps(expanded)),
        "JSON-LD, expanded, called JSON": ("json", json.dumps(expanded)),
    }
    triples = {
        "N-Triples": ("nt", plain),
        "N-Triples by rdflib": ("nt", statements("rdflib", case)),
        "N-Triples by PyLD": ("nt", statements("pyld", case)),
        "Turtle": ("ttl", rewritten(ox.RdfFormat.TURTLE)),
        "Turtle by rdflib": ("ttl", rdflib.Graph().parse(data=plain, format="nt").serialize(format="turtle", encoding="utf-8")),
        "TriG": ("trig", rewritten(ox.RdfFormat.TRIG)),
        "TriG in a named graph": ("trig", rewritten(ox.RdfFormat.TRIG, GRAPH)),
        "N-Quads in a named graph": ("nq", rewritten(ox.RdfFormat.N_QUADS, GRAPH)),
        "RDF/XML": ("rdf", rewritten(ox.RdfFormat.RDF_XML)),
        "RDF/XML by rdflib": ("rdf", rdflib.Graph().parse(data=plain, format="nt").serialize(format="xml", encoding="utf-8")),
    }
    return {name: (suffix, text.encode()) for name, (suffix, text) in texts.items()} | triples


def rdflib_forms(case: dict[str, Any]) -> dict[str, rdflib.Graph]:
    """The case as rdflib has it: a graph, and a dataset with the case in a named graph."""
    flat = rdflib.Graph().parse(data=json.dumps({"@context": CONTEXT, **case}), format="json-ld")
    dataset = rdflib.Dataset()
    named = dataset.graph(rdflib.URIRef(GRAPH.value))
    for statement in flat:
        named.add(statement)
    return {"rdflib.Graph": flat, "rdflib.Dataset": dataset}
