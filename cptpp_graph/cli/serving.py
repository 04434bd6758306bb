"""Commands that serve others: serve, mcp."""

from __future__ import annotations

import click

from ..errors import CptppError
from .base import main


@main.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to serve at; others than this machine's are open to all."
)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes any that is free.")
def serve(host: str, port: int) -> None:
    """Serve pages, an API and a SPARQL endpoint on this machine until Ctrl-C."""
    from ..server import serve as run

    run(host, port, lambda line: click.echo(line, err=True))


@main.command()
def mcp() -> None:
    """Serve assistants over the Model Context Protocol, on standard input and output.

    Needs the extra mcp. An assistant starts this itself; see docs/en/how-to/assistants.md.
    """
    try:
        from .. import assistants
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith(("mcp", "anyio")):
            raise
        raise CptppError("the library for assistants is not installed", "pip install 'cptpp-graph[mcp]'") from None
    assistants.serve()
