"""Names: namespaces, the one prefix table, and how an IRI is shortened."""

from __future__ import annotations

from functools import lru_cache

BASE = "https://w3id.org/cptpp-graph/"
NS = BASE + "ns#"
ID = BASE + "id/"
REQ = BASE + "req/"
GRAPH = BASE + "graph/"

PREFIXES: dict[str, str] = {
    "cccev": "http://data.europa.eu/m8g/",
    "cptpp": NS,
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "earl": "http://www.w3.org/ns/earl#",
    "eli": "http://data.europa.eu/eli/ontology#",
    "graph": GRAPH,
    "id": ID,
    "noc2016": BASE + "noc/2016/",
    "noc2021": BASE + "noc/2021/",
    "oa": "http://www.w3.org/ns/oa#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "req": REQ,
    "semapv": "https://w3id.org/semapv/vocab/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "sssom": "https://w3id.org/sssom/",
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
    "xkos": "http://rdf-vocabulary.ddialliance.org/xkos#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

LANGUAGES = ("en", "fr")
COLON = {"en": ": ", "fr": "\u00a0: "}


def shorten(iri: str) -> str:
    """The IRI as a compact name under the prefix table, or unchanged where no prefix fits."""
    for prefix, namespace in sorted(PREFIXES.items(), key=lambda pair: -len(pair[1])):
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


@lru_cache(maxsize=4_096)
def expand(name: str) -> str:
    """The IRI of a compact name, or the name unchanged where its prefix is unknown."""
    prefix, colon, local = name.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else name
