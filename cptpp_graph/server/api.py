"""The API: what the command line does, over HTTP, in the same words and the same JSON, described in OpenAPI 3.1."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .. import artifact, intake, syntaxes, words
from ..catalogue import Parameter, named_queries, shipped
from ..errors import CptppError, say
from ..fields import json_schema
from ..version import __version__
from . import reports
from .protocol import Refused, chosen
from .reports import REPORTS, SHACL, SHEETS, as_json

if TYPE_CHECKING:
    from ..graph import CptppGraph
    from ..results import Table

MOST_CASES = 50
CASES = {
    "application/json": "json",
    "application/ld+json": "jsonld",
    "application/x-ndjson": "ndjson",
    "application/yaml": "yaml",
    "text/csv": "csv",
    "text/turtle": "ttl",
    "application/trig": "trig",
    "application/n-triples": "nt",
    "application/n-quads": "nq",
    "application/rdf+xml": "rdf",
}
TABLES = {
    "application/json": "records",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/sparql-results+json": "json",
}
EXPORTS = {"application/n-quads": "nquads", "application/trig": "trig", "text/turtle": "turtle", "application/ld+json": "jsonld"}
JSON = {"application/json": "json"}
LANG = Parameter("lang", "language", default="en")
RULEBOOK = Parameter("rulebook", "rulebook", default="ircc")
NUMBERS = ("number",)
OBJECT = {"type": "object"}
ROWS = {"type": "array", "items": OBJECT}

Given = Mapping[str, str]
Answer = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked. forms: media types of the answer; answer: of the parameters given, the body and the media.

    json: what the answer is as JSON, in the terms of JSON Schema.
    """

    path: str
    name: str
    summary: str
    forms: Mapping[str, str]
    answer: Callable[[Given, Any, str], Answer]
    parameters: tuple[Parameter, ...] = ()
    takes_cases: bool = False
    in_path: frozenset[str] = field(default=frozenset())
    json: Mapping[str, Any] = field(default_factory=lambda: ROWS)


def routes(kg: CptppGraph) -> list[Route]:
    found = operations(kg)
    described = json.dumps(openapi(found), ensure_ascii=False, indent=1)

    def describe(request: Request) -> Response:
        return Response(described, media_type="application/json")

    return [Route("/api/openapi.json", describe), *(_route(operation) for operation in found)]


def operations(kg: CptppGraph) -> list[Operation]:
    """Everything that can be asked of the API, in the order in which it is described."""
    occupations = named_queries()["occupations"].parameters
    text = Parameter("q", "text", required=True, example="plombier")
    code = Parameter("code", "occupation", required=True, example="noc2021:21300")

    def find(given: Given, media: str) -> Table:
        return kg.find(given["q"], lang=given.get("lang"), limit=_number(given.get("limit", "10"), 100))

    found = [
        _table("/occupations", "Occupations admitted for a country and category", occupations, _occupations(kg)),
        _table(
            "/occupations/{code}",
            "Every country and category under which an occupation stands, and why",
            (code, RULEBOOK, LANG),
            lambda given, media: kg.occupation(given["code"], rulebook=given.get("rulebook"), lang=given.get("lang", "en")),
        ),
        _table("/find", "Occupations by title, best first", (text, Parameter("limit", "number", default="10"), LANG), find),
        *_ledgers(kg),
        Operation("/queries", "queries", "The named queries with their parameters", {"application/json": "json"}, _listed),
    ]
    for name, query in named_queries().items():
        ask = _asking(kg, name)
        found.append(_table(f"/queries/{name}", query.summary["en"], query.parameters, ask))
    return [
        *found,
        _of_cases("/assess", "Assess cases", REPORTS, reports.assess(kg), {"type": "array", "items": _ref("Assessment")}),
        _of_cases("/officer", "Cases in the order in which an officer meets them", SHEETS, reports.officer(kg)),
        _of_cases("/household", "A couple: who may lead, and which way yields more", SHEETS, reports.household(kg), OBJECT),
        Operation("/plan", "plan", "What would let cases qualify", JSON, reports.plan(kg), (RULEBOOK, LANG), takes_cases=True),
        Operation(
            "/interview",
            "interview",
            "The question about a case that matters most; not-known: fields that are not known, with commas between",
            JSON,
            reports.interview(kg),
            (Parameter("not-known", "text", example="offer.role,licensing.licence"), RULEBOOK, LANG),
            takes_cases=True,
        ),
        Operation(
            "/validate", "validate", "The SHACL report of cases, as pySHACL gives it", SHACL, reports.validate(kg), (), True
        ),
        Operation(
            "/export",
            "export",
            "The knowledge graph, or one named graph of it",
            EXPORTS,
            lambda given, body, media: (media, kg.export(EXPORTS[media], given.get("graph"))),
            (Parameter("graph", "text", example="ircc"),),
        ),
    ]


# ------------------------------------------------------------------ tables


def _table(path: str, summary: str, parameters: tuple[Parameter, ...], ask: Callable[[Given, str], Table]) -> Operation:
    def answer(given: Given, body: Any, media: str) -> Answer:
        return media, ask(given, media).write(TABLES[media]).encode()

    name = path.strip("/").replace("/", "-").replace("{code}", "code")
    held = frozenset(p.name for p in parameters if f"{{{p.name}}}" in path)
    return Operation(path, name, summary, TABLES, answer, parameters, in_path=held)


def _occupations(kg: CptppGraph) -> Callable[[Given, str], Table]:
    def ask(given: Given, media: str) -> Table:
        country, category = given["country"], given["category"]
        rest = {key: value for key, value in given.items() if key not in ("country", "category")}
        return kg.occupations(country, category, **rest)

    return ask


def _ledgers(kg: CptppGraph) -> list[Operation]:
    """What changes between two readings, points of disagreement, phrases, oddities of the print."""
    sides = (Parameter("from", "text", True, example="2022-11-15"), Parameter("to", "text", True, example="2022-11-16"))
    limits = (Parameter("rulebook", "rulebook"), Parameter("country", "party"), Parameter("category", "category"), LANG)
    part = Parameter("part", "text", default="occupations", example="statements")
    named = (Parameter("words", "text", example="metal forming"), Parameter("edition", "edition"), LANG)

    def diff(given: Given, media: str) -> Table:
        found = kg.diff(
            given["from"],
            given["to"],
            rulebook=given.get("rulebook"),
            country=given.get("country"),
            category=given.get("category"),
            lang=given.get("lang", "en"),
        )
        tables = {"occupations": found.cells, "statements": found.statements, "spouses": found.spouses}
        wanted = given.get("part", "occupations")
        if wanted not in tables:
            raise CptppError(
                say("there is no part {wanted}", wanted=words.quoted(wanted)), say("Known: {known}", known=", ".join(tables))
            )
        return tables[wanted]

    def phrases(given: Given, media: str) -> Table:
        return kg.phrases(given.get("words"), edition=given.get("edition"), lang=given.get("lang", "en"))

    return [
        _table("/diff", "What changes between two days, sources, editions or thresholds", (*sides, *limits, part), diff),
        _table(
            "/disagreements",
            "Where sources disagree, and what each point touches",
            (LANG,),
            lambda given, media: kg.disagreements(lang=given.get("lang", "en")),
        ),
        _table("/phrases", "Printed phrases and the groups that they may mean", named, phrases),
        _table(
            "/clinic",
            "Oddities in the law as printed",
            (LANG,),
            lambda given, media: kg.clinic(lang=given.get("lang", "en")),
        ),
    ]


def _asking(kg: CptppGraph, name: str) -> Callable[[Given, str], Table]:
    return lambda given, media: kg.ask(name, **given)


def _listed(given: Given, body: Any, media: str) -> Answer:
    about = [
        {
            "name": query.name,
            "summary": query.summary,
            "parameters": [
                {"name": p.name, "type": p.type, "required": p.required, "default": p.default, "example": p.example}
                for p in query.parameters
            ],
        }
        for query in named_queries().values()
    ]
    return media, as_json(about)


def _number(word: str, most: int) -> int:
    if not (word.isascii() and word.isdigit() and 1 <= int(word[:4]) <= most):
        raise CptppError(say("limit is {word}", word=words.quoted(word)), say("Give a whole number from 1 to {most}.", most=most))
    return int(word)


# ------------------------------------------------------------------ cases


def _of_cases(path: str, summary: str, forms: Mapping[str, str], answer: Any, json: Mapping[str, Any] = ROWS) -> Operation:
    """Cases in, under a rulebook and in a language. json: as in Operation."""
    return Operation(path, path.strip("/"), summary, forms, answer, (RULEBOOK, LANG), takes_cases=True, json=json)


def cases_of(body: bytes, content_type: str) -> list[intake.Case]:
    """The cases of a request's body. Raises Refused (415, 413) or CptppError."""
    media = content_type.partition(";")[0].strip().lower()
    if media not in CASES:
        wrong = say("cases are not read as {media}", media=media)
        if not media:
            wrong = say("the request does not say in which form its cases are")
        raise Refused(415, wrong, say("Send them as one of: {known}", known=", ".join(CASES)))
    found = intake.checked(syntaxes.read(body, CASES[media], say("the body")))
    if len(found) > MOST_CASES:
        raise Refused(
            413,
            say("there are {count} cases here", count=len(found)),
            say("Send at most {most} at a time, or use the command line.", most=MOST_CASES),
        )
    return found


# ------------------------------------------------------------------ over HTTP


def _route(operation: Operation) -> Route:
    methods = ["POST"] if operation.takes_cases else ["GET"]

    async def endpoint(request: Request) -> Response:
        body = await request.body() if operation.takes_cases else b""
        media, content = await run_in_threadpool(_answered, operation, request, body)
        return Response(content, media_type=media, headers={"vary": "accept", "cache-control": "no-store"})

    return Route("/api" + operation.path, endpoint, methods=methods, name=operation.name)


def _answered(operation: Operation, request: Request, body: bytes) -> Answer:
    given = _given(operation, request)
    media = _form(operation, given.pop("format", None), request.headers.get("accept", ""))
    cases = cases_of(body, request.headers.get("content-type", "")) if operation.takes_cases else None
    return operation.answer(given, cases, media)


def _given(operation: Operation, request: Request) -> dict[str, str]:
    """The parameters of a request. Raises CptppError where one is unknown, doubled or wanting."""
    pairs = [*request.query_params.multi_items(), *request.path_params.items()]
    known = {parameter.name: parameter for parameter in operation.parameters}
    names = [name for name, _ in pairs]
    for name in names:
        if name not in known and name != "format":
            mend = words.suggest(words.nearest(name, known), say("It takes: {known}", known=", ".join(known) or say("none")))
            raise CptppError(say("/api{path} has no parameter {name}", path=operation.path, name=words.quoted(name)), mend)
    if twice := words.doubled(names):
        raise CptppError(say("{twice} is given twice", twice=words.quoted(twice)), "Give each parameter once.")
    given = {name: value for name, value in pairs if value}
    for name, parameter in known.items():
        if parameter.required and name not in given:
            raise CptppError(
                say("/api{path} needs {name}", path=operation.path, name=name),
                say("For instance {name}={example}", name=name, example=str(parameter.example)),
            )
    return given


def _form(operation: Operation, wanted: str | None, accept: str) -> str:
    """The media type to answer with: by format=csv where it is given, else by what is accepted."""
    if wanted is None:
        return chosen(accept, list(operation.forms))
    short = {media.rpartition("/")[2].partition("+")[0]: media for media in operation.forms}
    short |= {form: media for media, form in operation.forms.items() if form not in short}
    if wanted not in short:
        mend = words.suggest(words.nearest(wanted, short), say("Known: {known}", known=", ".join(short)))
        raise CptppError(say("unknown format {wanted}", wanted=words.quoted(wanted)), mend)
    return short[wanted]


# ------------------------------------------------------------------ described


def openapi(found: list[Operation]) -> dict[str, Any]:
    """The description of the API in OpenAPI 3.1, made from its operations."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in found:
        paths["/api" + operation.path] = {"post" if operation.takes_cases else "get": _described(operation)}
    case = json_schema(shipped()["cases"])
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "cptpp-graph",
            "version": __version__,
            "description": "Reads published guidance, decides nothing and is not legal advice.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": {
                "Case": case["$defs"]["case"],
                "Assessment": json.loads(artifact.read("static/assessment.schema.json")),
                "Problem": _PROBLEM,
            }
        },
    }


_PROBLEM = {
    "type": "object",
    "description": "RFC 9457. title: what is wrong and where; detail: how to mend it.",
    "properties": {
        "type": {"type": "string"},
        "status": {"type": "integer"},
        "title": {"type": "string"},
        "detail": {"type": "string"},
    },
    "required": ["type", "status", "title", "detail"],
}


def _described(operation: Operation) -> dict[str, Any]:
    refused = {"description": "Why it is not answered", "content": {"application/problem+json": {"schema": _ref("Problem")}}}
    about: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [*map(_parameter(operation), operation.parameters), _format(operation)],
        "responses": {
            "200": {"description": "The answer", "content": {media: _content(operation, media) for media in operation.forms}},
            "4XX": refused,
            "503": refused,
        },
    }
    if operation.takes_cases:
        several = {"oneOf": [_ref("Case"), {"type": "array", "items": _ref("Case"), "maxItems": MOST_CASES}]}
        content = {media: {"schema": several} if syntax == "json" else {} for media, syntax in CASES.items()}
        about["requestBody"] = {"required": True, "content": content}
    return about


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _content(operation: Operation, media: str) -> dict[str, Any]:
    if media != "application/json":
        return {}
    return {"schema": dict(operation.json)}


def _parameter(operation: Operation) -> Callable[[Parameter], dict[str, Any]]:
    def described(parameter: Parameter) -> dict[str, Any]:
        about: dict[str, Any] = {
            "name": parameter.name,
            "in": "path" if parameter.name in operation.in_path else "query",
            "required": parameter.required,
            "schema": _schema(parameter),
        }
        return about | ({"example": parameter.example} if parameter.example else {})

    return described


def _schema(parameter: Parameter) -> dict[str, Any]:
    known = shipped()["words"].get(parameter.type)
    about: dict[str, Any] = {"type": "string", "description": parameter.type}
    if parameter.type == "date":
        about["format"] = "date"
    if known:
        about["examples"] = [words_[0] for words_ in known.values()][:20]
    return about | ({"default": parameter.default} if parameter.default else {})


def _format(operation: Operation) -> dict[str, Any]:
    forms = [media.rpartition("/")[2].partition("+")[0] for media in operation.forms]
    return {"name": "format", "in": "query", "required": False, "schema": {"enum": forms}}
