"""The errors that a caller may meet: what is wrong and how to mend it, a line each, in English and French."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, reduce
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

LONGEST = 900  # characters of a line
FRENCH = Path(__file__).parent / "templates" / "errors.fr.json"
PART = re.compile(r"\{([a-z_]+)(?::([,g]))?\}")
QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
FIXED = "\N{NO-BREAK SPACE}"


def shortened(text: str, most: int) -> str:
    """The text without its middle, where it is longer."""
    return text if len(text) <= most else f"{text[: most // 2]}…{text[-(most // 2) :]}"


def printable(text: str, most: int = 200, kept: str = "") -> str:
    """A stranger's text on one short line: what moves the cursor, turns the line around or is not seen is escaped."""
    shown = (c if c.isprintable() or c in kept else ascii(c)[1:-1] for c in shortened(text, most))
    return shortened("".join(shown), most)


# ------------------------------------------------------------------ what is said


@dataclass(frozen=True, slots=True)
class Said:
    """A message in both languages: an English template, whose French stands in FRENCH, and what is filled in.

    A part is a message of its own, a text that is the same in both languages, one by language, or a number.
    """

    template: str
    parts: Mapping[str, Part] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.told("en")

    def told(self, lang: str) -> str:
        template = _french().get(self.template, self.template) if lang == "fr" else self.template
        return PART.sub(lambda found: _told(self.parts.get(found[1], found[0]), found[2] or "", lang), template)

    def as_plain(self) -> list[Any]:
        """The message as JSON has it."""
        return [self.template, {name: part.as_plain() if isinstance(part, Said) else part for name, part in self.parts.items()}]


Part = Said | str | int | float | Mapping[str, str]


def say(template: str, /, **parts: Part) -> Said:
    """A message. template: in English, with {part} for what is filled in, {part:,} or {part:g} for numbers."""
    return Said(template, parts)


def from_plain(plain: list[Any]) -> Said:
    """The message that as_plain wrote."""
    template, parts = plain
    return Said(template, {name: from_plain(part) if isinstance(part, list) else part for name, part in parts.items()})


def either(words: Iterable[Part]) -> Part:
    """The words with "or" between them."""
    return reduce(lambda found, word: say("{one} or {other}", one=found, other=word), words)


def series(words: Iterable[Part]) -> Part:
    """The words with commas between them."""
    return reduce(lambda found, word: say("{one}, {other}", one=found, other=word), words)


def _told(part: Part, form: str, lang: str) -> str:
    if isinstance(part, Said):
        return part.told(lang)
    if isinstance(part, Mapping):
        return part["fr" if lang == "fr" else "en"]
    told = part if isinstance(part, str) else format(part, form)
    return _set_in_french(part, told) if lang == "fr" else told


def _set_in_french(part: str | float, told: str) -> str:
    """What is quoted in guillemets, numbers with spaces and a comma."""
    if not isinstance(part, str):
        return told.replace(",", FIXED).replace(".", ",")
    quoted = QUOTED.fullmatch(told)
    return f"«{FIXED}{quoted[1] or quoted[2] or ''}{FIXED}»" if quoted else told


@cache
def _french() -> dict[str, str]:
    """The French of each template. An installation that has lost it still says in English that it is damaged."""
    try:
        found: dict[str, str] = json.loads(FRENCH.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


# ------------------------------------------------------------------ the errors


Line = TypeVar("Line")


class Lines(NamedTuple, Generic[Line]):
    """The two lines of an error: what is wrong, how to mend it."""

    wrong: Line
    mend: Line

    def __str__(self) -> str:
        return f"{self.wrong}\n{self.mend}"


class CptppError(Exception):
    """Wrong input. wrong: what is wrong and where; mend: how to put it right. Both are English; told gives any language."""

    exit_code = 2

    def __init__(self, wrong: Said | str, mend: Said | str) -> None:
        self.said = Lines(*(line if isinstance(line, Said) else Said(line) for line in (wrong, mend)))
        self.wrong, self.mend = self.told("en")
        super().__init__(self.wrong, self.mend)

    def __str__(self) -> str:
        return str(self.told("en"))

    def told(self, lang: str) -> Lines[str]:
        """Both lines in a language; other languages than French are told in English."""
        kept = FIXED if lang == "fr" else ""
        lines = (re.sub(rf"[^\S{kept}]+", " ", line.told(lang)).strip() for line in self.said)
        return Lines(*(printable(line, LONGEST, kept) for line in lines))


class LimitReached(CptppError):
    """A limit of time or size was reached; nothing partial is returned."""

    exit_code = 3


class DamagedInstallation(CptppError):
    """A shipped file is not the one that the build wrote."""
