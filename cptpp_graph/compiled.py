"""Compiles the shapes that judge claims into functions, for judging many: the results that pySHACL gives, without it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Any

import pyoxigraph as ox

from . import artifact
from .errors import CptppError, Part, say
from .judging import SEVERITIES, Result
from .linking import Linked, as_rdflib
from .shacl import CLASSES, FOR_FORMS
from .terms import PREFIXES, shorten

SH, RDF, SUBCLASS = PREFIXES["sh"], PREFIXES["rdf"], PREFIXES["rdfs"] + "subClassOf"
TARGETS = ("targetClass", "targetSubjectsOf")
TOLD = {"message", "path", "severity"} | FOR_FORMS
NUMBERS = {
    PREFIXES["xsd"] + name
    for name in "integer decimal double float long int short byte nonNegativeInteger positiveInteger nonPositiveInteger "
    "negativeInteger unsignedLong unsignedInt unsignedShort unsignedByte".split()
}

Term = str | ox.Literal
"""An IRI as its text, or a literal as rdflib writes it."""
Data = dict[str, dict[Term, list[Term]]]
"""Property to node to values."""
Hit = tuple[Term, str, str, Term | None]
"""Focus node, shape, severity, value."""
Check = Callable[[Data, Term], list[Hit]]
Path = Callable[[Data, Term], Sequence[Term]]
Component = Callable[[Data, Term, Sequence[Term]], Sequence[Term | None]]
"""Of a focus node and its value nodes, the values that are wrong; None where the fault is not one of a value."""


# ------------------------------------------------------------------ data


def data_of(linked: Linked) -> Data:
    """The claims as the compiled shapes read them."""
    data: Data = {}
    for subject, predicate, value in linked.triples():
        values = data.setdefault(predicate, {}).setdefault(subject, [])
        if (term := as_term(value)) not in values:
            values.append(term)
    return data


def as_term(value: Any) -> Term:
    return value.value if isinstance(value, ox.NamedNode) else _written(value)


@lru_cache(maxsize=50_000)
def _written(literal: ox.Literal) -> ox.Literal:
    """The literal as rdflib writes it, since that is what pySHACL compares."""
    if literal.language:
        return literal
    return ox.Literal(str(as_rdflib(literal)), datatype=literal.datatype)


def _nodes_of_classes(data: Data) -> dict[Term, list[Term]]:
    """The nodes of each class, those of its subclasses among them."""
    above: dict[Term, list[Term]] = data.get(SUBCLASS, {})
    found: dict[Term, list[Term]] = {}
    for node, types in data.get(RDF + "type", {}).items():
        for cls in _with_superclasses(types, above) if above else types:
            found.setdefault(cls, []).append(node)
    return found


def _with_superclasses(classes: list[Term], above: dict[Term, list[Term]]) -> Iterable[Term]:
    found, rest = dict.fromkeys(classes), list(classes)
    while rest:
        new = [cls for cls in above.get(rest.pop(), ()) if cls not in found]
        found |= dict.fromkeys(new)
        rest += new
    return found


@lru_cache(maxsize=50_000)
def _at_most(value: Term, other: Term) -> bool:
    """Whether one value is at most the other, as pySHACL compares: texts with texts, the rest as rdflib orders it."""
    one, two = _comparable(value), _comparable(other)
    return isinstance(one, str) == isinstance(two, str) and bool(one <= two)


def _comparable(term: Term) -> Any:
    if isinstance(term, str):
        return term
    literal = as_rdflib(term)
    return literal.value if isinstance(literal.value, str) else _Ordered(literal)


class _Ordered:
    """A literal that is no text, though rdflib makes every literal one."""

    def __init__(self, literal: Any) -> None:
        self.literal = literal

    def __le__(self, other: _Ordered) -> bool:
        return bool(self.literal <= other.literal)


@lru_cache(maxsize=50_000)
def _above(value: Term, bound: ox.Literal) -> bool:
    """Whether a value is a number above the bound."""
    if isinstance(value, str) or value.datatype.value not in NUMBERS:
        return False
    return bool(as_rdflib(value) > as_rdflib(bound))


# ------------------------------------------------------------------ components


def _min_count(least: int) -> Component:
    return lambda data, focus, values: (None,) if len(values) < least else ()


def _max_count(most: int) -> Component:
    return lambda data, focus, values: (None,) if len(values) > most else ()


def _has_value(wanted: Term) -> Component:
    return lambda data, focus, values: () if wanted in values else (None,)


def _in(allowed: frozenset[Term]) -> Component:
    return lambda data, focus, values: [value for value in values if value not in allowed]


def _equals(name: str) -> Component:
    return lambda data, focus, values: list(set(values) ^ set(_objects(data, name, focus)))


def _disjoint(name: str) -> Component:
    return lambda data, focus, values: list(set(values) & set(_objects(data, name, focus)))


def _less_than_or_equals(name: str) -> Component:
    def wrong(data: Data, focus: Term, values: Sequence[Term]) -> list[Term]:
        others = _objects(data, name, focus)
        return [value for value in values if not all(_at_most(value, other) for other in others)]

    return wrong


def _min_exclusive(bound: ox.Literal) -> Component:
    return lambda data, focus, values: [value for value in values if not _above(value, bound)]


def _node(check: Check) -> Component:
    return lambda data, focus, values: [value for value in values if check(data, value)]


def _not(check: Check) -> Component:
    return lambda data, focus, values: [value for value in values if not check(data, value)]


def _or(checks: list[Check]) -> Component:
    return lambda data, focus, values: [value for value in values if all(check(data, value) for check in checks)]


def _qualified(check: Check, least: int) -> Component:
    return lambda data, focus, values: (None,) if sum(not check(data, value) for value in values) < least else ()


PLAIN: dict[str, Callable[[Any], Component]] = {
    "hasValue": lambda value: _has_value(as_term(value)),
    "equals": lambda name: _equals(name.value),
    "disjoint": lambda name: _disjoint(name.value),
    "lessThanOrEquals": lambda name: _less_than_or_equals(name.value),
}


def _objects(data: Data, name: str, focus: Term) -> Sequence[Term]:
    return data.get(name, {}).get(focus, ())


# ------------------------------------------------------------------ compiling


class Judge:
    """Shapes compiled. Raises CptppError that names the component, path or target which is not compiled."""

    def __init__(self, ntriples: bytes) -> None:
        self._about: dict[Any, dict[str, list[Any]]] = {}
        for quad in ox.parse(ntriples, format=ox.RdfFormat.N_TRIPLES):
            self._about.setdefault(quad.subject, {}).setdefault(quad.predicate.value, []).append(quad.object)
        self._checks: dict[Any, Check | None] = {}
        self.targeted: list[tuple[str, list[str], list[str], Check]] = []
        for node in [node for node, stated in self._about.items() if any(name.startswith(SH) for name in stated)]:
            check = self._check(node)
            classes, subjects = ([target.value for target in self._all(node, name)] for name in TARGETS)
            if any(one.value in CLASSES for one in self._about[node].get(RDF + "type", ())):
                classes.append(node.value)
            if classes or subjects:
                self.targeted.append((node.value, classes, subjects, check))

    def judge(self, linked: Linked, only: Collection[str] | None = None) -> list[Result]:
        """Every result on the claims, each once, ordered as judging.judge orders them. only: by these shapes alone."""
        data = data_of(linked)
        kinds = _nodes_of_classes(data)
        found: set[Result] = set()
        for shape, classes, subjects, check in self.targeted:
            if only is not None and shape not in only:
                continue
            named: list[Iterable[Term]] = [kinds.get(cls, ()) for cls in classes]
            named += [data.get(name, ()) for name in subjects]
            for focus in {node for nodes in named for node in nodes}:
                hits = check(data, focus)
                found.update(Result(_text(node) or "", iri, severity, _text(value)) for node, iri, severity, value in hits)
        return sorted(found, key=lambda r: (r.claim, r.shape, r.severity, r.value or ""))

    def _all(self, node: Any, name: str) -> list[Any]:
        return self._about.get(node, {}).get(SH + name, [])

    def _check(self, node: Any) -> Check:
        if node in self._checks:
            known = self._checks[node]
            if known is None:
                raise _not_compiled(node, say("a shape that leads back to itself"))
            return known
        self._checks[node] = None
        self._checks[node] = check = self._compiled(node)
        return check

    def _compiled(self, node: Any) -> Check:
        stated = [name.removeprefix(SH) for name in self._about.get(node, {}) if name.startswith(SH)]
        if not stated:
            raise CptppError(say("there is no shape {shape}", shape=shorten(node.value)), "Write it, or mend its name.")
        leaves = [one for name in stated if name not in (*TARGETS, *TOLD, "property") for one in self._components(node, name)]
        inner = [self._check(shape) for shape in self._all(node, "property")]
        path = self._path(node) if "path" in stated else _itself
        iri, severity = node.value, self._severity(node)

        def check(data: Data, focus: Term) -> list[Hit]:
            values = path(data, focus)
            found: list[Hit] = [(focus, iri, severity, value) for leaf in leaves for value in leaf(data, focus, values)]
            for nested in inner:
                for value in values:
                    found += nested(data, value)
            return found

        return check

    def _components(self, node: Any, name: str) -> Iterator[Component]:
        """The constraints that a shape states by one property of SHACL, a value each."""
        for value in self._all(node, name):
            if name in PLAIN:
                yield PLAIN[name](value)
            elif name in ("node", "not"):
                yield (_node if name == "node" else _not)(self._check(value))
            elif name == "in":
                yield _in(frozenset(map(as_term, self._members(value))))
            elif name == "or":
                yield _or([self._check(shape) for shape in self._members(value)])
            elif name in ("minCount", "maxCount"):
                yield (_min_count if name == "minCount" else _max_count)(self._number(node, name))
            elif name == "minExclusive":
                yield _min_exclusive(self._bound(node, value))
            elif name == "qualifiedValueShape":
                yield _qualified(self._check(value), self._number(node, "qualifiedMinCount"))
            elif name != "qualifiedMinCount" or not self._all(node, "qualifiedValueShape"):
                raise _not_compiled(node, f"sh:{name}")

    def _severity(self, node: Any) -> str:
        given = [one.value.removeprefix(SH) for one in self._all(node, "severity")] or ["Violation"]
        if len(given) != 1 or given[0] not in SEVERITIES:
            raise _not_compiled(node, say("sh:severity {severity}", severity=", ".join(given)))
        return SEVERITIES[given[0]]

    def _number(self, node: Any, name: str) -> int:
        given = self._all(node, name)
        if len(given) != 1 or "path" not in {iri.removeprefix(SH) for iri in self._about[node]}:
            raise _not_compiled(node, say("sh:{name} without a path or with {count} values", name=name, count=len(given)))
        return int(given[0].value)

    def _bound(self, node: Any, value: Any) -> ox.Literal:
        if not isinstance(value, ox.Literal) or value.datatype.value not in NUMBERS:
            raise _not_compiled(node, say("sh:minExclusive {value}, which is no number,", value=value.value))
        return value

    def _path(self, node: Any) -> Path:
        given = self._all(node, "path")
        steps = [given[0]] if isinstance(given[0], ox.NamedNode) else list(self._members(given[0]))
        if len(given) != 1 or not steps or not all(isinstance(step, ox.NamedNode) for step in steps):
            operators = [shorten(name) for name in self._about.get(given[0], {}) if name.startswith(SH)]
            steps_told = ", ".join(operators) or say("steps that are not properties")
            raise _not_compiled(node, say("a sh:path with {steps}", steps=steps_told))
        return _one_step(steps[0].value) if len(steps) == 1 else _several_steps([step.value for step in steps])

    def _members(self, head: Any) -> Iterator[Any]:
        """The members of a list; none where there is no list."""
        while RDF + "first" in (stated := self._about.get(head, {})):
            yield from stated[RDF + "first"]
            head = stated[RDF + "rest"][0]


def _itself(data: Data, focus: Term) -> Sequence[Term]:
    return (focus,)


def _one_step(name: str) -> Path:
    return lambda data, focus: data.get(name, {}).get(focus, ())


def _several_steps(names: list[str]) -> Path:
    def values(data: Data, focus: Term) -> Sequence[Term]:
        nodes: Iterable[Term] = (focus,)
        for name in names:
            nodes = dict.fromkeys(value for node in nodes for value in _objects(data, name, node))
        return list(nodes)

    return values


def _text(term: Term | None) -> str | None:
    return term.value if isinstance(term, ox.Literal) else term


def _not_compiled(node: Any, what: Part) -> CptppError:
    return CptppError(
        say("{shape}: {what} is not compiled", shape=shorten(node.value), what=what),
        "Add it to compiled.py, or write the shape without it.",
    )


# ------------------------------------------------------------------ the eligibility shapes


@cache
def _eligibility() -> Judge:
    return Judge(artifact.read("shapes.nt"))


def judge(linked: Linked, only: Collection[str] | None = None) -> list[Result]:
    """What judging.judge returns, each result once. Raises CptppError where a shape is not compiled."""
    return _eligibility().judge(linked, only)
