"""Judges pieces of a population: verdicts for its cases, reasons for what is no case, and none lost."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from typing import Any

import numpy as np
import polars as pl

from ..catalogue import shipped
from ..errors import say
from ..fields import KINDS
from ..intake import Case
from ..lexicon import Lexicon
from ..linking import agreement_of
from ..words import quoted
from . import couples
from .columns import Columns
from .engine import FINDING_WORDS, IS_FAILING, IS_OPEN, OUTCOMES, Engine, Verdicts
from .frames import Frames
from .lookup import Lookup
from .pieces import Judged, Piece, Read, Reject, Seen

ORDER = ""
OCCUPATION = "offer.occupation"


class Population:
    """Judges cases of both kinds under one rulebook. on: day (YYYY-MM-DD) as which every day of receipt is read."""

    def __init__(self, lexicon: Lexicon, rulebook: str, on: str | None = None) -> None:
        lookup, self.rulebook = Lookup(lexicon.store), rulebook
        self.engines = {kind: Engine(lexicon, kind, rulebook, lookup) for kind in KINDS}
        self._frames = Frames({kind: engine.book for kind, engine in self.engines.items()})
        self._nothing = [engine.judge(engine.book.empty()) for engine in self.engines.values()]
        self._on = on
        self.seen = Seen()

    def begin(self) -> None:
        """Before each piece, and before cases that waited: values that are never alike are not kept."""
        for engine in self.engines.values():
            engine.book.begin()

    def read(self, piece: Piece) -> Read:
        """The cases of a piece in columns, and its rejects."""
        self.begin()
        found, rejects = self._frames.read(piece) if piece.words is not None else (self._of_cases(piece.cases), [])
        doubled, seen = self._doubled(found, piece)
        if self._on:
            for columns in found.values():
                number = columns.values["receivedOn"].number(self._on)
                columns.codes["receivedOn"] = np.full(len(columns.ids), number, dtype=np.int32)
        return Read(piece, found, [*piece.rejects, *rejects, *doubled], seen)

    def judge(self, read: Read) -> Judged:
        """What comes of cases. Spouses whose case names a principal's wait for couples.wed."""
        before = gc.isenabled()
        gc.disable()  # what is kept grows and holds no circles; looking for them would take a third of the time
        try:
            return self._judged(read)
        finally:
            if before:
                gc.enable()

    def _judged(self, read: Read) -> Judged:
        verdicts, principals, waiting = [], pl.DataFrame(schema=couples.SCHEMA), None
        for kind, columns in read.found.items():
            if columns.names is not None and columns.names.is_not_null().any():
                naming = columns.names.is_not_null().to_numpy()
                waiting = columns.taken(np.flatnonzero(naming))
                waiting.places = [_place(waiting, place, read.piece) for place in range(len(waiting.ids))]
                columns = columns.taken(np.flatnonzero(~naming))
            verdicts.append(self.engines[kind].judge(columns))
            if kind == "principal":
                principals = couples.standings(self.engines[kind], verdicts[-1], *self.carried(verdicts[-1])[:2])
        waits = 0 if waiting is None else len(waiting.ids)
        if sum(len(one.outcome) for one in verdicts) + waits + len(read.rejects) != read.piece.size:
            raise RuntimeError(f"{read.piece.name}: not all of its {read.piece.size} records were judged or rejected")
        return Judged(read, verdicts, principals, waiting)

    def _of_cases(self, cases: list[Case]) -> dict[str, Columns]:
        kinds = dict.fromkeys(case.kind for case in cases)
        return {kind: self.engines[kind].book.columns(one for one in enumerate(cases) if one[1].kind == kind) for kind in kinds}

    def _doubled(self, found: dict[str, Columns], piece: Piece) -> tuple[list[Reject], Any]:
        """Takes out the cases whose ids were seen before; and the hashes of the others."""
        ids = [pl.Series(columns.ids, dtype=pl.String) for columns in found.values()]
        fresh, seen = self.seen.fresh(pl.concat(ids) if ids else pl.Series([], dtype=pl.String))
        rejects: list[Reject] = []
        if fresh.all():
            return rejects, seen
        for kind, columns in found.items():
            here, fresh = fresh[: len(columns.ids)], fresh[len(columns.ids) :]
            for place in np.flatnonzero(~here).tolist():
                wrong = say("the id {id} stands already in what was read", id=quoted(columns.ids[place]))
                rejects.append(Reject(_place(columns, place, piece), wrong, say("Give each case its own id.")))
            found[kind] = columns.taken(np.flatnonzero(here))
        return rejects, seen

    # -------------------------------------------------------------- frames of verdicts

    def table(self, verdicts: list[Verdicts], full: bool = False) -> pl.DataFrame:
        """A row per case in the order read: case, category, outcome, failing, open; with full also country, occupations
        (its major group) and a column per requirement."""
        return self.numbered(verdicts, full).sort(ORDER).drop(ORDER)

    def numbered(self, verdicts: list[Verdicts], full: bool) -> pl.DataFrame:
        """The same, not sorted, with the place of each case in its piece as the column ORDER."""
        return pl.concat([self._frame(found, full) for found in verdicts or self._nothing])

    def carried(self, found: Verdicts) -> tuple[pl.Series, pl.Series, pl.Series]:
        """The country, the category and the major group of occupations under which each case counts.

        A spouse counts under country and category of the principal.
        """
        engine = self.engines[found.columns.kind]
        category = named(found.claim, [category_of(claim) for claim in engine.claims])
        if found.columns.principals is not None:
            theirs = found.columns.principals
            return (
                theirs["country"],
                theirs["category"].zip_with(theirs["category"].is_not_null(), category),
                _groups(found),
            )
        if found.columns.kind == "spouse":
            return self._principals_country(found), category, _groups(found)
        return named(found.claim, [country_of(claim) for claim in engine.claims]), category, _groups(found)

    def _principals_country(self, found: Verdicts) -> pl.Series:
        """Where the principal's case is not known, the first country stated of the principal, a Party if there is one."""
        parties = shipped()["agreements"][agreement_of(self.rulebook)]["parties"]
        paths = [path for path, theirs in couples.TAKEN.items() if theirs != "category"]
        known = [found.columns.coded(path) for path in paths]
        codes = np.stack([codes for _, codes in known])
        distinct, places = np.unique(codes, axis=1, return_inverse=True)
        words = []
        for column in distinct.T.tolist():
            stated = [country for (values, _), code in zip(known, column, strict=False) for country in values[code] or ()]
            words.append(next((one for one in stated if one in parties), next(iter(stated), None)))
        return named(places.reshape(-1), words)

    def _frame(self, found: Verdicts, full: bool) -> pl.DataFrame:
        engine = self.engines[found.columns.kind]
        columns: dict[str, pl.Series] = {
            ORDER: pl.Series(found.columns.order, dtype=pl.Int64),
            "case": pl.Series(found.columns.ids, dtype=pl.String),
            "category": named(found.claim, [category_of(claim) for claim in engine.claims]),
            "outcome": named(found.outcome, OUTCOMES),
            "failing": _listed(engine, found, IS_FAILING),
            "open": _listed(engine, found, IS_OPEN),
        }
        if full:
            columns["country"], _, columns["occupations"] = self.carried(found)
            places = {one.id: place for place, one in enumerate(engine.requirements)}
            for other in (one for known in self.engines.values() for one in known.requirements):
                here = found.findings[places[other.id]] if other.id in places else None
                nothing = pl.Series([None] * len(found.outcome), dtype=pl.String)
                columns[other.id] = nothing if here is None else named(here, FINDING_WORDS)
        return pl.DataFrame(columns)


def named(codes: Any, words: Iterable[str | None]) -> pl.Series:
    """Codes as the words that they stand for."""
    return pl.Series(list(words), dtype=pl.String).gather(codes)


def category_of(claim: dict[str, Any]) -> str | None:
    iris = claim["category"]
    return str(shipped()["words"]["category"][iris[0]][0]) if len(iris) == 1 else None


def country_of(claim: dict[str, Any]) -> str | None:
    """The country on which a claim rests, by its code."""
    tie = claim["tie"]
    return str(tie[0]) if tie and tie[0] else None


def _groups(found: Verdicts) -> pl.Series:
    """The major group of the stated occupation: edition and first digit of its code."""
    if OCCUPATION not in found.columns.values:
        return pl.Series([None] * len(found.outcome), dtype=pl.String)
    values, codes = found.columns.coded(OCCUPATION)
    return named(codes, [_group(value) for value in values])


def _group(value: Any) -> str | None:
    if not value:
        return None
    edition, _, code = value[-1].partition(":")
    return f"{edition}:{code[0]}"


def _listed(engine: Engine, found: Verdicts, counted: Any) -> pl.Series:
    """For each case the ids of the requirements whose finding counts, with ; between."""
    mask = found.mask(counted)
    ids = [one.id for one in engine.requirements]
    table = np.zeros(1 << len(ids), dtype=np.int32)
    table[mask] = 1
    distinct = np.flatnonzero(table)
    table[distinct] = np.arange(len(distinct))
    return named(
        table.take(mask), [";".join(name for place, name in enumerate(ids) if one >> place & 1) for one in distinct.tolist()]
    )


def _place(columns: Columns, place: int, piece: Piece) -> str:
    at = columns.places[place]
    return piece.place(at) if piece.words is not None else str(at)
