"""The commands as a user runs them: what they print, where, and with which exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cptpp_graph import files

EXIT_OK, EXIT_NOTHING, EXIT_WRONG, EXIT_LIMIT = 0, 1, 2, 3


def run(*arguments: str, cwd: Path | None = None, stdin: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "cptpp_graph", *arguments]
    return subprocess.run(command, capture_output=True, text=True, input=stdin, cwd=cwd, env=environment, timeout=60)


def test_occupations_as_csv() -> None:
    done = run("occupations", "--country", "AUS", "--category", "technician", "--format", "csv")
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (EXIT_OK, "")
    assert lines[0] == "code,title,status,condition,phrase,section,confidence"
    assert "72300,Plumbers,permitted,,plumbers,Country-specific occupations > Australia > Technicians,0.99" in lines


@pytest.mark.parametrize("country", ["JPN", "Japan", "japon", "jp"])
def test_a_country_by_code_or_name(country: str) -> None:
    done = run("occupations", "--country", country, "--category", "technicien", "--format", "json")
    assert done.returncode == EXIT_OK
    assert "72200" not in {row["code"] for row in json.loads(done.stdout)}, "electricians are not on Japan's list"


@pytest.mark.parametrize(
    ("country", "day", "statuses"),
    [
        ("PER", "2021-09-18", set()),
        ("PER", "2021-09-19", {"unclear"}),
        ("PER", "2021-09-20", {"unclear"}),
        ("PER", "2021-09-21", {"permitted", "conditional", "unclear"}),
        ("CHL", "2023-02-19", set()),
        ("CHL", "2023-02-20", {"unclear"}),
        ("CHL", "2023-02-21", {"permitted", "conditional", "unclear"}),
        ("JPN", "2018-12-29", set()),
        ("JPN", "2018-12-30", {"permitted", "conditional", "unclear"}),
    ],
)
def test_days_on_which_sources_disagree_leave_nothing_certain(country: str, day: str, statuses: set[str]) -> None:
    done = run("occupations", "--country", country, "--category", "technician", "--on", day, "--format", "json")
    assert {row["status"] for row in json.loads(done.stdout)} == statuses


@pytest.mark.parametrize(("day", "digits"), [("2022-11-15", 4), ("2022-11-16", 5)])
def test_the_edition_changes_overnight(day: str, digits: int) -> None:
    done = run("occupations", "--country", "MEX", "--category", "professional", "--on", day, "--format", "json")
    assert {len(row["code"]) for row in json.loads(done.stdout)} == {digits}


def test_works_from_an_empty_folder(tmp_path: Path) -> None:
    done = run("query", "spouses", "--country", "BRN", "--format", "csv", cwd=tmp_path)
    assert done.returncode == EXIT_OK and "professional" in done.stdout and not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "wrong", "mend"),
    [
        (["occupations", "--country", "Japn", "--category", "technician"], "unknown country 'Japn'", "JPN"),
        (["occupations", "--country", "JPN", "--category", "tecnician"], "unknown category", "technician"),
        (
            ["occupations", "--country", "JPN", "--category", "technician", "--edition", "2015"],
            "unknown edition",
            "2016",
        ),
        (
            ["occupations", "--country", "JPN", "--category", "technician", "--on", "2022-02-30"],
            "not a date",
            "YYYY-MM-DD",
        ),
        (
            ["occupations", "--country", "JPN", "--category", "technician", "--rulebook", "irc"],
            "unknown rulebook",
            "ircc",
        ),
        (["occupation", "99999"], "no unit group 99999", "Nearest"),
        (["occupation", "plumber"], "not an occupation code", "find"),
        (["query", "spouse"], "unknown query 'spouse'", "spouses"),
        (["query", "spouses", "--contry", "AUS"], "no parameter 'contry'", "country"),
        (["query", "occupations", "--country", "AUS"], "needs category", "--category"),
        (["query", "spouses", "AUS"], "cannot read 'AUS'", "--NAME VALUE"),
        (["query", "--file", "missing.rq"], "cannot read missing.rq", "exists"),
        (["export", "--graph", "irc"], "unknown graph 'irc'", "ircc"),
        (["occupations", "--country", "France", "--category", "technician"], "France is not a Party", "Parties"),
        (["occupations", "--country", "FRA", "--category", "technician"], "France is not a Party", "Parties"),
        (["occupations", "--category", "technician"], "Missing option '--country'", "--help"),
        (["find", "plumber", "--format", "xml"], "'xml' is not one of", "--help"),
        (["find", "plumber", "--limit", "0"], "0 is not in the range", "--help"),
        (["query", "--file", "x.rq", "--timeout", "nan"], "not a number", "--timeout"),
        (["occupation", "noc2016:72200"], "NOC 2016 codes have 4 digits", "digits"),
        (["occupatins"], "unknown command 'occupatins'", "occupations"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_wrong_input_in_two_lines(arguments: list[str], wrong: str, mend: str) -> None:
    done = run(*arguments)
    lines = done.stderr.splitlines()
    assert (done.returncode, done.stdout, len(lines)) == (EXIT_WRONG, "", 2)
    assert wrong in lines[0] and mend in lines[1]


def test_find() -> None:
    done = run("find", "plombier", "--format", "csv")
    assert done.returncode == EXIT_OK and done.stdout.splitlines()[1].startswith("72300,2021,")
    assert run("find", "xqzwv").returncode == EXIT_NOTHING


def test_own_sparql() -> None:
    ask = "SELECT ?p WHERE { ?p a cptpp:PartyWithTechnicians } ORDER BY ?p"
    done = run("query", "--file", "-", "--format", "json", stdin=ask)
    found = [row["p"]["value"].rpartition("/")[2] for row in json.loads(done.stdout)["results"]["bindings"]]
    assert found == ["AUS", "CHL", "JPN", "MEX", "PER"]
    assert run("query", "--file", "-", stdin="SELECT * WHERE { SERVICE <http://x/> { ?s ?p ?o } }").returncode == EXIT_WRONG


def test_a_runaway_query_is_stopped() -> None:
    started = time.monotonic()
    done = run("query", "--file", "-", "--timeout", "1", stdin="SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    assert done.returncode == EXIT_LIMIT and "time limit" in done.stderr
    assert time.monotonic() - started < 15


def test_an_empty_list_says_why() -> None:
    done = run("occupations", "--country", "MYS", "--category", "technician")
    assert done.returncode == EXIT_OK and done.stderr.strip()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["occupations", "--country", "JPN", "--category", "technician", "--on", "2018-12-29"], "2018-12-30"),
        (["occupations", "--country", "CHL", "--category", "professional", "--edition", "2016"], "NOC 2021"),
        (["occupation", "65200"], "no list"),
        (["query", "spouses", "--country", "PER"], "silent"),
    ],
    ids=lambda value: " ".join(value)[:50] if isinstance(value, list) else "",
)
def test_an_empty_answer_is_explained(arguments: list[str], reason: str) -> None:
    done = run(*arguments)
    assert done.returncode == EXIT_OK and reason in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no full device")
def test_a_full_disk_is_no_traceback() -> None:
    command = f"{sys.executable} -m cptpp_graph export > /dev/full"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60)
    assert done.returncode == EXIT_WRONG and len(done.stderr.splitlines()) == 2


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = f"{sys.executable} -m cptpp_graph export | head -n 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)


def test_export_one_graph() -> None:
    done = run("export", "--graph", "parties", "--format", "turtle")
    assert done.returncode == EXIT_OK and "Party" in done.stdout


@pytest.mark.speed
def test_starts_fast() -> None:
    script = files.root() / "benchmarks" / "startup.py"
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True, timeout=120)
    found = json.loads(done.stdout)
    assert found["version / (1.5 argparse + 60 ms)"] <= 1
    assert found["named query / import rdflib"] <= 3
