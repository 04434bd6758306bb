"""A second decider: the requirements read off the rule data in plain Python, without shapes and without linking queries.

No country, number, date or code stands here; all come from the graph. With the software it shares the intake of a case and the
derived permissions, nothing else. `python -m tests.oracle --cases 100000 --seed 1` compares the two on generated cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cptpp_graph.fields import KINDS
from cptpp_graph.intake import Case, field_table
from cptpp_graph.terms import NS, expand

if TYPE_CHECKING:
    from rules import Rules

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
QUALIFIES, UNDETERMINED, FAILS = "qualifies", "undetermined", "does-not-qualify"
CARRIED = ("applicant.citizenship", "applicant.permanentResidence", "category")
Facts = Mapping[str, Any]
Findings = dict[str, Finding]
Reading = tuple[str | None, str | None, str | None, bool]
"""Category, country, citizenship or permanentResidence, and whether that is only supposed."""
Readings = dict[Reading, Findings]


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


def of_one(findings: list[Finding]) -> Finding:
    """Of the groups that a code may mean one counts: likewise, but where the text is unclear on any, that is the reason."""
    return UNCLEAR if UNCLEAR in findings else agreed(findings)


def where(fact: bool | None, then: Finding, otherwise: Finding) -> Finding:
    """What a fact that may be unknown leads to."""
    return agreed([then, otherwise]) if fact is None else then if fact else otherwise


def holds(fact: bool | None) -> Finding:
    """A fact that is asked for."""
    return MISSING if fact is None else MET if fact else NOT_MET


def at_least(value: Any, least: Any) -> bool | None:
    return None if value is None else value >= least


# ------------------------------------------------------------------ readings of a case


def outcome(findings: Findings) -> str:
    states = {state for state, _ in findings.values()}
    return FAILS if "not-met" in states else UNDETERMINED if "open" in states else QUALIFIES


def best(found: Readings) -> tuple[Reading, Findings]:
    """The most favourable; of equals the stated before the supposed, then the nearest to success."""

    def rank(item: tuple[Reading, Findings]) -> tuple[Any, ...]:
        (*_, supposed), findings = item
        states = [state for state, _ in findings.values()]
        rough = (QUALIFIES, UNDETERMINED, FAILS).index(outcome(findings))
        return rough, supposed, *(states.count(state) for state in ("not-met", "not-applicable", "open"))

    return min(found.items(), key=rank)


def readings(rules: Rules, given: list[Case], rulebook: str) -> Readings:
    """Every reading, under a rulebook, of the last of the cases; before a spouse's case may stand the principal's."""
    *before, case = given
    book, facts = rules.rulebooks[rulebook], dict(case.facts)
    if not rules.permit(book, KINDS[case.kind]):
        return {}
    if case.kind == "principal":
        categories = [facts["category"]] if "category" in facts else list(rules.categories)
        possible = [(category, *ground) for category in categories for ground in _grounds(rules, book, facts)]
        return {reading: Principal(rules, book, facts, reading).findings() for reading in possible}
    own = None
    if before:
        (category, *_), findings = best(readings(rules, before, rulebook))
        own = outcome(findings)
        known = {path: before[0].facts.get(path) for path in CARRIED} | ({"category": category} if own == QUALIFIES else {})
        carried = {"principal." + path.rpartition(".")[2]: value for path, value in known.items() if value is not None}
        facts = carried | facts
    return {(facts.get("principal.category"), None, None, False): Spouse(rules, book, facts, own).findings()}


def _grounds(rules: Rules, book: str, facts: Facts) -> list[tuple[str | None, str | None, bool]]:
    """What the case states; what it may have left out, where the rulebook admits or presupposes permanent residents."""
    citizen, resident = facts.get("applicant.citizenship"), facts.get("applicant.permanentResidence")
    found = [(country, "citizenship", False) for country in citizen or ()]
    found += [(country, "permanentResidence", False) for country in resident or ()]
    if citizen is None:
        return [(None, None, False), *found]
    if resident is None:
        parties = rules.named_by(rules.said[book]["applies"], "admitsPermanentResidentsOf")
        supposed = {rules.one(party, "notation") for party in parties} - set(citizen)
        found += [(country, "permanentResidence", True) for country in sorted(supposed)]
    return found or [(None, "citizenship", False)]


class Judge:
    """What principals and spouses have in common."""

    kind: str

    def __init__(self, rules: Rules, book: str, facts: Facts) -> None:
        self.rules, self.book, self.fact = rules, book, facts.get
        self.said, self.one, self.maybe = rules.said, rules.one, rules.maybe
        self.paths = {expand(one["property"]): path for path, one in field_table(self.kind).items() if "fields" not in one}

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
    """One category, and one country by citizenship or permanent residence; if none is stated the rules for everybody count."""

    kind = "principal"

    def __init__(self, rules: Rules, book: str, facts: Facts, reading: Reading) -> None:
        super().__init__(rules, book, facts)
        category, country, self.ground, self.supposed = reading
        self.unknown = self.ground is None  # no citizenship is stated
        self.silent = False  # the rulebook says nothing of such people
        self.party, self.category = rules.parties.get(country), rules.categories[category]
        lists = (one for one in self.said[book]["applies"] if self.party in self.said[one]["party"])
        self.schedule = next((one for one in lists if self.category in self.said[one]["category"]), None)

    def findings(self) -> Findings:
        """What failed, or leaves in the same doubt, takes with it what depends on it."""
        found: Findings = {}
        for requirement in self.rules.criteria(self.rules.permit(self.book, "PrincipalCase")):
            own = self._judge(requirement)
            if requirement in self.rules.left_open(self.book) and own not in (NOT_MET, CONFLICT, DISPUTED):
                own = UNCLEAR  # a gap keeps it from being met, whatever else is open
            parents = {found[self.rules.name(one)] for one in self.said[requirement]["dependsOn"]}
            shared = own == UNCLEAR and UNCLEAR in parents
            found[self.rules.name(requirement)] = NOT_ASKED if shared or parents & {NOT_MET, NOT_ASKED} else own
        return found

    def _judge(self, requirement: str) -> Finding:
        """Not asked where the rulebook states it for others only; open where it says nothing of it."""
        stated = self.rules.provisions(self.book, requirement)
        laid = [one for one in stated if self._addressed(one) and self.maybe(one, "forParty") in (None, self.party)]
        if not laid and (stated or self.maybe(requirement, "onlyWhereStated")):
            return NOT_ASKED
        judge = getattr(self, "_" + self.rules.name(requirement).replace("-", "_"), None)
        return judge(laid) if judge else self.tests(laid) if laid else UNCLEAR

    def _addressed(self, provision: str) -> bool:
        return self.maybe(provision, "forCategory") in (None, self.category)

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
        if self.unknown:
            return MISSING
        received = self.fact("receivedOn")
        participation = self.rules.in_force(self.book, self.party)
        earliest, latest = (self.maybe(participation, name) for name in ("earliestInForce", "latestInForce"))
        if earliest is None:
            return NOT_MET
        if received is None:
            return MET if latest <= self.rules.start(self.book) else MISSING
        return NOT_MET if received < earliest else MET if received >= latest else DISPUTED

    def _category_available(self, _: list[str]) -> Finding:
        if self.unknown:
            return MISSING
        return UNCLEAR if self.silent or not self.schedule else holds(self.rules.is_a(self.schedule, "CommittingSchedule"))

    # -------------------------------------------------------------- the occupation

    def _open(self, level_rules: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Level rules with their windows, those open on the day of receipt or possible where it is not stated."""
        received = self.fact("receivedOn")
        for rule in level_rules:
            window = self.one(rule, "window")
            first, last = (self.maybe(window, name) for name in ("receivedFrom", "receivedUntil"))
            if (last or "9") >= (received or self.rules.start(self.book)) and (not received or (first or "0") <= received):
                yield rule, window

    def _groups(self, window: str) -> list[str]:
        """The unit groups that the stated code may mean in the edition that counts."""
        codes = [expand(code) for code in self.fact("offer.occupation") or ()]
        own = [code for code in codes if self.one(window, "edition") in self.said[code]["inScheme"]]
        return own or self.rules.named_by(codes, "correspondsTo")

    def _codes_disagree(self) -> bool:
        codes = [expand(code) for code in self.fact("offer.occupation") or ()]
        return len(codes) == 2 and codes[1] not in self.said[codes[0]]["correspondsTo"]

    def _noc_level(self, provisions: list[str]) -> Finding:
        if self._codes_disagree():
            return CONFLICT
        rules = self._open(self.rules.named_by(provisions, "levelRule"))
        return of_one([self._at_level(rule, group) for rule, window in rules for group in self._groups(window)])

    def _at_level(self, rule: str, group: str) -> Finding:
        """A list may reach beyond the levels."""
        if self.one(group, "level") in self.said[rule]["level"]:
            return MET
        beyond = (one for one in self.rules.about["unitGroup", group] if NS + "levelDoubt" in self.said[one]["because"])
        return UNCLEAR if self.schedule in self.rules.named_by(beyond, "inSchedule") else NOT_MET

    def _occupation_listed(self, _: list[str]) -> Finding:
        if self._codes_disagree() or self._function_elsewhere():
            return CONFLICT
        rules = self._open(self.said[self.schedule]["effectiveLevelRule"]) if self.schedule else ()
        meant = [(window, group) for _, window in rules for group in self._groups(window)]
        if not meant:  # a list is read by code, even where a function alone would be excluded
            return MISSING
        return every([of_one([self._listed(*one) for one in meant]), self._by_function()])

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

    def _function_elsewhere(self) -> bool:
        """Whether the case states a function that an exclusion names, with codes none of which this exclusion reaches."""
        codes = {expand(code) for code in self.fact("offer.occupation") or ()}
        groups = codes.union(self.rules.named_by(codes, "correspondsTo"))
        phrases = self.rules.named_by(self._entries("Exclusion"), "phrase")
        naming = [phrase for phrase in phrases if self.fact("offer.jobFunction") in self.said[phrase]["namesFunction"]]
        reaching = (one for phrase in naming for one in self.rules.about["coveringPhrase", phrase])
        return bool(naming and codes) and groups.isdisjoint(self.rules.named_by(reaching, "unitGroup"))

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
        general = every([holds(at_least(years, least)), holds(noc)])
        return some([general, *(self._deemed(one) for one in provisions if self.said[one]["deemsEducationFrom"])])

    def _deemed(self, provision: str) -> Finding:
        """Education deemed met by where it was had: shorter than usual, or had elsewhere, arguably; not both. Whether it
        then stands for what the classification asks besides is not said."""
        country, noc = self.fact("education.country"), self.fact("education.meetsNocRequirements")
        there = None if country is None else self.rules.parties.get(country) in self.said[provision]["deemsEducationFrom"]
        usual = at_least(self.fact("education.yearsOfStudy"), self.one(provision, "usualYearsOfStudy"))
        letter = holds(self.fact("offer.qualificationsLetter")) if self.maybe(provision, "deemsOnLetter") else MET
        if noc is False:
            return NOT_MET if every([holds(there), holds(usual), letter]) == NOT_MET else UNCLEAR
        arguably = where(there, where(usual, MET, UNCLEAR), where(usual, UNCLEAR, NOT_MET))
        return every([arguably, letter, holds(noc)])

    def _experience(self, provisions: list[str]) -> Finding:
        (least,) = self.rules.named_by(provisions, "minimumPaidYears")
        return holds(at_least(self.fact("experience.paidYearsInSector"), least))

    def _remuneration(self, _: list[str]) -> Finding:
        known = {self.fact("offer.cashPayMeetsPrevailingWage"), self._pay_compared()} - {None}
        benefits = self.fact("offer.reliesOnNonMonetaryPay")
        if len(known) == 2 or (True in known and benefits):
            return CONFLICT
        return NOT_MET if False in known else MET if True in known and benefits is False else MISSING

    def _pay_compared(self) -> bool | None:
        pay, due, unit, per = (
            self.fact(f"offer.{one}.{key}") for key in ("amount", "unit") for one in ("wage", "prevailingWage")
        )
        known = None not in (pay, due, unit) and self.rules.about["currency", self.fact("offer.wage.currency")]
        return pay >= due if known and unit == per else None

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
            study = every(holds(None if one is None else one > 0) for one in shown)
        return where(self.fact("licensing.regulatedInProvince"), every(exams) if licence == NOT_MET and exams else licence, study)


class Spouse(Judge):
    """The spouse of a principal: one reading, in which the principal's category may be unknown."""

    kind = "spouse"

    def __init__(self, rules: Rules, book: str, facts: Facts, principal: str | None) -> None:
        super().__init__(rules, book, facts)
        self.principal = {None: None, QUALIFIES: MET, UNDETERMINED: MISSING, FAILS: NOT_MET}[principal]

    def findings(self) -> Findings:
        findings = {}
        for requirement in self.rules.criteria(self.rules.permit(self.book, "SpouseCase")):
            name, stated = self.rules.name(requirement), self.rules.provisions(self.book, requirement)
            judge = self._status if name == "spouse-principal-status" else self.tests
            findings[name] = judge(stated) if stated else UNCLEAR
        return findings

    def _status(self, provisions: list[str]) -> Finding:
        stated = self.fact("principal.category")
        categories = [self.rules.categories[stated]] if stated else list(self.rules.categories.values())
        apart = ([one for one in provisions if category in self.said[one]["forCategory"]] for category in categories)
        return agreed(every([self._admitted(own), self._permit(own)]) for own in apart)

    def _permit(self, provisions: list[str]) -> Finding:
        """What is stated of the permit; failing that, how the principal's own case comes out. One against the other conflicts."""
        stated = self.tests(provisions)
        if self.principal and self.fact("principal.permit") is None:
            return self.principal
        return CONFLICT if (stated, self.principal) == (MET, NOT_MET) else stated

    def _admitted(self, provisions: list[str]) -> Finding:
        found = []
        for path, name in (("citizenship", "admitsCitizensOf"), ("permanentResidence", "admitsPermanentResidentsOf")):
            admitted = {self.one(party, "notation") for party in self.rules.named_by(provisions, name)}
            stated = self.fact(f"principal.{path}")
            among = None if admitted and stated is None else not admitted.isdisjoint(stated or ())
            found.append(holds(among))
        return some(found)


if __name__ == "__main__":
    import sys
    from pathlib import Path

    sys.path.insert(0, str(Path(__file__).parent))  # as pytest has it
    from test_oracle import main

    sys.exit(main())
