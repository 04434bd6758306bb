"""Answers, for one requirement, each distinct question once: which facts bear on it, and what comes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from .. import compiled, judging, verdict
from ..intake import Case, Value
from ..linking import READING, Linked, as_term, lay_claim, lay_stated
from ..terms import NS
from .lookup import NODE, Lookup, Triple
from .plan import CLAIM, ON_FACT, RDF_TYPE, STATED, STATES, Plan, View

READ_APART = (RDF_TYPE,)
Facts = Mapping[str, Value]
Claim = dict[str, Any]
Finding = tuple[str, str | None]
Question = tuple[Claim, Facts, Mapping[str, int]]
"""A claim with some facts of its case, and its parts: what is laid already, by number in laid_by."""


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

    parts(): what the rules lay for one thing alone; stage(): for some together; tried(): which fields of few values the link
    queries would look up at all; settings(): what the rules lay; findings().
    """

    def __init__(self, plan: Plan, view: View, lookup: Lookup) -> None:
        self.plan, self.view, self.lookup = plan, view, lookup
        self._columns = {NS + plan_name: path for path, plan_name in ((p, plan.fields[p]["property"][6:]) for p in view.tried)}
        self._signed = view.properties | ({ON_FACT} if STATED in view.properties else set())
        self.own = plan.own(view)
        self.staged = plan.staged(view)
        rest = [query for query in view.queries if not any(query in queries for queries in self.own.values())]
        self._kept_after = {CLAIM: self._read_after(rest)}
        for path, queries in self.staged.items():
            rest = [query for query in rest if query not in queries]
            self._kept_after[path] = self._read_after(rest)
        self._later = tuple(rest)
        tried = {NS + "states", *self._columns}
        self._states = any("states" in names for query in self._later for names in lookup.columns(query))
        self._watched = [
            query for query in self._later if tried & {NS + name for names in lookup.columns(query) for name in names}
        ]
        steps = (*self.own, *map(staged, self.staged))
        self._parts: dict[str, dict[frozenset[Triple], int]] = {one: {} for one in steps}
        self.laid_by: dict[str, list[tuple[Triple, ...]]] = {one: [] for one in steps}
        named = {NS + name for query in view.queries for names in lookup.columns(query) for name in names}
        self._wanted = frozenset(self._signed | named | {name.partition("_")[0] for name in named})
        known = judging.judging_shapes()
        self._shapes = [(known[iri].targets, self._facts_of(iri)) for iri in sorted(view.shapes)]
        self._known: dict[frozenset[Triple], int] = {}
        self.kept: list[Setting] = []

    def _facts_of(self, shape: str) -> frozenset[str]:
        direct = {path for name in self.plan.read_by(shape) for path in self.plan.fields_of(name)}
        return frozenset(direct | self.plan.said_to_be_stated([shape]))

    def _read_after(self, queries: Sequence[str]) -> frozenset[str]:
        """The properties that shapes or some queries read."""
        named = {NS + name for query in queries for names in self.lookup.columns(query) for name in names}
        return frozenset(self._signed | named | {name.partition("_")[0] for name in named})

    # -------------------------------------------------------------- parts

    def parts(self, one: str, asked: Sequence[tuple[Claim, Facts]]) -> list[int]:
        """For claims, or values of a field: the number of what the queries that need nothing else lay. Alike ones share it."""
        together = [self._laid(claim, facts) for claim, facts in asked]
        before = [set(linked.triples()) for linked in together]
        self.lookup.lay(together, self.own[one], self._wanted)
        return [self._part(one, linked, known) for linked, known in zip(together, before, strict=True)]

    def _part(self, one: str, linked: Linked, before: set[Triple]) -> int:
        laid = tuple(triple for triple in linked.triples() if triple not in before)
        of_it = [triple for triple in before if self._is_of(one, triple[1])]
        seen = frozenset(triple for triple in (*laid, *of_it) if triple[1] in self._kept_after[CLAIM])
        return self._numbered(one, seen, laid)

    def _numbered(self, one: str, seen: frozenset[Triple], laid: tuple[Triple, ...]) -> int:
        if seen not in self._parts[one]:
            self._parts[one][seen] = len(self.laid_by[one])
            self.laid_by[one].append(laid)
        return self._parts[one][seen]

    def stage(self, path: str, asked: Sequence[Question]) -> list[int]:
        """For claims with the facts looked up as far as a field: the number of what the rules lay for these together.

        It takes the place of the parts; of what it makes alike, nothing that is asked later tells anything apart.
        """
        together, kept = [self._begun(*one) for one in asked], self._kept_after[path]
        self.lookup.lay(together, self.staged[path], self._wanted)
        found = []
        for linked, (claim, facts, _) in zip(together, asked, strict=True):
            stated = set(self._laid(claim, facts).triples())
            seen = [triple for triple in linked.triples() if triple[1] in kept]
            found.append(self._numbered(staged(path), frozenset(seen), tuple(one for one in seen if one not in stated)))
        return found

    def _is_of(self, one: str, name: str) -> bool:
        """Whether a property that linking lays is one of the claim, or of a field."""
        return name in READ_APART or name.removeprefix(NS) in READING if one == CLAIM else one in self.plan.fields_of(name)

    # -------------------------------------------------------------- which fields are looked up

    def tried(self, asked: Sequence[Question]) -> list[set[str]]:
        """For claims with the facts that are always looked up, and their parts: which other fields some link query would use.

        All their values are laid at once; a row that finds nothing among all of them finds nothing for any.
        """
        together = [self._with_everything(self._begun(*one)) for one in asked]
        return [self._used(rows) for rows in self.lookup.lay(together, self._later, self._wanted, self._watched)]

    def _with_everything(self, linked: Linked) -> Linked:
        for path in self.view.tried:
            one = self.plan.fields[path]
            for value in one.get("values", (True, False)):
                linked.add(NODE, one["property"], as_term(value, one["type"]))
        if self._states:
            for name in self.plan.by_property:
                linked.put(NODE, STATES, ox.NamedNode(name))
        return linked

    def _begun(self, claim: Claim, facts: Facts, parts: Mapping[str, int]) -> Linked:
        """A claim with what its parts lay."""
        linked = self._laid(claim, facts)
        for one, number in parts.items():
            for triple in self.laid_by[one][number]:
                linked.put(*triple)
        return linked

    def _used(self, rows: list[tuple[str, Any]]) -> set[str]:
        found: set[str] = set()
        for query, row in rows:
            for names in self.lookup.columns(query):
                for name, value in zip(names, row, strict=False):
                    path = self.plan.by_property.get(value.value) if name == "states" else self._columns.get(NS + name)
                    found |= {path} if path else set()
        return found - set(self.view.looked_up)

    def _laid(self, claim: Claim, facts: Facts) -> Linked:
        linked = Linked()
        lay_claim(linked, NODE, claim, Case("-", self.plan.kind, facts))
        return linked

    # -------------------------------------------------------------- what the rules lay

    def settings(self, asked: Sequence[Question]) -> list[int]:
        """For claims with all facts that are looked up, and their parts: the number, in kept, of what the rules lay.

        Alike ones share it.
        """
        together = [self._begun(*one) for one in asked]
        self.lookup.lay(together, self._later, self._wanted)
        return [self._setting(linked, claim, facts) for linked, (claim, facts, _) in zip(together, asked, strict=True)]

    def _setting(self, linked: Linked, claim: Claim, facts: Facts) -> int:
        seen = self._seen(linked)
        if seen not in self._known:
            self._known[seen] = len(self.kept)
            stated = set(self._laid(claim, facts).triples())
            laid = tuple(triple for triple in linked.triples() if triple not in stated)
            self.kept.append(Setting(claim, laid, self._read(linked, seen)))
        return self._known[seen]

    def _seen(self, linked: Linked) -> frozenset[Triple]:
        """What the shapes can reach from the claim."""
        found: set[Triple] = set()
        nodes, reached = [NODE], {NODE}
        while nodes:
            node = nodes.pop()
            for name in self._signed:
                for value in linked.values(node, name):
                    found.add((node, name, value))
                    if isinstance(value, ox.NamedNode) and value.value not in reached:
                        reached.add(value.value)
                        nodes.append(value.value)
        return frozenset(found)

    def _read(self, linked: Linked, seen: frozenset[Triple]) -> tuple[str, ...]:
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
        return verdict.alone(linked, ox.NamedNode(NODE), requirement, bears, judged)
