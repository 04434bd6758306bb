"""Makes the hostile files that are too big or too odd to keep: by name, in a folder that the test throws away."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

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


NUMBERS = ("NaN", "1e400", "inf", "-1", "1_0", "0x10", "9" * 400)
DAYS = ("0000-00-00", "10000-01-01", "2023-02-30", "2023-3-1", "-2023-01-01", "20230301")


def _rows(*words: str, head: str = "id,kind", row: str = "{1},principal") -> str:
    return "\n".join([head, *(row.format(number, word) for number, word in enumerate(words)), ""])


def _apart() -> Iterable[str]:
    """A case of which more is said sixteen megabytes later, after it was judged."""
    yield IS_CASE + '_:a <http://purl.org/dc/terms/identifier> "a" .\n'
    yield from (f'_:b <x:p> "{"x" * 1_000}{n}" .\n' for n in range(17_000))
    yield '_:c <x:p> "1" .\n'
    yield f'_:a <{SPACE}complianceFeePaid> "false" .\n'


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
    "odd-ids.csv": lambda: _rows('"=HYPERLINK(""x"")"', "+1", "@SUM(1)", "../../passwd", "<b>", "a\u202eb", "a\x1b[2J", "\u200b"),
    "twice.csv": lambda: _rows("a", "a", " a "),
    "numbers.csv": lambda: _rows(*NUMBERS, head="id,kind,education.yearsOfStudy", row="a{0},principal,{1}"),
    "days.csv": lambda: _rows(*DAYS, head="id,kind,receivedOn", row="a{0},principal,{1}"),
    "million.csv": lambda: ",".join(f"k{n}" for n in range(1_000_000)) + "\na\n",
    "cells.csv": lambda: f"id,kind\na,principal{',' * 1_000_000}\n",
    "wrong.csv.gz": lambda: "id,kind\na,principal\n",
    "wrong.csv.zst": lambda: "id,kind\na,principal\n",
    "wrong.parquet": lambda: "id,kind\na,principal\n",
    "odd-ids.ndjson": lambda: "".join(json.dumps({**CASE, "id": one}) + "\n" for one in ("=1", ESCAPE, "a\u2028b", "a\r\nb")),
    "deep.ndjson": lambda: "[" * 100_000 + "\n" + '{"a":' * 100_000 + "\n",
    "long.ndjson": lambda: " " * 17_000_000,
    "long.nt": lambda: "#" * 17_000_000,
    "apart.nt": _apart,
    "together.nt": lambda: _numbered('_:a <x:p> "%d" .\n', 600_000),
    "answers.txt": lambda: "\x1b[2J\n<b>\n?\n\nQUALIFIES\n" + "x" * 100_000 + "\n",
    "one-answer.txt": lambda: "x\u202e\n\n\n?\n",
    "calls.json": lambda: '{"jsonrpc": "2.0"\n[]\nnull\n{}\n{"jsonrpc":"2.0","id":1,"method":"x"}\n' + "[" * 100_000 + "\n",
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


def _packed_line(path: Path) -> None:
    """Two hundred megabytes on one line, packed."""
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(200):
            file.write(b"x" * 1_000_000)


def _cut(path: Path) -> None:
    path.write_bytes(gzip.compress(b"id,kind\n" + b"a,principal\n" * 1_000)[:-20])


def _parquet(**columns: Any) -> Callable[[Path], None]:
    """Writes a table of one case with more columns; those are made when it is written, for Arrow is slow to load."""

    def write(path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = {"id": ["a"], "kind": ["principal"]}
        pq.write_table(pa.table(table | {name.replace("_", "."): make(pa) for name, make in columns.items()}), path)

    return write


def _run(**columns: Any) -> Callable[[Path], None]:
    """Writes what a run of batch --full might have written, with other columns."""

    def write(path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        found = {"case": ["a"], "outcome": ["qualifies"], "country": ["JPN"], "category": ["professional"]}
        table = found | {"occupations": ["noc2021:2"], "education": ["met"]} | columns
        longest = max(map(len, table.values()))
        pq.write_table(pa.table({name: values * (longest // len(values)) for name, values in table.items()}), path)

    return write


def _cut_parquet(path: Path) -> None:
    _parquet()(path)
    path.write_bytes(path.read_bytes()[:-6])


SPECIAL: dict[str, Callable[[Path], None]] = {
    "line.csv.gz": _packed_line,
    "line.ndjson.gz": _packed_line,
    "cut.csv.gz": _cut,
    "cut.parquet": _cut_parquet,
    "far-day.parquet": _parquet(receivedOn=lambda pa: pa.array([1 << 30], pa.date32())),
    "bytes.parquet": _parquet(category=lambda pa: pa.array([b"\xff"])),
    "nested.parquet": _parquet(category=lambda pa: pa.array([[["x"]]])),
    "struct.parquet": _parquet(category=lambda pa: pa.array([{"a": 1}])),
    "wide.parquet": _parquet(offer_durationMonths=lambda pa: pa.array([12], pa.decimal256(50, 2))),
    "odd-country.parquet": _run(country=["\x1b[2J\u202e"]),
    "odd-outcome.parquet": _run(outcome=["=1+1"]),
    "odd-finding.parquet": _run(education=["open: because I say so"]),
    "odd-column.parquet": _run(**{"case after": ["b"]}),
    "lists.parquet": _run(outcome=[["qualifies"]]),
    "doubled.parquet": _run(case=["a"] * 40_000),
    "bomb.json": _bomb,
    "bomb.json.gz": _bomb,
    "sparse.json": _sparse,
    "loop.json": lambda path: path.symlink_to(path.name),
    "loop.csv": lambda path: path.symlink_to(path.name),
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
