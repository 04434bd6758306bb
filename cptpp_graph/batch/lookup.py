"""Asks the link queries for many claims at once, and each distinct row of what they look up only once."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

import pyoxigraph as ox

from ..catalogue import shipped
from ..linking import VALUES, Linked
from ..terms import BASE, NS

NODE = BASE + "case/-"  # every claim is laid on the same node, so that what was looked up for one serves all
CLAIM_NODE = ox.NamedNode(NODE)
ROW = BASE + "row/"
MANY = ("counterpart", "levelCandidate")  # columns of which claims have very many different values
SIZES = (64, 1024)
ANY = ox.Literal("any")  # in place of a value that a query does not use

Row = tuple[Any, ...]
Unit = tuple[tuple[Row, ...], ...]
"""The rows that a query answers together: one, or where it has several VALUES, all rows of each."""
Triple = tuple[str, str, Any]
Rests = list[tuple[Row, set[Any]]]


class Lookup:
    """The answers of the link queries, kept by query and unit.

    A query is asked row by row in effect: each row of its VALUES is joined with the rules alone, never with another row.
    """

    def __init__(self, store: ox.Store) -> None:
        self._queries = {name: _Query(store, text) for name, text in shipped()["link"].items()}
        self._kept: dict[tuple[str, frozenset[str]], dict[Unit, tuple[Triple, ...]]] = {}

    def lay(
        self,
        claims: Sequence[Linked],
        queries: Iterable[str],
        wanted: frozenset[str],
        watched: Collection[str] = (),
        tried: Mapping[str, list[Any]] = MappingProxyType({}),
    ) -> list[list[tuple[str, Row]]]:
        """Lays on claims (one in each Linked, on NODE) what the queries find of the wanted properties.

        The watched queries are asked with the values of tried, by property, as if the claim had them too; what they find for
        rows with such a value is not laid. Per claim: these rows, where something was found, each with its query.
        """
        fruitful: list[list[tuple[str, Row]]] = [[] for _ in claims]
        for name in queries:
            query = self._queries[name]
            if name in watched:
                more = [query.units(linked.about(NODE), tried) for linked in claims]
                kept = self.answered(name, wanted, more)
                for units, rows in zip(more, fruitful, strict=True):
                    rows += [(name, unit[0][0]) for unit in units if kept[unit]]
            asked = [self._units(query, linked) for linked in claims]
            kept = self.answered(name, wanted, asked)
            for linked, units in zip(claims, asked, strict=True):
                for unit in units:
                    for triple in kept[unit]:
                        linked.put(*triple)
        return fruitful

    def is_open(self, query: str) -> bool:
        """Whether a query finds what it finds for each of very many values by itself."""
        return self._queries[query].open is not None

    def rests(self, query: str, stated: Mapping[str, Collection[Any]], tried: Mapping[str, list[Any]]) -> Rests:
        """Of an open query, for a claim's values by property and, besides, those of tried: what its other columns can be, with
        the values for which it then finds anything."""
        return list(self._queries[query].rests(stated, tried))

    def fruitful(self, query: str, rest: Row) -> set[Any]:
        """The values with one of rests()."""
        return self._queries[query].fruitful[rest]

    def unit(self, query: str, rest: Row, value: Any) -> Unit:
        return self._queries[query].unit(rest, value)

    def opened(self, query: str) -> str:
        """The property of the open column of an open query."""
        return self._queries[query].opened

    def _units(self, query: _Query, linked: Linked) -> list[Unit]:
        if query.of_claim:
            return query.units(linked.about(NODE))
        blocks = [tuple(dict.fromkeys(linked.rows(names))) for _, names in query.blocks]
        if not all(blocks):
            return []
        return [((row,),) for row in blocks[0]] if len(blocks) == 1 else [tuple(blocks)]

    def columns(self, query: str) -> list[list[str]]:
        """The names of the columns of each VALUES of a query."""
        return [names for _, names in self._queries[query].blocks]

    def answered(self, name: str, wanted: frozenset[str], asked: Iterable[list[Unit]]) -> dict[Unit, tuple[Triple, ...]]:
        """What a query finds of the wanted properties, by unit; those that were never asked are asked together."""
        query, kept = self._queries[name], self._kept.setdefault((name, wanted), {})
        missing = list(dict.fromkeys(unit for units in asked for unit in units if unit not in kept))
        rest = [unit for unit in missing if unit not in query.found]
        while rest:
            size = query.sizes.size(len(rest))
            together, rest = rest[:size], rest[size:]
            with query.sizes.measured(len(together)):
                query.ask(together)
        kept |= {unit: _reached(query.found[unit], wanted) for unit in missing}
        return kept


class _Query:
    """A link query: its VALUES with the names of their columns, and what it was found to find.

    open: the place of the column whose values it is asked for all at once; fruitful: those for which it finds anything, by the
    values of the other columns.
    """

    def __init__(self, store: ox.Store, text: str) -> None:
        self._store, self.text = store, text
        self.blocks = [(match[0], [name.lstrip("?") for name in match["names"].split()]) for match in VALUES.finditer(text)]
        names = self.blocks[0][1] if len(self.blocks) == 1 else []
        self.of_claim = names[:1] == ["claim"]
        self.open = _opened(text, names) if self.of_claim else None
        self.fruitful: dict[Row, set[Any]] = {}
        self.found: dict[Unit, tuple[Triple, ...]] = {}
        self.sizes = _Sizes()
        self._names = [NS + name for name in names[1:]]
        self.opened = "" if self.open is None else NS + names[self.open]
        self._idle = [NS + name for name in names[1:] if len(re.findall(rf"\?{name}\b", text)) == 1]

    def units(self, stated: Mapping[str, Collection[Any]], tried: Mapping[str, list[Any]] = MappingProxyType({})) -> list[Unit]:
        """Those that a claim asks of it, but not all of those to which it finds nothing."""
        if self.open is None:
            columns = self._columns(self._names, stated, tried)
            return [((row,),) for row in itertools.product(*columns)] if all(columns) else []
        values = stated.get(self.opened, ())
        if not values:
            return []
        found = self.rests(stated, tried)
        return [self.unit(rest, value) for rest, fruitful in found for value in values if value in fruitful]

    def rests(self, stated: Mapping[str, Collection[Any]], tried: Mapping[str, list[Any]]) -> Iterator[tuple[Row, set[Any]]]:
        """As Lookup.rests has them."""
        columns = self._columns([name for name in self._names if name != self.opened], stated, tried)
        for rest in itertools.product(*columns) if all(columns) else ():
            fruitful = self.fruitful.get(rest)
            if fruitful is None:
                fruitful = self.fruitful[rest] = self._fruitful(rest)
            if fruitful:
                yield rest, fruitful

    def unit(self, rest: Row, value: Any) -> Unit:
        return (((*rest[: self.open], value, *rest[self.open :]),),)

    def _columns(
        self, names: Iterable[str], stated: Mapping[str, Collection[Any]], tried: Mapping[str, list[Any]]
    ) -> list[Collection[Any]]:
        columns: list[Collection[Any]] = [(CLAIM_NODE,)]
        for name in names:
            values = stated.get(name, ())
            if name in tried:
                values = [*values, *tried[name]]
            elif values and name in self._idle:
                values = [ANY]
            columns.append(values)
        return columns

    def ask(self, units: list[Unit]) -> None:
        """Finds what it finds for some units, and keeps it in found."""
        text = self.text
        for number, (values, names) in enumerate(self.blocks):
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
        self.found |= {unit: tuple(triples) for unit, triples in zip(units, found, strict=True)}

    def _fruitful(self, rest: Row) -> set[Any]:
        """The values of the open column for which it finds anything, where the other columns have these values."""
        ((values, names),), place = self.blocks, self.open
        assert place is not None
        others = [name for number, name in enumerate(names) if number != place]
        body = self.text.partition("WHERE")[2]
        rows = " ".join(_written([rest], 0))
        body = body.replace(values, f"VALUES ({' '.join('?' + name for name in others)}) {{ {rows} }}")
        head = self.text.partition("CONSTRUCT")[0]
        text = f"{head}SELECT DISTINCT ?{names[place]} WHERE {body}"
        return {found[names[place]] for found in self._store.query(text, use_default_graph_as_union=True)}  # type: ignore[union-attr]


def _reached(triples: tuple[Triple, ...], wanted: frozenset[str]) -> tuple[Triple, ...]:
    """Those of wanted properties, without what is said of nodes to which only others lead."""
    if not triples:
        return ()
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


def _opened(text: str, names: list[str]) -> int | None:
    """The place of the column to be left open: the last of many values that a plain pattern binds without VALUES, if any."""
    body = VALUES.sub(" ", text.partition("WHERE")[2].partition("{")[2])
    while (plain := re.sub(r"[A-Z ]*\{[^{}]*\}|(FILTER|BIND) \([^{}\n]*\)", " ", body)) != body:
        body = plain
    many = [place for place, name in enumerate(names) if name in MANY and re.search(rf"\?{name}\b", body)]
    return many[-1] if many else None


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
