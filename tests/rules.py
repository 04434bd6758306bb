"""The graph as plain dictionaries, for tests that read the rules without the software."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pyoxigraph as ox

from cptpp_graph.terms import NS, expand


class Rules:
    """What the graph says, by subject and by the last part of the property's name."""

    def __init__(self, store: ox.Store) -> None:
        self.said: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        self.about: dict[tuple[str, Any], list[str]] = defaultdict(list)
        for quad in store:
            if isinstance(quad.subject, ox.NamedNode) and not isinstance(quad.object, ox.BlankNode):
                name, value = quad.predicate.value.replace("#", "/").rpartition("/")[2], _plain(quad.object)
                if value not in self.said[quad.subject.value][name]:
                    self.said[quad.subject.value][name].append(value)
                    self.about[name, value].append(quad.subject.value)
        self.rulebooks = {self.name(book): book for book in self.all("Rulebook")}
        self.parties = {self.one(party, "notation"): party for party in self.all("Party")}
        self.categories = {self.one(category, "notation"): category for category in sorted(self.all("Category"))}
        self.listed = {
            (book, *(self.one(permission, name) for name in ("inSchedule", "window", "unitGroup"))): permission
            for permission in self.all("Permission")
            for book in self.said[permission]["rulebook"]
        }

    def all(self, kind: str) -> list[str]:
        return [*self.about["type", NS + kind], *self.about["type", expand(f"cccev:{kind}")]]

    def is_a(self, node: str, kind: str) -> bool:
        return NS + kind in self.said[node]["type"]

    def one(self, node: str, name: str) -> Any:
        (value,) = self.said[node][name]
        return value

    def maybe(self, node: str | None, name: str) -> Any:
        return self.one(node, name) if node and self.said[node][name] else None

    def name(self, node: str) -> str:
        return str(self.one(node, "identifier"))

    def under(self, book: str, kind: str) -> list[str]:
        """What of a kind stands under the agreement of a rulebook."""
        return [one for one in self.about["underAgreement", self.one(book, "underAgreement")] if self.is_a(one, kind)]

    def permit(self, book: str, case: str) -> str | None:
        """The permit for a kind of case under the agreement of a rulebook."""
        same = self.about["underAgreement", self.one(book, "underAgreement")]
        return next((one for one in same if NS + case in self.said[one]["forCase"]), None)

    def in_force(self, book: str, party: str | None) -> str | None:
        """Where the days of entry into force for a Party stand."""
        return next((one for one in self.under(book, "Participation") if party in self.said[one]["party"]), None)

    def start(self, book: str) -> str:
        """The first day of the agreement of a rulebook, for anybody."""
        return min(str(self.one(one, "earliestInForce")) for one in self.under(book, "Participation"))

    def criteria(self, permit: str | None) -> list[str]:
        asked = set(self.about["isRequirementOf", permit])
        return sorted(asked.intersection(self.all("Criterion")), key=lambda one: self.one(one, "order"))

    def left_open(self, book: str) -> set[str]:
        """The requirements that gaps of a rulebook leave open."""
        return set(self.named_by(self.said[book]["applies"], "leavesOpen"))

    def provisions(self, book: str, requirement: str) -> list[str]:
        return [one for one in self.said[book]["applies"] if requirement in self.said[one]["statesRequirement"]]

    def named_by(self, nodes: Iterable[str], name: str) -> list[Any]:
        return [value for one in nodes for value in self.said[one][name]]


def _plain(value: ox.NamedNode | ox.Literal) -> Any:
    if isinstance(value, ox.NamedNode):
        return value.value
    kind = value.datatype.value.rpartition("#")[2]
    return {"boolean": "true".__eq__, "decimal": Decimal, "integer": Decimal}.get(kind, str)(value.value)
