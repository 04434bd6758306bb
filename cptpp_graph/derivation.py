"""What follows from the graph: runs queries/derive/ in their order, at build, or again with another threshold of confidence."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox

from . import files
from .errors import CptppError, say
from .terms import GRAPH, ID, PREFIXES

DERIVED = ox.NamedNode(GRAPH + "derived")
SCRATCH = ox.NamedNode(GRAPH + "scratch")
CONFIDENCE = ox.NamedNode(PREFIXES["cptpp"] + "confidence")
DECIDES, DOUBTS = (ox.NamedNode(ID + "threshold/" + name) for name in ("decides", "unclear"))

Report = Callable[[str], None]


def derive(store: ox.Store, root: Path, report: Report = lambda line: None) -> None:
    """Adds to the store what the derivations of a folder say. Raises ValueError naming the file that cannot be read."""
    for path in sorted((root / "queries" / "derive").glob("*.rq")):
        store.extend(derived(store, path))
        report(f"{path.stem}: {len(store):,}")


def derived(store: ox.Store, path: Path) -> list[ox.Quad]:
    """What one derivation adds; steps on the way are marked scratch and not kept."""
    text = path.read_text(encoding="utf-8")
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
