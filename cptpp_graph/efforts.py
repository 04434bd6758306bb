"""What it costs a person that a fact of a case becomes another: the ranked efforts of ontology/efforts.ttl."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import pyoxigraph as ox

from .catalogue import shipped
from .intake import Value, field_table
from .terms import expand


@dataclass(frozen=True, slots=True)
class Effort:
    """iri: its labels stand under it; rank: 1 is the easiest."""

    iri: str
    code: str
    rank: int


@dataclass(frozen=True, slots=True)
class Change:
    """A field that has another value than the case states. stated: None where it states none."""

    path: str
    value: Value
    stated: Value | None
    effort: Effort

    @property
    def ordered(self) -> bool:
        """Whether less of it is less to ask: a number, a day."""
        return (isinstance(self.value, int | Decimal) and not isinstance(self.value, bool)) or self.path in days()

    def within(self, other: Change) -> bool:
        """Whether whoever has the other has this as well: the same, or less of it."""
        if self.path != other.path:
            return False
        return self.value == other.value or (self.ordered and self.value <= other.value)  # type: ignore[operator]


@cache
def days() -> frozenset[str]:
    """The fields that hold a day."""
    return frozenset(path for kind in shipped()["cases"] for path, one in field_table(kind).items() if one["type"] == "date")


class Efforts:
    """Which effort each change of a fact takes."""

    def __init__(self, store: ox.Store) -> None:
        self._rules: dict[str, list[tuple[str | None, str | None, Effort]]] = {}
        self.unstated: Effort | None = None
        known: list[Effort] = []
        rows: Any = store.query(shipped()["explain"]["efforts"], use_default_graph_as_union=True)
        for row in rows:
            effort = Effort(row["effort"].value, row["code"].value, int(row["rank"].value))
            known.append(effort)
            if row["unstated"] is not None:
                self.unstated = effort
            if row["fact"] is not None:
                start, way = (row[name].value if row[name] is not None else None for name in ("from", "direction"))
                self._rules.setdefault(row["fact"].value, []).append((start, way, effort))
        self.all = list(dict.fromkeys(known))
        self.last = max(known, key=lambda effort: effort.rank)

    def rules(self, fact: str) -> list[tuple[str | None, str | None, Effort]]:
        """From which value, in which direction, a fact changes by which effort."""
        return self._rules.get(fact, [])

    def change(self, kind: str, path: str, stated: Value | None, value: Value) -> Change | None:
        """The change of a field to a value; None where it is none, or the fact cannot go that way."""
        if value == stated:
            return None
        if stated is None:
            assert self.unstated is not None
            return Change(path, value, None, self.unstated)
        fitting = [(start, way, effort) for start, way, effort in self._rules_of(kind, path) if _fits(start, way, stated, value)]
        if not fitting:
            return None
        narrowest = max(fitting, key=lambda rule: (rule[0] is not None, rule[1] is not None))
        return Change(path, value, stated, narrowest[2])

    def _rules_of(self, kind: str, path: str) -> list[tuple[str | None, str | None, Effort]]:
        """Those on the field, else on the group in which it stands."""
        table = field_table(kind)
        above = path.rpartition(".")[0]
        own = self.rules(expand(table[path]["property"]))
        return own or (self.rules(expand(table[above]["property"])) if above else [])


def _fits(start: str | None, way: str | None, stated: Value, value: Value) -> bool:
    if start is not None and stated != start:
        return False
    if way == "up":
        return value > stated  # type: ignore[operator]
    if way == "added":
        return isinstance(value, tuple) and isinstance(stated, tuple) and set(stated) < set(value)
    return True
