"""The figures that say how well the tests test: what is refused, what is noticed, what agrees. It takes about an hour.

Run: python -m tests.figures [--without NAME]…; the names are those of FIGURES. Exit code 1 where one is not as it must be.
"""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from . import mutate, mutate_python

Line = tuple[str, int, int, float]  # what is counted, how many, of how many, the share that is asked


class Rows:
    """A plugin of pytest that counts the hostile files and those of which what must come has come."""

    passed = total = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if "::test_it_is_harmless[" in report.nodeid:
            self.total += report.when == "setup"
            self.passed += report.when == "call" and report.passed


def hostile() -> Iterator[Line]:
    rows = Rows()
    with contextlib.redirect_stdout(sys.stderr):
        pytest.main(["-n", "2", "-p", "no:cacheprovider", str(Path(__file__).parent / "test_hostile.py")], plugins=[rows])
    yield "hostile files harmless", rows.passed, rows.total, 1


def deletions() -> Iterator[Line]:
    found = mutate.run([])
    for name, of_shapes in (("deleted constraints noticed", True), ("deleted data noticed", False)):
        noticed = [bool(by) for mutant, by in found.items() if bool(mutant.at) == of_shapes]
        yield name, sum(noticed), len(noticed), 1


def agreement() -> Iterator[Line]:
    """As tests.oracle prints it first: 2,000 of 2,000 agree."""
    done = subprocess.run([sys.executable, "-m", "tests.oracle"], stdout=subprocess.PIPE, text=True)
    agree, _, total, *_ = done.stdout.replace(",", "").split()
    yield "cases decided alike", int(agree), int(total), 1


def python() -> Iterator[Line]:
    for module, (noticed, total) in mutate_python.scores(mutate_python.run([]).noticed).items():
        yield f"changes of {module} noticed", noticed, total, mutate_python.GOAL


FIGURES: dict[str, Callable[[], Iterator[Line]]] = {
    "hostile": hostile,
    "agreement": agreement,
    "deletions": deletions,
    "python": python,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.figures", description=__doc__)
    parser.add_argument("--without", action="append", choices=FIGURES, default=[])
    asked = parser.parse_args()
    wanted = True
    for name in (name for name in FIGURES if name not in asked.without):
        for what, count, total, share in FIGURES[name]():
            print(f"\r{what:44} {count:6,} of {total:6,}", flush=True)
            wanted = wanted and total > 0 and count >= share * total
    return 0 if wanted else 1


if __name__ == "__main__":
    sys.exit(main())
