"""What assistants may ask: the tools, what each takes, and how its arguments are checked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from .. import intake, queries, syntaxes, words
from ..assessment import Assessment
from ..catalogue import Parameter, named_queries, shipped
from ..errors import CptppError, LimitReached, say
from ..graph import CptppGraph
from ..results import Table
from ..sandbox import SECONDS
from ..server.api import LANG, MOST_CASES, RULEBOOK
from ..server.app import MOST_BODY

MOST_ROWS = 600  # more than the unit groups of an edition
MOST_WORDS = 2_000  # characters of anything but cases and queries
TYPES = {"number": "integer", "texts": "array", "words": "object"}  # kinds of parameter that are no text
KINDS = {"integer": int, "array": list, "object": dict, "string": str}
CASES = Parameter("cases", "text", required=True)
SYNTAX = Parameter("syntax", "text", default="json", example="ttl")
AS_TEXT = (
    f"Give at most {MOST_CASES}, as the text of a file in the form that syntax names; the JSON schema is cptpp://case-schema."
)

Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tool:
    """One thing that an assistant may ask. answer: of the arguments given, what can be written as JSON."""

    name: str
    about: str
    parameters: tuple[Parameter, ...]
    answer: Callable[[Given], Any]


def tools(kg: CptppGraph) -> dict[str, Tool]:
    """Every tool by its name."""
    occupations = named_queries()["occupations"].parameters
    text = Parameter("text", "text", required=True, example="plombier")
    code = Parameter("code", "occupation", required=True, example="noc2021:72300")
    name = Parameter("name", "text", required=True, example="spouses")
    sparql = Parameter("sparql", "text", required=True)
    seconds = Parameter("seconds", "number", default=str(int(SECONDS)))
    known = [
        Tool(
            "find",
            "Occupation codes by title, in English and French, best first.",
            (text, _usually("limit", 10), LANG),
            _find(kg),
        ),
        Tool(
            "occupations",
            "Occupations admitted for a country and category, by which printed words.",
            occupations,
            _occupations(kg),
        ),
        Tool(
            "occupation",
            "Every country and category under which an occupation stands, and why.",
            (code, RULEBOOK, LANG),
            _one(kg),
        ),
        Tool(
            "assess",
            f"Whether cases qualify, requirement by requirement. {AS_TEXT}",
            (CASES, SYNTAX, RULEBOOK, LANG),
            _assess(kg),
        ),
        Tool(
            "household",
            "A couple, who goes first and what the other way round would yield: principals' cases and the spouse's in one file."
            f" {AS_TEXT}",
            (CASES, SYNTAX, RULEBOOK, LANG),
            _household(kg),
        ),
        Tool("queries", "The named queries that the tool query runs, with their parameters.", (LANG,), _queries),
        Tool("query", "The answer to a named query.", (name, Parameter("parameters", "words")), _query(kg)),
        Tool("sparql", "Your own SPARQL 1.1, read only, over the named graphs of the sources.", (sparql, seconds), _sparql(kg)),
    ]
    for one, (about, more, answer) in ON_ONE_CASE.items():
        known.append(Tool(one, f"{about} {AS_TEXT}", (CASES, SYNTAX, *more, RULEBOOK, LANG), _on_one_case(kg, answer)))
    return {tool.name: tool for tool in known}


def _question(kg: CptppGraph, assessment: Assessment, given: Given) -> Any:
    return kg.next_question(assessment, not_known=given.get("not_known", ())).as_dict(kg.lexicon)


# Tools that take one case, which is assessed: what each is about, what it takes besides, what it answers.
ON_ONE_CASE: dict[str, tuple[str, tuple[Parameter, ...], Callable[[CptppGraph, Assessment, Given], Any]]] = {
    "officer": (
        "A case in the order in which an officer meets it, with a draft of a refusal or what to request.",
        (),
        lambda kg, assessment, given: kg.officer_view(assessment).as_dict(),
    ),
    "next_question": (
        "The question about a case that matters most, or that no answer can change the outcome; not_known: fields not known.",
        (Parameter("not_known", "texts"),),
        _question,
    ),
    "plan": (
        "The least that would have to be so, and be shown, for a case to qualify.",
        (),
        lambda kg, assessment, given: kg.plans([assessment])[0].as_dict(),
    ),
}


def _usually(name: str, default: int) -> Parameter:
    return Parameter(name, "number", default=str(default))


# ------------------------------------------------------------------ what is asked


def _find(kg: CptppGraph) -> Callable[[Given], Any]:
    return lambda given: _rows(kg.find(given["text"], lang=given.get("lang"), limit=_between(given.get("limit", 10), 1, 100)))


def _occupations(kg: CptppGraph) -> Callable[[Given], Any]:
    return lambda given: _rows(kg.occupations(**given))


def _one(kg: CptppGraph) -> Callable[[Given], Any]:
    return lambda given: _rows(kg.occupation(**given))


def _assess(kg: CptppGraph) -> Callable[[Given], Any]:
    def answer(given: Given) -> Any:
        rulebook, lang = _chosen(given)
        return [one.as_dict() for one in kg.assess_cases(_cases(given), rulebook=rulebook, lang=lang)]

    return answer


def _household(kg: CptppGraph) -> Callable[[Given], Any]:
    def answer(given: Given) -> Any:
        rulebook, lang = _chosen(given)
        return kg.household([intake.as_plain(one) for one in _cases(given)], rulebook=rulebook, lang=lang).as_dict()

    return answer


def _on_one_case(kg: CptppGraph, answer: Callable[[CptppGraph, Assessment, Given], Any]) -> Callable[[Given], Any]:
    def answered(given: Given) -> Any:
        cases = _cases(given)
        if len(cases) != 1:
            raise CptppError(say("there are {count} cases here, not one", count=len(cases)), "Give one at a time.")
        rulebook, lang = _chosen(given)
        return answer(kg, kg.assess_cases(cases, rulebook=rulebook, lang=lang)[0], given)

    return answered


def _queries(given: Given) -> Any:
    lang = words.language(given.get("lang", "en"))
    return [
        {
            "name": name,
            "summary": known.summary[lang],
            "parameters": {p.name: p.example or p.default or p.type for p in known.parameters},
        }
        for name, known in named_queries().items()
    ]


def _query(kg: CptppGraph) -> Callable[[Given], Any]:
    def answer(given: Given) -> Any:
        asked = given.get("parameters", {})
        for name, word in asked.items():
            if not isinstance(word, str | int | float):
                raise CptppError(say("{name} is no word", name=words.quoted(name)), "Give each parameter one text or number.")
        return _rows(kg.ask(given["name"], **{str(name): str(word)[:MOST_WORDS] for name, word in asked.items()}))

    return answer


def _sparql(kg: CptppGraph) -> Callable[[Given], Any]:
    def answer(given: Given) -> Any:
        kind, body = kg.run(given["sparql"], _between(given.get("seconds", SECONDS), 1, int(SECONDS)))
        found = queries.parse(kind, body)
        if isinstance(found, ox.QueryBoolean):
            return bool(found)
        if isinstance(found, ox.QuerySolutions):
            return _rows(Table.of(found))
        lines = body.decode().splitlines()
        return {"ntriples": "\n".join(lines[:MOST_ROWS]), "total": len(lines), "leftOff": max(0, len(lines) - MOST_ROWS)}

    return answer


def _rows(table: Table) -> dict[str, Any]:
    """The rows, and how many are left off so that the answer can be read."""
    shown = Table(table.columns, table.terms[:MOST_ROWS])
    return {"rows": json.loads(shown.write("records")), "total": len(table), "leftOff": len(table) - len(shown)}


def _cases(given: Given) -> list[intake.Case]:
    syntax = given.get("syntax", SYNTAX.default)
    if syntax not in syntaxes.SYNTAXES:
        raise CptppError(
            say("unknown form {syntax}", syntax=words.quoted(syntax)), say("Known: {known}", known=", ".join(syntaxes.SYNTAXES))
        )
    found = intake.checked(syntaxes.read(given["cases"], syntax, say("the text")))
    if len(found) > MOST_CASES:
        raise LimitReached(
            say("there are {count} cases here", count=len(found)), say("Give at most {most} at a time.", most=MOST_CASES)
        )
    return found


def _chosen(given: Given) -> tuple[str, str]:
    return given.get("rulebook", "ircc"), words.language(given.get("lang", "en"))


# ------------------------------------------------------------------ arguments


def checked(tool: Tool, arguments: Given) -> dict[str, Any]:
    """The arguments that are stated. Raises CptppError where one is unknown, wanting, of another kind or too long."""
    known = {parameter.name: parameter for parameter in tool.parameters}
    given = {name: value for name, value in arguments.items() if value not in (None, "")}
    for name, value in given.items():
        if name not in known:
            mend = words.suggest(words.nearest(name, known), say("It takes: {known}", known=", ".join(known) or say("none")))
            raise CptppError(say("{tool} has no parameter {name}", tool=tool.name, name=words.quoted(name)), mend)
        kind = TYPES.get(known[name].type, "string")
        if not isinstance(value, KINDS[kind]) or isinstance(value, bool):
            raise CptppError(
                say("{name} is no {kind}", name=name, kind=kind),
                say("Give it as {kind}; cases are given as the text of a file.", kind=kind),
            )
        _measure(name, value)
    for name, parameter in known.items():
        if parameter.required and name not in given:
            example = say("For instance {example}.", example=parameter.example) if parameter.example else say("State it.")
            raise CptppError(say("{tool} needs {name}", tool=tool.name, name=name), example)
    return given


def _measure(name: str, value: Any) -> None:
    size = len(value.encode("utf-8", "replace")) if isinstance(value, str) else len(str(value))
    most = {CASES.name: MOST_BODY, "sparql": queries.MOST_QUERY}.get(name, MOST_WORDS)
    if size > most:
        raise LimitReached(
            say("{name} is {size:,} bytes long", name=name, size=size), say("At most {most:,} are read.", most=most)
        )


def _between(number: Any, least: int, most: int) -> int:
    if not least <= number <= most:
        raise CptppError(
            say("{number} is out of range", number=number),
            say("Give a whole number from {least} to {most}.", least=least, most=most),
        )
    return int(number)


def schema(tool: Tool) -> dict[str, Any]:
    """What a tool takes, in JSON Schema."""
    properties = {parameter.name: _described(parameter) for parameter in tool.parameters}
    required = [parameter.name for parameter in tool.parameters if parameter.required]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _described(parameter: Parameter) -> dict[str, Any]:
    about: dict[str, Any] = {"type": TYPES.get(parameter.type, "string")}
    if about["type"] == "array":
        about["items"] = {"type": "string"}
    known = shipped()["words"].get(parameter.type)
    examples = [found[0] for found in known.values()][:20] if known else [parameter.example] if parameter.example else []
    about |= {"examples": examples} if examples else {}
    return about | (
        {"default": int(parameter.default) if about["type"] == "integer" else parameter.default} if parameter.default else {}
    )
