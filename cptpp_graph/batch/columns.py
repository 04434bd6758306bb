"""Holds cases in columns: each field a number per case that stands for its value, each value kept once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl

from ..intake import Case, Value
from .codes import Codes
from .plan import Plan

NAMED = "principal.case"  # names a case, of which it lays nothing itself
ENDLESS = ("number", "text")  # types of which no two cases need have the same value
BELOW, EQUAL, ABOVE = 1, 2, 3


class Values:
    """The values of one field that have been seen. Number 0 stands for unknown."""

    def __init__(self, plan: Plan, path: str, classes: dict[Any, int]) -> None:
        """classes: what is alike of earlier values, by Plan.alike."""
        self._plan, self._path, self._classes = plan, path, classes
        self._numbers: dict[Value, int] = {}
        self.values: list[Value | None] = [None]
        self._alike = [0]

    def anew(self) -> Values:
        """None of the values, but which of them are alike: amounts and texts would else be kept without end."""
        return Values(self._plan, self._path, self._classes)

    def number(self, value: Value) -> int:
        """The number of a value, which is in the form that intake gives it."""
        known = self._numbers.get(value)
        if known is None:
            known = self._numbers[value] = len(self.values)
            self.values.append(value)
            kind = self._plan.alike(self._path, value)
            self._alike.append(self._classes.setdefault(kind, len(self._classes) + 1))
        return known

    def alike(self, codes: Codes) -> Codes:
        """Codes of values to codes of what no rule tells apart."""
        return np.asarray(self._alike, dtype=np.int32).take(codes)


@dataclass(slots=True)
class Columns:
    """Cases of one kind. ids, places: of each case; order: its number among the cases of both kinds that were read with it.

    codes: field to the number of its value, for fields that some case states; values: field to what its numbers stand for.
    names: of spouses, the principals' cases that they name; principals: how those come out, where that is known.
    """

    kind: str
    values: dict[str, Values]
    ids: Any
    places: Any
    order: Any
    codes: dict[str, Codes] = field(default_factory=dict)
    names: Any = None
    principals: pl.DataFrame | None = None

    def taken(self, kept: Any) -> Columns:
        """Some of the cases, by their places."""
        return Columns(
            self.kind,
            self.values,
            pl.Series(self.ids, dtype=pl.String).gather(kept),
            [self.places[place] for place in kept],
            self.order[kept],
            {path: codes[kept] for path, codes in self.codes.items()},
            None if self.names is None else self.names.gather(kept),
            None if self.principals is None else self.principals[kept],
        )

    def coded(self, path: str) -> tuple[list[Value | None], Codes]:
        """The values of a field, and for each case the place of its own among them."""
        codes = self.codes.get(path)
        return self.values[path].values, np.zeros(len(self.ids), dtype=np.int32) if codes is None else codes

    def facts(self, place: int, paths: Iterable[str]) -> dict[str, Value]:
        """What a case states of some fields."""
        found = {}
        for path in paths:
            if path in self.codes and (value := self.values[path].values[self.codes[path][place]]) is not None:
                found[path] = value
        return found


class Book:
    """The values of all fields of a kind of case."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.values = {path: Values(plan, path, {}) for path in plan.fields}

    def begin(self) -> None:
        """Before each piece of a population: values that are never alike are not kept, but by the columns read before."""
        for path, values in self.values.items():
            if self.plan.fields[path]["type"] in ENDLESS:
                self.values[path] = values.anew()

    def empty(self, ids: Any = (), places: Any = (), order: Any = ()) -> Columns:
        """Cases of which no field is known yet."""
        return Columns(self.plan.kind, dict(self.values), ids, places, np.asarray(order, dtype=np.int64))

    def columns(self, cases: Iterable[tuple[int, Case]]) -> Columns:
        """Cases read one by one, numbered, in columns."""
        order, found = zip(*numbered, strict=True) if (numbered := list(cases)) else ((), ())
        ids, places = [case.id for case in found], [str(case.place) for case in found]
        columns = self.empty(ids, places, order)
        if self.plan.kind == "spouse":
            columns.names = pl.Series([case.facts.get(NAMED) for case in found], dtype=pl.String)
        for number, case in enumerate(found):
            for path, value in case.facts.items():
                if path not in columns.codes:
                    columns.codes[path] = np.zeros(len(found), dtype=np.int32)
                columns.codes[path][number] = self.values[path].number(value)
        return columns

    def alike(self, columns: Columns, path: str) -> Codes:
        """For each case the number of what no rule tells apart in a field; how two amounts compare is one such thing."""
        if path not in columns.codes:
            return np.zeros(len(columns.ids), dtype=np.int32)
        if self.plan.compared and path in self.plan.compared:
            return self._compared(columns)
        return columns.values[path].alike(columns.codes[path])

    def _compared(self, columns: Columns) -> Codes:
        assert self.plan.compared
        known = all(path in columns.codes for path in self.plan.compared)
        result = np.zeros(len(columns.ids), dtype=np.int32)
        if not known:
            return result
        one, two = (columns.codes[path] for path in self.plan.compared)
        places = np.flatnonzero((one > 0) & (two > 0))
        left, right = (
            np.array([float(str(value or 0)) for value in columns.values[path].values])[codes[places]]
            for path, codes in zip(self.plan.compared, (one, two), strict=True)
        )
        result[places] = np.where(left < right, BELOW, np.where(left > right, ABOVE, EQUAL))
        same = places[left == right]  # though a float may hide a difference
        pairs, pair_of = np.unique(np.stack([one[same], two[same]]), axis=1, return_inverse=True)
        exact = [self._exactly(columns, *pair) for pair in pairs.T.tolist()]
        result[same] = np.array(exact, dtype=np.int32)[pair_of.reshape(-1)] if exact else EQUAL
        return result

    def _exactly(self, columns: Columns, *numbers: int) -> int:
        assert self.plan.compared
        one, two = (
            Decimal(str(columns.values[path].values[number])) for path, number in zip(self.plan.compared, numbers, strict=True)
        )
        return BELOW if one < two else ABOVE if one > two else EQUAL
