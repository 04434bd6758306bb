"""Has pySHACL judge the claims, and makes sure that every shape that should have judged did."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import artifact
from .catalogue import shipped
from .errors import CptppError, LimitReached
from .linking import Linked
from .terms import NS, PREFIXES, shorten

if TYPE_CHECKING:
    from rdflib import Graph

MOST_BYTES = 8_000_000
SH = PREFIXES["sh"]
SEVERITIES = {"Violation": "violation", "Warning": "warning", "Info": "info"}


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
    return _parsed(artifact.read("shapes.nt"))


def _parsed(ntriples: bytes) -> Graph:
    from rdflib import Graph

    return Graph(bind_namespaces="none").parse(data=ntriples, format="nt")


@cache
def judging_shapes() -> dict[str, Shape]:
    """The shapes that judge a requirement, by IRI."""
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

    shapes: other shapes than the eligibility shapes. Raises CptppError where the shapes cannot be run.
    """
    from pyshacl.errors import ReportableRuntimeError, ShapeLoadError, ValidationFailure
    from pyshacl.graph_abstraction import DataGraph
    from pyshacl.validator import Validator
    from rdflib import Graph

    try:
        validator = Validator(DataGraph.from_rdflib(data), shacl_graph=shapes or Graph(), options={"inplace": True})
        if shapes is None:
            validator.shacl_graph = _prepared()
        conforms, report, text = validator.run()  # type: ignore[no-untyped-call]
    except (ReportableRuntimeError, ShapeLoadError, ValidationFailure) as error:
        raise CptppError(f"the shapes cannot be run: {error}", "Check them with: pyshacl --metashacl -s SHAPES DATA") from None
    return conforms, report, text


def shapes_of(path: Path) -> Graph:
    """A stranger's shapes from a Turtle file. Raises CptppError where they cannot be read or would not be run."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise LimitReached(f"{path} is larger than {MOST_BYTES:,} bytes", "Use fewer shapes.")
        return foreign_shapes(path.read_bytes().decode("utf-8-sig"), str(path))
    except OSError as error:
        raise CptppError(f"cannot read {path}: {error.strerror}", "Name a file that exists and can be read.") from None
    except UnicodeDecodeError as error:
        raise CptppError(f"{path} is not UTF-8 (byte {error.start})", "Save it as UTF-8.") from None


def foreign_shapes(text: str, name: str) -> Graph:
    """Shapes that a user names, in Turtle: SHACL Core only, nothing that would run a query or a script or import."""
    import pyoxigraph as ox
    from rdflib import Graph

    try:
        triples = list(ox.parse(text, format=ox.RdfFormat.TURTLE))
    except SyntaxError as error:
        raise CptppError(f"{name}:{error.lineno}: not Turtle: {error.msg}", "Mend the file there.") from None
    except MemoryError:
        raise LimitReached(f"{name} holds a word too long to be read", "Shorten it.") from None
    used = {quad.predicate.value for quad in triples}
    barred = [SH + word for word in ("sparql", "rule", "js", "target", "select", "ask", "construct", "jsFunctionName")]
    if found := sorted(used & {*barred, PREFIXES["owl"] + "imports"}):
        raise CptppError(f"{name} uses {found[0]}, which is not run", "Write the shapes in SHACL Core.")
    if not any(iri.startswith(SH + "target") for iri in used):
        raise CptppError(f"{name} holds no shape with a target", "Give a shape sh:targetClass cptpp:PrincipalCase, for instance.")
    from rdflib import URIRef
    from rdflib.namespace import SH as SHACL

    terms = {term.value for quad in triples for term in (quad.predicate, quad.object) if isinstance(term, ox.NamedNode)}
    if misspelt := sorted(term for term in terms if term.startswith(SH) and URIRef(term) not in SHACL):
        raise CptppError(f"{name} uses {shorten(misspelt[0])}, which SHACL does not have", "Check the spelling.")
    data = ox.serialize([quad.triple for quad in triples], format=ox.RdfFormat.N_TRIPLES) or b""
    return Graph(bind_namespaces="none").parse(data=data, format="nt")


def canary(shapes: bytes) -> list[str]:
    """What the engine of this machine finds, by these shapes (N-Triples), in two claims that every shape targets.

    One has no facts; of the other every property is false.
    """
    from rdflib import Graph, Literal, URIRef

    graph, data = _parsed(shapes), Graph(bind_namespaces="none")
    bare, false = URIRef(NS + "canary/bare"), URIRef(NS + "canary/false")
    targets = [target for shape in _judging(graph).values() for target in shape.targets]
    for claim, (predicate, cls) in itertools.product((bare, false), targets):
        data.add((claim, URIRef(predicate), URIRef(cls) if cls else claim))
    for path in graph.objects(None, URIRef(SH + "path")):
        if isinstance(path, URIRef):
            data.add((false, path, Literal(False)))
    found = _results(validate(data, graph)[1])
    return sorted({f"{result.claim.rpartition('/')[2]} {result.shape} {result.severity}" for result in found})


@cache
def _engine_works() -> bool:
    """Whether pySHACL, as installed here, finds in the bare claim what it found at the build."""
    return bool(canary(artifact.read("shapes.nt")) == shipped()["canary"])


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


def _has(linked: Linked, claim: str, target: tuple[str, str]) -> bool:
    """Whether a claim is a target: of a class, or for having a property."""
    predicate, cls = target
    values = linked.values(claim, predicate)
    return any(value.value == cls for value in values) if cls else bool(values)


def judged_by(linked: Linked, claim: str) -> dict[str, list[Shape]]:
    """Requirement to the shapes that have this claim as a focus node."""
    found: dict[str, list[Shape]] = {}
    for shape in judging_shapes().values():
        if any(_has(linked, claim, target) for target in shape.targets):
            for requirement in shape.judges:
                found.setdefault(requirement, []).append(shape)
    return found
