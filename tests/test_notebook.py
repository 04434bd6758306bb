"""The notebook runs from its first cell to its last, in both languages, and shows what it holds; the magic %%sparql.

To execute both and keep what they show: python -m tests.test_notebook
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from cptpp_graph import CptppError, CptppGraph, load_ipython_extension
from cptpp_graph.results import MOST_SHOWN

DOCS = Path(__file__).parents[1] / "docs"
NOTEBOOKS = [DOCS / lang / "how-to" / "notebook.ipynb" for lang in ("en", "fr")]


def executed(path: Path, folder: Path) -> Any:
    book = nbformat.read(path, as_version=4)
    NotebookClient(book, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute()
    for cell in book.cells:
        cell.get("metadata", {}).pop("execution", None)
    return book


def shown(book: Any) -> list[str]:
    """The texts that the cells show, without pictures."""
    texts = []
    for cell in book.cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            texts.append(
                "picture" if "image/png" in data else data.get("text/html") or data.get("text/plain") or output.get("text", "")
            )
    return texts


@pytest.mark.slow
@pytest.mark.xdist_group("notebook")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=["en", "fr"])
def test_the_notebook_shows_what_it_holds(path: Path, tmp_path: Path) -> None:
    kept = nbformat.read(path, as_version=4)
    assert shown(executed(path, tmp_path)) == shown(kept)
    assert "picture" in shown(kept) and len(shown(kept)) >= 8


def test_both_languages_have_the_same_cells() -> None:
    english, french = (nbformat.read(path, as_version=4).cells for path in NOTEBOOKS)
    assert [cell.cell_type for cell in english] == [cell.cell_type for cell in french]


class Shell:
    """As much of an IPython shell as the magic needs."""

    def __init__(self) -> None:
        self.user_ns: dict[str, Any] = {}
        self.magics: dict[str, Any] = {}

    def register_magic_function(self, function: Any, kind: str, name: str) -> None:
        self.magics[name] = function

    def push(self, names: dict[str, Any]) -> None:
        self.user_ns.update(names)


def test_the_magic_answers_and_names_the_answer(kg: CptppGraph) -> None:
    shell = Shell()
    load_ipython_extension(shell)
    shell.user_ns["kg"] = kg
    assert shell.magics["sparql"]("", "ASK { ?p a cptpp:Party }") is True
    table = shell.magics["sparql"](" parties ", "SELECT ?p { ?p a cptpp:Party }")
    assert shell.user_ns["parties"] is table and len(table) > 10
    with pytest.raises(CptppError, match="cannot name"):
        shell.magics["sparql"]("a b", "ASK {}")


def test_a_table_shows_itself_escaped_and_cut(kg: CptppGraph) -> None:
    table = kg.query('SELECT ?x { VALUES ?x { "<script>alert(1)</script>" 0.90 true } }')
    html = table._repr_html_()
    assert "<script" not in html and "&lt;script&gt;" in html and "<td>true</td>" in html
    titles = kg.ask("titles", lang="en")
    assert titles._repr_html_().count("<tr>") == MOST_SHOWN + 1


def test_a_table_becomes_a_frame(kg: CptppGraph) -> None:
    table = kg.ask("spouses")
    assert table.to_polars().rows() == [tuple(row.values()) for row in table.records()]
    pandas = pytest.importorskip("pandas")
    frame = table.to_pandas()
    assert isinstance(frame, pandas.DataFrame) and list(frame.columns) == list(table.columns) and len(frame) == len(table)
    assert table.select("party").to_polars().columns == ["party"]
    empty = kg.query("SELECT ?x { FILTER (false) }")
    assert (empty.to_polars().columns, empty.to_polars().height) == (["x"], 0)


def test_a_frame_needs_its_library(kg: CptppGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    with pytest.raises(CptppError, match="pandas is not installed"):
        kg.ask("spouses").to_pandas()


if __name__ == "__main__":
    import tempfile

    for notebook in NOTEBOOKS:
        with tempfile.TemporaryDirectory() as name:
            nbformat.write(executed(notebook, Path(name)), notebook)
