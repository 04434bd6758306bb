"""An interview asks only what matters: it stops where no answer changes the outcome, which is that of all facts at once."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from forms import CASES, stated
from generate import Generator
from rules import Rules

from cptpp_graph import CptppGraph, dialogue, intake, trials, words
from cptpp_graph.inquiry import Next
from cptpp_graph.intake import Case, field_table
from cptpp_graph.verdict import UNDETERMINED

BY_NAME = {path.stem: path for path in CASES}
AMOUNTS = ("offer.wage.", "offer.prevailingWage.")  # another way to say whether pay reaches the prevailing wage


def answered(kg: CptppGraph, full: Case, start: set[str] | None = None) -> tuple[Next, list[str], Case]:
    """The end of an interview with somebody who knows the facts of a case, what was asked, and what is known then.

    start: the fields stated from the beginning (amounts are, always).
    """
    stated = {path: v for path, v in full.facts.items() if path in (start or ()) or path.startswith(AMOUNTS)}
    known, trail = replace(full, facts=stated), []
    while True:
        passed = [path for path in trail if path not in full.facts]
        found = kg.next_question(intake.as_plain(known), not_known=passed)
        if found.asked is None:
            return found, trail, known
        path = found.asked.path
        assert path not in trail, f"{path} is asked twice"
        trail.append(path)
        if path in full.facts:
            known = replace(known, facts={**known.facts, path: full.facts[path]})


@pytest.mark.parametrize("name", ["p23", "m-aus-deemed-noc-unstated", "m-ind-engineer", "s01", "m-spouse-per-residence-unstated"])
def test_same_verdict(kg: CptppGraph, name: str) -> None:
    """The same outcome as stating all facts at once, by fewer questions than there are fields, each with its why and clause."""
    (full,) = intake.cases(stated(BY_NAME[name]))
    found, trail, _ = answered(kg, full)
    assert found.assessment.outcome == kg.assess(stated(BY_NAME[name])).outcome
    assert len(trail) < len([path for path, one in field_table(full.kind).items() if "fields" not in one]) / 1.5


def test_fails_at_once(kg: CptppGraph) -> None:
    """Nothing is asked once a fact that nothing mends has failed the case."""
    plain = stated(BY_NAME["d01"])
    del plain["education"], plain["experience"], plain["language"], plain["licensing"]
    plain["offer"] = {"occupation": plain["offer"]["occupation"], "submittedThroughEmployerPortal": False}
    found = kg.next_question(plain)
    assert found.settled and found.asked is None
    del plain["offer"]["submittedThroughEmployerPortal"]
    assert kg.next_question(plain).asked is not None


def test_nothing_is_asked_that_is_given_up(kg: CptppGraph) -> None:
    """Who knows nothing is asked each thing once; the outcome stays undetermined and is not called more than that."""
    found, trail, _ = answered(kg, Case("nobody", "principal", {}))
    assert found.assessment.outcome == UNDETERMINED and "applicant.citizenship" in trail


# ------------------------------------------------------------------ soundness of stopping


def completions(full: Case, generator: Generator, rng: random.Random, number: int, passed: set[str]) -> list[Case]:
    """The case with random values for what is unknown, but for what is given up and for amounts."""
    table = field_table(full.kind)
    free = [path for path, one in table.items() if path not in full.facts and path not in passed and "fields" not in one]
    free = [path for path in free if not path.startswith((*AMOUNTS, "spouse.", "principal.case"))]
    values: dict[str, list[Any]] = {path: found for path in free if (found := _values(generator, full.kind, path))}
    made = []
    for n in range(number):
        drawn = {path: rng.choice(known) for path, known in values.items() if rng.random() < 0.6}
        drawn = {path: tuple(value) if isinstance(value, list) else value for path, value in drawn.items()}
        made.append(replace(full, id=f"{full.id}-{n}", facts={**full.facts, **drawn}))
    return made


def _values(generator: Generator, kind: str, path: str) -> list[Any]:
    known: dict[str, list[Any]] = generator.values if kind == "principal" else generator._values(kind)
    if path == "offer.occupation":
        return [(code,) for code in generator.groups[::40]]
    return known.get(path, [])


@pytest.fixture(scope="module")
def generator(kg: CptppGraph) -> Generator:
    return Generator(Rules(kg.store), 7)


@pytest.mark.parametrize("number", [3, 21, 55, 144])
def test_stops_when_settled(kg: CptppGraph, generator: Generator, number: int) -> None:
    """From where an interview says that it is settled, no combination of generated answers changes the outcome."""
    plain = next(one for one in generator.cases(number) if "principal" not in one or "case" not in one.get("principal", {}))
    (full,) = intake.cases(plain)
    rng = random.Random(number)
    found, trail, known = answered(kg, full, {path for path in full.facts if rng.random() < 0.75})
    passed = {path for path in trail if path not in full.facts}
    assert found.settled or found.asked is None
    tried = completions(known, generator, random.Random(number), 40, passed)
    for one, (_, claimed) in zip(tried, trials.verdicts(kg.lexicon, tried, words.term("rulebook", "ircc")), strict=True):
        assert claimed.outcome == found.assessment.outcome, {p: v for p, v in one.facts.items() if p not in known.facts}


# ------------------------------------------------------------------ in the terminal


def test_dialogue(kg: CptppGraph) -> None:
    """Answers line by line; what cannot be read is asked again; the end of input ends it with the report so far."""
    lines = iter(["Narnia", "MEX", "?", "oui", "2023-10-01"])
    told: list[str] = []
    found = dialogue.held(kg.lexicon, Case("1", "principal", {}), "ircc", "fr", lambda: next(lines, None), told.append)
    assert found.facts == {"applicant.citizenship": ("MEX",)} or found.facts["receivedOn"] == "2023-10-01"
    assert sum("applicant.citizenship" in line for line in told) == 2  # the question, and that Narnia is no country
    assert any("pourquoi" in line for line in told)
