"""What goes with an assessment on file: documents to present, the officer's fields on approval, the note on a refusal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

import pyoxigraph as ox

from .assessment import Assessment
from .catalogue import shipped
from .intake import field_table, plain_value
from .lexicon import Citation, Lexicon
from .linking import Linked, ask
from .phrases import phrase
from .terms import COLON, REQ, expand
from .verdict import NOT_APPLICABLE, NOT_MET

# Where a requirement prints no basis of its own, that of the requirement that opens the permit.
DEFAULT_BASIS = {"principal": "nationality", "spouse": "spouse-principal-status"}


@dataclass(frozen=True, slots=True)
class Document:
    """A document to present. proves: the labels of the requirements that it bears on."""

    label: str
    description: str
    proves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A field of the officer's system. value: what belongs there; stated: what the case states of it.

    fact: the field of the case that it comes from; fixed: whether the value is to be entered as it stands; code: the exemption
    code that it prints; bears_on: requirements.
    """

    field: str
    label: str
    value: str
    stated: str | None
    fact: str | None = None
    fixed: bool = False
    code: str | None = None
    bears_on: tuple[str, ...] = ()
    cites: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """One criterion in a note on a refusal: the law, the requirement, the facts weighed and how that was concluded."""

    criterion: str
    facts: str
    concluded: str


@dataclass(frozen=True, slots=True)
class Record:
    documents: tuple[Document, ...]
    approval: tuple[Entry, ...]
    refusal: tuple[Ground, ...]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def record_of(lexicon: Lexicon, assessment: Assessment) -> Record:
    """The record in the language of the assessment."""
    return _Recorder(lexicon, assessment).record()


class _Recorder:
    def __init__(self, lexicon: Lexicon, assessment: Assessment) -> None:
        self.lexicon, self.assessment = lexicon, assessment
        assert isinstance(assessment.linked, Linked) and assessment.claim is not None
        self.linked: Linked = assessment.linked
        self.claim: ox.NamedNode = assessment.claim
        self.requirements = {one.iri: one.id for one in lexicon.asked(self.linked, self.claim)}

    def record(self) -> Record:
        return Record(self.documents(), self.approval(), self.refusal())

    def _rows(self, name: str) -> list[Any]:
        rows = ask(self.lexicon.store, shipped()["explain"][name], self.linked, [self.claim]) or ()
        return [row for row in rows if row["language"].value == self.assessment.lang]

    def documents(self) -> tuple[Document, ...]:
        """Those that bear on a requirement of this case which applies."""
        asked = {f.requirement for f in self.assessment.findings if f.outcome != NOT_APPLICABLE}
        found: dict[str, Document] = {}
        for row in self._rows("documents"):
            if self.requirements.get(row["requirement"].value) in asked:
                known = found.get(row["document"].value, Document(row["label"].value, row["description"].value, ()))
                label = self.lexicon.label(row["requirement"].value, self.assessment.lang)
                found[row["document"].value] = Document(known.label, known.description, (*known.proves, label))
        return tuple(found.values())

    def approval(self) -> tuple[Entry, ...]:
        paths = {expand(one["property"]): path for path, one in field_table(self.assessment.kind).items()}
        if self.assessment.kind != "principal":
            return ()
        found: dict[str, Entry] = {}
        for row in self._rows("approval"):
            node, bears = row["node"].value, (row["requirement"].value.removeprefix(REQ),)
            if node in found:
                found[node] = replace(found[node], bears_on=found[node].bears_on + bears)
                continue
            path = paths.get(row["fact"].value) if row["fact"] is not None else None
            fact = self.assessment.facts.get(path) if path else None
            stated = shown(fact) if fact is not None else None
            code = row["code"].value if row["code"] is not None else None
            cites = self.lexicon.citations([node], self.assessment.lang)
            fixed = row["fixed"].value == "true"
            field, label, value = (row[name].value for name in ("field", "label", "value"))
            found[node] = Entry(field, label, value, stated, path, fixed, code, bears, cites)
        return tuple(found.values())

    def refusal(self) -> tuple[Ground, ...]:
        """For each requirement not met: the criterion, the facts weighed, how that was concluded."""
        law: dict[str, list[str]] = {}
        for row in self._rows("legal-basis"):
            law.setdefault(self.requirements.get(row["requirement"].value, ""), []).append(row["label"].value)
        found = []
        for finding in self.assessment.findings:
            if finding.outcome == NOT_MET:
                iri = next(iri for iri, name in self.requirements.items() if name == finding.requirement)
                basis = "; ".join(law.get(finding.requirement) or law.get(DEFAULT_BASIS[self.assessment.kind]) or [])
                parts = (basis, self.lexicon.label(iri, self.assessment.lang))
                criterion = COLON[self.assessment.lang].join(part for part in parts if part)
                facts = "; ".join(f"{path} = {shown(value)}" for path, value in finding.facts)
                where = "; ".join(place(cited, self.assessment.lang) for cited in finding.cites)
                found.append(Ground(criterion, facts, f"{finding.message} ({where})"))
        return tuple(found)


def documents_for(lexicon: Lexicon, rulebook: str, requirements: Iterable[str], lang: str) -> list[str]:
    """The labels of the documents that a rulebook (its IRI) names for requirements (their ids)."""
    linked, node, wanted = Linked(), ox.NamedNode(REQ), {REQ + name for name in requirements}
    linked.add(node.value, "cptpp:rulebook", ox.NamedNode(rulebook))
    rows = ask(lexicon.store, shipped()["explain"]["documents"], linked, [node]) or ()
    named = (row for row in rows if row["requirement"].value in wanted and row["language"].value == lang)
    return list(dict.fromkeys(row["label"].value for row in named))


def shown(value: Any) -> str:
    """A fact in a line."""
    plain = plain_value(value)
    if isinstance(plain, list):
        return ", ".join(map(str, plain)) or "[]"
    return str(plain).lower() if isinstance(plain, bool) else str(plain)


def place(cited: Any, lang: str) -> str:
    """A citation in a line: source, section, line, what stands there."""
    line = phrase("line", lang, line=cited.line) if cited.line else ""
    parts = [cited.source, cited.section, line]
    where = ", ".join(part for part in parts if part)
    return f"{where}{COLON[lang]}{cited.item}" if cited.item else where
