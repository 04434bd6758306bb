"""The sources: what each of them states, in its own order and nesting, and the points on which they are unclear."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from .. import words
from ..errors import CptppError
from .protocol import Refused
from .site import anchor, language

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import Route

    from ..results import Row, Table
    from .site import Site


def routes(site: Site) -> list[Route]:
    return [
        site.route("/sources", lambda request: _sources(site, request)),
        site.route("/sources/{source}", lambda request: _source(site, request)),
        site.route("/points", lambda request: _points(site, request)),
        site.route("/points/{point}", lambda request: _point(site, request)),
    ]


# ------------------------------------------------------------------ all sources


def _sources(site: Site, request: Request) -> Response:
    """Every source: what it is, what it covers and what it is silent on."""
    lang, ask = language(request), site.kg.ask
    documents = list(ask("sources", lang=lang))
    rulebooks = [str(row.source) for row in documents if row.rulebook]
    return site.page(
        request,
        "sources.html",
        documents=documents,
        covered=_covered({code: ask("commitments", rulebook=code, lang=lang) for code in rulebooks}),
        categories=dict(site.words_of("category", lang)),
        silences={code: _silences(site, code, lang) for code in rulebooks},
        laws=sorted(
            {(str(row.law), str(row.address or "")) for code in rulebooks for row in ask("legal-bases", rulebook=code, lang=lang)}
        ),
    )


def _covered(tables: dict[str, Table]) -> list[tuple[str, dict[tuple[str, str], Row]]]:
    """Per country, what each rulebook has for each category."""
    found: dict[str, dict[tuple[str, str], Row]] = {}
    for rulebook, table in tables.items():
        for row in table:
            found.setdefault(str(row.country), {})[rulebook, str(row.category)] = row
    return sorted(found.items())


def _silences(site: Site, rulebook: str, lang: str) -> list[tuple[str, list[Row]]]:
    """What a rulebook is silent on, kind by kind."""
    rows = site.kg.ask("silences", rulebook=rulebook, lang=lang)
    return [(str(kind), list(found)) for kind, found in groupby(rows, key=lambda row: row.kind)]


# ------------------------------------------------------------------ one source


@dataclass(slots=True)
class Item:
    """A statement, or the words that lead in several, with what hangs on it. anchor: of the first on its line."""

    row: Row | None
    line: Any
    anchor: str | None
    text: str
    items: list[Item] = field(default_factory=list)


@dataclass(slots=True)
class Part:
    """A section of a page with its statements and the sections within it. path: its headings, joined as in the graph."""

    path: str = ""
    items: list[Item] = field(default_factory=list)
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return self.path.rpartition(" > ")[2]

    @property
    def anchor(self) -> str:
        return anchor(self.path)

    def at(self, path: str) -> Part:
        """The part under these headings, made where there is none yet."""
        if not path:
            return self
        above, _, _ = path.rpartition(" > ")
        return self.at(above).parts.setdefault(path, Part(path))


def outline(rows: Table, document: str) -> Part:
    """The statements of a source under the headings of its page, in the order of its lines.

    What replaces a statement of an earlier source stands at that one's place. Lines of the source itself are called L12;
    those of another only where the source has no such line.
    """
    own = {row.line for row in rows if row.source == document}
    used: set[str] = set()
    items: dict[str, Item] = {}
    whole = Part()

    def item(row: Row | None, source: object, line: object, text: str) -> Item:
        name = f"L{line}" if source == document or line not in own else f"{source}-L{line}"
        first = line is not None and name not in used
        used.add(name)
        return Item(row, line, name if first else None, text)

    for row in sorted(rows, key=_place):
        among = whole.at(str(row.section or "")).items
        if row.leadIn:
            if not among or among[-1].row or among[-1].line != row.leadInLine:
                among.append(item(None, row.source, row.leadInLine, str(row.leadIn)))
            among = among[-1].items
        elif row.exceptionTo in items:
            among = items[str(row.exceptionTo)].items
        among.append(item(row, row.source, row.line, str(row.text)))
        items[str(row.statement)] = among[-1]
    return whole


def _place(row: Row) -> Any:
    line = row.line if row.line is not None else row.replacesLine
    return (line is None, line)


def _source(site: Site, request: Request) -> Response:
    """A source as the graph has it, with the open points beside what they touch."""
    lang, ask = language(request), site.kg.ask
    code = known("source", request.path_params["source"])
    about = next(row for row in ask("sources", lang=lang) if row.source == code)
    rows = ask("source-statements", document=code, lang=lang)
    context: dict[str, Any] = {"required": {}, "spouses": {}, "reached": {}, "silences": []}
    if about.rulebook:
        context["required"] = {row.provision: row for row in ask("requirements", rulebook=code, lang=lang)}
        context["spouses"] = _spouses(ask("spouses", rulebook=code, lang=lang))
        context["reached"] = _reached(site, code, lang)
        context["silences"] = _silences(site, code, lang)
    return site.page(
        request,
        "sources_source.html",
        about=about,
        whole=outline(rows, code),
        categories=dict(site.words_of("category", lang)),
        countries=dict(site.words_of("party", lang)),
        open_points=_labels(site, lang),
        **context,
    )


def _spouses(rows: Table) -> dict[object, list[tuple[object, str]]]:
    """Per provision: on which basis, the citizens or residents of which countries."""
    named: dict[object, dict[object, dict[str, None]]] = {}
    for row in rows:
        named.setdefault(row.provision, {}).setdefault(row.basis, {})[str(row.countryName)] = None
    return {provision: [(basis, ", ".join(names)) for basis, names in found.items()] for provision, found in named.items()}


def _reached(site: Site, rulebook: str, lang: str) -> dict[object, list[Row]]:
    """Per list item, the occupations that it reaches, by the latest edition in which the rulebook reaches any."""
    editions = sorted((code for code, _ in site.words_of("edition", lang)), reverse=True)
    tables = (site.kg.ask("reached", rulebook=rulebook, edition=edition, lang=lang) for edition in editions)
    rows = next((table for table in tables if table), ())
    return {entry: list(found) for entry, found in groupby(rows, key=lambda row: row.entry)}


def known(kind: str, word: str) -> str:
    """The code that a part of an address stands for. Raises Refused (404) with the nearest ones."""
    try:
        return words.code(kind, word)
    except CptppError as error:
        raise Refused(404, error.said.wrong, error.said.mend) from None


# ------------------------------------------------------------------ open points


def _labels(site: Site, lang: str) -> dict[str, str]:
    """What each open point is about, by its code."""
    return dict(site.words_of("issue", lang))


def _all_points(site: Site, lang: str) -> Iterator[tuple[str, Table]]:
    for kind in ("ambiguities", "discrepancies"):
        yield kind, site.kg.ask(kind, lang=lang)


def _points(site: Site, request: Request) -> Response:
    """All open points: where a source is unclear, and where two differ."""
    return site.page(request, "sources_points.html", here=["sources"], kinds=list(_all_points(site, language(request))))


def _point(site: Site, request: Request) -> Response:
    """An open point: what it is, how it can be read, and every statement that it touches."""
    lang, ask = language(request), site.kg.ask
    code = known("issue", request.path_params["point"])
    about, kind = next((row, kind) for kind, table in _all_points(site, lang) for row in table if row.point == code)
    return site.page(
        request,
        "sources_point.html",
        here=["sources"],
        about=about,
        kind=kind,
        readings=list(ask("readings", issue=code, lang=lang)),
        touched=ask("touched", issue=code, lang=lang),
    )
