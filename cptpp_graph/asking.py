"""Named questions: found by name, their parameters bound as terms, answered from a store."""

from __future__ import annotations

from collections.abc import Mapping

import pyoxigraph as ox

from . import words
from .catalogue import PARAMETER_ROW, NamedQuery, Parameter, named_queries
from .errors import CptppError, say
from .results import Table
from .terms import PREFIXES


def ask(store: ox.Store, name: str, **parameters: str | int | float | None) -> Table:
    """The answer of a store to a named query. Raises CptppError for an unknown name, parameter or word, with the nearest ones."""
    given = {key: str(value) for key, value in parameters.items() if value is not None}
    solutions = store.query(bind(named_query(name), given), use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)
    return Table.of(solutions)


def named_query(name: str) -> NamedQuery:
    """A named query. Raises CptppError with the nearest names where there is none."""
    known = named_queries()
    if name not in known:
        mend = words.suggest(words.nearest(name, known), say("cptpp-graph query lists them all."))
        raise CptppError(say("unknown query {name}", name=words.quoted(name)), mend)
    return known[name]


def bind(query: NamedQuery, given: Mapping[str, str]) -> str:
    """The text of a query with its parameters bound as terms, in place of the VALUES row that holds the defaults.

    A parameter left out is left unbound.
    """
    known = {parameter.name: parameter for parameter in query.parameters}
    for name in given:
        if name not in known:
            mend = words.suggest(words.nearest(name, known), say("It takes: {known}", known=", ".join(known) or say("none")))
            raise CptppError(say("query {query} has no parameter {name}", query=query.name, name=words.quoted(name)), mend)
    bound = {name: term for name, parameter in known.items() if (term := _bound(query, parameter, given))}
    row = f"VALUES ({' '.join('?' + name for name in bound)}) {{ ({' '.join(bound.values())}) }}" if bound else ""
    return PARAMETER_ROW.sub(lambda _: row, query.text, count=1)


def _bound(query: NamedQuery, parameter: Parameter, given: Mapping[str, str]) -> str | None:
    word = given.get(parameter.name, parameter.default)
    if word is not None:
        return words.as_sparql(parameter, word)
    if parameter.required:
        raise CptppError(
            say("query {query} needs {name}", query=query.name, name=parameter.name),
            say("For instance --{name} {example}", name=parameter.name, example=str(parameter.example)),
        )
    return None


def known_occupation(store: ox.Store, code: str) -> None:
    """Raises CptppError with the nearest codes where no edition has a unit group of this code."""
    iri = words.occupation(code)
    if any(store.quads_for_pattern(ox.NamedNode(iri), ox.NamedNode(PREFIXES["cptpp"] + "level"), None, None)):
        return
    edition, _, number = iri.removeprefix(PREFIXES["noc2016"][:-5]).partition("/")
    close = words.nearest(number, [str(row.code) for row in ask(store, "titles", edition=edition, lang="en")])
    near = say("Nearest: {close}; or look a title up: cptpp-graph find TITLE", close=", ".join(close))
    raise CptppError(
        say("NOC {edition} has no unit group {number}", edition=edition, number=number),
        near if close else say("Look a title up: cptpp-graph find TITLE"),
    )
