"""The graph as it would be with other rules: a stranger's patch checked, applied and derived anew in a sandbox, for one run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pyoxigraph as ox

from . import artifact, catalogue, files, judging, literals
from .derivation import DERIVED, INFERRED, SCRATCH, derivations, derive_by, inferred
from .errors import CptppError, LimitReached, Part, Said, printable, say
from .sandbox import Sandbox
from .terms import GRAPH, ID, NS, PREFIXES, shorten

if TYPE_CHECKING:
    from rdflib import Graph

MOST_BYTES = 1_000_000
MOST_STATEMENTS = 10_000
SECONDS = 300.0
ADDED = ox.NamedNode(GRAPH + "patch")
REMOVED = ox.NamedNode(GRAPH + "removed")
MADE = (DERIVED, INFERRED)
LITERALS = {**literals.LITERALS, literals.XSD + "anyURI": r"\S+"}
RDF_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
PROLOGUE = f"@base <{ID}> . " + " ".join(f"@prefix {prefix}: <{iri}> ." for prefix, iri in PREFIXES.items()) + "\n"
MEND = say("Mend the patch.")
FEWER = say("Change fewer rules at a time.")
SPELLING = say("Check the spelling, or describe it in the patch.")

Check = tuple[str, str]
"""Summary and text of a lint query."""

# ------------------------------------------------------------------ outside


def patched(path: Path) -> ox.Store:
    """The shipped graph with the patch of a file; it is not written anywhere. Takes about half a minute.

    The file is Turtle: its statements are added, those within graph:removed { … } (TriG) taken away.
    Raises CptppError where it cannot be read, names what the graph does not know, or leads to a graph that breaks its own rules.
    """
    text, worker = files.text(path, MOST_BYTES), Sandbox("patching", say("the patch"), FEWER)
    try:
        lines = worker.run(text.encode(), SECONDS)
    except CptppError as error:
        wrong = say("{place}: {wrong}", place=printable(str(path)), wrong=error.said.wrong)
        raise type(error)(wrong, error.said.mend) from None
    finally:
        worker.close()
    store = ox.Store()
    store.bulk_load(input=lines, format=ox.RdfFormat.N_QUADS, lenient=True)
    return store


# ------------------------------------------------------------------ in the worker


def prepare() -> Callable[[bytes], bytes]:
    """The function that applies a patch. What it needs is read before nothing can be opened any more."""
    root, store = files.root(), artifact.load()
    shapes = judging.parsed((root / "shapes" / "graph.ttl").read_bytes(), "turtle")
    lint = [check(path) for path in sorted((root / "queries" / "lint").glob("*.rq"))]
    texts = derivations(root)
    catalogue.shipped()
    list(inferred(ox.Store()))
    judging.validate(judging.parsed(b"", "nt"), shapes)

    def answer(body: bytes) -> bytes:
        added, removed = parsed(body.decode())
        check_names(store, added)
        after = applied(store, added, removed)
        try:
            if not all(isinstance(quad.object, ox.Literal) for quad in (*added, *removed)):  # of literals OWL tells nothing here
                after.extend(inferred(after))
            else:
                after.extend(store.quads_for_pattern(None, None, None, INFERRED))
        except ValueError as error:
            raise CptppError(say("with it the graph contradicts itself: {reason}", reason=printable(str(error))), MEND) from None
        derive_by(after, texts)
        after.remove_graph(SCRATCH)
        check_fixed(after)
        check_graph(after, changed(store, after), shapes, [one for one in lint if one])
        return ox.serialize(iter(after), format=ox.RdfFormat.N_QUADS) or b""

    return answer


def parsed(text: str) -> tuple[list[ox.Quad], list[ox.Quad]]:
    """The statements to be added and those to be taken away."""
    found: list[ox.Quad] = []
    try:
        for quad in ox.parse(PROLOGUE + text, format=ox.RdfFormat.TRIG):
            found.append(quad)
            if len(found) > MOST_STATEMENTS:
                raise LimitReached(say("there are more than {most:,} statements", most=MOST_STATEMENTS), FEWER)
    except SyntaxError as error:
        raise CptppError(
            say("line {line}: {reason}", line=(error.lineno or 2) - 1, reason=printable(str(error.msg))), "Write Turtle or TriG."
        ) from None
    for quad in found:
        if not all(isinstance(term, ox.NamedNode | ox.Literal) for term in quad.triple):
            raise CptppError(say("{statement} has a part without a name", statement=_told(quad)), "Name each thing by an IRI.")
        if isinstance(quad.object, ox.Literal) and not literals.is_well_formed(quad.object, LITERALS):
            raise CptppError(
                say("{statement} has a value that its datatype does not have", statement=_told(quad)),
                say("Known: {known}, well formed.", known=", ".join(map(shorten, LITERALS))),
            )
        if quad.graph_name not in (ox.DefaultGraph(), REMOVED):
            raise CptppError(
                say("{statement} stands within another graph", statement=_told(quad)),
                "Statements to be taken away stand within graph:removed { … }, those to be added within none.",
            )
    if not found:
        raise CptppError("it holds no statement", "Write the statements to be added, or taken away.")
    removed = [quad for quad in found if quad.graph_name == REMOVED]
    return [quad for quad in found if quad.graph_name != REMOVED], removed


def _told(quad: ox.Quad) -> str:
    return printable(" ".join(shorten(getattr(term, "value", "_")) for term in quad.triple))


def check_names(store: ox.Store, added: list[ox.Quad]) -> None:
    """Raises CptppError for a name that neither the graph nor the patch tells more of, and for one of our terms redefined."""
    described = {quad.subject for quad in added if quad.predicate == RDF_TYPE}
    for quad in added:
        if cast(ox.NamedNode, quad.subject).value.startswith(NS):
            raise CptppError(
                say("{statement} defines a word of the ontology", statement=_told(quad)), "A patch changes what documents say."
            )
        if not _any(store, None, quad.predicate, None):
            raise _unknown(quad.predicate, "property")
        if quad.subject not in described and not _any(store, quad.subject, None, None):
            raise _unknown(quad.subject)
        known = quad.object in described or isinstance(quad.object, ox.Literal)
        if not known and not _any(store, quad.object, None, None) and not _any(store, None, None, quad.object):
            raise _unknown(quad.object)


def _any(store: ox.Store, *pattern: Any) -> bool:
    return next(iter(store.quads_for_pattern(*pattern)), None) is not None


def _unknown(term: Any, kind: str = "") -> CptppError:
    name = printable(shorten(term.value))
    told: Said = say("the graph knows no property {name}", name=name) if kind else say("the graph knows no {name}", name=name)
    return CptppError(told, SPELLING)


def applied(store: ox.Store, added: Iterable[ox.Quad], removed: Iterable[ox.Quad]) -> ox.Store:
    """What people wrote, with the patch; nothing of what follows from it."""
    after = ox.Store()
    after.bulk_extend(quad for quad in store if quad.graph_name not in MADE)
    for quad in removed:
        here = list(after.quads_for_pattern(*quad.triple))
        if not here:
            raise CptppError(
                say("{statement} is to be taken away and is not stated", statement=_told(quad)),
                "Write it as cptpp-graph export has it; what is derived changes with what is stated.",
            )
        for one in here:
            after.remove(one)
    after.extend(ox.Quad(quad.subject, quad.predicate, quad.object, ADDED) for quad in added)
    return after


def check_fixed(store: ox.Store) -> None:
    """Raises CptppError where the words and lists that ship beside the graph would be others."""
    for name, found in catalogue.of_graph(store).items():
        if found != catalogue.shipped()[name]:
            raise CptppError(
                say("it changes what is fixed when the graph is built: {name}", name=name),
                "Add files to data/ and build; see docs/adding.md.",
            )


# ------------------------------------------------------------------ the graph's own rules


def check(path: Path) -> Check | None:
    """A lint query; none where it asks how a document is printed, of which a patch has none."""
    text = path.read_text(encoding="utf-8")
    summary = text.partition("\n")[0].removeprefix("#+ summary: ").rstrip(".")
    return None if "#+ print: true" in text else (summary, text)


def changed(before: ox.Store, after: ox.Store) -> list[str]:
    """The things of which anything is said that was not, or no more."""
    quads = {quad.triple for quad in before} ^ {quad.triple for quad in after}
    return sorted({term.value for one in quads for term in (one.subject, one.object) if isinstance(term, ox.NamedNode)})


def check_graph(store: ox.Store, focus: list[str], shapes: Graph, lint: Iterable[Check]) -> None:
    """Raises CptppError for the first rule of our graph that this one breaks. focus: where shapes look."""
    for summary, text in lint:
        for row in store.query(text, use_default_graph_as_union=True, prefixes=PREFIXES):  # type: ignore[union-attr]
            cells = [printable(shorten(cell.value)) for cell in row if cell is not None]
            raise _broken(cells[0], summary[0].lower() + summary[1:])
    for node, message in _results(store, focus, shapes):
        raise _broken(printable(shorten(node)), message)


def _broken(name: str, rule: Part) -> CptppError:
    return CptppError(say("with it the graph breaks a rule of its own at {name}: {rule}", name=name, rule=rule), MEND)


def _results(store: ox.Store, focus: list[str], shapes: Graph) -> Iterator[tuple[str, Part]]:
    """Of each thing that a shape faults: what it is and the message, in both languages."""
    from rdflib import SH

    data = judging.parsed("\n".join({f"{quad.triple} ." for quad in store}).encode(), "nt")
    report = judging.validate(data, _aimed(shapes, data, focus))[1]
    for node, result in sorted((str(report.value(one, SH.focusNode)), one) for one in report.objects(None, SH.result)):
        texts: Any = report.objects(result, SH.resultMessage)
        yield node, {str(text.language): str(text) for text in texts}


def _aimed(shapes: Graph, data: Graph, focus: list[str]) -> Graph:
    """The shapes with targets among some nodes only; pySHACL's own focus_nodes holds for nested shapes as well."""
    from rdflib import RDF, RDFS, SH, URIRef

    result, nodes = judging.parsed(b""), set(map(URIRef, focus))
    triples: Any = shapes
    for shape, name, target in triples:
        if name == SH.targetClass:
            kinds = data.transitive_subjects(RDFS.subClassOf, target)
            found: Any = (node for kind in kinds for node in data.subjects(RDF.type, kind))
        elif name == SH.targetSubjectsOf:
            found = data.subjects(target)
        elif name == SH.targetObjectsOf:
            found = data.objects(None, target)
        else:
            result.add((shape, name, target))
            continue
        for node in nodes & set(found):
            result.add((shape, SH.targetNode, node))
    return result
