"""Counts what comes of a population by country, category, group of occupations, outcome and failing requirement."""

from __future__ import annotations

from typing import Any

import polars as pl

from .engine import IS_FAILING, OUTCOMES, Verdicts
from .populations import Population, named

COLUMNS = ("kind", "country", "category", "occupations", "outcome", "failing")
NONE = "none"


class Summary:
    """Counts. A case with several failing requirements counts once under each; rows with failing = all count every case once."""

    def __init__(self) -> None:
        self.counts: pl.DataFrame = pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.String) | {"cases": pl.Int64})

    def count(self, population: Population, verdicts: list[Verdicts]) -> None:
        for found in verdicts:
            engine = population.engines[found.columns.kind]
            about = dict(zip(("country", "category", "occupations"), population.carried(found), strict=True))
            frame = pl.DataFrame(about).with_columns(pl.all().fill_null(NONE))
            frame = frame.with_columns(outcome=named(found.outcome, OUTCOMES), mask=found.mask(IS_FAILING))
            alike = frame.group_by(pl.all()).agg(cases=pl.len().cast(pl.Int64)).with_columns(kind=pl.lit(found.columns.kind))
            parts = [alike.with_columns(failing=pl.lit("all"))]
            for place, requirement in enumerate(engine.requirements):
                parts.append(alike.filter(pl.col("mask") & (1 << place) != 0).with_columns(failing=pl.lit(requirement.id)))
            every = pl.concat([self.counts, *(one.select(*COLUMNS, "cases") for one in parts)])
            self.counts = every.group_by(COLUMNS).agg(pl.col("cases").sum()).sort(COLUMNS)

    def state(self) -> Any:
        return self.counts.to_dicts()

    def restore(self, state: Any) -> None:
        self.counts = pl.DataFrame(state, schema=self.counts.schema)

    def by(self, *columns: str) -> pl.DataFrame:
        """The cases by some of the columns; by failing requirement only where that is one of them."""
        chosen = self.counts.filter((pl.col("failing") != "all") if "failing" in columns else (pl.col("failing") == "all"))
        return chosen.group_by(columns).agg(pl.col("cases").sum()).sort(columns)
