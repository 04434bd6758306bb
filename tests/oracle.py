"""A second decider: the requirements read off the rule data in plain Python, without shapes and without linking queries.

It knows no country, number, date or code; all of them stand in the graph. It shares with the software the intake of a case and
the derived permissions, and nothing else. `python -m tests.oracle --cases 100000 --seed 1` compares the two on generated cases.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any

import pyoxigraph as ox

from cptpp_graph import CptppGraph, assessment, judging
from cptpp_graph.intake import Case, as_plain, cases, field_table
from cptpp_graph.linking import link
from cptpp_graph.terms import NS, expand
from cptpp_graph.verdict import claimed_of

Finding = tuple[str, str | None]
MET: Finding = ("met", None)
NOT_MET: Finding = ("not-met", None)
NOT_ASKED: Finding = ("not-applicable", None)
CONFLICT: Finding = ("open", "conflicting-facts")
MISSING: Finding = ("open", "missing-facts")
DISPUTED: Finding = ("open", "sources-disagree")
OFFICER: Finding = ("open", "officer-discretion")
UNCLEAR: Finding = ("open", "text-unclear")
OPEN = (DISPUTED, OFFICER, UNCLEAR, MISSING)  # of several reasons the one that no statement of facts could settle is named
OUTCOMES = ("qualifies", "undetermined", "does-not-qualify")


def every(findings: Iterable[Finding]) -> Finding:
    """All must hold: a conflict of facts stays open, else one failure fails."""
    found = set(findings)
    return next((one for one in (CONFLICT, NOT_MET, *OPEN) if one in found), MET)


def some(findings: Iterable[Finding]) -> Finding:
    """One is enough, and facts that are missing may yet give it."""
    found = set(findings)
    return next((one for one in (MET, CONFLICT, MISSING, *OPEN) if one in found), NOT_MET)


def agreed(findings: Iterable[Finding]) -> Finding:
    """One of these holds and it is not known which: decided where all agree."""
    found = set(findings)
    return found.pop() if len(found) == 1 else MISSING


def candidates(findings: Iterable[Finding]) -> Finding:
    """The same for what a code may mean: where the text is unclear on one of them, that is the reason."""
    found = set(findings)
    return UNCLEAR if UNCLEAR in found else agreed(found) if found else MISSING


def where(condition: bool | None, then: Finding, otherwise: Finding) -> Finding:
    """What a fact that may be unknown leads to."""
    return agreed([then, otherwise]) if condition is None else then if condition else otherwise


# ------------------------------------------------------------------ the rules, as plain dictionaries


class Rules:
    """What the graph says, by subject and by the last part of the property's name."""

    def __init__(self, store: ox.Store) -> None:
        self.said: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        self.about: dict[tuple[str, Any], list[str]] = defaultdict(list)
        for quad in store:
            if isinstance(quad.subject, ox.NamedNode) and not isinstance(quad.object, ox.BlankNode):
                name, value = quad.predicate.value.replace("#", "/").rpartition("/")[2], _plain(quad.object)
                if value not in self.said[quad.subject.value][name]:
                    self.said[quad.subject.value][name].append(value)
                    self.about[name, value].append(quad.subject.value)
        self.rulebooks = {self.one(book, "identifier"): book for book in self.of_type("Rulebook")}
        self.parties = {self.one(party, "notation"): party for party in self.of_type("Party")}
        self.categories = {self.one(one, "notation"): one for one in self.of_type("Category")}
        self.criteria = {
            permit: sorted(
                (one for one in self.about["isRequirementOf", expand(f"req:{permit}")] if self.is_a(one, "Criterion")),
                key=lambda one: self.one(one, "order"),
            )
            for permit in ("permit-t52", "permit-t53")
        }
        self.start = min(
            self.one(party, "earliestInForce") for party in self.parties.values() if self.said[party]["earliestInForce"]
        )
        self.listed = {
            (book, self.one(p, "inSchedule"), self.one(p, "window"), self.one(p, "unitGroup")): p
            for p in self.of_type("Permission")
            for book in self.said[p]["rulebook"]
        }
        self.residents = {  # by rulebook, the countries whose permanent residents it admits or presupposes
            book: {party for one in self.said[book]["applies"] for party in self.said[one]["admitsPermanentResidentsOf"]}
            for book in self.rulebooks.values()
        }

    def is_a(self, node: str, kind: str) -> bool:
        return any(kind == one.replace("#", "/").rpartition("/")[2] for one in self.said[node]["type"])

    def of_type(self, kind: str) -> list[str]:
        namespaces = (NS, "http://data.europa.eu/m8g/")
        return [node for namespace in namespaces for node in self.about["type", namespace + kind]]

    def one(self, node: str, name: str) -> Any:
        (value,) = self.said[node][name]
        return value

    def maybe(self, node: str, name: str) -> Any:
        return self.one(node, name) if self.said[node][name] else None

    def schedule(self, book: str, party: str | None, category: str) -> str | None:
        found = [
            one
            for one in self.said[book]["applies"]
            if self.is_a(one, "Schedule") and self.one(one, "party") == party and self.one(one, "category") == category
        ]
        return found[0] if found else None

    def provisions(self, book: str, requirement: str) -> list[str]:
        return [one for one in self.said[book]["applies"] if requirement in self.said[one]["statesRequirement"]]


def _plain(value: ox.NamedNode | ox.Literal) -> Any:
    if isinstance(value, ox.NamedNode):
        return value.value
    kind = value.datatype.value.rpartition("#")[2]
    return {"boolean": lambda text: text == "true", "decimal": Decimal, "integer": Decimal}.get(kind, str)(value.value)


# ------------------------------------------------------------------ one reading of one case


@dataclass(frozen=True)
class Verdict:
    """One reading: what each requirement came to. country: three letters, or none where it is not known or there is none."""

    category: str | None
    country: str | None
    ground: str | None
    supposed: bool
    findings: Mapping[str, Finding]

    @property
    def outcome(self) -> str:
        states = {state for state, _ in self.findings.values()}
        return OUTCOMES[2] if "not-met" in states else OUTCOMES[1] if "open" in states else OUTCOMES[0]

    def that_are(self, state: str) -> list[str]:
        return [name for name, finding in self.findings.items() if finding[0] == state]

    def key(self) -> tuple[Any, ...]:
        return self.category, self.country, self.ground, self.supposed

    def rank(self) -> tuple[Any, ...]:
        """The best first; of equals the stated before the supposed, then the nearest to success."""
        counts = [len(self.that_are(state)) for state in ("not-met", "not-applicable", "open")]
        return OUTCOMES.index(self.outcome), self.supposed, *counts


def readings(rules: Rules, case: Case, rulebook: str, principal: Verdict | None = None) -> list[Verdict]:
    """Every reading of a case under a rulebook. principal: for a spouse, what became of the principal's own case."""
    book = rules.rulebooks[rulebook]
    if case.kind == "spouse":
        return [Spouse(rules, book, case, principal).verdict()]
    stated = case.facts.get("category")
    categories = [str(stated)] if stated else sorted(rules.categories)
    return [
        Principal(rules, book, case, category, *ground).verdict()
        for category, ground in product(categories, _grounds(rules, book, case.facts))
    ]


def best(found: list[Verdict]) -> Verdict:
    return min(found, key=Verdict.rank)


def _grounds(rules: Rules, book: str, facts: Mapping[str, Any]) -> list[tuple[str | None, str | None, bool]]:
    """Country, ground and whether it is only supposed: what the case states, and what it may have left out."""
    citizen, resident = facts.get("applicant.citizenship"), facts.get("applicant.permanentResidence")
    found: list[tuple[str | None, str | None, bool]] = [(None, None, False)] if citizen is None else []
    found += [(country, "citizenship", False) for country in citizen or ()]
    found += [(country, "permanentResidence", False) for country in resident or ()]
    if resident is None and citizen is not None:
        supposed = {rules.one(party, "notation") for party in rules.residents[book]} - set(citizen or ())
        found += [(country, "permanentResidence", True) for country in sorted(supposed)]
    return found or [(None, "citizenship", False)]


class Judge:
    """What principals and spouses have in common."""

    permit: str

    def __init__(self, rules: Rules, book: str, case: Case) -> None:
        self.rules, self.book, self.facts = rules, book, case.facts
        self.paths = {expand(one["property"]): path for path, one in field_table(case.kind).items() if "fields" not in one}

    def fact(self, path: str) -> Any:
        return self.facts.get(path)

    def test(self, test: str) -> Finding:
        """One test of one fact."""
        value, said = self.fact(self.paths[self.rules.one(test, "onFact")]), self.rules.said[test]
        for name, finding in (("accepts", MET), ("rejects", NOT_MET), ("leavesToOfficer", OFFICER), ("leavesUnclear", UNCLEAR)):
            if value is not None and value in said[name]:
                return finding
        return MET if value is None and self.rules.maybe(test, "onlyIfStated") else MISSING

    def tests(self, provisions: Iterable[str]) -> Finding:
        return every(self.test(test) for one in provisions for test in self.rules.said[one]["test"])

    def shown(self, path: str) -> bool | None:
        """Whether there is any of it at all."""
        value = self.fact(path)
        return None if value is None else value > 0


class Principal(Judge):
    """One category and one country."""

    permit = "permit-t52"

    def __init__(
        self, rules: Rules, book: str, case: Case, category: str, country: str | None, ground: str | None, supposed: bool
    ) -> None:
        super().__init__(rules, book, case)
        self.category, self.country, self.ground, self.supposed = category, country, ground, supposed
        self.unknown = country is None and ground is None
        self.party = rules.parties.get(country)
        self.schedule = rules.schedule(book, self.party, rules.categories[category])
        self.silent = False  # whether the rulebook says nothing of the country at all

    def verdict(self) -> Verdict:
        findings: dict[str, Finding] = {}
        for requirement in self.rules.criteria[self.permit]:
            name = self.rules.one(requirement, "identifier")
            parents = [findings[self.rules.one(one, "identifier")] for one in self.rules.said[requirement]["dependsOn"]]
            findings[name] = NOT_ASKED if self._moot(name, parents) else self._judge(requirement, name)
        return Verdict(self.category, self.country, self.ground, self.supposed, findings)

    def _moot(self, name: str, parents: list[Finding]) -> bool:
        """A requirement that failed takes with it what depends on it, and so does a country of which nothing is said."""
        if any(one in (NOT_MET, NOT_ASKED) for one in parents):
            return True
        return (self.silent and name == "category-available") or (name == "occupation-listed" and UNCLEAR in parents)

    def _judge(self, requirement: str, name: str) -> Finding:
        """Not asked where the rulebook states it for others only; open where it says nothing of it."""
        stated = self.rules.provisions(self.book, requirement)
        laid = [one for one in stated if self._addressed(one)]
        if not laid and (stated or self.rules.maybe(requirement, "onlyWhereStated")):
            return NOT_ASKED
        judge = getattr(self, "_" + name.replace("-", "_"), None)
        return judge(laid) if judge else self.tests(laid) if laid else UNCLEAR

    def _addressed(self, provision: str) -> bool:
        party, category = self.rules.maybe(provision, "forParty"), self.rules.maybe(provision, "forCategory")
        return party in (None, self.party) and category in (None, self.rules.categories[self.category])

    def _own(self, provisions: list[str], name: str) -> Any:
        """The one value that the provisions give, if any."""
        found = [value for one in provisions for value in self.rules.said[one][name]]
        return found[0] if found else None

    # -------------------------------------------------------------- who and when

    def _nationality(self, provisions: list[str]) -> Finding:
        if self.unknown:
            return MISSING
        admits = "admitsCitizensOf" if self.ground == "citizenship" else "admitsPermanentResidentsOf"
        if not provisions:  # a page without a rule on nationality admits the citizens of the countries that it lists
            self.silent = self.ground != "citizenship" or not self.schedule
            return UNCLEAR if self.silent else MET
        if self.party in self._all(provisions, admits):
            return MISSING if self.supposed else MET
        others = [one for one in self.rules.said[self.book]["applies"] if one not in provisions]
        if self.ground == "permanentResidence" and self.party in self._all(others, admits):
            return UNCLEAR  # presupposed elsewhere on the page
        return NOT_MET

    def _all(self, provisions: list[str], name: str) -> list[Any]:
        return [value for one in provisions for value in self.rules.said[one][name] if value is not None]

    def _agreement_in_force(self, _: list[str]) -> Finding:
        received = self.fact("receivedOn")
        if self.unknown:
            return NOT_MET if received and received < self.rules.start else MISSING
        earliest, latest = (self.rules.maybe(self.party or "", name) for name in ("earliestInForce", "latestInForce"))
        if earliest is None:
            return NOT_MET
        if received is None:
            return MET if latest <= self.rules.start else MISSING
        return NOT_MET if received < earliest else MET if received >= latest else DISPUTED

    def _category_available(self, _: list[str]) -> Finding:
        if self.unknown:
            return MISSING
        if not self.schedule:
            return UNCLEAR
        return MET if self.rules.is_a(self.schedule, "CommittingSchedule") else NOT_MET

    # -------------------------------------------------------------- the occupation

    def _windows(self, level_rules: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Level rules with their windows that are open on the day of receipt, or may be where it is not stated."""
        received = self.fact("receivedOn")
        for rule in level_rules:
            window = self.rules.one(rule, "window")
            first, last = self.rules.maybe(window, "receivedFrom"), self.rules.maybe(window, "receivedUntil")
            if (received is None and (last is None or last >= self.rules.start)) or (
                received is not None and (first is None or first <= received) and (last is None or received <= last)
            ):
                yield rule, window

    def _groups(self, window: str) -> list[str]:
        """The unit groups that the stated code may mean in the edition that counts."""
        edition = self.rules.one(window, "edition")
        codes = [expand(code) for code in self.fact("offer.occupation") or ()]
        own = [code for code in codes if edition in self.rules.said[code]["inScheme"]]
        return own or [twin for code in codes for twin in self.rules.said[code]["correspondsTo"]]

    def _disagreeing(self) -> bool:
        codes = [expand(code) for code in self.fact("offer.occupation") or ()]
        return len(codes) == 2 and codes[1] not in self.rules.said[codes[0]]["correspondsTo"]

    def _noc_level(self, provisions: list[str]) -> Finding:
        if self._disagreeing():
            return CONFLICT
        rules = [rule for one in provisions for rule in self.rules.said[one]["levelRule"]]
        found = [self._at_level(rule, window, group) for rule, window in self._windows(rules) for group in self._groups(window)]
        return candidates(found)

    def _at_level(self, rule: str, window: str, group: str) -> Finding:
        if self.rules.one(group, "level") in self.rules.said[rule]["level"]:
            return MET
        doubted = [
            one
            for one in self.rules.about["unitGroup", group]
            if expand("cptpp:levelDoubt") in self.rules.said[one]["because"]
            and self.book in self.rules.said[one]["rulebook"]
            and (self.unknown or self.rules.one(one, "inSchedule") == self.schedule)
            and self.rules.categories[self.category] in self.rules.said[one]["category"]
        ]
        return (MISSING if self.unknown else UNCLEAR) if doubted else NOT_MET

    def _listing_windows(self) -> list[tuple[str, str]]:
        return list(self._windows(self.rules.said[self.schedule]["effectiveLevelRule"])) if self.schedule else []

    def _permission(self, window: str, group: str) -> str | None:
        return self.rules.listed.get((self.book, self.schedule, window, group))

    def _occupation_listed(self, _: list[str]) -> Finding:
        if self._disagreeing():
            return CONFLICT
        if self.unknown:
            return MISSING
        meant = [(window, group) for _, window in self._listing_windows() for group in self._groups(window)]
        if meant and self._function_elsewhere({group for _, group in meant}):
            return CONFLICT
        return every([candidates(self._listed(*one) for one in meant), self._by_function()])

    def _listed(self, window: str, group: str) -> Finding:
        permission = self._permission(window, group)
        if not permission:
            return self._within_scope()
        status, said = self.rules.one(permission, "status"), self.rules.said[permission]
        if said["basedOnEntry"] and all(self._other_role(entry) for entry in said["basedOnEntry"]):
            return NOT_MET
        if status == expand("cptpp:permitted"):
            return MET
        if status == expand("cptpp:unclear"):
            return UNCLEAR
        found = some(self.tests([condition]) for condition in said["condition"])
        return UNCLEAR if found == NOT_MET and said["because"] else found

    def _other_role(self, entry: str) -> bool:
        """Whether an item names a role, however it is read, and the case states another."""
        read = [self.rules.one(one, "asPhrase") for one in self.rules.about["reads", entry]]
        phrases = [*self.rules.said[entry]["phrase"], *read]
        roles = [self.rules.maybe(one, "meantFor") for one in phrases]
        return bool(roles) and all(role and self.tests([role]) == NOT_MET for role in roles)

    def _within_scope(self) -> Finding:
        """What a list does not name is out, unless it is disputed whether its general words admit more."""
        scopes = [one for one in self._entries("ScopeRestriction") if self.rules.about["touches", one]]
        within = some(self.tests([condition]) for one in scopes for condition in self.rules.said[one]["condition"])
        return UNCLEAR if within == MET else NOT_MET

    def _function_elsewhere(self, groups: set[str]) -> bool:
        """Whether the case states a function that an exclusion names and the stated code has nothing to do with."""
        function = self.fact("offer.jobFunction")
        named = [
            p
            for one in self._entries("Exclusion")
            for p in self.rules.said[one]["phrase"]
            if function in self.rules.said[p]["namesFunction"]
        ]
        reached = {self.rules.one(node, "unitGroup") for phrase in named for node in self.rules.about["coveringPhrase", phrase]}
        return bool(named) and not groups & reached

    def _entries(self, kind: str) -> list[str]:
        return [one for one in self.rules.about["inSchedule", self.schedule] if self.rules.is_a(one, kind)]

    def _by_function(self) -> Finding:
        """An exclusion by function counts where the case states that function, unless an exception takes it back."""
        for entry in self._entries("Exclusion"):
            phrase = self.rules.one(entry, "phrase")
            if self.rules.maybe(phrase, "byFunction") and self._phrase(phrase) == MET:
                return some(self._phrase(self.rules.one(one, "phrase")) for one in self.rules.about["exceptionTo", entry])
        return MET

    def _phrase(self, phrase: str) -> Finding:
        reached = self.rules.about["coveringPhrase", phrase]
        return some(self.tests([one]) for one in {one for node in reached for one in self.rules.said[node]["condition"]})

    # -------------------------------------------------------------- the person

    def _education(self, provisions: list[str]) -> Finding:
        least = self._own(provisions, "minimumYearsOfStudy")
        years, noc = self.fact("education.yearsOfStudy"), self.fact("education.meetsNocRequirements")
        noc_met = MISSING if noc is None else MET if noc else NOT_MET
        general = every([MISSING if years is None else MET if years >= least else NOT_MET, noc_met])
        if self.unknown and general == NOT_MET:  # of whom no citizenship is stated, a rule for some country may yet help
            provisions = self.rules.provisions(self.book, expand("req:education"))
        deemed = [self._deemed(one, years, noc) for one in provisions if self.rules.said[one]["deemsEducationFrom"]]
        if self.unknown and some(deemed) != NOT_MET:
            return MISSING
        return some([general, *deemed])

    def _deemed(self, provision: str, years: Any, noc: bool | None) -> Finding:
        """Education that counts as met because of where it was had; whether the NOC's own demands do too is not said."""
        country = self.fact("education.country")
        there = None if country is None else self.rules.parties.get(country) in self.rules.said[provision]["deemsEducationFrom"]
        further = MISSING if noc is None else MET if noc else UNCLEAR
        usual = self.rules.one(provision, "usualYearsOfStudy")
        long = None if years is None else years >= usual
        at_home = where(long, further, UNCLEAR)
        elsewhere = where(long, NOT_MET if noc is False else UNCLEAR, NOT_MET)
        letter = self.fact("offer.qualificationsLetter") if self.rules.maybe(provision, "deemsOnLetter") else True
        return where(letter, where(there, at_home, elsewhere), NOT_MET)

    def _experience(self, provisions: list[str]) -> Finding:
        years = self.fact("experience.paidYearsInSector")
        return MISSING if years is None else MET if years >= self._own(provisions, "minimumPaidYears") else NOT_MET

    def _remuneration(self, _: list[str]) -> Finding:
        said, worked_out = self.fact("offer.cashPayMeetsPrevailingWage"), self._pay_compared()
        enough = {one for one in (said, worked_out) if one is not None}
        benefits = self.fact("offer.reliesOnNonMonetaryPay")
        if len(enough) == 2 or (True in enough and benefits):
            return CONFLICT
        if False in enough:
            return NOT_MET
        return MET if enough and benefits is False else MISSING

    def _pay_compared(self) -> bool | None:
        wage, prevailing = (
            {key: self.fact(f"offer.{name}.{key}") for key in ("amount", "unit")} for name in ("wage", "prevailingWage")
        )
        known = None not in (*wage.values(), *prevailing.values())
        currency = self.rules.about["currency", self.fact("offer.wage.currency")]
        return wage["amount"] >= prevailing["amount"] if known and currency and wage["unit"] == prevailing["unit"] else None

    def _language(self, provisions: list[str]) -> Finding:
        shown, concern = self.fact("language.satisfied"), self.fact("language.officerConcern")
        if shown:
            return MET
        lacking = NOT_MET if shown is False else OFFICER if concern else MISSING
        if any(self.rules.maybe(one, "languageAlways") for one in provisions):
            return lacking
        triggers = [self.fact(self.paths[fact]) for one in provisions for fact in self.rules.said[one]["languageTrigger"]]
        if any(triggers):
            return lacking
        return MISSING if None in triggers else MET

    def _licensing(self, provisions: list[str]) -> Finding:
        tests = [test for one in provisions for test in self.rules.said[one]["test"]]
        exams = [test for test in tests if self.rules.said[test]["testedAs"]]
        licence = every(self.test(test) for test in tests if test not in exams)
        if licence == NOT_MET and exams:
            licence = every(self.test(test) for test in exams)
        study = MET
        if any(self.rules.maybe(one, "studyWhereNotRegulated") for one in provisions):
            paths = ("education.yearsOfStudy", "experience.paidYearsInSector")
            study = every(MISSING if (any_ := self.shown(path)) is None else MET if any_ else NOT_MET for path in paths)
        return where(self.fact("licensing.regulatedInProvince"), licence, study)


class Spouse(Judge):
    """The spouse of a principal: one reading, in which the principal's category may be unknown."""

    permit = "permit-t53"

    def __init__(self, rules: Rules, book: str, case: Case, principal: Verdict | None) -> None:
        super().__init__(rules, book, case)
        self.principal = principal

    def verdict(self) -> Verdict:
        findings = {}
        for requirement in self.rules.criteria[self.permit]:
            name, stated = self.rules.one(requirement, "identifier"), self.rules.provisions(self.book, requirement)
            judge = {"spouse-principal-status": self._status, "spouse-relationship": self.tests}[name]
            findings[name] = judge(stated) if stated else UNCLEAR
        stated = self.fact("principal.category")
        return Verdict(str(stated) if stated else None, None, None, False, findings)

    def _status(self, provisions: list[str]) -> Finding:
        stated = self.fact("principal.category")
        categories = [self.rules.categories[str(stated)]] if stated else list(self.rules.categories.values())
        laid = {
            category: [one for one in provisions if category in self.rules.said[one]["forCategory"]] for category in categories
        }
        return agreed(every([self._admitted(own), self._permit(own)]) for own in laid.values())

    def _permit(self, provisions: list[str]) -> Finding:
        if self.principal and self.fact("principal.permit") is None:
            return {"qualifies": MET, "undetermined": MISSING, "does-not-qualify": NOT_MET}[self.principal.outcome]
        return self.tests(provisions)

    def _admitted(self, provisions: list[str]) -> Finding:
        grounds = {"principal.citizenship": "admitsCitizensOf", "principal.permanentResidence": "admitsPermanentResidentsOf"}
        found = []
        for path, name in grounds.items():
            admitted = [self.rules.one(party, "notation") for one in provisions for party in self.rules.said[one][name]]
            stated = self.fact(path)
            found += [MISSING if admitted else NOT_MET] if stated is None else [MET if set(stated) & set(admitted) else NOT_MET]
        return some(found)


# ------------------------------------------------------------------ the software, asked the same


def decided(kg: CptppGraph, case: Case) -> dict[str, dict[tuple[Any, ...], Verdict]]:
    """What the software finds in one run: rulebook, then reading, to its verdict."""
    linked = link(kg.store, case, {})
    results = defaultdict(list)
    for result in judging.judge(linked):
        results[result.claim].append(result)
    found: dict[str, dict[tuple[Any, ...], Verdict]] = defaultdict(dict)
    for node in linked.claims:
        claimed = claimed_of(kg.lexicon, linked, node, results[node.value])
        read = assessment._read(linked, claimed)
        supposed = bool(linked.values(node.value, "cptpp:supposed"))
        verdict = Verdict(read.category, read.country, read.ground, supposed, dict(claimed.outcomes))
        assert verdict.outcome == read.outcome
        found[assessment._code("rulebook", claimed.rulebook)][verdict.key()] = verdict
    return found


def differences(kg: CptppGraph, rules: Rules, case: Case) -> Iterator[dict[str, Any]]:
    """Every reading under every rulebook on which the two differ, and every rulebook whose outcome differs."""
    theirs = decided(kg, case)
    for rulebook, found in sorted(theirs.items()):
        ours = {one.key(): one for one in readings(rules, case, rulebook)}
        here = {"case": as_plain(case), "rulebook": rulebook}
        for key in sorted({*ours, *found}, key=str):
            if key not in ours or key not in found:
                yield here | {"reading": key, "only": "oracle" if key in ours else "software"}
                continue
            pairs = {name: (ours[key].findings[name], finding) for name, finding in found[key].findings.items()}
            differing = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
            if differing:
                yield here | {"reading": key, "oracle, software": differing}
        outcomes = [best(list(one.values())).outcome for one in (ours, found)]
        if outcomes[0] != outcomes[1]:
            yield here | {"outcome of oracle, software": outcomes}


_worker: dict[str, Any] = {}


def _start(seed: int) -> None:
    from tests.generate import Generator

    _worker["kg"] = CptppGraph.open()
    _worker["rules"] = Rules(_worker["kg"].store)
    _worker["make"] = Generator(_worker["rules"], seed)


def _run(number: int) -> tuple[Counter[str], list[dict[str, Any]]]:
    seen: Counter[str] = Counter()
    found = []
    plain = _worker["make"].cases(number)
    if len(plain) > 1:
        return seen, []
    for case in cases(plain):
        for rulebook in _worker["rules"].rulebooks:
            verdict = best(readings(_worker["rules"], case, rulebook))
            seen[f"{rulebook} {verdict.outcome}"] += 1
            seen.update(f"  {name} {state} {because or ''}" for name, (state, because) in verdict.findings.items())
        found += differences(_worker["kg"], _worker["rules"], case)
    return seen, found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=20, help="how many of the differences to print")
    asked = parser.parse_args()
    seen: Counter[str] = Counter()
    found: list[dict[str, Any]] = []
    kinds: Counter[str] = Counter()
    with ProcessPoolExecutor(2, initializer=_start, initargs=(asked.seed,)) as pool:
        for counted, differing in pool.map(_run, range(asked.cases), chunksize=20):
            seen += counted
            found += differing
    for one in found:
        for name, pair in one.get("oracle, software", {}).items():
            kinds[f"{one['rulebook']} {name}: {pair}"] += 1
        if "only" in one:
            kinds[f"{one['rulebook']} only {one['only']} {one['reading']}"] += 1
        if "outcome of oracle, software" in one:
            kinds[f"{one['rulebook']} OUTCOME {one['outcome of oracle, software']}"] += 1
    for name, count in sorted(seen.items()):
        print(f"{count:8,} {name}")
    print(f"{asked.cases:,} cases, {len(found):,} differences")
    for name, count in kinds.most_common():
        print(f"{count:8,} {name}")
    shown = Counter()
    for one in found:
        ks = [f"{one['rulebook']} {name}: {pair}" for name, pair in one.get("oracle, software", {}).items()] or [
            f"{one['rulebook']} {one.get('only')} {one.get('reading')}"
        ]
        if any(shown[k] < 1 for k in ks):
            shown.update(ks)
            print(json.dumps(one))


if __name__ == "__main__":
    main()
