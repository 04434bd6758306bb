"""Judges spouses whose case names a principal's, once it is known how every principal's case comes out."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from ..errors import say
from ..linking import CARRIED
from ..verdict import QUALIFIES
from ..words import quoted
from .columns import Columns, Values
from .engine import OUTCOMES, Engine, Verdicts
from .pieces import Piece, Reject, hashed

if TYPE_CHECKING:
    from .populations import Population

TAKEN = {f"principal.{path.rpartition('.')[2]}": path for path in CARRIED}  # a spouse's field to the principal's
CATEGORY = "principal.category"
MEND = say("Put that case in the input, fit to be judged.")
KNOWN = ("outcome", "country", "category")  # of the reading that carries the principal's case
SCHEMA = {"hash": pl.UInt64, **dict.fromkeys((*KNOWN, *TAKEN), pl.String)}


def standings(engine: Engine, found: Verdicts, country: pl.Series, category: pl.Series) -> pl.DataFrame:
    """How principals' cases come out and what they state that bears on a spouse's, by the hash of the id."""
    columns = {"hash": hashed(pl.Series(found.columns.ids, dtype=pl.String)), "country": country, "category": category}
    columns["outcome"] = pl.Series(OUTCOMES, dtype=pl.String).gather(found.outcome)
    for path, theirs in TAKEN.items():
        values, codes = found.columns.coded(theirs)
        columns[path] = pl.Series([_as_word(value) for value in values], dtype=pl.String).gather(codes)
    return pl.DataFrame(columns).select(*SCHEMA)


def _as_word(value: Any) -> str | None:
    return ";".join(value) if isinstance(value, tuple) else value


def wed(population: Population, waiting: Columns, principals: pl.DataFrame) -> tuple[list[Verdicts], list[Reject]]:
    """Verdicts for spouses whose case names a principal's, as assessment.assess_all reaches them, and rejects.

    principals: standings of at least those that are named.
    """
    engine = population.engines["spouse"]
    named = pl.DataFrame({"hash": hashed(waiting.names)})
    known = named.join(principals, on="hash", how="left", maintain_order="left")
    fit = known["outcome"].is_not_null().to_numpy()
    rejects = [
        Reject(
            waiting.places[place],
            say("principal.case names {id}, which is no principal here", id=quoted(waiting.names[place])),
            MEND,
        )
        for place in np.flatnonzero(~fit).tolist()
    ]
    carried = pl.when(pl.col("outcome") == QUALIFIES).then(pl.coalesce("category", CATEGORY)).otherwise(pl.col(CATEGORY))
    known = known.with_columns(carried.alias(CATEGORY))
    for path in TAKEN:
        codes = _codes(waiting.values[path], "mostItems" in engine.plan.fields[path], known[path])
        stated = waiting.codes.get(path, np.zeros_like(codes))
        for place in np.flatnonzero(fit & (stated > 0) & (codes > 0) & (stated != codes)).tolist():
            told = say("{field} is not what case {id} states", field=path, id=quoted(waiting.names[place]))
            rejects.append(Reject(waiting.places[place], told, say("State it in one place.")))
            fit[place] = False
        waiting.codes[path] = np.where(stated > 0, stated, codes).astype(np.int32)
    waiting.principals = known.select(KNOWN)
    kept = waiting.taken(np.flatnonzero(fit))
    return [engine.judge(kept)] if len(kept.ids) else [], rejects


def _codes(values: Values, listed: bool, words: pl.Series) -> Any:
    """The numbers of values of a spouse's field."""
    numbers = {None: 0}
    for word in words.unique().drop_nulls().to_list():
        numbers[word] = values.number(tuple(word.split(";")) if listed and word else () if listed else word)
    return words.replace_strict(numbers, return_dtype=pl.Int32).to_numpy()


def together(population: Population, piece: Piece) -> tuple[list[Verdicts], list[Reject]]:
    """A piece that is all of a population: verdicts, those of spouses who name a principal last, and rejects."""
    judged = population.judge(population.read(piece))
    if judged.waiting is None:
        return judged.verdicts, judged.read.rejects
    verdicts, rejects = wed(population, judged.waiting, judged.principals)
    return [*judged.verdicts, *verdicts], [*judged.read.rejects, *rejects]


# ------------------------------------------------------------------ cases that wait on disk


def as_plain(waiting: Columns) -> dict[str, Any]:
    """Cases as JSON has them."""
    codes = {path: np.unique(codes, return_inverse=True) for path, codes in waiting.codes.items()}
    return {
        "ids": list(waiting.ids),
        "places": list(waiting.places),
        "order": waiting.order.tolist(),
        "names": list(waiting.names),
        "values": {path: [waiting.values[path].values[one] for one in distinct] for path, (distinct, _) in codes.items()},
        "codes": {path: places.tolist() for path, (_, places) in codes.items()},
    }


def from_plain(engine: Engine, plain: dict[str, Any]) -> Columns:
    """What as_plain wrote."""
    columns = engine.book.empty(plain["ids"], plain["places"], plain["order"])
    columns.names = pl.Series(plain["names"], dtype=pl.String)
    for path, values in plain["values"].items():
        numbers = [0 if value is None else engine.book.values[path].number(_value(engine, path, value)) for value in values]
        columns.codes[path] = np.array(numbers, dtype=np.int32)[plain["codes"][path]]
    return columns


def _value(engine: Engine, path: str, value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return Decimal(value) if engine.plan.fields[path]["type"] == "number" else value
