"""A couple in one file: who may lead as principal, how the spouse's case hangs on that, and which way yields more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from .assessment import Assessment, assess_all, spouse_if
from .errors import CptppError, say
from .explanation import OpenPoint
from .intake import Case
from .lexicon import Lexicon
from .phrases import phrase
from .verdict import FAILS, NOT_MET, QUALIFIES, UNDETERMINED
from .words import quoted

NAMED = "principal.case"
SHARED = ("relationship", "receivedOn", "placeOfApplication")  # what the two partners’ applications have in common
OWN = {"applicant.citizenship": "spouse.citizenship"}  # what a person’s case as principal says of the person as spouse


@dataclass(frozen=True, slots=True)
class Carried:
    """How a spouse's case hangs on the principal's: its outcome if that qualifies and if it fails.

    waits_on: the principal's open points that all have to be settled first; blocked_by: requirements that the principal fails.
    Both are empty where the spouse's own case would fail in any event.
    """

    if_qualifies: str
    if_fails: str
    waits_on: tuple[OpenPoint, ...] = ()
    blocked_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A way for the couple to apply. principal: the id of the case that leads, None where each applies on their own.

    mirrored: whether the spouse's case was made from the others.
    """

    principal: str | None
    members: tuple[Assessment, ...]
    carried: Carried | None = None
    mirrored: bool = False

    @property
    def sure(self) -> int:
        """How many qualify as stated."""
        return sum(one.outcome == QUALIFIES for one in self.members)

    @property
    def possible(self) -> int:
        """How many could, if all that is open were settled in their favour."""
        return sum(one.outcome != FAILS for one in self.members)

    @property
    def months(self) -> int:
        """Months of permit of those who qualify, together."""
        return sum(one.permit.months_at_most or 0 for one in self.members if one.outcome == QUALIFIES)

    @property
    def yields(self) -> tuple[int, int, int]:
        return self.sure, self.possible, self.months

    @property
    def hoped(self) -> tuple[int, int]:
        """How many could qualify, and for how many months together."""
        return self.possible, sum(one.permit.months_at_most or 0 for one in self.members if one.outcome != FAILS)

    def as_dict(self) -> dict[str, Any]:
        carried = self.carried
        return {
            "principal": self.principal,
            "members": [one.case for one in self.members],
            "mirrored": self.mirrored,
            "sure": self.sure,
            "possible": self.possible,
            "months": self.months,
            "carried": {
                "ifQualifies": carried.if_qualifies,
                "ifFails": carried.if_fails,
                "waitsOn": [
                    {"requirement": p.requirement, "because": p.because, "fields": list(p.fields)} for p in carried.waits_on
                ],
                "blockedBy": list(carried.blocked_by),
            }
            if carried
            else None,
        }


@dataclass(frozen=True, slots=True)
class Household:
    """The ways in which a couple can apply, in the order of the file. best: those that yield most as stated."""

    arrangements: tuple[Arrangement, ...]
    lang: str

    @property
    def best(self) -> tuple[Arrangement, ...]:
        most = max(one.yields for one in self.arrangements)
        return tuple(one for one in self.arrangements if one.yields == most)

    @property
    def could_exceed(self) -> tuple[Arrangement, ...]:
        """Those that yield less as stated, and more than the best is sure of if what is open comes out well."""
        best = self.best
        known = (best[0].sure, best[0].months)
        return tuple(one for one in self.arrangements if one not in best and one.hoped > known)

    @property
    def assessments(self) -> tuple[Assessment, ...]:
        """Every case, each once."""
        return tuple({one.case: one for way in self.arrangements for one in way.members}.values())

    def as_dict(self) -> dict[str, Any]:
        ways = list(self.arrangements)
        return {
            "arrangements": [one.as_dict() for one in ways],
            "best": [ways.index(one) for one in self.best],
            "couldExceed": [ways.index(one) for one in self.could_exceed],
            "assessments": [one.as_dict() for one in self.assessments],
            "notice": phrase("disclaimer", self.lang),
        }


def household_of(lexicon: Lexicon, cases: Sequence[Case], rulebook: str, lang: str) -> Household:
    """The household of a couple: one or two principals' cases, and one or two spouses' that name them.

    Where both are given as principals and one spouse's case is not, it is made from what the other says of both.
    Raises CptppError where the cases are no couple or contradict each other.
    """
    couples = _couples(cases)
    every = [*(principal for principal, _, _ in couples), *(spouse for _, spouse, _ in couples)]
    found = {one.case: one for one in assess_all(lexicon, every, rulebook, lang)}
    ways = [_arranged(lexicon, found, *couple) for couple in couples]
    if len(couples) > 1:
        ways.append(Arrangement(None, tuple(found[principal.id] for principal, _, _ in couples)))
    return Household(tuple(ways), lang)


def _arranged(lexicon: Lexicon, found: dict[str, Assessment], principal: Case, spouse: Case, mirrored: bool) -> Arrangement:
    led, follows = found[principal.id], found[spouse.id]
    well, ill = (spouse_if(lexicon, spouse, principal, led, outcome) for outcome in (QUALIFIES, FAILS))
    hangs = well.outcome != FAILS and _outcomes(follows) != _outcomes(well)
    carried = Carried(
        if_qualifies=well.outcome,
        if_fails=ill.outcome,
        waits_on=led.open if hangs and led.outcome == UNDETERMINED else (),
        blocked_by=tuple(f.requirement for f in led.findings if f.outcome == NOT_MET) if hangs and led.outcome == FAILS else (),
    )
    return Arrangement(principal.id, (led, follows), carried, mirrored)


def _outcomes(assessment: Assessment) -> list[str]:
    return [finding.outcome for finding in assessment.findings]


# ------------------------------------------------------------------ who is who


def _couples(cases: Sequence[Case]) -> list[tuple[Case, Case, bool]]:
    """(principal, spouse, whether the spouse's case was made here), for each who may lead."""
    principals = {case.id: case for case in cases if case.kind == "principal"}
    spouses: dict[str, Case] = {}
    for case in cases:
        if case.kind == "spouse":
            _add(spouses, case, principals)
    if not spouses or len(principals) > 2:
        wrong = say(
            "this is no couple: {principals} principals and {spouses} spouses", principals=len(principals), spouses=len(spouses)
        )
        raise CptppError(wrong, "Give one or two principals' cases and the case of a spouse that names one of them.")
    if len(principals) == 2:
        _agree(principals, spouses)
    made = {id for id in principals if id not in spouses}
    for id in made:
        (other,) = (case for case in principals.values() if case.id != id)
        spouses[id] = _mirrored(spouses[other.id], principals[id], other, {case.id for case in cases})
    return [(case, spouses[case.id], case.id in made) for case in principals.values()]


def _add(spouses: dict[str, Case], case: Case, principals: dict[str, Case]) -> None:
    named = str(case.facts.get(NAMED, ""))
    if named not in principals:
        wrong = say("{place}: the case does not say whose spouse this is", place=case.place)
        if named:
            wrong = say("{place}: the case names {named}, which is no principal here", place=case.place, named=quoted(named))
        raise CptppError(wrong, say("State in {named} the id of the principal's case in the file.", named=NAMED))
    if named in spouses:
        raise CptppError(
            say("{place}: a second spouse of {named}", place=case.place, named=quoted(named)), "Give one couple at a time."
        )
    spouses[named] = case


def _agree(principals: dict[str, Case], spouses: dict[str, Case]) -> None:
    """Raises CptppError where what is said of a person or of the couple in two cases is not the same."""
    for named, case in spouses.items():
        (person,) = (one for one in principals.values() if one.id != named)
        for own, path in OWN.items():
            one, two = person.facts.get(own), case.facts.get(path)
            if one is not None and two is not None and set(one) != set(two):  # type: ignore[arg-type]
                raise CptppError(
                    say(
                        "{place}: {path} is not what case {id} states of the same person",
                        place=case.place,
                        path=path,
                        id=quoted(person.id),
                    ),
                    "Mend one.",
                )
    first, *rest = spouses.values()
    for case in rest:
        if case.facts.get("relationship", first.facts.get("relationship")) != first.facts.get("relationship"):
            raise CptppError(
                say("{place}: relationship is not what case {id} states", place=case.place, id=quoted(first.id)), "Mend one."
            )


def _mirrored(spouse: Case, principal: Case, person: Case, taken: set[str]) -> Case:
    """The other partner's case as spouse: what both share, and what the person's case as principal says."""
    facts = {path: spouse.facts[path] for path in SHARED if path in spouse.facts} | {NAMED: principal.id}
    facts |= {path: person.facts[own] for own, path in OWN.items() if own in person.facts}
    name = f"{person.id}-as-spouse"
    while name in taken:
        name += "-"
    return replace(spouse, id=name, facts=facts)
