"""What an IRI of the graph stands for, what the endpoint is and what the dataset holds, as statements in any form of RDF."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import artifact, dataset
from ..errors import say
from ..terms import GRAPH, NS, PREFIXES
from .protocol import GRAPHS, Refused, chosen

if TYPE_CHECKING:
    from ..graph import CptppGraph

SD = "http://www.w3.org/ns/sparql-service-description#"
FORMATS = "http://www.w3.org/ns/formats/"
A = ox.NamedNode(PREFIXES["rdf"] + "type")
ONTOLOGY = ox.NamedNode(NS.rstrip("#"))
MOST_POINTERS = 500
NOTHING = say("Search the occupations, or ask the endpoint.")


def about(kg: CptppGraph, iri: str) -> tuple[list[ox.Quad], list[ox.Quad]]:
    """All that is stated about an IRI, and up to MOST_POINTERS statements that point to it, in order.

    The ontology's own address stands for all its terms, that of a named graph for the graph. Raises Refused (404).
    """
    try:
        node = ox.NamedNode(iri)
    except ValueError:
        raise Refused(404, say("{iri} is no IRI", iri=iri), NOTHING) from None
    if node == ONTOLOGY or iri in kg.graph_names().values():
        graph = ox.NamedNode(GRAPH + "ontology") if node == ONTOLOGY else node
        return sorted(kg.store.quads_for_pattern(None, None, None, graph), key=str), []
    own = sorted(kg.store.quads_for_pattern(node, None, None), key=str) or [quad for quad in _shapes() if quad.subject == node]
    pointing = sorted(kg.store.quads_for_pattern(None, None, node), key=str)[:MOST_POINTERS]
    if not own and not pointing:
        raise Refused(404, say("the graph says nothing about {iri}", iri=iri), NOTHING)
    return own, pointing


@cache
def _shapes() -> list[ox.Quad]:
    """The eligibility shapes, which are no part of the graph that is asked."""
    return list(ox.parse(artifact.read("shapes.nt"), format=ox.RdfFormat.N_TRIPLES))


def written(statements: Iterable[ox.Quad | ox.Triple], accept: str) -> tuple[str, bytes]:
    """(media type, content) of statements in a form that is accepted; the names of graphs are left out."""
    media = chosen(accept, list(GRAPHS))
    triples = dict.fromkeys(s.triple if isinstance(s, ox.Quad) else s for s in statements)
    return media, ox.serialize(triples, format=GRAPHS[media], prefixes=PREFIXES if media == "text/turtle" else None) or b""


def service(kg: CptppGraph, address: str) -> list[ox.Triple]:
    """The service description of the endpoint at this address."""
    me: ox.NamedNode = ox.NamedNode(address)
    dataset, default = ox.BlankNode("dataset"), ox.BlankNode("default")
    results = [f"SPARQL_Results_{form}" for form in ("JSON", "XML", "CSV", "TSV")]
    forms = [*results, "Turtle", "N-Triples", "JSON-LD", "RDF_XML"]
    found = [
        ox.Triple(me, A, _sd("Service")),
        ox.Triple(me, _sd("endpoint"), me),
        ox.Triple(me, _sd("supportedLanguage"), _sd("SPARQL11Query")),
        ox.Triple(me, _sd("feature"), _sd("UnionDefaultGraph")),
        *(ox.Triple(me, _sd("resultFormat"), ox.NamedNode(FORMATS + form)) for form in forms),
        ox.Triple(me, _sd("defaultDataset"), dataset),
        ox.Triple(dataset, A, _sd("Dataset")),
        ox.Triple(dataset, _sd("defaultGraph"), default),
        ox.Triple(default, A, _sd("Graph")),
    ]
    for number, iri in enumerate(kg.graph_names().values()):
        named = ox.BlankNode(f"graph{number}")
        found += [ox.Triple(dataset, _sd("namedGraph"), named), ox.Triple(named, A, _sd("NamedGraph"))]
        found.append(ox.Triple(named, _sd("name"), ox.NamedNode(iri)))
    return found


def _sd(name: str) -> ox.NamedNode:
    return ox.NamedNode(SD + name)


def void(kg: CptppGraph, endpoint: str) -> list[ox.Triple]:
    """The dataset described in DCAT and VoID, with the endpoint at this address."""
    return [*dataset.described(kg.store), ox.Triple(dataset.DATASET, dataset.name("void:sparqlEndpoint"), ox.NamedNode(endpoint))]
