"""Commands that ask the graph: occupations, occupation, find, query, export."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import CptppError, say
from .base import LANG, RECORDS, SECONDS, main, opened, put, put_records, width

if TYPE_CHECKING:
    from ..results import Table


@main.command()
@click.option("--country", required=True, help="A Party, by code or name in English or French.")
@click.option("--category", required=True, help="professional or technician.")
@click.option("--edition", help="Edition of the NOC: 2016 or 2021.")
@click.option("--on", metavar="YYYY-MM-DD", help="Day on which the application is received.")
@click.option("--rulebook", help="Source to read: ircc (default), canadavisa, ircc-2024 or ircc-peru-fta.")
@click.option("--lang", type=LANG, default="en", show_default=True)
@click.option("--format", "form", type=RECORDS, default="table", show_default=True)
def occupations(
    country: str, category: str, edition: str | None, on: str | None, rulebook: str | None, lang: str, form: str
) -> None:
    """List the occupations admitted for a country and category.

    Without --edition or --on the receipt windows still open count.
    """
    with opened() as kg:
        table = kg.occupations(country, category, edition=edition, on=on, rulebook=rulebook, lang=lang)
        put_records(table, form)
        if not table:
            asked = {"country": country, "category": category, "rulebook": rulebook, "edition": edition, "on": on, "lang": lang}
            for row in kg.ask("why-no-occupations", **asked):
                click.echo(str(row.reason), err=True)


@main.command()
@click.argument("code")
@click.option("--rulebook", help="Source to read: ircc (default), canadavisa, ircc-2024 or ircc-peru-fta.")
@click.option("--lang", type=LANG, default="en", show_default=True)
@click.option("--format", "form", type=RECORDS, default="table", show_default=True)
def occupation(code: str, rulebook: str | None, lang: str, form: str) -> None:
    """Show every country and category under which an occupation stands, and why.

    CODE is noc2021:21300 or noc2016:2131; the prefix may be left out.
    """
    with opened() as kg:
        table = kg.occupation(code, rulebook=rulebook, lang=lang)
        if form == "table":
            for row in kg.ask("occupation-profile", occupation=code, lang=lang)[:1]:
                click.echo(f"{row.code}  {row.title}  ({row.level}, NOC {row.year})\n")
        put_records(table, form)
    if not table:
        click.echo("no list of this rulebook names it, and none excepts it", err=True)


@main.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--lang", type=LANG, help="Search titles of one language only.")
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True)
@click.option("--format", "form", type=RECORDS, default="table", show_default=True)
def find(words: tuple[str, ...], lang: str | None, limit: int, form: str) -> None:
    """Search occupation titles in English and French, best first."""
    with opened() as kg:
        table = kg.find(" ".join(words), lang=lang, limit=limit)
        put_records(table, form)
    if not table:
        click.echo("nothing found; try fewer or other words", err=True)
        sys.exit(1)


# ------------------------------------------------------------------ questions


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("name", required=False)
@click.argument("parameters", nargs=-1, type=click.UNPROCESSED)
@click.option("--file", "file", type=click.Path(path_type=Path), help="Run your own SPARQL from a file (- for standard input).")
@click.option("--format", "form", type=click.Choice(["table", "csv", "tsv", "json", "ttl"]), default="table", show_default=True)
@click.option("--timeout", type=SECONDS, default=10.0, show_default=True, help="Seconds, for --file.")
@click.option("--lang", type=LANG, help="Language of titles and labels.  [default: en]")
def query(name: str | None, parameters: tuple[str, ...], file: Path | None, form: str, timeout: float, lang: str | None) -> None:
    """List the named queries, or run one: cptpp-graph query NAME --country JPN.

    --file runs your own SPARQL 1.1, read only, over all named graphs. json, csv and tsv are those of SPARQL 1.1.
    """
    if file is not None:
        if name is not None:
            raise CptppError("give either a name or --file, not both", "cptpp-graph query --file my.rq")
        _run_file(file, form, timeout)
    elif name is None:
        _list_queries(lang or "en")
    else:
        with opened() as kg:
            given = _parameters(name, parameters) | ({"lang": lang} if lang else {})
            table = kg.ask(name, **given)
            if form == "ttl":
                raise CptppError(
                    say("query {name} answers with rows, not with a graph", name=name), "Choose table, csv, tsv or json."
                )
            put((_for_people(name, table) if form == "table" else table).write(form, width()))
        if not table:
            click.echo("nothing in the graph answers this; a source may be silent: cptpp-graph query silences", err=True)


def _parameters(name: str, words: tuple[str, ...]) -> dict[str, str]:
    """--country JPN or --country=JPN, in any order."""
    given: dict[str, str] = {}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        key, equals, value = word.removeprefix("--").partition("=")
        if not word.startswith("--") or (not equals and not rest):
            from ..words import quoted

            raise CptppError(
                say("cannot read {word}", word=quoted(word)),
                say("Write parameters as --NAME VALUE: cptpp-graph query {name} --country JPN", name=name),
            )
        if key in given:
            raise CptppError(say("--{key} is given twice", key=key), "Give each parameter once.")
        given[key] = value if equals else rest.pop(0)
    return given


def _for_people(name: str, table: Table) -> Table:
    """Without the columns that only repeat what was asked."""
    from ..asking import named_query

    asked = {parameter.name for parameter in named_query(name).parameters}
    return table.select(*(column for column in table.columns if column not in asked))


def _list_queries(lang: str) -> None:
    from ..catalogue import named_queries

    width = max(len(name) for name in named_queries())
    for name, about in named_queries().items():
        click.echo(f"{name.ljust(width)}  {about.summary[lang]}")
        for parameter in about.parameters:
            need = "required" if parameter.required else f"default {parameter.default}" if parameter.default else "optional"
            example = f", e.g. {parameter.example}" if parameter.example else ""
            click.echo(f"{' ' * width}    --{parameter.name} {parameter.type.upper()} ({need}{example})")


def _run_file(file: Path, form: str, timeout: float) -> None:
    from .. import files, queries
    from ..results import Table, escaped

    with opened() as kg:
        kind, body = kg.run(files.text(file, queries.MOST_QUERY), timeout)
    answer = queries.parse(kind, body)
    if kind == "graph":
        import pyoxigraph as ox

        from ..terms import PREFIXES

        if form not in ("ttl", "table"):
            raise CptppError("the query answers with a graph", "Choose --format ttl.")
        put(escaped((ox.serialize(answer, format=ox.RdfFormat.TURTLE, prefixes=PREFIXES) or b"").decode()))
    elif form == "ttl":
        raise CptppError("the query answers with rows, not with a graph", "Choose table, csv, tsv or json.")
    elif hasattr(answer, "variables"):
        put(Table.of(answer).write(form, width()))
    else:
        put(body.decode() + "\n" if form == "json" else f"{str(bool(answer)).lower()}\n")


@main.command()
@click.option("--format", "form", type=click.Choice(["nquads", "trig", "turtle", "jsonld"]), default="nquads", show_default=True)
@click.option("--graph", help="One named graph only, for instance ircc or noc/2021.")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path),
    help="Instead, the whole dataset into this folder, described.",
)
def export(form: str, graph: str | None, folder: Path | None) -> None:
    """Write the knowledge graph, or one named graph of it, to standard output.

    --to writes N-Quads, TriG and JSON-LD, a table for each question that can be answered whole (CSV with CSVW, and Parquet),
    and dataset.ttl, which describes all of it in DCAT and VoID. It needs the extra batch.
    """
    with opened() as kg:
        if folder is not None:
            from ..publishing import publish

            click.echo(f"{len(publish(kg.store, folder))} files in {folder}")
            return
        content = kg.export(form, graph)
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
