"""Tells, of the text of a link query, what it looks up, what it lays and what it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pyoxigraph as ox

from ..linking import VALUES
from ..terms import NS, expand


def columns(text: str) -> list[str]:
    """The properties by whose values a link query looks things up."""
    return [name.lstrip("?").partition("_")[0] for row in VALUES.finditer(text) for name in row["names"].split()]


def without_names(text: str) -> str:
    """The patterns of a link query, without its rows and what it names by BIND."""
    return re.sub(r"BIND \(.*\)\n", "\n", VALUES.sub(" ", text.partition("WHERE")[2]))


def named(text: str, many: Iterable[str]) -> set[str]:
    """The properties by which a link query lays nodes that it names itself, or values of the properties many."""
    made = set(re.findall(r"BIND \(.* AS (\?\w+)\)\n", text)) | {f"?{name.removeprefix(NS)}" for name in many}
    return {expand(predicate) for _, predicate, obj in _template(text) if obj in made and not predicate.startswith("?")}


def outputs(store: ox.Store, text: str) -> tuple[set[str], bool]:
    """The properties that a link query lays on nodes which it did not make itself, and whether it may lay any other.

    What it says of a node that it makes counts where the property that leads there does.
    """
    statements = list(_template(text))
    made = {obj for subject, _, obj in statements if obj != subject}
    predicates = {predicate for subject, predicate, _ in statements if subject not in made and predicate != "a"}
    found = [_named_by(store, text, name) if name.startswith("?") else {expand(name)} for name in predicates]
    return {name for names in found for name in names or ()}, any(names is None for names in found)


def _named_by(store: ox.Store, text: str, name: str) -> set[str] | None:
    """The IRIs that a variable of a link query can be, by the pattern that binds it; None where no pattern tells."""
    here = re.escape(name)
    if listed := re.search(rf"VALUES {here} {{([^}}]*)}}", text):
        return set(map(expand, listed[1].split()))
    if chosen := re.search(rf"BIND \(COALESCE\(([^)]*)\) AS {here}\)", text):
        parts = [_named_by(store, text, one.strip()) for one in chosen[1].split(",")]
        return None if None in parts else {iri for part in parts for iri in part or ()}
    if typed := re.search(rf"{here} a (\S+)", text):
        found: list[Any] = [quad.subject for quad in store.quads_for_pattern(None, _node("rdf:type"), _node(typed[1]))]
        return {term.value for term in found}
    if stated := re.search(rf"(\w+:\w+) {here}\b", text.partition("WHERE")[2]):
        found = [quad.object for quad in store.quads_for_pattern(None, _node(stated[1]), None)]
        return {term.value for term in found}
    return None


def _node(name: str) -> ox.NamedNode:
    return ox.NamedNode(expand(name))


def _template(text: str) -> Iterator[tuple[str, str, str]]:
    """The statements that a CONSTRUCT makes, as written."""
    template = text.partition("CONSTRUCT")[2].partition("WHERE")[0]
    parts: list[str] = []
    for token in re.findall(r"[?\w:-]+|[;,.}]", template):
        if token not in ";,.}":
            parts.append(token)
        elif len(parts) == 3:
            yield parts[0], parts[1], parts[2]
            parts = parts[: {";": 1, ",": 2}.get(token, 0)]
