"""Other engines find what pySHACL finds: an independent one on every claim, and pySHACL's own command on an exported file."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from forms import CASES, stated
from pyrudof import RDFFormat, ReaderMode, Rudof, RudofConfig, ShaclFormat, ShaclValidationMode
from rdflib import Graph, URIRef
from rdflib.namespace import SH

from cptpp_graph import CptppGraph, cli, intake, judging
from cptpp_graph.linking import link
from cptpp_graph.terms import NS

SHAPES = Path(__file__).parents[1] / "shapes" / "eligibility.ttl"
BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "batch.py"
CHUNKS = 8
Found = Counter[tuple[str, str, str, str]]
"""Results by focus node, source shape, severity and value, with how often each stands in the report."""


def of_report(report: Graph) -> Found:
    """The results in a report of pySHACL's."""
    parts = (SH.focusNode, SH.sourceShape, SH.resultSeverity, SH.value)
    rows = ([str(report.value(result, part, default="")) for part in parts] for result in report.objects(None, SH.result))
    return Counter((focus, shape, severity.rpartition("#")[2], value) for focus, shape, severity, value in rows)


def of_rudof(claims: Graph, mode: ShaclValidationMode) -> Found:
    """The results that rudof finds; it is given texts, since it would follow a path or an address."""
    engine = Rudof(RudofConfig())
    engine.read_data(claims.serialize(format="nt"), RDFFormat.NTriples, None, ReaderMode.Strict, False)
    engine.read_shacl(SHAPES.read_text(encoding="utf-8"), ShaclFormat.Turtle, None, ReaderMode.Strict)
    return found_by_rudof(engine.validate_shacl(mode))


def found_by_rudof(report: Any) -> Found:
    results = report.violations
    return Counter((r.focus_node, r.source_shape, str(r.severity), lexical(r.value or "")) for r in results)


def lexical(term: str) -> str:
    """A literal's text without its quotes and datatype; an IRI as it is."""
    literal = re.fullmatch(r'"(.*)"(\^\^\S+|@\S+)?', term, re.DOTALL)
    return literal[1] if literal else term


def claims_of(kg: CptppGraph, paths: Iterable[Path]) -> Graph:
    together = Graph(bind_namespaces="none")
    for path in paths:
        together += link(kg.store, intake.cases(stated(path))[0]).graph()
    return together


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_an_independent_engine_finds_the_same(kg: CptppGraph, chunk: int) -> None:
    """Rudof has two ways of validating; both find what pySHACL finds, value by value."""
    claims = claims_of(kg, CASES[chunk::CHUNKS])
    expected = of_report(judging.validate(claims)[1])
    assert of_rudof(claims, ShaclValidationMode.Native) == expected
    assert of_rudof(claims, ShaclValidationMode.Sparql) == expected
    assert {severity for _, _, severity, _ in expected} == {"Violation", "Warning", "Info"}


def test_the_comparison_notices_a_difference(kg: CptppGraph) -> None:
    """Without what the rules say of education, its results are missing, and the engines no longer agree."""
    claims = claims_of(kg, [path for path in CASES if path.stem == "m-short-study"])
    expected = of_report(judging.validate(claims)[1])
    claims.remove((None, URIRef(NS + "educationProvision"), None))
    found = of_rudof(claims, ShaclValidationMode.Native)
    assert found != expected and found <= expected


def test_pyshacls_own_command_reports_the_same(kg: CptppGraph, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On what assess exports as Turtle, with the shapes as they lie in the repository."""
    chosen = [stated(path) for path in CASES if path.stem in ("p02", "p23", "s01", "s07")]
    chosen.append({"id": "s", "kind": "spouse", "relationship": "married", "principal": {"case": "p02"}})
    paths = [tmp_path / f"{case['id']}.json" for case in chosen]
    for path, case in zip(paths, chosen, strict=True):
        path.write_text(json.dumps(case), encoding="utf-8")
    with pytest.raises(SystemExit):
        cli.main(["assess", "--format", "turtle", *map(str, paths)])
    exported = tmp_path / "exported.ttl"
    exported.write_text(capsys.readouterr().out, encoding="utf-8")
    command = [sys.executable, "-m", "pyshacl", "-s", str(SHAPES), "-f", "turtle", str(exported)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    conforms, report, _ = kg.validate(chosen)
    assert of_report(Graph().parse(data=done.stdout, format="turtle")) == of_report(report)
    assert (done.returncode == 0) == conforms
    assert of_report(kg.validate(Graph().parse(exported))[1]) == of_report(report)
    assert sum(of_report(report).values()) > 5


@pytest.mark.slow
def test_the_benchmark_finds_the_engines_in_agreement() -> None:
    command = [sys.executable, str(BENCHMARK), "--cases", "200", "--sample", "10"]
    told = subprocess.run(command, capture_output=True, text=True, timeout=250, check=True).stdout
    assert "times that of the fastest rival" in told
    assert all(re.search(f"  {name}: .* each result the same", told) for name in ("pySHACL", "rudof"))
