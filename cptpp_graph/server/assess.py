"""The page Assess: a form that asks what matters next about a case, and the report. Nothing of a case is kept here."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pyoxigraph as ox
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.responses import Response

from .. import intake, syntaxes
from ..assessment import Assessment
from ..errors import CptppError, LimitReached, Lines, printable, say
from ..exporting import to_rdflib
from ..intake import Case, field_table
from ..interview import FIRST, START, UNKNOWN, Question, case_of, cells_of, questions
from ..officersheet import Sheet
from ..report import View
from ..terms import COLON
from ..verdict import FAILS, MET, NOT_MET, OPEN
from ..words import quoted
from .casefields import PICK, Fields
from .protocol import Refused
from .site import Site, language

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import Route

MOST_BYTES = 1_000_000
MOST_FIELDS = 500
MOST_CASES = 50
SECONDS = 20.0
THE_FORM = say("the form")
DEFAULTS = {"kind": next(iter(START)), "rulebook": "ircc", "do": ""}
FORMS = {"json": "application/json", "ttl": "text/turtle"}

Pairs = list[tuple[str, str]]


def routes(site: Site) -> list[Route]:
    async def step(request: Request) -> Response:
        if request.method != "POST":
            return unkept(await asyncio.to_thread(_begin, site, request))
        pairs, _ = await posted(request)
        return unkept(await asyncio.to_thread(_step, site, request, form_of(pairs)))

    async def load(request: Request) -> Response:
        pairs, file = await posted(request)
        return unkept(await asyncio.to_thread(_load, site, request, dict(pairs), file))

    return [site.route("/assess", step, ("GET", "POST")), site.route("/assess/load", load, ("POST",))]


def unkept(response: Response) -> Response:
    """Not to be kept by the browser or on the way."""
    response.headers["cache-control"] = "no-store"
    return response


# ------------------------------------------------------------------ what is posted


class _InMemory(MultiPartParser):
    """Reads a form with a file; of what is posted nothing is written to the disk."""

    spool_max_size = 1 << 30


async def posted(request: Request) -> tuple[Pairs, tuple[str, bytes]]:
    """The fields of a form, and name and content of its file. Raises Refused where it cannot be read."""
    pairs: Pairs = []
    file = ("", b"")
    try:
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            limits = {"max_files": 1, "max_fields": MOST_FIELDS, "max_part_size": MOST_BYTES}
            for name, value in (await _InMemory(request.headers, request.stream(), **limits).parse()).multi_items():
                if isinstance(value, str):
                    pairs.append((name, value))
                else:
                    file = (value.filename or "", await value.read())
        else:
            body = (await request.body()).decode()
            pairs = parse_qsl(body, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except (MultiPartException, ValueError) as error:
        reason = getattr(error, "message", None) or str(error)
        raise Refused(400, say("the form cannot be read: {reason}", reason=reason), "Send what the page sends.") from None
    return pairs, file


@dataclass(slots=True)
class Form:
    """What a form states. cells: field path to word, as in a row of CSV; do: the button pressed."""

    kind: str
    rulebook: str
    do: str = ""
    cells: dict[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> set[str]:
        """Fields that were asked and are not known."""
        return {path for path, cell in self.cells.items() if cell == UNKNOWN}


def form_of(pairs: Iterable[tuple[str, str]]) -> Form:
    """The form as posted: words under one name are a list; a code that was picked takes the place of one of its edition."""
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        if value.strip():
            given.setdefault(name, []).append(value.strip())
    kind, rulebook, do = (given.pop(name, [default])[0] for name, default in DEFAULTS.items())
    for name in [name for name in given if name.startswith(PICK)]:
        picked, path = given.pop(name)[0], name.removeprefix(PICK).rpartition(".")[0]
        codes = [code.strip() for part in given.get(path, []) for code in part.split(";")]
        given[path] = [code for code in codes if code.partition(":")[0] != picked.partition(":")[0]] + [picked]
    cells = {name: ";".join([word for word in found if word != UNKNOWN] or [UNKNOWN]) for name, found in given.items()}
    return Form(kind, rulebook, do, {"id": FIRST} | cells)


def case_in(form: Form) -> Case:
    """The case that a form states. Raises CptppError naming the field."""
    return case_of(form.kind, form.cells, THE_FORM)


def errors_of(form: Form, error: CptppError) -> dict[str, CptppError]:
    """What is wrong by field; under no name what is wrong with the whole."""
    found = {}
    for path, cell in form.cells.items() if form.kind in START else ():
        try:
            case_in(Form(form.kind, form.rulebook, cells={"id": str(THE_FORM), path: cell}))
        except CptppError as own:
            found[path if path in field_table(form.kind) else ""] = own
    return found or {"": error}


def _known(kind: str) -> str:
    return kind if kind in START else next(iter(START))


# ------------------------------------------------------------------ a step


def _begin(site: Site, request: Request) -> Response:
    """The first step, with what the address states filled in."""
    kind = _known(request.query_params.get("kind", ""))
    known = {"rulebook", *field_table(kind)}
    form = form_of(((name, value) for name, value in request.query_params.multi_items() if name in known))
    form.kind = kind
    return page(site, request, form)


def _step(site: Site, request: Request, form: Form) -> Response:
    try:
        case = case_in(form)
        form.cells |= cells_of(case)
        if form.do in FORMS:
            return _saved(case, form.do)
        assessment = _assess(site, request, [case], form.rulebook)[0]
    except CptppError as error:
        return page(site, request, form, errors=errors_of(form, error))
    if form.do == "officer":
        sheet = Sheet(site.kg.lexicon, site.kg.officer_view(assessment))
        return site.page(request, "officer.html", form=form, sheet=sheet)
    asked = questions(site.kg.lexicon, assessment, form.passed)
    return page(site, request, form, assessment=assessment, asked=asked)


def _assess(site: Site, request: Request, cases: list[Case], rulebook: str) -> list[Assessment]:
    """The assessments of so many cases as can be waited for."""
    if len(cases) > MOST_CASES:
        raise LimitReached(
            say("there are {count} cases, and {most} are shown at most", count=len(cases), most=MOST_CASES),
            "cptpp-graph assess takes more.",
        )
    return site.kg.assess_cases(cases, rulebook=rulebook, lang=language(request), progress=_until(time.monotonic() + SECONDS))


def _until(end: float) -> Callable[[int], None]:
    def progress(done: int) -> None:
        if time.monotonic() > end:
            raise LimitReached(
                say("{done} cases took {seconds:g} s", done=done, seconds=SECONDS),
                "Give fewer at a time, or use cptpp-graph assess.",
            )

    return progress


def _saved(case: Case, form: str) -> Response:
    """The case as a file."""
    if form == "json":
        content = (json.dumps(intake.as_plain(case), ensure_ascii=False, indent=2) + "\n").encode()
    else:
        content = to_rdflib(ox.parse(intake.as_ntriples(case), format=ox.RdfFormat.N_TRIPLES)).serialize(encoding="utf-8")
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", case.id).strip(".-")[:60] or "case"
    return Response(content, headers={"content-disposition": f'attachment; filename="{name}.{form}"'}, media_type=FORMS[form])


def page(
    site: Site,
    request: Request,
    form: Form,
    *,
    errors: dict[str, CptppError] | None = None,
    assessment: Assessment | None = None,
    asked: Sequence[Question] = (),
    pasted: str = "",
) -> Response:
    """The form at its present step; the report where nothing is asked any more or it is wanted now."""
    lang, lexicon = language(request), site.kg.lexicon
    wrong = {path: _in_its_place(error, lang) for path, error in (errors or {}).items()}
    fields = Fields(site, _known(form.kind), form.cells, wrong, lang, search=form.do == "find")
    at_begin = assessment is None and not wrong
    steps = [_told(lexicon, question, fields, lang) for question in asked]
    first = fields.take([path for path in wrong if path] if wrong else START[fields.kind] if at_begin else [])
    view = View(lexicon, assessment) if assessment else None
    return site.page(
        request,
        "assess.html",
        400 if wrong else 200,
        form=form,
        fields=fields,
        pasted=pasted,
        kind=fields.kind,
        kinds=list(START),
        at_begin=at_begin,
        errors=wrong,
        first=first,
        steps=steps,
        answered=fields.take(path for path, cell in form.cells.items() if cell),
        rest=fields.groups(),
        countries=sorted(fields.countries.values()),
        rulebooks=site.words_of("rulebook", lang),
        syntaxes=syntaxes.SYNTAXES,
        view=view,
        state=_state(view, asked) if view else {},
        reported=view is not None and (form.do == "report" or not steps),
    )


def _in_its_place(error: CptppError, lang: str) -> Lines[str]:
    """What is wrong with a field and how to mend it; the field tells where."""
    told = error.told(lang)
    place = say("{place}, {id}", place=THE_FORM, id=quoted(str(THE_FORM))).told(lang)
    return told._replace(wrong=told.wrong.removeprefix(place + COLON[lang]))


def _told(lexicon: Any, question: Question, fields: Fields, lang: str) -> dict[str, Any]:
    """A question with the requirement that it serves, in words."""
    iri = question.requirement.iri
    return {
        "id": question.requirement.id,
        "label": lexicon.label(iri, lang),
        "asks": lexicon.definitions.get(iri, {}).get(lang, ""),
        "finding": question.finding,
        "also": [lexicon.label(one.iri, lang) for one in question.also],
        "fields": fields.take(question.fields),
    }


def _state(view: View, asked: Sequence[Question]) -> dict[str, Any]:
    """Where the case stands: how many requirements are how, and which it fails on, where nothing that is asked bears on them."""
    found = view.a.findings
    counts = {outcome.replace("-", "_"): sum(f.outcome == outcome for f in found) for outcome in (MET, NOT_MET, OPEN)}
    failing = {f.requirement for f in found if f.outcome == NOT_MET}
    settled = view.a.outcome == FAILS and not failing & {question.requirement.id for question in asked}
    return {"counts": counts, "failing": [view.requirement(name) for name in failing] if settled else []}


# ------------------------------------------------------------------ cases from a file


def _load(site: Site, request: Request, given: dict[str, str], file: tuple[str, bytes]) -> Response:
    """The cases of a file or of a text: one in the form, several with their reports one below the other."""
    rulebook = given.get("rulebook") or DEFAULTS["rulebook"]
    try:
        text, syntax, cases = cases_of(given, file)
        if len(cases) == 1:
            return _step(site, request, Form(cases[0].kind, rulebook, cells=cells_of(cases[0])))
        found = _assess(site, request, cases, rulebook)
    except CptppError as error:
        return page(site, request, form_of([("rulebook", rulebook)]), errors={"": error}, pasted=given.get("text", ""))
    return site.page(
        request,
        "assess_many.html",
        views=[View(site.kg.lexicon, one) for one in found],
        forms=[Form(case.kind, rulebook, cells=cells_of(case)) for case in cases],
        rulebook=rulebook,
        rulebooks=site.words_of("rulebook", language(request)),
        text=text,
        syntax=syntax,
    )


def cases_of(given: dict[str, str], file: tuple[str, bytes]) -> tuple[str, str, list[Case]]:
    """The text given, its form, and the cases in it. Raises CptppError where they cannot be read."""
    name, text = _content(given, file)
    syntax = given.get("syntax") or (syntaxes.syntax_of(name) if name else syntaxes.guess(text))
    if syntax not in syntaxes.SYNTAXES:
        raise CptppError(
            say("unknown form {syntax}", syntax=repr(syntax)), say("Known: {known}", known=", ".join(syntaxes.SYNTAXES))
        )
    return text, syntax, intake.checked(syntaxes.read(text, syntax, printable(name) or say("the text")))


def _content(given: dict[str, str], file: tuple[str, bytes]) -> tuple[str, str]:
    """Name and text of what was given; a text that was pasted has no name."""
    name, content = file
    if not content:
        content, name = given.get("text", "").encode(), ""
    if len(content) > MOST_BYTES:
        raise LimitReached(
            say("{name} is larger than {most:,} bytes", name=name or say("the text"), most=MOST_BYTES), "Split it."
        )
    if not content.strip():
        raise CptppError("there is no file and no text", "Choose a file, or paste a case.")
    try:
        return name, content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CptppError(say("{name} is not UTF-8 (byte {start})", name=name, start=error.start), "Save it as UTF-8.") from None
