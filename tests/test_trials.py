"""Judging many cases at once gives what judging each alone gives."""

from __future__ import annotations

from dataclasses import replace

from forms import CASES, stated

from cptpp_graph import CptppGraph, intake, trials, words


def test_together_as_alone(kg: CptppGraph) -> None:
    """Principals and spouses of the scenarios, renamed so that all ids differ; under a rulebook that is not the usual one too."""
    chosen = [intake.cases(stated(path))[0] for path in CASES[::6]]
    cases = [replace(case, id=f"{case.id}-{number}") for number, case in enumerate(chosen)]
    for rulebook in ("ircc", "ircc-2024"):
        alone = kg.assess_cases(cases, rulebook=rulebook)
        together = [claimed for _, claimed in trials.verdicts(kg.lexicon, cases, words.term("rulebook", rulebook))]
        for one, other in zip(alone, together, strict=True):
            assert {f.requirement: (f.outcome, f.because) for f in one.findings} == other.outcomes
            assert (one.outcome, one.claim) == (other.outcome, other.node)
