"""The officer's view: the same findings, laid out for the desk; what belongs in each field, and what a refusal rests on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from forms import stated
from starlette.testclient import TestClient

from cptpp_graph import CptppGraph
from cptpp_graph.cli import main
from cptpp_graph.server import application

CASES = Path(__file__).parent / "cases"
LANGUAGES = ("en", "fr")


def engineer(**changes: Any) -> dict[str, Any]:
    """A Mexican civil engineer who qualifies, with changes to groups of fields."""
    case = stated(CASES / "m-mex-engineer.json")
    return {
        **case,
        **{group: {**case.get(group, {}), **value} if isinstance(value, dict) else value for group, value in changes.items()},
    }


def sheet(view: Any) -> dict[str, tuple[str, str | None]]:
    return {line.entry.field: (line.standing, line.entry.stated) for line in view.sheet}


def test_what_belongs_in_each_field_and_what_the_case_states(kg: CptppGraph) -> None:
    found = sheet(kg.officer(engineer(offer={"province": "ON", "durationMonths": 12})))
    assert found["Case type"] == ("as-printed", None)
    assert found["Province of destination"] == ("as-offered", "ON")
    assert found["City of destination"] == ("not-in-case", None)
    assert found["Exemption code"] == ("agrees", None)
    assert found["Duration"] == ("agrees", None)
    assert found["NOC"][0] == "as-offered" and "noc2021:21300" in str(found["NOC"][1])


def test_what_does_not_agree_is_shown(kg: CptppGraph) -> None:
    """A longer offer differs from the year, a wrong level from the code, and an unstated province is missed."""
    view = kg.officer(engineer(offer={"province": None, "durationMonths": 24, "occupation": ["noc2021:75110"]}))
    found = sheet(view)
    assert (found["Duration"][0], found["NOC"][0], found["Province of destination"][0]) == ("differs", "differs", "not-stated")
    assert "Q20" in next(line.why for line in view.sheet if line.entry.field == "Duration")
    offer = {review.field: review.standing for review in view.offer}
    assert (offer["Duration"], offer["Requirements Exemptions Met"], offer["Wages"]) == ("differs", "objection", "no-objection")


def test_a_year_that_the_page_settles_is_not_called_ambiguous(kg: CptppGraph) -> None:
    view = kg.officer(engineer(offer={"durationMonths": 24}), rulebook="ircc-2024")
    duration = next(line for line in view.sheet if line.entry.field == "Duration")
    assert duration.standing == "differs" and "Q20" not in duration.why
    assert sheet(view)["Province of destination"] == ("as-offered", "ON")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_refusal_is_a_draft_that_names_criterion_facts_and_reasoning(kg: CptppGraph, lang: str) -> None:
    view = kg.officer(engineer(experience={"paidYearsInSector": 1}), lang=lang)
    assert view.refusal is not None and not view.requests
    text = "\n".join(view.refusal.draft)
    assert {"en": "DRAFT", "fr": "ÉBAUCHE"}[lang] in view.refusal.draft[0]
    assert {"en": "section 200", "fr": "article 200"}[lang] in text and {"en": "204(a)", "fr": "204a)"}[lang] in text
    assert "experience.paidYearsInSector = 1" in text
    finding = next(f for f in view.assessment.findings if f.outcome == "not-met")
    assert finding.message in text
    assert [cited.line for _, cited in view.refusal.rules] == [494]


def test_no_refusal_is_drafted_where_nothing_fails(kg: CptppGraph) -> None:
    """What is missing is asked of those who know it; what no fact settles is asked of no applicant."""
    view = kg.officer(engineer(experience={"paidYearsInSector": None}, offer={"cashPayMeetsPrevailingWage": None, "wage": None}))
    assert view.refusal is None
    asked = {request.requirement: request for request in view.requests}
    assert asked["experience"].of == ("applicant",) and asked["experience"].documents == ("proof of work experience",)
    assert asked["remuneration"].of == ("employer",) and asked["remuneration"].fields
    weighed = kg.officer(stated(CASES / "m-aus-3-years-india.json"))
    assert [(request.because, request.of) for request in weighed.requests] == [("text-unclear", ("department",))]


def test_findings_are_those_of_the_assessment(kg: CptppGraph) -> None:
    case = engineer(experience={"paidYearsInSector": 1})
    assert kg.officer(case).as_dict()["assessment"] == kg.assess(case).as_dict()


def test_a_rulebook_without_fields_and_a_spouse_get_none(kg: CptppGraph) -> None:
    silent = kg.officer(engineer(), rulebook="canadavisa")
    spouse = kg.officer(stated(CASES / "s01.json"))
    assert (silent.offer, silent.sheet) == ((), ())
    assert (spouse.offer, spouse.sheet) == ((), ())


def test_the_command_answers_in_three_forms(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON is data only; the page escapes; the exit code says that it was read, not how it came out."""
    path = tmp_path / "case.json"
    path.write_text(json.dumps(engineer(experience={"paidYearsInSector": 1}) | {"id": "<b>x"}), encoding="utf-8")
    out = {}
    for form in ("text", "json", "html"):
        with pytest.raises(SystemExit) as ended:
            main.main(["officer", str(path), "--format", form, "--lang", "fr"])
        assert ended.value.code == 0
        out[form] = capsys.readouterr().out
    assert json.loads(out["json"])[0]["refusal"]["grounds"]
    assert "<b>x" not in out["html"] and "&lt;b&gt;x" in out["html"]
    parts = [out["text"].index(mark) for mark in ("1. Examen", "2. Évaluation", "3. Feuille", "4. Note de refus")]
    assert parts == sorted(parts)


def test_the_page_is_reached_from_the_report(kg: CptppGraph) -> None:
    with TestClient(application(kg), base_url="http://127.0.0.1:8000", headers={"accept": "text/html"}) as browser:
        stated_ = {
            "kind": "principal",
            "applicant.citizenship": "MEX",
            "category": "professional",
            "offer.occupation": "noc2021:21300",
        }
        report = browser.post("/en/assess", data=stated_ | {"do": "report"}).text
        assert 'name="do" value="officer"' in report
        shown = browser.post("/fr/assess", data=stated_ | {"do": "officer"})
        assert shown.status_code == 200 and "Feuille d’approbation" in shown.text and 'value="noc2021:21300"' in shown.text
        answer = browser.post("/api/officer?lang=fr", json=engineer(), headers={"accept": "application/json"})
        assert answer.json() == json.loads(json.dumps([kg.officer(engineer(), lang="fr").as_dict()]))
