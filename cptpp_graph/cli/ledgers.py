"""Commands that look at the rules as a whole: diff, disagreements, clinic, phrases."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .base import LANG, RECORDS, main, opened, put, put_records, width

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..results import Table

COUNTRY = click.option("--country", help="Only this Party, by code or name.")
CATEGORY = click.option("--category", help="professional or technician only.")
FORM = click.option("--format", "form", type=RECORDS, default="table", show_default=True)
SPEAK = click.option("--lang", type=LANG, default="en", show_default=True)

# Columns for people; the other formats have them all.
BRIEF = {
    "occupations": "party categoryName year code title status line otherCode otherTitle otherStatus otherLine cause",
    "statements": "side kind requirementName party categoryName text cause points source line",
    "spouses": "party categoryName basis status source line otherStatus otherSource otherLine",
}


@main.command()
@click.option("--from", "earlier", required=True, metavar="DAY|RULEBOOK|EDITION|THRESHOLD", help="The first reading.")
@click.option("--to", "later", required=True, metavar="…", help="The second reading, of the same kind.")
@click.option("--rulebook", help="Source that both follow (default: ircc); not where two sources are compared.")
@COUNTRY
@CATEGORY
@click.option("--part", type=click.Choice([*BRIEF]), help="One table only; csv and tsv write occupations unless told otherwise.")
@SPEAK
@FORM
def diff(
    earlier: str,
    later: str,
    rulebook: str | None,
    country: str | None,
    category: str | None,
    part: str | None,
    lang: str,
    form: str,
) -> None:
    """Show what changes between two readings of the rules that differ in one thing, and why.

    Two days of receipt (--from 2022-11-15 --to 2022-11-16), two sources or versions of one (--from ircc --to ircc-2024), two
    editions of the NOC (--from 2016 --to 2021), or two thresholds of confidence (--from 0.90 --to 0.80: a few seconds).
    An empty status: not admitted.
    """
    from ..results import dump

    with opened() as kg:
        found = kg.diff(
            earlier, later, rulebook=rulebook, country=country, category=category, lang=lang, report=_progress("rules read again")
        )
    tables = {"occupations": found.cells, "statements": found.statements, "spouses": found.spouses}
    if form == "json":
        put(dump(found.as_dict() if part is None else tables[part].records()))
    elif form != "table":
        put(tables[part or "occupations"].write(form))
    else:
        _put_tables({name: table for name, table in tables.items() if part in (None, name)}, BRIEF, lang)


POINTS = "kindName point label speaking silent settledBy statements requirements permissions"


@main.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--rulebook", default="ircc", show_default=True, help="Source by which the case is assessed.")
@SPEAK
@FORM
def disagreements(file: Path | None, rulebook: str, lang: str, form: str) -> None:
    """Show where sources disagree, where one is unclear or contradicts itself, and where only some speak.

    With a FILE that holds one case: which of these points matter to it, which do not, and of which it cannot be told.
    A point is said not to matter only where no reading known to the graph would change a finding.
    """
    with opened() as kg:
        table = kg.disagreements(file, rulebook=rulebook, lang=lang)
    if form != "table":
        put_records(table, form)
    elif file is None:
        _put_tables({"disagreements": table}, {"disagreements": POINTS}, lang)
    else:
        told = {word: table.where("bearing", word) for word in ("matters", "cannot-be-told", "does-not-matter")}
        _put_tables(told, dict.fromkeys(told, "kindName point label why"), lang)


@main.command()
@SPEAK
@click.option("--format", "form", type=click.Choice(["text", "json", "turtle", "csv"]), default="text", show_default=True)
def clinic(lang: str, form: str) -> None:
    """Show oddities in the law as printed: rules that can never apply, silent lists, nesting unlike that of others …

    turtle writes a SHACL validation report. An oddity is not an error of anyone's: it is a place to read twice.
    """
    from .. import clinic as checks

    with opened() as kg:
        if form == "turtle":
            put(kg.clinic_report().serialize(format="turtle"))
            return
        table = kg.clinic(lang=lang)
    if form != "text":
        put(table.write("records" if form == "json" else form))
        return
    for (name, severity), count in checks.counts(table).items():
        click.echo(f"{name} ({severity}): {count}\n{checks.message(name, lang)}")
        if count:
            click.echo("\n" + table.where("check", name).select("source", "line", "text", "detail").write("table", width()))


@main.command()
@click.argument("words", nargs=-1)
@click.option("--edition", help="Edition of the NOC: 2016 or 2021.")
@click.option("--threshold", help="Instead: how many permissions rest on mappings under this confidence (0 to 1), or under: all.")
@SPEAK
@FORM
def phrases(words: tuple[str, ...], edition: str | None, threshold: str | None, lang: str, form: str) -> None:
    """Show each printed phrase (or those with these WORDS): where it stands, and which groups of the NOC it may mean.

    wording says whether the phrase is a group's title in that edition; titles of older editions are not known here.
    """
    with opened() as kg:
        if threshold is not None:
            put_records(kg.sensitivity(None if threshold == "all" else threshold), form)
            return
        table = kg.phrases(" ".join(words) or None, edition=edition, lang=lang)
    columns = "label places year match wording code title confidence justification joint".split()
    put_records(table.select(*columns) if form == "table" else table, form)
    if not table:
        click.echo("nothing found; try fewer or other words", err=True)
        sys.exit(1)


def _put_tables(tables: Mapping[str, Table], brief: Mapping[str, str], lang: str) -> None:
    """Each table under its name and the number of its rows, without columns in which nothing stands."""
    from ..phrases import phrase

    parts = []
    for name, table in tables.items():
        heading = phrase(f"ledger-{name}", lang, count=len(table))
        shown = [column for column in brief[name].split() if any(row[column] not in (None, "") for row in table)]
        parts.append(f"{heading}\n" + (f"\n{table.select(*shown).write('table', width())}" if table else ""))
    put("\n".join(parts))


def _progress(what: str) -> Callable[[str], None]:
    """One line that is written over, on a terminal; silent elsewhere."""
    if not sys.stderr.isatty():
        return lambda line: None
    return lambda line: click.echo(f"\r\x1b[K{what}: {line}", err=True, nl=False)
