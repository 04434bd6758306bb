"""Answers: rows under named columns, and the ways to write them down."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import textwrap
from collections.abc import Iterator, Sequence
from decimal import Decimal
from html import escape
from importlib import import_module
from typing import TYPE_CHECKING, Any, overload

import pyoxigraph as ox

from .errors import CptppError, say
from .terms import PREFIXES, shorten

if TYPE_CHECKING:
    import pandas
    import polars

MOST_SHOWN = 100
Value = str | int | bool | Decimal | None
Cell = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None

_XSD = PREFIXES["xsd"]
_DANGEROUS = tuple("=+-@＝＋－＠\t\r\n")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)", re.ASCII)  # without an exponent, which would unfold
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}
_UNSEEN = re.compile(r"[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_NOT_IN_CSV = re.compile(r"[\x00-\x08\x0b-\x1f]|" + _UNSEEN.pattern)


class Row(Sequence[Value]):
    """One row: by position (row[0]), by name (row["code"]) or as an attribute (row.code); IRIs and texts are str."""

    __slots__ = ("_columns", "_values")

    def __init__(self, columns: tuple[str, ...], values: tuple[Value, ...]) -> None:
        self._columns = columns
        self._values = values

    @overload
    def __getitem__(self, key: int | str) -> Value: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[Value, ...]: ...
    def __getitem__(self, key: int | str | slice) -> Value | tuple[Value, ...]:
        if isinstance(key, str):
            try:
                return self._values[self._columns.index(key)]
            except ValueError:
                raise KeyError(key) from None
        return self._values[key]

    def __getattr__(self, name: str) -> Value:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"no column {name!r}; columns: {', '.join(self._columns)}") from None

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Row) and self.asdict() == other.asdict()

    def __hash__(self) -> int:
        return hash((self._columns, self._values))

    def __repr__(self) -> str:
        return f"Row({', '.join(f'{c}={v!r}' for c, v in zip(self._columns, self._values, strict=True))})"

    def asdict(self) -> dict[str, Value]:
        return dict(zip(self._columns, self._values, strict=True))


class Table(Sequence[Row]):
    """The rows of an answer. columns: their names in order; terms: the RDF terms behind them."""

    def __init__(self, columns: Sequence[str], terms: Sequence[tuple[Cell, ...]]) -> None:
        self.columns = tuple(columns)
        self.terms = list(terms)

    @classmethod
    def of(cls, solutions: ox.QuerySolutions) -> Table:
        names = [variable.value for variable in solutions.variables]
        return cls(names, [tuple(solution[name] for name in names) for solution in solutions])

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        if isinstance(index, slice):
            return [self._row(cells) for cells in self.terms[index]]
        return self._row(self.terms[index])

    def __iter__(self) -> Iterator[Row]:
        return (self._row(cells) for cells in self.terms)

    def __len__(self) -> int:
        return len(self.terms)

    def __repr__(self) -> str:
        return f"Table({len(self)} rows of {', '.join(self.columns)})"

    def _row(self, cells: tuple[Cell, ...]) -> Row:
        return Row(self.columns, tuple(python(cell) for cell in cells))

    def select(self, *columns: str) -> Table:
        """The same rows with these columns only, in this order."""
        places = [self.columns.index(column) for column in columns]
        return Table(columns, [tuple(cells[place] for place in places) for cells in self.terms])

    def where(self, column: str, value: Value) -> Table:
        """The rows that have this value in a column."""
        return Table(self.columns, [cells for cells, row in zip(self.terms, self, strict=True) if row[column] == value])

    def to_dicts(self) -> list[dict[str, Value]]:
        return [row.asdict() for row in self]

    def records(self) -> list[dict[str, Any]]:
        """The rows as JSON has them."""
        return [{name: float(v) if isinstance(v, Decimal) else v for name, v in row.items()} for row in self.to_dicts()]

    def to_pandas(self) -> pandas.DataFrame:
        """The rows as a pandas frame; decimals become floats. Raises CptppError where pandas is not installed."""
        frame: pandas.DataFrame = _installed("pandas").DataFrame(self.records(), columns=list(self.columns))
        return frame

    def to_polars(self) -> polars.DataFrame:
        """The rows as a Polars frame; decimals become floats. Raises CptppError where Polars is not installed."""
        rows = [tuple(record.values()) for record in self.records()]
        frame: polars.DataFrame = _installed("polars").DataFrame(
            rows, schema=list(self.columns), orient="row", infer_schema_length=None
        )
        return frame

    def _repr_html_(self) -> str:
        """As notebooks show it: IRIs shortened, at most MOST_SHOWN rows."""
        head = "".join(f"<th>{escape(column)}</th>" for column in self.columns)
        cells = ((escape(_visible(shorten(plain(value)))) for value in self._row(one)) for one in self.terms[:MOST_SHOWN])
        rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in cells)
        left = len(self) - MOST_SHOWN
        more = f"<p>… {left:,}</p>" if left > 0 else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}"

    def write(self, form: str, width: int | None = None) -> str:
        """The table as text. form: table, csv, tsv, json (SPARQL 1.1 results), records (a JSON list of objects).

        width: characters to a line, for form table; long cells are then wrapped.
        """
        return _table(self, width) if form == "table" else _WRITERS[form](self)


def _installed(name: str) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError:
        raise CptppError(say("{name} is not installed", name=name), 'pip install "cptpp-graph[notebook]"') from None


def listed(table: Table, columns: Sequence[str]) -> Table:
    """The same rows with these columns, empty where the table lacks one."""
    places = [table.columns.index(column) if column in table.columns else None for column in columns]
    return Table(columns, [tuple(None if place is None else cells[place] for place in places) for cells in table.terms])


def python(cell: Cell) -> Value:
    """A term as a plain value: numbers and booleans typed, everything else as text."""
    if not isinstance(cell, ox.Literal):
        return cell.value if isinstance(cell, ox.NamedNode) else _written(cell) or None
    kind = cell.datatype.value.removeprefix(_XSD)
    try:
        if kind in ("integer", "int", "long", "short", "nonNegativeInteger"):
            return int(cell.value)
        if kind == "decimal" and _DECIMAL.fullmatch(cell.value):
            return Decimal(cell.value)
    except ValueError:
        return cell.value
    return _TRUTHS.get(cell.value, cell.value) if kind == "boolean" else cell.value


def _written(cell: Cell) -> str:
    """As N-Triples has it."""
    return "" if cell is None else f"<<( {cell} )>>" if isinstance(cell, ox.Triple) else str(cell)


def plain(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def _csv(table: Table) -> str:
    """RFC 4180 without control characters; a cell that a spreadsheet would take for a formula gets an apostrophe in front."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns)
    for row in table:
        writer.writerow([defused(value) for value in row])
    return out.getvalue()


def defused(value: Value) -> str:
    """A cell of CSV."""
    text = plain(value)
    if not isinstance(value, str):
        return text
    return ("'" if text.startswith(_DANGEROUS) else "") + _NOT_IN_CSV.sub("\N{REPLACEMENT CHARACTER}", text)


def _tsv(table: Table) -> str:
    """SPARQL 1.1 TSV results: terms in N-Triples form under ?-marked names."""
    lines = ["\t".join("?" + column for column in table.columns)]
    lines += ["\t".join(map(_written, cells)) for cells in table.terms]
    return escaped("\n".join(lines) + "\n")


def _json(table: Table) -> str:
    """SPARQL 1.1 Query Results JSON."""
    bindings = [
        {name: _binding(cell) for name, cell in zip(table.columns, cells, strict=True) if cell is not None}
        for cells in table.terms
    ]
    return dump({"head": {"vars": list(table.columns)}, "results": {"bindings": bindings}})


def _binding(cell: Cell) -> dict[str, Any]:
    if isinstance(cell, ox.NamedNode):
        return {"type": "uri", "value": cell.value}
    if isinstance(cell, ox.BlankNode):
        return {"type": "bnode", "value": cell.value}
    if isinstance(cell, ox.Triple):
        parts = {"subject": cell.subject, "predicate": cell.predicate, "object": cell.object}
        return {"type": "triple", "value": {name: _binding(part) for name, part in parts.items()}}
    assert cell is not None
    if cell.language:
        turned = {"its:dir": str(cell.direction)} if cell.direction else {}
        return {"type": "literal", "value": cell.value, "xml:lang": cell.language, **turned}
    if cell.datatype.value == _XSD + "string":
        return {"type": "literal", "value": cell.value}
    return {"type": "literal", "value": cell.value, "datatype": cell.datatype.value}


def _records(table: Table) -> str:
    return dump(table.records())


def dump(value: object) -> str:
    """JSON for people and programs."""
    return escaped(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def _table(table: Table, width: int | None = None) -> str:
    """For people: columns padded, IRIs shortened, control characters made visible."""
    rows = [[_visible(shorten(plain(value))) for value in row] for row in table]
    widths = [max(map(len, column)) for column in zip(table.columns, *rows, strict=True)]
    if width:
        widths = _fitted(widths, width - 2 * (len(widths) - 1))
    lines = [*_lines(list(table.columns), widths), "  ".join("-" * width for width in widths)]
    for row in rows:
        lines += _lines(row, widths)
    return "\n".join(lines) + "\n"


def _fitted(widths: list[int], room: int) -> list[int]:
    """Widths that fit the room: the widest column gives way first, none below twelve characters."""
    widths = list(widths)
    while sum(widths) > room and max(widths) > 12:
        widths[widths.index(max(widths))] -= 1
    return widths


def _lines(cells: list[str], widths: list[int]) -> list[str]:
    wrapped = [textwrap.wrap(cell, width) or [""] for cell, width in zip(cells, widths, strict=True)]
    return [
        "  ".join(part.ljust(width) for part, width in zip(parts, widths, strict=True)).rstrip()
        for parts in itertools.zip_longest(*wrapped, fillvalue="")
    ]


def _visible(text: str) -> str:
    return "".join(c if c.isprintable() else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in text)


def escaped(text: str) -> str:
    """JSON, Turtle or TSV with the characters that turn a line around or move a cursor written by their numbers."""
    return _UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04X}", text)


_WRITERS = {"csv": _csv, "tsv": _tsv, "json": _json, "records": _records}
