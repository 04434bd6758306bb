"""Two readings of the rules compared: what changes is what the lists themselves say on either side, with its cause."""

from __future__ import annotations

import json

import pytest

from cptpp_graph import CptppError, CptppGraph
from cptpp_graph.diff import Diff

PARTIES = ("AUS", "BRN", "CHL", "JPN", "MEX", "MYS", "PER")
CATEGORIES = ("professional", "technician")


def standing(kg: CptppGraph, **given: str) -> dict[tuple[str, str, str], str]:
    """Country, category and code to status, by the question that asks of one list."""
    return {
        (country, category, str(row.code)): str(row.status)
        for country in PARTIES
        for category in CATEGORIES
        for row in kg.occupations(country, category, **given)
    }


def cells(found: Diff) -> dict[tuple[str, str, str], tuple[str, str]]:
    return {
        (str(row.party), str(row.categoryName), str(row.code)): (str(row.status), str(row.otherStatus)) for row in found.cells
    }


@pytest.mark.parametrize(
    ("earlier", "later"), [("2023-02-19", "2023-02-20"), ("2023-02-20", "2023-02-21"), ("2021-09-18", "2021-09-21")]
)
def test_days_under_one_edition_differ_as_the_lists_do(kg: CptppGraph, earlier: str, later: str) -> None:
    before, after = standing(kg, on=earlier), standing(kg, on=later)
    expected = {key: (before.get(key, ""), after.get(key, "")) for key in before.keys() | after.keys()}
    found = kg.diff(earlier, later)
    assert cells(found) == {key: pair for key, pair in expected.items() if pair[0] != pair[1]}
    assert all(str(row.cause).startswith("entry into force: ") for row in found.cells), "nothing else differs"


def test_the_change_of_edition_names_the_concordance_and_both_lines(kg: CptppGraph) -> None:
    found = kg.diff("2022-11-15", "2022-11-16")
    before, after = standing(kg, on="2022-11-15"), standing(kg, on="2022-11-16")
    for row in found.cells:
        where = (str(row.party), str(row.categoryName))
        assert (row.status, row.otherStatus) == (
            before.get((*where, str(row.code)), ""),
            after.get((*where, str(row.otherCode)), ""),
        )
        assert row.change and row.change in str(row.cause) and "entry into force" not in str(row.cause)
        assert bool(row.line) == bool(row.status) and bool(row.otherLine) == bool(row.otherStatus), "cited where admitted"
    assert {(row.side, row.text) for row in found.statements} == {
        ("2022-11-15", "NOC 0, NOC A, NOC B"),
        ("2022-11-16", "TEER 0, TEER 1"),
        ("2022-11-15", "NOC B"),
        ("2022-11-16", "TEER 2, TEER 3"),
    }


def test_both_causes_are_named_where_both_work(kg: CptppGraph) -> None:
    causes = {str(row.cause) for row in kg.diff("2021-09-18", "2023-09-19", country="PER").cells}
    assert any(cause.startswith("entry into force") and "change from NOC" in cause for cause in causes)


def test_the_later_page_leaves_the_lists_and_changes_the_rules(kg: CptppGraph) -> None:
    found = kg.diff("ircc", "ircc-2024")
    assert not found.cells, "its lists are those of the earlier page"
    assert [(row.party, row.categoryName, row.status, row.otherStatus) for row in found.spouses] == [
        ("BRN", "professional", "covered", "not-covered")
    ]
    replaced = {str(row.statement).rpartition("/id/")[2] for row in found.statements if str(row.cause).startswith("replaced in")}
    assert {"ircc/nationality", "ircc/licensing", "ircc/professional/remuneration", "ircc/professional/education"} <= replaced
    assert {str(row.party) for row in found.statements if row.kind == "schedule"} == {"NZL", "SGP", "VNM"}


def test_sources_are_compared_where_both_speak(kg: CptppGraph) -> None:
    found = kg.diff("ircc", "canadavisa")
    here, there = standing(kg, edition="2016"), standing(kg, edition="2016", rulebook="canadavisa")
    shared = {"AUS", "JPN", "MEX"}
    expected = {key: (here.get(key, ""), there.get(key, "")) for key in here.keys() | there.keys() if key[0] in shared}
    assert cells(found) == {key: pair for key, pair in expected.items() if pair[0] != pair[1]}
    assert {row.status for row in found.spouses} == {"covered"} and {row.otherStatus for row in found.spouses} == {"silent"}
    assert {str(row.party) for row in found.statements if row.kind == "schedule"} == {"BRN", "CHL", "MYS", "PER"}


def test_editions_turn_around(kg: CptppGraph) -> None:
    there, back = kg.diff("2016", "2021"), kg.diff("2021", "2016")
    turned = {(r.party, r.categoryName, r.otherCode, r.code, r.otherStatus, r.status, r.otherLine, r.line) for r in back.cells}
    assert turned == {
        (r.party, r.categoryName, r.code, r.otherCode, r.status, r.otherStatus, r.line, r.otherLine) for r in there.cells
    }
    assert not kg.diff("2021", "2021").cells
    assert {str(r.cause) for r in there.cells if r.party == "CHL"} == {"the list gives no level of NOC 2016"}


def test_a_lower_threshold_decides_what_lay_between(kg: CptppGraph) -> None:
    found = kg.diff("0.90", "0.80", country="CHL")
    assert len(found.cells) > 0
    for row in found.cells:
        assert row.status == "unclear" != row.otherStatus
        weights = [float(part.partition(")")[0]) for part in str(row.cause).split("(")[1:] if part[:2] == "0."]
        assert weights and all(0.80 <= weight < 0.90 for weight in weights), "each change names what lies between the thresholds"
    assert not kg.diff("0.90", "0.9").cells


@pytest.mark.parametrize(
    ("pair", "wrong"),
    [
        (("2022-11-15", "ircc"), "not two of a kind"),
        (("ircc", "ircc-peru-fta"), "different agreements"),
        (("2022-02-30", "2022-11-16"), "not a date"),
        (("0.9", "0.1"), "no threshold"),
        (("ircc", "nowhere"), "unknown rulebook"),
    ],
)
def test_what_cannot_be_compared_is_refused(kg: CptppGraph, pair: tuple[str, str], wrong: str) -> None:
    with pytest.raises(CptppError, match=wrong):
        kg.diff(*pair)


def test_french_differs_in_words_only(kg: CptppGraph) -> None:
    english, french = kg.diff("ircc", "ircc-2024"), kg.diff("ircc", "ircc-2024", lang="fr")
    assert [row.statement for row in english.statements] == [row.statement for row in french.statements]
    assert all(one.cause != other.cause for one, other in zip(english.statements, french.statements, strict=True))
    json.dumps(french.as_dict())
