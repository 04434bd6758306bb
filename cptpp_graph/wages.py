"""Looks a prevailing wage up in a wages file of Employment and Social Development Canada (ESDC), as Job Bank publishes it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from . import files
from .catalogue import shipped
from .errors import CptppError, LimitReached, printable, say
from .intake import Case
from .terms import NS, expand, shorten
from .words import quoted

MOST_BYTES = 32_000_000  # a yearly file has some 18 MB and 42,000 rows
MOST_ROWS = 100_000
MOST_COLUMNS = 1_000
EDITIONS = {4: "noc2016", 5: "noc2021"}

# The columns that are read, by the beginnings of their names, which differ from year to year.
COLUMNS = {
    "code": ("NOC_CNP",),
    "region": ("ER_Code_Code_RE",),
    "median": ("Median_Wage",),
    "annual": ("Annual_Wage_Flag",),
    "period": ("Reference_Period",),
}


@dataclass(frozen=True, slots=True)
class Wage:
    """A median wage. amount: in the currency of Canada per unit; unit: hour or year; region: the code of the file."""

    amount: Decimal
    unit: str
    region: str
    period: str


def price(store: ox.Store, cases: list[Case], path: Path) -> list[Case]:
    """The cases with the prevailing wage that the file gives, where a case states none.

    The region is the one that the case names (an ESDC code such as ER3530), then its province, then Canada; cells that the
    file leaves empty fall back in that order. A code of the other edition is looked up where exactly one group corresponds.
    Raises CptppError where the file is not in ESDC's form.
    """
    table = _Table(path)
    return [_priced(store, case, table) for case in cases]


def _priced(store: ox.Store, case: Case, table: _Table) -> Case:
    facts = dict(case.facts)
    if case.kind != "principal" or "offer.prevailingWage.amount" in facts:
        return case
    code = _code_in(store, facts.get("offer.occupation", ()), table.edition)
    wage = table.find(code, _regions(facts)) if code else None
    if wage is None:
        return case
    found: dict[str, Any] = {
        "amount": wage.amount,
        "unit": wage.unit,
        "region": wage.region,
        "source": f"{table.name}, {wage.period}",
    }
    return replace(case, facts=facts | {f"offer.prevailingWage.{key}": value for key, value in found.items()})


def _code_in(store: ox.Store, stated: Any, edition: str) -> str | None:
    """The unit group's code in the edition of the file: as stated, or the only one that corresponds."""
    for code in stated:
        if code.startswith(edition + ":"):
            return str(code.partition(":")[2])
    found = set()
    for code in stated:
        quads = store.quads_for_pattern(ox.NamedNode(expand(code)), ox.NamedNode(NS + "correspondsTo"), None)
        found |= {shorten(quad.object.value).partition(":")[2] for quad in quads if isinstance(quad.object, ox.NamedNode)}
    return found.pop() if len(found) == 1 else None


def _regions(facts: dict[str, Any]) -> list[str]:
    """Where to look, nearest first: the region that the case names, its province, Canada."""
    regions = shipped()["wageRegions"]
    named = str(facts.get("offer.prevailingWage.region", "")).strip().upper()
    province = regions["provinces"].get(facts.get("offer.province"), "")
    wanted = [named if re.fullmatch(r"ER[0-9]{2,4}", named) else "", province, regions["country"]]
    return list(dict.fromkeys(region for region in wanted if region))


class _Table:
    """The rows of a wages file by code and region."""

    def __init__(self, path: Path) -> None:
        self.name = printable(path.name)
        self.wages: dict[tuple[str, str], Wage] = {}
        lengths: dict[int, int] = {}
        for code, wage in self._rows(files.text(path, MOST_BYTES)):
            lengths[len(code)] = lengths.get(len(code), 0) + 1
            if wage:
                if (code, wage.region) in self.wages:
                    raise CptppError(
                        say("{name}: {code} stands twice for {region}", name=self.name, code=code, region=wage.region),
                        "Use a wages file as ESDC publishes it.",
                    )
                self.wages[code, wage.region] = wage
        if len(lengths) != 1 or next(iter(lengths)) not in EDITIONS:
            raise CptppError(
                say("{name}: the codes are not of one edition of the NOC", name=self.name),
                "Use a wages file as ESDC publishes it.",
            )
        self.edition = EDITIONS[next(iter(lengths))]

    def find(self, code: str, regions: list[str]) -> Wage | None:
        return next((self.wages[code, region] for region in regions if (code, region) in self.wages), None)

    def _rows(self, text: str) -> Iterator[tuple[str, Wage | None]]:
        rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            header = next(rows, [])[:MOST_COLUMNS]
            columns = {name: self._column(header, starts) for name, starts in COLUMNS.items()}
            for count, row in enumerate(rows, 1):
                if count > MOST_ROWS:
                    raise LimitReached(
                        say("{name} has more than {most:,} rows", name=self.name, most=MOST_ROWS),
                        "Use a wages file as ESDC publishes it.",
                    )
                if "".join(row).strip():
                    yield self._row(row, columns, len(header), rows.line_num)
        except csv.Error as error:
            raise CptppError(
                say("{name}:{line}: not CSV: {reason}", name=self.name, line=rows.line_num, reason=str(error)),
                "Use a wages file as ESDC publishes it.",
            ) from None

    def _column(self, header: list[str], starts: tuple[str, ...]) -> int:
        begin = tuple(start.lower() for start in starts)
        found = [number for number, name in enumerate(header) if name.strip().lower().startswith(begin)]
        if len(found) == 1:
            return found[0]
        wrong = say("{name}: there is {count} columns {column}", name=self.name, count=len(found), column=starts[0])
        if not found:
            wrong = say("{name}: there is no column {column}", name=self.name, column=starts[0])
        raise CptppError(wrong, "Use a wages file as ESDC publishes it.")

    def _row(self, row: list[str], columns: dict[str, int], width: int, number: int) -> tuple[str, Wage | None]:
        if len(row) != width:
            raise CptppError(
                say(
                    "{name}:{line}: {cells} cells under {columns} columns",
                    name=self.name,
                    line=number,
                    cells=len(row),
                    columns=width,
                ),
                "Use the file as ESDC publishes it.",
            )
        cell = {name: row[column].strip() for name, column in columns.items()}
        code = cell["code"].upper().removeprefix("NOC_")
        if not re.fullmatch(r"[0-9]{4,5}", code, re.ASCII):
            wrong = say("{name}:{line}: {word} is not an occupation code", name=self.name, line=number, word=quoted(cell["code"]))
            raise CptppError(wrong, "Codes look like NOC_21300.")
        if not re.fullmatch(r"ER[0-9]{2,4}", cell["region"].upper(), re.ASCII) or not re.fullmatch(
            r"[ -~]{0,40}", cell["period"]
        ):
            raise CptppError(
                say("{name}:{line}: the region or Reference_Period cannot be read", name=self.name, line=number),
                "Regions look like ER35 or ER3530.",
            )
        if not cell["median"]:
            return code, None
        unit = {"1": "year", "true": "year", "0": "hour", "false": "hour"}.get(cell["annual"].lower())
        amount = _amount(cell["median"])
        if unit is None or not amount:
            raise CptppError(
                say("{name}:{line}: the median or the annual flag cannot be read", name=self.name, line=number),
                "Amounts look like 45.67, flags like 0 or 1.",
            )
        return code, Wage(amount, unit, cell["region"].upper(), cell["period"])


def _amount(text: str) -> Decimal | None:
    try:
        return Decimal(text).normalize() if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", text, re.ASCII) else None
    except InvalidOperation:
        return None
