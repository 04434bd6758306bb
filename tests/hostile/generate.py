"""Makes the hostile files that are too big or too odd to keep: by name, in a folder that the test throws away."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path

CASE = {"id": "a", "kind": "principal"}
SPACE = "https://w3id.org/cptpp-graph/ns#"
PREFIXES = f"@prefix cptpp: <{SPACE}> .\n@prefix dcterms: <http://purl.org/dc/terms/> .\n"
IS_CASE = f"_:a <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{SPACE}PrincipalCase> .\n"
RDF = f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:cptpp="{SPACE}">'
WAGES = "NOC_CNP,ER_Code_Code_RE,Median_Wage,Annual_Wage_Flag,Reference_Period\nNOC_21300,ER00,45,0,2023\n"
SHAPE = "@prefix sh: <http://www.w3.org/ns/shacl#> .\n<x:s> a sh:NodeShape ; sh:targetClass <"
SHAPE += SPACE + "PrincipalCase> ; sh:hasValue "
ESCAPE = "\x1b]0;pwned\x07"  # renames the window of a terminal; colours would be taken out on their way into a pipe

CONTEXT = "https://w3id.org/cptpp-graph/ontology/context.jsonld"
ATTRIBUTE = ' p:a%d=""'
MOST = 15_900_000  # bytes of cases that are read, or just about


def _times(part: str, whole: int = MOST) -> str:
    return part * (whole // len(part))


def _numbered(part: str, count: int) -> str:
    return "".join(part % number for number in range(count))


TEXTS: dict[str, Callable[[], str | Iterable[str]]] = {
    "backslashes.json": lambda: '"' + '\\"' * 100_000,
    "late-double.json": lambda: "{" + "".join(f'"k{n}":1,' for n in range(150_000)) + '"k149999":2}',
    "keys.yaml": lambda: (f"k{n}: 1\n" for n in range(60_000)),
    "columns.csv": lambda: ",".join(f"k{n}" for n in range(300_000)) + "\na\n",
    "documents.yaml": lambda: "---\n" * 400_000,
    "deep.json": lambda: "[" * 100_000,
    "deep.yaml": lambda: "[" * 100_000,
    "deep.ttl": lambda: f"{PREFIXES}_:a a cptpp:PrincipalCase ; cptpp:offer [ {'cptpp:offer [ ' * 20_000}{']' * 20_001} .\n",
    "deep.rdf": lambda: f"{RDF}{'<cptpp:A><cptpp:b>' * 9_000}{'</cptpp:b></cptpp:A>' * 9_000}</rdf:RDF>\n",
    "long-text.json": lambda: json.dumps({**CASE, "offer": {"jobTitle": "x" * MOST}}),
    "long-key.json": lambda: json.dumps({**CASE, "x" * MOST: 1}),
    "brackets.json": lambda: f"[{_times('[],')}[]]",
    "braces.json": lambda: f"[{_times('{},')}{{}}]",
    "numbers.jsonld": lambda: '{"@id": "x:a", "x:p": {"@list": [' + _times("1,") + "1]}}",
    "contexts.jsonld": lambda: json.dumps([{"@context": CONTEXT, "@id": f"x:{n}"} for n in range(100_000)]),
    "terms.jsonld": lambda: json.dumps({"@context": {"k0": "x:", **{f"k{n + 1}": f"k{n}:" for n in range(400_000)}}}),
    "prefix.jsonld": lambda: json.dumps({"@context": {"p": "x:" + _times("y", 8_000_000)}, "p:a": [{"@id": "p:b"}] * 300_000}),
    "prefix.ttl": lambda: f"@prefix p: <x:{_times('y', 8_000_000)}> .\n{_times('p:a p:b p:c . ', 7_000_000)}",
    "nodes.ttl": lambda: "_:a " + _times("<x:p> [ "),
    "names.rdf": lambda: f'{RDF[:-1]} xmlns:p="x:{_times("y", 8_000_000)}">{_times("<p:A/>", 7_000_000)}</rdf:RDF>',
    "namespaces.rdf": lambda: RDF[:-1] + _numbered(' xmlns:p%d="x:"', 600_000) + "/>",
    "attributes.rdf": lambda: f'{RDF[:-1]} xmlns:p="x:{_times("y", 8_000_000)}"><p:A{_numbered(ATTRIBUTE, 500_000)}/></rdf:RDF>',
    "words.yaml": lambda: _numbered("k%d: 1\n", 1_200_000),
    "long-iri.nt": lambda: f'{IS_CASE}_:a <http://example.org/{"y" * 100_000}> "x" .\n',
    "long-subject.nt": lambda: f'<http://example.org/{"y" * 100_000}> <http://example.org/p> "x" .\n{IS_CASE}',
    "triples.nt": lambda: (f'_:a <x:p> "{n}" .\n' for n in range(700_000)),
    "blank-nodes.nt": lambda: (line for n in range(500_000) for line in (IS_CASE if n == 0 else "", f"_:b{n} <x:p> _:c{n} .\n")),
    "rows.csv": lambda: "id,kind\n" + _times("a,principal\n"),
    "empty-rows.csv": lambda: "id,kind\n" + _times(",\n"),
    "too-large.json": lambda: " " * 17_000_000,
    "blank-lines.csv": lambda: WAGES + "\n" * 31_000_000,
    "headings.csv": lambda: _times("a,", 31_000_000),
    "html-literal.ttl": lambda: f'{SHAPE}"{"<div>" * 20_000}"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#HTML> .\n',
    "statements.ttl": lambda: f"{SHAPE}{','.join(map(str, range(300_000)))} .\n",
    "nested.ttl": lambda: f"{SHAPE}1 ; sh:not {'[ sh:not ' * 3_000}[ sh:nodeKind sh:IRI ]{' ]' * 3_000} .\n",
    "pattern.ttl": lambda: f'{SHAPE}1 ; sh:pattern "({"|".join("a" * n for n in range(1, 1_500))})*z" .\n',
    "long.rq": lambda: "#" + "x" * 1_000_000,
    "union.rq": lambda: "SELECT * { {} " + "UNION {} " * 10_000 + "}",
    "sum.rq": lambda: "SELECT (1" + "+1" * 45_000 + " AS ?x) {}",
    "escape-name.json": lambda: "{}",
    "escape-suffix": lambda: "{}",
    "bytes-name.json": lambda: "{}",
    "bidi-name.json": lambda: "{}",
    "unreadable.json": lambda: json.dumps(CASE),
    "escape-name.csv": lambda: WAGES,
    "bytes-name.csv": lambda: WAGES,
}
NAMES = {
    "escape-name.json": f"x{ESCAPE}\nCase x: QUALIFIES.json",
    "escape-suffix": f"x.json{ESCAPE}",
    "bytes-name.json": "x\udcff.json",
    "bidi-name.json": "x\u202e\u2066.json",
    "escape-name.csv": f"x{ESCAPE}\nCase x: QUALIFIES\n.csv",
    "bytes-name.csv": "x\udcff.csv",
}
DEVICES = {"zero": "/dev/zero", "random": "/dev/urandom", "null": "/dev/null"}
ABSENT = ("up.json", "missing.csv")


def _bomb(path: Path) -> None:
    """A gigabyte of zeros, packed."""
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(1_000):
            file.write(b"\0" * 1_000_000)


def _sparse(path: Path) -> None:
    """A terabyte on paper, nothing on the disk."""
    with path.open("wb") as file:
        file.truncate(1 << 40)


SPECIAL: dict[str, Callable[[Path], None]] = {
    "bomb.json": _bomb,
    "bomb.json.gz": _bomb,
    "sparse.json": _sparse,
    "loop.json": lambda path: path.symlink_to(path.name),
    "dangling.json": lambda path: path.symlink_to("nowhere.json"),
    "passwd": lambda path: path.symlink_to("/etc/passwd"),
}


def make(name: str, folder: Path) -> Path:
    """The file of that name, made in the folder."""
    path = folder / NAMES.get(name, name)
    stem = name.partition(".")[0]
    if name in TEXTS:
        _write(path, TEXTS[name]())
    elif name in SPECIAL:
        SPECIAL[name](path)
    elif stem in DEVICES:
        path.symlink_to(DEVICES[stem])
    elif stem == "pipe":
        os.mkfifo(path)
    elif stem == "folder":
        path.mkdir()
    elif name not in ABSENT:
        raise KeyError(name)
    if stem == "unreadable":
        path.chmod(0)
    return path


def _write(path: Path, content: str | Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines([content] if isinstance(content, str) else content)
