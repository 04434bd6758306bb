"""Tells whether a literal is written as its datatype has it."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyoxigraph as ox

from . import words
from .errors import CptppError
from .terms import PREFIXES

XSD = PREFIXES["xsd"]
# The types of what cases state; rdflib would order those of others by their names.
TEXTS = (XSD + "string", PREFIXES["rdf"] + "langString")
LITERALS = {
    **dict.fromkeys(TEXTS, "(?s:.*)"),
    XSD + "boolean": "true|false|1|0",
    XSD + "integer": "[+-]?[0-9]{1,30}",
    XSD + "decimal": r"[+-]?([0-9]{1,30}\.?[0-9]{0,30}|\.[0-9]{1,30})",
    XSD + "date": "[0-9]{4}-[0-9]{2}-[0-9]{2}",
}


def is_well_formed(literal: ox.Literal, forms: Mapping[str, str] = LITERALS) -> bool:
    """Whether a literal is of a datatype among the forms, and written as that has it."""
    return bool(re.fullmatch(forms.get(literal.datatype.value, "(?!)"), literal.value, re.ASCII)) and not _no_day(literal)


def _no_day(term: ox.Literal) -> bool:
    try:
        return term.datatype.value == XSD + "date" and not words.date(term.value)
    except CptppError:
        return True
