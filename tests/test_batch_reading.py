"""Tables for batch: the quick way through a block of CSV finds what the csv module finds, and columns are numbered alike."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cptpp_graph import CptppGraph, words
from cptpp_graph.batch import generate, reading, running
from cptpp_graph.batch.codes import numbered
from cptpp_graph.batch.engine import Engine
from cptpp_graph.batch.populations import Population

CELLS = st.text(st.sampled_from('ab ,"\r\n\t\0;~é\u202e\ufeff'), max_size=5)
HEADER = ["id", "kind", "category"]


def written(rows: list[list[str]], quoting: int) -> bytes:
    out = io.StringIO()
    csv.writer(out, quoting=quoting, lineterminator="\n").writerows(rows)  # type: ignore[arg-type]
    return out.getvalue().encode()


@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
)
def test_the_quick_way_is_the_slow_way(rows: list[list[str]], quoting: int) -> None:
    same(written(rows, quoting))


@given(st.lists(CELLS, min_size=1, max_size=20).map(",".join))
def test_what_is_no_csv_is_read_alike(text: str) -> None:
    same(f"{text}\n".encode())


def same(text: bytes) -> None:
    quick = reading._quickly(text, HEADER)
    if quick is not None:
        slow = reading._slowly(text, HEADER, 2, "x.csv")
        assert not slow.rejects and slow.words is not None
        assert slow.words.to_pylist() == quick.to_pylist()
        assert slow.lines == list(range(2, 2 + quick.num_rows))


def test_a_mark_of_order_is_kept() -> None:
    same("\ufeffa,principal,x\n".encode())


def test_plain_blocks_go_the_quick_way() -> None:
    assert reading._quickly(b'a,"b, c",\nd,e,"f ""g"""\r\n', HEADER) is not None


@pytest.mark.parametrize(
    "column",
    [
        pa.array(["b", None, "a", "b"]),
        pa.array(["b", None, "a", "b"], pa.large_string()),
        pa.chunked_array([pa.array(["b", None]).dictionary_encode(), pa.array(["a", "b"]).dictionary_encode()]),
        pa.array(["x", "b", None, "a", "b", "y", "z", "v", "w"]).dictionary_encode()[1:5],
        pl.Series(["b", None, "a", "b"], dtype=pl.Enum(["a", "b"])).to_arrow(),
        pl.Series(["b", None, "a", "b"], dtype=pl.Categorical).to_arrow(),
    ],
)
def test_numbered(column: pa.Array) -> None:
    codes, words = numbered(column)
    assert [words[code] if code >= 0 else None for code in codes] == ["b", None, "a", "b"]


def test_categories_are_texts(kg: CptppGraph) -> None:
    plain = pl.DataFrame({"id": ["a", "b"], "kind": ["principal", "spouse"], "relationship": [None, "married"]})
    expected = kg.batch(plain, full=True)
    assert kg.batch(plain.with_columns(pl.all().cast(pl.Categorical)), full=True).equals(expected)
    assert kg.batch(plain.with_columns(pl.col("kind").cast(pl.Enum(["spouse", "principal"]))), full=True).equals(expected)


def test_a_block_without_a_case_between_others(kg: CptppGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stages go on together, so that what is written of the one must not touch what judges the next."""
    monkeypatch.setattr(reading, "BLOCK", 60_000)
    generate.generate(1_500, 5, tmp_path / "good.csv")
    header, *rows = (tmp_path / "good.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    junk = "".join(f"j{number},nobody{',' * (header.count(',') - 1)}\n" for number in range(3_000))
    blocks = ["".join(rows[first : first + 300]) + junk for first in range(0, 1_500, 300)]
    (tmp_path / "mixed.csv").write_text(header + "".join(blocks), encoding="utf-8")
    population = Population(kg.lexicon, words.term("rulebook", "ircc"))
    done = running.run(population, [tmp_path / "mixed.csv"], tmp_path / "out.csv", {}, full=True)
    assert (done.judged, done.rejected) == (1_500, 15_000)
    population.seen.sorted = []
    running.run(population, [tmp_path / "good.csv"], tmp_path / "alone.csv", {}, full=True)
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "alone.csv").read_bytes()
    monkeypatch.delattr(Engine, "judge")  # which another thread may be at
    assert population.numbered([], full=True).height == 0
