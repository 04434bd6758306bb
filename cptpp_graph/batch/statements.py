"""Reads cases from N-Triples and N-Quads some at a time; the statements of a case stand together there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

import polars as pl
import pyoxigraph as ox

from .. import intake
from ..errors import CptppError, LimitReached, printable, say
from ..rdfcases import RdfCases
from ..terms import BASE
from .pieces import Piece, Reject, Seen
from .triples import Triples

BLOCK = 16_000_000  # bytes of statements
MOST_TOGETHER = 100_000  # statements; a complete case has sixty
FORMATS = {"nt": ox.RdfFormat.N_TRIPLES, "nq": ox.RdfFormat.N_QUADS}


def rdf_pieces(syntax: str, file: IO[bytes], name: str) -> Iterator[Piece]:
    """Raises CptppError at a line that is not of the syntax, or on a case whose statements stand apart: it is not known whole."""
    quick, seen = Triples(syntax), Seen()
    waiting, rest, line = b"", b"", 0
    while True:
        block = file.read(BLOCK)
        whole, rest = (rest + block).rpartition(b"\n")[::2] if block else (rest, b"")
        if max(len(rest), len(whole) - len(block)) > BLOCK:
            raise LimitReached(
                say("{name}:{line}: a line is longer than {most:,} bytes", name=name, line=line + 1, most=BLOCK),
                "Write a line for each statement.",
            )
        text, before = waiting + whole, line - waiting.count(b"\n")
        line += whole.count(b"\n") + 1
        if found := quick.read(text, not block):
            _must_be_fresh(seen, found.nodes, found.subjects, name)
            yield Piece(name, found.words.to_arrow(), found.words["id"], size=found.words.height)
            waiting = found.rest
        else:
            piece, waiting = _slowly(text, syntax, name, before, seen, bool(block))
            if piece:
                yield piece
        if not block:
            return


def _slowly(text: bytes, syntax: str, name: str, line: int, seen: Seen, more: bool) -> tuple[Piece | None, bytes]:
    """The cases of a block one by one. more: the block is not the last; then what is said of the last case is given back."""
    groups = _groups(_parsed(text, syntax, name, line))
    last = groups.pop() if more and groups else []
    if len(last) > MOST_TOGETHER:
        raise LimitReached(
            say("{name}: more than {most:,} statements hang together", name=name, most=MOST_TOGETHER),
            "Give each case nodes of its own.",
        )
    if groups:
        _must_be_whole(groups, seen, name)
    left = [quad.triple for quad in last] if syntax == "nt" else last
    return _piece(groups, name) if groups else None, ox.serialize(left, format=FORMATS[syntax]) or b""


def _parsed(text: bytes, syntax: str, name: str, line: int) -> list[ox.Quad]:
    try:
        return list(ox.parse(text, format=FORMATS[syntax], base_iri=BASE + "case/"))
    except (SyntaxError, ValueError) as error:
        at = line + (getattr(error, "lineno", None) or 1)
        raise CptppError(
            say("{name}:{line}: {reason}", name=name, line=at, reason=printable(getattr(error, "msg", None) or str(error))),
            "Mend the line.",
        ) from None


def _must_be_whole(groups: list[list[ox.Quad]], seen: Seen, name: str) -> None:
    """Raises CptppError where something is said of a node that was met in an earlier piece, which is judged already."""
    quads = [quad for quads in groups for quad in quads]
    subjects = list(dict.fromkeys(str(quad.subject) for quad in quads))
    said = set(subjects)
    objects = {str(quad.object) for quad in quads if not isinstance(quad.object, ox.Literal)} - said
    _must_be_fresh(seen, pl.Series([*subjects, *sorted(objects)], dtype=pl.String), len(subjects), name)


def _must_be_fresh(seen: Seen, nodes: pl.Series, subjects: int, name: str) -> None:
    """nodes: as written; subjects: how many of them something is said of, which stand first."""
    fresh = seen.fresh(nodes)[0][:subjects]
    if not fresh.all():
        raise CptppError(
            say("{name}: more is said of {node} far from the rest", name=name, node=printable(nodes[int(fresh.argmin())])),
            "Put the statements of each case together.",
        )


def _groups(quads: list[ox.Quad]) -> list[list[ox.Quad]]:
    """The statements by what they are about: nodes that lead to each other belong together. The last is that of the last line."""
    about: dict[Any, Any] = {quad.subject: quad.subject for quad in quads}

    def first(node: Any) -> Any:
        while about[node] is not node:
            about[node] = node = about[about[node]]
        return node

    for quad in quads:
        if not isinstance(quad.object, ox.Literal) and quad.object in about:
            about[first(quad.object)] = first(quad.subject)
    found: dict[Any, list[ox.Quad]] = {}
    for quad in quads:
        found.setdefault(first(quad.subject), []).append(quad)
    if quads:
        final = first(quads[-1].subject)
        found[final] = found.pop(final)
    return list(found.values())


def _piece(groups: list[list[ox.Quad]], name: str) -> Piece:
    piece = Piece(name, size=len(groups))
    for quads in groups:
        try:
            (place, plain, typed), *others = RdfCases(quads, name)
            if others:
                raise CptppError(
                    say("{place}: its statements lead to another case", place=place), "Describe each case with nodes of its own."
                )
            piece.cases.append(intake.case(plain, place, typed))
        except CptppError as error:
            piece.rejects.append(Reject(f"{name}, {printable(str(quads[0].subject))}", *error.said))
    return piece
