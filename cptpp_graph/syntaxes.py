"""Reads text in any accepted syntax into plain cases: dictionaries as in JSON, not yet checked against the intake shape."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

from . import files, statements, words
from .catalogue import shipped
from .errors import CptppError, LimitReached, Part, Said, printable, say
from .fields import CONTEXT, Field
from .rdfcases import Place, Plain, RdfCases
from .words import quoted

MOST_BYTES = 16_000_000
MARKS = ("[", "{", "<<", ",")  # what they open and divide takes far more memory than they do
MOST_MARKS = 1_000_000  # a complete case has some sixty
DEEPEST = 32
SUFFIXES = {"jsonl": "ndjson", "yml": "yaml", "xml": "rdf", "owl": "rdf", "n3": "ttl", "turtle": "ttl", "nquads": "nq"}
BLANKS = dict.fromkeys(map(ord, "\t\n\r"))  # the controls that a text may hold
QUOTED = say("Quote cells that hold commas or line breaks.")
NO_CASE = {
    "ndjson": say("Write one case a line."),
    "csv": say("Write a header line such as id,kind,offer.occupation and a line per case."),
}
SYNTAXES = ("json", "ndjson", "yaml", "csv", *statements.RDF)


def read(content: str | bytes, syntax: str, name: Part) -> Iterator[Plain]:
    """The cases of a text. name: what to call it in messages. Raises CptppError naming the place, LimitReached on size."""
    text = content if isinstance(content, str) else files.decoded(content, name, MOST_BYTES)
    if len(text) > MOST_BYTES:
        raise LimitReached(say("{name} is larger than {most:,} bytes", name=name, most=MOST_BYTES), "Split it.")
    if sum(map(text.count, MARKS)) > MOST_MARKS:
        raise LimitReached(
            say("{name} holds more than {most:,} values, lists and groups", name=name, most=MOST_MARKS), "Split it."
        )
    _check_characters(text, name)
    readers: dict[str, Callable[[str, Part], Iterator[Plain]]]
    readers = {"json": _json, "ndjson": _ndjson, "yaml": _yaml, "csv": _csv, "jsonld": _jsonld}
    found = readers[syntax](text, name) if syntax in readers else iter(RdfCases(statements.of_text(text, syntax, name), name))
    none = True
    for plain in found if text.strip() else ():
        none = False
        yield plain
    if none:
        raise CptppError(say("{name} holds no case", name=name), NO_CASE.get(syntax, say("Write one case, or a list of cases.")))


def _check_characters(text: str, name: Part) -> None:
    """Nothing but what a reader sees: a mark that turns a line around or ends it may hide a fact in a comment."""
    if hidden := words.hidden(text).translate(BLANKS):
        first = min(hidden, key=text.index)
        line = text.count("\n", 0, text.index(first)) + 1
        raise CptppError(
            say(
                "{name}:{line}: the character U+{code} is not seen, or changes how others are seen",
                name=name,
                line=line,
                code=f"{ord(first):04X}",
            ),
            "Take it out, and save the file as UTF-8.",
        )


def syntax_of(name: str) -> str:
    """The syntax that a file's suffix stands for."""
    suffix = name.rpartition(".")[2].lower()
    syntax = SUFFIXES.get(suffix, suffix)
    if syntax not in SYNTAXES:
        known = ", ".join(f".{known}" for known in SYNTAXES)
        raise CptppError(say("{name}: unknown kind of file", name=printable(name)), say("Known suffixes: {known}", known=known))
    return syntax


def guess(text: str) -> str:
    """The syntax of a text that came without a name: JSON, RDF/XML, N-Quads or Turtle (with TriG and N-Triples)."""
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("{") and not re.match(r"\{\s*(\"|\})", start):
        return "trig"
    if start.startswith(("{", "[")):
        return "json"
    if start.startswith(("<?xml", "<rdf:")):
        return "rdf"
    quad = r"\s*(<[^<>]*>|_:\S+)\s+<[^<>]*>\s+(<[^<>]*>|_:\S+|\"([^\"\\]|\\.)*\"\S*)\s+(<[^<>]*>|_:\S+)\s*\.\s*(#.*)?"
    first = next((line for line in start.splitlines() if line.strip() and not line.lstrip().startswith("#")), "")
    return "nq" if re.fullmatch(quad, first) else "trig"


# ------------------------------------------------------------------ JSON, NDJSON, JSON-LD


def _loads(text: str, name: Part) -> tuple[Any, bool]:
    """The document, and whether it is JSON-LD: whether keys such as @id or @context stand anywhere in it."""
    try:
        found = json.loads(text, parse_float=_decimal, parse_int=_decimal, parse_constant=_no_number, object_pairs_hook=_once)
        return found, _has_keywords(found)
    except RecursionError:
        raise CptppError(
            say("{name} is nested deeper than {most} levels", name=name, most=DEEPEST), "A case needs four levels at most."
        ) from None
    except json.JSONDecodeError as error:
        raise CptppError(
            say(
                "{name}:{line}: not JSON: {reason} (column {column})",
                name=name,
                line=error.lineno,
                reason=error.msg,
                column=error.colno,
            ),
            "Mend the JSON there.",
        ) from None
    except ValueError as error:
        raise CptppError(say("{place}: {wrong}", place=name, wrong=error.args[0]), "Mend the JSON there.") from None


def _has_keywords(document: Any) -> bool:
    """Whether a key begins with @ anywhere. Raises RecursionError where something lies too deep."""
    found, level = False, [document]
    for _ in range(DEEPEST + 1):
        groups = [value for value in level if isinstance(value, dict)]
        found |= any(key.startswith("@") for group in groups for key in group)
        inner = [group.values() for group in groups] + [value for value in level if isinstance(value, list)]
        level = [value for values in inner for value in values if isinstance(value, (dict, list))]
        if not level:
            return found
    raise RecursionError


@lru_cache(maxsize=1_000)  # so that a million equal numbers take the place of one
def _decimal(digits: str) -> Decimal:
    if len(digits) > 40 or not re.search(r"(^[^eE]*|[eE][+-]?[0-9]{1,3})$", digits):
        raise ValueError(say("{number} has too many digits", number=quoted(digits)))
    return Decimal(digits)


def _no_number(word: str) -> Any:
    raise ValueError(say("{word} is not a number of JSON", word=word))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = quoted(str(words.doubled(key for key, _ in pairs)))
        raise ValueError(say("the key {key} stands twice in one object", key=twice))
    return found


def _json(text: str, name: Part) -> Iterator[Plain]:
    document, linked = _loads(text, name)
    if linked:
        yield from _linked(document, name)
    elif isinstance(document, list):
        for number, case in enumerate(document, 1):
            yield _object(case, say("{name}, case {number}", name=name, number=number))
    else:
        yield _object(document, name)


def _object(case: Any, place: Place) -> Plain:
    if not isinstance(case, dict):
        raise CptppError(
            say("{place}: a case must be an object, not {kind}", place=place, kind=_kind(case)),
            'Write {"id": …, "kind": "principal", …}.',
        )
    return place, case, True


def _kind(value: Any) -> Said:
    if isinstance(value, list):
        return say("a list")
    return say("nothing") if value is None else say("the value {value}", value=quoted(str(value)))


def _ndjson(text: str, name: Part) -> Iterator[Plain]:
    for number, line in enumerate(io.StringIO(text, newline="\n"), 1):
        if line.strip():
            place = _line(name, number)
            yield _object(_loads(line, place)[0], place)


def _jsonld(text: str, name: Part) -> Iterator[Plain]:
    yield from _linked(_loads(text, name)[0], name)


def _linked(document: Any, name: Part) -> Iterator[Plain]:
    """JSON-LD: with our context and plain keys it is read as JSON, anything else as statements."""
    if isinstance(document, dict) and document.get("@context") == CONTEXT:
        rest = {key: value for key, value in document.items() if key != "@context"}
        found = rest["@graph"] if set(rest) == {"@graph"} and isinstance(rest["@graph"], list) else [rest]
        if not _has_keywords(found):
            for number, case in enumerate(found, 1):
                yield _object(case, name if len(found) == 1 else say("{name}, case {number}", name=name, number=number))
            return
    yield from RdfCases(statements.of_document(document, name), name)


def _line(name: Part, number: int) -> Said:
    return say("{name}:{line}", name=name, line=number)


# ------------------------------------------------------------------ YAML, CSV: words, read by the type of the field


def _yaml(text: str, name: Part) -> Iterator[Plain]:
    from .yamlcases import YamlCases  # its library is not needed by any other syntax

    for line, case in YamlCases(text, name, DEEPEST):
        place, plain, _ = _object(case, _line(name, line))
        yield place, plain, False


def _csv(text: str, name: Part) -> Iterator[Plain]:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [cell.strip() for cell in next(rows)]
        check_header(header, name)
        for row in rows:
            if not "".join(row).strip():
                continue
            if len(row) != len(header):
                raise CptppError(
                    say(
                        "{name}:{line}: {cells} cells under {columns} columns",
                        name=name,
                        line=rows.line_num,
                        cells=len(row),
                        columns=len(header),
                    ),
                    "Give each column one cell.",
                )
            yield _line(name, rows.line_num), nested(dict(zip(header, row, strict=True))), False
    except csv.Error as error:
        raise CptppError(
            say("{name}:{line}: not CSV: {reason}", name=name, line=rows.line_num, reason=str(error)), QUOTED
        ) from None


def check_header(header: list[str], name: Part) -> None:
    if len(header) == 1 and re.search(r"[;\t]", header[0]):
        raise CptppError(say("{name}:1: the columns are not divided by commas", name=name), "Save it as CSV with commas.")
    if twice := words.doubled(header):
        raise CptppError(say("{name}:1: the column {column} stands twice", name=name, column=quoted(twice)), "Keep one of them.")
    known = ["kind", *dict.fromkeys(column for fields in shipped()["cases"].values() for column in _columns(fields))]
    if strange := [column for column in header if column not in known]:
        mend = words.suggest(words.nearest(strange[0], known), say("Name fields as offer.role, divide columns by commas."))
        raise CptppError(say("{name}:1: unknown column {column}", name=name, column=quoted(strange[0])), mend)


def _columns(fields: list[Field], above: str = "") -> list[str]:
    """The columns that hold the fields of cases."""
    inner = [
        _columns(field["fields"], f"{above}{field['key']}.") if "fields" in field else [above + field["key"]] for field in fields
    ]
    return [column for columns in inner for column in columns]


def nested(row: dict[str, str]) -> dict[str, Any]:
    """offer.role to {"offer": {"role": …}}; an empty cell is unknown; lists are divided by ; or |, [] states none."""
    case: dict[str, Any] = {}
    for column, cell in row.items():
        if cell.strip():
            *groups, key = column.split(".")
            target = case
            for group in groups:
                target = target.setdefault(group, {})
            target[key] = [] if cell.strip() == "[]" else cell
    return case
