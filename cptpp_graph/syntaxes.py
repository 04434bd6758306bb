"""Reads bytes in any accepted syntax into plain cases: dictionaries as in JSON, not yet checked against the intake shape."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from xml.parsers import expat

import pyoxigraph as ox

from . import words
from .catalogue import shipped
from .errors import CptppError, LimitReached
from .fields import CONTEXT, Field
from .rdfcases import Place, Plain, RdfCases
from .terms import BASE
from .words import quoted

MOST_BYTES = 64_000_000
DEEPEST = 32
UNMAPPED = {"@vocab": BASE + "unmapped#"}  # so that a key which no context knows is seen and refused
RDF = {
    "ttl": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
SUFFIXES = {"jsonl": "ndjson", "yml": "yaml", "xml": "rdf", "owl": "rdf", "n3": "ttl", "turtle": "ttl", "nquads": "nq"}
SYNTAXES = ("json", "ndjson", "yaml", "csv", *RDF)


def read(content: bytes, syntax: str, name: str) -> Iterator[Plain]:
    """The cases of a file. name: what to call it in messages. Raises CptppError naming the place, LimitReached on size."""
    if len(content) > MOST_BYTES:
        raise LimitReached(f"{name} is larger than {MOST_BYTES:,} bytes", "Split it.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CptppError(f"{name} is not UTF-8 (byte {error.start})", "Save it as UTF-8.") from None
    if "\0" in text:
        raise CptppError(f"{name} holds a null character", "Save it as plain UTF-8 text.")
    readers: dict[str, Callable[[str, str], Iterator[Plain]]] = {"json": _json, "ndjson": _ndjson, "yaml": _yaml, "csv": _csv}
    if syntax in readers:
        return readers[syntax](text, name)
    return _jsonld(text, name) if syntax == "jsonld" else _rdf(text, syntax, name)


def syntax_of(name: str) -> str:
    """The syntax that a file's suffix stands for."""
    suffix = name.rpartition(".")[2].lower()
    syntax = SUFFIXES.get(suffix, suffix)
    if syntax not in SYNTAXES:
        raise CptppError(f"{name}: unknown kind of file", f"Known suffixes: {', '.join(f'.{known}' for known in SYNTAXES)}")
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


# ------------------------------------------------------------------ JSON, NDJSON


def _loads(text: str, name: str) -> Any:
    depth = 0
    for mark in re.findall(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', text):
        depth += (mark in "[{") - (mark in "]}") if len(mark) == 1 else 0
        if depth > DEEPEST:
            raise CptppError(f"{name} is nested deeper than {DEEPEST} levels", "A case needs four levels at most.")
    try:
        return json.loads(text, parse_float=_decimal, parse_int=_decimal, parse_constant=_no_number, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise CptppError(f"{name}:{error.lineno}: not JSON: {error.msg} (column {error.colno})", "Mend the JSON there.") from None
    except ValueError as error:
        raise CptppError(f"{name}: {error}", "Mend the JSON there.") from None


def _decimal(digits: str) -> Decimal:
    if len(digits) > 40 or not re.search(r"(^[^eE]*|[eE][+-]?[0-9]{1,3})$", digits):
        raise ValueError(f"{quoted(digits)} has too many digits")
    return Decimal(digits)


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is not a number of JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for n, (key, _) in enumerate(pairs) if key in dict(pairs[:n]))
        raise ValueError(f"the key {quoted(twice)} stands twice in one object")
    return found


def _json(text: str, name: str) -> Iterator[Plain]:
    if not text.strip():
        raise CptppError(f"{name} is empty", "Write one case, or a list of cases.")
    document = _loads(text, name)
    if _has_keywords(document):
        yield from _linked(document, name)
        return
    found = document if isinstance(document, list) else [document]
    if not found:
        raise CptppError(f"{name} holds no case", "Write one case, or a list of cases.")
    for number, case in enumerate(found, 1):
        yield _object(case, name if isinstance(document, dict) else f"{name}, case {number}")


def _has_keywords(value: Any) -> bool:
    """Whether keys of JSON-LD (@id, @context …) stand anywhere."""
    if isinstance(value, dict):
        return any(key.startswith("@") or _has_keywords(inner) for key, inner in value.items())
    return isinstance(value, list) and any(map(_has_keywords, value))


def _object(case: Any, place: Place) -> Plain:
    if not isinstance(case, dict):
        raise CptppError(f"{place}: a case must be an object, not {_kind(case)}", 'Write {"id": …, "kind": "principal", …}.')
    return place, case, True


def _kind(value: Any) -> str:
    return "a list" if isinstance(value, list) else "nothing" if value is None else f"the value {quoted(str(value))}"


def _ndjson(text: str, name: str) -> Iterator[Plain]:
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not lines:
        raise CptppError(f"{name} holds no case", "Write one case a line.")
    for number, line in lines:
        yield _object(_loads(line, f"{name}:{number}"), f"{name}:{number}")


# ------------------------------------------------------------------ YAML, CSV: words, read by the type of the field


def _yaml(text: str, name: str) -> Iterator[Plain]:
    import yaml

    class Words(yaml.BaseLoader):
        """Every scalar is a word, so that NO stays Norway and 00010 keeps its zeros; no aliases, no doubled keys."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
                raise yaml.MarkedYAMLError(problem="aliases are not read", problem_mark=mark)
            return super().compose_node(parent, index)

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            keys = [str(key.value) for key, _ in node.value]
            if twice := [key for number, key in enumerate(keys) if key in keys[:number]]:
                raise yaml.MarkedYAMLError(problem=f"the key {quoted(twice[0])} stands twice", problem_mark=node.start_mark)
            return super().construct_mapping(node, deep)

    try:
        documents = list(yaml.load_all(text, Loader=Words))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise CptppError(f"{name}:{line}: not YAML as expected: {error.problem}", "Mend the YAML there.") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise CptppError(f"{name}: not YAML: {type(error).__name__}", "Mend the YAML.") from None
    found = [case for document in documents for case in (document if isinstance(document, list) else [document])]
    if not found:
        raise CptppError(f"{name} holds no case", "Write one case, or a list of cases.")
    for number, case in enumerate(found, 1):
        place, plain, _ = _object(case, f"{name}, case {number}" if len(found) > 1 else name)
        yield place, plain, False


def _csv(text: str, name: str) -> Iterator[Plain]:
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise CptppError(f"{name}: not CSV: {error}", "Quote cells that hold commas or line breaks.") from None
    if len(rows) < 2:
        raise CptppError(f"{name} holds no case", "Write a header line such as id,kind,offer.occupation and a line per case.")
    header = [cell.strip() for cell in rows[0]]
    if len(header) == 1 and re.search(r"[;\t]", header[0]):
        raise CptppError(f"{name}:1: the columns are not divided by commas", "Save it as CSV with commas.")
    if twice := [column for number, column in enumerate(header) if column in header[:number]]:
        raise CptppError(f"{name}:1: the column {quoted(twice[0])} stands twice", "Keep one of them.")
    known = ["kind", *dict.fromkeys(column for fields in shipped()["cases"].values() for column in _columns(fields))]
    if strange := [column for column in header if column not in known]:
        mend = words.suggest(words.nearest(strange[0], known), "Name fields as offer.role, divide columns by commas.")
        raise CptppError(f"{name}:1: unknown column {quoted(strange[0])}", mend)
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            raise CptppError(f"{name}:{number}: {len(row)} cells under {len(header)} columns", "Give each column one cell.")
        yield f"{name}:{number}", _nested(dict(zip(header, row, strict=True))), False


def _columns(fields: list[Field], above: str = "") -> list[str]:
    """The columns that hold the fields of cases."""
    inner = [
        _columns(field["fields"], f"{above}{field['key']}.") if "fields" in field else [above + field["key"]] for field in fields
    ]
    return [column for columns in inner for column in columns]


def _nested(row: dict[str, str]) -> dict[str, Any]:
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


# ------------------------------------------------------------------ RDF


def _jsonld(text: str, name: str) -> Iterator[Plain]:
    document = _loads(text, name)
    if not isinstance(document, dict | list):
        raise CptppError(f"{name} holds no case", "Write an object or a list of objects.")
    yield from _linked(document, name)


def _linked(document: Any, name: str) -> Iterator[Plain]:
    """JSON-LD: with our context and plain keys it is read as JSON; anything else goes through the RDF reader, offline."""
    if isinstance(document, dict) and document.get("@context") == CONTEXT:
        rest = {key: value for key, value in document.items() if key != "@context"}
        found = rest["@graph"] if set(rest) == {"@graph"} and isinstance(rest["@graph"], list) else [rest]
        if not _has_keywords(found):
            for number, case in enumerate(found, 1):
                yield _object(case, name if len(found) == 1 else f"{name}, case {number}")
            return
    local = _with_context(document, name)
    documents = local if isinstance(local, list) else [local]
    for node in documents:
        if isinstance(node, dict):
            own = node.get("@context", [])
            node["@context"] = [UNMAPPED, *(own if isinstance(own, list) else [own])]
    try:
        written = json.dumps(documents, default=_double)
    except ValueError as error:
        raise CptppError(f"{name}: {error}", "Write at most 15 digits.") from None
    yield from _rdf(written, "jsonld", name)


def _double(number: Decimal) -> float:
    """A number as JSON-LD keeps it."""
    if Decimal(repr(float(number))) != number:
        raise ValueError(f"the number {number} is more than JSON-LD can keep")
    return float(number)


def _with_context(value: Any, name: str) -> Any:
    """The document with our context in place of its address; no other address is followed."""
    if isinstance(value, list):
        if dropped := [item for item in value if _is_dropped(item)]:
            raise CptppError(f"{name}: a list holds {quoted(str(dropped[0]))}", "Write values there.")
        return [_with_context(item, name) for item in value]
    if not isinstance(value, dict):
        return value
    result = {key: _with_context(item, name) for key, item in value.items() if key != "@context"}
    if "@context" in value:
        given = value["@context"] if isinstance(value["@context"], list) else [value["@context"]]
        result["@context"] = [part for context in given for part in _local(context, name)]
    return result


def _is_dropped(item: Any) -> bool:
    """Whether JSON-LD would leave a member out of a list without a word, so that the list looked complete or empty."""
    value = item.get("@value", item.get("@id", "")) if isinstance(item, dict) else item
    return value is None or (isinstance(value, str) and value.startswith("@"))


def _local(context: Any, name: str) -> list[Any]:
    """What stands for a context: ours for its address; one that forgets the others still shows unknown keys."""
    if context == CONTEXT:
        return [shipped()["context"]["@context"]]
    if context is None or (isinstance(context, dict) and context.get("@vocab", "") is None):
        return [context, UNMAPPED]
    if isinstance(context, str) or "@import" in json.dumps(context, default=str):
        raise CptppError(f"{name}: the context {quoted(str(context))} is not read", f"Use {CONTEXT}, or write the context out.")
    return [context]


def _rdf(text: str, syntax: str, name: str) -> Iterator[Plain]:
    if syntax == "rdf":
        _well_formed(text, name)
    try:
        quads = list(ox.parse(text, format=RDF[syntax], base_iri=BASE + "case/", rename_blank_nodes=True))
    except MemoryError:
        raise LimitReached(f"{name} holds a word too long to be read", "Shorten it.") from None
    except (SyntaxError, ValueError) as error:
        number = getattr(error, "lineno", None)
        line = f":{number}" if number else ""
        reason = "".join(c if c.isprintable() else " " for c in getattr(error, "msg", None) or str(error))
        raise CptppError(f"{name}{line}: cannot be read: {' '.join(reason.split())[:200]}", "Mend the file there.") from None
    yield from RdfCases(quads, name)


def _well_formed(text: str, name: str) -> None:
    """No document type, hence no entities; and whole, which the RDF parser does not check."""

    def refuse(*_: Any) -> None:
        raise CptppError(f"{name}: a document type declaration is not read", "Take out <!DOCTYPE …>.")

    declared = re.match(r"\s*<\?xml[^>]*encoding\s*=\s*[\"']([^\"']*)", text)
    if declared and declared[1].lower() != "utf-8":
        raise CptppError(f"{name} says that its encoding is {quoted(declared[1])}", "Save it as UTF-8 and say so.")
    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        raise CptppError(f"{name}:{error.lineno}: not well-formed XML: {error}", "Mend the XML there.") from None
