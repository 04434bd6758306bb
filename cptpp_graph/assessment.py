"""Assesses cases: outcome, findings with their sources, open points, the permit, and what other rulebooks say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyoxigraph as ox

from . import words
from .catalogue import shipped
from .errors import CptppError, say
from .explanation import Explanation, Finding, OpenPoint
from .intake import Case
from .lexicon import Lexicon
from .linking import CARRIED, COUNTRY, Linked, agreement_of, link
from .permit import Permit, permit_of
from .routes import Route, other_routes
from .terms import COLON, NS
from .verdict import EARL, NOT_MET, OPEN, QUALIFIES, Claimed, best, claims_of
from .words import quoted


@dataclass(frozen=True, slots=True)
class Reading:
    """One claim's result: a category and the country whose citizenship (or permanent residence) carries it."""

    category: str | None
    country: str | None
    ground: str | None
    outcome: str
    failing: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    supposed: bool = False


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What another rulebook says. differs: requirements whose finding is another; why: its word on each of them."""

    rulebook: str
    outcome: str
    differs: tuple[str, ...]
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """The assessment of one case under one rulebook; as_dict() is its JSON. basis: the reading that carries the case."""

    case: str
    kind: str
    category: str | None
    rulebook: str
    as_of: str | None
    outcome: str
    findings: tuple[Finding, ...]
    open: tuple[OpenPoint, ...]
    permit: Permit
    other_rulebooks: tuple[Elsewhere, ...]
    other_routes: tuple[Route, ...]
    basis: Reading
    readings: tuple[Reading, ...]
    lang: str = "en"
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False)
    linked: Linked | None = field(default=None, repr=False, compare=False)
    claim: ox.NamedNode | None = field(default=None, repr=False, compare=False)

    def as_dict(self) -> dict[str, Any]:
        return {
            "case": self.case,
            "kind": self.kind,
            "category": self.category,
            "rulebook": self.rulebook,
            "asOf": self.as_of,
            "outcome": self.outcome,
            "basis": _reading(self.basis),
            "findings": [finding.as_dict() for finding in self.findings],
            "open": [
                {"requirement": o.requirement, "because": o.because, "fields": list(o.fields), "ask": o.ask} for o in self.open
            ],
            "permit": self.permit.as_dict(),
            "readings": [_reading(reading) for reading in self.readings],
            "otherRulebooks": [
                {"rulebook": e.rulebook, "outcome": e.outcome, "differs": list(e.differs), "why": list(e.why)}
                for e in self.other_rulebooks
            ],
            "otherRoutes": [route.as_dict() for route in self.other_routes],
        }


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "category": reading.category,
        "country": reading.country,
        "ground": reading.ground,
        "outcome": reading.outcome,
        "failing": list(reading.failing),
        "open": list(reading.open),
        "supposed": reading.supposed,
    }


# ------------------------------------------------------------------ cases


def assess_all(
    lexicon: Lexicon, cases: Sequence[Case], rulebook: str, lang: str, progress: Callable[[int], None] = lambda done: None
) -> list[Assessment]:
    """The cases in their order under one rulebook (a word). A spouse's case may name a principal's among them by its id."""
    chosen = words.term("rulebook", rulebook)
    by_id = {case.id: case for case in cases}
    found: dict[str, Assessment] = {}
    for case in sorted(cases, key=lambda case: case.kind != "principal"):
        if case.kind == "principal":
            found[case.id] = assess(lexicon, case, chosen, lang)
        else:
            found[case.id] = _spouse(lexicon, case, by_id, found, chosen, lang)
        progress(len(found))
    return [found[case.id] for case in cases]


def _spouse(
    lexicon: Lexicon, case: Case, cases: dict[str, Case], principals: dict[str, Assessment], rulebook: str, lang: str
) -> Assessment:
    named = case.facts.get("principal.case")
    if named is None:
        return assess(lexicon, case, rulebook, lang)
    if str(named) not in cases or cases[str(named)].kind != "principal":
        raise CptppError(
            say("{place}: principal.case names {named}, which is no principal here", place=case.place, named=quoted(str(named))),
            "Put that case in the file.",
        )
    principal = principals[str(named)]
    facts = dict(case.facts)
    known = {f"principal.{key.rpartition('.')[2]}": value for key, value in cases[str(named)].facts.items() if key in CARRIED}
    if principal.outcome == QUALIFIES and principal.category:
        known["principal.category"] = principal.category
    for path, value in known.items():
        if facts.setdefault(path, value) != value:
            raise CptppError(
                say("{place}: {path} is not what case {named} states", place=case.place, path=path, named=quoted(str(named))),
                "State it in one place.",
            )
    return assess(lexicon, replace(case, facts=facts), rulebook, lang, principal)


def spouse_if(lexicon: Lexicon, case: Case, principal: Case, assessed: Assessment, outcome: str) -> Assessment:
    """A spouse's case as it would stand if that of the principal, which it names, came out so."""
    category = case.facts.get("principal.category", assessed.category)  # where the principal may be read in either
    supposed = replace(assessed, outcome=outcome, category=None if category is None else str(category))
    chosen = words.term("rulebook", assessed.rulebook)
    return _spouse(lexicon, case, {principal.id: principal}, {principal.id: supposed}, chosen, assessed.lang)


def assess(lexicon: Lexicon, case: Case, rulebook: str, lang: str, principal: Assessment | None = None) -> Assessment:
    """One case under one rulebook (its IRI). principal: for a spouse, the assessment of the principal's case in the same file."""
    outcomes = {code: EARL[outcome] for code, outcome in _outcomes(principal).items()} if principal else {}
    books = _rulebooks(case, rulebook)
    linked = link(lexicon.store, case, outcomes, books)
    claimed = claims_of(lexicon, linked)
    carrying = {book: best(linked, (c for c in claimed if c.rulebook == book)) for book in books}
    chosen = carrying[rulebook]
    explain = Explanation(lexicon, linked, case, chosen, lang)
    findings = tuple(explain.finding(requirement) for requirement in explain.requirements)
    return Assessment(
        case=case.id,
        kind=case.kind,
        category=_category(linked, chosen),
        rulebook=_code("rulebook", rulebook),
        as_of=str(case.facts["receivedOn"]) if "receivedOn" in case.facts else None,
        outcome=chosen.outcome,
        findings=findings,
        open=tuple(explain.open_point(finding) for finding in findings if finding.outcome == OPEN),
        permit=permit_of(lexicon, linked, chosen.node, case, principal.permit if principal else None, lang),
        other_rulebooks=tuple(
            _elsewhere(explain, Explanation(lexicon, linked, case, other, lang))
            for book, other in carrying.items()
            if book != rulebook
        ),
        other_routes=() if chosen.outcome == QUALIFIES else other_routes(explain),
        basis=_read(linked, chosen),
        readings=tuple(_read(linked, c) for c in claimed if c.rulebook == rulebook),
        lang=lang,
        facts=case.facts,
        linked=linked,
        claim=chosen.node,
    )


def _rulebooks(case: Case, rulebook: str) -> list[str]:
    """The rulebooks of the same agreement. Raises CptppError where it has no permit for this kind of case."""
    agreements = shipped()["agreements"]
    about = agreements[agreement_of(rulebook)]
    if case.kind not in about["permits"]:
        fitting = [book for one in agreements.values() if case.kind in one["permits"] for book in one["rulebooks"]]
        raise CptppError(
            say(
                "{place}: rulebook {rulebook} has no permit for a case of kind {kind}",
                place=case.place,
                rulebook=_code("rulebook", rulebook),
                kind=case.kind,
            ),
            say("Choose one of: {known}.", known=", ".join(_code("rulebook", book) for book in fitting)),
        )
    return list(about["rulebooks"])


def _outcomes(assessment: Assessment) -> dict[str, str]:
    """Rulebook code to outcome."""
    return {assessment.rulebook: assessment.outcome} | {other.rulebook: other.outcome for other in assessment.other_rulebooks}


def _code(kind: str, iri: str) -> str:
    return str(shipped()["words"][kind][iri][0])


def _category(linked: Linked, claimed: Claimed) -> str | None:
    found = linked.values(claimed.node.value, "cptpp:category")
    return _code("category", found[0].value) if len(found) == 1 else None


def _read(linked: Linked, claimed: Claimed) -> Reading:
    country, ground = linked.one(claimed.node.value, "cptpp:throughParty"), linked.one(claimed.node.value, "cptpp:onGround")
    parties = shipped()["words"]["party"]
    code = parties[country][0] if country in parties else (country or "").removeprefix(COUNTRY)
    return Reading(
        category=_category(linked, claimed),
        country=code if len(code) == 3 else None,
        ground=ground.removeprefix(NS) if ground else None,
        outcome=claimed.outcome,
        failing=claimed.of(NOT_MET),
        open=claimed.of(OPEN),
        supposed=bool(linked.values(claimed.node.value, "cptpp:supposed")),
    )


def _elsewhere(here: Explanation, there: Explanation) -> Elsewhere:
    """What another rulebook says, and its word on each requirement on which it differs."""
    differs = [one for one in there.requirements if there.claimed.outcomes[one.id] != here.claimed.outcomes[one.id]]
    return Elsewhere(
        rulebook=_code("rulebook", there.claimed.rulebook),
        outcome=there.claimed.outcome,
        differs=tuple(one.id for one in differs),
        why=tuple(f"{there.label(one)}{COLON[there.lang]}{there.headline(one)}" for one in differs),
    )
