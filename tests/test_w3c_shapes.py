"""The compiled shapes pass the tests of SHACL Core by W3C, or refuse the shapes by an error that names what is not compiled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from cptpp_graph import compiled, judging, shacl
from cptpp_graph.errors import CptppError
from cptpp_graph.linking import Linked, as_rdflib
from cptpp_graph.terms import PREFIXES

CORE = Path(__file__).parent / "w3c-shapes" / "core"
MF, SHT, SH = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#", "http://www.w3.org/ns/shacl-test#", PREFIXES["sh"]
RDF, LAID = PREFIXES["rdf"], "laid:target-"

Term = ox.NamedNode | ox.BlankNode | ox.Literal
Row = tuple[str, str, str, str | None]
"""Focus node, shape, severity, value: all that a result of ours has. Path and component are those of the shape."""

# What of SHACL Core is compiled; every other property is refused.
COMPILED = set("targetClass targetSubjectsOf path property node not or qualifiedValueShape qualifiedMinCount".split()) | set(
    "equals disjoint lessThanOrEquals minCount maxCount minExclusive hasValue in message severity".split()
)

# The tests that are not passed, by the reason: what is not compiled, as the error names it that refuses the shapes.
REFUSED = {
    "sh:and": "node/and-001 node/and-002 property/and-001",
    "sh:class": "node/class-001 node/class-002 node/class-003 node/node-001 node/qualified-001 path/path-complex-002 "
    "path/path-strange-001 path/path-strange-002 path/path-unused-001 property/class-001 property/node-001 "
    "property/property-001 property/qualifiedMinCountDisjoint-001 validation-reports/shared",
    "sh:closed": "complex/personexample node/closed-001 node/closed-002",
    "sh:datatype": "misc/deactivated-001 misc/deactivated-002 misc/message-001 misc/severity-001 node/datatype-001 "
    "node/datatype-002 property/datatype-001 property/datatype-002 property/datatype-003 property/datatype-ill-formed "
    "property/hasValue-001 property/in-001 property/maxCount-001 property/maxLength-001 property/minCount-001 "
    "property/minLength-001 property/node-002 property/not-001 property/or-001 property/or-datatypes-001 "
    "property/pattern-001 property/pattern-002 targets/targetObjectsOf-001",
    "sh:declare": "complex/shacl-shacl",
    "sh:flags": "node/pattern-002",
    "sh:languageIn": "node/languageIn-001 property/languageIn-001",
    "sh:lessThan": "property/lessThan-001 property/lessThan-002",
    "sh:maxExclusive": "node/maxExclusive-001 property/maxExclusive-001",
    "sh:maxInclusive": "node/maxInclusive-001 property/maxInclusive-001",
    "sh:maxLength": "node/maxLength-001",
    "sh:minInclusive": "node/minInclusive-001 node/minInclusive-002 node/minInclusive-003",
    "sh:minLength": "node/minLength-001",
    "sh:nodeKind": "misc/severity-002 node/nodeKind-001 path/path-sequence-duplicate-001 property/nodeKind-001",
    "sh:pattern": "node/pattern-001",
    "sh:qualifiedMaxCount": "property/qualifiedValueShape-001 property/qualifiedValueShapesDisjoint-001",
    "sh:targetNode": "targets/targetNode-001",
    "sh:uniqueLang": "property/uniqueLang-001 property/uniqueLang-002",
    "sh:xone": "node/xone-001 node/xone-duplicate",
    "a sh:path with sh:alternativePath": "path/path-alternative-001",
    "a sh:path with sh:inversePath": "path/path-inverse-001",
    "a sh:path with sh:oneOrMorePath": "path/path-oneOrMore-001",
    "a sh:path with sh:zeroOrMorePath": "path/path-zeroOrMore-001",
    "a sh:path with sh:zeroOrOnePath": "path/path-zeroOrOne-001",
    "a sh:path with steps that are not properties": "path/path-complex-001",
}
REASONS = {name: what for what, names in REFUSED.items() for name in names.split()}

# Of these the rest is passed, without what is not compiled and without its results. No other shape asks for a shape that has it.
IN_PART = {
    "path/path-sequence-duplicate-001": "nodeKind",
    "property/hasValue-001": "datatype",
    "property/in-001": "datatype",
    "property/maxCount-001": "datatype",
    "property/minCount-001": "datatype",
    "property/qualifiedValueShape-001": "nodeShape qualifiedMaxCount",
}


class File:
    """The statements of a Turtle file."""

    def __init__(self, path: Path) -> None:
        self.triples = [quad.triple for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE, base_iri=path.as_uri())]
        self.root = ox.NamedNode(path.as_uri())

    def values(self, node: Any, iri: str) -> list[Any]:
        return [one.object for one in self.triples if one.subject == node and one.predicate.value == iri]

    def one(self, node: Any, iri: str) -> Any:
        return next(iter(self.values(node, iri)), None)

    def members(self, head: Any) -> Iterator[Any]:
        while head and head.value != shacl.NIL:
            yield self.one(head, shacl.FIRST)
            head = self.one(head, shacl.REST)


@dataclass
class Trial:
    """A test of the suite: data, shapes without the manifest's own statements, whether the data conforms, results by component.

    Each result counts once, as in ours.
    """

    data: list[ox.Triple]
    shapes: list[ox.Triple]
    conforms: bool
    expected: dict[str, set[Row]]


@cache
def files(path: Path) -> File:
    return File(path)


def path_of(node: ox.NamedNode) -> Path:
    return Path(node.value.removeprefix("file://"))


def named(manifest: Path = CORE / "manifest.ttl") -> Iterator[tuple[str, Path]]:
    """Every test that a manifest holds or includes, with its file."""
    file = files(manifest)
    for other in file.values(file.root, MF + "include"):
        yield from named(path_of(other))
    for entry in file.members(file.one(file.root, MF + "entries")):
        yield str(path_of(entry).relative_to(CORE)), manifest


TESTS = dict(named())


def trial(name: str) -> Trial:
    file = files(TESTS[name])
    entry = ox.NamedNode((CORE / name).as_uri())
    action, report = file.one(entry, MF + "action"), file.one(entry, MF + "result")
    data, shapes = (files(path_of(file.one(action, SHT + graph))) for graph in ("dataGraph", "shapesGraph"))
    results = file.values(report, SH + "result")
    told = {file.root, entry, action, report, *results}
    rows: dict[str, set[Row]] = {}
    for one in results:
        parts = [file.one(one, SH + part) for part in ("focusNode", "sourceShape", "resultSeverity", "value")]
        rows.setdefault(file.one(one, SH + "sourceConstraintComponent").value.removeprefix(SH), set()).add(row(*parts))
    conforms = file.one(report, SH + "conforms").value == "true"
    return Trial(data.triples, [one for one in shapes.triples if one.subject not in told], conforms, rows)


def row(focus: Any, shape: Any, severity: Any, value: Any) -> Row:
    known = judging.SEVERITIES.get(severity.value.removeprefix(SH), severity.value)
    return text(focus), shape.value, known, None if value is None else text(value)


def text(term: Any) -> str:
    return str(as_rdflib(term)) if isinstance(term, ox.Literal) else str(with_name(term).value)


def with_name(term: Any) -> Any:
    """Claims have no node without a name: it is given one."""
    return ox.NamedNode("blank:" + term.value) if isinstance(term, ox.BlankNode) else term


def linked_of(triples: list[ox.Triple]) -> Linked:
    linked = Linked()
    for one in triples:
        linked.put(with_name(one.subject).value, one.predicate.value, with_name(one.object))
    return linked


def lay_targets(linked: Linked, one: Trial) -> list[ox.Triple]:
    """The shapes, with targets that are not compiled put as a property that their focus nodes have."""
    laid = []
    for number, triple in enumerate(one.shapes):
        kind, target = triple.predicate.value.removeprefix(SH), triple.object
        if kind not in ("targetNode", "targetObjectsOf"):
            laid.append(triple)
            continue
        objects = [fact.object for fact in one.data if fact.predicate == target]
        for focus in [target] if kind == "targetNode" else objects:
            node: Any = focus if isinstance(focus, ox.Literal) else with_name(focus).value
            linked.put(node, f"{LAID}{number}", ox.Literal("yes"))
        laid.append(ox.Triple(triple.subject, ox.NamedNode(SH + "targetSubjectsOf"), ox.NamedNode(f"{LAID}{number}")))
    return laid


def found(name: str, without: str = "") -> set[Row]:
    """What the compiled shapes find, without properties of SHACL; only tests of targets keep targets that are not compiled."""
    one = trial(name)
    one.shapes = [triple for triple in one.shapes if triple.predicate.value.removeprefix(SH) not in without.split()]
    linked = linked_of(one.data)
    shapes = one.shapes if name.startswith("targets/") else lay_targets(linked, one)
    return {(r.claim, r.shape, r.severity, r.value) for r in judge_of(shapes).judge(linked)}


def judge_of(shapes: list[ox.Triple]) -> compiled.Judge:
    return compiled.Judge(ox.serialize(shapes, format=ox.RdfFormat.N_TRIPLES) or b"")


@pytest.mark.parametrize("name", sorted(TESTS.keys() - REASONS.keys()))
def test_it_is_passed(name: str) -> None:
    one, ours = trial(name), found(name)
    assert ours == set().union(*one.expected.values())
    assert one.conforms == (not ours)


@pytest.mark.parametrize("name", sorted(REASONS))
def test_it_is_refused(name: str) -> None:
    with pytest.raises(CptppError) as caught:
        found(name)
    assert str(caught.value.wrong).endswith(f": {REASONS[name]} is not compiled")


@pytest.mark.parametrize("name", sorted(IN_PART))
def test_the_rest_is_passed(name: str) -> None:
    without = IN_PART[name]
    components = {f"{one[0].upper()}{one[1:]}ConstraintComponent" for one in without.split()}
    assert found(name, without) == set().union(*(rows for of, rows in trial(name).expected.items() if of not in components))


def test_every_test_is_passed_or_listed_once() -> None:
    assert sum(len(names.split()) for names in REFUSED.values()) == len(REASONS)
    assert IN_PART.keys() <= REASONS.keys() <= TESTS.keys()
    unused = set(CORE.rglob("*.ttl")) - set(TESTS.values()) - set(CORE.rglob("manifest.ttl"))
    assert {path.stem.rpartition("-")[2] for path in unused} <= {"data", "shapes"}


def test_all_that_is_compiled_is_in_a_test_that_is_passed() -> None:
    passed = [trial(name) for name in (TESTS.keys() - REASONS.keys()) | IN_PART.keys()]
    stated = {triple.predicate.value.removeprefix(SH) for one in passed for triple in one.shapes}
    assert stated >= COMPILED - shacl.ABOUT


@pytest.mark.parametrize("name", sorted(shacl.CORE - COMPILED))
def test_all_the_rest_of_core_is_refused(name: str) -> None:
    shape, step, other = (ox.NamedNode(f"https://example.org/{name}") for name in ("shape", "step", "other"))
    stated = ox.Triple(step if name in shacl.OPERATORS else shape, ox.NamedNode(SH + name), other)
    told = {"targetSubjectsOf": other, "path": step if name in shacl.OPERATORS else other}
    about = [ox.Triple(shape, ox.NamedNode(SH + of), value) for of, value in told.items()]
    with pytest.raises(CptppError, match=rf"sh:{re.escape(name)} is not compiled"):
        judge_of([*about, stated])
