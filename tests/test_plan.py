"""A plan names every least set of facts within its bound, each of which leads where it says, the least costly first."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from typing import Any

import pytest
from forms import CASES, stated

from cptpp_graph import CptppGraph, intake, trials, words
from cptpp_graph.catalogue import shipped
from cptpp_graph.efforts import Change, Efforts
from cptpp_graph.errors import LimitReached
from cptpp_graph.intake import Case, Value, field_table
from cptpp_graph.plan import Plan, Proposal, plan_of
from cptpp_graph.terms import LANGUAGES
from cptpp_graph.verdict import QUALIFIES, UNDETERMINED

BY_NAME = {path.stem: path for path in CASES}


def case(name: str, **changes: Any) -> dict[str, Any]:
    return stated(BY_NAME[name]) | changes


def sets(proposal: Proposal) -> set[frozenset[tuple[str, Value]]]:
    """Each set of facts that a proposal stands for."""
    return set(map(frozenset, itertools.product(*([(s.path, v) for v in s.values] for s in proposal.steps))))


def fields(plan: Plan) -> list[tuple[str, list[str]]]:
    return [(proposal.effort.code, sorted(step.path for step in proposal.steps)) for proposal in plan.proposals]


# ------------------------------------------------------------------ against all combinations

# Case, and the fields whose every value is tried in every combination; the other fields stay as stated.
SMALL = {
    "m-aus-no-letter-noc-lacking": ["offer.qualificationsLetter", "education.meetsNocRequirements", "education.country"],
    "m-language-asked-failed": ["offer.requiredLanguage", "language.officerConcern", "language.satisfied"],
    "m-licence-none-no-exam": ["licensing.regulatedInProvince", "licensing.licence", "licensing.examAfterEntry"],
    "m-benefits-counted": ["offer.cashPayMeetsPrevailingWage", "offer.reliesOnNonMonetaryPay"],
    "m-jpn-carpentry-worker": ["offer.role", "offer.jobFunction", "offer.academicEmployer"],
    "m-pay-below": ["offer.wage.amount", "offer.cashPayMeetsPrevailingWage", "offer.reliesOnNonMonetaryPay"],
    "m-spouse-technician-permit-none": ["principal.permit", "relationship"],
}


def values_of(case: Case, path: str) -> list[Value]:
    """Every value that a field can take; of an amount those of the case."""
    one = field_table(case.kind)[path]
    if one["type"] == "number":
        return sorted({value for name, value in case.facts.items() if name.endswith(".amount")})  # type: ignore[type-var]
    known: dict[str, list[Value]] = {"boolean": [True, False], "country": ["AUS", "IND"]}
    return [()] if "mostItems" in one else known.get(one["type"]) or list(one["values"])


@pytest.mark.parametrize("name", SMALL)
def test_all_combinations(kg: CptppGraph, name: str) -> None:
    """The least sets found by trying every combination of the values of some fields are those proposed in these fields."""
    (one,) = intake.cases(case(name))
    efforts = Efforts(kg.lexicon.store)
    combined = []
    for chosen in itertools.product(*([None, *values_of(one, path)] for path in SMALL[name])):
        found = [
            efforts.change(one.kind, path, one.facts.get(path), value)
            for path, value in zip(SMALL[name], chosen, strict=True)
            if value is not None and value != one.facts.get(path)
        ]
        if all(found):
            combined.append(frozenset(change for change in found if change))
    combined = list(dict.fromkeys(combined))
    tried = [replace(one, id=f"{n}", facts={**one.facts, **{c.path: c.value for c in fix}}) for n, fix in enumerate(combined)]
    judged = (claimed for _, claimed in trials.verdicts(kg.lexicon, tried, words.term("rulebook", "ircc")))
    enough = [fix for fix, found in zip(combined, judged, strict=True) if found.outcome == QUALIFIES]
    least = [fix for fix in enough if not any(other != fix and within(other, fix) for other in enough)]
    assert least, "nothing to find"
    plan = kg.plan(case(name))
    proposed = {one for proposal in plan.proposals if proposal.outcome == QUALIFIES for one in sets(proposal)}
    assert not plan.more
    assert {frozenset((c.path, c.value) for c in fix) for fix in least} == {
        one for one in proposed if {path for path, _ in one} <= set(SMALL[name])
    }


def within(one: frozenset[Change], other: frozenset[Change]) -> bool:
    return all(any(mine.within(theirs) for theirs in other) for mine in one)


# ------------------------------------------------------------------ every proposal

CHOSEN = [path for path in CASES if not path.stem.startswith("m-")][::9]


@pytest.mark.parametrize("path", CHOSEN, ids=lambda path: path.stem)
def test_proposals_hold(kg: CptppGraph, path: Any) -> None:
    """Each proposal leads where it says by a whole assessment, no part of it is enough, and they stand in order of cost."""
    before = stated(path)
    plan = kg.plan(before)
    (one,) = intake.cases(before)
    if plan.outcome == QUALIFIES:
        assert not plan.proposals
    for proposal in plan.proposals:
        whole = sorted(min(sets(proposal), key=str), key=str)
        for number in range(len(whole) + 1):
            for part in itertools.combinations(whole, number):
                after = replace(one, facts={**one.facts, **dict(part)})
                found = kg.assess(intake.as_plain(after))
                if number == len(whole):
                    assert found.outcome == proposal.outcome in (QUALIFIES, UNDETERMINED)
                    assert {(o.requirement, o.because) for o in found.open} == set(proposal.remains)
                    assert "missing-facts" not in {because for _, because in proposal.remains}
                elif proposal.outcome == QUALIFIES:
                    assert found.outcome != QUALIFIES, f"{part} is enough"
    costs = [(p.outcome != QUALIFIES, sorted((s.effort.rank for s in p.steps), reverse=True)) for p in plan.proposals]
    assert costs == sorted(costs)


# ------------------------------------------------------------------ what a person would ask


def test_before_entry_into_force(kg: CptppGraph) -> None:
    """Received the day before: the first day on which it would qualify."""
    plan = kg.plan(case("m-brn-day-before"))
    (step,) = plan.proposals[0].steps
    assert (step.path, step.values, step.effort.code) == ("receivedOn", ("2023-07-12",), "waiting")


def test_document_first(kg: CptppGraph) -> None:
    """A letter that is not stated only has to be shown; one that is lacking has to be written."""
    assert fields(kg.plan(case("m-aus-letter-unstated")))[0] == ("showing", ["offer.qualificationsLetter"])
    assert fields(kg.plan(case("m-aus-no-letter-noc-lacking")))[0] == (
        "waiting",
        ["education.meetsNocRequirements", "offer.qualificationsLetter"],
    )


def test_impossible_last(kg: CptppGraph) -> None:
    """An Indian engineer: nothing but another citizenship or residence, named as out of reach."""
    plan = kg.plan(case("m-ind-engineer"))
    assert plan.proposals and {p.effort.code for p in plan.proposals} == {"out-of-reach"}


def test_not_called_qualifying(kg: CptppGraph) -> None:
    """Where an officer has the last word, a proposal says so; what costs less than every certain way is named."""
    before = case("m-self-employed")
    plan = kg.plan(before, rulebook="ircc-2024")
    assert plan.outcome == UNDETERMINED
    for proposal in plan.proposals:
        assert (proposal.outcome == QUALIFIES) == (not proposal.remains)


def test_officer_among_alternatives(kg: CptppGraph) -> None:
    """Of a case with little stated no proposal mixes what qualifies with what an officer decides."""
    little = {"applicant": {"citizenship": ["JPN"]}, "category": "technician", "offer": {"occupation": ["noc2021:72200"]}}
    plan = kg.plan({"id": "little", "kind": "principal", "receivedOn": "2023-10-01", **little})
    assert plan.proposals[0].outcome == QUALIFIES and not plan.proposals[0].remains
    assert all((p.outcome == UNDETERMINED) == bool(p.remains) for p in plan.proposals)


def test_in_time(kg: CptppGraph) -> None:
    """Of a case of which little is known there are many ways; they are not looked for without end."""
    with pytest.raises(LimitReached, match="State more"):
        plan_of(kg.lexicon, kg.assess({"id": "blank", "kind": "principal"}), seconds=0)


def test_closed_category(kg: CptppGraph) -> None:
    """A Malaysian technician, for whom no list exists: another category with what it asks, never a longer wait."""
    technician = case("m-mys-engineer", category="technician")
    (first, *_) = kg.plan(technician).proposals
    assert [(s.path, s.values) for s in first.steps] == [("category", ("professional",))]


def test_in_words(kg: CptppGraph) -> None:
    """In both languages; JSON holds plain values."""
    from cptpp_graph import advice

    for lang in LANGUAGES:
        plan = kg.plan(case("p23"), lang=lang)
        told = advice.text(kg.lexicon, [plan], 80)
        assert "offer.jobFunction" in told and "{" not in told
        assert json.loads(json.dumps(plan.as_dict()))["proposals"]
    assert all(set(texts) == set(LANGUAGES) for texts in map(dict, [kg.lexicon.labels[e.iri] for e in Efforts(kg.store).all]))


def test_every_fact_has_an_effort(kg: CptppGraph) -> None:
    """Whatever the shapes turn on can be changed by some effort, or is out of reach by one."""
    efforts = Efforts(kg.store)
    from cptpp_graph.judging import judging_shapes

    facts = {fact for shape in judging_shapes().values() for fact in shape.concerns}
    assert facts and all(efforts.rules(fact) for fact in facts)
    assert efforts.unstated == efforts.all[0] and shipped()["cases"]
