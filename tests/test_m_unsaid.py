"""What the plain validation report must not say of a case: that a fact is missing where it is stated or cannot help."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cptpp_graph import CptppGraph, judging

SHAPE = "https://w3id.org/cptpp-graph/shape/"
FILES = sorted((Path(__file__).parent / "cases").glob("m-*.json"))
UNSAID = {
    (path.stem, book): expected["unsaid"]
    for path in FILES
    for book, expected in json.loads(path.read_text(encoding="utf-8"))["expected"].items()
    if "unsaid" in expected
}


@pytest.mark.parametrize(("name", "book"), UNSAID)
def test_no_needless_warning(kg: CptppGraph, name: str, book: str) -> None:
    """Such a warning would change no finding, so only the report shows it."""
    path = Path(__file__).parent / "cases" / f"{name}.json"
    found = kg.assess(json.loads(path.read_text(encoding="utf-8"))["case"], rulebook=book)
    assert found.linked and found.claim
    shapes = {result.shape for result in judging.judge(found.linked) if result.claim == found.claim.value}
    assert not shapes & {SHAPE + name for name in UNSAID[name, book]}
