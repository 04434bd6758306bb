"""Adding a Party or an agreement touches data/ only: invented ones are added in a temporary folder and asked about."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cptpp_graph import CptppGraph, build, catalogue, files, intake, linking, words

PREFIXES = """@base <https://w3id.org/cptpp-graph/id/> .
@prefix cccev: <http://data.europa.eu/m8g/> .
@prefix cptpp: <https://w3id.org/cptpp-graph/ns#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix noc2021: <https://w3id.org/cptpp-graph/noc/2021/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix req: <https://w3id.org/cptpp-graph/req/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

FILES = {
    "data/party-of-the-test.ttl": """
<party/ZUB> a cptpp:Party ;
    rdfs:label "Zubrowka"@en , "Zubrowka"@fr ;
    skos:notation "ZUB" ;
    cptpp:underAgreement <agreement/cptpp> .
""",
    "data/sources/treaty-status/party-of-the-test.ttl": """
<entry-into-force/ZUB/mfat> a cptpp:EntryIntoForce ;
    rdfs:label "Zubrowka: in force"@en , "Zubrowka : en vigueur"@fr ;
    cptpp:party <party/ZUB> ;
    cptpp:underAgreement <agreement/cptpp> ;
    cptpp:forceOfDate "2025-01-01"^^xsd:date ;
    cptpp:inSource <source/mfat> .
""",
    "data/sources/ircc/ZUB.ttl": """
<ircc/nationality> cptpp:admitsCitizensOf <party/ZUB> .
<ircc-2024/nationality> cptpp:admitsCitizensOf <party/ZUB> .
<ircc/technician/spouse-principal-status> cptpp:admitsCitizensOf <party/ZUB> .
<ircc/ZUB/technician> a cptpp:PositiveSchedule ;
    rdfs:label "Technicians of Zubrowka"@en , "Techniciens : Zubrowka"@fr ;
    cptpp:inSource <source/ircc> ;
    cptpp:party <party/ZUB> ;
    cptpp:category cptpp:technician ;
    cptpp:levelRule <ircc/ZUB/technician/levels-noc-2021> ;
    cptpp:section "Zubrowka" ;
    cptpp:line 1 .
<ircc/ZUB/technician/levels-noc-2021> a cptpp:LevelRule ;
    cptpp:window <window/noc-2021> ;
    cptpp:level noc2021:teer-2 ;
    cptpp:line 1 .
<ircc/ZUB/technician/L2> a cptpp:Inclusion ;
    cptpp:inSchedule <ircc/ZUB/technician> ;
    cptpp:phrase <phrase/plumbers> ;
    cptpp:printedPhrase "plumbers" ;
    cptpp:section "Zubrowka" ;
    cptpp:line 2 .
<ircc/ZUB/professional> a cptpp:NegativeSchedule ;
    rdfs:label "Professionals of Zubrowka"@en , "Professionnels : Zubrowka"@fr ;
    cptpp:inSource <source/ircc> ;
    cptpp:party <party/ZUB> ;
    cptpp:category cptpp:professional ;
    cptpp:section "Zubrowka" ;
    cptpp:line 3 .
<ircc/ZUB/professional/L4> a cptpp:Exclusion ;
    cptpp:inSchedule <ircc/ZUB/professional> ;
    cptpp:phrase <phrase/excluded-judges-and-notaries> ;
    cptpp:printedPhrase "judges and notaries" ;
    cptpp:section "Zubrowka" ;
    cptpp:line 4 .
""",
}


# An agreement of Freedonia and Japan with Canada: carpenters and judges, no Party to it but these, nothing else asked.
AGREEMENT = {
    "data/agreements/freedonia.ttl": """
<agreement/freedonia> a cptpp:Agreement ;
    rdfs:label "Freedonian Treaty"@en , "Traité freedonien"@fr ;
    skos:definition "Invented."@en , "Inventé."@fr ;
    cptpp:grantingParty <party/CAN> ;
    skos:notation "freedonia" .
<party/CAN> cptpp:underAgreement <agreement/freedonia> .
<party/JPN> cptpp:underAgreement <agreement/freedonia> .
<party/FDN> a cptpp:Party ;
    rdfs:label "Freedonia"@en , "Freedonie"@fr ;
    skos:notation "FDN" ;
    cptpp:underAgreement <agreement/freedonia> .
req:permit-x99 a cccev:Requirement ;
    dcterms:identifier "permit-x99" ;
    rdfs:label "permit X99"@en , "permis X99"@fr ;
    skos:definition "Invented."@en , "Inventé."@fr ;
    cptpp:forCase cptpp:PrincipalCase ;
    cptpp:underAgreement <agreement/freedonia> .
req:nationality cccev:isRequirementOf req:permit-x99 .
req:agreement-in-force cccev:isRequirementOf req:permit-x99 .
req:category-available cccev:isRequirementOf req:permit-x99 .
req:noc-level cccev:isRequirementOf req:permit-x99 .
req:occupation-listed cccev:isRequirementOf req:permit-x99 .
req:approval cccev:isRequirementOf req:permit-x99 .
""",
    "data/sources/freedonia/freedonia.ttl": """
<source/freedonia> a cptpp:Rulebook , cptpp:Source ;
    rdfs:label "Freedonian page"@en , "Page freedonienne"@fr ;
    skos:definition "Invented."@en , "Inventée."@fr ;
    dcterms:identifier "freedonia" ;
    cptpp:underAgreement <agreement/freedonia> .
<entry-into-force/freedonia/FDN> a cptpp:EntryIntoForce ;
    rdfs:label "Freedonia: in force"@en , "Freedonie : en vigueur"@fr ;
    cptpp:party <party/FDN> ;
    cptpp:underAgreement <agreement/freedonia> ;
    cptpp:forceOfDate "1933-11-17"^^xsd:date ;
    cptpp:inSource <source/freedonia> .
<entry-into-force/freedonia/JPN> a cptpp:EntryIntoForce ;
    rdfs:label "Japan: in force"@en , "Japon : en vigueur"@fr ;
    cptpp:party <party/JPN> ;
    cptpp:underAgreement <agreement/freedonia> ;
    cptpp:forceOfDate "2024-01-01"^^xsd:date ;
    cptpp:inSource <source/freedonia> .
<freedonia/nationality> a cptpp:Provision ;
    rdfs:label "citizens"@en , "citoyens"@fr ;
    skos:definition "Invented."@en , "Inventé."@fr ;
    cptpp:inSource <source/freedonia> ;
    cptpp:statesRequirement req:nationality ;
    cptpp:admitsCitizensOf <party/FDN> , <party/JPN> ;
    cptpp:asksFact cptpp:citizenship ;
    cptpp:section "Who" .
<freedonia/approval> a cptpp:Provision ;
    rdfs:label "code"@en , "code"@fr ;
    skos:definition "Invented."@en , "Inventé."@fr ;
    cptpp:inSource <source/freedonia> ;
    cptpp:statesRequirement req:approval ;
    cptpp:exemptionCode "X99" ;
    cptpp:section "Code" .
<freedonia/technician/noc-level> a cptpp:Provision ;
    rdfs:label "TEER 2"@en , "FEER 2"@fr ;
    skos:definition "Invented."@en , "Inventé."@fr ;
    cptpp:inSource <source/freedonia> ;
    cptpp:statesRequirement req:noc-level ;
    cptpp:forCategory cptpp:technician ;
    cptpp:asksFact cptpp:occupation ;
    cptpp:levelRule <freedonia/levels> ;
    cptpp:section "Levels" .
<freedonia/levels> a cptpp:LevelRule ;
    cptpp:window <window/noc-2021-undated> ;
    cptpp:level noc2021:teer-2 .
<freedonia/JPN/technician> a cptpp:PositiveSchedule ;
    rdfs:label "Technicians of Japan"@en , "Techniciens : Japon"@fr ;
    cptpp:inSource <source/freedonia> ;
    cptpp:party <party/JPN> ;
    cptpp:category cptpp:technician ;
    cptpp:section "Lists" .
<freedonia/JPN/technician/chefs> a cptpp:Inclusion ;
    cptpp:inSchedule <freedonia/JPN/technician> ;
    cptpp:phrase <phrase/chefs> ;
    cptpp:printedPhrase "chefs" ;
    cptpp:section "Lists" .
""",
}


pytestmark = pytest.mark.xdist_group("adding")  # each graph is built once


@pytest.fixture(scope="module")
def zubrowka(kg: CptppGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CptppGraph]:
    yield from _with(FILES, tmp_path_factory.mktemp("with-a-new-party"))


@pytest.fixture(scope="module")
def freedonia(kg: CptppGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CptppGraph]:
    """Opened, like the other, after the shipped graph, with which it is compared."""
    yield from _with(AGREEMENT, tmp_path_factory.mktemp("with-a-new-agreement"))


def _with(added: dict[str, str], folder: Path) -> Iterator[CptppGraph]:
    """The graph built anew with these files among the others."""
    for name in ("ontology", "data", "queries", "shapes"):
        shutil.copytree(files.root() / name, folder / name)
    for name, text in added.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(PREFIXES + text, encoding="utf-8")
    build.write(build.build(folder), folder, folder / "artifact")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "ARTIFACT", Path(folder / "artifact"))
        _forget()
        with CptppGraph.open() as graph:
            yield graph
    _forget()


def _forget() -> None:
    for known in (catalogue.shipped, catalogue.named_queries, words.country, intake.field_table, linking.parties):
        known.cache_clear()


def test_its_lists_are_read(zubrowka: CptppGraph) -> None:
    assert [(row.code, row.status) for row in zubrowka.occupations("Zubrowka", "technician")] == [("72300", "permitted")]
    professionals = {row.code: row.status for row in zubrowka.occupations("ZUB", "professional")}
    assert professionals["21300"] == "permitted" and professionals["41101"] == "conditional"
    assert "41100" not in professionals


def test_it_is_in_force_from_its_day(zubrowka: CptppGraph) -> None:
    assert len(zubrowka.occupations("ZUB", "technician", on="2024-12-31")) == 0
    assert len(zubrowka.occupations("ZUB", "technician", on="2025-01-01")) == 1


def test_a_later_page_that_amends_the_source_applies_it_too(zubrowka: CptppGraph) -> None:
    assert len(zubrowka.occupations("ZUB", "technician", rulebook="ircc-2024")) == 1
    assert len(zubrowka.occupations("ZUB", "technician", rulebook="canadavisa")) == 0


def test_every_question_can_be_asked_of_it(zubrowka: CptppGraph) -> None:
    for name, query in catalogue.named_queries().items():
        known = {parameter.name: parameter.example for parameter in query.parameters if parameter.required}
        if {"country", "party"} & {parameter.name for parameter in query.parameters}:
            zubrowka.ask(name, **{**known, "country": "ZUB"})
    assert "Zubrowka" in {row.country for row in zubrowka.occupation("72300")}
    assert "Zubrowka" in zubrowka.ask("commitments").write("csv")


PLUMBER = {
    "id": "zubrowkan-plumber",
    "kind": "principal",
    "applicant": {"citizenship": ["ZUB"], "permanentResidence": []},
    "category": "technician",
    "receivedOn": "2025-01-01",
    "offer": {
        "occupation": ["noc2021:72300"],
        "submittedThroughEmployerPortal": True,
        "complianceFeePaid": True,
        "durationMonths": 9,
        "requiresSpecializedKnowledge": True,
        "cashPayMeetsPrevailingWage": True,
        "reliesOnNonMonetaryPay": False,
    },
    "education": {"yearsOfStudy": 2, "meetsNocRequirements": True},
    "experience": {"paidYearsInSector": 4},
    "language": {"officerConcern": False, "satisfied": True},
    "licensing": {"regulatedInProvince": True, "licence": "foreign"},
}


def failing(graph: CptppGraph, **changes: object) -> tuple[str, list[str]]:
    found = graph.assess({**PLUMBER, **changes})
    return found.outcome, [finding.requirement for finding in found.findings if finding.outcome == "not-met"]


def test_its_people_are_judged(zubrowka: CptppGraph) -> None:
    offer = PLUMBER["offer"]
    assert isinstance(offer, dict)
    assert failing(zubrowka) == ("qualifies", [])
    assert failing(zubrowka, receivedOn="2024-12-31") == ("does-not-qualify", ["agreement-in-force"])
    assert failing(zubrowka, offer={**offer, "occupation": ["noc2021:72200"]}) == ("does-not-qualify", ["occupation-listed"])
    assert failing(zubrowka, applicant={"citizenship": ["NZL"], "permanentResidence": []}) == (
        "does-not-qualify",
        ["nationality"],
    )


def test_the_spouses_of_its_people_are_judged(zubrowka: CptppGraph) -> None:
    principal = {"citizenship": ["ZUB"], "permanentResidence": [], "permit": "approved"}
    spouse = {"id": "spouse", "kind": "spouse", "relationship": "married"}
    assert zubrowka.assess({**spouse, "principal": {**principal, "category": "technician"}}).outcome == "qualifies"
    assert zubrowka.assess({**spouse, "principal": {**principal, "category": "professional"}}).outcome == "does-not-qualify"
    assert zubrowka.assess({**spouse, "principal": principal}).outcome == "undetermined"


# ------------------------------------------------------------------ an agreement


def chef(country: str, **changes: object) -> dict[str, object]:
    offer = PLUMBER["offer"]
    assert isinstance(offer, dict)
    of = {"citizenship": [country], "permanentResidence": []}
    return {**PLUMBER, "applicant": of, "offer": {**offer, "occupation": ["noc2021:62200"]}, **changes}


def routes(graph: CptppGraph, case: dict[str, object]) -> dict[str | None, tuple[str, tuple[str, ...]]]:
    return {route.code: (route.outcome, route.differs) for route in graph.assess(case).other_routes if route.agreement}


def test_a_new_agreement_is_another_route(freedonia: CptppGraph) -> None:
    """Told to citizens of its Parties whom the first agreement fails, with what it says; to nobody else."""
    assert routes(freedonia, chef("JPN")) == {"X99": ("qualifies", ("occupation-listed", "japan-associate-degree"))}
    assert routes(freedonia, chef("JPN", receivedOn="2023-12-31"))["X99"][0] == "does-not-qualify"
    assert routes(freedonia, chef("FDN"))["X99"] == (
        "does-not-qualify",
        ("nationality", "agreement-in-force", "category-available"),
    )
    assert routes(freedonia, chef("AUS")) == routes(freedonia, chef("NZL")) == {}
    assert "Freedonian Treaty" in {route.name for route in freedonia.assess(chef("JPN")).other_routes}


def test_under_a_new_agreement_people_are_judged(freedonia: CptppGraph) -> None:
    found = freedonia.assess(chef("JPN"), rulebook="freedonia")
    assert (found.outcome, found.permit.code, found.other_rulebooks, found.other_routes) == ("qualifies", "X99", (), ())
    assert [finding.requirement for finding in found.findings][-1] == "occupation-listed"
    undated = freedonia.assess(chef("JPN", receivedOn=None), rulebook="freedonia")
    assert [point.requirement for point in undated.open] == ["agreement-in-force"], "days count by agreement"
    assert [(row.code, row.status) for row in freedonia.occupations("JPN", "technician", rulebook="freedonia")] == [
        ("62200", "permitted")
    ]


ACROSS = {"disagreements", "sensitivity", "sources"}  # what rests on each point, or under each rulebook, is counted


def test_a_new_agreement_changes_no_answer_about_the_first(freedonia: CptppGraph, kg: CptppGraph) -> None:
    """Every question, of a country that is a Party to both where it asks for one; only what is asked of all grows."""
    for name, query in catalogue.named_queries().items():
        given = {one.name: one.example for one in query.parameters if one.required}
        if "country" in {one.name for one in query.parameters}:
            given["country"] = "JPN"
        same = freedonia.ask(name, **given).to_dicts() == kg.ask(name, **given).to_dicts()
        assert same == (name not in ACROSS), name
