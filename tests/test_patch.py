"""What-if: a patch of rules is checked, applied and derived anew for one run; two runs are compared."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from forms import columns

from cptpp_graph import CptppError, CptppGraph, LimitReached, cli, files, judging, patching
from cptpp_graph.terms import ID, NS, PREFIXES

EDUCATION = "<ircc/professional/education> cptpp:minimumYearsOfStudy"
PATCH = f"""# Two years of study are enough for professionals, and Mexico's technicians' list names plumbers.
{EDUCATION} 2.0 .
graph:removed {{
  {EDUCATION} 4.0 .
}}
<ircc/MEX/technician/plumbers> a cptpp:Inclusion ;
    cptpp:inSchedule <ircc/MEX/technician> ;
    cptpp:phrase <phrase/plumbers> ;
    cptpp:printedPhrase "plumbers" ;
    cptpp:section "what if" .
"""
ENGINEER = json.loads((Path(__file__).parent / "cases" / "m-mex-engineer.json").read_text(encoding="utf-8"))["case"]

# What a patch says, what is said of it, and whether the sandbox is needed to stop it.
WRONG = {
    "nothing": ("# nothing\n", "holds no statement"),
    "no Turtle": (f"{EDUCATION} 4.0 .\n{EDUCATION} oops\n", "line 2: "),
    "blank": ("<ircc/professional/education> cptpp:test [] .", "without a name"),
    "another graph": (f"graph:ircc {{ {EDUCATION} 2.0 . }}", "within another graph"),
    "the ontology": ("cptpp:minimumYearsOfStudy rdfs:label 'x' .", "defines a word"),
    "unknown property": ("<ircc/professional/education> cptpp:leastYears 2.0 .", "no property cptpp:leastYears"),
    "unknown subject": ("<ircc/profesional/education> cptpp:minimumYearsOfStudy 2.0 .", "knows no id:ircc/profesional/education"),
    "unknown object": ("<ircc/nationality> cptpp:admitsCitizensOf <party/ATL> .", "knows no id:party/ATL"),
    "import": ("<ircc/professional/education> owl:imports <http://127.0.0.1:1/x> .", "knows no property owl:imports"),
    "not stated": (f"graph:removed {{ {EDUCATION} 5.0 . }}", "is not stated"),
    "derived": ("graph:removed { <source/ircc> cptpp:applies <ircc/professional/education> . }", "is not stated"),
    "too many": (EDUCATION + ", ".join(f" {number}.0" for number in range(10_001)) + " .", "more than 10,000 statements"),
    "triple term": ("<ircc/nationality> cptpp:admitsCitizensOf <<( <a:a> <a:b> <a:c> )>> .", "without a name"),
}


@pytest.fixture(scope="module")
def store(kg: CptppGraph) -> ox.Store:
    return kg.store


@pytest.mark.parametrize("name", WRONG)
def test_a_patch_that_cannot_be_taken(store: ox.Store, name: str) -> None:
    """All of it before anything is derived."""
    text, wrong = WRONG[name]
    with pytest.raises(CptppError) as found:
        added, removed = patching.parsed(text)
        patching.check_names(store, added)
        patching.applied(store, added, removed)
    assert wrong in found.value.wrong
    assert isinstance(found.value, LimitReached) == (name == "too many")
    assert found.value.told("fr") != found.value.told("en")


def test_a_patch_that_breaks_the_graph(store: ox.Store) -> None:
    """By its lint queries, by its shapes, and by what ships beside it."""
    lint = [one for path in sorted((files.root() / "queries" / "lint").glob("*.rq")) if (one := patching.check(path))]
    assert not any("line" in summary and "without" in summary for summary, _ in lint), "a patch is not printed"
    level = ox.Quad(ox.NamedNode(ID + "ircc/nationality"), ox.NamedNode(NS + "undeclared"), ox.Literal("x"))
    with pytest.raises(CptppError, match=r"at cptpp:undeclared: a class or property"):
        patching.check_graph(patching.applied(store, [level], []), [], judging.parsed(b""), lint)
    shapes = judging.parsed((files.root() / "shapes" / "graph.ttl").read_bytes(), "turtle")
    party = [
        ox.Quad(ox.NamedNode(ID + "party/ZUB"), ox.NamedNode(PREFIXES["rdf"] + "type"), ox.NamedNode(NS + "Party")),
        ox.Quad(ox.NamedNode(ID + "party/ZUB"), ox.NamedNode(PREFIXES["skos"] + "notation"), ox.Literal("ZUB")),
    ]
    small = ox.Store()
    small.extend(party)
    with pytest.raises(CptppError, match="at id:party/ZUB: "):
        patching.check_graph(small, [ID + "party/ZUB"], shapes, [])
    whole = ox.Store()
    whole.bulk_extend([*store, *party])
    with pytest.raises(CptppError, match="fixed when the graph is built: words"):
        patching.check_fixed(whole)


@pytest.mark.slow
def test_what_if(kg: CptppGraph, tmp_path: Path) -> None:
    """A patched graph answers by its rules, compared with the one that it leaves alone."""
    (tmp_path / "patch.ttl").write_text(PATCH, encoding="utf-8")
    other = kg.patched(tmp_path / "patch.ttl")
    short = ENGINEER | {"id": "short", "education": ENGINEER["education"] | {"yearsOfStudy": 3}}
    plumber = {"id": "plumber", "kind": "principal", "applicant.citizenship": "MEX", "category": "technician"}
    plumber |= {"applicant.permanentResidence": "[]"}
    plumber |= {"offer.occupation": "noc2021:72300", "receivedOn": "2024-05-01"}
    assert [one.assess(short).outcome for one in (kg, other)] == ["does-not-qualify", "qualifies"]
    rows = [columns(short), plumber]
    before, after = (one.batch(pl.DataFrame(rows, infer_schema_length=None), full=True) for one in (kg, other))
    found = {row["case"]: row for row in kg.compare(before, after).to_dicts()}
    assert found["short"] == {
        "case": "short",
        "country": "MEX",
        "category": "professional",
        "occupations": "noc2021:2",
        "before": "does-not-qualify",
        "after": "qualifies",
        "requirements": "education",
    }
    assert (found["plumber"]["before"], found["plumber"]["requirements"]) == ("does-not-qualify", "occupation-listed")
    with pytest.raises(CptppError, match="installed graph only"):
        other.query("ASK { ?s ?p ?o }")
    assert len(kg.store) == len(CptppGraph.open().store)


def results(path: Path, **columns: list[str]) -> Path:
    plain = {"case": ["a", "b", "c"], "category": None, "failing": "", "open": "", "country": "AUS", "occupations": None}
    pl.DataFrame(plain | columns).write_parquet(path)
    return path


def test_compare(tmp_path: Path) -> None:
    """Worse by what became worse, better by what became better; who is in one run only is counted."""
    one = results(
        tmp_path / "1.parquet",
        outcome=["qualifies", "does-not-qualify", "undetermined"],
        education=["met", "not-met", "open: missing-facts"],
        licensing=["met", "not-applicable", "met"],
    )
    two = results(
        tmp_path / "2.parquet",
        case=["b", "a", "d"],
        outcome=["undetermined", "does-not-qualify", "qualifies"],
        education=["met", "not-met", "met"],
        licensing=["open: officer-discretion", "met", "met"],
    )
    out = tmp_path / "affected.csv"
    told = CliRunner().invoke(cli.main, ["compare", str(one), str(two), "-o", str(out)])
    assert told.exit_code == 0, told.output
    assert told.output.startswith(
        "2 cases in both: 2 come out otherwise, 0 the same by other findings\n2 cases are in one only\n"
    )
    assert pl.read_csv(out).select("case", "before", "after", "requirements").rows() == [
        ("a", "qualifies", "does-not-qualify", "education"),
        ("b", "does-not-qualify", "undetermined", "education"),
    ]
    formula = [results(tmp_path / f"{one}.parquet", case=["=1+1"], outcome=[one]) for one in ("qualifies", "undetermined")]
    assert CliRunner().invoke(cli.main, ["compare", *map(str, formula), "-o", str(out)]).exit_code == 0
    assert "\n'=1+1,AUS," in out.read_text(encoding="utf-8")
    pl.DataFrame({"case": ["a"], "outcome": ["qualifies"]}).write_parquet(tmp_path / "3.parquet")
    (tmp_path / "4.parquet").write_text("no", encoding="utf-8")
    for name, wrong in (("3", "lacks country"), ("4", "is not Parquet"), ("5", "cannot read")):
        refused = CliRunner().invoke(cli.main, ["compare", str(one), str(tmp_path / f"{name}.parquet")])
        assert refused.exit_code == 2 and wrong in refused.stderr
