"""Every file in tests/cases is assessed and must come out as it says, under each rulebook that it names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cptpp_graph import CptppGraph

CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))


def read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(kg: CptppGraph, path: Path) -> None:
    """Outcome, failing and open requirements and length of stay; every finding cites, every open point says what settles it."""
    scenario = read(path)
    for rulebook, expected in scenario["expected"].items():
        found = kg.assess(scenario["case"], rulebook=rulebook).as_dict()
        failing = [f["requirement"] for f in found["findings"] if f["outcome"] == "not-met"]
        opened = {o["requirement"]: o["because"] for o in found["open"]}
        assert (found["outcome"], sorted(failing)) == (expected["outcome"], sorted(expected["failing"])), rulebook
        if "open" in expected:
            assert opened == expected["open"], rulebook
        if "monthsAtMost" in expected:
            assert found["permit"]["monthsAtMost"] == expected["monthsAtMost"]
        for field, value in expected.get("missing", {}).items():
            assert next(f for f in found["findings"] if f["requirement"] == field)["missing"] == value
        assert all(f["cites"] for f in found["findings"])
        assert all(o["ask"] and (o["fields"] or o["because"] == "text-unclear") for o in found["open"])


def test_there_are_cases() -> None:
    assert len(CASES) >= 62
