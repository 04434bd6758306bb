"""What must hold of the judgment of any case: it goes by what is stated, by nothing else, and never gains by what is left out."""

from __future__ import annotations

import datetime
import json
import random
from collections.abc import Iterable
from functools import cache
from typing import Any

import pytest
from forms import CONTEXT, as_csv, statements
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from rules import Rules

from cptpp_graph import CptppGraph, intake
from cptpp_graph.catalogue import shipped
from cptpp_graph.compiled import judge  # test_compiled.py: it finds what pySHACL finds
from cptpp_graph.intake import Case
from cptpp_graph.linking import Linked, agreement_of, link
from cptpp_graph.verdict import MET, NOT_APPLICABLE, NOT_MET, OPEN, Claimed, claimed_of

settings.register_profile(
    "stable",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=40,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
STABLE = settings.get_profile("stable")
RULEBOOKS = {known[0]: iri for iri, known in shipped()["words"]["rulebook"].items()}
PARTIES = [known[0] for known in shipped()["words"]["party"].values()]
GROUPS = sorted(shipped()["groups"])
RANK = {MET: 0, OPEN: 1, NOT_MET: 2}
OUTCOME = {"qualifies": 0, "undetermined": 1, "does-not-qualify": 2}

# A complete case that qualifies, of each kind, from which generated cases depart.
COMPLETE: dict[str, dict[str, Any]] = {
    "principal": {
        "applicant.citizenship": ["AUS"],
        "applicant.permanentResidence": [],
        "category": "professional",
        "receivedOn": "2023-07-01",
        "offer.jobTitle": "engineer",
        "offer.occupation": ["noc2021:21300"],
        "offer.role": "worker",
        "offer.jobFunction": "other",
        "offer.academicEmployer": False,
        "offer.energySector": False,
        "offer.highlySpecializedOrCoreService": True,
        "offer.requiresTheoreticalScience": True,
        "offer.submittedThroughEmployerPortal": True,
        "offer.complianceFeePaid": True,
        "offer.requiresSpecializedKnowledge": True,
        "offer.durationMonths": 12,
        "offer.province": "ON",
        "offer.cashPayMeetsPrevailingWage": True,
        "offer.reliesOnNonMonetaryPay": False,
        "offer.wage.amount": 40,
        "offer.wage.unit": "hour",
        "offer.wage.currency": "CAD",
        "offer.prevailingWage.amount": 38.5,
        "offer.prevailingWage.unit": "hour",
        "offer.prevailingWage.region": "Toronto",
        "offer.prevailingWage.source": "Job Bank",
        "offer.requiredLanguage": [],
        "offer.qualificationsLetter": True,
        "education.credential": "degree",
        "education.yearsOfStudy": 4,
        "education.country": "AUS",
        "education.meetsNocRequirements": True,
        "education.japaneseAssociateDegree": "held",
        "experience.paidYearsInSector": 8,
        "language.officerConcern": False,
        "language.satisfied": True,
        "licensing.regulatedInProvince": True,
        "licensing.licence": "canadian",
        "licensing.examAfterEntry": False,
        "travelDocumentExpiresOn": "2030-01-01",
    },
    "spouse": {
        "relationship": "married",
        "principal.citizenship": ["AUS"],
        "principal.permanentResidence": [],
        "principal.category": "professional",
        "principal.permit": "approved",
        "principal.permitMonths": 12,
        "spouse.citizenship": ["IND"],
        "requestedMonths": 12,
        "placeOfApplication": "Sydney",
        "receivedOn": "2023-07-01",
    },
}
UNUSED = {  # facts that no requirement reads
    "principal": ("offer.jobTitle", "offer.province", "education.credential", "offer.prevailingWage.source"),
    "spouse": ("placeOfApplication", "spouse.citizenship"),
}
NUMBERS = {"yearsOfStudy": [0, 1.5, 2, 3, 4, 6], "paidYearsInSector": [0, 0.5, 1, 2, 4, 5], "amount": [1, 30, 38.5, 40, 80000]}


# ------------------------------------------------------------------ cases


def days() -> list[str]:
    """The days on which something changes, the day before and the day after."""
    with CptppGraph.open() as kg:
        rows = kg.store.query(
            "PREFIX cptpp: <https://w3id.org/cptpp-graph/ns#> SELECT DISTINCT ?day WHERE { ?s ?p ?day "
            "VALUES ?p { cptpp:earliestInForce cptpp:latestInForce cptpp:receivedFrom cptpp:receivedUntil } } ORDER BY ?day",
            use_default_graph_as_union=True,
        )
        found = [datetime.date.fromisoformat(row["day"].value) for row in rows]  # type: ignore[union-attr]
    return sorted({(day + datetime.timedelta(days=shift)).isoformat() for day in found for shift in (-1, 0, 1)})


DAYS = days()


def alternatives(path: str, field: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Plausible values of a field, by its type."""
    countries = st.sampled_from([*PARTIES, "IND", "USA"])
    single = {
        "boolean": st.booleans(),
        "date": st.sampled_from([*DAYS, "2024-11-01"]),
        "integer": st.sampled_from([1, 12, 36, 48, 600]),
        "number": st.sampled_from(NUMBERS.get(field["key"], [0])),
        "code": st.sampled_from(field.get("values", [""])),
        "country": countries,
        "province": st.sampled_from(["ON", "QC", "NU"]),
        "text": st.sampled_from(["x", "Käse & Brot"] if "pattern" not in field else ["CAD", "USD"]),
    }
    if field["type"] == "occupation":
        return codes()
    return single[field["type"]] if "mostItems" not in field else st.lists(single[field["type"]], max_size=2, unique=True)


@st.composite
def codes(draw: st.DrawFn) -> list[str]:
    """No code, one of either edition, two that the concordance pairs, or two of which nobody knows."""
    first = draw(st.sampled_from(GROUPS))
    second = draw(st.none() | st.sampled_from([code for code in GROUPS if code[:7] != first[:7]]))
    return draw(st.sampled_from([[first], [first], [first, second] if second else [first], []]))


@st.composite
def facts(draw: st.DrawFn, kinds: Iterable[str] = ("principal", "principal", "spouse")) -> tuple[str, dict[str, Any]]:
    """A kind and facts by their paths: the complete case with some facts changed and some left out."""
    kind = draw(st.sampled_from(list(kinds)))
    table = {path: field for path, field in intake.field_table(kind).items() if path in COMPLETE[kind]}
    found = dict(COMPLETE[kind])
    if kind == "principal" and draw(st.booleans()):
        party = draw(st.sampled_from(PARTIES))
        found |= {"applicant.citizenship": [party], "category": draw(st.sampled_from(["professional", "technician"]))}
        found["offer.occupation"] = draw(codes())
    for path in draw(st.lists(st.sampled_from(sorted(table)), max_size=8, unique=True)):
        found[path] = draw(alternatives(path, table[path]))
    for path in draw(st.lists(st.sampled_from(sorted(table)), max_size=6, unique=True)):
        del found[path]
    if found.get("travelDocumentExpiresOn", "9999") < found.get("receivedOn", "0000"):
        del found["travelDocumentExpiresOn"]
    return kind, found


def plain(kind: str, stated: dict[str, Any], identifier: str = "g") -> dict[str, Any]:
    """The case as in JSON."""
    case: dict[str, Any] = {"id": identifier, "kind": kind}
    for path, value in stated.items():
        *groups, key = path.split(".")
        target = case
        for group in groups:
            target = target.setdefault(group, {})
        target[key] = value
    return case


def read(kind: str, stated: dict[str, Any]) -> Case:
    return intake.cases(plain(kind, stated))[0]


def told(source: Any) -> str:
    return "\n".join(repr((case.id, case.kind, case.facts)) for case in intake.cases(source))


# ------------------------------------------------------------------ the judgment of every reading of a case


def judged(kg: CptppGraph, case: Case, rulebook: str) -> dict[str, Claimed]:
    """Each reading of a case under a rulebook (professional/citizenship-AUS) with the outcome of every requirement."""
    whole = link(kg.store, case)
    linked = Linked()
    linked.claims = [node for node in whole.claims if whole.one(node.value, "cptpp:rulebook") == RULEBOOKS[rulebook]]
    others = tuple(node.value for node in whole.claims if node not in linked.claims)
    for subject, predicate, value in whole.triples():
        if not any(subject == other or subject.startswith(other + "/") for other in others):
            linked.add(subject, predicate, value)
    results = judge(linked)
    return {
        "/".join(node.value.split("/")[6:]): claimed_of(kg.lexicon, linked, node, [r for r in results if r.claim == node.value])
        for node in linked.claims
    }


def best(readings: dict[str, Claimed]) -> int:
    return min(OUTCOME[claimed.outcome] for claimed in readings.values())


def gains(before: Claimed, after: Claimed) -> list[str]:
    """The requirements that were open or not met, and are met."""
    return [
        name
        for name, (outcome, _) in after.outcomes.items()
        if outcome == MET and before.outcomes[name][0] in (OPEN, NOT_MET) and before.outcomes[name][1] != "conflicting-facts"
    ]


# ------------------------------------------------------------------ nothing but what is stated counts


@settings(STABLE, max_examples=100)
@given(facts(), st.randoms(use_true_random=False))
def test_order_and_syntax_change_nothing(generated: tuple[str, dict[str, Any]], shuffler: random.Random) -> None:
    """The case is read alike with its keys and lists in any order, as CSV, JSON-LD and statements in any order."""
    kind, stated = generated
    paths = list(stated)
    shuffler.shuffle(paths)
    shuffled = {path: shuffler.sample(v, len(v)) if isinstance(v := stated[path], list) else v for path in paths}
    expected = told(plain(kind, stated))
    assert told(plain(kind, shuffled)) == expected
    assert told(json.dumps({"@context": CONTEXT, **plain(kind, shuffled)})) == expected
    lines = statements("pyoxigraph", plain(kind, shuffled)).decode().splitlines()
    shuffler.shuffle(lines)
    assert told("\n".join(lines).replace("_:", "_:renamed") + "\n") == expected
    assert len(as_csv(plain(kind, stated)).splitlines()) == 2


@settings(STABLE, max_examples=25)
@given(facts(), st.sampled_from(sorted(RULEBOOKS)))
def test_unused_facts_change_nothing(kg: CptppGraph, generated: tuple[str, dict[str, Any]], rulebook: str) -> None:
    kind, stated = generated
    without = {path: value for path, value in stated.items() if path not in UNUSED[kind]}
    added = without | {path: COMPLETE[kind][path] for path in UNUSED[kind]}

    def found(facts: dict[str, Any]) -> list[Any]:
        claims = judged(kg, read(kind, facts), rulebook)
        return [(name, claimed.outcomes) for name, claimed in claims.items()]

    assert found(added) == found(without)


# ------------------------------------------------------------------ leaving out and improving


PRESUMED = {"offer.jobFunction": ["occupation-listed"], "offer.role": ["occupation-listed", "offer"]}


@cache
def first_day(rulebook: str) -> str:
    """The first day of the agreement of a rulebook, for anybody."""
    with CptppGraph.open() as kg:
        rules = Rules(kg.store)
        return rules.start(rules.rulebooks[rulebook])


def excused(path: str, stated: dict[str, Any], requirement: str, rulebook: str) -> bool:
    """What is presumed where nothing is stated: a group's ordinary function and role, employment, no day before the agreement."""
    if path == "receivedOn":
        return bool(stated[path] < first_day(rulebook)) and requirement == "agreement-in-force"
    return requirement in PRESUMED.get(path, [])


@pytest.mark.slow
@settings(STABLE, max_examples=100)
@given(facts(), st.sampled_from(sorted(RULEBOOKS)), st.data())
def test_leaving_a_fact_out_never_helps(
    kg: CptppGraph, generated: tuple[str, dict[str, Any]], rulebook: str, data: st.DataObject
) -> None:
    """Reading by reading, nothing open or not met becomes met. Two facts that contradict each other are no gain."""
    kind, stated = generated
    assume(stated)
    path = data.draw(st.sampled_from(sorted(stated)))
    left = {name: value for name, value in stated.items() if name != path}
    if path == "offer.occupation" and len(stated[path]) > 1:
        left[path] = [data.draw(st.sampled_from(stated[path]))]
    before, after = judged(kg, read(kind, stated), rulebook), judged(kg, read(kind, left), rulebook)
    for reading, claimed in after.items():
        if reading in before:
            assert [name for name in gains(before[reading], claimed) if not excused(path, stated, name, rulebook)] == [], (
                path,
                reading,
            )
    new = [claimed.outcome for reading, claimed in after.items() if reading not in before]
    assert path == "category" or "qualifies" not in new, (
        "only without a category are there other readings that may carry the case"
    )


@pytest.mark.slow
@settings(STABLE, max_examples=50)
@given(
    facts(["principal"]),
    st.sampled_from(sorted(RULEBOOKS)),
    st.sampled_from(["education.yearsOfStudy", "experience.paidYearsInSector", "offer.wage.amount"]),
    st.sampled_from([0.5, 1, 2, 20]),
)
def test_more_never_harms(kg: CptppGraph, generated: tuple[str, dict[str, Any]], rulebook: str, path: str, more: float) -> None:
    """More years of study, more paid years or more pay make no requirement and no outcome worse."""
    kind, stated = generated
    assume(path in stated and stated[path] + more <= 30)
    before = judged(kg, read(kind, stated), rulebook)
    after = judged(kg, read(kind, stated | {path: stated[path] + more}), rulebook)
    assert best(after) <= best(before)
    for reading, claimed in after.items():
        for name, (outcome, _) in claimed.outcomes.items():
            was = before[reading].outcomes[name][0]
            assert was == outcome == NOT_APPLICABLE or RANK[outcome] <= RANK[was], (reading, name)


# ------------------------------------------------------------------ every assessment is whole


@pytest.mark.slow
@settings(STABLE, max_examples=50)
@given(facts(), st.sampled_from(sorted(RULEBOOKS)), st.sampled_from(["en", "fr"]))
def test_every_assessment_is_whole(kg: CptppGraph, generated: tuple[str, dict[str, Any]], rulebook: str, lang: str) -> None:
    """The outcome follows from the findings, each finding cites, each open one asks, in a fixed order, twice the same."""
    kind, stated = generated
    permits = shipped()["agreements"][agreement_of(RULEBOOKS[rulebook])]["permits"]
    assume(kind in permits)
    found = kg.assess(plain(kind, stated), rulebook=rulebook, lang=lang).as_dict()
    outcomes = {finding["requirement"]: finding["outcome"] for finding in found["findings"]}
    assert list(outcomes) == [requirement.id for requirement in kg.lexicon.requirements[permits[kind]]]
    assert set(outcomes.values()) <= {MET, NOT_MET, OPEN, NOT_APPLICABLE}
    otherwise = "undetermined" if OPEN in outcomes.values() else "qualifies"
    expected = "does-not-qualify" if NOT_MET in outcomes.values() else otherwise
    assert found["outcome"] == expected == found["basis"]["outcome"]
    assert MET in outcomes.values() or expected != "qualifies"
    for finding in found["findings"]:
        assert finding["message"] and finding["cites"], finding
        assert (finding["because"] is not None) == (finding["outcome"] == OPEN)
        assert not set(finding["missing"]) & set(stated), finding
        assert {fact["field"] for fact in finding["facts"]} <= set(stated)
    opened = {point["requirement"]: point for point in found["open"]}
    assert list(opened) == [name for name, outcome in outcomes.items() if outcome == OPEN]
    for point in opened.values():
        assert point["ask"] and (point["fields"] or point["because"] == "text-unclear"), point
    assert min(OUTCOME[reading["outcome"]] for reading in found["readings"]) == OUTCOME[found["outcome"]]
    again = kg.assess(plain(kind, dict(reversed(stated.items()))), rulebook=rulebook, lang=lang)
    assert json.dumps(again.as_dict()) == json.dumps(found)
