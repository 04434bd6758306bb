"""The pages on occupations: lists, comparisons, search, one occupation, and why it stands as it does."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from cptpp_graph import CptppError, CptppGraph
from cptpp_graph.server import application
from tests.test_page_sources import BROWSER, HOST, links, lost, words

CATEGORIES = ("professional", "technician")


@pytest.fixture(scope="module")
def client(kg: CptppGraph) -> Iterator[TestClient]:
    with TestClient(application(kg), base_url=HOST, headers=BROWSER) as found:
        yield found


def explored(client: TestClient, lang: str = "en", **given: str) -> str:
    answer = client.get(f"/{lang}/explore", params={name.replace("_", "-"): value for name, value in given.items()})
    assert answer.status_code == 200
    return answer.text


def table_rows(text: str) -> list[str]:
    return re.findall(r"<tr[^>]*>(.*?)</tr>", text.partition("<tbody>")[2], re.DOTALL)


def link(text: str, name: str) -> str:
    found = re.search(rf'href="([^"]*)">{name}<', text)
    assert found, name
    return unescape(found[1])


# ------------------------------------------------------------------ a list


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_list_is_shown_as_the_graph_answers(client: TestClient, kg: CptppGraph, lang: str) -> None:
    text = explored(client, lang, country="PER", category="technician")
    expected = kg.ask("occupations", country="PER", category="technician", lang=lang)
    shown = table_rows(text)
    assert len(shown) == len(expected) > 30
    named = {"permitted": "admise", "conditional": "sous condition", "unclear": "incertaine"}
    for row, html in zip(expected, shown, strict=True):
        status = str(row.status) if lang == "en" else named[str(row.status)]
        said = words(html)
        assert said.startswith(f"{row.code} {row.title} {status} ")
        assert " ".join(str(row.phrase).split()) in said and f"{row.confidence:f}" in said
        assert "".join(str(row.condition).split()) in "".join(said.split())
        assert f'href="/{lang}/sources/ircc#L{row.line}"' in html
        assert f'href="/{lang}/occupations/2021/{row.code}"' in html
    for status, count in Counter(str(row.status) for row in expected).items():
        assert f'<li class="{status}"><strong>{count}</strong>' in text


def test_a_day_an_edition_and_a_source_count(client: TestClient, kg: CptppGraph) -> None:
    for given in ({"on": "2022-11-15"}, {"edition": "2016"}, {"rulebook": "canadavisa"}):
        text = explored(client, country="MEX", category="technician", **given)
        expected = kg.ask("occupations", country="MEX", category="technician", **given)
        assert [str(row.code) for row in expected] == re.findall(r'<td class="code"><a[^>]*>([0-9]+)<', text)
        assert f'href="/en/sources/{given.get("rulebook", "ircc")}#L' in text


def test_without_a_category_both_lists_are_shown(client: TestClient) -> None:
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", explored(client, country="AUS")) == [
        "Professionals of Australia",
        "Technicians of Australia",
    ]


def test_without_a_country_all_lists_are_counted(client: TestClient, kg: CptppGraph) -> None:
    rows = [words(row) for row in table_rows(explored(client, "fr"))]
    expected = kg.ask("coverage-by-country", rulebook="ircc", lang="fr")
    names = ("countryName", "categoryName", "year", "permitted", "conditional", "unclear", "denied")
    assert rows == [" ".join(str(row[name]) for name in names) for row in expected]


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize(
    "given",
    [
        {"country": "NZL", "category": "technician", "rulebook": "ircc-2024"},
        {"country": "MYS", "category": "technician"},
        {"country": "BRN", "category": "technician"},
        {"country": "PER", "category": "technician", "on": "2020-01-01"},
        {"country": "AUS", "category": "technician", "rulebook": "canadavisa", "edition": "2021"},
    ],
)
def test_where_nothing_comes_it_says_why(client: TestClient, kg: CptppGraph, lang: str, given: dict[str, str]) -> None:
    text = explored(client, lang, **given)
    reasons = kg.ask("why-no-occupations", **given, lang=lang)
    assert reasons and all(words(str(row.reason)) in words(text) for row in reasons)
    assert "<table" not in text


def test_the_same_in_other_forms(client: TestClient, kg: CptppGraph) -> None:
    text = explored(client, "fr", country="JPN", category="technician", on="2022-11-15")
    expected = kg.occupations("JPN", "technician", on="2022-11-15", lang="fr")
    table = client.get(link(text, "CSV"))
    assert table.headers["content-type"].startswith("text/csv") and table.text == expected.write("csv")
    assert [row["code"] for row in client.get(link(text, "JSON")).json()] == [row.code for row in expected]
    asked = parse_qs(urlsplit(link(text, "poser cette question en SPARQL")).query)["query"][0]
    assert [row.code for row in kg.query(asked)] == [row.code for row in expected]  # type: ignore[union-attr]


# ------------------------------------------------------------------ comparisons


def differing(text: str) -> list[str]:
    return re.findall(r'<tr class="differs"><th scope="row">([0-9]+) ', text)


def counted(text: str) -> int:
    found = re.search(r"Different: ([0-9]+)", text)
    assert found
    return int(found[1])


@pytest.mark.parametrize(("one", "other"), [("AUS", "JPN"), ("PER", "MEX"), ("CHL", "AUS"), ("MYS", "BRN")])
@pytest.mark.parametrize("category", CATEGORIES)
def test_countries_differ_as_the_query_says(client: TestClient, kg: CptppGraph, one: str, other: str, category: str) -> None:
    text = explored(client, country=one, category=category, other_country=other)
    both = [kg.ask("occupations", country=country, category=category) for country in (one, other)]
    if not all(both):
        assert "nothing to compare" in text and not differing(text)
        return
    expected = [row.code for row in kg.ask("compare-countries", country=one, other=other, category=category)]
    assert differing(text) == expected and counted(text) == len(expected)
    shown = re.findall(r'<tr[^>]*><th scope="row">([0-9]+) ', text)
    assert sorted(shown) == sorted({str(row.code) for rows in both for row in rows}), "each occupation once, on either side"


@pytest.mark.parametrize("country", ["AUS", "JPN", "MEX"])
def test_sources_differ_as_the_query_says(client: TestClient, kg: CptppGraph, country: str) -> None:
    text = explored(client, country=country, category="technician", other_rulebook="canadavisa")
    given = {"rulebook": "ircc", "other": "canadavisa", "country": country, "category": "technician"}
    expected = {str(row.code) for row in kg.ask("compare-rulebooks", **given)}
    assert expected <= set(differing(text)), "those that differ in their status"
    here = {r.code: r for r in kg.ask("occupations", country=country, category="technician", edition="2016")}
    there = {
        r.code: r for r in kg.ask("occupations", country=country, category="technician", edition="2016", rulebook="canadavisa")
    }
    rest = set(differing(text)) - expected
    assert all(here[c].status == there[c].status and here[c].condition != there[c].condition for c in rest), "or in the condition"
    assert "NOC 2016" in text, "the edition that both know"


@pytest.mark.parametrize(
    ("on", "other"), [("2022-11-15", "2022-11-16"), ("2023-01-01", "2024-01-01"), ("2022-11-20", "2022-11-10")]
)
@pytest.mark.parametrize("country", ["JPN", "AUS", "CHL"])
def test_days_differ_as_the_query_says(client: TestClient, kg: CptppGraph, country: str, on: str, other: str) -> None:
    text = explored(client, country=country, category="technician", on=on, other_on=other)
    both = [kg.ask("occupations", country=country, category="technician", on=day) for day in (on, other)]
    if not all(both):
        assert "nothing to compare" in text and not differing(text)
        return
    expected = kg.ask("compare-dates", country=country, category="technician", on=on, other=other)
    assert differing(text) == [row.code for row in expected] and counted(text) == len(expected)


# ------------------------------------------------------------------ wrong input


@pytest.mark.parametrize(
    "given",
    [
        {"country": "Atlantis"},
        {"country": "FRA", "category": "technician"},
        {"country": "AUS", "category": "plumber"},
        {"country": "AUS", "on": "2022-02-30"},
        {"country": "AUS", "rulebook": "<b>"},
        {"country": "AUS", "other-on": "2022-11-16"},
        {"country": "AUS", "other-country": "JPN", "other-rulebook": "canadavisa"},
    ],
)
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_wrong_input_stands_above_the_form(client: TestClient, kg: CptppGraph, lang: str, given: dict[str, str]) -> None:
    answer = client.get(f"/{lang}/explore", params=given)
    assert answer.status_code == 400 and 'name="country"' in answer.text and "<b>" not in answer.text
    said = words(answer.text[answer.text.index('role="alert"') :])
    try:
        kg.ask("occupations", **{"category": "technician", **given})
    except CptppError as error:
        if "parameter" not in error.wrong:
            assert all(" ".join(line.split()) in said for line in error.told(lang)), "the words of the command line"


# ------------------------------------------------------------------ search


@pytest.mark.parametrize(("lang", "title"), [("en", "Plumbers"), ("fr", "Plombiers/plombières")])
@pytest.mark.parametrize("text", ["plombier", "plumber", "  plumbers "])
def test_search_in_both_languages(client: TestClient, lang: str, title: str, text: str) -> None:
    found = client.get(f"/{lang}/occupations", params={"q": text}).text
    first = re.findall(r'<li><a href="([^"]*)"><span class="code">([0-9]+)</span> ([^<]*)<', found)[0]
    assert first == (f"/{lang}/occupations/2021/72300", "72300", title)
    assert 'role="status"' in found and 'name="q"' in found


def test_search_by_code(client: TestClient) -> None:
    assert re.findall(r'class="code">([0-9]+)<', client.get("/fr/occupations?q=72300").text) == ["72300"]
    several = re.findall(r'class="code">([0-9]+)<', client.get("/en/occupations?q=723").text)
    assert "72300" in several and len(several) > 1 and all(code.startswith("723") for code in several)


@pytest.mark.parametrize("text", ["", "zzzzqqq", "<script>alert(1)</script>", "\x00", "é" * 5000, "%"])
def test_search_for_what_is_not_there(client: TestClient, text: str) -> None:
    answer = client.get("/en/occupations", params={"q": text})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


def test_explore_searches_as_one_types(client: TestClient) -> None:
    text = explored(client)
    assert 'data-found="found"' in text and 'id="found"' in text and 'src="/static/explore.js"' in text
    assert client.get("/static/explore.js").status_code == 200


# ------------------------------------------------------------------ one occupation


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize(("year", "code"), [("2021", "72200"), ("2021", "41101"), ("2016", "2131")])
def test_an_occupation_across_countries(client: TestClient, kg: CptppGraph, lang: str, year: str, code: str) -> None:
    text = client.get(f"/{lang}/occupations/{year}/{code}").text
    said, occupation = words(text), f"noc{year}:{code}"
    for row in kg.ask("occupation-profile", occupation=occupation, lang=lang):
        assert f"{row.code} {row.title}" in said
    stands = kg.ask("commitments-for-occupation", occupation=occupation, lang=lang)
    for row in stands:
        assert f'href="/{lang}/sources/ircc#L{row.line}"' in text and str(row.inForce) in said and str(row.window) in said
        assert (
            f"/{lang}/why?country={row.countryCode}&amp;category={row.category}&amp;occupation={occupation}&amp;rulebook=ircc"
            in text
        )
    for row in kg.ask("successors", occupation=occupation, lang=lang):
        assert f'href="/{lang}/occupations/{row.year}/{row.code}"' in text and str(row.title) in said
    for row in kg.ask("regulation", occupation=occupation, lang=lang):
        assert str(row.regulated) in said and str(row.provinceName) in said
    for row in kg.ask("trades", occupation=occupation, lang=lang):
        assert str(row.trade) in said and str(row.provinceName) in said


def test_an_occupation_under_another_source(client: TestClient, kg: CptppGraph) -> None:
    text = client.get("/en/occupations/2016/7241?rulebook=canadavisa").text
    stands = kg.ask("commitments-for-occupation", occupation="noc2016:7241", rulebook="canadavisa")
    assert len(stands) == len(re.findall(r'class="badge', text)) > 0
    assert all(f'href="/en/sources/canadavisa#L{row.line}"' in text for row in stands)


@pytest.mark.parametrize("path", ["2021/99999", "2021/2131", "2050/21300", "2021/abc", "2021/7220"])
def test_an_unknown_occupation_is_not_found(client: TestClient, path: str) -> None:
    answer = client.get(f"/en/occupations/{path}")
    assert answer.status_code == 404 and "This cannot be answered" in answer.text


# ------------------------------------------------------------------ why


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize(
    ("country", "category", "code"),
    [("PER", "technician", "72200"), ("AUS", "professional", "41101"), ("JPN", "professional", "41400")],
)
def test_why_from_the_conclusion_to_the_source(
    client: TestClient, kg: CptppGraph, lang: str, country: str, category: str, code: str
) -> None:
    given = {"country": country, "category": category, "occupation": f"noc2021:{code}", "rulebook": "ircc"}
    text = client.get(f"/{lang}/why", params=given).text
    steps = kg.ask("provenance", **given, lang=lang)
    kinds = re.findall(r'<p class="sort"><a[^>]*>([^<]*)<', text)
    assert kinds == [row.kind for row in steps] and kinds[-1] == "source"
    assert all(words(str(row.text)) in words(text) for row in steps)
    assert all(not row.line or f'href="/{lang}/sources/ircc#L{row.line}"' in text for row in steps)


def test_why_not(client: TestClient) -> None:
    given = {"country": "MYS", "category": "technician", "occupation": "noc2021:72200"}
    text = client.get("/en/why", params=given).text
    assert "neither admits nor excepts" in text and "expressly" in text and "TEER 2" in text


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"country": "XX", "category": "technician", "occupation": "72200"},
        {"country": "AUS", "occupation": "72200"},
        {"country": "AUS", "category": "technician", "occupation": "99999"},
    ],
)
def test_why_asked_wrongly(client: TestClient, given: dict[str, Any]) -> None:
    assert client.get("/en/why", params=given).status_code == 400


# ------------------------------------------------------------------ links


@pytest.mark.parametrize(
    "address",
    [
        "/explore",
        "/explore?country=BRN",
        "/explore?country=MEX&category=technician&other-rulebook=canadavisa",
        "/explore?country=AUS&category=technician&rulebook=ircc-2024",
        "/occupations?q=plombier",
        "/occupations/2021/72200",
        "/why?country=PER&category=technician&occupation=noc2021:72200",
    ],
)
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_links_lead_somewhere(client: TestClient, lang: str, address: str) -> None:
    here = f"/{lang}{address}"
    found = sorted(links(client.get(here).text))
    every = [href for href in found if "/sources/" in href or "/points/" in href]
    assert lost(client, {*every[:40], *found[:: max(1, len(found) // 25)]}, here) == []
