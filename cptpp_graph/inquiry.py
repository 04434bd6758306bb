"""The one question that matters most about a case, and whether any answer could still change its outcome."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from . import trials, words
from .assessment import Assessment
from .catalogue import shipped
from .errors import CptppError, say
from .explanation import Finding
from .intake import Case, Value, field_table
from .lexicon import Lexicon, Requirement
from .linking import permit_for
from .record import documents_for
from .terms import expand
from .turning import Facts, Turn, Turning, bearing, explore
from .verdict import FAILS, NOT_MET, OPEN, QUALIFIES, RANK, UNDETERMINED, Claimed, claims_of

# Of each kind of case, the facts that decide which rules apply; they are asked first.
OPENING: dict[str, tuple[str, ...]] = {
    "principal": ("applicant.citizenship", "category", "receivedOn", "offer.occupation"),
    "spouse": ("principal.citizenship", "principal.category"),
}
RESIDENCE = {"principal": "applicant.permanentResidence", "spouse": "principal.permanentResidence"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A field to ask for, with the requirements that turn on it (the first says why), and the documents that prove it."""

    path: str
    requirements: tuple[Requirement, ...]
    finding: Finding
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Next:
    """Where an interview stands. settled: no answer to what is unknown can change the outcome; asked: the next question."""

    assessment: Assessment
    settled: bool
    asked: Asked | None
    passed: tuple[str, ...]

    def as_dict(self, lexicon: Lexicon) -> dict[str, Any]:
        return {
            "case": self.assessment.case,
            "kind": self.assessment.kind,
            "rulebook": self.assessment.rulebook,
            "outcome": self.assessment.outcome,
            "settled": self.settled,
            "notKnown": list(self.passed),
            "question": self._question(lexicon, self.asked) if self.asked else None,
        }

    def _question(self, lexicon: Lexicon, asked: Asked) -> dict[str, Any]:
        one, lang = field_table(self.assessment.kind)[asked.path], self.assessment.lang
        told = asked.finding.as_dict()
        return {
            "field": asked.path,
            "label": lexicon.label(expand(one["property"]), lang),
            "expects": one["expects"][lang],
            "values": [True, False] if one["type"] == "boolean" else list(one.get("values", ())),
            "requirement": asked.requirements[0].id,
            "also": [other.id for other in asked.requirements[1:]],
            "asks": lexicon.definitions.get(asked.requirements[0].iri, {}).get(lang, ""),
            "message": told["message"],
            "cites": told["cites"],
            "documents": list(asked.documents),
        }


def next_question(lexicon: Lexicon, assessment: Assessment, passed: Iterable[str] = ()) -> Next:
    """The next question about an assessed case. passed: fields that were asked and are not known.

    First come the facts by which rules are looked up. Then, for each field that is unknown, every answer is tried with every
    combination of the other unknown facts of each requirement; the field asked for is the one after whose answers, on the
    average over them, the fewest findings still turn on what is unknown (none do where an answer alone fails the case).
    Fields that settle as much are asked in the order of the requirements. Amounts of pay are not asked for: whether pay
    reaches the prevailing wage is a question of its own, and the answer to it settles the same.
    Raises CptppError where a field that is not known is none.
    """
    known = field_table(assessment.kind)
    for path in (given := list(passed)):
        if path not in known:
            raise CptppError(
                say("unknown field {path}", path=words.quoted(path)),
                words.suggest(words.nearest(path, known), say("Fields as in CSV.")),
            )
    return _Interviewer(lexicon, assessment, given).next()


@dataclass(slots=True)
class _Reading:
    """A way in which the case can be read, with what its requirements turn on."""

    claimed: Claimed
    turns: list[Turn]

    def outcomes(self) -> set[str]:
        """What answers can make of it; some combinations may not go together, so that this can be too many, never too few."""
        ids = {turn.requirement.id for turn in self.turns}
        found = [{outcome} for name, (outcome, _) in self.claimed.outcomes.items() if name not in ids]
        found += [{outcome for _, outcome, _ in turn.found.values()} for turn in self.turns]
        if any(one == {NOT_MET} for one in found):
            return {FAILS}
        possible = {FAILS} if any(NOT_MET in one for one in found) else set()
        possible |= {UNDETERMINED} if any(OPEN in one for one in found) else set()
        return possible if any(one <= {NOT_MET, OPEN} for one in found) else possible | {QUALIFIES}

    def unsettled(self, path: str = "", value: Value | None = None) -> int:
        """How many requirements turn on what is unknown, once a field has a value; none where the case then fails."""
        found = [
            {
                (outcome, why)
                for moves, (_, outcome, why) in turn.found.items()
                if path not in turn.values or (path, value) in moves
            }
            for turn in self.turns
        ]
        if any({outcome for outcome, _ in one} == {NOT_MET} for one in found):
            return 0
        return sum(len(one) > 1 for one in found)


class _Interviewer:
    def __init__(self, lexicon: Lexicon, assessment: Assessment, passed: Collection[str]) -> None:
        self.lexicon, self.assessment, self.passed = lexicon, assessment, passed
        self.case = Case(assessment.case, assessment.kind, assessment.facts)
        self.rulebook = words.term("rulebook", assessment.rulebook)
        self.requirements = lexicon.requirements[permit_for(self.rulebook, self.case.kind) or ""]
        self.residence = RESIDENCE[self.case.kind]
        assert assessment.linked is not None
        self.principal = trials.principal_in(assessment.linked)

    def next(self) -> Next:
        if self._hopeless():
            return self._asking(None, True)
        for path in self._opening():
            if self._unknown(path):
                return self._asking(path, False)
        real = self._readings(supposed=False)
        possible = _best_of([one.outcomes() for one in real])
        if len(possible) > 1 or possible == {QUALIFIES}:
            settled = len(possible) == 1
            return self._asking(None, True) if settled else self._asking(*self._best(real))
        return self._supposing(possible)

    def _supposing(self, real: set[str]) -> Next:
        """Where nothing that is stated leads on: whether a permanent residence that is not stated would."""
        supposed = self._readings(supposed=True)
        held = [one.outcomes() for one in supposed]
        if not self._unknown(self.residence):  # it stays unknown, and then what is supposed is not settled
            held = [{UNDETERMINED if outcome == QUALIFIES else outcome for outcome in one} for one in held]
        possible = _best_of([real, *held])
        if possible == real:
            return self._asking(None, True)
        if self._unknown(self.residence):
            return self._asking(self.residence, False)
        return self._asking(*self._best(supposed))

    def _opening(self) -> Iterator[str]:
        """What is asked first; the residence of a spouse's principal where that is what is missing."""
        yield from OPENING[self.case.kind]
        if self.case.kind != "principal" and any(self.residence in one.missing for one in self.assessment.findings):
            yield self.residence

    def _unknown(self, path: str) -> bool:
        return path not in self.case.facts and path not in self.passed

    def _asking(self, path: str | None, settled: bool = False, turns: Collection[str] = ()) -> Next:
        """Where it stands. turns: ids of the requirements that turn on the field, where that was tried out."""
        asked = None
        if path is not None:
            findings = {finding.requirement: finding for finding in self.assessment.findings}
            bears = [one for one in bearing(self.case.kind, self.requirements, path) if not turns or one.id in turns]
            open_first = sorted(bears, key=lambda one: findings[one.id].outcome != OPEN)
            documents = documents_for(self.lexicon, self.rulebook, [open_first[0].id], self.assessment.lang)
            asked = Asked(path, tuple(open_first), findings[open_first[0].id], tuple(documents))
        return Next(self.assessment, settled, asked, tuple(sorted(self.passed)))

    def _hopeless(self) -> bool:
        """Whether every reading fails on a requirement that turns on nothing unknown."""
        if self._unknown(OPENING[self.case.kind][0]) or self.assessment.outcome != FAILS:
            return False
        assert self.assessment.linked is not None
        for claimed in claims_of(self.lexicon, self.assessment.linked):
            if claimed.rulebook == self.rulebook and not any(self._certain(name) for name in claimed.of(NOT_MET)):
                return False
        return True

    def _certain(self, name: str) -> bool:
        """Whether all fields that a requirement may turn on are stated or given up."""
        one = [requirement for requirement in self.requirements if requirement.id == name]
        return not any(
            self._unknown(path) and bearing(self.case.kind, one, path)
            for path, about in field_table(self.case.kind).items()
            if "fields" not in about
        )

    # -------------------------------------------------------------- readings

    def _narrowed(self) -> Iterator[tuple[Facts, bool]]:
        """The facts of the case so that one reading is left, for each, and whether it is only supposed."""
        facts = self.case.facts
        if self.case.kind != "principal":
            yield facts, False
            return
        categories = [facts["category"]] if "category" in facts else [w[0] for w in shipped()["words"]["category"].values()]
        for category, (citizens, residents, supposed) in itertools.product(categories, self._ties()):
            narrow: dict[str, Value] = {**facts, "category": category, self.residence: residents}
            narrow.pop(OPENING["principal"][0], None)
            yield narrow | ({} if citizens is None else {OPENING["principal"][0]: citizens}), supposed

    def _ties(self) -> list[tuple[tuple[str, ...] | None, tuple[str, ...], bool]]:
        """Citizenship (None: unknown) and residence of each reading."""
        citizens: Any = self.case.facts.get(OPENING["principal"][0])
        residents: Any = self.case.facts.get(self.residence)
        found: list[tuple[tuple[str, ...] | None, tuple[str, ...], bool]] = [((code,), (), False) for code in citizens or ()]
        found += [((), (code,), False) for code in residents or ()]
        if citizens is None:
            found.append((None, (), False))
        if residents is None:
            supposed = [code for code in shipped()["residents"].get(self.rulebook, ()) if code not in (citizens or ())]
            found += [((), (code,), True) for code in supposed]
        if all(supposed for _, _, supposed in found):
            found.append(((), (), False))
        return found

    def _readings(self, supposed: bool) -> list[_Reading]:
        """Those that rest on what is stated, or those that rest on a residence that is not."""
        narrowed = [facts for facts, held in self._narrowed() if held == supposed]
        cases = [replace(self.case, id=f"{self.case.id}/{n}", facts=facts) for n, facts in enumerate(narrowed)]
        found = []
        judged = trials.verdicts(self.lexicon, cases, self.rulebook, self.principal)
        for case, (linked, claimed) in zip(cases, judged, strict=True):
            turns = Turning(self.lexicon, case, linked, claimed, every=True, passed=self.passed).turns()
            explore(self.lexicon, case, turns, self.rulebook, self.principal)
            found.append(_Reading(claimed, turns))
        return found

    # -------------------------------------------------------------- the best question

    def _best(self, readings: Sequence[_Reading]) -> tuple[str | None, bool, set[str]]:
        """What _asking takes for the field that settles most."""
        alive = [one for one in readings if one.outcomes() != {FAILS}]
        scored = []
        fields = list(field_table(self.case.kind))
        for path in dict.fromkeys(path for one in alive for turn in one.turns for path in turn.values):
            turns = [turn for one in alive for turn in one.turns if path in turn.values]
            values = list(dict.fromkeys(value for turn in turns for value in turn.values[path]))
            split = [turn for turn in turns if _splits(turn, path)]
            if split:
                left = sum(one.unsettled(path, value) for one in alive for value in values) / len(values)
                scored.append((left, self._order(split), fields.index(path), path, {turn.requirement.id for turn in split}))
        if not scored:
            return None, False, set()
        *_, path, served = min(scored, key=lambda one: one[:3])
        return path, False, served

    def _order(self, turns: Sequence[Turn]) -> int:
        """The place of the first requirement that is served; behind all for none."""
        ids = [one.id for one in self.requirements]
        return min((ids.index(turn.requirement.id) for turn in turns), default=len(ids))


def _best_of(found: Sequence[set[str]]) -> set[str]:
    """Of readings with several possible outcomes each, the possible outcomes of the best."""
    if not found:
        return set()
    return {min(chosen, key=RANK.__getitem__) for chosen in itertools.product(*found)}


def _splits(turn: Turn, path: str) -> bool:
    """Whether the finding on a requirement can turn on a field."""
    others: dict[Any, set[tuple[str, str | None]]] = {}
    for moves, (_, outcome, why) in turn.found.items():
        others.setdefault(tuple(move for move in moves if move[0] != path), set()).add((outcome, why))
    return any(len(one) > 1 for one in others.values())
