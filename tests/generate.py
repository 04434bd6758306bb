"""Makes cases by a seed: what passes where the list lets it, then a few facts changed. The graph holds what to choose from."""

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
    from rules import Rules

Facts = dict[str, Any]
Place = tuple[str | None, str]  # window and unit group; a list that commits to nothing has no window
DATES = ("earliestInForce", "latestInForce", "receivedFrom", "receivedUntil")
STUDY, PAID = "education.yearsOfStudy", "experience.paidYearsInSector"
THRESHOLDS = {STUDY: ("minimumYearsOfStudy", "usualYearsOfStudy"), PAID: ("minimumPaidYears",)}
WAGE, UNDER, OVER = Decimal(45), Decimal("44.99"), Decimal("45.01")
TOGETHER = (  # facts that one requirement reads, as beginnings of paths
    ("education.", "offer.qualificationsLetter"),
    ("language.", "offer.requiredLanguage"),
    ("licensing.", STUDY, PAID),
    ("offer.cash", "offer.relies", "offer.wage.", "offer.prevailingWage."),
    ("offer.role", "offer.jobFunction", "offer.academic"),
    ("offer.energySector", "offer.highly"),
    ("offer.requires", "offer.submitted", "offer.compliance", "offer.qualificationsLetter"),
)


class Generator:
    """Cases by number: the same seed and number give the same case."""

    def __init__(self, rules: Rules, seed: int) -> None:
        self.rules, self.seed = rules, seed
        self.books = sorted(rules.rulebooks.values())
        self.parties = sorted(rules.parties)
        self.residents = sorted({rules.one(one, "notation") for name, one in rules.about if name == "admitsPermanentResidentsOf"})
        self.strangers = sorted(set(shipped()["countries"]) - set(self.parties))[:6]
        self.groups = sorted(shipped()["groups"])
        self.days = self._days()
        self.values = self._values("principal") | {
            "receivedOn": self.days,
            "offer.wage.amount": [UNDER, WAGE, OVER],
            "offer.prevailingWage.amount": [WAGE],
            "offer.wage.currency": [*(value for name, value in rules.about if name == "currency"), "USD"],
            **{path: self._numbers(names) for path, names in THRESHOLDS.items()},
        }
        self.standings = [(one, kind, places) for one in self._lists() for kind, places in self._standings(one).items()]

    def cases(self, number: int) -> list[Facts]:
        """One case; sometimes a spouse's case after that of the principal which it names."""
        rng = random.Random(f"{self.seed}/{number}")
        kind = rng.choices(["principal", "spouse", "couple"], [80, 17, 3])[0]
        if kind == "principal":
            return [_nested(f"g{number}", kind, self._principal(rng, number))]
        if kind == "spouse":
            return [_nested(f"g{number}", kind, self._spouse(rng))]
        spouse = self._spouse(rng)
        kept = {
            path: value
            for path, value in spouse.items()
            if path == "relationship" or path == rng.choice(["", "principal.permit"])
        }
        principal = _nested(f"g{number}p", "principal", self._principal(rng, number))
        return [principal, _nested(f"g{number}", "spouse", kept | {"principal.case": principal["id"]})]

    # -------------------------------------------------------------- what there is to choose from

    def _days(self) -> list[str]:
        """The day before, the day and the day after each day that counts, and a day long after them."""
        days = {
            datetime.date.fromisoformat(day)
            for said in [*self.rules.said.values()]
            for name in DATES
            for day in said.get(name, ())
        }
        steps = [datetime.timedelta(days=step) for step in (-1, 0, 1)]
        return sorted({str(day + step) for day in days for step in steps} | {str(max(days) + datetime.timedelta(days=400))})

    def _numbers(self, names: tuple[str, ...]) -> list[Decimal]:
        """Nothing, and both sides of every threshold."""
        marks = {mark for said in [*self.rules.said.values()] for name in names for mark in said.get(name, ())}
        return sorted({Decimal(0)} | {mark + Decimal(step) for mark in marks for step in ("-1", "-0.25", "0", "1")})

    def _values(self, kind: str) -> dict[str, list[Any]]:
        """Field to its values, where it has few."""
        lists = {"boolean": [True, False], "country": [*self.residents * 3, *self.parties, *self.strangers]}
        found = {path: lists.get(one["type"], one.get("values", [])) for path, one in field_table(kind).items()}
        many = {path for path, one in field_table(kind).items() if "mostItems" in one}
        return {
            path: [[], *([value] for value in values)] if path in many else list(values)
            for path, values in found.items()
            if values
        }

    def _lists(self) -> list[str]:
        return sorted(
            {one for book in self.books for one in self.rules.said[book]["applies"] if self.rules.is_a(one, "Schedule")}
        )

    def _standings(self, schedule: str) -> dict[str, list[Place]]:
        """Places by how they stand on a list: each status with its conditions, denied, unlisted, of another level."""
        found: dict[str, list[Place]] = defaultdict(list)
        rules = self.rules
        denied = {
            (rules.one(one, "window"), rules.one(one, "unitGroup"))
            for one in rules.about["inSchedule", schedule]
            if rules.is_a(one, "Denial")
        }
        for rule in rules.said[schedule]["effectiveLevelRule"]:
            window = rules.one(rule, "window")
            for group in map(expand, self.groups):
                if rules.one(window, "edition") in rules.said[group]["inScheme"]:
                    at_level = rules.one(group, "level") in rules.said[rule]["level"]
                    kind = "denied" if (window, group) in denied else "unlisted"
                    if permission := self._permission(schedule, (window, group)):
                        kind = " ".join(
                            map(shorten, (*rules.said[permission]["status"], *sorted(rules.said[permission]["condition"])))
                        )
                    found[kind if at_level else f"{kind}, other level"].append((window, group))
        return found or {"closed": [(None, expand(code)) for code in self.groups]}

    def _permission(self, schedule: str, place: Place) -> str | None:
        return next((one for book in self.books if (one := self.rules.listed.get((book, schedule, *place)))), None)

    # -------------------------------------------------------------- principals

    def _principal(self, rng: random.Random, number: int) -> Facts:
        admitted = [one for one in self.standings if one[1].startswith(("cptpp:permitted", "cptpp:conditional"))]
        schedule, _, places = rng.choice(admitted) if rng.random() < 0.6 else self.standings[number % len(self.standings)]
        country, category = (self.rules.one(self.rules.one(schedule, what), "notation") for what in ("party", "category"))
        window, group = place = rng.choice(places)
        facts = self._passing(country) | self._fitting(rng, schedule, place)
        facts |= {"applicant.citizenship": [country], "category": category, "offer.occupation": [shorten(group)]}
        facts["receivedOn"] = rng.choice(self._open_days(self.rules.one(schedule, "inSource"), country, window))
        twists: list[Callable[[], Facts]] = [
            lambda: self._people(rng, country),
            lambda: {"offer.occupation": self._codes(rng, group)},
            lambda: {"receivedOn": rng.choice([None, *self.days])},
            *(lambda paths=paths: self._several(rng, paths) for paths in TOGETHER),
            *[lambda: self._one(rng, self.values)] * 5,
        ]
        for _ in range(rng.choice((0, 1, 1, 1, 2, 2, 2, 3, 4))):
            facts |= rng.choice(twists)()
        return facts

    def _passing(self, country: str) -> Facts:
        """What lets everything but the occupation pass, whoever it is."""
        first = {
            path: values[0] for path, values in self.values.items() if path.startswith(("offer.", "education.", "licensing."))
        }
        return first | {
            "offer.role": None,
            "offer.jobFunction": None,
            "offer.reliesOnNonMonetaryPay": False,
            "offer.wage.amount": WAGE,
            "offer.durationMonths": 12,
            "applicant.permanentResidence": [],
            "education.country": country,
            STUDY: self.values[STUDY][-1],
            PAID: self.values[PAID][-1],
            "language.officerConcern": False,
            "language.satisfied": True,
        }

    def _fitting(self, rng: random.Random, schedule: str, place: Place) -> Facts:
        """Facts of the job that the list asks for there, mostly."""
        permission = self._permission(schedule, place) or ""
        phrases = self.rules.named_by(self.rules.said[permission]["basedOnEntry"], "phrase")
        conditions = self.rules.said[permission]["condition"] or self.rules.named_by(phrases, "meantFor")
        tests = self.rules.said[rng.choice(sorted(conditions))]["test"] if conditions and rng.random() < 0.85 else []
        paths = {expand(one["property"]): path for path, one in field_table("principal").items()}
        return {paths[self.rules.one(one, "onFact")]: rng.choice(self.rules.said[one]["accepts"]) for one in tests}

    def _open_days(self, book: str, country: str, window: str | None) -> list[str]:
        """The days on which the agreement is in force for the country and the window, where it has ends, is open."""
        first = max(
            str(self.rules.maybe(one, name) or "")
            for one, name in ((self.rules.in_force(book, self.rules.parties[country]), "latestInForce"), (window, "receivedFrom"))
        )
        last = str(self.rules.maybe(window, "receivedUntil") or self.days[-1])
        return [day for day in self.days if first <= day <= last] or self.days

    def _people(self, rng: random.Random, country: str) -> Facts:
        """Citizen of one country, of several, of none or not stated; permanent resident likewise."""
        party, stranger = rng.choice(self.parties), rng.choice(self.strangers)
        citizen = rng.choice([[country], [country], [country, party], [country, party, stranger], [party], [stranger], [], None])
        resident = rng.choice([[], None, None, [party], [stranger], [country], self.residents, self.residents])
        return {
            "applicant.citizenship": citizen and sorted(set(citizen)),
            "applicant.permanentResidence": resident and sorted(set(resident)),
        }

    def _codes(self, rng: random.Random, group: str) -> list[str] | None:
        """With its counterpart in the other edition, that alone, another beside it or alone, or none."""
        own, edition = shorten(group), shorten(group).partition(":")[0]
        others = [code for code in self.groups if not code.startswith(edition)]
        twins = [shorten(one) for one in self.rules.said[group]["correspondsTo"]] or others
        twin, other = rng.choice(twins), rng.choice(others)
        return rng.choice([[own, twin], [own, twin], [twin], [twin], [own, other], [other], [rng.choice(self.groups)], [], None])

    def _several(self, rng: random.Random, beginnings: tuple[str, ...]) -> Facts:
        """About half of the facts that are read together."""
        paths = [path for path in self.values if path.startswith(beginnings) and rng.random() < 0.5]
        return {path: rng.choice([None, *self.values[path]]) for path in paths}

    def _one(self, rng: random.Random, values: dict[str, list[Any]]) -> Facts:
        """Another value for one field, its being unknown among them."""
        path = rng.choice(sorted(values))
        return {path: rng.choice([None, *values[path]])}

    # -------------------------------------------------------------- spouses

    def _spouse(self, rng: random.Random) -> Facts:
        values = {path: found for path, found in self._values("spouse").items() if not path.startswith("spouse.")}
        country = rng.choice([*self.parties, *self.residents])
        facts: Facts = {path: found[0] for path, found in values.items()}
        facts |= {"principal.citizenship": [country], "principal.category": rng.choice(values["principal.category"])}
        twists: list[Callable[[], Facts]] = [
            lambda: {path.replace("applicant.", "principal."): value for path, value in self._people(rng, country).items()},
            *[lambda: self._one(rng, values)] * 3,
        ]
        for _ in range(rng.choice((0, 1, 1, 2, 2, 3, 4))):
            facts |= rng.choice(twists)()
        return facts


def _nested(name: str, kind: str, facts: Facts) -> Facts:
    """The case as JSON has it; what is not known is left out."""
    case: Facts = {"id": name, "kind": kind}
    for path, value in sorted(facts.items()):
        if value is not None:
            *groups, key = path.split(".")
            target = case
            for group in groups:
                target = target.setdefault(group, {})
            target[key] = float(value) if isinstance(value, Decimal) else value
    return case
