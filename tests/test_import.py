"""What the library leaves as it was in the program that imports it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

STATE = '''
import csv, decimal, gc, json, locale, logging, os, signal, socket, sys, threading, warnings

opened = []

def watch(event, arguments):
    """Files opened to be written, connections, processes."""
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        if arguments[0] != os.devnull and not isinstance(arguments[0], int):
            opened.append(str(arguments[0]))
    elif event in ("socket.connect", "socket.bind", "subprocess.Popen", "os.system", "os.putenv", "signal.signal"):
        opened.append(event)

def state():
    """Every switch that is the program's own."""
    found = {
        "csv": csv.field_size_limit(),
        "decimal": repr(decimal.getcontext()),
        "environment": dict(os.environ),
        "excepthook": [repr(sys.excepthook), repr(threading.excepthook)],
        "folder": os.getcwd(),
        "garbage": gc.get_threshold(),
        "digits": sys.get_int_max_str_digits(),
        "locale": locale.setlocale(locale.LC_ALL),
        "path": list(sys.path),
        "recursion": sys.getrecursionlimit(),
        "signals": {int(s): repr(signal.getsignal(s)) for s in signal.valid_signals()},
        "switch": sys.getswitchinterval(),
        "threads": threading.active_count(),
        "timeout": socket.getdefaulttimeout(),
        "warnings": [repr(one) for one in warnings.filters],
    }
    for name in ("", "rdflib", "rdflib.term", "pyshacl", "pyshacl.validator"):
        log = logging.getLogger(name)
        found["log " + name] = [log.level, repr(log.handlers), repr(log.filters), log.propagate, log.disabled]
    found["log"] = [logging.root.manager.disable, repr(logging.getLoggerClass()), repr(logging.lastResort)]
    if "rdflib" in sys.modules:
        import rdflib, rdflib.plugins.sparql, rdflib.term, yaml
        for module in (rdflib, rdflib.plugins.sparql):
            found[module.__name__] = {name: repr(value) for name, value in vars(module).items() if name.isupper()}
        found["plugins"] = sorted(map(str, rdflib.plugin._plugins))
        found["terms"] = {str(key): repr(value) for key, value in rdflib.term._toPythonMapping.items()}
        found["to terms"] = repr(rdflib.term._GenericPythonToXSDRules)
        loaders = (yaml.SafeLoader, yaml.BaseLoader)
        found["yaml"] = {str(loader): sorted(map(str, loader.yaml_constructors)) for loader in loaders}
    return found
'''
OPENED = """
before = state()
sys.addaudithook(watch)
import cptpp_graph
with cptpp_graph.CptppGraph.open() as kg:
    assert kg.ask("occupations", country="AUS", category="technician")
    heavy = sorted({"rdflib", "pyshacl", "owlrl", "jinja2", "yaml", "rapidfuzz", "starlette", "uvicorn"} & set(sys.modules))
after = state()
assert opened == [], opened
assert heavy == [], heavy
"""
USED = """
import rdflib, yaml
sys.setrecursionlimit(1500)
warnings.simplefilter("error", ResourceWarning)
logging.getLogger("rdflib").setLevel(logging.ERROR)
before = state()
sys.addaudithook(watch)
import cptpp_graph
with cptpp_graph.CptppGraph.open() as kg:
    case = json.loads(sys.argv[1])
    kg.assess(case)
    kg.validate(case)
    kg.validate(case, shapes=sys.argv[2])
    kg.query("SELECT ?party WHERE { ?party a cptpp:Party }")
    assert len(kg.graph)
after = state()
assert opened == ["subprocess.Popen"] * 2, opened  # for the query and for the shapes
"""
TOLD = """
print(json.dumps({name: [before.get(name), after[name]] for name in after if before.get(name) != after[name]}))
"""


@pytest.mark.parametrize("use", [OPENED, USED], ids=["opened", "used"])
def test_nothing_changes_in_the_program_that_imports_it(use: str, tmp_path: Path) -> None:
    """In an empty folder that is the home as well; -B: Python itself writes nothing."""
    hostile = Path(__file__).parent / "hostile" / "control"
    given = [(hostile / "engineer.json").read_text(encoding="utf-8"), str(hostile / "shapes.ttl")]
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TMPDIR": str(tmp_path), "LANG": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-B", "-c", STATE + use + TOLD, *given],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {}
    assert list(tmp_path.iterdir()) == []
