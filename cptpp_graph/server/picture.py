"""The rules drawn: what leads to what, as a picture to click in and, for whom a picture is none, as lists."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
from starlette.responses import Response

from .. import words
from ..catalogue import shipped
from ..linking import Linked, ask
from .site import Shown, language, resource, usual

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import Route

    from .site import Site

KINDS = ("agreement", "party", "schedule", "category", "permit", "requirement", "evidence")


def routes(site: Site) -> list[Route]:
    def page(request: Request) -> Response:
        lang = language(request)
        rulebook = request.query_params.get("rulebook") or str(usual("rulebook"))
        edges = list(_edges(site, rulebook, lang))
        drawn = {"nodes": list(_nodes(edges, lang)), "edges": [(start.href, end.href) for _, start, _, end in edges]}
        lists = [(kind, _listed(kind, edges)) for kind in KINDS if any(edge[0] == kind for edge in edges)]
        return site.page(
            request,
            "picture.html",
            rulebook=rulebook,
            rulebooks=site.words_of("rulebook", lang),
            drawn=json.dumps(drawn, ensure_ascii=False).replace("<", "\\u003c"),
            lists=lists,
            kinds=KINDS,
        )

    return [site.route("/picture", page)]


Edge = tuple[str, Shown, str, Shown]


def _edges(site: Site, rulebook: str, lang: str) -> Iterator[Edge]:
    """(kind, thing, kind, thing to which it leads)."""
    node = ox.NamedNode(words.term("rulebook", rulebook))
    for row in ask(site.kg.store, shipped()["explain"]["picture"], Linked(), [node]) or ():
        start, end = (Shown(site.label(row[name], lang), resource(row[name].value)) for name in ("from", "to"))
        yield row["fromKind"].value, start, row["toKind"].value, end


def _nodes(edges: list[Edge], lang: str) -> Iterator[dict[str, Any]]:
    ends = {(kind, thing) for first, start, second, end in edges for kind, thing in ((first, start), (second, end))}
    for kind, thing in sorted(ends, key=lambda end: (KINDS.index(end[0]), end[1].href)):
        yield {"id": thing.href, "label": thing.text, "kind": kind, "href": f"{thing.href}?lang={lang}"}


def _listed(kind: str, edges: list[Edge]) -> list[tuple[Shown, list[Shown]]]:
    """Each thing of a kind with what it leads to."""
    of_kind = sorted((edge for edge in edges if edge[0] == kind), key=lambda edge: (edge[1].text, edge[3].text))
    return [(thing, [edge[3] for edge in found]) for thing, found in groupby(of_kind, key=lambda edge: edge[1])]
