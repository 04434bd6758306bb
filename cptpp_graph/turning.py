"""What the requirements of a claim turn on: their fields, the values to try, and the finding for each combination of these."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from typing import Any

import pyoxigraph as ox

from . import trials
from .catalogue import shipped
from .explanation import places
from .intake import Case, Value, field_table
from .judging import SH, Shape, judging_shapes, shapes_graph
from .lexicon import Lexicon, Requirement
from .linking import COUNTRY, Linked, link_all, parties
from .terms import NS, expand
from .verdict import MET, NOT_APPLICABLE, NOT_MET, Claimed, reason_of

Facts = Mapping[str, Value]
Moves = tuple[tuple[str, Value], ...]  # fields with other values than the case has, in the order of the fields

# Facts by which the rules that apply to a claim are looked up; the other facts are compared with these rules.
FRAME = ("cptpp:citizenship", "cptpp:permanentResidence", "cptpp:category", "cptpp:receivedOn", "cptpp:occupation")

MOST_KEPT = 2_000  # requirements whose findings are kept
MOST_AT_ONCE = 4  # fields changed for one requirement

# How far a finding is from being met: settled, left to somebody else than the applicant, or wanting.
SETTLED, LEFT, WANTING = range(3)


def distance(claimed: Claimed, requirement: str) -> int:
    """How far a requirement is from being met. What others decide counts for less than what is missing or contradicted."""
    outcome, _ = claimed.outcomes[requirement]
    if outcome in (MET, NOT_APPLICABLE):
        return SETTLED
    reasons = {reason_of(result, shape) for result, shape in claimed.results[requirement]}
    return WANTING if outcome == NOT_MET or reasons & {"missing-facts", "conflicting-facts"} else LEFT


@cache
def frame(kind: str) -> tuple[str, ...]:
    """The fields by which rules are looked up."""
    return tuple(path for path in field_table(kind) if path in {place for name in FRAME for place in places(kind, expand(name))})


@cache
def turned_on(kind: str, requirement: str) -> frozenset[str]:
    """The fields that the shapes of a requirement (its IRI) turn on."""
    facts = {fact for shape in judging_shapes().values() if requirement in shape.judges for fact in shape.concerns}
    return frozenset(path for fact in facts for path in places(kind, fact))


def bearing(kind: str, requirements: Iterable[Requirement], path: str) -> list[Requirement]:
    """The requirements that turn on a field."""
    return [one for one in requirements if path in turned_on(kind, one.iri)]


@cache
def laying(kind: str) -> frozenset[str]:
    """The fields by which a rulebook’s provisions are looked up: category and country."""
    return frozenset(place for name in FRAME[:3] for place in places(kind, expand(name)))


@dataclass(slots=True, eq=False)
class Turn:
    """One requirement of a claim: the fields that it turns on with the values to try, and the findings.

    most: how many fields are changed at once; found: moves to (distance, outcome, reason).
    """

    requirement: Requirement
    values: dict[str, list[Value]]
    most: int = MOST_AT_ONCE
    found: dict[Moves, tuple[int, str, str | None]] = field(default_factory=dict)

    def moves(self) -> Iterator[Moves]:
        """Every combination of the values in so many fields as are changed at once, the case as it stands first."""
        for number in range(min(self.most, len(self.values)) + 1):
            for paths in itertools.combinations(self.values, number):
                for chosen in itertools.product(*(self.values[path] for path in paths)):
                    yield tuple(zip(paths, chosen, strict=True))

    def key(self, case: Case) -> tuple[Any, ...]:
        """All that its findings turn on: what the case states of it, for whom the rules are, and what is tried."""
        fields = sorted(turned_on(case.kind, self.requirement.iri).union(laying(case.kind)))
        stated = tuple((path, case.facts[path]) for path in fields if path in case.facts)
        return case.kind, self.requirement.id, stated, tuple((path, *values) for path, values in self.values.items()), self.most

    def of(self, moves: Facts) -> Moves:
        """The part of some moves that concerns this requirement."""
        return tuple((path, moves[path]) for path in self.values if path in moves)


class Turning:
    """The requirements of a case that can be read in one way only.

    every: to find whatever answers to open questions could change: all kinds of values, of the fields that are not stated.
    """

    def __init__(
        self, lexicon: Lexicon, case: Case, linked: Linked, claimed: Claimed, every: bool = False, passed: Collection[str] = ()
    ) -> None:
        self.lexicon, self.case, self.linked, self.claimed, self.every = lexicon, case, linked, claimed, every
        self.passed = passed
        self.node = claimed.node.value
        self.requirements = lexicon.asked(linked, claimed.node)
        tests = linked.having("cptpp:onFact")
        self._tests = [node for node in tests if node.startswith(self.node + "/")]  # those on this claim, provisos included

    def turns(self) -> list[Turn]:
        """The requirements that turn on more than the frame."""
        found = []
        for one in self.requirements:
            values = {path: known for path in self._fields(one) if (known := self.values(path))}
            found += [Turn(one, values, len(values) if self.every else MOST_AT_ONCE)] if values else []
        return found

    # -------------------------------------------------------------- fields

    def _fields(self, requirement: Requirement) -> list[str]:
        """The fields outside of the frame that bear on a requirement of this claim, in the order of the case."""
        facts = {fact for shape in judging_shapes().values() if self._bears(shape, requirement) for fact in shape.concerns}
        found = {path for fact in facts for path in places(self.case.kind, fact)} - set(frame(self.case.kind))
        if requirement.id == "occupation-listed":  # the list asks for a fact by a test, or a stated one contradicts it
            asked = {path for fact in self._asked(found) for path in places(self.case.kind, fact)}
            found = {path for path in found if path in asked or path in self.case.facts}
        if self.every:
            found = {path for path in found if path not in self.case.facts and path not in self.passed}
        return [path for path in field_table(self.case.kind) if path in found]

    def _asked(self, paths: Iterable[str]) -> set[str]:
        """The facts for which the list asks; with every, also those for which it asks once one of these codes is stated."""
        found = {value.value for node in self._tests for value in self.linked.values(node, "cptpp:onFact")}
        if self.every:
            table = field_table(self.case.kind)
            unknown = [path for path in sorted(paths) if table[path]["type"] == "code" and path not in self.case.facts]
            stated = [(path, value) for path in unknown for value in table[path]["values"]]
            cases = [
                replace(self.case, id=f"{self.case.id}/{number}", facts={**self.case.facts, path: value})
                for number, (path, value) in enumerate(stated)
            ]
            for _, name, value in link_all(self.lexicon.store, cases, None, [self.claimed.rulebook]).triples():
                found |= {value.value} if name == NS + "onFact" else set()
                found |= {NS + "jobFunction"} if name == NS + "functionNamedBy" else set()
        return found

    def _bears(self, shape: Shape, requirement: Requirement) -> bool:
        """Whether a shape judges the requirement of this claim, or would if another fact were stated."""
        if requirement.iri not in shape.judges:
            return False
        return any(
            any(value.value == cls for value in self.linked.values(self.node, name))
            if cls
            else bool(self.linked.values(self.node, name)) or self._stated(name)
            for name, cls in shape.targets
        )

    def _stated(self, name: str) -> bool:
        """Whether a property of a claim is one that a case states."""
        return any(self.lexicon.store.quads_for_pattern(ox.NamedNode(name), ox.NamedNode(NS + "fieldPath"), None))

    # -------------------------------------------------------------- values

    def values(self, path: str) -> list[Value]:
        """Values to try for a field beside its own: from the tests and numbers laid on the claim, else all it can take."""
        one = field_table(self.case.kind)[path]
        if path.count(".") > 1 and (self.every or one["type"] != "number"):
            return []  # an amount is compared with another; whether it reaches that is a question of its own
        known = [*self._tested(path), *self._compared(path)]
        match one["type"]:
            case "boolean":
                known = known if known and not self.every else [True, False]
            case "code" if "mostItems" in one:
                known = [(), (one["values"][0],)] if self.every else [()]
            case "code":
                known = known if known and not self.every else list(one["values"])
            case "number" if self.every:
                known = _around(known)
            case "country" if self.every and known:
                known.append(next(code for code in shipped()["countries"] if code not in known))
        return [value for value in dict.fromkeys(known) if value != self.case.facts.get(path)]

    def _tested(self, path: str) -> list[Value]:
        """What tests of this fact accept or leave open."""
        fact = expand(field_table(self.case.kind)[path]["property"])
        nodes = [node for node in self._tests if self.linked.one(node, "cptpp:onFact") == fact]
        words = ("accepts", "leavesToOfficer", "leavesUnclear")
        return sorted({_value(term) for node in nodes for word in words for term in self.linked.values(node, NS + word)}, key=str)

    def _compared(self, path: str) -> list[Value]:
        """The numbers and countries laid on the claim with which shapes compare this fact."""
        facts = {expand(field_table(self.case.kind)[path]["property"]), *also_at(self.lexicon.store, path)}
        partners = [partner for fact in facts for partner in compared().get(fact, ())]
        return sorted({_value(term) for partner in partners for term in self.linked.values(self.node, partner)}, key=str)


def _around(marks: Iterable[Value]) -> list[Value]:
    """A number for each place between and on the marks: nothing, below the first, the first, between …"""
    found, last = [Decimal(0)], Decimal(0)
    for mark in sorted({Decimal(mark) for mark in marks}):  # type: ignore[arg-type]
        found += [(last + mark) / 2, mark]
        last = mark
    return list(dict.fromkeys(found if last else [*found, last + 1]))


@cache
def compared() -> dict[str, list[str]]:
    """Fact to the properties with which the shapes compare it: what it must reach, what it must equal."""
    from rdflib import URIRef

    graph = shapes_graph()
    found: dict[str, list[str]] = {}
    for word, turned in (("lessThanOrEquals", True), ("equals", False)):
        for shape, other in sorted(graph.subject_objects(URIRef(SH + word))):
            for path in graph.objects(shape, URIRef(SH + "path")):
                fact, partner = (str(other), str(path)) if turned else (str(path), str(other))
                found.setdefault(fact, []).append(partner)
    return found


def also_at(store: ox.Store, path: str) -> list[str]:
    """Properties of a claim that are read from a field under another name."""
    quads = store.quads_for_pattern(None, ox.NamedNode(NS + "fieldPath"), ox.Literal(path))
    return sorted({quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)})


def _value(term: ox.NamedNode | ox.Literal) -> Value:
    """A term laid on a claim as a case would state it."""
    if isinstance(term, ox.NamedNode):
        codes = {iri: code for code, iri in parties().items()}
        return codes.get(term.value, term.value.removeprefix(COUNTRY))
    kind = term.datatype.value.rpartition("#")[2]
    match kind:
        case "boolean":
            return term.value == "true"
        case "integer" | "decimal":
            return Decimal(term.value).normalize() + 0
        case "date":
            return datetime.date.fromisoformat(term.value).isoformat()
    return term.value


# ------------------------------------------------------------------ trying


def explore(lexicon: Lexicon, case: Case, turns: Sequence[Turn], rulebook: str, principal: dict[str, str] | None = None) -> None:
    """Fills in the finding for every combination of values of each requirement. One trial serves several requirements.

    What was found is kept for cases that are alike in all that a requirement turns on, as from one question to the next.
    """
    keys = [(rulebook, str(principal), turn.key(case)) for turn in turns]
    if len(lexicon.tried) > MOST_KEPT:
        lexicon.tried.clear()
    unknown = [turn for turn, key in zip(turns, keys, strict=True) if key not in lexicon.tried]
    plans = _packed(unknown)
    cases = [replace(case, id=f"{case.id}/{number}", facts={**case.facts, **moves}) for number, (moves, _) in enumerate(plans)]
    for (moves, served), (_, claimed) in zip(plans, trials.verdicts(lexicon, cases, rulebook, principal), strict=True):
        for turn in served:
            name = turn.requirement.id
            turn.found[turn.of(moves)] = (distance(claimed, name), *claimed.outcomes[name])
    for turn, key in zip(turns, keys, strict=True):
        turn.found = lexicon.tried.setdefault(key, turn.found)


def _packed(turns: Sequence[Turn]) -> list[tuple[dict[str, Value], list[Turn]]]:
    """Trials, each with the requirements of which it tells something: what differs in fields apart is tried together."""
    packed: list[tuple[dict[str, Value], set[str], list[Turn]]] = []
    for turn in turns:
        first = 0
        for moves in turn.moves():
            wanted = dict(moves)
            for number in range(first, len(packed) + 1):
                if number == len(packed):
                    packed.append(({}, set(), []))
                known, fixed, served = packed[number]
                fits = all(known.get(path) == wanted.get(path) for path in turn.values if path in fixed)
                if turn not in served and fits:
                    known.update(wanted)
                    fixed.update(turn.values)
                    served.append(turn)
                    break
            while first < len(packed) and turn in packed[first][2]:
                first += 1
    return [(known, served) for known, _, served in packed]
