"""A spouse and the principal in one file: how the principal's own case bears on the spouse's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cptpp_graph import CptppGraph

QUALIFIED = json.loads((Path(__file__).parent / "cases" / "m-mex-engineer.json").read_text(encoding="utf-8"))["case"]
UNKNOWN: dict[str, Any] = {"experience": {}}
SHORT = {"experience": {"paidYearsInSector": 1}}

# What is changed in the principal's case, the permit that the spouse states, and how the principal's status comes out.
COUPLES: dict[str, tuple[dict[str, Any], str | None, tuple[str, str | None]]] = {
    "qualifies, no permit stated": ({}, None, ("met", None)),
    "qualifies, approved": ({}, "approved", ("met", None)),
    "qualifies, pending": ({}, "pending", ("open", "missing-facts")),
    "qualifies, refused": ({}, "refused", ("not-met", None)),
    "undetermined, no permit stated": (UNKNOWN, None, ("open", "missing-facts")),
    "undetermined, approved": (UNKNOWN, "approved", ("met", None)),
    "fails, no permit stated": (SHORT, None, ("not-met", None)),
    "fails, approved": (SHORT, "approved", ("open", "conflicting-facts")),
    "fails, pending": (SHORT, "pending", ("open", "missing-facts")),
    "fails, refused": (SHORT, "refused", ("not-met", None)),
}


def couple(name: str) -> list[dict[str, Any]]:
    """The principal's case and the spouse's."""
    changes, permit, _ = COUPLES[name]
    principal = {**QUALIFIED, **changes, "id": "principal"}
    spouse = {"case": "principal", **({"permit": permit} if permit else {})}
    return [principal, {"id": "spouse", "kind": "spouse", "relationship": "married", "principal": spouse}]


@pytest.mark.parametrize("name", COUPLES)
def test_the_principals_own_case_bears_on_the_spouses(kg: CptppGraph, name: str) -> None:
    principal, spouse = kg.assess_all(couple(name))
    assert principal.outcome == {"q": "qualifies", "u": "undetermined", "f": "does-not-qualify"}[name[0]]
    found = {finding.requirement: (finding.outcome, finding.because) for finding in spouse.findings}
    assert found == {"spouse-principal-status": COUPLES[name][2], "spouse-relationship": ("met", None)}
