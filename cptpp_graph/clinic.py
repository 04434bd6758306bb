"""The rule-base clinic: oddities in the law as printed, each found by one query, with its place; also as a SHACL report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from .catalogue import shipped
from .lexicon import Lexicon
from .results import Table
from .terms import BASE, COLON, ID, NS, PREFIXES

if TYPE_CHECKING:
    import rdflib

COLUMNS = ("check", "severity", "message", "source", "section", "line", "text", "detail", "node")


def examine(lexicon: Lexicon, lang: str) -> Table:
    """Every oddity, a row each: check, severity, message, where it is printed, what is peculiar about it, and the statement."""
    return Table(COLUMNS, [cells for name in shipped()["clinic"] for cells in _found(lexicon, name, lang)])


def counts(table: Table) -> dict[tuple[str, str], int]:
    """Check and what it looks for, to the number of its findings, checks without any included."""
    found = dict.fromkeys(shipped()["clinic"], 0)
    for row in table:
        found[str(row.check)] += 1
    return {(name, _severity(name)): count for name, count in found.items()}


def message(name: str, lang: str) -> str:
    """What a check looks for, in words."""
    return str(shipped()["clinic"][name]["summary"][lang])


def _severity(name: str) -> str:
    return str(shipped()["clinic"][name]["severity"])


def _found(lexicon: Lexicon, name: str, lang: str) -> list[tuple[ox.Literal | ox.NamedNode | None, ...]]:
    rows = lexicon.store.query(shipped()["clinic"][name]["text"], use_default_graph_as_union=True)
    assert isinstance(rows, ox.QuerySolutions)
    found = []
    for row in rows:
        node, detail = row["node"], row["detail"]
        assert isinstance(node, ox.NamedNode) and isinstance(detail, ox.Literal)
        cited = lexicon.citations([node.value], lang)[-1]  # the thing itself; before it stands the line that leads it in
        said = (name, _severity(name), message(name, lang), cited.source, cited.section)
        line = ox.Literal(cited.line) if cited.line is not None else None
        found.append((*map(ox.Literal, said), line, ox.Literal(cited.item), ox.Literal(detail.value), node))
    return found


def report(lexicon: Lexicon) -> rdflib.Graph:
    """The same in the vocabulary of SHACL validation reports: a result each, with its message in English and French."""
    from rdflib import DCTERMS, RDF, SH, XSD, Graph, Literal, URIRef

    graph = Graph()
    for prefix in ("cptpp", "dcterms", "sh"):
        graph.bind(prefix, PREFIXES[prefix])
    whole = URIRef(ID + "clinic")
    graph.add((whole, RDF.type, SH.ValidationReport))
    tables = {lang: examine(lexicon, lang) for lang in COLON}
    graph.add((whole, SH.conforms, Literal(not tables["en"])))
    for number, row in enumerate(tables["en"], 1):
        result = URIRef(f"{ID}clinic/{row.check}/{number}")
        graph.add((whole, SH.result, result))
        graph.add((result, RDF.type, SH.ValidationResult))
        graph.add((result, SH.resultSeverity, SH[str(row.severity)]))
        graph.add((result, SH.focusNode, URIRef(str(row.node))))
        graph.add((result, SH.sourceConstraintComponent, SH.SPARQLConstraintComponent))
        graph.add((result, SH.sourceShape, URIRef(f"{BASE}shape/clinic/{row.check}")))
        graph.add((result, SH.value, Literal(str(row.detail))))
        graph.add((result, DCTERMS.source, URIRef(f"{ID}source/{row.source}")))
        for lang in tables:
            graph.add((result, SH.resultMessage, Literal(f"{message(str(row.check), lang)}{COLON[lang]}{row.detail}", lang)))
        for name in ("section", "line"):
            if row[name]:
                graph.add((result, URIRef(NS + name), Literal(row[name], datatype=XSD.integer if name == "line" else None)))
    return graph
