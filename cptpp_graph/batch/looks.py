"""Tells how a code looks to the rules from a claim, so that codes told apart by nothing but their names are asked about once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pyoxigraph as ox

from ..terms import NS
from .lookup import MANY, NODE, Lookup, Triple, Unit

OPEN = tuple(NS + name for name in MANY)
CODE = "*"  # in place of a code, in names; no IRI holds it
Kind = tuple[Any, ...]


class Looks:
    """What link queries that are asked of each code by itself find, with the code's own name taken out.

    Where it is the same for two codes, all that is found for one is found for the other, under other names.
    tried: values of other columns, by property, all of which are asked for.
    """

    def __init__(
        self,
        lookup: Lookup,
        queries: Sequence[str],
        wanted: frozenset[str],
        tried: Mapping[str, list[Any]],
        is_name: Callable[[str], bool],
    ) -> None:
        self._lookup, self._wanted, self._tried, self._is_name = lookup, wanted, tried, is_name
        self._queries = [query for query in queries if lookup.is_open(query)]
        self._numbers: dict[Kind, int] = {}
        self._kinds: dict[Kind, int] = {}
        self._of_base: dict[int, int] = {}
        self._askings: dict[Kind, int] = {}
        self._of_code: dict[tuple[int, Any], tuple[int, str]] = {}

    def numbers(self, asked: Sequence[tuple[int, Mapping[str, Any], Sequence[Triple]]]) -> list[int]:
        """The number of the look of each claim: of its base (a number, and its values by property) and what is laid of codes."""
        for number, values, _ in asked:
            if number not in self._of_base:
                self._of_base[number] = self._askings.setdefault(self._asking(values), len(self._askings))
        codes = ((number, triple[2]) for number, _, laid in asked for triple in laid if triple[1] in OPEN)
        pairs = dict.fromkeys((self._of_base[number], code) for number, code in codes)
        fresh = [pair for pair in pairs if pair not in self._of_code]
        self._of_code |= zip(fresh, self._looks(fresh), strict=True)
        return [self._number(number, laid) for number, _, laid in asked]

    def _asking(self, values: Mapping[str, Any]) -> Kind:
        """All that decides what is asked of a code from a base: what other columns of queries can be, and codes laid already."""
        rests = (self._lookup.rests(query, values, self._tried) for query in self._queries)
        return (tuple(tuple(rest for rest, _ in one) for one in rests), tuple(tuple(values.get(name, ())) for name in OPEN[1:]))

    def _number(self, base: int, laid: Sequence[Triple]) -> int:
        codes = [triple[2] for triple in laid if triple[1] in OPEN]
        looks = {code: self._of_code[self._of_base[base], code] for code in codes}
        if any(_notation(one) in names for one in codes for other, (_, names) in looks.items() if other != one):
            return self._numbered((base, *codes))  # one code stands in a name that another brings
        others = sorted((name, str(looks[value][0] if value in looks else value)) for _, name, value in laid if name not in OPEN)
        return self._numbered((base, tuple(others), *sorted(looks[code][0] for code in codes)))

    @property
    def count(self) -> int:
        return len(self._numbers)

    def _numbered(self, kind: Kind) -> int:
        return self._numbers.setdefault(kind, len(self._numbers))

    def _looks(self, pairs: Sequence[tuple[int, Any]]) -> Iterable[tuple[int, str]]:
        """Of each way of asking with a code: the number of how it looks, and the names in it that do not hold the code."""
        askings = list(self._askings)
        ways = {asking: askings[asking][0] for asking, _ in pairs}
        stated: list[dict[str, Any]] = []
        for asking, code in pairs:
            stated.append({OPEN[0]: (code,), **dict(zip(OPEN[1:], askings[asking][1], strict=True))})
        kinds: list[list[Any]] = [[] for _ in pairs]
        names: list[set[str]] = [set() for _ in pairs]
        for place, query in enumerate(self._queries):
            opened = self._lookup.opened(query)
            rests = {asking: [(rest, self._lookup.fruitful(query, rest)) for rest in way[place]] for asking, way in ways.items()}
            asked = [
                [
                    self._lookup.unit(query, rest, value)
                    for rest, fruitful in rests[asking]
                    for value in values.get(opened, ())
                    if value in fruitful
                ]
                for (asking, _), values in zip(pairs, stated, strict=True)
            ]
            kept = self._lookup.answered(query, self._wanted, asked)
            for (_, code), values, units, kind, others in zip(pairs, stated, asked, kinds, names, strict=True):
                for unit in units:
                    kind.append((query, self._without(unit, code)))
                    for subject, name, value in kept[unit]:
                        kind.append((self._hidden(subject, code, others), name, self._hidden(value, code, others)))
                        if subject == NODE and name in OPEN:
                            values[name] = (*values.get(name, ()), value)
        return [
            (self._kinds.setdefault(tuple(kind), len(self._kinds)), " ".join(others))
            for kind, others in zip(kinds, names, strict=True)
        ]

    def _without(self, unit: Unit, code: Any) -> tuple[Any, ...]:
        return tuple(None if term == code else term for term in unit[0][0])

    def _hidden(self, term: Any, code: Any, others: set[str]) -> Any:
        """A term; if it is a name, without the code that stands in it."""
        iri = term.value if isinstance(term, ox.NamedNode) else term
        if not isinstance(iri, str) or not self._is_name(iri):
            return term
        hidden = iri.replace(_notation(code), CODE)
        if hidden == iri:
            others.add(iri)
        return hidden


def _notation(code: Any) -> str:
    return str(code.value.rpartition("/")[2])
