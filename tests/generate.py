"""Makes cases at random, by a seed: mostly near-qualifying, so that single facts decide. What there is to choose comes from the graph."""

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
MANY = ("applicant.citizenship", "applicant.permanentResidence", "offer.occupation", "offer.requiredLanguage")


class Generator:
    """Cases by number: the same seed and number give the same case."""

    def __init__(self, rules: Rules, seed: int) -> None:
        self.rules, self.seed = rules, seed
        self.books = sorted(rules.rulebooks.values())
        self.schedules = sorted(
            {one for book in self.books for one in rules.said[book]["applies"] if rules.is_a(one, "Schedule")}
        )
        self.open = [one for one in self.schedules if rules.is_a(one, "CommittingSchedule")]
        self.residents = sorted({rules.one(party, "notation") for found in rules.residents.values() for party in found})
        self.parties = sorted(rules.parties)
        self.strangers = sorted(set(shipped()["countries"]) - set(self.parties))
        self.groups = sorted(shipped()["groups"])
        self.days = self._days()
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
        """Window and unit group by what the list says of it: each status, denied, of an admitted level but unlisted, any other."""
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
                if permission:
                    said = self.rules.said[permission]
                    conditions = [shorten(one) for one in said["condition"]]
                    kind = " ".join([shorten(said["status"][0]), *sorted(conditions), *(["beyond"] if not at_level else [])])
                else:
                    kind = "denied" if (window, group) in denied else "unlisted" if at_level else "other level"
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
        schedule = rng.choice(self.open if rng.random() < 0.93 else self.schedules)
        country = self.rules.one(self.rules.one(schedule, "party"), "notation")
        category = self.rules.one(self.rules.one(schedule, "category"), "notation")
        window, group = self._occupation(rng, schedule)
        facts: Facts = {"category": category, "offer.occupation": self._codes(rng, group)}
        facts |= self._people(rng, country)
        facts |= self._passing(category, country)
        facts["receivedOn"] = self._day(rng, window)
        for path in ("offer.role", "offer.jobFunction"):
            facts[path] = rng.choice([None, *field_table("principal")[path]["values"]])
        if rng.random() < 0.5:
            facts |= self._pay(rng)
        for _ in range(rng.choice((0, 1, 1, 2, 2, 3, 5))):
            path, value = self._change(rng, facts)
            facts[path] = value
        return _nested(name, "principal", facts)

    def _occupation(self, rng: random.Random, schedule: str) -> tuple[str | None, str]:
        if schedule not in self.buckets:
            return None, expand(rng.choice(self.groups))
        buckets = self.buckets[schedule]
        likely = [kind for kind in sorted(buckets) if kind not in ("unlisted", "other level")]
        kind = rng.choice(likely if rng.random() < 0.85 else sorted(buckets))
        return rng.choice(buckets[kind])

    def _codes(self, rng: random.Random, group: str) -> list[str] | None:
        """The code as it counts, with its counterpart, with another than that, the counterpart alone, or none."""
        twins = self.rules.said[group]["correspondsTo"]
        own, twin = shorten(group), shorten(rng.choice(twins)) if twins else None
        other = rng.choice([code for code in self.groups if code.partition(":")[0] != own.partition(":")[0]])
        roll = rng.random()
        if roll < 0.06:
            return rng.choice([None, []])
        if roll < 0.11:
            return [own, other]
        if twin and roll < 0.5:
            return [own, twin] if roll < 0.28 else [twin]
        return [own]

    def _people(self, rng: random.Random, country: str) -> Facts:
        """Citizen of the country, perhaps of others too; or a permanent resident of one whose residents may count."""
        others = [rng.choice(self.parties), rng.choice(self.strangers)]
        citizen: list[str] | None = [country]
        resident: list[str] | None = []
        roll = rng.random()
        if country in self.residents and roll < 0.4:
            citizen, resident = rng.choice([[], None, others[:1], others[1:], others]), rng.choice([[country], [country], None])
        elif roll < 0.6:
            citizen = rng.choice([[country, *others[:1]], [country, *others], None, [], others[1:], others[:1]])
            resident = rng.choice([[], [], None, others[:1], others[1:], self.residents])
        return {
            "applicant.citizenship": None if citizen is None else sorted(set(citizen)),
            "applicant.permanentResidence": None if resident is None else sorted(set(resident)),
        }

    def _passing(self, category: str, country: str) -> Facts:
        """What lets everything else pass, whoever it is."""
        facts: Facts = {
            path: True
            for path, one in field_table("principal").items()
            if one["type"] == "boolean" and not path.startswith("licensing")
        }
        return facts | {
            "offer.reliesOnNonMonetaryPay": False,
            "offer.requiredLanguage": [],
            "offer.durationMonths": 12,
            "education.credential": "degree",
            "education.yearsOfStudy": max(self.numbers["education.yearsOfStudy"]),
            "education.country": country,
            "education.japaneseAssociateDegree": field_table("principal")["education.japaneseAssociateDegree"]["values"][0],
            "experience.paidYearsInSector": max(self.numbers["experience.paidYearsInSector"]),
            "language.officerConcern": False,
            "licensing.regulatedInProvince": True,
            "licensing.licence": field_table("principal")["licensing.licence"]["values"][0],
        }

    def _day(self, rng: random.Random, window: str | None) -> str | None:
        """In the window, near a day that counts, long after all of them, or not stated."""
        roll = rng.random()
        if roll < 0.12:
            return None
        late = (datetime.date.fromisoformat(self.days[-1]) + datetime.timedelta(days=400)).isoformat()
        if roll < 0.4 or not window:
            return rng.choice([*self.days, late])
        last = self.rules.maybe(window, "receivedUntil")
        return rng.choice([day for day in self.days if day >= self.rules.start and day <= last]) if last else late

    def _pay(self, rng: random.Random) -> Facts:
        """Pay stated, worked out, both, or in contradiction."""
        facts: Facts = {path: rng.choice([True, False, None]) for path in PAY}
        if rng.random() < 0.6:
            facts |= {path: 45 if path.endswith("amount") else "hour" for path in WAGES}
            facts["offer.wage.amount"] = rng.choice([44, Decimal("44.99"), 45, Decimal("45.01"), 50])
            facts["offer.wage.currency"] = rng.choice(["CAD", "CAD", "CAD", "USD", None])
            if rng.random() < 0.25:
                facts[rng.choice(WAGES)] = None
            if rng.random() < 0.15:
                facts["offer.wage.unit"] = "year"
        return facts

    def _change(self, rng: random.Random, facts: Facts) -> tuple[str, Any]:
        """Another value for one field, its being unknown among them."""
        path = rng.choice(
            [path for path, one in field_table("principal").items() if path not in ("id",) and self._values(path, one)]
        )
        return path, rng.choice(
            [value for value in [None, *self._values(path, field_table("principal")[path])] if value != facts.get(path)]
        )

    def _values(self, path: str, one: dict[str, Any]) -> list[Any]:
        lists: dict[str, Callable[[], list[Any]]] = {
            "boolean": lambda: [True, False],
            "date": lambda: [*self.days] if path == "receivedOn" else [],
            "country": lambda: [*self.residents, *self.parties, *self.strangers[:3]],
            "code": lambda: list(one["values"]),
        }
        values = self.numbers[path] if path in self.numbers else lists.get(one["type"], list)()
        return [[], *([value] for value in values)] if path in MANY and values else list(values)

    # -------------------------------------------------------------- spouses

    def _spouse(self, rng: random.Random, name: str) -> dict[str, Any]:
        table = field_table("spouse")
        people = self._people(rng, rng.choice([*self.parties, *self.residents]))
        facts: Facts = {path.replace("applicant.", "principal."): value for path, value in people.items()}
        for path in ("relationship", "principal.category", "principal.permit"):
            usual = rng.random() < 0.6
            facts[path] = rng.choice(table[path]["values"][:1] if usual else [None, *table[path]["values"]])
        if rng.random() < 0.3:
            facts["principal.category"] = rng.choice([None, *table["principal.category"]["values"]])
        facts |= {"requestedMonths": rng.choice([None, 6, 24]), "principal.permitMonths": rng.choice([None, 12])}
        return _nested(name, "spouse", facts)


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
