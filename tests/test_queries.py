"""Every named query: its golden answer, and the same answer from rdflib. A golden file is a command and what it prints.

To accept new answers after reading them: python -m tests.test_queries
"""

from __future__ import annotations

import shlex
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from rdflib import Literal

from cptpp_graph import CptppGraph
from cptpp_graph.asking import bind, named_query
from cptpp_graph.catalogue import named_queries, read_query

GOLDEN = Path(__file__).parent / "golden"
FILES = sorted(GOLDEN.glob("*.txt"))


def command(path: Path) -> tuple[str, dict[str, str]]:
    """The name and parameters in the first line of a golden file: $ cptpp-graph query NAME --key value."""
    words = shlex.split(path.read_text(encoding="utf-8").splitlines()[0])[3:]
    return words[0], {key.removeprefix("--"): value for key, value in zip(words[1::2], words[2::2], strict=True)}


def answer(kg: CptppGraph, path: Path) -> str:
    name, parameters = command(path)
    return f"{path.read_text(encoding='utf-8').splitlines()[0]}\n{kg.ask(name, **parameters).write('csv')}"


def test_every_query_has_a_golden_answer() -> None:
    assert {command(path)[0] for path in FILES} == set(named_queries())
    assert len(named_queries()) >= 25


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_golden(kg: CptppGraph, path: Path) -> None:
    assert answer(kg, path) == path.read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.xdist_group("rdflib")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_rdflib_gives_the_same_rows(kg: CptppGraph, path: Path) -> None:
    name, parameters = command(path)
    rows = [
        tuple(cell.value if isinstance(cell, Literal) and isinstance(cell.value, int | Decimal) else cell for cell in row)
        for row in kg.graph.query(bind(named_query(name), parameters))
    ]
    expected = [tuple(row) for row in kg.ask(name, **parameters)]
    assert [tuple(None if c is None else c if isinstance(c, int | Decimal) else str(c) for c in row) for row in rows] == expected


@pytest.mark.parametrize("name", sorted(named_queries()))
def test_query_files_are_well_kept(name: str) -> None:
    query = read_query(named_query(name).path)
    assert set(query.summary) == {"en", "fr"}, "a summary in both languages"
    assert "ORDER BY" in query.text and "SELECT *" not in query.text and "SERVICE" not in query.text
    projected = query.text.partition("SELECT")[2].partition("WHERE")[0]
    assert all(f"?{parameter.name}" in projected for parameter in query.parameters), "parameters are projected"
    assert all(parameter.example for parameter in query.parameters if parameter.required), "an example for what is required"


@pytest.mark.parametrize("name", sorted(named_queries()))
def test_queries_speak_french(kg: CptppGraph, name: str) -> None:
    query = named_query(name)
    if "lang" not in {parameter.name for parameter in query.parameters}:
        return
    needed = {p.name: p.example for p in query.parameters if p.required}
    english, french = kg.ask(name, **needed, lang="en"), kg.ask(name, **needed, lang="fr")
    assert len(english) == len(french)
    assert not english or english.terms != french.terms


if __name__ == "__main__":
    with CptppGraph.open() as graph:
        for line in sys.stdin if not sys.stdin.isatty() else ():
            name = shlex.split(line)[3]
            (GOLDEN / f"{name}.txt").write_text(line.strip() + "\n", encoding="utf-8")
        for file in sorted(GOLDEN.glob("*.txt")):
            file.write_text(answer(graph, file), encoding="utf-8")
