"""What to ask about a case: answers as words, and of each requirement that is not settled the first fact that could settle it."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from . import intake, syntaxes
from .assessment import Assessment
from .catalogue import shipped
from .errors import CptppError, Part, say
from .explanation import Explanation, Finding
from .intake import Case, Value, field_table
from .lexicon import Lexicon, Requirement
from .linking import ask
from .results import plain
from .terms import expand
from .verdict import MET, NOT_MET, OPEN, claims_of

# Of each kind of case, what is asked first.
START = {
    "principal": ("id", "applicant.citizenship", "category", "receivedOn", "offer.occupation"),
    "spouse": ("id", "relationship", "principal.citizenship", "principal.category", "receivedOn"),
}
UNKNOWN = "~"  # as in YAML
NONE = "[]"
FIRST = "1"  # the name of a case that was given none

PRESUMED = {"occupation-listed": (MET, NOT_MET)}  # findings that presume facts which the case does not state


@dataclass(slots=True)
class Question:
    """Fields to ask for. finding: on the requirement that they serve; also: ids of others that wait for the same fields."""

    requirement: Requirement
    finding: Finding
    fields: list[str]
    also: list[Requirement] = field(default_factory=list)


def questions(lexicon: Lexicon, assessment: Assessment, passed: Collection[str]) -> list[Question]:
    """The next questions, in the order of the requirements. passed: fields that were asked and are not known.

    A requirement waits while one on which it depends has questions of its own. Only readings as promising as the one that
    carries the case are asked about; the others have their turn when these fail.
    """
    assert assessment.linked is not None and assessment.claim is not None
    asked: dict[str, Question] = {}
    for explanation in _readings(lexicon, assessment):
        for requirement, finding, fields in _open(explanation, passed):
            for path in fields:
                _ask(asked, requirement, finding, path)
    found: dict[int, Question] = {id(question): question for question in asked.values()}
    order = [one.iri for one in lexicon.asked(assessment.linked, assessment.claim)]
    return sorted(found.values(), key=lambda question: order.index(question.requirement.iri))


def _ask(asked: dict[str, Question], requirement: Requirement, finding: Finding, path: str) -> None:
    """Puts a field under the requirement, or the requirement under the question that asks for the field already."""
    if path in asked:
        question = asked[path]
        if requirement.iri not in {one.iri for one in (question.requirement, *question.also)}:
            question.also.append(requirement)
        return
    own = next((question for question in asked.values() if question.requirement.iri == requirement.iri), None)
    asked[path] = own or Question(requirement, finding, [])
    asked[path].fields.append(path)


def _readings(lexicon: Lexicon, assessment: Assessment) -> Iterator[Explanation]:
    """The readings under the chosen rulebook that are as promising as the best of them."""
    linked = assessment.linked
    assert linked is not None and assessment.claim is not None
    rulebook = linked.one(assessment.claim.value, "cptpp:rulebook")
    case = Case(assessment.case, assessment.kind, assessment.facts)
    for claimed in claims_of(lexicon, linked):
        supposed = bool(linked.values(claimed.node.value, "cptpp:supposed"))
        alike = claimed.outcome == assessment.outcome and supposed == assessment.basis.supposed
        if claimed.rulebook == rulebook and alike:
            yield Explanation(lexicon, linked, case, claimed, assessment.lang)


def _open(explanation: Explanation, passed: Collection[str]) -> Iterator[tuple[Requirement, Finding, list[str]]]:
    """The requirements that wait for no other, each with the fields to ask for."""
    waiting: set[str] = set()
    for one in explanation.requirements:
        waits = bool(waiting & set(one.depends_on))
        outcome = explanation.claimed.outcomes[one.id][0]
        finding = explanation.finding(one) if outcome in (OPEN, *PRESUMED.get(one.id, ())) else None
        if finding:
            missing = finding.missing if outcome == OPEN else _presumed(explanation)
            fields = _first([path for path in missing if path not in passed])
            if fields and not waits:
                yield one, finding, fields
            waits = waits or bool(fields)
        if waits:
            waiting.add(one.iri)


def _presumed(explanation: Explanation) -> list[str]:
    """Fields that are not stated and on which the word of the list turns all the same."""
    text, claim = shipped()["explain"]["presumed"], explanation.claimed.node
    facts = {row["fact"].value for row in ask(explanation.lexicon.store, text, explanation.linked, [claim]) or ()}
    table = field_table(explanation.case.kind)
    return [path for path, one in table.items() if expand(one["property"]) in facts and path not in explanation.case.facts]


def _first(missing: list[str]) -> list[str]:
    """The first field that is missing, with those of its group where an amount is meant."""
    if not missing or missing[0].count(".") < 2:
        return missing[:1]
    group = missing[0].rpartition(".")[0] + "."
    return [path for path in missing if path.startswith(group)]


# ------------------------------------------------------------------ answers as words


def case_of(kind: str, cells: Mapping[str, str], place: Part) -> Case:
    """The case that answers state, read as a row of CSV is. Raises CptppError naming the field."""
    text = io.StringIO(newline="")
    words = [cell[: intake.LONGEST + 1] for cell in cells.values()]  # that is too long as well
    csv.writer(text, lineterminator="\n").writerows([["kind", *cells], [kind, *words]])
    for _, found, typed in syntaxes.read(text.getvalue(), "csv", place):
        return intake.case(found, place, typed)
    raise CptppError(say("{place} holds no case", place=place), "State what is known.")


def cells_of(case: Case) -> dict[str, str]:
    """A case as a row of CSV."""
    return {"id": case.id} | {path: word_of(value) for path, value in case.facts.items()}


def word_of(value: Value) -> str:
    return ";".join(value) or NONE if isinstance(value, tuple) else plain(value)
