"""The pages beyond a verdict: what would let a case qualify, and the whole intake script on paper."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
from starlette.responses import Response

from .. import words
from ..advice import Advice
from ..errors import CptppError, say
from ..interview import START, cells_of
from ..linking import Linked, permit_for
from ..record import documents_for, place
from ..terms import REQ
from ..turning import turned_on
from .assess import DEFAULTS, case_in, errors_of, form_of, page, posted, unkept
from .casefields import Fields
from .site import Site, language

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import Route

    from ..lexicon import Requirement


def routes(site: Site) -> list[Route]:
    async def plan(request: Request) -> Response:
        pairs, _ = await posted(request)
        return unkept(await asyncio.to_thread(_plan, site, request, pairs))

    def script(request: Request) -> Response:
        return _script(site, request)

    return [site.route("/plan", plan, ("POST",)), site.route("/script", script)]


def _plan(site: Site, request: Request, pairs: list[tuple[str, str]]) -> Response:
    """The plan for the case that a form of the page Assess states; that page where it cannot be read."""
    form = form_of(pairs)
    try:
        case = case_in(form)
        (found,) = site.kg.assess_cases([case], rulebook=form.rulebook, lang=language(request))
    except CptppError as error:
        return page(site, request, form, errors=errors_of(form, error))
    (made,) = site.kg.plans([found])
    form.cells |= cells_of(case)
    return site.page(request, "plan.html", advice=Advice(site.kg.lexicon, made), form=form)


# ------------------------------------------------------------------ the script


def _script(site: Site, request: Request) -> Response:
    lang = language(request)
    kind = request.query_params.get("kind", "")
    kind = kind if kind in START else next(iter(START))
    rulebook = request.query_params.get("rulebook") or DEFAULTS["rulebook"]
    try:
        chosen = words.term("rulebook", rulebook)
    except CptppError as error:
        return site.error(request, error, 400)
    fields = Fields(site, kind, {}, {}, lang, search=False)
    permit = permit_for(chosen, kind)
    if permit is None:
        return site.error(
            request,
            CptppError(
                say("rulebook {rulebook} has no permit for a case of kind {kind}", rulebook=rulebook, kind=kind),
                "Choose another.",
            ),
            400,
        )
    requirements = site.kg.lexicon.requirements[permit]
    parts = [_part(site, one, kind, chosen, fields, lang) for one in requirements]
    return site.page(
        request,
        "script.html",
        kinds=list(START),
        kind=kind,
        rulebook=rulebook,
        parts=[part for part in parts if part["fields"]],
    )


def _part(site: Site, requirement: Requirement, kind: str, rulebook: str, fields: Fields, lang: str) -> dict[str, Any]:
    """A requirement with the fields that it is the first to turn on, its clause and its documents."""
    lexicon, linked, node = site.kg.lexicon, Linked(), ox.NamedNode(REQ)
    linked.add(node.value, "cptpp:rulebook", ox.NamedNode(rulebook))
    linked.add(node.value, "cptpp:ofPermit", ox.NamedNode(permit_for(rulebook, kind) or ""))
    printed = lexicon.stated(linked, node).get(requirement.iri) or [rulebook]
    return {
        "id": requirement.id,
        "label": lexicon.label(requirement.iri, lang),
        "why": lexicon.definitions.get(requirement.iri, {}).get(lang, ""),
        "cites": [(cited, place(cited, lang)) for cited in lexicon.citations(printed, lang)],
        "documents": documents_for(lexicon, rulebook, [requirement.id], lang),
        "fields": fields.take(path for path in fields.table if path in turned_on(kind, requirement.iri)),
    }
