"""What the results of the shapes mean for each requirement of a claim: met, not met, open or not applicable."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from . import judging
from .judging import Result, Shape
from .lexicon import Lexicon, Requirement
from .linking import Linked
from .terms import NS, expand

QUALIFIES, FAILS, UNDETERMINED = "qualifies", "does-not-qualify", "undetermined"
MET, NOT_MET, OPEN, NOT_APPLICABLE = "met", "not-met", "open", "not-applicable"

EARL = {QUALIFIES: expand("earl:passed"), FAILS: expand("earl:failed"), UNDETERMINED: expand("earl:cantTell")}
RANK = {QUALIFIES: 0, UNDETERMINED: 1, FAILS: 2}

# Of several reasons why a finding is open, the one that the others cannot remove.
REASONS = ("conflicting-facts", "sources-disagree", "text-unclear", "officer-discretion", "missing-facts")


# Points on which a rulebook is silent, and those that its gaps leave open: the results on these name the requirement.
UNSAID = ("cptpp:silentOn", "cptpp:unsettled")


@dataclass(slots=True)
class Claimed:
    """One claim with its raw findings: requirement id to outcome, reason and the results behind them."""

    node: ox.NamedNode
    rulebook: str
    outcomes: dict[str, tuple[str, str | None]]
    results: dict[str, list[tuple[Result, Shape]]]
    shapes: dict[str, list[Shape]]

    @property
    def outcome(self) -> str:
        found = {outcome for outcome, _ in self.outcomes.values()}
        return FAILS if NOT_MET in found else UNDETERMINED if OPEN in found else QUALIFIES

    def of(self, outcome: str) -> tuple[str, ...]:
        return tuple(name for name, (found, _) in self.outcomes.items() if found == outcome)


def claims_of(lexicon: Lexicon, linked: Linked, judge: Callable[[Linked], list[Result]] = judging.judge) -> list[Claimed]:
    """Every claim judged, in their order. judge: what finds the results. Raises RuntimeError as claimed_of does."""
    results: dict[str, list[Result]] = defaultdict(list)
    for result in judge(linked):
        results[result.claim].append(result)
    return [claimed_of(lexicon, linked, node, results[node.value]) for node in linked.claims]


def best(linked: Linked, claimed: Iterable[Claimed]) -> Claimed:
    """The reading most favourable to the applicant; of equal ones the stated before the supposed, then the nearest to success."""

    def rank(c: Claimed) -> tuple[Any, ...]:
        supposed = bool(linked.values(c.node.value, "cptpp:supposed"))
        blocked = len(c.of(NOT_APPLICABLE))
        return RANK[c.outcome], supposed, len(c.of(NOT_MET)), blocked, len(c.of(OPEN))

    return min(claimed, key=rank)


def claimed_of(lexicon: Lexicon, linked: Linked, node: ox.NamedNode, results: list[Result]) -> Claimed:
    """Raises RuntimeError where a requirement that the rulebook states was not judged: no verdict then."""
    requirements = lexicon.asked(linked, node)
    shapes = judging.judged_by(linked, node.value)
    open_there = unsaid(linked, node.value)
    claimed = Claimed(node, linked.one(node.value, "cptpp:rulebook") or "", {}, {}, shapes)
    for requirement in requirements:
        bears = bearing(requirement, results, open_there)
        claimed.results[requirement.id] = bears
        claimed.outcomes[requirement.id] = alone(linked, node, requirement, bears, requirement.iri in shapes)
    _withhold(claimed, requirements)
    return claimed


def unsaid(linked: Linked, node: str) -> set[str]:
    """The requirements on which the rulebook of a claim is silent or has a gap."""
    return {value.value for name in UNSAID for value in linked.values(node, name)}


def bearing(requirement: Requirement, results: Iterable[Result], open_there: Collection[str]) -> list[tuple[Result, Shape]]:
    """The results on a claim that bear on a requirement, with their shapes. open_there: what unsaid() gives for the claim."""
    known = judging.judging_shapes()
    named = {requirement.iri} & {*open_there}
    return [(one, known[one.shape]) for one in results if requirement.iri in known[one.shape].judges or one.value in named]


def alone(
    linked: Linked, node: ox.NamedNode, requirement: Requirement, bears: list[tuple[Result, Shape]], judged: bool
) -> tuple[str, str | None]:
    """The outcome of one requirement, whatever becomes of those on which it depends.

    judged: whether a shape that judges it had the claim as its focus. Raises RuntimeError where none of them had.
    """
    applies = bool(bears) or _applies(linked, node, requirement)
    if applies and not bears and not judged:
        raise RuntimeError(f"no shape judged {requirement.id} of {node.value}; there is no verdict")
    return _outcome(bears) if applies else (NOT_APPLICABLE, None)


def _applies(linked: Linked, node: ox.NamedNode, requirement: Requirement) -> bool:
    """Requirements that no provision lays are asked of everybody; the others where a provision was laid."""
    return requirement.laid_as is None or requirement.id == "nationality" or bool(linked.values(node.value, requirement.laid_as))


def _outcome(bears: list[tuple[Result, Shape]]) -> tuple[str, str | None]:
    reasons = {reason_of(result, shape) for result, shape in bears}
    if REASONS[0] in reasons:
        return OPEN, REASONS[0]
    if None in reasons:
        return NOT_MET, None
    return next(((OPEN, reason) for reason in REASONS if reason in reasons), (MET, None))


def reason_of(result: Result, shape: Shape) -> str | None:
    """Why a result leaves the requirement open; None for a violation."""
    if result.severity == "violation":
        return None
    if result.severity == "warning":
        return "missing-facts"
    name = (shape.because or "").removeprefix(NS)
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in name)


def _withhold(claimed: Claimed, requirements: list[Requirement]) -> None:
    """What depends on a requirement that fails, or shares its doubt, is not judged apart from it."""
    ids = {requirement.iri: requirement.id for requirement in requirements}
    withheld: set[str] = set()
    for requirement in requirements:
        own = claimed.outcomes[requirement.id]
        for parent in (ids[iri] for iri in requirement.depends_on):
            outcome = claimed.outcomes[parent]
            shared = own == outcome == (OPEN, "text-unclear")
            if outcome[0] == NOT_MET or parent in withheld or shared:
                claimed.outcomes[requirement.id] = (NOT_APPLICABLE, None)
                withheld.add(requirement.id)
