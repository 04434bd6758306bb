"""The claims as engines read them: what is laid on them, and what is not."""

from __future__ import annotations

from typing import Any

from rdflib import RDF, Graph, Literal, URIRef
from rdflib.namespace import XSD

from cptpp_graph import CptppGraph, intake
from cptpp_graph.linking import are_claims, link
from cptpp_graph.terms import NS

TRUE = Literal("true", datatype=XSD.boolean)


def claims(kg: CptppGraph, **case: Any) -> Graph:
    return link(kg.store, intake.cases({"id": "a", "kind": "principal"} | case)[0]).graph()


def test_a_spouses_claims_are_known_again(kg: CptppGraph) -> None:
    """By their class, from which shapes and validate() know them."""
    graph = claims(kg, kind="spouse", relationship="married")
    assert set(graph.objects(None, RDF.type)) == {URIRef(NS + "SpouseClaim")}
    assert are_claims(graph) and not are_claims(Graph())


def test_what_a_spouse_is_decides_nothing(kg: CptppGraph) -> None:
    """The spouse's own citizenship is not laid where the principal's stands."""
    graph = claims(kg, kind="spouse", spouse={"citizenship": ["BRA"]}, principal={"citizenship": ["JPN"]})
    assert {str(country).rpartition("/")[2] for country in graph.objects(None, URIRef(NS + "citizenship"))} == {"JPN"}


def test_what_is_supposed_or_without_a_day_says_so(kg: CptppGraph) -> None:
    graph = claims(kg, applicant={"citizenship": ["JPN"]})
    for name in ("supposed", "undated"):
        assert set(graph.objects(None, URIRef(NS + name))) == {TRUE}, name


def test_nobodys_citizen_is_no_supposition(kg: CptppGraph) -> None:
    """Who is a citizen of no country has said so."""
    found = kg.assess({"id": "a", "kind": "principal", "applicant": {"citizenship": [], "permanentResidence": []}})
    assert not any(reading.supposed for reading in found.readings)
    assert found.basis.ground == "citizenship"
