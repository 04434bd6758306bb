"""Makes a population by a seed, from the plainly made-up shares in data/samples/population.json."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from .. import files
from ..catalogue import shipped
from ..errors import CptppError, printable, say

TOGETHER = 200_000


def shares() -> dict[str, Any]:
    """The shares, with a note that they are made up."""
    found: dict[str, Any] = json.loads((files.root() / "data" / "samples" / "population.json").read_text(encoding="utf-8"))
    return found


def generate(count: int, seed: int, out: Path) -> None:
    """Writes so many cases (CSV or Parquet by the suffix). The same count and seed give the same cases."""
    suffix = out.name.rpartition(".")[2].lower()
    if suffix not in ("csv", "parquet"):
        raise CptppError(say("{name}: no kind of file that generate writes", name=printable(out.name)), "Suffixes: csv, parquet")
    if suffix == "csv":
        with out.open("wb") as file:
            for number, frame in enumerate(frames(count, seed)):
                frame.write_csv(file, include_header=number == 0)
        return
    import pyarrow.parquet as pq

    writer = None
    for frame in frames(count, seed):
        table = frame.to_arrow()
        writer = writer or pq.ParquetWriter(out, table.schema)
        writer.write_table(table)
    if writer:
        writer.close()


def frames(count: int, seed: int) -> Iterator[pl.DataFrame]:
    """The cases, some at a time, as words in the columns of CSV."""
    stated = shares()
    for first in range(0, max(count, 1), TOGETHER):
        yield _frame(stated, first, min(TOGETHER, count - first), np.random.default_rng([seed, first]))


def _frame(stated: dict[str, Any], first: int, count: int, rng: np.random.Generator) -> pl.DataFrame:
    kinds = list(stated["kinds"])
    kind = rng.choice(len(kinds), size=count, p=_parts(stated["kinds"]))
    columns: dict[str, pl.Series] = {
        "id": pl.select(pl.format("m{}", pl.int_range(first, first + count))).to_series(),
        "kind": pl.Series(kinds).gather(kind),
    }
    unknown = pl.Series([None] * count, dtype=pl.String)
    for place, name in enumerate(kinds):
        here = kind == place
        for path, about in stated[name].items():
            stated_here = here & (rng.random(count) >= about["unknown"])
            column = _column(about, count, rng, columns).zip_with(pl.Series(stated_here), unknown)
            columns[path] = column.zip_with(pl.Series(here), columns[path]) if path in columns else column
    return pl.DataFrame(columns)


def _column(about: dict[str, Any], count: int, rng: np.random.Generator, before: dict[str, pl.Series]) -> pl.Series:
    if "numbers" in about:
        low, high, step = about["numbers"]
        return _drawn([f"{value:g}" for value in np.arange(low, high + step / 2, step)], None, count, rng)
    if "days" in about:
        low, high = map(datetime.date.fromisoformat, about["days"])
        return _drawn([str(low + datetime.timedelta(days=day)) for day in range((high - low).days + 1)], None, count, rng)
    if "groups" in about:
        words, weights = [], []
        for edition, weight in about["groups"].items():
            known = [group for group in shipped()["groups"] if group.startswith(f"noc{edition}:")]
            words += known
            weights += [weight / len(known)] * len(known)
        return _drawn(words, weights, count, rng)
    found = _drawn(list(about["values"]), list(about["values"].values()), count, rng)
    if "as" in about:
        other = before[about["as"]].str.split(";").list.first()
        found = found.zip_with(pl.Series(rng.random(count) >= about["share"]), other)
    return found


def _drawn(words: list[str], weights: list[float] | None, count: int, rng: np.random.Generator) -> pl.Series:
    if weights is None:
        places = rng.integers(0, len(words), count)
    else:
        places = np.searchsorted(np.cumsum(_parts(dict(enumerate(weights))))[:-1], rng.random(count), side="right")
    return pl.Series(words, dtype=pl.String).gather(places)


def _parts(weights: dict[Any, float]) -> Any:
    found = np.array(list(weights.values()), dtype=float)
    return found / found.sum()
