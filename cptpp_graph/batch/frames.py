"""Turns a frame of words into columns of numbers by the rules of intake, each distinct word once; what is unfit is rejected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from .. import intake, syntaxes
from ..errors import CptppError, say
from .codes import Codes, numbered
from .columns import ENDLESS, NAMED, Book, Columns
from .pieces import Piece, Reject

PLAIN = r"^[ -~]*[!-~][ -~]*$"  # letters that every text may hold
UNKNOWN = ("", "~", "null")  # as intake._facts reads words
UNFIT = -1
MOST_KEPT = 20_000  # words of a field


class Frames:
    """Reads frames. books: kind of case to the values of its fields; words once read are kept."""

    def __init__(self, books: dict[str, Book]) -> None:
        self._books = books
        self._kept: dict[tuple[str, str], dict[str, int]] = {}
        fields = {(kind, path): one for kind in books for path, one in intake.field_table(kind).items()}
        self._coded = {path for (kind, path), one in fields.items() if one["type"] != "text" or path in books[kind].plan.used}
        self._coded.add("kind")
        self._plain = {path for _, path in fields} - self._coded

    def read(self, piece: Piece) -> tuple[dict[str, Columns], list[Reject]]:
        """The cases of each kind in columns, and the records that intake would not take, with its reasons."""
        table = piece.words
        assert table is not None
        coded = {name: numbered(table[name]) for name in table.column_names if name in self._coded}
        texts = {name: _stated(_texts(table[name])) for name in table.column_names if name in self._plain}
        kinds, names = coded.pop("kind", (np.full(table.num_rows, -1, dtype=np.int32), []))
        found, rejects, strange = {}, [], np.ones(table.num_rows, dtype=bool)
        for kind in self._books:
            here = kinds == (names.index(kind) if kind in names else len(names))
            strange &= ~here
            if here.any():
                found[kind], unfit = self._columns(kind, np.flatnonzero(here), coded, texts, piece)
                rejects += unfit
        return found, [*rejects, *self._explained(np.flatnonzero(strange), piece)]

    def _columns(
        self, kind: str, rows: Any, coded: dict[str, Any], texts: dict[str, pl.Series], piece: Piece
    ) -> tuple[Columns, list[Reject]]:
        """The cases at some rows. coded: of columns, what numbered() makes of them; texts: the others."""
        book, fields = self._books[kind], intake.field_table(kind)
        fit = np.ones(len(rows), dtype=bool)
        codes: dict[str, Codes] = {}
        for column, (numbers, distinct) in coded.items():
            numbers = _taken(numbers, rows)
            if column in fields:
                one = self._numbers(kind, column, numbers, distinct)
            else:
                one = np.array([*(0 if _is_unknown(word) else UNFIT for word in distinct), 0], dtype=np.int32)[numbers]
            if one.any():
                fit &= one != UNFIT
                codes[column] = one
        texts = {column: _taken(text, rows) for column, text in texts.items()}
        for column, text in texts.items():
            fit &= self._are_fit(kind, column, text) if column in fields else text.is_null().to_numpy()
        if "id" not in texts:
            return book.empty(), list(self._explained(rows, piece))
        fit &= _in_order(book, codes)
        kept = slice(None) if fit.all() else np.flatnonzero(fit)
        columns = book.empty(texts["id"][kept], rows[kept], rows[kept])
        columns.codes = {path: one[kept] for path, one in codes.items() if path in fields}
        columns.names = texts[NAMED][kept] if NAMED in texts and kind == "spouse" else None
        return columns, list(self._explained(rows[~fit], piece))

    def _numbers(self, kind: str, path: str, codes: Codes, distinct: list[str]) -> Codes:
        """The numbers of values, for places in distinct words."""
        table = np.zeros(len(distinct) + 1, dtype=np.int32)
        used = np.zeros(len(table), dtype=bool)
        used[codes] = True
        known = self._kept.setdefault((kind, path), {})
        for place in np.flatnonzero(used[:-1]).tolist():
            word = distinct[place]
            table[place] = known[word] if word in known else self._number(kind, path, word)
        return table.take(codes)

    def _number(self, kind: str, path: str, word: str) -> int:
        one, known = intake.field_table(kind)[path], self._kept[kind, path]
        if _is_unknown(word):
            return 0
        try:
            found = self._books[kind].values[path].number(_read(word.strip(), one, path))
        except CptppError:
            return UNFIT
        if one["type"] not in ENDLESS and len(known) < MOST_KEPT:
            known[word] = found
        return found

    def _are_fit(self, kind: str, path: str, text: pl.Series) -> Any:
        """Whether each text is one that intake takes."""
        one, required = intake.field_table(kind)[path], path == "id"
        fit_for_all = text.str.contains(PLAIN) & (text.str.len_chars() <= one["maxLength"]) & (text != "[]")
        plain = fit_for_all.fill_null(not required)
        if "pattern" in one:
            plain = text.is_null()
        if plain.all():
            return True
        fit = plain.to_numpy().copy()
        odd = np.flatnonzero(~fit)
        judged: dict[str | None, bool] = {None: False}
        for place, word in zip(odd, text.gather(odd).to_list(), strict=True):
            if word not in judged:
                judged[word] = _is_fit(one, path, word)
            fit[place] = judged[word]
        return fit

    def _explained(self, rows: Any, piece: Piece) -> Iterator[Reject]:
        """Records read as one case is read, for the reason why they are unfit."""
        if not len(rows):
            return
        assert piece.words is not None
        words = {
            name: _texts(column.take(rows)).to_list() for name, column in zip(piece.words.column_names, piece.words, strict=True)
        }
        for number, row in enumerate(rows):
            place = piece.place(row)
            try:
                intake.case(syntaxes.nested({column: cells[number] or "" for column, cells in words.items()}), place, False)
            except CptppError as error:
                yield Reject(place, *error.said)
            else:
                yield Reject(
                    place, say("a cell holds a character that is not seen"), say("Take it out, and save the file as UTF-8.")
                )


def _taken(column: Any, rows: Any) -> Any:
    return column if len(rows) == len(column) else column[rows]


def _is_unknown(word: str) -> bool:
    return word.strip().lower() in UNKNOWN


def _texts(column: Any) -> pl.Series:
    """An Arrow column as texts."""
    found = pl.from_arrow(column)
    assert isinstance(found, pl.Series)
    return found.cast(pl.String)


def _read(word: str, one: dict[str, Any], path: str) -> intake.Value:
    return intake.value_of([] if word == "[]" else word, one, path, typed=False)


def _is_fit(one: dict[str, Any], path: str, word: str) -> bool:
    try:
        _read(word, one, path)
    except CptppError:
        return False
    return True


def _stated(text: pl.Series) -> pl.Series:
    """What is not unknown, without the space around it."""
    bare = text.str.strip_chars()
    unknown = bare.str.to_lowercase().is_in(list(UNKNOWN))
    return bare.to_frame("a").select(pl.when(~unknown).then(pl.col("a"))).to_series() if unknown.any() else bare


def _in_order(book: Book, codes: dict[str, Codes]) -> Any:
    """Whether no travel document ends before the day of receipt, as intake.case has it."""
    paths = ("receivedOn", "travelDocumentExpiresOn")
    if not all(path in codes for path in paths):
        return True
    first, last = (
        np.array([str(value or "") for value in book.values[path].values], dtype="U10")[np.maximum(codes[path], 0)]
        for path in paths
    )
    return (first == "") | (last == "") | (first <= last)
