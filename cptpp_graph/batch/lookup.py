"""Asks the link queries for many claims at once, and each distinct row of what they look up only once."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pyoxigraph as ox

from ..catalogue import shipped
from ..linking import VALUES, Linked
from ..terms import BASE

NODE = BASE + "case/-"  # every claim is laid on the same node, so that what was looked up for one serves all
ROW = BASE + "row/"
MANY = ("counterpart", "levelCandidate")  # columns of which claims have very many different values
SIZES = (64, 1024)
ANY = ox.Literal("any")  # in place of a value that a query does not use

Row = tuple[Any, ...]
Unit = tuple[tuple[Row, ...], ...]
"""The rows that a query answers together: one, or where it has several VALUES, all rows of each."""
Triple = tuple[str, str, Any]


class Lookup:
    """The answers of the link queries, kept by query and unit.

    A query is asked row by row in effect: each row of its VALUES is joined with the rules alone, never with another row.
    """

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        self._found: dict[str, dict[Unit, tuple[Triple, ...]]] = {}
        self._kept: dict[tuple[str, frozenset[str]], dict[Unit, tuple[Triple, ...]]] = {}
        self._sizes = {name: _Sizes() for name in shipped()["link"]}
        self._blocks = {name: _blocks(text) for name, text in shipped()["link"].items()}
        self._open = {name: place for name, text in shipped()["link"].items() if (place := _opened(text, self.columns(name)))}
        self._rows_of: dict[str, dict[Row, set[Any]]] = {}
        self._idle = {name: _idle(text, self.columns(name)) for name, text in shipped()["link"].items()}

    def lay(
        self, claims: Sequence[Linked], queries: Iterable[str], wanted: frozenset[str], watched: Collection[str] = ()
    ) -> list[list[tuple[str, Row]]]:
        """Lays on claims (one in each Linked, on NODE) what the queries find of the wanted properties.

        Per claim: the rows of the watched queries to which something was found, each with the name of its query.
        """
        fruitful: list[list[tuple[str, Row]]] = [[] for _ in claims]
        for query in queries:
            asked = [self._units(query, linked) for linked in claims]
            known, kept = self._found.setdefault(query, {}), self._kept.setdefault((query, wanted), {})
            missing = dict.fromkeys(unit for units in asked for unit in units if unit not in known)
            rest = self._fruitful(query, list(missing))
            known |= dict.fromkeys(missing, ())
            while rest:
                size = self._sizes[query].size(len(rest))
                together, rest = rest[:size], rest[size:]
                with self._sizes[query].measured(len(together)):
                    known |= self._ask(query, together)
            for linked, units, rows in zip(claims, asked, fruitful, strict=True):
                for unit in units:
                    if unit not in kept:
                        kept[unit] = _reached(known[unit], wanted)
                    for triple in kept[unit]:
                        linked.put(*triple)
                    if kept[unit] and query in watched:
                        rows += [(query, row) for block in unit for row in block]
        return fruitful

    def _fruitful(self, query: str, units: list[Unit]) -> list[Unit]:
        """Those of the units to which the query can find anything; told for all values of one column at once."""
        place = self._open.get(query)
        if place is None:
            return units
        known = self._rows_of.setdefault(query, {})
        rests = dict.fromkeys(_without(unit[0][0], place) for unit in units)
        for rest in rests:
            if rest not in known:
                known[rest] = self._rows(query, rest, place)
        return [unit for unit in units if unit[0][0][place] in known[_without(unit[0][0], place)]]

    def _rows(self, query: str, rest: Row, place: int) -> set[Any]:
        """The values of a column for which a query finds anything, where the other columns have these values."""
        ((values, names),) = self._blocks[query]
        others = [name for number, name in enumerate(names) if number != place]
        body = shipped()["link"][query].partition("WHERE")[2]
        row = " ".join(str(term).replace(f"<{NODE}", f"<{ROW}0", 1) for term in rest)
        body = body.replace(values, f"VALUES ({' '.join('?' + name for name in others)}) {{ ({row}) }}")
        head = shipped()["link"][query].partition("CONSTRUCT")[0]
        text = f"{head}SELECT DISTINCT ?{names[place]} WHERE {body}"
        return {found[names[place]] for found in self._store.query(text, use_default_graph_as_union=True)}  # type: ignore[union-attr]

    def columns(self, query: str) -> list[list[str]]:
        """The names of the columns of each VALUES of a query."""
        return [names for _, names in self._blocks[query]]

    def _units(self, query: str, linked: Linked) -> list[Unit]:
        blocks = [list(linked.rows(names)) for _, names in self._blocks[query]]
        if not all(blocks):
            return []
        if idle := self._idle[query]:
            blocks = [[tuple(ANY if place in idle else term for place, term in enumerate(row)) for row in blocks[0]]]
        unique = [tuple(dict.fromkeys(rows)) for rows in blocks]
        if len(unique) == 1:
            return [((row,),) for row in unique[0]]
        return [tuple(unique)]

    def _ask(self, query: str, units: list[Unit]) -> dict[Unit, tuple[Triple, ...]]:
        text = shipped()["link"][query]
        for number, (values, names) in enumerate(self._blocks[query]):
            rows = (row for place, unit in enumerate(units) for row in _written(unit[number], place))
            text = text.replace(values, f"VALUES ({' '.join('?' + name for name in names)}) {{ {' '.join(rows)} }}")
        found: list[dict[Triple, None]] = [{} for _ in units]
        about: dict[str, list[Triple]] = {}
        for triple in self._store.query(text, use_default_graph_as_union=True):  # type: ignore[union-attr]
            place, subject = _placed(triple.subject)
            at, value = _placed(triple.object)
            told = (subject.value, triple.predicate.value, value)
            if (owner := place if place is not None else at) is None:
                about.setdefault(subject.value, []).append(told)
            else:
                found[owner][told] = None
        for triples in found:
            for *_, value in list(triples):
                triples.update(dict.fromkeys(about.get(value.value, ()) if isinstance(value, ox.NamedNode) else ()))
        return {unit: tuple(triples) for unit, triples in zip(units, found, strict=True)}


def _reached(triples: tuple[Triple, ...], wanted: frozenset[str]) -> tuple[Triple, ...]:
    """Those of wanted properties, without what is said of nodes to which only others lead."""
    made = {value.value for subject, _, value in triples if isinstance(value, ox.NamedNode) and value.value != subject}
    kept: dict[Triple, None] = {}
    nodes = [subject for subject, *_ in triples if subject not in made]
    while nodes:
        node = nodes.pop()
        for triple in triples:
            if triple[0] == node and triple[1] in wanted and triple not in kept:
                kept[triple] = None
                nodes.append(getattr(triple[2], "value", ""))
    return tuple(kept)


class _Sizes:
    """How many units to put into one query: the store joins many otherwise than few, for some queries far slower."""

    def __init__(self) -> None:
        self._seconds: dict[int, float] = {}

    def size(self, waiting: int) -> int:
        """One that was not tried yet, if so many wait; else the one that served best."""
        fresh = [size for size in SIZES if size <= waiting and size not in self._seconds]
        return fresh[0] if fresh else min(self._seconds, key=self._seconds.__getitem__, default=SIZES[0])

    @contextmanager
    def measured(self, count: int) -> Iterator[None]:
        start = time.perf_counter()
        yield
        if count in SIZES:
            self._seconds[count] = (time.perf_counter() - start) / count


def _blocks(text: str) -> list[tuple[str, list[str]]]:
    return [(match[0], [name.lstrip("?") for name in match["names"].split()]) for match in VALUES.finditer(text)]


def _without(row: Row, place: int) -> Row:
    return row[:place] + row[place + 1 :]


def _opened(text: str, columns: list[list[str]]) -> int | None:
    """The place of the column to be left open: the last that a plain pattern of the query binds without VALUES.

    None where there is none, or where the query has several VALUES or makes nodes that are named by other columns.
    """
    if len(columns) != 1 or columns[0][0] != "claim":
        return None
    body = VALUES.sub(" ", text.partition("WHERE")[2].partition("{")[2])
    while (plain := re.sub(r"[A-Z ]*\{[^{}]*\}|(FILTER|BIND) \([^{}\n]*\)", " ", body)) != body:
        body = plain
    bound = [place for place, name in enumerate(columns[0]) if re.search(rf"\?{name}\b", body)]
    many = [place for place in bound if columns[0][place] in MANY]
    return many[-1] if many else None


def _idle(text: str, columns: list[list[str]]) -> set[int]:
    """The places of columns of which a query only asks that there is a value. None where it has several VALUES."""
    names = columns[0] if len(columns) == 1 else []
    return {place for place, name in enumerate(names) if place and len(re.findall(rf"\?{name}\b", text)) == 1}


def _written(rows: Iterable[Row], place: int) -> Iterable[str]:
    """Rows as SPARQL, for a claim that is named by its place."""
    for row in rows:
        yield f"({' '.join(str(term).replace(f'<{NODE}', f'<{ROW}{place}', 1) for term in row)})"


def _placed(term: Any) -> tuple[int | None, Any]:
    """The place in which a claim stands to which a node belongs, and the node below NODE."""
    if not isinstance(term, ox.NamedNode) or not term.value.startswith(ROW):
        return None, term
    place, slash, rest = term.value.removeprefix(ROW).partition("/")
    return int(place), ox.NamedNode(NODE + slash + rest)
