"""What is read and judged together: some records of a file, and those among them that cannot be judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..intake import Case

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that cannot be judged. place: file and line or record; wrong, mend: as an error says it."""

    place: str
    wrong: str
    mend: str


@dataclass(slots=True)
class Piece:
    """Some records of a file. words: a column of text per field, for tables; cases: for the rest, read whole.

    lines: of each record of a table, its line or number; size: how many records; position: bytes of the file read by now.
    """

    name: str
    words: pl.DataFrame | None = None
    lines: Any = None
    cases: list[Case] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    size: int = 0
    position: int = 0
