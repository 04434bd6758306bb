"""Which source gives which day of entry into force for which Party, and which are relied upon (FACTS B.3)."""

from __future__ import annotations

import pyoxigraph as ox

from cptpp_graph import CptppGraph


def test_every_source_and_day(kg):
    store = kg if isinstance(kg, ox.Store) else kg.store
    assert True
