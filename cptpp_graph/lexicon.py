"""What the graph says of requirements, words and places in print, read once and kept for the assessments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from .catalogue import shipped
from .linking import Linked, ask
from .terms import LANGUAGES, NS


@dataclass(frozen=True, slots=True)
class Citation:
    """Where something is printed. line: of the source as the project keeps it, counted from 1."""

    source: str
    section: str
    item: str
    line: int | None = None

    def as_dict(self) -> dict[str, Any]:
        return {"source": self.source, "section": self.section, "item": self.item, "line": self.line}


@dataclass(frozen=True, slots=True)
class Requirement:
    iri: str
    id: str
    laid_as: str | None
    depends_on: tuple[str, ...]


class Lexicon:
    """Requirements, labels and where things are printed, read once from the graph."""

    def __init__(self, store: ox.Store) -> None:
        self.store = store
        self.requirements: dict[str, list[Requirement]] = {}
        for row in self._select("requirements"):
            self._add_requirement(row)
        self.labels: dict[str, dict[str, str]] = {}
        self.definitions: dict[str, dict[str, str]] = {}
        for row in self._select("labels"):
            self.labels.setdefault(row["node"].value, {})[row["language"].value] = row["label"].value
            if row["definition"] is not None:
                self.definitions.setdefault(row["node"].value, {})[row["language"].value] = row["definition"].value
        self._titles: dict[str, dict[str, tuple[str, str]]] = {}
        for row in self._select("sources"):
            address = row["address"].value if row["address"] is not None else ""
            self._titles.setdefault(row["code"].value, {}).setdefault(row["language"].value, (row["title"].value, address))
        self.tried: dict[Any, Any] = {}  # findings that were tried out, by all that they turn on
        self._cited: dict[tuple[str, str], tuple[Citation, ...]] = {}
        self._stated: dict[tuple[str, str], dict[str, list[str]]] = {}

    def _select(self, name: str) -> Any:
        return self.store.query(shipped()["explain"][name], use_default_graph_as_union=True)

    def _add_requirement(self, row: Any) -> None:
        known = self.requirements.setdefault(row["permit"].value, [])
        parents = (row["parent"].value,) if row["parent"] is not None else ()
        if known and known[-1].iri == row["requirement"].value:
            known[-1] = Requirement(known[-1].iri, known[-1].id, known[-1].laid_as, known[-1].depends_on + parents)
        else:
            laid_as = row["laidAs"].value if row["laidAs"] is not None else None
            known.append(Requirement(row["requirement"].value, row["id"].value, laid_as, parents))

    def asked(self, linked: Linked, claim: ox.NamedNode) -> list[Requirement]:
        """The requirements of the permit that a claim is for, in their order."""
        return self.requirements[linked.one(claim.value, "cptpp:ofPermit") or ""]

    def label(self, iri: str, lang: str) -> str:
        return self.labels.get(iri, {}).get(lang, iri)

    def coded(self, code: str, lang: str) -> str:
        """The label of one of our codes, for instance not-met."""
        first, *rest = code.split("-")
        return self.label(NS + first + "".join(part.capitalize() for part in rest), lang)

    def source(self, code: str, lang: str) -> tuple[str, str]:
        """Title and address of a source by its code; the title in another language where there is none in this one."""
        known = self._titles.get(code, {})
        return known.get(lang) or next(iter(known.values()), ("", ""))

    def citations(self, nodes: Iterable[str], lang: str) -> tuple[Citation, ...]:
        """Where these things are printed, in the order of source and line, each once."""
        wanted = list(dict.fromkeys(nodes))
        unknown = [ox.NamedNode(node) for node in wanted if (node, lang) not in self._cited]
        read: dict[tuple[str, str], tuple[Citation, ...]] = {(node.value, known): () for node in unknown for known in LANGUAGES}
        rows = ask(self.store, shipped()["explain"]["citations"], Linked(), unknown) if unknown else None
        for row in rows or ():
            line = int(row["line"].value) if row["line"] is not None else None
            cited = Citation(row["source"].value, row["section"].value, row["item"].value, line)
            read[row["node"].value, row["language"].value] += (*_lead_in(row, cited), cited)
        self._cited |= read  # whole, since another thread may ask for the same
        found = dict.fromkeys(cited for node in wanted for cited in self._cited[node, lang])
        return tuple(sorted(found, key=lambda c: (c.source, c.line or 0, c.section, c.item)))

    def stated(self, linked: Linked, claim: ox.NamedNode) -> dict[str, list[str]]:
        """Requirement to where the claim's rulebook states it, for whomever."""
        key = (linked.one(claim.value, "cptpp:rulebook") or "", linked.one(claim.value, "cptpp:ofPermit") or "")
        if key not in self._stated:
            found: dict[str, list[str]] = {}
            for row in ask(self.store, shipped()["explain"]["provisions"], linked, [claim]) or ():
                found.setdefault(row["requirement"].value, []).append(row["node"].value)
            self._stated[key] = found
        return self._stated[key]


def _lead_in(row: Any, cited: Citation) -> tuple[Citation, ...]:
    """The line that introduces a printed item, where it has words of its own."""
    if row["leadIn"] is None or row["leadInLine"] is None:
        return ()
    return (Citation(cited.source, cited.section, row["leadIn"].value, int(row["leadInLine"].value)),)
