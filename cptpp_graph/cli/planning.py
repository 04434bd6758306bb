"""Commands beyond a verdict: plan, interview."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from ..errors import CptppError, LimitReached, say
from .base import LANG, RULEBOOK, main, opened, progress, put, width


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@RULEBOOK
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--lang", type=LANG, default="en", show_default=True)
def plan(files: tuple[Path, ...], rulebook: str, form: str, lang: str) -> None:
    """Say what would have to be so for each case in the FILES to qualify, the least costly first.

    It proposes what would have to be true and shown, never to state what is not so.
    """
    from .. import intake

    cases = intake.cases_of_files(files)
    with opened() as kg:
        found = kg.plans(kg.assess_cases(cases, rulebook=rulebook, lang=lang, progress=progress(len(cases))))
        if form == "json":
            put(json.dumps([one.as_dict() for one in found], ensure_ascii=False, indent=2) + "\n")
        else:
            from .. import advice

            put(advice.text(kg.lexicon, found, width()))


@main.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--kind", type=click.Choice(["principal", "spouse"]), help="Kind of case, where there is no FILE (principal).")
@RULEBOOK
@click.option("--lang", type=LANG, default="en", show_default=True)
def interview(file: Path | None, kind: str | None, rulebook: str, lang: str) -> None:
    """Ask the questions that matter about one case, beginning with what the FILE states, and print the report.

    An answer stands on a line of its own, as in a CSV file. ? is not known, an empty line leaves the question out, Ctrl-D ends
    the interview. It stops by itself when no answer can change the outcome.
    """
    from .. import intake
    from ..interview import FIRST

    cases = intake.cases_of_files([file]) if file else [intake.Case(FIRST, kind or "principal", {})]
    if len(cases) != 1:
        raise CptppError(say("{file} holds {count} cases", file=str(file), count=len(cases)), "Give a file with one.")
    if kind not in (None, cases[0].kind):
        raise CptppError(say("the case in {file} is of the kind {kind}", file=str(file), kind=cases[0].kind), "Leave --kind out.")
    from .. import dialogue, report

    with opened() as kg:
        found = dialogue.held(kg.lexicon, cases[0], rulebook, lang, _answer, lambda line: click.echo(line))
        put("\n" + report.text(kg.lexicon, [found], width(), False))


def _answer() -> str | None:
    """A line that was typed in; None at the end."""
    from ..intake import LONGEST

    if sys.stdin.isatty():
        click.echo("> ", nl=False)
    try:
        line = sys.stdin.readline(LONGEST + 2)
    except UnicodeDecodeError:
        raise CptppError("an answer is not UTF-8", "Type it anew.") from None
    if len(line) > LONGEST + 1:
        raise LimitReached(say("an answer has more than {most:,} characters", most=LONGEST), "Shorten it.")
    return line.strip() if line else None
