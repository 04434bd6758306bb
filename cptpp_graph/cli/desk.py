"""Commands beyond a verdict: officer, household."""

from __future__ import annotations

import json
from pathlib import Path

import click

from .base import LANG, RULEBOOK, main, opened, put, width


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@RULEBOOK
@click.option("--lang", type=LANG, default="en", show_default=True)
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text", show_default=True)
def officer(file: Path, rulebook: str, lang: str, form: str) -> None:
    """Show the cases of FILE in the order in which an officer meets them.

    The offer of employment, the findings, the approval sheet, then a draft note on a refusal or what to request, and of whom.
    JSON is a list. Exits with 0, whatever the outcome; 2 where something cannot be read.
    """
    from .. import intake

    with opened() as kg:
        found = kg.assess_cases(intake.cases_of_files([file]), rulebook=rulebook, lang=lang)
        views = [kg.officer_view(one) for one in found]
        if form == "json":
            put(json.dumps([view.as_dict() for view in views], ensure_ascii=False, indent=2) + "\n")
        else:
            from .. import officersheet

            text = officersheet.text(kg.lexicon, views, width()) if form == "text" else officersheet.html(kg.lexicon, views, lang)
            put(text)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@RULEBOOK
@click.option("--lang", type=LANG, default="en", show_default=True)
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text", show_default=True)
def household(file: Path, rulebook: str, lang: str, form: str) -> None:
    """Show the couple in FILE: a principal's case and that of the spouse who names it, or both as principals.

    What of the spouse's case hangs on the principal's, what limits each permit, and what each way round would yield.
    Exits with 0, whatever the outcome; 2 where something cannot be read or is no couple.
    """
    with opened() as kg:
        found = kg.household(file, rulebook=rulebook, lang=lang)
        if form == "json":
            put(json.dumps(found.as_dict(), ensure_ascii=False, indent=2) + "\n")
        else:
            from .. import householdsheet as sheet

            put(sheet.text(kg.lexicon, found, width()) if form == "text" else sheet.html(kg.lexicon, found))
