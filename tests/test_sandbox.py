"""Free SPARQL: what is refused, what is stopped, and that the next query still works. The process that answers it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyoxigraph as ox
import pytest

from cptpp_graph import CptppError, CptppGraph, LimitReached, queries
from cptpp_graph.results import Table
from cptpp_graph.terms import GRAPH

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="limits and signals of POSIX")

REFUSED = {
    "service": "SELECT * WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "service, silent": "SELECT * WHERE { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "service, glued to a literal": "SELECT * WHERE { FILTER('x'SERVICE<http://x/> { }) }",
    "service, glued to true": "SELECT * WHERE { FILTER(trueSERVICE <http://x/> { }) }",
    "service, glued to a prefixed name": "SELECT * WHERE { SERVICEgraph:ircc { ?s ?p ?o } }",
    "service, silent, glued": "SELECT * WHERE { SERVICE SILENTgraph:ircc { ?s ?p ?o } }",
    "service, escaped": "SELECT * WHERE { \\u0053ERVICE <http://x/> { ?s ?p ?o } }",
    "service, after a comment ended by CR": "SELECT * WHERE { # x\rSERVICE <http://x/> { ?s ?p ?o } }",
    "load": "LOAD <http://127.0.0.1:9/>",
    "insert": "INSERT DATA { <a:a> <a:b> 1 }",
    "delete": "DELETE WHERE { ?s ?p ?o }",
    "from a file": "SELECT * FROM <file:///etc/hostname> WHERE { ?s ?p ?o }",
    "from named, unknown": "SELECT * FROM NAMED <http://127.0.0.1:9/g> WHERE { GRAPH ?g { ?s ?p ?o } }",
    "from, glued": "SELECT *FROM<http://127.0.0.1:9/>{ ?s ?p ?o }",
    "from, glued to a prefixed name": "SELECT *FROMgraph:parties{ ?s ?p ?o }",
    "from named, glued": "SELECT * FROM NAMED<http://127.0.0.1:9/>{ GRAPH ?g { ?s ?p ?o } }",
    "from, behind a comment": "SELECT * FROM # <https://w3id.org/cptpp-graph/graph/ircc>\n<http://127.0.0.1:9/> { ?s ?p ?o }",
    "from, relative": "BASE <file:///etc/> SELECT * FROM <passwd> { ?s ?p ?o }",
    "an unknown function": "SELECT (<http://127.0.0.1:9/>(1) AS ?x) {}",
    "not SPARQL": "SELEKT ?x",
    "deep": "SELECT * WHERE " + "{" * 100 + "}" * 100,
    "control characters": "SELECT * WHERE { ?s ?p \x00 }",
}


@pytest.mark.parametrize("sparql", REFUSED.values(), ids=REFUSED.keys())
def test_refused(kg: CptppGraph, sparql: str) -> None:
    with pytest.raises(CptppError) as caught:
        kg.query(sparql)
    assert caught.value.wrong and caught.value.mend


def test_words_inside_strings_names_and_comments_are_free(kg: CptppGraph) -> None:
    sparql = """SELECT ?s WHERE { # SERVICE and LOAD
        ?s rdfs:label ?service . FILTER (?service = "LOAD SERVICE INSERT")
        OPTIONAL { ?s cptpp:highlySpecializedOrCoreService ?load } }"""
    assert len(kg.query(sparql)) == 0


@pytest.mark.parametrize("clause", [" FROM ", "FROM", "from #\n", " FROM NAMED <https://w3id.org/cptpp-graph/graph/ircc> FROM"])
def test_a_query_asks_of_the_graphs_that_it_names_and_of_no_others(kg: CptppGraph, clause: str) -> None:
    parties = len(kg.query("SELECT * WHERE { GRAPH graph:parties { ?s ?p ?o } }"))
    named = kg.query(f"SELECT *{clause}<{GRAPH}parties> WHERE {{ ?s ?p ?o }}")
    assert 0 < parties == len(named) < len(kg.query("SELECT * WHERE { ?s ?p ?o }"))


def test_the_graphs_of_a_query_can_be_given_beside_it(kg: CptppGraph) -> None:
    def size(query: str, **graphs: list[str]) -> int:
        return len(Table.of(queries.parse(*kg.run(query, **graphs))))

    everything, named = "SELECT * WHERE { ?s ?p ?o }", "SELECT * WHERE { GRAPH ?g { ?s ?p ?o } }"
    parties, ircc = [GRAPH + "parties"], [GRAPH + "ircc"]
    assert size(everything, default=parties) == len(kg.query(f"SELECT * FROM <{parties[0]}> WHERE {{ ?s ?p ?o }}"))
    assert size(everything, named=ircc) == size(named, default=parties) == 0 < size(named, named=ircc)
    with pytest.raises(CptppError, match="no graph here"):
        kg.run(everything, default=["http://127.0.0.1:9/"])


@pytest.mark.parametrize("sparql", ["# PREFIX rdfs:\nASK { ?s rdfs:label ?o }", "PREFIX id: <x:> ASK { ?s id:a|cptpp:b ?o }"])
def test_the_usual_prefixes_are_known_wherever_they_are_spoken_of(kg: CptppGraph, sparql: str) -> None:
    assert kg.query(sparql) in (True, False)


def test_words_that_contain_a_keyword_are_free(kg: CptppGraph) -> None:
    assert kg.query("SELECT ?from ?xfrom ?service { ?from cptpp:receivedFrom ?xfrom . FILTER(?xfrom != 'FROM <x>') }")


RUNAWAY = {
    "cross product": "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (?a != ?d) }",
    "paths": "SELECT * WHERE { ?s (skos:broader|^skos:broader)* ?o . ?o (skos:broader|^skos:broader)* ?p }",
}


@pytest.mark.parametrize("sparql", RUNAWAY.values(), ids=RUNAWAY.keys())
def test_runaway_queries_are_stopped_and_the_next_one_works(kg: CptppGraph, sparql: str) -> None:
    with pytest.raises(LimitReached):
        kg.query(sparql, timeout=1)
    assert kg.query("ASK { ?s a cptpp:Party }") is True


ODD = {
    "a statement": ("<<( <x:a> <x:b> 1 )>>", "<<( <x:a> <x:b>"),
    "an exponent": ('"1E+999999999"^^xsd:decimal', "1E+999999999"),
    "digits": (f'"{"9" * 5000}"^^xsd:integer', "99999"),
    "a direction": ('"a"@en--ltr', "a"),
    "controls": ('"\\u001B\\u009B\\u202E\\u007F"', ""),
    "true": ('"1"^^xsd:boolean', "true"),
    "no truth": ('"maybe"^^xsd:boolean', "maybe"),
    "nothing": ("?nothing", ""),
}


@pytest.mark.parametrize(("term", "shown"), ODD.values(), ids=ODD.keys())
def test_odd_values_are_written_in_every_form(kg: CptppGraph, term: str, shown: str) -> None:
    kind, body = kg.run(f"SELECT ({term} AS ?x) {{}}")
    table = Table.of(queries.parse(kind, body))
    written = {form: table.write(form) for form in ("table", "csv", "tsv", "json")}
    assert shown in written["table"] and shown in written["csv"]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", "".join(written.values()))
    again = Table.of(ox.parse_query_results(written["json"], format=ox.QueryResultsFormat.JSON))
    assert again.terms == table.terms
    if term != "?nothing" and "<<" not in term:
        assert len(kg.query(f"CONSTRUCT {{ <x:s> <x:p> {term} }} {{}}")) == 1


def test_rdflib_is_not_given_what_it_cannot_hold(kg: CptppGraph) -> None:
    with pytest.raises(CptppError, match="statements as values"):
        kg.query("CONSTRUCT { <x:s> <x:p> <<( <x:a> <x:b> 1 )>> } {}")


def test_construct_gives_a_graph(kg: CptppGraph) -> None:
    graph = kg.query("CONSTRUCT { ?s a cptpp:Party } WHERE { ?s a cptpp:Party }")
    assert len(graph) == len(kg.query("SELECT DISTINCT ?s WHERE { ?s a cptpp:Party }"))


# ------------------------------------------------------------------ the process


def test_an_answer_may_not_be_endless(kg: CptppGraph) -> None:
    with pytest.raises(LimitReached, match="larger than"):
        kg.query(f"SELECT (CONCAT(STR(?s), '{'x' * 1000}') AS ?x) {{ ?s ?p ?o }}", timeout=60)
    assert kg.query("ASK {}") is True


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), 1e9])
def test_a_limit_of_time_is_a_number_of_seconds(kg: CptppGraph, seconds: float) -> None:
    with pytest.raises(CptppError, match="limit of time"):
        kg.query("ASK {}", timeout=seconds)


@POSIX
def test_a_worker_that_was_killed_is_replaced() -> None:
    with CptppGraph.open() as kg:
        assert kg.query("ASK {}") is True
        for _ in range(3):
            worker = kg._queries._all[0]._worker
            assert worker
            worker.kill()
            worker.wait()
            assert kg.query("ASK {}") is True


@POSIX
def test_an_interrupted_query_leaves_no_answer_to_the_next_one() -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with CptppGraph.open() as kg:
        assert kg.query("ASK {}") is True
        before = signal.signal(signal.SIGALRM, interrupt)
        try:
            for _ in range(3):
                signal.setitimer(signal.ITIMER_REAL, 0.05)
                with pytest.raises(KeyboardInterrupt):
                    kg.query(RUNAWAY["cross product"])
                assert [row.n for row in kg.query("SELECT (1 AS ?n) {}")] == [1]
        finally:
            signal.signal(signal.SIGALRM, before)


@POSIX
def test_after_a_fork_each_process_has_a_worker_of_its_own() -> None:
    script = """if True:
        import os, sys, cptpp_graph
        with cptpp_graph.CptppGraph.open() as kg:
            kg.query("ASK {}")
            child = os.fork()
            mine = 1 if child else 2
            for _ in range(20):
                assert [row.n for row in kg.query(f"SELECT ({mine} AS ?n) {{}}")] == [mine]
        if child:
            assert os.waitpid(child, 0)[1] == 0
        """
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")


@POSIX
def test_a_worker_does_not_long_outlive_a_parent_that_was_killed() -> None:
    script = f"""if True:
        import cptpp_graph
        kg = cptpp_graph.CptppGraph.open()
        kg.query("ASK {{}}")
        print(kg._queries._all[0]._worker.pid, flush=True)
        kg.query({RUNAWAY["cross product"]!r}, timeout=1)
        """
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        worker = int(parent.stdout.readline())
        time.sleep(0.3)
        parent.kill()
    for _ in range(600):
        if not _runs(worker):
            return
        time.sleep(0.1)
    os.kill(worker, signal.SIGKILL)
    raise AssertionError("it still runs")


def _runs(process: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return False


def test_files_where_it_is_called_are_not_taken_for_modules(tmp_path: Path) -> None:
    for name in ("json", "struct", "pyoxigraph", "rdflib", "cptpp_graph", "sitecustomize", "signal"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('taken')\n", encoding="utf-8")
    (tmp_path / "q.rq").write_text("ASK {}", encoding="utf-8")
    command = Path(sys.executable).parent / "cptpp-graph"
    done = subprocess.run([command, "query", "--file", "q.rq"], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "true\n", "")


@POSIX
@pytest.mark.parametrize(
    "attempt",
    ["open('/etc/hostname')", "open('x', 'w')", "__import__('socket').socket()", "os.pipe()", "bytearray(1 << 31)"],
)
def test_a_confined_process_can_open_nothing_and_has_little_memory(attempt: str, tmp_path: Path) -> None:
    script = f"import os, socket; from cptpp_graph.sandbox import _confine; _confine(); {attempt}"
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(("OSError: [Errno 24]", "MemoryError"))
    assert list(tmp_path.iterdir()) == []


def test_a_slow_query_keeps_nobody_waiting_while_a_process_is_free() -> None:
    endless = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    with ThreadPoolExecutor(1) as threads:
        for workers in (1, 2):
            with CptppGraph.open(workers) as kg:
                slow = threads.submit(kg.query, endless, timeout=30)
                while not kg._queries._free.qsize() < workers:
                    time.sleep(0.01)
                if workers > 1:
                    assert kg.query("ASK { ?s ?p ?o }", timeout=20) is True and not slow.done()
                else:
                    with pytest.raises(LimitReached, match="too many ask at once"):
                        kg.query("ASK { ?s ?p ?o }", timeout=0.5)
            with pytest.raises(LimitReached):  # its process was ended with the graph
                slow.result()
