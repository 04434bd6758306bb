"""The artifact: equal to a fresh build, refused when damaged, and carried by an installed wheel."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cptpp_graph import DamagedInstallation, artifact, build, catalogue, files

pytestmark = pytest.mark.xdist_group("build")  # one process builds once for all


@pytest.fixture(scope="module")
def fresh() -> list[str]:
    return build.build()


def test_the_artifact_equals_a_fresh_build(fresh: list[str], tmp_path: Path) -> None:
    assert set(artifact.read("graph.nq").decode().split("\n")) == set(fresh), "run: python -m cptpp_graph.build"
    build.write(fresh, files.root(), tmp_path)
    assert json.loads((tmp_path / "catalogue.json").read_text()) == catalogue.shipped(), "run: python -m cptpp_graph.build"


def test_another_process_builds_the_same(fresh: list[str]) -> None:
    """Neither the order of files nor the seed of hashes shows in the artifact."""
    code = "from cptpp_graph import build; print('\\n'.join(build.build()))"
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120, env={"PYTHONHASHSEED": "7"}
    )
    assert other.stdout.splitlines() == "\n".join(fresh).splitlines()


@pytest.mark.parametrize("damage", ["altered", "truncated", "missing", "other version"])
def test_a_damaged_installation_says_so(damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in files.ARTIFACT.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    graph, manifest = tmp_path / "graph.nq.gz", tmp_path / "manifest.json"
    if damage == "altered":
        graph.write_bytes(gzip.compress(gzip.decompress(graph.read_bytes()).replace(b"conditional", b"permitted", 1)))
    elif damage == "truncated":
        graph.write_bytes(graph.read_bytes()[:-1000])
    elif damage == "missing":
        graph.unlink()
    else:
        manifest.write_text(manifest.read_text().replace('"version": "', '"version": "9.'))
    monkeypatch.setattr(files, "ARTIFACT", tmp_path)
    with pytest.raises(DamagedInstallation):
        artifact.load()


def test_an_altered_page_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The manifest vouches for templates too: no page is made of another version's."""
    names = sorted(path.name for path in (files.PACKAGE / "templates").iterdir() if path.is_file())
    assert {f"templates/{name}" for name in names} <= set(artifact.hashes())
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / names[0]).write_bytes(artifact.read(f"templates/{names[0]}") + b" ")
    monkeypatch.setattr(files, "PACKAGE", tmp_path)
    with pytest.raises(DamagedInstallation, match=names[0]):
        artifact.read(f"templates/{names[0]}")


def test_a_broken_data_file_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "ontology").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "broken.ttl").write_text("<a:a> <a:b> <a:c> .\n<a:a> oops\n")
    with pytest.raises(ValueError, match=r"broken\.ttl:2"):
        build.build(tmp_path)


def test_a_contradiction_with_the_ontology_stops_the_build(tmp_path: Path) -> None:
    for name in ("ontology", "data", "queries"):
        shutil.copytree(files.root() / name, tmp_path / name)
    (tmp_path / "data" / "contradiction.ttl").write_text(
        "@prefix cptpp: <https://w3id.org/cptpp-graph/ns#> .\n"
        "<https://example.org/list> a cptpp:PositiveSchedule , cptpp:NegativeSchedule .\n"
    )
    with pytest.raises(ValueError, match="contradicts its ontology"):
        build.build(tmp_path)
