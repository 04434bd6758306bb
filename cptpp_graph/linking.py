"""Lays beside a case what the rules say of it, one claim per rulebook, category and citizenship; it judges nothing."""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pyoxigraph as ox

from .catalogue import shipped
from .intake import Case, Value, field_table
from .terms import BASE, NS, PREFIXES, expand

if TYPE_CHECKING:
    from rdflib import Graph

COUNTRY = "http://publications.europa.eu/resource/authority/country/"
NOBODY = BASE + "id/no-country"
VALUES = re.compile(r"VALUES \((?P<names>[^)]*)\) \{ \}")
XSD = PREFIXES["xsd"]
CLAIMS = {"principal": "PrincipalClaim", "spouse": "SpouseClaim"}

# What is laid on a claim by code here, not as a field's own property, and the fields from which it is worked out.
WORKED_OUT = {
    **dict.fromkeys(("undated", "notBefore", "notAfter"), ("receivedOn",)),
    **dict.fromkeys(
        ("payAmount", "prevailingAmount"),
        (
            "offer.wage.amount",
            "offer.wage.unit",
            "offer.wage.currency",
            "offer.prevailingWage.amount",
            "offer.prevailingWage.unit",
        ),
    ),
    "unstatedEdition": ("offer.occupation",),
}
# The facts that tell how a case can be read: which claims it makes.
READ_AS = {
    "principal": ("category", "applicant.citizenship", "applicant.permanentResidence"),
    "spouse": ("principal.category",),
}
# What of a principal's case counts for the spouse's case that names it.
CARRIED = ("applicant.citizenship", "applicant.permanentResidence", "category")
# What tells a claim from the other claims of its case, and how a case as a whole is read.
READING = ("ofPermit", "rulebook", "category", "possibleCategory", "throughParty", "onGround", "supposed", "principalOutcome")

Triple = tuple[ox.NamedNode, str, ox.NamedNode | ox.Literal]


class Linked:
    """The claims of a case with everything laid on them. Small: some hundred statements."""

    def __init__(self) -> None:
        self.claims: list[ox.NamedNode] = []
        self._found: dict[str, dict[str, dict[Any, None]]] = {}  # by node and property
        self._having: dict[str, dict[str, None]] = {}  # property to the nodes that have it

    def add(self, subject: str, name: str, value: ox.NamedNode | ox.Literal) -> None:
        self.put(subject, expand(name), value)

    def put(self, subject: str, iri: str, value: ox.NamedNode | ox.Literal) -> None:
        """As add(), for a property by its IRI."""
        self._found.setdefault(subject, {}).setdefault(iri, {})[value] = None
        self._having.setdefault(iri, {})[subject] = None

    def values(self, subject: str, name: str) -> list[Any]:
        """The values of a property (as cptpp:role or a whole IRI) on a node."""
        return list(self._found.get(subject, {}).get(expand(name), ()))

    def about(self, subject: str) -> Mapping[str, Collection[Any]]:
        """The values of a node by property."""
        return self._found.get(subject, {})

    def one(self, subject: str, name: str) -> str | None:
        """The value of a property, as text, where there is one."""
        return next((value.value for value in self.values(subject, name)), None)

    def having(self, name: str) -> list[str]:
        """The nodes that have a property."""
        return list(self._having.get(expand(name), ()))

    def triples(self) -> Iterator[tuple[str, str, Any]]:
        for subject, stated in self._found.items():
            for predicate, values in stated.items():
                for value in values:
                    yield subject, predicate, value

    def rows(self, names: list[str], subjects: Iterable[ox.NamedNode] | None = None) -> Iterator[tuple[Any, ...]]:
        """Each combination of the values that the first column's nodes have; a node that lacks one is left out."""
        first, *rest = names
        if subjects is None and first != "claim":
            found = (self._found[node][NS + first] for node in self.having(NS + first))
            subjects = dict.fromkeys(itertools.chain.from_iterable(found))
        for subject in self.claims if subjects is None else subjects:
            stated, columns = self.about(subject.value), []
            for name in rest:
                values = stated.get(NS + name.partition("_")[0])
                if not values:
                    break
                columns.append(values)
            else:
                yield from itertools.product([subject], *columns)

    def graph(self) -> Graph:
        """The claims as an rdflib graph, which is what pySHACL reads."""
        from rdflib import Graph

        result = Graph(bind_namespaces="none")
        for subject, predicate, value in self.triples():
            result.add((as_rdflib(ox.NamedNode(subject)), as_rdflib(ox.NamedNode(predicate)), as_rdflib(value)))
        return result


@lru_cache(maxsize=50_000)
def as_rdflib(term: ox.NamedNode | ox.Literal) -> Any:
    """The same term for rdflib; rules repeat from case to case."""
    from rdflib import Literal, URIRef

    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if term.language:
        return Literal(term.value, lang=term.language)
    return Literal(term.value, datatype=None if term.datatype.value == XSD + "string" else URIRef(term.datatype.value))


def ask(store: ox.Store, text: str, linked: Linked, subjects: Iterable[ox.NamedNode] | None = None) -> Any:
    """The answer to a query whose empty VALUES rows are filled from the claims; None where a row stays empty."""
    chosen = list(subjects) if subjects is not None else None
    filled, missing = text, False
    for match in VALUES.finditer(text):
        names = [name.lstrip("?") for name in match["names"].split()]
        rows = list(dict.fromkeys(linked.rows(names, chosen)))
        missing = missing or not rows
        body = " ".join(f"({' '.join(map(str, row))})" for row in rows)
        filled = filled.replace(match[0], f"VALUES ({match['names']}) {{ {body} }}")
    return None if missing else store.query(filled, use_default_graph_as_union=True)


def link(store: ox.Store, case: Case, principal: dict[str, str] | None = None, rulebooks: Iterable[str] | None = None) -> Linked:
    """The claims of a case with what the rules say of each.

    principal: for a spouse, how the principal's case in the same file comes out: rulebook code to EARL outcome.
    rulebooks: their IRIs; all of them where none are given.
    """
    return link_all(store, [case], principal, rulebooks)


def link_all(
    store: ox.Store,
    cases: Iterable[Case],
    principal: dict[str, str] | None = None,
    rulebooks: Iterable[str] | None = None,
) -> Linked:
    """The claims of cases of different ids together: each lookup is made once for all."""
    linked = Linked()
    chosen = list(shipped()["words"]["rulebook"] if rulebooks is None else rulebooks)
    for case in cases:
        for claim in case_claims(case, chosen, principal):
            lay_claim(linked, _named(claim, case), claim, case)
    for text in shipped()["link"].values():
        for triple in ask(store, text, linked) or ():
            linked.add(triple.subject.value, triple.predicate.value, triple.object)
    lay_stated(linked)
    return linked


def lay_stated(linked: Linked) -> None:
    """Lays on every test what the case states of the fact that it reads."""
    claims = {claim.value for claim in linked.claims}
    for test in linked.having("cptpp:onFact"):
        claim = _claim_of(test, claims)
        for fact in linked.values(test, "cptpp:onFact"):
            for value in linked.values(claim, fact.value):
                linked.add(test, "cptpp:stated", value)


def _claim_of(node: str, claims: Collection[str]) -> str:
    """The claim below which a node stands; nothing where it stands below none."""
    while node and node not in claims:
        node = node.rpartition("/")[0]
    return node


# ------------------------------------------------------------------ claims


def agreement_of(rulebook: str) -> str:
    """The agreement that a rulebook applies, both as IRIs."""
    return str(next(iri for iri, about in shipped()["agreements"].items() if rulebook in about["rulebooks"]))


def permit_for(rulebook: str, kind: str) -> str | None:
    """The permit of the agreement that a rulebook applies for a kind of case, as IRI; None where it has none."""
    permit: str | None = shipped()["agreements"][agreement_of(rulebook)]["permits"].get(kind)
    return permit


def case_claims(case: Case, rulebooks: Iterable[str], principal: dict[str, str] | None = None) -> Iterator[dict[str, Any]]:
    """Which rulebook, category and citizenship (or residence) a case can be read under, where there is a permit for its kind.

    principal: as link() takes it.
    """
    words = shipped()["words"]
    stated = case.facts.get("category", case.facts.get("principal.category"))
    categories = [iri for iri in words["category"] if stated in (None, words["category"][iri][0])]
    for rulebook in rulebooks:
        permit = permit_for(rulebook, case.kind)
        if permit is None:
            continue
        if case.kind == "spouse":
            outcome = principal[words["rulebook"][rulebook][0]] if principal else None
            yield {"rulebook": rulebook, "permit": permit, "category": categories, "tie": None, "principal": outcome}
            continue
        for category, tie in itertools.product(categories, _ties(case, rulebook)):
            yield {"rulebook": rulebook, "permit": permit, "category": [category], "tie": tie, "principal": None}


def _ties(case: Case, rulebook: str) -> list[tuple[str | None, str | None, bool]]:
    """The countries a case can rest on: (country, ground, whether it is only supposed)."""
    citizenship: Any = case.facts.get("applicant.citizenship")
    residence: Any = case.facts.get("applicant.permanentResidence")
    ties: list[tuple[str | None, str | None, bool]] = [(code, "citizenship", False) for code in citizenship or ()]
    ties += [(code, "permanentResidence", False) for code in residence or ()]
    if citizenship is None:
        ties.append((None, None, False))
    elif residence is None:
        ties += [
            (code, "permanentResidence", True) for code in shipped()["residents"].get(rulebook, ()) if code not in citizenship
        ]
    return ties or [("", "citizenship", False)]


def _named(claim: dict[str, Any], case: Case) -> str:
    words = shipped()["words"]
    parts = [case.id, words["rulebook"][claim["rulebook"]][0]]
    if claim["tie"]:
        country, ground, _ = claim["tie"]
        parts += [words["category"][claim["category"][0]][0], f"{ground}-{country or 'none'}" if ground else "unknown"]
    return BASE + "case/" + "/".join(quote(part, safe="") for part in parts)


def lay_claim(linked: Linked, node: str, claim: dict[str, Any], case: Case) -> None:
    """A claim as stated, on a node (IRI): what case_claims says of it, and the facts of the case."""
    rulebook, categories, tie = claim["rulebook"], claim["category"], claim["tie"]
    linked.claims.append(ox.NamedNode(node))
    add = linked.add
    add(node, "rdf:type", ox.NamedNode(NS + CLAIMS[case.kind]))
    add(node, "cptpp:ofCase", ox.NamedNode(BASE + "case/" + quote(case.id, safe="")))
    add(node, "cptpp:ofPermit", ox.NamedNode(claim["permit"]))
    add(node, "cptpp:rulebook", ox.NamedNode(rulebook))
    for path, value in case.facts.items():
        if not path.startswith("spouse."):
            _lay_fact(linked, node, path, value, case.kind)
    for category in categories:
        add(node, "cptpp:category", ox.NamedNode(category))
        if case.kind == "spouse":
            add(node, "cptpp:possibleCategory", ox.NamedNode(category))
    if claim["principal"]:
        add(node, "cptpp:principalOutcome", ox.NamedNode(claim["principal"]))
    if tie and tie[1]:
        add(node, "cptpp:throughParty", ox.NamedNode(country_iri(tie[0])))
        add(node, "cptpp:onGround", ox.NamedNode(NS + tie[1]))
        if tie[2]:
            add(node, "cptpp:supposed", _literal(True))
    _lay_dates(linked, node, case)
    _lay_pay(linked, node, case)
    _lay_editions(linked, node, case)


def _lay_editions(linked: Linked, node: str, case: Case) -> None:
    """The editions in which no code is stated."""
    stated: Any = case.facts.get("offer.occupation", ())
    for edition, (year, *_) in shipped()["words"]["edition"].items():
        if not any(code.startswith(f"noc{year}:") for code in stated):
            linked.add(node, "cptpp:unstatedEdition", ox.NamedNode(edition))


def _lay_fact(linked: Linked, node: str, path: str, value: Value, kind: str) -> None:
    field = field_table(kind)[path]
    if path.count(".") > 1:  # an amount; the amounts of a group are compared, not laid one by one
        linked.add(node, "cptpp:states", ox.NamedNode(NS + path.split(".")[1]))
        return
    linked.add(node, "cptpp:states", ox.NamedNode(expand(field["property"])))
    for item in value if isinstance(value, tuple) else (value,):
        linked.add(node, field["property"], as_term(item, field["type"]))


def _lay_dates(linked: Linked, node: str, case: Case) -> None:
    received = case.facts.get("receivedOn")
    if received is None:
        linked.add(node, "cptpp:undated", _literal(True))
        return
    for name in ("cptpp:notBefore", "cptpp:notAfter"):
        linked.add(node, name, as_term(received, "date"))


def _lay_pay(linked: Linked, node: str, case: Case) -> None:
    """Two amounts where they can be compared: the same unit, and pay in the currency of the prevailing wage."""
    fact = case.facts.get
    comparable = (
        fact("offer.wage.unit") == fact("offer.prevailingWage.unit") and fact("offer.wage.currency") == shipped()["currency"]
    )
    pay, prevailing = fact("offer.wage.amount"), fact("offer.prevailingWage.amount")
    if comparable and fact("offer.wage.unit") and pay is not None and prevailing is not None:
        linked.add(node, "cptpp:payAmount", _literal(Decimal(pay)))  # type: ignore[arg-type]
        linked.add(node, "cptpp:prevailingAmount", _literal(Decimal(prevailing)))  # type: ignore[arg-type]


# ------------------------------------------------------------------ terms


@cache
def parties() -> dict[str, str]:
    return {known[0]: iri for iri, known in shipped()["words"]["party"].items()}


def country_iri(code: str | None) -> str:
    return parties().get(code, COUNTRY + code) if code else NOBODY


def as_term(value: Value, kind: str) -> ox.NamedNode | ox.Literal:
    match kind:
        case "country":
            return ox.NamedNode(country_iri(str(value)))
        case "occupation":
            return ox.NamedNode(expand(str(value)))
        case "province":
            return ox.NamedNode(next(iri for iri, known in shipped()["words"]["province"].items() if known[0] == value))
        case "date":
            return ox.Literal(datetime.date.fromisoformat(str(value)).isoformat(), datatype=ox.NamedNode(XSD + "date"))
        case "code" if (category := NS + str(value)) in shipped()["words"]["category"]:
            return ox.NamedNode(category)
        case "number":
            return _literal(Decimal(value))  # type: ignore[arg-type]
        case _:
            return _literal(value)


def _literal(value: Any) -> ox.Literal:
    if isinstance(value, bool):
        return ox.Literal(str(value).lower(), datatype=ox.NamedNode(XSD + "boolean"))
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return ox.Literal(text if "." in text else text + ".0", datatype=ox.NamedNode(XSD + "decimal"))
    if isinstance(value, int):
        return ox.Literal(str(value), datatype=ox.NamedNode(XSD + "integer"))
    return ox.Literal(str(value))


def are_claims(graph: Graph) -> bool:
    """Whether an rdflib graph holds claims, as exported, instead of cases."""
    from rdflib import RDF, URIRef

    return any((None, RDF.type, URIRef(NS + name)) in graph for name in CLAIMS.values())
