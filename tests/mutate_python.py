"""Makes every single small change to the code that reads, links and explains a case, and counts the changes that tests notice.

Run: python -m tests.mutate_python [--sample N] [WORD…]; words choose changes by name. The tests are collected and run once as
things are. Then each change is put into the running functions of a forked process, which runs the tests that reach the changed
statement and ends at the first that fails; a test that computes for SECONDS hangs, which counts as noticed. What the engines
answer is remembered, so that they are asked only for what a change touches. Exit code 1 where less than GOAL of a module is
noticed.
"""

from __future__ import annotations

import argparse
import ast
import gc
import os
import random
import signal
import sys
import time
import warnings
from collections import Counter, defaultdict
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from cptpp_graph import CptppGraph, artifact, explanation, intake, judging, linking

from .changes import Mutant, Telling, mutants, parsed, put_in_place

MODULES = (linking, explanation, intake)
TESTS = "intake reader_edges cases m_couples m_unsaid assess claims explanations routes wages".split()
SECONDS, PROCESSES, GOAL = 30, 2, 0.9

# What survives because nothing can tell it from the original, with the reason.
EQUIVALENT: dict[str, str] = {
    "linking: 'id/no-country' -> 'XXid/no-countryXX'": "any name that no country has will do",
    "linking.ask: '?' -> 'XX?XX'": "no variable has a name that begins or ends with X",
    "linking._ties: False -> True #3": "who rests on no country known is not laid as supposed either",
    "linking._named: '' -> 'XX'": "letters are never quoted",
    "linking.lay_claim: '' -> 'XX'": "letters are never quoted",
    "explanation.Explanation.open_point: '' -> 'XX'": "what is open has its reason",
}


class Remembering:
    """A store that answers the same query on a case once."""

    def __init__(self, store: Any) -> None:
        self.store, self.known = store, {}  # type: ignore[var-annotated]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def query(self, text: str, **options: Any) -> Any:
        if "/case/" in text and text not in self.known:
            self.known[text] = list(self.store.query(text, **options))
        return self.known[text] if "/case/" in text else self.store.query(text, **options)


def remember() -> None:
    """From here on the graph is loaded once, and the engines are asked once for what they find in a case."""
    known: dict[Any, Any] = {}
    store, validate = Remembering(artifact.load()), judging.validate

    def validated(data: Any, shapes: Any = None) -> Any:
        key = (frozenset(data), shapes)
        known[key] = known.get(key) or validate(data, shapes)
        return known[key]

    artifact.load, judging.validate = lambda: store, validated  # type: ignore[assignment]


# ------------------------------------------------------------------ what notices it


class Runner:
    """A plugin of pytest: runs the tests that were collected once, then for each change those that reach it."""

    def __init__(self, words: list[str], sample: int | None) -> None:
        every = [mutant for module in MODULES for mutant, _ in mutants(module)]
        chosen = [mutant for mutant in every if not words or any(word in mutant.name for word in words)]
        self.chosen = set(random.Random(0).sample(chosen, min(sample or len(chosen), len(chosen))))
        self.noticed: dict[Mutant, bool] = {}
        self.failing: list[str] = []
        self.opened: list[CptppGraph] = []
        self.seconds: dict[pytest.Item, float] = {}
        self.reached: dict[tuple[str, int], set[pytest.Item]] = defaultdict(set)
        self.killers: dict[str, Counter[pytest.Item]] = defaultdict(Counter)
        self.running: dict[int, tuple[Mutant, list[pytest.Item]]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Without the cases m-…, which are many and alike: they are there for what tests.mutate deletes."""
        items[:] = [item for item in items if "test_cases.py" not in item.nodeid or "[m-" not in item.nodeid]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        remember()
        for module in MODULES:
            put_in_place(module, Telling().visit(parsed(module)))
        for item, after in zip(session.items, [*session.items[1:], session.items[0]], strict=True):
            self.observe(item, after)
        for module in MODULES:
            put_in_place(module, parsed(module))
        self.opened = [thing for thing in gc.get_objects() if type(thing) is CptppGraph]
        gc.freeze()
        for module in MODULES:
            for mutant, tree in mutants(module):
                if mutant in self.chosen:
                    self.start(mutant, module, tree)
        while self.running:
            self.reap()
        return True

    def observe(self, item: pytest.Item, after: pytest.Item) -> None:
        """Whether a test passes as things are, how long it takes, and which statements it reaches."""
        for module in MODULES:
            name = module.__name__
            vars(module)["_reached"] = lambda line, name=name: self.reached[name, line].add(item)
        self.forget()
        start = time.perf_counter()
        if passes(item, after):
            self.seconds[item] = time.perf_counter() - start
        else:
            self.failing.append(item.nodeid)

    def forget(self) -> None:
        """Empties what the modules, and the lexicons that use them, keep from call to call."""
        for thing in [thing for module in MODULES for thing in vars(module).values() if hasattr(thing, "cache_clear")]:
            thing.cache_clear()
        for kg in self.opened:
            vars(kg).pop("lexicon", None)

    def start(self, mutant: Mutant, module: ModuleType, tree: ast.Module) -> None:
        if len(self.running) == PROCESSES:
            self.reap()
        items = self.reached[mutant.module, mutant.reach] & set(self.seconds) if mutant.reach else self.seconds
        before = self.killers[mutant.function]
        order = sorted(items, key=lambda item: (-before[item], self.seconds[item]))
        if pid := os.fork():
            self.running[pid] = mutant, order
            return
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        for stream in (1, 2):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
        try:
            put_in_place(module, tree)
            self.forget()
            for number, item in enumerate(order):
                signal.setitimer(signal.ITIMER_PROF, SECONDS)  # of computing, so that a busy machine kills nothing
                if not passes(item, next(other for other in (*order[number + 1 :], *self.seconds) if other is not item)):
                    os._exit(min(number + 1, 255))
            os._exit(0)
        finally:  # it cannot be imported
            os._exit(255)

    def reap(self) -> None:
        pid, status = os.wait()
        mutant, order = self.running.pop(pid)
        if 0 < (number := os.waitstatus_to_exitcode(status)) < 255:
            self.killers[mutant.function][order[number - 1]] += 1
        self.noticed[mutant] = status != 0
        if not status:
            reason = f" ({EQUIVALENT[mutant.name]})" if mutant.name in EQUIVALENT else ""
            print(f"survives: {mutant.module.replace('.', '/')}.py:{mutant.line}: {mutant.name}{reason}", flush=True)
        if sys.stderr.isatty():
            print(f"{len(self.noticed)} of {len(self.chosen)}", end="\r", file=sys.stderr, flush=True)


def passes(item: pytest.Item, after: pytest.Item) -> bool:
    return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=after))


def run(words: list[str], sample: int | None = None) -> Runner:
    """Every change whose name holds one of the words, or so many of these."""
    runner = Runner(words, sample)
    files = [str(path) for name in TESTS if (path := Path(__file__).parent / f"test_{name}.py").exists()]
    options = ["-o", "addopts=", "-s", *"-p no:cacheprovider -p no:terminal -p no:timeout".split()]
    warnings.simplefilter("ignore")
    pytest.main([*options, "-m", "not slow and not speed", *files], plugins=[runner])
    return runner


def scores(noticed: dict[Mutant, bool]) -> dict[str, tuple[int, int]]:
    """Module to how many of its changes are noticed, of how many that can be."""
    counted = {mutant: by for mutant, by in noticed.items() if by or mutant.name not in EQUIVALENT}
    total = Counter(mutant.module for mutant in counted)
    return {name: (sum(by for mutant, by in counted.items() if mutant.module == name), total[name]) for name in total}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutate_python")
    parser.add_argument("--sample", type=int, metavar="N")
    parser.add_argument("words", nargs="*", metavar="WORD")
    asked = parser.parse_args()
    runner = run(asked.words, asked.sample)
    for name in runner.failing:
        print(f"fails as things are, and is left out: {name}")
    survivors = {mutant.name for mutant, noticed in runner.noticed.items() if not noticed}
    for name in sorted(set(EQUIVALENT) - survivors) if not asked.words and not asked.sample else ():
        print(f"named as equivalent, but noticed or gone: {name}")
    results = scores(runner.noticed)
    for name, (noticed, total) in results.items():
        print(f"{name:28} killed {noticed} of {total}  {noticed / total:.1%}")
    return 0 if all(noticed >= GOAL * total for noticed, total in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
