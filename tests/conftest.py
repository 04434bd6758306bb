"""What several tests share: the graph, opened once, in either engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cptpp_graph import CptppGraph


@pytest.fixture(scope="session")
def kg() -> Iterator[CptppGraph]:
    with CptppGraph.open() as graph:
        yield graph
