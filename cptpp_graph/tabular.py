"""Turns the tables under data/ into statements; used by the build only."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from .terms import GRAPH, ID, LANGUAGES, PREFIXES, expand

Subject = NamedNode | BlankNode
Term = NamedNode | Literal
Row = dict[str, str]

RDF_TYPE = NamedNode(PREFIXES["rdf"] + "type")


def name(compact: str) -> NamedNode:
    return NamedNode(expand(compact))


def rows(path: Path) -> Iterator[Row]:
    """Rows of a tab-separated table; lines that start with # are its passport and are skipped."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def text(value: str, language: str | None = None) -> Literal:
    return Literal(value, language=language) if language else Literal(value)


def typed(value: str, datatype: str) -> Literal:
    return Literal(value, datatype=name(datatype))


def describe(subject: Subject, *pairs: tuple[str, Term | None]) -> Iterator[Triple]:
    """Triples of one subject; a pair whose object is None says nothing."""
    for predicate, obj in pairs:
        if obj is not None:
            yield Triple(subject, RDF_TYPE if predicate == "a" else name(predicate), obj)


def labels(predicate: str, row: Row, column: str) -> list[tuple[str, Term | None]]:
    return [(predicate, text(row[f"{column}_{lang}"], lang)) for lang in LANGUAGES if row[f"{column}_{lang}"]]


# ------------------------------------------------------------------ classifications

DEPTHS = ("broad", "major", "submajor", "minor", "unit")
DEPTH_NAMES = {
    "broad": ("broad occupational category", "grande catégorie professionnelle"),
    "major": ("major group", "grand groupe"),
    "submajor": ("sub-major group", "sous-grand groupe"),
    "minor": ("minor group", "sous-groupe"),
    "unit": ("unit group", "groupe de base"),
}


def classification(path: Path) -> Iterator[Triple]:
    """One edition of the classification as SKOS and XKOS: scheme, hierarchy levels, groups, skill or TEER levels."""
    edition = path.stem.removeprefix("noc-")
    namespace = f"noc{edition}:"
    scheme = NamedNode(PREFIXES["noc" + edition].rstrip("/"))
    table = list(rows(path))
    depths = [depth for depth in DEPTHS if any(row["depth"] == depth for row in table)]
    yield from _scheme(scheme, namespace, edition, depths)
    for row in table:
        group = name(namespace + row["code"])
        broader = name(namespace + row["broader"]) if row["broader"] else None
        is_unit = row["depth"] == "unit"
        yield from describe(
            group,
            ("a", name("skos:Concept")),
            ("a", name("cptpp:UnitGroup") if is_unit else None),
            ("skos:notation", text(row["code"])),
            *labels("skos:prefLabel", row, "title"),
            ("skos:inScheme", scheme),
            ("skos:broader", broader),
            ("skos:topConceptOf", None if broader else scheme),
            ("cptpp:level", _level(namespace, row["level"]) if is_unit else None),
        )
        yield Triple(name(f"{namespace}depth-{row['depth']}"), name("skos:member"), group)


def _level(namespace: str, mark: str) -> NamedNode:
    return name(f"{namespace}{'level' if namespace == 'noc2016:' else 'teer'}-{mark}")


def _scheme(scheme: NamedNode, namespace: str, edition: str, depths: list[str]) -> Iterator[Triple]:
    nodes = [name(f"{namespace}depth-{depth}") for depth in depths]
    cells = [NamedNode(f"{scheme.value}/depths-{i}") for i in range(1, len(nodes) + 1)]
    yield from describe(
        scheme,
        ("a", name("skos:ConceptScheme")),
        ("rdfs:label", text(f"National Occupational Classification {edition}", "en")),
        ("rdfs:label", text(f"Classification nationale des professions {edition}", "fr")),
        ("skos:notation", text(edition)),
        ("dcterms:publisher", text("Statistics Canada / Statistique Canada")),
        ("xkos:numberOfLevels", typed(str(len(nodes)), "xsd:integer")),
        ("xkos:levels", cells[0]),
    )
    for i, (depth, node) in enumerate(zip(depths, nodes, strict=True), start=1):
        last = i == len(nodes)
        yield from describe(cells[i - 1], ("rdf:first", node), ("rdf:rest", name("rdf:nil") if last else cells[i]))
        yield from describe(
            node,
            ("a", name("xkos:ClassificationLevel")),
            ("xkos:depth", typed(str(i), "xsd:integer")),
            *(("rdfs:label", text(label, lang)) for label, lang in zip(DEPTH_NAMES[depth], LANGUAGES, strict=True)),
        )


def concordance(path: Path) -> Iterator[Triple]:
    """The official correspondence of two editions, one xkos:ConceptAssociation a pair."""
    old, new = path.stem.removeprefix("concordance-").split("-")
    whole = NamedNode(f"{ID}concordance/{old}-{new}")
    yield from describe(
        whole,
        ("a", name("xkos:Correspondence")),
        ("rdfs:label", text(f"Concordance of NOC {old} with NOC {new}", "en")),
        ("rdfs:label", text(f"Concordance de la CNP {old} avec la CNP {new}", "fr")),
        ("xkos:compares", NamedNode(PREFIXES["noc" + old].rstrip("/"))),
        ("xkos:compares", NamedNode(PREFIXES["noc" + new].rstrip("/"))),
    )
    for row in rows(path):
        pair = NamedNode(f"{whole.value}/{row['noc' + old]}-{row['noc' + new]}")
        changes = [code for code in row["change_types"].split(";") if code]
        yield Triple(whole, name("xkos:madeOf"), pair)
        yield from describe(
            pair,
            ("a", name("xkos:ConceptAssociation")),
            ("xkos:sourceConcept", name(f"noc{old}:{row['noc' + old]}")),
            ("xkos:targetConcept", name(f"noc{new}:{row['noc' + new]}")),
            *(("cptpp:changeType", name("cptpp:change-" + code.replace(".", "-"))) for code in changes),
            ("skos:note", text(row["note"], "en") if row["note"] else None),
        )


def regulation(path: Path) -> Iterator[Triple]:
    """What the classification says of licences and certificates, a node per unit group."""
    for row in rows(path):
        code = row["noc2021"]
        yield from describe(
            NamedNode(f"{ID}regulation/{code}"),
            ("a", name("cptpp:Regulation")),
            ("cptpp:unitGroup", name("noc2021:" + code)),
            ("cptpp:regulated", name("cptpp:regulation-" + row["regulated"])),
            *(("cptpp:regulationScope", text(scope)) for scope in _parts(row["scope"])),
            ("cptpp:regulationStrength", text(row["strength"]) if row["strength"] else None),
            *(("cptpp:requiredIn", _place(code)) for code in _parts(row["required_in"])),
            ("cptpp:federalCredential", text(row["federal"]) if row["federal"] else None),
            ("cptpp:otherCredential", text(row["other_credential"]) if row["other_credential"] else None),
            ("cptpp:driverLicence", text(row["driver_licence"]) if row["driver_licence"] else None),
        )


def trades(path: Path) -> Iterator[Triple]:
    """Trades whose certification the classification calls compulsory or voluntary, by province."""
    for number, row in enumerate(rows(path), start=1):
        yield from describe(
            NamedNode(f"{ID}trade/{row['noc2021']}-{number}"),
            ("a", name("cptpp:TradeCertification")),
            ("cptpp:unitGroup", name("noc2021:" + row["noc2021"])),
            ("cptpp:trade", text(row["trade"])),
            *(("cptpp:compulsoryIn", _place(code)) for code in _parts(row["compulsory_in"])),
            *(("cptpp:voluntaryIn", _place(code)) for code in _parts(row["voluntary_in"])),
            ("skos:note", text(row["limit"], "en") if row["limit"] else None),
        )


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def _place(code: str) -> NamedNode:
    return NamedNode(f"{ID}place/{code}")


def places(path: Path) -> Iterator[Triple]:
    for row in rows(path):
        yield from describe(
            _place(row["code"]),
            ("a", name("cptpp:Jurisdiction")),
            ("skos:notation", text(row["code"])),
            ("dcterms:identifier", text(row["sgc"])),
            ("cptpp:wageRegion", text(row["wage_region"])),
            *labels("rdfs:label", row, "label"),
        )


# ------------------------------------------------------------------ phrases and mappings


def phrases(path: Path) -> Iterator[Triple]:
    for row in rows(path):
        yield from describe(
            NamedNode(f"{ID}phrase/{row['phrase']}"),
            ("a", name("cptpp:Phrase")),
            ("cptpp:phraseKind", text(row["kind"])),
            ("cptpp:meantFor", _role(row["role"])),
            *labels("skos:prefLabel", row, "label"),
        )


def _role(role: str) -> NamedNode | None:
    """A phrase that names supervisors, with or without contractors, is meant for them; others for anybody."""
    return NamedNode(f"{ID}condition/{role}") if role not in ("", "worker") else None


def mappings(path: Path) -> Iterator[Triple]:
    """An SSSOM mapping set; a row that finds no term keeps the phrase as declared unmappable."""
    mapping_set = NamedNode(f"{ID}mapping-set/{path.name.removesuffix('.sssom.tsv')}")
    yield from describe(
        mapping_set,
        ("a", name("sssom:MappingSet")),
        ("rdfs:label", text(f"Mappings {path.name}", "en")),
        ("rdfs:label", text(f"Correspondances {path.name}", "fr")),
    )
    for row in rows(path):
        phrase = row["subject_id"].removeprefix("phrase:")
        target = row["object_id"]
        edition, _, code = target.partition(":")
        if edition == "sssom":
            edition = path.stem.partition("--")[2].removesuffix(".sssom")
        mapping = NamedNode(f"{ID}mapping/{edition}/{phrase}/{code}")
        yield Triple(mapping_set, name("sssom:mappings"), mapping)
        yield from describe(
            mapping,
            ("a", name("sssom:Mapping")),
            ("owl:annotatedSource", NamedNode(f"{ID}phrase/{phrase}")),
            ("owl:annotatedProperty", name(row["predicate_id"])),
            ("owl:annotatedTarget", name(target)),
            ("sssom:predicate_modifier", name("sssom:NegatedPredicate") if row["predicate_modifier"] else None),
            ("sssom:mapping_justification", name(row["mapping_justification"])),
            ("cptpp:confidence", typed(row["confidence"], "xsd:decimal") if row["confidence"] else None),
            ("rdfs:comment", text(row["comment"], "en") if row["comment"] else None),
            ("cptpp:condition", NamedNode(f"{ID}condition/{row['part_condition']}") if row["part_condition"] else None),
            *(("cptpp:raises", NamedNode(f"{ID}issue/{issue}")) for issue in row["other"].split("|") if issue),
        )


READERS = (
    ("noc/noc-*.tsv", classification, lambda path: "noc/" + path.stem.removeprefix("noc-")),
    ("noc/concordance-*.tsv", concordance, lambda path: "concordance"),
    ("noc/regulated.tsv", regulation, lambda path: "regulation"),
    ("noc/trade-certification.tsv", trades, lambda path: "regulation"),
    ("places/provinces.tsv", places, lambda path: "places"),
    ("mappings/phrases.tsv", phrases, lambda path: "mappings"),
    ("mappings/*.sssom.tsv", mappings, lambda path: "mappings"),
)


def tables(data: Path) -> Iterable[Quad]:
    """Every table under data/ as quads, each in the named graph of its kind."""
    for pattern, read, graph_of in READERS:
        for path in sorted(data.glob(pattern)):
            graph = NamedNode(GRAPH + graph_of(path))
            for triple in read(path):
                yield Quad(triple.subject, triple.predicate, triple.object, graph)
