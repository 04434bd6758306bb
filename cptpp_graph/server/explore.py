"""Explore: which occupations a list admits, on a day, by a source, and the same beside another country, source or day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pyoxigraph as ox
from starlette.responses import Response

from .. import words
from ..asking import bind
from ..catalogue import named_queries, shipped
from ..errors import CptppError
from . import occupations
from .site import language, usual

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.routing import Route

    from ..results import Row
    from .site import Site

ASKED = ("country", "category", "rulebook", "edition", "on")
OTHERS = {"other-country": "country", "other-rulebook": "rulebook", "other-on": "on"}
COMPARISONS = {"country": "compare-countries", "rulebook": "compare-rulebooks", "on": "compare-dates"}
KINDS = {"country": "party"}
DATED = ("code", "title", "otherCode", "otherTitle", "change")

Given = dict[str, str]


def routes(site: Site) -> list[Route]:
    return [site.route("/explore", lambda request: _explore(site, request)), *occupations.routes(site)]


@dataclass(frozen=True, slots=True)
class Listing:
    """What one question about occupations comes to. reasons: why there is nothing, where there is nothing.

    printed: those of the phrases that are the source's own words.
    """

    given: Given
    rows: list[Row]
    reasons: list[Row]
    printed: frozenset[str]

    @property
    def counts(self) -> Counter[str]:
        return Counter(str(row.status) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Pair:
    """An occupation as it stands on either side of a comparison; the other side may know it by another code.

    change: what the other edition made of it.
    """

    code: str
    title: str
    other_code: str
    other_title: str
    here: Row | None
    there: Row | None
    differs: bool
    change: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The answer for one category. pairs: only where both sides of a comparison list something."""

    category: str
    title: str | None
    here: Listing
    there: Listing | None
    pairs: list[Pair] | None
    commitment: Row | None
    links: Mapping[str, str]

    @property
    def different(self) -> list[Pair]:
        return [pair for pair in self.pairs or () if pair.differs]

    @property
    def alike(self) -> list[Pair]:
        return [pair for pair in self.pairs or () if not pair.differs]


def _explore(site: Site, request: Request) -> Response:
    """The form, and below it the lists that it asks for; without a country, how much there is of each."""
    lang = language(request)
    given = {name: value.strip() for name, value in request.query_params.items() if name in (*ASKED, *OTHERS) and value.strip()}
    given.setdefault("rulebook", str(usual("rulebook")))
    error, found, coverage = None, [], []
    try:
        given = _known(given)
        if "country" in given:
            found = [_found(site, given | {"category": category}, lang) for category in _categories(site, given, lang)]
        else:
            asked = {name: given.get(name) for name in ("category", "rulebook", "edition")}
            coverage = list(site.kg.ask("coverage-by-country", **asked, lang=lang))
    except CptppError as wrong:
        error = wrong.told(lang)
    choices = {kind: site.words_of(kind, lang) for kind in ("category", "rulebook", "edition", "issue")}
    choices["party"] = list(
        dict.fromkeys((str(row.countryCode), str(row.country)) for row in site.kg.ask("commitments", lang=lang))
    )
    return site.page(
        request,
        "explore.html",
        400 if error else 200,
        given={name: given.get(name, "") for name in (*ASKED, *OTHERS)},
        error=error,
        found=found,
        coverage=coverage,
        choices=choices,
        labels={kind: dict(known) for kind, known in {**choices, "party": site.words_of("party", lang)}.items()},
        years={digits: edition for edition, digits in words.DIGITS.items()},
        other=next((kind for name, kind in OTHERS.items() if name in given), None),
    )


def _known(given: Given) -> Given:
    """What is asked, each word as the code that stands for it. Raises CptppError for a word that stands for none."""
    if len(given.keys() & OTHERS.keys()) > 1:
        raise CptppError("a list is compared with one other at a time", "Choose another country, another source or another day.")
    if "other-on" in given and "on" not in given:
        raise CptppError("a day is given to compare with, but no first day", "Give the day of receipt as well.")

    def known(name: str, word: str) -> str:
        called = OTHERS.get(name, name)
        if called == "on":
            return words.date(word)
        kind = KINDS.get(called, called)
        codes: list[str] = shipped()["words"][kind][words.term(kind, word, called)]
        return codes[0]

    return {name: known(name, word) for name, word in given.items()}


def _categories(site: Site, given: Given, lang: str) -> list[str]:
    return [given["category"]] if "category" in given else [code for code, _ in site.words_of("category", lang)]


# ------------------------------------------------------------------ one list, or two side by side


def _found(site: Site, given: Given, lang: str) -> Found:
    asked = {name: given[name] for name in ASKED if name in given}
    other = next(((kind, given[name]) for name, kind in OTHERS.items() if name in given), None)
    here, there, pairs = _listing(site, asked, lang), None, None
    name, parameters = "occupations", asked
    if other:
        kind, value = other
        here, there = _sides(site, asked, asked | {kind: value}, lang)
        name, parameters = COMPARISONS[kind], {**here.given, "other": value}
        if here.rows and there.rows:
            pairs = _dates(site, here, there, lang) if kind == "on" else _pairs(here, there)
    commitments = site.kg.ask("commitments", rulebook=given["rulebook"], lang=lang)
    wanted = given["country"], given["category"]
    commitment = next((row for row in commitments if (row.countryCode, row.category) == wanted), None)
    title = site.label(ox.NamedNode(str(commitment.schedule)), lang) if commitment and commitment.schedule else None
    return Found(given["category"], title, here, there, pairs, commitment, _links(name, parameters, here.given, lang))


def _listing(site: Site, given: Given, lang: str) -> Listing:
    table = site.kg.ask("occupations", **given, lang=lang)
    reasons = [] if table else list(site.kg.ask("why-no-occupations", **given, lang=lang))
    return Listing(given, list(table), reasons, occupations.printed(table))


def _sides(site: Site, one: Given, other: Given, lang: str) -> tuple[Listing, Listing]:
    """Both sides of a comparison; of countries or sources under the latest edition that both know, unless one is asked for."""
    sides = _listing(site, one, lang), _listing(site, other, lang)
    if "edition" in one or one.get("on") != other.get("on"):
        return sides
    for edition in sorted((code for code, _ in site.words_of("edition", lang)), reverse=True):
        tried = _listing(site, one | {"edition": edition}, lang), _listing(site, other | {"edition": edition}, lang)
        if tried[0].rows and tried[1].rows:
            return tried
    return sides


def _pairs(here: Listing, there: Listing) -> list[Pair]:
    """Every occupation that either side lists; they differ where the status or the condition does."""
    first, second = ({str(row.code): row for row in side.rows} for side in (here, there))
    found = []
    for code in sorted(first.keys() | second.keys()):
        one, other = first.get(code), second.get(code)
        alike = one and other and (one.status, one.condition) == (other.status, other.condition)
        title = str(one.title if one else other.title if other else "")
        found.append(Pair(code, title, code, title, one, other, not alike))
    return found


def _dates(site: Site, here: Listing, there: Listing, lang: str) -> list[Pair]:
    """Every occupation on either day, followed from one edition to the other; the query says which differ."""
    given = {name: here.given[name] for name in ("country", "category", "rulebook", "on")}
    rows = list(site.kg.ask("compare-dates", **given, other=there.given["on"], lang=lang))
    first, second = ({str(row.code): row for row in side.rows} for side in (here, there))
    found = []
    for row in rows:
        code, title, other_code, other_title, change = (str(row[name] or "") for name in DATED)
        found.append(Pair(code, title, other_code, other_title, first.get(code), second.get(other_code), True, change))
    told = {pair.code for pair in found}
    alike = ((code, str(row.title), row) for code, row in first.items() if code not in told)
    return found + [Pair(code, title, code, title, row, second.get(code), False) for code, title, row in alike]


def _links(name: str, parameters: Given, listed: Given, lang: str) -> dict[str, str]:
    """The same as CSV and JSON, and the question in SPARQL."""
    query = named_queries()[name]
    known = {parameter.name for parameter in query.parameters}
    text = bind(query, {key: value for key, value in {**parameters, "lang": lang}.items() if key in known})
    sparql = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    table = urlencode({**listed, "lang": lang})
    return {
        "csv": f"/api/occupations?{table}&format=csv",
        "json": f"/api/occupations?{table}&format=json",
        "sparql": f"/{lang}/ask?{urlencode({'query': sparql})}",
    }
