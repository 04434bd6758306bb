"""Occupation search: the obvious answer first."""

from __future__ import annotations

import pytest

from cptpp_graph import CptppGraph


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("plumber", "72300"),
        ("plombier", "72300"),
        ("plumer", "72300"),
        ("electrician", "72200"),
        ("électricien", "72200"),
        ("software engineer", "21231"),
        ("sofware enginer", "21231"),
        ("ingenieur civil", "21300"),
        ("ingénieure civile", "21300"),
        ("civil engineering technician", "22300"),
        ("technicien en génie civil", "22300"),
        ("graphic designer", "52120"),
        ("avocat", "41101"),
        ("carpenter", "72310"),
        ("WELDER", "72106"),
        ("web designer", "21233"),
        ("mechanical enginer", "21301"),
        ("information systems analysts and consultants", "2171"),
    ],
)
def test_the_obvious_comes_first(kg: CptppGraph, text: str, code: str) -> None:
    assert kg.find(text)[0].code == code


def test_both_editions_and_the_newer_one_first(kg: CptppGraph) -> None:
    assert [row.edition for row in kg.find("plumbers", limit=2)] == ["2021", "2016"]


@pytest.mark.parametrize("text", ["", "  ", "!!!", "the", "x" * 500, "qqqq zzzz"])
def test_nothing_sensible_finds_nothing_or_little(kg: CptppGraph, text: str) -> None:
    assert len(kg.find(text)) <= 10
