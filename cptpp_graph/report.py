"""Writes assessments down for people and programs: text, one self-contained HTML page, RDF."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from . import artifact
from .assessment import Assessment
from .catalogue import shipped
from .intake import as_ntriples
from .lexicon import Lexicon
from .phrases import phrase
from .record import Record, place, record_of, shown
from .terms import BASE, COLON, LANGUAGES, NS, PREFIXES, REQ, expand
from .verdict import EARL, FAILS, MET, NOT_APPLICABLE, NOT_MET, OPEN, QUALIFIES, UNDETERMINED

if TYPE_CHECKING:
    import jinja2
    from rdflib import Graph

MARKS = {MET: "+", NOT_MET: "x", OPEN: "?", NOT_APPLICABLE: "-"}


class View:
    """An assessment with its words at hand, for the text and the page alike."""

    def __init__(self, lexicon: Lexicon, assessment: Assessment) -> None:
        self.lexicon, self.a, self.lang = lexicon, assessment, assessment.lang
        self.colon = COLON[assessment.lang]

    def say(self, name: str, **parts: object) -> str:
        return phrase(name, self.lang, **parts)

    @property
    def record(self) -> Record:
        return record_of(self.lexicon, self.a)

    def coded(self, code: str) -> str:
        return self.lexicon.coded(code, self.lang)

    def requirement(self, name: str) -> str:
        return self.lexicon.label(REQ + name, self.lang)

    def country(self, code: str | None) -> str:
        return country_name(self.lexicon, code, self.lang)

    def standing(self, reading: Any) -> str:
        """The category and the country that a reading rests on."""
        parts = [self.lexicon.label(NS + reading.category, self.lang)] if reading.category else []
        if reading.supposed:
            parts.append(self.say("supposed", country=self.country(reading.country)))
        elif reading.ground:
            parts.append(self.say(reading.ground, country=self.country(reading.country)))
        return ", ".join(parts)

    @property
    def subtitle(self) -> str:
        kind = self.standing(self.a.basis) or self.say(self.a.kind)
        day = f"{self.say('asof')} {self.a.as_of}" if self.a.as_of else self.say("undated")
        return f"{kind}; {self.say('rulebook')} {self.a.rulebook}; {day}"

    @property
    def permit(self) -> str:
        months = self.a.permit.months_at_most
        length = f"{months} {self.say('months')}" if months else self.say("no-limit" if months is None else "no-month")
        return ", ".join(part for part in (self.a.permit.code, length) if part)

    @property
    def limits(self) -> list[str]:
        """Each thing that limits the permit, with months, day, whether it binds, doubts and place in print."""
        return [self._limit(limit) for limit in self.a.permit.limits]

    def _limit(self, limit: Any) -> str:
        told = [self.say("limit-months", months=limit.months)]
        told += [self.say("limit-until", day=limit.until)] if limit.until else []
        told += [self.say("limit-binds")] if limit.binds else []
        told += [self.say("limit-doubts", doubts=", ".join(limit.doubts))] if limit.doubts else []
        where = "; ".join(place(cited, self.lang) for cited in limit.cites) or self.say("limit-unprinted")
        return f"{self.say(f'limit-{limit.name}')}{self.colon}{', '.join(told)} ({where})"

    @property
    def span(self) -> str:
        """From which day to which the permit could run at most; nothing where these are not known."""
        permit = self.a.permit
        return self.say("span", first=permit.earliest, last=permit.latest) if permit.earliest and permit.latest else ""

    @property
    def next_step(self) -> str:
        failing = ", ".join(self.requirement(f.requirement) for f in self.a.findings if f.outcome == NOT_MET)
        return self.say("next-" + self.a.outcome, what=failing)

    def heading(self, finding: Any) -> str:
        """met, or open: the officer decides."""
        reason = f" ({self.coded(finding.because)})" if finding.because else ""
        return f"{self.coded(finding.outcome)}{reason}"

    def facts(self, finding: Any) -> str:
        return "; ".join(f"{path} = {shown(value)}" for path, value in finding.facts)

    def place(self, cited: Any) -> str:
        return place(cited, self.lang)

    def places(self, finding: Any) -> list[str]:
        return [self.place(cited) for cited in finding.cites]

    @property
    def sources(self) -> list[tuple[str, str, str]]:
        """Code, title and address of every source cited."""
        codes = sorted({cited.source for finding in self.a.findings for cited in finding.cites} | {self.a.rulebook})
        codes += sorted({cited.source for route in self.a.other_routes for cited in route.cites} - {*codes})
        return [(code, *self.lexicon.source(code, self.lang)) for code in codes]

    def elsewhere(self, other: Any) -> str:
        return self.coded(other.outcome)

    def route(self, route: Any) -> str:
        """The name of a route with its exemption code and the rulebook that is read, where there is one."""
        known = ", ".join(part for part in (route.code, route.rulebook and f"{self.say('rulebook')} {route.rulebook}") if part)
        return f"{route.name} ({known})" if known else route.name


def country_name(lexicon: Lexicon, code: str | None, lang: str) -> str:
    """A country by name: as the graph has it for a Party, else as ISO 3166-1 has it."""
    party = f"{BASE}id/party/{code}"
    if party in lexicon.labels:
        return lexicon.label(party, lang)
    names = shipped()["countries"].get(code)
    return str(names[LANGUAGES.index(lang) + 1]) if names else code or "?"


# ------------------------------------------------------------------ text


def text(lexicon: Lexicon, assessments: Sequence[Assessment], width: int | None, explain: bool) -> str:
    """Outcome first, then findings in order, open questions, permit, next step. explain: with documents and notes."""
    return "\n".join("\n".join(_lines(View(lexicon, one), width, explain)) + "\n" for one in assessments)


def _lines(view: View, width: int | None, explain: bool) -> list[str]:
    return [*body(view, width), *(_filed(view, width) if explain else ()), *foot([view], width)]


def body(view: View, width: int | None) -> list[str]:
    """From the outcome to what other rulebooks say."""
    a, say, colon = view.a, view.say, view.colon
    lines = [f"{say('case')} {a.case}{colon}{view.coded(a.outcome).upper()}", view.subtitle, "", say("findings")]
    for finding in a.findings:
        lines.append(
            wrap(f"{MARKS[finding.outcome]} {view.requirement(finding.requirement)}{colon}{view.heading(finding)}", 2, width)
        )
        lines.append(wrap(finding.message, 6, width))
        if finding.facts:
            lines.append(wrap(f"{say('stated')}{colon}{view.facts(finding)}", 6, width))
        if finding.outcome != NOT_APPLICABLE:
            lines += [wrap(f"{say('source')}{colon}{where}", 6, width) for where in view.places(finding)]
    if a.open:
        lines += ["", say("ask")]
        lines += [wrap(f"{n}. {view.requirement(o.requirement)}{colon}{o.ask}", 2, width) for n, o in enumerate(a.open, 1)]
    lines += [
        "",
        f"{say('permit')}{colon}{view.permit}",
        *permit_lines(view, 2, width),
        wrap(f"{say('next')}{colon}{view.next_step}", 0, width),
    ]
    lines += ["", say("elsewhere")] if a.other_rulebooks else []
    for other in a.other_rulebooks:
        lines.append(f"  {other.rulebook}{colon}{view.elsewhere(other)}" + ("" if other.why else f" ({say('no-difference')})"))
        lines += [wrap(f"- {why}", 4, width) for why in other.why]
    return [*lines, *route_lines(view, width)]


def permit_lines(view: View, indent: int, width: int | None) -> list[str]:
    """From when to when the permit could run, and what limits it."""
    told = [part for part in (view.span, view.say("limits") + view.colon.rstrip() if view.limits else "") if part]
    return [wrap(part, indent, width) for part in (*told, *(f"- {limit}" for limit in view.limits))]


def foot(views: Sequence[View], width: int | None) -> list[str]:
    """The sources, and what all this is not."""
    view = views[0]
    lines = ["", view.say("sources")]
    for code, title, address in sorted({source for one in views for source in one.sources}):
        lines.append(wrap(f"{code}{view.colon}{title}" + (f" <{address}>" if address else ""), 2, width))
    return [*lines, "", wrap(view.say("disclaimer"), 0, width)]


def route_lines(view: View, width: int | None) -> list[str]:
    """Other permits that may be open, why, and what is not known of them."""
    say, colon = view.say, view.colon
    lines = ["", say("routes"), wrap(say("routes-note"), 2, width)] if view.a.other_routes else []
    for route in view.a.other_routes:
        lines.append(wrap(f"{view.route(route)}{colon}{view.elsewhere(route)}", 2, width))
        lines += [wrap(f"- {why}", 4, width) for why in route.why]
        lines += [wrap(f"{say('route-partial')}{colon}{gap}.", 6, width) for gap in route.partial]
        lines += [wrap(f"{say('source')}{colon}{view.place(cited)}", 6, width) for cited in route.cites]
    return lines


def _filed(view: View, width: int | None) -> list[str]:
    say, record, colon = view.say, view.record, view.colon
    lines = ["", say("readings")]
    for reading in view.a.readings:
        told = ", ".join(view.requirement(name) for name in reading.failing or reading.open)
        standing = view.standing(reading) or say(view.a.kind)
        lines.append(wrap(f"- {standing}{colon}{view.coded(reading.outcome)}" + (f" ({told})" if told else ""), 2, width))
    if record.documents:
        lines += ["", say("documents")]
        for document in record.documents:
            lines.append(wrap(f"- {document.label}{colon}{document.description}", 2, width))
            lines.append(wrap(f"{say('proves')}{colon}{', '.join(document.proves)}", 6, width))
    if view.a.outcome == FAILS:
        lines += ["", say("refusal")]
        for ground in record.refusal:
            lines.append(wrap(f"{say('criterion')}{colon}{ground.criterion}", 2, width))
            lines.append(wrap(f"{say('facts')}{colon}{ground.facts}", 2, width))
            lines.append(wrap(f"{say('concluded')}{colon}{ground.concluded}", 2, width))
    elif record.approval:
        lines += ["", say("approval")]
        for entry in record.approval:
            stated = f" [{entry.stated}]" if entry.stated else ""
            lines.append(wrap(f"{entry.field} ({entry.label}){colon}{entry.value}{stated}", 2, width))
    return lines


def wrap(line: str, indent: int, width: int | None) -> str:
    """A line of text by the width of the terminal; in a pipe as long as it is."""
    if width is None:
        return " " * indent + line
    return textwrap.fill(line, max(width, 40), initial_indent=" " * indent, subsequent_indent=" " * (indent + 4))


# ------------------------------------------------------------------ page


@cache
def environment() -> jinja2.Environment:
    import jinja2

    loader = jinja2.FunctionLoader(lambda name: artifact.read(f"templates/{name}").decode())
    return jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)


def html(lexicon: Lexicon, assessments: Sequence[Assessment], lang: str) -> str:
    """One page that needs nothing else: no script, no font, no address is loaded."""
    views = [View(lexicon, one) for one in assessments]
    template = environment().get_template("assessment.html")
    return template.render(views=views, lang=lang, say=lambda name, **parts: phrase(name, lang, **parts))


# ------------------------------------------------------------------ RDF


def graph(assessments: Sequence[Assessment], stated: dict[str, Any]) -> Graph:
    """The cases, the claims that were judged, and the findings as EARL assertions. stated: case id to Case."""
    from rdflib import RDF, Graph, Literal, URIRef

    result = Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        result.bind(prefix, namespace)
    outcomes = {MET: EARL[QUALIFIES], NOT_MET: EARL[FAILS], OPEN: EARL[UNDETERMINED], NOT_APPLICABLE: expand("earl:inapplicable")}

    def add(subject: str, name: str, value: Any) -> None:
        result.add((URIRef(subject), URIRef(expand(name)), value))

    for one in assessments:
        assert one.linked is not None and one.claim is not None
        result += one.linked.graph()
        result.parse(data=as_ntriples(stated[one.case]), format="nt")
        for finding in one.findings:
            assertion = f"{BASE}case/{quote(one.case, safe='')}/finding/{one.rulebook}/{finding.requirement}"
            result.add((URIRef(assertion), RDF.type, URIRef(expand("earl:Assertion"))))
            add(assertion, "earl:subject", URIRef(one.claim.value))
            add(assertion, "earl:test", URIRef(REQ + finding.requirement))
            add(assertion, "earl:result", URIRef(assertion + "/result"))
            result.add((URIRef(assertion + "/result"), RDF.type, URIRef(expand("earl:TestResult"))))
            add(assertion + "/result", "earl:outcome", URIRef(outcomes[finding.outcome]))
            add(assertion + "/result", "dcterms:description", Literal(finding.message, lang=one.lang))
    return result
