"""Judges a table of cases that a program holds, and gives the results as the same kind of table."""

from __future__ import annotations

from typing import Any

import polars as pl

from ..errors import CptppError, say
from ..lexicon import Lexicon
from . import comparing, couples
from .pieces import Piece
from .populations import Population
from .reading import in_words


def batch(lexicon: Lexicon, frame: Any, rulebook: str, on: str | None, full: bool) -> Any:
    """Raises CptppError for the first record that cannot be judged."""
    given = _polars(frame)
    words = in_words(given.to_arrow(), say("the table"))
    piece = Piece("record", words, range(1, words.num_rows + 1), size=words.num_rows)
    population = Population(lexicon, rulebook, on)
    verdicts, rejects = couples.together(population, piece)
    if rejects:
        place, wrong, _ = rejects[0].told("en").values()
        raise CptppError(
            say("{place}: {wrong} (of {count} such records)", place=place, wrong=wrong, count=len(rejects)), rejects[0].mend
        )
    order = given.select(case=pl.col("id").cast(pl.String).str.strip_chars()).with_row_index("")
    found = order.join(population.table(verdicts, full), on="case", maintain_order="left").drop("")
    return _as_given(found, frame)


def compare(before: Any, after: Any) -> Any:
    """The cases of two answers that come out otherwise."""
    return _as_given(comparing.compare([_polars(before)], [_polars(after)]).affected, before)


def _as_given(found: pl.DataFrame, frame: Any) -> Any:
    if isinstance(frame, pl.DataFrame):
        return found
    return found.to_pandas() if hasattr(frame, "iloc") else found.to_arrow()


def _polars(frame: Any) -> pl.DataFrame:
    if isinstance(frame, pl.DataFrame):
        return frame
    try:
        found = pl.from_pandas(frame) if hasattr(frame, "iloc") else pl.from_arrow(frame)
    except TypeError:
        raise CptppError(
            say("{name} is no table", name=type(frame).__name__), "Give a Polars or pandas frame, or an Arrow table."
        ) from None
    assert isinstance(found, pl.DataFrame)
    return found
