"""Judges many cases at once for their findings alone, by compiled shapes: what planning, asking and comparing try out."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

from . import compiled
from .catalogue import shipped
from .intake import Case
from .lexicon import Lexicon
from .linking import Linked, link_all
from .verdict import Claimed, best, claims_of

TOGETHER = 50  # cases; more at once save no more


def verdicts(
    lexicon: Lexicon, cases: Iterable[Case], rulebook: str, principal: dict[str, str] | None = None
) -> Iterator[tuple[Linked, Claimed]]:
    """The reading that carries each case under a rulebook (its IRI), in their order, with what was linked for it and others.

    The ids of the cases differ.
    principal: as link() takes it, for spouses whose principal's case is known.
    """
    rest = iter(cases)
    while together := list(itertools.islice(rest, TOGETHER)):
        linked = link_all(lexicon.store, together, principal, [rulebook])
        found: dict[str, list[Claimed]] = {}
        for claimed in claims_of(lexicon, linked, compiled.judge):
            found.setdefault(_case_of(linked, claimed), []).append(claimed)
        yield from ((linked, best(linked, readings)) for readings in found.values())


def _case_of(linked: Linked, claimed: Claimed) -> str:
    return linked.one(claimed.node.value, "cptpp:ofCase") or ""


def principal_in(linked: Linked) -> dict[str, str] | None:
    """For a spouse whose principal's case is known, how that comes out, as link() takes it."""
    found = {}
    for claim in linked.claims:
        if outcome := linked.one(claim.value, "cptpp:principalOutcome"):
            found[shipped()["words"]["rulebook"][linked.one(claim.value, "cptpp:rulebook")][0]] = outcome
    return found or None
