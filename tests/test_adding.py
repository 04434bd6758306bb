"""Adding a Party touches data/ only: an invented one is added in a temporary folder and every question is asked of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cptpp_graph import CptppGraph, build, catalogue, files, intake, linking, words

PREFIXES = """@base <https://w3id.org/cptpp-graph/id/> .
@prefix cptpp: <https://w3id.org/cptpp-graph/ns#> .
@prefix noc2021: <https://w3id.org/cptpp-graph/noc/2021/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
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


@pytest.fixture(scope="module")
def zubrowka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CptppGraph]:
    folder = tmp_path_factory.mktemp("with-a-new-party")
    for name in ("ontology", "data", "queries", "shapes"):
        shutil.copytree(files.root() / name, folder / name)
    for name, text in FILES.items():
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
