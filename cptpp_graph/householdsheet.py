"""Writes a household down: text, and one self-contained page."""

from __future__ import annotations

from collections.abc import Sequence

from .household import Arrangement, Household
from .lexicon import Lexicon
from .phrases import phrase
from .report import View, environment, foot, permit_lines, wrap
from .terms import COLON
from .verdict import FAILS


class Couple:
    """A household with its words at hand, for the text and the page alike."""

    def __init__(self, lexicon: Lexicon, household: Household) -> None:
        self.h, self.lang, self.colon = household, household.lang, COLON[household.lang]
        self.views = {one.case: View(lexicon, one) for one in household.assessments}

    def say(self, name: str, **parts: object) -> str:
        return phrase(name, self.lang, **parts)

    def members(self, way: Arrangement) -> list[View]:
        return [self.views[one.case] for one in way.members]

    def place(self, view: View) -> int:
        """Which of the reports on the page is that of a case, from 1."""
        return list(self.views.values()).index(view) + 1

    def name(self, way: Arrangement) -> str:
        return self.say("way-principal", case=way.principal) if way.principal else self.say("way-own")

    def yields(self, way: Arrangement) -> str:
        return self.say("yields", sure=way.sure, possible=way.possible, count=len(way.members), months=way.months)

    def hangs(self, way: Arrangement) -> str:
        """What becomes of the spouse's case with the principal's."""
        view, carried = self.members(way)[-1], way.carried
        return self.say("hangs", well=view.coded(carried.if_qualifies), ill=view.coded(carried.if_fails)) if carried else ""

    def blocked(self, way: Arrangement) -> str:
        view, names = self.members(way)[0], way.carried.blocked_by if way.carried else ()
        return self.say("blocked-by", what=", ".join(map(view.requirement, names))) if names else ""

    @property
    def weighed(self) -> list[str]:
        """Which way yields more, and why the others yield less."""
        if len(self.h.arrangements) == 1:
            return [self.say("only-way")]
        best, exceed = self.h.best, self.h.could_exceed
        told = [self.say("yields-most", way=self.name(best[0])) if len(best) == 1 else self.say("equal", ways=self._names(best))]
        told += [self.say("could-exceed", ways=self._names(exceed))] if exceed else []
        return told + [f"{self.name(way)}{self.colon}{why}." for way in self.h.arrangements if (why := self._why(way))]

    def _names(self, ways: Sequence[Arrangement]) -> str:
        return "; ".join(map(self.name, ways))

    def _why(self, way: Arrangement) -> str:
        """What keeps the members of a way from their permits."""
        told = []
        for view in self.members(way):
            names = view.a.basis.failing or view.a.basis.open
            how = "why-fails" if view.a.outcome == FAILS else "why-open"
            told += [self.say(how, case=view.a.case, what=", ".join(map(view.requirement, names)))] if names else []
        return "; ".join(told)


def text(lexicon: Lexicon, household: Household, width: int | None) -> str:
    """Which way yields more, the ways one below the other, and the sources."""
    couple = Couple(lexicon, household)
    lines = [couple.say("which-way"), *(wrap(line, 3, width) for line in couple.weighed)]
    for number, way in enumerate(household.arrangements, 1):
        lines += ["", f"{number}. {couple.name(way)}", wrap(couple.yields(way), 3, width)]
        for view in couple.members(way):
            lines += _member(view, way.principal is not None, width)  # on their own they stood above
        lines += _carried(couple, way, width)
    return "\n".join([*lines, *foot(list(couple.views.values()), width)]) + "\n"


def _member(view: View, whole: bool, width: int | None) -> list[str]:
    head = f"{view.a.case} ({view.say(view.a.kind)}){view.colon}{view.coded(view.a.outcome).upper()}; {view.permit}"
    return [wrap(head, 3, width), *(permit_lines(view, 6, width) if whole else ())]


def _carried(couple: Couple, way: Arrangement, width: int | None) -> list[str]:
    if not way.carried:
        return []
    view = couple.members(way)[0]
    lines = [wrap(couple.hangs(way), 3, width)]
    lines += [wrap(couple.blocked(way), 3, width)] if way.carried.blocked_by else []
    if way.carried.waits_on:
        lines.append(wrap(couple.say("waits-on") + couple.colon.rstrip(), 3, width))
        lines += [wrap(f"- {view.requirement(p.requirement)}{couple.colon}{p.ask}", 6, width) for p in way.carried.waits_on]
    return [*lines, *([wrap(couple.say("mirrored"), 3, width)] if way.mirrored else [])]


def html(lexicon: Lexicon, household: Household) -> str:
    """One page that needs nothing else and can be printed."""
    template = environment().get_template("household.html")
    lang = household.lang
    return template.render(couple=Couple(lexicon, household), lang=lang, say=lambda name, **parts: phrase(name, lang, **parts))
