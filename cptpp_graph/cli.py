"""The command line: opens the graph, asks it, prints. Everything heavy is imported by the command that needs it."""

from __future__ import annotations

import io
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .errors import CptppError, LimitReached
from .version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from .graph import CptppGraph
    from .results import Table

LANG = click.Choice(["en", "fr"])
RECORDS = click.Choice(["table", "csv", "tsv", "json"])


class Seconds(click.FloatRange):
    """A limit of time; click finds that what is no number lies in every range."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        seconds: float = super().convert(value, param, ctx)
        if seconds != seconds:
            raise CptppError("the time limit is not a number", "Give seconds, for instance --timeout 10.")
        return seconds


SECONDS = Seconds(0.1, 3600)


class Commands(click.Group):
    """A group whose errors are two lines: what is wrong, how to mend it."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")  # a console that lacks a character shows its number
        try:
            sys.exit(super().main(*args, **{**kwargs, "standalone_mode": False}) or 0)
        except CptppError as error:
            _fail(error)
        except click.UsageError as error:
            command = error.ctx.command_path if error.ctx else "cptpp-graph"
            _fail(CptppError(error.format_message().rstrip("."), f"See {command} --help"))
        except click.Abort:
            sys.exit(130)
        except BrokenPipeError:
            _leave_quietly()
        except OSError as error:
            _fail(CptppError(f"cannot write the answer: {error.strerror}", "Send it where there is room."))
        except MemoryError:
            _fail(LimitReached("the memory is full", "Give less at a time."))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            from .words import nearest, quoted, suggest

            mend = suggest(nearest(args[0], self.commands), f"Commands: {', '.join(self.commands)}")
            raise CptppError(f"unknown command {quoted(args[0])}", mend) from None


def _fail(error: CptppError) -> None:
    click.echo(f"error: {error}", err=True)
    sys.exit(error.exit_code)


def _leave_quietly() -> None:
    """Whoever reads the output has seen enough."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(0)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="cptpp-graph", message="%(prog)s %(version)s")
def main() -> None:
    """Ask which occupations and which spouses the CPTPP admits to Canada (T52, T53), with the source of every answer.

    It reads published guidance, decides nothing and is not legal advice.
    """


def _open() -> CptppGraph:
    from .graph import CptppGraph

    return CptppGraph.open()


def _print(text: str) -> None:
    click.echo(text, nl=False)


def _print_records(table: Table, form: str) -> None:
    _print(table.write("records" if form == "json" else form, _width()))


def _width() -> int | None:
    """Of the terminal; none in a pipe, where a row is a line."""
    return shutil.get_terminal_size().columns if sys.stdout and sys.stdout.isatty() else None


# ------------------------------------------------------------------ occupations


@main.command()
@click.option("--country", required=True, help="A Party, by code or name in English or French.")
@click.option("--category", required=True, help="professional or technician.")
@click.option("--edition", help="Edition of the NOC: 2016 or 2021.")
@click.option("--on", metavar="YYYY-MM-DD", help="Day on which the application is received.")
@click.option("--rulebook", help="Source to read: ircc (default), canadavisa or ircc-2024.")
@click.option("--lang", type=LANG, default="en", show_default=True)
@click.option("--format", "form", type=RECORDS, default="table", show_default=True)
def occupations(
    country: str, category: str, edition: str | None, on: str | None, rulebook: str | None, lang: str, form: str
) -> None:
    """List the occupations admitted for a country and category.

    Without --edition or --on the receipt windows still open count.
    """
    with _open() as kg:
        table = kg.occupations(country, category, edition=edition, on=on, rulebook=rulebook, lang=lang)
        _print_records(table, form)
        if not table:
            asked = {"country": country, "category": category, "rulebook": rulebook, "edition": edition, "on": on, "lang": lang}
            for row in kg.ask("why-no-occupations", **asked):
                click.echo(str(row.reason), err=True)


@main.command()
@click.argument("code")
@click.option("--rulebook", help="Source to read: ircc (default), canadavisa or ircc-2024.")
@click.option("--lang", type=LANG, default="en", show_default=True)
@click.option("--format", "form", type=RECORDS, default="table", show_default=True)
def occupation(code: str, rulebook: str | None, lang: str, form: str) -> None:
    """Show every country and category under which an occupation stands, and why.

    CODE is noc2021:21300 or noc2016:2131; the prefix may be left out.
    """
    with _open() as kg:
        table = kg.occupation(code, rulebook=rulebook, lang=lang)
        if form == "table":
            for row in kg.ask("occupation-profile", occupation=code, lang=lang)[:1]:
                click.echo(f"{row.code}  {row.title}  ({row.level}, NOC {row.year})\n")
        _print_records(table, form)
    if not table:
        click.echo("no list of this rulebook names it, and none excepts it", err=True)


@main.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--lang", type=LANG, help="Search titles of one language only.")
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True)
@click.option("--format", "form", type=RECORDS, default="table", show_default=True)
def find(words: tuple[str, ...], lang: str | None, limit: int, form: str) -> None:
    """Search occupation titles in English and French, best first."""
    with _open() as kg:
        table = kg.find(" ".join(words), lang=lang, limit=limit)
        _print_records(table, form)
    if not table:
        click.echo("nothing found; try fewer or other words", err=True)
        sys.exit(1)


# ------------------------------------------------------------------ cases


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--rulebook", default="ircc", show_default=True, help="Source to judge by: ircc, canadavisa or ircc-2024.")
@click.option("--format", "form", type=click.Choice(["text", "json", "turtle", "html"]), default="text", show_default=True)
@click.option("--lang", type=LANG, default="en", show_default=True)
@click.option("--explain", is_flag=True, help="Also every reading, documents to present, and notes for the file (text, json).")
@click.option("--wages", type=click.Path(path_type=Path), help="Wages file of ESDC to look prevailing wages up in.")
def assess(files: tuple[Path, ...], rulebook: str, form: str, lang: str, explain: bool, wages: Path | None) -> None:
    """Assess every case in the FILES (JSON, NDJSON, YAML, CSV, Turtle, TriG, N-Triples, N-Quads, JSON-LD, RDF/XML).

    Exits with 0 where all qualify, 1 where some do not or cannot be determined, 2 where something cannot be read.
    """
    from . import intake
    from .verdict import QUALIFIES

    cases = intake.cases_of_files(files)
    with _open() as kg:
        found = kg.assess_cases(cases, rulebook=rulebook, lang=lang, wages=wages, progress=_progress(len(cases)))
        if form == "json":
            import json

            told = [one.as_dict() | ({"record": kg.record(one).as_dict()} if explain else {}) for one in found]
            _print(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
        else:
            from . import report

            if form == "text":
                _print(report.text(kg.lexicon, found, _width(), explain))
            elif form == "html":
                _print(report.html(kg.lexicon, found, lang))
            else:
                _print(report.graph(found, {case.id: case for case in cases}).serialize(format="turtle"))
    sys.exit(0 if all(one.outcome == QUALIFIES for one in found) else 1)


def _progress(total: int) -> Callable[[int], None]:
    """Counts cases on a terminal; silent elsewhere and for a few cases."""
    if total < 20 or not sys.stderr.isatty():
        return lambda done: None
    return lambda done: click.echo(f"\r{done} of {total} cases", err=True, nl=done == total)


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
    from . import intake

    cases = intake.cases_of_files(files)
    with _open() as kg:
        conforms, report, text = kg.validate([intake.as_plain(case) for case in cases], shapes=shapes, timeout=timeout)
    _print(text if form == "text" else report.serialize(format="turtle"))
    sys.exit(0 if conforms else 1)


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
        with _open() as kg:
            given = _parameters(name, parameters) | ({"lang": lang} if lang else {})
            table = kg.ask(name, **given)
            if form == "ttl":
                raise CptppError(f"query {name} answers with rows, not with a graph", "Choose table, csv, tsv or json.")
            _print((_for_people(name, table) if form == "table" else table).write(form, _width()))
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
            from .words import quoted

            raise CptppError(
                f"cannot read {quoted(word)}",
                f"Write parameters as --NAME VALUE: cptpp-graph query {name} --country JPN",
            )
        if key in given:
            raise CptppError(f"--{key} is given twice", "Give each parameter once.")
        given[key] = value if equals else rest.pop(0)
    return given


def _for_people(name: str, table: Table) -> Table:
    """Without the columns that only repeat what was asked."""
    from .graph import named_query

    asked = {parameter.name for parameter in named_query(name).parameters}
    return table.select(*(column for column in table.columns if column not in asked))


def _list_queries(lang: str) -> None:
    from .catalogue import named_queries

    width = max(len(name) for name in named_queries())
    for name, about in named_queries().items():
        click.echo(f"{name.ljust(width)}  {about.summary[lang]}")
        for parameter in about.parameters:
            need = "required" if parameter.required else f"default {parameter.default}" if parameter.default else "optional"
            example = f", e.g. {parameter.example}" if parameter.example else ""
            click.echo(f"{' ' * width}    --{parameter.name} {parameter.type.upper()} ({need}{example})")


def _run_file(file: Path, form: str, timeout: float) -> None:
    from . import files, queries
    from .results import Table, escaped

    with _open() as kg:
        kind, body = kg.run(files.text(file, queries.MOST_QUERY), timeout)
    answer = queries.parse(kind, body)
    if kind == "graph":
        import pyoxigraph as ox

        from .terms import PREFIXES

        if form not in ("ttl", "table"):
            raise CptppError("the query answers with a graph", "Choose --format ttl.")
        _print(escaped((ox.serialize(answer, format=ox.RdfFormat.TURTLE, prefixes=PREFIXES) or b"").decode()))
    elif form == "ttl":
        raise CptppError("the query answers with rows, not with a graph", "Choose table, csv, tsv or json.")
    elif hasattr(answer, "variables"):
        _print(Table.of(answer).write(form, _width()))
    else:
        _print(body.decode() + "\n" if form == "json" else f"{str(bool(answer)).lower()}\n")


@main.command()
@click.option("--format", "form", type=click.Choice(["nquads", "trig", "turtle", "jsonld"]), default="nquads", show_default=True)
@click.option("--graph", help="One named graph only, for instance ircc or noc/2021.")
def export(form: str, graph: str | None) -> None:
    """Write the knowledge graph, or one named graph of it, to standard output."""
    with _open() as kg:
        content = kg.export(form, graph)
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


@main.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to serve at; others than this machine's are open to all."
)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes any that is free.")
def serve(host: str, port: int) -> None:
    """Serve pages, an API and a SPARQL endpoint on this machine until Ctrl-C."""
    from .server import serve as run

    run(host, port, lambda line: click.echo(line, err=True))
