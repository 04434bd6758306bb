"""Commands that serve others: serve."""

from __future__ import annotations

import click

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
