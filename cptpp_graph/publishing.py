"""Writes the graph as a dataset for others: whole in several syntaxes, as described tables, with checksums and a description."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from . import asking, exporting
from .catalogue import NamedQuery, named_queries, shipped
from .dataset import DATASET, described, name
from .errors import CptppError, printable, say
from .results import Cell, Table
from .terms import LANGUAGES, PREFIXES
from .version import __version__

if TYPE_CHECKING:
    import pyarrow

MEDIA = {
    ".csv": "text/csv",
    ".json": "application/csvm+json",
    ".jsonld": "application/ld+json",
    ".nq": "application/n-quads",
    ".parquet": "application/vnd.apache.parquet",
    ".trig": "application/trig",
    ".ttl": "text/turtle",
}
SPDX = "http://spdx.org/rdf/terms#"
WHOLE = {"cptpp-graph.nq": "nquads", "cptpp-graph.trig": "trig", "cptpp-graph.jsonld": "jsonld"}
EVERY = ("rulebook", "edition", "agreement")
"""Parameters with a default that a table does without: it has the rows for every value."""

_TYPES = {"boolean": "boolean", "date": "date", "decimal": "decimal", "integer": "integer"}


def publish(store: ox.Store, folder: Path, report: Callable[[str], None] = lambda line: None) -> list[Path]:
    """Writes all of it into a folder, and returns what was written.

    Raises CptppError where the folder is not empty, or what writes Parquet is not installed.
    """
    try:
        import pyarrow  # noqa: F401
    except ModuleNotFoundError:
        raise CptppError(say("the library for Parquet is not installed"), 'pip install "cptpp-graph[batch]"') from None
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CptppError(
            say("{folder} is not an empty folder", folder=printable(str(folder))),
            say("Name one that is empty, or that does not exist yet."),
        )
    (folder / "tables").mkdir(parents=True)
    written = [_put(folder / file, exporting.written(store, form, None)) for file, form in WHOLE.items()]
    report(f"{len(written)} files of the whole graph")
    metadata: list[dict[str, Any]] = []
    for query in tabular():
        for lang in LANGUAGES if _has(query, "lang") else LANGUAGES[:1]:
            file = folder / "tables" / (f"{query.name}.{lang}.csv" if _has(query, "lang") else f"{query.name}.csv")
            table = whole(store, query, lang)
            written += [_put(file, table.write("csv").encode()), _parquet(file.with_suffix(".parquet"), table)]
            metadata.append(_described(query, file.name, table, lang))
        report(query.name)
    about = {"@context": "http://www.w3.org/ns/csvw", "dc:license": {"@id": _license(store)}, "tables": metadata}
    written.append(_put(folder / "tables" / "csv-metadata.json", json.dumps(about, ensure_ascii=False, indent=1).encode()))
    written.append(_put(folder / "dataset.ttl", _description(store, folder, written)))
    return written


def tabular() -> list[NamedQuery]:
    """The named queries that can be answered as a whole: nothing has to be asked first."""
    return [query for query in named_queries().values() if not any(one.required for one in query.parameters)]


def whole(store: ox.Store, query: NamedQuery, lang: str) -> Table:
    """The answer to a named query for every rulebook, edition and agreement, each row once."""
    choices = [_choices(query, parameter) for parameter in EVERY if _has(query, parameter)]
    spoken = {"lang": lang} if _has(query, "lang") else {}
    answers = [asking.ask(store, query.name, **spoken, **dict(choice)) for choice in itertools.product(*choices)]
    rows = dict.fromkeys(cells for answer in answers for cells in answer.terms)
    kept = [column for column in answers[0].columns if column != "lang"]
    return Table(answers[0].columns, list(rows)).select(*kept)


def _has(query: NamedQuery, parameter: str) -> bool:
    return any(one.name == parameter for one in query.parameters)


def _choices(query: NamedQuery, parameter: str) -> list[tuple[str, str | None]]:
    (known,) = (one for one in query.parameters if one.name == parameter)
    return [(parameter, word) for word in (shipped()["words"][known.type] if known.default else [None])]


# ------------------------------------------------------------------ tables


def datatype(cells: list[Cell]) -> str:
    """What CSVW calls the type that all cells of a column have."""
    literals = {
        _TYPES.get(one.datatype.value.removeprefix(PREFIXES["xsd"]), "string") for one in cells if isinstance(one, ox.Literal)
    }
    if any(isinstance(one, ox.NamedNode) for one in cells):
        return "anyURI" if not literals else "string"
    return literals.pop() if len(literals) == 1 else "decimal" if literals == {"integer", "decimal"} else "string"


def _columns(table: Table) -> Iterator[tuple[str, str]]:
    for place, column in enumerate(table.columns):
        yield column, datatype([cells[place] for cells in table.terms])


def _described(query: NamedQuery, file: str, table: Table, lang: str) -> dict[str, Any]:
    """A table as CSVW describes it; one that is not in a language of its own has the question in English."""
    columns = [{"name": column, "titles": column, "datatype": kind} for column, kind in _columns(table)]
    title = {"@value": query.summary[lang], "@language": lang}
    return {"url": file, "dc:title": title, "tableSchema": {"columns": columns}}


def _parquet(file: Path, table: Table) -> Path:
    import pyarrow.parquet

    pyarrow.parquet.write_table(arrow(table), file, compression="zstd")
    return file


def arrow(table: Table) -> pyarrow.Table:
    """The rows as an Arrow table, typed column by column."""
    import pyarrow

    kinds = {"integer": pyarrow.int64(), "decimal": pyarrow.decimal128(18, 6), "boolean": pyarrow.bool_()}
    rows = list(table)
    arrays = {}
    for column, kind in _columns(table):
        values = [row[column] for row in rows]
        shown = values if kind in kinds else [None if value is None else str(value) for value in values]
        arrays[column] = pyarrow.array(shown, kinds.get(kind, pyarrow.string()))
    return pyarrow.table(arrays)


# ------------------------------------------------------------------ files


def _put(file: Path, content: bytes) -> Path:
    file.write_bytes(content)
    return file


def _license(store: ox.Store) -> str:
    (quad,) = store.quads_for_pattern(DATASET, name("dcterms:license"), None)
    assert isinstance(quad.object, ox.NamedNode)
    return quad.object.value


def _description(store: ox.Store, folder: Path, written: list[Path]) -> bytes:
    """DCAT and VoID, with each file as a distribution: where it is, its type, size and checksum."""
    found = described(store)
    version = ox.NamedNode(f"{DATASET.value}/{__version__}")
    for file in written:
        place = file.relative_to(folder).as_posix()
        node = ox.NamedNode(f"{version.value}/{place}")
        content = file.read_bytes()
        checksum = ox.BlankNode("checksum" + str(len(found)))
        media = ox.NamedNode("https://www.iana.org/assignments/media-types/" + MEDIA[file.suffix])
        found += [
            ox.Triple(DATASET, name("dcat:distribution"), node),
            ox.Triple(node, name("rdf:type"), name("dcat:Distribution")),
            ox.Triple(node, name("dcterms:title"), ox.Literal(place)),
            ox.Triple(node, name("dcat:downloadURL"), node),
            ox.Triple(node, name("dcat:mediaType"), media),
            ox.Triple(node, name("dcat:byteSize"), ox.Literal(str(len(content)), datatype=name("xsd:nonNegativeInteger"))),
            ox.Triple(node, ox.NamedNode(SPDX + "checksum"), checksum),
            ox.Triple(checksum, ox.NamedNode(SPDX + "algorithm"), ox.NamedNode(SPDX + "checksumAlgorithm_sha256")),
            ox.Triple(checksum, ox.NamedNode(SPDX + "checksumValue"), ox.Literal(hashlib.sha256(content).hexdigest())),
        ]
        if file.name in WHOLE:
            found.append(ox.Triple(DATASET, name("void:dataDump"), node))
    return exporting.prefixed(found, ox.RdfFormat.TURTLE)
