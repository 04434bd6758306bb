"""Compares two runs over the same cases: who comes out otherwise, and by which requirement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
from pyarrow import parquet

from ..errors import CptppError, LimitReached, Part, printable, say
from ..verdict import NOT_MET, OPEN, RANK
from .engine import FINDING_WORDS
from .reading import TOGETHER, file_state, is_text

ABOUT = ("country", "category", "occupations")
NEEDED = ("case", "outcome", *ABOUT)
COLUMNS = ("case", *ABOUT, "before", "after", "requirements")
OTHERS = ("failing", "open")
COLUMN = r"[a-z][a-z-]{0,59}"
WORD = r"^[0-9A-Za-z:-]{1,40}$"
MEND = say("Compare what batch --full wrote as .parquet.")
MOST_APART = 5_000_000  # cases
NONE = "none"


@dataclass(slots=True)
class Comparison:
    """What is counted. compared: cases in both; alone: in one only; alike: of the same outcome on other findings.

    affected: a row for each case that comes out otherwise; country, category and occupations are those of before, where known.
    requirements: where it comes out worse, those whose finding became worse; where better, those whose finding became better.
    """

    compared: int = 0
    alone: int = 0
    alike: int = 0
    parts: list[pl.DataFrame] = field(default_factory=lambda: [pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.String))])

    @property
    def affected(self) -> pl.DataFrame:
        return pl.concat(self.parts)


def compare(before: Iterable[pl.DataFrame], after: Iterable[pl.DataFrame]) -> Comparison:
    """Two runs with --full, part by part. Raises CptppError where they are not, LimitReached where hardly a case is in both."""
    found = Comparison()
    left = right = None
    for here, there in zip_longest(before, after):
        left, right = _more(left, here), _more(right, there)
        if left is None or right is None:
            continue
        try:
            _count(found, left.join(right, on="case", suffix=" after", maintain_order="left", validate="1:1"))
        except pl.exceptions.ComputeError:
            raise CptppError("a case stands twice in a run to be compared", MEND) from None
        left, right = left.join(right, on="case", how="anti"), right.join(left, on="case", how="anti")
        if max(left.height, right.height) > MOST_APART:
            raise LimitReached("the two runs have hardly a case in common", "Compare two runs over the same cases.")
    found.alone = sum(one.height for one in (left, right) if one is not None)
    return found


def _more(known: pl.DataFrame | None, new: pl.DataFrame | None) -> pl.DataFrame | None:
    if new is None:
        return known
    if missing := [name for name in NEEDED if name not in new.columns]:
        raise CptppError(say("a run to be compared lacks {columns}", columns=", ".join(missing)), "Run batch with --full.")
    plain = _checked(new.drop(OTHERS, strict=False))
    return plain if known is None else pl.concat([known, plain], how="diagonal")


def _checked(run: pl.DataFrame) -> pl.DataFrame:
    """A part of a run as batch writes it, all in texts. Raises CptppError where it holds anything else."""
    for name, kind in run.schema.items():
        if not re.fullmatch(COLUMN, name) or not isinstance(kind, pl.String | pl.Categorical | pl.Enum | pl.Null):
            raise _strange(name)
    run = run.with_columns(pl.all().cast(pl.String))
    words = {name: [*FINDING_WORDS, None] for name in run.columns if name not in NEEDED} | {"outcome": [*RANK]}
    for name, known in words.items():
        if not run[name].is_in(known, nulls_equal=True).all():
            raise _strange(name)
    for name in ABOUT:
        if not run[name].str.contains(WORD).all():
            raise _strange(name)
    if run["case"].null_count():
        raise _strange("case")
    return run


def _strange(column: str) -> CptppError:
    told = say("the column {column} is not as batch writes it", column=printable(column))
    return CptppError(told, MEND)


def _count(found: Comparison, both: pl.DataFrame) -> None:
    requirements = [name for name in both.columns if name not in NEEDED and f"{name} after" in both.columns]
    ranks = {name: (_rank(name), _rank(f"{name} after")) for name in requirements}
    worse = pl.col("outcome").replace_strict(RANK) < pl.col("outcome after").replace_strict(RANK)
    moved = {name: pl.when(worse).then(first < second).otherwise(first > second) for name, (first, second) in ranks.items()}
    named = pl.concat_str(
        [pl.when(one).then(pl.lit(name)) for name, one in moved.items()] or [pl.lit("")], separator=";", ignore_nulls=True
    )
    about = [pl.coalesce(name, f"{name} after").alias(name) for name in ABOUT]
    same = pl.col("outcome") == pl.col("outcome after")
    affected = both.filter(~same).select("case", *about, before="outcome", after="outcome after", requirements=named)
    other = pl.any_horizontal([pl.lit(False), *(pl.col(name).ne_missing(pl.col(f"{name} after")) for name in requirements)])
    found.compared += both.height
    found.alike += both.filter(same & other).height
    found.parts.append(affected)


def _rank(column: str) -> pl.Expr:
    """How much a finding stands in the way."""
    one = pl.col(column)
    return pl.when(one == NOT_MET).then(2).when(one.str.starts_with(OPEN)).then(1).otherwise(0)


def parts(path: Path) -> Iterator[pl.DataFrame]:
    """The rows of a Parquet file. Raises CptppError where it is none."""
    name: Part = printable(str(path))
    try:
        file_state(path)
        with parquet.ParquetFile(path) as file:
            for column in file.schema_arrow:
                if not (is_text(column.type) or pa.types.is_null(column.type)):
                    raise _strange(column.name)
            for batch in file.iter_batches(TOGETHER):
                frame = pl.from_arrow(batch)
                assert isinstance(frame, pl.DataFrame)
                yield frame
    except OSError as error:
        raise CptppError(
            say("cannot read {name}: {reason}", name=name, reason=str(error.strerror or error)), "Name files that exist."
        ) from None
    except (pa.ArrowException, pl.exceptions.PolarsError) as error:
        raise CptppError(
            say("{name} is not Parquet: {reason}", name=name, reason=printable(str(error))),
            "Compare results written as .parquet.",
        ) from None


# ------------------------------------------------------------------ as text


def text(found: Comparison) -> str:
    """Counts for a terminal: from outcome to outcome by country, category, group of occupations and requirement."""
    affected = found.affected
    moves = affected.select(move=pl.concat_str("before", pl.lit(" > "), "after")).to_series()
    lines = [
        f"{found.compared:,} cases in both: {affected.height:,} come out otherwise, {found.alike:,} the same by other findings"
    ]
    lines += [f"{found.alone:,} cases are in one only"] if found.alone else []
    frame = affected.with_columns(move=moves)
    for column in (*ABOUT, "requirements"):
        split = frame.with_columns(pl.col(column).str.split(";")).explode(column) if column == "requirements" else frame
        lines += ["", *_table(split, column)]
    return "\n".join(lines) + "\n"


def _table(frame: pl.DataFrame, column: str) -> Iterator[str]:
    counts: dict[Any, dict[str, int]] = {}
    for value, move, count in frame.group_by(column, "move").len().sort(column, "move", nulls_last=True).iter_rows():
        counts.setdefault(value or NONE, {})[move] = count
    moves = sorted({move for one in counts.values() for move in one})
    yield f"{column:<28}" + "".join(f"  {move:>32}" for move in moves)
    for value, one in counts.items():
        yield f"{value:<28}" + "".join(f"  {one.get(move, 0):>32,}" for move in moves)
