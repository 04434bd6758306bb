"""Reads statements of cases in columns; whatever is out of the ordinary it leaves alone, for statements.py to read."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyoxigraph as ox

from .. import intake
from ..errors import CptppError
from ..rdfcases import CLASSES, FIRST, NIL, REST, TYPE, plain
from ..terms import expand
from .codes import numbered
from .frames import UNKNOWN as NOT_STATED

AUTHORITY, LETTER = r"https?://[A-Za-z0-9.-]+/", r"(?:[A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*"
IRI = rf"<{AUTHORITY}{LETTER}(?:#{LETTER})?>"
NODE = rf"(?:{IRI}|_:[A-Za-z0-9]+)"
LITERAL = rf'"[^"\\\x00-\x1f\x7f]*"(?:\^\^{IRI})?'
PLAIN = rf"^{NODE} {IRI} (?:{NODE}|{LITERAL}) \.$"
IN_GRAPHS = rf"^{NODE} {IRI} (?:{NODE}|{LITERAL})(?: {NODE})? \.$"
OBJECT = rf"^({NODE}|{LITERAL}) "
SIMPLE = r'^"[A-Za-z0-9._-]{1,60}"$'  # a text that is the same typed and as a word, unless that stands for nothing stated
MOST_KEPT, MOST_PROPERTIES = 100_000, 1_000

Ints = npt.NDArray[np.int64]
UNKNOWN, LEAF, GROUP, LIST, REST_OF_LIST = range(5)  # what a property can be at a place


@dataclass(frozen=True, slots=True)
class Found:
    """The cases of a block. words: as a table has them, in order; nodes: all that is spoken of, of which so many are subjects,
    which stand first; rest: what is left of the text.
    """

    words: pl.DataFrame
    nodes: pl.Series
    subjects: int
    rest: bytes


@dataclass(slots=True)
class _Rows:
    """Statements in columns. subject, object: numbers of nodes, -1 where nothing is said of an object; terms: as written."""

    subject: Ints
    property: pl.Series
    object: Ints
    terms: pl.Series

    def first(self, count: int) -> _Rows:
        return _Rows(self.subject[:count], self.property[:count], self.object[:count], self.terms[:count])


class Triples:
    """Reads blocks of statements of one syntax."""

    def __init__(self, syntax: str) -> None:
        self._syntax = syntax
        self._steps: list[dict[str, tuple[int, int]]] = []  # of each place in a case: property to what it is and where it leads
        self._leaves: list[tuple[str, str]] = []  # kind and path of each field
        self._kinds = {f"<{cls}>": (kind, self._place(kind, "")) for cls, kind in CLASSES.items()}
        self._item = np.full(len(self._steps), -1)  # of each place in a list: the field of its items
        for place, steps in enumerate(self._steps):
            if f"<{FIRST}>" in steps:
                self._item[place] = steps[f"<{FIRST}>"][1]
        self._kept: dict[tuple[int, str], str] = {}

    def _place(self, kind: str, above: str) -> int:
        """The number of the place of a case, or of a group of fields in it."""
        number = len(self._steps)
        steps: dict[str, tuple[int, int]] = {}
        self._steps.append(steps)
        for path, one in intake.field_table(kind).items():
            if path.rpartition(".")[0] == above:
                steps[f"<{expand(one['property'])}>"] = self._step(kind, path, one)
        return number

    def _step(self, kind: str, path: str, one: dict[str, Any]) -> tuple[int, int]:
        if "fields" in one:
            return GROUP, self._place(kind, path)
        leaf = len(self._leaves)
        self._leaves.append((kind, path))
        if "mostItems" not in one:
            return LEAF, leaf
        place = len(self._steps)
        self._steps.append({f"<{FIRST}>": (LEAF, leaf), f"<{REST}>": (REST_OF_LIST, place)})
        return LIST, place

    # -------------------------------------------------------------- blocks

    def read(self, text: bytes, whole: bool) -> Found | None:
        """The cases of a block of lines; None where it is not all plain to see. whole: nothing follows it.

        Else the last case is left in the rest, since more of it may follow.
        """
        found = self._split(text)
        if found is None:
            return None
        lines, subjects, properties, terms = found
        nodes = subjects.unique(maintain_order=True)
        rows = _Rows(_places(subjects, nodes), properties, _places(terms, nodes), terms)
        typed = (rows.property == f"<{TYPE}>").to_numpy()
        if not typed.any():
            return None
        cut = len(lines) if whole else int(np.flatnonzero(rows.subject == rows.subject[typed].max())[0])
        if not cut or not _apart(rows, cut):
            return None
        count = int(rows.subject[:cut].max()) + 1
        words = self._cases(rows.first(cut), typed[:cut], count)
        if words is None:
            return None
        others = rows.terms[:cut].filter(~rows.terms[:cut].str.starts_with('"')).unique()
        others = others.filter(_places(others, nodes) < 0)
        return Found(words, pl.concat([nodes[:count], others]), count, "".join(f"{line}\n" for line in lines[cut:]).encode())

    def _split(self, text: bytes) -> tuple[pl.Series, pl.Series, pl.Series, pl.Series] | None:
        """The lines of a block, and the subject, property and object of each as written."""
        if b"\x01" in text:
            return None
        try:
            frame = pl.read_csv(text, has_header=False, schema={"": pl.String}, separator="\x01", quote_char=None)
        except pl.exceptions.PolarsError:
            return None
        lines = frame.to_series().drop_nulls()
        plain = bool(lines.str.contains(PLAIN).all())
        if not len(lines) or (not plain and (self._syntax == "nt" or not lines.str.contains(IN_GRAPHS).all())):
            return None
        subjects, properties, rest = lines.str.splitn(" ", 3).struct.unnest()
        return lines, subjects, properties, rest.str.head(-2) if plain else rest.str.extract(OBJECT)

    # -------------------------------------------------------------- cases

    def _cases(self, rows: _Rows, typed: Any, count: int) -> pl.DataFrame | None:
        """The fields of the cases, followed from node to node. count: of nodes."""
        tops, classes = rows.subject[typed], rows.terms.filter(pl.Series(typed)).to_list()
        if len(np.unique(tops)) < len(tops) or not self._kinds.keys() >= set(classes):
            return None
        kinds, places = zip(*(self._kinds[cls] for cls in classes), strict=True)
        order = np.argsort(tops)
        place, case = np.full(count, -1), np.full(count, -1)
        place[tops], case[tops[order]] = places, np.arange(len(tops))
        leaf = self._followed(rows, ~typed, place, case)
        if leaf is None or (place < 0).any():
            return None
        columns = self._columns(case[rows.subject], leaf, rows.terms, len(tops))
        if columns is None or "id" not in columns:
            return None
        return pl.DataFrame({"kind": pl.Series(kinds)[order], **columns})

    def _followed(self, rows: _Rows, left: Any, place: Ints, case: Ints) -> Ints | None:
        """The field of which each statement gives a value, or -1. place, case: of each node, so far of cases; are filled."""
        properties = rows.property.unique()
        if len(properties) > MOST_PROPERTIES:
            return None
        steps = self._known_steps(properties.to_list())
        property_of, nothing = _places(rows.property, properties), (rows.terms == f"<{NIL}>").to_numpy()
        leaf, in_list = np.full(len(left), -1), np.zeros(len(left), dtype=bool)
        while (here := np.flatnonzero(left & (place[rows.subject] >= 0))).size:
            left[here] = False
            what, target = steps[place[rows.subject[here]], property_of[here]].T
            to, is_item = rows.object[here], (what == LIST) & (rows.object[here] < 0)
            is_leaf, ends = (what == LEAF) | is_item, (what == REST_OF_LIST) & nothing[here]
            onward = ~is_leaf & ~ends
            nodes = to[onward]
            if (what == UNKNOWN).any() or (nodes < 0).any() or (place[nodes] >= 0).any() or len(np.unique(nodes)) < len(nodes):
                return None
            leaf[here[is_leaf]] = np.where(is_item, self._item[np.where(is_item, target, 0)], target)[is_leaf]
            in_list[here] = what == REST_OF_LIST
            place[nodes], case[nodes] = target[onward], case[rows.subject[here[onward]]]
        lists = np.isin(place, np.flatnonzero(self._item >= 0))
        each = np.bincount(rows.subject, minlength=len(place))[lists]
        rests = np.bincount(rows.subject[in_list], minlength=len(place))[lists]
        return leaf if not left.any() and (each == 2).all() and (rests == 1).all() else None

    def _known_steps(self, properties: list[str]) -> Ints:
        """By place and property: what it is there, and where it leads."""
        return np.array([[steps.get(one, (UNKNOWN, 0)) for one in properties] for steps in self._steps])

    # -------------------------------------------------------------- fields

    def _columns(self, case: Ints, leaf: Ints, terms: pl.Series, count: int) -> dict[str, pl.Series] | None:
        """The words of each field, by case."""
        columns: dict[str, pl.Series] = {}
        order = np.argsort(leaf, kind="stable")
        ends = np.searchsorted(leaf[order], np.arange(len(self._leaves) + 1))
        for number in np.flatnonzero(np.diff(ends)).tolist():
            (kind, path), rows = self._leaves[number], order[ends[number] : ends[number + 1]]
            whose, values = case[rows], terms.gather(rows)
            if np.bincount(whose).max() > 1:
                if "mostItems" not in intake.field_table(kind)[path]:
                    return None
                whose, values = _joined(whose, values)
            words = self._words(number, values)
            if words is None:
                return None
            places = np.full(count, len(words))
            places[whose] = np.arange(len(words))
            column = words.extend_constant(None, 1).gather(places)
            columns[path] = columns[path].zip_with(column.is_null(), column) if path in columns else column
        return columns

    def _words(self, leaf: int, terms: pl.Series) -> pl.Series | None:
        """What a table would have in place of terms; None where that is not for certain the same."""
        if self._one(leaf)["type"] == "text" and terms.str.contains(SIMPLE).all():
            words = terms.str.slice(1).str.head(-1)
            if not words.str.to_lowercase().is_in(list(NOT_STATED)).any():
                return words
        numbers, distinct = numbered(terms.to_arrow())
        found = [self._word(leaf, term) for term in distinct]
        return pl.Series(found, dtype=pl.String).gather(numbers) if None not in found else None

    def _one(self, leaf: int) -> dict[str, Any]:
        kind, path = self._leaves[leaf]
        return intake.field_table(kind)[path]

    def _word(self, leaf: int, terms: str) -> str | None:
        if (leaf, terms) in self._kept:
            return self._kept[leaf, terms]
        one = self._one(leaf)
        try:
            values = [plain(_term(term), one, "") for term in terms.split("\n") if term != f"<{NIL}>"]
            value = values if "mostItems" in one else values[0]
            word = ";".join(map(_as_word, values)) or "[]"
            same = intake.value_of(value, one, "", True) == intake.value_of([] if word == "[]" else word, one, "", False)
        except (CptppError, IndexError):
            return None
        if not same or word.strip().lower() in NOT_STATED or (f"<{NIL}>" in terms and values):
            return None
        if len(self._kept) < MOST_KEPT:
            self._kept[leaf, terms] = word
        return word


def _joined(whose: Ints, values: pl.Series) -> tuple[Ints, pl.Series]:
    """The values of each case on lines of one text."""
    found = pl.DataFrame({"case": whose, "": values}).group_by("case").agg(pl.col("").sort().str.join("\n"))
    return found["case"].to_numpy(), found[""]


def _as_word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:f}" if isinstance(value, Decimal) else str(value)


def _term(written: str) -> Any:
    return next(iter(ox.parse(f"<x:s> <x:p> {written} .", format=ox.RdfFormat.N_TRIPLES))).object


def _places(terms: pl.Series, known: pl.Series) -> Ints:
    """The places of terms among the known ones; -1 of others."""
    table = pl.DataFrame({"": known, "place": np.arange(len(known))})
    found = terms.alias("").to_frame().join(table, on="", how="left", maintain_order="left")
    return found["place"].fill_null(-1).to_numpy()


def _apart(rows: _Rows, cut: int) -> bool:
    """Whether nothing before a place speaks of what is spoken of after it."""
    if cut == len(rows.subject):
        return True
    first = rows.subject[cut]
    before, after = slice(cut), slice(cut, None)
    later = rows.object[after]
    return bool(
        (rows.subject[before] < first).all()
        and (rows.subject[after] >= first).all()
        and (rows.object[before] < first).all()
        and ((later < 0) | (later >= first)).all()
    )
