"""The ledgers: what matters to a case and what does not, oddities found and none made up, phrases and what rests on them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from rdflib import RDF, SH

from cptpp_graph import CptppGraph, catalogue, clinic, derivation, files
from cptpp_graph.terms import GRAPH, ID, PREFIXES
from tests.forms import CASES, stated

CLINIC = {path.stem: path for path in sorted((files.root() / "queries" / "clinic").glob("*.rq"))}
GOLDEN = Path(__file__).parent / "golden" / "clinic.tsv"


def case(name: str) -> dict[str, Any]:
    return stated(next(path for path in CASES if path.stem == name))


# ------------------------------------------------------------------ disagreements


def bearing(kg: CptppGraph, of: dict[str, Any]) -> dict[str, str]:
    return {str(row.point or row.label): str(row.bearing) for row in kg.disagreements(of)}


def electrician(country: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((files.root() / "docs" / "examples" / "electrician.json").read_text(encoding="utf-8"))
    return {**found, "applicant": {"citizenship": [country], "permanentResidence": []}}


def test_the_ledger_holds_every_point_and_what_only_some_have(kg: CptppGraph) -> None:
    table = kg.disagreements()
    assert Counter(row.kind for row in table)["discrepancy"] == len(kg.ask("discrepancies"))
    assert Counter(row.kind for row in table)["ambiguity"] == len(kg.ask("ambiguities"))
    lists = {str(row.label): (row.speaking, row.silent) for row in table if row.kind == "list"}
    assert lists["Professionals of Peru"] == ("ircc; ircc-2024", "canadavisa") and "Professionals of Japan" not in lists
    assert all(row.silent and row.speaking for row in table if row.kind in ("list", "requirement"))
    by_point = {row.point: row for row in table}
    resting = {row.conclusion for row in kg.ask("reached", country="PER", category="technician") if row.status == "unclear"}
    assert by_point["Q6"].permissions >= len(resting) > 0
    assert by_point["Q6"].statements == len(kg.ask("touched", issue="Q6"))


def test_the_nesting_matters_to_whom_it_touches_only(kg: CptppGraph) -> None:
    assert bearing(kg, electrician("PER"))["Q6"] == "matters"
    assert bearing(kg, electrician("MEX"))["Q6"] == "does-not-matter"
    plumber = {**electrician("PER"), "offer": {**electrician("PER")["offer"], "occupation": ["noc2021:22300"]}}
    assert bearing(kg, plumber)["Q6"] == "does-not-matter", "civil technologists stand alone in Peru’s list"


def test_a_list_of_another_party_does_not_matter(kg: CptppGraph) -> None:
    found = bearing(kg, electrician("PER"))
    assert found["Technicians of Peru"] == "matters", "the older page has none"
    assert found["Technicians of Chile"] == "does-not-matter"


def test_a_rulebook_silent_on_the_country_makes_no_point_matter(kg: CptppGraph) -> None:
    """What is withheld because a rulebook lacks the country's lists is no difference on the points of others."""
    of = {**electrician("PER"), "offer": {**electrician("PER")["offer"], "occupation": ["noc2021:62200"]}}
    found = bearing(kg, of)
    assert found["Technicians of Peru"] == "matters"
    assert "matters" not in {found["D10"], found["D14"], found["D20"], found["Q29"]}
    assert bearing(kg, electrician("AUS"))["D20"] == "matters", "the older page asks no specialized knowledge of technicians"


def test_a_point_about_the_lists_of_others_does_not_matter(kg: CptppGraph) -> None:
    """Even where it also touches a provision for all."""
    found = bearing(kg, electrician("AUS"))
    assert {found[point] for point in ("D10", "D27", "Q3", "Q29")} == {"does-not-matter"}
    assert found["D25"] == "cannot-be-told", "one of the lists that it touches is Australia's"


def test_where_a_case_fails_anyway_what_was_not_judged_does_not_matter(kg: CptppGraph) -> None:
    failing = bearing(kg, {**electrician("AUS"), "experience": {"paidYearsInSector": 0}})
    passing = bearing(kg, electrician("AUS"))
    assert passing["D14"] == "cannot-be-told" and failing["D14"] == "does-not-matter"
    assert failing["Q23"] == "cannot-be-told", "it is on the requirement that fails"


def test_nothing_is_ruled_out_where_the_country_is_not_known(kg: CptppGraph) -> None:
    assert "does-not-matter" not in bearing(kg, case("m-citizenship-unstated")).values()


@pytest.mark.parametrize("name", ["p01", "m-aus-3-years-india", "m-jpn-technician", "s20", "m-per-drilling-contractor"])
def test_what_does_not_matter_differs_under_no_rulebook(kg: CptppGraph, name: str) -> None:
    of = case(name)
    differing = {requirement for other in kg.assess(of).other_rulebooks for requirement in other.differs}
    labels = {kg.lexicon.label(one.iri, "en"): one.id for known in kg.lexicon.requirements.values() for one in known}
    for row in kg.disagreements(of):
        if row.kind == "requirement" and row.bearing == "does-not-matter":
            assert labels.get(str(row.label)) not in differing


# ------------------------------------------------------------------ clinic


def found_by(store: ox.Store, name: str) -> list[tuple[str, str]]:
    text = CLINIC[name].read_text(encoding="utf-8")
    rows = store.query(text, use_default_graph_as_union=True)
    assert "ORDER BY" in text and "SELECT *" not in text and "SERVICE" not in text
    return [(row["node"].value.removeprefix(ID), row["detail"].value) for row in rows]


def test_oddities_are_those_accepted(kg: CptppGraph) -> None:
    lines = [f"{name}\t{node}\t{detail}" for name in CLINIC for node, detail in found_by(kg.store, name)]
    assert "\n".join(lines) + "\n" == GOLDEN.read_text(encoding="utf-8"), "read them, then: python -m tests.test_ledgers"


def test_the_nesting_is_found_by_comparison(kg: CptppGraph) -> None:
    assert not any(
        row[0] in CLINIC["nesting-unlike-others"].read_text("utf-8") for row in kg.ask("commitments").select("country")
    )
    nested = {node for node, _ in found_by(kg.store, "nesting-unlike-others")}
    read = {str(row.statement).removeprefix(ID) for row in kg.ask("touched", issue="Q6") if "/L" in str(row.statement)}
    assert nested == read, "the same items as a curator found"


DEFECTS = """@base <https://w3id.org/cptpp-graph/id/> .
@prefix cccev: <http://data.europa.eu/m8g/> .
@prefix cptpp: <https://w3id.org/cptpp-graph/ns#> .
@prefix noc2016: <https://w3id.org/cptpp-graph/noc/2016/> .
@prefix noc2021: <https://w3id.org/cptpp-graph/noc/2021/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix req: <https://w3id.org/cptpp-graph/req/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<party/ZUB> a cptpp:Party ; rdfs:label "Zubrowka"@en , "Zubrowka"@fr ; skos:notation "ZUB" .
<entry-into-force/ZUB> a cptpp:EntryIntoForce ; cptpp:party <party/ZUB> ;
    cptpp:underAgreement <agreement/cptpp> ; cptpp:forceOfDate "2025-01-01"^^xsd:date .
<zub/t> a cptpp:PositiveSchedule , cptpp:CommittingSchedule , cptpp:Schedule ; rdfs:label "Technicians"@en , "Techniciens"@fr ;
    cptpp:inSource <source/ircc> ; cptpp:party <party/ZUB> ; cptpp:category cptpp:technician ; cptpp:section "Z" ; cptpp:line 1 ;
    cptpp:levelRule <zub/t/2016> , <zub/t/2021> .
<zub/t/2016> a cptpp:LevelRule ; cptpp:window <window/noc-2016> ; cptpp:level noc2016:level-B .
<zub/t/2021> a cptpp:LevelRule ; cptpp:window <window/noc-2021> ; cptpp:level noc2021:teer-2 .
<zub/t/L2> a cptpp:Inclusion , cptpp:Entry ; cptpp:inSchedule <zub/t> ; cptpp:phrase <phrase/civil-engineers> ;
    cptpp:printedPhrase "civil engineers" ; cptpp:section "Z" ; cptpp:line 2 .
<zub/t/L3> a cptpp:Inclusion , cptpp:Entry ; cptpp:inSchedule <zub/t> ; cptpp:leadIn "supervisors" ;
    cptpp:section "Z" ; cptpp:line 3 ; cptpp:printedPhrase "Interior designers" ;
    cptpp:phrase <phrase/contractors-and-supervisors-pipefitting-trades> .
<zub/t/L4> a cptpp:Inclusion , cptpp:Entry ; cptpp:inSchedule <zub/t> ; cptpp:section "Z" ; cptpp:line 4 ;
    cptpp:phrase <phrase/contractors-and-supervisors-plumbers> ; cptpp:printedPhrase "plumbing bosses" .
<zub/p> a cptpp:NegativeSchedule , cptpp:CommittingSchedule , cptpp:Schedule ;
    rdfs:label "Professionals"@en , "Professionnels"@fr ;
    cptpp:inSource <source/ircc> ; cptpp:party <party/ZUB> ; cptpp:category cptpp:professional ; cptpp:section "Z" ;
    cptpp:levelRule <zub/p/2021> .
<zub/p/2021> a cptpp:LevelRule ; cptpp:window <window/noc-2021> ; cptpp:level noc2021:teer-0 .
<zub/p/L6> a cptpp:Exclusion , cptpp:Entry ; cptpp:inSchedule <zub/p> ; cptpp:phrase <phrase/excluded-judges-and-notaries> ;
    cptpp:printedPhrase "judges and notaries" ; cptpp:section "Z" ; cptpp:line 6 .
<zub/silent> a cptpp:SilentSchedule , cptpp:Schedule ; cptpp:inSource <source/ircc-2024> ; cptpp:section "Z" .
<zub/unmarked> a cptpp:UnmarkedSchedule , cptpp:Schedule ; cptpp:inSource <source/canadavisa> ; cptpp:section "Z" ; cptpp:line 8 .
<zub/asks> a cptpp:Provision ; rdfs:label "a song"@en , "une chanson"@fr ; cptpp:statesRequirement req:experience ;
    cptpp:force cptpp:mandatory ; cptpp:inSource <source/ircc> ; cptpp:section "Z" ; cptpp:line 9 .
<zub/unproved> a cptpp:Provision ; rdfs:label "a dance"@en , "une danse"@fr ; cptpp:statesRequirement req:experience ;
    cptpp:force cptpp:mandatory ; cptpp:asksFact cptpp:paidYearsInSector ;
    cptpp:inSource <source/ircc> ; cptpp:section "Z" ; cptpp:line 10 .
"""
PLANTED = {
    "cited-without-line": {"zub/p"},
    "covered-twice": {"zub/t/L3", "zub/t/L4"},
    "entry-without-effect": {"zub/t/L2"},
    "exclusion-beyond-levels": {"zub/p/L6"},
    "exclusion-without-effect": {"zub/p/L6"},
    "fact-nobody-states": {"zub/asks"},
    "nesting-unlike-others": {"zub/t/L3"},
    "requirement-without-evidence": {"zub/unproved"},
    "silent-list": {"zub/silent"},
    "unmarked-list": {"zub/unmarked"},
    "window-before-force": {"zub/t/2016"},
}


@pytest.fixture(scope="module")
def planted(kg: CptppGraph) -> ox.Store:
    """The graph with an invented Party whose lists have every oddity, and what follows derived anew."""
    store = ox.Store()
    store.bulk_extend(quad for quad in kg.store if quad.graph_name != derivation.DERIVED)
    for quad in ox.parse(DEFECTS, format=ox.RdfFormat.TURTLE):
        store.add(ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(GRAPH + "ircc")))
    derivation.derive(store, files.root())
    return store


@pytest.mark.parametrize("name", CLINIC)
def test_each_check_finds_what_was_planted(kg: CptppGraph, planted: ox.Store, name: str) -> None:
    new = {node for node, _ in found_by(planted, name)} - {node for node, _ in found_by(kg.store, name)}
    assert new and new <= PLANTED[name]


def test_the_report_is_a_shacl_report(kg: CptppGraph) -> None:
    table, graph = kg.clinic(), kg.clinic_report()
    results = list(graph.subjects(RDF.type, SH.ValidationResult))
    assert len(results) == len(table) == sum(clinic.counts(table).values()) > 0
    for result in results:
        assert {message.language for message in graph.objects(result, SH.resultMessage)} == {"en", "fr"}
        assert graph.value(result, SH.resultSeverity) in (SH.Warning, SH.Info)
        assert graph.value(result, SH.focusNode) and graph.value(result, SH.sourceConstraintComponent)
    assert all(row.source and row.section for row in table), "each is cited"
    assert set(catalogue.shipped()["clinic"]) == set(CLINIC)


# ------------------------------------------------------------------ phrases


def test_wording_is_that_of_the_titles(kg: CptppGraph) -> None:
    titles = {(row.year, row.code): str(row.title) for row in kg.ask("titles")}
    rows = [row for row in kg.phrases() if (row.year, row.code) in titles]
    for row in rows:
        same = titles[row.year, row.code].lower() == str(row.label).lower()
        assert (row.wording == "title") == same
    assert {row.wording for row in rows} == {"title", "like title", "other words"}


def test_half_a_group_names_its_other_half(kg: CptppGraph) -> None:
    joint = {str(row.joint) for row in kg.phrases("other construction trades") if row.code in ("7205", "72014")}
    assert joint and all("installers" in name for name in joint)


def test_what_rests_on_a_mapping_grows_with_the_threshold(kg: CptppGraph) -> None:
    sums = [sum(int(row.resting or 0) for row in kg.sensitivity(below)) for below in ("0.4", "0.7", "0.9", "0.97", "1")]
    assert sums == sorted(sums) and sums[0] < sums[2] < sums[-1]
    firm = [row for row in kg.sensitivity("0.9") if row.status in ("permitted", "conditional")]
    assert firm and all(row.resting == 0 for row in firm), "under the threshold nothing is decided"
    assert len(kg.sensitivity()) > len(kg.sensitivity("0.9"))


def test_prefixes_are_ours(kg: CptppGraph) -> None:
    """The clinic names no Party and no occupation: what it compares stands in the graph."""
    for path in CLINIC.values():
        text = path.read_text(encoding="utf-8")
        assert PREFIXES["noc2021"] not in text and "/id/" not in text


if __name__ == "__main__":
    with CptppGraph.open() as opened:
        rows = [f"{name}\t{node}\t{detail}\n" for name in CLINIC for node, detail in found_by(opened.store, name)]
    GOLDEN.write_text("".join(rows), encoding="utf-8")
