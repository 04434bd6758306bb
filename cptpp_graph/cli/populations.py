"""Commands on populations: batch, generate."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import CptppError, Said, say, series
from .base import LANG, RULEBOOK, main, opened, put

if TYPE_CHECKING:
    from ..graph import CptppGraph


def needs_batch() -> None:
    """Raises CptppError where what batch needs is not installed."""
    try:
        import numpy  # noqa: F401
        import polars  # noqa: F401
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise CptppError(
            say("batch needs {name}, which is not installed", name=str(error.name)), 'pip install "cptpp-graph[batch]"'
        ) from None


@main.command()
@click.argument("inputs", nargs=-1, type=click.Path(path_type=Path))
@click.option("-o", "--output", "out", type=click.Path(path_type=Path), help="Results: .parquet, .csv or .ndjson.")
@RULEBOOK
@click.option("--as-of", "on", metavar="YYYY-MM-DD", help="Read every case as received on this day, whatever it states.")
@click.option("--patch", type=click.Path(path_type=Path), help="Turtle: rules added, and within graph:removed { … } taken away.")
@click.option("--lang", type=LANG, default="en", show_default=True, help="Of rejects and of what is told.")
@click.option("--full", is_flag=True, help="Also a column per requirement with its finding.")
@click.option("--summary", "counts", is_flag=True, help="Also counts, printed, and as OUTPUT.summary.csv and .svg.")
@click.option(
    "--explain-plan", is_flag=True, help="Print what each requirement can see of a case, and how finely; judge nothing."
)
def batch(
    inputs: tuple[Path, ...],
    out: Path | None,
    rulebook: str,
    on: str | None,
    patch: Path | None,
    lang: str,
    full: bool,
    counts: bool,
    explain_plan: bool,
) -> None:
    """Judge every case in the INPUTS (CSV, NDJSON, Parquet, N-Triples, N-Quads; also .gz and .zst), millions of them.

    Writes case, category, outcome, failing and open for each. Records that cannot be read go to OUTPUT.rejects.csv.
    A run that was stopped goes on where it was. Exits with 0 when all were judged or rejected, 2 for wrong input, 3 at a limit.
    """
    needs_batch()
    from .. import words
    from ..batch import explaining, populations, running, summary

    day = words.date(on) if on else None
    with opened() as installed:
        kg = installed.patched(patch) if patch else installed
        population = populations.Population(kg.lexicon, words.term("rulebook", rulebook), day)
        if explain_plan:
            put(explaining.explained(population))
            return
        if not inputs or out is None:
            raise CptppError("batch needs files to read and a file to write", "cptpp-graph batch cases.csv -o results.parquet")
        counted = summary.Summary() if counts else None
        total = sum(path.stat().st_size for path in inputs if path.is_file())
        about = {"rulebook": rulebook, "on": day, "patch": digest(kg) if patch else None}
        done = running.run(population, inputs, out, about, full, counted, lang, shown(total))
    click.echo(told(done, out).told(lang), err=True)
    if counted:
        from ..batch import charts

        counted.counts.write_csv(running.beside(out, "summary.csv"))
        running.beside(out, "summary.svg").write_text(charts.svg(counted, lang), encoding="utf-8")
        put(charts.text(counted))


def digest(kg: CptppGraph) -> str:
    """Of all that a graph says."""
    return sha256("\n".join(sorted(map(str, kg.store))).encode()).hexdigest()


def told(done: Any, out: Path) -> Said:
    found = [say("{count:,} {outcome}", count=count, outcome=name) for name, count in sorted(done.outcomes.items())]
    counts = say(
        "{judged:,} of {read:,} cases judged: {outcomes}", judged=done.judged, read=done.read, outcomes=series(found or ["-"])
    )
    if not done.rejected:
        return counts
    return say(
        "{counts}; {rejected:,} rejected, see {file}", counts=counts, rejected=done.rejected, file=f"{out.name}.rejects.csv"
    )


def shown(total: int) -> Callable[[Any], None]:
    """Shows cases, rate and time left on a terminal."""
    if not sys.stderr.isatty():
        return lambda done: None
    start = time.perf_counter()

    def show(done: Any) -> None:
        seconds = time.perf_counter() - start
        rate = (done.read - done.resumed) / seconds if seconds else 0
        share = done.position / total if total else 0
        left = f", {seconds / share - seconds:,.0f} s left" if share > 0.01 and not done.resumed else ""
        click.echo(f"\r{done.read:,} cases, {rate:,.0f} a second{left}   ", err=True, nl=False)

    return show


@main.command()
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option("-o", "--output", "out", type=click.Path(path_type=Path), help="Also the cases: .parquet, .csv or .ndjson.")
def compare(before: Path, after: Path, out: Path | None) -> None:
    """Tell which cases come out otherwise in two runs, and by which requirement.

    BEFORE and AFTER are results of batch --full over the same cases, in Parquet.
    """
    needs_batch()
    from ..batch import comparing, running

    if out:
        running.must_be_apart(out, [before, after])
    found = comparing.compare(comparing.parts(before), comparing.parts(after))
    if out:
        running.write(found.affected, out)
    put(comparing.text(found))


@main.command()
@click.option("--n", "count", type=click.IntRange(1, 1_000_000_000), required=True, help="How many cases.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed gives the same cases.")
@click.option("-o", "--output", "out", type=click.Path(path_type=Path), required=True, help="A .csv or .parquet file.")
def generate(count: int, seed: int, out: Path) -> None:
    """Make a population for teaching and measuring, from shares that are plainly made up (data/samples/population.json)."""
    needs_batch()
    from ..batch import generate as population

    population.generate(count, seed, out)
    click.echo(population.shares()["note"]["en"], err=True)
