"""Under Spark a folder of files comes out as by the command. Skipped without Java and the extra: pip install -e ".[spark]"."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from forms import CASES, columns, stated
from test_m_couples import couple

from cptpp_graph import CptppError, cli, intake

pyspark = pytest.importorskip("pyspark")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java")]


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        found = builder.config("spark.sql.shuffle.partitions", "2").getOrCreate()
        yield found
        found.stop()


def test_a_folder_comes_out_as_by_the_command(session: Any, tmp_path: Path) -> None:
    """Parquet, N-Quads and NDJSON; a couple; a record that is no case; then a case in two files."""
    from cptpp_graph.batch import spark

    cases = [stated(one) | {"id": one.stem} for one in CASES[::8]]
    people = tmp_path / "people"
    people.mkdir()
    pl.DataFrame([columns(one) for one in cases[::2]], infer_schema_length=None).write_parquet(people / "a.parquet")
    quads = b"".join(intake.as_ntriples(intake.cases(case)[0]) for case in cases[1::2])
    (people / "b.nq").write_bytes(quads)
    lines = [json.dumps(one) for one in [*couple("fails, approved")[::-1], {"id": "w", "kind": "emperor"}]]
    (people / "c.ndjson").write_text("\n".join(lines), encoding="utf-8")
    out = tmp_path / "by-command.parquet"
    with pytest.raises(SystemExit) as ended:
        cli.main(["batch", *map(str, sorted(people.iterdir())), "-o", str(out), "--full"])
    assert not ended.value.code
    counted = spark.judge(session, str(people), str(tmp_path / "out"), full=True)
    by_command = pl.read_parquet(out).sort("case")
    assert pl.read_parquet(tmp_path / "out" / "verdicts" / "*.parquet").sort("case").equals(by_command)
    assert counted == {"verdicts": len(cases) + 2, "rejects": 1}
    (rejects,) = (part for path in (tmp_path / "out" / "rejects").glob("*.csv") if (part := pl.read_csv(path)).height)
    assert "people/c.ndjson:3" in rejects["place"][0] and "emperor" in rejects["wrong"][0]
    shutil.copy(people / "b.nq", people / "d.nq")
    with pytest.raises(CptppError, match="stands in two files"):
        spark.judge(session, str(people), str(tmp_path / "again"))
