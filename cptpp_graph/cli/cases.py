"""Commands on cases: assess, validate."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .base import LANG, RULEBOOK, SECONDS, main, opened, progress, put, width


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@RULEBOOK
@click.option("--format", "form", type=click.Choice(["text", "json", "turtle", "html"]), default="text", show_default=True)
@click.option("--lang", type=LANG, default="en", show_default=True)
@click.option("--explain", is_flag=True, help="Also every reading, documents to present, and notes for the file (text, json).")
@click.option("--wages", type=click.Path(path_type=Path), help="Wages file of ESDC to look prevailing wages up in.")
def assess(files: tuple[Path, ...], rulebook: str, form: str, lang: str, explain: bool, wages: Path | None) -> None:
    """Assess every case in the FILES (JSON, NDJSON, YAML, CSV, Turtle, TriG, N-Triples, N-Quads, JSON-LD, RDF/XML).

    Exits with 0 where all qualify, 1 where some do not or cannot be determined, 2 where something cannot be read.
    """
    from .. import intake
    from ..verdict import QUALIFIES

    cases = intake.cases_of_files(files)
    with opened() as kg:
        found = kg.assess_cases(cases, rulebook=rulebook, lang=lang, wages=wages, progress=progress(len(cases)))
        if form == "json":
            import json

            told = [one.as_dict() | ({"record": kg.record(one).as_dict()} if explain else {}) for one in found]
            put(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
        else:
            from .. import report

            if form == "text":
                put(report.text(kg.lexicon, found, width(), explain))
            elif form == "html":
                put(report.html(kg.lexicon, found, lang))
            else:
                put(report.graph(found, {case.id: case for case in cases}).serialize(format="turtle"))
    sys.exit(0 if all(one.outcome == QUALIFIES for one in found) else 1)


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--shapes", type=click.Path(path_type=Path), help="Your own shapes (Turtle) instead of the eligibility shapes.")
@click.option("--format", "form", type=click.Choice(["text", "turtle"]), default="text", show_default=True)
@click.option("--timeout", type=SECONDS, default=10.0, show_default=True, help="Seconds, for --shapes.")
def validate(files: tuple[Path, ...], shapes: Path | None, form: str, timeout: float) -> None:
    """Print the SHACL validation report of the cases in the FILES, as pySHACL gives it.

    What is validated is each case with the rules laid beside it, in every rulebook and reading. A report is not a verdict.
    Exits with 0 where it conforms, 1 where it does not, 2 where something cannot be read.
    """
    from .. import intake

    cases = intake.cases_of_files(files)
    with opened() as kg:
        conforms, report, text = kg.validate([intake.as_plain(case) for case in cases], shapes=shapes, timeout=timeout)
    put(text if form == "text" else report.serialize(format="turtle"))
    sys.exit(0 if conforms else 1)
