"""The tools for assistants, asked by the SDK's own client over the standard input and output of the real command."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mcp", reason="the extra mcp is not installed")

import anyio
from mcp import Client, StdioServerParameters
from mcp.shared.exceptions import MCPError

from cptpp_graph import CptppGraph

COMMAND = str(Path(sys.executable).parent / "cptpp-graph")
EXAMPLES = Path(__file__).parents[1] / "docs" / "examples"
EXAMPLE, COUPLE = ((EXAMPLES / f"{name}.json").read_text(encoding="utf-8") for name in ("electrician", "household"))
NOTICE = "not legal advice"


def asking(ask: Callable[[Client], Any]) -> Any:
    """What an async function finds out from a client of the command."""

    async def run() -> Any:
        with anyio.fail_after(60):
            async with Client(StdioServerParameters(command=COMMAND, args=["mcp"])) as client:
                return await ask(client)

    return anyio.run(run)


def calls(*wanted: tuple[str, dict[str, Any]]) -> list[tuple[bool, str]]:
    """Of each call, whether it went wrong, and its text."""

    async def ask(client: Client) -> list[tuple[bool, str]]:
        found = [await client.call_tool(name, given) for name, given in wanted]
        return [(bool(one.is_error), one.content[0].text) for one in found]  # type: ignore[union-attr]

    answer: list[tuple[bool, str]] = asking(ask)
    return answer


def test_tools_and_resources_are_listed_and_described() -> None:
    async def ask(client: Client) -> Any:
        tools = (await client.list_tools()).tools
        listed = (await client.list_resources()).resources
        read = {one.uri: (await client.read_resource(one.uri)).contents[0].text for one in listed}  # type: ignore[union-attr]
        with pytest.raises(MCPError, match="not here"):
            await client.read_resource("file:///etc/passwd")
        return tools, read

    tools, read = asking(ask)
    assert {"find", "occupations", "assess", "next_question", "plan", "household", "query", "sparql"} <= {
        tool.name for tool in tools
    }
    assert all(tool.description and tool.annotations.read_only_hint for tool in tools)
    assert all(tool.input_schema["additionalProperties"] is False for tool in tools)
    assert "cptpp:Schedule" in read["cptpp://ontology"] and json.loads(read["cptpp://case-schema"])["$defs"]["case"]


def test_answers_are_those_of_python_with_their_sources_and_the_notice(kg: CptppGraph) -> None:
    wanted = [
        ("assess", {"cases": EXAMPLE, "lang": "fr"}),
        ("find", {"text": "plombier", "limit": 2}),
        ("occupations", {"country": "JPN", "category": "technician"}),
        ("query", {"name": "spouses", "parameters": {"rulebook": "ircc-2024"}}),
        ("sparql", {"sparql": "SELECT ?p { ?p a cptpp:Party } ORDER BY ?p"}),
        ("sparql", {"sparql": "ASK { ?p a cptpp:Party }"}),
        ("plan", {"cases": EXAMPLE}),
        ("next_question", {"cases": EXAMPLE, "not_known": ["licensing.licence"]}),
        ("household", {"cases": COUPLE}),
    ]
    found = [json.loads(text) for wrong, text in calls(*wanted) if not wrong]
    assert len(found) == len(wanted) and all(one["sources"] and one["notice"] for one in found)
    assert found[0]["answer"] == [json.loads(json.dumps(kg.assess(json.loads(EXAMPLE), lang="fr").as_dict()))]
    assert found[0]["notice"].endswith("avis juridique.") and NOTICE in found[1]["notice"]
    cited = {cite["source"] for finding in found[0]["answer"][0]["findings"] for cite in finding["cites"]}
    assert cited and cited <= {one["source"] for one in found[0]["sources"]}
    assert [row["code"] for row in found[1]["answer"]["rows"]] == ["72300", "7251"]
    assert len(found[2]["answer"]["rows"]) == found[2]["answer"]["total"] == len(kg.occupations("JPN", "technician"))
    assert found[3]["answer"]["total"] == len(kg.ask("spouses", rulebook="ircc-2024"))
    assert found[5]["answer"] is True
    assert found[6]["answer"] == json.loads(json.dumps(kg.plan(json.loads(EXAMPLE)).as_dict()))
    assert found[8]["answer"] == json.loads(json.dumps(kg.household(json.loads(COUPLE)).as_dict()))
    assert found[7]["answer"]["question"]["field"] == "licensing.regulatedInProvince"


HOSTILE = {
    "an update": ("sparql", {"sparql": "INSERT DATA { <urn:a> <urn:b> <urn:c> }"}),
    "a connection": ("sparql", {"sparql": "SELECT ?s { SERVICE <http://example.org/> { ?s ?p ?o } }"}),
    "too long a query": ("sparql", {"sparql": "#" * 100_001}),
    "too long a time": ("sparql", {"sparql": "ASK {}", "seconds": 100_000}),
    "a path for a case": ("assess", {"cases": "/etc/passwd"}),
    "a doubled key": (
        "assess",
        {"cases": '{"id": "a", "kind": "principal", "category": "technician", "category": "professional"}'},
    ),
    "an object for a text": ("assess", {"cases": {"id": "a"}}),
    "too many cases": (
        "assess",
        {"cases": "\n".join(f'{{"id":"{n}","kind":"principal"}}' for n in range(51)), "syntax": "ndjson"},
    ),
    "a misspelt parameter": ("assess", {"cases": EXAMPLE, "rulebok": "ircc-2024"}),
    "an unknown rulebook": ("assess", {"cases": EXAMPLE, "rulebook": "nobody's"}),
    "a parameter that is wanting": ("find", {}),
    "an unknown query": ("query", {"name": "spuses"}),
    "a word that is none": ("query", {"name": "spouses", "parameters": {"rulebook": ["ircc"]}}),
    "an unknown tool": ("delete", {}),
}


def test_what_is_wrong_is_said_in_two_lines_and_the_server_goes_on() -> None:
    *found, last = calls(*HOSTILE.values(), ("find", {"text": "plumber"}))
    for name, (wrong, text) in zip(HOSTILE, found, strict=True):
        assert wrong, name
        assert len(text.splitlines()) == 2 and "Traceback" not in text, f"{name}: {text}"
    assert not last[0]


def test_a_query_is_stopped_at_its_time() -> None:
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER (?a < ?d && ?d < ?g) }"
    (stopped, text), (again, _) = calls(("sparql", {"sparql": slow, "seconds": 1}), ("sparql", {"sparql": "ASK { ?s ?p ?o }"}))
    assert stopped and len(text.splitlines()) == 2 and "1 s" in text
    assert not again


def test_nothing_but_the_protocol_is_written() -> None:
    """Each line of the output is a message, whatever comes in; the end of the input ends the server."""
    lines = [
        {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "initialize",
            "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
        },
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "assess", "arguments": {"cases": EXAMPLE}}},
    ]
    sent = "\n".join(map(json.dumps, lines)) + "\nno json\n"
    with subprocess.Popen(
        [COMMAND, "mcp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin and process.stdout
        process.stdin.write(sent)
        process.stdin.flush()
        received = [json.loads(process.stdout.readline()) for _ in range(2)]
        process.stdin.close()
        rest = process.stdout.read()
        assert process.wait(20) == 0
    received += [json.loads(line) for line in rest.splitlines()]
    assert all(message["jsonrpc"] == "2.0" for message in received)
    assert {1, 2} <= {message.get("id") for message in received}


MESSAGE = '{{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{}}}'
BROKEN = {
    "deep nesting": MESSAGE.format("[" * 200_000 + "]" * 200_000).encode(),
    "no JSON": b"\xff\xfe{ nonsense",
    "too many digits": MESSAGE.format('{"name":"sparql","arguments":{"sparql":"ASK {}","seconds":' + "9" * 5_000 + "}}").encode(),
    "half a character": MESSAGE.format('{"name":"find","arguments":{"text":"\\ud800"}}').encode(),
    "a long message": MESSAGE.format('{"name":"find","arguments":{"text":"' + "a" * 20_000_000 + '"}}').encode(),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_message_does_not_end_the_service(name: str) -> None:
    """What follows it on the same connection is answered."""
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "stranger", "version": "1"}}
    greeting = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}).encode()
    ready = b'{"jsonrpc":"2.0","method":"notifications/initialized"}'
    after = json.dumps({"jsonrpc": "2.0", "id": 3, "method": "tools/list"}).encode()
    with subprocess.Popen([COMMAND, "mcp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        assert server.stdin and server.stdout
        server.stdin.write(b"".join(line + b"\n" for line in (greeting, ready, BROKEN[name], after)))
        server.stdin.flush()
        assert any(json.loads(line).get("id") == 3 for line in server.stdout)
        server.kill()
