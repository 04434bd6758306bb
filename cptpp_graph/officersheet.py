"""Writes the officer's view down: text, and one self-contained page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .lexicon import Lexicon
from .officer import OfficerView, Request, Review, sources
from .phrases import phrase
from .record import place
from .report import View, body, environment, foot, wrap


class Sheet(View):
    """An officer's view with its words at hand, for the text and the page alike."""

    def __init__(self, lexicon: Lexicon, shown: OfficerView) -> None:
        super().__init__(lexicon, shown.assessment)
        self.o = shown

    def mark(self, standing: str | None) -> str:
        """How a field stands, in a word or two."""
        return self.say(f"{standing}-mark") if standing else ""

    def bears(self, review: Review) -> str:
        """The requirements that a field bears on, each with how it was found."""
        return ", ".join(f"{self.requirement(name)} ({self._found(outcome)})" for name, outcome in review.bears_on.items())

    def _found(self, outcome: str) -> str:
        known = any(finding.outcome == outcome for finding in self.a.findings)
        return self.coded(outcome) if known else self.mark(outcome)

    def holders(self, request: Request) -> str:
        return ", ".join(self.say(f"of-{who}") for who in request.of)

    @property
    def after(self) -> str:
        """The heading of what is open: it comes after the note on a refusal, where there is one."""
        return self.say("requests-beside" if self.o.refusal else "requests")

    @property
    def rules(self) -> list[str]:
        return sources(self.o.refusal, self.lang) if self.o.refusal else []

    def cited(self, cites: Sequence[Any]) -> str:
        return "; ".join(place(cited, self.lang) for cited in cites)


def text(lexicon: Lexicon, views: Sequence[OfficerView], width: int | None) -> str:
    """Offer, findings, approval sheet, then the note on a refusal or what to request."""
    return "\n".join("\n".join(_lines(Sheet(lexicon, one), width)) + "\n" for one in views)


def _lines(sheet: Sheet, width: int | None) -> list[str]:
    lines = [*_offer(sheet, width), "", sheet.say("assessment-part"), *body(sheet, width), *_entries(sheet, width)]
    if sheet.o.refusal:
        lines += ["", sheet.say("refusal-draft")]
        lines += [wrap(paragraph, 2, width) for paragraph in sheet.o.refusal.draft]
        lines += ["", sheet.say("recorded"), *(wrap(f"- {rule}", 2, width) for rule in sheet.rules)]
    return [*lines, *_requests(sheet, width), *foot([sheet], width)]


def _offer(sheet: Sheet, width: int | None) -> list[str]:
    say, colon = sheet.say, sheet.colon
    lines = [say("offer-review")]
    for review in sheet.o.offer:
        lines.append(wrap(f"{review.field}{colon}{sheet.mark(review.standing)}".removesuffix(colon), 2, width))
        lines.append(wrap(f"{say('must-show')}{colon}{review.must_show}", 6, width))
        if review.bears_on:
            lines.append(wrap(f"{say('bears-on')}{colon}{sheet.bears(review)}", 6, width))
        if review.facts:
            lines.append(wrap(f"{say('stated')}{colon}{'; '.join(review.facts)}", 6, width))
        lines.append(wrap(f"{say('source')}{colon}{sheet.cited(review.cites)}", 6, width))
    return lines if sheet.o.offer else [*lines, wrap(say("no-fields"), 2, width)]


def _entries(sheet: Sheet, width: int | None) -> list[str]:
    say, colon = sheet.say, sheet.colon
    lines = ["", say("sheet"), *([wrap(say("sheet-note"), 2, width)] if sheet.o.sheet else [])]
    for line in sheet.o.sheet:
        entry = line.entry
        lines.append(wrap(f"{entry.field}{colon}{sheet.mark(line.standing)}", 2, width))
        lines.append(wrap(f"{say('to-enter')}{colon}{entry.value}", 6, width))
        if entry.stated:
            lines.append(wrap(f"{say('stated')}{colon}{entry.fact} = {entry.stated}", 6, width))
        lines.append(wrap(line.why, 6, width))
        lines.append(wrap(f"{say('source')}{colon}{sheet.cited(entry.cites)}", 6, width))
    return lines if sheet.o.sheet else [*lines, wrap(say("no-fields"), 2, width)]


def _requests(sheet: Sheet, width: int | None) -> list[str]:
    say, colon = sheet.say, sheet.colon
    lines = ["", sheet.after] if sheet.o.requests else []
    for number, request in enumerate(sheet.o.requests, 1):
        reason = f"{sheet.requirement(request.requirement)} ({sheet.coded(request.because)})"
        lines.append(wrap(f"{number}. {reason}{colon}{request.ask}", 2, width))
        lines.append(wrap(f"{say('of')}{colon}{sheet.holders(request)}", 6, width))
        if request.documents:
            lines.append(wrap(f"{say('documents-for')}{colon}{', '.join(request.documents)}", 6, width))
    return lines


def html(lexicon: Lexicon, views: Sequence[OfficerView], lang: str) -> str:
    """One page that needs nothing else and can be printed."""
    template = environment().get_template("officer.html")
    sheets = [Sheet(lexicon, one) for one in views]
    return template.render(views=sheets, lang=lang, say=lambda name, **parts: phrase(name, lang, **parts))
