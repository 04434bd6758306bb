"""The words of the reference, in English and French, and the French of sentences that stand in the code."""

from __future__ import annotations

import json
from pathlib import Path

WORDS: dict[str, dict[str, str]] = json.loads((Path(__file__).parent / "words.json").read_text(encoding="utf-8"))


class Words:
    """What the pages of one language say."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.untranslated: list[str] = []

    def say(self, key: str, **given: object) -> str:
        return WORDS[self.lang][key].format(**given)

    def sentence(self, english: str) -> str:
        """A sentence of the code in the language of the page; without French it stays English and is kept in untranslated."""
        if self.lang == "en":
            return english
        if english not in WORDS["sentences"]:
            self.untranslated.append(english)
        return WORDS["sentences"].get(english, english)
