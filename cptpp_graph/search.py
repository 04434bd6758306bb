"""Finds unit groups by title: words in any order, either language, either edition, misspellings forgiven."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode
from rapidfuzz import fuzz, process

from .results import Row, Table
from .terms import PREFIXES
from .words import fold

LEAST_WORD = 74.0
LEAST_SCORE = 60.0
DECIMAL = NamedNode(PREFIXES["xsd"] + "decimal")
COLUMNS = ("code", "edition", "title", "score")
SMALL_WORDS = frozenset("a and au aux d de des du en et for in l la le les n of or other autre autres the to un une".split())
WORD = re.compile(r"[a-z0-9]+")
EXCEPT = re.compile(r"\((?:except|sauf)[^)]*\)", re.IGNORECASE)  # what a title leaves out is no part of it
ASIDE = re.compile(r"\([^)]*\)")


def best(text: str, titles: Iterable[Row], limit: int) -> Table:
    """The titles most like the text, best first. titles: rows with code, year (the edition) and title."""
    asked = _tokens(text) or _tokens(text, keep=True)
    titles = list(titles)
    named = [EXCEPT.sub(" ", str(row.title)) for row in titles]
    split = [(_tokens(title), len({token[:5] for token in _tokens(ASIDE.sub(" ", title))})) for title in named]
    vocabulary = sorted({token for tokens, _ in split for token in tokens})
    likeness = [_likeness(token, vocabulary) for token in asked]
    scored: dict[tuple[str, str], tuple[float, str]] = {}
    for row, (tokens, length) in zip(titles, split, strict=True):
        score = _score(likeness, tokens, length) if asked else 0.0
        key = (str(row.year), str(row.code))
        if score >= LEAST_SCORE and score > scored.get(key, (0.0, ""))[0]:
            scored[key] = (score, str(row.title))
    ranked = sorted(scored.items(), key=lambda item: (-item[1][0], -int(item[0][0]), item[0][1]))
    return Table(COLUMNS, [_cells(code, edition, title, score) for (edition, code), (score, title) in ranked[:limit]])


def _cells(code: str, edition: str, title: str, score: float) -> tuple[Literal, ...]:
    number = Literal(f"{score:.1f}", datatype=DECIMAL)
    return Literal(code), Literal(edition), Literal(title), number


def _tokens(text: str, keep: bool = False) -> list[str]:
    found = WORD.findall(fold(text).replace("œ", "oe"))
    return found if keep else [token for token in found if token not in SMALL_WORDS]


def _likeness(asked: str, vocabulary: list[str]) -> dict[str, float]:
    """How like each word of the titles is to the word asked for; a plural counts nearly whole, a beginning less."""
    alike = {
        word: score
        for word, score, _ in process.extract(asked, vocabulary, scorer=fuzz.ratio, score_cutoff=LEAST_WORD, limit=None)
    }
    if len(asked) >= 3:
        for word in vocabulary:
            if word.startswith(asked):
                longer = len(word) - len(asked)
                alike[word] = max(alike.get(word, 0.0), 100 - longer if longer < 2 else 90 - min(8, longer))
    return alike


def _score(likeness: list[dict[str, float]], tokens: list[str], length: int) -> float:
    """Mostly how well each word asked for is met, then how much of the title that takes up, then whether it leads."""
    met = [
        max((alike.get(token, 0.0), -place) for place, token in enumerate(tokens)) if tokens else (0.0, 0) for alike in likeness
    ]
    coverage = sum(score for score, _ in met) / len(met)
    used = {-place for score, place in met if score}
    brevity = 100 * len(used) / max(1, length)
    leads = 100.0 if 0 in used else 0.0
    return 0.84 * coverage + 0.12 * min(100.0, brevity) + 0.04 * leads
