"""The least change: the smallest sets of facts that, were they so, would let a case qualify, the least costly first."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from . import fixes, intake, trials, words
from .assessment import Assessment
from .catalogue import shipped
from .efforts import Change, Effort, Efforts
from .errors import CptppError, LimitReached, say
from .explanation import places
from .fixes import Fix, Options, as_options
from .intake import Case, Value, plain_value
from .lexicon import Lexicon, Requirement
from .linking import Linked, ask, link_all, permit_for
from .terms import expand, shorten
from .turning import LEFT, MOST_AT_ONCE, SETTLED, WANTING, Facts, Turning, bearing, distance, explore, laying
from .verdict import NOT_APPLICABLE, OPEN, QUALIFIES, Claimed, best, claims_of

MOST = 12  # proposals of a kind that are shown, the least costly
SECONDS = 60.0  # for one case; the less is stated, the more ways there are
CITIZEN, RESIDENT, CATEGORY, DAY, GROUP = map(
    expand, ("cptpp:citizenship", "cptpp:permanentResidence", "cptpp:category", "cptpp:receivedOn", "cptpp:occupation")
)

Remains = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One fact that would have to be so. values: any of them is enough; serves: the requirements, now open, that turn on it."""

    path: str
    stated: Value | None
    values: tuple[Value, ...]
    effort: Effort
    serves: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "field": self.path,
            "stated": None if self.stated is None else plain_value(self.stated),
            "values": [plain_value(value) for value in self.values],
            "effort": self.effort.code,
            "serves": list(self.serves),
        }


@dataclass(frozen=True, slots=True)
class Proposal:
    """Facts that would have to be so together. outcome: what they lead to; remains: what others then decide, and why."""

    outcome: str
    steps: tuple[Step, ...]  # the easiest first
    remains: Remains

    @property
    def effort(self) -> Effort:
        """The hardest that it takes."""
        return self.steps[-1].effort

    def as_dict(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome,
            "effort": self.effort.code,
            "changes": [step.as_dict() for step in self.steps],
            "remains": _remaining(self.remains),
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """What would let a case qualify, under the rulebook of its assessment; as_dict() is its JSON.

    more: how many costlier proposals are not shown. Other routes are those of the assessment, beside the proposals.
    """

    assessment: Assessment
    outcome: str
    remains: Remains
    proposals: tuple[Proposal, ...]
    more: int

    def as_dict(self) -> dict[str, Any]:
        return {
            "case": self.assessment.case,
            "kind": self.assessment.kind,
            "rulebook": self.assessment.rulebook,
            "outcome": self.outcome,
            "open": _remaining(self.remains),
            "proposals": [proposal.as_dict() for proposal in self.proposals],
            "more": self.more,
            "otherRoutes": [route.as_dict() for route in self.assessment.other_routes],
            "bound": {"factsPerRequirement": MOST_AT_ONCE, "proposals": MOST},
        }


def _remaining(remains: Remains) -> list[dict[str, str]]:
    return [{"requirement": requirement, "because": because} for requirement, because in remains]


def plan_of(lexicon: Lexicon, assessment: Assessment, seconds: float = SECONDS) -> Plan:
    """The plan for an assessed case, under the rulebook of its assessment. Raises LimitReached where it takes longer."""
    return _Planner(lexicon, assessment, seconds).plan()


@dataclass(frozen=True, slots=True)
class Way:
    """One way to read a case. facts: such that only one reading is left; fix: the changes from what is stated that it takes."""

    facts: Facts
    fix: Fix = frozenset()

    def having(self, facts: Facts, *changes: Change) -> Way:
        return Way({**self.facts, **facts}, self.fix | set(changes))


class _Planner:
    """Looks for the least change of one case."""

    def __init__(self, lexicon: Lexicon, assessment: Assessment, seconds: float) -> None:
        self.lexicon, self.assessment = lexicon, assessment
        self.seconds, self.until = seconds, time.monotonic() + seconds
        self.rulebook = words.term("rulebook", assessment.rulebook)
        self.case = Case(assessment.case, assessment.kind, assessment.facts)
        self.efforts = Efforts(lexicon.store)
        self.fields = {fact: next(iter(places(self.case.kind, fact)), "") for fact in (CITIZEN, RESIDENT, CATEGORY, DAY, GROUP)}
        assert assessment.linked is not None
        self.principal = trials.principal_in(assessment.linked)
        self.requirements: list[Requirement] = lexicon.requirements[permit_for(self.rulebook, self.case.kind) or ""]

    def plan(self) -> Plan:
        """Every set of changes that is looked at is judged; every proposal is judged once more as a whole case."""
        ((_, start),) = self._judged([Way(self.case.facts)])
        full, part = ([], []) if start.outcome == QUALIFIES else self._found()
        shown = [one for options in (full, part) for option in options[:MOST] for one in self._told(option, start)]
        return Plan(
            assessment=self.assessment,
            outcome=start.outcome,
            remains=_open(start),
            proposals=tuple(shown),
            more=sum(max(len(options) - MOST, 0) for options in (full, part)),
        )

    def _found(self) -> tuple[list[Options], list[Options]]:
        """The ways to qualify, then those that lead as far as facts can and cost less.

        What is out of reach is named where it alone is enough; with other changes only where nothing else is.
        """
        ways = self._open_ways()
        near = [self._solved(*way) for way in ways if self._reachable(way[0])]
        far = [way for way in ways if not self._reachable(way[0])]
        if any(one[SETTLED] for one in near):
            near += [{SETTLED: [as_options(way.fix)], LEFT: []} for way, _, claimed in far if claimed.outcome == QUALIFIES]
        else:
            near += [self._solved(*way) for way in far]
        full, part = (fixes.least(option for one in near for option in one[level]) for level in (SETTLED, LEFT))
        cheapest = min(map(fixes.cost, full), default=None)
        return full, [option for option in part if option and (cheapest is None or fixes.cost(option) < cheapest)]

    def change(self, path: str, value: Value) -> Change | None:
        return self.efforts.change(self.case.kind, path, self.case.facts.get(path), value)

    # -------------------------------------------------------------- ways to read the case

    def _open_ways(self) -> list[tuple[Way, Linked, Claimed]]:
        """The ways, judged, but for those that only add another day or code where these are in order already."""
        ways = self._ways()
        judged = [(way, linked, claimed) for way, (linked, claimed) in zip(ways, self._judged(ways), strict=True)]
        enough = [way for way, _, claimed in judged if self._placed(claimed)]
        return [
            (way, linked, claimed)
            for way, linked, claimed in judged
            if not any(other.fix < way.fix and self._same_rules(other, way) for other in enough)
        ]

    def _placed(self, claimed: Claimed) -> bool:
        """Whether nothing remains to be done about the day and the code: all that turns on them is met."""
        return not any(
            distance(claimed, one.id)
            for fact in (DAY, GROUP)
            if (path := self.fields[fact])
            for one in bearing(self.case.kind, self.requirements, path)
        )

    def _same_rules(self, one: Way, other: Way) -> bool:
        """Whether two ways differ in day and code only, so that all other findings on them are the same."""
        return all(one.facts.get(path) == other.facts.get(path) for path in laying(self.case.kind))

    def _ways(self) -> list[Way]:
        """Every category, country, day and code in question. What is out of reach is tried with the rest of these as stated."""
        ways = [tied for way in self._categories() for tied in self._ties(way)]
        for path, values in ((self.fields[DAY], self._days), (self.fields[GROUP], self._groups)):
            if path and ways:
                linked = self._linked(ways)
                ways = [wide for n, way in enumerate(ways) for wide in self._wider(way, path, values(linked, n))]
        return [way for way in ways if self._possible(way)]

    def _possible(self, way: Way) -> bool:
        """Whether a case can state it: a document cannot have expired before the application."""
        try:
            intake.case(intake.as_plain(replace(self.case, facts=way.facts)), "the case", True)
        except CptppError:
            return False
        return True

    def _reachable(self, way: Way) -> bool:
        return all(change.effort != self.efforts.last for change in way.fix)

    def _wider(self, way: Way, path: str, values: Iterable[Value]) -> list[Way]:
        """The way as it is, and with each other value of a field."""
        changes = [self.change(path, value) for value in values] if self._reachable(way) else []
        return [way, *(way.having({change.path: change.value}, change) for change in changes if change)]

    def _categories(self) -> list[Way]:
        path, way = self.fields[CATEGORY], Way(self.case.facts)
        codes = [known[0] for known in shipped()["words"]["category"].values()]
        if path in self.case.facts or self.case.kind != "principal":
            return self._wider(way, path, codes)
        return [way.having({path: code}) for code in codes]  # unstated, all are read and the best one carries

    def _ties(self, way: Way) -> list[Way]:
        """Each citizenship and permanent residence on which the case can rest."""
        citizens, residents = (self.fields[fact] for fact in (CITIZEN, RESIDENT))
        codes = {
            citizens: [known[0] for known in shipped()["words"]["party"].values()],
            residents: sorted(shipped()["residents"].get(self.rulebook, [])),
        }
        alone = self.case.kind == "principal"
        found = [] if alone else [way]
        for path, known in codes.items():
            stated: Any = self.case.facts.get(path)
            other = residents if path == citizens else citizens
            for code in sorted({*(stated or ()), *known}):
                facts: dict[str, Value] = {path: (code,), other: ()} if alone else {}
                if code in (stated or ()):
                    found += [way.having(facts)] if alone else []
                elif change := self.change(path, tuple(sorted((*(stated or ()), code)))):
                    reached = way.having(facts or {path: change.value}, change)
                    found += [reached] if self._reachable(reached) or not way.fix else []
        return found

    def _days(self, linked: Linked, number: int) -> list[Value]:
        """The days on which the rules change for a claim."""
        found = set()
        for row in ask(self.lexicon.store, shipped()["explain"]["days"], linked, [linked.claims[number]]) or ():
            day = datetime.date.fromisoformat(row["day"].value)
            found.add((day + datetime.timedelta(days=1) if row["ends"] is not None else day).isoformat())
        return sorted(found)

    def _groups(self, linked: Linked, number: int) -> list[Value]:
        """Groups on the list near the stated one; where none is stated, one for each way in which the list admits."""
        stated: Any = self.case.facts.get(self.fields[GROUP])
        name = "near-groups" if stated else "listed-groups"
        found: list[Value] = []
        for row in ask(self.lexicon.store, shipped()["explain"][name], linked, [linked.claims[number]]) or ():
            code = shorten(row["group"].value)
            paired = bool(stated) and row["paired"].value == "true"
            same = [known for known in stated or () if known.partition(":")[0] == code.partition(":")[0]]
            if paired and not same:
                found.append(tuple(sorted((*stated, code))))
            elif not paired:
                found.append((code,))
        return found

    # -------------------------------------------------------------- judging

    def _in_time(self) -> None:
        if time.monotonic() > self.until:
            raise LimitReached(
                say("a plan for {id} took longer than {seconds:g} s", id=self.case.id, seconds=self.seconds),
                "State more facts of the case.",
            )

    def _cases(self, ways: Sequence[Way]) -> list[Case]:
        return [replace(self.case, id=f"{self.case.id}/{number}", facts=way.facts) for number, way in enumerate(ways)]

    def _linked(self, ways: Sequence[Way]) -> Linked:
        return link_all(self.lexicon.store, self._cases(ways), self.principal, [self.rulebook])

    def _judged(self, ways: Sequence[Way]) -> list[tuple[Linked, Claimed]]:
        return list(trials.verdicts(self.lexicon, self._cases(ways), self.rulebook, self.principal))

    def _solved(self, way: Way, linked: Linked, claimed: Claimed) -> dict[int, list[Options]]:
        """The least fixes by which nothing is left, and those by which nothing is left but what others decide."""
        self._in_time()
        case = self._cases([way])[0]
        turning = Turning(self.lexicon, case, linked, claimed)
        turns = turning.turns()
        for turn in turns:
            turn.values = {path: [value for value in values if self.change(path, value)] for path, values in turn.values.items()}
            turn.values = {path: values for path, values in turn.values.items() if values}
        turning_on = {turn.requirement.id for turn in turns if turn.values}
        fixed = max((distance(claimed, one.id) for one in self.requirements if one.id not in turning_on), default=SETTLED)
        groups = fixes.connected([turn for turn in turns if turn.values])
        groups = [group for group in groups if any(distance(claimed, turn.requirement.id) for turn in group)]
        if fixed == WANTING:
            return {SETTLED: [], LEFT: []}
        explore(self.lexicon, case, [turn for group in groups for turn in group], self.rulebook, self.principal)
        found: dict[int, list[Options]] = {}
        for level in (SETTLED, LEFT):
            parts = [fixes.joined(group, level, self.change) for group in groups] if fixed <= level else [[]]
            found[level] = fixes.combined(way.fix, parts)
        return found

    def _told(self, option: Options, start: Claimed) -> list[Proposal]:
        """The proposals of an option, proved: each of its sets is judged as a whole case; those that end alike go together."""
        self._in_time()
        sets = list(fixes.single(option))
        linked = self._linked([Way({**self.case.facts, **{c.path: c.value for c in fix}}) for fix in sets])
        by_case: dict[str | None, list[Claimed]] = {}
        for claimed in claims_of(self.lexicon, linked):
            by_case.setdefault(linked.one(claimed.node.value, "cptpp:ofCase"), []).append(claimed)
        ends: dict[tuple[str, Remains], list[tuple[Fix, Claimed]]] = {}
        for fix, readings in zip(sets, by_case.values(), strict=True):
            end = best(linked, readings)
            if any(distance(end, one.id) == WANTING for one in self.requirements):
                raise RuntimeError(f"a proposal for {self.case.id} does not hold; there is no plan")
            ends.setdefault((end.outcome, _open(end)), []).append((fix, end))
        return [
            self._proposal(outcome, remains, alike, start, proved[0][1])
            for (outcome, remains), proved in ends.items()
            for alike in fixes.merged(as_options(fix) for fix, _ in proved)
        ]

    def _proposal(self, outcome: str, remains: Remains, option: Options, start: Claimed, end: Claimed) -> Proposal:
        steps = [
            Step(path, known[0].stated, tuple(c.value for c in known), known[0].effort, self._serves(path, start, end))
            for path, known in option.items()
        ]
        return Proposal(outcome, tuple(sorted(steps, key=lambda step: step.effort.rank)), remains)

    def _serves(self, path: str, start: Claimed, end: Claimed) -> tuple[str, ...]:
        """The requirements that turn on a field: those not met as stated; if none, those that apply in the end."""
        bears = []
        for one in self.requirements:
            shapes = [*start.shapes.get(one.iri, []), *end.shapes.get(one.iri, [])]
            if any(path in places(self.case.kind, fact) for shape in shapes for fact in shape.concerns):
                bears.append(one.id)
        unmet = tuple(name for name in bears if distance(start, name))
        return unmet or tuple(name for name in bears if end.outcomes[name][0] != NOT_APPLICABLE)


def _open(claimed: Claimed) -> Remains:
    """What is open, and why."""
    return tuple((name, because or "") for name, (outcome, because) in claimed.outcomes.items() if outcome == OPEN)
