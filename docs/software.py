"""Writes the reference of the software in a language: named queries, commands, Python names."""

from __future__ import annotations

import ast
import inspect
import re
import shlex
from collections.abc import Iterator
from dataclasses import fields as fields_of
from dataclasses import is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from words import Words

import cptpp_graph
from cptpp_graph import CptppGraph
from cptpp_graph.catalogue import named_queries
from cptpp_graph.cli import main as commands
from cptpp_graph.cli.questions import _for_people

GOLDEN = Path(__file__).parents[1] / "tests" / "golden"
MOST_ROWS = 5
INSIDE = {"Case", "Lexicon"}  # taken by methods that are not for callers


class Software(Words):
    """The pages of one language that are made from the queries and the code."""

    def __init__(self, kg: CptppGraph, lang: str) -> None:
        super().__init__(lang)
        self.kg = kg

    def pages(self) -> Iterator[tuple[str, str]]:
        """(name, Markdown) of every page."""
        yield "queries", self.queries()
        yield "commands", self.commands()
        yield "python", self.python()

    def queries(self) -> str:
        lines = [f"# {self.say('queries')}", "", self.say("queries-about"), ""]
        for name, query in named_queries().items():
            lines += [f"(query-{name})=", f"## {name}", "", query.summary[self.lang] + ".", ""]
            if query.parameters:
                lines += [
                    f"| {self.say('parameter')} | {self.say('kind')} | {self.say('need')} | {self.say('example')} |",
                    "|---|---|---|---|",
                ]
            for one in query.parameters:
                need = (
                    self.say("required")
                    if one.required
                    else f"{self.say('default')} `{one.default}`"
                    if one.default
                    else self.say("optional")
                )
                lines.append(
                    f"| `{one.name}` | {self.say('kind-' + one.type)} | {need} | {f'`{one.example}`' if one.example else ''} |"
                )
            lines += [
                "",
                *self.example(name),
                "<details><summary>SPARQL</summary>",
                "",
                "```{code-block} sparql",
                ":force:",
                "",
                _without_header(query.text),
                "```",
                "",
                "</details>",
                "",
            ]
        return "\n".join(lines)

    def example(self, name: str) -> list[str]:
        """The command of the golden answer and how its answer begins."""
        path = next(one for one in sorted(GOLDEN.glob("*.txt")) if _command(one)[2] == name)
        words = _command(path)
        given = {key.removeprefix("--"): value for key, value in zip(words[3::2], words[4::2], strict=True)}
        if self.lang == "fr" and any(one.name == "lang" for one in named_queries()[name].parameters):
            given, words = {**given, "lang": "fr"}, [*words, "--lang", "fr"]
        table = _for_people(name, self.kg.ask(name, **given))
        shown = type(table)(table.columns, table.terms[:MOST_ROWS])
        more = [self.say("more", count=len(table) - MOST_ROWS)] if len(table) > MOST_ROWS else []
        return ["```text", f"$ {shlex.join(words)}", shown.write("table").rstrip(), *more, "```", ""]

    def commands(self) -> str:
        lines = [f"# {self.say('commands')}", "", self.say("commands-about"), ""]
        for name, command in sorted(commands.commands.items()):
            context = click.Context(command, info_name=f"cptpp-graph {name}")
            first, *rest = inspect.cleandoc(command.help or "").split("\n\n")
            lines += [f"(command-{name})=", f"## {name}", "", "```text", command.get_usage(context), "```", ""]
            for paragraph in (first, *rest):
                lines += [self.sentence(" ".join(paragraph.split())), ""]
            lines += self.options(command)
        return "\n".join(lines)

    def options(self, command: click.Command) -> list[str]:
        rows = []
        for one in command.params:
            if isinstance(one, click.Option):
                kind = "" if one.is_flag else " " + (one.metavar or one.make_metavar(click.Context(command)))
                default = (
                    f" {self.say('default').capitalize()} `{one.default}`."
                    if one.show_default and one.default is not None
                    else ""
                )
                need = f" {self.say('required').capitalize()}." if one.required else ""
                names = ", ".join(f"`{name}`" for name in one.opts)
                what = self.sentence(one.help) if one.help else self.say("option-" + (one.name or ""))
                rows.append(f"| {names} | {kind.replace('|', ' / ').strip()} | {what}{default}{need} |")
        head = [f"| {self.say('option')} | {self.say('value')} | {self.say('meaning')} |", "|---|---|---|"]
        return [*head, *rows, ""] if rows else []

    def python(self) -> str:
        lines = [f"# {self.say('python')}", "", self.say("python-about"), ""]
        for module, name in _public():
            thing = getattr(import_module(module), name)
            lines += [f"(python-{name})=", f"## {name}", "", *self.described(thing, f"from {module} import {name}")]
            for attribute, member in _members(thing):
                signature = f"{name}.{attribute}{_signature(member)}"
                lines += [f"### {name}.{attribute}", "", *self.described(member, signature)]
        return "\n".join(lines)

    def described(self, thing: Any, signature: str) -> list[str]:
        target = getattr(thing, "func", thing)
        doc = inspect.getdoc(target) or ""
        first, _, rest = doc.partition("\n")
        lines = ["```python", signature, "```", ""]
        if is_dataclass(thing):
            lines += ["```python", *(f"{one.name}: {one.type}" for one in fields_of(thing)), "```", ""]
            first = "" if first.startswith(f"{thing.__name__}(") else first
        if first:
            lines += [self.sentence(first), ""]
        if rest.strip() and first:
            shown = inspect.cleandoc(rest)
            lines += ["```text", shown, "```", ""]
        return lines


def _command(path: Path) -> list[str]:
    return shlex.split(path.read_text(encoding="utf-8").splitlines()[0])[1:]


def _without_header(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("#+")).strip()


def _public() -> Iterator[tuple[str, str]]:
    """(module, name) of what callers meet: the names of the package, and the results that its methods return."""
    yield from (("cptpp_graph", name) for name in cptpp_graph.__all__ if name != "__version__")
    tree = ast.parse(inspect.getsource(import_module("cptpp_graph.graph")))
    for node in (one for branch in tree.body if isinstance(branch, ast.If) for one in branch.body):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield from ((f"cptpp_graph.{node.module}", alias.name) for alias in node.names if alias.name not in INSIDE)


def _members(thing: Any) -> Iterator[tuple[str, Any]]:
    """The public methods and properties that a class defines itself, in the order of its source."""
    for name, member in vars(thing).items():
        shown = member.__func__ if isinstance(member, classmethod) else member
        kinds = callable(shown) or isinstance(shown, property) or hasattr(shown, "func")
        if kinds and not name.startswith("_") and inspect.getdoc(getattr(shown, "func", shown)):
            yield name, shown


def _signature(member: Any) -> str:
    try:
        return re.sub(
            r"\bself, |\bcls, |\(self\)|\(cls\)",
            lambda m: "()" if m[0].endswith(")") else "",
            str(inspect.signature(member)).replace("'", ""),
        )
    except (TypeError, ValueError):
        return ""
