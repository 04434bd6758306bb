"""Populations: what the batch engine finds is what judging each case finds; records are never lost; a stopped run goes on."""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from forms import CASES, columns, stated
from generate import Generator
from rules import Rules
from test_m_couples import couple

from cptpp_graph import CptppGraph, cli, intake, trials, words
from cptpp_graph.batch import reading
from cptpp_graph.batch.engine import FINDINGS, OUTCOMES
from cptpp_graph.batch.pieces import Piece
from cptpp_graph.batch.populations import Population
from cptpp_graph.errors import CptppError

SEED, GENERATED, COUPLES = 11, 300, 20
RULEBOOKS = ("ircc", "ircc-2024", "canadavisa")


def of_all(kg: CptppGraph, seed: int, count: int) -> list[intake.Case]:
    """The scenarios and generated cases, without couples, whom made_couples has."""
    scenarios = [replace(intake.cases(stated(path))[0], id=path.stem) for path in CASES]
    generator = Generator(Rules(kg.store), seed)
    made = [one[0] for number in range(count) if len(one := intake.cases(generator.cases(number))) == 1]
    return [case for case in (*scenarios, *made) if "principal.case" not in case.facts]


def differences(kg: CptppGraph, population: Population, cases: list[intake.Case], rulebook: str) -> list[Any]:
    """Where the batch engine and judging each case differ, requirement by requirement with the reason, and in the outcome."""
    judged = population.judge(population.read(Piece("cases", cases=cases, size=len(cases))))
    assert not judged.read.rejects and judged.waiting is None
    assert population.table(judged.verdicts)["case"].to_list() == [case.id for case in cases]
    found: list[Any] = []
    for got in judged.verdicts:
        kind = got.columns.kind
        ids = [one.id for one in population.engines[kind].requirements]
        alone = trials.verdicts(kg.lexicon, (case for case in cases if case.kind == kind), words.term("rulebook", rulebook))
        for place, (case, (_, claimed)) in enumerate(zip([c for c in cases if c.kind == kind], alone, strict=True)):
            here = {name: FINDINGS[got.findings[number][place]] for number, name in enumerate(ids)}
            if here != claimed.outcomes or OUTCOMES[got.outcome[place]] != claimed.outcome:
                found.append((case, here, claimed.outcomes))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("rulebook", RULEBOOKS)
def test_agreement(kg: CptppGraph, rulebook: str) -> None:
    """In two pieces, so that what was kept from the first serves the second. More: python tests/test_batch.py --cases 100000"""
    cases = of_all(kg, SEED, GENERATED)
    population = Population(kg.lexicon, words.term("rulebook", rulebook))
    for half in (cases[::2], cases[1::2]):
        assert not differences(kg, population, half, rulebook)


def made_couples(kg: CptppGraph, seed: int, count: int) -> list[list[dict[str, Any]]]:
    generator, found, number = Generator(Rules(kg.store), seed), [], 0
    while len(found) < count:
        if len(one := generator.cases(number)) == 2:
            found.append(one)
        number += 1
    return found


MORE = (  # of a spouse whose case names a principal's
    {},
    {"citizenship": ["AUS"]},
    {"category": "technician"},
    {"case": "nobody"},
)


@pytest.mark.slow
def test_couples_come_out_as_assess_has_them(kg: CptppGraph, tmp_path: Path) -> None:
    """Spouses before their principals in the file, in several parts; who contradicts a principal or names nobody is rejected."""
    made = made_couples(kg, SEED, COUPLES)
    for number, (_, spouse) in enumerate(made):
        spouse["principal"] |= MORE[number % len(MORE)]
    expected, wrong = {}, {}
    for pair in made:
        try:
            expected |= {one.case: one for one in kg.assess_all(pair)}
        except CptppError as error:
            expected |= {one.case: one for one in kg.assess_all(pair[:1])}
            wrong[pair[1]["id"]] = error.wrong.partition(": ")[2]
    path, out = tmp_path / "couples.ndjson", tmp_path / "out.csv"
    spouses_first = [one[1] for one in made] + [one[0] for one in made]
    path.write_text("".join(json.dumps(one) + "\n" for one in spouses_first), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "LINES", 7)
        assert run("batch", path, "-o", out, "--full", "--summary") == 0
    got = {row["case"]: row for row in rows_of(out)}
    assert list(got) == [one["id"] for one in spouses_first if one["id"] in expected]
    assert len(wrong) + len(got) == len(spouses_first) and wrong
    assert sorted(row["wrong"] for row in rows_of(tmp_path / "out.csv.rejects.csv")) == sorted(wrong.values())
    for case, one in expected.items():
        findings = {finding.requirement: ": ".join(filter(None, (finding.outcome, finding.because))) for finding in one.findings}
        assert {name: got[case][name] for name in findings} == findings, case
        assert (got[case]["outcome"], got[case]["category"]) == (one.outcome, one.category or ""), case
    for principal, spouse in made:
        if spouse["id"] in got:
            assert got[spouse["id"]]["country"] == got[principal["id"]]["country"]
    counted = {(row["kind"], row["country"]) for row in rows_of(tmp_path / "out.csv.summary.csv")}
    assert {kind for kind, country in counted if country != "none"} == {"principal", "spouse"}


def test_couples_in_tables(kg: CptppGraph) -> None:
    """Words are read by the rules of intake: a country by its name is no contradiction. A spouse counts under the principal's."""
    given = pl.DataFrame(
        [
            {
                "id": "s",
                "kind": "spouse",
                "principal.case": " p ",
                "principal.citizenship": "Australia",
                "relationship": "married",
            },
            {"id": "p", "kind": "principal", "applicant.citizenship": "au", "category": "technician"},
            {"id": "t", "kind": "spouse", "principal.citizenship": "France;Japan", "principal.category": "professional"},
        ],
        infer_schema_length=None,
    )
    found = kg.batch(given, full=True)
    assert found["case"].to_list() == ["s", "p", "t"]
    assert found["country"].to_list() == ["AUS", "AUS", "JPN"]
    assert found["category"].to_list() == ["technician", "technician", "professional"]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def run(*arguments: Any) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main([str(one) for one in arguments])
    return int(ended.value.code or 0)


def people() -> list[dict[str, Any]]:
    """Scenarios, and a spouse who stands far before the principal."""
    principal, spouse = couple("qualifies, no permit stated")
    return [spouse, *(stated(one) | {"id": one.stem} for one in CASES[::6]), principal]


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The people as CSV."""
    path = tmp_path_factory.mktemp("batch") / "cases.csv"
    rows = [columns(one) for one in people()]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_every_syntax_gives_the_same(table: Path, tmp_path: Path) -> None:
    """CSV, packed CSV, Parquet, NDJSON and RDF in; CSV, NDJSON and Parquet out."""
    cases = people()
    quads = b"".join(intake.as_ntriples(intake.cases(case)[0]) for case in cases)
    inputs = {
        "a.csv": table.read_bytes(),
        "b.csv.gz": gzip.compress(table.read_bytes()),
        "c.ndjson": "".join(json.dumps(case) + "\n" for case in cases).encode(),
        "d.nt": quads,
    }
    for name, content in inputs.items():
        (tmp_path / name).write_bytes(content)
    pl.read_csv(table, infer_schema=False).write_parquet(tmp_path / "e.parquet")
    found = {}
    for number, name in enumerate([*inputs, "e.parquet"]):
        out = tmp_path / f"out-{number}.{('csv', 'ndjson', 'parquet')[number % 3]}"
        assert run("batch", tmp_path / name, "-o", out) == 0, name
        readers: dict[str, Any] = {".csv": pl.read_csv, ".ndjson": pl.read_ndjson, ".parquet": pl.read_parquet}
        read = readers[out.suffix](out).with_columns(pl.col("failing", "open").fill_null("")).sort("case")
        found[name] = read.rows()
    assert len(set(map(str, found.values()))) == 1
    assert len(found["a.csv"]) == len(cases)


WRONG = (
    ("w1,principal,,,,", None),
    ("w2,principal,Atlantis,,,", "Atlantis"),
    ("w3,principal,AUS,noc2021:99999,,", "99999"),
    ("w1,principal,AUS,,,", "stands already"),
    ("w4,principal,AUS,,,,", "7 cells under 6 columns"),
    ("w5,emperor,AUS,,,", "emperor"),
    ("w6,spouse,AUS,,,", "unknown field"),
    (",principal,AUS,,,", "id is missing"),
    ("w7,principal,AUS,,2024-02-01,2024-01-01", "lies before"),
    ("w8,principal,AUS,,2024-02-30,", "2024-02-30"),
    ('"w9",principal,"AUS;JPN",,,', None),
    ("w\u202e10,principal,AUS,,,", "id"),
    ('w11"x,principal,AUS,,,', None),
    ('"w12"x,principal,AUS,,,', "not CSV"),
    ("w13,principal,AUS,,,", None),
)


def test_what_is_unfit_is_rejected_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    header = "id,kind,applicant.citizenship,offer.occupation,receivedOn,travelDocumentExpiresOn"
    path, out = tmp_path / "wrong.csv", tmp_path / "out.csv"
    path.write_text("\n".join([header, *(line for line, _ in WRONG)]) + "\n", encoding="utf-8")
    assert run("batch", path, "-o", out) == 0
    rejects = rows_of(tmp_path / "out.csv.rejects.csv")
    expected = {number: reason for number, (_, reason) in enumerate(WRONG, 2) if reason}
    places = {int(row["place"].rpartition(":")[2]): row["wrong"] for row in rejects}
    assert set(places) == set(expected)
    assert all(reason in places[number] for number, reason in expected.items())
    assert [row["case"] for row in rows_of(out)] == ["w1", "w9", 'w11"x', "w13"]
    assert f"4 of {len(WRONG)} cases judged" in capsys.readouterr().err


def test_a_stopped_run_goes_on(table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped after each part, it ends with the bytes of a run that was not, counts included."""
    monkeypatch.setattr(reading, "BLOCK", 2_000)
    whole, parts = tmp_path / "whole.csv", tmp_path / "parts.csv"
    assert run("batch", table, "-o", whole, "--summary", "--full") == 0
    from cptpp_graph.batch import running

    add, stops = running.Parts.add, 0

    def stopping(self: Any, *arguments: Any) -> None:
        add(self, *arguments)
        raise KeyboardInterrupt

    while not parts.exists():
        monkeypatch.setattr(running.Parts, "add", stopping if stops < 3 else add)
        stops += 1
        with pytest.raises((SystemExit, KeyboardInterrupt)):
            cli.main(["batch", str(table), "-o", str(parts), "--summary", "--full"])
    assert stops == 4
    assert parts.read_bytes() == whole.read_bytes()
    assert (tmp_path / "parts.csv.summary.csv").read_bytes() == (tmp_path / "whole.csv.summary.csv").read_bytes()
    assert not (tmp_path / "parts.csv.parts").exists()


def test_tables_of_programs(kg: CptppGraph, table: Path) -> None:
    """Polars, pandas and Arrow give the same, in the order given; what is unfit is an error."""
    given = pl.read_csv(table, infer_schema=False)
    found = kg.batch(given)
    assert found["case"].to_list() == given["id"].to_list()
    assert kg.batch(given.to_arrow()).to_pylist() == found.to_dicts()
    pandas = pytest.importorskip("pandas")
    assert isinstance(kg.batch(given.to_pandas()), pandas.DataFrame)
    with pytest.raises(CptppError, match="Atlantis"):
        kg.batch(pl.DataFrame({"id": ["a"], "kind": ["principal"], "applicant.citizenship": ["Atlantis"]}))


def test_generate(tmp_path: Path) -> None:
    """The same seed gives the same bytes, and every case can be judged."""
    for name in ("a.csv", "b.csv"):
        assert run("generate", "--n", 50, "--seed", 4, "-o", tmp_path / name) == 0
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert run("batch", tmp_path / "a.csv", "-o", tmp_path / "out.parquet") == 0
    assert pl.read_parquet(tmp_path / "out.parquet").height == 50


def test_the_plan(capsys: pytest.CaptureFixture[str]) -> None:
    """What a requirement sees follows from the rules: the years compared are those printed."""
    assert run("batch", "--explain-plan") == 0
    shown = capsys.readouterr().out
    assert "education.yearsOfStudy: below, at and between 0, 1, 2, 3, 4" in shown
    assert "looked up     rulebook, category, country, receivedOn, offer.occupation" in shown
    assert "offer.wage.amount and offer.prevailingWage.amount: only which is greater" in shown


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    kg = CptppGraph.open()
    cases, wrong = of_all(kg, asked.seed, asked.cases), 0
    for rulebook in RULEBOOKS:
        population = Population(kg.lexicon, words.term("rulebook", rulebook))
        for first in range(0, len(cases), 1_000):
            for one in differences(kg, population, cases[first : first + 1_000], rulebook):
                wrong += 1
                print(rulebook, intake.as_plain(one[0]), *one[1:])
    print(f"{len(cases):,} cases under {len(RULEBOOKS)} rulebooks, {wrong:,} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
