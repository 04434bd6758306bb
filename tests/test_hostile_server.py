"""Strangers at the server: whatever a parameter or a body holds, the answer is a verdict or a problem, never a failure."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient
from test_hostile import HERE, MADE, ROWS

from cptpp_graph import CptppGraph
from cptpp_graph.server import api, application
from cptpp_graph.terms import LANGUAGES

HOST = "http://127.0.0.1:8000"
WORDS = (
    "",
    "\x00",
    "\u202e\ufeff",
    "../../../../etc/passwd",
    "file:///etc/passwd",
    "https://example.org/",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}${7*7}%{7*7}",
    '" } INSERT DATA { <urn:a> <urn:b> <urn:c> } #',
    "1e400",
    "-1",
    "9" * 400,
    "٢٠٢٢-١١-١٥",
    "x" * 5_000,
    "(a+)+$",
)
PAGES = {
    "explore": "country category rulebook on edition other-country other-rulebook other-on q",
    "occupations": "q",
    "occupations/2021/21300": "rulebook",
    "occupations/2021/x": "rulebook",
    "why": "country category rulebook on code",
    "assess": "kind rulebook id receivedOn offer.occupation do",
    "household": "kind rulebook text",
    "script": "kind rulebook",
    "ask": "query",
    "ask/spouses": "rulebook lang",
    "sources": "rulebook",
    "sources/ircc": "party category",
    "points": "kind",
    "points/Q6": "rulebook",
    "ledgers": "q",
    "ledgers/diff": "from to rulebook country category part",
    "ledgers/disagreements": "lang",
    "ledgers/phrases": "words edition threshold",
    "ledgers/clinic": "lang",
    "picture": "party",
}


@pytest.fixture(scope="module")
def client(kg: CptppGraph) -> Iterator[TestClient]:
    with TestClient(application(kg), base_url=HOST) as found:  # a failure in the server is one of the test
        yield found


def harmless(answer: Any, word: str = "") -> None:
    assert answer.status_code < 500, answer.text[:300]
    if answer.headers.get("content-type", "").startswith("text/html"):
        assert "<script>alert" not in answer.text and "<img src=x" not in answer.text, word
    assert "root:" not in answer.text


def test_no_word_upsets_an_operation(client: TestClient, kg: CptppGraph) -> None:
    words = itertools.cycle(WORDS)
    for operation in api.operations(kg):
        if operation.takes_cases:
            continue
        given = {p.name: p.example or p.default or "x" for p in operation.parameters if p.required}
        for parameter in operation.parameters:
            for word in itertools.islice(words, 5):
                asked = given | {parameter.name: word}
                path = operation.path.replace("{code}", "x" if "code" in operation.in_path else "")
                harmless(client.get(f"/api{path}", params={k: v for k, v in asked.items() if k not in operation.in_path}), word)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_word_upsets_a_page(client: TestClient, lang: str) -> None:
    words = itertools.cycle(WORDS)
    for page, names in PAGES.items():
        for name in names.split():
            for word in itertools.islice(words, 5):
                harmless(client.get(f"/{lang}/{page}", params={name: word}, headers={"accept": "text/html"}), word)


def test_what_the_command_refuses_every_operation_refuses(client: TestClient, kg: CptppGraph) -> None:
    """Each small hostile file that assess refuses is sent to one of the operations that take cases, in turn."""
    paths = itertools.cycle(one.path for one in api.operations(kg) if one.takes_cases)
    media = {form: name for name, form in api.CASES.items()}
    sent = 0
    for row in ROWS:
        file = HERE / row.file
        if row.exit not in (2, 3) or not row.command.startswith("assess {}") or row.file.startswith(MADE) or " --" in row.command:
            continue
        kind = media.get(file.suffix.lstrip("."))
        if kind and file.is_file():
            answer = client.post(f"/api{next(paths)}", content=file.read_bytes(), headers={"content-type": kind})
            harmless(answer)
            assert answer.status_code >= 400, row
            sent += 1
    assert sent > 100
