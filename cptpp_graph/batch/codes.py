"""Numbers for values, pairs of numbers and questions, so that columns are joined by looking up arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

Codes = npt.NDArray[np.int32]


def numbered(column: Any) -> tuple[Codes, list[str]]:
    """For each value of an Arrow column of texts its place among the distinct ones, -1 where there is none; and those."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    places = pl.from_arrow(column.indices).cast(pl.Int32)  # Arrow's own way to NumPy loads pandas
    codes = (places.fill_null(-1) if places.null_count() else places).to_numpy()
    if len(column.dictionary) <= len(codes):
        return codes, column.dictionary.to_pylist()
    used, codes = np.unique(codes, return_inverse=True)  # of what was put together for more than these
    nothing = int(len(used) > 0 and used[0] < 0)
    return (codes - nothing).astype(np.int32), column.dictionary.take(used[nothing:]).to_pylist()


class Pairs:
    """Numbers pairs of numbers, in the order in which they are first seen."""

    def __init__(self) -> None:
        self.count = 0
        self._table = np.full((1, 1), -1, dtype=np.int32)

    def of(self, left: Codes, right: Codes) -> Codes:
        """The number of each pair. Both sides are numbers from 0."""
        if not len(left):
            return left
        self._grow(int(left.max()) + 1, int(right.max()) + 1)
        width = self._table.shape[1]
        places = left.astype(np.int64) * width + right
        flat = self._table.reshape(-1)
        found = flat.take(places)
        if (fresh := found < 0).any():
            new = np.unique(places[fresh])
            flat[new] = np.arange(self.count, self.count + len(new), dtype=np.int32)
            self.count += len(new)
            found = flat.take(places)
        return found

    def _grow(self, left: int, right: int) -> None:
        height, width = self._table.shape
        if left > height or right > width:
            table = np.full((_room(left, height), _room(right, width)), -1, dtype=np.int32)
            table[:height, :width] = self._table
            self._table = table


def _room(wanted: int, had: int) -> int:
    return had if wanted <= had else max(wanted, had * 2)


class Kept:
    """An answer to each number, asked for when the number is first seen."""

    def __init__(self, dtype: Any = np.int32, width: int = 0) -> None:
        """width: of how many numbers an answer is, where it is of several."""
        self.answers = np.empty((0, width) if width else 0, dtype=dtype)

    def of(self, codes: Codes, count: int, answer: Callable[[Codes], Any]) -> Any:
        """The answer to each code. count: codes are below it; answer: takes places at which new codes stand, in order."""
        had = len(self.answers)
        if count > had:
            late = np.flatnonzero(codes >= had)
            new, first = np.unique(codes[late], return_index=True)
            assert len(new) == count - had
            self.answers = np.concatenate(
                [self.answers, np.asarray(answer(late[first].astype(np.int32)), dtype=self.answers.dtype)]
            )
        return self.answers.take(codes, axis=0)
