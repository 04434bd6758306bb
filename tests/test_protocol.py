"""The SPARQL 1.1 Protocol against the real server: what is asked, in which form it is answered, and what is refused."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import httpx
import pytest
import rdflib
from rdflib import RDF, Namespace
from rdflib.collection import Collection
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import SPARQLWrapper

from cptpp_graph.terms import BASE, GRAPH

FORM, DIRECT = "application/x-www-form-urlencoded", "application/sparql-query"
ASK = "ASK { ?s a ?type }"
PARTIES, WINDOWS, LAW = (GRAPH + name for name in ("parties", "windows", "law"))
PARTY, WINDOW, BASIS = (BASE + path for path in ("id/agreement/cptpp", "id/window/noc-2021", "id/law/irpr-204-a"))
JSON = "application/sparql-results+json"


@pytest.fixture(scope="module")
def client(server: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server, timeout=30) as found:
        yield found


def truth(answer: httpx.Response) -> bool:
    assert answer.status_code == 200, answer.text
    found: bool = answer.json()["boolean"]
    return found


# ------------------------------------------------------------------ asking


def test_a_query_is_asked_in_three_ways(client: httpx.Client) -> None:
    assert truth(client.get("/sparql", params={"query": ASK}))
    assert truth(client.post("/sparql", data={"query": ASK}))
    assert truth(client.post("/sparql", content=ASK, headers={"content-type": DIRECT}))
    assert truth(client.post("/sparql/", content=ASK, headers={"content-type": DIRECT + "; charset=utf-8"}))


@pytest.mark.parametrize("way", ["get", "form", "direct"])
@pytest.mark.parametrize(
    "graphs, query, expected",
    [
        ([("default", PARTIES)], f"ASK {{ <{PARTY}> a ?t }}", True),
        ([("default", WINDOWS)], f"ASK {{ <{PARTY}> a ?t }}", False),
        ([("default", PARTIES), ("default", WINDOWS)], f"ASK {{ <{PARTY}> a ?t . <{WINDOW}> a ?u }}", True),
        ([("named", PARTIES)], f"ASK {{ GRAPH <{PARTIES}> {{ <{PARTY}> a ?t }} }}", True),
        ([("named", PARTIES)], f"ASK {{ <{PARTY}> a ?t }}", False),
        ([("named", PARTIES)], f"ASK {{ GRAPH <{WINDOWS}> {{ ?s ?p ?o }} }}", False),
        ([("default", LAW), ("named", PARTIES)], f"ASK {{ <{BASIS}> a ?t GRAPH ?g {{ <{PARTY}> a ?u }} }}", True),
        ([("default", PARTIES)], f"ASK FROM <{WINDOWS}> {{ <{PARTY}> a ?t }}", True),
    ],
)
def test_the_graphs_that_the_protocol_names(
    client: httpx.Client, way: str, graphs: list[tuple[str, str]], query: str, expected: bool
) -> None:
    """They are the dataset, also where the query names others."""
    named = [(f"{kind}-graph-uri", iri) for kind, iri in graphs]
    if way == "get":
        answer = client.get("/sparql?" + urlencode([("query", query), *named]))
    elif way == "form":
        answer = client.post("/sparql", content=urlencode([("query", query), *named]), headers={"content-type": FORM})
    else:
        answer = client.post("/sparql?" + urlencode(named), content=query, headers={"content-type": DIRECT})
    assert truth(answer) is expected


SELECT, CONSTRUCT = "SELECT ?s { ?s a cptpp:Agreement }", "CONSTRUCT { ?s a ?t } { ?s a ?t VALUES ?t { cptpp:Agreement } }"


@pytest.mark.parametrize(
    "query, accept, media, pattern",
    [
        (SELECT, None, JSON, '"bindings"'),
        (SELECT, "*/*", JSON, '"bindings"'),
        (SELECT, "application/json", "application/json", '"bindings"'),
        (SELECT, "application/sparql-results+xml", "application/sparql-results+xml", "<sparql"),
        (SELECT, "text/csv", "text/csv", r"^s\r?\nhttps://"),
        (SELECT, "text/tab-separated-values", "text/tab-separated-values", r"^\?s\n<https://"),
        (SELECT, "text/csv;q=0.2, application/sparql-results+xml;q=0.9", "application/sparql-results+xml", "<sparql"),
        (ASK, None, JSON, '"boolean":true'),
        (ASK, "application/sparql-results+xml", "application/sparql-results+xml", "<boolean>true"),
        (CONSTRUCT, None, "text/turtle", "cptpp:Agreement"),
        (CONSTRUCT, "application/n-triples", "application/n-triples", "<.*Agreement> \\."),
        (CONSTRUCT, "application/ld+json", "application/ld+json", '"@id"'),
        (CONSTRUCT, "application/rdf+xml", "application/rdf+xml", "rdf:RDF"),
        (f"DESCRIBE <{PARTY}>", "text/turtle", "text/turtle", "grantingParty"),
    ],
)
def test_the_answer_comes_in_the_form_that_is_accepted(
    client: httpx.Client, query: str, accept: str | None, media: str, pattern: str
) -> None:
    answer = client.get("/sparql", params={"query": query}, headers={"accept": accept} if accept else {"accept": ""})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].partition(";")[0] == media and "accept" in answer.headers["vary"]
    assert re.search(pattern, answer.text), answer.text[:300]


def test_a_bare_get_describes_the_service(client: httpx.Client) -> None:
    for accept, form in (("text/turtle", "turtle"), ("application/ld+json", "json-ld"), ("application/rdf+xml", "xml")):
        answer = client.get("/sparql", headers={"accept": accept})
        graph = rdflib.Graph().parse(data=answer.text, format=form)
        sd = Namespace("http://www.w3.org/ns/sparql-service-description#")
        assert (None, RDF.type, sd.Service) in graph and (None, sd.name, rdflib.URIRef(PARTIES)) in graph


# ------------------------------------------------------------------ refused


@pytest.mark.parametrize(
    "method, address, content_type, body, status",
    [
        ("GET", "query=", None, b"", 400),
        ("GET", urlencode({"query": "SELECT"}), None, b"", 400),
        ("GET", urlencode([("query", ASK), ("query", ASK)]), None, b"", 400),
        ("GET", "query=ASK%20%7B%7D%FF", None, b"", 400),
        ("GET", "update=" + quote("CLEAR ALL"), None, b"", 403),
        ("GET", urlencode({"query": "CLEAR ALL"}), None, b"", 400),
        ("GET", urlencode({"query": ASK, "default-graph-uri": "http://example.org/x"}), None, b"", 400),
        ("GET", urlencode({"query": "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"}), None, b"", 400),
        ("POST", "", FORM, b"query=" + quote("CLEAR ALL").encode(), 400),
        ("POST", "", FORM, b"update=" + quote("CLEAR ALL").encode(), 403),
        ("POST", "", "application/sparql-update", b"CLEAR ALL", 415),
        ("POST", "", "text/plain", ASK.encode(), 415),
        ("POST", "", None, ASK.encode(), 415),
        ("POST", "", None, b"query=" + quote(ASK).encode(), 415),
        ("POST", "", DIRECT, ASK.encode() + b"\xff", 400),
        ("POST", "", DIRECT, ASK.encode("utf-16"), 400),
        ("POST", "", DIRECT, b"", 400),
        ("POST", "", FORM, b"", 400),
        ("PUT", urlencode({"query": ASK}), None, b"", 405),
        ("DELETE", "", None, b"", 405),
    ],
)
def test_what_is_refused(
    client: httpx.Client, method: str, address: str, content_type: str | None, body: bytes, status: int
) -> None:
    headers = {"content-type": content_type} if content_type else {}
    answer = client.request(method, f"/sparql?{address}", headers=headers, content=body)
    assert answer.status_code == status, answer.text
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["status"] == status and problem["title"] and problem["detail"]


@pytest.mark.parametrize("query, accept", [(SELECT, "text/turtle"), (ASK, "text/csv"), (CONSTRUCT, JSON), (SELECT, "image/png")])
def test_a_form_that_is_not_had_is_406(client: httpx.Client, query: str, accept: str) -> None:
    answer = client.get("/sparql", params={"query": query}, headers={"accept": accept})
    assert answer.status_code == 406 and "Accept one of" in answer.json()["detail"]


def test_pages_elsewhere_may_ask(client: httpx.Client) -> None:
    elsewhere = {"origin": "https://yasgui.example", "access-control-request-method": "POST"}
    assert client.options("/sparql", headers=elsewhere).headers["access-control-allow-origin"] == "*"
    answer = client.get("/sparql", params={"query": ASK}, headers={"origin": "https://yasgui.example"})
    assert answer.headers["access-control-allow-origin"] == "*" and "access-control-allow-credentials" not in answer.headers


# ------------------------------------------------------------------ clients


def test_sparqlwrapper(server: str) -> None:
    wrapper = SPARQLWrapper(f"{server}/sparql")
    for method in ("GET", "POST"):
        wrapper.setMethod(method)
        wrapper.setQuery("SELECT ?code { ?p a cptpp:Party ; skos:notation ?code } ORDER BY ?code")
        wrapper.setReturnFormat("json")
        found: Any = wrapper.queryAndConvert()
        assert "JPN" in [row["code"]["value"] for row in found["results"]["bindings"]]
        wrapper.setQuery(CONSTRUCT)
        wrapper.setReturnFormat("turtle")
        assert b"Agreement" in wrapper.queryAndConvert()  # type: ignore[operator]


def test_rdflib_store(server: str) -> None:
    graph = rdflib.Graph(SPARQLStore(f"{server}/sparql", returnFormat="json"))
    assert (rdflib.URIRef(PARTY), RDF.type, None) in graph
    rows = graph.query(f"SELECT ?label {{ <{PARTY}> <http://www.w3.org/2000/01/rdf-schema#label> ?label }}")
    assert {row[0].language for row in rows} == {"en", "fr"}  # type: ignore[index, union-attr]


# ------------------------------------------------------------------ the tests of W3C

MANIFEST = os.environ.get("SPARQL_PROTOCOL_MANIFEST", "")
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
THEIRS = "http://kasei.us/2009/09/sparql/data/"
OURS = {  # things of one type, each in another graph
    "data0.rdf": (LAW, BASIS),
    "data1.rdf": (GRAPH + "ircc", BASE + "id/ircc/nationality"),
    "data2.rdf": (GRAPH + "canadavisa", BASE + "id/canadavisa/licensing"),
    "data3.rdf": (GRAPH + "ircc-2024", BASE + "id/ircc-2024/licensing"),
}


def _entries() -> list[tuple[str, rdflib.Graph, Any]]:
    if not Path(MANIFEST).is_file():
        return []
    graph = rdflib.Graph().parse(MANIFEST, format="turtle")
    entries = Collection(graph, next(graph.objects(None, MF.entries)))
    return [(str(entry).rpartition("#")[2], graph, entry) for entry in entries]


def _as_ours(text: str) -> str:
    """Their graphs and what stands in them, as ours: the graph where one is named, a thing in it elsewhere."""
    for name, (graph, thing) in OURS.items():
        text = re.sub(rf"(FROM\s+(?:NAMED\s+)?)<{re.escape(THEIRS + name)}>", rf"\1<{graph}>", text)
        text = text.replace(f"<{THEIRS}{name}>", f"<{thing}>")
    return text


def _address(path: str) -> str:
    graphs = {THEIRS + name: graph for name, (graph, _) in OURS.items()}
    pairs = parse_qsl(urlsplit(path).query, keep_blank_values=True, errors="surrogateescape")
    given = [(key, graphs.get(value, _as_ours(value))) for key, value in pairs]
    return "/sparql?" + urlencode(given, errors="surrogateescape")


@pytest.mark.skipif(not _entries(), reason="SPARQL_PROTOCOL_MANIFEST names no manifest of the W3C protocol tests")
@pytest.mark.parametrize("name, graph, entry", [pytest.param(*found, id=found[0]) for found in _entries()])
def test_w3c(client: httpx.Client, name: str, graph: rdflib.Graph, entry: Any) -> None:
    """Each request of each test; a test of updates passes where the update is refused with a status of 4xx."""
    connection = next(graph.objects(entry, MF.action))
    for request in Collection(graph, next(graph.objects(connection, HT.requests))):
        path, method = (str(next(graph.objects(request, HT[word]))) for word in ("absolutePath", "methodName"))
        headers = {
            str(next(graph.objects(header, HT.fieldName))).lower(): str(next(graph.objects(header, HT.fieldValue)))
            for found in graph.objects(request, HT.headers)
            for header in Collection(graph, found)
        }
        body = _body(graph, request)
        form = headers.get("content-type", "").startswith(FORM)
        content = _address("?" + body).partition("?")[2] if form else _as_ours(body)
        encoding = "utf-16" if name.endswith("non_utf8") else "utf-8"
        answer = client.request(method, _address(path), headers=headers, content=content.encode(encoding))
        if name.startswith("update"):
            updates = "update=" in path + body or headers.get("content-type") == "application/sparql-update"
            assert answer.status_code // 100 == (4 if updates else 2)
        else:
            _check(graph, next(graph.objects(request, HT.resp)), answer)


def _body(graph: rdflib.Graph, request: Any) -> str:
    return "".join(str(next(graph.objects(body, CNT.chars))) for body in graph.objects(request, HT.body))


def _check(graph: rdflib.Graph, expected: Any, answer: httpx.Response) -> None:
    classes = {str(status)[-3] for status in graph.objects(expected, MF.expectedStatus)}
    assert str(answer.status_code // 100) in classes, (answer.status_code, answer.text)
    for wanted in graph.objects(expected, MF.expectedBoolean):
        assert answer.json()["boolean"] is wanted.toPython()
    for form in graph.objects(expected, MF.expectedFormat):
        media = answer.headers["content-type"].partition(";")[0]
        assert media in ({"text/turtle"} if str(form) == "RDF" else {JSON})
