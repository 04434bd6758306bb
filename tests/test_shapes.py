"""The eligibility shapes as documents: well formed, bilingual, cited, SHACL Core only, and without any fact of the law."""

from __future__ import annotations

import pyshacl
import pytest
from rdflib import RDF, BNode, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, SH, XSD

from cptpp_graph import CptppGraph, files, judging
from cptpp_graph.terms import NS, PREFIXES, REQ

SHAPE = "https://w3id.org/cptpp-graph/shape/"
JUDGES = URIRef(NS + "judges")


@pytest.fixture(scope="module")
def shapes() -> Graph:
    return Graph().parse(files.root() / "shapes" / "eligibility.ttl")


def test_they_are_valid_and_spelt_right(shapes: Graph) -> None:
    """The meta-shapes let misspelt SHACL terms pass, so those are looked up as well."""
    conforms, _, text = pyshacl.validate(Graph(), shacl_graph=shapes, meta_shacl=True)
    assert conforms, text
    terms = {term for triple in shapes for term in triple if isinstance(term, URIRef) and term.startswith(str(SH))}
    assert not [term for term in terms if term not in SH]
    assert not terms & {SH.sparql, SH.js, SH.rule, SH.deactivated, SH.target}


def test_every_shape_has_a_name_and_every_judging_one_speaks_both_languages(shapes: Graph) -> None:
    for kind in (SH.NodeShape, SH.PropertyShape):
        assert all(str(shape).startswith(SHAPE) for shape in shapes.subjects(RDF.type, kind))
    blank = {p for s, p, _ in shapes if isinstance(s, BNode)}
    assert blank <= {RDF.first, RDF.rest}, "blank nodes are lists only"
    for shape in set(shapes.subjects(JUDGES)):
        messages = [m for m in shapes.objects(shape, SH.message) if isinstance(m, Literal)]
        assert sorted(str(message.language) for message in messages) == ["en", "fr"], shape


def test_severity_stands_on_judging_shapes_only_and_goes_with_a_reason(shapes: Graph) -> None:
    judging_shapes = set(shapes.subjects(JUDGES))
    assert set(shapes.subjects(SH.severity)) == judging_shapes
    for shape in judging_shapes:
        severity, because = shapes.value(shape, SH.severity), shapes.value(shape, URIRef(NS + "because"))
        assert (severity == SH.Info) == (because is not None), shape
    targeted = set(shapes.subjects(SH.targetClass)) | set(shapes.subjects(SH.targetSubjectsOf))
    assert targeted == judging_shapes


def test_they_hold_no_fact_of_the_law(shapes: Graph) -> None:
    """Truth values and counts of 0 and 1 are the only literals; no country, group, window, source or category is named."""
    judged = {JUDGES, DCTERMS.source, SH.message}
    for _, predicate, value in shapes:
        if isinstance(value, Literal) and predicate != SH.message:
            assert value.datatype == XSD.boolean or (value.datatype == XSD.integer and int(value) <= 1), (predicate, value)
        if isinstance(value, URIRef) and predicate not in judged:
            assert not value.startswith((PREFIXES["id"], PREFIXES["noc2016"], PREFIXES["noc2021"], REQ)), (predicate, value)


def test_what_they_refer_to_exists(shapes: Graph, kg: CptppGraph) -> None:
    def known(iri: str) -> bool:
        return bool(kg.store.query(f"ASK {{ <{iri}> ?p ?o }}", use_default_graph_as_union=True))

    assert all(known(str(iri)) for iri in {*shapes.objects(None, JUDGES), *shapes.objects(None, DCTERMS.source)})
    ours = {str(term) for triple in shapes for term in triple if isinstance(term, URIRef) and term.startswith(NS)}
    assert not [term for term in ours if not known(term)]
    assert all(
        shapes.value(shape, DCTERMS.source)
        for shape in set(shapes.subjects(JUDGES)) - {URIRef(SHAPE + "silence"), URIRef(SHAPE + "gap")}
    )


def test_every_requirement_is_judged_for_contradiction_and_for_silence(kg: CptppGraph) -> None:
    """Each requirement that facts decide has a shape that can fail it and one that keeps it open where facts are missing."""
    severities: dict[str, set[str]] = {}
    for shape in judging.judging_shapes().values():
        for requirement in shape.judges:
            severities.setdefault(requirement, set()).add(shape.severity)
    for known in kg.lexicon.requirements.values():
        for requirement in known:
            assert {"violation", "warning"} <= severities[requirement.iri], requirement.id


def test_every_verdict_in_the_data_has_a_shape_that_reads_it(shapes: Graph, kg: CptppGraph) -> None:
    """A test that leaves something to the officer would pass unseen if no shape looked at that property for it."""
    readers = {"rejects": "not-rejected", "leavesToOfficer": "not-left-to-officer", "leavesUnclear": "not-left-unclear"}
    found = kg.store.query(
        f"""PREFIX cptpp: <{NS}> SELECT DISTINCT ?property ?verdict {{ ?provision cptpp:statesRequirement ?r ; cptpp:test ?t .
        ?r cptpp:testedAs ?usual . OPTIONAL {{ ?t cptpp:testedAs ?apart }} BIND (COALESCE(?apart, ?usual) AS ?property)
        VALUES ?verdict {{ cptpp:rejects cptpp:leavesToOfficer cptpp:leavesUnclear }} ?t ?verdict ?value }}""",
        use_default_graph_as_union=True,
    )
    pairs = {(str(row["property"].value), row["verdict"].value.removeprefix(NS)) for row in found}  # type: ignore[union-attr]
    assert len(pairs) > 10
    for tested, verdict in pairs:
        reader = URIRef(SHAPE + readers[verdict])
        reading = {*shapes.subjects(SH.node, reader), *shapes.subjects(SH.qualifiedValueShape, reader)}
        assert any((shape, SH.path, URIRef(tested)) in shapes for shape in reading), (tested, verdict)


def test_no_name_is_used_in_two_files() -> None:
    names: list[str] = []
    for path in (files.root() / "shapes").glob("*.ttl"):
        graph = Graph().parse(path)
        names += {str(s) for kind in (SH.NodeShape, SH.PropertyShape) for s in graph.subjects(RDF.type, kind)}
    assert len(names) == len(set(names))
