"""How long commands take to start, as multiples of what Python and rdflib need themselves: python benchmarks/startup.py"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

ROUNDS = 7
COMPILED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # as pip leaves modules


def shortest(*command: str) -> float:
    """Seconds of the quickest of several runs of this Python."""
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        subprocess.run([sys.executable, *command], capture_output=True, check=True, timeout=60, env=COMPILED)
        times.append(time.perf_counter() - started)
    return min(times)


def measure() -> dict[str, float]:
    argparse, rdflib = shortest("-c", "import argparse"), shortest("-c", "import rdflib")
    version, query = shortest("-m", "cptpp_graph", "--version"), shortest("-m", "cptpp_graph", "query", "spouses")
    return {
        "version / (1.5 argparse + 60 ms)": round(version / (1.5 * argparse + 0.060), 2),
        "named query / import rdflib": round(query / rdflib, 2),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
