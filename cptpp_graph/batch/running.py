"""Runs a population from files to a file: part by part, so that a run that was stopped goes on, and nothing is lost."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from .. import artifact
from ..errors import CptppError, printable, say
from ..results import defused
from . import couples, reading
from .engine import OUTCOMES, Verdicts
from .pieces import Judged, Reject, hashed
from .populations import ORDER, Population
from .summary import Summary

SUFFIXES = ("parquet", "csv", "ndjson")
HARMLESS = r"^[0-9A-Za-z][ -~]*$"  # texts of which results.defused changes nothing
ENDINGS = ("rejects.csv", "summary.csv", "summary.svg")  # of the files beside the output


@dataclass(slots=True)
class Progress:
    """How far a run is. read, judged, rejected: records; position: bytes of the inputs; resumed: records of earlier runs."""

    read: int = 0
    judged: int = 0
    rejected: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    parts: list[int] = field(default_factory=list)  # of each input how many parts are done
    wed: int = 0  # parts of which no case waits any more
    position: int = 0
    resumed: int = 0


def run(
    population: Population,
    inputs: Sequence[Path],
    out: Path,
    about: dict[str, Any],
    full: bool = False,
    summary: Summary | None = None,
    lang: str = "en",
    progress: Callable[[Progress], None] = lambda done: None,
) -> Progress:
    """Judges the inputs into out (Parquet, CSV or NDJSON by its suffix) and the rejects into a CSV beside it.

    about: what else the results turn on (rulebook, day), so that a run goes on only with what it began with. lang: of rejects.
    Raises CptppError where a file cannot be read or written, RuntimeError where records and results do not add up.
    """
    must_be_apart(out, inputs)
    suffix = _suffix(out)
    parts = Parts(
        out, suffix, _signature(inputs, about | {"full": full, "suffix": suffix, "summary": bool(summary), "lang": lang}), lang
    )
    done, before = parts.begun(len(inputs)), 0
    population.seen.sorted = parts.seen()
    if summary and parts.state.get("summary"):
        summary.restore(parts.state["summary"])
    for number, path in enumerate(inputs):
        fresh = itertools.islice(reading.pieces(path), done.parts[number], None)
        read = reading.ahead(map(population.read, reading.ahead(fresh)))
        with contextlib.closing(reading.ahead(map(population.judge, read))) as found:
            for judged in found:
                piece = judged.read.piece
                done.read += piece.size
                done.parts[number] += 1
                done.position = before + piece.position
                _count(population, judged.verdicts, judged.read.rejects, done, summary)
                parts.add(judged, population.numbered(judged.verdicts, full))
                parts.note(done, summary)
                progress(done)
        before += path.stat().st_size
    _wed(population, parts, full, done, summary)
    if done.judged + done.rejected != done.read:
        raise RuntimeError(f"{done.read} records, {done.judged} verdicts and {done.rejected} rejects: they do not add up")
    parts.join(population.table([], full))
    return done


def _count(
    population: Population, verdicts: list[Verdicts], rejects: list[Reject], done: Progress, summary: Summary | None
) -> None:
    for found in verdicts:
        done.judged += len(found.outcome)
        for place, name in enumerate(OUTCOMES):
            if count := int((found.outcome == place).sum()):
                done.outcomes[name] = done.outcomes.get(name, 0) + count
    done.rejected += len(rejects)
    if summary:
        summary.count(population, verdicts)


def _wed(population: Population, parts: Parts, full: bool, done: Progress, summary: Summary | None) -> None:
    """Judges the spouses who waited for principals, part by part."""
    principals = parts.principals()
    for number in range(done.wed, parts.count):
        if (plain := parts.waiting(number)) is not None:
            population.begin()
            waiting = couples.from_plain(population.engines["spouse"], plain)
            verdicts, rejects = couples.wed(population, waiting, principals)
            _count(population, verdicts, rejects, done, summary)
            parts.end(number, population.numbered(verdicts, full), rejects)
        done.wed += 1
        parts.note(done, summary)


def beside(out: Path, ending: str) -> Path:
    """A file that goes with the output."""
    return out.with_name(f"{out.name}.{ending}")


def _suffix(out: Path) -> str:
    return out.name.rpartition(".")[2].lower()


def must_be_apart(out: Path, inputs: Iterable[Path]) -> None:
    """Raises CptppError where a file to be written is of an unknown kind, one to be read, or has a name not to be printed."""
    if _suffix(out) not in SUFFIXES:
        raise CptppError(
            say("{name}: no kind of file that batch writes", name=printable(out.name)),
            say("Suffixes: {known}", known=", ".join(SUFFIXES)),
        )
    if printable(str(out)) != str(out):
        raise CptppError(
            say("the name {out} holds characters that cannot be shown", out=printable(str(out))), "Give the output another name."
        )
    for written in (out, *(beside(out, ending) for ending in ENDINGS)):
        if written.exists() and any(path.exists() and written.samefile(path) for path in inputs):
            raise CptppError(say("{name} is read and would be written over", name=str(written)), "Give the output another name.")


def _signature(inputs: Iterable[Path], about: dict[str, Any]) -> str:
    """Of everything on which the parts of a run turn."""
    told: list[Any] = [about, artifact.hashes(), pl.__version__, reading.BLOCK]
    for path in inputs:
        try:
            state = reading.file_state(path)
        except OSError as error:
            raise CptppError(
                say("cannot read {name}: {reason}", name=printable(str(path)), reason=str(error.strerror)),
                "Name files that exist.",
            ) from None
        told.append([str(path.resolve()), state.st_size, state.st_mtime_ns])
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


class Parts:
    """The folder beside the output in which finished parts wait for the rest."""

    def __init__(self, out: Path, suffix: str, signature: str, lang: str) -> None:
        self._out, self._suffix, self._signature, self._lang = out, suffix, signature, lang
        self.rejects = beside(out, "rejects.csv")
        self.folder = beside(out, "parts")
        self.count = 0
        self.state: dict[str, Any] = {}

    def begun(self, inputs: int) -> Progress:
        """How far an earlier run of the same came; what is left of another one is thrown away."""
        state = self.folder / "state.json"
        if state.is_file():
            try:
                found = json.loads(state.read_text(encoding="utf-8"))
            except ValueError:
                raise CptppError(
                    say("{state} is broken", state=str(state)),
                    say("Remove {folder}, and the run begins anew.", folder=str(self.folder)),
                ) from None
            if found["signature"] == self._signature:
                self.count, self.state = found["count"], found
                return Progress(**found["progress"] | {"resumed": found["progress"]["read"]})
            shutil.rmtree(self.folder)
        return Progress(parts=[0] * inputs)

    def seen(self) -> list[Any]:
        return [array for number in range(self.count) if len(array := np.load(self._part(number, "npy")))]

    def _part(self, number: int, suffix: str) -> Path:
        return self.folder / f"{number:08}.{suffix}"

    def add(self, judged: Judged, table: pl.DataFrame) -> None:
        """A part. table: as numbered() gives it."""
        number = self.count
        self.folder.mkdir(parents=True, exist_ok=True)
        judged.principals.write_parquet(self._part(number, "principals"))
        np.save(self._part(number, "npy"), judged.read.seen)
        self._part(number, "rejects").write_bytes(_as_csv(judged.read.rejects, self._lang))
        if judged.waiting:
            table.write_parquet(self._part(number, "judged"))
            self._part(number, "waiting").write_text(json.dumps(couples.as_plain(judged.waiting), default=str), encoding="utf-8")
        else:
            self._finish(number, table)
        self.count += 1

    def _finish(self, number: int, table: pl.DataFrame) -> None:
        write(table.sort(ORDER).drop(ORDER), self._part(number, self._suffix), header=False)

    def waiting(self, number: int) -> Any:
        """The cases of a part that wait, as couples.as_plain has them; None where there are none."""
        path = self._part(number, "waiting")
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

    def end(self, number: int, table: pl.DataFrame, rejects: list[Reject]) -> None:
        """Puts to a part what came of the cases that waited. Done again, it comes to the same."""
        self._part(number, "late").write_bytes(_as_csv(rejects, self._lang))
        self._finish(number, pl.concat([pl.read_parquet(self._part(number, "judged")), table]))

    def principals(self) -> pl.DataFrame:
        """The standings of the principals whom cases that wait name."""
        names = [pl.Series(plain["names"], dtype=pl.String) for number in range(self.count) if (plain := self.waiting(number))]
        if not names:
            return pl.DataFrame(schema=couples.SCHEMA)
        named = pl.concat([hashed(one) for one in names]).unique().alias("hash").to_frame()
        every = pl.scan_parquet([self._part(number, "principals") for number in range(self.count)])
        return every.join(named.lazy(), on="hash", how="semi").collect(engine="streaming")

    def note(self, done: Progress, summary: Summary | None) -> None:
        """Notes how far the run is."""
        state = {
            "signature": self._signature,
            "count": self.count,
            "progress": asdict(done),
            "summary": summary.state() if summary else None,
        }
        waiting = self.folder / "state.new"
        waiting.write_text(json.dumps(state), encoding="utf-8")
        waiting.replace(self.folder / "state.json")

    def join(self, empty: pl.DataFrame) -> None:
        """Puts the parts together and removes them."""
        numbers = range(self.count)
        self._out.parent.mkdir(parents=True, exist_ok=True)
        with self.rejects.open("wb") as file:
            file.write(b"place,wrong,mend\n")
            for number in numbers:
                for name in ("rejects", "late"):
                    if (part := self._part(number, name)).exists():
                        file.write(part.read_bytes())
        if self._suffix == "parquet":
            found = [self._part(number, "parquet") for number in numbers]
            frame = pl.scan_parquet(found) if found else empty.lazy()
            frame.sink_parquet(self._out)
        else:
            with self._out.open("wb") as file:
                if self._suffix == "csv":
                    file.write(empty.write_csv().encode())
                for number in numbers:
                    with self._part(number, self._suffix).open("rb") as whole:
                        shutil.copyfileobj(whole, file)
        if self.count:
            shutil.rmtree(self.folder)


def _defused(table: pl.DataFrame) -> pl.DataFrame:
    """As results writes CSV: a spreadsheet takes no cell for a formula."""
    texts = [table[name] for name in ("case", "place", "wrong", "mend") if name in table.columns]
    return table.with_columns(one if one.str.contains(HARMLESS).all() else _each_defused(one) for one in texts)


def _each_defused(texts: pl.Series) -> pl.Series:
    return pl.Series(texts.name, [defused(word) for word in texts], dtype=pl.String)


def _as_csv(rejects: list[Reject], lang: str) -> bytes:
    frame = pl.DataFrame([one.told(lang) for one in rejects], schema=dict.fromkeys(("place", "wrong", "mend"), pl.String))
    return _defused(frame).write_csv(include_header=False).encode()


def write(table: pl.DataFrame, path: Path, header: bool = True) -> None:
    """A table as Parquet, CSV or NDJSON by the suffix."""
    if _suffix(path) == "parquet":
        table.write_parquet(path)
    elif _suffix(path) == "csv":
        _defused(table).write_csv(path, include_header=header)
    else:
        table.write_ndjson(path)
