"""What all commands share: the group, its errors in two lines, options, printing."""

from __future__ import annotations

import io
import os
import shutil
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import click

from ..errors import CptppError, LimitReached, say
from ..terms import COLON
from ..version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..graph import CptppGraph
    from ..results import Table

ERROR = {lang: word + COLON[lang] for lang, word in (("en", "error"), ("fr", "erreur"))}
LANG = click.Choice(["en", "fr"])
RECORDS = click.Choice(["table", "csv", "tsv", "json"])
RULEBOOK = click.option("--rulebook", default="ircc", show_default=True, help="By ircc, canadavisa, ircc-2024 or ircc-peru-fta.")


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

    def main(self, args: Sequence[str] | None = None, *more: Any, **kwargs: Any) -> Any:
        try:
            sys.exit(self._answered(args, *more, **kwargs) or 0)
        except CptppError as error:
            lang = _language(sys.argv[1:] if args is None else args)
            click.echo(f"{ERROR[lang]}{error.told(lang)}", err=True)
            sys.exit(error.exit_code)

    def _answered(self, args: Sequence[str] | None, *more: Any, **kwargs: Any) -> Any:
        """What the command returns. Raises CptppError for whatever else is wrong."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")  # a console that lacks a character shows its number
        try:
            return super().main(args, *more, **{**kwargs, "standalone_mode": False})
        except click.UsageError as error:
            command = error.ctx.command_path if error.ctx else "cptpp-graph"
            raise CptppError(error.format_message().rstrip("."), say("See {command} --help", command=command)) from None
        except click.Abort:
            sys.exit(130)
        except BrokenPipeError:
            _leave_quietly()
        except OSError as error:
            raise CptppError(
                say("cannot write the answer: {reason}", reason=str(error.strerror)), "Send it where there is room."
            ) from None
        except MemoryError:
            raise LimitReached("the memory is full", "Give less at a time.") from None

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            from ..words import nearest, quoted, suggest

            mend = suggest(nearest(args[0], self.commands), say("Commands: {known}", known=", ".join(self.commands)))
            raise CptppError(say("unknown command {name}", name=quoted(args[0])), mend) from None


def _language(args: Sequence[str]) -> str:
    """The language that a command line asks for, even one that cannot be read."""
    asked = {*pairwise(args), *(tuple(word.split("=", 1)) for word in args)}
    return "fr" if ("--lang", "fr") in asked else "en"


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


def opened() -> CptppGraph:
    from ..graph import CptppGraph

    return CptppGraph.open()


def put(text: str) -> None:
    click.echo(text, nl=False)


def put_records(table: Table, form: str) -> None:
    put(table.write("records" if form == "json" else form, width()))


def width() -> int | None:
    """Of the terminal; none in a pipe, where a row is a line."""
    return shutil.get_terminal_size().columns if sys.stdout and sys.stdout.isatty() else None


def progress(total: int) -> Callable[[int], None]:
    """Counts cases on a terminal; silent elsewhere and for a few cases."""
    if total < 20 or not sys.stderr.isatty():
        return lambda done: None
    return lambda done: click.echo(f"\r{done} of {total} cases", err=True, nl=done == total)
