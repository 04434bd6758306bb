"""Several threads that use one graph at once, from the first moment of a process on, get what one alone gets."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SCRIPT = """
import json, sys, threading
import cptpp_graph

sys.setswitchinterval(1e-5)
cases = [json.load(open(path))["case"] for path in sys.argv[2:]]
kg = cptpp_graph.CptppGraph.open()
together, found = threading.Barrier(len(cases)), {}

def answers(case):
    return [
        kg.assess(case).as_dict(),
        kg.ask("occupations", country="AUS", category="technician").write("csv"),
        kg.query("SELECT ?party WHERE { ?party a cptpp:Party } ORDER BY ?party").write("csv"),
        sorted(kg.query("CONSTRUCT { ?party a cptpp:Party } WHERE { ?party a cptpp:Party }")),
        [kg.validate(case)[n] for n in (0, 2)],
        [kg.validate(case, shapes=sys.argv[1], timeout=60)[n] for n in (0, 2)],
    ]

def ask(number):
    together.wait()
    found[number] = answers(cases[number])

threads = [threading.Thread(target=ask, args=(number,)) for number in range(len(cases))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
sys.setswitchinterval(0.005)
for number, case in enumerate(cases):
    assert found[number] == answers(case), number
kg.close()
"""


FIRST = """
import json, sys, threading
from cptpp_graph import CptppGraph, intake, judging, linking

sys.setswitchinterval(1e-6)
with CptppGraph.open() as kg:
    cases = [intake.cases(json.load(open(path))["case"])[0] for path in sys.argv[1:]]
    graphs = [linking.link(kg.store, case).graph() for case in cases]
judging._prepared()
together, found = threading.Barrier(len(graphs)), {}

def ask(number):
    together.wait()
    found[number] = judging.validate(graphs[number])[2]

threads = [threading.Thread(target=ask, args=(number,)) for number in range(len(graphs))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for number, graph in enumerate(graphs):
    assert found[number] == judging.validate(graph)[2], number
"""
CASES = sorted((HERE / "cases").glob("*.json"))[::29][:8]


def run(script: str, *arguments: Path) -> None:
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, timeout=280)
    assert (done.returncode, done.stderr) == (0, "")


def test_shapes_that_have_not_been_used_yet_are_used_by_eight_threads() -> None:
    """pySHACL's shapes fill themselves in when they are first used: whoever came second would be judged by half of them."""
    run(FIRST, *CASES)


@pytest.mark.slow
def test_eight_threads_at_once_in_a_fresh_process() -> None:
    run(SCRIPT, HERE.parent / "shapes" / "eligibility.ttl", *CASES)
