"""The graph checks itself: lint queries that return nothing, shapes that hold, counts of what is printed and what follows.

Every check is also seen to fail on a damaged copy; tests/graph_damage.ru holds the damages.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from rdflib import DCTERMS, OWL, PROV, RDF, RDFS, SH, SKOS, BNode, Graph, Literal, URIRef

from cptpp_graph import artifact, files
from cptpp_graph.terms import ID, PREFIXES, shorten

HERE = Path(__file__).parent
LINT = sorted((files.root() / "queries" / "lint").glob("*.rq"))
SHAPE = "https://w3id.org/cptpp-graph/shape/"
PROLOGUE = f"BASE <{ID}>\n" + "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())

# Terms of vocabularies that rdflib does not carry, as their own documents list them.
FOREIGN = {
    "dcat": "Dataset keyword version",
    "cccev": "Criterion EvidenceType EvidenceTypeList Requirement hasEvidenceTypeList isRequirementOf specifiesEvidenceType",
    "sssom": "Mapping MappingSet NegatedPredicate NoTermFound mapping_justification mappings predicate_modifier",
    "vann": "preferredNamespacePrefix preferredNamespaceUri",
    "xkos": "ClassificationLevel ConceptAssociation Correspondence compares depth levels madeOf numberOfLevels "
    "sourceConcept targetConcept",
}
# Terms of ontology/cptpp.ttl that no query or shape names: none may stay here without a reason.
UNUSED: set[str] = set()


@pytest.fixture(scope="session")
def store() -> ox.Store:
    return artifact.load()


@pytest.fixture(scope="session")
def shapes() -> Graph:
    return Graph().parse(files.root() / "shapes" / "graph.ttl")


def rows(store: ox.Store, sparql: str) -> list[tuple[str, ...]]:
    """Answers over the union of all named graphs, as plain text."""
    answer = store.query(PROLOGUE + sparql, use_default_graph_as_union=True)
    return [tuple("" if cell is None else cell.value for cell in row) for row in answer]


def count(store: ox.Store, where: str) -> int:
    return int(rows(store, f"SELECT (COUNT(DISTINCT ?x) AS ?n) {{ {where} }}")[0][0])


def damages(kind: str) -> Iterator[tuple[str, str, str]]:
    """Name of the check, focus node if it is a shape, and SPARQL Update, from the file of damages."""
    parts = re.split(r"^## (.*)$", (HERE / "graph_damage.ru").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    for heading, update in zip(parts[::2], parts[1::2], strict=True):
        known, name, *focus = heading.split()
        if known == kind:
            yield name, urljoin(ID, *focus) if focus else "", PROLOGUE + update


def damaged(store: ox.Store, *updates: str) -> ox.Store:
    copy = ox.Store()
    copy.bulk_extend(store)
    for update in updates:
        copy.update(update)
    return copy


# ------------------------------------------------------------------ lint


@pytest.mark.parametrize("path", LINT, ids=lambda path: path.stem)
def test_lint(store: ox.Store, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = rows(store, text)
    assert not found, f"{text.splitlines()[0]}\n" + "\n".join("  ".join(map(shorten, row)) for row in found[:20])
    assert text.startswith("#+ summary: ") and "ORDER BY" in text and "SELECT *" not in text and "SERVICE" not in text


@pytest.mark.parametrize(("name", "update"), [pytest.param(name, update, id=name) for name, _, update in damages("lint")])
def test_lint_finds_damage(store: ox.Store, name: str, update: str) -> None:
    query = (files.root() / "queries" / "lint" / f"{name}.rq").read_text(encoding="utf-8")
    assert set(rows(damaged(store, update), query)) - set(rows(store, query))


def test_every_lint_query_has_a_damage() -> None:
    assert [name for name, *_ in damages("lint")] == [path.stem for path in LINT]


# ------------------------------------------------------------------ shapes


def results(graph: Graph, shapes: Graph) -> set[tuple[str, str]]:
    """Focus node and shape of each result, read from the report graph."""
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, inference="none", advanced=False, inplace=True)
    assert isinstance(report, Graph)
    found = report.subjects(RDF.type, SH.ValidationResult)
    return {(str(report.value(result, SH.focusNode)), str(report.value(result, SH.sourceShape))) for result in found}


def to_rdflib(store: ox.Store) -> Graph:
    return Graph().parse(data="\n".join({f"{q.subject} {q.predicate} {q.object} ." for q in store}), format="nt")


def focus_nodes(store: ox.Store, shapes: Graph, node: object) -> list[str]:
    """The things that a node shape looks at; where it targets classes, their members only."""
    for predicate, where in (
        (SH.targetClass, "?x a/rdfs:subClassOf* <{}>"),
        (SH.targetSubjectsOf, "?x <{}> ?y"),
        (SH.targetObjectsOf, "?y <{}> ?x"),
    ):
        wheres = [where.format(target) + " FILTER (isIRI(?x))" for target in shapes.objects(URIRef(str(node)), predicate)]
        if found := {row[0] for each in wheres for row in rows(store, f"SELECT DISTINCT ?x {{ {each} }}")}:
            return sorted(found)
    return []


@pytest.mark.slow
def test_shapes_hold(store: ox.Store, shapes: Graph) -> None:
    found = results(to_rdflib(store), shapes)
    messages = {(focus, shape): shapes.value(URIRef(shape), SH.message) for focus, shape in sorted(found)[:30]}
    assert not found, "\n".join(f"{shorten(f)}: {s.removeprefix(SHAPE)}: {text}" for (f, s), text in messages.items())


def test_every_node_shape_looks_at_something(store: ox.Store, shapes: Graph) -> None:
    values = set(shapes.objects(None, SH.qualifiedValueShape))
    idle = [node for node in shapes.subjects(RDF.type, SH.NodeShape) if not focus_nodes(store, shapes, node)]
    assert set(idle) == values, "only the shapes of single values have no targets"


@pytest.mark.slow
def test_every_shape_finds_damage(store: ox.Store, shapes: Graph) -> None:
    """The first focus node loses the values that a shape asks for; the last gets two that no shape accepts."""
    named = list(damages("shape"))
    graph = to_rdflib(damaged(store, *(update for *_, update in named)))
    expected = {(focus, SHAPE + name) for name, focus, _ in named}
    focus = {node: focus_nodes(store, shapes, node) for node in shapes.subjects(SH.property)}
    for node, shape in shapes.subject_objects(SH.property):
        path, nodes = shapes.value(shape, SH.path), focus[node]
        if not isinstance(path, URIRef) or path == RDF.type:
            continue  # these have a damage of their own
        required = (shape, SH.minCount, None) in shapes
        if required:
            graph.remove((URIRef(nodes[0]), path, None))
            expected.add((nodes[0], str(shape)))
        if nodes[0] != nodes[-1] or not required:
            for value in ("damaged", "damaged again"):
                graph.add((URIRef(nodes[-1]), path, Literal(value, datatype=rdflib.XSD.anyURI)))
            expected.add((nodes[-1], str(shape)))
    missed = expected - results(graph, shapes)
    assert not missed, "\n".join(f"{shorten(focus)} {shape.removeprefix(SHAPE)}" for focus, shape in sorted(missed))
    logical = set(shapes.subjects(SH["or"])) | set(shapes.subjects(SH.xone))
    assert {str(shape) for shape in logical | set(shapes.objects(None, SH.property))} == {shape for _, shape in expected}


def test_shapes_are_well_formed(shapes: Graph) -> None:
    terms = {term for triple in shapes for term in triple if isinstance(term, URIRef) and term.startswith(str(SH))}
    assert not [term for term in terms if term not in SH], "misspelt: the meta-shapes let it pass"
    assert not terms & {SH.severity, SH.deactivated, SH["not"], SH.sparql, SH.rule, SH.js}
    for shape in {*shapes.subjects(RDF.type, SH.NodeShape), *shapes.subjects(RDF.type, SH.PropertyShape)}:
        assert str(shape).startswith(SHAPE)
        assert sorted(str(m.language) for m in shapes.objects(shape, SH.message) if isinstance(m, Literal)) == ["en", "fr"]
    paths = {SH.inversePath, SH.zeroOrMorePath, RDF.first, RDF.rest}
    assert {p for s, p, _ in shapes if isinstance(s, BNode)} <= paths, "blank nodes are lists or paths only"
    listed = set(shapes.objects(None, RDF.first))
    orphans = set(shapes.subjects(RDF.type, SH.PropertyShape)) - set(shapes.objects(None, SH.property)) - listed
    assert not orphans


# ------------------------------------------------------------------ vocabulary


def known(store: ox.Store, iri: str) -> bool:
    """Whether some vocabulary declares the term: ours, one that rdflib carries, or one of those above."""
    prefix, _, name = shorten(iri).partition(":")
    if prefix == "cptpp":
        return bool(rows(store, f"SELECT ?scheme {{ <{iri}> rdfs:isDefinedBy|skos:inScheme ?scheme }}"))
    standard = {"rdf": RDF, "rdfs": RDFS, "owl": OWL, "skos": SKOS, "dcterms": DCTERMS, "prov": PROV, "xsd": rdflib.XSD, "sh": SH}
    standard |= {"void": rdflib.VOID}
    return URIRef(iri) in standard[prefix] if prefix in standard else name in FOREIGN.get(prefix, "").split()


def test_the_graph_uses_known_terms_only(store: ox.Store) -> None:
    used = rows(store, "SELECT DISTINCT ?t { { ?s ?t ?o } UNION { ?s a ?t } }")
    assert not [shorten(iri) for (iri,) in used if not known(store, iri)]


def test_lint_and_shapes_use_known_terms_only(store: ox.Store, shapes: Graph) -> None:
    named = {(files.root() / "shapes" / "graph.ttl").read_text(encoding="utf-8")} | {p.read_text(encoding="utf-8") for p in LINT}
    prefixes = "|".join(sorted(set(PREFIXES) - {"graph", "id", "req", "noc2016", "noc2021"}))
    text = re.sub(r'"[^"\n]*"|<[^>\s]*>|^#.*$', "", "\n".join(named), flags=re.MULTILINE)
    used = set(re.findall(rf"(?<![\w:-])({prefixes}):([A-Za-z][\w-]*)", text))
    assert len(used) > 150
    assert not [f"{prefix}:{name}" for prefix, name in used if not known(store, PREFIXES[prefix] + name)]


def test_every_term_of_the_ontology_is_used() -> None:
    ontology = Graph().parse(files.root() / "ontology" / "cptpp.ttl")
    declared = {shorten(str(term)) for term in ontology.subjects(RDFS.isDefinedBy)}
    places = [*(files.root() / "queries").rglob("*.rq"), *(files.root() / "shapes").rglob("*.ttl")]
    used = set(re.findall(r"cptpp:[\w-]+", "\n".join(place.read_text(encoding="utf-8") for place in places)))
    assert sorted(declared - used - UNUSED) == []


# ------------------------------------------------------------------ counts


def table(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8") as file:
        return list(csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t"))


def test_entries_are_as_many_as_printed(store: ox.Store) -> None:
    found = rows(
        store, "SELECT ?schedule ?kind ?x { ?x a ?kind ; cptpp:inSchedule ?schedule . ?kind rdfs:subClassOf cptpp:Entry }"
    )
    counted = Counter((schedule.removeprefix(ID), shorten(kind).removeprefix("cptpp:")) for schedule, kind, _ in found)
    assert counted == {(row["schedule"], row["kind"]): int(row["entries"]) for row in table("expected_entries.tsv")}


def test_one_line_of_the_older_page_runs_two_items_together(store: ox.Store) -> None:
    assert count(store, "?e cptpp:inSchedule <canadavisa/AUS/technician> ; cptpp:line ?x") == 38


def test_every_open_point_is_there(store: ox.Store) -> None:
    found = {row[0] for row in rows(store, "SELECT ?id { ?x a cptpp:Issue ; dcterms:identifier ?id }")}
    assert {f"Q{n}" for n in range(1, 31)} | {f"D{n}" for n in range(1, 29)} <= found


@pytest.mark.parametrize(("edition", "expected"), [("2016", [10, 40, 140, 500]), ("2021", [10, 45, 89, 162, 516])])
def test_classifications_are_whole(store: ox.Store, edition: str, expected: list[int]) -> None:
    levels = "?edition skos:notation '%s' ; xkos:levels/rdf:rest*/rdf:first ?level . ?level xkos:depth ?depth ; skos:member ?x"
    found = rows(store, f"SELECT (COUNT(?x) AS ?n) {{ {levels % edition} }} GROUP BY ?depth ORDER BY ?depth")
    assert [int(n) for (n,) in found] == expected


def test_the_concordance_is_whole(store: ox.Store) -> None:
    assert count(store, "?c xkos:madeOf ?x . ?x xkos:sourceConcept ?s ; xkos:targetConcept ?t") == 585


def expected_permissions() -> dict[tuple[str, str], dict[str, int]]:
    """For each schedule and edition: unit groups by status; the three kinds of unclear ones together."""
    expected = {}
    for row in table("expected_permissions.tsv"):
        key = (row.pop("schedule"), row.pop("edition"))
        n = {what: int(number) for what, number in row.items()}
        n["unclear"] = n.pop("arguable") + n.pop("beyond_levels") + n.pop("readings_differ")
        expected[key] = n
    return expected


@pytest.mark.parametrize(("rulebook", "sources"), [("ircc", "ircc"), ("ircc-2024", "ircc"), ("canadavisa", "canadavisa")])
def test_permissions_are_those_of_the_second_derivation(store: ox.Store, rulebook: str, sources: str) -> None:
    found = rows(
        store,
        f"""SELECT ?schedule ?year ?what (COUNT(DISTINCT ?x) AS ?n) {{
        ?x cptpp:rulebook <source/{rulebook}> ; cptpp:inSchedule ?schedule ; cptpp:window/cptpp:edition/skos:notation ?year .
        {{ ?x cptpp:status/skos:notation ?what }} UNION {{ ?x a cptpp:Denial BIND ("denied" AS ?what) }}
        UNION {{ ?x cptpp:remark ?turn ; cptpp:status cptpp:permitted BIND ("remark" AS ?what) }} }}
            GROUP BY ?schedule ?year ?what""",
    )
    counted: dict[tuple[str, str], dict[str, int]] = {}
    for schedule, year, what, n in found:
        counted.setdefault((schedule.removeprefix(ID), year), {})[what] = int(n)
    expected = {key: row for key, row in expected_permissions().items() if key[0].startswith(sources + "/")}
    assert counted == {key: {what: n for what, n in row.items() if n} for key, row in expected.items()}
