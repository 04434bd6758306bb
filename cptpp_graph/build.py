"""Builds the graph artifact from ontology/, data/ and queries/derive/: load, close, derive, write, record hashes.

Run ``python -m cptpp_graph.build`` to write the artifact, ``--check`` to compare it with a fresh build.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from . import artifact, dataset, files
from .catalogue import catalogue, read_query
from .derivation import SCRATCH, Report, derive, inferred
from .fields import context, fields, json_schema
from .judging import canary, parsed
from .tabular import tables
from .terms import GRAPH
from .version import __version__


def build(root: Path | None = None, report: Report = lambda line: None) -> list[str]:
    """The whole graph as sorted N-Quads lines.

    root: a folder that holds ontology/, data/ and queries/ (the project's own by default).
    report: called with one line of progress per step.
    Raises ValueError naming the file and line where something cannot be read.
    """
    root = root or files.root()
    store = ox.Store()
    store.extend(asserted(root))
    report(f"asserted {len(store):,} statements")
    store.extend(inferred(store))
    report(f"inferred to {len(store):,}")
    derive(store, root, report)
    store.extend(dataset.stated(read_query(path) for path in sorted((root / "queries").glob("*.rq"))))
    return sorted(_line(quad) for quad in store if quad.graph_name != SCRATCH)


def _line(quad: ox.Quad) -> str:
    return f"{quad.subject} {quad.predicate} {quad.object} {quad.graph_name} ."


def asserted(root: Path) -> Iterator[ox.Quad]:
    """What people wrote: Turtle and tables, each file in the named graph of its folder."""
    for path in sorted(root.glob("ontology/*.ttl")) + sorted(root.glob("data/**/*.ttl")):
        yield from _turtle(path, ox.NamedNode(GRAPH + graph_name(path.relative_to(root))))
    yield from tables(root / "data")


def graph_name(path: Path) -> str:
    """data/sources/ircc/PER.ttl belongs to graph ircc; data/readings/x.ttl to readings; data/parties.ttl to parties."""
    parts = path.with_suffix("").parts
    if parts[0] == "ontology":
        return "ontology"
    return parts[2] if parts[1] == "sources" else parts[1]


def _turtle(path: Path, graph: ox.NamedNode) -> Iterator[ox.Quad]:
    """The statements of one file; its blank nodes are numbered in order, so that every build names them alike."""
    seen: dict[ox.BlankNode, ox.BlankNode] = {}

    def stable(term: Any) -> Any:
        if not isinstance(term, ox.BlankNode):
            return term
        return seen.setdefault(term, ox.BlankNode(f"{path.stem}{len(seen)}"))

    try:
        for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE):
            yield ox.Quad(stable(quad.subject), quad.predicate, stable(quad.object), graph)
    except SyntaxError as error:
        raise ValueError(f"{path}:{error.lineno}: {error.msg}") from error


# ------------------------------------------------------------------ the artifact


def write(lines: list[str], root: Path, folder: Path) -> None:
    """The graph, the catalogue of queries and words, the shapes, and the hashes by which a damaged installation is noticed."""
    folder.mkdir(parents=True, exist_ok=True)
    text = "\n".join(lines).encode()
    statements = _turtle(root / "shapes" / "eligibility.ttl", ox.NamedNode(GRAPH))
    shapes = "\n".join(sorted(f"{quad.triple} ." for quad in statements)).encode()
    index = catalogue(root, text) | {"canary": canary(parsed(shapes))}
    written = json.dumps(index, ensure_ascii=False, indent=1, sort_keys=True).encode()
    (folder / "graph.nq.gz").write_bytes(gzip.compress(text, compresslevel=9, mtime=0))
    (folder / "catalogue.json").write_bytes(written)
    (folder / "shapes.nt").write_bytes(shapes)
    for name, content in published(root).items():
        (root / "ontology" / name).write_text(content, encoding="utf-8")
    hashes = {"graph.nq": _sha256(text), "catalogue.json": _sha256(written), "shapes.nt": _sha256(shapes)}
    manifest = {"version": __version__, "statements": len(lines), "sha256": hashes | pages()}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def pages() -> dict[str, str]:
    """The hashes of the files of which pages are made, by their place in the package."""
    found = sorted(path for folder in artifact.PAGES for path in (files.PACKAGE / folder).rglob("*") if path.is_file())
    return {path.relative_to(files.PACKAGE).as_posix(): _sha256(path.read_bytes()) for path in found}


def published(root: Path) -> dict[str, str]:
    """Files of ontology/ that are made from the intake shape, by name."""
    cases = fields(root)
    made = {"context.jsonld": context(cases), "case.schema.json": json_schema(cases)}
    return {name: json.dumps(content, ensure_ascii=False, indent=2) + "\n" for name, content in made.items()}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m cptpp_graph.build", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare the artifact with a fresh build; exit 1 if it differs")
    chosen = parser.parse_args(arguments)
    say: Report = (lambda line: print(line, file=sys.stderr)) if sys.stderr.isatty() else (lambda line: None)
    try:
        lines = build(report=say)
        if chosen.check:
            return _compare(lines)
        write(lines, files.root(), files.ARTIFACT)
    except ValueError as error:
        print(f"error: {error}\nMend that file and build again.", file=sys.stderr)
        return 2
    print(f"{len(lines):,} statements in {files.ARTIFACT}")
    return 0


def _compare(lines: list[str]) -> int:
    shipped = artifact.read("graph.nq").decode().split("\n")
    missing, stale = set(lines) - set(shipped), set(shipped) - set(lines)
    missing |= {name for name, content in published(files.root()).items() if _differs(files.root() / "ontology" / name, content)}
    missing |= {name for name, sha256 in pages().items() if artifact.hashes().get(name) != sha256}
    for mark, statements in (("+", missing), ("-", stale)):
        for statement in sorted(statements)[:10]:
            print(mark, statement)
    print(f"{len(missing)} statements missing from the artifact, {len(stale)} stale")
    if missing or stale:
        print("Run: python -m cptpp_graph.build")
    return 1 if missing or stale else 0


def _differs(path: Path, content: str) -> bool:
    return not path.exists() or path.read_text(encoding="utf-8") != content


if __name__ == "__main__":
    sys.exit(main())
