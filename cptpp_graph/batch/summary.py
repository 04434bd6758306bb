"""Counts what comes of a population by country, category, group of occupations, outcome and failing requirement."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from ..verdict import NOT_MET
from .engine import NUMBER, OUTCOMES, Engine, Verdicts
from .populations import Population, category_of, named

COLUMNS = ("kind", "country", "category", "occupations", "outcome", "failing")
NONE = "none"


class Summary:
    """Counts. A case with several failing requirements counts once under each; rows with failing = all count every case once."""

    def __init__(self) -> None:
        self.counts: pl.DataFrame = pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.String) | {"cases": pl.Int64})

    def count(self, population: Population, verdicts: dict[str, Verdicts]) -> None:
        for kind, found in verdicts.items():
            engine = population.engines[kind]
            frame = pl.DataFrame(
                {
                    "kind": pl.Series([kind], dtype=pl.String).gather(np.zeros(len(found.outcome), dtype=np.int64)),
                    "country": named(found.claim, [country_of(claim) for claim in engine.claims]),
                    "category": named(found.claim, [category_of(claim) or NONE for claim in engine.claims]),
                    "occupations": _groups(engine, found),
                    "outcome": named(found.outcome, OUTCOMES),
                }
            )
            parts = [frame.with_columns(failing=pl.lit("all"))]
            for requirement, findings in zip(engine.requirements, found.findings, strict=True):
                failing = findings == NUMBER[NOT_MET, None]
                parts.append(frame.filter(pl.Series(failing)).with_columns(failing=pl.lit(requirement.id)))
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


def country_of(claim: dict[str, Any]) -> str:
    """The country on which a claim rests, by its code."""
    tie = claim["tie"]
    return str(tie[0]) if tie and tie[0] else NONE


def _groups(engine: Engine, found: Verdicts) -> pl.Series:
    """The major group of the stated occupation: edition and first digit of its code."""
    codes = found.columns.codes.get("offer.occupation", np.zeros(len(found.outcome), dtype=np.int32))
    values = engine.book.values["offer.occupation"].values if "offer.occupation" in engine.book.values else [None]
    return named(codes, [_group(value) for value in values])


def _group(value: Any) -> str:
    if not value:
        return NONE
    edition, _, code = value[-1].partition(":")
    return f"{edition}:{code[0]}"
