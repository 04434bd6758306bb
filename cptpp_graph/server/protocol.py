"""The SPARQL 1.1 Protocol, apart from any web framework: what a request asks, and its answer in the form it accepts."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs

import pyoxigraph as ox

from ..errors import CptppError, Said, say
from ..terms import PREFIXES

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
RESULTS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
    "application/json": ox.QueryResultsFormat.JSON,
    "application/xml": ox.QueryResultsFormat.XML,
}
TRUTHS = {media: form for media, form in RESULTS.items() if not media.startswith("text/")}
GRAPHS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/json": ox.RdfFormat.JSON_LD,
}


class Refused(CptppError):
    """A request that is not answered. status: of HTTP."""

    def __init__(self, status: int, wrong: Said | str, mend: Said | str) -> None:
        super().__init__(wrong, mend)
        self.status = status


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with the graphs that the protocol names for it; none named leaves the query's own, or the whole dataset."""

    query: str
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


def read(method: str, address: str, content_type: str, body: bytes) -> Asked | None:
    """What a request asks; None where it asks nothing and gets the service description.

    address: the query part of the URL. Raises Refused with the status that the protocol asks for.
    """
    given = _parameters(address)
    if method == "POST":
        media = content_type.partition(";")[0].strip().lower()
        text = _text(body)
        if media == FORM:
            given |= _parameters(text)
        elif media == DIRECT:
            given["query"] = [text]
        else:
            wrong = say("a query is not posted as {media}", media=media or say("nothing"))
            raise Refused(415, wrong, say("Post it as {direct}, or as {form} with query=…", direct=DIRECT, form=FORM))
    if "update" in given:
        raise Refused(403, "the graph is read only: updates are refused", "Send query=…")
    queries = given.get("query", [])
    if not queries and method in ("GET", "HEAD") and not given:
        return None
    if len(queries) != 1 or not queries[0].strip():
        raise Refused(400, say("the request holds {count} queries, or an empty one", count=len(queries)), "Send query=… once.")
    return Asked(queries[0], tuple(given.get("default-graph-uri", ())), tuple(given.get("named-graph-uri", ())))


def _parameters(text: str) -> dict[str, list[str]]:
    try:
        return parse_qs(text, keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:  # UnicodeDecodeError is one
        raise Refused(400, "the parameters are not UTF-8, or too many", "Encode them as UTF-8.") from None


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(400, say("the body is not UTF-8 (byte {start})", start=error.start), "Send UTF-8.") from None


def chosen(accept: str, offered: list[str]) -> str:
    """The media type to answer with, the first offered where all are equal. Raises Refused (406) where none is accepted."""
    import mimeparse

    try:
        best = mimeparse.best_match(offered[::-1], accept or "*/*")  # of equals it takes the last
    except mimeparse.MimeTypeParseException:
        best = ""
    if not best:
        raise Refused(
            406, "the answer cannot be given in a form that is accepted", say("Accept one of: {known}", known=", ".join(offered))
        )
    return str(best)


def answer(kind: str, body: bytes, accept: str) -> tuple[str, bytes]:
    """(media type, content) of what CptppGraph.run returned."""
    if kind == "graph":
        media = chosen(accept, list(GRAPHS))
        triples = ox.parse(body, format=ox.RdfFormat.N_TRIPLES)
        return media, ox.serialize(triples, format=GRAPHS[media], prefixes=_prefixes(media)) or b""
    answered = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
    forms = TRUTHS if isinstance(answered, ox.QueryBoolean) else RESULTS
    media = chosen(accept, list(forms))
    return media, answered.serialize(format=forms[media]) or b""


def _prefixes(media: str) -> dict[str, str] | None:
    return PREFIXES if media == "text/turtle" else None
