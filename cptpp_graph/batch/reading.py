"""Reads files of many cases piece by piece, into frames of words with the place of each record."""

from __future__ import annotations

import codecs
import csv
import datetime
import gzip
import io
import os
import re
import stat
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import IO, Any, TypeVar

import polars as pl
import pyarrow as pa
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from .. import intake, syntaxes
from ..errors import CptppError, LimitReached, Part, printable, say
from ..fields import KINDS
from .pieces import Piece, Reject
from .statements import rdf_pieces

Item = TypeVar("Item")
BLOCK = 16_000_000  # bytes of text, read and judged together
MOST_HEADER = 100_000  # bytes; all fields together have some three thousand
QUOTED = rb'(?m)(^|,)"(?:[^"]|"")*"(?=[,\r\n])'
LONGEST_RECORD = 100  # lines
CALENDAR = (datetime.date.min, datetime.date.max)  # days that can be written
TOGETHER = 100_000  # records of Parquet, judged together
MOST_LINE = syntaxes.MOST_BYTES  # of NDJSON
LINES = 20_000  # lines of NDJSON, judged together
PACKINGS = {"gz": "gzip", "zst": "zstd"}
TABLES = ("csv", "parquet")
SYNTAXES = (*TABLES, "ndjson", "nt", "nq")


def syntax_of(path: Path) -> tuple[str, str | None]:
    """The syntax and the packing for which a file's suffixes stand."""
    name, packing = path.name, None
    if (last := name.rpartition(".")[2].lower()) in PACKINGS:
        name, packing = name[: -len(last) - 1], PACKINGS[last]
    suffix = name.rpartition(".")[2].lower()
    syntax = syntaxes.SUFFIXES.get(suffix, suffix)
    if syntax not in SYNTAXES:
        known = ", ".join(f".{known}" for known in SYNTAXES)
        raise CptppError(
            say("{name}: no kind of file that batch reads", name=printable(path.name)),
            say("Suffixes: {known}; packed: .gz, .zst", known=known),
        )
    return syntax, packing


def file_state(path: Path) -> os.stat_result:
    """Raises CptppError where it is no regular file, which may never end, or never begin; OSError where there is none."""
    state = path.stat()
    if stat.S_ISDIR(state.st_mode):
        raise CptppError(say("cannot read {path}: it is a folder", path=printable(str(path))), "Name the files in it.")
    if not stat.S_ISREG(state.st_mode):
        raise CptppError(say("{path} is not a regular file", path=printable(str(path))), "Save its content as a file.")
    return state


def pieces(path: Path) -> Iterator[Piece]:
    """The records of a file, some at a time. Raises CptppError where it cannot be read at all."""
    syntax, packing = syntax_of(path)
    name = printable(str(path))
    try:
        file_state(path)
        if syntax == "parquet":
            yield from _parquet(path, name)
            return
        with path.open("rb") as raw, _unpacked(raw, packing) as file:
            for piece in READERS[syntax](file, name):
                piece.position = raw.tell()
                yield piece
    except (OSError, EOFError) as error:
        raise CptppError(
            say("cannot read {name}: {reason}", name=name, reason=getattr(error, "strerror", None) or str(error)),
            "Name a whole file.",
        ) from None


def ahead(items: Iterator[Item]) -> Generator[Item]:
    """The same, each made in a thread while the one before it is used."""
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(next, items, None)
        while (item := waiting.result()) is not None:
            waiting = pool.submit(next, items, None)
            yield item


def _unpacked(raw: IO[bytes], packing: str | None) -> IO[bytes]:
    if packing == "zstd":
        return io.BufferedReader(pa.input_stream(raw, compression="zstd"))
    return gzip.GzipFile(fileobj=raw) if packing == "gzip" else raw  # type: ignore[return-value]


# ------------------------------------------------------------------ CSV


def _csv(file: IO[bytes], name: str) -> Iterator[Piece]:
    rest, line, header = b"", 1, None
    while block := file.read(BLOCK):
        rest += block
        whole, rest = _divided(rest)
        if len(rest) > 4 * BLOCK:
            raise LimitReached(
                say("{name}:{line}: a line is longer than {most:,} bytes", name=name, line=line, most=len(rest)), syntaxes.QUOTED
            )
        if header is None and whole:
            header, whole = _header(whole, name)
            line += 1
        if header is not None and whole:
            yield _piece(whole, header, line, name)
            line += whole.count(b"\n")
    if rest and header is None:
        header, rest = _header(rest + b"\n", name)
        line += 1
    if header is None:
        raise CptppError(say("{name} holds no case", name=name), syntaxes.NO_CASE["csv"])
    if rest:
        yield _piece(rest + b"\n", header, line, name)


def _divided(text: bytes) -> tuple[bytes, bytes]:
    """Whole records, and the beginning of the next: a line break within quotes ends none.

    Where a quote is opened and not closed for very long, the text is divided at its last line; what is broken there is rejected.
    """
    last = end = text.rfind(b"\n") + 1
    for _ in range(LONGEST_RECORD):
        if not end or text.count(b'"', 0, end) % 2 == 0:
            break
        end = text.rfind(b"\n", 0, text.rfind(b'"', 0, end)) + 1
    else:
        end = 0
    if not end and len(text) > 4 * BLOCK:
        end = last
    return text[:end], text[end:]


def _header(text: bytes, name: str) -> tuple[list[str], bytes]:
    first, _, rest = text.partition(b"\n")
    if len(first) > MOST_HEADER:
        raise LimitReached(
            say("{name}:1: the header is {count:,} bytes long", name=name, count=len(first)),
            say("At most {most:,} are read.", most=MOST_HEADER),
        )
    try:
        cells = next(csv.reader([first.decode("utf-8-sig")], strict=True), [])
    except (csv.Error, UnicodeDecodeError) as error:
        raise CptppError(
            say("{name}:{line}: not CSV: {reason}", name=name, line=1, reason=str(error)), "Save it as UTF-8 with commas."
        ) from None
    header = [cell.strip() for cell in cells]
    syntaxes.check_header(header, name)
    return header, rest


def _piece(text: bytes, header: list[str], line: int, name: str) -> Piece:
    table = _quickly(text, header)
    if table is not None:
        return Piece(name, table, range(line, line + table.num_rows), size=table.num_rows)
    return _slowly(text, header, line, name)


def _quickly(text: bytes, header: list[str]) -> pa.Table | None:
    """The block, if every record has a line of its own and every column a cell in it; else None."""
    lines = text.count(b"\n")
    plain = re.sub(QUOTED, rb"\1", text) if b'"' in text else text
    if b'"' in plain or (b"\r" in plain and b"\r" in plain.replace(b"\r\n", b"")) or text.startswith(codecs.BOM_UTF8):
        return None
    if len(header) == 1 or "id" not in header:
        return None
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(text),
            arrow_csv.ReadOptions(use_threads=False, block_size=len(text), column_names=header),
            arrow_csv.ParseOptions(ignore_empty_lines=False),
            arrow_csv.ConvertOptions(column_types=_types(header), strings_can_be_null=False),
        )
    except pa.ArrowInvalid:
        return None
    blank = (pl.Series(pl.from_arrow(table["id"])).str.strip_chars() == "").any()  # for lines without any cell are no records
    return None if blank or table.num_rows != lines else table


def _types(header: Iterable[str]) -> dict[str, Any]:
    """The Arrow types in which columns of words are best read: each distinct word once, but where words hardly recur."""
    free = {path for kind in KINDS for path, one in intake.field_table(kind).items() if one["type"] == "text"}
    return {column: pa.string() if column in free else pa.dictionary(pa.int32(), pa.string()) for column in header}


def _slowly(text: bytes, header: list[str], line: int, name: str) -> Piece:
    """The block record by record."""
    piece = Piece(name)
    rows, lines = [], []
    for cells, at, wrong in _records(text, line):
        if wrong is None and not "".join(cells).strip():
            continue
        piece.size += 1
        if wrong is not None:
            piece.rejects.append(Reject(f"{name}:{at}", say("not CSV in UTF-8: {reason}", reason=wrong), syntaxes.QUOTED))
        elif len(cells) != len(header):
            told = say("{cells} cells under {columns} columns", cells=len(cells), columns=len(header))
            piece.rejects.append(Reject(f"{name}:{at}", told, say("Give each column one cell.")))
        else:
            rows.append(cells)
            lines.append(at)
    piece.words = pl.DataFrame(rows, schema=dict.fromkeys(header, pl.String), orient="row").to_arrow()
    piece.lines = lines
    return piece


def _records(text: bytes, line: int) -> Iterator[tuple[list[str], int, str | None]]:
    """The cells of each record, its first line, and what is wrong with it; after a broken line the next begins anew."""
    waiting = [part + "\n" for part in text.decode("utf-8", "surrogateescape").split("\n")[:-1]]
    while waiting:
        reader, read = csv.reader(waiting, strict=True), 0
        try:
            for cells in reader:
                at, read = line + read, reader.line_num
                unread = any("\udc80" <= letter <= "\udcff" for cell in cells for letter in cell)
                yield cells, at, "a byte that is no UTF-8" if unread else None
        except csv.Error as error:
            yield [], line + read, str(error)
            read += 1
        waiting, line = waiting[read:], line + read


# ------------------------------------------------------------------ Parquet


def _parquet(path: Path, name: str) -> Iterator[Piece]:
    try:
        schema = parquet.read_schema(path)
        syntaxes.check_header(list(schema.names), name)
        for column in schema:
            if pa.types.is_decimal256(column.type):  # of which Polars knows nothing
                raise _strange(name, column.name, column.type)
        texts = [column.name for column in schema if pa.types.is_string(column.type) or pa.types.is_large_string(column.type)]
        distinct = [column for column, kind in _types(texts).items() if pa.types.is_dictionary(kind)]
        with parquet.ParquetFile(path, read_dictionary=distinct) as file:
            line = 1
            for batch in file.iter_batches(TOGETHER):
                words = in_words(pa.table(batch), name)
                lines = range(line, line + words.num_rows)
                line += words.num_rows
                position = path.stat().st_size * line // (file.metadata.num_rows + 1)
                yield Piece(name, words, lines, size=words.num_rows, position=position)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
        raise CptppError(say("{name} is not Parquet: {reason}", name=name, reason=str(error)), "Write it anew.") from None


def in_words(table: pa.Table, name: Part) -> pa.Table:
    """The columns of a table as CSV has them: a list as its members with ; between, [] where it has none."""
    syntaxes.check_header(table.column_names, name)
    columns = zip(table.column_names, table.columns, strict=True)
    return pa.table({one: values if is_text(values.type) else _worded(one, values, name) for one, values in columns})


def is_text(kind: Any) -> bool:
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(inner) or pa.types.is_large_string(inner))


def _worded(column: str, values: Any, name: Part) -> Any:
    series = pl.from_arrow(values)
    assert isinstance(series, pl.Series)
    kind, one = series.dtype, pl.col(column)
    if not _has_words(kind.inner if isinstance(kind, pl.List) else kind):
        raise _strange(name, column, kind)
    if isinstance(kind, pl.List):
        joined = one.cast(pl.List(pl.String)).list.join(";")
        one = pl.when(one.list.len() == 0).then(pl.lit("[]")).otherwise(joined)
    elif kind == pl.Date:
        known = one.is_between(*CALENDAR)
        one = pl.when(known | one.is_null()).then(pl.when(known).then(one).cast(pl.String)).otherwise(pl.lit("no day"))
    return series.alias(column).to_frame().select(one.cast(pl.String)).to_series().to_arrow()


def _has_words(kind: Any) -> bool:
    return bool(kind.is_numeric() or kind in (pl.String, pl.Boolean, pl.Date, pl.Null, pl.Categorical, pl.Enum))


def _strange(name: Part, column: str, kind: Any) -> CptppError:
    return CptppError(
        say("{name}: the column {column} is of type {kind}", name=name, column=printable(column), kind=str(kind)),
        "Use texts, numbers, truth values, days or lists.",
    )


# ------------------------------------------------------------------ NDJSON


def _ndjson(file: IO[bytes], name: str) -> Iterator[Piece]:
    piece, size = Piece(name), 0
    for number, line in enumerate(iter(partial(file.readline, MOST_LINE + 1), b""), 1):
        if len(line) > MOST_LINE:
            raise LimitReached(
                say("{name}:{line}: the line is longer than {most:,} bytes", name=name, line=number, most=MOST_LINE),
                "Write a line for each case.",
            )
        size += len(line)
        if not line.strip():
            continue
        piece.size += 1
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
            for place, plain, typed in syntaxes.read(text, "ndjson", f"{name}:{number}"):
                piece.cases.append(intake.case(plain, place, typed))
        except CptppError as error:
            piece.rejects.append(Reject(f"{name}:{number}", *error.said))
        except UnicodeDecodeError as error:
            piece.rejects.append(
                Reject(f"{name}:{number}", say("not UTF-8: {reason}", reason=error.reason), say("Save it as UTF-8."))
            )
        if piece.size == LINES or size > BLOCK:
            yield piece
            piece, size = Piece(name), 0
    if piece.size:
        yield piece


READERS: dict[str, Callable[[IO[bytes], str], Iterator[Piece]]] = {
    "csv": _csv,
    "ndjson": _ndjson,
    "nt": partial(rdf_pieces, "nt"),
    "nq": partial(rdf_pieces, "nq"),
}
