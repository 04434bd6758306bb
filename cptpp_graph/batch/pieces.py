"""What is read and judged together: some records of a file, those among them that cannot be judged, and names seen so far."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from ..errors import CptppError, Said
from ..intake import Case
from ..words import quoted

if TYPE_CHECKING:
    import pyarrow as pa

    from .columns import Columns
    from .engine import Verdicts


AGAIN = re.compile(r"^\s*[:,] ")  # after the place, which a reject names apart


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that cannot be judged. place: file and line or record; wrong, mend: as an error says it."""

    place: str
    wrong: Said
    mend: Said

    def told(self, lang: str) -> dict[str, str]:
        """As it stands in a file, in a language."""
        wrong, mend = CptppError(self.wrong, self.mend).told(lang)
        return {"place": self.place, "wrong": AGAIN.sub("", wrong.removeprefix(self.place)), "mend": mend}


@dataclass(slots=True)
class Piece:
    """Some records of a file. words: a column of texts per field, for tables; cases: for the rest, read whole.

    lines: of each record, its line or number, or its id; size: how many records; position: bytes of the file read by now.
    """

    name: str
    words: pa.Table | None = None
    lines: Any = None
    cases: list[Case] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    size: int = 0
    position: int = 0

    def place(self, record: int) -> str:
        """Where a record of a table stands, as an error says it."""
        line = self.lines[int(record)]
        return f"{self.name}:{line}" if isinstance(line, int) else f"{self.name}, case {quoted(line or '')}"


@dataclass(slots=True)
class Read:
    """The cases of a piece, of each kind in columns, and its rejects. seen: hashes of ids that were not seen before it."""

    piece: Piece
    found: dict[str, Columns]
    rejects: list[Reject]
    seen: Any


@dataclass(slots=True)
class Judged:
    """What comes of a piece. verdicts: at most one of each kind; and what couples need.

    principals: how principals' cases come out, as couples.standings has it; waiting: spouses whose case names one.
    """

    read: Read
    verdicts: list[Verdicts]
    principals: pl.DataFrame
    waiting: Columns | None


def hashed(ids: pl.Series) -> pl.Series:
    """Ids as 8 bytes each."""
    return ids.hash(seed=1)


class Seen:
    """The ids, or nodes, seen so far, as hashes of 8 bytes; of ten million, two are alike in one of some 370,000 runs."""

    def __init__(self) -> None:
        self.sorted: list[Any] = []

    def fresh(self, ids: pl.Series) -> tuple[Any, Any]:
        """Which of the ids are seen for the first time, of equal ones among them the first; and the hashes of these, sorted."""
        hashes = hashed(ids).to_numpy()
        order = np.argsort(hashes, kind="stable")
        ordered = hashes[order]
        known = np.zeros(len(hashes), dtype=bool)
        known[1:] = ordered[1:] == ordered[:-1]
        for before in self.sorted:
            places = np.searchsorted(before, ordered)
            known |= before.take(places, mode="clip") == ordered
        fresh = np.empty(len(hashes), dtype=bool)
        fresh[order] = ~known
        last = new = ordered[~known]
        while self.sorted and len(self.sorted[-1]) <= 2 * len(new):
            new = np.sort(np.concatenate([self.sorted.pop(), new]), kind="stable")
        if len(new):
            self.sorted.append(new)
        return fresh, last
