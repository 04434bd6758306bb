"""The ledgers: what changes between two readings, where sources disagree, what phrases may mean, oddities of the print."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from starlette.responses import Response

from .. import clinic
from ..errors import CptppError
from ..results import Table
from .site import columns, heading, language, say

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import Route

    from .site import Site

LEDGERS = ("diff", "disagreements", "phrases", "clinic")
# The fields of each form: a list to choose from, a line, or a text of several lines.
FORMS: dict[str, dict[str, str]] = {
    "diff": {"from": "line", "to": "line", "rulebook": "rulebook", "country": "party", "category": "category"},
    "disagreements": {"case": "text", "rulebook": "rulebook"},
    "phrases": {"words": "line", "edition": "edition", "threshold": "line"},
    "clinic": {},
}
# Columns that repeat what stands beside them or what was asked.
HIDDEN = (
    *("named", "statement", "party", "phrase", "edition", "lang", "below", "kind", "change", "printed"),
    *("check", "severity", "message", "definition", "bearing"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """A table of a ledger with its caption."""

    caption: str
    headings: list[str]
    table: Table


def routes(site: Site) -> list[Route]:
    return [
        site.route("/ledgers", lambda request: site.page(request, "ledgers.html", ledgers=LEDGERS)),
        *(site.route(f"/{name}", partial(_ledger, site, name)) for name in LEDGERS),
    ]


def _ledger(site: Site, name: str, request: Request) -> Response:
    """One ledger: its form, and its tables once what is needed is given."""
    lang = language(request)
    given = {field: value for field in FORMS[name] if (value := request.query_params.get(field, "").strip())}
    error, parts = None, []
    try:
        parts = _ANSWERS[name](site, given, lang)
    except CptppError as wrong:
        error = wrong.told(lang)
    kinds = {kind for kind in FORMS[name].values() if kind not in ("line", "text")}
    return site.page(
        request,
        "ledger.html",
        400 if error else 200,
        here=["sources"],
        name=name,
        fields=FORMS[name],
        given=given,
        choices={kind: site.words_of(kind, lang) for kind in kinds},
        parts=parts,
        hidden=HIDDEN,
        error=error,
    )


def _part(caption: str, table: Table, lang: str, **parts: object) -> Part:
    said = say(f"ledgers.{caption}", lang, count=len(table), **parts)
    return _filled(said, table, lang)


def _filled(caption: str, table: Table, lang: str) -> Part:
    """A table without the columns in which nothing stands."""
    kept = [name for name in table.columns if name == "line" or any(row[name] not in (None, "") for row in table)]
    shown = table.select(*kept)
    return Part(caption, [heading(name, lang) for name in columns(shown, HIDDEN)], shown)


def _diff(site: Site, given: dict[str, str], lang: str) -> list[Part]:
    if not given.get("from") or not given.get("to"):
        return []
    found = site.kg.diff(
        given["from"],
        given["to"],
        rulebook=given.get("rulebook"),
        country=given.get("country"),
        category=given.get("category"),
        lang=lang,
    )
    tables = {"occupations": found.cells, "statements": found.statements, "spouses": found.spouses}
    return [_part(name, table, lang) for name, table in tables.items()]


def _disagreements(site: Site, given: dict[str, str], lang: str) -> list[Part]:
    chosen = {"rulebook": given["rulebook"]} if "rulebook" in given else {}
    if "case" not in given:
        return [_part("points", site.kg.disagreements(lang=lang), lang)]
    table = site.kg.disagreements(given["case"], **chosen, lang=lang)
    shown = table.select("kindName", "point", "label", "why", "node", "bearing")
    return [_part(word, shown.where("bearing", word), lang) for word in ("matters", "cannot-be-told", "does-not-matter")]


def _phrases(site: Site, given: dict[str, str], lang: str) -> list[Part]:
    weighed = site.kg.sensitivity(given.get("threshold"))
    table = site.kg.phrases(given.get("words"), edition=given.get("edition"), lang=lang)
    return [_part("phrases-found", table, lang), _filled(say("ledgers.sensitivity", lang), _below(weighed), lang)]


def _below(table: Table) -> Table:
    """The threshold first, which tells the rows apart."""
    return Table(("threshold", *table.columns[:-1]), [(cells[-1], *cells[:-1]) for cells in table.terms])


def _clinic(site: Site, given: dict[str, str], lang: str) -> list[Part]:
    table = site.kg.clinic(lang=lang)
    return [
        _filled(f"{clinic.message(name, lang)} ({say('ledgers.' + severity, lang)}, {count})", table.where("check", name), lang)
        for (name, severity), count in clinic.counts(table).items()
    ]


_ANSWERS = {"diff": _diff, "disagreements": _disagreements, "phrases": _phrases, "clinic": _clinic}
