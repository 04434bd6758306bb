"""The permit that a case could lead to: its exemption code and how long it may last at most."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from .catalogue import shipped
from .intake import Case
from .linking import Linked, ask


@dataclass(frozen=True, slots=True)
class Permit:
    """code: exemption code; months_at_most: whole months, None where nothing stated or printed limits them."""

    code: str | None
    months_at_most: int | None

    def as_dict(self) -> dict[str, Any]:
        return {"code": self.code, "monthsAtMost": self.months_at_most}


def permit_of(store: ox.Store, linked: Linked, claim: ox.NamedNode, case: Case, principal: Permit | None) -> Permit:
    """The shortest of what the rulebook prints, the offer, the travel document, and for a spouse the principal's permit."""
    code, longest = (_printed(store, linked, claim, name) for name in ("exemption", "stay"))
    limits = [_whole(longest), *(_whole(case.facts.get(path)) for path in ("offer.durationMonths", "principal.permitMonths"))]
    limits.append(principal.months_at_most if principal else None)
    limits.append(_months(case.facts.get("receivedOn"), case.facts.get("travelDocumentExpiresOn")))
    known = [limit for limit in limits if limit is not None]
    if known:  # what a spouse asks for shortens a permit, it does not give one its length
        known += [months for months in (_whole(case.facts.get("requestedMonths")),) if months is not None]
    return Permit(code, min(known, default=None))


def _printed(store: ox.Store, linked: Linked, claim: ox.NamedNode, name: str) -> str | None:
    for row in ask(store, shipped()["explain"][name], linked, [claim]) or ():
        return row["value"].value if row["value"] is not None else None
    return None


def _whole(value: Any) -> int | None:
    return int(value) if value is not None else None


def _months(start: Any, end: Any) -> int | None:
    """Whole months from the day of receipt to the expiry of the travel document; a day short is a month less."""
    if start is None or end is None:
        return None
    first, last = datetime.date.fromisoformat(str(start)), datetime.date.fromisoformat(str(end))
    months = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    return max(months, 0)
