"""The shapes of others: checked, since what pySHACL passes over would count as met, and run by it in a sandbox."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from . import files, judging, words
from .errors import CptppError, Part, printable, say
from .sandbox import Sandbox
from .shacl import SH, TYPE, read
from .terms import NS, PREFIXES

if TYPE_CHECKING:
    from rdflib import Graph

MOST_BYTES = 8_000_000
NAMELESS = re.compile("[nN][0-9a-f]{32}[b0-9]*")  # as rdflib names what has no name


# ------------------------------------------------------------------ outside


def text_of(shapes: Graph | str | Path) -> tuple[Part, str]:
    """(name, Turtle) of a graph or a file."""
    if isinstance(shapes, str | Path):
        return printable(str(shapes)), files.text(Path(shapes), MOST_BYTES)
    return say("the graph of shapes"), shapes.serialize(format="nt")


def validate(worker: Sandbox, data: Graph, shapes: tuple[Part, str], seconds: float) -> tuple[bool, Graph, str]:
    """pySHACL's answer by shapes as text_of gives them. Raises CptppError where they would not be evaluated whole."""
    name, text = shapes
    asked = {"data": data.serialize(format="nt"), "shapes": text}
    try:
        found = json.loads(worker.run(json.dumps(asked).encode(), seconds))
    except CptppError as error:
        if type(error) is not CptppError:
            raise
        raise CptppError(say("{place}: {wrong}", place=name, wrong=error.said.wrong), error.said.mend) from None
    report = _graph(found["report"])
    for prefix, namespace in PREFIXES.items():
        report.bind(prefix, namespace)
    return found["conforms"], report, found["text"]


def _graph(ntriples: str | bytes) -> Graph:
    from rdflib import Graph

    return Graph(bind_namespaces="none").parse(data=ntriples, format="nt")


# ------------------------------------------------------------------ in the worker

SAMPLE = f"""
@prefix sh: <{SH}> . @prefix cptpp: <{NS}> . @prefix rdf: <{PREFIXES["rdf"]}> .
[] a sh:NodeShape ; sh:targetClass cptpp:PrincipalCase ; sh:property [ sh:path ( rdf:type [ sh:inversePath rdf:type ] ) ;
   sh:maxCount 0 ; sh:message "a sample"@en ; sh:in ( 1 2.5 true "a" ) ] .
"""


def prepare() -> Callable[[bytes], bytes]:
    """The function that answers what validate() asks."""
    asked = {"data": f"<{NS}> <{TYPE}> <{NS}PrincipalCase> .", "shapes": SAMPLE}
    _answer(json.dumps(asked).encode())  # what is imported late is imported before nothing can be opened any more
    words.nearest("a", ["b"])
    return _answer


def _answer(body: bytes) -> bytes:
    asked = json.loads(body)
    data, shapes = _graph(asked["data"]), read(asked["shapes"])
    shapes.against(data)
    try:
        conforms, report, text = judging.validate(data, _graph(shapes.ntriples))
    except MemoryError:
        raise
    except Exception as error:
        wrong = NAMELESS.sub("…", str(error).strip().partition("\n")[0]) or type(error).__name__
        raise CptppError(
            say("the shapes cannot be run: {reason}", reason=printable(wrong)),
            "Check them with: pyshacl --metashacl -s SHAPES DATA",
        ) from None
    return json.dumps({"conforms": conforms, "report": report.serialize(format="nt"), "text": text}).encode()
