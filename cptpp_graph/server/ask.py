"""Questions: the editor for SPARQL, and each named query with its parameters, its answer and its text."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pyoxigraph as ox
from starlette.responses import Response

from .. import queries
from ..asking import bind, named_query
from ..catalogue import Parameter, named_queries, shipped
from ..errors import CptppError
from ..results import Table
from ..terms import PREFIXES
from .site import columns, heading, language, usual

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import Route

    from ..graph import CptppGraph
    from .site import Site

EXAMPLE = "spouses"


def routes(site: Site) -> list[Route]:
    def editor(request: Request) -> Response:
        """The editor, and without scripts a field whose query is answered below it."""
        lang = language(request)
        text = request.query_params.get("query") or request.query_params.get("run")
        answer, error = (None, None)
        if request.query_params.get("run"):
            answer, error = _answered(site.kg, request.query_params["run"])
        return site.page(
            request,
            "ask.html",
            text=text or _body(bind(named_query(EXAMPLE), {"lang": lang})),
            answer=answer,
            error=error and error.told(lang),
            questions=[(query.name, query.summary[lang]) for query in named_queries().values()],
        )

    def named(request: Request) -> Response:
        """One named query: its parameters as a form, and the answer once the required ones are given."""
        lang = language(request)
        query = named_query(request.path_params["name"])
        given = {key: value for key, value in request.query_params.items() if value}
        given.setdefault("lang", lang)
        ready = all(parameter.name in given for parameter in query.parameters if parameter.required)
        table = site.kg.ask(query.name, **given) if ready else None
        hide = tuple(parameter.name for parameter in query.parameters)
        return site.page(
            request,
            "question.html",
            query=query,
            given=given,
            choices={parameter.name: _choices(site, parameter, lang) for parameter in query.parameters},
            shown=[parameter for parameter in query.parameters if parameter.type != "language"],
            table_=table,
            hide=hide,
            headings=[heading(name, lang) for name in columns(table, hide)] if table is not None else [],
            source=given.get("rulebook") or usual("rulebook"),
            sparql=urlencode({"query": _body(bind(query, given))}) if ready else None,
            again=urlencode(given),
        )

    def vocabulary(request: Request) -> Response:
        return Response(_vocabulary(site.kg), media_type="application/json")

    return [
        site.route("/ask", editor),
        site.route("/ask/vocabulary.json", vocabulary),
        site.route("/ask/{name}", named),
    ]


def _body(text: str) -> str:
    """A query without the comments that describe it."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("#"))


def _choices(site: Site, parameter: Parameter, lang: str) -> list[tuple[str, str]]:
    known = parameter.type in shipped()["words"]
    return site.words_of(parameter.type, lang) if known else []


def _answered(kg: CptppGraph, text: str) -> tuple[Any, CptppError | None]:
    """The answer to free SPARQL as a table, a text or nothing, or why there is none."""
    try:
        kind, body = kg.run(text)
    except CptppError as error:
        return None, error
    answer = queries.parse(kind, body)
    if isinstance(answer, ox.QueryBoolean):
        return str(bool(answer)).lower(), None
    if isinstance(answer, ox.QuerySolutions):
        return Table.of(answer), None
    return (ox.serialize(answer, format=ox.RdfFormat.TURTLE, prefixes=PREFIXES) or b"").decode(), None


@cache
def _vocabulary(kg: CptppGraph) -> str:
    """Prefixes, and the classes and properties that the graph uses or our ontology declares, for completion."""
    classes, properties = set(), set()
    a = ox.NamedNode(PREFIXES["rdf"] + "type")
    for quad in kg.store:
        properties.add(quad.predicate.value)
        if quad.predicate == a and isinstance(quad.object, ox.NamedNode):
            classes.add(quad.object.value)
    found = {"prefixes": PREFIXES, "classes": sorted(classes), "properties": sorted(properties)}
    return json.dumps(found)
