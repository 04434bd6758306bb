"""Free SPARQL: what is refused, what is stopped, and that the next query still works."""

from __future__ import annotations

import pytest

from cptpp_graph import CptppError, CptppGraph, LimitReached

REFUSED = {
    "service": "SELECT * WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "service, silent": "SELECT * WHERE { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "service, glued to a literal": "SELECT * WHERE { FILTER('x'SERVICE<http://x/> { }) }",
    "service, glued to true": "SELECT * WHERE { FILTER(trueSERVICE <http://x/> { }) }",
    "service, escaped": "SELECT * WHERE { \\u0053ERVICE <http://x/> { ?s ?p ?o } }",
    "service, after a comment ended by CR": "SELECT * WHERE { # x\rSERVICE <http://x/> { ?s ?p ?o } }",
    "load": "LOAD <http://127.0.0.1:9/>",
    "insert": "INSERT DATA { <a:a> <a:b> 1 }",
    "delete": "DELETE WHERE { ?s ?p ?o }",
    "from a file": "SELECT * FROM <file:///etc/hostname> WHERE { ?s ?p ?o }",
    "from named, unknown": "SELECT * FROM NAMED <http://127.0.0.1:9/g> WHERE { GRAPH ?g { ?s ?p ?o } }",
    "not SPARQL": "SELEKT ?x",
    "deep": "SELECT * WHERE " + "{" * 100 + "}" * 100,
    "control characters": "SELECT * WHERE { ?s ?p \x00 }",
}


@pytest.mark.parametrize("sparql", REFUSED.values(), ids=REFUSED.keys())
def test_refused(kg: CptppGraph, sparql: str) -> None:
    with pytest.raises(CptppError) as caught:
        kg.query(sparql)
    assert caught.value.wrong and caught.value.mend


def test_words_inside_strings_names_and_comments_are_free(kg: CptppGraph) -> None:
    sparql = """SELECT ?s WHERE { # SERVICE and LOAD
        ?s rdfs:label ?service . FILTER (?service = "LOAD SERVICE INSERT")
        OPTIONAL { ?s cptpp:highlySpecializedOrCoreService ?load } }"""
    assert len(kg.query(sparql)) == 0


def test_a_known_graph_can_be_named(kg: CptppGraph) -> None:
    one = kg.query("SELECT ?s FROM <https://w3id.org/cptpp-graph/graph/parties> WHERE { ?s a cptpp:Party }")
    other = kg.query("SELECT ?s WHERE { GRAPH graph:ircc { ?s a cptpp:Party } }")
    assert len(one) > 0 and len(other) == 0


RUNAWAY = {
    "cross product": "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (?a != ?d) }",
    "paths": "SELECT * WHERE { ?s (skos:broader|^skos:broader)* ?o . ?o (skos:broader|^skos:broader)* ?p }",
}


@pytest.mark.parametrize("sparql", RUNAWAY.values(), ids=RUNAWAY.keys())
def test_runaway_queries_are_stopped_and_the_next_one_works(kg: CptppGraph, sparql: str) -> None:
    with pytest.raises(LimitReached):
        kg.query(sparql, timeout=1)
    assert kg.query("ASK { ?s a cptpp:Party }") is True


def test_construct_gives_a_graph(kg: CptppGraph) -> None:
    graph = kg.query("CONSTRUCT { ?s a cptpp:Party } WHERE { ?s a cptpp:Party }")
    assert len(graph) == len(kg.query("SELECT DISTINCT ?s WHERE { ?s a cptpp:Party }"))
