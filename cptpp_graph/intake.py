"""Checks what a stranger states against the intake shape and turns it into a case: known fields, right types, possible values."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from . import files, syntaxes, words
from .catalogue import shipped
from .errors import CptppError, LimitReached, Part, printable, say
from .rdfcases import Plain
from .terms import BASE
from .words import quoted

if TYPE_CHECKING:
    import rdflib

MOST_CASES = 10_000
LONGEST = 4_000

Value = str | bool | int | Decimal | tuple[str, ...]
WORDED = r"(0|[1-9][0-9]{0,11})(\.[0-9]{1,12})?"  # without a leading zero, which YAML 1.1 takes for an octal number


@dataclass(frozen=True, slots=True)
class Case:
    """One case. facts: field path (offer.role) to value; what is unknown is absent, an empty tuple states that there is none."""

    id: str
    kind: str
    facts: Mapping[str, Value] = field(repr=False)
    place: Part = field(default="", compare=False)


@cache
def field_table(kind: str) -> dict[str, dict[str, Any]]:
    """Every field of a kind of case by its path, groups included."""
    return dict(_paths(shipped()["cases"][kind], ""))


def _paths(known: list[dict[str, Any]], above: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in known:
        yield above + one["key"], one
        yield from _paths(one.get("fields", []), f"{above}{one['key']}.")


# ------------------------------------------------------------------ from anything to cases


def cases(source: Any) -> list[Case]:
    """The cases of a dict, a list of dicts, a path, a text in any accepted syntax, or an rdflib.Graph.

    Raises CptppError naming file, place and field, and how to mend it. Two cases under one id are an error.
    """
    return checked(_plain(source))


def cases_of_files(paths: Iterable[Path]) -> list[Case]:
    """The cases of several files, taken together: an id may stand once only."""
    return checked(plain for path in paths for plain in _file(path))


def checked(found: Iterable[Plain]) -> list[Case]:
    result: list[Case] = []
    for place, plain, typed in found:
        if len(result) == MOST_CASES:
            raise LimitReached(say("there are more than {most:,} cases", most=MOST_CASES), "Give fewer at a time.")
        result.append(case(plain, place, typed))
    seen: dict[str, Part] = {}
    for one in result:
        if one.id in seen:
            raise CptppError(
                say("{place}: the id {id} stands already in {seen}", place=one.place, id=quoted(one.id), seen=seen[one.id]),
                "Give each case its own id.",
            )
        seen[one.id] = one.place
    return result


def _plain(source: Any) -> Iterator[Plain]:
    if isinstance(source, dict):
        yield say("the case"), source, True
    elif isinstance(source, list | tuple):
        for number, one in enumerate(source, 1):
            if not isinstance(one, dict):
                raise CptppError(
                    say("case {number} is not a dict", number=number), "Give dicts, a path, a text of RDF or an rdflib.Graph."
                )
            yield say("case {number}", number=number), one, True
    elif isinstance(source, os.PathLike) or (isinstance(source, str) and _is_path(source)):
        yield from _file(Path(source))
    elif isinstance(source, str):
        yield from syntaxes.read(source.removeprefix("\ufeff"), syntaxes.guess(source), say("the text"))
    elif hasattr(source, "serialize"):
        yield from syntaxes.read(_triples(source), "nt", say("the graph"))
    else:
        raise CptppError(
            say("a case cannot be read from {name}", name=type(source).__name__),
            "Give a dict, a path, a text of RDF or an rdflib.Graph.",
        )


def _is_path(text: str) -> bool:
    """Whether a text names a file: no line of RDF or JSON does without brackets, unless there is a file of that name."""
    if not re.search(r"[<{\[\n]", text):
        return True
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # too long, or no name at all
        return False


def _triples(graph: rdflib.Graph) -> str:
    """The statements of an rdflib graph or dataset as N-Triples."""
    from rdflib import Graph

    flat = Graph()
    for statement in graph.quads() if hasattr(graph, "quads") else graph:
        flat.add(statement[:3])
    return flat.serialize(format="nt")


def _file(path: Path) -> Iterator[Plain]:
    syntax = syntaxes.syntax_of(path.name)
    return syntaxes.read(files.text(path, syntaxes.MOST_BYTES), syntax, printable(str(path)))


# ------------------------------------------------------------------ one case


def case(plain: dict[str, Any], place: Part, typed: bool) -> Case:
    """A case from its plain form. typed: whether numbers and truth values come as such or as words."""
    kinds = shipped()["cases"]
    kind = plain.get("kind")
    if not isinstance(kind, str) or kind not in kinds:
        missing = say("{place}: {field} is missing", place=place, field="kind")
        strange = say("{place}: kind is {kind}", place=place, kind=quoted(str(kind)))
        raise CptppError(missing if kind is None else strange, say("Write one of: {known}.", known=", ".join(kinds)))
    if isinstance(plain.get("id"), str):
        named = str(place).endswith(f"case {quoted(plain['id'])}")
        place = place if named else say("{place}, {id}", place=place, id=quoted(plain["id"]))
    facts = dict(_facts({k: v for k, v in plain.items() if k != "kind"}, kinds[kind], "", place, typed))
    identifier = facts.pop("id")
    assert isinstance(identifier, str)
    if str(facts.get("travelDocumentExpiresOn", "9999")) < str(facts.get("receivedOn", "")):
        raise CptppError(say("{place}: travelDocumentExpiresOn lies before receivedOn", place=place), "Check both dates.")
    return Case(identifier, str(kind), facts, place)


def _facts(
    plain: dict[str, Any], known: list[dict[str, Any]], above: str, place: Part, typed: bool
) -> Iterator[tuple[str, Value]]:
    keys = {one["key"]: one for one in known}
    for key in plain:
        if key not in keys:
            close = words.nearest(str(key), keys)
            raise CptppError(
                say("{place}: unknown field {field}", place=place, field=quoted(above + str(key))),
                words.suggest(close, say("Known here: {known}.", known=", ".join(keys))),
            )
    for key, one in keys.items():
        value = plain.get(key)
        if value is None or (not typed and isinstance(value, str) and value.strip().lower() in ("", "~", "null")):
            if one.get("required"):
                raise CptppError(
                    say("{place}: {field} is missing", place=place, field=above + key),
                    say("Expected: {expects}.", expects=one["expects"]),
                )
            continue
        if "fields" in one:
            if not isinstance(value, dict):
                raise _unfit(say("{place}: {field}", place=place, field=above + key), value, one, False)
            yield from _facts(value, one["fields"], f"{above}{key}.", place, typed)
        else:
            yield above + key, value_of(value, one, say("{place}: {field}", place=place, field=above + key), typed)


def _unfit(where: Part, value: Any, one: dict[str, Any], typed: bool) -> CptppError:
    given: Part = quoted(str(value))
    if isinstance(value, list | dict):
        given = say("a list") if isinstance(value, list) else say("a group")
    if value is True or value is False:
        given = str(value).lower()
    expected = say("Expected: {expects}.", expects=one["expects"])
    bare = one["type"] in ("boolean", "integer", "number")
    if typed and bare and isinstance(value, str) and re.fullmatch(r"[0-9.]+|true|false", value):
        expected = say("Expected: {expects}, written without quotes.", expects=one["expects"])
    elif typed and not bare and isinstance(value, int | float | Decimal):
        expected = say("Expected: {expects}, written in quotes.", expects=one["expects"])
    return CptppError(say("{where} is {given}", where=where, given=given), expected)


def value_of(value: Any, one: dict[str, Any], where: Part, typed: bool) -> Value:
    """The value of a field (a row of field_table) as it is stated. Raises CptppError, with where, if it is none."""
    if "mostItems" not in one:
        return _single(value, one, where, typed)
    if isinstance(value, str) and not typed:
        value = [part.strip() for part in re.split(r"[;|]", value) if part.strip()] or [value]
    items = value if isinstance(value, list | tuple) else [value]
    if len(items) > one["mostItems"]:
        raise CptppError(
            say("{where} lists {count} values", where=where, count=len(items)),
            say("At most {most} are read.", most=one["mostItems"]),
        )
    found = [str(_single(item, one, where, typed)) for item in items]
    if len(set(found)) < len(found):
        raise CptppError(say("{where} lists a value twice", where=where), "Name each once.")
    if one["type"] == "occupation" and len({code.partition(":")[0] for code in found}) < len(found):
        raise CptppError(
            say("{where} lists two codes of one edition", where=where),
            "Give at most one code per edition; decide which one the job is.",
        )
    return tuple(sorted(found))


def _single(value: Any, one: dict[str, Any], where: Part, typed: bool) -> Value:
    readers = {"boolean": _boolean, "integer": _number, "number": _number}
    if reader := readers.get(one["type"]):
        found = reader(value, one, typed)
        if found is None:
            raise _unfit(where, value, one, typed)
        return found
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST or words.hidden(value):
        raise _unfit(where, value, one, typed)
    text = value if typed else value.strip()
    if one["type"] in ("country", "occupation", "province", "date"):
        return _term(text, one, where)
    if one["type"] == "code":
        text = {known.lower(): known for known in one["values"]}.get(text.lower(), text) if not typed else text
        if text not in one["values"]:
            close = words.nearest(text, one["values"])
            raise CptppError(
                say("{where} is {given}", where=where, given=quoted(text)),
                words.suggest(close, say("Expected: {expects}.", expects=one["expects"])),
            )
        return text
    if len(text) > one["maxLength"] or ("pattern" in one and not re.fullmatch(one["pattern"].strip("^$"), text)):
        raise _unfit(where, value, one, typed)
    return text


def _boolean(value: Any, one: dict[str, Any], typed: bool) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value.strip().lower()) if isinstance(value, str) and not typed else None


def _number(value: Any, one: dict[str, Any], typed: bool) -> int | Decimal | None:
    if isinstance(value, str) and not typed and re.fullmatch(WORDED, value.strip(), re.ASCII):
        value = value.strip()
    elif isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    if not number.is_finite() or not one["min"] <= number <= one["max"]:
        return None
    if one["type"] == "integer":
        return int(number) if number == int(number) else None
    if number.adjusted() < -12 or len(number.as_tuple().digits) > 24:
        return None
    return number.normalize() + 0 if number == int(number) else number.normalize()


def _term(text: str, one: dict[str, Any], where: Part) -> str:
    """A country as alpha-3, an occupation as noc2021:21300, a province by two letters, a date as YYYY-MM-DD."""
    try:
        if one["type"] == "country":
            return words.country(text)
        if one["type"] == "occupation":
            return _unit_group(text)
        if one["type"] == "province":
            return words.code("province", text)
        return datetime.date.fromisoformat(words.date(text)).isoformat()
    except CptppError as error:
        raise CptppError(say("{place}: {wrong}", place=where, wrong=error.said.wrong), error.said.mend) from None


def _unit_group(text: str) -> str:
    if not re.fullmatch(r"noc(2016|2021):[0-9]{4,5}", text, re.ASCII):
        raise CptppError(
            say("{word} is not an occupation code", word=quoted(text)), "Write noc2021:21300 or noc2016:2131, leading zeros kept."
        )
    if text[3:7] in words.DIGITS and len(text.partition(":")[2]) != words.DIGITS[text[3:7]]:
        digits = words.DIGITS[text[3:7]]
        raise CptppError(
            say("{text}: codes of the NOC {edition} have {digits} digits", text=quoted(text), edition=text[3:7], digits=digits),
            "Leading zeros count: noc2021:00010.",
        )
    found = text
    if found not in shipped()["groups"]:
        raise CptppError(
            say("{text} is not a unit group of that edition", text=quoted(text)), "Look the job up: cptpp-graph find TITLE"
        )
    return found


# ------------------------------------------------------------------ and back


def as_plain(case: Case) -> dict[str, Any]:
    """The case as the dictionary it would be in JSON, in its canonical form."""
    result: dict[str, Any] = {"id": case.id, "kind": case.kind}
    for path, value in case.facts.items():
        *groups, key = path.split(".")
        target = result
        for group in groups:
            target = target.setdefault(group, {})
        target[key] = plain_value(value)
    return result


def plain_value(value: Value) -> Any:
    """A fact as JSON has it."""
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return list(value) if isinstance(value, tuple) else value


def as_ntriples(case: Case) -> bytes:
    """The case as the graph that the shipped context makes of it."""
    import json

    import pyoxigraph as ox

    node = BASE + "case/" + quote(case.id, safe="")
    document = {**shipped()["context"], "@id": node, **as_plain(case)}
    triples = [quad.triple for quad in ox.parse(json.dumps(document), format=ox.RdfFormat.JSON_LD)]
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
