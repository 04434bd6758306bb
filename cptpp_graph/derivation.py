"""What follows from the graph: closes it by OWL 2 RL and runs queries/derive/ in their order, at build or on a changed graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import cast

import pyoxigraph as ox

from . import files
from .errors import CptppError, say
from .terms import GRAPH, ID, PREFIXES

DERIVED = ox.NamedNode(GRAPH + "derived")
INFERRED = ox.NamedNode(GRAPH + "inferred")
SCRATCH = ox.NamedNode(GRAPH + "scratch")
RDF_TYPE = PREFIXES["rdf"] + "type"
CONFIDENCE = ox.NamedNode(PREFIXES["cptpp"] + "confidence")
DECIDES, DOUBTS = (ox.NamedNode(ID + "threshold/" + name) for name in ("decides", "unclear"))

Report = Callable[[str], None]


def derive(store: ox.Store, root: Path, report: Report = lambda line: None) -> None:
    """Adds to the store what the derivations of a folder say. Raises ValueError naming the file that cannot be read."""
    derive_by(store, derivations(root), report)


def derive_by(store: ox.Store, texts: dict[Path, str], report: Report = lambda line: None) -> None:
    """The same by derivations already read."""
    for path, text in texts.items():
        store.extend(_derived(store, path, text))
        report(f"{path.stem}: {len(store):,}")


def derivations(root: Path) -> dict[Path, str]:
    """The derivations of a folder in the order in which they run."""
    return {path: path.read_text(encoding="utf-8") for path in sorted((root / "queries" / "derive").glob("*.rq"))}


def derived(store: ox.Store, path: Path) -> list[ox.Quad]:
    """What one derivation adds; steps on the way are marked scratch and not kept."""
    return _derived(store, path, path.read_text(encoding="utf-8"))


def _derived(store: ox.Store, path: Path, text: str) -> list[ox.Quad]:
    graph = SCRATCH if "#+ scratch: true" in text else DERIVED
    try:
        triples = store.query(text, use_default_graph_as_union=True)
    except SyntaxError as error:
        raise ValueError(f"{path}: {error}") from error
    assert isinstance(triples, ox.QueryTriples)
    return [ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples]


def threshold(store: ox.Store, which: ox.NamedNode = DECIDES) -> Decimal:
    """The confidence from which a mapping decides, or (DOUBTS) from which it makes a result unclear."""
    (quad,) = store.quads_for_pattern(which, CONFIDENCE, None)
    assert isinstance(quad.object, ox.Literal)
    return Decimal(quad.object.value)


def with_threshold(store: ox.Store, decides: Decimal, report: Report = lambda line: None) -> ox.Store:
    """The same graph as it would be if mappings and readings decided from another confidence. Takes a few seconds.

    Raises CptppError where it lies outside of what can decide: under the threshold of doubt, or above 1.
    """
    least = threshold(store, DOUBTS)
    if not least <= decides <= 1:
        raise CptppError(
            say("{decides} is no threshold from which a mapping could decide", decides=str(decides)),
            say("Give a number from {least} to 1.", least=str(least)),
        )
    other = ox.Store()
    other.bulk_extend(quad for quad in store if quad.graph_name != DERIVED)
    for quad in list(other.quads_for_pattern(DECIDES, CONFIDENCE, None)):
        other.remove(quad)
        literal = ox.Literal(str(decides), datatype=ox.NamedNode(PREFIXES["xsd"] + "decimal"))
        other.add(ox.Quad(DECIDES, CONFIDENCE, literal, quad.graph_name))
    derive(other, files.root(), report)
    return other


# ------------------------------------------------------------------ OWL 2 RL


def inferred(store: ox.Store) -> Iterator[ox.Quad]:
    """What OWL 2 RL adds about named things: types, inverses and chains, without the reasoner's own noise."""
    from owlrl import DeductiveClosure, OWLRL_Semantics
    from owlrl.Namespaces import ERRNS
    from rdflib import Graph, URIRef

    stated_text = "\n".join(f"{q.subject} {q.predicate} {q.object} ." for q in store if _bears_on_reasoning(q))
    graph = Graph().parse(data=stated_text, format="nt")
    stated = set(graph)
    DeductiveClosure(OWLRL_Semantics).expand(graph)
    if contradictions := sorted(str(message) for message in graph.objects(None, ERRNS.error)):
        raise ValueError(f"the graph contradicts its ontology: {contradictions[0]}")
    for triple in graph:
        named = all(isinstance(term, URIRef) for term in triple)
        if named and triple not in stated and _is_ours(*map(str, triple)):
            subject, predicate, obj = (ox.NamedNode(str(term)) for term in triple)
            yield ox.Quad(subject, predicate, obj, INFERRED)


def _bears_on_reasoning(quad: ox.Quad) -> bool:
    """Lists, requirements and the ontology do; literals and the tables of occupations do not."""
    tables = ("noc/", "mappings", "concordance", "regulation", "places")
    return not isinstance(quad.object, ox.Literal) and not _graph(quad).startswith(tables)


def _graph(quad: ox.Quad) -> str:
    return cast(ox.NamedNode, quad.graph_name).value.removeprefix(GRAPH)


def _is_ours(subject: str, predicate: str, obj: str) -> bool:
    """A statement about an individual in our own terms; what concerns the terms themselves stays in the ontology."""
    if subject.startswith(PREFIXES["cptpp"]):
        return False
    return predicate.startswith(PREFIXES["cptpp"]) or (predicate == RDF_TYPE and obj.startswith(PREFIXES["cptpp"]))
