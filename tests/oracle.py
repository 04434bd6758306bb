"""A second decider: the requirements read off the rule data in plain Python, without shapes and without linking queries.

No country, number, date or code stands here; all come from the graph. With the software it shares the intake of a case and the
derived permissions, nothing else. `python -m tests.oracle --cases 100000 --seed 1` compares the two on generated cases.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from typing import Any

import pyoxigraph as ox

from cptpp_graph.intake import Case, field_table
from cptpp_graph.terms import NS, expand

Finding = tuple[str, str | None]
MET: Finding = ("met", None)
NOT_MET: Finding = ("not-met", None)
NOT_ASKED: Finding = ("not-applicable", None)
CONFLICT: Finding = ("open", "conflicting-facts")
DISPUTED: Finding = ("open", "sources-disagree")
OFFICER: Finding = ("open", "officer-discretion")
UNCLEAR: Finding = ("open", "text-unclear")
MISSING: Finding = ("open", "missing-facts")
OPEN = (DISPUTED, OFFICER, UNCLEAR, MISSING)  # of several reasons the one that no statement of facts can settle is named
OUTCOMES = ("qualifies", "undetermined", "does-not-qualify")
Ground = tuple[str | None, str | None, bool]  # country, citizenship or permanentResidence, whether it is only supposed


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
        self.rulebooks = {self.one(book, "identifier"): book for book in self.all("Rulebook")}
        self.parties = {self.one(party, "notation"): party for party in self.all("Party")}
        self.categories = {self.one(category, "notation"): category for category in sorted(self.all("Category"))}
        self.start = min(day for party in self.parties.values() for day in self.said[party]["earliestInForce"])
        self.listed = {
            (book, *(self.one(permission, name) for name in ("inSchedule", "window", "unitGroup"))): permission
            for permission in self.all("Permission")
            for book in self.said[permission]["rulebook"]
        }

    def all(self, kind: str) -> list[str]:
        return [*self.about["type", NS + kind], *self.about["type", expand(f"cccev:{kind}")]]

    def is_a(self, node: str, kind: str) -> bool:
        return NS + kind in self.said[node]["type"]

    def one(self, node: str, name: str) -> Any:
        (value,) = self.said[node][name]
        return value

    def maybe(self, node: str | None, name: str) -> Any:
        return self.one(node, name) if node and self.said[node][name] else None

    def criteria(self, permit: str) -> list[str]:
        asked = set(self.about["isRequirementOf", expand(f"req:{permit}")])
        return sorted(asked.intersection(self.all("Criterion")), key=lambda one: self.one(one, "order"))

    def provisions(self, book: str, requirement: str) -> list[str]:
        return [one for one in self.said[book]["applies"] if requirement in self.said[one]["statesRequirement"]]

    def named_by(self, nodes: Iterable[str], name: str) -> list[Any]:
        return [value for one in nodes for value in self.said[one][name]]


def _plain(value: ox.NamedNode | ox.Literal) -> Any:
    if isinstance(value, ox.NamedNode):
        return value.value
    kind = value.datatype.value.rpartition("#")[2]
    return {"boolean": "true".__eq__, "decimal": Decimal, "integer": Decimal}.get(kind, str)(value.value)


# ------------------------------------------------------------------ readings of a case


@dataclass(frozen=True)
class Verdict:
    """One reading: what each requirement came to. country: three letters; None where it is not known or there is none."""

    category: str | None
    country: str | None
    ground: str | None
    supposed: bool
    findings: Mapping[str, Finding] = field(hash=False)

    @property
    def outcome(self) -> str:
        states = {state for state, _ in self.findings.values()}
        return OUTCOMES[2] if "not-met" in states else OUTCOMES[1] if "open" in states else OUTCOMES[0]

    @property
    def key(self) -> tuple[Any, ...]:
        return self.category, self.country, self.ground, self.supposed

    def rank(self) -> tuple[Any, ...]:
        """The best first; of equals the stated before the supposed, then the nearest to success."""
        states = [state for state, _ in self.findings.values()]
        counts = [states.count(state) for state in ("not-met", "not-applicable", "open")]
        return OUTCOMES.index(self.outcome), self.supposed, *counts


def readings(rules: Rules, case: Case, rulebook: str, principal: Verdict | None = None) -> list[Verdict]:
    """Every reading of a case under a rulebook. principal: for a spouse, what became of the principal's own case."""
    book = rules.rulebooks[rulebook]
    if case.kind == "spouse":
        return [Spouse(rules, book, case, principal).verdict()]
    categories = [case.facts["category"]] if "category" in case.facts else list(rules.categories)
    both = product(categories, _grounds(rules, book, case.facts))
    return [Principal(rules, book, case, str(category), ground).verdict() for category, ground in both]


def best(found: Iterable[Verdict]) -> Verdict:
    return min(found, key=Verdict.rank)


def _grounds(rules: Rules, book: str, facts: Mapping[str, Any]) -> list[Ground]:
    """What the case states; what it may have left out, where the rulebook admits or presupposes permanent residents."""
    citizen, resident = facts.get("applicant.citizenship"), facts.get("applicant.permanentResidence")
    found: list[Ground] = [(None, None, False)] if citizen is None else []
    found += [(country, "citizenship", False) for country in citizen or ()]
    found += [(country, "permanentResidence", False) for country in resident or ()]
    if resident is None and citizen is not None:
        parties = rules.named_by(rules.said[book]["applies"], "admitsPermanentResidentsOf")
        supposed = {rules.one(party, "notation") for party in parties} - set(citizen)
        found += [(country, "permanentResidence", True) for country in sorted(supposed)]
    return found or [(None, "citizenship", False)]


class Judge:
    """What principals and spouses have in common."""

    def __init__(self, rules: Rules, book: str, case: Case) -> None:
        self.rules, self.book, self.facts = rules, book, case.facts
        self.said, self.one, self.maybe = rules.said, rules.one, rules.maybe
        self.paths = {expand(one["property"]): path for path, one in field_table(case.kind).items() if "fields" not in one}

    def fact(self, path: str) -> Any:
        return self.facts.get(path)

    def test(self, test: str) -> Finding:
        """One test of one fact."""
        value = self.fact(self.paths[self.one(test, "onFact")])
        if value is None:
            return MET if self.maybe(test, "onlyIfStated") else MISSING
        names = {"accepts": MET, "rejects": NOT_MET, "leavesToOfficer": OFFICER, "leavesUnclear": UNCLEAR}
        return next((finding for name, finding in names.items() if value in self.said[test][name]), MISSING)

    def tests(self, nodes: Iterable[str]) -> Finding:
        """All tests of provisions or of a condition."""
        return every(self.test(test) for test in self.rules.named_by(nodes, "test"))


class Principal(Judge):
    """One category, and one country by citizenship or permanent residence."""

    def __init__(self, rules: Rules, book: str, case: Case, category: str, ground: Ground) -> None:
        super().__init__(rules, book, case)
        self.category, (self.country, self.ground, self.supposed) = category, ground
        self.unknown = self.ground is None  # no citizenship is stated
        self.silent = False  # the rulebook says nothing of such people
        self.party = rules.parties.get(self.country)
        mine = {(self.party, rules.categories[category])}
        schedules = (one for one in self.said[book]["applies"] if rules.is_a(one, "Schedule"))
        self.schedule = next((one for one in schedules if {(self.one(one, "party"), self.one(one, "category"))} == mine), None)

    def verdict(self) -> Verdict:
        findings: dict[str, Finding] = {}
        for requirement in self.rules.criteria("permit-t52"):
            name = self.one(requirement, "identifier")
            parents = [findings[self.one(one, "identifier")] for one in self.said[requirement]["dependsOn"]]
            findings[name] = NOT_ASKED if self._moot(name, parents) else self._judge(requirement, name)
        return Verdict(self.category, self.country, self.ground, self.supposed, findings)

    def _moot(self, name: str, parents: list[Finding]) -> bool:
        """What failed, and silence on such people, take with them what depends on them; a doubted level is doubted once."""
        if NOT_MET in parents or NOT_ASKED in parents:
            return True
        return self.silent if name == "category-available" else name == "occupation-listed" and UNCLEAR in parents

    def _judge(self, requirement: str, name: str) -> Finding:
        """Not asked where the rulebook states it for others only; open where it says nothing of it."""
        stated = self.rules.provisions(self.book, requirement)
        laid = [one for one in stated if self._addressed(one) and self.maybe(one, "forParty") in (None, self.party)]
        if not laid and (stated or self.maybe(requirement, "onlyWhereStated")):
            return NOT_ASKED
        judge = getattr(self, "_" + name.replace("-", "_"), None)
        return judge(laid) if judge else self.tests(laid) if laid else UNCLEAR

    def _addressed(self, provision: str) -> bool:
        return self.maybe(provision, "forCategory") in (None, self.rules.categories[self.category])

    # -------------------------------------------------------------- who and when

    def _nationality(self, provisions: list[str]) -> Finding:
        if self.unknown:
            return MISSING
        if not provisions:  # a page without a rule on nationality admits the citizens of the countries that it lists
            self.silent = self.ground != "citizenship" or not self.schedule
            return UNCLEAR if self.silent else MET
        admits = "admitsCitizensOf" if self.ground == "citizenship" else "admitsPermanentResidentsOf"
        if self.party in self.rules.named_by(provisions, admits):
            return MISSING if self.supposed else MET
        presupposed = self.rules.named_by(self.said[self.book]["applies"], "admitsPermanentResidentsOf")
        return UNCLEAR if self.ground == "permanentResidence" and self.party in presupposed else NOT_MET

    def _agreement_in_force(self, _: list[str]) -> Finding:
        received = self.fact("receivedOn")
        if self.unknown:
            return NOT_MET if received and received < self.rules.start else MISSING
        earliest, latest = self.maybe(self.party, "earliestInForce"), self.maybe(self.party, "latestInForce")
        if earliest is None:
            return NOT_MET
        if received is None:
            return MET if latest <= self.rules.start else MISSING
        return NOT_MET if received < earliest else MET if received >= latest else DISPUTED

    def _category_available(self, _: list[str]) -> Finding:
        if self.unknown:
            return MISSING
        return where(
            self.schedule is not None, MET if self.rules.is_a(self.schedule or "", "CommittingSchedule") else NOT_MET, UNCLEAR
        )

    # -------------------------------------------------------------- the occupation

    def _open(self, level_rules: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Level rules with their windows, those open on the day of receipt or possible where it is not stated."""
        received = self.fact("receivedOn")
        for rule in level_rules:
            window = self.one(rule, "window")
            first, last = (self.maybe(window, name) for name in ("receivedFrom", "receivedUntil"))
            if (last or "9") >= (received or self.rules.start) and (not received or (first or "0") <= received):
                yield rule, window

    def _groups(self, window: str) -> list[str]:
        """The unit groups that the stated code may mean in the edition that counts."""
        codes = [expand(code) for code in self.fact("offer.occupation") or ()]
        own = [code for code in codes if self.one(window, "edition") in self.said[code]["inScheme"]]
        return own or self.rules.named_by(codes, "correspondsTo")

    def _codes_disagree(self) -> bool:
        codes = [expand(code) for code in self.fact("offer.occupation") or ()]
        return len(codes) == 2 and codes[1] not in self.said[codes[0]]["correspondsTo"]

    def _candidates(self, findings: list[Finding]) -> Finding:
        """Decided where all agree; where the text is unclear on one of them, that is the reason."""
        return UNCLEAR if UNCLEAR in findings else agreed(findings)

    def _noc_level(self, provisions: list[str]) -> Finding:
        if self._codes_disagree():
            return CONFLICT
        rules = self._open(self.rules.named_by(provisions, "levelRule"))
        return self._candidates([self._at_level(rule, group) for rule, window in rules for group in self._groups(window)])

    def _at_level(self, rule: str, group: str) -> Finding:
        """A list may reach beyond the levels; of whom no citizenship is stated, any list may be theirs."""
        if self.one(group, "level") in self.said[rule]["level"]:
            return MET
        mine = {s for s in self.said[self.book]["applies"] if self.maybe(s, "category") == self.rules.categories[self.category]}
        lists = mine if self.unknown else {self.schedule}
        beyond = [one for one in self.rules.about["unitGroup", group] if NS + "levelDoubt" in self.said[one]["because"]]
        doubted = any(self.one(one, "inSchedule") in lists for one in beyond)
        return NOT_MET if not doubted else MISSING if self.unknown else UNCLEAR

    def _occupation_listed(self, _: list[str]) -> Finding:
        if self._codes_disagree():
            return CONFLICT
        rules = self._open(self.said[self.schedule]["effectiveLevelRule"]) if self.schedule else ()
        meant = [(window, group) for _, window in rules for group in self._groups(window)]
        if meant and self._function_elsewhere({group for _, group in meant}):
            return CONFLICT
        return every([self._candidates([self._listed(*one) for one in meant]), self._by_function()])

    def _listed(self, window: str, group: str) -> Finding:
        permission = self.rules.listed.get((self.book, self.schedule, window, group))
        if not permission:
            return self._within_scope()
        said = self.said[permission]
        if said["basedOnEntry"] and all(self._other_role(entry) for entry in said["basedOnEntry"]):
            return NOT_MET
        if said["status"] != [NS + "conditional"]:
            return MET if said["status"] == [NS + "permitted"] else UNCLEAR
        found = some(self.tests([condition]) for condition in said["condition"])
        return UNCLEAR if found == NOT_MET and said["because"] else found

    def _entries(self, kind: str) -> list[str]:
        return [one for one in self.rules.about["inSchedule", self.schedule] if self.rules.is_a(one, kind)]

    def _other_role(self, entry: str) -> bool:
        """Whether an item names a role, however it is read, and the case states another."""
        phrases = [*self.said[entry]["phrase"], *self.rules.named_by(self.rules.about["reads", entry], "asPhrase")]
        roles = [self.maybe(phrase, "meantFor") for phrase in phrases]
        return bool(roles) and all(role and self.tests([role]) == NOT_MET for role in roles)

    def _within_scope(self) -> Finding:
        """What a list does not name is out, unless the case is within general words of it whose reach is disputed."""
        disputed = [one for one in self._entries("ScopeRestriction") if self.rules.about["touches", one]]
        return UNCLEAR if some(self.tests([one]) for one in self.rules.named_by(disputed, "condition")) == MET else NOT_MET

    def _function_elsewhere(self, groups: set[str]) -> bool:
        """Whether the case states a function that an exclusion names, with a code that this exclusion does not reach."""
        phrases = self.rules.named_by(self._entries("Exclusion"), "phrase")
        naming = [phrase for phrase in phrases if self.fact("offer.jobFunction") in self.said[phrase]["namesFunction"]]
        reached = self.rules.named_by(
            (one for phrase in naming for one in self.rules.about["coveringPhrase", phrase]), "unitGroup"
        )
        return bool(naming) and groups.isdisjoint(reached)

    def _by_function(self) -> Finding:
        """An exclusion by function counts where the case states that function, unless an exception takes it back."""
        for entry in self._entries("Exclusion"):
            if self.maybe(self.one(entry, "phrase"), "byFunction") and self._states(entry) == MET:
                return some(self._states(back) for back in self.rules.about["exceptionTo", entry])
        return MET

    def _states(self, entry: str) -> Finding:
        reached = self.rules.about["coveringPhrase", self.one(entry, "phrase")]
        return some(self.tests([condition]) for condition in self.rules.named_by(reached, "condition"))

    # -------------------------------------------------------------- the person

    def _education(self, provisions: list[str]) -> Finding:
        (least,) = self.rules.named_by(provisions, "minimumYearsOfStudy")
        years, noc = self.fact("education.yearsOfStudy"), self.fact("education.meetsNocRequirements")
        long, further = None if years is None else years >= least, None if noc is None else bool(noc)
        general = every([MET if one else MISSING if one is None else NOT_MET for one in (long, further)])
        if not self.unknown:
            return some([general, *(self._deemed(one) for one in provisions if self.said[one]["deemsEducationFrom"])])
        elsewhere = [one for one in self.rules.about["statesRequirement", expand("req:education")] if self._addressed(one)]
        applied = [one for one in elsewhere if one in self.said[self.book]["applies"] and self.said[one]["deemsEducationFrom"]]
        helped = any(self._deemed(one) != NOT_MET for one in applied)  # a rule for some country, if it is theirs
        return MISSING if general == NOT_MET and helped else general

    def _deemed(self, provision: str) -> Finding:
        """Education that counts as met because of where it was had; whether the NOC's own demands do too is not said."""
        years, noc, country = (self.fact(f"education.{name}") for name in ("yearsOfStudy", "meetsNocRequirements", "country"))
        there = None if country is None else self.rules.parties.get(country) in self.said[provision]["deemsEducationFrom"]
        usual = None if years is None else years >= self.one(provision, "usualYearsOfStudy")
        at_home = where(usual, where(noc, MET, UNCLEAR), UNCLEAR)
        abroad = where(usual, NOT_MET if noc is False else UNCLEAR, NOT_MET)
        letter = self.fact("offer.qualificationsLetter") if self.maybe(provision, "deemsOnLetter") else True
        return where(letter, where(there, at_home, abroad), NOT_MET)

    def _experience(self, provisions: list[str]) -> Finding:
        (least,) = self.rules.named_by(provisions, "minimumPaidYears")
        years = self.fact("experience.paidYearsInSector")
        return MISSING if years is None else MET if years >= least else NOT_MET

    def _remuneration(self, _: list[str]) -> Finding:
        known = {self.fact("offer.cashPayMeetsPrevailingWage"), self._pay_compared()} - {None}
        benefits = self.fact("offer.reliesOnNonMonetaryPay")
        if len(known) == 2 or (True in known and benefits):
            return CONFLICT
        return NOT_MET if False in known else MET if True in known and benefits is False else MISSING

    def _pay_compared(self) -> bool | None:
        (pay, unit), (due, per) = (
            [self.fact(f"offer.{one}.{key}") for key in ("amount", "unit")] for one in ("wage", "prevailingWage")
        )
        comparable = (
            None not in (pay, due, unit) and unit == per and self.rules.about["currency", self.fact("offer.wage.currency")]
        )
        return pay >= due if comparable else None

    def _language(self, provisions: list[str]) -> Finding:
        shown, concern = self.fact("language.satisfied"), self.fact("language.officerConcern")
        lacking = MET if shown else NOT_MET if shown is False else OFFICER if concern else MISSING
        triggers = [self.fact(self.paths[trigger]) for trigger in self.rules.named_by(provisions, "languageTrigger")]
        if any(triggers) or any(self.rules.named_by(provisions, "languageAlways")):
            return lacking
        return where(None if None in triggers else False, lacking, MET)

    def _licensing(self, provisions: list[str]) -> Finding:
        tests = self.rules.named_by(provisions, "test")
        exams = [self.test(test) for test in tests if self.said[test]["testedAs"]]
        licence = every(self.test(test) for test in tests if not self.said[test]["testedAs"])
        study = MET
        if any(self.rules.named_by(provisions, "studyWhereNotRegulated")):
            shown = [self.fact(path) for path in ("education.yearsOfStudy", "experience.paidYearsInSector")]
            study = every(MISSING if one is None else MET if one > 0 else NOT_MET for one in shown)
        return where(self.fact("licensing.regulatedInProvince"), every(exams) if licence == NOT_MET and exams else licence, study)


class Spouse(Judge):
    """The spouse of a principal: one reading, in which the principal's category may be unknown."""

    def __init__(self, rules: Rules, book: str, case: Case, principal: Verdict | None) -> None:
        super().__init__(rules, book, case)
        self.principal = principal

    def verdict(self) -> Verdict:
        findings = {}
        for requirement in self.rules.criteria("permit-t53"):
            name, stated = self.one(requirement, "identifier"), self.rules.provisions(self.book, requirement)
            judge = self._status if name == "spouse-principal-status" else self.tests
            findings[name] = judge(stated) if stated else UNCLEAR
        return Verdict(self.fact("principal.category"), None, None, False, findings)

    def _status(self, provisions: list[str]) -> Finding:
        stated = self.fact("principal.category")
        categories = [self.rules.categories[stated]] if stated else list(self.rules.categories.values())
        apart = ([one for one in provisions if category in self.said[one]["forCategory"]] for category in categories)
        return agreed(every([self._admitted(own), self._permit(own)]) for own in apart)

    def _permit(self, provisions: list[str]) -> Finding:
        """What is stated of the permit; failing that the principal's own case stands for it. One against the other conflicts."""
        stated = self.tests(provisions)
        if not self.principal:
            return stated
        own = {"qualifies": MET, "undetermined": MISSING, "does-not-qualify": NOT_MET}[self.principal.outcome]
        if self.fact("principal.permit") is None:
            return own
        return CONFLICT if (stated, own) == (MET, NOT_MET) else stated

    def _admitted(self, provisions: list[str]) -> Finding:
        found = []
        for path, name in (("citizenship", "admitsCitizensOf"), ("permanentResidence", "admitsPermanentResidentsOf")):
            admitted = {self.one(party, "notation") for party in self.rules.named_by(provisions, name)}
            stated = self.fact(f"principal.{path}")
            among = None if stated is None else not admitted.isdisjoint(stated)
            found.append(where(among, MET, NOT_MET) if admitted else NOT_MET)
        return some(found)


if __name__ == "__main__":
    import sys
    from pathlib import Path

    sys.path.insert(0, str(Path(__file__).parent))  # as pytest has it
    from test_oracle import main

    main()
