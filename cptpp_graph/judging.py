"""Has pySHACL judge the claims, and makes sure that every shape that should have judged did."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from . import artifact
from .catalogue import shipped
from .linking import Linked
from .terms import NS, PREFIXES

if TYPE_CHECKING:
    from rdflib import Graph

SH = PREFIXES["sh"]
SEVERITIES = {"Violation": "violation", "Warning": "warning", "Info": "info"}

# pySHACL's shapes fill themselves in as they run: a second thread would find half of them.
_ONE_AT_A_TIME = threading.RLock()


@dataclass(frozen=True, slots=True)
class Result:
    """One validation result. claim, shape, value: IRIs (value also a literal's text); severity: violation, warning or info."""

    claim: str
    shape: str
    severity: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape that judges requirements. because: the reason code's IRI on an info shape; messages by language."""

    iri: str
    judges: tuple[str, ...]
    severity: str
    because: str | None
    messages: dict[str, str]
    concerns: tuple[str, ...]
    targets: tuple[tuple[str, str], ...]


@cache
def shapes_graph() -> Graph:
    """The eligibility shapes as they were built."""
    return parsed(artifact.read("shapes.nt"))


def parsed(text: bytes, syntax: str = "nt") -> Graph:
    """A text of ours as an rdflib graph."""
    from rdflib import Graph

    return Graph(bind_namespaces="none").parse(data=text, format=syntax)


@cache
def judging_shapes() -> dict[str, Shape]:
    """The shapes that judge a requirement, by IRI."""
    with _ONE_AT_A_TIME:
        return _judging(shapes_graph())


def _judging(graph: Graph) -> dict[str, Shape]:
    from rdflib import RDF, URIRef

    found = {}

    def all_of(subject: Any, iri: str) -> list[Any]:
        return sorted(graph.objects(subject, URIRef(iri)), key=str)

    for subject in sorted(set(graph.subjects(URIRef(NS + "judges"))), key=str):
        classes = [(str(RDF.type), str(cls)) for cls in all_of(subject, SH + "targetClass")]
        found[str(subject)] = Shape(
            iri=str(subject),
            judges=tuple(map(str, all_of(subject, NS + "judges"))),
            severity=SEVERITIES[str(all_of(subject, SH + "severity")[0]).removeprefix(SH)],
            because=next(iter(map(str, all_of(subject, NS + "because"))), None),
            messages={str(text.language): str(text) for text in all_of(subject, SH + "message")},
            concerns=tuple(map(str, all_of(subject, NS + "concerns"))),
            targets=(*classes, *((str(name), "") for name in all_of(subject, SH + "targetSubjectsOf"))),
        )
    return found


@cache
def _prepared() -> Any:
    """The eligibility shapes as pySHACL keeps them, made once."""
    from pyshacl.shapes_graph import ShapesGraph

    return ShapesGraph(shapes_graph())


def validate(data: Graph, shapes: Graph | None = None) -> tuple[bool, Graph, str]:
    """pySHACL's own answer: whether it conforms, the report graph, the report as text. No inference, imports, rules or scripts.

    shapes: other shapes than the eligibility shapes. Raises what pySHACL raises where they cannot be run.
    """
    with _ONE_AT_A_TIME:
        from pyshacl.graph_abstraction import DataGraph
        from pyshacl.validator import Validator
        from rdflib import Graph

        validator = Validator(DataGraph.from_rdflib(data), shacl_graph=shapes or Graph(), options={"inplace": True})
        if shapes is None:
            validator.shacl_graph = _prepared()
        conforms, report, text = validator.run()  # type: ignore[no-untyped-call]
        return conforms, report, text


def canary(shapes: Graph | None = None) -> list[str]:
    """What the engine of this machine finds, by the eligibility shapes or others, in two claims that every shape targets.

    One has no facts; of the other every property is false.
    """
    from rdflib import Graph, Literal, URIRef

    data, graph = Graph(bind_namespaces="none"), shapes_graph() if shapes is None else shapes
    bare, false = URIRef(NS + "canary/bare"), URIRef(NS + "canary/false")
    targets = [target for shape in _judging(graph).values() for target in shape.targets]
    for claim, (predicate, cls) in itertools.product((bare, false), targets):
        data.add((claim, URIRef(predicate), URIRef(cls) if cls else claim))
    for path in graph.objects(None, URIRef(SH + "path")):
        if isinstance(path, URIRef):
            data.add((false, path, Literal(False)))
    found = _results(validate(data, shapes)[1])
    return sorted({f"{result.claim.rpartition('/')[2]} {result.shape} {result.severity}" for result in found})


@cache
def _engine_works() -> bool:
    """Whether pySHACL, as installed here, finds in the bare claim what it found at the build."""
    return bool(canary() == shipped()["canary"])


def judge(linked: Linked) -> list[Result]:
    """Every result on the claims. Raises RuntimeError where the engine does not judge as it did at the build."""
    if not _engine_works():
        raise RuntimeError("pySHACL does not judge here as it did at the build; there is no verdict")
    found = _results(validate(linked.graph())[1])
    return sorted(found, key=lambda r: (r.claim, r.shape, r.severity, r.value or ""))


def _results(report: Graph) -> Iterator[Result]:
    from rdflib import URIRef

    def one(node: Any, name: str) -> str | None:
        return next(iter(map(str, report.objects(node, URIRef(SH + name)))), None)

    for node in report.objects(None, URIRef(SH + "result")):
        severity = SEVERITIES[(one(node, "resultSeverity") or "").removeprefix(SH)]
        yield Result(one(node, "focusNode") or "", one(node, "sourceShape") or "", severity, one(node, "value"))


def has_target(linked: Linked, claim: str, target: tuple[str, str]) -> bool:
    """Whether a claim is a target: of a class, or for having a property."""
    predicate, cls = target
    values = linked.values(claim, predicate)
    return any(value.value == cls for value in values) if cls else bool(values)


def judged_by(linked: Linked, claim: str) -> dict[str, list[Shape]]:
    """Requirement to the shapes that have this claim as a focus node."""
    found: dict[str, list[Shape]] = {}
    for shape in judging_shapes().values():
        if any(has_target(linked, claim, target) for target in shape.targets):
            for requirement in shape.judges:
                found.setdefault(requirement, []).append(shape)
    return found
