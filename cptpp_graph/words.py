"""Turns a user's word into a term of the graph, or says which words come nearest."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from .catalogue import Parameter, shipped
from .errors import CptppError, Part, Said, either, say, shortened
from .terms import LANGUAGES, PREFIXES

OCCUPATION = re.compile(r"(?:noc(?P<edition>2016|2021):)?(?P<code>[0-9]{4,5})", re.ASCII)
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
DIGITS = {"2016": 4, "2021": 5}
FOLDED = str.maketrans("-_\N{RIGHT SINGLE QUOTATION MARK}", "  '")
BARRED = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # controls, invisible and bidirectional marks, line separators
LONGEST = 200  # characters of a word that is compared with others
MOST_KEPT = 1_000  # words of strangers whose meaning is kept


def fold(word: str) -> str:
    """Lower case without accents, hyphens or doubled spaces, with straight apostrophes, for comparison only."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
    return " ".join(plain.translate(FOLDED).split())


def nearest(word: str, known: Iterable[str], count: int = 3) -> list[str]:
    """The known words most like this one, best first; empty where none comes near."""
    from rapidfuzz import fuzz, process

    found = process.extract(word[:LONGEST], list(known), scorer=fuzz.WRatio, processor=fold, limit=count, score_cutoff=60)
    return [match for match, _, _ in found]


def suggest(close: Sequence[Part], otherwise: Said) -> Said:
    """The line that mends a misspelt word: the words that come near, or otherwise what is known."""
    return say("Did you mean {words}?", words=either(close)) if close else otherwise


def term(kind: str, word: str, called: str | None = None) -> str:
    """The IRI that a word stands for: a code, a label in either language, or the IRI itself.

    called: what the caller calls it, for the message. Raises CptppError with the nearest words where none fits.
    """
    words = shipped()["words"][kind]
    wanted = fold(word)
    for iri, known in words.items():
        if any(fold(candidate) == wanted for candidate in known):
            return str(iri)
    if kind == "party" and (country := _country(wanted)):
        raise CptppError(
            say("{country} is not a Party to the agreement", country=country),
            say("Parties: {known}", known=", ".join(known[0] for known in words.values())),
        )
    codes = [known[0] for known in words.values()]
    owner = {candidate: known[0] for known in words.values() for candidate in known[:-1]}
    close = list(dict.fromkeys(owner[match] for match in nearest(word, owner)))
    mend = suggest(close, say("Known: {known}", known=", ".join(codes[:20]) + (" …" if len(codes) > 20 else "")))
    raise CptppError(say("unknown {kind} {word}", kind=called or kind, word=quoted(word)), mend)


@lru_cache(maxsize=MOST_KEPT)
def code(kind: str, word: str) -> str:
    """The code of the term that a word stands for, for instance ON for Ontario."""
    known: list[str] = shipped()["words"][kind][term(kind, word)]
    return known[0]


@lru_cache(maxsize=MOST_KEPT)
def country(word: str) -> str:
    """The ISO 3166-1 alpha-3 code of a country given by either code or by its name in English or French."""
    wanted = fold(word)
    known = shipped()["countries"]
    parties = {names[0]: names[1:] for names in shipped()["words"]["party"].values()}
    for alpha3, names in {**parties, **known}.items():
        if wanted in map(fold, (alpha3, *names)):
            return str(alpha3)
    owner = {name: alpha3 for alpha3, names in known.items() for name in names[1:]}
    found = dict.fromkeys(owner[match] for match in nearest(word, owner))
    close = [say("{code} ({name})", code=alpha3, name=_by_language(known[alpha3])) for alpha3 in found]
    raise CptppError(
        say("unknown country {word}", word=quoted(word)), suggest(close, say("Write an ISO 3166-1 code such as AUS, or a name."))
    )


def _country(wanted: str) -> dict[str, str] | None:
    """The name, in both languages, of the country that a folded code or name stands for, if there is one."""
    for alpha3, names in shipped()["countries"].items():
        if wanted in map(fold, (alpha3, *names)):
            return _by_language(names)
    return None


def _by_language(names: list[str]) -> dict[str, str]:
    """The names of a country, of which the code comes first and others last, by language."""
    return dict(zip(LANGUAGES, names[1:3], strict=True))


def quoted(word: str) -> str:
    """A stranger's word made fit to print in a message: short, one line, what is not seen escaped."""
    return repr(shortened(word, 60))


def hidden(text: str) -> str:
    """Those characters of a text that are not seen or change how others are."""
    return "".join(c for c in set(text) if unicodedata.category(c) in BARRED)


def doubled(names: Iterable[str]) -> str | None:
    """The first name that stands there for the second time."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def occupation(word: str) -> str:
    """The IRI of a unit group given as noc2021:21300, noc2016:2131, 21300 or 2131: the number of digits tells."""
    match = OCCUPATION.fullmatch(word.strip().lower())
    if not match:
        raise CptppError(
            say("{word} is not an occupation code", word=quoted(word)),
            "Write noc2021:21300 or noc2016:2131; to look a title up: cptpp-graph find TITLE",
        )
    code = match["code"]
    edition = match["edition"] or next(known for known, digits in DIGITS.items() if digits == len(code))
    if len(code) != DIGITS[edition]:
        raise CptppError(
            say("{word}: NOC {edition} codes have {digits} digits", word=quoted(word), edition=edition, digits=DIGITS[edition]),
            say("Leading zeros count; without a prefix, {code} is read by its number of digits.", code=code),
        )
    return PREFIXES["noc" + edition] + code


def date(word: str) -> str:
    """A date as YYYY-MM-DD, checked against the calendar."""
    try:
        if not DATE.fullmatch(word):
            raise ValueError
        return datetime.date.fromisoformat(word).isoformat()
    except ValueError:
        raise CptppError(
            say("{word} is not a date", word=quoted(word)), "Write a day of the calendar as YYYY-MM-DD, for instance 2022-11-16."
        ) from None


def number(word: str) -> str:
    try:
        value = Decimal(word)
        if not value.is_finite() or abs(value) > 1_000_000 or not word.isascii():
            raise InvalidOperation
    except InvalidOperation:
        raise CptppError(
            say("{word} is not a number", word=quoted(word)), "Write digits with a decimal point, for instance 0.90."
        ) from None
    return f"{value:f}"


def language(word: str) -> str:
    if word not in LANGUAGES:
        raise CptppError(say("unknown language {word}", word=quoted(word)), say("Known: {known}", known=", ".join(LANGUAGES)))
    return word


def as_sparql(parameter: Parameter, word: str) -> str:
    """A parameter's value as a SPARQL term, safe to stand in a query. Raises CptppError where the word does not fit."""
    if parameter.type == "occupation":
        return f"<{occupation(word)}>"
    if parameter.type == "date":
        return f'"{date(word)}"^^<{PREFIXES["xsd"]}date>'
    if parameter.type == "number":
        return f'"{number(word)}"^^<{PREFIXES["xsd"]}decimal>'
    if parameter.type == "language":
        return f'"{language(word)}"'
    if parameter.type == "text":
        return '"' + word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ").replace("\r", " ") + '"'
    return f"<{term(parameter.type, word, parameter.name)}>"
