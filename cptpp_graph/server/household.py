"""The page Household: a couple's cases in one text or file, and the report on both. Nothing of them is kept here."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from .. import intake, syntaxes
from ..errors import CptppError
from ..householdsheet import Couple
from .assess import DEFAULTS, cases_of, posted, unkept
from .site import Site, language

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route


def routes(site: Site) -> list[Route]:
    async def answer(request: Request) -> Response:
        if request.method != "POST":
            return unkept(_page(site, request, DEFAULTS["rulebook"]))
        pairs, file = await posted(request)
        return unkept(await asyncio.to_thread(_shown, site, request, dict(pairs), file))

    return [site.route("/household", answer, ("GET", "POST"))]


def _shown(site: Site, request: Request, given: dict[str, str], file: tuple[str, bytes]) -> Response:
    rulebook = given.get("rulebook") or DEFAULTS["rulebook"]
    text, syntax = given.get("text", ""), given.get("syntax", "")
    try:
        text, syntax, cases = cases_of(given, file)
        found = site.kg.household([intake.as_plain(case) for case in cases], rulebook=rulebook, lang=language(request))
    except CptppError as error:
        return _page(site, request, rulebook, text=text, syntax=syntax, error=error.told(language(request)))
    return _page(site, request, rulebook, text=text, syntax=syntax, couple=Couple(site.kg.lexicon, found))


def _page(site: Site, request: Request, rulebook: str, text: str = "", syntax: str = "", **more: Any) -> Response:
    shown = {"couple": None, "error": None, "text": text, "syntax": syntax, "rulebook": rulebook} | more
    known = {"syntaxes": syntaxes.SYNTAXES, "rulebooks": site.words_of("rulebook", language(request))}
    return site.page(request, "household.html", 400 if shown["error"] else 200, **shown, **known)
