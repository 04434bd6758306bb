"""Free SPARQL: what is refused, and the job that answers the rest in a sandbox."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Sequence
from typing import Any

import pyoxigraph as ox

from .artifact import load
from .errors import CptppError, LimitReached, printable, say
from .sandbox import Pool
from .terms import BASE, PREFIXES

MOST_QUERY = 100_000
MOST_NESTING = 64

_MASKED = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'(?:\\.|[^\\])*?\'\'\'|"(?:\\.|[^"\\\n\r])*"|\'(?:\\.|[^\'\\\n\r])*\''
    r'|<[^<>"{}|^`\\\x00-\x20]*>|#[^\n\r]*',
    re.DOTALL,
)
_WORD = re.compile(r"[?$]?[\w.:%-]+")
_FROM = re.compile(r"FROM\s*(?:NAMED\s*)?(?:<([^>]*)>|([^\s<{]*))", re.IGNORECASE)
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"}


def run(
    worker: Pool, query: str, graphs: Collection[str], seconds: float, default: Sequence[str] = (), named: Sequence[str] = ()
) -> tuple[str, bytes]:
    """("results", SPARQL JSON) or ("graph", N-Triples). graphs: those that may be named; default, named: those to ask of."""
    chosen = [*named_graphs(query), *default, *named]
    for iri in chosen:
        if iri not in graphs:
            raise CptppError(
                say("FROM names no graph here: {iri}", iri=printable(iri)), say("Known: {known}", known=", ".join(sorted(graphs)))
            )
    asked = {"query": query, "union": not chosen, "default": list(default), "named": list(named)}
    kind, _, body = worker.run(json.dumps(asked).encode(), seconds).partition(b"\n")
    return kind.decode(), body


def parse(kind: str, body: bytes) -> Any:
    """What run() returned, as pyoxigraph objects."""
    if kind == "graph":
        return list(ox.parse(input=body, format=ox.RdfFormat.N_TRIPLES))
    return ox.parse_query_results(input=body, format=ox.QueryResultsFormat.JSON)


# ------------------------------------------------------------------ what is refused


def named_graphs(query: str) -> list[str]:
    """The graphs that a query names by FROM. Raises CptppError where it would reach outside the graph.

    Whatever could be read as SERVICE or FROM is taken for it, glued or not; the limits of the process stand behind this check.
    """
    if len(query) > MOST_QUERY:
        raise LimitReached(
            say("the query is {count:,} characters long", count=len(query)), say("At most {most:,} are read.", most=MOST_QUERY)
        )
    code = _MASKED.sub(" ", query)
    if "\\u" in code or "\\U" in code or any(ord(c) < 32 and c not in "\t\n\r" for c in query):
        raise CptppError("escapes and control characters outside strings are refused", "Write the characters themselves.")
    if _depth(code) > MOST_NESTING:
        raise CptppError(say("brackets nest deeper than {most}", most=MOST_NESTING), "Split the query.")
    # of a prefixed name the prefix only, which a keyword may be glued to
    words = {word.upper().partition(":")[0] for word in _WORD.findall(code) if word[0] not in "?$"}
    if any("SERVICE" in word for word in words):
        raise CptppError("SERVICE is refused: a query cannot reach other endpoints", "Query the graph at hand.")
    if words & _UPDATES:
        raise CptppError("the graph is read only: updates and LOAD are refused", "Use SELECT, ASK, CONSTRUCT or DESCRIBE.")
    if not any("FROM" in word for word in words):
        return []
    return [iri or other for iri, other in _FROM.findall(_MASKED.sub(lambda m: m[0] if m[0].startswith("<") else " ", query))]


def _depth(code: str) -> int:
    depth = deepest = 0
    for c in code:
        if c in "({[":
            depth += 1
            deepest = max(deepest, depth)
        elif c in ")}]":
            depth -= 1
    return deepest


# ------------------------------------------------------------------ in the worker


def prepare() -> Callable[[bytes], bytes]:
    """The function that answers a query as run() wrote it down."""
    store = load()

    def answer(body: bytes) -> bytes:
        return b"\n".join(_answer(store, **json.loads(body)))

    _answer(store, "SELECT * WHERE { ?s ?p ?o } LIMIT 1", True, [], [])  # before nothing can be opened any more
    return answer


def _answer(store: ox.Store, query: str, union: bool, default: list[str], named: list[str]) -> tuple[bytes, bytes]:
    graphs: dict[str, Any] = {"use_default_graph_as_union": union}
    if default or named:
        graphs = {"default_graph": [ox.NamedNode(iri) for iri in default], "named_graphs": [ox.NamedNode(iri) for iri in named]}
    try:
        result = store.query(query, base_iri=BASE, prefixes=PREFIXES, **graphs)
        if isinstance(result, ox.QueryTriples):
            lines = (ox.serialize(result, format=ox.RdfFormat.N_TRIPLES) or b"").splitlines(keepends=True)
            return b"graph", b"".join(sorted(set(lines)))
        return b"results", result.serialize(format=ox.QueryResultsFormat.JSON) or b""
    except SyntaxError as error:
        grammar = say("See https://www.w3.org/TR/sparql11-query/ for the grammar.")
        raise CptppError(say("the query cannot be read: {reason}", reason=_brief(str(error))), grammar) from None
    except (ValueError, OSError, RuntimeError) as error:
        raise CptppError(say("the query cannot be answered: {reason}", reason=_brief(str(error))), "Leave that out.") from None


def _brief(message: str, most: int = 160) -> str:
    """The parser lists all that it would have accepted; the place and the first of it are enough."""
    line = " ".join(message.split())
    return line if len(line) <= most else line[:most].rsplit(" ", 1)[0] + " …"
