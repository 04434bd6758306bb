"""What the API answers about cases: assessments, the officer's view, households, the SHACL report, in the form asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from .. import householdsheet, intake, officersheet, report, words

if TYPE_CHECKING:
    from ..graph import CptppGraph

REPORTS = {"application/json": "json", "text/html": "html", "text/plain": "text", "text/turtle": "turtle"}
SHEETS = {"application/json": "json", "text/html": "html", "text/plain": "text"}
SHACL = {"text/plain": "text", "text/turtle": "turtle", "application/ld+json": "json-ld", "application/n-triples": "nt"}

Given = Mapping[str, str]
Answer = tuple[str, bytes]


def as_json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def assess(kg: CptppGraph) -> Callable[[Given, list[intake.Case], str], Answer]:
    def answer(given: Given, cases: list[intake.Case], media: str) -> Answer:
        lang = words.language(given.get("lang", "en"))
        found = kg.assess_cases(cases, rulebook=given.get("rulebook", "ircc"), lang=lang)
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
        lang = words.language(given.get("lang", "en"))
        views = [kg.officer_view(one) for one in kg.assess_cases(cases, rulebook=given.get("rulebook", "ircc"), lang=lang)]
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


def validate(kg: CptppGraph) -> Callable[[Given, list[intake.Case], str], Answer]:
    def answer(given: Given, cases: list[intake.Case], media: str) -> Answer:
        _, graph, text = kg.validate([intake.as_plain(case) for case in cases])
        return media, (text if SHACL[media] == "text" else graph.serialize(format=SHACL[media])).encode()

    return answer
