"""Runs a stranger's SPARQL in a process of its own that can open nothing and is killed at the time limit."""

from __future__ import annotations

import json
import re
import struct
import subprocess
import sys
import threading
from typing import IO, Any

import pyoxigraph as ox

from .errors import CptppError, LimitReached

MEMORY_BYTES = 2 << 30
MOST_ROWS = 1_000_000
MOST_QUERY = 100_000
MOST_NESTING = 64

_MASKED = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'(?:\\.|[^\\])*?\'\'\'|"(?:\\.|[^"\\\n\r])*"|\'(?:\\.|[^\'\\\n\r])*\''
    r'|<[^<>"{}|^`\\\x00-\x20]*>|#[^\n\r]*',
    re.DOTALL,
)
_WORD = re.compile(r"[?$]?[\w.:%-]+")
_FROM = re.compile(r"\bFROM\s+(?:NAMED\s+)?(?:<([^>]*)>|(\S+))", re.IGNORECASE)
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"}


def refuse(query: str, graphs: frozenset[str]) -> None:
    """Raises CptppError where a query would reach outside the graph; the process limits stand behind this check."""
    if len(query) > MOST_QUERY:
        raise LimitReached(f"the query is {len(query):,} characters long", f"At most {MOST_QUERY:,} are read.")
    code = _MASKED.sub(" ", query)
    if "\\u" in code or "\\U" in code or any(ord(c) < 32 and c not in "\t\n\r" for c in query):
        raise CptppError("escapes and control characters outside strings are refused", "Write the characters themselves.")
    if _depth(code) > MOST_NESTING:
        raise CptppError(f"brackets nest deeper than {MOST_NESTING}", "Split the query.")
    words = {word.upper() for word in _WORD.findall(code) if ":" not in word and word[0] not in "?$"}
    if any("SERVICE" in word for word in words):
        raise CptppError("SERVICE is refused: a query cannot reach other endpoints", "Query the graph at hand.")
    if words & _UPDATES:
        raise CptppError("the graph is read only: updates and LOAD are refused", "Use SELECT, ASK, CONSTRUCT or DESCRIBE.")
    named = _MASKED.sub(lambda m: m[0] if m[0].startswith("<") else " ", query)
    for iri, other in _FROM.findall(named):
        if iri not in graphs:
            raise CptppError(f"FROM names no graph here: {iri or other}", f"Known: {', '.join(sorted(graphs))}")


def _depth(code: str) -> int:
    depth = deepest = 0
    for c in code:
        if c in "({[":
            depth += 1
            deepest = max(deepest, depth)
        elif c in ")}]":
            depth -= 1
    return deepest


class Sandbox:
    """A worker process, started at the first query and anew after it had to be killed."""

    def __init__(self) -> None:
        self._worker: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def run(self, query: str, seconds: float) -> tuple[str, bytes]:
        """("results", SPARQL JSON) or ("graph", N-Triples). Raises LimitReached after so many seconds."""
        with self._lock:
            worker = self._worker if self._worker and self._worker.poll() is None else self._start()
            timer = threading.Timer(seconds, worker.kill)
            timer.start()
            try:
                assert worker.stdin and worker.stdout
                _send(worker.stdin, query.encode())
                kind, body = json.loads(_receive(worker.stdout)), _receive(worker.stdout)
            except (EOFError, BrokenPipeError):
                self._worker = None
                if timer.is_alive():
                    raise LimitReached("the query needed too much memory", "Narrow it, or add LIMIT.") from None
                raise LimitReached(
                    f"the query ran into the time limit of {seconds:g} s", "Narrow it, or allow more time."
                ) from None
            finally:
                timer.cancel()
        if kind == "error":
            raise CptppError(
                f"the query cannot be read: {body.decode()}",
                "See https://www.w3.org/TR/sparql11-query/ for the grammar.",
            )
        if kind == "limit":
            raise LimitReached(body.decode(), "Narrow the query, or add LIMIT.")
        return kind, body

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "cptpp_graph.sandbox"]
        self._worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self._worker.stdout
        _receive(self._worker.stdout)
        return self._worker

    def close(self) -> None:
        if self._worker:
            self._worker.kill()
            self._worker.wait()
            for pipe in (self._worker.stdin, self._worker.stdout):
                if pipe:
                    pipe.close()
            self._worker = None


def _send(pipe: IO[bytes], body: bytes) -> None:
    pipe.write(struct.pack(">Q", len(body)) + body)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes:
    head = pipe.read(8)
    if len(head) < 8:
        raise EOFError
    size = struct.unpack(">Q", head)[0]
    body = pipe.read(size)
    if len(body) < size:
        raise EOFError
    return body


# ------------------------------------------------------------------ in the worker


def _answer(store: ox.Store, query: str) -> tuple[str, bytes]:
    try:
        result = store.query(query, use_default_graph_as_union=True)
        if isinstance(result, ox.QueryTriples):
            lines = sorted({f"{t.subject} {t.predicate} {t.object} ." for t in result})
            return "graph", "\n".join(lines).encode()
        if isinstance(result, ox.QueryBoolean):
            return "results", result.serialize(format=ox.QueryResultsFormat.JSON) or b""
        return _results(result)
    except (SyntaxError, ValueError, OSError) as error:
        return "error", _brief(str(error)).encode()


def _brief(message: str, most: int = 160) -> str:
    """The parser lists all that it would have accepted; the place and the first of it are enough."""
    line = " ".join(message.split())
    return line if len(line) <= most else line[:most].rsplit(" ", 1)[0] + " …"


def _results(solutions: ox.QuerySolutions) -> tuple[str, bytes]:
    from .results import Table

    names = [variable.value for variable in solutions.variables]
    rows = []
    for solution in solutions:
        rows.append(tuple(solution[name] for name in names))
        if len(rows) > MOST_ROWS:
            return "limit", f"the answer has more than {MOST_ROWS:,} rows".encode()
    return "results", Table(names, rows).write("json").encode()


def _confine() -> None:
    """From here on nothing can be opened, no connection made, and memory is bounded (where the system can do it)."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _serve() -> None:
    from .artifact import load
    from .results import Table  # noqa: F401  imported before nothing can be opened any more

    store = load()
    _answer(store, "SELECT * WHERE { ?s ?p ?o } LIMIT 1")
    _confine()
    _send(sys.stdout.buffer, b"ready")
    while True:
        try:
            query = _receive(sys.stdin.buffer).decode()
        except EOFError:
            return
        kind, body = _answer(store, query)
        _send(sys.stdout.buffer, json.dumps(kind).encode())
        _send(sys.stdout.buffer, body)


def parse(kind: str, body: bytes) -> Any:
    """What run() returned, as pyoxigraph objects."""
    if kind == "graph":
        return list(ox.parse(input=body, format=ox.RdfFormat.N_TRIPLES))
    return ox.parse_query_results(input=body, format=ox.QueryResultsFormat.JSON)


if __name__ == "__main__":
    _serve()
