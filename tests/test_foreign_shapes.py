"""Shapes that others write: run as pySHACL alone would run them, or refused where it would pass something over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyshacl
import pytest
from rdflib import BNode, Graph, URIRef
from rdflib.compare import isomorphic

from cptpp_graph import CptppError, CptppGraph, LimitReached, files, shacl
from cptpp_graph.terms import BASE, NS, PREFIXES

HERE = Path(__file__).parent
HEAD = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in PREFIXES.items()) + "@prefix x: <x:> .\n"
CASE = json.loads((HERE / "hostile" / "control" / "engineer.json").read_text(encoding="utf-8"))


def node(body: str) -> str:
    return f"{HEAD}x:S a sh:NodeShape ; sh:targetClass cptpp:PrincipalCase ; {body} ."


def path(path: str, body: str) -> str:
    return node(f"sh:property [ sh:path {path} ; {body} ]")


@pytest.fixture(scope="module")
def data(kg: CptppGraph) -> Graph:
    return kg.claims(CASE)


def run(kg: CptppGraph, data: Graph, shapes: str, tmp_path: Path, **options: Any) -> tuple[bool, Graph, str]:
    file = tmp_path / "shapes.ttl"
    file.write_text(shapes, encoding="utf-8")
    return kg.validate(data, shapes=file, **options)


def of_report(report: Graph) -> list[tuple[str, ...]]:
    """The results; a node without a name has another in each report."""

    def named(node: Any, name: str) -> str:
        value = report.value(node, URIRef(PREFIXES["sh"] + name))
        return "" if isinstance(value, BNode) else str(value)

    names = ("focusNode", "resultSeverity", "value", "sourceConstraintComponent")
    found = report.objects(None, URIRef(PREFIXES["sh"] + "result"))
    return sorted(tuple(named(node, name) for name in names) for node in found)


ID, MONTHS, OFFER = "dcterms:identifier", "( cptpp:offer cptpp:durationMonths )", "cptpp:offer"
BOUNDS = [f"sh:{bound}{kind}" for bound in ("min", "max") for kind in ("Inclusive", "Exclusive")]
BOTH = ("sh:nodeKind sh:IRI", "sh:nodeKind sh:Literal")

# Every property of SHACL Core, met and violated.
CORE = [
    *(node(f"sh:nodeKind sh:{kind}") for kind in ("IRI", "Literal", "BlankNode", "BlankNodeOrIRI", "IRIOrLiteral")),
    *(node(f"sh:class cptpp:{cls}") for cls in ("PrincipalCase", "SpouseCase")),
    *(path("cptpp:receivedOn", f"sh:datatype xsd:{datatype}") for datatype in ("date", "string")),
    *(path(ID, f"sh:{count} {n}") for count in ("minCount", "maxCount") for n in (0, 1, 2)),
    *(path(MONTHS, f"{bound} {n}") for bound in BOUNDS for n in (11, 12, 12.5)),
    *(path("cptpp:receivedOn", f"{bound} '{day}'^^xsd:date") for bound in BOUNDS for day in ("2020-01-01", "2029-01-01")),
    *(path(ID, f"sh:{length} {n}") for length in ("minLength", "maxLength") for n in (1, 100)),
    *(path(ID, f"sh:pattern '{pattern}' ; sh:flags '{flags}'") for pattern in ("^ENG", "^x") for flags in ("i", "im")),
    path(ID, "sh:languageIn ( 'en' )"),
    path(ID, "sh:uniqueLang true"),
    *(path(ID, f"sh:{pair} {other}") for pair in ("equals", "disjoint") for other in (ID, OFFER)),
    *(path(ID, f"sh:{pair} {ID}") for pair in ("lessThan", "lessThanOrEquals")),
    *(path(ID, f"sh:hasValue '{value}'") for value in ("engineer", "other")),
    *(path(ID, f"sh:in ( '{value}' 1 2.5 true )") for value in ("engineer", "other")),
    *(node(f"sh:closed true ; sh:ignoredProperties ( {ignored} )") for ignored in ("rdf:type", "")),
    *(node(f"sh:not [ {one} ]") for one in BOTH),
    *(node(f"sh:{way} ( [ sh:nodeKind sh:IRI ] [ {one} ] )") for way in ("and", "or", "xone") for one in BOTH),
    *(node(f"sh:node x:T . x:T {one}") for one in BOTH),
    *(
        path(OFFER, f"sh:qualifiedValueShape [ {one} ] ; sh:qualifiedValueShapesDisjoint true ; sh:qualified{bound}Count {n}")
        for one in BOTH for bound in ("Min", "Max") for n in (0, 1, 2)
    ),
    *(path(f"[ sh:{way} {OFFER} ]", "sh:minCount 1 ; sh:maxCount 1") for way in shacl.OPERATORS - {"alternativePath"}),
    path(f"[ sh:alternativePath ( {ID} [ sh:inversePath cptpp:ofCase ] rdf:type ) ]", "sh:maxCount 0"),
    f"{HEAD}x:S sh:targetSubjectsOf {OFFER} ; sh:nodeKind sh:Literal .",
    *(f"{HEAD}x:S sh:targetObjectsOf {what} ; sh:nodeKind sh:Literal ." for what in (ID, OFFER)),
    f"{HEAD}x:S sh:targetNode <{BASE}case/engineer> ; sh:nodeKind sh:Literal .",
    f"{HEAD}cptpp:PrincipalCase a sh:NodeShape , rdfs:Class ; sh:nodeKind sh:Literal .",
    *(path(ID, f"sh:maxCount 0 ; sh:severity sh:{how} ; sh:message 'no'@en , 'a'") for how in ("Info", "Warning", "Violation")),
    node(f"sh:nodeKind sh:IRI ; sh:property [ sh:deactivated true ; sh:path {ID} ; sh:maxCount 0 ]"),
    node("sh:nodeKind sh:Literal ; sh:name 'a'@en ; sh:description 'b' ; sh:order 1.5 ; sh:group x:G . x:G a sh:PropertyGroup"),
    node("sh:nodeKind sh:IRI ; rdfs:comment '<!DOCTYPE x [<!ENTITY a \"a\">]><x>&a;</x>'^^rdf:XMLLiteral"),
]  # fmt: skip


def test_all_of_shacl_core_is_run_as_pyshacl_runs_it(kg: CptppGraph, data: Graph, tmp_path: Path) -> None:
    outcomes, used = set(), set()
    for shapes in CORE:
        graph = Graph().parse(data=shapes, format="turtle")
        conforms, report, _ = pyshacl.validate(data, shacl_graph=graph, inference="none", advanced=False, inplace=True)
        found = run(kg, data, shapes, tmp_path)
        assert (found[0], of_report(found[1])) == (conforms, of_report(report)), shapes  # type: ignore[arg-type]
        outcomes.add(conforms)
        used |= {predicate.removeprefix(PREFIXES["sh"]) for predicate in graph.predicates()}
    assert outcomes == {True, False}
    assert shacl.CORE | {"name", "description", "order", "group"} <= used


def test_our_own_shapes_find_the_same_as_those_of_another(kg: CptppGraph, data: Graph) -> None:
    ours = kg.validate(data)
    theirs = kg.validate(data, shapes=files.root() / "shapes" / "eligibility.ttl")
    assert theirs[0] == ours[0] and theirs[2] == ours[2] and isomorphic(theirs[1], ours[1])
    as_graph = kg.validate(data, shapes=Graph().parse(files.root() / "shapes" / "eligibility.ttl"))
    assert as_graph[0] == ours[0] and as_graph[2] == ours[2]


ILL_FORMED = [
    node("sh:deactivated 'false' ; sh:nodeKind sh:Literal"),
    node("sh:closed 'true'"),
    node("sh:closed true ; sh:ignoredProperties rdf:type"),
    node("sh:class 'x'"),
    node("sh:datatype 'x'"),
    node("sh:severity 'x' ; sh:nodeKind sh:Literal"),
    node("sh:nodeKind sh:IRI , sh:Literal"),
    node("sh:minInclusive 1 , 2"),
    node("sh:maxCount 0"),
    node("sh:uniqueLang true"),
    node("sh:message 5 ; sh:nodeKind sh:Literal"),
    node("sh:property [ sh:maxCount 0 ]"),
    node("sh:languageIn 'en'"),
    path("dcterms:identifier", "sh:equals 'x'"),
    path("dcterms:identifier", "sh:lessThan 'x'"),
    path("dcterms:identifier", "sh:in dcterms:identifier"),
    path("dcterms:identifier", "sh:minCount 1.0"),
    path("dcterms:identifier", "sh:uniqueLang 'true'"),
    path("dcterms:identifier , rdf:type", "sh:maxCount 0"),
    path("( dcterms:identifier )", "sh:maxCount 0"),
    path("[ sh:inversePath rdf:type , cptpp:offer ]", "sh:maxCount 0"),
    path("[ sh:inversePath rdf:type ; sh:zeroOrMorePath cptpp:offer ]", "sh:maxCount 0"),
    path("[ rdf:first cptpp:offer ]", "sh:maxCount 0"),
    path("'dcterms:identifier'", "sh:maxCount 0"),
]


def test_ill_formed_shapes_are_refused_as_the_shapes_of_shapes_refuse_them(kg: CptppGraph, data: Graph, tmp_path: Path) -> None:
    for shapes in ILL_FORMED:
        with pytest.raises(pyshacl.errors.ReportableRuntimeError):  # by the standard's shapes, or when it is run
            pyshacl.validate(data, shacl_graph=Graph().parse(data=shapes, format="turtle"), meta_shacl=True)
        with pytest.raises(CptppError) as caught:
            run(kg, data, shapes, tmp_path)
        assert type(caught.value) is CptppError and str(tmp_path) in caught.value.wrong, shapes


PASSED_OVER = {
    "SHACL Core has no sh:maxCuont": path("dcterms:identifier", "sh:maxCuont 0"),
    "SHACL Core has no sh:Vio": path("dcterms:identifier", "sh:maxCount 0 ; sh:severity sh:Vio"),
    "sh:expression: not evaluated": node("sh:expression [ sh:path x:never ]"),
    "sh:ConstraintComponent: not evaluated": node("x:p 1 . x:C a sh:ConstraintComponent"),
    "owl:imports": node("sh:nodeKind sh:Literal . x:O owl:imports <http://127.0.0.1:9/>"),
    "x:T is asked for as a shape": node("sh:node x:T"),
    "x:U is asked for as a shape": node("sh:or ( [ sh:nodeKind sh:Literal ] x:U )"),
    "'T' is asked for as a shape": node("sh:node 'T'"),
    "name is asked for as a shape": node("sh:node []"),
    "x:S asks for nothing": node("sh:message 'a'"),
    "no shape with a target": f"{HEAD}x:S a sh:NodeShape ; sh:nodeKind sh:Literal .",
    "there is no shape with": node("sh:deactivated true ; sh:nodeKind sh:Literal"),
    "a shape leads back to itself: x:S, x:T": node("sh:node x:T . x:T sh:not x:S"),
    "a shape leads back to itself: x:S": node("sh:xone ( [ sh:node x:S ] )"),
    "list, path or shape leads back to itself": node("sh:in _:l . _:l rdf:first 1 ; rdf:rest _:l"),
    "shape leads back to itself: x:l": node("sh:and x:l . x:l rdf:first [ sh:nodeKind sh:IRI ] ; rdf:rest x:l"),
    "sh:targetClass names cptpp:PrincipalCaes": f"{HEAD}x:S sh:targetClass cptpp:PrincipalCaes ; sh:nodeKind sh:Literal .",
    "sh:targetClass names cptpp:Spouse,": f"{HEAD}cptpp:Spouse a sh:NodeShape , owl:Class ; sh:nodeKind sh:Literal .",
    "sh:targetObjectsOf names cptpp:ofer": f"{HEAD}x:S sh:targetSubjectsOf cptpp:ofer ; sh:nodeKind sh:Literal .",
    f"sh:targetNode names {BASE}case/a": f"{HEAD}x:S sh:targetNode <{BASE}case/a> ; sh:nodeKind sh:Literal .",
    "sh:path names cptpp:durationMonth,": path("( cptpp:offer cptpp:durationMonth )", "sh:maxInclusive 1"),
    "names cptpp:offers": path("cptpp:offer", "sh:disjoint cptpp:offers"),
    "'2022-01-01T00:00:00' of type xsd:dateTime": path("cptpp:receivedOn", "sh:maxInclusive '2022-01-01T00:00:00'^^xsd:dateTime"),
    "'2022-02-30' of type xsd:date": path("cptpp:receivedOn", "sh:maxInclusive '2022-02-30'^^xsd:date"),
    "'abc' of type xsd:integer": path("cptpp:receivedOn", "sh:maxInclusive 'abc'^^xsd:integer"),
    "of type rdf:HTML": path("cptpp:receivedOn", "sh:hasValue '<b>'^^rdf:HTML"),
    "a statement as its value": node("sh:hasValue <<( x:a x:b x:c )>>"),
    "ends of lines": path("dcterms:identifier", r"sh:hasValue 'x\nConforms: True'"),
    "characters that are not seen": node(r"sh:class <x:\u202E>"),
    "sh:pattern '(' is none": path("dcterms:identifier", "sh:pattern '('"),
    "sh:flags 'x' are not all evaluated": path("dcterms:identifier", "sh:pattern 'e n' ; sh:flags 'x'"),
    "line 1 is not Turtle": "{",
    "too deep": node("sh:not [ " * 40 + "sh:nodeKind sh:Literal" + " ]" * 40),
}  # fmt: skip


@pytest.mark.parametrize(("wrong", "shapes"), PASSED_OVER.items(), ids=PASSED_OVER.keys())
def test_what_would_be_passed_over_is_refused(kg: CptppGraph, data: Graph, wrong: str, shapes: str, tmp_path: Path) -> None:
    with pytest.raises(CptppError) as caught:
        run(kg, data, shapes, tmp_path)
    assert wrong in caught.value.wrong and str(tmp_path) in caught.value.wrong and caught.value.mend


@pytest.mark.parametrize("name", ["nt", "turtle"])
def test_messages_stand_on_one_line_without_what_is_not_seen(kg: CptppGraph, data: Graph, name: str, tmp_path: Path) -> None:
    shapes = path("dcterms:identifier", r'sh:maxCount 0 ; sh:message "a\nConforms: True\u001B\u202E\u2028"@en , "é\u00A0!"@fr')
    _, report, text = run(kg, data, shapes, tmp_path)
    assert "\nConforms: True" not in text and "é\u00a0!" in text
    assert not {"\x1b", "\u202e", "\u2028"} & {*text, *report.serialize(format=name)}


def test_what_takes_for_ever_is_stopped_and_the_next_works(kg: CptppGraph, data: Graph, tmp_path: Path) -> None:
    case = {**CASE, "id": "a" * 60}
    with pytest.raises(LimitReached, match="time limit"):
        run(kg, kg.claims(case), path("dcterms:identifier", "sh:pattern '^(a+)+b$'"), tmp_path, timeout=1)
    twelvefold = (f"x:n{n} sh:and ( {f'[ sh:node x:n{n + 1} ] ' * 12} ) ." for n in range(6))
    with pytest.raises(LimitReached, match="time limit"):
        run(kg, data, node(f"sh:node x:n0 . {' '.join(twelvefold)} x:n6 sh:nodeKind sh:IRI"), tmp_path, timeout=1)
    with pytest.raises(LimitReached, match="statements"):
        run(kg, data, node("x:p " + ",".join(map(str, range(shacl.MOST_STATEMENTS)))), tmp_path)
    assert run(kg, data, node("sh:nodeKind sh:IRI"), tmp_path)[0] is True


def test_whatever_a_case_can_have_is_known(kg: CptppGraph) -> None:
    """What is not on every claim: a target that none of these has would be called misspelt."""
    classes, properties = shacl.vocabulary()
    files = sorted((HERE / "cases").glob("*.json"))[::8]
    claims = [kg.claims(json.loads(file.read_text(encoding="utf-8"))["case"]) for file in files]
    found = [{str(predicate) for predicate in graph.predicates()} for graph in claims]
    assert {str(cls) for graph in claims for cls in graph.objects(None, URIRef(shacl.TYPE))} <= classes
    assert set.union(*found) - set.intersection(*found) - properties <= {NS + "languageTrigger"}
