"""An interview in the terminal: one question after the other, each with why it is asked, until nothing can change the outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .assessment import Assessment, assess_all
from .errors import CptppError, say
from .inquiry import Asked, Next, next_question
from .intake import Case, field_table
from .interview import UNKNOWN, case_of, cells_of
from .lexicon import Lexicon
from .phrases import phrase
from .record import place
from .terms import COLON, expand

NOT_KNOWN = ("?", "")
YES_NO = {"yes": "true", "oui": "true", "no": "false", "non": "false"}


def held(
    lexicon: Lexicon, case: Case, rulebook: str, lang: str, answer: Callable[[], str | None], tell: Callable[[str], None]
) -> Assessment:
    """The assessment at the end of an interview that begins with what a case states.

    answer: the next line typed in, None at the end; tell: shows a line.
    """
    passed: set[str] = set()
    number = 0
    while True:
        (found,) = assess_all(lexicon, [case], rulebook, lang)
        following = next_question(lexicon, found, passed)
        if following.asked is None:
            tell(phrase("ask-settled" if following.settled else "ask-done", lang))
            return found
        number += 1
        for line in question(lexicon, following, following.asked, number):
            tell(line)
        answered = _until_read(case, following.asked.path, passed, answer, lambda error: tell(str(error.told(lang))))
        if answered is None:
            return found
        case = answered


def _until_read(
    case: Case, path: str, passed: set[str], answer: Callable[[], str | None], tell: Callable[[CptppError], None]
) -> Case | None:
    """The case with the answer to a question; asked again until it can be read. None at the end."""
    while (word := answer()) is not None:
        if word in (*NOT_KNOWN, UNKNOWN):
            passed.add(path)
            return case
        if field_table(case.kind)[path]["type"] == "boolean":
            word = YES_NO.get(word.lower(), word)
        try:
            return case_of(case.kind, cells_of(case) | {path: word}, say("the answer"))
        except CptppError as error:
            tell(error)
    return None


def question(lexicon: Lexicon, following: Next, asked: Asked, number: int) -> Iterator[str]:
    """A question in lines: the field, why it is asked, where that is printed, the documents that prove it."""
    one, lang = field_table(following.assessment.kind)[asked.path], following.assessment.lang
    colon = COLON[lang]
    yield ""
    yield f"{number}. {asked.path}{colon}{lexicon.label(expand(one['property']), lang)} ({one['expects'][lang]})"
    yield f"   {lexicon.definitions.get(expand(one['property']), {}).get(lang, '')}"
    labels = [lexicon.label(requirement.iri, lang) for requirement in asked.requirements]
    yield f"   {phrase('ask-why', lang)}{colon}{', '.join(labels)}. {asked.finding.message}"
    for cited in asked.finding.cites:
        yield f"   {phrase('source', lang)}{colon}{place(cited, lang)}"
    if asked.documents:
        yield f"   {phrase('documents', lang)}{colon}{'; '.join(asked.documents)}"
