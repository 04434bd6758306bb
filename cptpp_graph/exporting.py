"""Gives the graph away: as text, or as rdflib holds it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from . import words
from .errors import CptppError, say
from .terms import GRAPH, PREFIXES

if TYPE_CHECKING:
    import rdflib

FORMS = {
    "nquads": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "turtle": ox.RdfFormat.TURTLE,
    "jsonld": ox.RdfFormat.JSON_LD,
}


def names(store: ox.Store) -> dict[str, str]:
    """Short name to IRI of each named graph."""
    iris = (g.value for g in store.named_graphs() if isinstance(g, ox.NamedNode))
    return {iri.removeprefix(GRAPH): iri for iri in sorted(iris)}


def written(store: ox.Store, form: str, graph: str | None) -> bytes:
    """The statements of a store, or of one named graph by its short name, in one of FORMS, sorted."""
    known = names(store)
    if graph is not None and graph not in known:
        mend = words.suggest(words.nearest(graph, known), say("Known: {known}", known=", ".join(known)))
        raise CptppError(say("unknown graph {graph}", graph=words.quoted(graph)), mend)
    chosen = ox.NamedNode(known[graph]) if graph else None
    quads = sorted(_named(store.quads_for_pattern(None, None, None, chosen)), key=str)
    if form == "turtle":
        triples = list(dict.fromkeys(ox.Triple(q.subject, q.predicate, q.object) for q in quads))
        return prefixed(triples, FORMS[form])
    return prefixed(quads, FORMS[form]) if form == "trig" else ox.serialize(quads, format=FORMS[form]) or b""


def _named(quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    """The same with blank nodes named by what is said of them (RDFC-1.0): a store names them anew each time it is opened."""
    blank = ox.Dataset()
    for quad in quads:
        if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
            blank.add(quad)
        else:
            yield quad
    blank.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    yield from blank


def prefixed(statements: Iterable[ox.Quad] | Iterable[ox.Triple], form: ox.RdfFormat) -> bytes:
    """Turtle or TriG with the usual prefixes in one order: pyoxigraph writes them in another each time."""
    lines = (ox.serialize(statements, format=form, prefixes=PREFIXES) or b"").splitlines(keepends=True)
    first = next((place for place, line in enumerate(lines) if not line.startswith(b"@prefix")), len(lines))
    return b"".join([*sorted(lines[:first]), *lines[first:]])


def dataset(store: ox.Store) -> rdflib.Dataset:
    """A copy for rdflib, whose default graph is the union of the named ones."""
    import rdflib

    result = rdflib.Dataset(default_union=True)
    term, graphs = _terms(), {}
    for quad in store:
        if quad.graph_name not in graphs:
            graphs[quad.graph_name] = result.graph(term(quad.graph_name))
        graphs[quad.graph_name].add((term(quad.subject), term(quad.predicate), term(quad.object)))
    _bind(result)
    return result


def to_rdflib(triples: Iterable[Any]) -> rdflib.Graph:
    """The same as an rdflib graph. Raises CptppError where a statement is the value of another."""
    import rdflib

    graph, term = rdflib.Graph(), _terms()
    for triple in triples:
        if isinstance(triple.object, ox.Triple):
            raise CptppError("the answer has statements as values, which rdflib cannot hold", "Ask for their parts.")
        graph.add((term(triple.subject), term(triple.predicate), term(triple.object)))
    _bind(graph)
    return graph


def _terms() -> Callable[[Any], Any]:
    """How a term becomes one of rdflib, each once; literals stay as they are written: 1E+999999999 is not unfolded."""
    from rdflib import BNode, Literal, URIRef

    @cache
    def term(one: Any) -> Any:
        if isinstance(one, ox.Literal):
            kind = None if one.language else URIRef(one.datatype.value)
            plain = one.datatype.value == PREFIXES["xsd"] + "string"
            return Literal(one.value, one.language, None if plain else kind, normalize=False)
        return URIRef(one.value) if isinstance(one, ox.NamedNode) else BNode(one.value)

    return term


def _bind(graph: rdflib.Graph) -> None:
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
