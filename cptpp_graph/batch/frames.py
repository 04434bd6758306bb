"""Turns a frame of words into columns of numbers by the rules of intake, each distinct word once; what is unfit is rejected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from .. import intake, syntaxes
from ..errors import CptppError, say
from .codes import Codes
from .columns import ENDLESS, NAMED, Book, Columns
from .pieces import Piece, Reject

PLAIN = r"^[ -~]*[!-~][ -~]*$"  # letters that every text may hold
UNKNOWN = ("", "~", "null")  # as intake._facts reads words
UNFIT = -1
MOST_KEPT = 200_000  # words


class Frames:
    """Reads frames. books: kind of case to the values of its fields; words once read are kept."""

    def __init__(self, books: dict[str, Book]) -> None:
        self._books = books
        self._kept: dict[tuple[str, str, str], int] = {}

    def read(self, piece: Piece) -> tuple[dict[str, Columns], list[Reject]]:
        """The cases of each kind in columns, and the records that intake would not take, with its reasons."""
        assert piece.words is not None
        words = piece.words.with_columns(pl.Series("", np.arange(piece.words.height), dtype=pl.Int64))
        words = words.with_columns(pl.col(self._coded(words)).cast(pl.Categorical))
        found, rejects = {}, []
        kinds = words["kind"].cast(pl.String) if "kind" in words.columns else pl.Series([None] * words.height, dtype=pl.String)
        for kind in self._books:
            here = words.filter(kinds == kind)
            if here.height:
                found[kind], unfit = self._columns(kind, here, piece)
                rejects += unfit
        strange = words.filter(~kinds.is_in(list(self._books)).fill_null(False)) if words.height else words
        rejects += self._explained(strange, piece)
        return found, rejects

    def _coded(self, words: pl.DataFrame) -> list[str]:
        """The columns of which each value is read once."""
        found: set[str] = set()
        for kind, book in self._books.items():
            fields = intake.field_table(kind)
            found |= {path for path, one in fields.items() if one["type"] != "text" or path in book.plan.used}
        return [column for column in words.columns if column in found]

    def _columns(self, kind: str, words: pl.DataFrame, piece: Piece) -> tuple[Columns, list[Reject]]:
        book, fields = self._books[kind], intake.field_table(kind)
        fit = np.ones(words.height, dtype=bool)
        codes: dict[str, Codes] = {}
        for column in words.columns:
            text = words[column]
            if column in ("", "kind"):
                continue
            if text.null_count() == len(text):
                fit &= column != "id"
            elif column not in fields:
                fit &= _stated(text).is_null().to_numpy()
            elif fields[column]["type"] == "text" and column not in book.plan.used:
                fit &= self._texts(kind, column, _stated(text), required=column == "id")
            else:
                codes[column] = self._codes(kind, column, text)
                fit &= codes[column] != UNFIT
        if "id" not in words.columns:
            return Columns(kind, [], [], np.zeros(0, dtype=np.int64)), list(self._explained(words, piece))
        fit &= _in_order(book, codes)
        kept = np.flatnonzero(fit)
        places = words[""].to_numpy()[kept]
        columns = Columns(kind, words["id"].cast(pl.String).str.strip_chars().gather(kept), places, places)
        columns.codes = {path: np.maximum(one[kept], 0) for path, one in codes.items()}
        columns.names = _stated(words[NAMED]).gather(kept) if NAMED in words.columns and kind == "spouse" else None
        return columns, list(self._explained(words.filter(~pl.Series(fit)), piece))

    def _codes(self, kind: str, path: str, text: pl.Series) -> Codes:
        """The numbers of the values of a column of words."""
        numbers, distinct = numbered(text)
        table = np.array([*(self._number(kind, path, word) for word in distinct), 0], dtype=np.int32)
        return np.asarray(table[numbers], dtype=np.int32)

    def _number(self, kind: str, path: str, word: str) -> int:
        key = kind, path, word
        if (known := self._kept.get(key)) is not None:
            return known
        one = intake.field_table(kind)[path]
        if word.strip().lower() in UNKNOWN:
            return 0
        try:
            found = self._books[kind].values[path].number(_read(word.strip(), one, path))
        except CptppError:
            return UNFIT
        if one["type"] not in ENDLESS and len(self._kept) < MOST_KEPT:
            self._kept[key] = found
        return found

    def _texts(self, kind: str, path: str, text: pl.Series, required: bool) -> Any:
        """Whether each text is one that intake takes."""
        one = intake.field_table(kind)[path]
        fit_for_all = text.str.contains(PLAIN) & (text.str.len_chars() <= one["maxLength"]) & (text != "[]")
        plain = fit_for_all.fill_null(not required)
        if "pattern" in one:
            plain = text.is_null()
        fit = plain.to_numpy().copy()
        odd = np.flatnonzero(~fit)
        judged: dict[str | None, bool] = {None: False}
        for place, word in zip(odd, text.gather(odd).to_list(), strict=True):
            if word not in judged:
                judged[word] = self._is_fit(one, path, word)
            fit[place] = judged[word]
        return fit

    def _is_fit(self, one: dict[str, Any], path: str, word: str) -> bool:
        try:
            _read(word, one, path)
        except CptppError:
            return False
        return True

    def _explained(self, words: pl.DataFrame, piece: Piece) -> Iterator[Reject]:
        """Records read as one case is read, for the reason why they are unfit."""
        for row in words.iter_rows(named=True):
            place = piece.place(row.pop(""))
            try:
                intake.case(syntaxes.nested({column: cell or "" for column, cell in row.items()}), place, False)
            except CptppError as error:
                yield Reject(place, *error.said)
            else:
                yield Reject(
                    place, say("a cell holds a character that is not seen"), say("Take it out, and save the file as UTF-8.")
                )


def numbered(text: pl.Series) -> tuple[Any, list[str]]:
    """For each value of a column of categories its place among the distinct ones, -1 where there is none; and those."""
    physical = text.to_physical()
    lowest, highest = (int(end) for end in (physical.min(), physical.max()))  # type: ignore[arg-type]
    codes = physical.fill_null(highest + 1).to_numpy() - np.uint32(lowest)
    first = np.full(highest - lowest + 2, -1, dtype=np.int32)
    first[codes] = np.arange(len(codes), dtype=np.int32)
    first[-1] = -1
    known = np.flatnonzero(first >= 0)
    places = np.full(len(first), -1, dtype=np.int32)
    places[known] = np.arange(len(known), dtype=np.int32)
    return places[codes], text.gather(first[known]).cast(pl.String).to_list()


def _read(word: str, one: dict[str, Any], path: str) -> intake.Value:
    return intake.value_of([] if word == "[]" else word, one, path, typed=False)


def _stated(text: pl.Series) -> pl.Series:
    """What is not unknown, without the space around it."""
    bare = text.cast(pl.String).str.strip_chars()
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
