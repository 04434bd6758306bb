"""The API over HTTP: the same answers as the command line, described in OpenAPI, refused in the same words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import rdflib
from starlette.testclient import TestClient

from cptpp_graph import CptppGraph
from cptpp_graph.catalogue import named_queries
from cptpp_graph.server import api, app, application

CASES = Path(__file__).parent / "cases"
MANY = json.dumps([{"id": f"a{n}", "kind": "principal"} for n in range(api.MOST_CASES + 1)]).encode()
HOST = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def client(kg: CptppGraph) -> Iterator[TestClient]:
    with TestClient(application(kg), base_url=HOST, raise_server_exceptions=False) as found:
        yield found


def case(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))["case"]
    return found


def described(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/openapi.json").json()
    return found


# ------------------------------------------------------------------ tables


def test_tables_are_those_of_python(client: TestClient, kg: CptppGraph) -> None:
    given = {"country": "JPN", "category": "technician"}
    expected = kg.occupations("JPN", "technician")
    assert client.get("/api/occupations", params=given).text == expected.write("records")
    assert client.get("/api/occupations", params=given | {"format": "csv"}).text == expected.write("csv")
    accepted = client.get("/api/occupations", params=given, headers={"accept": "text/tab-separated-values"})
    assert accepted.text == expected.write("tsv") and accepted.headers["content-type"].startswith("text/tab-separated-values")
    assert client.get("/api/occupations/noc2021:21300").json() == json.loads(kg.occupation("noc2021:21300").write("records"))
    assert client.get("/api/find", params={"q": "plombier", "limit": "3"}).json() == json.loads(
        kg.find("plombier", limit=3).write("records")
    )


def test_every_named_query_is_asked(client: TestClient, kg: CptppGraph) -> None:
    for name, query in named_queries().items():
        given = {p.name: p.example for p in query.parameters if p.required}
        answer = client.get(f"/api/queries/{name}", params=given)
        assert answer.status_code == 200, (name, answer.text)
        assert answer.text == kg.ask(name, **given).write("records")  # type: ignore[arg-type]
    assert [one["name"] for one in client.get("/api/queries").json()] == list(named_queries())


@pytest.mark.parametrize(
    "address, status, says",
    [
        ("/api/occupations?country=JPN", 400, "needs category"),
        ("/api/occupations?country=Japn&category=technician", 400, "JPN|Japan"),
        ("/api/occupations?country=JPN&country=AUS&category=technician", 400, "twice"),
        ("/api/occupations?country=JPN&category=technician&colour=red", 400, "no parameter"),
        ("/api/occupations?country=JPN&category=technician&format=pdf", 400, "unknown format"),
        ("/api/occupations/noc2021:99999", 400, "no unit group"),
        ("/api/find", 400, "needs q"),
        ("/api/find?q=x&limit=1000", 400, "limit"),
        ("/api/nowhere", 404, "nothing is here"),
        ("/api/assess", 405, "cannot be done"),
    ],
)
def test_wrong_requests_say_what_is_wrong(client: TestClient, address: str, status: int, says: str) -> None:
    answer = client.get(address)
    problem = answer.json()
    assert answer.status_code == status == problem["status"], answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert re.search(says, problem["title"] + problem["detail"]), problem


# ------------------------------------------------------------------ cases


def test_assessments_are_those_of_python(client: TestClient, kg: CptppGraph) -> None:
    cases = [case("p01"), case("p23")]
    answer = client.post("/api/assess", json=cases)
    assert answer.json() == [found.as_dict() for found in kg.assess_all(cases)]
    assert answer.headers["cache-control"] == "no-store"
    french = client.post("/api/assess?rulebook=canadavisa&lang=fr", json=case("p01")).json()
    assert french == [kg.assess(case("p01"), rulebook="canadavisa", lang="fr").as_dict()]
    for accept, pattern in (("text/html", "<!doctype html>"), ("text/plain", "^Case p01"), ("text/turtle", "earl:")):
        shown = client.post("/api/assess", json=case("p01"), headers={"accept": accept})
        assert shown.headers["content-type"].startswith(accept) and re.search(pattern, shown.text)


def test_assessments_are_as_described(client: TestClient) -> None:
    whole = described(client)
    cases = [json.loads(path.read_text(encoding="utf-8"))["case"] for path in sorted(CASES.glob("[ps]*.json"))[:40]]
    for found in client.post("/api/assess", json=cases).json():
        jsonschema.validate(found, whole["components"]["schemas"]["Assessment"])
    for one in cases:
        jsonschema.validate(one, whole["components"]["schemas"]["Case"])


def test_a_case_may_come_in_any_form(client: TestClient, kg: CptppGraph) -> None:
    from cptpp_graph import intake

    one = intake.cases(case("p01"))[0]
    expected = [kg.assess(case("p01")).as_dict()]
    nt = intake.as_ntriples(one)
    graph = rdflib.Graph().parse(data=nt, format="nt")
    forms = {
        "text/turtle": "turtle",
        "application/n-triples": "nt",
        "application/rdf+xml": "xml",
        "application/ld+json": "json-ld",
    }
    for media, form in forms.items():
        content = graph.serialize(format=form)
        assert client.post("/api/assess", content=content, headers={"content-type": media}).json() == expected, media


def test_validation_reports_come_as_pyshacl_gives_them(client: TestClient) -> None:
    assert client.post("/api/validate", json=case("p01")).text.startswith("Validation Report")
    turtle = client.post("/api/validate?format=turtle", json=case("p01")).text
    assert "ValidationReport" in turtle


@pytest.mark.parametrize(
    "content, content_type, status, says",
    [
        (b"{}", None, 415, "does not say"),
        (b"{}", "application/pdf", 415, "not read as application/pdf"),
        (b"{", "application/json", 400, "not JSON"),
        (b'{"id": "a", "kind": "principal", "offer": {"roll": "worker"}}', "application/json", 400, "offer.roll"),
        (MANY, "application/json", 413, "cases"),
        (b" " * (app.MOST_BODY + 1), "application/json", 413, "larger"),
    ],
)
def test_wrong_cases_say_what_is_wrong(
    client: TestClient, content: bytes, content_type: str | None, status: int, says: str
) -> None:
    headers = {"content-type": content_type} if content_type else {}
    answer = client.post("/api/assess", content=content, headers=headers)
    assert answer.status_code == status, answer.text
    assert re.search(says, answer.json()["title"] + answer.json()["detail"]), answer.text


# ------------------------------------------------------------------ at the door


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "", "[::", "localhost@evil.example"]
)
def test_other_hosts_are_not_served(client: TestClient, host: str) -> None:
    """A page elsewhere cannot have its own name point here and read the answers."""
    assert client.get("/api/queries", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "localhost", "[::1]:8000"])
def test_this_host_is_served(client: TestClient, host: str) -> None:
    assert client.get("/api/queries", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:9999"])
def test_pages_elsewhere_may_not_send_cases(client: TestClient, origin: str) -> None:
    assert client.post("/api/assess", json=case("p01"), headers={"origin": origin}).status_code == 403
    assert client.post("/api/assess", json=case("p01"), headers={"origin": HOST}).status_code == 200


def test_compressed_bodies_are_refused(client: TestClient) -> None:
    assert client.post("/api/assess", content=b"x", headers={"content-encoding": "gzip"}).status_code == 415


def test_every_answer_carries_the_headers(client: TestClient) -> None:
    for address in ("/en/", "/api/queries", "/sparql", "/nowhere", "/static/site.css"):
        assert app.HEADERS.items() <= client.get(address).headers.items(), address


def test_no_file_but_those_of_the_manifest_is_served(client: TestClient) -> None:
    for name in ("../artifact/graph.nq.gz", "..%2f..%2fpyproject.toml", "%2e%2e/cli.py", "/etc/passwd", "site.css/", "x", ""):
        assert client.get(f"/static/{name}").status_code == 404, name


# ------------------------------------------------------------------ described


def test_the_description_is_whole(client: TestClient, kg: CptppGraph) -> None:
    whole = described(client)
    assert whole["openapi"].startswith("3.1")
    assert set(whole["paths"]) == {"/api" + operation.path for operation in api.operations(kg)}
    names = [operation["operationId"] for path in whole["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names))
    for path, methods in whole["paths"].items():
        for operation in methods.values():
            held = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert held == set(re.findall(r"{(\w+)}", path)) and operation["summary"]


# ------------------------------------------------------------------ things


@pytest.mark.parametrize("path", ["/id/party/JPN", "/noc/2021/21300", "/req/education", "/ns", "/graph/windows"])
def test_iris_stand_for_things(client: TestClient, path: str) -> None:
    for media, form in (("text/turtle", "turtle"), ("application/ld+json", "json-ld")):
        answer = client.get(path, headers={"accept": media})
        graph = rdflib.Graph().parse(data=answer.text, format=form)
        assert len(graph) > 3 and "accept" in answer.headers["vary"], path
    page = client.get(path, headers={"accept": "text/html,*/*;q=0.8"})
    assert page.headers["content-type"].startswith("text/html") and "<h1>" in page.text


def test_shapes_stand_for_themselves(client: TestClient) -> None:
    answer = client.get("/shape/experience-short", headers={"accept": "text/turtle"})
    assert answer.status_code == 200 and "lessThanOrEquals" in answer.text


def test_an_unknown_thing_is_not_there(client: TestClient) -> None:
    answer = client.get("/id/nothing", headers={"accept": "text/turtle"})
    assert answer.status_code == 404 and "says nothing" in answer.json()["title"]


def test_the_dataset_is_described(client: TestClient, kg: CptppGraph) -> None:
    graph = rdflib.Graph().parse(data=client.get("/.well-known/void").text, format="turtle")
    void = rdflib.Namespace("http://rdfs.org/ns/void#")
    counts = [int(str(count)) for count in graph.objects(rdflib.URIRef("https://w3id.org/cptpp-graph/dataset"), void.triples)]
    assert counts == [len({quad.triple for quad in kg.store})]
