"""The graph as a dataset: what is written, that its description is true, and that its identifiers lead somewhere."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from csvw import CSVW
from rdflib import Graph, Literal, Namespace, URIRef
from starlette.testclient import TestClient

from cptpp_graph import CptppError, CptppGraph, dataset, publishing
from cptpp_graph.catalogue import named_queries
from cptpp_graph.server.app import application
from cptpp_graph.terms import BASE, PREFIXES
from cptpp_graph.version import __version__

ROOT = Path(__file__).parents[1]
DATASET = URIRef(BASE + "dataset")
DCAT, VOID = Namespace("http://www.w3.org/ns/dcat#"), Namespace("http://rdfs.org/ns/void#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
DECLARED = "SELECT ?prefix ?namespace { ?ontology sh:declare [ sh:prefix ?prefix ; sh:namespace ?namespace ] } ORDER BY ?prefix"
EXECUTABLE = """SELECT ?name ?select {
  ?query a sh:SPARQLSelectExecutable ; dcterms:identifier ?name ; sh:select ?select ; sh:prefixes/sh:declare/sh:prefix "cptpp"
} ORDER BY ?name"""
pytestmark = pytest.mark.xdist_group("dataset")


@pytest.fixture(scope="module")
def folder(kg: CptppGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything that export --to writes."""
    path = tmp_path_factory.mktemp("dataset") / "all"
    publishing.publish(kg.store, path)
    return path


@pytest.fixture(scope="module")
def described(folder: Path) -> Graph:
    return Graph().parse(folder / "dataset.ttl")


def test_each_file_is_a_distribution_with_its_checksum(folder: Path, described: Graph) -> None:
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    places = {str(node).removeprefix(f"{DATASET}/{__version__}/"): node for node in described.objects(DATASET, DCAT.distribution)}
    assert set(places) == set(files) - {"dataset.ttl"} and len(places) > 100
    for place, node in places.items():
        content = files[place].read_bytes()
        checksum = described.value(described.value(node, SPDX.checksum), SPDX.checksumValue)
        assert str(checksum) == hashlib.sha256(content).hexdigest()
        assert int(str(described.value(node, DCAT.byteSize))) == len(content)


@pytest.mark.parametrize("file", publishing.WHOLE)
def test_each_syntax_holds_the_whole_graph(kg: CptppGraph, folder: Path, file: str) -> None:
    """Blank nodes may have other names; there are few, and the statements without them are the same."""

    def named(quads: Iterator[ox.Quad]) -> set[str]:
        return {str(quad) for quad in quads if "_:" not in f"{quad.subject} {quad.object}"}

    form = {".nq": ox.RdfFormat.N_QUADS, ".trig": ox.RdfFormat.TRIG, ".jsonld": ox.RdfFormat.JSON_LD}[Path(file).suffix]
    found = list(ox.parse(path=folder / file, format=form))
    assert len(found) == len(kg.store)
    assert named(iter(found)) == named(iter(kg.store))


def test_prefixes_stand_in_one_order(kg: CptppGraph) -> None:
    for form in ("trig", "turtle"):
        lines = kg.export(form, "windows").splitlines()
        declared = [line for line in lines if line.startswith(b"@prefix")]
        assert declared == sorted(declared) == lines[: len(declared)] and len(declared) > 10


def test_the_tables_are_as_csvw_describes_them(folder: Path) -> None:
    """By the CSVW library of CLDF; it reads each cell by the type of its column."""
    metadata = json.loads((folder / "tables" / "csv-metadata.json").read_text(encoding="utf-8"))
    files = {path.name for path in (folder / "tables").glob("*.csv")}
    assert {table["url"] for table in metadata["tables"]} == files
    kinds = {column["datatype"] for table in metadata["tables"] for column in table["tableSchema"]["columns"]}
    assert kinds == {"anyURI", "boolean", "date", "decimal", "integer", "string"}
    small = [table for table in metadata["tables"] if (folder / "tables" / table["url"]).stat().st_size < 100_000]
    part = folder / "tables" / "small-metadata.json"
    part.write_text(json.dumps(metadata | {"tables": small}), encoding="utf-8")
    read = CSVW(str(part))
    part.unlink()
    assert read.is_valid and len(read.tables) == len(small) > 40


def test_parquet_holds_what_csv_holds(folder: Path) -> None:
    import polars

    for path in sorted((folder / "tables").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            names, *rows = csv.reader(file)
        frame = polars.read_parquet(path.with_suffix(".parquet"))
        assert (frame.columns, frame.height) == (names, len(rows)), path.name
        texts = [name for name, kind in frame.schema.items() if kind == polars.String]
        wanted = [[row[names.index(name)] for name in texts] for row in rows]
        assert [[value or "" for value in row] for row in frame.select(texts).rows()] == [
            [cell.removeprefix("'") for cell in row] for row in wanted
        ]


def test_a_table_has_the_rows_of_every_rulebook_and_edition(kg: CptppGraph) -> None:
    table = publishing.whole(kg.store, named_queries()["coverage"], "en")
    assert {row.rulebook.rpartition("/")[2] for row in table} == {"ircc", "canadavisa", "ircc-2024", "ircc-peru-fta"}
    assert {row.edition.rpartition("/")[2] for row in table} == {"2016", "2021"}


def test_a_folder_in_use_is_left_alone(kg: CptppGraph, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()
    with pytest.raises(CptppError):
        publishing.publish(kg.store, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


# ------------------------------------------------------------------ the description


def test_what_is_counted_is_so(kg: CptppGraph, described: Graph) -> None:
    assert int(str(described.value(DATASET, VOID.triples))) == len({quad.triple for quad in kg.store})
    parts = {str(part): int(str(described.value(part, VOID.triples))) for part in described.objects(DATASET, VOID.subset)}
    assert parts == {
        iri: len(list(kg.store.quads_for_pattern(None, None, None, ox.NamedNode(iri)))) for iri in kg.graph_names().values()
    }
    shares = list(described.objects(DATASET, VOID.propertyPartition))
    assert sum(int(str(described.value(share, VOID.triples))) for share in shares) == len(kg.store)
    party = next(
        one
        for one in described.objects(DATASET, VOID.classPartition)
        if (one, VOID["class"], URIRef(PREFIXES["cptpp"] + "Party")) in described
    )
    assert int(str(described.value(party, VOID.entities))) > 10


def test_licences_and_attribution_are_stated(described: Graph) -> None:
    texts = {str(text) for text in described.objects() if isinstance(text, Literal)}
    assert any("Adapted from Statistics Canada" in text for text in texts)
    assert any("Adapté de Statistique Canada" in text for text in texts)
    assert any("Sa Majesté le Roi du chef du Canada" in text for text in texts)


def test_versions_are_those_of_the_software(kg: CptppGraph) -> None:
    ontology = ox.NamedNode(BASE + "ns")
    found = {quad.object.value for quad in kg.store.quads_for_pattern(ontology, dataset.name("owl:versionInfo"), None)}
    assert found == {__version__}
    assert f'"version": "{__version__}"' in (ROOT / "codemeta.json").read_text(encoding="utf-8")
    assert f"\nversion: {__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\n## {__version__} " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_queries_of_the_graph_answer_as_the_named_ones(kg: CptppGraph) -> None:
    """With the prefixes that the graph declares and nothing else, for what their parameters are by default."""
    prologue = "".join(f"PREFIX {row.prefix}: <{row.namespace}>\n" for row in kg.query(DECLARED))
    found = {str(row.name): prologue + str(row.select) for row in kg.query(EXECUTABLE)}
    assert set(found) == set(named_queries())
    whole = {query.name for query in publishing.tabular()}
    for name, text in found.items():
        store = kg.store if name in whole else ox.Store()  # without what is required it would ask for everything
        answer = [tuple(row) for row in store.query(text, use_default_graph_as_union=True)]
        assert name not in whole or answer == kg.ask(name).terms


# ------------------------------------------------------------------ identifiers


def redirected(path: str) -> str:
    """Where the rules of .htaccess send a path under https://w3id.org/cptpp-graph/."""
    text = (ROOT / "docs" / "w3id" / "cptpp-graph" / ".htaccess").read_text(encoding="utf-8")
    for pattern, target in re.findall(r"^RewriteRule (\S+) %\{ENV:SITE\}(\S+) \[R=30[23],L\]$", text, re.MULTILINE):
        if found := re.search(pattern, path):
            return re.sub(r"\$(\d)", lambda group: found[int(group[1])], target)
    raise AssertionError(f"no rule for {path}")


@pytest.mark.parametrize(
    "path",
    ["ns", f"ns/{__version__}", "id/party/JPN", "id/query/spouses", "req/education", "noc/2021/21300", "graph/ircc",
     "graph/noc/2016", "shape/nationality-not-admitted", "dataset", f"dataset/{__version__}", "ontology/context.jsonld"],
)  # fmt: skip
def test_identifiers_lead_to_what_the_server_answers(kg: CptppGraph, path: str) -> None:
    client = TestClient(application(kg), base_url="http://localhost")
    media = "application/ld+json" if path.endswith("jsonld") else "text/turtle"
    answer = client.get(redirected(path), headers={"accept": media})
    assert answer.status_code == 200 and answer.headers["content-type"].startswith(media)
    assert redirected(f"dataset/{__version__}/tables/spouses.en.csv") == f"/files/{__version__}/tables/spouses.en.csv"
