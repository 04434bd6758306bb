"""The pages of the plan and of the script, and both over the API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from forms import columns, stated
from starlette.testclient import TestClient
from test_page_assess import Page

from cptpp_graph import CptppGraph
from cptpp_graph.intake import field_table
from cptpp_graph.server import application
from cptpp_graph.terms import LANGUAGES, REQ
from cptpp_graph.turning import turned_on

CASES = Path(__file__).parent / "cases"


def case(name: str) -> dict[str, Any]:
    return stated(CASES / f"{name}.json")


@pytest.fixture(scope="module")
def browser(kg: CptppGraph) -> Iterator[TestClient]:
    with TestClient(application(kg), base_url="http://127.0.0.1:8000") as client:
        yield client


@pytest.mark.parametrize("lang", LANGUAGES)
def test_plan(browser: TestClient, lang: str) -> None:
    """The form of the page Assess leads to the plan, and the plan back to the form with the same facts."""
    cells = columns(case("m-aus-letter-unstated")) | {"id": "<b>"}
    answer = browser.post(f"/{lang}/plan", data=cells, headers={"accept": "text/html"})
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    assert "offer.qualificationsLetter" in answer.text and "<b>" not in answer.text
    known = {name: ";".join(words) for name, words in Page(answer.text).values.items()}
    assert {name: known[name] for name in cells} == cells
    report = browser.post(f"/{lang}/assess", data=known | {"do": "report"}, headers={"accept": "text/html"})
    assert f'formaction="/{lang}/plan"' in report.text


def test_other_routes(browser: TestClient) -> None:
    """A Peruvian whom the lists do not name reads of the other agreement, with a way to its source."""
    from test_routes import case as peruvian

    answer = browser.post("/en/plan", data=columns(peruvian()), headers={"accept": "text/html"})
    assert "F52" in answer.text and any("/en/sources/ircc-peru-fta" in link for link in Page(answer.text).links)


def test_wrong_form(browser: TestClient) -> None:
    answer = browser.post("/en/plan", data={"kind": "principal", "receivedOn": "yesterday"}, headers={"accept": "text/html"})
    assert answer.status_code == 400 and "receivedOn" in answer.text


@pytest.mark.parametrize("kind", ["principal", "spouse"])
def test_script(browser: TestClient, kg: CptppGraph, kind: str) -> None:
    """The script has every question on which a requirement turns, once, with its clause."""
    answer = browser.get(f"/fr/script?kind={kind}", headers={"accept": "text/html"})
    page = Page(answer.text)
    permits = {"principal": "permit-t52", "spouse": "permit-t53"}
    turning = {path for one in kg.lexicon.requirements[REQ + permits[kind]] for path in turned_on(kind, one.iri)}
    assert len(page.marked("answer")) == len(turning & field_table(kind).keys())
    assert any("/fr/sources/ircc" in link for link in page.links)
    assert browser.get("/en/script?rulebook=none", headers={"accept": "text/html"}).status_code == 400


def test_api(browser: TestClient) -> None:
    (plan,) = browser.post("/api/plan", json=case("m-aus-letter-unstated")).json()
    assert plan["proposals"][0]["changes"][0]["field"] == "offer.qualificationsLetter"
    asked = browser.post("/api/interview", json={"id": "x", "kind": "principal"}, params={"lang": "fr"}).json()
    assert asked["question"]["field"] == "applicant.citizenship" and not asked["settled"]
    wrong = browser.post("/api/interview", json={"id": "x", "kind": "principal"}, params={"not-known": "offer.rol"})
    assert wrong.status_code == 400 and "offer.role" in wrong.text
    passed = browser.post("/api/interview", json={"id": "x", "kind": "principal"}, params={"not-known": "applicant.citizenship"})
    assert passed.json()["question"]["field"] == "category"
