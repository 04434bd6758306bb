"""An assessment in the order in which an officer meets it: the offer, the findings, what to enter, what to record or request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from .assessment import Assessment
from .explanation import Finding, OpenPoint
from .lexicon import Citation, Lexicon
from .permit import PRINTED, STATED, Permit
from .phrases import phrase
from .record import Document, Entry, Ground, place, record_of, shown
from .results import Table
from .terms import COLON, REQ
from .verdict import FAILS, MET, NOT_MET, OPEN

LENGTH = "length-of-stay"  # judged by the limits of the permit, not by a finding
OFFER = "offer.durationMonths"

# How a field stands to the case. As offered: the case states it of the offer, so only the application form can contradict it.
AGREES, DIFFERS, OPEN_POINT, NOT_STATED, AS_OFFERED = "agrees", "differs", "open", "not-stated", "as-offered"
AS_PRINTED, NOT_IN_CASE = "as-printed", "not-in-case"
JUDGED = {AGREES: "no-objection", DIFFERS: "objection"}  # of a field of the offer on which findings bear

# Whom to ask for a field, by the group in which it stands; for anything else the applicant.
HOLDERS = {"offer": "employer"}
# Who settles what no fact settles.
SETTLES = {"officer-discretion": "officer", "text-unclear": "department", "sources-disagree": "department"}


@dataclass(frozen=True, slots=True)
class Review:
    """A field of the offer of employment. must_show: what the page asks of it; facts: what the case states of that.

    bears_on: requirement to its outcome, or to the standing of the length; standing: of the field, None where nothing judges it.
    No objection means that no finding speaks against it; what the field itself says is not in a case.
    """

    field: str
    label: str
    must_show: str
    bears_on: dict[str, str]
    standing: str | None
    facts: tuple[str, ...]
    cites: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the approval sheet: the field with what belongs there, how it stands to the case, and why."""

    entry: Entry
    standing: str
    why: str


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be requested before a decision: of whom (employer, applicant; officer, department where no fact settles it)."""

    requirement: str
    because: str
    of: tuple[str, ...]
    fields: tuple[str, ...]
    ask: str
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A draft, a paragraph each, with its grounds. rules: what must be recorded on a refusal, with where it is printed."""

    draft: tuple[str, ...]
    grounds: tuple[Ground, ...]
    rules: tuple[tuple[str, Citation], ...]


@dataclass(frozen=True, slots=True)
class OfficerView:
    """What an officer goes through. refusal: where the case fails; requests: where findings are open."""

    assessment: Assessment
    offer: tuple[Review, ...]
    sheet: tuple[Line, ...]
    refusal: Refusal | None
    requests: tuple[Request, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "case": self.assessment.case,
            "outcome": self.assessment.outcome,
            "offer": [asdict(review) for review in self.offer],
            "assessment": self.assessment.as_dict(),
            "sheet": [{**asdict(line.entry), "standing": line.standing, "why": line.why} for line in self.sheet],
            "refusal": asdict(self.refusal) if self.refusal else None,
            "requests": [asdict(request) for request in self.requests],
            "notice": phrase("disclaimer", self.assessment.lang),
        }


def view_of(lexicon: Lexicon, assessment: Assessment, offer_fields: Table, rules: Table) -> OfficerView:
    """The view in the language of the assessment.

    offer_fields, rules: the answers to the named questions offer-fields and refusal-rules for its rulebook and language.
    """
    return _Desk(lexicon, assessment).view(offer_fields, rules)


class _Desk:
    def __init__(self, lexicon: Lexicon, assessment: Assessment) -> None:
        self.lexicon, self.a, self.lang = lexicon, assessment, assessment.lang
        self.record = record_of(lexicon, assessment)
        self.findings = {finding.requirement: finding for finding in assessment.findings}

    def view(self, offer_fields: Table, rules: Table) -> OfficerView:
        reviewed = offer_fields if self.a.kind == "principal" else ()  # a spouse has no offer
        return OfficerView(
            assessment=self.a,
            offer=tuple(self._review(row) for row in reviewed),
            sheet=tuple(self._line(entry) for entry in self.record.approval),
            refusal=self._refusal(rules) if self.a.outcome == FAILS else None,
            requests=tuple(self._request(point) for point in self.a.open),
        )

    def say(self, name: str, **parts: object) -> str:
        return phrase(name, self.lang, **parts)

    def label(self, requirement: str) -> str:
        return self.lexicon.label(REQ + requirement, self.lang)

    # -------------------------------------------------------------- the offer

    def _review(self, row: Any) -> Review:
        bears = {name: standing for name in row.bearsOn.split("; ") if (standing := self._outcome(name))}
        found = [self.findings[name] for name in bears if name in self.findings]
        facts = dict.fromkeys(fact for finding in found for fact in _facts(finding))
        if LENGTH in bears and OFFER in self.a.facts:
            facts[f"{OFFER} = {shown(self.a.facts[OFFER])}"] = None
        worst = _worst(bears.values())
        standing = JUDGED.get(worst or "", worst) if found else worst
        return Review(str(row.field), str(row.label), str(row.mustShow), bears, standing, tuple(facts), (_cited(row),))

    def _outcome(self, requirement: str) -> str | None:
        if requirement == LENGTH:
            return self._length(_months(self.a.permit, PRINTED))
        return self.findings[requirement].outcome if requirement in self.findings else None

    def _length(self, most: int | None) -> str:
        """How the offer's length stands to a limit."""
        offered = _months(self.a.permit, STATED[OFFER])
        if offered is None:
            return NOT_STATED
        return DIFFERS if most is not None and offered > most else AGREES

    # -------------------------------------------------------------- the approval sheet

    def _line(self, entry: Entry) -> Line:
        judged = {name: self.findings[name] for name in entry.bears_on if name in self.findings and entry.fact}
        if LENGTH in entry.bears_on:
            standing = self._length(self.a.permit.months_at_most)
            return Line(entry, standing, self._on_length(standing))
        if entry.code:
            standing = AGREES if entry.code == self.a.permit.code else DIFFERS
            return Line(entry, standing, self.say(f"code-{standing}", code=self.a.permit.code))
        if entry.fact is None:
            standing = AS_PRINTED if entry.fixed else NOT_IN_CASE
            return Line(entry, standing, self.say(standing))
        if entry.stated is None:
            return Line(entry, NOT_STATED, self.say("not-stated-field", field=entry.fact))
        standing = _worst(finding.outcome for finding in judged.values()) or AS_OFFERED
        if standing in (DIFFERS, OPEN_POINT):
            return Line(
                entry, standing, " ".join(f"{self.label(name)}{COLON[self.lang]}{f.message}" for name, f in judged.items())
            )
        return Line(entry, AS_OFFERED, self.say("as-offered"))

    def _on_length(self, standing: str) -> str:
        permit = self.a.permit
        told = self.say(f"length-{standing}", offered=_months(permit, STATED[OFFER]), most=permit.months_at_most)
        touched = doubts(permit) if standing == DIFFERS else []
        return f"{told} {self.say('length-doubts', doubts=', '.join(touched))}" if touched else told

    # -------------------------------------------------------------- a refusal, and what is missing

    def _refusal(self, rules: Table) -> Refusal:
        grounds = self.record.refusal
        draft = [self.say("draft-title"), self.say("draft-opening", case=self.a.case, permit=self.a.permit.code or "?")]
        if law := list(dict.fromkeys(name for row in rules for name in str(row.legalBasis).split("; ") if name)):
            draft.append(self.say("draft-law", law="; ".join(law)))
        for number, ground in enumerate(grounds, 1):
            draft.append(self.say("draft-criterion", number=number, criterion=ground.criterion))
            draft.append(self.say("draft-facts", facts=ground.facts or self.say("draft-no-facts")))
            draft.append(self.say("draft-reasoning", concluded=ground.concluded))
        for name in (MET, OPEN):
            if told := [self.label(f.requirement) for f in self.a.findings if f.outcome == name]:
                draft.append(self.say(f"draft-{name}", what=", ".join(told)))
        draft.append(self.say("draft-closing"))
        return Refusal(tuple(draft), grounds, tuple((str(row.definition), _cited(row)) for row in rules))

    def _request(self, point: OpenPoint) -> Request:
        settles = SETTLES.get(point.because)
        of = dict.fromkeys(HOLDERS.get(path.partition(".")[0], "applicant") for path in point.fields)
        return Request(
            requirement=point.requirement,
            because=point.because,
            of=(settles,) if settles else tuple(of) or ("applicant",),
            fields=point.fields,
            ask=point.ask,
            documents=tuple(document.label for document in self._documents(point.requirement)),
        )

    def _documents(self, requirement: str) -> Iterable[Document]:
        return (document for document in self.record.documents if self.label(requirement) in document.proves)


def doubts(permit: Permit) -> list[str]:
    """The ambiguities that touch the limits of a permit, each once."""
    return list(dict.fromkeys(doubt for limit in permit.limits for doubt in limit.doubts))


def sources(refusal: Refusal, lang: str) -> list[str]:
    """What must be recorded, each with its place in print."""
    return [f"{text} ({place(cited, lang)})" for text, cited in refusal.rules]


def _cited(row: Any) -> Citation:
    return Citation(str(row.source), str(row.section), str(row.label), int(row.line) if row.line else None)


def _facts(finding: Finding) -> list[str]:
    return [f"{path} = {shown(value)}" for path, value in finding.facts]


def _months(permit: Permit, name: str) -> int | None:
    return next((limit.months for limit in permit.limits if limit.name == name), None)


def _worst(standings: Iterable[str]) -> str | None:
    """Of several, the one that stands in the way."""
    found = set(standings)
    if found & {NOT_MET, DIFFERS}:
        return DIFFERS
    if OPEN in found:
        return OPEN_POINT
    if NOT_STATED in found:
        return NOT_STATED
    return AGREES if found & {MET, AGREES} else None
