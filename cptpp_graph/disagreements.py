"""The disagreement ledger: where sources differ, where one is unclear, where only some speak, and what that is to a case.

Of a case it is said that a point does not matter only where its findings are the same under every rulebook and no place that
the point touches bears on them, or where every reading fails on something that the point does not touch; where a place bears
on a finding and the graph has judged one reading only, it cannot be told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from . import asking
from .assessment import Assessment
from .catalogue import shipped
from .lexicon import Lexicon
from .linking import ask
from .phrases import phrase
from .results import Row, Table
from .terms import NS, REQ
from .verdict import MET, NOT_APPLICABLE, NOT_MET, OPEN, Claimed, claims_of

MATTERS, NO_MATTER, UNTOLD = "matters", "does-not-matter", "cannot-be-told"
UNSETTLED = ("text-unclear", "sources-disagree")
LISTED = ("category-available", "noc-level", "occupation-listed")  # the requirements that a list decides


@dataclass(frozen=True, slots=True)
class Touch:
    """A place that an open point touches. schedule: the list it is or stands in; party, category: to whom it is limited."""

    statement: str
    schedule: str | None
    entry: bool
    requirement: str | None
    party: str | None
    category: str | None


def ledger(store: ox.Store, lang: str) -> Table:
    """Every point, with the sources that speak and are silent, and how many statements and permissions it touches."""
    return asking.ask(store, "disagreements", lang=lang)


def for_case(lexicon: Lexicon, assessment: Assessment, lang: str) -> Table:
    """The same with two columns more: whether the point matters to the case, and why."""
    bearing = Bearing(lexicon, assessment, lang)
    table = ledger(lexicon.store, lang)
    told = [bearing.of(row) for row in table]
    terms = [(*cells, ox.Literal(word), ox.Literal(why)) for cells, (word, why) in zip(table.terms, told, strict=True)]
    return Table((*table.columns, "bearing", "why"), terms)


class Bearing:
    """What open points are to one assessed case, all of whose claims under all rulebooks are at hand."""

    def __init__(self, lexicon: Lexicon, assessment: Assessment, lang: str) -> None:
        assert assessment.linked is not None
        self.lexicon, self.lang, self.linked = lexicon, lang, assessment.linked
        self.claims = claims_of(lexicon, self.linked)
        self.known = set(self.claims[0].outcomes)
        self.lists = self._laid("cptpp:schedule")
        self.reaching = self._reaching()
        self.doubts = self._doubts()
        self.touches: dict[str, list[Touch]] = {}
        for row in store_rows(lexicon, "touched"):
            self.touches.setdefault(row["issue"].value, []).append(_touch(row))

    def say(self, name: str, **parts: object) -> str:
        return phrase(f"bearing-{name}", self.lang, **parts)

    def of(self, row: Row) -> tuple[str, str]:
        """Whether a point of the ledger matters, and why."""
        node = str(row.node)
        if row.kind == "requirement":
            found = self._silence(self._requirement(node))
        elif row.kind == "list":
            found = self._list(node)
        else:
            named = str(row.speaking).split("; ")
            speaking = {iri for iri, known in shipped()["words"]["rulebook"].items() if known[0] in named}
            found = self._point(node, speaking, differing=row.kind == "discrepancy")
        nobody = any(claim.outcomes.get("nationality") == (OPEN, "missing-facts") for claim in self.claims)
        return (UNTOLD, self.say("nobody")) if nobody and found[0] == NO_MATTER else found

    def _point(self, node: str, speaking: set[str], *, differing: bool) -> tuple[str, str]:
        """An open point. speaking: the rulebooks that speak on it; differing: whether it is that they differ."""
        if node in self.doubts:
            return MATTERS, self.say("turns")
        everywhere = self.touches.get(node, [])
        touched = [touch for touch in everywhere if self._concerns(touch)]
        if not touched or not self._of_these_parties(everywhere):
            return NO_MATTER, self.say("elsewhere")
        directly = [touch for touch in touched if touch.entry or not touch.schedule]
        asked, at_large = (self._asked(touches) for touches in (directly, touched))
        if not at_large:
            return NO_MATTER, self.say("not-judged")
        claims = [claim for claim in self.claims if claim.rulebook in speaking]
        return self._weighed(asked, at_large, claims if differing else [], claims or self.claims)

    def _of_these_parties(self, touches: list[Touch]) -> bool:
        """Whether a point is about a Party of the case: one that touches lists is about the Parties whose lists they are."""
        named = {touch.party for touch in touches if touch.schedule}
        return not named or any(
            _fits(party, self._values(claim, "cptpp:throughParty")) for party in named for claim in self.claims
        )

    def _asked(self, touched: list[Touch]) -> list[str]:
        """The requirements of the case's permit that rest on these places."""
        return list(dict.fromkeys(name for touch in touched for name in self._decided_by(touch) if name in self.known))

    # -------------------------------------------------------------- what the case rests on

    def _laid(self, name: str) -> set[str]:
        return {value.value for claim in self.claims for value in self.linked.values(claim.node.value, name)}

    def _reaching(self) -> set[str] | None:
        """Entries that may reach an occupation of the case; None where it states none, so that any may."""
        if not self._laid("cptpp:counterpart"):
            return None
        rows = ask(self.lexicon.store, shipped()["explain"]["reaching"], self.linked) or ()
        return {row["node"].value for row in rows}

    def _doubts(self) -> set[str]:
        """Open points on which a permission for an occupation of the case turns, where the list leaves its finding open."""
        unsettled = [claim for claim in self.claims if self._open(claim, "occupation-listed") or self._open(claim, "noc-level")]
        found: set[str] = set()
        for claim in unsettled:
            rows = ask(self.lexicon.store, shipped()["explain"]["doubts"], self.linked, [claim.node]) or ()
            found |= {row["node"].value for row in rows}
        return found

    @staticmethod
    def _open(claim: Claimed, requirement: str) -> bool:
        outcome, because = claim.outcomes.get(requirement, (NOT_APPLICABLE, None))
        return outcome == OPEN and because in UNSETTLED

    def _concerns(self, touch: Touch) -> bool:
        """Whether a place can bear on any claim: of entries those of its lists that may reach its occupation."""
        if touch.schedule:
            return touch.schedule in self.lists and (not touch.entry or self.reaching is None or touch.statement in self.reaching)
        return any(self._for(claim, touch) for claim in self.claims)

    def _for(self, claim: Claimed, touch: Touch) -> bool:
        parties = self._values(claim, "cptpp:throughParty")
        categories = self._values(claim, "cptpp:category")
        return _fits(touch.party, parties) and _fits(touch.category, categories)

    def _values(self, claim: Claimed, name: str) -> set[str]:
        return {value.value for value in self.linked.values(claim.node.value, name)}

    @staticmethod
    def _decided_by(touch: Touch) -> Iterable[str]:
        return LISTED if touch.schedule else [touch.requirement] if touch.requirement else []

    # -------------------------------------------------------------- what was found

    def _requirement(self, node: str) -> str | None:
        return next((one.id for known in self.lexicon.requirements.values() for one in known if one.iri == node), None)

    def _weighed(self, asked: list[str], at_large: list[str], sides: list[Claimed], heard: list[Claimed]) -> tuple[str, str]:
        """An open point that touches what these requirements rest on, directly or through the list as a whole.

        sides: the claims under rulebooks that differ on it; heard: those under rulebooks that speak on it at all.
        """
        if differing := [name for name in asked if _differs(self._readings(self._reached(sides, name)), name)]:
            return MATTERS, self.say("differs", what=self._labels(differing))
        if unsettled := [name for name in asked if any(self._open(claim, name) for claim in heard)]:
            return MATTERS, self.say("open", what=self._labels(unsettled))
        if failing := self._failing_apart_from(at_large):
            return NO_MATTER, self.say("fails", what=self._labels(failing))
        if alive := [name for name in at_large if not self._closed(name) or self._judged(name)]:
            return UNTOLD, self.say("one-reading", what=self._labels(alive))
        return NO_MATTER, self.say("not-asked", what=self._labels(at_large))

    def _failing_apart_from(self, touched: list[str]) -> list[str]:
        """Of each claim a requirement that is not met, whatever becomes of those touched; none where a claim has none."""
        if set(touched) & set(LISTED):
            touched = [*touched, *LISTED]
        failing = [next((name for name in claim.of(NOT_MET) if name not in touched), None) for claim in self.claims]
        return [] if None in failing else list(dict.fromkeys(name for name in failing if name))

    def _silence(self, requirement: str | None) -> tuple[str, str]:
        """A requirement that some rulebooks state and others do not: each has judged, so the findings themselves tell."""
        if requirement is None or requirement not in self.known:
            return NO_MATTER, self.say("not-judged")
        return self._compared([requirement], self.claims)

    def _list(self, node: str) -> tuple[str, str]:
        """A list that some rulebooks have and others lack."""
        party, category = (self._object(node, name) for name in ("party", "category"))
        claims = [c for c in self.claims if party in self._values(c, "cptpp:throughParty")]
        claims = [c for c in claims if _fits(category, self._values(c, "cptpp:category"))]
        if not claims or not self.known & set(LISTED):
            return NO_MATTER, self.say("elsewhere")
        return self._compared(list(LISTED), claims)

    def _compared(self, requirements: list[str], claims: list[Claimed]) -> tuple[str, str]:
        """What rulebooks that have been judged find: the same for certain only where no fact is wanting."""
        if differing := [name for name in requirements if _differs(self._readings(claims), name)]:
            return MATTERS, self.say("differs", what=self._labels(differing))
        if wanting := [name for name in requirements if not self._closed(name)]:
            return UNTOLD, self.say("wanting", what=self._labels(wanting))
        return NO_MATTER, self.say("same", what=self._labels(requirements))

    def _judged(self, requirement: str) -> bool:
        return any(claim.outcomes[requirement][0] != NOT_APPLICABLE for claim in self.claims)

    def _closed(self, requirement: str) -> bool:
        """Whether nothing is open of a requirement, nor of one on which it depends, in any claim."""
        names = [requirement, *self._parents(requirement)]
        return not any(claim.outcomes[name][0] == OPEN for claim in self.claims for name in names)

    def _reached(self, claims: list[Claimed], requirement: str) -> list[Claimed]:
        """The claims in which a requirement was not withheld for one on which it depends: that one differs, not this."""
        parents = self._parents(requirement)
        return [
            claim
            for claim in claims
            if claim.outcomes[requirement][0] != NOT_APPLICABLE or all(claim.outcomes[name][0] == MET for name in parents)
        ]

    def _parents(self, requirement: str) -> list[str]:
        by_iri = {one.iri: one for known in self.lexicon.requirements.values() for one in known}
        return [by_iri[parent].id for one in by_iri.values() if one.id == requirement for parent in one.depends_on]

    def _object(self, node: str, name: str) -> str | None:
        quads = self.lexicon.store.quads_for_pattern(ox.NamedNode(node), ox.NamedNode(NS + name), None)
        return next((quad.object.value for quad in quads if isinstance(quad.object, ox.NamedNode)), None)

    def _readings(self, claims: list[Claimed]) -> list[list[Claimed]]:
        """The claims of each reading of the case (Party, category, ground), one per rulebook."""
        found: dict[tuple[tuple[str, ...], ...], list[Claimed]] = {}
        for claim in claims:
            names = ("cptpp:throughParty", "cptpp:category", "cptpp:onGround")
            found.setdefault(tuple(tuple(sorted(self._values(claim, name))) for name in names), []).append(claim)
        return list(found.values())

    def _labels(self, requirements: Iterable[str]) -> str:
        return ", ".join(self.lexicon.label(REQ + name, self.lang) for name in requirements)


def _differs(readings: list[list[Claimed]], requirement: str) -> bool:
    """Whether two rulebooks find differently of the same reading of the case."""
    return any(len({claim.outcomes[requirement] for claim in claims}) > 1 for claims in readings)


def store_rows(lexicon: Lexicon, name: str) -> Any:
    return lexicon.store.query(shipped()["explain"][name], use_default_graph_as_union=True)


def _touch(row: Any) -> Touch:
    statement, schedule, requirement, party, category = (
        _text(row[name]) for name in ("statement", "schedule", "requirement", "party", "category")
    )
    return Touch(statement, schedule, row["entry"] is not None, requirement, party, category)


def _text(cell: Any) -> Any:
    return cell.value if cell is not None else None


def _fits(limit: str | None, values: set[str]) -> bool:
    """Whether what is limited so may bear on a claim with these values; a claim without any is not limited itself."""
    return limit is None or not values or limit in values
