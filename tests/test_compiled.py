"""The compiled shapes find exactly what pySHACL finds: component by component, on the scenarios, on generated cases."""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Iterator
from dataclasses import replace

import pyoxigraph as ox
import pytest
from forms import CASES, stated
from generate import Generator
from rdflib import Graph
from rules import Rules

from cptpp_graph import CptppGraph, compiled, intake, judging
from cptpp_graph.errors import CptppError
from cptpp_graph.linking import Linked, link_all
from cptpp_graph.terms import PREFIXES

SEED, GENERATED, TOGETHER = 7, 100, 50
EX = "https://example.org/"
PROLOGUE = f"@prefix : <{EX}> .\n" + "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in ("rdfs", "sh", "xsd"))
SUBCLASS = PREFIXES["rdfs"] + "subClassOf"
TARGET = "sh:targetSubjectsOf :seen"

# Component: shapes, data (every :aN is a focus node), and what is found, as focus, shape, severity and value.
COMPONENTS: dict[str, tuple[str, str, set[tuple[str, str, str, str | None]]]] = {
    "minCount": (
        f":s a sh:PropertyShape ; {TARGET} ; sh:path :p ; sh:minCount 2 ; sh:severity sh:Warning .",
        ":a1 :p 1 . :a2 :p 1 , 2 . :a3 :q 1 .",
        {("a1", "s", "warning", None), ("a3", "s", "warning", None)},
    ),
    "maxCount": (
        f":s a sh:PropertyShape ; {TARGET} ; sh:path :p ; sh:maxCount 1 ; sh:severity sh:Info .",
        ":a1 :p 1 . :a2 :p 1 , 2 . :a3 :q 1 .",
        {("a2", "s", "info", None)},
    ),
    "the same number written twice": (
        f":s a sh:PropertyShape ; {TARGET} ; sh:path :p ; sh:maxCount 1 .",
        ":a1 :p 1 , 01 . :a2 :p 1.0 , 1 .",
        {("a2", "s", "violation", None)},
    ),
    "hasValue": (
        f":s a sh:PropertyShape ; {TARGET} ; sh:path :p ; sh:hasValue true , :v .",
        ':a1 :p true , :v . :a2 :p "true" , :v . :a3 :p true , false .',
        {("a2", "s", "violation", None), ("a3", "s", "violation", None)},
    ),
    "in": (
        f":s a sh:PropertyShape ; {TARGET} ; sh:path :p ; sh:in ( true :v 2.50 ) .",
        ':a1 :p true , :v , 2.50 . :a2 :p 2.5 , "v" . :a3 :q 1 .',
        {("a2", "s", "violation", "2.5"), ("a2", "s", "violation", "v")},
    ),
    "in nothing": (
        f":s a sh:PropertyShape ; {TARGET} ; sh:path :p ; sh:in ( ) .",
        ":a1 :p :v . :a2 :q :v .",
        {("a1", "s", "violation", EX + "v")},
    ),
    "equals": (
        f":s a sh:PropertyShape ; {TARGET} ; sh:path :p ; sh:equals :q .",
        ":a1 :p 1 , :v ; :q 1 , :v . :a2 :p 1 , 2 ; :q 2 , 3 . :a3 :q :v .",
        {("a2", "s", "violation", "1"), ("a2", "s", "violation", "3"), ("a3", "s", "violation", EX + "v")},
    ),
    "disjoint": (
        f":s a sh:PropertyShape ; {TARGET} ; sh:path :p ; sh:disjoint :q , :r .",
        ":a1 :p 1 ; :q 1.0 . :a2 :p 1 , :v , 4 ; :q 1 ; :r :v . :a3 :p 1 .",
        {("a2", "s", "violation", "1"), ("a2", "s", "violation", EX + "v")},
    ),
    "lessThanOrEquals": (
        f":s a sh:PropertyShape ; {TARGET} ; sh:path :p ; sh:lessThanOrEquals :q .",
        ":a1 :p 1 ; :q 1 , 1.5 . :a2 :p 1 , 3 ; :q 2.25 . :a3 :p 10.00 ; :q 9 . :a4 :p 1 .",
        {("a2", "s", "violation", "3"), ("a3", "s", "violation", "10.00")},
    ),
    "lessThanOrEquals on days": (
        f":s a sh:PropertyShape ; {TARGET} ; sh:path :p ; sh:lessThanOrEquals :q .",
        ':a1 :p "2020-01-31"^^xsd:date ; :q "2020-01-31"^^xsd:date . :a2 :p "2020-10-01"^^xsd:date ; :q "2020-09-30"^^xsd:date .',
        {("a2", "s", "violation", "2020-10-01")},
    ),
    "lessThanOrEquals on texts": (
        f":s a sh:PropertyShape ; {TARGET} ; sh:path :p ; sh:lessThanOrEquals :q .",
        ':a1 :p "a" ; :q "b" , :z . :a2 :p "b" ; :q "a" . :a3 :p "1" ; :q 2 . :a4 :p 1 ; :q "2" .',
        {("a2", "s", "violation", "b"), ("a3", "s", "violation", "1"), ("a4", "s", "violation", "1")},
    ),
    "minExclusive": (
        f":s a sh:PropertyShape ; {TARGET} ; sh:path :p ; sh:minExclusive 0 .",
        ':a1 :p 0.01 . :a2 :p 0 , 0.0 , -1 . :a3 :p "1" , :v , true .',
        {("a2", "s", "violation", v) for v in ("0", "0.0", "-1")}
        | {("a3", "s", "violation", v) for v in ("1", EX + "v", "true")},
    ),
    "minExclusive of other numbers": (
        f":s a sh:PropertyShape ; {TARGET} ; sh:path :p ; sh:minExclusive 0.5 .",
        ":a1 :p 5e-1 , '1'^^xsd:int , '0'^^xsd:byte . :a2 :p 1e0 , '1.5'^^xsd:float .",
        {("a1", "s", "violation", "0.5"), ("a1", "s", "violation", "0")},
    ),
    "node": (
        f":s a sh:PropertyShape ; {TARGET} ; sh:path :p ; sh:node :n . :n a sh:NodeShape ; sh:property :q . "
        ":q a sh:PropertyShape ; sh:path :q ; sh:minCount 1 .",
        ":a1 :p :b1 . :b1 :q 1 . :a2 :p :b1 , :b2 , 7 .",
        {("a2", "s", "violation", EX + "b2"), ("a2", "s", "violation", "7")},
    ),
    "property": (
        f":s a sh:NodeShape ; {TARGET} ; sh:property :q . :q a sh:PropertyShape ; sh:path :q ; sh:minCount 1 ; "
        "sh:severity sh:Info .",
        ":a1 :q 1 . :a2 :p 1 .",
        {("a2", "q", "info", None)},
    ),
    "not": (
        f":s a sh:NodeShape ; {TARGET} ; sh:not :q . :q a sh:PropertyShape ; sh:path :q ; sh:minCount 1 .",
        ":a1 :q 1 . :a2 :p 1 .",
        {("a1", "s", "violation", EX + "a1")},
    ),
    "or": (
        f":s a sh:NodeShape ; {TARGET} ; sh:or ( :q :r ) . :q a sh:PropertyShape ; sh:path :q ; sh:minCount 1 ; "
        "sh:severity sh:Warning . :r a sh:PropertyShape ; sh:path :r ; sh:minCount 1 .",
        ":a1 :q 1 . :a2 :r 1 . :a3 :p 1 .",
        {("a3", "s", "violation", EX + "a3")},
    ),
    "or on values": (
        f":s a sh:PropertyShape ; {TARGET} ; sh:path :p ; sh:or ( :n :m ) . :n a sh:NodeShape ; sh:property :q . "
        ":q a sh:PropertyShape ; sh:path :q ; sh:hasValue 1 . :m a sh:NodeShape ; sh:not :n2 . :n2 a sh:PropertyShape ; "
        "sh:path :r ; sh:maxCount 0 .",
        ":a1 :p :b1 , :b2 , :b3 . :b1 :q 1 . :b2 :r 1 . :b3 :q 2 .",
        {("a1", "s", "violation", EX + "b3")},
    ),
    "property below a property": (
        f":s a sh:PropertyShape ; {TARGET} ; sh:path :p ; sh:property :q . :q a sh:PropertyShape ; sh:path :q ; sh:minCount 1 .",
        ":a1 :p :b1 , :b2 . :b1 :q 1 . :a2 :r 1 .",
        {("b2", "q", "violation", None)},
    ),
    "texts of a language": (
        f":s a sh:PropertyShape ; {TARGET} ; sh:path :p ; sh:in ( 'a'@fr 'b' ) .",
        ":a1 :p 'a'@fr , 'b' . :a2 :p 'a'@en . :a3 :p 'a' , 'b'@fr .",
        {("a2", "s", "violation", "a"), ("a3", "s", "violation", "a"), ("a3", "s", "violation", "b")},
    ),
    "qualifiedMinCount": (
        f":s a sh:PropertyShape ; {TARGET} ; sh:path :p ; sh:qualifiedValueShape :q ; sh:qualifiedMinCount 2 . "
        ":q a sh:PropertyShape ; sh:path :q ; sh:minCount 1 .",
        ":b1 :q 1 . :b2 :q 1 . :a1 :p :b1 , :b2 , :b3 . :a2 :p :b1 , :b3 . :a3 :q 1 .",
        {("a2", "s", "violation", None), ("a3", "s", "violation", None)},
    ),
    "a path of several steps": (
        f":s a sh:PropertyShape ; {TARGET} ; sh:path ( :p :q ) ; sh:maxCount 1 ; sh:in ( 1 2 ) .",
        ":a1 :p :b1 , :b2 . :b1 :q 1 . :b2 :q 1 . :a2 :p :b1 , :b3 . :b3 :q 2 , 3 . :a3 :p 1 .",
        {("a2", "s", "violation", None), ("a2", "s", "violation", "3")},
    ),
    "targetClass": (
        ":s a sh:PropertyShape ; sh:targetClass :C , :D ; sh:path :p ; sh:minCount 1 .",
        ":a1 a :C . :a2 a :D . :a3 a :E . :a4 a :C , :D ; :p 1 .",
        {("a1", "s", "violation", None), ("a2", "s", "violation", None)},
    ),
    "targetClass of a subclass": (
        ":s a sh:PropertyShape ; sh:targetClass :C ; sh:path :p ; sh:minCount 1 .",
        f":a1 a :E . :a2 a :D . :D <{SUBCLASS}> :C . :E <{SUBCLASS}> :D , :E . :a3 a :F .",
        {("a1", "s", "violation", None), ("a2", "s", "violation", None)},
    ),
    "a class that is a shape": (
        ":C a sh:NodeShape , rdfs:Class ; sh:property :q . :q a sh:PropertyShape ; sh:name 'q' ; sh:path :q ; sh:minCount 1 .",
        ":a1 a :C . :a2 a :C ; :q 1 . :a3 :p :C .",
        {("a1", "q", "violation", None)},
    ),
}

REFUSED = {
    "sh:pattern": f':s a sh:PropertyShape ; {TARGET} ; sh:path :p ; sh:pattern "x" .',
    "sh:targetNode": ":s a sh:PropertyShape ; sh:targetNode :a1 ; sh:path :p ; sh:minCount 1 .",
    "sh:deactivated": f":s a sh:PropertyShape ; {TARGET} ; sh:path :p ; sh:minCount 1 ; sh:deactivated true .",
    "sh:inversePath": f":s a sh:PropertyShape ; {TARGET} ; sh:path [ sh:inversePath :p ] ; sh:minCount 1 .",
    "no shape :n": f":s a sh:NodeShape ; {TARGET} ; sh:node :n .",
    "leads back": f":s a sh:NodeShape ; {TARGET} ; sh:node :s .",
    "sh:qualifiedMaxCount": f":s a sh:PropertyShape ; {TARGET} ; sh:path :p ; sh:qualifiedValueShape :n ; "
    "sh:qualifiedMinCount 1 ; sh:qualifiedMaxCount 1 . :n a sh:NodeShape ; sh:not :s2 . :s2 sh:path :p ; sh:minCount 1 .",
    "qualifiedMinCount": f":s a sh:PropertyShape ; {TARGET} ; sh:path :p ; sh:qualifiedMinCount 1 .",
    "minCount": f":s a sh:NodeShape ; {TARGET} ; sh:minCount 1 .",
    "sh:severity": f":s a sh:PropertyShape ; {TARGET} ; sh:path :p ; sh:minCount 1 ; sh:severity :grave .",
    "no number": f':s a sh:PropertyShape ; {TARGET} ; sh:path :p ; sh:minExclusive "a" .',
}


def ntriples(turtle: str) -> bytes:
    return ox.serialize(ox.parse(PROLOGUE + turtle, format=ox.RdfFormat.TURTLE), format=ox.RdfFormat.N_TRIPLES) or b""


def linked_of(turtle: str) -> Linked:
    linked = Linked()
    for quad in ox.parse(PROLOGUE + turtle, format=ox.RdfFormat.TURTLE):
        linked.add(quad.subject.value, quad.predicate.value, quad.object)
        if quad.subject.value.startswith(EX + "a"):
            linked.add(quad.subject.value, EX + "seen", ox.Literal("yes"))
    return linked


def by_pyshacl(linked: Linked, shapes: bytes) -> set[judging.Result]:
    graph = Graph(bind_namespaces="none").parse(data=shapes, format="nt")
    return set(judging._results(judging.validate(linked.graph(), graph)[1]))


@pytest.mark.parametrize("component", COMPONENTS)
def test_each_component(component: str) -> None:
    shapes, data, expected = COMPONENTS[component]
    linked, text = linked_of(data), ntriples(shapes)
    found = set(compiled.Judge(text).judge(linked))
    assert {(r.claim.removeprefix(EX), r.shape.removeprefix(EX), r.severity, r.value) for r in found} == expected
    assert found == by_pyshacl(linked, text)


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_compiled_is_named(what: str) -> None:
    with pytest.raises(CptppError, match=what.replace(":n", ".*n")):
        compiled.Judge(ntriples(REFUSED[what]))


def chunks(kg: CptppGraph, seed: int, most: int) -> Iterator[list[intake.Case]]:
    """The scenarios, then generated cases, so many at a time."""
    scenarios = [replace(intake.cases(stated(path))[0], id=path.stem) for path in CASES]
    generator = Generator(Rules(kg.store), seed)
    yield from (scenarios[first : first + TOGETHER] for first in range(0, len(scenarios), TOGETHER))
    for first in range(0, most, TOGETHER):
        yield [case for number in range(first, first + TOGETHER) for case in intake.cases(generator.cases(number))]


def differing(kg: CptppGraph, cases: list[intake.Case]) -> set[judging.Result]:
    linked = link_all(kg.store, cases)
    return set(judging.judge(linked)) ^ set(compiled.judge(linked))


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(-(-len(CASES) // TOGETHER) + GENERATED // TOGETHER))
def test_scenarios_and_generated_cases(kg: CptppGraph, chunk: int) -> None:
    """Under every rulebook and reading. More of them: python tests/test_compiled.py --cases 5000"""
    assert not differing(kg, next(itertools.islice(chunks(kg, SEED, GENERATED), chunk, None)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=5_000, help=f"rounded up to a multiple of {TOGETHER}")
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    kg, total, wrong = CptppGraph.open(), 0, 0
    for cases in chunks(kg, asked.seed, asked.cases):
        found = differing(kg, cases)
        total, wrong = total + len(cases), wrong + len(found)
        for result in sorted(found, key=str):
            print(result)
    print(f"{total:,} cases, {wrong:,} results on which pySHACL and the compiled shapes differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
