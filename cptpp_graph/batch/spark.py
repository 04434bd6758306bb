"""Judges folders of files under Spark: each file is a population of its own, judged by the code that the command runs."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from .. import artifact, words
from ..errors import CptppError, printable, say
from ..lexicon import Lexicon
from . import comparing, running
from .populations import Population

REJECT = ("place", "wrong", "mend")
ALONE = "spark.sql.files.maxPartitionBytes"  # of one byte, every file is a partition, since none of this format is divided


def judge(
    session: Any, folder: str, out: str, *, rulebook: str = "ircc", on: str | None = None, full: bool = False
) -> dict[str, int]:
    """Judges every file in a folder, of any kind that batch reads, into out/verdicts (Parquet) and out/rejects (CSV).

    session: a SparkSession; folder, out: as Spark names them, such as s3a://bucket/people. on: as --as-of. A file has 2 GB at
    most, and whole couples. Returns the numbers of verdicts and rejects. Raises CptppError where a case stands in two files.
    """
    chosen, day = words.term("rulebook", rulebook), words.date(on) if on else None
    columns = _population(chosen, day).table([], full).columns
    files = session.read.format("binaryFile").load(folder).select("path", "content")
    had = session.conf.get(ALONE)
    session.conf.set(ALONE, "1")
    try:
        found = files.mapInArrow(_work(chosen, day, full), ", ".join(f"`{name}` string" for name in (*columns, *REJECT)))
        found = found.persist()
        verdicts, rejects = found.where("wrong is null").select(_named(columns)), found.where("wrong is not null").select(*REJECT)
        twice = verdicts.groupBy("case").count().where("count > 1").limit(1).collect()
        if twice:
            raise CptppError(
                say("the case {case} stands in two files", case=printable(twice[0]["case"])), "Give each case its own id."
            )
        verdicts.write.mode("overwrite").parquet(f"{out}/verdicts")
        rejects.write.mode("overwrite").csv(f"{out}/rejects", header=True)
        counts = {"verdicts": verdicts.count(), "rejects": rejects.count()}
        found.unpersist()
        return counts
    finally:
        session.conf.set(ALONE, had)


def _named(columns: list[str]) -> list[str]:
    return [f"`{name}`" for name in columns]


@cache
def _population(rulebook: str, on: str | None) -> Population:
    """Kept by a worker from file to file: what was once judged is not judged again."""
    return Population(Lexicon(artifact.load()), rulebook, on)


def _work(rulebook: str, on: str | None, full: bool) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """What Spark runs on a partition of files: for each case a row, for each record that is none a row with the reason."""

    def work(batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            for path, content in zip(batch.column("path"), batch.column("content"), strict=True):
                yield from _judged(_population(rulebook, on), path.as_py(), content.as_py(), full)

    return work


def _judged(population: Population, path: str, content: bytes, full: bool) -> Iterator[Any]:
    """The rows of one file, as Arrow batches."""
    with tempfile.TemporaryDirectory() as folder:
        here, out = Path(folder) / path.rpartition("/")[2], Path(folder) / "out.parquet"
        here.write_bytes(content)
        population.seen.sorted = []
        running.run(population, [here], out, {}, full)
        schema = pa.schema([(name, pa.string()) for name in (*population.table([], full).columns, *REJECT)])
        rejects = pl.read_csv(running.beside(out, "rejects.csv"), infer_schema=False)
        rejects = rejects.with_columns(pl.col("place").str.replace(str(here), printable(path), literal=True))
        for frame in (*comparing.parts(out), rejects):
            yield from _filled(frame, schema.names).to_arrow(compat_level=pl.CompatLevel.oldest()).cast(schema).to_batches()


def _filled(frame: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    missing = [pl.lit(None, dtype=pl.String).alias(name) for name in columns if name not in frame.columns]
    return frame.with_columns(missing).select(columns)
