"""Judges cases in columns: the readings of each, what comes of each requirement, and which reading carries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from ..catalogue import shipped
from ..intake import Case
from ..lexicon import Lexicon, Requirement
from ..linking import READ_AS, case_claims
from ..verdict import EARL, FAILS, MET, NOT_APPLICABLE, NOT_MET, OPEN, QUALIFIES, RANK, REASONS, UNDETERMINED
from .answers import Answers, Claim, Finding, staged
from .codes import Codes, Kept, Pairs
from .columns import Book, Columns
from .lookup import Lookup
from .plan import CLAIM, Plan, View

FINDINGS: list[Finding] = [(MET, None), (NOT_MET, None), (NOT_APPLICABLE, None), *((OPEN, reason) for reason in REASONS)]
FINDING_WORDS = [": ".join(filter(None, finding)) for finding in FINDINGS]
NUMBER = {finding: number for number, finding in enumerate(FINDINGS)}
OUTCOMES = (QUALIFIES, UNDETERMINED, FAILS)
IS_OPEN = np.array([outcome == OPEN for outcome, _ in FINDINGS])
IS_FAILING = np.array([outcome == NOT_MET for outcome, _ in FINDINGS])
SHARED = NUMBER[OPEN, "text-unclear"]  # as verdict._withhold has it
TOGETHER = 2_000  # questions linked at once

Findings = npt.NDArray[np.uint8]


@dataclass(slots=True)
class Verdicts:
    """What comes of cases, in their order. outcome: place in OUTCOMES; findings: by requirement, place in FINDINGS.

    claim: place in claims of the reading that carries.
    """

    columns: Columns
    outcome: Findings
    findings: list[Findings]
    claims: list[Claim]
    claim: Codes

    def mask(self, counted: Any) -> Codes:
        """For each case a bit for each requirement, set where its finding counts. counted: by place in FINDINGS."""
        mask = np.zeros(len(self.outcome), dtype=np.int32)
        for place, findings in enumerate(self.findings):
            mask |= counted.take(findings).astype(np.int32) << place
        return mask


class Engine:
    """Judges cases of one kind under one rulebook (its IRI). What was once judged is kept for all that follow."""

    def __init__(self, lexicon: Lexicon, kind: str, rulebook: str, lookup: Lookup | None = None) -> None:
        self.plan = Plan(lexicon, kind, rulebook)
        self.book = Book(self.plan)
        self.requirements: list[Requirement] = lexicon.requirements[self.plan.permit]
        lookup = lookup or Lookup(lexicon.store)
        self._rulebook = rulebook
        self._views = [_Asked(self.plan, view, lookup, self) for view in self.plan.views]
        self._read_as = [path for path in READ_AS[kind] if path in self.plan.fields]
        self._pairs = [Pairs() for _ in (*self._read_as, "how the principal's case comes out")]
        self._ways: list[int] = []  # the claims of each way in which cases can be read, one after another
        self._readings = Kept(np.int64, 2)  # of each such way the place of the first, and how many
        self._numbers: dict[Any, int] = {}
        self._classes: dict[Any, int] = {}
        self.claims: list[Claim] = []
        self.alike: list[int] = []  # of each claim the number of those that no rule tells apart

    # -------------------------------------------------------------- readings

    def judge(self, columns: Columns) -> Verdicts:
        combined = self._combined(columns)
        firsts, lengths = self._readings.of(combined, self._pairs[-1].count, partial(self._new_readings, columns)).T
        rows = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
        places = np.arange(len(rows)) + np.repeat(firsts - (np.cumsum(lengths) - lengths), lengths)
        claims = np.array(self._ways, dtype=np.int32).take(places)
        read = _Readings(self.book, columns, rows, claims)
        findings = [view.findings(read) for view in self._views]
        _withhold(self.requirements, findings)
        supposed = np.array([bool(claim["tie"] and claim["tie"][2]) for claim in self.claims], dtype=np.int64)[claims]
        outcome, rank = _ranked(findings, supposed)
        chosen = _best(rank, rows, lengths)
        return Verdicts(columns, outcome[chosen], [one[chosen] for one in findings], self.claims, claims[chosen])

    def _combined(self, columns: Columns) -> Codes:
        """For each case the number of what tells how it can be read."""
        result = np.zeros(len(columns.ids), dtype=np.int32)
        known = [columns.codes.get(path) for path in self._read_as]
        for codes, pairs in zip((*known, _principals(columns)), self._pairs, strict=True):
            result = pairs.of(result, np.zeros_like(result) if codes is None else codes)
        return result

    def _new_readings(self, columns: Columns, places: Codes) -> Any:
        found, principals = [], _principals(columns)
        book = shipped()["words"]["rulebook"][self._rulebook][0]
        for place in places:
            case = Case("-", self.plan.kind, columns.facts(place, self._read_as))
            outcome = None if principals is None else {book: EARL[OUTCOMES[principals[place] - 1]]}
            claims = [self._number(claim) for claim in case_claims(case, [self._rulebook], outcome)]
            found.append((len(self._ways), len(claims)))
            self._ways += claims
        return found

    def _number(self, claim: Claim) -> int:
        key = (tuple(claim["category"]), claim["tie"], claim["principal"])
        if key not in self._numbers:
            self._numbers[key] = len(self.claims)
            self.claims.append(claim)
            tie = claim["tie"]
            alike = (key[0], (self.plan.alike_one("country", tie[0]), *tie[1:]) if tie and tie[0] else tie, key[2])
            self.alike.append(self._classes.setdefault(alike, len(self._classes)))
        return self._numbers[key]


def _principals(columns: Columns) -> Codes | None:
    """For spouses whose principal's case is known: the place of its outcome in OUTCOMES, from 1."""
    if columns.principals is None:
        return None
    places = {outcome: place for place, outcome in enumerate(OUTCOMES, 1)}
    return np.asarray(columns.principals["outcome"].replace_strict(places, return_dtype=pl.Int32).to_numpy())


@dataclass(slots=True)
class _Readings:
    """Cases as they can be read. rows: of each reading the place of its case; claims: its number among the engine's."""

    book: Book
    columns: Columns
    rows: Codes
    claims: Codes
    _alike: dict[str, Codes] = field(default_factory=dict)

    def alike(self, path: str) -> Codes:
        """For each reading the number of what no rule tells apart in a field."""
        if path not in self._alike:
            codes = self.book.alike(self.columns, path)
            self._alike[path] = codes if len(codes) == len(self.rows) else codes.take(self.rows)
        return self._alike[path]


# ------------------------------------------------------------------ one requirement


class _Asked:
    """One requirement asked of many claims: numbers its questions and keeps what comes of them."""

    def __init__(self, plan: Plan, view: View, lookup: Lookup, engine: Engine) -> None:
        self.view, self._engine = view, engine
        self.answers = Answers(plan, view, lookup)
        self._pairs: dict[tuple[str, str], Pairs] = {}
        self._places = {path: place for place, path in enumerate(plan.fields)}
        self._tried: tuple[str, ...] = ()
        self._reads: tuple[str, ...] = ()
        self._parts: dict[str, Kept] = {}
        self._stages = {path: Kept() for path in self.answers.staged}
        self._looks = Kept()
        self._begun, self._settings, self._findings = Kept(np.int64, 2), Kept(), Kept(np.uint8)

    def findings(self, read: _Readings) -> Findings:
        """Places in FINDINGS, for each reading."""
        view = self.view
        ask = self._questions(read)
        base, count = self._parted(CLAIM, np.array(self._engine.alike, dtype=np.int32).take(read.claims), ask)
        parts = {CLAIM: base}
        for place, path in enumerate(view.looked_up, 1):
            parts[path], _ = self._parted(path, read.alike(path), ask)
            base, count = self._joined("base", path, base, parts[path])
            if path in self.answers.staged:
                stage = partial(ask, paths=view.looked_up[:place], question=partial(self.answers.stage, path), parts=parts)
                base = self._stages[path].of(base, count, stage)
                parts, count = {staged(path): base}, len(self.answers.parts[staged(path)])
        if self.answers.looks:
            base = self._looks.of(base, count, partial(ask, paths=(), question=self.answers.look, parts=parts))
            count = self.answers.looks.count
        flags, setting = self._begun.of(base, count, partial(self._new_begun, ask, parts)).T
        for path in self._tried_now():
            tried = flags >> self._places[path] & 1
            base, count = self._joined("tried", path, base, np.where(tried, read.alike(path), 0))
        if self._tried:
            setting = self._settings.of(base, count, partial(self._new_settings, ask, parts, flags, setting))
        question, count = setting, len(self.answers.kept)
        for path in self._reads_now():
            turns = np.array([path in one.reads for one in self.answers.kept])
            question, count = self._joined("facts", path, question, np.where(turns.take(setting), read.alike(path), 0))
        found: Findings = self._findings.of(question, count, partial(self._new_findings, read, setting))
        return found

    def _parted(self, one: str, codes: Codes, ask: Callable[..., Any]) -> tuple[Codes, int]:
        """Claims or values of a field as the numbers of what the rules lay for them alone."""
        dense, count = self._joined("part", one, np.zeros_like(codes), codes)
        paths = () if one == CLAIM else (one,)
        parts = self._parts.setdefault(one, Kept()).of(
            dense, count, lambda places: ask(places, paths, partial(self.answers.part, one))
        )
        return parts, len(self.answers.parts[one])

    def _tried_now(self) -> tuple[str, ...]:
        """The fields that some claim's look-ups use beside those always looked up. Where they have become more, all is anew."""
        used = int(np.bitwise_or.reduce(self._begun.answers[:, 0]))
        tried = tuple(path for path, place in self._places.items() if used >> place & 1)
        if tried != self._tried:
            self._tried, self._settings = tried, Kept()
            self._pairs = {key: pairs for key, pairs in self._pairs.items() if key[0] != "tried"}
        return tried

    def _reads_now(self) -> tuple[str, ...]:
        """The fields on which some setting turns. Where they have become more, questions are numbered anew."""
        reads = tuple(path for path in self.view.facts if any(path in one.reads for one in self.answers.kept))
        if reads != self._reads:
            self._reads, self._findings = reads, Kept(np.uint8)
            self._pairs = {key: pairs for key, pairs in self._pairs.items() if key[0] != "facts"}
        return reads

    def _joined(self, stage: str, path: str, left: Codes, right: Codes) -> tuple[Codes, int]:
        pairs = self._pairs.setdefault((stage, path), Pairs())
        return pairs.of(left, right), pairs.count

    def _questions(self, read: _Readings) -> Callable[..., Any]:
        """What asks the rules about the claims at some places, with some facts of their cases."""

        def ask(places: Codes, paths: Any, question: Callable[..., Any], parts: Any = None) -> list[Any]:
            claims, rows = read.claims[places].tolist(), read.rows[places].tolist()
            asked: list[Any] = [
                (self._engine.claims[claim], read.columns.facts(row, paths)) for claim, row in zip(claims, rows, strict=True)
            ]
            if parts:
                numbers = zip(*(codes[places].tolist() for codes in parts.values()), strict=True)
                asked = [(*one, dict(zip(parts, each, strict=True))) for one, each in zip(asked, numbers, strict=True)]
            together = (asked[first : first + TOGETHER] for first in range(0, len(asked), TOGETHER))
            return [answer for some in together for answer in question(some)]

        return ask

    def _new_begun(self, ask: Callable[..., Any], parts: Any, places: Codes) -> list[tuple[int, int]]:
        found = ask(places, (), self.answers.begun, parts)
        return [(sum(1 << self._places[path] for path in paths), setting) for paths, setting in found]

    def _new_settings(self, ask: Callable[..., Any], parts: Any, flags: Any, begun: Any, places: Codes) -> Any:
        """Where nothing more is looked up, the setting is the one begun with."""
        found = begun[places]
        turning = flags[places] > 0
        found[turning] = ask(places[turning], self._tried, self.answers.settings, parts)
        return found

    def _new_findings(self, read: _Readings, setting: Codes, places: Codes) -> list[int]:
        wanted = (*self.view.looked_up, *self._tried, *self.view.facts)
        return [
            NUMBER[self.answers.finding(int(setting[place]), read.columns.facts(read.rows[place], wanted))] for place in places
        ]


# ------------------------------------------------------------------ verdicts, as verdict.py reaches them


def _withhold(requirements: list[Requirement], findings: list[Findings]) -> None:
    """What depends on a requirement that fails, or shares its doubt, is not judged apart from it."""
    places = {requirement.iri: place for place, requirement in enumerate(requirements)}
    withheld = [np.zeros(len(one), dtype=bool) for one in findings]
    for place, requirement in enumerate(requirements):
        own = findings[place].copy()
        for parent in (places[iri] for iri in requirement.depends_on):
            above = findings[parent]
            here = (above == NUMBER[NOT_MET, None]) | withheld[parent] | ((own == SHARED) & (above == SHARED))
            findings[place] = np.where(here, np.uint8(NUMBER[NOT_APPLICABLE, None]), findings[place])
            withheld[place] |= here


def _ranked(findings: list[Findings], supposed: Any) -> tuple[Findings, Any]:
    """Outcomes, and numbers that are the smaller the more favourable a claim is, as verdict.best has it."""
    counts = {}
    for name, codes in (
        ("not", [NUMBER[NOT_MET, None]]),
        ("blocked", [NUMBER[NOT_APPLICABLE, None]]),
        ("open", np.flatnonzero(IS_OPEN)),
    ):
        table = np.zeros(len(FINDINGS), dtype=np.int64)
        table[codes] = 1
        counts[name] = sum(table.take(one) for one in findings)
    outcome = np.where(counts["not"] > 0, OUTCOMES.index(FAILS), np.where(counts["open"] > 0, 1, 0)).astype(np.uint8)
    ranks = np.array([RANK[name] for name in OUTCOMES], dtype=np.int64)[outcome]
    rank = ranks
    for part in (supposed, counts["not"], counts["blocked"], counts["open"]):
        rank = rank * 64 + part
    return outcome, rank


def _best(rank: Any, rows: Codes, lengths: Any) -> Any:
    """For each case the place of the claim that carries it: the first of the smallest."""
    starts = np.cumsum(lengths) - lengths
    if len(rank) == len(lengths):
        return starts
    least = np.minimum.reduceat(rank, starts)
    carrying = np.flatnonzero(rank == least.take(rows))
    return carrying[np.diff(rows.take(carrying), prepend=-1) > 0]
