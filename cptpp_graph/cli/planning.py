"""Commands that look ahead of a verdict: plan."""

from __future__ import annotations

import json
from pathlib import Path

import click

from .base import LANG, main, opened, progress, put, width


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--rulebook", default="ircc", show_default=True, help="Source to judge by: ircc, canadavisa or ircc-2024.")
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
