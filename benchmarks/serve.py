"""The server under load: many users at once, a mix of pages, API, SPARQL, assessments and hostile requests.

python benchmarks/serve.py [--requests 5000] [--users 20]: whether each is answered as it must be, memory, and, beside
rdflib-endpoint on the same graph and queries, requests a second and the 50th, 95th and 99th percentile. The peer is started
where it is installed: pip install "rdflib-endpoint[cli]==0.6.3".
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import json
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx

from cptpp_graph import CptppGraph
from cptpp_graph.asking import bind
from cptpp_graph.catalogue import named_queries

CASES = Path(__file__).parents[1] / "tests" / "cases"
SEED = 1


@dataclass(frozen=True)
class Ask:
    """A request and the status that must come of it."""

    kind: str
    method: str
    path: str
    status: int = 200
    given: dict[str, Any] = field(default_factory=dict)


def mix(count: int) -> list[Ask]:
    """So many requests in the proportions of a day, 5 % of them hostile; the same for the same count."""
    chosen = random.Random(SEED)
    cases = [json.loads(path.read_text(encoding="utf-8"))["case"] for path in sorted(CASES.glob("[ps]*.json"))]
    queries = sparql()
    kinds = {"page": 30, "api": 20, "sparql": 30, "assess": 15, "hostile": 5}
    made = {
        "page": lambda: Ask("page", "GET", chosen.choice(PAGES)),
        "api": lambda: Ask("api", "GET", chosen.choice(CALLS)),
        "sparql": lambda: Ask("sparql", "GET", "/sparql", given={"params": {"query": chosen.choice(queries)}}),
        "assess": lambda: Ask("assess", "POST", "/api/assess", given={"json": chosen.choice(cases)}),
        "hostile": lambda: chosen.choice(HOSTILE),
    }
    return [made[kind]() for kind in chosen.choices(list(kinds), list(kinds.values()), k=count)]


PAGES = [
    f"/{lang}/{path}"
    for lang in ("en", "fr")
    for path in (
        "",
        "explore?country=JPN&category=technician",
        "explore?country=AUS&category=professional",
        "occupations?q=plumber",
        "occupations/2021/21300",
        "assess",
        "ask",
        "ask/spouses",
        "sources",
        "sources/ircc",
        "picture",
    )
]
CALLS = [
    "/api/occupations?country=PER&category=technician",
    "/api/occupations/noc2021:72200",
    "/api/find?q=electrician",
    "/api/queries/spouses",
    "/id/party/JPN",
    "/static/site.css",
]
HOSTILE = [
    Ask("hostile", "GET", "/sparql", 400, {"params": {"query": "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"}}),
    Ask("hostile", "POST", "/sparql", 415, {"content": b"CLEAR ALL", "headers": {"content-type": "application/sparql-update"}}),
    Ask("hostile", "POST", "/api/assess", 400, {"content": b"[" * 10_000, "headers": {"content-type": "application/json"}}),
    Ask("hostile", "POST", "/api/assess", 400, {"json": {"id": "<script>", "kind": "principal", "offer": {"roll": "x"}}}),
    Ask("hostile", "POST", "/api/assess", 413, {"content": b" " * 4_100_000, "headers": {"content-type": "application/json"}}),
    Ask("hostile", "GET", "/static/..%2f..%2fpyproject.toml", 404),
    Ask("hostile", "GET", "/api/queries", 421, {"headers": {"host": "evil.example"}}),
    Ask("hostile", "POST", "/api/assess", 403, {"json": {}, "headers": {"origin": "https://evil.example"}}),
]


def sparql() -> list[str]:
    """The named queries as SPARQL, their required parameters filled with the examples."""
    return [bind(query, {p.name: str(p.example) for p in query.parameters if p.required}) for query in named_queries().values()]


# ------------------------------------------------------------------ servers


@contextmanager
def started(command: list[str], ready: str) -> Iterator[tuple[str, int]]:
    """(address, process id) of a server that prints its address."""
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr
        for line in process.stderr:
            if found := re.search(ready, line):
                break
        else:
            raise RuntimeError(f"{command[0]} did not start")
        try:
            yield found[0], process.pid
        finally:
            process.terminate()


def ours() -> Any:
    return started([str(Path(sys.executable).parent / "cptpp-graph"), "serve", "--port", "0"], r"http://127\.0\.0\.1:[0-9]+")


PEER = """
import sys, rdflib, uvicorn
from rdflib_endpoint import SparqlEndpoint
graph = rdflib.Dataset(default_union=True)
graph.parse(sys.argv[1], format="nquads")
uvicorn.run(SparqlEndpoint(graph=graph, path="/sparql"), port=8971, log_level="info", access_log=False)
"""


@contextmanager
def peer() -> Iterator[tuple[str, int]]:
    """rdflib-endpoint with the same statements."""
    with tempfile.NamedTemporaryFile(suffix=".nq") as file, CptppGraph.open() as kg:
        file.write(kg.export("nquads"))
        file.flush()
        with started([sys.executable, "-c", PEER, file.name], r"http://127\.0\.0\.1:[0-9]+") as found:
            yield found


def memory(process: int) -> int:
    """Bytes of memory that a process holds."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(re.search(r"VmRSS:\s+([0-9]+)", status)[1]) * 1024  # type: ignore[index]


# ------------------------------------------------------------------ load


@dataclass
class Load:
    """What came of the requests. wrong: what was not answered as it must be; seconds: of each request, by kind."""

    elapsed: float
    seconds: dict[str, list[float]]
    wrong: Counter[str]

    @property
    def rate(self) -> float:
        return sum(map(len, self.seconds.values())) / self.elapsed

    def percentiles(self, kind: str | None = None) -> list[float]:
        found = self.seconds[kind] if kind else [one for some in self.seconds.values() for one in some]
        cut = statistics.quantiles(found, n=100)
        return [cut[49], cut[94], cut[98]]


async def put(address: str, asks: list[Ask], users: int) -> Load:
    """All requests by so many users, each waiting for an answer before asking again."""
    seconds: dict[str, list[float]] = {}
    wrong: Counter[str] = Counter()
    left = iter(asks)

    async def user(client: httpx.AsyncClient) -> None:
        for ask in left:
            start = time.perf_counter()
            try:
                answer = await client.request(ask.method, ask.path, **ask.given)
                status: object = answer.status_code
            except httpx.HTTPError as error:
                status = type(error).__name__
            seconds.setdefault(ask.kind, []).append(time.perf_counter() - start)
            if status != ask.status:
                wrong[f"{ask.kind} {ask.method} {ask.path[:60]}: {status}, not {ask.status}"] += 1

    start = time.perf_counter()
    async with httpx.AsyncClient(base_url=address, timeout=600) as client:
        await asyncio.gather(*(user(client) for _ in range(users)))
    return Load(time.perf_counter() - start, seconds, wrong)


def quarters(asks: list[Ask]) -> Iterator[list[Ask]]:
    size = -(-len(asks) // 4)
    return (asks[start : start + size] for start in range(0, len(asks), size))


def together(loads: list[Load]) -> Load:
    seconds: dict[str, list[float]] = {}
    for kind, known in (pair for load in loads for pair in load.seconds.items()):
        seconds.setdefault(kind, []).extend(known)
    return Load(sum(load.elapsed for load in loads), seconds, sum((load.wrong for load in loads), Counter()))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=5000)
    parser.add_argument("--users", type=int, default=20)
    asked = parser.parse_args()
    with ours() as (address, process):
        asyncio.run(put(address, mix(200), asked.users))
        held, loads = [memory(process)], []
        for part in quarters(mix(asked.requests)):
            loads.append(asyncio.run(put(address, part, asked.users)))
            held.append(memory(process))
        load = together(loads)
        mine = asyncio.run(put(address, _queries(400), asked.users))
    print(f"{asked.requests:,} requests by {asked.users} users: {sum(load.wrong.values())} not answered as they must be")
    for what, count in load.wrong.most_common(10):
        print(f"  {count} times {what}")
    print("memory after each quarter, over memory before it: " + ", ".join(f"{b / a:.2f}" for a, b in pairwise(held)))
    kinds = ", ".join(f"{kind} {load.percentiles(kind)[2] / load.percentiles()[0]:.1f}" for kind in sorted(load.seconds))
    print(f"99th percentile of each kind, in medians of all: {kinds}")
    if importlib.util.find_spec("rdflib_endpoint") is None:
        print("rdflib-endpoint is not installed: no comparison")
        return 1 if load.wrong else 0
    with peer() as (address, _):
        theirs = asyncio.run(put(address, _queries(100), asked.users))
    ratios = [b / a for a, b in zip(mine.percentiles(), theirs.percentiles(), strict=True)]
    print(
        f"named queries over SPARQL, {asked.users} users: "
        f"{mine.rate / theirs.rate:.1f} times the requests a second of rdflib-endpoint"
    )
    print("rdflib-endpoint's 50th, 95th, 99th percentile in ours: " + ", ".join(f"{ratio:.1f}" for ratio in ratios))
    print(f"wrong: {sum(mine.wrong.values())} of ours, {sum(theirs.wrong.values())} of rdflib-endpoint's")
    return 1 if load.wrong or mine.wrong else 0


def _queries(count: int) -> list[Ask]:
    chosen = random.Random(SEED)
    asks = [Ask("sparql", "GET", "/sparql", given={"params": {"query": query}}) for query in sparql()]
    return [chosen.choice(asks) for _ in range(count)]


if __name__ == "__main__":
    sys.exit(main())
