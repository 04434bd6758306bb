"""Tells a person whose case does not qualify, or cannot be determined, of other routes that the sources know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .catalogue import shipped
from .explanation import Explanation
from .intake import Case
from .lexicon import Citation, Requirement
from .linking import agreement_of, ask, link
from .permit import exemption
from .terms import COLON
from .verdict import MET, NOT_APPLICABLE, NOT_MET, OPEN, UNDETERMINED, best, claims_of

PASSED = (MET, None)


@dataclass(frozen=True, slots=True)
class Route:
    """Another permit that may be open, and why that is so or not known.

    agreement, rulebook: codes, None for a route that a source merely names; name: what it is called; code: exemption code.
    outcome: as of an assessment. differs: requirements judged otherwise than in the assessment, or not stated there; why:
    the word on each of these and on each that is not met there; cites: where that is printed; partial: what is not known.
    """

    agreement: str | None
    rulebook: str | None
    name: str
    code: str | None
    outcome: str
    differs: tuple[str, ...]
    why: tuple[str, ...]
    cites: tuple[Citation, ...]
    partial: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "agreement": self.agreement,
            "rulebook": self.rulebook,
            "name": self.name,
            "code": self.code,
            "outcome": self.outcome,
            "differs": list(self.differs),
            "why": list(self.why),
            "cites": [cited.as_dict() for cited in self.cites],
            "partial": list(self.partial),
        }


def other_routes(here: Explanation) -> tuple[Route, ...]:
    """One for each rulebook of another agreement to which a country of the case is a Party, then those that a source names."""
    return (*_agreements(here), *_named(here))


# ------------------------------------------------------------------ other agreements


def _agreements(here: Explanation) -> list[Route]:
    books = [
        book
        for agreement, about in shipped()["agreements"].items()
        if agreement != agreement_of(here.claimed.rulebook) and here.case.kind in about["permits"]
        for book in about["rulebooks"]
        if _tied(here.case, book, about["parties"])
    ]
    if not books:
        return []
    linked = link(here.lexicon.store, here.case, rulebooks=books)
    claimed = claims_of(here.lexicon, linked)
    carrying = [best(linked, (c for c in claimed if c.rulebook == book)) for book in books]
    return [_judged(here, Explanation(here.lexicon, linked, here.case, one, here.lang)) for one in carrying]


def _tied(case: Case, rulebook: str, parties: list[str]) -> bool:
    """Whether a stated citizenship is that of a Party, or a stated residence one that the rulebook admits."""
    citizenship: Any = case.facts.get("applicant.citizenship") or ()
    residence: Any = case.facts.get("applicant.permanentResidence") or ()
    return bool({*citizenship} & {*parties} or {*residence} & {*shipped()["residents"].get(rulebook, ())})


def _judged(here: Explanation, there: Explanation) -> Route:
    outcomes = there.claimed.outcomes
    judged = [one for one in there.requirements if outcomes[one.id][0] != NOT_APPLICABLE]
    differs = [one for one in judged if outcomes[one.id] != here.claimed.outcomes.get(one.id, PASSED)]
    told = [one for one in judged if one in differs or outcomes[one.id] != PASSED]
    unasked = [one for one in here.requirements if one.id not in outcomes and here.claimed.outcomes[one.id][0] in (NOT_MET, OPEN)]
    rulebook, agreement = there.claimed.rulebook, agreement_of(there.claimed.rulebook)
    words = shipped()["words"]
    return Route(
        agreement=words["agreement"][agreement][0],
        rulebook=words["rulebook"][rulebook][0],
        name=there.lexicon.label(agreement, there.lang),
        code=exemption(there.lexicon.store, there.linked, there.claimed.node),
        outcome=there.claimed.outcome,
        differs=tuple(one.id for one in (*differs, *unasked)),
        why=(
            *(f"{there.label(one)}{COLON[there.lang]}{there.headline(one)}" for one in told),
            *(f"{there.label(one)}{COLON[there.lang]}{there.say('route-unasked')}" for one in unasked),
        ),
        cites=_cites(there, told),
        partial=there.partial(),
    )


def _cites(there: Explanation, told: list[Requirement]) -> tuple[Citation, ...]:
    return tuple(dict.fromkeys(cited for one in told for cited in there.finding(one).cites))


# ------------------------------------------------------------------ routes that a source names


def _named(here: Explanation) -> list[Route]:
    texts = (shipped()["explain"][name] for name in ("named-routes", "named-routes-of-country"))
    rows = [row for text in texts for row in ask(here.lexicon.store, text, here.linked, [here.claimed.node]) or ()]
    return [
        Route(
            agreement=None,
            rulebook=None,
            name=row["label"].value,
            code=row["code"].value,
            outcome=UNDETERMINED,
            differs=(),
            why=(row["definition"].value,),
            cites=here.lexicon.citations([row["node"].value], here.lang),
            partial=(here.say("route-not-held"),),
        )
        for row in rows
        if row["language"].value == here.lang
    ]
