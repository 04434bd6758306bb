"""What all pages share: language, words, links to the sources, tables, and the page of a single thing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import pyoxigraph as ox
from starlette.convertors import Convertor, register_url_convertor
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from .. import artifact
from ..catalogue import named_queries, shipped
from ..report import environment
from ..results import Cell, Table, plain, python
from ..terms import BASE, COLON, GRAPH, LANGUAGES, PREFIXES, shorten
from . import things

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from ..errors import CptppError
    from ..graph import CptppGraph

MOST_STATEMENTS = 1_000
SIDES = ("other", "new")  # what the columns of the second side of a comparison begin with
MENU = ("explore", "assess", "household", "ask", "sources", "ledgers", "picture")
LABELS = tuple(PREFIXES[p] + n for p, n in (("skos", "prefLabel"), ("rdfs", "label"), ("dcterms", "title"), ("sh", "message")))


@cache
def _words(part: str, lang: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(artifact.read(f"templates/site/{part}.{lang}.json"))
    return found


def say(name: str, lang: str, **parts: object) -> str:
    """A sentence of the pages by its name, with its parts filled in: explore.title stands in templates/site/explore.en.json."""
    part, _, word = name.partition(".")
    return _words(part, lang)[word].format(colon=COLON[lang], **parts)


def said(name: str, lang: str) -> str:
    """The same where there is such a sentence; else nothing."""
    part, _, word = name.partition(".")
    return say(name, lang) if word in _words(part, lang) else ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell of a table as a page shows it. href: where a click leads; kind: a class of the style sheet."""

    text: str
    href: str | None = None
    kind: str = ""


class Language(Convertor[str]):
    """The part of an address that says the language."""

    regex = "|".join(LANGUAGES)

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("lang", Language())


class Site:
    """The pages over one opened graph."""

    def __init__(self, kg: CptppGraph) -> None:
        self.kg = kg

    def routes(self) -> list[Route]:
        return [Route("/", self._first), self.route("/", self._home), Route("/favicon.ico", self._favicon)]

    def route(self, path: str, answer: Callable[[Request], Any], methods: tuple[str, ...] = ("GET",)) -> Route:
        """A page under both languages: /en/… and /fr/…"""
        return Route("/{lang:lang}" + path, answer, methods=list(methods))

    # -------------------------------------------------------------- a page

    def page(self, request: Request, template: str, status: int = 200, **context: Any) -> Response:
        """A page made from a template, in the language of its address or of the reader."""
        lang = language(request)
        shared = {
            "lang": lang,
            "say": lambda name, **parts: say(name, lang, **parts),
            "colon": COLON[lang],
            "here": request.url.path.split("/")[2:3],
            "menu": MENU,
            "switch": _switched(request, lang),
            "cite": lambda source, line, section="": cited(lang, source, line, section),
            "resource": resource,
            "table": lambda table, **how: list(rows(table, lang, **how)),
            "columns": lambda table, **how: columns(table, **how),
            "heading": lambda column: heading(column, lang),
        }
        text = environment().get_template(f"site/{template}").render(shared | context)
        return Response(text, status, {"vary": "accept, accept-language", "content-language": lang}, "text/html")

    def error(self, request: Request, error: CptppError, status: int) -> Response:
        """An error in the words of the command line."""
        return self.page(request, "error.html", status, error=error.told(language(request)))

    def _first(self, request: Request) -> Response:
        return RedirectResponse(f"/{language(request)}/", headers={"vary": "accept-language"})

    def _home(self, request: Request) -> Response:
        lang = language(request)
        newest = max(code for code, _ in self.words_of("edition", lang))
        coverage = self.kg.ask("coverage-by-country", rulebook=usual("rulebook"), edition=newest, lang=lang)
        return self.page(request, "home.html", coverage=coverage)

    def _favicon(self, request: Request) -> Response:
        return Response(artifact.read("static/icon.svg"), media_type="image/svg+xml")

    # -------------------------------------------------------------- a thing

    def thing(self, request: Request, iri: str) -> Response:
        """All that the graph states about an IRI, each statement with the graph in which it stands."""
        lang = language(request)
        own, pointing = things.about(self.kg, iri)
        return self.page(
            request,
            "thing.html",
            iri=iri,
            whole=any(quad.subject != ox.NamedNode(iri) for quad in own),
            label=self.label(ox.NamedNode(iri), lang),
            more=max(0, len(own) - MOST_STATEMENTS),
            own=[self._statement(quad, quad.object, lang) for quad in own[:MOST_STATEMENTS]],
            pointing=[self._statement(quad, quad.subject, lang) for quad in pointing],
        )

    def _statement(self, quad: ox.Quad, end: Any, lang: str) -> dict[str, Shown]:
        subject, predicate, graph = (self._named(term, lang) for term in (quad.subject, quad.predicate, quad.graph_name))
        return {"subject": subject, "predicate": predicate, "end": self._named(end, lang), "graph": graph}

    def _named(self, term: Any, lang: str) -> Shown:
        """A term by its label, a graph by its short name, with a link; a text in its language."""
        if not isinstance(term, ox.NamedNode):
            return Shown(plain(python(term)), None, getattr(term, "language", "") or "")
        named = term.value.removeprefix(GRAPH) if term.value.startswith(GRAPH) else self.label(term, lang)
        return Shown(named, resource(term.value))

    def label(self, node: Any, lang: str) -> str:
        """The label of a thing in this language, else in any, else its short name."""
        found: dict[str, str] = {}
        for prop in LABELS:
            for quad in self.kg.store.quads_for_pattern(node, ox.NamedNode(prop), None):
                if isinstance(quad.object, ox.Literal):
                    found.setdefault(quad.object.language or "", quad.object.value)
        return found.get(lang) or next(iter(found.values()), None) or shorten(node.value)

    def words_of(self, kind: str, lang: str) -> list[tuple[str, str]]:
        """(code, label) of every term of a kind of parameter, such as party or rulebook, for a list to choose from."""
        return [(known[0], self.label(ox.NamedNode(iri), lang)) for iri, known in shipped()["words"][kind].items()]


def usual(parameter: str) -> str | None:
    """What the question about occupations takes where nothing is said, for instance of a rulebook."""
    return next(known.default for known in named_queries()["occupations"].parameters if known.name == parameter)


def language(request: Request) -> str:
    """The language of the address, else the one asked for by ?lang=, else the reader's first that we have."""
    for wanted in (*request.url.path.split("/")[1:2], request.query_params.get("lang")):
        if wanted in LANGUAGES:
            return str(wanted)
    accepted = [part.split(";")[0].strip()[:2].lower() for part in request.headers.get("accept-language", "").split(",")]
    return next((lang for lang in accepted if lang in LANGUAGES), LANGUAGES[0])


def _switched(request: Request, lang: str) -> tuple[str, str]:
    """(language, address) of this page in the other language."""
    other = next(known for known in LANGUAGES if known != lang)
    if request.url.path.startswith(f"/{lang}/"):
        query = f"?{request.url.query}" if request.url.query else ""
        return other, f"/{other}{request.url.path[3:]}{query}"
    return other, f"{request.url.path}?{urlencode({**request.query_params, 'lang': other})}"


# ------------------------------------------------------------------ links and tables


def cited(lang: str, source: object, line: object, section: object = "") -> str:
    """The place on the page of a source where one of its lines stands, or the section where there is no line."""
    place = f"#L{line}" if line else f"#{anchor(section)}" if section else ""
    return f"/{lang}/sources/{quote(str(source))}{place}"


def anchor(section: object) -> str:
    """What a section is called in addresses: Final decision > Refusal becomes final-decision-refusal."""
    return "-".join(re.findall(r"[a-z0-9]+", str(section).lower()))


def resource(iri: str) -> str | None:
    """Where a click on an IRI leads: to this server for our own, elsewhere only over http(s)."""
    if iri.startswith(BASE):
        path, hash_, term = iri.removeprefix(BASE).partition("#")
        return f"/{quote(path)}" + (f"#{term}" if hash_ else "")
    return iri if iri.startswith(("http://", "https://")) else None


def heading(column: str, lang: str) -> str:
    """What a column is called; a variable of somebody's own query keeps its name."""
    return _words("column", lang).get(column, column)


def columns(table: Table, hide: tuple[str, ...] = ()) -> list[str]:
    """The columns that people see: not those that repeat what was asked, not line beside section, not the node itself."""
    beside = {"line"} if "section" in table.columns else set()
    beside |= {f"{side}{part}" for side in SIDES for part in ("Line", "Source") if f"{side}Section" in table.columns}
    return [name for name in table.columns if name not in hide and name not in beside]


def rows(table: Table, lang: str, *, hide: tuple[str, ...] = (), source: str = "", edition: str = "") -> Iterator[list[Shown]]:
    """The rows as cells with links: sections lead to the source's line, codes to the occupation, IRIs to what they stand for."""
    names = columns(table, hide)
    for cells in table.terms:
        row: Mapping[str, Cell] = dict(zip(table.columns, cells, strict=True))
        yield [_shown(name, row, lang, source, edition) for name in names]


def _shown(name: str, row: Mapping[str, Cell], lang: str, source: str, edition: str) -> Shown:
    cell = row[name]
    text = plain(python(cell))
    side = name.removesuffix("Section")
    if text and (name == "section" or (name != side and side in SIDES)):
        line = row.get("line" if name == "section" else f"{side}Line")
        printed = row.get("printedIn") or row.get("source") if name == "section" else row.get(f"{side}Source")
        where = plain(python(printed)) or source
        place = f"{text}, {say('site.line', lang, line=plain(python(line)))}" if line else text
        return Shown(place, cited(lang, where, plain(python(line)), text), "section") if where else Shown(place)
    if name == "point" and text:
        return Shown(text, f"/{lang}/points/{quote(text)}", "point")
    if name in ("code", "otherCode", "newCode") and text.isdigit():
        year = plain(python(row.get("year"))) or edition or ("2021" if len(text) == 5 else "2016")
        return Shown(text, f"/{lang}/occupations/{year}/{text}", "code")
    if isinstance(cell, ox.NamedNode):
        own = cell.value.startswith(BASE) and heading(name, lang) == heading("statement", lang)
        return Shown(say("site.statement", lang) if own else shorten(cell.value), resource(cell.value))
    if name.lower().endswith("status"):
        return Shown(_words("site", lang).get(f"status-{text}", text), None, f"status {text}")
    return Shown(text, None, name)
