"""Who fails or is undetermined under the first agreement is told of other routes, as far as the sources at hand go."""

from __future__ import annotations

import html
import itertools
import json
from typing import Any

import pytest

from cptpp_graph import CptppGraph, advice, report
from cptpp_graph.routes import Route
from cptpp_graph.terms import LANGUAGES

COMPLETE: dict[str, Any] = {
    "id": "peruvian",
    "kind": "principal",
    "applicant": {"citizenship": ["PER"], "permanentResidence": []},
    "category": "technician",
    "receivedOn": "2025-06-01",
    "offer": {
        "occupation": ["noc2021:62200"],
        "submittedThroughEmployerPortal": True,
        "complianceFeePaid": True,
        "durationMonths": 12,
        "requiresSpecializedKnowledge": True,
        "cashPayMeetsPrevailingWage": True,
        "reliesOnNonMonetaryPay": False,
    },
    "education": {"yearsOfStudy": 6, "meetsNocRequirements": True, "country": "PER"},
    "experience": {"paidYearsInSector": 9},
    "language": {"officerConcern": False, "satisfied": True},
    "licensing": {"regulatedInProvince": False},
}


def case(country: str = "PER", code: str = "62200", **changes: Any) -> dict[str, Any]:
    of = {"citizenship": [country], "permanentResidence": []}
    return {**COMPLETE, "applicant": of, "offer": {**COMPLETE["offer"], "occupation": [f"noc2021:{code}"]}, **changes}


def peruvian(kg: CptppGraph, stated: dict[str, Any], lang: str = "en") -> Route:
    (found,) = (route for route in kg.assess(stated, lang=lang).other_routes if route.agreement == "peru-fta")
    return found


def test_a_chef_of_peru_is_told_of_the_other_list(kg: CptppGraph) -> None:
    found = kg.assess(case())
    assert found.outcome == "does-not-qualify" and [other.rulebook for other in found.other_rulebooks] == [
        "canadavisa",
        "ircc-2024",
    ]
    route = peruvian(kg, case())
    assert (route.code, route.rulebook, route.outcome) == ("F52", "ircc-peru-fta", "undetermined")
    assert "occupation-listed" in route.differs and "Chefs" in {cited.item for cited in route.cites}
    assert len(route.partial) == 2 and any("must be in the field" in why for why in route.why)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_plan_names_the_same_routes(kg: CptppGraph, lang: str) -> None:
    plan = kg.plan(case(), lang=lang)
    assert plan.as_dict()["otherRoutes"] == kg.assess(case(), lang=lang).as_dict()["otherRoutes"] != []
    assert all(why in advice.text(kg.lexicon, [plan], None) for why in peruvian(kg, case(), lang).why)


@pytest.mark.parametrize(
    ("stated", "failing"),
    [
        (case(code="72011"), None),
        (case(code="22212"), "occupation-listed"),  # drafting stands on the other list of Peru only
        (case(code="90010", category="professional"), "occupation-listed"),
        (case(education={"yearsOfStudy": 0.5}), "education"),
        (case(receivedOn="2009-07-31"), "agreement-in-force"),
        (case(experience={"paidYearsInSector": 0}), None),
    ],
)
def test_what_the_other_agreement_says(kg: CptppGraph, stated: dict[str, Any], failing: str | None) -> None:
    """Never more than undetermined; failing where the page says no."""
    found = kg.assess(stated, rulebook="ircc-peru-fta")
    assert found.outcome == ("does-not-qualify" if failing else "undetermined")
    assert [one.requirement for one in found.findings if one.outcome == "not-met"] == ([failing] if failing else [])


def test_a_rulebook_held_in_part_qualifies_nobody(kg: CptppGraph) -> None:
    """Every group that its lists permit, for somebody who states everything."""
    listed = [
        (row.code, kind)
        for kind in ("technician", "professional")
        for row in kg.occupations("PER", kind, rulebook="ircc-peru-fta")
    ]
    cases = [case(code=str(code), category=kind, id=f"{kind} {code}") for code, kind in listed]
    found = kg.assess_all(cases[::12], rulebook="ircc-peru-fta")
    assert len(found) > 10 and {one.outcome for one in found} == {"undetermined"}


def test_what_is_not_stated_there_is_said(kg: CptppGraph) -> None:
    route = peruvian(kg, case(code="72300", experience={"paidYearsInSector": 0}))
    assert route.outcome == "undetermined" and route.differs == ("offer", "occupation-listed", "education", "experience")
    assert route.why[-1] == "work experience: The source does not state this requirement."


def test_only_its_people_are_told(kg: CptppGraph) -> None:
    resident = {"citizenship": ["COL"], "permanentResidence": ["PER"]}
    assert peruvian(kg, case(applicant=resident)).outcome == "undetermined"
    assert kg.assess(case("AUS")).outcome == "does-not-qualify" and kg.assess(case("AUS")).other_routes == ()
    assert (
        kg.assess(
            case(code="72011", offer={**COMPLETE["offer"], "role": "supervisor", "occupation": ["noc2021:72011"]})
        ).other_routes
        == ()
    )


def test_routes_that_a_source_names(kg: CptppGraph) -> None:
    spouse = {"id": "s", "kind": "spouse", "relationship": "married"}
    told = {"MEX": "T36", "CHL": "F22"}
    for country, code in told.items():
        (route,) = kg.assess(case(country)).other_routes
        assert (route.code, route.outcome, route.agreement) == (code, "undetermined", None) and route.cites
    (route,) = kg.assess({**spouse, "principal": {"citizenship": ["PER"], "permanentResidence": []}}).other_routes
    assert route.code == "C41" and "cannot be determined" in route.partial[0]


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_reports_show_them(kg: CptppGraph, lang: str) -> None:
    found = [kg.assess(case(), lang=lang)]
    route = peruvian(kg, case(), lang)
    text = report.text(kg.lexicon, found, None, False)
    page = html.unescape(report.html(kg.lexicon, found, lang))
    for said in (route.name, *route.why, *route.partial):
        assert said in text and said in page
    assert json.loads(json.dumps(found[0].as_dict()))["otherRoutes"][0]["code"] == "F52"
    assert (
        route.name
        == {
            "en": "Canada–Peru Free Trade Agreement (CPFTA)",
            "fr": "Accord de libre-échange entre le Canada et le Pérou (ALECP)",
        }[lang]
    )


def test_the_agreements_share_no_permission(kg: CptppGraph) -> None:
    """A list under one agreement never stands under a rulebook of the other."""
    for book, other in itertools.permutations(("ircc", "ircc-peru-fta")):
        schedules = {row.schedule for row in kg.ask("commitments", rulebook=book) if row.schedule}
        assert schedules and schedules.isdisjoint(row.schedule for row in kg.ask("commitments", rulebook=other))
