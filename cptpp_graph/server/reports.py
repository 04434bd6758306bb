"""What the API answers about cases: assessments, the officer's view, households, the SHACL report, in the form asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from .. import householdsheet, intake, officersheet, report, words
from ..errors import CptppError, say
from .protocol import Refused

if TYPE_CHECKING:
    from ..assessment import Assessment
    from ..graph import CptppGraph

REPORTS = {"application/json": "json", "text/html": "html", "text/plain": "text", "text/turtle": "turtle"}
SHEETS = {"application/json": "json", "text/html": "html", "text/plain": "text"}
SHACL = {"text/plain": "text", "text/turtle": "turtle", "application/ld+json": "json-ld", "application/n-triples": "nt"}

MOST_PLANS = 5

Given = Mapping[str, str]
Answer = tuple[str, bytes]


def as_json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def assess(kg: CptppGraph) -> Callable[[Given, list[intake.Case], str], Answer]:
    def answer(given: Given, cases: list[intake.Case], media: str) -> Answer:
        found, lang = _assessed(kg, given, cases), words.language(given.get("lang", "en"))
        match REPORTS[media]:
            case "json":
                return media, as_json([one.as_dict() for one in found])
            case "html":
                return media, report.html(kg.lexicon, found, lang).encode()
            case "text":
                return media, report.text(kg.lexicon, found, None, False).encode()
        return media, report.graph(found, {case.id: case for case in cases}).serialize(format="turtle").encode()

    return answer


def officer(kg: CptppGraph) -> Callable[[Given, list[intake.Case], str], Answer]:
    def answer(given: Given, cases: list[intake.Case], media: str) -> Answer:
        views, lang = [kg.officer_view(one) for one in _assessed(kg, given, cases)], words.language(given.get("lang", "en"))
        match SHEETS[media]:
            case "json":
                return media, as_json([view.as_dict() for view in views])
            case "html":
                return media, officersheet.html(kg.lexicon, views, lang).encode()
        return media, officersheet.text(kg.lexicon, views, None).encode()

    return answer


def household(kg: CptppGraph) -> Callable[[Given, list[intake.Case], str], Answer]:
    def answer(given: Given, cases: list[intake.Case], media: str) -> Answer:
        couple = [intake.as_plain(case) for case in cases]
        found = kg.household(couple, rulebook=given.get("rulebook", "ircc"), lang=words.language(given.get("lang", "en")))
        match SHEETS[media]:
            case "json":
                return media, as_json(found.as_dict())
            case "html":
                return media, householdsheet.html(kg.lexicon, found).encode()
        return media, householdsheet.text(kg.lexicon, found, None).encode()

    return answer


def plan(kg: CptppGraph) -> Callable[[Given, list[intake.Case], str], Answer]:
    def answer(given: Given, cases: list[intake.Case], media: str) -> Answer:
        if len(cases) > MOST_PLANS:
            raise Refused(
                413, say("there are {count} cases here", count=len(cases)), say("Send at most {most} at a time.", most=MOST_PLANS)
            )
        return media, as_json([one.as_dict() for one in kg.plans(_assessed(kg, given, cases))])

    return answer


def interview(kg: CptppGraph) -> Callable[[Given, list[intake.Case], str], Answer]:
    def answer(given: Given, cases: list[intake.Case], media: str) -> Answer:
        if len(cases) != 1:
            raise CptppError(say("there are {count} cases here, not one", count=len(cases)), "Send one.")
        passed = [path.strip() for path in given.get("not-known", "").split(",") if path.strip()]
        found = kg.next_question(_assessed(kg, given, cases)[0], not_known=passed)
        return media, as_json(found.as_dict(kg.lexicon))

    return answer


def _assessed(kg: CptppGraph, given: Given, cases: list[intake.Case]) -> list[Assessment]:
    lang = words.language(given.get("lang", "en"))
    return kg.assess_cases(cases, rulebook=given.get("rulebook", "ircc"), lang=lang)


def validate(kg: CptppGraph) -> Callable[[Given, list[intake.Case], str], Answer]:
    def answer(given: Given, cases: list[intake.Case], media: str) -> Answer:
        _, graph, text = kg.validate([intake.as_plain(case) for case in cases])
        return media, (text if SHACL[media] == "text" else graph.serialize(format=SHACL[media])).encode()

    return answer
