"""Deletes every single constraint and every single rule, one at a time, and counts the deletions that no test would notice.

Run: python -m tests.mutate [--every N] [WORD…]; words choose deletions by name, N takes each Nth only. Exit code 1 where
something survives that EQUIVALENT does not name, or where EQUIVALENT names what does not survive.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stderr
from dataclasses import dataclass
from functools import cache
from io import StringIO
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from pyshacl.errors import ConstraintLoadError, ShapeLoadError
from pyshacl.shapes_graph import ShapesGraph
from rdflib import RDF, SH, Graph, URIRef

from cptpp_graph import CptppGraph, artifact, derivation, files, intake, linking, words
from cptpp_graph.explanation import Explanation
from cptpp_graph.judging import Result
from cptpp_graph.linking import Linked
from cptpp_graph.terms import ID, NS, shorten
from cptpp_graph.verdict import FAILS, MET, NOT_MET, OPEN, QUALIFIES, UNDETERMINED, best, claimed_of

from . import test_graph, test_m_couples, test_m_data
from .alike import LIST, SELF, Tops, View, intact, judged, part_of_shapes, reached, shapes, vocabulary

CASES = Path(__file__).parent / "cases"
SHAPE = test_graph.SHAPE
IN_FORCE = files.root() / "queries" / "derive" / "11-in-force.rq"
MADE = {derivation.DERIVED, derivation.INFERRED}

# What survives because nothing can tell it from the original, with the reason.
EQUIVALENT: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One deletion. gone: statements deleted; at: the shape it is done to; instead: statements that mend a list."""

    kind: str
    name: str
    gone: tuple[Any, ...]
    at: URIRef | None = None
    instead: tuple[Any, ...] = ()


# ------------------------------------------------------------------ what can be deleted

PASSIVE = {SH.path, SH.severity, SH.message, SH.targetClass, SH.targetSubjectsOf}


def shape_mutants() -> Iterator[Mutant]:
    """Each constraint, each member of a list in one, and each whole shape that judges."""
    for shape in sorted({s for kind in (SH.NodeShape, SH.PropertyShape) for s in shapes().subjects(RDF.type, kind)}):
        name = shape.removeprefix(SHAPE)
        if (shape, URIRef(NS + "judges"), None) in shapes():
            yield Mutant("shape", name, (), shape)
        for p, o in sorted(shapes().predicate_objects(shape)):
            if p.startswith(str(SH)) and p not in PASSIVE:
                value = "" if o.startswith(LIST) else " " + shorten(o.removeprefix(SHAPE))
                yield Mutant("constraint", f"{name} {shorten(p)}{value}", ((shape, p, o),), shape)
                yield from _members(shape, p, o, f"{name} {shorten(p)}")


def _members(shape: URIRef, p: Any, node: Any, name: str) -> Iterator[Mutant]:
    before = (shape, p)
    while (first := shapes().value(node, RDF.first)) is not None:
        rest = shapes().value(node, RDF.rest)
        member = shorten(str(first).removeprefix(SHAPE))
        yield Mutant("member of a list", f"{name} ( {member} )", ((*before, node),), shape, ((*before, rest),))
        before, node = (node, RDF.rest), rest


KINDS = {"Exclusion": "exclusion", "Readmission": "readmission", "Condition": "condition", "FactTest": "fact test"}
KINDS |= {"ReceiptWindow": "receipt window", "EntryIntoForce": "entry into force"}
VALUES = {
    "condition": "condition of a mapping or entry",
    **dict.fromkeys(("receivedFrom", "receivedUntil"), "bound of a window"),
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


class Scenario:
    """A case, what it must come out as under which rulebook, and how it is linked and judged as things are."""

    def __init__(
        self, name: str, case: intake.Case, linked: Linked, expected: dict[str, dict[str, Any]], couple: bool = False
    ) -> None:
        self.name, self.case, self.linked, self.expected, self.couple = name, case, linked, expected, couple
        self.books = {book: words.term("rulebook", book) for book in expected}
        self.graph = linked.graph()
        self.results: set[Result] = set()
        self.lines: dict[str, int] = {}

    def claims(self, linked: Linked) -> dict[str, list[ox.NamedNode]]:
        """The claims under each rulebook that the expectations name."""
        return {
            book: [node for node in linked.claims if linked.one(node.value, "cptpp:rulebook") == iri]
            for book, iri in self.books.items()
        }

    def says_of(self, mutant: Mutant) -> tuple[int, int]:
        """How many of the deleted terms stand here, and how often together or where a shape found something."""
        terms = {str(term.value).removeprefix(ID) for quad in mutant.gone for term in (quad.subject, quad.object)}
        stand, weight = set(), 0
        for line, found_here in self.lines.items():
            if found := {term for term in terms if term in line}:
                stand |= found
                weight += (len(found) > 1) + found_here
        return len(stand), weight

    def weigh(self) -> None:
        """For each line on a claim, how many results come from shapes that look at its property."""
        found = Counter(word for result in self.results for word in vocabulary(URIRef(result.shape)))
        own = {URIRef(node.value) for node in self.linked.claims}
        self.lines = {f"{s} {p} {o}": found[p] if s in own else 0 for s, p, o in self.graph}


def view(graph: Graph, claim: str, words_known: frozenset[URIRef]) -> View:
    """All that shapes which know these properties can see of a claim, which goes by another name here."""
    found, todo, done = set(), [URIRef(claim)], set()
    while todo:
        subject = todo.pop()
        done.add(subject)
        for p, o in graph.predicate_objects(subject):
            if p in words_known:
                found.add((_renamed(subject, claim, SELF), p, _renamed(o, claim, SELF)))
                todo += [o] if o not in done else []
    return frozenset(found)


def _renamed(term: Any, old: str, new: str) -> Any:
    own = isinstance(term, URIRef) and (str(term) == old or term.startswith(old + "/"))
    return URIRef(new + term[len(old) :]) if own else term


class Bench:
    """The cases, linked and judged once, and the graph; its statements are taken out and put back."""

    def __init__(self) -> None:
        self.kg = CptppGraph.open()
        self.scenarios: list[Scenario] = []
        for path in sorted(CASES.glob("*.json")):
            content = json.loads(path.read_text(encoding="utf-8"))
            case = intake.cases(content["case"])[0]
            self.scenarios.append(Scenario(path.stem, case, linking.link(self.kg.store, case), content["expected"]))
        for name, (*_, status) in test_m_couples.COUPLES.items():
            spouse = self.kg.assess_all(test_m_couples.couple(name))[-1]
            assert spouse.linked
            case = intake.Case(name, spouse.kind, spouse.facts)  # type: ignore[arg-type]
            self.scenarios.append(Scenario(name, case, spouse.linked, {spouse.rulebook: _outcome(*status)}, couple=True))
        self.in_force = derivation.derived(self.kg.store, IN_FORCE)
        self._views: dict[Tops, dict[View, list[tuple[Scenario, str]]]] = {}
        for top in reached():
            for scenario, results in self.judge(frozenset({top}), intact(frozenset({top}))).items():
                scenario.results |= results
        for scenario in self.scenarios:
            scenario.weigh()
        failing = [scenario.name for scenario in self.scenarios if self.fails(scenario, scenario.linked, scenario.results)]
        if failing or _data(self.kg.store):
            raise ValueError(f"as things are, these fail already: {failing or _data(self.kg.store)}")

    def judge(self, tops: Tops, by: ShapesGraph) -> dict[Scenario, set[Result]]:
        """What these shapes find in each case. Claims that look alike to them are judged once."""
        if tops not in self._views:
            self._views[tops] = self._alike(frozenset().union(*map(vocabulary, tops)))
        data, owners = Graph(bind_namespaces="none"), {}
        for number, (seen, claims) in enumerate(self._views[tops].items()):
            owners[f"{SELF}{number}"] = claims
            for triple in seen:
                data.add(tuple(_renamed(term, SELF, f"{SELF}{number}") for term in triple))
        found: dict[Scenario, set[Result]] = {scenario: set() for scenario in self.scenarios}
        for result in judged(data, by):
            for scenario, claim in owners[result.claim]:
                value = result.value and result.value.replace(result.claim + "/", claim + "/")
                found[scenario].add(Result(claim, result.shape, result.severity, value))
        return found

    def _alike(self, words_known: frozenset[URIRef]) -> dict[View, list[tuple[Scenario, str]]]:
        found: dict[View, list[tuple[Scenario, str]]] = {}
        for scenario in self.scenarios:
            for nodes in scenario.claims(scenario.linked).values():
                for node in nodes:
                    found.setdefault(view(scenario.graph, node.value, words_known), []).append((scenario, node.value))
        return found

    def fails(self, scenario: Scenario, linked: Linked, results: set[Result]) -> bool:
        """Whether the case would not come out as its file says, as tests/test_cases.py and test_m_unsaid.py compare it."""
        by_claim: dict[str, list[Result]] = {}
        for result in results:
            by_claim.setdefault(result.claim, []).append(result)
        for book, nodes in scenario.claims(linked).items():
            try:
                claimed = [claimed_of(self.kg.lexicon, linked, node, by_claim.get(node.value, [])) for node in nodes]
            except RuntimeError:
                return True
            carrying, expected = best(linked, claimed), scenario.expected[book]
            opened = {name: because for name, (outcome, because) in carrying.outcomes.items() if outcome == OPEN}
            found = (carrying.outcome, sorted(carrying.of(NOT_MET)), opened)
            if found != (expected["outcome"], sorted(expected["failing"]), expected.get("open", opened)):
                return True
            if {SHAPE + name for name in expected.get("unsaid", ())} & {r.shape for r in by_claim.get(carrying.node.value, [])}:
                return True
            explained = Explanation(self.kg.lexicon, linked, scenario.case, carrying, "en") if "missing" in expected else None
            for requirement in explained.requirements if explained else ():
                missing = list(explained.finding(requirement).missing)
                if missing != expected["missing"].get(requirement.id, missing):
                    return True
        return False

    def notices(self, mutant: Mutant) -> str | None:
        """What notices the deletion: the name of a case or of a test; None where nothing does."""
        return self._notices_shape(mutant) if mutant.at else self._notices_data(mutant)

    # -------------------------------------------------------------- shapes

    def _notices_shape(self, mutant: Mutant) -> str | None:
        assert mutant.at
        whole = mutant.kind == "shape"
        tops = frozenset({mutant.at} if whole else {top for top, nodes in reached().items() if mutant.at in nodes})
        try:
            with redirect_stderr(StringIO()):  # what pySHACL prints before it raises
                new = {} if whole else self.judge(tops, part_of_shapes(tops, mutant.gone, mutant.instead))
        except (ConstraintLoadError, ShapeLoadError):
            return "pySHACL refuses the shapes"
        for scenario in self.scenarios:
            others = {result for result in scenario.results if URIRef(result.shape) not in tops}
            results = others | new.get(scenario, set())
            if results != scenario.results and self.fails(scenario, scenario.linked, results):
                return scenario.name
        return None

    # -------------------------------------------------------------- data

    def _notices_data(self, mutant: Mutant) -> str | None:
        store = self.kg.store
        for quad in mutant.gone:
            store.remove(quad)
        try:
            if mutant.kind in ("exclusion", "readmission"):
                return _failing(test_graph.test_entries_are_as_many_as_printed, store)
            if mutant.kind == "condition of a mapping or entry":
                return self._condition(mutant, store)
            if mutant.kind == "entry into force":
                return self._day(mutant, store) or _data(store)
            return self._case(mutant, store) or _data(store)
        finally:
            store.extend(mutant.gone)

    def _condition(self, mutant: Mutant, store: ox.Store) -> str | None:
        """Most are noticed without deriving the permissions anew, which takes a second."""
        lint = files.root() / "queries" / "lint" / "part-without-condition.rq"
        if failing := _failing(test_graph.test_lint, store, lint) or _data(store):
            return failing
        anew = rebuilt(store)
        return _permissions(anew) or self._case(mutant, anew)

    def _day(self, mutant: Mutant, store: ox.Store) -> str | None:
        """The first and last days are derived from the statements, so they are derived anew."""
        fresh = derivation.derived(store, IN_FORCE)
        if set(fresh) == set(self.in_force):
            return None
        _swap(store, self.in_force, fresh)
        try:
            return self._case(mutant, store)
        finally:
            _swap(store, fresh, self.in_force)

    def _case(self, mutant: Mutant, store: ox.Store) -> str | None:
        """The first case that fails, those first that speak most of what was deleted."""
        said = {scenario: scenario.says_of(mutant) for scenario in self.scenarios if not scenario.couple}
        for scenario in sorted(said, key=lambda scenario: said[scenario], reverse=True):
            if not said[scenario][0]:
                break
            linked = linking.link(store, scenario.case)
            graph = linked.graph()
            changed = {p for _, p, _ in graph ^ scenario.graph}
            tops = frozenset(top for top in reached() if vocabulary(top) & changed)
            if tops and self.fails(scenario, linked, self._anew(scenario, graph, tops)):
                return scenario.name
        return None

    def _anew(self, scenario: Scenario, graph: Graph, tops: Tops) -> set[Result]:
        """The results on the case linked anew: only these shapes could find something else."""
        return {r for r in scenario.results if URIRef(r.shape) not in tops} | judged(graph, intact(tops))


def _outcome(outcome: str, because: str | None) -> dict[str, Any]:
    """The same for a couple in the form of the case files."""
    whole = {MET: QUALIFIES, NOT_MET: FAILS, OPEN: UNDETERMINED}[outcome]
    status = "spouse-principal-status"
    return {
        "outcome": whole,
        "failing": [status] if outcome == NOT_MET else [],
        "open": {status: because} if outcome == OPEN else {},
    }


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
    test = test_graph.test_permissions_are_those_of_the_second_derivation
    return _failing(test, store, "ircc", "ircc") or _failing(test, store, "canadavisa", "canadavisa")


def rebuilt(store: ox.Store) -> ox.Store:
    """A copy with what is derived made anew."""
    copy = ox.Store()
    copy.bulk_extend(quad for quad in store if quad.graph_name != derivation.DERIVED)
    for path in sorted((files.root() / "queries" / "derive").glob("*.rq")):
        copy.extend(derivation.derived(copy, path))
    return copy


def _swap(store: ox.Store, gone: list[ox.Quad], instead: list[ox.Quad]) -> None:
    for quad in gone:
        store.remove(quad)
    store.extend(instead)


# ------------------------------------------------------------------ all of them


@cache
def bench() -> Bench:
    return Bench()


def notices(mutant: Mutant) -> str | None:
    return bench().notices(mutant)


def run(chosen: list[str], every: int = 1) -> dict[Mutant, str | None]:
    """Every mutant whose name holds one of the words, or each so manieth, with what notices it."""
    known = [*shape_mutants(), *data_mutants(artifact.load())][::every]
    mutants = [m for m in known if not chosen or any(word in f"{m.kind}: {m.name}" for word in chosen)]
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        return dict(zip(mutants, pool.map(notices, mutants, chunksize=4), strict=True))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("words", nargs="*")
    asked = parser.parse_args(arguments)
    chosen = asked.words
    found = run(chosen, asked.every)
    total, noticed = Counter(m.kind for m in found), Counter(m.kind for m, by in found.items() if by)
    for kind in total:
        print(f"{kind:32} {total[kind]:4} deleted  {noticed[kind]:4} noticed")
    survivors = {f"{m.kind}: {m.name}" for m, by in found.items() if not by}
    for name in sorted(survivors):
        print(f"survives: {name}" + (f" ({EQUIVALENT[name]})" if name in EQUIVALENT else ""))
    wrongly_named = sorted(set(EQUIVALENT) - survivors) if not chosen and asked.every == 1 else []
    for name in wrongly_named:
        print(f"named as equivalent, but noticed or gone: {name}")
    return 1 if survivors - set(EQUIVALENT) or wrongly_named else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
