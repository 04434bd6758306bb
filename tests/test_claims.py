"""The claims as engines read them: what is laid on them, and what is not."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pyoxigraph as ox
import pytest
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.namespace import XSD

from cptpp_graph import CptppGraph, intake, linking
from cptpp_graph.catalogue import shipped
from cptpp_graph.linking import Linked, are_claims, ask, link
from cptpp_graph.terms import NS
from cptpp_graph.words import term

TRUE = Literal("true", datatype=XSD.boolean)


def claims(kg: CptppGraph, **case: Any) -> Graph:
    return link(kg.store, intake.cases({"id": "a", "kind": "principal"} | case)[0]).graph()


def test_a_spouses_claims_are_known_again(kg: CptppGraph) -> None:
    """By their class, from which shapes and validate() know them."""
    graph = claims(kg, kind="spouse", relationship="married")
    assert set(graph.objects(None, RDF.type)) == {URIRef(NS + "SpouseClaim")}
    assert are_claims(graph) and not are_claims(Graph())


def test_what_a_spouse_is_decides_nothing(kg: CptppGraph) -> None:
    """The spouse's own citizenship is not laid where the principal's stands."""
    graph = claims(kg, kind="spouse", spouse={"citizenship": ["BRA"]}, principal={"citizenship": ["JPN"]})
    assert {str(country).rpartition("/")[2] for country in graph.objects(None, URIRef(NS + "citizenship"))} == {"JPN"}


def test_what_is_supposed_or_without_a_day_says_so(kg: CptppGraph) -> None:
    graph = claims(kg, applicant={"citizenship": ["JPN"]})
    for name in ("supposed", "undated"):
        assert set(graph.objects(None, URIRef(NS + name))) == {TRUE}, name


def test_nobodys_citizen_is_no_supposition(kg: CptppGraph) -> None:
    """Who is a citizen of no country has said so."""
    found = kg.assess({"id": "a", "kind": "principal", "applicant": {"citizenship": [], "permanentResidence": []}})
    assert not any(reading.supposed for reading in found.readings)
    assert found.basis.ground == "citizenship"


def test_what_linking_works_out_is_declared() -> None:
    """Of each property that code lays from facts, the fields that the code reads are those that are declared."""

    class Read(dict[str, Any]):
        def __init__(self, facts: Mapping[str, Any]) -> None:
            super().__init__(facts)
            self.read: set[str] = set()

        def get(self, key: str, default: Any = None) -> Any:
            self.read.add(key)
            return super().get(key, default)

    facts = {
        "receivedOn": "2024-01-01",
        "offer.wage.amount": 1,
        "offer.prevailingWage.amount": 1,
        "offer.wage.unit": "hour",
        "offer.wage.currency": "CAD",
        "offer.prevailingWage.unit": "hour",
        "offer.occupation": ("noc2021:21300",),
    }
    for kind, paths in linking.READ_AS.items():
        everything = Read(dict.fromkeys(paths))
        list(linking.case_claims(intake.Case("a", kind, everything), shipped()["words"]["rulebook"]))
        assert set(paths) <= everything.read <= {path for known in linking.READ_AS.values() for path in known}
    for lay in (linking._lay_dates, linking._lay_pay, linking._lay_editions):
        laid: set[str] = set()
        read: set[str] = set()
        for given in (facts, {}):
            seen, linked = Read(given), linking.Linked()
            lay(linked, "x:claim", intake.Case("a", "principal", seen))
            laid |= {name.removeprefix(NS) for _, name, _ in linked.triples()}
            read |= seen.read
        assert laid and {path for name in laid for path in linking.WORKED_OUT[name]} == read


def test_what_tells_readings_apart_is_declared() -> None:
    """Of what is laid on the claims of a case that says no more than it must, all but its class and its id."""
    laid: set[str] = set()
    rulebooks = shipped()["words"]["rulebook"]
    outcomes = {known[0]: "x:passed" for known in rulebooks.values()}
    for kind, facts in {"principal": {"applicant.citizenship": ("JPN",)}, "spouse": {}}.items():
        stated, linked = intake.Case("a", kind, facts), Linked()
        for number, claim in enumerate(linking.case_claims(stated, rulebooks, outcomes)):
            linking.lay_claim(linked, f"x:{number}", claim, stated)
        laid |= {name.removeprefix(NS) for _, name, _ in linked.triples()}
    own = {str(RDF.type), "ofCase", "states", "citizenship", *linking.WORKED_OUT}
    assert laid - own == set(linking.READING)


def test_a_question_without_an_answer_to_give_is_not_asked(kg: CptppGraph) -> None:
    """A row that stays empty, whatever the other rows hold."""
    linked = Linked()
    linked.claims.append(ox.NamedNode("x:claim"))
    linked.add("x:claim", "cptpp:rulebook", ox.NamedNode("x:rulebook"))
    rulebooks, nothing = "VALUES (?claim ?rulebook) { }", "VALUES (?schedule) { }"
    for rows in (rulebooks + nothing, nothing + rulebooks):
        assert ask(kg.store, f"SELECT ?claim WHERE {{ {rows} }}", linked) is None
    (found,) = ask(kg.store, f"SELECT ?rulebook WHERE {{ {rulebooks} }}", linked)
    assert found["rulebook"].value == "x:rulebook"


def test_what_is_stated_stands_on_every_test_of_its_own_claim(kg: CptppGraph) -> None:
    linked = Linked()
    for name, value in {"x:a": "one", "x:b": "two"}.items():
        linked.claims.append(ox.NamedNode(name))
        linked.add(name, "cptpp:role", ox.Literal(value))
        linked.add(f"{name}/test/1", "cptpp:onFact", ox.NamedNode(NS + "role"))
    linked.add("x:astray/test", "cptpp:onFact", ox.NamedNode(NS + "role"))
    linking.lay_stated(linked)
    stated = {subject: value.value for subject, name, value in linked.triples() if name == NS + "stated"}
    assert stated == {"x:a/test/1": "one", "x:b/test/1": "two"}


def test_a_spouse_has_no_claim_where_there_is_no_permit_for_spouses() -> None:
    """And the rulebooks that follow are read all the same."""
    peru, ircc, other = (term("rulebook", code) for code in ("ircc-peru-fta", "ircc", "canadavisa"))
    spouse = intake.Case("a", "spouse", {})
    assert [claim["rulebook"] for claim in linking.case_claims(spouse, [ircc, peru, other])] == [ircc, other]


def test_a_graph_of_claims_brings_no_prefixes(kg: CptppGraph) -> None:
    """The export in Turtle binds those of the project and no others."""
    assert not list(claims(kg).namespaces())


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (2, "number", ("2.0", "decimal")),
        (Decimal("1E+2"), "number", ("100.0", "decimal")),
        (2, "integer", ("2", "integer")),
        (True, "boolean", ("true", "boolean")),
        ("2024-02-29", "date", ("2024-02-29", "date")),
        ("worker", "code", ("worker", "string")),
        ("technician", "text", ("technician", "string")),
    ],
)
def test_values_as_terms(value: Any, kind: str, expected: tuple[str, str]) -> None:
    found = linking.as_term(value, kind)
    assert isinstance(found, ox.Literal)
    assert (found.value, found.datatype.value.rpartition("#")[2]) == expected


def test_codes_as_terms() -> None:
    for value, kind, end in (
        ("technician", "code", "ns#technician"),
        ("ON", "province", "id/place/ON"),
        ("noc2021:21300", "occupation", "noc/2021/21300"),
        ("PER", "country", "id/party/PER"),
        ("FRA", "country", "authority/country/FRA"),
    ):
        assert linking.as_term(value, kind).value.endswith("/" + end)
