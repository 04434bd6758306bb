"""Statements read in columns give the cases that they give one by one, or are left to be read one by one."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from forms import CASES, stated

from cptpp_graph import CptppGraph, intake, words
from cptpp_graph.batch import reading
from cptpp_graph.batch.pieces import Seen
from cptpp_graph.batch.populations import Population
from cptpp_graph.batch.triples import Triples
from cptpp_graph.errors import CptppError

XSD = "<http://www.w3.org/2001/XMLSchema#"


@pytest.fixture(scope="module")
def blocks() -> list[list[str]]:
    """The lines of each scenario."""
    cases = [replace(intake.cases(stated(path))[0], id=path.stem) for path in CASES]
    return [intake.as_ntriples(case).decode().splitlines() for case in cases if "principal.case" not in case.facts]


@pytest.fixture(scope="module")
def population(kg: CptppGraph) -> Population:
    return Population(kg.lexicon, words.term("rulebook", "ircc"))


def judged(population: Population, path: Path) -> tuple[list[object], list[str]] | str:
    """What comes of a file: the verdicts and who is rejected, or what is wrong with it."""
    rows: list[object] = []
    rejects: list[str] = []
    population.seen = Seen()
    try:
        for piece in reading.pieces(path):
            found = population.judge(population.read(piece))
            rows += population.table(found.verdicts, full=True).rows()
            rejects += [str(one.told("en")) for one in found.read.rejects]
    except CptppError as error:
        return str(error.wrong)
    return sorted(rows, key=str), sorted(rejects)


def both(population: Population, path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[object, object]:
    quick = judged(population, path)
    with monkeypatch.context() as patch:
        patch.setattr(Triples, "read", lambda *_: None)
        return quick, judged(population, path)


def test_all_scenarios_are_read_in_columns(blocks: list[list[str]]) -> None:
    text = "\n".join(line for lines in blocks for line in lines)
    for syntax in ("nt", "nq"):
        found = Triples(syntax).read(text.encode(), True)
        assert found and found.words.height == len(blocks) and not found.rest
    in_graphs = text.replace(" .\n", " <https://example.org/graph> .\n").encode()
    found = Triples("nq").read(in_graphs, True)
    assert found and found.words.height == len(blocks)
    assert Triples("nt").read(in_graphs, True) is None  # N-Triples has no graphs


def test_the_last_case_waits_for_more(blocks: list[list[str]]) -> None:
    text = "".join(f"{line}\n" for lines in blocks[:3] for line in lines).encode()
    found = Triples("nt").read(text, False)
    assert found and found.words.height == 2
    assert found.rest == "".join(f"{line}\n" for line in blocks[2]).encode()


def test_verdicts_are_the_same(
    population: Population, blocks: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cases.nq"
    path.write_text("".join(f"{line}\n" for lines in blocks for line in lines), encoding="utf-8")
    quick, slow = both(population, path, monkeypatch)
    assert quick == slow and len(quick[0]) == len(blocks)  # type: ignore[index]


def lists_as_values(lines: list[str]) -> list[str]:
    """A list of one item said as the item itself."""
    first = {line.split()[0]: line.split(" ", 2)[2] for line in lines if "#first>" in line}
    plain = [line for line in lines if "#first>" not in line and "#rest>" not in line]
    return [" ".join((*line.split(" ", 2)[:2], first.get(line.split()[2], line.split(" ", 2)[2]))) for line in plain]


def put(lines: list[str], place: int, *instead: str) -> list[str]:
    return [*lines[:place], *instead, *lines[place + 1 :]]


def with_value(line: str) -> str:
    """Another value of the same property."""
    return " ".join((*line.split()[:2], f'"~"^^{XSD}string> .' if "#string" in line else '"~" .'))


CHANGES: dict[str, Callable[[list[str], int], list[str]]] = {
    "shuffled": lambda lines, place: random.Random(place).sample(lines, len(lines)),
    "one left out": put,
    "one twice": lambda lines, place: [*lines, lines[place]],
    "another type": lambda lines, place: put(lines, place, lines[place].replace(f"^^{XSD}", f"^^{XSD}x")),
    "numbers as texts": lambda lines, _: [one.replace(f"^^{XSD}integer>", "") for one in lines],
    "numbers as decimals": lambda lines, _: [one.replace(f'"^^{XSD}integer>', f'.0"^^{XSD}decimal>') for one in lines],
    "truth as numbers": lambda lines, _: [one.replace(f'"true"^^{XSD}boolean>', f'"1"^^{XSD}boolean>') for one in lines],
    "a language": lambda lines, place: put(lines, place, lines[place].replace('" .', '"@en .')),
    "two values": lambda lines, place: [*lines, with_value(lines[place])],
    "unknown property": lambda lines, _: [*lines, f'{lines[0].split()[0]} <https://w3id.org/cptpp-graph/ns#status> "x" .'],
    "a stray node": lambda lines, _: [*lines, '_:stray <https://w3id.org/cptpp-graph/ns#role> "worker" .'],
    "another line end": lambda lines, _: [f"{one}\r" for one in lines],
    "a tilde": lambda lines, _: [one.replace('"worker"', '"~"') for one in lines],
    "lists as values": lambda lines, _: lists_as_values(lines),
}


@pytest.mark.parametrize("how", CHANGES)
def test_what_is_odd_comes_out_as_one_by_one(
    population: Population, blocks: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Each change is made to one case in three, in a file of its own and among others."""
    rng, path, several = random.Random(how), tmp_path / "cases.nq", []
    for number, lines in enumerate(blocks):
        several.append(CHANGES[how](lines, rng.randrange(len(lines))) if number % 3 == 0 else lines)
    for some in (several, *([one] for one in several[:9:3])):
        path.write_text("".join(f"{line}\n" for lines in some for line in lines), encoding="utf-8")
        quick, slow = both(population, path, monkeypatch)
        assert quick == slow, how


def test_a_case_said_in_two_places_is_refused(blocks: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However the file is divided: what is said later must not be lost."""
    monkeypatch.setattr("cptpp_graph.batch.statements.BLOCK", 20_000)
    first, *others = blocks[:40]
    path = tmp_path / "cases.nt"
    path.write_text("".join(f"{line}\n" for lines in (first[:-1], *others, first[-1:]) for line in lines), encoding="utf-8")
    with pytest.raises(CptppError, match="far from the rest"):
        list(reading.pieces(path))


def test_frames_of_one_file_hold_all_cases(blocks: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cptpp_graph.batch.statements.BLOCK", 30_000)
    path = tmp_path / "cases.nt"
    path.write_text("".join(f"{line}\n" for lines in blocks for line in lines), encoding="utf-8")
    found = [piece.words for piece in reading.pieces(path) if piece.words is not None]
    assert len(found) > 3 and sum(one.num_rows for one in found) == len(blocks)
