"""Judges claims by pySHACL, each shape by itself, claims that look alike to it once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

import pyoxigraph as ox
from pyshacl.graph_abstraction import DataGraph
from pyshacl.shapes_graph import ShapesGraph
from pyshacl.validator import Validator
from rdflib import RDF, BNode, Graph, URIRef

from cptpp_graph import artifact, judging
from cptpp_graph.judging import Result
from cptpp_graph.linking import Linked, as_rdflib
from cptpp_graph.terms import NS

LIST = "urn:list:"
SELF = "urn:claim"

Tops = frozenset[URIRef]
View = frozenset[tuple[Any, Any, Any]]


@cache
def shapes() -> Graph:
    """The eligibility shapes, their lists named, so that a deletion is the same one in every process."""
    text = re.sub(r"_:(\w+)", rf"<{LIST}\1>", artifact.read("shapes.nt").decode())
    return Graph(bind_namespaces="none").parse(data=text, format="nt")


def _reached(start: URIRef) -> set[URIRef]:
    """The nodes of the shapes graph to which a shape leads, lists included."""
    found, todo = set(), [start]
    while todo:
        node = todo.pop()
        found.add(node)
        todo += [o for o in shapes().objects(node) if o not in found and (o, None, None) in shapes()]
    return found


@cache
def reached() -> dict[URIRef, set[URIRef]]:
    return {top: _reached(top) for top in set(shapes().subjects(URIRef(NS + "judges")))}


@cache
def vocabulary(top: URIRef) -> frozenset[URIRef]:
    """The properties that a judging shape could look at."""
    return frozenset({RDF.type, *(o for node in reached()[top] for o in shapes().objects(node) if isinstance(o, URIRef))})


def part_of_shapes(tops: Tops, gone: Iterable[Any] = (), instead: Iterable[Any] = ()) -> ShapesGraph:
    """These judging shapes with all to which they lead, some statements deleted and others put in their place."""
    graph = Graph(bind_namespaces="none")
    for node in set().union(*(reached()[top] for top in tops)):
        graph += shapes().triples((node, None, None))
    for triple in gone:
        graph.remove(triple)
    for triple in instead:
        graph.add(triple)
    unnamed = Graph(bind_namespaces="none")
    for triple in graph:  # a path that is a list must be a blank node again
        unnamed.add(tuple(BNode(term[len(LIST) :]) if term.startswith(LIST) else term for term in triple))
    return ShapesGraph(unnamed)


@cache
def intact(tops: Tops) -> ShapesGraph:
    return part_of_shapes(tops)


def judged(data: Graph, by: ShapesGraph) -> set[Result]:
    """As cptpp_graph.judging runs pySHACL."""
    validator = Validator(DataGraph.from_rdflib(data), shacl_graph=Graph(), options={"inplace": True})
    validator.shacl_graph = by
    return set(judging._results(validator.run()[1]))


class Judge:
    """Remembers what each shape found in what it can see of a claim, and asks pySHACL for the rest."""

    def __init__(self) -> None:
        self.known: dict[URIRef, dict[View, list[Result]]] = {top: {} for top in reached()}
        self.words = {top: [str(word) for word in vocabulary(top)] for top in reached()}

    def judge(self, linked: Linked) -> dict[str, list[Result]]:
        """Claim to its results."""
        about = _about(linked)
        found: dict[str, list[Result]] = {claim.value: [] for claim in linked.claims}
        for top, words in self.words.items():
            known = self.known[top]
            views = {claim: _view(about, claim, words) for claim in found}
            if new := set(views.values()) - known.keys():
                known |= _asked(top, new)
            for claim, view in views.items():
                for r in known[view]:
                    found[claim].append(Result(claim, r.shape, r.severity, r.value and r.value.replace(SELF, claim, 1)))
        return found


About = dict[str, dict[str, list[Any]]]


def _about(linked: Linked) -> About:
    """Subject to property to values."""
    about: About = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in linked.triples():
        about[subject][predicate].append(value)
    return about


def _view(about: About, claim: str, words: Iterable[str]) -> View:
    """All that a shape which knows these properties can see of a claim, which goes by another name here."""
    found, seen, todo = set(), {claim}, [claim]
    while todo:
        subject = todo.pop()
        said = about[subject]
        start = _renamed(subject, claim)
        for word in words:
            for value in said.get(word, ()):
                end = value.value
                below = _below(end, claim)
                found.add((start, word, ox.NamedNode(_renamed(end, claim)) if below else value))
                if end in about and end not in seen:
                    seen.add(end)
                    todo.append(end)
    return frozenset(found)


def _renamed(node: str, claim: str) -> str:
    return SELF + node[len(claim) :] if _below(node, claim) else node


def _asked(top: URIRef, views: set[View]) -> dict[View, list[Result]]:
    """What pySHACL finds by one shape in each of these views."""
    data, found = Graph(bind_namespaces="none"), {view: [] for view in views}
    names = {f"{SELF}{number}": view for number, view in enumerate(views)}
    for name, view in names.items():
        for subject, predicate, value in view:
            end = URIRef(value.value.replace(SELF, name, 1)) if value.value.startswith(SELF) else as_rdflib(value)
            data.add((URIRef(subject.replace(SELF, name, 1)), URIRef(predicate), end))
    for result in judged(data, intact(frozenset({top}))):
        own = result.value and (
            result.value.replace(result.claim, SELF, 1) if _below(result.value, result.claim) else result.value
        )
        found[names[result.claim]].append(Result(SELF, result.shape, result.severity, own))
    return found


def _below(node: str, claim: str) -> bool:
    return node == claim or node.startswith(claim + "/")
