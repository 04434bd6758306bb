"""What a population takes in batch, first and again, against other SHACL engines on the same cases and against reading alone.

Prints ratios and rates; both depend on the machine. All contestants must agree. Run alone: python benchmarks/batch.py
The others are those of peers.py, each where it is installed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import peers
import polars as pl
import pyoxigraph as ox
from peers import cpu

from cptpp_graph import CptppGraph, compiled, intake, linking, trials, words
from cptpp_graph.batch import generate, reading, running
from cptpp_graph.batch.populations import Population

RULEBOOK, SAMPLE, BILLION = "ircc", 200, 1_000_000_000
STATED = 10_000  # cases written as N-Quads


def judged_pieces(population: Population, path: Path) -> Iterator[pl.DataFrame]:
    population.seen.sorted = []
    return (population.table(population.judge(population.read(piece)).verdicts, full=True) for piece in reading.pieces(path))


def judged(population: Population, path: Path) -> pl.DataFrame:
    return pl.concat(judged_pieces(population, path))


def sample(path: Path, count: int) -> list[intake.Case]:
    """The first cases, read as assess reads them."""
    few = path.with_name("few.csv")
    few.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[: count + 1]), encoding="utf-8")
    return intake.cases(few)


def many(kg: CptppGraph, count: int, folder: Path, price: float) -> None:
    """What a thousand million cases would take, from four files of so many cases, one after the other; then Spark."""
    files = folder / "files"
    files.mkdir()
    for seed in range(1, 5):
        path = files / f"{seed}.parquet"
        generate.generate(count, seed, path)
        pl.read_parquet(path).with_columns(pl.concat_str(pl.lit(f"{seed}-"), "id").alias("id")).write_parquet(path)
    population = Population(kg.lexicon, words.term("rulebook", RULEBOOK))
    seconds = [cpu(lambda path=path: judged(population, path))[0] for path in sorted(files.iterdir())]
    rate, learning = count / seconds[-1], seconds[0] - seconds[-1]
    print(f"four files of {count:,} cases of Parquet, CPU seconds: {', '.join(f'{one:.1f}' for one in seconds)}")
    hours = BILLION / rate / 3600
    print(f"{BILLION:,} cases: {hours:,.1f} core hours, and {learning / 60:,.1f} minutes for each worker to learn the questions")
    print(f"by 64 workers: {hours / 64 + learning / 3600:,.2f} hours and, at {price} a core hour, {hours * price:,.2f}")
    print(f"ratio: a case costs {alone(kg, rate):,.0f} times less than with compiled shapes one by one")
    by_spark(files, 4 * count)


def alone(kg: CptppGraph, rate: float) -> float:
    with tempfile.TemporaryDirectory() as folder:
        generate.generate(SAMPLE, 9, Path(folder) / "few.csv")
        some = intake.cases(Path(folder) / "few.csv")
    seconds, _ = cpu(lambda: list(trials.verdicts(kg.lexicon, some, words.term("rulebook", RULEBOOK))))
    return rate * seconds / SAMPLE


def by_spark(files: Path, count: int) -> None:
    """Wall time, start of the workers and learning included, with one worker and with two."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        print("Spark: not installed")
        return
    from cptpp_graph.batch import spark

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    for workers in (1, 2):
        session = SparkSession.builder.master(f"local[{workers}]").config("spark.ui.enabled", "false").getOrCreate()
        start = time.perf_counter()
        found = spark.judge(session, str(files), str(files.with_name(f"out-{workers}")))
        seconds = time.perf_counter() - start
        print(f"Spark local[{workers}]: {sum(found.values()):,} cases, {count / seconds:,.0f} a second by the clock")
        session.stop()


def compare(claims: linking.Linked, cases: int) -> dict[str, float]:
    """Prints how fast each engine judges the claims of so many cases by the same shapes; the others' seconds for one, by name."""
    ours, results = min((cpu(lambda: compiled.judge(claims)) for _ in range(2)), key=lambda one: one[0])
    mine = peers.Counter((one.claim, one.shape, one.severity.capitalize(), one.value or "") for one in results)
    print("judging alone, from what each takes best, the better of two:")
    print(f"  compiled shapes: {cases / ours:,.0f} cases a second, {len(results):,} results")
    graph, seconds = claims.graph(), {}
    for name in peers.PEERS:
        try:
            answer = peers.ask(name, graph)
        except peers.Missing as reason:
            print(f"  {name}: {reason}")
            continue
        assert answer.agrees(mine), name
        seconds[name] = answer.seconds / cases
        compared = "each result the same" if answer.whole else "the same shapes for each node"
        start = f", start of {answer.deducted:.1f} s deducted" if answer.deducted else ""
        ratio = f"takes {answer.seconds / ours:,.1f} times as long"
        print(f"  {name}: {cases / answer.seconds:,.0f} cases a second{start}; {ratio}; {compared}")
    return seconds


def statements(table: Path, count: int, population: Population) -> None:
    """N-Quads against iterating them: read, and read and judged."""
    quads = table.with_name("cases.nq")
    quads.write_bytes(b"".join(map(intake.as_ntriples, sample(table, count))))
    iterated, _ = cpu(lambda: sum(1 for _ in ox.parse(path=quads, format=ox.RdfFormat.N_QUADS)))
    read, _ = cpu(lambda: list(reading.pieces(quads)))
    all_of_it, _ = cpu(lambda: judged(population, quads))
    print(f"N-Quads, {count:,} cases: read at {iterated / read:.2f} of the rate at which pyoxigraph iterates them,")
    print(f"  read and judged, every question answered before, at {iterated / all_of_it:.2f} of it")


def by_size(kg: CptppGraph, most: int) -> None:
    """Whether cost is linear: files of growing size, each run as the command does, by who knows nothing yet, then again."""
    size, rulebook = 1_000, words.term("rulebook", RULEBOOK)
    print("by the clock, after the start:")
    while size <= most:
        for suffix in ("parquet", "csv"):
            with tempfile.TemporaryDirectory() as folder:
                path, population = Path(folder) / f"cases.{suffix}", Population(kg.lexicon, rulebook)
                generate.generate(size, 1, path)
                first, again = (size / ran(population, path) for _ in range(2))
            print(
                f"{size:>12,} cases of {suffix:8}: {size / first:8.2f} s, {first:>9,.0f} a second; again {again:>9,.0f} a second"
            )
        size *= 10


def ran(population: Population, path: Path) -> float:
    """Seconds by the clock for a file to a file."""
    population.seen.sorted = []
    start = time.perf_counter()
    running.run(population, [path], path.with_name("out.parquet"), {})
    return time.perf_counter() - start


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--sample", type=int, default=SAMPLE, help="of these the first so many are judged by the other engines")
    parser.add_argument("--sizes", type=int, metavar="MOST", help="what populations of 1,000 to so many cases take, instead")
    parser.add_argument("--many", action="store_true", help="what a thousand million cases take, and Spark, instead")
    parser.add_argument("--price", type=float, default=0.05, help="of a core hour")
    asked = parser.parse_args()
    if asked.many:
        many(CptppGraph.open(), asked.cases, Path(tempfile.mkdtemp()), asked.price)
        return 0
    if asked.sizes:
        by_size(CptppGraph.open(), asked.sizes)
        return 0
    folder = Path(tempfile.mkdtemp())
    table, kg = folder / "cases.csv", CptppGraph.open()
    generate.generate(asked.cases, 1, table)
    rulebook = words.term("rulebook", RULEBOOK)
    begun, population = cpu(lambda: Population(kg.lexicon, rulebook))
    first, found = cpu(lambda: judged(population, table))
    again, same = cpu(lambda: judged(population, table))
    assert found.equals(same)
    some = sample(table, min(asked.sample, asked.cases))
    alone, claimed = cpu(lambda: list(trials.verdicts(kg.lexicon, some, rulebook)))
    rows = {row["case"]: row for row in found.head(len(some)).iter_rows(named=True)}
    for case, (_, one) in zip(some, claimed, strict=True):
        assert rows[case.id]["outcome"] == one.outcome, case.id
    print(f"{asked.cases:,} cases of CSV, CPU time; the first {len(some)} of them judged by the others too")
    print(f"start (plan and shapes): {begun:.2f} s")
    seconds = compare(linking.link_all(kg.store, some, rulebooks=[rulebook]), len(some))
    fastest = min(seconds, key=lambda name: seconds[name])
    for what, taken in (("first pass", first), ("again, every question answered before", again)):
        alike, fast = (seconds[name] * asked.cases / taken for name in ("pySHACL", fastest))
        print(f"{what}: {asked.cases / taken:,.0f} cases a second")
        print(f"  {alike:,.0f} times pySHACL's validation alone, {fast:,.1f} times that of the fastest rival, {fastest}")
    print(f"one by one with compiled shapes (trials): {len(some) / alone:,.0f} cases a second")
    statements(table, min(STATED, asked.cases), population)
    return 0


if __name__ == "__main__":
    sys.exit(main())
