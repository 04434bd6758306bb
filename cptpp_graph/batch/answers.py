"""Answers, for one requirement, each distinct question once: which facts bear on it, and what comes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from .. import compiled, judging, verdict
from ..errors import CptppError
from ..intake import Case, Value
from ..linking import READING, Linked, as_term, lay_claim, lay_stated
from ..terms import NS, expand
from .looks import OPEN, Looks
from .lookup import CLAIM_NODE, NODE, Lookup, Triple
from .plan import CLAIM, ON_FACT, RDF_TYPE, STATED, STATES, Plan, View

READ_APART = (RDF_TYPE,)
Facts = Mapping[str, Value]
Claim = dict[str, Any]
Finding = tuple[str, str | None]
Question = tuple[Claim, Facts, Mapping[str, int]]
"""A claim with some facts of its case, and its parts: what is laid already, by number in parts."""


@dataclass(frozen=True, slots=True)
class Part:
    """What the rules lay for one thing, or for some together. seen: of it and of what is stated, all that is read later."""

    seen: tuple[Triple, ...]
    laid: tuple[Triple, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """What the rules lay on a claim for a requirement. reads: the fields on which its finding still turns."""

    claim: Claim
    laid: tuple[Triple, ...]
    reads: tuple[str, ...]


def staged(path: str) -> str:
    """The name of the part that is all up to a field together."""
    return f"up to {path}"


class Answers:
    """One requirement's view, asked step by step, each time of fewer things.

    part(): what the rules lay for one thing alone; stage(): for some together; begun(): which fields of few values the link
    queries would look up at all, and what the rules lay where they would not; settings(): what they lay; finding().
    """

    def __init__(self, plan: Plan, view: View, lookup: Lookup) -> None:
        self.plan, self.view, self.lookup = plan, view, lookup
        self._signed = view.properties | ({ON_FACT} if STATED in view.properties else set())
        self.own = plan.own(view)
        self.staged = plan.staged(view)
        rest = [query for query in view.queries if not any(query in queries for queries in self.own.values())]
        self._kept_after = {CLAIM: self._read_after(rest)}
        for path, queries in self.staged.items():
            rest = [query for query in rest if query not in queries]
            self._kept_after[path] = self._read_after(rest)
        self._later = tuple(rest)
        self._wanted = self._read_after(view.queries)
        self._tried = self._all_values(rest)
        self._watched = [query for query in rest if self._tried.keys() & self._columns([query])]
        if plan.laid_by(self._watched) & self._columns(self._watched):
            raise CptppError("of two link queries that read facts of few values one feeds the other", "Extend batch/lookup.py.")
        self._names: dict[str, bool] = {}
        self._codes = self._field_of_codes()
        self.looks = Looks(lookup, rest, self._wanted, self._tried, self._is_name) if self._codes else None
        self._bases: dict[Any, tuple[int, dict[str, Any]]] = {}
        steps = (*self.own, *map(staged, self.staged))
        self._numbers: dict[str, dict[frozenset[Triple], int]] = {one: {} for one in steps}
        self.parts: dict[str, list[Part]] = {one: [] for one in steps}
        known = judging.judging_shapes()
        self._shapes = [(known[iri].targets, self._facts_of(iri)) for iri in sorted(view.shapes)]
        self._known: dict[Any, int] = {}
        self.kept: list[Setting] = []

    def _facts_of(self, shape: str) -> frozenset[str]:
        direct = {path for name in self.plan.read_by(shape) for path in self.plan.fields_of(name)}
        return frozenset(direct | self.plan.said_to_be_stated([shape]))

    def _columns(self, queries: Iterable[str]) -> set[str]:
        """The properties by whose values queries look things up."""
        return {NS + name for query in queries for names in self.lookup.columns(query) for name in names}

    def _read_after(self, queries: Iterable[str]) -> frozenset[str]:
        """The properties that shapes or some queries read."""
        named = self._columns(queries)
        return frozenset(self._signed | named | {name.partition("_")[0] for name in named})

    def _all_values(self, queries: Iterable[str]) -> dict[str, list[Any]]:
        """All that a case could state of the fields of few values: a row that finds nothing among all finds nothing for any."""
        found = {}
        for path in self.view.tried:
            one = self.plan.fields[path]
            found[expand(one["property"])] = [as_term(value, one["type"]) for value in one.get("values", (True, False))]
        if any("states" in names for query in queries for names in self.lookup.columns(query)):
            others = (name for name, path in self.plan.by_property.items() if path not in self.view.looked_up)
            found[STATES] = [ox.NamedNode(name) for name in others]
        return found

    def _field_of_codes(self) -> str | None:
        """The field of which the values are codes that later queries take one by one, if there is one."""
        fields = [path for path in self.view.looked_up if OPEN[0] in self.plan.laid_by(self.own[path])]
        by_value = [query for query in self._later if self.lookup.is_open(query)]
        others = [query for query in self._later if query not in by_value]
        seen = "occupation" in {self.plan.fields[path]["type"] for path in self.view.facts}  # then a code is more than a name
        hidden = fields and not seen and fields[0] not in self.staged and self.plan.hides(by_value, others, OPEN)
        return fields[0] if hidden else None

    # -------------------------------------------------------------- parts

    def part(self, one: str, asked: Sequence[tuple[Claim, Facts]]) -> list[int]:
        """For claims, or values of a field: the number of what the queries that need nothing else lay. Alike ones share it."""
        together = [self._laid(claim, facts) for claim, facts in asked]
        before = [set(linked.triples()) for linked in together]
        self.lookup.lay(together, self.own[one], self._wanted)
        found = []
        for linked, stated in zip(together, before, strict=True):
            laid = tuple(triple for triple in linked.triples() if triple not in stated)
            of_it = [triple for triple in stated if self._is_of(one, triple)]
            found.append(self._numbered(one, self._kept_after[CLAIM], [*laid, *of_it], stated))
        return found

    def stage(self, path: str, asked: Sequence[Question]) -> list[int]:
        """For claims with the facts looked up as far as a field: the number of what the rules lay for these together.

        It takes the place of the parts; of what it makes alike, nothing that is asked later tells anything apart.
        """
        together = [self._with(parts) for *_, parts in asked]
        self.lookup.lay(together, self.staged[path], self._wanted)
        found = []
        for linked, (*_, parts) in zip(together, asked, strict=True):
            stated = {triple for one, number in parts.items() for triple in self._stated_in(one, number)}
            found.append(self._numbered(staged(path), self._kept_after[path], linked.triples(), stated))
        return found

    def _stated_in(self, one: str, number: int) -> set[Triple]:
        part = self.parts[one][number]
        return set(part.seen) - set(part.laid)

    def _numbered(self, one: str, kept: frozenset[str], found: Iterable[Triple], stated: set[Triple]) -> int:
        seen = tuple(triple for triple in found if triple[1] in kept)
        number = self._numbers[one].setdefault(frozenset(seen), len(self.parts[one]))
        if number == len(self.parts[one]):
            self.parts[one].append(Part(seen, tuple(triple for triple in seen if triple not in stated)))
        return number

    def _is_of(self, one: str, triple: Triple) -> bool:
        """Whether what linking lays of what is stated is of the claim, or of a field."""
        _, name, value = triple
        if one == CLAIM:
            return name in READ_APART or name.removeprefix(NS) in READING
        return one in self.plan.fields_of(name) or (name == STATES and self.plan.by_property.get(value.value) == one)

    def _laid(self, claim: Claim, facts: Facts) -> Linked:
        linked = Linked()
        lay_claim(linked, NODE, claim, Case("-", self.plan.kind, facts))
        return linked

    def _with(self, parts: Mapping[str, int]) -> Linked:
        """A claim with all that is read later of its parts."""
        linked = Linked()
        linked.claims.append(CLAIM_NODE)
        for one, number in parts.items():
            for triple in self.parts[one][number].seen:
                linked.put(*triple)
        return linked

    def look(self, asked: Sequence[Question]) -> list[int]:
        """For claims with their parts: the number of how their codes look. Of alike ones all that is found later is alike."""
        assert self.looks and self._codes
        found = []
        for *_, parts in asked:
            others = tuple((one, number) for one, number in parts.items() if one != self._codes)
            if others not in self._bases:
                self._bases[others] = len(self._bases), dict(self._with(dict(others)).about(NODE))
            found.append((*self._bases[others], self.parts[self._codes][parts[self._codes]].seen))
        return self.looks.numbers(found)

    # -------------------------------------------------------------- what the rules lay

    def begun(self, asked: Sequence[Question]) -> list[tuple[set[str], int]]:
        """For claims with their parts: which other fields some link query would use, and the number of what the rules lay,
        in kept, which counts where there are none."""
        together = [self._with(parts) for *_, parts in asked]
        fruitful = self.lookup.lay(together, self._later, self._wanted, self._watched, self._tried)
        return [
            (self._used(rows), self._setting(linked, *question))
            for linked, rows, question in zip(together, fruitful, asked, strict=True)
        ]

    def _used(self, rows: list[tuple[str, Any]]) -> set[str]:
        found: set[str] = set()
        for query, row in rows:
            for name, value in zip(self.lookup.columns(query)[0], row, strict=True):
                if value in self._tried.get(NS + name, ()):
                    found.add(self.plan.by_property[value.value if NS + name == STATES else NS + name])
        return found

    def settings(self, asked: Sequence[Question]) -> list[int]:
        """For claims with their parts and the fields that some query uses: the number of what the rules lay, in kept.

        Alike ones share it.
        """
        together = [self._with(parts) for *_, parts in asked]
        for linked, (_, facts, _) in zip(together, asked, strict=True):
            for path, value in facts.items():
                one = self.plan.fields[path]
                linked.add(NODE, "cptpp:states", ox.NamedNode(expand(one["property"])))
                if path in self.view.tried:
                    linked.add(NODE, one["property"], as_term(value, one["type"]))
        self.lookup.lay(together, self._later, self._wanted)
        return [self._setting(linked, *question) for linked, question in zip(together, asked, strict=True)]

    def _setting(self, linked: Linked, claim: Claim, facts: Facts, parts: Mapping[str, int]) -> int:
        seen, kind = self._seen(linked)
        number = self._known.setdefault(kind, len(self.kept))
        if number == len(self.kept):
            stated = {triple for one, part in parts.items() for triple in self._stated_in(one, part)}
            laid = tuple(triple for triple in seen if triple not in stated)
            self.kept.append(Setting(claim, laid, self._read(linked, seen)))
        return number

    def _seen(self, linked: Linked) -> tuple[list[Triple], Any]:
        """What the shapes can reach from the claim, and that without the names that tell them nothing."""
        stated: dict[str, list[tuple[str, Any]]] = {}
        for subject, name, value in linked.triples():
            if name in self._signed:
                stated.setdefault(subject, []).append((name, value))
        found: list[Triple] = []
        kind: list[Any] = []
        numbers, nodes = {NODE: 0}, [NODE]
        for node in nodes:
            for name, value in sorted(stated.get(node, ()), key=lambda one: (one[0], *self._look(stated, one[1]))):
                found.append((node, name, value))
                if isinstance(value, ox.NamedNode) and value.value not in numbers:
                    numbers[value.value] = len(numbers)
                    nodes.append(value.value)
                kind.append((numbers[node], name, numbers[value.value] if self._named(value) else value))
        return found, tuple(kind)

    def _is_name(self, iri: str) -> bool:
        """Whether an IRI tells the shapes nothing but whether it is the same as another."""
        known = self._names.get(iri)
        if known is None:
            known = self._names[iri] = iri.startswith(NODE + "/") or self.plan.is_name(iri, self.view)
        return known

    def _look(self, stated: Mapping[str, list[tuple[str, Any]]], value: Any) -> tuple[str, ...]:
        """What sorts values: how they are written; of names, what is said of them, as far as that needs no names."""
        if not self._named(value):
            return (str(value),)
        return tuple(sorted(name if self._named(one) else f"{name} {one}" for name, one in stated.get(value.value, ())))

    def _named(self, value: Any) -> bool:
        return isinstance(value, ox.NamedNode) and self._is_name(value.value)

    def _read(self, linked: Linked, seen: Iterable[Triple]) -> tuple[str, ...]:
        """The fields on which the shapes that can have this claim as their focus turn."""
        facts: set[str] = set()
        for targets, read in self._shapes:
            if any(self._may_have(linked, target) for target in targets):
                facts |= read
        if STATED in self.view.properties:
            tested = {value.value for _, name, value in seen if name == ON_FACT}
            facts |= {self.plan.by_property[fact] for fact in tested if fact in self.plan.by_property}
        return tuple(path for path in self.plan.fields if path in facts)

    def _may_have(self, linked: Linked, target: tuple[str, str]) -> bool:
        name, cls = target
        if name == RDF_TYPE:
            return any(value.value == cls for value in linked.values(NODE, name))
        return bool(linked.values(NODE, name) or self.plan.fields_of(name))

    # -------------------------------------------------------------- findings

    def finding(self, number: int, facts: Facts) -> Finding:
        """What comes of a setting with facts, whatever becomes of the requirements on which this one depends."""
        setting, requirement = self.kept[number], self.view.requirement
        linked = self._laid(setting.claim, facts)
        for triple in setting.laid:
            linked.put(*triple)
        lay_stated(linked)
        known = judging.judging_shapes()
        results = [result for result in compiled.judge(linked, self.view.shapes) if result.claim == NODE]
        bears = verdict.bearing(requirement, results, verdict.unsaid(linked, NODE))
        judged = any(
            requirement.iri in known[iri].judges
            and any(judging.has_target(linked, NODE, target) for target in known[iri].targets)
            for iri in self.view.shapes
        )
        return verdict.alone(linked, CLAIM_NODE, requirement, bears, judged)
