"""How an assessment explains itself: what a finding says and turns on, what is missing, whom to ask, where it is printed."""

from __future__ import annotations

from typing import Any

import pytest
import rdflib
from test_assess import case
from test_m_couples import couple

from cptpp_graph import CptppGraph
from cptpp_graph.assessment import Assessment
from cptpp_graph.terms import NS, shorten

BARE = {"id": "bare", "kind": "principal"}
SEVERAL = "m-hr-levels-differ"  # a code of 2016 that became four groups
TWO_CODES = case("d18", offer={"occupation": ["noc2016:2132", "noc2021:21231"]})  # that do not correspond
ADMITTED = "The occupation must be admitted by the list of the Party concerned."
CANDIDATES = "Candidates: noc2021:10011, noc2021:11200, noc2021:13110 (not admitted), noc2021:22232 (not admitted)."


def finding(found: Assessment, requirement: str) -> dict[str, Any]:
    return next(f for f in found.as_dict()["findings"] if f["requirement"] == requirement)


def printed(found: Assessment) -> dict[str, list[Any]]:
    """Requirement to the lines that it cites, or the sources where they have none."""
    return {
        f["requirement"]: [c["line"] if c["line"] is not None else c["source"] for c in f["cites"]]
        for f in found.as_dict()["findings"]
    }


# ------------------------------------------------------------------ what a finding says


def test_a_finding_as_json(kg: CptppGraph) -> None:
    assert finding(kg.assess(case("p37")), "remuneration") == {
        "requirement": "remuneration",
        "outcome": "not-met",
        "because": None,
        "message": "Pay in money alone does not reach the prevailing wage.",
        "facts": [
            {"field": "offer.cashPayMeetsPrevailingWage", "value": False},
            {"field": "offer.reliesOnNonMonetaryPay", "value": True},
        ],
        "missing": [],
        "cites": [
            {
                "source": "ircc",
                "section": "Eligibility > Professionals",
                "item": "pay in line with comparable professionals",
                "line": 30,
            }
        ],
    }


@pytest.mark.parametrize(
    ("name", "requirement", "lang", "message"),
    [
        ("p01", "occupation-listed", "en", ADMITTED),
        ("p01", "experience", "fr", "Le demandeur doit avoir une expérience de travail rémunéré suffisante dans le secteur."),
        ("p01", "japan-associate-degree", "en", "Not asked of this applicant."),
        ("p39", "agreement-in-force", "en", "Depends on: nationality."),
        ("p39", "education", "en", "Depends on: category available."),
        ("p39", "education", "fr", "Dépend de\u00a0: catégorie ouverte."),
        ("p10", "occupation-listed", "en", f"{ADMITTED} Except researchers outside academic entities."),
        ("p12", "occupation-listed", "en", f"{ADMITTED} Only the part that the phrase names: “software engineers”."),
        (
            "i08",
            "occupation-listed",
            "en",
            "The text does not say clearly whether the list reaches the group. Q6: occupations under “contractors and "
            "supervisors” in Peru’s list. Q8: “contractors and supervisors”: either or both.",
        ),
        (
            "i10",
            "occupation-listed",
            "fr",
            "Le texte ne dit pas clairement si la liste vise le groupe. Q15\u00a0: «\u00a0industries culturelles\u00a0».",
        ),
        (
            "d15",
            "agreement-in-force",
            "en",
            "The sources give different days of entry into force, and the day of receipt lies between them.",
        ),
        ("m-brn-engineer", "occupation-listed", "en", ADMITTED),
        (
            "m-brn-geoscientist-other-sector",
            "occupation-listed",
            "en",
            "The list does not admit the occupation, or not in this role or function.",
        ),
        (
            "m-jpn-researcher-employer-unstated",
            "occupation-listed",
            "en",
            "The list admits only part of the group, and the facts that tell which are missing.",
        ),
        (
            "m-brn-geoscientist-core-service",
            "occupation-listed",
            "en",
            "The text does not say clearly whether the list reaches the group. Q5: how far Brunei’s list goes: “highly "
            "specialized services and core services categories in the energy sector”.",
        ),
        (SEVERAL, "noc-level", "en", f"The groups that the job may belong to stand at different levels. {CANDIDATES}"),
        (SEVERAL, "occupation-listed", "en", f"The list does not admit every group that the job may belong to. {CANDIDATES}"),
        (
            SEVERAL,
            "occupation-listed",
            "fr",
            "La liste n’admet pas tous les groupes dont le poste peut relever. Groupes possibles\u00a0: noc2021:10011, "
            "noc2021:11200, noc2021:13110 (non admis), noc2021:22232 (non admis).",
        ),
    ],
)
def test_what_a_finding_says(kg: CptppGraph, name: str, requirement: str, lang: str, message: str) -> None:
    assert finding(kg.assess(case(name), lang=lang), requirement)["message"] == message


def test_a_code_that_stands_alone_has_no_candidates(kg: CptppGraph) -> None:
    """Nor are candidates named where nothing but the code is missing, or where they make no difference."""
    for given in (case("i12"), case("m-jpn-drilling-function-unstated"), TWO_CODES):
        assert not [f.message for f in kg.assess(given).findings if "Candidates" in f.message]


def test_candidates_of_which_one_is_admitted(kg: CptppGraph) -> None:
    """Two groups of the edition by which the rulebook reads levels stand behind one stated code."""
    message = finding(kg.assess(case("m-labourer"), rulebook="canadavisa"), "noc-level")["message"]
    assert message.endswith(" Candidates: noc2016:7371, noc2016:7611 (not admitted).")


def test_why_another_rulebook_differs(kg: CptppGraph) -> None:
    english, french = (kg.assess(case("p25"), lang=lang).as_dict()["otherRulebooks"][0]["why"] for lang in ("en", "fr"))
    assert english == [
        "specialized knowledge: not applicable. Not asked of this applicant.",
        "occupation listed: open (the text is unclear). The text does not say clearly whether the list reaches the group. "
        "D7: occupations nested under supervisors.",
    ]
    assert french[1].startswith(
        "profession inscrite\u00a0: en suspens (le texte n’est pas clair). Le texte ne dit pas clairement"
    )


# ------------------------------------------------------------------ what it turns on, what is missing, whom to ask


def test_the_facts_of_a_finding_are_stated_and_in_the_order_of_the_case(kg: CptppGraph) -> None:
    found = kg.assess(case("p10"))
    listed = [fact["field"] for fact in finding(found, "occupation-listed")["facts"]]
    assert listed == ["applicant.citizenship", "receivedOn", "offer.occupation", "offer.jobFunction", "offer.academicEmployer"]
    assert finding(found, "australia-employer-letter")["facts"] == []
    amounts = {"wage": {"amount": 40, "unit": "hour", "currency": "USD"}, "prevailingWage": {"amount": 38, "unit": "hour"}}
    paid = kg.assess(case("p01", offer={"cashPayMeetsPrevailingWage": None, **amounts}))
    assert {fact["field"]: fact["value"] for fact in finding(paid, "remuneration")["facts"]} == {
        "offer.reliesOnNonMonetaryPay": False,
        "offer.wage.amount": 40,
        "offer.wage.unit": "hour",
        "offer.wage.currency": "USD",
        "offer.prevailingWage.amount": 38,
        "offer.prevailingWage.unit": "hour",
    }


def test_what_an_empty_case_would_have_to_state(kg: CptppGraph) -> None:
    found = kg.assess(BARE)
    assert {f.requirement: f.missing for f in found.findings} == {
        "nationality": ("applicant.citizenship",),
        "agreement-in-force": ("applicant.citizenship",),
        "category-available": ("applicant.citizenship",),
        "offer": ("offer.submittedThroughEmployerPortal", "offer.complianceFeePaid"),
        "specialized-knowledge": ("offer.requiresSpecializedKnowledge",),
        "noc-level": ("offer.occupation",),
        "occupation-listed": ("applicant.citizenship",),
        "education": ("education.yearsOfStudy", "education.meetsNocRequirements"),
        "experience": ("experience.paidYearsInSector",),
        "remuneration": ("offer.cashPayMeetsPrevailingWage", "offer.reliesOnNonMonetaryPay"),
        "language": ("offer.requiredLanguage", "language.officerConcern", "language.satisfied"),
        "licensing": ("licensing.regulatedInProvince", "licensing.licence", "licensing.examAfterEntry"),
        "australia-employer-letter": (),
        "japan-associate-degree": (),
    }


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("m-jpn-drilling-function-unstated", "offer.jobFunction"),
        ("m-jpn-carpentry-role-unstated", "offer.role"),
        ("m-jpn-researcher-employer-unstated", "offer.academicEmployer"),
        ("m-brn-energy-true-unstated", "offer.highlySpecializedOrCoreService"),
        ("m-brn-energy-unstated-true", "offer.energySector"),
    ],
)
def test_of_the_facts_on_which_a_part_turns_only_those_not_stated_are_missing(kg: CptppGraph, name: str, missing: str) -> None:
    assert finding(kg.assess(case(name)), "occupation-listed")["missing"] == [missing]


def test_where_facts_conflict_no_further_fact_helps(kg: CptppGraph) -> None:
    """Neither those of the shape that is violated besides, nor the groups of amounts."""
    for name in ("m-pay-contradicted-benefits-unstated", "m-pay-said-to-reach"):
        found = finding(kg.assess(case(name)), "remuneration")
        assert (found["outcome"], found["because"], found["missing"]) == ("open", "conflicting-facts", [])


def test_where_the_text_leaves_what_is_stated_unclear_no_other_fact_helps(kg: CptppGraph) -> None:
    """The fee, which that rulebook does not ask for, would not settle whether a contractor has an offer."""
    given = case("m-per-drilling-contractor", offer={"complianceFeePaid": None})
    found = finding(kg.assess(given, rulebook="ircc-peru-fta"), "offer")
    assert (found["outcome"], found["because"], found["missing"]) == ("open", "text-unclear", [])
    assert "professional level" in found["message"] and "degree" not in found["message"]


def test_what_an_empty_case_of_a_spouse_would_have_to_state(kg: CptppGraph) -> None:
    """The spouse’s own citizenship is not among it; under a rulebook that is silent on spouses nothing is."""
    spouse = {"id": "bare", "kind": "spouse"}
    assert {f.requirement: f.missing for f in kg.assess(spouse).findings} == {
        "spouse-principal-status": ("principal.citizenship", "principal.permanentResidence", "principal.permit"),
        "spouse-relationship": ("relationship",),
    }
    silent = kg.assess(spouse, rulebook="canadavisa").findings
    assert {(f.because, f.missing, f.facts) for f in silent} == {("text-unclear", (), ())}


@pytest.mark.parametrize(
    ("given", "requirement", "lang", "fields", "ask"),
    [
        (
            case("i12"),
            "noc-level",
            "en",
            ["offer.occupation"],
            "State offer.occupation: occupation (a unit group as noc2021:21300 or noc2016:2131, at most one of each edition).",
        ),
        (
            case("p40"),
            "specialized-knowledge",
            "fr",
            ["offer.requiresSpecializedKnowledge"],
            "Déclarez offer.requiresSpecializedKnowledge\u00a0: exige des connaissances spécialisées (true ou false).",
        ),
        (
            case("i15"),
            "language",
            "en",
            ["offer.requiredLanguage", "language.satisfied"],
            "State offer.requiredLanguage: required language (one of en, fr). State language.satisfied: officer satisfied "
            "(true or false). The officer decides this.",
        ),
        (case("d15"), "agreement-in-force", "en", ["receivedOn"], "Ask IRCC which day it goes by."),
        (case("i08"), "occupation-listed", "en", ["offer.occupation"], "Ask the officer or IRCC how the text is read."),
        (
            TWO_CODES,
            "occupation-listed",
            "en",
            ["offer.occupation"],
            "Correct the facts that contradict each other.",
        ),
        *(
            (
                case(SEVERAL),
                requirement,
                "en",
                ["receivedOn", "offer.occupation"],
                "State the code in the edition that counts on the day of receipt; choose among the candidates.",
            )
            for requirement in ("noc-level", "occupation-listed")
        ),
        (
            couple("qualifies, pending"),
            "spouse-principal-status",
            "en",
            ["principal.permit"],
            "Make more precise: principal.permit.",
        ),
    ],
)
def test_whom_to_ask(kg: CptppGraph, given: Any, requirement: str, lang: str, fields: list[str], ask: str) -> None:
    found = kg.assess_all(given, lang=lang)[-1].as_dict()
    point = next(point for point in found["open"] if point["requirement"] == requirement)
    assert (point["fields"], point["ask"]) == (fields, ask)
    assert point["because"] == next(f["because"] for f in found["findings"] if f["requirement"] == requirement)


# ------------------------------------------------------------------ where it is printed


@pytest.mark.parametrize(
    ("given", "rulebook", "expected"),
    [
        (
            case("p01"),
            "ircc",
            {
                "nationality": [13],
                "agreement-in-force": ["ircc-overview-2023", "mfat", "wiki-membership"],
                "category-available": [126],
                "offer": [59],
                "noc-level": [27],
                "occupation-listed": [126],
                "education": [28, 122],
                "licensing": [56, 112],
                "japan-associate-degree": [259],
            },
        ),
        (case("p39"), "ircc", {"nationality": [13], "category-available": [13], "occupation-listed": [13], "education": [28]}),
        (case("i12"), "ircc", {"occupation-listed": [261]}),
        (case("m-jpn-researcher-employer-unstated"), "ircc", {"occupation-listed": [247, 249, 255]}),
        (TWO_CODES, "ircc", {"noc-level": [26, 27]}),
        (case("i06"), "ircc", {"nationality": [13, 440]}),
        (case("p12"), "canadavisa", {"nationality": ["canadavisa"], "noc-level": [6], "occupation-listed": ["canadavisa"]}),
        (case("p25"), "canadavisa", {"nationality": [36, 48]}),
    ],
)
def test_where_it_is_printed(kg: CptppGraph, given: dict[str, Any], rulebook: str, expected: dict[str, list[Any]]) -> None:
    """The lines on which a finding rests; where the rulebook has none for this applicant, those for others, else the whole."""
    found = printed(kg.assess(given, rulebook=rulebook))
    assert {requirement: found[requirement] for requirement in expected} == expected


# ------------------------------------------------------------------ what the shapes see of a case

STATED = {
    "id": "a/b é",
    "kind": "principal",
    "applicant": {"citizenship": ["Japan", "FRA"]},
    "category": "technician",
    "receivedOn": "2022-11-16",
    "offer": {
        "occupation": ["noc2021:00010"],
        "role": "worker",
        "energySector": False,
        "durationMonths": 12,
        "province": "ON",
        "wage": {"amount": 40, "unit": "hour", "currency": "CAD"},
        "prevailingWage": {"amount": 10.1, "unit": "hour"},
    },
    "education": {"yearsOfStudy": 2},
}
CASE = "https://w3id.org/cptpp-graph/case/"
SEEN = """
a cptpp:PrincipalClaim
category cptpp:technician
citizenship authority:FRA
citizenship id:party/JPN
durationMonths "12"^^integer
energySector "false"^^boolean
notAfter "2022-11-16"^^date
notBefore "2022-11-16"^^date
occupation noc2021:00010
ofCase case:a%2Fb%20%C3%A9
ofPermit req:permit-t52
onGround cptpp:citizenship
payAmount "40.0"^^decimal
prevailingAmount "10.1"^^decimal
province id:place/ON
receivedOn "2022-11-16"^^date
role "worker"
rulebook id:source/ircc
states cptpp:category
states cptpp:citizenship
states cptpp:durationMonths
states cptpp:energySector
states cptpp:occupation
states cptpp:prevailingWage
states cptpp:province
states cptpp:receivedOn
states cptpp:role
states cptpp:wage
states cptpp:yearsOfStudy
throughParty id:party/JPN
unstatedEdition case:../noc/2016
yearsOfStudy "2.0"^^decimal
"""


def seen(graph: rdflib.Graph, claim: str) -> list[str]:
    """What stands on a claim, a line each, without what the rules say of it."""
    known = {line.split()[0] for line in SEEN.strip().splitlines()}
    lines = []
    for predicate, value in graph.predicate_objects(rdflib.URIRef(CASE + claim)):
        name = "a" if predicate == rdflib.RDF.type else str(predicate).removeprefix(NS)
        if name in known:
            lines.append(f"{name} {_short(value)}")
    return sorted(lines)


def _short(value: Any) -> str:
    if isinstance(value, rdflib.URIRef):
        whole = shorten(value.replace("http://publications.europa.eu/resource/authority/country/", "authority:"))
        return whole.replace(CASE, "case:").replace(CASE.removesuffix("case/"), "case:../")
    return str(value.n3()).replace("<http://www.w3.org/2001/XMLSchema#", "").replace(">", "")


def test_what_the_shapes_see_of_what_is_stated(kg: CptppGraph) -> None:
    """As `validate` and the export in Turtle give it, which shapes of others rely on."""
    graph = kg.claims(STATED)
    assert seen(graph, "a%2Fb%20%C3%A9/ircc/technician/citizenship-JPN") == SEEN.strip().splitlines()
    grounds = {str(claim).partition("/ircc/technician/")[2] for claim in graph.subjects(rdflib.RDF.type) if "/ircc/" in claim}
    assert {ground for ground in grounds if ground.count("/") == 0} == {
        "citizenship-FRA",
        "citizenship-JPN",
        "permanentResidence-AUS",
    }


@pytest.mark.parametrize(
    ("applicant", "grounds"),
    [
        ({}, {"unknown"}),
        ({"citizenship": [], "permanentResidence": []}, {"citizenship-none"}),
        ({"citizenship": ["AUS"]}, {"citizenship-AUS"}),
        ({"permanentResidence": ["NZL"]}, {"permanentResidence-NZL", "unknown"}),
        ({"citizenship": ["NZL"], "permanentResidence": ["PER"]}, {"citizenship-NZL", "permanentResidence-PER"}),
    ],
)
def test_every_country_that_a_case_can_rest_on_is_a_reading(kg: CptppGraph, applicant: dict[str, Any], grounds: set[str]) -> None:
    graph = kg.claims({**BARE, "category": "technician", "applicant": applicant})
    start = f"{CASE}bare/ircc/technician/"
    found = {str(s).removeprefix(start) for s in graph.subjects(rdflib.RDF.type) if s.startswith(start)}
    assert {ground for ground in found if "/" not in ground} == grounds
