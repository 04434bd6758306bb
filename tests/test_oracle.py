"""The software and the second decider agree on generated cases, reading by reading, under every rulebook."""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest
from alike import Judge
from generate import Generator
from oracle import FAILS, QUALIFIES, UNDETERMINED, Readings, best, outcome, readings
from pyrudof import ShaclValidationMode
from rules import Rules
from test_engines import of_rudof

from cptpp_graph import CptppGraph, assessment, judging
from cptpp_graph.fields import KINDS
from cptpp_graph.intake import Case, as_plain, cases
from cptpp_graph.linking import link_all
from cptpp_graph.terms import REQ, expand
from cptpp_graph.verdict import UNSAID, claimed_of, reason_of

SEED, CASES, BATCH = 1, 2_000, 25
SHOWN = 50  # of so many cases one is assessed as a user would
TWICE = 5  # of so many batches one is judged by another engine too
Difference = dict[str, Any]


class Bench:
    """The software, the second decider and the cases of a seed."""

    def __init__(self, seed: int, kg: CptppGraph | None = None) -> None:
        self.kg = kg or CptppGraph.open()
        self.rules = Rules(self.kg.store)
        self.generator = Generator(self.rules, seed)
        self.judge = Judge()
        self.books = sorted(self.rules.rulebooks)

    def differences(self, batch: int) -> list[Difference]:
        """Where the deciders differ on a batch of cases."""
        given = {number: cases(self.generator.cases(number)) for number in range(batch * BATCH, (batch + 1) * BATCH)}
        found = list(self._judged([one[0] for one in given.values() if len(one) == 1], batch % TWICE == 0))
        for number, together in given.items():
            if len(together) > 1 or number % SHOWN == 0:
                fitting = [book for book in self.books if self.rules.permit(self.rules.rulebooks[book], KINDS[together[-1].kind])]
                found += self._shown(together, fitting[number % len(fitting)])
        return found

    def _judged(self, alone: list[Case], twice: bool) -> Iterator[Difference]:
        """All readings under all rulebooks, the claims of all cases judged in one run. twice: by a second engine too."""
        linked = link_all(self.kg.store, alone)
        results = self.judge.judge(linked)
        theirs: dict[str, dict[str, Readings]] = defaultdict(lambda: defaultdict(dict))
        for node in linked.claims:
            claimed = claimed_of(self.kg.lexicon, linked, node, results[node.value])
            read = assessment._read(linked, claimed)
            book = assessment._code("rulebook", claimed.rulebook)
            case = linked.one(node.value, "cptpp:ofCase").rpartition("/")[2]
            theirs[case][book][read.category, read.country, read.ground, read.supposed] = claimed.outcomes
            assert claimed.outcome == outcome(claimed.outcomes)
        for case in alone:
            for book in self.books:
                yield from compared(as_plain(case), book, readings(self.rules, [case], book), theirs[case.id][book])
        if twice:
            expected = Counter(
                (r.claim, r.shape, r.severity.capitalize(), r.value or "") for found in results.values() for r in found
            )
            other = of_rudof(linked.graph(), ShaclValidationMode.Native)
            for claim, *what in (expected - other) + (other - expected):
                yield {"engines": what, "case": claim}

    def _shown(self, together: list[Case], book: str) -> Iterator[Difference]:
        """The assessment of the last of the cases shows the best reading: the outcome, its findings, what is open."""
        found = self.kg.assess_cases(together, rulebook=book)[-1]
        (category, *_), ours = best(readings(self.rules, together, book))
        expected = {
            "outcome": outcome(ours),
            "category": category,
            "findings": ours,
            "open": {name: why for name, (state, why) in ours.items() if state == "open"},
        }
        shown = {
            "outcome": found.outcome,
            "category": found.category,
            "findings": {one.requirement: (one.outcome, one.because) for one in found.findings},
            "open": {one.requirement: one.because for one in found.open},
        }
        for what, value in expected.items():
            if shown[what] != value:
                yield {"rulebook": book, "shown": what, "case": [as_plain(case) for case in together]}


def compared(case: Any, book: str, ours: Readings, theirs: Readings) -> Iterator[Difference]:
    """Reading by reading, and the outcome as a whole."""
    here = {"rulebook": book, "case": case}
    if set(ours) != set(theirs):
        yield here | {"readings": [*set(ours) ^ set(theirs)]}
        return
    for reading, findings in theirs.items():
        for name, finding in findings.items():
            if ours[reading][name] != finding:
                yield here | {"requirement": name, "oracle": ours[reading][name], "software": finding, "reading": reading}
    outcomes = [outcome(best(found)[1]) for found in (ours, theirs) if found]  # none: the agreement has no such permit
    if len(set(outcomes)) > 1:
        yield here | {"outcome": outcomes}


@pytest.fixture(scope="session")
def bench(kg: CptppGraph) -> Bench:
    return Bench(SEED, kg)


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(CASES // BATCH))
def test_agreement(bench: Bench, batch: int) -> None:
    """Every finding with its reason, every reading, every outcome, under all rulebooks; and what another engine finds."""
    found = bench.differences(batch)
    assert not found, json.dumps(found[0])


def test_the_cases_cover(bench: Bench) -> None:
    """Every value of every field that is varied and its being unknown, every standing on every list, couples."""
    generated = [cases(bench.generator.cases(number)) for number in range(CASES)]
    facts = [case.facts for given in generated for case in given if case.kind == "principal"]
    for path, values in bench.generator.values.items():
        stated = {value for found in facts for value in members(found.get(path))}
        assert {value for one in [None, *values] for value in members(one)} <= stated, path
    jobs = {
        (country, found.get("category"), expand(code))
        for found in facts
        for country in found.get("applicant.citizenship", ())
        for code in found.get("offer.occupation", ())
    }
    for schedule, kind, places in bench.generator.standings:
        country, category = (bench.rules.one(bench.rules.one(schedule, what), "notation") for what in ("party", "category"))
        assert jobs & {(country, category, group) for _, group in places}, (schedule, kind)
    assert sum(len(given) == 2 for given in generated) > CASES / 50


def members(value: Any) -> list[Any]:
    """The members of a list; that it is empty, or any other value, as the one member."""
    return list(value) or [()] if isinstance(value, list | tuple) else [value]


def test_the_cases_decide(bench: Bench) -> None:
    """They reach every outcome under every rulebook, and every finding with its reason that a shape can lead to."""
    seen, outcomes = set(), set()
    for number, rulebook in itertools.product(range(CASES), bench.books):
        for findings in readings(bench.rules, cases(bench.generator.cases(number)), rulebook).values():
            seen |= {(name, *finding) for name, finding in findings.items()}
            outcomes.add((rulebook, outcome(findings)))
    partial = {book for book, iri in bench.rules.rulebooks.items() if bench.rules.left_open(iri)}
    assert partial, "a rulebook held in part qualifies nobody"
    assert outcomes == set(itertools.product(bench.books, (QUALIFIES, UNDETERMINED, FAILS))) - {(b, QUALIFIES) for b in partial}
    for shape in judging.judging_shapes().values():
        reason = reason_of(judging.Result("", shape.iri, shape.severity, None), shape)
        finding = ("open", reason) if reason else ("not-met", None)
        named = {iri.removeprefix(REQ) for iri in shape.judges} - {*map(expand, UNSAID)}
        assert {(name, *finding) for name in named} <= seen, shape.iri


# ------------------------------------------------------------------ any number of cases: python -m tests.oracle

_benches: list[Bench] = []


def _start(seed: int) -> None:
    _benches.append(Bench(seed))


def _run(batch: int) -> list[Difference]:
    return _benches[0].differences(batch)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=CASES, help=f"rounded up to a multiple of {BATCH}")
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    batches = range(-(-asked.cases // BATCH))
    kinds: dict[str, list[Difference]] = defaultdict(list)
    with ProcessPoolExecutor(2, get_context("spawn"), initializer=_start, initargs=(asked.seed,)) as pool:
        for done, found in enumerate(pool.map(_run, batches), 1):
            for one in found:
                kinds[json.dumps({key: value for key, value in one.items() if key not in ("case", "reading")})].append(one)
            if sys.stderr.isatty():
                print(f"\r{done * BATCH:,} cases, {len(kinds)} kinds of difference", end="", file=sys.stderr, flush=True)
    total, differing = len(batches) * BATCH, {json.dumps(one["case"]) for found in kinds.values() for one in found}
    print(f"{total - len(differing):,} of {total:,} agree")
    for kind, found in sorted(kinds.items(), key=lambda item: -len(item[1])):
        print(f"{len(found):8,} {kind}\n         {json.dumps(found[0]['case'])}")
    return 1 if kinds else 0
