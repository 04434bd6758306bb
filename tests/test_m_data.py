"""What the data must say although no case can tell: days by source, language lines, what each condition reads, named parts.

The tables below are taken from the pages and the notes on them, not from data/. tests/mutate.py runs these tests too.
"""

from __future__ import annotations

from collections import defaultdict

import pyoxigraph as ox
import pytest

from cptpp_graph import CptppGraph
from cptpp_graph.intake import field_table
from cptpp_graph.terms import ID, PREFIXES, expand

# Per Party: each source and the day it gives; a day in brackets is recorded but not relied upon. The forecast of 2018, Peru's
# day in the copied table (before it had ratified) and the United Kingdom's days with other Parties are not.
DAYS = """
AUS ircc-overview-2023 2018-12-30 mfat 2018-12-30 pwc-2018 (2018-12-31) wiki-membership 2018-12-30
BRN ircc-overview-2023 2023-07-12 wiki-membership 2023-07-12
CAN ircc-overview-2023 2018-12-30 mfat 2018-12-30 pwc-2018 (2018-12-31) wiki-membership 2018-12-30
CHL ircc-overview-2023 2023-02-20 wiki-membership 2023-02-21
GBR encycloreader (2024-12-15) encycloreader (2024-12-24) wiki-membership (2024-12-15)
JPN ircc-overview-2023 2018-12-30 mfat 2018-12-30 pwc-2018 (2018-12-31) wiki-membership 2018-12-30
MEX ircc-overview-2023 2018-12-30 mfat 2018-12-30 pwc-2018 (2018-12-31) wiki-membership 2018-12-30
MYS ircc-overview-2023 2022-11-29 mccarthy 2022-11-29 mfat 2022-11-29 wiki-membership 2022-11-29
NZL ircc-overview-2023 2018-12-30 mfat 2018-12-30 pwc-2018 (2018-12-31) wiki-membership 2018-12-30
PER dfait-2009 2009-08-01 ircc-overview-2021 2021-09-21 ircc-overview-2023 2021-09-21 mfat 2021-09-19 wiki-membership (2021-01-19)
SGP ircc-overview-2023 2018-12-30 mfat 2018-12-30 pwc-2018 (2018-12-31) wiki-membership 2018-12-30
VNM ircc-overview-2023 2019-01-14 wiki-membership 2019-01-14
"""

# The older page asks for language of each group and once more of both; the newer one on two occasions only.
LANGUAGE = {("canadavisa", 14), ("canadavisa", 21), ("canadavisa", 27)}
OCCASIONS = {("ircc", 65, "officerConcern"), ("ircc", 71, "requiredLanguage")}

# The facts that each condition reads, with the answers that fulfil it; every other answer does not.
EVERY_FUNCTION = {"foreign-legal-consultant", "lawyer", "judge", "notary", "researcher", "operator", "other"}
CONDITIONS: dict[str, dict[str, set[str]]] = {
    "contractor-or-supervisor": {"role": {"contractor", "supervisor"}},
    "contractor-or-supervisor-in-part": {"role": {"contractor", "supervisor"}},
    "energy-sector-services": {"energySector": {"true"}, "highlySpecializedOrCoreService": {"true"}},
    "foreign-legal-consultant": {"jobFunction": {"foreign-legal-consultant"}},
    "judge-or-notary": {"jobFunction": {"judge", "notary"}},
    "narrower-scope": {},
    "not-judge-or-notary": {"jobFunction": EVERY_FUNCTION - {"judge", "notary"}},
    "not-operator": {"jobFunction": EVERY_FUNCTION - {"operator"}},
    "not-researcher": {"jobFunction": EVERY_FUNCTION - {"researcher"}},
    "operator": {"jobFunction": {"operator"}},
    "researcher": {"jobFunction": {"researcher"}},
    "researcher-at-academic-entity": {"jobFunction": {"researcher"}, "academicEmployer": {"true"}},
    "supervisor": {"role": {"supervisor"}},
    "supervisor-in-part": {"role": {"supervisor"}},
}

# What each provision on the offer answers under the agreement whose page leaves the offer open whatever a case states.
HIDDEN = "ircc-peru-fta"
OFFER = {
    ("submittedThroughEmployerPortal", "accepts", "true"),
    ("role", "accepts", "worker"),
    ("role", "accepts", "supervisor"),
    ("role", "leavesToOfficer", "contractor"),
}


@pytest.fixture(scope="module")
def store(kg: CptppGraph) -> ox.Store:
    return kg.store


def rows(store: ox.Store, where: str) -> list[tuple[str, ...]]:
    """Answers over the union of all named graphs; a value that is not bound is the empty text."""
    prologue = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())
    answer = store.query(prologue + where, use_default_graph_as_union=True)
    return [tuple("" if cell is None else cell.value.removeprefix(ID) for cell in row) for row in answer]  # type: ignore[union-attr]


def test_every_source_and_day(store: ox.Store) -> None:
    found = rows(
        store,
        """SELECT ?code ?source ?day ?reason { ?x a cptpp:EntryIntoForce ; cptpp:party/skos:notation ?code ;
        cptpp:inSource/dcterms:identifier ?source ; cptpp:forceOfDate ?day .
        OPTIONAL { ?x cptpp:disregardedBecause ?reason FILTER (LANG(?reason) = "en") } }""",
    )
    given = sorted((code, source, f"({day})" if reason else day) for code, source, day, reason in found)
    expected = [
        (party, *pair)
        for party, *rest in map(str.split, DAYS.split("\n")[1:-1])
        for pair in zip(rest[::2], rest[1::2], strict=True)
    ]
    assert given == sorted(expected)


def test_where_language_is_asked_for(store: ox.Store) -> None:
    """The general statement covers both groups, so a case cannot tell whether each group's own is there."""
    source = "cptpp:inSource/dcterms:identifier ?source ; cptpp:line ?line"
    always = rows(store, f"SELECT ?source ?line {{ ?x cptpp:languageAlways true ; {source} }}")
    assert sorted((source, int(line)) for source, line in always) == sorted(LANGUAGE)
    occasions = rows(store, f"SELECT ?source ?line ?fact {{ ?x cptpp:languageTrigger ?fact ; {source} }}")
    assert {(source, int(line), fact.rpartition("#")[2]) for source, line, fact in occasions} == OCCASIONS


def test_what_an_offer_is_asked_where_a_gap_hides_it(store: ox.Store) -> None:
    """The gap leaves the requirement open for the same reason as an answer would, so no case can tell."""
    source = f'cptpp:inSource/dcterms:identifier "{HIDDEN}"'
    assert rows(store, f"SELECT ?gap {{ ?gap a cptpp:Gap ; {source} ; cptpp:leavesOpen req:offer }}")
    found = rows(
        store,
        f"""SELECT ?fact ?verdict ?value {{ ?x {source} ; cptpp:statesRequirement req:offer ; cptpp:test ?test .
        ?test cptpp:onFact ?fact ; ?verdict ?value
        FILTER (?verdict IN (cptpp:accepts, cptpp:rejects, cptpp:leavesToOfficer, cptpp:leavesUnclear)) }}""",
    )
    assert {(fact.rpartition("#")[2], verdict.rpartition("#")[2], value) for fact, verdict, value in found} == OFFER


def test_what_each_condition_reads(store: ox.Store) -> None:
    """A condition answers every value of the facts that it reads, some with yes and all others with no."""
    possible = {
        expand(field["property"]): set(field.get("values") or ("true", "false")) for field in field_table("principal").values()
    }
    answers = {verdict: defaultdict(set) for verdict in ("accepts", "rejects")}
    facts: dict[str, set[str]] = {
        name.removeprefix("condition/"): set() for (name,) in rows(store, "SELECT ?c { ?c a cptpp:Condition }")
    }
    for name, fact, verdict, value in rows(
        store, "SELECT ?c ?fact ?v ?value { ?c a cptpp:Condition ; cptpp:test ?t . ?t cptpp:onFact ?fact ; ?v ?value }"
    ):
        facts[name.removeprefix("condition/")].add(fact.rpartition("#")[2])
        if (verdict := verdict.rpartition("#")[2]) in answers:
            answers[verdict][name.removeprefix("condition/"), fact.rpartition("#")[2]].add(value)
    assert facts == {name: set(known) for name, known in CONDITIONS.items()}
    for name, known in CONDITIONS.items():
        for fact, accepted in known.items():
            assert answers["accepts"][name, fact] == accepted, name
            assert answers["rejects"][name, fact] == possible[expand(f"cptpp:{fact}")] - accepted, name


def test_an_exclusion_by_function_names_it_for_every_group(store: ox.Store) -> None:
    """So does the entry that takes part of it back."""
    found = rows(
        store,
        """SELECT DISTINCT ?phrase ?match ?condition ?mapping {
        ?excluding cptpp:phrase/cptpp:byFunction true ; ^cptpp:exceptionTo?/cptpp:phrase ?phrase .
        ?mapping a sssom:Mapping ; owl:annotatedSource ?phrase ; owl:annotatedProperty ?match
        OPTIONAL { ?mapping cptpp:condition ?condition } }""",
    )
    named: dict[tuple[str, str], set[str]] = defaultdict(set)
    for phrase, match, condition, _ in found:
        named[phrase.removeprefix("phrase/"), match.rpartition("#")[2]].add(condition.removeprefix("condition/"))
    assert named == {
        ("researchers", "broadMatch"): {"researcher"},
        ("researchers", "relatedMatch"): {"researcher"},
        ("researchers-at-academic-entity", "broadMatch"): {"researcher-at-academic-entity"},
        ("researchers-at-academic-entity", "relatedMatch"): {""},
    }
