"""Guards at the door, and the way from an address to the endpoint, the things, the API and the pages."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import mimetypes
import os
import socket
from collections.abc import Callable, Iterable
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .. import artifact
from ..catalogue import shipped
from ..errors import CptppError, DamagedInstallation, LimitReached, say
from ..terms import BASE
from . import api, ask, assess, explore, household, ledgers, picture, plan, protocol, site, sources, things
from .protocol import Refused

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from ..graph import CptppGraph

LOCAL = ("127.0.0.1", "localhost", "::1")
WORKERS = max(2, min(8, os.cpu_count() or 2))
MOST_BODY = 4_000_000
BODY_SECONDS = 10.0
PROBLEM = "application/problem+json"
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "same-origin",  # under no-referrer a form of our own pages comes from nowhere
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
}


# ------------------------------------------------------------------ at the door


class Guard:
    """Lets in requests to this host, from its own pages or to what is open to all, with small, quick bodies."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str], open_to_all: tuple[str, ...]) -> None:
        self.app, self.hosts, self.open_to_all = app, hosts, open_to_all

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        request = Request(scope)
        try:
            self._admit(request)
            await self.app(scope, _measured(receive), _with_headers(send))
        except Refused as error:
            await problem(request, error)(scope, receive, _with_headers(send))
        return None

    def _admit(self, request: Request) -> None:
        host = request.headers.get("host", "")
        if self.hosts and _hostname(host) not in self.hosts:
            raise Refused(421, "the request is for another host", say("Ask for {host}.", host=sorted(self.hosts)[0]))
        origin = request.headers.get("origin")
        foreign = origin is not None and origin.lower() != f"{request.url.scheme}://{host.lower()}"
        if foreign and not request.url.path.startswith(self.open_to_all):
            raise Refused(403, "the request comes from a page of another site", "Ask from here, or ask the SPARQL endpoint.")
        if request.headers.get("content-encoding", "identity").lower() != "identity":
            raise Refused(415, "the body is compressed", "Send it as it is.")
        if int(_digits(request.headers.get("content-length"))) > MOST_BODY:
            raise Refused(413, say("the body is larger than {most:,} bytes", most=MOST_BODY), "Send less at a time.")


def _hostname(host: str) -> str:
    try:
        return urlsplit("//" + host).hostname or "" if "@" not in host else ""
    except ValueError:
        return ""


def _digits(length: str | None) -> str:
    return length if length and length.isascii() and length.isdigit() and len(length) < 20 else "0"


def _measured(receive: Receive) -> Receive:
    """Receives a body only up to the limits of size and time."""
    size = 0

    async def measured() -> Message:
        nonlocal size
        try:
            message = await asyncio.wait_for(receive(), BODY_SECONDS) if size >= 0 else await receive()
        except TimeoutError:
            raise Refused(
                408, say("the body did not arrive within {seconds:g} s", seconds=BODY_SECONDS), "Send it again."
            ) from None
        size += len(message.get("body", b""))
        if size > MOST_BODY:
            raise Refused(413, say("the body is larger than {most:,} bytes", most=MOST_BODY), "Send less at a time.")
        if not message.get("more_body"):
            size = -(MOST_BODY + 1)  # all is here: from now on nothing but the end of the connection is awaited
        return message

    return measured


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {name for name, _ in message["headers"]}
            message["headers"] += [(k.encode(), v.encode()) for k, v in HEADERS.items() if k.encode() not in present]
        await send(message)

    return sending


# ------------------------------------------------------------------ what went wrong


def status_of(error: CptppError) -> int:
    """The HTTP status of an error."""
    known = {LimitReached: 503, DamagedInstallation: 500}
    return error.status if isinstance(error, Refused) else known.get(type(error), 400)


def problem(request: Request, error: CptppError) -> Response:
    """An error as problem details (RFC 9457), in the words of the command line, in the language of ?lang=."""
    status = status_of(error)
    told = error.told(request.query_params.get("lang", "en"))
    about = {"type": "about:blank", "status": status, "title": told.wrong, "detail": told.mend}
    headers = {"allow": "GET, HEAD, POST"} if status == 405 else {}
    return Response(json.dumps(about, ensure_ascii=False), status, headers, PROBLEM)


def _as_error(error: HTTPException) -> Refused:
    if error.status_code == 404:
        return Refused(404, "nothing is here", "Begin at the first page: /")
    wrong = say("this cannot be done here") if error.status_code == 405 else str(error.detail)
    return Refused(error.status_code, wrong, "See /api/openapi.json")


# ------------------------------------------------------------------ SPARQL


def sparql(kg: CptppGraph, seconds: float) -> Callable[[Request], Any]:
    """The endpoint of the SPARQL 1.1 Protocol."""

    async def endpoint(request: Request) -> Response:
        body = await request.body()
        content_type = request.headers.get("content-type", "")
        asked = protocol.read(request.method, request.url.query, content_type, body)
        accept = request.headers.get("accept", "")
        if asked is None:
            return _described(kg, str(request.url_for("sparql")), accept)
        media, content = await asyncio.to_thread(_run, kg, asked, seconds, accept)
        return Response(content, media_type=media, headers={"vary": "accept"})

    return endpoint


def _run(kg: CptppGraph, asked: protocol.Asked, seconds: float, accept: str) -> tuple[str, bytes]:
    return protocol.answer(*kg.run(asked.query, seconds, asked.default, asked.named), accept)


def _described(kg: CptppGraph, address: str, accept: str) -> Response:
    media, content = things.written(things.service(kg, address), accept)
    return Response(content, media_type=media, headers={"vary": "accept"})


# ------------------------------------------------------------------ what an IRI stands for

THINGS = ("id", "req", "noc", "graph", "shape")  # the parts of the graph's own name space that hold things


def thing(kg: CptppGraph, pages: site.Site) -> Callable[[Request], Response]:
    """Answers the path of an IRI with what is known of it, as a page or as RDF."""

    def answer(request: Request) -> Response:
        iri = BASE + request.url.path.lstrip("/")
        accept = request.headers.get("accept", "")
        if protocol.chosen(accept, ["text/html", *protocol.GRAPHS]) == "text/html":
            return pages.thing(request, iri)
        own, pointing = things.about(kg, iri)
        media, content = things.written(own + pointing, accept)
        return Response(content, media_type=media, headers={"vary": "accept"})

    return answer


def void(kg: CptppGraph) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        described = things.void(kg, str(request.url_for("sparql")))
        media, content = things.written(described, request.headers.get("accept", ""))
        return Response(content, media_type=media, headers={"vary": "accept"})

    return answer


def context(request: Request) -> Response:
    """The JSON-LD context of cases, at its own address."""
    content = json.dumps(shipped()["context"], ensure_ascii=False)
    return Response(content, media_type="application/ld+json")


def static(request: Request) -> Response:
    """A file that pages load; the manifest vouches for it, and its hash tells a browser whether it has changed."""
    name = f"static/{request.path_params['name']}"
    tag = artifact.hashes().get(name)
    if tag is None:
        raise HTTPException(404)
    headers = {"etag": f'"{tag}"', "cache-control": "no-cache"}
    if headers["etag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    media = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(artifact.read(name), media_type=media, headers=headers)


# ------------------------------------------------------------------ all of it


def application(kg: CptppGraph, hosts: Iterable[str] = LOCAL, seconds: float = 10.0) -> Starlette:
    """The ASGI application over an opened graph. hosts: names it answers to, none for any; seconds: limit of a query."""
    pages = site.Site(kg)
    open_to_all = [Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "POST"], allow_headers=["*"])]
    endpoint, described = sparql(kg, seconds), thing(kg, pages)
    routes = [
        Route("/sparql", endpoint, methods=["GET", "POST", "OPTIONS"], name="sparql", middleware=open_to_all),
        Route("/sparql/", endpoint, methods=["GET", "POST", "OPTIONS"], middleware=open_to_all),
        *(Route(path, void(kg), middleware=open_to_all) for path in ("/.well-known/void", "/dataset")),
        Route("/ontology/context.jsonld", context, middleware=open_to_all),
        Route("/ns", described, middleware=open_to_all),
        *(Route(f"/{part}/{{path:path}}", described, middleware=open_to_all) for part in THINGS),
        Route("/static/{name:path}", static),
        *api.routes(kg),
        *pages.routes(),
        *(route for part in (explore, assess, household, plan, ask, sources, ledgers, picture) for route in part.routes(pages)),
    ]
    answers: Any = {CptppError: _answer_error(pages), HTTPException: _answer_error(pages), Exception: _answer_error(pages)}
    guard = Middleware(
        Guard, frozenset(hosts), ("/sparql", "/.well-known/", "/ns", "/dataset", "/ontology/", *(f"/{part}/" for part in THINGS))
    )
    return Starlette(routes=routes, exception_handlers=answers, middleware=[guard])


def _answer_error(pages: site.Site) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException):
            error = _as_error(error)
        elif not isinstance(error, CptppError):
            error = Refused(500, "the server failed at this", "Please report it with the address and what was sent.")
        for_people = "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(("/api/", "/sparql"))
        if not for_people or isinstance(error, DamagedInstallation):  # a damaged installation may have no page for it
            return problem(request, error)
        return pages.error(request, error, status_of(error))

    return answer


def serve(host: str, port: int, tell: Callable[[str], None]) -> None:
    """Serves until it is stopped. Raises CptppError where the address cannot be had."""
    import uvicorn

    from ..graph import CptppGraph

    with closing(_socket(host, port)) as listening, CptppGraph.open(WORKERS) as kg:
        names = set() if _is_any(host) else {host, *(LOCAL if _is_loopback(host) else ())}
        config = uvicorn.Config(
            application(kg, names), log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=2
        )
        tell(f"Serving http://{host}:{listening.getsockname()[1]}/ until Ctrl-C")
        uvicorn.Server(config).run(sockets=[listening])


def _socket(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CptppError(
            say("cannot serve at {host}:{port}: {reason}", host=host, port=port, reason=reason),
            "Choose another with --host or --port.",
        ) from None


def _is_any(host: str) -> bool:
    return host in ("0.0.0.0", "::")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
