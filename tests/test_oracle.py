"""The software and the second decider agree on generated cases, reading by reading, under every rulebook."""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from generate import Generator
from oracle import OUTCOMES, Finding, Rules, Verdict, best, readings

from cptpp_graph import CptppGraph, assessment, judging
from cptpp_graph.intake import Case, as_plain, cases
from cptpp_graph.linking import link
from cptpp_graph.verdict import claimed_of

SEED, CHUNKS, EACH = 1, 20, 100
Difference = dict[str, Any]


def decided(kg: CptppGraph, case: Case) -> dict[str, list[Verdict]]:
    """What the software finds in one run: rulebook to the verdict on each reading."""
    linked = link(kg.store, case, {})
    results: dict[str, list[judging.Result]] = defaultdict(list)
    for result in judging.judge(linked):
        results[result.claim].append(result)
    found: dict[str, list[Verdict]] = defaultdict(list)
    for node in linked.claims:
        claimed = claimed_of(kg.lexicon, linked, node, results[node.value])
        read = assessment._read(linked, claimed)
        verdict = Verdict(read.category, read.country, read.ground, read.supposed, dict(claimed.outcomes))
        assert verdict.outcome == read.outcome
        found[assessment._code("rulebook", claimed.rulebook)].append(verdict)
    return found


def differences(kg: CptppGraph, rules: Rules, given: list[Case]) -> Iterator[Difference]:
    """Where the two differ: on a reading under a rulebook, or on its outcome as a whole."""
    *before, case = given
    if before:
        yield from _of_couple(kg, rules, before[0], case)
        return
    for rulebook, theirs in decided(kg, case).items():
        ours = {one.key: one for one in readings(rules, case, rulebook)}
        here: Difference = {"case": as_plain(case), "rulebook": rulebook}
        if sorted(ours, key=str) != sorted((one.key for one in theirs), key=str):
            yield here | {"readings": [list(ours), [one.key for one in theirs]]}
            continue
        for one in theirs:
            yield from _compared(here | {"reading": one.key}, ours[one.key].findings, dict(one.findings))
        outcomes = [best(found).outcome for found in (ours.values(), theirs)]
        if outcomes[0] != outcomes[1]:
            yield here | {"outcome": outcomes}


def _of_couple(kg: CptppGraph, rules: Rules, principal: Case, spouse: Case) -> Iterator[Difference]:
    """A spouse whose case names the principal's: what that one states and came to counts."""
    for rulebook in rules.rulebooks:
        own = best(readings(rules, principal, rulebook))
        carried = {
            path: principal.facts.get(path) for path in ("applicant.citizenship", "applicant.permanentResidence", "category")
        }
        if own.outcome == OUTCOMES[0]:
            carried["category"] = own.category
        facts = {"principal." + path.rpartition(".")[2]: value for path, value in carried.items() if value is not None}
        ours = best(readings(rules, replace(spouse, facts={**facts, **spouse.facts}), rulebook, own))
        here = {"case": [as_plain(principal), as_plain(spouse)], "rulebook": rulebook, "reading": None}
        yield from _compared(here, ours.findings, stated(kg.assess_cases([principal, spouse], rulebook=rulebook)[1]))


def stated(found: assessment.Assessment) -> dict[str, Finding]:
    return {finding.requirement: (finding.outcome, finding.because) for finding in found.findings}


def _compared(here: Difference, ours: Any, theirs: dict[str, Finding]) -> Iterator[Difference]:
    for name, finding in theirs.items():
        if ours[name] != finding:
            yield here | {"requirement": name, "oracle": ours[name], "software": finding}


@pytest.fixture(scope="session")
def rules(kg: CptppGraph) -> Rules:
    return Rules(kg.store)


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_agreement(kg: CptppGraph, rules: Rules, chunk: int) -> None:
    """Every finding with its reason, every reading, every outcome, under all rulebooks."""
    generator = Generator(rules, SEED)
    for number in range(chunk * EACH, (chunk + 1) * EACH):
        found = list(differences(kg, rules, cases(generator.cases(number))))
        assert not found, json.dumps(found[0], indent=1)


@pytest.mark.slow
def test_agreement_on_what_is_shown(kg: CptppGraph, rules: Rules) -> None:
    """The assessment shows the best reading: its outcome, its findings, what fails and what is open."""
    generator = Generator(rules, SEED + 1)
    for number in range(40):
        *_, case = cases(generator.cases(number)[:1])
        for rulebook in rules.rulebooks:
            found, ours = kg.assess_cases([case], rulebook=rulebook)[0], best(readings(rules, case, rulebook))
            assert (found.outcome, found.category, stated(found)) == (ours.outcome, ours.category, ours.findings)
            opened = {name: because for name, (state, because) in ours.findings.items() if state == "open"}
            assert {point.requirement: point.because for point in found.open} == opened


def test_the_cases_decide(rules: Rules) -> None:
    """The generator reaches every outcome under every rulebook, and every finding and reason that a requirement can have."""
    generator = Generator(rules, SEED)
    seen = Counter(
        (name, *finding)
        for number in range(CHUNKS * EACH)
        for plain in generator.cases(number)[:1]
        for rulebook in rules.rulebooks
        for verdict in readings(rules, cases(plain)[0], rulebook)
        for name, finding in [*verdict.findings.items(), (rulebook, (verdict.outcome, None))]
    )
    few = {key: count for key, count in seen.items() if count < 3}
    assert not few
    assert {key[1] for key in seen if key[0] in rules.rulebooks} == set(OUTCOMES)
    assert len(seen) >= 70


# ------------------------------------------------------------------ any number of cases: python -m tests.oracle

_worker: dict[str, Any] = {}


def _start(seed: int) -> None:
    _worker["kg"] = CptppGraph.open()
    _worker["rules"] = Rules(_worker["kg"].store)
    _worker["generator"] = Generator(_worker["rules"], seed)


def _run(number: int) -> list[Difference]:
    return list(differences(_worker["kg"], _worker["rules"], cases(_worker["generator"].cases(number))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=CHUNKS * EACH)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--show", type=int, default=20, help="how many differing cases to print")
    asked = parser.parse_args()
    kinds: dict[str, list[Difference]] = defaultdict(list)
    with ProcessPoolExecutor(2, initializer=_start, initargs=(asked.seed,)) as pool:
        for found in pool.map(_run, range(asked.cases), chunksize=10):
            for one in found:
                what = {key: value for key, value in one.items() if key not in ("case", "reading", "readings")}
                kinds[json.dumps(what)].append(one)
    print(f"{asked.cases:,} cases, {sum(map(len, kinds.values())):,} differences of {len(kinds)} kinds")
    most = sorted(kinds.items(), key=lambda item: -len(item[1]))
    for kind, found in most:
        print(f"{len(found):8,} {kind}")
    for _, found in most[: asked.show]:
        print(json.dumps(found[0]))
