"""Prevailing wages from the made-up samples in ESDC's form, and from amounts that a case states itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cptpp_graph import CptppError, CptppGraph, files

SAMPLES = files.root() / "data" / "samples"
OF_2024, OF_2020 = SAMPLES / "wages-2024-made-up.csv", SAMPLES / "wages-2020-made-up.csv"
ENGINEER = json.loads((Path(__file__).parent / "cases" / "p01.json").read_text(encoding="utf-8"))["case"]


def paid(amount: float | None, unit: str = "hour", currency: str | None = "CAD", **offer: Any) -> dict[str, Any]:
    """The Australian engineer of case p01, paid so much and not said to reach the prevailing wage."""
    wage = {"amount": amount, "unit": unit, "currency": currency}
    changes = {"cashPayMeetsPrevailingWage": None, "wage": wage, **offer}
    return {**ENGINEER, "offer": {**ENGINEER["offer"], **changes}}


def remuneration(kg: CptppGraph, case: dict[str, Any], wages: Path | None = None) -> tuple[str, str | None]:
    found = next(f for f in kg.assess(case, wages=wages).findings if f.requirement == "remuneration")
    return found.outcome, found.because


@pytest.mark.parametrize(
    ("amount", "offer", "outcome"),
    [
        (47.25, {}, "met"),
        (47.24, {}, "not-met"),
        (50, {"prevailingWage": {"region": "ER3530"}}, "met"),
        (49.99, {"prevailingWage": {"region": "er3530"}}, "not-met"),
        (38, {"province": "PE"}, "met"),  # six characters: ER1110
        (37.99, {"province": "PE"}, "not-met"),
        (45.5, {"province": "NU"}, "met"),  # suppressed in ER6210, so Canada
        (45.49, {"province": "NU"}, "not-met"),
        (45.5, {"province": None}, "met"),
        (46, {"prevailingWage": {"region": "ER9999"}, "province": "QC"}, "met"),  # unknown region, so the province
    ],
)
def test_region_then_province_then_country(kg: CptppGraph, amount: float, offer: dict[str, Any], outcome: str) -> None:
    assert remuneration(kg, paid(amount, **offer), OF_2024) == (outcome, None)


def test_a_file_of_the_other_edition_is_read_through_the_concordance(kg: CptppGraph) -> None:
    assert remuneration(kg, paid(43.5), OF_2020) == ("met", None)
    assert remuneration(kg, paid(43.49), OF_2020) == ("not-met", None)
    assert remuneration(kg, paid(42, province="PE"), OF_2020) == ("met", None)


def test_units_and_currencies_are_not_converted(kg: CptppGraph) -> None:
    """An annual median is compared with annual pay only; the file says nothing of hours."""
    assert remuneration(kg, paid(100_000, "year"), OF_2024) == ("open", "missing-facts")
    assert remuneration(kg, paid(100, currency="USD"), OF_2024) == ("open", "missing-facts")
    assert remuneration(kg, paid(100, currency=None), OF_2024) == ("open", "missing-facts")
    legislator = {"occupation": ["noc2021:00010"]}
    assert remuneration(kg, paid(84_000, "year", **legislator), OF_2024) == ("met", None)
    assert remuneration(kg, paid(83_999, "year", **legislator), OF_2024) == ("not-met", None)


def test_what_the_case_states_comes_first(kg: CptppGraph) -> None:
    stated = {"amount": 60, "unit": "hour", "source": "the employer's own range"}
    assert remuneration(kg, paid(55, prevailingWage=stated), OF_2024) == ("not-met", None)
    assert remuneration(kg, paid(60, prevailingWage=stated), OF_2024) == ("met", None)


def test_no_wage_no_verdict(kg: CptppGraph) -> None:
    assert remuneration(kg, paid(60)) == ("open", "missing-facts")
    assert remuneration(kg, paid(None), OF_2024) == ("open", "missing-facts")
    assert remuneration(kg, paid(60, occupation=["noc2021:21311"]), OF_2024) == ("open", "missing-facts")


def test_stated_facts_that_contradict_each_other(kg: CptppGraph) -> None:
    prevailing = {"amount": 50, "unit": "hour"}
    above = paid(60, prevailingWage=prevailing, cashPayMeetsPrevailingWage=False)
    below = paid(40, prevailingWage=prevailing, cashPayMeetsPrevailingWage=True)
    with_housing = paid(60, prevailingWage=prevailing, reliesOnNonMonetaryPay=True)
    assert {remuneration(kg, case) for case in (above, below, with_housing)} == {("open", "conflicting-facts")}
    assert remuneration(kg, paid(40, prevailingWage=prevailing, reliesOnNonMonetaryPay=True)) == ("not-met", None)


def test_the_wage_found_is_shown_with_its_source(kg: CptppGraph) -> None:
    found = next(f for f in kg.assess(paid(50), wages=OF_2024).findings if f.requirement == "remuneration")
    facts = dict(found.facts)
    assert str(facts["offer.prevailingWage.amount"]) == "47.25" and facts["offer.prevailingWage.region"] == "ER35"
    assert facts["offer.prevailingWage.source"] == "wages-2024-made-up.csv, 2023-2024"


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"", "no column NOC_CNP"),
        (b"a,b\n1,2\n", "no column NOC_CNP"),
        (OF_2024.read_bytes().replace(b"NOC_31102", b"NOC_3110"), "not of one edition"),
        (OF_2024.read_bytes().replace(b"47.25", b"47,25"), "cells under"),
        (OF_2024.read_bytes().replace(b"47.25", b"abc"), "median or the annual flag"),
        (OF_2024.read_bytes().replace(b"2024-12-03,0", b"2024-12-03,7", 1), "median or the annual flag"),
        ("naïve".encode("latin-1"), "not UTF-8"),
    ],
)
def test_another_file_is_refused(kg: CptppGraph, tmp_path: Path, content: bytes, wrong: str) -> None:
    path = tmp_path / "wages.csv"
    path.write_bytes(content)
    with pytest.raises(CptppError, match=wrong):
        kg.assess(paid(50), wages=path)
