"""The page Assess, as a browser without JavaScript uses it: fields filled in, buttons pressed, nothing else known."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from forms import as_csv, columns, stated
from starlette.testclient import TestClient

from cptpp_graph import CptppGraph, intake, syntaxes
from cptpp_graph.catalogue import shipped
from cptpp_graph.errors import CptppError, say
from cptpp_graph.report import View
from cptpp_graph.server import application
from cptpp_graph.server.casefields import NONE, START, UNKNOWN
from cptpp_graph.terms import COLON, LANGUAGES

CASES = Path(__file__).parent / "cases"
SITE = Path(__file__).parents[1] / "cptpp_graph" / "templates" / "site"
BEGUN = {
    "applicant.citizenship": "AUS",
    "category": "professional",
    "receivedOn": "2023-10-01",
    "offer.occupation": "noc2021:21300",
}


def case(name: str) -> dict[str, Any]:
    return stated(CASES / f"{name}.json")


@pytest.fixture(scope="module")
def browser(kg: CptppGraph) -> Iterator[TestClient]:
    with TestClient(application(kg), base_url="http://127.0.0.1:8000", headers={"accept": "text/html"}) as client:
        yield client


class Page(HTMLParser):
    """A page: what its form would send, which fields it asks for and under what, its links, ids, marked texts."""

    VOID = ("input", "link", "meta", "br")

    def __init__(self, html: str, form: str = "case") -> None:
        super().__init__()
        self.html, self.form = html, form
        self.values: dict[str, list[str]] = {}
        self.choices: dict[str, set[str]] = {}
        self.asked: dict[str, str] = {}
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.texts: list[tuple[dict[str, str], str]] = []
        self._open: list[tuple[str, dict[str, str]]] = []
        self._numbers: list[int] = []
        self._select = ""
        self.feed(html)
        assert not self._open, f"not closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            assert given["id"] not in self.ids, f"two elements are called {given['id']}"
            self.ids.add(given["id"])
        if tag == "a":
            self.links.append(given["href"])
        if tag not in self.VOID:
            self._open.append((tag, given))
            self._numbers.append(len(self.texts))
            self.texts.append((given, ""))
        if tag in ("input", "select", "option") and any(one.get("id") == self.form for _, one in self._open):
            self._control(tag, given)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        if tag == "select":
            self._select = given["name"]
            return
        name, kind = given.get("name", self._select), given.get("type", "")
        sections = [one.get("id", "").removeprefix("q-") for _, one in self._open if one.get("class") == "todo"]
        if sections:
            self.asked.setdefault(name, sections[0])
        if tag == "option" or kind in ("radio", "checkbox"):
            self.choices.setdefault(name, set()).add(given.get("value", ""))
        chosen = {"radio": "checked", "checkbox": "checked"}.get(kind, "selected" if tag == "option" else "value")
        if chosen in given and given["value"]:
            self.values.setdefault(name, []).append(given["value"])

    def handle_endtag(self, tag: str) -> None:
        assert self._open and self._open[-1][0] == tag, f"</{tag}> closes {self._open[-1:]}"
        self._open.pop()
        self._numbers.pop()

    def handle_data(self, data: str) -> None:
        for number in self._numbers:
            self.texts[number] = (self.texts[number][0], self.texts[number][1] + data)

    def marked(self, cls: str) -> list[str]:
        """The texts of the elements of a class."""
        return [" ".join(text.split()) for given, text in self.texts if cls in given.get("class", "").split()]

    @property
    def findings(self) -> list[str]:
        return self.marked("finding")

    @property
    def outcome(self) -> str:
        return next(given["class"].split()[-1] for given, _ in self.texts if "badge" in given.get("class", "").split())


def pressed(browser: TestClient, page: Page, lang: str, button: str = "", **fields: str) -> Page:
    """The page after fields were filled in and a button was pressed."""
    known = page.values | {name: [word] for name, word in fields.items() if word}
    answer = browser.post(f"/{lang}/assess", data=known | {"do": button})
    assert answer.status_code == 200, answer.text[-3000:]
    assert answer.headers["cache-control"] == "no-store"
    return Page(answer.text)


def interviewed(browser: TestClient, stated: dict[str, Any], lang: str) -> tuple[Page, list[dict[str, str]]]:
    """The report to which answering what is asked leads, and what was asked for at each step: field to requirement."""
    cells = columns(stated)
    page = Page(browser.get(f"/{lang}/assess?kind={cells['kind']}").text)
    assert set(START[cells["kind"]]) <= set(page.asked)
    page = pressed(browser, page, lang, **{path: cells.get(path, UNKNOWN) for path in START[cells["kind"]]})
    trail = []
    while not page.findings:
        asked = {
            path: requirement for path, requirement in page.asked.items() if path != "offer.jobTitle" and "pick." not in path
        }
        assert asked, "no question and no report"
        assert len(trail) < 9, trail
        assert not set(asked) & {path for step in trail for path in step}, "asked twice"
        for path in asked:  # what is answered can be chosen
            words = cells.get(path, UNKNOWN).split(";")
            assert path not in page.choices or set(words) <= page.choices[path] or page.choices[path] == {UNKNOWN}
        trail.append(asked)
        page = pressed(browser, page, lang, **{path: cells.get(path, UNKNOWN) for path in asked})
    return page, trail


def reported(kg: CptppGraph, stated: dict[str, Any], lang: str) -> tuple[str, list[tuple[str, str]]]:
    """What an assessment of the whole case says: the outcome, and each requirement's heading and message."""
    found = kg.assess(stated, lang=lang)
    view = View(kg.lexicon, found)
    return found.outcome, [(f"{view.requirement(f.requirement)}{view.colon}{view.heading(f)}", f.message) for f in found.findings]


# ------------------------------------------------------------------ the interview

INTERVIEWS = (
    "p01 d12 i04 i15 m-aus-law-judge m-brn-geoscientist-core-service m-ind-engineer m-jpn-degree-not-equivalent p09 "
    "m-mys-engineer m-per-drilling-contractor s20 m-spouse-chl-technician"
).split()


@pytest.mark.parametrize("name", INTERVIEWS)
def test_answering_what_is_asked_leads_to_the_findings_of_the_whole_case(kg: CptppGraph, browser: TestClient, name: str) -> None:
    lang = LANGUAGES[INTERVIEWS.index(name) % 2]
    whole = case(name)
    outcome, findings = reported(kg, whole, lang)
    page, trail = interviewed(browser, whole, lang)
    assert page.outcome == outcome
    assert len(page.findings) == len(findings)
    for shown, (heading, message) in zip(page.findings, findings, strict=True):
        assert shown.startswith(" ".join(f"{heading} {message}".split()))
    judged = {f.requirement for f in kg.assess(whole).findings if f.outcome != "not-applicable"}
    assert {requirement for step in trail for requirement in step.values()} <= judged


def test_both_languages_ask_the_same(browser: TestClient) -> None:
    trails = [interviewed(browser, case("p23"), lang)[1] for lang in LANGUAGES]
    assert trails[0] == trails[1] != []


@pytest.mark.parametrize(
    ("name", "needless"),
    [
        ("m-not-regulated", ["licensing.licence", "licensing.examAfterEntry", "offer.qualificationsLetter"]),
        ("p01", ["applicant.permanentResidence", "education.country", "offer.role", "education.japaneseAssociateDegree"]),
        ("s01", ["principal.permanentResidence", "principal.permitMonths", "spouse.citizenship"]),
        ("m-spouse-aus-technician", ["principal.permanentResidence"]),
        ("m-ind-engineer", ["offer.cashPayMeetsPrevailingWage", "education.yearsOfStudy", "experience.paidYearsInSector"]),
    ],
)
def test_what_no_finding_needs_is_not_asked(browser: TestClient, name: str, needless: list[str]) -> None:
    _, trail = interviewed(browser, case(name), "en")
    assert trail and not set(needless) & {path for step in trail for path in step}


def test_what_a_listed_permission_presumes_is_asked(browser: TestClient) -> None:
    """A researcher outside an academic entity is not admitted, though the code alone would be."""
    page, trail = interviewed(browser, case("p09"), "en")
    assert [step for step in trail if "offer.jobFunction" in step] and [
        step for step in trail if "offer.academicEmployer" in step
    ]
    assert page.outcome == "does-not-qualify"


def test_the_outcome_so_far_shows_from_the_first_answer(browser: TestClient) -> None:
    begin = Page(browser.get("/en/assess").text)
    assert not begin.marked("strip")
    page = pressed(browser, begin, "en", **BEGUN)
    assert page.marked("strip")[0].startswith("Outcome so far: cannot be determined")
    assert "Citizenship: Australia change" in " ".join(page.marked("chips")).replace("  ", " ")
    assert "met" in page.marked("states")[0]
    failed = pressed(browser, begin, "en", **BEGUN | {"applicant.citizenship": "India", "applicant.permanentResidence": NONE})
    assert "As stated, the case fails on: nationality" in failed.marked("strip")[0]


def test_the_report_can_be_had_at_once_and_left_again(browser: TestClient) -> None:
    begun = pressed(browser, Page(browser.get("/fr/assess").text), "fr", **BEGUN)
    report = pressed(browser, begun, "fr", "report")
    assert report.findings and "Revenir aux questions (8)" in report.html
    assert pressed(browser, report, "fr").asked == begun.asked


def test_a_whole_case_can_be_stated_at_once(kg: CptppGraph, browser: TestClient) -> None:
    begin = Page(browser.get("/en/assess").text)
    leaves = {path for path, one in intake.field_table("principal").items() if "fields" not in one}
    named = set(begin.choices) | set(re.findall(r'name="([^"]+)"', begin.html))
    assert leaves <= named
    cells = {path: word for path, word in columns(case("p01")).items() if path != "kind"}
    assert pressed(browser, begin, "en", **cells).outcome == kg.assess(case("p01")).outcome


def test_an_answer_can_be_changed(browser: TestClient) -> None:
    page, _ = interviewed(browser, case("p01"), "en")
    assert page.outcome == "qualifies"
    assert pressed(browser, page, "en", **{"offer.complianceFeePaid": "false"}).outcome == "does-not-qualify"
    other = pressed(browser, page, "en", rulebook="canadavisa")
    assert "rulebook canadavisa" in other.html


def test_a_title_leads_to_codes(browser: TestClient) -> None:
    begin = Page(browser.get("/fr/assess").text)
    found = pressed(browser, begin, "fr", "find", **{"offer.jobTitle": "plombier", "applicant.citizenship": "MEX"})
    picks = {name: words for name, words in found.choices.items() if name.startswith("pick.")}
    assert {"noc2021:72300"} < picks["pick.offer.occupation.2021"] and {"noc2016:7251"} < picks["pick.offer.occupation.2016"]
    page = pressed(browser, found, "fr", **{"pick.offer.occupation.2021": "noc2021:72300", "offer.occupation": "noc2021:21300"})
    assert page.values["offer.occupation"] == ["noc2021:72300"]
    nothing = pressed(browser, begin, "en", "find", **{"offer.jobTitle": "qqqqqqq", "applicant.citizenship": "MEX"})
    assert "No title of the classification is like this one" in nothing.html


def test_the_other_language_takes_the_case_along(browser: TestClient) -> None:
    page = pressed(browser, Page(browser.get("/en/assess").text), "en", **BEGUN)
    assert 'form="case" formaction="/fr/assess"' in page.html
    french = pressed(browser, page, "fr")
    assert {name: word for name, word in french.values.items() if name in BEGUN} == {k: [v] for k, v in BEGUN.items()}


def test_an_address_can_begin_a_case(browser: TestClient) -> None:
    page = Page(browser.get("/en/assess?offer.occupation=noc2021:21300&applicant.citizenship=JPN&other=x").text)
    assert page.values["offer.occupation"] == ["noc2021:21300"] and page.values["applicant.citizenship"] == ["JPN"]


def test_citations_lead_to_their_lines(browser: TestClient) -> None:
    page, _ = interviewed(browser, case("p23"), "en")
    cited = [link.partition("#")[::2] for link in page.links if link.startswith("/en/sources/")]
    assert len([line for _, line in cited if line]) > 10
    anchors = {path: re.findall(r' id="([^"]+)"', browser.get(path).text) for path in {path for path, _ in cited}}
    assert not [(path, line) for path, line in cited if line and line not in anchors[path]]


# ------------------------------------------------------------------ saved and loaded


@pytest.mark.parametrize("name", ["p01", "m-pay-above", "s13"])
@pytest.mark.parametrize("form", ["json", "ttl"])
def test_what_is_saved_is_what_was_stated(browser: TestClient, name: str, form: str) -> None:
    cells = columns(case(name))
    page = Page(browser.get(f"/en/assess?kind={cells['kind']}").text)
    saved = browser.post("/en/assess", data=page.values | cells | {"do": form})
    assert saved.headers["content-disposition"] == f'attachment; filename="{cells["id"]}.{form}"'
    assert saved.headers["cache-control"] == "no-store"
    wanted = intake.cases(case(name))
    assert intake.checked(syntaxes.read(saved.text, form, "saved")) == wanted
    loaded = browser.post("/en/assess/load", files={"file": (f"case.{form}", saved.content)})
    again = browser.post("/en/assess", data=Page(loaded.text).values | {"do": form})
    assert again.content == saved.content


@pytest.mark.parametrize("syntax", ["", "json", "csv"])
def test_a_pasted_case_is_loaded(browser: TestClient, syntax: str) -> None:
    text = as_csv(case("p01")) if syntax == "csv" else json.dumps(case("p01"))
    page = Page(browser.post("/en/assess/load", files={"file": ("", b"")}, data={"text": text, "syntax": syntax}).text)
    assert page.outcome == "qualifies" and page.values["id"] == ["p01"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_several_cases_are_listed_each_with_its_report(kg: CptppGraph, browser: TestClient, lang: str) -> None:
    spouse = {"id": "wife", "kind": "spouse", "relationship": "married", "principal": {"case": "p01", "permit": "approved"}}
    cases = [case("p01"), case("p23"), case("i04"), spouse]
    page = Page(browser.post(f"/{lang}/assess/load", files={"file": ("c.json", json.dumps(cases).encode())}).text)
    found = kg.assess_all(cases, lang=lang)
    assert [given["class"].split()[-1] for given, _ in page.texts if given.get("class", "").startswith("badge")] == 2 * [
        one.outcome for one in found
    ]
    assert len(page.findings) == sum(len(one.findings) for one in found)
    assert {f"#case-{number}" for number in range(1, 5)} <= set(page.links)
    assert page.html.count(f'action="/{lang}/assess"') == 3, "one that rests on another cannot be opened alone"
    again = {"text": json.dumps(cases), "syntax": "json", "rulebook": "canadavisa"}
    assert (
        "canadavisa"
        in Page(browser.post(f"/{lang}/assess/load", files={"file": ("", b"")}, data=again).text).marked("subtitle")[0]
    )


# ------------------------------------------------------------------ wrong input


def cli_words(cells: dict[str, str]) -> CptppError:
    """What the command line says of the same as a row of CSV."""
    text = io.StringIO()
    csv.writer(text).writerows([cells.keys(), cells.values()])
    with pytest.raises(CptppError) as caught:
        intake.checked(syntaxes.read(text.getvalue(), "csv", "x.csv"))
    return caught.value


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("applicant.citizenship", "Atlantis"),
        ("receivedOn", "31/12/2023"),
        ("offer.occupation", "noc2021:1"),
        ("offer.durationMonths", "many"),
        ("offer.jobTitle", "x" * 5000),
        ("education.credential", "a\u202eb"),
        ("offer.role", "boss"),
        ("id", "y" * 300),
    ],
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_wrong_is_said_beside_the_field_and_kept(browser: TestClient, path: str, word: str, lang: str) -> None:
    answer = browser.post(f"/{lang}/assess", data={"kind": "principal", "category": "professional", path: word})
    page = Page(answer.text)
    assert answer.status_code == 400 and answer.headers["cache-control"] == "no-store"
    told = next(text for given, text in page.texts if given.get("id") == f"e-{path}")
    error = cli_words({"kind": "principal", "id": "1", path: word}).told(lang)
    colon = COLON[lang]
    place = say("x.csv:2, {id}", id="'1'").told(lang) + colon
    words = error.wrong.removeprefix(place) if path in error.wrong else error.wrong.partition(colon)[2]
    assert words.partition(", ")[2 if path == "id" else 0] in told and error.mend in told
    if path != "offer.role":
        assert any(word in text for found in page.values.values() for text in found), "what was typed is lost"
    assert page.values["category"] == ["professional"] and not page.marked("strip") and not page.findings


def test_several_wrong_fields_are_told_together(browser: TestClient) -> None:
    answer = browser.post("/en/assess", data={"kind": "spouse", "requestedMonths": "0", "receivedOn": "soon"})
    assert {"#f-requestedMonths", "#f-receivedOn"} <= set(Page(answer.text).links)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"ofer.role": "worker"}, "unknown column &#39;ofer.role&#39;"),
        ({"kind": "visitor"}, "kind is &#39;visitor&#39;"),
        ({"rulebook": "mine"}, "unknown rulebook &#39;mine&#39;"),
        ({"receivedOn": "2023-10-01", "travelDocumentExpiresOn": "2020-01-01"}, "travelDocumentExpiresOn lies before receivedOn"),
        ({"kind": "spouse", "principal.case": "p01"}, "principal.case names &#39;p01&#39;, which is no principal here"),
    ],
)
def test_what_is_wrong_with_the_whole_is_told(browser: TestClient, fields: dict[str, str], words: str) -> None:
    answer = browser.post("/en/assess", data=fields)
    assert answer.status_code == 400 and words in answer.text and Page(answer.text).marked("problems")


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (("c.json", b'{"id": "a", "kind": "principal", "ofer": {}}'), "unknown field &#39;ofer&#39;"),
        (("c.exe", b"x"), "c.exe: unknown kind of file"),
        (("c.json", b"\xff{}"), "is not UTF-8"),
        (("c.json", b" " * 1_000_001), "larger than 1,000,000 bytes"),
        (("c.json", json.dumps([{"id": str(n), "kind": "spouse"} for n in range(51)]).encode()), "51 cases"),
        (("", b""), "there is no file and no text"),
        (("<b>.ttl", b"<x"), "&lt;b&gt;.ttl:1"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(browser: TestClient, file: tuple[str, bytes], words: str) -> None:
    answer = browser.post("/en/assess/load", files={"file": file})
    assert answer.status_code == 400 and words in answer.text, answer.text[:3000]
    assert "<b>.ttl" not in answer.text


def test_a_path_is_no_text(browser: TestClient, tmp_path: Path) -> None:
    """What is pasted is read as it stands; no file of this machine is opened."""
    secret = tmp_path / "secret.json"
    secret.write_text(json.dumps(case("p01")), encoding="utf-8")
    for data in ({"text": str(secret)}, {"text": str(secret), "syntax": "json"}):
        answer = browser.post("/en/assess/load", files={"file": ("", b"")}, data=data)
        assert answer.status_code == 400 and "p01" not in answer.text


def test_broken_forms_are_refused(browser: TestClient) -> None:
    many = "&".join(f"offer.role=x{n}" for n in range(501))
    form = {"content-type": "application/x-www-form-urlencoded"}
    multipart = {"content-type": "multipart/form-data; boundary=b"}
    for content, headers in (
        (many, form),
        (b"id=%ff", form),
        (b"nonsense", multipart),
        (b"x", {"content-type": "multipart/form-data"}),
    ):
        answer = browser.post("/en/assess", content=content, headers=headers)
        assert answer.status_code == 400 and "the form cannot be read" in answer.text
    assert browser.post("/en/assess").status_code == 200, "nothing stated is a case as well"


def test_nothing_of_a_case_is_written(browser: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("written to the disk")

    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", refuse)
    answer = browser.post("/en/assess/load", files={"file": ("c.json", b" " * 3_000_000)})
    assert "larger than" in answer.text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_markup_in_a_text_stays_text(browser: TestClient, lang: str) -> None:
    nasty = "\"><img src=x onerror=alert(1)>'</textarea>{{ 7*7 }}"
    cells = dict.fromkeys(("id", "offer.jobTitle", "education.credential", "offer.prevailingWage.region"), nasty)
    cells |= {"offer.prevailingWage.amount": "20", "kind": "principal"}
    for button in ("", "report", "find"):
        page = Page(browser.post(f"/{lang}/assess", data=cells | {"do": button}).text)
        assert "<img" not in page.html and "49" not in page.marked("title")
        assert page.values["offer.jobTitle"] == [nasty]
    saved = browser.post(f"/{lang}/assess", data=cells | {"do": "json"})
    assert re.fullmatch(r'attachment; filename="[A-Za-z0-9._-]+\.json"', saved.headers["content-disposition"])
    two = [{"id": nasty, "kind": "principal"}, {"id": "b" + nasty, "kind": "spouse"}]
    listed = browser.post(f"/{lang}/assess/load", files={"file": ("", b"")}, data={"text": json.dumps(two)})
    assert listed.status_code == 200 and "<img" not in listed.text and Page(listed.text)


# ------------------------------------------------------------------ words


def test_every_field_and_value_has_words_in_both_languages() -> None:
    known = [json.loads((SITE / f"assess.{lang}.json").read_text(encoding="utf-8")) for lang in LANGUAGES]
    assert list(known[0]) == list(known[1])
    leaves = [(path, one) for kind in START for path, one in intake.field_table(kind).items() if "fields" not in one]
    wanted = {f"ask-{path}" for path, _ in leaves}
    wanted |= {
        f"value-{one['key']}-{word}" for _, one in leaves if "values" in one and not one["named"] for word in one["values"]
    }
    wanted |= {f"kind-{kind}" for kind in shipped()["cases"]}
    assert wanted <= set(known[0])
    assert not {name for name in known[0] if name.startswith(("ask-", "value-"))} - wanted - {"ask-rulebook"}
