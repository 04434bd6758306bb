"""The pages of the sources: every line that is cited anywhere has its place there, marked with what is open about it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from cptpp_graph import CptppGraph
from cptpp_graph.catalogue import named_queries, shipped
from cptpp_graph.linking import agreement_of
from cptpp_graph.server import application, site
from cptpp_graph.words import term

HOST = "http://127.0.0.1:8000"
BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))
RULEBOOKS = [known[0] for known in shipped()["words"]["rulebook"].values()]
SOURCES = [known[0] for known in shipped()["words"]["source"].values()]
POINTS = [known[0] for known in shipped()["words"]["issue"].values()]

LINES = """SELECT DISTINCT ?source ?line WHERE {
  { ?s cptpp:inSource ?document ; cptpp:line ?line }
  UNION { ?s cptpp:entrySource ?document ; cptpp:line|cptpp:leadInLine ?line }
  UNION { ?whole cptpp:inSource ?document ; cptpp:levelRule/cptpp:line ?line }
  UNION { ?s cptpp:rulebook ?document ; cptpp:line ?line }
  ?document dcterms:identifier ?source } ORDER BY ?source ?line"""
SECTIONS = """SELECT DISTINCT ?source ?section WHERE {
  ?s cptpp:section ?section ; cptpp:inSource|cptpp:entrySource ?document . ?document dcterms:identifier ?source }"""


@pytest.fixture(scope="module")
def client(kg: CptppGraph) -> Iterator[TestClient]:
    with TestClient(application(kg), base_url=HOST, headers=BROWSER) as found:
        yield found


@cache
def answered(client: TestClient, address: str) -> tuple[int, str]:
    answer = client.get(address)
    return answer.status_code, answer.text


def page(client: TestClient, address: str) -> str:
    """The text of a page that is there."""
    status, text = answered(client, address)
    assert status == 200, address
    return text


def anchors(text: str) -> set[str]:
    return set(re.findall(r' id="([^"]*)"', text))


def links(text: str) -> set[str]:
    return {unescape(href) for href in re.findall(r' href="(/[^"]*|#[^"]*)"', text)}


def lost(client: TestClient, hrefs: set[str], here: str = "") -> list[str]:
    """The links that lead to no page, or to no place on it."""
    found = []
    for href in sorted(hrefs):
        address, _, place = href.partition("#")
        status, text = answered(client, address or here)
        if status != 200 or (place and place not in anchors(text)):
            found.append(href)
    return found


def words(text: str) -> str:
    """What a page says, without its marks."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", text)).split())


# ------------------------------------------------------------------ places to cite


def test_every_line_of_the_graph_has_its_anchor(client: TestClient, kg: CptppGraph) -> None:
    pairs = [(row.source, row.line) for row in kg.query(LINES)]  # type: ignore[union-attr]
    assert len(pairs) > 500
    assert [(s, n) for s, n in pairs if f"L{n}" not in anchors(page(client, f"/en/sources/{s}"))] == []


def test_every_section_of_the_graph_has_its_anchor(client: TestClient, kg: CptppGraph) -> None:
    pairs = [(row.source, row.section) for row in kg.query(SECTIONS)]  # type: ignore[union-attr]
    assert [(s, n) for s, n in pairs if site.anchor(n) not in anchors(page(client, f"/fr/sources/{s}"))] == []


@pytest.mark.parametrize("rulebook", RULEBOOKS)
def test_what_tables_cite_has_its_place(client: TestClient, kg: CptppGraph, rulebook: str) -> None:
    cited: set[str] = set()
    for name, query in named_queries().items():
        given = {p.name: p.example for p in query.parameters if p.required}
        given |= {"rulebook": rulebook} if "rulebook" in {p.name for p in query.parameters} else {}
        rows = site.rows(kg.ask(name, **given), "en", source=rulebook)
        cited |= {cell.href for row in rows for cell in row if cell.href and cell.href.startswith("/en/sources/")}
    assert len(cited) > 50
    for href in cited:
        address, _, place = href.partition("#")
        assert place in anchors(page(client, address)), href


@pytest.mark.parametrize("rulebook", RULEBOOKS)
def test_what_assessments_cite_has_its_place(client: TestClient, kg: CptppGraph, rulebook: str) -> None:
    found: list[dict[str, Any]] = []
    permits = shipped()["agreements"][agreement_of(term("rulebook", rulebook))]["permits"]
    for stated in [json.loads(path.read_text(encoding="utf-8"))["case"] for path in CASES[::30]]:
        if stated["kind"] in permits:
            assessed = kg.assess(stated, rulebook=rulebook).as_dict()
            found += [cite for about in (*assessed["findings"], *assessed["otherRoutes"]) for cite in about["cites"]]
    assert found
    for cite in found:
        address, _, place = site.cited("en", cite["source"], cite.get("line"), cite.get("section")).partition("#")
        assert not place or place in anchors(page(client, address)), cite


def test_ids_are_given_once(client: TestClient) -> None:
    for source in SOURCES:
        found = re.findall(r' id="([^"]*)"', page(client, f"/en/sources/{source}"))
        assert len(found) == len(set(found)), source


# ------------------------------------------------------------------ what the pages say


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_list_stands_as_printed(client: TestClient, kg: CptppGraph, lang: str) -> None:
    text = page(client, f"/{lang}/sources/ircc")
    printed = kg.ask("printed-list", country="PER", category="technician")
    assert all(f">{row.text}</span>" in text for row in printed)
    led = text[text.index('id="L395"') : text.index('id="L406"')]
    assert [int(n) for n in re.findall(r'id="L([0-9]+)"', led)] == list(range(395, 406)), "the nesting of the page"
    assert f'href="/{lang}/points/Q7"' in led
    assert '<span class="words" lang="en">supervisors</span>' in led, "words of the page are in its language"


def test_a_readmission_stands_within_its_exception(client: TestClient) -> None:
    text = page(client, "/en/sources/ircc")
    item = text[text.index('id="L380"') : text.index('id="L381"')]
    places = [
        item.index(part) for part in (">judges, lawyers and notaries<", '<ul class="lines">', ">foreign legal consultants<")
    ]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("lang", "expected"),
    [("en", ["express absence", "silence", "negative list"]), ("fr", ["absence expresse", "silence", "liste négative"])],
)
def test_where_there_is_no_list_its_kind_is_told(client: TestClient, lang: str, expected: list[str]) -> None:
    said = words(page(client, f"/{lang}/sources/ircc"))
    assert all(word in said for word in expected)


def test_an_amending_source_shows_what_stands_and_what_is_new(client: TestClient) -> None:
    new = page(client, "/en/sources/ircc-2024")
    assert 'href="/en/sources/ircc#L25"' in new, "what stands leads to where it is printed"
    assert 'href="/en/sources/ircc#L13"' in new and "Takes the place of" in new
    assert "Replaced in" in page(client, "/en/sources/ircc")


def test_provisions_tell_basis_and_spouses(client: TestClient) -> None:
    said = words(page(client, "/fr/sources/ircc"))
    assert "Fondement juridique : RIPR, alinéa 204a)" in said
    assert "Citoyens des pays suivants : Australie, Brunéi, Chili" in said
    assert "Résidents permanents des pays suivants : Australie" in said


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_all_sources_are_told_with_what_they_cover(client: TestClient, kg: CptppGraph, lang: str) -> None:
    text = page(client, f"/{lang}/sources")
    for row in kg.ask("sources", lang=lang):
        assert str(row.label) in unescape(text) and f'href="/{lang}/sources/{row.source}"' in text
    for row in kg.ask("commitments", lang=lang):
        assert not row.section or site.cited(lang, "ircc", row.line, row.section) in links(text)
    silences = [row.country or row.requirement for row in kg.ask("silences", rulebook="canadavisa", lang=lang)]
    assert all(str(name) in unescape(text) for name in silences)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_open_points(client: TestClient, kg: CptppGraph, lang: str) -> None:
    text = page(client, f"/{lang}/points")
    assert all(f'href="/{lang}/points/{code}"' in text for code in POINTS)
    for code in POINTS:
        said = words(page(client, f"/{lang}/points/{code}"))
        readings = kg.ask("readings", issue=code, lang=lang)
        assert all(words(str(row.reading)) in said and words(str(row.consequence)) in said for row in readings)
        assert all(f"{row.confidence:f}" in said for row in readings), "each with its weight"


# ------------------------------------------------------------------ links, and wrong addresses


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize(
    "address", ["/sources", "/sources/mfat", "/sources/treaty-status", "/points", "/points/Q6", "/points/D7"]
)
def test_links_lead_somewhere(client: TestClient, lang: str, address: str) -> None:
    here = f"/{lang}{address}"
    assert lost(client, links(page(client, here)), here) == []


@pytest.mark.parametrize("rulebook", RULEBOOKS)
def test_links_of_a_rulebook_lead_somewhere(client: TestClient, kg: CptppGraph, rulebook: str) -> None:
    here = f"/en/sources/{rulebook}"
    found = links(page(client, here))
    within = {href for href in found if href.startswith(("#", "/en/sources", "/en/points", "/en/explore"))}
    lined = any(row.line for row in kg.ask("source-statements", document=rulebook))
    assert len(within) > (100 if lined else 15)
    for href in within:
        address, _, place = href.partition("#")
        assert not place or place in anchors(page(client, address or here)), href
    assert lost(client, set(sorted(found - within)[::15])) == []


@pytest.mark.parametrize(("address", "near"), [("/sources/irc", "ircc"), ("/points/Q99", "Q"), ("/sources/%3Cb%3E", "Known")])
def test_an_unknown_one_is_not_found(client: TestClient, address: str, near: str) -> None:
    answer = client.get(f"/en{address}")
    assert answer.status_code == 404
    assert near in words(answer.text) and "<b>" not in answer.text
