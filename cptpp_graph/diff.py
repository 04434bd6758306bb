"""Two readings of the rules that differ in one thing (day of receipt, source, edition, threshold): what changes, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import pyoxigraph as ox

from . import words
from .asking import ask
from .catalogue import shipped
from .derivation import Report, threshold, with_threshold
from .errors import CptppError, say
from .linking import agreement_of
from .results import Row, Table, Value, listed
from .words import quoted

DATE, EDITION, THRESHOLD, RULEBOOK = "date", "edition", "threshold", "rulebook"
CELLS = (
    "party countryName categoryName code title level year status otherCode otherTitle otherLevel otherStatus cause change "
    "section line source otherSection otherLine otherSource"
).split()
SPOUSES = "party countryName categoryName basis status otherStatus section line source otherSection otherLine otherSource".split()
STATEMENTS = (
    "side kind requirementName party countryName categoryName text definition cause points section line source statement"
).split()

Given = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Diff:
    """What differs. kind: what the two readings differ in; earlier, later: the values; rulebook: the one that both follow.

    cells: occupations whose status differs, with the cause; statements: what only one side states or counts;
    spouses: whose spouses only one side covers.
    """

    kind: str
    earlier: str
    later: str
    rulebook: str | None
    cells: Table
    statements: Table
    spouses: Table

    def as_dict(self) -> dict[str, object]:
        return {
            "kind": self.kind,
            "from": self.earlier,
            "to": self.later,
            "rulebook": self.rulebook,
            "occupations": self.cells.records(),
            "statements": self.statements.records(),
            "spouses": self.spouses.records(),
        }


def kind_of(word: str) -> str:
    """What a word stands for, recognised by its form: a day, an edition of the NOC, a threshold, else a rulebook."""
    if words.DATE.fullmatch(word):
        return DATE
    if word in (known[0] for known in shipped()["words"]["edition"].values()):
        return EDITION
    try:
        return THRESHOLD if 0 <= Decimal(words.number(word)) <= 1 else RULEBOOK
    except CptppError:
        return RULEBOOK


def compare(
    store: ox.Store,
    earlier: str,
    later: str,
    rulebook: str | None = None,
    country: str | None = None,
    category: str | None = None,
    lang: str = "en",
    report: Report = lambda line: None,
) -> Diff:
    """The difference between two readings. Raises CptppError where they are not two of a kind or a word is unknown.

    report: called with one line of progress per step of a comparison of thresholds, which takes a few seconds.
    """
    kind = kind_of(earlier)
    if kind_of(later) != kind:
        raise CptppError(
            say("{earlier} and {later} are not two of a kind", earlier=quoted(earlier), later=quoted(later)),
            "Give two days, two editions, two rulebooks or two thresholds from 0 to 1.",
        )
    if kind == RULEBOOK and rulebook is not None:
        raise CptppError("two rulebooks are compared, so none is followed by both", "Leave the rulebook out.")
    given = {"country": country, "category": category, "lang": lang}
    book = None if kind == RULEBOOK else words.code("rulebook", rulebook or "ircc")
    return _KINDS[kind](store, earlier, later, book, given, report)


def _dates(store: ox.Store, earlier: str, later: str, book: str | None, given: Given, report: Report) -> Diff:
    days = {"on": earlier, "other": later, "rulebook": book, **given}
    cells = ask(store, "compare-dates", **days)
    counting = ask(store, "compare-days", **days)
    return Diff(
        DATE, earlier, later, book, listed(cells, CELLS), listed(_sided(counting, earlier, later), STATEMENTS), _none(SPOUSES)
    )


def _sided(counting: Table, earlier: str, later: str) -> Table:
    """Lines that count on one of two days, under the day on which they do."""
    place = counting.columns.index("status")
    sides = [ox.Literal(earlier if cells[place] == ox.Literal("counts") else later) for cells in counting.terms]
    return Table((*counting.columns, "side"), [(*cells, side) for cells, side in zip(counting.terms, sides, strict=True)])


def _editions(store: ox.Store, earlier: str, later: str, book: str | None, given: Given, report: Report) -> Diff:
    found = ask(store, "compare-editions", rulebook=book, **given)
    swapped = earlier > later
    names = {name: _other(name, swapped) for name in found.columns}
    cells = Table([names[name] for name in found.columns], found.terms if earlier != later else [])
    return Diff(EDITION, earlier, later, book, listed(cells, CELLS), _none(STATEMENTS), _none(SPOUSES))


PAIRED = ("code", "title", "level", "status", "section", "line", "source")


def _other(name: str, swapped: bool) -> str:
    """The query's words for the newer edition are new…; in a comparison the second side is other…"""
    plain = name.removeprefix("new")
    plain = plain[:1].lower() + plain[1:]
    if plain not in PAIRED:
        return name
    second = name.startswith("new") != swapped
    return f"other{plain[0].upper()}{plain[1:]}" if second else plain


def _rulebooks(store: ox.Store, earlier: str, later: str, book: str | None, given: Given, report: Report) -> Diff:
    pair = {"rulebook": words.code(RULEBOOK, earlier), "other": words.code(RULEBOOK, later)}
    if len({agreement_of(words.term(RULEBOOK, one)) for one in pair.values()}) > 1:
        raise CptppError(
            say("{earlier} and {later} apply different agreements", earlier=earlier, later=later),
            "Compare two rulebooks of one agreement.",
        )
    cells = ask(store, "compare-rulebooks", **pair, **given)
    stated = ask(store, "compare-statements", **pair, lang=given["lang"])
    spouses = ask(store, "compare-spouses", **pair, **given)
    wanted = {"party": _code("party", given["country"]), "categoryCode": _code("category", given["category"])}
    rows = [
        terms
        for terms, row in zip(stated.terms, stated, strict=True)
        if all(code is None or row[name] in ("", code) for name, code in wanted.items())
    ]
    return Diff(
        RULEBOOK,
        pair["rulebook"],
        pair["other"],
        None,
        listed(cells, CELLS),
        listed(Table(stated.columns, rows), STATEMENTS),
        listed(spouses, SPOUSES),
    )


def _code(kind: str, word: str | None) -> str | None:
    return words.code(kind, word) if word else None


# ------------------------------------------------------------------ thresholds


def _thresholds(store: ox.Store, earlier: str, later: str, book: str | None, given: Given, report: Report) -> Diff:
    pair = Decimal(words.number(earlier)), Decimal(words.number(later))
    usual = threshold(store)
    stores = [store if value == usual else with_threshold(store, value, report) for value in pair]
    first, second = ({_key(row): row for row in ask(one, "permissions", rulebook=book, **given)} for one in stores)
    bounds = {"least": f"{min(pair)}", "below": f"{max(pair)}", "rulebook": book, **given}
    causes: dict[tuple[Value, ...], dict[str, None]] = {}
    for one in stores:
        for row in ask(one, "resting", **bounds):
            causes.setdefault(_key(row), {})[str(row.cause)] = None
    changed = [
        _cell(first.get(key), second.get(key), "; ".join(causes.get(key, {})))
        for key in sorted(first.keys() | second.keys(), key=str)
        if _status(first.get(key)) != _status(second.get(key))
    ]
    return Diff(THRESHOLD, earlier, later, book, Table(CELLS, changed), _none(STATEMENTS), _none(SPOUSES))


def _key(row: Row) -> tuple[Value, ...]:
    return row.party, row.categoryName, row.year, row.code


def _status(row: Row | None) -> str:
    return str(row.status) if row else ""


def _cell(here: Row | None, there: Row | None, cause: str) -> tuple[ox.Literal | None, ...]:
    """One changed cell as terms, in the order of CELLS."""
    known = here or there
    assert known is not None
    values: dict[str, Value] = {name: known[name] for name in ("party", "countryName", "categoryName", "code", "title", "year")}
    values |= {"otherCode": known.code, "otherTitle": known.title, "cause": cause}
    for prefix, row in (("", here), ("other", there)):
        for name in ("status", "section", "line", "source"):
            values[prefix + name.capitalize() if prefix else name] = row[name] if row else "" if name == "status" else None
    return tuple(None if values.get(name) is None else ox.Literal(values[name]) for name in CELLS)  # type: ignore[arg-type]


def _none(columns: list[str]) -> Table:
    return Table(columns, [])


_KINDS: dict[str, Callable[[ox.Store, str, str, str | None, Given, Report], Diff]] = {
    DATE: _dates,
    EDITION: _editions,
    THRESHOLD: _thresholds,
    RULEBOOK: _rulebooks,
}
