"""Describes the graph as a dataset: its named queries as SHACL executables, its prefixes, and in VoID what can be counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from .catalogue import NamedQuery
from .terms import BASE, GRAPH, ID, NS, PREFIXES
from .version import __version__

DATASET = ox.NamedNode(BASE + "dataset")
HERE = ox.NamedNode(GRAPH + "dataset")
ONTOLOGY = ox.NamedNode(NS.rstrip("#"))


def name(compact: str) -> ox.NamedNode:
    """The node of a compact name, such as void:Dataset."""
    prefix, _, local = compact.partition(":")
    return ox.NamedNode(PREFIXES[prefix] + local)


def stated(queries: Iterable[NamedQuery]) -> Iterator[ox.Quad]:
    """What the graph itself holds of its queries, prefixes and version."""
    for triple in (*_prefixes(), *_queries(queries), *_version()):
        yield ox.Quad(triple.subject, triple.predicate, triple.object, HERE)


def _prefixes() -> Iterator[ox.Triple]:
    """As SHACL declares them (sh:declare), so that the queries can be read without a prologue."""
    for prefix, namespace in PREFIXES.items():
        node = ox.NamedNode(f"{ID}prefix/{prefix}")
        yield ox.Triple(ONTOLOGY, name("sh:declare"), node)
        yield ox.Triple(node, name("sh:prefix"), ox.Literal(prefix))
        yield ox.Triple(node, name("sh:namespace"), ox.Literal(namespace, datatype=name("xsd:anyURI")))


def _queries(queries: Iterable[NamedQuery]) -> Iterator[ox.Triple]:
    for query in queries:
        node = ox.NamedNode(f"{ID}query/{query.name}")
        yield ox.Triple(node, name("rdf:type"), name("sh:SPARQLExecutable"))
        yield ox.Triple(node, name("rdf:type"), name("sh:SPARQLSelectExecutable"))
        yield ox.Triple(node, name("dcterms:identifier"), ox.Literal(query.name))
        yield ox.Triple(node, name("dcterms:isPartOf"), DATASET)
        for lang, summary in query.summary.items():
            yield ox.Triple(node, name("skos:definition"), ox.Literal(summary, language=lang))
        yield ox.Triple(node, name("sh:prefixes"), ONTOLOGY)
        yield ox.Triple(node, name("sh:select"), ox.Literal(body(query.text)))


def body(text: str) -> str:
    """A query without its header and prologue."""
    return "\n".join(line for line in text.splitlines() if not line.startswith(("#+", "PREFIX "))).strip() + "\n"


def _version() -> Iterator[ox.Triple]:
    for node in (DATASET, ONTOLOGY):
        version = ox.NamedNode(f"{node.value}/{__version__}")
        yield ox.Triple(node, name("dcterms:hasVersion"), version)
        yield ox.Triple(version, name("dcterms:isVersionOf"), node)
        yield ox.Triple(version, name("owl:versionInfo"), ox.Literal(__version__))
    yield ox.Triple(ONTOLOGY, name("owl:versionIRI"), ox.NamedNode(f"{ONTOLOGY.value}/{__version__}"))
    yield ox.Triple(DATASET, name("dcat:version"), ox.Literal(__version__))


# ------------------------------------------------------------------ what can be counted


def described(store: ox.Store) -> list[ox.Triple]:
    """All that is known of the dataset: what the graph holds of it, and in VoID how much of what."""
    quads = list(store)
    own = [quad.triple for quad in store.quads_for_pattern(None, None, None, HERE) if quad.predicate != name("sh:select")]
    predicates = Counter(quad.predicate for quad in quads)
    classes = Counter(
        quad.object for quad in quads if quad.predicate == name("rdf:type") and isinstance(quad.object, ox.NamedNode)
    )
    found = [
        *own,
        ox.Triple(DATASET, name("void:triples"), _number(len({quad.triple for quad in quads}))),
        ox.Triple(DATASET, name("void:classes"), _number(len(classes))),
        ox.Triple(DATASET, name("void:properties"), _number(len(predicates))),
        ox.Triple(DATASET, name("void:distinctSubjects"), _number(len({quad.subject for quad in quads}))),
        *(ox.Triple(DATASET, name("void:vocabulary"), ox.NamedNode(one)) for one in sorted(_vocabularies(predicates))),
    ]
    for part, size in sorted(Counter(quad.graph_name for quad in quads).items(), key=lambda item: str(item[0])):
        if isinstance(part, ox.NamedNode):
            found += [ox.Triple(DATASET, name("void:subset"), part), ox.Triple(part, name("rdf:type"), name("void:Dataset"))]
            found.append(ox.Triple(part, name("dcterms:title"), ox.Literal(part.value.removeprefix(GRAPH))))
            found.append(ox.Triple(part, name("void:triples"), _number(size)))
    found += _partition("property", "triples", predicates)
    found += _partition("class", "entities", classes)
    return found


def _partition(kind: str, counted: str, counts: Counter[ox.NamedNode]) -> Iterator[ox.Triple]:
    for number, (term, count) in enumerate(sorted(counts.items(), key=lambda item: item[0].value)):
        share = ox.BlankNode(f"{kind}{number}")
        yield ox.Triple(DATASET, name(f"void:{kind}Partition"), share)
        yield ox.Triple(share, name(f"void:{kind}"), term)
        yield ox.Triple(share, name(f"void:{counted}"), _number(count))


def _number(count: int) -> ox.Literal:
    return ox.Literal(str(count), datatype=name("xsd:integer"))


def _vocabularies(predicates: Iterable[ox.NamedNode]) -> set[str]:
    return {namespace for namespace in PREFIXES.values() if any(p.value.startswith(namespace) for p in predicates)}
