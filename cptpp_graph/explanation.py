"""Puts a claim's findings into words: message, facts, what is missing, whom to ask, where it is printed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from .catalogue import shipped
from .intake import Case, field_table, plain_value
from .lexicon import Citation, Lexicon, Requirement
from .linking import Linked, ask
from .phrases import phrase
from .terms import COLON, NS, expand, shorten
from .verdict import MET, NOT_APPLICABLE, NOT_MET, OPEN, Claimed, reason_of

# Beside the provisions on it, what a requirement rests on: the first of these laid on the claim, and these lookups.
PRINTED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "nationality": (("admittedBy", "mentionedBy"), ()),
    "agreement-in-force": ((), ("in-force",)),
    "category-available": ((), ("schedule",)),
    "noc-level": ((), ("level-rules",)),
    "occupation-listed": ((), ("entries", "function-entries")),
}


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
            "facts": [{"field": name, "value": plain_value(value)} for name, value in self.facts],
            "missing": list(self.missing),
            "cites": [cited.as_dict() for cited in self.cites],
        }


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """What keeps a finding open and how to settle it: fields to state, or whose judgment it is."""

    requirement: str
    because: str
    fields: tuple[str, ...]
    ask: str


class Explanation:
    """The findings of one claim in words: message, facts, what is missing, where it is printed."""

    def __init__(self, lexicon: Lexicon, linked: Linked, case: Case, claimed: Claimed, lang: str) -> None:
        self.lexicon, self.linked, self.case, self.claimed, self.lang = lexicon, linked, case, claimed, lang
        self.node = claimed.node.value
        self.requirements = lexicon.asked(linked, claimed.node)

    def label(self, requirement: Requirement) -> str:
        return self.lexicon.label(requirement.iri, self.lang)

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
            cites=self.lexicon.citations(self._printed(requirement), self.lang),
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
            if reason_of(result, shape) == because
        ]
        doubts = self._doubts() if requirement.id == "occupation-listed" and because == "text-unclear" else []
        candidates = self._candidates(requirement) if because == "missing-facts" else []
        gaps = self._gaps(requirement) if because == "text-unclear" else []
        return " ".join([*dict.fromkeys(texts), *(f"{doubt}." for doubt in doubts), *gaps, *candidates])

    def partial(self) -> tuple[str, ...]:
        """What the rulebook leaves open for want of knowledge, each in a few words."""
        return tuple(dict.fromkeys(row["label"].value for row in self._gap_rows()))

    def _gaps(self, requirement: Requirement) -> list[str]:
        """What leaves this requirement open, in sentences."""
        return [row["definition"].value for row in self._gap_rows() if row["requirement"].value == requirement.iri]

    def _gap_rows(self) -> list[Any]:
        rows = ask(self.lexicon.store, shipped()["explain"]["gaps"], self.linked, [self.claimed.node]) or ()
        return [row for row in rows if row["language"].value == self.lang]

    def _candidates(self, requirement: Requirement) -> list[str]:
        """Where the job may belong to several groups: which they are, those that are admitted marked."""
        admits = {value.value for value in self.linked.values(self.node, "cptpp:levelAdmits")}
        found = [value.value for value in self.linked.values(self.node, "cptpp:levelCandidate")]
        if requirement.id == "occupation-listed":
            nodes = [value.value for value in self.linked.values(self.node, "cptpp:listCandidate")]
            found = self._unit_groups(nodes)
            admits = set(self._unit_groups(node for node in nodes if self.linked.values(node, "cptpp:basedOnPermission")))
        elif requirement.id != "noc-level":
            return []
        if set(found) == admits:
            return []
        named = [shorten(group) if group in admits else self.say("not-admitted", group=shorten(group)) for group in sorted(found)]
        return [self.say("candidates", groups=", ".join(named))]

    def _unit_groups(self, candidates: Iterable[str]) -> list[str]:
        return [group.value for node in candidates for group in self.linked.values(node, "cptpp:unitGroup")]

    def say(self, name: str, **parts: object) -> str:
        return phrase(name, self.lang, **parts)

    def _why_met(self, requirement: Requirement) -> str:
        """The requirement in our words, and for a list what the case must not contradict."""
        asked = self.lexicon.definitions[requirement.iri][self.lang]
        cautions = self._doubts() if requirement.id == "occupation-listed" else []
        return " ".join([asked, *(f"{caution}." for caution in cautions)])

    def _why_not_applicable(self, requirement: Requirement) -> str:
        by_iri = {one.iri: one.id for one in self.requirements}
        for parent in requirement.depends_on:
            outcome = self.claimed.outcomes[by_iri[parent]][0]
            if outcome in (NOT_MET, OPEN, NOT_APPLICABLE):
                label = self.lexicon.label(parent, self.lang)
                return self.say("depends-on", label=label)
        return self.say("not-asked")

    def _doubts(self) -> list[str]:
        """The open points and conditions behind the list's word, in the language asked for."""
        known = any(p == NS + "doubtedBy" for _, p, _ in self.linked.triples())
        rows = list(ask(self.lexicon.store, shipped()["explain"]["doubts"], self.linked, [self.claimed.node]) or ())
        if known:
            rows += ask(self.lexicon.store, shipped()["explain"]["scope-doubts"], self.linked, [self.claimed.node]) or ()
        found = [_doubt(row, self.lang) for row in rows if row["language"].value == self.lang]
        return [text[:1].upper() + text[1:] for text in dict.fromkeys(found)]

    # -------------------------------------------------------------- facts

    def _facts(self, requirement: Requirement) -> list[str]:
        """The fields that the requirement's shapes turn on, in the order of the case."""
        shapes = [*self.claimed.shapes.get(requirement.iri, []), *(shape for _, shape in self.claimed.results[requirement.id])]
        facts = {fact for shape in shapes for fact in shape.concerns}
        found = {path for fact in facts for path in places(self.case.kind, fact)}
        return [path for path in field_table(self.case.kind) if path in found]

    def _missing(self, requirement: Requirement) -> tuple[str, ...]:
        facts: dict[str, None] = {}
        for result, shape in self.claimed.results[requirement.id]:
            if result.severity != "violation":
                found = self._tested(result.value) if result.value else []
                facts |= dict.fromkeys(found or shape.concerns)
        paths = {path for fact in facts for path in places(self.case.kind, fact)}
        return tuple(path for path in field_table(self.case.kind) if path in paths and path not in self.case.facts)

    def _tested(self, node: str) -> list[str]:
        """Facts that tests at or below a node read."""
        if fact := self.linked.one(node, "cptpp:onFact"):
            return [fact]
        below = [v.value for p in ("proviso", "alternative", "test") for v in self.linked.values(node, NS + p)]
        return [fact for inner in below for fact in self._tested(inner)]

    # -------------------------------------------------------------- sources

    def _laid(self, requirement: Requirement) -> list[str]:
        return [value.value for value in self.linked.values(self.node, requirement.laid_as)] if requirement.laid_as else []

    def _printed(self, requirement: Requirement) -> list[str]:
        """What to cite: the lines on levels, or the provisions laid, the list or its entries; failing these, the rulebook."""
        laid, queried = PRINTED.get(requirement.id, ((), ()))
        if found := [node for name in queried for node in self._queried(name)]:
            return found
        found = self._laid(requirement)
        found += next((nodes for name in laid if (nodes := [v.value for v in self.linked.values(self.node, NS + name)])), [])
        if requirement.id == "occupation-listed":
            found = self._queried("schedule")
        return found or self._fallback(requirement)

    def _queried(self, name: str) -> list[str]:
        rows = ask(self.lexicon.store, shipped()["explain"][name], self.linked, [self.claimed.node]) or ()
        return [row["node"].value for row in rows]

    def _fallback(self, requirement: Requirement) -> list[str]:
        """Where the rulebook states the requirement for others, else whom it admits, else the rulebook as a whole."""
        stated = self.lexicon.stated(self.linked, self.claimed.node)
        opening = self.requirements[0].iri
        return stated.get(requirement.iri) or stated.get(opening) or [self.claimed.rulebook]

    def _field(self, path: str) -> str:
        """A field by its path, its name and what it accepts."""
        one = field_table(self.case.kind)[path]
        label = self.lexicon.label(expand(one["property"]), self.lang)
        return f"{path}{COLON[self.lang]}{label} ({one['expects'][self.lang]})"

    def open_point(self, finding: Finding) -> OpenPoint:
        """How to settle a finding: fields to state, or whose judgment it is."""
        turns_on = finding.missing or self._stated_but_open(finding.requirement)
        asks = [self.say("settle-missing-facts", field=self._field(path)) for path in finding.missing]
        if finding.because != "missing-facts":
            asks.append(self.say(f"settle-{finding.because}"))
        elif not asks and finding.requirement in ("noc-level", "occupation-listed"):
            asks.append(self.say("settle-candidates"))
        elif not asks:
            asks.append(self.say("settle-imprecise", fields=", ".join(turns_on)))
        return OpenPoint(finding.requirement, finding.because or "", tuple(turns_on), " ".join(asks))

    def _stated_but_open(self, requirement: str) -> list[str]:
        """The stated fields on which the results turn that keep a requirement open."""
        facts = {fact for _, shape in self.claimed.results[requirement] for fact in shape.concerns}
        paths = {path for fact in facts for path in places(self.case.kind, fact)}
        return [path for path in self.case.facts if path in paths]


@cache
def places(kind: str, fact: str) -> tuple[str, ...]:
    """Where a fact stands in a kind of case; a group stands for its fields."""
    table = field_table(kind)
    whole = [path for path, one in table.items() if expand(one["property"]) == fact and not path.startswith("spouse.")]
    inner = [path for path in table if any(path == above or path.startswith(above + ".") for above in whole)]
    return tuple(path for path in inner if "fields" not in table[path])


def _doubt(row: Any, lang: str) -> str:
    """An open point with its number, or a condition with the printed words that it is about."""
    before = f"{row['id'].value}{COLON[lang]}" if row["id"] is not None else ""
    after = f"{COLON[lang]}“{row['printed'].value}”" if row["printed"] is not None else ""
    return f"{before}{row['label'].value}{after}"
