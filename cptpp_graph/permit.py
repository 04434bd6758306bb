"""The permit that a case could lead to: its exemption code, and what limits its length, each limit with its source."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pyoxigraph as ox

from .catalogue import shipped
from .intake import Case, field_table
from .lexicon import Citation, Lexicon
from .linking import Linked, ask
from .terms import expand

PRINTED, PRINCIPAL = "printed-stay", "principal-permit"  # limits that no field of the case states

# The fields that limit a permit, and what the limit is called.
STATED = {
    "offer.durationMonths": "offer",
    "travelDocumentExpiresOn": "travel-document",
    "principal.permitMonths": PRINCIPAL,
    "requestedMonths": "requested",
}


@dataclass(frozen=True, slots=True)
class Limit:
    """One thing that a permit cannot outlast. months: whole ones; binds: whether none is shorter.

    field: where the case states it; until: the last day if the permit began on the day of receipt, None where that day (for the
    principal's permit: the day on which it began) is not stated; doubts: the ambiguities of the source that touch it;
    cites: empty where the rulebook does not speak of it.
    """

    name: str
    months: int
    field: str | None = None
    until: datetime.date | None = None
    binds: bool = False
    doubts: tuple[str, ...] = ()
    cites: tuple[Citation, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "limit": self.name,
            "months": self.months,
            "field": self.field,
            "until": self.until.isoformat() if self.until else None,
            "binds": self.binds,
            "doubts": list(self.doubts),
            "cites": [cited.as_dict() for cited in self.cites],
        }


@dataclass(frozen=True, slots=True)
class Permit:
    """code: exemption code; limits: what is known to limit the length; earliest: the day of receipt, where it is stated."""

    code: str | None
    limits: tuple[Limit, ...] = ()
    earliest: datetime.date | None = None

    @property
    def months_at_most(self) -> int | None:
        """Whole months; None where nothing stated or printed limits them."""
        return min((limit.months for limit in self.limits), default=None)

    @property
    def latest(self) -> datetime.date | None:
        """The last day of a permit that begins on the day of receipt; None where a limit has no day."""
        days = [limit.until for limit in self.limits]
        return min((day for day in days if day), default=None) if None not in days else None

    def as_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "monthsAtMost": self.months_at_most,
            "earliest": self.earliest.isoformat() if self.earliest else None,
            "latest": self.latest.isoformat() if self.latest else None,
            "limits": [limit.as_dict() for limit in self.limits],
        }


def permit_of(lexicon: Lexicon, linked: Linked, claim: ox.NamedNode, case: Case, principal: Permit | None, lang: str) -> Permit:
    """What the rulebook prints, the offer, the travel document, and for a spouse the principal's permit and what is asked for."""
    received = _day(case.facts.get("receivedOn"))
    rows = list(ask(lexicon.store, shipped()["explain"]["limits"], linked, [claim]) or ())
    found = [*_printed(rows), *_stated(case, received)]
    if principal and principal.months_at_most is not None:
        found.append(
            Limit(PRINCIPAL, principal.months_at_most, until=principal.latest if principal.earliest == received else None)
        )
    if all(limit.name == STATED["requestedMonths"] for limit in found):
        found = []  # what a spouse asks for shortens a permit, it does not give one its length
    cited = [_sourced(lexicon, _dated(limit, received), rows, case.kind, lang) for limit in found]
    return Permit(exemption(lexicon.store, linked, claim), tuple(_binding(cited)), received)


def exemption(store: ox.Store, linked: Linked, claim: ox.NamedNode) -> str | None:
    """The exemption code that the rulebook prints for the permit of a claim."""
    for row in ask(store, shipped()["explain"]["exemption"], linked, [claim]) or ():
        return row["value"].value if row["value"] is not None else None
    return None


def _printed(rows: list[Any]) -> list[Limit]:
    months = [int(row["months"].value) for row in rows if row["months"] is not None]
    return [Limit(PRINTED, min(months))] if months else []


def _stated(case: Case, received: datetime.date | None) -> Iterator[Limit]:
    for path, name in STATED.items():
        value: Any = case.facts.get(path)
        if value is None:
            continue
        if field_table(case.kind)[path]["type"] != "date":
            yield Limit(name, int(value), path)
        elif received:
            end = datetime.date.fromisoformat(str(value))
            yield Limit(name, _months(received, end), path, max(end, received))


def _sourced(lexicon: Lexicon, limit: Limit, rows: list[Any], kind: str, lang: str) -> Limit:
    """The limit with where the rulebook speaks of it."""
    path = limit.field or next((path for path, name in STATED.items() if name == limit.name), None)
    fact = expand(field_table(kind)[path]["property"]) if path else None
    bears = [row for row in rows if (row["fact"] is not None and row["fact"].value == fact) or _prints(row, limit)]
    doubts = dict.fromkeys(row["issue"].value for row in bears if row["issue"] is not None)
    return replace(limit, doubts=tuple(sorted(doubts)), cites=lexicon.citations((row["provision"].value for row in bears), lang))


def _prints(row: Any, limit: Limit) -> bool:
    return limit.name == PRINTED and row["months"] is not None and int(row["months"].value) == limit.months


def _binding(limits: list[Limit]) -> Iterable[Limit]:
    """Those of the fewest months; of as many whole months, the one that ends first."""
    fewest = [limit for limit in limits if limit.months == min(one.months for one in limits)]
    first = min((limit.until for limit in fewest if limit.until), default=None)
    return [replace(limit, binds=limit in fewest and limit.until in (first, None)) for limit in limits]


# ------------------------------------------------------------------ days


def _dated(limit: Limit, received: datetime.date | None) -> Limit:
    """With the day that so many months after receipt lead to; when the principal's permit began is not known."""
    if limit.until or received is None or limit.name == PRINCIPAL:
        return limit
    return replace(limit, until=_after(received, limit.months))


def _day(value: Any) -> datetime.date | None:
    return datetime.date.fromisoformat(str(value)) if value is not None else None


def _months(start: datetime.date, end: datetime.date) -> int:
    """Whole months from the day of receipt to the expiry of the travel document; a day short is a month less."""
    return max((end.year - start.year) * 12 + end.month - start.month - (end.day < start.day), 0)


def _after(start: datetime.date, months: int) -> datetime.date:
    """The day so many months later, at the latest the last one of that month; no later than days can be written."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if year > datetime.MAXYEAR:
        return datetime.date.max
    return datetime.date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))
