"""What the software itself says, in both languages; what the law, the lists and the shapes say stands with them."""

from __future__ import annotations

import json
from functools import cache

from . import artifact
from .terms import COLON


@cache
def _phrases() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(artifact.read("templates/phrases.json"))
    return found


def phrase(name: str, lang: str, **parts: object) -> str:
    """A phrase by its name in templates/phrases.json, with its parts filled in."""
    return _phrases()[name][lang].format(colon=COLON[lang], **parts)
