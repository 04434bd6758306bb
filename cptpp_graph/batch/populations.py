"""Judges pieces of a population: verdicts for its cases, reasons for what is no case, and none lost."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from typing import Any

import numpy as np
import polars as pl

from ..catalogue import shipped
from ..fields import KINDS
from ..intake import Case
from ..lexicon import Lexicon
from ..verdict import NOT_MET
from ..words import quoted
from .columns import Columns
from .engine import FINDINGS, IS_OPEN, NUMBER, OUTCOMES, Engine, Verdicts
from .frames import FOLLOWED, NOT_FOLLOWED, Frames
from .lookup import Lookup
from .pieces import Piece, Reject, Seen


class Population:
    """Judges cases of both kinds under one rulebook. on: day (YYYY-MM-DD) as which every day of receipt is read."""

    def __init__(self, lexicon: Lexicon, rulebook: str, on: str | None = None) -> None:
        lookup = Lookup(lexicon.store)
        self.engines = {kind: Engine(lexicon, kind, rulebook, lookup) for kind in KINDS}
        self._frames = Frames({kind: engine.book for kind, engine in self.engines.items()})
        self._on = on
        self.seen = Seen()

    def judge(self, piece: Piece) -> tuple[dict[str, Verdicts], list[Reject]]:
        """What comes of the records of a piece: verdicts by kind of case, and rejects."""
        before = gc.isenabled()
        gc.disable()  # what is kept grows and holds no circles; looking for them would take a third of the time
        try:
            return self._judged(piece)
        finally:
            if before:
                gc.enable()

    def _judged(self, piece: Piece) -> tuple[dict[str, Verdicts], list[Reject]]:
        for engine in self.engines.values():
            engine.book.begin()
        if piece.words is not None:
            found, rejects = self._frames.read(piece)
        else:
            found, rejects = self._of_cases(piece.cases)
        rejects = [*piece.rejects, *rejects]
        verdicts = {}
        rejects += self._doubled(found, piece)
        for kind, columns in found.items():
            if self._on and len(columns.ids):
                number = self.engines[kind].book.values["receivedOn"].number(self._on)
                columns.codes["receivedOn"] = np.full(len(columns.ids), number, dtype=np.int32)
            verdicts[kind] = self.engines[kind].judge(columns)
        if sum(len(one.outcome) for one in verdicts.values()) + len(rejects) != piece.size:
            raise RuntimeError(f"{piece.name}: of {piece.size} records not all were judged or rejected; there is no verdict")
        return verdicts, rejects

    def _of_cases(self, cases: list[Case]) -> tuple[dict[str, Columns], list[Reject]]:
        rejects = [Reject(str(case.place), *NOT_FOLLOWED) for case in cases if FOLLOWED in case.facts]
        fit = [case for case in cases if FOLLOWED not in case.facts]
        kinds = dict.fromkeys(case.kind for case in fit)
        return {
            kind: self.engines[kind].book.columns(one for one in enumerate(fit) if one[1].kind == kind) for kind in kinds
        }, rejects

    def _doubled(self, found: dict[str, Columns], piece: Piece) -> list[Reject]:
        """Takes out the cases whose ids were seen before."""
        ids = [pl.Series(columns.ids, dtype=pl.String) for columns in found.values()]
        fresh = self.seen.fresh(pl.concat(ids) if ids else pl.Series([], dtype=pl.String))
        rejects: list[Reject] = []
        if fresh.all():
            return rejects
        for columns in found.values():
            here, fresh = fresh[: len(columns.ids)], fresh[len(columns.ids) :]
            for place in np.flatnonzero(~here).tolist():
                wrong = f"the id {quoted(columns.ids[place])} stands already in what was read"
                rejects.append(Reject(_place(columns, place, piece), wrong, "Give each case its own id."))
            kept = np.flatnonzero(here)
            columns.ids = pl.Series(columns.ids, dtype=pl.String).gather(kept)
            columns.places = [columns.places[place] for place in kept]
            columns.order = columns.order[kept]
            columns.codes = {path: codes[kept] for path, codes in columns.codes.items()}
        return rejects

    # -------------------------------------------------------------- frames of verdicts

    def table(self, verdicts: dict[str, Verdicts], full: bool = False) -> pl.DataFrame:
        """A row per case in the order read: case, category, outcome, failing, open; with full also a column per requirement."""
        frames = [self._frame(self.engines[kind], found, full) for kind, found in verdicts.items()]
        if not frames:
            nothing = np.zeros(0, dtype=np.int64)
            frames = [self._frame(one, one.judge(Columns(kind, [], [], nothing)), full) for kind, one in self.engines.items()]
        return pl.concat(frames).sort("").select(self.header(full))

    def header(self, full: bool) -> list[str]:
        ids = [one.id for engine in self.engines.values() for one in engine.requirements] if full else []
        return ["case", "category", "outcome", "failing", "open", *ids]

    def _frame(self, engine: Engine, found: Verdicts, full: bool) -> pl.DataFrame:
        columns: dict[str, pl.Series] = {
            "": pl.Series(found.columns.order, dtype=pl.Int64),
            "case": pl.Series(found.columns.ids, dtype=pl.String),
            "category": named(found.claim, [category_of(claim) for claim in engine.claims]),
            "outcome": named(found.outcome, OUTCOMES),
            "failing": _listed(engine, found, np.arange(len(FINDINGS)) == NUMBER[NOT_MET, None]),
            "open": _listed(engine, found, IS_OPEN),
        }
        if full:
            words = [": ".join(filter(None, finding)) for finding in FINDINGS]
            places = {one.id: place for place, one in enumerate(engine.requirements)}
            for other in (one for known in self.engines.values() for one in known.requirements):
                here = found.findings[places[other.id]] if other.id in places else None
                nothing = pl.Series([None] * len(found.outcome), dtype=pl.String)
                columns[other.id] = nothing if here is None else named(here, words)
        return pl.DataFrame(columns)


def named(codes: Any, words: Iterable[str | None]) -> pl.Series:
    """Codes as the words that they stand for."""
    return pl.Series(list(words), dtype=pl.String).gather(codes)


def category_of(claim: dict[str, Any]) -> str | None:
    iris = claim["category"]
    return str(shipped()["words"]["category"][iris[0]][0]) if len(iris) == 1 else None


def _listed(engine: Engine, found: Verdicts, counted: Any) -> pl.Series:
    """For each case the ids of the requirements whose finding counts, with ; between."""
    mask = np.zeros(len(found.outcome), dtype=np.int32)
    for place, findings in enumerate(found.findings):
        mask |= counted[findings].astype(np.int32) << place
    ids = [one.id for one in engine.requirements]
    distinct = np.unique(mask)
    table = np.zeros(1 << len(ids), dtype=np.int32)
    table[distinct] = np.arange(len(distinct))
    return named(table[mask], [";".join(name for place, name in enumerate(ids) if one >> place & 1) for one in distinct.tolist()])


def _place(columns: Columns, place: int, piece: Piece) -> str:
    at = columns.places[place]
    return f"{piece.name}:{piece.lines[at]}" if piece.words is not None else str(at)
