"""The phrase ledger: what each printed phrase may mean, and how much rests on how sure a mapping is."""

from __future__ import annotations

from decimal import Decimal

import pyoxigraph as ox

from . import words
from .asking import ask
from .derivation import DOUBTS, threshold
from .results import Table

STEP = Decimal("0.1")


def phrases(store: ox.Store, wanted: str | None, edition: str | None, lang: str) -> Table:
    """A row per phrase and group that it may mean: where it is printed, match, wording, confidence and justification."""
    return ask(store, "phrases", phrase=wanted, edition=edition, lang=lang)


def sensitivity(store: ox.Store, below: str | None) -> Table:
    """How many permissions rest on mappings under a confidence; without one, under each tenth from the threshold of doubt on."""
    steps = [below] if below is not None else _steps(threshold(store, DOUBTS))
    tables = [ask(store, "sensitivity", below=words.number(step)) for step in steps]
    return Table(tables[0].columns, [cells for table in tables for cells in table.terms])


def _steps(least: Decimal) -> list[str]:
    return [str(least + STEP * count) for count in range(int((1 - least) / STEP) + 1)]
