"""The pages in a real browser: each page's main task by clicks and keys, in both languages, with nothing asked of elsewhere."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
ARGUMENTS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update"
CASES = Path(__file__).parent / "cases"
AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
SIZES = {"desk": (1280, 900), "telephone": (390, 844)}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here; name one in CHROMIUM"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS.split())
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    """A page that notes what it asks for and what it complains of; both must be innocent at the end."""
    context = browser.new_context(base_url=server, viewport={"width": 1280, "height": 900}, accept_downloads=True)
    context.set_default_timeout(10_000)
    found = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    found.on("request", lambda request: asked.append(request.url))
    found.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    found.on("pageerror", lambda error: complaints.append(str(error)))
    yield found
    context.close()
    here = urlsplit(server).netloc
    assert [url for url in asked if urlsplit(url).netloc != here and not url.startswith(("data:", "blob:"))] == []
    assert complaints == []


def case(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))["case"]
    return found


# ------------------------------------------------------------------ every page

PAGES = [
    "",
    "explore",
    "explore?country=JPN&category=technician",
    "occupations?q=plumber",
    "occupations/2021/72300",
    "assess",
    "ask",
    "ask/spouses",
    "ask/occupations?country=AUS&category=technician",
    "sources",
    "sources/ircc",
    "points",
    "points/Q6",
    "picture",
]


LARGE = {"sources/ircc", "points", "explore?country=JPN&category=technician", "ask/occupations?country=AUS&category=technician"}


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_page_is_accessible(page: Page, lang: str, path: str) -> None:
    """axe-core finds nothing serious, and on a desk and a telephone nothing reaches beyond the side.

    The markup of the vendored editor is not ours; without scripts a plain field stands in its place.
    """
    if lang != "en" and path in LARGE:
        pytest.skip("of the same template as the English page, and axe needs long for it")
    page.goto(f"/{lang}/{path}")
    page.wait_for_load_state("networkidle")
    assert page.locator("html").get_attribute("lang") == lang and page.locator("h1").count() == 1
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "axe.run({exclude: ['.yasgui']}, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    grave = [
        (one["id"], one["impact"], [node["html"][:150] for node in one["nodes"]][:3])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert grave == []
    for width, height in SIZES.values():
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1"), width


def test_the_language_is_switched_on_the_same_page(page: Page) -> None:
    page.goto("/en/explore?country=JPN&category=technician")
    page.click("a.language")
    expect(page).to_have_url(re.compile(r"/fr/explore\?.*country=JPN"))
    expect(page.locator("h1")).to_contain_text("xplor")


# ------------------------------------------------------------------ each page's task


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_explore(page: Page, lang: str) -> None:
    page.goto(f"/{lang}/explore")
    page.select_option("[name=country]", "PER")
    page.select_option("[name=category]", "technician")
    page.locator("main form", has=page.locator("[name=country]")).locator("button").first.click()
    row = page.locator("tr", has_text="72200")
    expect(row).to_be_visible()
    row.locator("a[href*='/sources/ircc#L']").first.click()
    expect(page).to_have_url(re.compile("/sources/ircc#L"))
    expect(page.locator(":target")).to_be_visible()


@pytest.mark.parametrize("lang, word", [("en", "plumber"), ("fr", "plombier")])
def test_search_as_you_type(page: Page, lang: str, word: str) -> None:
    page.goto(f"/{lang}/explore")
    page.locator("input[name=q]").first.press_sequentially(word, delay=30)
    link = page.locator("a[href*='/occupations/2021/72300']").first
    expect(link).to_be_visible()
    link.click()
    expect(page.locator("h1")).to_contain_text("72300")


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_ask(page: Page, lang: str) -> None:
    page.goto(f"/{lang}/ask")
    page.evaluate(
        "void window.yasgui.getTab().setQuery('SELECT ?code { ?p a cptpp:Party ; skos:notation ?code } ORDER BY ?code')"
    )
    page.click(".yasqe_queryButton")
    expect(page.locator(".yasr .dataTable, .yasr table").first).to_contain_text("AUS")


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_picture(page: Page, lang: str) -> None:
    page.goto(f"/{lang}/picture")
    page.wait_for_function("window.cy && window.cy.nodes().length > 40")
    assert page.evaluate("window.cy.edges().length") > 60
    page.evaluate("void window.cy.nodes('[kind = \"party\"]')[0].emit('tap')")
    expect(page).to_have_url(re.compile("/id/party/"))
    expect(page.locator("html")).to_have_attribute("lang", lang)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_sources(page: Page, lang: str) -> None:
    page.goto(f"/{lang}/sources")
    page.locator("main a[href$='/sources/ircc']").first.click()
    page.locator("a[href*='/points/Q6']").first.click()
    expect(page.locator("h1")).to_contain_text("Q6")


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_assess_by_keys(page: Page, lang: str, tmp_path: Path) -> None:
    """What matters is asked step by step; the report cites; the case is saved, and loaded it gives the same report."""
    page.goto(f"/{lang}/assess")
    page.locator("[name='applicant.citizenship'][value=AUS]").focus()
    page.keyboard.press("Space")
    page.locator("[name=category][value=technician]").focus()
    page.keyboard.press("Space")
    page.fill("[name=receivedOn]", "2023-07-01")
    page.fill("input[name='offer.occupation'][type=text]", "noc2021:72400")
    page.keyboard.press("Enter")
    strip = page.locator("section.strip .badge")
    expect(strip).to_have_class(re.compile("does-not-qualify"))
    page.locator("button[name=do][value=report]").click()
    expect(page.locator("main")).to_contain_text(re.compile("line [0-9]+|ligne [0-9]+"))
    with page.expect_download() as download:
        page.locator("button[name=do][value=json]").click()
    saved = tmp_path / "saved.json"
    download.value.save_as(saved)
    assert json.loads(saved.read_text(encoding="utf-8"))["applicant"] == {"citizenship": ["AUS"]}
    report = page.locator("main h1").inner_text()
    page.goto(f"/{lang}/assess")
    page.set_input_files("input[name=file]", saved)
    page.locator("form[action$='/assess/load'] button").click()
    page.locator("button[name=do][value=report]").click()
    expect(page.locator("main h1")).to_have_text(report)
    expect(page.locator("main .badge").first).to_have_class(re.compile("does-not-qualify"))
