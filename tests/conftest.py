"""What several tests share: the graph, opened once, in either engine."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cptpp_graph import CptppGraph


@pytest.fixture(scope="session")
def kg() -> Iterator[CptppGraph]:
    with CptppGraph.open() as graph:
        yield graph


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of the server, started by its own command on a free port."""
    command = [Path(sys.executable).parent / "cptpp-graph", "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        found = re.search(r"http://127\.0\.0\.1:[0-9]+", process.stderr.readline())
        assert found
        yield found[0]
        process.terminate()
