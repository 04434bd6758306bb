"""Makes cases by a seed, mostly near-qualifying, so that single facts decide; what to choose from stands in the graph."""

from __future__ import annotations

import datetime
import random
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cptpp_graph.catalogue import shipped
from cptpp_graph.intake import field_table
from cptpp_graph.terms import expand, shorten

if TYPE_CHECKING:
    from tests.oracle import Rules

Facts = dict[str, Any]
PAY = tuple(f"offer.{name}" for name in ("cashPayMeetsPrevailingWage", "reliesOnNonMonetaryPay"))
WAGES = tuple(f"offer.{name}.{key}" for name in ("wage", "prevailingWage") for key in ("amount", "unit"))
MANY = (  # fields that take a list
    "applicant.citizenship",
    "applicant.permanentResidence",
    "offer.occupation",
    "offer.requiredLanguage",
)


class Generator:
    """Cases by number: the same seed and number give the same case."""

    def __init__(self, rules: Rules, seed: int) -> None:
        self.rules, self.seed = rules, seed
        self.books = sorted(rules.rulebooks.values())
        self.schedules = sorted(
            {one for book in self.books for one in rules.said[book]["applies"] if rules.is_a(one, "Schedule")}
        )
        self.open = [one for one in self.schedules if rules.is_a(one, "CommittingSchedule")]
        self.residents = sorted(
            {rules.one(party, "notation") for name, party in rules.about if name == "admitsPermanentResidentsOf"}
        )
        self.parties = sorted(rules.parties)
        self.strangers = sorted(set(shipped()["countries"]) - set(self.parties))
        self.groups = sorted(shipped()["groups"])
        self.currencies = [value for name, value in rules.about if name == "currency"]
        self.days = self._days()
        self.late = (datetime.date.fromisoformat(self.days[-1]) + datetime.timedelta(days=400)).isoformat()
        self.buckets = {one: self._buckets(one) for one in self.open}
        self.numbers = self._numbers()

    def cases(self, number: int) -> list[dict[str, Any]]:
        """One case, or a spouse's case with that of the principal which it names."""
        rng = random.Random(f"{self.seed}/{number}")
        if rng.random() < 0.8:
            return [self._principal(rng, f"g{number}")]
        if rng.random() < 0.7:
            return [self._spouse(rng, f"g{number}")]
        principal = self._principal(rng, f"g{number}p")
        spouse: Facts = {"relationship": "married", "principal.case": principal["id"]}
        if rng.random() < 0.3:
            spouse["principal.permit"] = rng.choice(field_table("spouse")["principal.permit"]["values"])
        return [principal, _nested(f"g{number}", "spouse", spouse)]

    # -------------------------------------------------------------- what there is to choose from

    def _days(self) -> list[str]:
        """The day before, the day and the day after each day that counts."""
        names = ("earliestInForce", "latestInForce", "receivedFrom", "receivedUntil")
        known = {day for said in list(self.rules.said.values()) for name in names for day in said.get(name, ())}
        steps = (datetime.timedelta(days=step) for step in (-1, 0, 1))
        return sorted({(datetime.date.fromisoformat(day) + step).isoformat() for step in steps for day in known})

    def _buckets(self, schedule: str) -> dict[str, list[tuple[str, str]]]:
        """Window and unit group by what the list says: each status and condition, denied, unlisted, of another level."""
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        denied = {
            (self.rules.one(one, "window"), self.rules.one(one, "unitGroup"))
            for one in self.rules.about["inSchedule", schedule]
            if self.rules.is_a(one, "Denial")
        }
        book = next(book for book in self.books if schedule in self.rules.said[book]["applies"])
        for rule in self.rules.said[schedule]["effectiveLevelRule"]:
            window = self.rules.one(rule, "window")
            for code in self.groups:
                group = expand(code)
                if self.rules.one(window, "edition") not in self.rules.said[group]["inScheme"]:
                    continue
                permission = self.rules.listed.get((book, schedule, window, group))
                at_level = self.rules.one(group, "level") in self.rules.said[rule]["level"]
                kind = "denied" if (window, group) in denied else "unlisted" if at_level else "other level"
                if permission:
                    said = self.rules.said[permission]
                    kind = " ".join(shorten(one) for one in (*said["status"], *sorted(said["condition"])))
                    kind += " beyond the levels" if not at_level else ""
                found[kind].append((window, group))
        return dict(found)

    def _numbers(self) -> dict[str, list[Decimal]]:
        """For each number that a provision reads, both sides of every threshold."""
        found: dict[str, list[Decimal]] = {}
        for path, names in (
            ("education.yearsOfStudy", ("minimumYearsOfStudy", "usualYearsOfStudy")),
            ("experience.paidYearsInSector", ("minimumPaidYears",)),
        ):
            marks = {mark for said in list(self.rules.said.values()) for name in names for mark in said.get(name, ())}
            found[path] = sorted({Decimal(0)} | {mark + Decimal(step) for mark in marks for step in ("-1", "-0.25", "0", "1")})
        return found

    # -------------------------------------------------------------- principals

    def _principal(self, rng: random.Random, name: str) -> dict[str, Any]:
        """A case in which everything passes, and then a few twists."""
        schedule = rng.choice(self.open if rng.random() < 0.95 else self.schedules)
        country, category = (self.rules.one(self.rules.one(schedule, what), "notation") for what in ("party", "category"))
        window, group, fitting = self._occupation(rng, schedule)
        last = self.rules.maybe(window, "receivedUntil") if window else None
        facts: Facts = self._passing(country) | fitting
        facts |= {
            "applicant.citizenship": [country],
            "applicant.permanentResidence": [],
            "category": category,
            "receivedOn": rng.choice([day for day in self.days if self.rules.start <= day <= last]) if last else self.late,
            "offer.occupation": [shorten(group)],
        }
        twists: list[Callable[[], Facts]] = [
            lambda: self._people(rng, country),
            lambda: {"offer.occupation": self._codes(rng, group)},
            lambda: {"receivedOn": rng.choice([None, *self.days, self.late])},
            lambda: {"category": rng.choice([None, *sorted(self.rules.categories)])},
            lambda: {path: self._any(rng, path) for path in ("offer.role", "offer.jobFunction", "offer.academicEmployer")},
            lambda: self._pay(rng),
            *(
                lambda above=above: self._several(rng, above)
                for above in ("education.", "language.", "licensing.", "experience.")
            ),
            *[lambda: self._one(rng, facts)] * 6,
        ]
        for _ in range(rng.choice((0, 1, 1, 1, 2, 2, 2, 3, 4))):
            facts |= rng.choice(twists)()
        return _nested(name, "principal", facts)

    def _occupation(self, rng: random.Random, schedule: str) -> tuple[str | None, str, Facts]:
        """A window, a group, and facts of the job under which the list admits it where it can."""
        if schedule not in self.buckets:
            return None, expand(rng.choice(self.groups)), {}
        buckets = self.buckets[schedule]
        admitted = [kind for kind in sorted(buckets) if kind.startswith(("cptpp:permitted", "cptpp:conditional"))]
        window, group = rng.choice(buckets[rng.choice(admitted if rng.random() < 0.6 else sorted(buckets))])
        permission = next((p for (_, *rest), p in self.rules.listed.items() if rest == [schedule, window, group]), "")
        meant = [role for entry in self.rules.said[permission]["basedOnEntry"] for role in self._meant(entry)]
        conditions = sorted(self.rules.said[permission]["condition"] or meant)
        tests = self.rules.said[rng.choice(conditions)]["test"] if conditions and rng.random() < 0.85 else []
        paths = {expand(one["property"]): path for path, one in field_table("principal").items()}
        return window, group, {paths[self.rules.one(one, "onFact")]: rng.choice(self.rules.said[one]["accepts"]) for one in tests}

    def _meant(self, entry: str) -> list[str]:
        return [role for phrase in self.rules.said[entry]["phrase"] for role in self.rules.said[phrase]["meantFor"]]

    def _codes(self, rng: random.Random, group: str) -> list[str] | None:
        """With its counterpart in the other edition, that alone, another beside it or alone, or none."""
        own, edition = shorten(group), shorten(group).partition(":")[0]
        others = [code for code in self.groups if not code.startswith(edition)]
        twins = [shorten(one) for one in self.rules.said[group]["correspondsTo"]] or others
        twin, other = rng.choice(twins), rng.choice(others)
        return rng.choice([[own, twin], [own, twin], [twin], [twin], [own, other], [other], [rng.choice(self.groups)], [], None])

    def _people(self, rng: random.Random, country: str) -> Facts:
        """Citizen of one country, of several, of none or not stated; permanent resident likewise."""
        party, stranger = rng.choice(self.parties), rng.choice(self.strangers)
        citizen = rng.choice([[country], [country], [country, party], [country, party, stranger], [party], [stranger], [], None])
        resident = rng.choice([[], None, None, [party], [stranger], [country], self.residents, self.residents])
        return {
            "applicant.citizenship": None if citizen is None else sorted(set(citizen)),
            "applicant.permanentResidence": None if resident is None else sorted(set(resident)),
        }

    def _passing(self, country: str) -> Facts:
        """What lets everything but the occupation pass, whoever it is."""
        table = field_table("principal")
        return {path: True for path, one in table.items() if one["type"] == "boolean" and not path.startswith("licensing")} | {
            "offer.reliesOnNonMonetaryPay": False,
            "offer.requiredLanguage": [],
            "offer.durationMonths": 12,
            "education.credential": "degree",
            "education.yearsOfStudy": max(self.numbers["education.yearsOfStudy"]),
            "education.country": country,
            "education.japaneseAssociateDegree": table["education.japaneseAssociateDegree"]["values"][0],
            "experience.paidYearsInSector": max(self.numbers["experience.paidYearsInSector"]),
            "language.officerConcern": False,
            "licensing.regulatedInProvince": True,
            "licensing.licence": table["licensing.licence"]["values"][0],
        }

    def _pay(self, rng: random.Random) -> Facts:
        """Pay stated, worked out, both, or in contradiction."""
        facts: Facts = {path: rng.choice([True, False, None]) for path in PAY}
        if rng.random() < 0.7:
            facts |= {path: 45 if path.endswith("amount") else "hour" for path in WAGES}
            facts["offer.wage.amount"] = rng.choice([44, Decimal("44.99"), 45, Decimal("45.01"), 50])
            facts["offer.wage.currency"] = rng.choice([*self.currencies] * 3 + ["USD", None])
            facts |= rng.choice([{}, {}, {rng.choice(WAGES): None}, {"offer.wage.unit": "year"}])
        return facts

    def _several(self, rng: random.Random, above: str) -> Facts:
        """All fields of a group at random, with what else its requirement reads."""
        also = {"education.": "offer.qualificationsLetter", "language.": "offer.requiredLanguage"}.get(above, above)
        return {path: self._any(rng, path) for path in field_table("principal") if path.startswith(above) or path == also}

    def _one(self, rng: random.Random, facts: Facts) -> Facts:
        """Another value for one field, its being unknown among them."""
        path = rng.choice([path for path in field_table("principal") if self._values(path)])
        return {path: rng.choice([value for value in [None, *self._values(path)] if value != facts.get(path)])}

    def _any(self, rng: random.Random, path: str) -> Any:
        return rng.choice([None, *self._values(path)])

    def _values(self, path: str) -> list[Any]:
        one = field_table("principal")[path]
        lists = {
            "boolean": [True, False],
            "code": one.get("values", []),
            "country": [*self.residents * 4, *self.parties, *self.strangers[:6]],
        }
        values = self.numbers.get(path, lists.get(one["type"], []))
        return [[], *([value] for value in values)] if path in MANY and values else list(values)

    # -------------------------------------------------------------- spouses

    def _spouse(self, rng: random.Random, name: str) -> dict[str, Any]:
        table = field_table("spouse")
        facts: Facts = {path: table[path]["values"][0] for path in ("relationship", "principal.permit")}
        country = rng.choice([*self.parties, *self.residents])
        facts |= {"principal.category": rng.choice(table["principal.category"]["values"]), "principal.citizenship": [country]}
        twists: list[Callable[[], Facts]] = [
            lambda: {path.replace("applicant.", "principal."): value for path, value in self._people(rng, country).items()},
            lambda: {"principal.permanentResidence": []},
            *(
                lambda path=path: {path: rng.choice([None, *table[path]["values"]])}
                for path in ("relationship", "principal.category", "principal.permit")
            ),
        ]
        for _ in range(rng.choice((0, 1, 1, 2, 2, 3, 4))):
            facts |= rng.choice(twists)()
        return _nested(name, "spouse", facts | {"requestedMonths": rng.choice([None, 24]), "principal.permitMonths": 12})


def _nested(name: str, kind: str, facts: Facts) -> dict[str, Any]:
    """The case as JSON has it; what is not known is left out."""
    case: dict[str, Any] = {"id": name, "kind": kind}
    for path, value in sorted(facts.items()):
        if value is not None:
            *groups, key = path.split(".")
            target = case
            for group in groups:
                target = target.setdefault(group, {})
            target[key] = float(value) if isinstance(value, Decimal) else value
    return case
