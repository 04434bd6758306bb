"""The exported graph answers the same elsewhere: in Oxigraph, and in TDB2 of Apache Jena (Debian: libapache-jena-java)."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pyoxigraph as ox
import pytest
from test_queries import FILES, command

from cptpp_graph import CptppGraph
from cptpp_graph.asking import bind, named_query

JARS = Path("/usr/share/java")
NEEDED = "jena-[a-z]* thrift dexx.collection gson guava failureaccess commons-* httpc* jackson-* jsonld-java protobuf slf4j-[an]*"
MESSAGES = "org/apache/jena/ext/xerces/"
Rows = list[tuple[object, ...]]
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("stores")]


def value(term: object) -> object:
    """A term by its value: 0.90 is 0.9, a plain text is its text."""
    if not isinstance(term, ox.Literal):
        return term
    try:
        return term.datatype.value, Decimal(term.value)
    except InvalidOperation:
        return term.datatype.value, term.language, term.value


def rows(solutions: ox.QuerySolutions) -> Rows:
    return [tuple(value(term) for term in solution) for solution in solutions]


@pytest.fixture(scope="module")
def exported(kg: CptppGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "cptpp.nq"
    path.write_bytes(kg.export("nquads"))
    return path


@pytest.fixture(scope="module")
def oxigraph(exported: Path) -> Callable[[Path], Rows]:
    store = ox.Store()
    store.load(path=exported, format=ox.RdfFormat.N_QUADS)

    def ask(path: Path) -> Rows:
        solutions = store.query(text(path), use_default_graph_as_union=True)
        assert isinstance(solutions, ox.QuerySolutions)
        return rows(solutions)

    return ask


@pytest.fixture(scope="module")
def jena(exported: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Rows]:
    """One process of Java loads the file and answers all queries."""
    if not (JARS / "jena-tdb2.jar").exists() or not shutil.which("java"):
        pytest.skip("Apache Jena is not here: apt-get install libapache-jena-java default-jdk-headless")
    folder = tmp_path_factory.mktemp("jena")
    with zipfile.ZipFile(JARS / "jena-core.jar") as jar:  # Debian's jar looks for its messages in xerces/
        for member in (one for one in jar.namelist() if one.endswith(".properties") and MESSAGES in one):
            target = folder / "xerces" / member.partition(MESSAGES)[2]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(jar.read(member))
    classes = ":".join([str(folder), *(str(jar) for pattern in NEEDED.split() for jar in sorted(JARS.glob(f"{pattern}.jar")))])
    for path in FILES:
        (folder / f"{path.stem}.rq").write_text(text(path), encoding="utf-8")
    done = subprocess.run(
        ["java", "-XX:+UseSerialGC", "-cp", classes, Path(__file__).parent / "stores" / "Ask.java", exported, folder],
        capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]

    def ask(path: Path) -> Rows:
        error = folder / f"{path.stem}.rq.error"
        assert not error.exists(), error.read_text(encoding="utf-8")
        answer = ox.parse_query_results(path=folder / f"{path.stem}.rq.json", format=ox.QueryResultsFormat.JSON)
        assert isinstance(answer, ox.QuerySolutions)
        return rows(answer)

    return ask


def text(path: Path) -> str:
    """A named query with the parameters of its golden answer."""
    name, parameters = command(path)
    return bind(named_query(name), parameters)


@pytest.mark.parametrize("store", ["oxigraph", "jena"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_another_store_answers_the_same(kg: CptppGraph, path: Path, store: str, request: pytest.FixtureRequest) -> None:
    name, parameters = command(path)
    expected = [tuple(value(term) for term in cells) for cells in kg.ask(name, **parameters).terms]
    assert request.getfixturevalue(store)(path) == expected
    assert expected
