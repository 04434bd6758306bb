"""Deletes every single constraint and every single rule, one at a time, and counts the deletions that no test would notice.

Run: python -m tests.mutate [WORD…]; words choose deletions by name. Exit code 1 where something survives that EQUIVALENT
does not name, or where EQUIVALENT names what does not survive.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from rdflib import RDF, SH, Graph, URIRef

from cptpp_graph import CptppGraph, artifact, assessment, build, files, intake, judging, linking, words
from cptpp_graph.errors import CptppError
from cptpp_graph.judging import Result
from cptpp_graph.linking import Linked
from cptpp_graph.terms import ID, NS, shorten
from cptpp_graph.verdict import NOT_MET, OPEN, claimed_of

from . import test_graph, test_m_data

HERE = Path(__file__).parent
SHAPE = test_graph.SHAPE
IN_FORCE = files.root() / "queries" / "derive" / "11-in-force.rq"
MADE = {build.DERIVED, build.INFERRED}

# What survives because no case can tell it from the original, with the reason.
EQUIVALENT: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One deletion. at: the shape it is done to; gone: statements deleted; instead: statements that mend a list."""

    kind: str
    name: str
    gone: tuple[Any, ...]
    at: URIRef | None = None
    instead: tuple[Any, ...] = ()


# ------------------------------------------------------------------ what can be deleted

LIST = "urn:list:"
PASSIVE = {SH.path, SH.severity, SH.message, SH.targetClass, SH.targetSubjectsOf}


def shapes_with_named_lists() -> Graph:
    """The eligibility shapes, their lists named, so that a deletion is the same one in every process."""
    text = re.sub(r"_:(\w+)", rf"<{LIST}\1>", artifact.read("shapes.nt").decode())
    return Graph(bind_namespaces="none").parse(data=text, format="nt")


def shape_mutants(graph: Graph) -> Iterator[Mutant]:
    """Each constraint, each member of a list in one, and each whole shape that judges."""
    for shape in sorted({s for kind in (SH.NodeShape, SH.PropertyShape) for s in graph.subjects(RDF.type, kind)}):
        name = shape.removeprefix(SHAPE)
        if (shape, URIRef(NS + "judges"), None) in graph:
            yield Mutant("shape", name, (), shape)
        for p, o in sorted(graph.predicate_objects(shape)):
            if not p.startswith(str(SH)) or p in PASSIVE:
                continue
            value = "" if o.startswith(LIST) else " " + shorten(o.removeprefix(SHAPE))
            yield Mutant("constraint", f"{name} {shorten(p)}{value}", ((shape, p, o),), shape)
            yield from _members(graph, shape, p, o, f"{name} {shorten(p)}")


def _members(graph: Graph, shape: URIRef, p: Any, node: Any, name: str) -> Iterator[Mutant]:
    before = (shape, p)
    while (first := graph.value(node, RDF.first)) is not None:
        rest = graph.value(node, RDF.rest)
        member = shorten(first.removeprefix(SHAPE))
        yield Mutant("member of a list", f"{name} ( {member} )", ((*before, node),), shape, ((*before, rest),))
        before, node = (node, RDF.rest), rest


KINDS = {"Exclusion": "exclusion", "Readmission": "readmission", "Condition": "condition", "FactTest": "fact test"}
KINDS |= {"ReceiptWindow": "receipt window", "EntryIntoForce": "entry into force"}
VALUES = {
    "condition": "condition of a mapping or entry",
    "receivedFrom": "bound of a window",
    "receivedUntil": "bound of a window",
    **dict.fromkeys(("accepts", "rejects", "leavesToOfficer", "leavesUnclear"), "answer of a test"),
    **dict.fromkeys(("admitsCitizensOf", "admitsPermanentResidentsOf"), "country of a provision"),
}


def data_mutants(store: ox.Store) -> Iterator[Mutant]:
    """Each thing of these kinds with all that is said of it, and each single value of these properties."""
    parameters = {row[0]: "parameter of a provision" for row in test_graph.rows(store, "SELECT ?p { ?p a cptpp:Parameter }")}
    for name, kind in KINDS.items():
        for thing in sorted({q.subject.value for q in _asserted(store, None, RDF.type, NS + name)}):
            gone = (*_asserted(store, thing), *_asserted(store, None, NS + "test", thing))
            yield Mutant(kind, thing.removeprefix(ID), gone)
    for iri, kind in ({NS + name: kind for name, kind in VALUES.items()} | parameters).items():
        for quad in sorted(_asserted(store, None, iri), key=str):
            value = shorten(quad.object.value).removeprefix("id:")
            yield Mutant(kind, f"{quad.subject.value.removeprefix(ID)} {shorten(iri)} {value}", (quad,))


def _asserted(store: ox.Store, *pattern: str | None) -> list[ox.Quad]:
    """What people wrote: statements with this subject, property and object."""
    terms = [ox.NamedNode(term) if term else None for term in (*pattern, None, None)[:3]]
    return [quad for quad in store.quads_for_pattern(*terms, None) if quad.graph_name not in MADE]


# ------------------------------------------------------------------ the cases


@dataclass(slots=True)
class Scenario:
    """A case, what it must come out as under which rulebook, and how it is linked and judged as things are."""

    name: str
    case: intake.Case
    linked: Linked
    expected: dict[str, dict[str, Any]]
    text: str
    results: frozenset[Result] = frozenset()

    def claims(self, linked: Linked) -> dict[str, list[ox.NamedNode]]:
        """The claims under each rulebook that the expectations name."""
        books = {book: words.term("rulebook", book) for book in self.expected}
        return {
            book: [node for node in linked.claims if linked.one(node.value, "cptpp:rulebook") == iri]
            for book, iri in books.items()
        }

    def graph(self, linked: Linked) -> Graph:
        """The same claims for pySHACL, without those under other rulebooks."""
        graph = linked.graph()
        kept = {node.value for nodes in self.claims(linked).values() for node in nodes}
        dropped = {node.value for node in linked.claims} - kept
        for subject in set(graph.subjects()):
            if any(subject == node or subject.startswith(node + "/") for node in dropped):
                graph.remove((subject, None, None))
        return graph


class Bench:
    """The cases linked and judged once, the shapes and the graph; both are damaged and mended again and again."""

    def __init__(self) -> None:
        self.kg = CptppGraph.open()
        self.shapes = shapes_with_named_lists()
        self.tops = _tops(self.shapes)
        self.in_force = build.derived(self.kg.store, IN_FORCE)
        self.data = Graph(bind_namespaces="none")
        self.scenarios: dict[str, Scenario] = {}
        for path in sorted((HERE / "cases").glob("*.json")):
            content = json.loads(path.read_text(encoding="utf-8"))
            case = intake.cases(content["case"])[0]
            linked = linking.link(self.kg.store, case)
            text = "\n".join(f"{s} {o.value}" for s, _, o in linked.triples())
            self._add(Scenario(path.stem, case, linked, content["expected"], text))
        self.owner = {node.value: scenario for scenario in self.scenarios.values() for node in scenario.linked.claims}
        found: dict[str, set[Result]] = {name: set() for name in self.scenarios}
        for result in judged(self.data):
            found[self.owner[result.claim].name].add(result)
        for name, results in found.items():
            self.scenarios[name].results = frozenset(results)

    def _add(self, scenario: Scenario) -> None:
        self.scenarios[scenario.name] = scenario
        self.data += scenario.graph(scenario.linked)

    def fails(self, scenario: Scenario, linked: Linked, results: Iterable[Result]) -> bool:
        """Whether the case would not come out as its file says, as tests/test_cases.py compares it."""
        by_claim: dict[str, list[Result]] = {}
        for result in results:
            by_claim.setdefault(result.claim, []).append(result)
        for book, nodes in scenario.claims(linked).items():
            try:
                claimed = [claimed_of(self.kg.lexicon, linked, node, by_claim.get(node.value, [])) for node in nodes]
            except RuntimeError:
                return True
            best, expected = assessment._best(linked, claimed), scenario.expected[book]
            opened = {name: because for name, (outcome, because) in best.outcomes.items() if outcome == OPEN}
            found = (best.outcome, sorted(best.of(NOT_MET)), opened)
            if found != (expected["outcome"], sorted(expected["failing"]), expected.get("open", opened)):
                return True
        return False

    # -------------------------------------------------------------- shapes

    def notices_shape(self, mutant: Mutant) -> str | None:
        """A case that fails under the shapes without this, or that the shapes cannot be run."""
        tops = {mutant.at} if mutant.kind == "shape" else self.tops[mutant.at]
        touched = {str(top) for top in tops}
        try:
            new = judged(self.data, self._mutated(mutant, tops)) if mutant.kind != "shape" else set()
        except CptppError:
            return "refused by pySHACL"
        old = {result for scenario in self.scenarios.values() for result in scenario.results if result.shape in touched}
        for scenario in {self.owner[result.claim].name: self.owner[result.claim] for result in old ^ new}.values():
            kept = {result for result in scenario.results if result.shape not in touched}
            now = kept | {result for result in new if self.owner[result.claim] is scenario}
            if self.fails(scenario, scenario.linked, now):
                return scenario.name
        return None

    def _mutated(self, mutant: Mutant, tops: set[URIRef]) -> Graph:
        """The shapes with the deletion made, of which only these keep their targets."""
        graph = Graph(bind_namespaces="none")
        graph += self.shapes
        for shape in set(self.shapes.subjects(URIRef(NS + "judges"))) - tops:
            graph.remove((shape, SH.targetClass, None))
            graph.remove((shape, SH.targetSubjectsOf, None))
        for triple in mutant.gone:
            graph.remove(triple)
        for triple in mutant.instead:
            graph.add(triple)
        return graph

    # -------------------------------------------------------------- data

    def notices_data(self, mutant: Mutant) -> str | None:
        """A test of the graph or a case that fails without these statements."""
        store = self.kg.store
        for quad in mutant.gone:
            store.remove(quad)
        try:
            return self._notices(mutant, store)
        finally:
            store.extend(mutant.gone)

    def _notices(self, mutant: Mutant, store: ox.Store) -> str | None:
        if mutant.kind in ("exclusion", "readmission"):
            return _failing(test_graph.test_entries_are_as_many_as_printed, store)
        if mutant.kind == "condition of a mapping or entry":
            lint = files.root() / "queries" / "lint" / "part-without-condition.rq"
            return _failing(test_graph.test_lint, store, lint) or _data(store) or _permissions(rebuilt(store))
        if mutant.kind == "entry into force":
            return self._notices_date(mutant, store)
        return self._case(mutant, store) or _data(store)

    def _notices_date(self, mutant: Mutant, store: ox.Store) -> str | None:
        """The first and last days are derived from the statements, so they are derived anew."""
        fresh = build.derived(store, IN_FORCE)
        _swap(store, self.in_force, fresh)
        try:
            return self._case(mutant, store) or _data(store)
        finally:
            _swap(store, fresh, self.in_force)

    def _case(self, mutant: Mutant, store: ox.Store) -> str | None:
        """The first case that fails, those first that speak most of what was deleted."""
        spoken = {str(term.value) for quad in mutant.gone for term in (quad.subject, quad.object)}
        tokens = {text.removeprefix(ID) for text in spoken}
        for scenario in sorted(self.scenarios.values(), key=lambda one: -sum(token in one.text for token in tokens)):
            if not any(token in scenario.text for token in tokens):
                break
            linked = linking.link(store, scenario.case)
            if set(linked.triples()) == set(scenario.linked.triples()):
                continue
            if self.fails(scenario, linked, judged(scenario.graph(linked))):
                return scenario.name
        return None


def judged(data: Graph, shapes: Graph | None = None) -> set[Result]:
    return set(judging._results(judging.validate(data, shapes)[1]))


def _failing(test: Any, *arguments: Any) -> str | None:
    """The name of a test that fails with these arguments."""
    try:
        test(*arguments)
    except AssertionError:
        return str(test.__name__)
    return None


def _data(store: ox.Store) -> str | None:
    tests = (getattr(test_m_data, name) for name in dir(test_m_data) if name.startswith("test_"))
    return next((name for test in tests if (name := _failing(test, store))), None)


def _permissions(store: ox.Store) -> str | None:
    for book in ("ircc", "canadavisa"):
        if failing := _failing(test_graph.test_permissions_are_those_of_the_second_derivation, store, book, book):
            return failing
    return None


def rebuilt(store: ox.Store) -> ox.Store:
    """A copy with what is derived made anew."""
    copy = ox.Store()
    copy.bulk_extend(quad for quad in store if quad.graph_name != build.DERIVED)
    for path in sorted((files.root() / "queries" / "derive").glob("*.rq")):
        copy.extend(build.derived(copy, path))
    return copy


def _swap(store: ox.Store, gone: list[ox.Quad], instead: list[ox.Quad]) -> None:
    for quad in gone:
        store.remove(quad)
    store.extend(instead)


def _tops(graph: Graph) -> dict[URIRef, set[URIRef]]:
    """For each shape, the judging shapes that lead to it."""
    found: dict[URIRef, set[URIRef]] = {}
    for top in set(graph.subjects(URIRef(NS + "judges"))):
        todo, seen = [top], set()
        while todo:
            shape = todo.pop()
            if shape in seen:
                continue
            seen.add(shape)
            found.setdefault(shape, set()).add(top)
            todo += [o for p in (SH.property, SH.node, SH["not"], SH.qualifiedValueShape) for o in graph.objects(shape, p)]
            todo += [o for heads in graph.objects(shape, SH["or"]) for o in graph.items(heads)]
    return found


# ------------------------------------------------------------------ all of them


@cache
def bench() -> Bench:
    return Bench()


def notices(mutant: Mutant) -> str | None:
    """What notices the deletion; None where nothing does."""
    return bench().notices_shape(mutant) if mutant.at else bench().notices_data(mutant)


def run(chosen: list[str]) -> dict[Mutant, str | None]:
    """Every mutant whose name holds one of the words, with what notices it."""
    all_of_them = [*shape_mutants(bench().shapes), *data_mutants(bench().kg.store)]
    mutants = [m for m in all_of_them if not chosen or any(word in f"{m.kind}: {m.name}" for word in chosen)]
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        return dict(zip(mutants, pool.map(notices, mutants, chunksize=4), strict=True))


def main(chosen: list[str]) -> int:
    found = run(chosen)
    total, noticed = Counter(m.kind for m in found), Counter(m.kind for m, by in found.items() if by)
    for kind in total:
        print(f"{kind:32} {total[kind]:4} mutants  {noticed[kind]:4} noticed")
    survivors = {f"{m.kind}: {m.name}" for m, by in found.items() if not by}
    for name in sorted(survivors):
        print(f"survives: {name}" + (f" (equivalent: {EQUIVALENT[name]})" if name in EQUIVALENT else ""))
    wrongly_named = sorted(set(EQUIVALENT) - survivors) if not chosen else []
    for name in wrongly_named:
        print(f"named as equivalent, but noticed or gone: {name}")
    return 1 if survivors - set(EQUIVALENT) or wrongly_named else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
