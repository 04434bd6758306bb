"""Describes the named queries and lists the words that their parameters accept; made at build, read at start."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from . import artifact, files
from .fields import KINDS as CASES
from .fields import context, fields
from .terms import PREFIXES, shorten

HEADER = re.compile(r"^#\+ ?(.*)$", re.MULTILINE)
PARAMETER_ROW = re.compile(r"VALUES \((?P<names>[^)]*)\) \{ \((?P<values>[^}]*)\) \}")

# Kinds of parameter that name a thing in the graph: the class or scheme whose members they accept.
KINDS = {
    "agreement": "SELECT ?term WHERE { ?term a cptpp:Agreement }",
    "category": "SELECT ?term WHERE { ?term a cptpp:Category }",
    "condition": "SELECT ?term WHERE { ?term a cptpp:Condition }",
    "edition": "SELECT ?term WHERE { ?term xkos:levels ?levels }",
    "issue": "SELECT ?term WHERE { ?term a cptpp:Issue }",
    "party": "SELECT ?term WHERE { ?term a cptpp:Party }",
    "province": "SELECT ?term WHERE { ?term a cptpp:Jurisdiction }",
    "requirement": "SELECT ?term WHERE { ?term cccev:isRequirementOf ?permit }",
    "rulebook": "SELECT ?term WHERE { ?term a cptpp:Rulebook }",
    "source": "SELECT ?term WHERE { ?term a cptpp:Source }",
    "status": "SELECT ?term WHERE { ?term a cptpp:Status }",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a named query. type: a kind above, or occupation, date, number, language, text."""

    name: str
    type: str
    required: bool = False
    default: str | None = None
    example: str | None = None


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A question the project answers. summary: language tag to one line; text: the SPARQL as it stands in its file."""

    name: str
    summary: dict[str, str]
    tags: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    text: str = field(default="", repr=False)

    @property
    def path(self) -> Path:
        return files.root() / "queries" / f"{self.name}.rq"


def read_query(path: Path) -> NamedQuery:
    """A query file with its header. Raises ValueError naming the file where header or parameter row is amiss."""
    import yaml

    text = path.read_text(encoding="utf-8")
    try:
        header = yaml.load("\n".join(HEADER.findall(text)), Loader=yaml.BaseLoader) or {}  # plain strings: "on" is a name
        parameters = tuple(_parameter(name, about) for name, about in header.get("parameters", {}).items())
        query = NamedQuery(path.stem, header["summary"], tuple(header.get("tags", ())), parameters, text)
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise ValueError(f"{path}: the header is not as it should be: {error}") from error
    row = PARAMETER_ROW.search(text)
    bound = [name.lstrip("?") for name in row["names"].split()] if row else []
    if bound != [parameter.name for parameter in parameters]:
        raise ValueError(f"{path}: the header names {[p.name for p in parameters]}, the VALUES row {bound}")
    return query


def _parameter(name: str, about: dict[str, str]) -> Parameter:
    return Parameter(name, about["type"], about.get("required") == "true", about.get("default"), about.get("example"))


def catalogue(root: Path, graph: bytes) -> dict[str, Any]:
    """Everything a command needs before it opens the graph: the queries, and per kind the terms with their words."""
    from dataclasses import asdict

    store = ox.Store()
    store.bulk_load(input=graph, format=ox.RdfFormat.N_QUADS)
    queries = [read_query(path) for path in sorted((root / "queries").glob("*.rq"))]
    return of_graph(store) | {
        "cases": (cases := fields(root)),
        "clinic": {path.stem: _check(path) for path in sorted((root / "queries" / "clinic").glob("*.rq"))},
        "context": context(cases),
        "countries": _countries(root),
        "explain": _texts(root / "queries" / "explain"),
        "link": _texts(root / "queries" / "link"),
        "queries": {query.name: asdict(query) for query in queries},
    }


def of_graph(store: ox.Store) -> dict[str, Any]:
    """Those of its parts that the graph alone tells."""
    return {
        "agreements": _agreements(store),
        "currency": _currency(store),
        "groups": _groups(store),
        "residents": _residents(store),
        "wageRegions": _wage_regions(store),
        "words": {kind: _words(store, select) for kind, select in KINDS.items()},
    }


def _countries(root: Path) -> dict[str, list[str]]:
    """ISO 3166-1 alpha-3 to alpha-2, English, French and other names, so that a country can be told from a misspelling."""
    path = root / "data" / "places" / "countries.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()[1:] if path.exists() else []
    split = (line.split("\t") for line in lines)
    return {alpha3: [*rest, *(alias for alias in aliases.split("|") if alias)] for alpha3, *rest, aliases in split}


def _texts(folder: Path) -> dict[str, str]:
    """The queries that an assessment runs, by name in the order in which they run."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.rq"))}


def _agreements(store: ox.Store) -> dict[str, dict[str, Any]]:
    """Per agreement, its rulebooks, the permit for each kind of case, and the codes of the Parties whose people it admits."""
    rows = store.query(
        f"""PREFIX cptpp: <{PREFIXES["cptpp"]}> PREFIX skos: <{PREFIXES["skos"]}>
        SELECT ?agreement ?rulebook ?permit ?case ?party WHERE {{ ?agreement a cptpp:Agreement
        {{ ?rulebook cptpp:underAgreement ?agreement ; a cptpp:Rulebook }}
        UNION {{ ?permit cptpp:underAgreement ?agreement ; cptpp:forCase ?case }}
        UNION {{ ?state cptpp:underAgreement ?agreement ; a cptpp:Party ; skos:notation ?party
            MINUS {{ ?agreement cptpp:grantingParty ?state }} }}
        }} ORDER BY ?agreement ?rulebook ?permit ?party""",
        use_default_graph_as_union=True,
    )
    assert isinstance(rows, ox.QuerySolutions)
    kinds = {PREFIXES["cptpp"] + cls: kind for kind, cls in CASES.items()}
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        one = found.setdefault(row["agreement"].value, {"rulebooks": [], "permits": {}, "parties": []})
        if row["rulebook"] is not None:
            one["rulebooks"].append(row["rulebook"].value)
        elif row["permit"] is not None:
            one["permits"][kinds[row["case"].value]] = row["permit"].value
        else:
            one["parties"].append(row["party"].value)
    return found


def _check(path: Path) -> dict[str, Any]:
    """A query of the clinic with what its header says: the oddity in words, and how much it weighs (Warning, Info)."""
    import yaml

    text = path.read_text(encoding="utf-8")
    try:
        header = yaml.load("\n".join(HEADER.findall(text)), Loader=yaml.BaseLoader)
        return {"summary": header["summary"], "severity": header["severity"], "text": text}
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise ValueError(f"{path}: the header is not as it should be: {error}") from error


def _currency(store: ox.Store) -> str | None:
    """The currency of the Party that grants entry, in which prevailing wages are published."""
    quads = store.quads_for_pattern(None, ox.NamedNode(PREFIXES["cptpp"] + "currency"), None)
    return next((quad.object.value for quad in quads if isinstance(quad.object, ox.Literal)), None)


def _residents(store: ox.Store) -> dict[str, list[str]]:
    """Per rulebook, the codes of the countries whose permanent residents it admits or presupposes somewhere."""
    rows = store.query(
        f"""PREFIX cptpp: <{PREFIXES["cptpp"]}> PREFIX skos: <{PREFIXES["skos"]}>
        SELECT DISTINCT ?rulebook ?code WHERE {{
        ?rulebook cptpp:applies ?provision . ?provision cptpp:admitsPermanentResidentsOf ?country . ?country skos:notation ?code
        }} ORDER BY ?rulebook ?code""",
        use_default_graph_as_union=True,
    )
    assert isinstance(rows, ox.QuerySolutions)
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["rulebook"].value, []).append(row["code"].value)
    return found


def _wage_regions(store: ox.Store) -> dict[str, Any]:
    """The codes that wages files give the provinces, by our letters, and the country."""
    rows = store.query(
        f"""PREFIX cptpp: <{PREFIXES["cptpp"]}> PREFIX skos: <{PREFIXES["skos"]}>
        SELECT ?code ?region ?type WHERE {{ ?place cptpp:wageRegion ?region ; skos:notation ?code ; a ?type }} ORDER BY ?code""",
        use_default_graph_as_union=True,
    )
    assert isinstance(rows, ox.QuerySolutions)
    found = [(row["code"].value, row["region"].value, row["type"].value.endswith("Party")) for row in rows]
    provinces = {code: region for code, region, is_country in found if not is_country}
    return {"provinces": provinces, "country": next((region for _, region, is_country in found if is_country), None)}


def _groups(store: ox.Store) -> list[str]:
    """Every unit group of both editions, as noc2021:21300, so that a code is known before the graph is opened."""
    quads = store.quads_for_pattern(None, ox.NamedNode(PREFIXES["rdf"] + "type"), ox.NamedNode(PREFIXES["cptpp"] + "UnitGroup"))
    return sorted({shorten(quad.subject.value) for quad in quads if isinstance(quad.subject, ox.NamedNode)})


def _words(store: ox.Store, select: str) -> dict[str, list[str]]:
    """IRI of each term to the words that stand for it, its own code first."""
    prologue = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())
    rows = store.query(
        f"""{prologue}SELECT DISTINCT ?term ?word ?rank WHERE {{ {{ {select} }}
        VALUES (?property ?rank) {{
            (skos:notation 1) (dcterms:identifier 2) (rdfs:label 3) (skos:prefLabel 3) (skos:altLabel 4) }}
        ?term ?property ?word }} ORDER BY ?term ?rank ?word""",
        use_default_graph_as_union=True,
    )
    words: dict[str, list[str]] = {}
    assert isinstance(rows, ox.QuerySolutions)
    for row in rows:
        words.setdefault(row["term"].value, []).append(row["word"].value)
    for iri, known in words.items():
        words[iri] = list(dict.fromkeys([*known, iri]))
    return words


@cache
def shipped() -> dict[str, Any]:
    """The catalogue that ships with the software."""
    content: dict[str, Any] = json.loads(artifact.read("catalogue.json"))
    return content


@cache
def named_queries() -> dict[str, NamedQuery]:
    """The named queries by name, in alphabetical order."""
    return {
        name: NamedQuery(
            name=name,
            summary=about["summary"],
            tags=tuple(about["tags"]),
            parameters=tuple(Parameter(**parameter) for parameter in about["parameters"]),
            text=about["text"],
        )
        for name, about in shipped()["queries"].items()
    }
