"""A couple: what of the spouse's case hangs on the principal's, the other way round, and what limits each permit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from forms import stated
from starlette.testclient import TestClient

from cptpp_graph import CptppGraph
from cptpp_graph.cli import main
from cptpp_graph.errors import CptppError
from cptpp_graph.server import application

CASES = Path(__file__).parent / "cases"
EXAMPLE = Path(__file__).parents[1] / "docs" / "examples" / "household.json"


def principal(name: str, country: str = "MEX", **changes: Any) -> dict[str, Any]:
    """A civil engineer who qualifies, with whole fields or groups put in place of theirs."""
    return {
        **stated(CASES / "m-mex-engineer.json"),
        "id": name,
        "applicant": {"citizenship": [country], "permanentResidence": []},
        **changes,
    }


def spouse(name: str, of: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": name,
        "kind": "spouse",
        "relationship": "married",
        "principal": {"case": of},
        "receivedOn": "2023-10-01",
        **changes,
    }


def test_uncertainty_is_carried_over_with_what_is_in_the_way(kg: CptppGraph) -> None:
    (way,) = kg.household([principal("a", experience={}), spouse("b", "a")]).arrangements
    assert [one.outcome for one in way.members] == ["undetermined", "undetermined"]
    assert way.carried is not None
    assert (way.carried.if_qualifies, way.carried.if_fails) == ("qualifies", "does-not-qualify")
    assert [point.fields for point in way.carried.waits_on] == [("experience.paidYearsInSector",)]


def test_nothing_waits_where_the_spouses_own_case_fails_or_the_principal_qualifies(kg: CptppGraph) -> None:
    """No outcome of a Peruvian's case helps, since no page covers the spouses; where the principal qualifies all is settled."""
    for lead, outcome in ((principal("a", "PER", experience={}), "does-not-qualify"), (principal("a"), "qualifies")):
        (way,) = kg.household([lead, spouse("b", "a")]).arrangements
        assert way.members[1].outcome == outcome
        assert way.carried is not None and (way.carried.waits_on, way.carried.blocked_by) == ((), ())


def test_the_spouses_own_open_points_do_not_hide_those_of_the_principal(kg: CptppGraph) -> None:
    (way,) = kg.household([principal("a", experience={}), spouse("b", "a", relationship="separated")]).arrangements
    assert way.carried is not None and way.carried.if_qualifies == "undetermined" and way.carried.waits_on


def test_what_the_principal_fails_is_in_the_way(kg: CptppGraph) -> None:
    (way,) = kg.household([principal("a", experience={"paidYearsInSector": 1}), spouse("b", "a")]).arrangements
    assert way.carried is not None
    assert (way.carried.blocked_by, way.carried.waits_on, way.possible) == (("experience",), (), 0)


def test_a_stated_permit_is_not_waited_for(kg: CptppGraph) -> None:
    held = spouse("b", "a", principal={"case": "a", "permit": "approved"})
    (way,) = kg.household([principal("a", experience={}), held]).arrangements
    assert way.members[1].outcome == "qualifies" and way.carried is not None and way.carried.waits_on == ()


def test_the_other_way_round_may_yield_more(kg: CptppGraph) -> None:
    """Spouses of Peruvians are not covered, spouses of Mexicans are: the Mexican had better lead."""
    couple = [principal("rosa", "PER"), principal("juan", "MEX"), spouse("j", "rosa", spouse={"citizenship": ["MEX"]})]
    found = kg.household(couple)
    ways = {way.principal: way for way in found.arrangements}
    assert {name: (way.sure, way.possible) for name, way in ways.items()} == {"rosa": (1, 1), "juan": (2, 2), None: (2, 2)}
    assert {way.principal for way in found.best} == {"juan", None}
    assert [way.mirrored for way in found.arrangements] == [False, True, False]
    assert "PER" in found.arrangements[1].members[1].facts["spouse.citizenship"]


def test_both_cases_as_spouse_may_be_given(kg: CptppGraph) -> None:
    couple = [principal("a"), principal("b", "JPN"), spouse("b2", "a"), spouse("a2", "b", requestedMonths=6)]
    ways = kg.household(couple).arrangements
    assert [[one.case for one in way.members] for way in ways] == [["a", "b2"], ["b", "a2"], ["a", "b"]]
    assert not any(way.mirrored for way in ways)
    assert ways[1].members[1].permit.months_at_most == 6


def test_what_is_open_may_turn_the_choice(kg: CptppGraph) -> None:
    """One sure permit is more than none; two possible ones are named beside it."""
    couple = [principal("rosa", "PER"), principal("juan", "MEX", experience={}), spouse("j", "rosa")]
    found = kg.household(couple)
    assert {way.principal for way in found.best} == {None}
    assert {way.principal for way in found.could_exceed} == {"juan"}
    longer = kg.household([principal("a", travelDocumentExpiresOn="2024-01-01"), principal("b", experience={}), spouse("c", "a")])
    assert [way.principal for way in longer.best] == ["a"] and {way.principal for way in longer.could_exceed} == {"b", None}


WRONG: list[tuple[list[dict[str, Any]], str]] = [
    ([principal("a")], "no couple"),
    ([principal("a"), principal("b"), principal("c"), spouse("d", "a")], "no couple"),
    ([principal("a"), spouse("b", "a"), spouse("c", "a")], "second spouse"),
    ([principal("a"), spouse("b", "x")], "no principal here"),
    ([principal("a"), spouse("b", "a", principal={"citizenship": ["MEX"]})], "whose spouse"),
    ([principal("a"), principal("b", "JPN"), spouse("c", "a", spouse={"citizenship": ["PER"]})], "spouse.citizenship"),
    ([principal("a"), principal("b"), spouse("c", "a"), spouse("d", "b", relationship="engaged")], "relationship"),
]


@pytest.mark.parametrize(("cases", "says"), WRONG, ids=[says for _, says in WRONG])
def test_what_is_no_couple_is_refused(kg: CptppGraph, cases: list[dict[str, Any]], says: str) -> None:
    with pytest.raises(CptppError, match=says):
        kg.household(cases)


def limits(found: Any) -> dict[str, tuple[int, str | None, bool]]:
    return {one.name: (one.months, one.until.isoformat() if one.until else None, one.binds) for one in found.permit.limits}


def test_each_limit_has_its_value_its_day_and_its_source(kg: CptppGraph) -> None:
    """The document of 10 months and a half ends before the year and the offer; the spouse's permit ends with it."""
    lead = principal("a", offer={**principal("a")["offer"], "durationMonths": 24}, travelDocumentExpiresOn="2024-08-15")
    follows = spouse("b", "a", requestedMonths=24)
    (way,) = kg.household([lead, follows]).arrangements
    assert limits(way.members[0]) == {
        "printed-stay": (12, "2024-10-01", False),
        "offer": (24, "2025-10-01", False),
        "travel-document": (10, "2024-08-15", True),
    }
    assert limits(way.members[1]) == {"requested": (24, "2025-10-01", False), "principal-permit": (10, "2024-08-15", True)}
    lines = {one.name: [cited.line for cited in one.cites] for member in way.members for one in member.permit.limits}
    assert lines == {
        "printed-stay": [75, 93],
        "offer": [93, 486],
        "travel-document": [486],
        "requested": [450],
        "principal-permit": [450],
    }
    assert {doubt for one in way.members[0].permit.limits for doubt in one.doubts} == {"Q20"}
    later = kg.assess(lead, rulebook="ircc-2024")
    assert not [doubt for one in later.permit.limits for doubt in one.doubts]


def test_days_are_given_only_where_they_are_known(kg: CptppGraph) -> None:
    """Of as many whole months the earlier day binds; without the day of receipt, or of the principal's permit, there is none."""
    whole = principal("a", travelDocumentExpiresOn="2024-10-20")
    assert limits(kg.assess(whole))["travel-document"] == (12, "2024-10-20", False)
    undated = {name: value for name, value in whole.items() if name != "receivedOn"}
    assert limits(kg.assess(undated)) == {"printed-stay": (12, None, True), "offer": (12, None, True)}
    (way,) = kg.household([principal("a"), spouse("b", "a", receivedOn="2023-12-01")]).arrangements
    assert limits(way.members[1]) == {"principal-permit": (12, None, True)} and way.members[1].permit.latest is None
    assert limits(kg.assess(principal("a", receivedOn="2023-10-31", offer={"durationMonths": 4})))["offer"] == (
        4,
        "2024-02-29",
        True,
    )


def test_command_page_and_api_say_the_same(kg: CptppGraph, capsys: pytest.CaptureFixture[str]) -> None:
    out = {}
    for form in ("text", "json", "html"):
        with pytest.raises(SystemExit) as ended:
            main.main(["household", str(EXAMPLE), "--format", form, "--lang", "fr"])
        assert ended.value.code == 0
        out[form] = capsys.readouterr().out
    told = json.loads(out["json"])
    assert told == json.loads(json.dumps(kg.household(EXAMPLE, lang="fr").as_dict()))
    assert "ken comme demandeur principal" in out["text"] and "ken comme demandeur principal" in out["html"]
    with TestClient(application(kg), base_url="http://127.0.0.1:8000") as client:
        assert (
            client.post(
                "/api/household?lang=fr", content=EXAMPLE.read_bytes(), headers={"content-type": "application/json"}
            ).json()
            == told
        )
        assert client.get("/en/household", headers={"accept": "text/html"}).status_code == 200
        shown = client.post("/fr/household", data={"text": EXAMPLE.read_text(encoding="utf-8")}, headers={"accept": "text/html"})
        assert shown.status_code == 200 and "ken comme demandeur principal" in shown.text
        wrong = client.post("/fr/household", data={"text": "<script>"}, headers={"accept": "text/html"})
        assert wrong.status_code == 400 and "&lt;script&gt;" in wrong.text
