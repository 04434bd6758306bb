"""Counts what comes of a population by country, category, group of occupations, outcome and failing requirement."""

from __future__ import annotations

from typing import Any

import polars as pl

from ..verdict import NOT_MET
from .engine import NUMBER, OUTCOMES, Verdicts
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
            counted = zip(("country", "category", "occupations"), population.carried(found), strict=True)
            frame = pl.DataFrame({name: column.fill_null(NONE) for name, column in counted}).with_columns(
                kind=pl.lit(found.columns.kind), outcome=named(found.outcome, OUTCOMES)
            )
            parts = [frame.select(*COLUMNS[:-1], failing=pl.lit("all"))]
            for requirement, findings in zip(engine.requirements, found.findings, strict=True):
                failing = findings == NUMBER[NOT_MET, None]
                parts.append(frame.filter(pl.Series(failing)).select(*COLUMNS[:-1], failing=pl.lit(requirement.id)))
            new = pl.concat(parts).group_by(COLUMNS).agg(cases=pl.len().cast(pl.Int64))
            self.counts = pl.concat([self.counts, new]).group_by(COLUMNS).agg(pl.col("cases").sum()).sort(COLUMNS)

    def state(self) -> Any:
        return self.counts.to_dicts()

    def restore(self, state: Any) -> None:
        self.counts = pl.DataFrame(state, schema=self.counts.schema)

    def by(self, *columns: str) -> pl.DataFrame:
        """The cases by some of the columns; by failing requirement only where that is one of them."""
        chosen = self.counts.filter((pl.col("failing") != "all") if "failing" in columns else (pl.col("failing") == "all"))
        return chosen.group_by(columns).agg(pl.col("cases").sum()).sort(columns)
