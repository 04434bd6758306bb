"""The Model Context Protocol on standard input and output: answers with their sources and the notice, errors in two lines."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import anyio
import mcp_types as mcp
import pyoxigraph as ox
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError

from .. import words
from ..catalogue import shipped
from ..errors import CptppError, say
from ..fields import json_schema
from ..graph import CptppGraph
from ..phrases import phrase
from ..terms import PREFIXES
from ..version import __version__
from .tools import Given, Tool, checked, schema, tools

INSTRUCTIONS = (
    "cptpp-graph holds the published rules on who the CPTPP admits to Canada as a professional or technician (T52), and whose "
    "spouse (T53). Every answer names its sources: pass them on. Where an outcome is undetermined, say so and ask for the facts "
    "that are missing; never guess them. It reads published guidance, decides nothing and is not legal advice."
)

# ------------------------------------------------------------------ answers


def answered(kg: CptppGraph, known: Mapping[str, Tool], name: str, arguments: Given) -> mcp.CallToolResult:
    """The answer with its sources and the notice; an error in its two lines."""
    try:
        if name not in known:
            raise CptppError(
                say("unknown tool {name}", name=words.quoted(name)),
                words.suggest(words.nearest(name, known), say("Known: {known}", known=", ".join(known))),
            )
        given = checked(known[name], arguments)
        content = known[name].answer(given)
        lang = words.language(given.get("lang", "en"))
        told = {"answer": content, "sources": _sources(kg, content, given, lang), "notice": phrase("disclaimer", lang)}
    except CptppError as error:
        return _wrong(error, arguments)
    except Exception:
        traceback.print_exc(file=sys.stderr)
        return _wrong(CptppError("the server failed at this", "Please report it with what was asked."), arguments)
    return mcp.CallToolResult(content=[_text(json.dumps(told, ensure_ascii=False))], structured_content=told)


def _wrong(error: CptppError, arguments: Given) -> mcp.CallToolResult:
    return mcp.CallToolResult(content=[_text(str(error.told(str(arguments.get("lang")))))], is_error=True)


def _text(text: str) -> mcp.TextContent:
    return mcp.TextContent(type="text", text=text)


def _sources(kg: CptppGraph, content: Any, given: Given, lang: str) -> list[dict[str, Any]]:
    """Title and address of every source that the answer cites; where it cites none, of all: the graph holds no other."""
    every = {str(row.source): row for row in kg.ask("sources", lang=lang)}
    cited = {code for code in (*_cited(content), str(given.get("rulebook", ""))) if code in every}
    told = [
        {"source": code, "title": row.label, "address": row.address} for code, row in every.items() if code in (cited or every)
    ]
    return [*told, *({"source": f"noc{year}", "title": title, "address": None} for year, title in _editions(kg, lang))]


def _cited(content: Any) -> Iterator[str]:
    """Every code of a source in an answer: of citations, rows and rulebooks."""
    if isinstance(content, dict):
        yield from (str(content[key]) for key in ("source", "rulebook") if key in content)
    inner = content.values() if isinstance(content, dict) else content if isinstance(content, list | tuple) else ()
    for one in inner:
        yield from _cited(one)


def _editions(kg: CptppGraph, lang: str) -> Iterator[tuple[str, str]]:
    """The classifications, with who publishes them."""
    for iri, (year, *_) in shipped()["words"]["edition"].items():
        found = {
            (quad.predicate.value, getattr(quad.object, "language", None)): quad.object.value
            for quad in kg.store.quads_for_pattern(ox.NamedNode(iri), None, None)
            if isinstance(quad.object, ox.Literal)
        }
        yield year, f"{found[PREFIXES['rdfs'] + 'label', lang]}, {found[PREFIXES['dcterms'] + 'publisher', None]}"


# ------------------------------------------------------------------ what can be read


def resources(kg: CptppGraph) -> dict[str, tuple[str, str, Callable[[], str]]]:
    """Address to title, media type and content."""
    return {
        "cptpp://case-schema": ("JSON Schema of a case", "application/json", lambda: json.dumps(json_schema(shipped()["cases"]))),
        "cptpp://ontology": ("The ontology, in Turtle", "text/turtle", lambda: kg.export("turtle", "ontology").decode()),
        "cptpp://sources": ("The sources", "application/json", lambda: kg.ask("sources").write("records")),
    }


# ------------------------------------------------------------------ the server


def server(kg: CptppGraph) -> Server[Any]:
    """The server over an opened graph."""
    known, readable = tools(kg), resources(kg)
    harmless = mcp.ToolAnnotations(read_only_hint=True, open_world_hint=False)

    async def listed(ctx: Any, params: Any) -> mcp.ListToolsResult:
        described = (
            mcp.Tool(name=tool.name, description=tool.about, input_schema=schema(tool), annotations=harmless)
            for tool in known.values()
        )
        return mcp.ListToolsResult(tools=list(described))

    async def called(ctx: Any, params: mcp.CallToolRequestParams) -> mcp.CallToolResult:
        return await anyio.to_thread.run_sync(answered, kg, known, params.name, params.arguments or {})

    async def offered(ctx: Any, params: Any) -> mcp.ListResourcesResult:
        found = [mcp.Resource(uri=uri, name=uri, title=title, mime_type=media) for uri, (title, media, _) in readable.items()]
        return mcp.ListResourcesResult(resources=found)

    async def read(ctx: Any, params: mcp.ReadResourceRequestParams) -> mcp.ReadResourceResult:
        if params.uri not in readable:
            raise MCPError(mcp.INVALID_PARAMS, f"{words.quoted(params.uri)} is not here. Known: {', '.join(readable)}")
        _, media, content = readable[params.uri]
        text = await anyio.to_thread.run_sync(content)
        return mcp.ReadResourceResult(contents=[mcp.TextResourceContents(uri=params.uri, mime_type=media, text=text)])

    return Server(
        "cptpp-graph",
        version=__version__,
        instructions=INSTRUCTIONS,
        on_list_tools=listed,
        on_call_tool=called,
        on_list_resources=offered,
        on_read_resource=read,
    )


def serve() -> None:
    """Serves the process's own standard input and output until they close."""
    with CptppGraph.open() as kg:
        anyio.run(_serve, server(kg))


async def _serve(over: Server[Any]) -> None:
    async with stdio_server() as (incoming, outgoing):
        await over.run(incoming, outgoing, over.create_initialization_options())
