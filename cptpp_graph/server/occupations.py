"""Occupations: found by title, one of them across all countries, and why it stands as it does."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

import pyoxigraph as ox
from starlette.responses import Response

from .. import words
from ..errors import CptppError
from ..terms import LANGUAGES
from .protocol import Refused
from .site import language, usual

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import Route

    from ..graph import CptppGraph
    from ..results import Row, Table
    from .site import Site

MOST_FOUND = 30
LONGEST = 100  # characters of a title that is searched for


def routes(site: Site) -> list[Route]:
    return [
        site.route("/occupations", lambda request: _search(site, request)),
        site.route("/occupations/{edition}/{code}", lambda request: _occupation(site, request)),
        site.route("/why", lambda request: _why(site, request)),
    ]


# ------------------------------------------------------------------ search


def _search(site: Site, request: Request) -> Response:
    """Occupations whose title is like the words asked for, in either language and edition, or whose code begins so."""
    text = " ".join(request.query_params.get("q", "").split())[:LONGEST]
    titles = _titles(site.kg, language(request))
    if text.isdigit():
        found = [(edition, code, title, title) for (edition, code), title in titles.items() if code.startswith(text)]
    else:
        rows = site.kg.find(text, limit=MOST_FOUND) if text else ()
        keys = ((str(row.edition), str(row.code), str(row.title)) for row in rows)
        found = [(edition, code, titles[edition, code], title) for edition, code, title in keys]
    return site.page(request, "occupation_search.html", here=["explore"], q=text, found=found[:MOST_FOUND])


@cache
def _titles(kg: CptppGraph, lang: str) -> dict[tuple[str, str], str]:
    return {(str(row.year), str(row.code)): str(row.title) for row in kg.ask("titles", lang=lang)}


# ------------------------------------------------------------------ one occupation


def printed(table: Table) -> frozenset[str]:
    """Those of the phrases that are the source's own words: ours are in a language."""
    phrases = (phrase for (phrase,) in table.select("phrase").terms)
    return frozenset(phrase.value for phrase in phrases if isinstance(phrase, ox.Literal) and not phrase.language)


def _occupation(site: Site, request: Request) -> Response:
    """An occupation: its place in the classification, and what each list says of it under a rulebook."""
    lang, ask = language(request), site.kg.ask
    edition, code = request.path_params["edition"], request.path_params["code"]
    occupation = f"noc{edition}:{code}"
    try:
        site.kg.occupation(occupation)
    except CptppError as error:
        raise Refused(404, error.said.wrong, error.said.mend) from None
    rulebook = _rulebook(request)
    stands = ask("commitments-for-occupation", occupation=occupation, rulebook=rulebook, lang=lang)
    listed = {row.countryCode for row in stands}
    countries = dict.fromkeys((row.countryCode, row.country) for row in ask("commitments", rulebook=rulebook, lang=lang))
    trades = sorted(ask("trades", occupation=occupation, lang=lang), key=_certification)
    return site.page(
        request,
        "occupation.html",
        here=["explore"],
        edition=edition,
        profile=list(ask("occupation-profile", occupation=occupation, lang=lang)),
        other_title=_titles(site.kg, next(other for other in LANGUAGES if other != lang))[edition, code],
        rulebook=rulebook,
        rulebooks=site.words_of("rulebook", lang),
        categories=dict(site.words_of("category", lang)),
        open_points=dict(site.words_of("issue", lang)),
        stands=stands,
        printed=printed(stands),
        unlisted=[(code, name) for code, name in countries if code not in listed],
        regulated=list(ask("regulation", occupation=occupation, lang=lang)),
        trades=[(trade, list(rows)) for trade, rows in groupby(trades, key=_certification)],
        successors=ask("successors", occupation=occupation, lang=lang),
    )


def _certification(row: Row) -> tuple[str, str]:
    return str(row.trade), str(row.certification)


def _rulebook(request: Request) -> str:
    return words.code("rulebook", request.query_params.get("rulebook") or str(usual("rulebook")))


def _why(site: Site, request: Request) -> Response:
    """How a conclusion came about, step by step from the conclusion to the source."""
    lang, ask = language(request), site.kg.ask
    asked = request.query_params
    given = {name: asked.get(name) or None for name in ("country", "category", "occupation")} | {"rulebook": _rulebook(request)}
    rows = list(ask("provenance", **given, lang=lang))
    site.kg.occupation(str(given["occupation"]))
    profile = list(ask("occupation-profile", occupation=given["occupation"], lang=lang))
    party = words.code("party", str(given["country"]))
    category = words.code("category", str(given["category"]))
    return site.page(
        request,
        "occupation_why.html",
        here=["explore"],
        steps=[list(found) for _, found in groupby(rows, key=lambda row: row.step)],
        profile=profile,
        country=(party, dict(site.words_of("party", lang))[party]),
        category=(category, dict(site.words_of("category", lang))[category]),
        rulebook=given["rulebook"],
        open_points=dict(site.words_of("issue", lang)),
        reasons=[] if rows else ask("why-no-occupations", **{k: v for k, v in given.items() if k != "occupation"}, lang=lang),
    )
