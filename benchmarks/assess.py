"""CPU time of one case through assess in a warm process, against the bare pySHACL command's own function on the same claims.

Prints ratios, not times: times depend on the machine. Run alone: python benchmarks/assess.py
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pyshacl

from cptpp_graph import CptppGraph, intake, judging, linking

CASES = sorted((Path(__file__).parents[1] / "tests" / "cases").glob("*.json"))
ALLOWED_SECONDS = 0.150


def cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def measure(every: int = 1) -> dict[str, float]:
    """Seconds of CPU per case (median, dearest), share of cases within the allowed time, share spent in pySHACL, and bare
    pySHACL's seconds (peer). every: how many cases to go on by."""
    with CptppGraph.open() as kg:
        found = [intake.cases(json.loads(path.read_text(encoding="utf-8"))["case"])[0] for path in CASES[::every]]
        linked = [linking.link(kg.store, case).graph() for case in found]
        for case in found[:3]:
            kg.assess_cases([case])
        whole = [cpu(lambda case=case: kg.assess_cases([case])) for case in found]  # type: ignore[misc]
        judged = [cpu(lambda graph=graph: judging.validate(graph)) for graph in linked]  # type: ignore[misc]
        shapes = judging.shapes_graph()
        bare = [cpu(lambda graph=graph: pyshacl.validate(graph, shacl_graph=shapes)) for graph in linked[:10]]  # type: ignore[misc]
    return {
        "median": statistics.median(whole),
        "dearest": max(whole),
        "within": sum(seconds <= ALLOWED_SECONDS for seconds in whole) / len(whole),
        "shacl": sum(judged) / sum(whole),
        "peer": statistics.median(bare),
    }


def main() -> None:
    found = measure()
    print(f"{len(CASES)} cases, one at a time, three rulebooks each")
    print(f"median case: {found['median'] / ALLOWED_SECONDS:.2f} of the allowed CPU time")
    print(f"median case: {found['median'] / found['peer']:.2f} times pyshacl.validate on the same claims")
    print(
        f"dearest case: {found['dearest'] / ALLOWED_SECONDS:.2f} of the allowed CPU time; "
        f"within it: {found['within']:.0%} of cases"
    )
    print(f"share spent in pySHACL: {found['shacl']:.0%}")


if __name__ == "__main__":
    main()
