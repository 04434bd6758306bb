"""Turns what the shapes found into an assessment: outcome, findings with their sources, open points, and what other rulebooks say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

import pyoxigraph as ox

from . import judging
from .catalogue import shipped
from .intake import Case, Value, field_table
from .judging import Result, Shape
from .linking import COUNTRY, PERMITS, Linked, ask, link
from .permit import Permit, permit_of
from .terms import NS, REQ, expand

QUALIFIES, FAILS, UNDETERMINED = "qualifies", "does-not-qualify", "undetermined"
MET, NOT_MET, OPEN, NOT_APPLICABLE = "met", "not-met", "open", "not-applicable"
EARL = "http://www.w3.org/ns/earl#"
EARL_OUTCOMES = {QUALIFIES: EARL + "passed", FAILS: EARL + "failed", UNDETERMINED: EARL + "cantTell"}

# Of several reasons why a finding is open, the one that the others cannot remove.
REASONS = ("conflicting-facts", "sources-disagree", "text-unclear", "officer-discretion", "missing-facts")


@dataclass(frozen=True, slots=True)
class Citation:
    """Where something is printed. line: of the source as the project keeps it, counted from 1."""

    source: str
    section: str
    item: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One requirement judged. because: on an open finding, why; missing: fields that are not stated and would help."""

    requirement: str
    outcome: str
    because: str | None
    message: str
    facts: tuple[tuple[str, Any], ...] = ()
    missing: tuple[str, ...] = ()
    cites: tuple[Citation, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "requirement": self.requirement,
            "outcome": self.outcome,
            "because": self.because,
            "message": self.message,
            "facts": [{"field": name, "value": plain(value)} for name, value in self.facts],
            "missing": list(self.missing),
            "cites": [{"source": c.source, "section": c.section, "item": c.item, "line": c.line} for c in self.cites],
        }


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """What keeps a finding open and how to settle it: fields to state, or whose judgment it is."""

    requirement: str
    because: str
    fields: tuple[str, ...]
    ask: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One claim's result: a category and the country whose citizenship (or permanent residence) carries it."""

    category: str | None
    country: str | None
    ground: str | None
    outcome: str
    failing: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


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
    basis: Reading
    readings: tuple[Reading, ...]
    lang: str = "en"
    facts: Any = field(default=None, repr=False, compare=False)
    linked: Linked | None = field(default=None, repr=False, compare=False)

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
        }


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "category": reading.category,
        "country": reading.country,
        "ground": reading.ground,
        "outcome": reading.outcome,
        "failing": list(reading.failing),
        "open": list(reading.open),
    }


def plain(value: Value) -> Any:
    """A fact as JSON has it."""
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return list(value) if isinstance(value, tuple) else value


# ------------------------------------------------------------------ the words of the graph


@dataclass(frozen=True, slots=True)
class Requirement:
    iri: str
    id: str
    laid_as: str | None
    depends_on: tuple[str, ...]


class Lexicon:
    """Requirements, labels and where things are printed, read once from the graph."""

    def __init__(self, store: ox.Store) -> None:
        self.store = store
        self.requirements: dict[str, list[Requirement]] = {}
        for row in self._select("requirements"):
            self._add_requirement(row)
        self.labels: dict[str, dict[str, str]] = {}
        self.definitions: dict[str, dict[str, str]] = {}
        for row in self._select("labels"):
            self.labels.setdefault(row["node"].value, {})[row["language"].value] = row["label"].value
            if row["definition"] is not None:
                self.definitions.setdefault(row["node"].value, {})[row["language"].value] = row["definition"].value
        self._cited: dict[str, tuple[Citation, ...]] = {}
        self._stated: dict[tuple[str, str], dict[str, list[str]]] = {}

    def _select(self, name: str) -> Any:
        return self.store.query(shipped()["explain"][name], use_default_graph_as_union=True)

    def _add_requirement(self, row: Any) -> None:
        known = self.requirements.setdefault(row["permit"].value.removeprefix(REQ), [])
        parents = (row["parent"].value,) if row["parent"] is not None else ()
        if known and known[-1].iri == row["requirement"].value:
            known[-1] = Requirement(known[-1].iri, known[-1].id, known[-1].laid_as, known[-1].depends_on + parents)
        else:
            laid_as = row["laidAs"].value if row["laidAs"] is not None else None
            known.append(Requirement(row["requirement"].value, row["id"].value, laid_as, parents))

    def label(self, iri: str, lang: str) -> str:
        return self.labels.get(iri, {}).get(lang, iri)

    def coded(self, code: str, lang: str) -> str:
        """The label of one of our codes, for instance not-met."""
        first, *rest = code.split("-")
        return self.label(NS + first + "".join(part.capitalize() for part in rest), lang)

    def citations(self, nodes: Iterable[str]) -> tuple[Citation, ...]:
        """Where these things are printed, in the order of source and line, each once."""
        wanted = list(dict.fromkeys(nodes))
        unknown = [ox.NamedNode(node) for node in wanted if node not in self._cited]
        for node in unknown:
            self._cited[node.value] = ()
        rows = ask(self.store, shipped()["explain"]["citations"], Linked(), unknown) if unknown else None
        for row in rows or ():
            line = int(row["line"].value) if row["line"] is not None else None
            cited = Citation(row["source"].value, row["section"].value, row["item"].value, line)
            self._cited[row["node"].value] += (cited,)
        found = dict.fromkeys(cited for node in wanted for cited in self._cited[node])
        return tuple(sorted(found, key=lambda c: (c.source, c.line or 0, c.section, c.item)))

    def stated(self, linked: Linked, claim: ox.NamedNode) -> dict[str, list[str]]:
        """Requirement to where the claim's rulebook states it, for whomever."""
        key = (linked.one(claim.value, "cptpp:rulebook") or "", linked.one(claim.value, "cptpp:ofPermit") or "")
        if key not in self._stated:
            found: dict[str, list[str]] = {}
            for row in ask(self.store, shipped()["explain"]["provisions"], linked, [claim]) or ():
                found.setdefault(row["requirement"].value, []).append(row["node"].value)
            self._stated[key] = found
        return self._stated[key]


# ------------------------------------------------------------------ one claim


@dataclass(slots=True)
class Claimed:
    """One claim with its raw findings: requirement id to outcome, reason and the results behind them."""

    node: ox.NamedNode
    rulebook: str
    outcomes: dict[str, tuple[str, str | None]]
    results: dict[str, list[tuple[Result, Shape]]]
    shapes: dict[str, list[Shape]]

    @property
    def outcome(self) -> str:
        found = {outcome for outcome, _ in self.outcomes.values()}
        return FAILS if NOT_MET in found else UNDETERMINED if OPEN in found else QUALIFIES

    def of(self, outcome: str) -> tuple[str, ...]:
        return tuple(name for name, (found, _) in self.outcomes.items() if found == outcome)


def _claimed(lexicon: Lexicon, linked: Linked, node: ox.NamedNode, results: list[Result]) -> Claimed:
    """Raises RuntimeError where a requirement that the rulebook states was not judged: no verdict then."""
    requirements = lexicon.requirements[(linked.one(node.value, "cptpp:ofPermit") or "").removeprefix(REQ)]
    shapes = judging.judged_by(linked, node.value)
    silent = {value.value for value in linked.values(node.value, "cptpp:silentOn")}
    claimed = Claimed(node, linked.one(node.value, "cptpp:rulebook") or "", {}, {}, shapes)
    for requirement in requirements:
        bears = [
            (result, shape)
            for result in results
            if (shape := judging.judging_shapes()[result.shape])
            and (requirement.iri in shape.judges or (result.value == requirement.iri and requirement.iri in silent))
        ]
        claimed.results[requirement.id] = bears
        applies = bool(bears) or _applies(lexicon, linked, node, requirement)
        if applies and not bears and requirement.iri not in shapes:
            raise RuntimeError(f"no shape judged {requirement.id} of {node.value}; there is no verdict")
        claimed.outcomes[requirement.id] = _outcome(bears) if applies else (NOT_APPLICABLE, None)
    _withhold(claimed, requirements)
    return claimed


def _applies(lexicon: Lexicon, linked: Linked, node: ox.NamedNode, requirement: Requirement) -> bool:
    """Requirements that no provision lays are asked of everybody; the others where a provision was laid."""
    return requirement.laid_as is None or requirement.id == "nationality" or bool(linked.values(node.value, requirement.laid_as))


def _outcome(bears: list[tuple[Result, Shape]]) -> tuple[str, str | None]:
    reasons = {_reason(result, shape) for result, shape in bears}
    if REASONS[0] in reasons:
        return OPEN, REASONS[0]
    if None in reasons:
        return NOT_MET, None
    return next(((OPEN, reason) for reason in REASONS if reason in reasons), (MET, None))


def _reason(result: Result, shape: Shape) -> str | None:
    """Why a result leaves the requirement open; None for a violation."""
    if result.severity == "violation":
        return None
    if result.severity == "warning":
        return "missing-facts"
    name = (shape.because or "").removeprefix(NS)
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in name)


def _withhold(claimed: Claimed, requirements: list[Requirement]) -> None:
    """What depends on a requirement that fails, or shares its doubt, is not judged apart from it."""
    ids = {requirement.iri: requirement.id for requirement in requirements}
    withheld: set[str] = set()
    for requirement in requirements:
        own = claimed.outcomes[requirement.id]
        for parent in (ids[iri] for iri in requirement.depends_on):
            outcome = claimed.outcomes[parent]
            shared = own == outcome == (OPEN, "text-unclear")
            if outcome[0] == NOT_MET or parent in withheld or shared:
                claimed.outcomes[requirement.id] = (NOT_APPLICABLE, None)
                withheld.add(requirement.id)


# ------------------------------------------------------------------ one case


RANK = {QUALIFIES: 0, UNDETERMINED: 1, FAILS: 2}


def assess(
    lexicon: Lexicon, case: Case, rulebook: str, lang: str, principal: tuple[Case, dict[str, str]] | None = None
) -> Assessment:
    """One case under one rulebook (its IRI), with what the other rulebooks say. principal: see linking.link."""
    linked = link(lexicon.store, case, principal)
    results: dict[str, list[Result]] = {}
    for result in judging.judge(linked):
        results.setdefault(result.claim, []).append(result)
    claimed = [_claimed(lexicon, linked, node, results.get(node.value, [])) for node in linked.claims]
    best = {book: _best(linked, [c for c in claimed if c.rulebook == book]) for book in shipped()["words"]["rulebook"]}
    chosen = best[rulebook]
    explain = _Explanation(lexicon, linked, case, chosen, lang)
    findings = tuple(explain.finding(requirement) for requirement in lexicon.requirements[PERMITS[case.kind]])
    return Assessment(
        case=case.id,
        kind=case.kind,
        category=_category(linked, chosen.node),
        rulebook=_code("rulebook", rulebook),
        as_of=str(case.facts["receivedOn"]) if "receivedOn" in case.facts else None,
        outcome=chosen.outcome,
        findings=findings,
        open=tuple(explain.open_point(finding) for finding in findings if finding.outcome == OPEN),
        permit=permit_of(lexicon.store, linked, chosen.node, case, principal is not None),
        other_rulebooks=tuple(_elsewhere(lexicon, linked, case, chosen, other, lang) for book, other in best.items() if book != rulebook),
        basis=_read(linked, chosen),
        readings=tuple(_read(linked, c) for c in claimed if c.rulebook == rulebook),
        lang=lang,
        facts=case.facts,
        linked=linked,
    )


def _best(linked: Linked, claimed: list[Claimed]) -> Claimed:
    """The reading most favourable to the applicant; of equal ones the stated before the supposed, then the nearest to success."""

    def rank(c: Claimed) -> tuple[Any, ...]:
        supposed = bool(linked.values(c.node.value, "cptpp:supposed"))
        blocked = len(c.of(NOT_APPLICABLE))
        return RANK[c.outcome], supposed, len(c.of(NOT_MET)), blocked, len(c.of(OPEN))

    return min(claimed, key=rank)


def _code(kind: str, iri: str) -> str:
    return str(shipped()["words"][kind][iri][0])


def _category(linked: Linked, node: ox.NamedNode) -> str | None:
    found = linked.values(node.value, "cptpp:category")
    return _code("category", found[0].value) if len(found) == 1 else None


def _read(linked: Linked, claimed: Claimed) -> Reading:
    country, ground = linked.one(claimed.node.value, "cptpp:throughParty"), linked.one(claimed.node.value, "cptpp:onGround")
    parties = shipped()["words"]["party"]
    code = parties[country][0] if country in parties else (country or "").removeprefix(COUNTRY)
    return Reading(
        category=_category(linked, claimed.node),
        country=code if len(code) == 3 else None,
        ground=ground.removeprefix(NS) if ground else None,
        outcome=claimed.outcome,
        failing=claimed.of(NOT_MET),
        open=claimed.of(OPEN),
    )


def _elsewhere(lexicon: Lexicon, linked: Linked, case: Case, chosen: Claimed, other: Claimed, lang: str) -> Elsewhere:
    differs = [name for name, found in other.outcomes.items() if found != chosen.outcomes[name]]
    explain = _Explanation(lexicon, linked, case, other, lang)
    by_id = {requirement.id: requirement for requirement in lexicon.requirements[PERMITS[case.kind]]}
    why = [f"{name}: {explain.headline(by_id[name])}" for name in differs]
    return Elsewhere(_code("rulebook", other.rulebook), other.outcome, tuple(differs), tuple(why))


class _Explanation:
    """The findings of one claim in words: message, facts, what is missing, where it is printed."""

    def __init__(self, lexicon: Lexicon, linked: Linked, case: Case, claimed: Claimed, lang: str) -> None:
        self.lexicon, self.linked, self.case, self.claimed, self.lang = lexicon, linked, case, claimed, lang
        self.node = claimed.node.value

    def finding(self, requirement: Requirement) -> Finding:
        outcome, because = self.claimed.outcomes[requirement.id]
        judged = outcome != NOT_APPLICABLE
        facts = [path for path in self._facts(requirement) if path in self.case.facts] if judged else []
        return Finding(
            requirement=requirement.id,
            outcome=outcome,
            because=because,
            message=self.message(requirement),
            facts=tuple((path, self.case.facts[path]) for path in facts),
            missing=self._missing(requirement) if outcome == OPEN else (),
            cites=self.lexicon.citations(self._printed(requirement)),
        )

    # -------------------------------------------------------------- words

    def headline(self, requirement: Requirement) -> str:
        """The outcome and the message in one line."""
        outcome, because = self.claimed.outcomes[requirement.id]
        label = self.lexicon.coded(outcome, self.lang)
        reason = f" ({self.lexicon.coded(because, self.lang)})" if because else ""
        return f"{label}{reason}. {self.message(requirement)}".strip()

    def message(self, requirement: Requirement) -> str:
        outcome, because = self.claimed.outcomes[requirement.id]
        if outcome == NOT_APPLICABLE:
            return self._why_not_applicable(requirement)
        if outcome == MET:
            return self._why_met(requirement)
        texts = [
            shape.messages[self.lang]
            for result, shape in self.claimed.results[requirement.id]
            if _reason(result, shape) == because
        ]
        doubts = self._doubts() if requirement.id == "occupation-listed" and because == "text-unclear" else []
        return " ".join([*dict.fromkeys(texts), *(f"{doubt}." for doubt in doubts)])

    def _why_met(self, requirement: Requirement) -> str:
        provisions = self._laid(requirement)
        texts = [self.lexicon.definitions.get(requirement.iri, {}).get(self.lang, "")] if not provisions else []
        items = [c.item for c in self.lexicon.citations(provisions)] if self.lang == "en" else []
        said = "; ".join(dict.fromkeys(items)) or (texts[0] if texts else self.lexicon.label(requirement.iri, self.lang))
        cautions = self._doubts() if requirement.id == "occupation-listed" else []
        return " ".join([said[:1].upper() + said[1:].rstrip(".") + ".", *(f"{caution}." for caution in cautions)])

    def _why_not_applicable(self, requirement: Requirement) -> str:
        by_iri = {one.iri: one.id for one in self.lexicon.requirements[PERMITS[self.case.kind]]}
        for parent in requirement.depends_on:
            outcome = self.claimed.outcomes[by_iri[parent]][0]
            if outcome in (NOT_MET, OPEN, NOT_APPLICABLE):
                label = self.lexicon.label(parent, self.lang)
                return {"en": f"Depends on: {label}.", "fr": f"Dépend de : {label}."}[self.lang]
        return {"en": "Not asked of this applicant.", "fr": "N’est pas exigé de ce demandeur."}[self.lang]

    def _doubts(self) -> list[str]:
        """The open points and conditions behind the list's word, in the language asked for."""
        rows = ask(self.lexicon.store, shipped()["explain"]["doubts"], self.linked, [self.claimed.node]) or ()
        found = [
            f"{row['id'].value}: {row['label'].value}" if row["id"] is not None else row["label"].value
            for row in rows
            if row["language"].value == self.lang
        ]
        return [text[:1].upper() + text[1:] for text in dict.fromkeys(found)]

    # -------------------------------------------------------------- facts

    def _facts(self, requirement: Requirement) -> list[str]:
        """The fields that the requirement's shapes turn on, in the order of the case."""
        shapes = [*self.claimed.shapes.get(requirement.iri, []), *(shape for _, shape in self.claimed.results[requirement.id])]
        facts = {fact for shape in shapes for fact in shape.concerns}
        return [path for fact in sorted(facts) for path in self._paths(fact)]

    def _paths(self, fact: str) -> list[str]:
        """Where a fact stands in this kind of case; a group stands for its fields."""
        table = field_table(self.case.kind)
        whole = [path for path, one in table.items() if expand(one["property"]) == fact and not path.startswith("spouse.")]
        return [inner for path in whole for inner in table if inner == path or inner.startswith(path + ".") if "fields" not in table[inner]]

    def _missing(self, requirement: Requirement) -> tuple[str, ...]:
        facts: dict[str, None] = {}
        for result, shape in self.claimed.results[requirement.id]:
            if result.severity != "violation":
                found = self._unstated_tests(result.value) if result.value else []
                facts |= dict.fromkeys(found or shape.concerns)
        paths = [path for fact in facts for path in self._paths(fact)]
        settled = [path for path in paths if path not in self.case.facts]
        return tuple(dict.fromkeys(settled))

    def _unstated_tests(self, node: str) -> list[str]:
        """Facts that tests at or below a node read and the case does not state."""
        fact = self.linked.one(node, "cptpp:onFact")
        if fact:
            return [fact] if not self.linked.values(node, "cptpp:stated") else []
        below = [v.value for p in ("proviso", "alternative", "test") for v in self.linked.values(node, NS + p)]
        return list(dict.fromkeys(found for inner in below for found in self._unstated_tests(inner)))

    # -------------------------------------------------------------- sources

    def _laid(self, requirement: Requirement) -> list[str]:
        return [value.value for value in self.linked.values(self.node, requirement.laid_as)] if requirement.laid_as else []

    def _printed(self, requirement: Requirement) -> list[str]:
        """What to cite: the provisions laid, the list or its entries, the entry into force; failing these, the rulebook's section."""
        extra = {
            "nationality": ("admittedBy", "mentionedBy"),
            "agreement-in-force": ("?in-force",),
            "category-available": ("?schedule",),
            "noc-level": ("?level-rules",),
            "occupation-listed": ("?entries", "?function-entries"),
        }.get(requirement.id, ())
        found = self._laid(requirement)
        for name in extra:
            found += self._queried(name[1:]) if name.startswith("?") else [v.value for v in self.linked.values(self.node, NS + name)]
        if requirement.id == "occupation-listed" and not found:
            found = self._queried("schedule")
        return found or self._fallback(requirement)

    def _queried(self, name: str) -> list[str]:
        rows = ask(self.lexicon.store, shipped()["explain"][name], self.linked, [self.claimed.node]) or ()
        return [row["node"].value for row in rows]

    def _fallback(self, requirement: Requirement) -> list[str]:
        stated = self.lexicon.stated(self.linked, self.claimed.node)
        return stated.get(requirement.iri) or [node for nodes in stated.values() for node in nodes][:1] or [self.claimed.rulebook]

    def open_point(self, finding: Finding) -> OpenPoint:
        table = {path: one["expects"][self.lang] for path, one in field_table(self.case.kind).items()}
        state = {"en": "State", "fr": "Déclarez"}[self.lang]
        asks = [f"{state} {path} ({table[path]})." for path in finding.missing]
        judge = {
            "officer-discretion": {"en": "The officer decides this.", "fr": "L’agent tranche."},
            "text-unclear": {"en": "Ask the officer or IRCC how the text is read.", "fr": "Demandez à l’agent ou à IRCC comment le texte est lu."},
            "sources-disagree": {"en": "Ask IRCC which day it goes by.", "fr": "Demandez à IRCC quel jour est retenu."},
            "conflicting-facts": {"en": "Correct the facts that contradict each other.", "fr": "Corrigez les faits qui se contredisent."},
        }.get(finding.because or "", {}).get(self.lang)
        if not asks and not judge:
            fields = ", ".join(name for name, _ in finding.facts)
            judge = {"en": f"Make more precise: {fields}.", "fr": f"Précisez : {fields}."}[self.lang]
        text = " ".join([*([judge] if judge else []), *asks])
        fields_asked = finding.missing or tuple(name for name, _ in finding.facts)
        return OpenPoint(finding.requirement, finding.because or "", fields_asked, text)


@cache
def rulebook_iri(word: str) -> str:
    """The IRI of a rulebook given by its code or name."""
    from . import words

    return words.term("rulebook", word)
