"""Puts a plan into words, for the terminal and for the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyoxigraph as ox

from .intake import Value, field_table
from .lexicon import Lexicon
from .phrases import phrase
from .plan import Plan, Proposal, Step
from .record import documents_for, shown
from .report import View, country_name, route_lines, wrap
from .terms import PREFIXES, REQ, expand
from .turning import MOST_AT_ONCE
from .verdict import QUALIFIES
from .words import term


class Advice:
    """A plan with its words at hand."""

    def __init__(self, lexicon: Lexicon, plan: Plan) -> None:
        self.lexicon, self.plan, self.view = lexicon, plan, View(lexicon, plan.assessment)
        self.lang, self.colon, self.rulebook = self.view.lang, self.view.colon, plan.assessment.rulebook
        self.table = field_table(plan.assessment.kind)

    def say(self, name: str, **parts: object) -> str:
        return phrase(f"plan-{name}", self.lang, **parts)

    def outcome(self, code: str) -> str:
        return self.lexicon.coded(code, self.lang)

    @property
    def standing(self) -> str:
        """How the case stands as it is."""
        stated = self.say("as-stated", outcome=self.outcome(self.plan.outcome), rulebook=self.rulebook)
        return f"{stated} {self.remaining(self.plan.remains, 'open')}".strip()

    @property
    def verdict(self) -> str:
        """What was found, in a sentence."""
        if self.plan.outcome == QUALIFIES:
            return self.say("nothing-needed")
        if not self.plan.proposals:
            return self.say("nothing-found")
        return self.say("found" if self.plan.proposals[0].outcome == QUALIFIES else "found-part")

    @property
    def bound(self) -> str:
        return self.say("bound", most=MOST_AT_ONCE) + (f" {self.say('more', count=self.plan.more)}" if self.plan.more else "")

    def heading(self, proposal: Proposal) -> str:
        return f"{self.label(proposal.effort.iri)}{self.colon}{self.result(proposal)}"

    def result(self, proposal: Proposal) -> str:
        if proposal.outcome == QUALIFIES:
            return self.say("would-qualify")
        return f"{self.say('as-far')} {self.remaining(proposal.remains)}"

    def remaining(self, remains: Sequence[tuple[str, str]], how: str = "remains") -> str:
        told = [f"{self.label(REQ + name)} ({self.lexicon.coded(because, self.lang)})" for name, because in remains]
        return self.say(how, what=", ".join(told)) if told else ""

    def label(self, iri: str) -> str:
        return self.lexicon.label(iri, self.lang)

    def serves(self, step: Step) -> str:
        return ", ".join(self.label(REQ + name) for name in step.serves)

    def documents(self, step: Step) -> list[str]:
        """The documents that the rulebook names for the requirements which wait for a fact."""
        return documents_for(self.lexicon, term("rulebook", self.rulebook), step.serves, self.lang)

    # -------------------------------------------------------------- a fact

    def fact(self, step: Step) -> str:
        """What would have to be so, in a line."""
        name = self.label(expand(self.table[step.path]["property"]))
        return f"{step.path} ({name}){self.colon}{self.values(step)}"

    def values(self, step: Step) -> str:
        known = self.table[step.path].get("values", ())
        if step.stated is not None and len(step.values) > 1 and {*step.values, step.stated} >= set(known) != set():
            return self.say("anything-but", value=shown(step.stated))
        told = [self._value(step, value) for value in step.values]
        *most, last = told
        told_all = f"{', '.join(most)} {self.say('or')} {last}" if most else last
        how = {"date": "first-day", "number": "least"}.get(self.table[step.path]["type"])
        return self.say(how, value=told_all) if how else told_all

    def _value(self, step: Step, value: Value) -> str:
        """A value; of a list what is new in it."""
        if not isinstance(value, tuple):
            return shown(value)
        new: Any = [item for item in value if item not in (step.stated or ())]  # type: ignore[operator]
        return ", ".join(self._item(self.table[step.path]["type"], item) for item in new) or "[]"

    def _item(self, kind: str, item: str) -> str:
        if kind == "occupation":
            return f"{item} ({self._title(item)})"
        return country_name(self.lexicon, item, self.lang) if kind == "country" else item

    def _title(self, code: str) -> str:
        titles = self.lexicon.store.quads_for_pattern(
            ox.NamedNode(expand(code)), ox.NamedNode(PREFIXES["skos"] + "prefLabel"), None
        )
        return next((q.object.value for q in titles if isinstance(q.object, ox.Literal) and q.object.language == self.lang), "")

    def stated(self, step: Step) -> str:
        if step.stated is None:
            return self.say("unstated")
        return self.say("stated", value=shown(step.stated))


def text(lexicon: Lexicon, plans: Sequence[Plan], width: int | None) -> str:
    return "\n".join("\n".join(_lines(Advice(lexicon, plan), width)) + "\n" for plan in plans)


def _lines(advice: Advice, width: int | None) -> list[str]:
    plan, say, colon, view = advice.plan, advice.say, advice.colon, advice.view
    lines = [wrap(f"{view.say('case')} {view.a.case}{colon}{say('title')}", 0, width), wrap(advice.standing, 0, width)]
    lines += ["", wrap(advice.verdict, 0, width)]
    for number, proposal in enumerate(plan.proposals, 1):
        lines += ["", wrap(f"{number}. {advice.heading(proposal)}", 0, width)]
        for step in proposal.steps:
            lines.append(wrap(f"- {advice.fact(step)}", 3, width))
            lines.append(wrap(f"{advice.stated(step)}{say('for', what=advice.serves(step)) if step.serves else ''}", 5, width))
            if documents := advice.documents(step):
                lines.append(wrap(f"{view.say('documents')}{colon}{'; '.join(documents)}", 5, width))
    return [
        *lines,
        *route_lines(view, width),
        "",
        wrap(advice.bound, 0, width),
        wrap(say("honest"), 0, width),
        wrap(view.say("disclaimer"), 0, width),
    ]
