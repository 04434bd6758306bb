"""Reads the statements of RDF texts, and makes sure that whatever is written there gives one: none is lost without a word."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any
from xml.parsers import expat

import pyoxigraph as ox

from . import words
from .catalogue import shipped
from .errors import CptppError, LimitReached, Part, Said, printable, say
from .fields import CONTEXT
from .terms import BASE, PREFIXES
from .words import quoted

MOST = 400_000  # statements; an ordinary case has some thirty, a complete one sixty
MOST_CHARACTERS = 150_000_000  # of all statements, prefixes spelled out
MOST_TAG = 20_000  # characters of a tag of XML
DEEPEST = 64  # elements of XML in each other
MOST_CONTEXTS = 1_000  # of JSON-LD; ours is some forty times as long as its address
MOST_TERMS = 1_000  # of the contexts of a document
LONGEST_ADDRESS = 1_000  # that a name may stand for
RDF = {
    "ttl": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
XML = [f"http://www.w3.org/XML/1998/namespace {local}" for local in ("lang", "base", "space")]


def of_text(text: str, syntax: str, name: Part) -> list[ox.Quad]:
    """The statements of a text in an RDF syntax other than JSON-LD."""
    return _parsed(text, syntax, name, _Elements(text, name).written if syntax == "rdf" else None)


def of_document(document: Any, name: Part) -> list[ox.Quad]:
    """The statements of a document of JSON-LD, read offline."""
    parts: list[dict[str, Any]] = []
    written = contexts = 0
    for one in _listed(document):
        part = _Document(one, name, MOST - written)
        parts.append(part.local)
        written, contexts = written + part.written, contexts + bool(part.terms)
        if contexts > MOST_CONTEXTS:
            raise LimitReached(
                say("{name} holds more than {most:,} contexts", name=name, most=MOST_CONTEXTS),
                "Write one, around a @graph of all cases.",
            )
    try:
        text = json.dumps(parts, default=_double)
    except ValueError as error:
        raise CptppError(say("{place}: {wrong}", place=name, wrong=error.args[0]), "Write at most 15 digits.") from None
    return _parsed(text, "jsonld", name, written)


def _double(number: Decimal) -> float:
    """A number as JSON-LD keeps it."""
    if Decimal(repr(float(number))) != number:
        raise ValueError(say("the number {number} is more than JSON-LD can keep", number=str(number)))
    return float(number)


def _parsed(text: str, syntax: str, name: Part, written: int | None) -> list[ox.Quad]:
    """The statements, as many as are written where that is known."""
    found, size = [], 0
    try:
        for quad in ox.parse(text, format=RDF[syntax], base_iri=BASE + "case/", rename_blank_nodes=True):
            found.append(quad)
            size += len(str(quad))
            if len(found) > MOST or size > MOST_CHARACTERS:
                raise LimitReached(
                    say("{name} holds more than {most:,} statements, or very long ones", name=name, most=MOST), "Split it."
                )
    except MemoryError:
        raise LimitReached(say("{name} holds a word too long to be read", name=name), "Shorten it.") from None
    except (SyntaxError, ValueError) as error:
        number = getattr(error, "lineno", None) if syntax != "jsonld" else None  # that of the text as we wrote it
        place = say("{name}:{line}", name=name, line=number) if number else name
        reason = printable(getattr(error, "msg", None) or str(error))
        raise CptppError(say("{place}: cannot be read: {reason}", place=place, reason=reason), "Mend the file there.") from None
    if written not in (None, len(found)):
        raise CptppError(
            say(
                "{name}: {written} statements are written there, {count} can be read",
                name=name,
                written=written,
                count=len(found),
            ),
            "Write every name and address as RDF wants it: without spaces, brackets or empty lists.",
        )
    return found


# ------------------------------------------------------------------ RDF/XML


class _Elements:
    """Counts what a text of RDF/XML states. Document types, and attributes that a parser would leave out, are refused."""

    NODES, PROPERTIES, MEMBERS = range(3)

    def __init__(self, text: str, name: Part) -> None:
        declared = re.match(r"\s*<\?xml[^>]*encoding\s*=\s*[\"']([^\"']*)", text)
        if declared and declared[1].lower() != "utf-8":
            raise CptppError(
                say("{name} says that its encoding is {encoding}", name=name, encoding=quoted(declared[1])),
                "Save it as UTF-8 and say so.",
            )
        if re.search(rf"<[^<>]{{{MOST_TAG}}}", text):  # expat spells out all names in it, and only then can one be refused
            raise LimitReached(
                say("{name} holds a tag of more than {most:,} characters", name=name, most=MOST_TAG), "Shorten it."
            )
        self.name, self.written = name, 0
        self.inside: list[int] = []  # what each open element may hold
        self.parser = expat.ParserCreate("utf-8", " ")
        self.parser.StartDoctypeDeclHandler = self._document_type
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        try:
            self.parser.Parse(text.encode(), True)
        except expat.ExpatError as error:
            raise CptppError(
                say("{name}:{line}: not well-formed XML: {reason}", name=name, line=error.lineno, reason=str(error)),
                "Mend the XML there.",
            ) from None

    def _document_type(self, *_: Any) -> None:
        raise self._wrong(say("a document type declaration is not read"), say("Take out <!DOCTYPE …>."))

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self.inside) == DEEPEST:
            raise self._wrong(
                say("elements are nested deeper than {most} levels", most=DEEPEST), say("A case needs eight levels at most.")
            )
        if len(tag) > LONGEST_ADDRESS:
            raise self._wrong(
                say("a name is longer than {most:,} characters", most=LONGEST_ADDRESS), say("Shorten its namespace.")
            )
        where = self.inside[-1] if self.inside else self.NODES
        if not self.inside and tag == _rdf("RDF"):
            known, holds = [], self.NODES
        elif where == self.PROPERTIES:
            self.written += 1
            known, holds = ["resource", "nodeID", "datatype", "parseType"], self._held(attributes.get(_rdf("parseType")))
        else:
            self.written += (tag != _rdf("Description")) + (2 if where == self.MEMBERS else 0)
            known, holds = ["about", "ID", "nodeID"], self.PROPERTIES
        given = [attribute for attribute in attributes if attribute not in XML]
        if strange := [attribute for attribute in given if attribute not in map(_rdf, known)] or given[1:]:  # of two, one is lost
            wrong = say("the attribute {name} is not read here", name=quoted(strange[0].rpartition(" ")[2]))
            raise self._wrong(wrong, say("Take it out, or write it as an element."))
        if self.written > MOST:
            raise LimitReached(say("{name} holds more than {most:,} statements", name=self.name, most=MOST), "Split it.")
        self.inside.append(holds)

    def _held(self, kind: str | None) -> int:
        """What a property holds by its rdf:parseType."""
        held = {None: self.NODES, "Resource": self.PROPERTIES, "Collection": self.MEMBERS}
        if kind not in held:
            raise self._wrong(
                say("rdf:parseType={kind} is not read", kind=quoted(str(kind))),
                say("Write Resource or Collection, or leave it out."),
            )
        return held[kind]

    def _end(self, _: str) -> None:
        self.inside.pop()

    def _wrong(self, wrong: Said, mend: Said) -> CptppError:
        return CptppError(say("{name}:{line}: {wrong}", name=self.name, line=self.parser.CurrentLineNumber, wrong=wrong), mend)


def _rdf(local: str) -> str:
    """A name of RDF as expat gives it."""
    return f"{PREFIXES['rdf']} {local}"


# ------------------------------------------------------------------ JSON-LD


class _Document:
    """Counts what a document of JSON-LD states. Whatever a processor could leave out or turn into something else is refused.

    Read are nodes, values and lists, as in the expanded form; the context, on the outermost node only, is ours or maps names
    to addresses. local: the document with our context in place of its address; no other address is followed.
    """

    def __init__(self, document: Any, name: Part, most: int) -> None:
        self.most = most
        self.name = name
        self.where: list[str] = []  # the case, the fields on the way
        self.terms: dict[str, Any] = {}
        self.written = 0
        if not isinstance(document, dict):
            raise self._wrong(say("a case must be an object"), say("Write an object, or a list of objects."))
        rest = {key: value for key, value in document.items() if key != "@context"}
        contexts = [self._context(one) for one in _listed(document.get("@context", []))]
        if len(self.terms) > MOST_TERMS:
            raise LimitReached(
                say("{name}: the context holds more than {most:,} names", name=name, most=MOST_TERMS),
                "Take out those that are not used.",
            )
        self.local = {"@context": contexts, **rest}
        self._node(rest)

    def _context(self, context: Any) -> dict[str, Any]:
        ours = shipped()["context"]["@context"]
        if context == CONTEXT:
            context = ours
        if not isinstance(context, dict):
            raise self._wrong(
                say("the context {context} is not read", context=quoted(str(context))),
                say("Use {context}, or write the context out.", context=CONTEXT),
            )
        for term, meaning in context.items():
            if term in ours and term != "@version" and meaning != ours[term]:
                raise self._wrong(
                    say("the context gives {term} another meaning", term=quoted(term)),
                    say("Take it out, or use {context}.", context=CONTEXT),
                )
            if term not in ours and not (re.fullmatch(r"[A-Za-z][\w.-]*", term) and _is_address(meaning)):
                raise self._wrong(
                    say("{term} is not read in a context", term=quoted(term)), say("Map names to addresses there, as text.")
                )
            self.terms[term] = meaning if isinstance(meaning, dict) else {}
        return dict(context)

    def _node(self, node: Any) -> None:
        """A node with its fields; the statement that leads to it is counted there."""
        if not isinstance(node, dict) or node.keys() & {"@value", "@list"}:
            raise self._wrong(say("{node} belongs to no node", node=quoted(str(node))), say("Write it as a field of a case."))
        if "id" in node:
            self.where[:] = [quoted(str(node["id"]))]
        depth = len(self.where)
        for key, value in node.items():
            self.where[depth:] = [key]
            if key == "@graph":
                for inner in _listed(value):
                    self._node(inner)
            elif key == "@id":
                self._check_name(value)
            elif key == "@type":
                for one in _listed(value):
                    self._check_name(one)
                    self._count(1)
            else:
                self._field(key, value)
        del self.where[depth:]

    def _field(self, key: str, value: Any) -> None:
        if key.startswith("@"):
            mend = say("Read are @id, @type, @graph, @value, @language and @list, and on the outermost object @context.")
            raise self._wrong(say("this keyword is not read here"), mend)
        if key not in self.terms and not _is_address(key):
            close = words.nearest(key, [term for term in self.terms if not term.startswith("@")])
            raise self._wrong(
                say("unknown field"), words.suggest(close, say('Known are those of "@context": "{context}".', context=CONTEXT))
            )
        if value is None:
            return
        term = self.terms.get(key, {})
        if term.get("@container") == "@list" and not (isinstance(value, dict) and "@list" in value):
            value = {"@list": value}
        if value == []:
            raise self._wrong(say("an empty list states nothing here"), say('Take it out, or write {"@list": []}.'))
        for one in _listed(value):
            self._count(1)
            self._value(one, term)

    def _value(self, value: Any, term: dict[str, Any]) -> None:
        if value is None or isinstance(value, list):
            held = say("a list holds nothing") if value is None else say("a list holds a list")
            raise self._wrong(held, say("Write values there."))
        if not isinstance(value, dict):
            if term.get("@type") in ("@id", "@vocab"):
                self._check_name(value)
        elif "@list" in value:
            self._check_keys(value, "@list")
            for one in _listed(value["@list"]):
                self._count(2)
                self._value(one, term)
        elif "@value" in value:
            self._check_keys(value, "@value", "@type", "@language")
            if not isinstance(value["@value"], str | bool | Decimal):
                raise self._wrong(say("@value is no text, number or truth value"), say("Write one."))
        else:
            self._node(value)

    def _count(self, statements: int) -> None:
        self.written += statements
        if self.written > self.most:
            raise LimitReached(say("{name} holds more than {most:,} statements", name=self.name, most=MOST), "Split it.")

    def _check_keys(self, value: dict[str, Any], *known: str) -> None:
        if strange := [key for key in value if key not in known]:
            raise self._wrong(
                say("{key} is not read beside {other}", key=quoted(strange[0]), other=known[0]),
                say("Known there: {known}.", known=", ".join(known)),
            )

    def _check_name(self, text: Any) -> None:
        if not isinstance(text, str) or text.startswith("@") or not _is_address(BASE + text):
            raise self._wrong(
                say("{text} names nothing", text=quoted(str(text))),
                say("Write a name or an address without spaces and brackets."),
            )

    def _wrong(self, wrong: Said, mend: Said) -> CptppError:
        """The error, with the case and the field where it stands."""
        place = self.name
        case, *fields = map(printable, self.where or [""])
        if case:
            place = say("{place}, {id}", place=place, id=case)
        if fields:
            place = say("{place}: {field}", place=place, field=".".join(fields))
        return CptppError(say("{place}: {wrong}", place=place, wrong=wrong), mend)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_address(text: Any) -> bool:
    try:
        return isinstance(text, str) and len(text) <= LONGEST_ADDRESS and bool(ox.NamedNode(text))
    except ValueError:
        return False
