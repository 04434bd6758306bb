"""The graph opened: named questions, free SPARQL, occupation search and export."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from . import artifact, queries, words
from .catalogue import PARAMETER_ROW, NamedQuery, Parameter, named_queries
from .errors import CptppError
from .results import Table
from .sandbox import SECONDS, Pool, Sandbox
from .terms import GRAPH, LANGUAGES, PREFIXES

if TYPE_CHECKING:
    import rdflib

    from .assessment import Assessment
    from .intake import Case
    from .lexicon import Lexicon
    from .record import Record

EXPORTS = {
    "nquads": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "turtle": ox.RdfFormat.TURTLE,
    "jsonld": ox.RdfFormat.JSON_LD,
}


class CptppGraph:
    """The knowledge graph, read only. Open it with CptppGraph.open().

    Opening reads the shipped artifact into memory; nothing is written and no network is used.
    """

    def __init__(self, store: ox.Store, workers: int = 1) -> None:
        self.store = store
        self._queries = Pool(workers, "queries", "the query", "Narrow it, add LIMIT, or allow more time.")
        self._shapes = Sandbox("shapes", "the validation", "Use fewer or simpler shapes, or allow more time.")

    @classmethod
    def open(cls, workers: int = 1) -> CptppGraph:
        """The shipped graph. Raises DamagedInstallation where a shipped file is not the one that was built.

        workers: how many processes may run free SPARQL at once; each is started when it is first needed.
        """
        return cls(artifact.load(), workers)

    def close(self) -> None:
        """Ends the processes that run free SPARQL and the shapes of others, where they were started."""
        self._queries.close()
        self._shapes.close()

    def __enter__(self) -> CptppGraph:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -------------------------------------------------------------- named questions

    def ask(self, name: str, **parameters: str | int | float | None) -> Table:
        """The answer to a named query; see named_queries() for names and parameters.

        Parameters are given as words: a country by code or name, an occupation as noc2021:21300, a date as YYYY-MM-DD.
        Raises CptppError for an unknown name, parameter or word, with the nearest ones.
        """
        query = named_query(name)
        given = {key: str(value) for key, value in parameters.items() if value is not None}
        solutions = self.store.query(bind(query, given), use_default_graph_as_union=True)
        assert isinstance(solutions, ox.QuerySolutions)
        return Table.of(solutions)

    def occupations(
        self,
        country: str,
        category: str,
        *,
        edition: str | None = None,
        on: str | None = None,
        rulebook: str | None = None,
        lang: str = "en",
    ) -> Table:
        """Occupations admitted for a country and category: code, title, status, condition, phrase, section, confidence.

        edition: 2016 or 2021; on: day of receipt (YYYY-MM-DD); without either, the receipt windows still open count.
        status: permitted, conditional (condition says on what) or unclear (condition says why).
        confidence: 0 to 1, how surely the list admits the group.
        """
        answer = self.ask("occupations", country=country, category=category, edition=edition, on=on, rulebook=rulebook, lang=lang)
        return answer.select("code", "title", "status", "condition", "phrase", "section", "confidence")

    def occupation(self, code: str, *, rulebook: str | None = None, lang: str = "en") -> Table:
        """Every country and category under which an occupation stands or is excepted, and why."""
        self._known_occupation(code)
        answer = self.ask("commitments-for-occupation", occupation=code, rulebook=rulebook, lang=lang)
        return answer.select(
            "country", "category", "status", "condition", "phrase", "section", "line", "confidence", "window", "inForce"
        )

    def _known_occupation(self, code: str) -> None:
        iri = words.occupation(code)
        group = ox.NamedNode(iri)
        if not any(self.store.quads_for_pattern(group, ox.NamedNode(PREFIXES["cptpp"] + "level"), None, None)):
            edition = iri.removeprefix(PREFIXES["noc2016"][:-5])[:4]
            codes = [row.code for row in self.ask("titles", edition=edition, lang="en")]
            close = words.nearest(iri.rpartition("/")[2], [str(c) for c in codes])
            near = f"Nearest: {', '.join(close)}; or look" if close else "Look"
            mend = f"{near} a title up: cptpp-graph find TITLE"
            raise CptppError(f"NOC {edition} has no unit group {iri.rpartition('/')[2]}", mend)

    def find(self, text: str, *, lang: str | None = None, limit: int = 10) -> Table:
        """Unit groups whose title is like the text, best first: code, edition, title, score (0 to 100).

        Both languages and both editions are searched; misspellings are forgiven. lang: search one language only.
        """
        from . import search  # its library is not needed by any other question

        titles = [title for known in ([lang] if lang else LANGUAGES) for title in self.ask("titles", lang=known)]
        return search.best(text, titles, limit)

    # -------------------------------------------------------------- cases

    def assess(self, case: Any, *, rulebook: str = "ircc", lang: str = "en", wages: str | Path | None = None) -> Assessment:
        """The assessment of one case.

        case: a dict as in JSON, a path, a text of RDF or JSON, or an rdflib.Graph; exactly one case.
        wages: a wages file of ESDC, from which a prevailing wage that the case does not state is looked up.
        Raises CptppError naming the place and field where the case cannot be read; then there is no verdict.
        """
        found = self.assess_all(case, rulebook=rulebook, lang=lang, wages=wages)
        if len(found) != 1:
            raise CptppError(f"there are {len(found)} cases here, not one", "Use assess_all.")
        return found[0]

    def assess_all(
        self, cases: Any, *, rulebook: str = "ircc", lang: str = "en", wages: str | Path | None = None
    ) -> list[Assessment]:
        """The assessments of all cases, in their order. A spouse's case may name a principal's case among them."""
        from . import intake

        return self.assess_cases(intake.cases(cases), rulebook=rulebook, lang=lang, wages=wages)

    def assess_cases(
        self,
        cases: list[Case],
        *,
        rulebook: str = "ircc",
        lang: str = "en",
        wages: str | Path | None = None,
        progress: Callable[[int], None] = lambda done: None,
    ) -> list[Assessment]:
        """The same for cases already read. progress: called with the number of cases done."""
        from . import assessment

        read = self._priced(cases, wages)
        return assessment.assess_all(self.lexicon, read, rulebook, words.language(lang), progress)

    def _priced(self, cases: list[Case], wages: str | Path | None) -> list[Case]:
        if wages is None:
            return cases
        from .wages import price

        return price(self.store, cases, Path(wages))

    @cached_property
    def lexicon(self) -> Lexicon:
        """What the graph says of requirements, words and places in print."""
        from .lexicon import Lexicon

        return Lexicon(self.store)

    def batch(self, frame: Any, *, rulebook: str = "ircc", on: str | None = None, full: bool = False) -> Any:
        """What comes of many cases in a table: case, category, outcome, failing, open; with full a column per requirement too.

        frame: a Polars or pandas frame or an Arrow table with columns as in CSV (id, kind, offer.role); the answer is of the
        same kind. on: day as which every day of receipt is read. Raises CptppError where a record cannot be read.
        """
        from .batch import tables

        return tables.batch(self.lexicon, frame, words.term("rulebook", rulebook), on and words.date(on), full)

    def record(self, assessment: Assessment) -> Record:
        """What goes on file with an assessment, in its language: documents to present, fields on approval, note on a refusal."""
        from .record import record_of

        return record_of(self.lexicon, assessment)

    def validate(
        self, graph: Any, *, shapes: rdflib.Graph | str | Path | None = None, timeout: float = SECONDS
    ) -> tuple[bool, rdflib.Graph, str]:
        """What pySHACL says of the cases, with the rules laid beside them: (conforms, report_graph, report_text).

        graph: cases in any form that assess_all takes, or claims as exported.
        shapes: others than the eligibility shapes: a graph, or the path of a Turtle file in SHACL Core.
        timeout: seconds after which these are stopped.
        A report is not a verdict: it conforms only where nothing is contradicted, missing or left open in any reading.
        """
        from . import judging

        if shapes is None:
            return judging.validate(self.claims(graph))
        from . import shapes as foreign

        text = foreign.text_of(shapes)
        self._shapes.start()
        return foreign.validate(self._shapes, self.claims(graph), text, timeout)

    def claims(self, cases: Any) -> rdflib.Graph:
        """The cases as the shapes see them: what is stated, and for each rulebook and reading what the rules say of it."""
        import rdflib

        from . import intake, linking

        if isinstance(cases, rdflib.Graph) and linking.are_claims(cases):
            return cases
        result = rdflib.Graph(bind_namespaces="none")
        read = intake.cases(cases)
        for case, assessed in zip(read, self.assess_cases(read), strict=True):  # a spouse's claim needs the principal's outcome
            assert assessed.linked is not None
            result += assessed.linked.graph()
            result.parse(data=intake.as_ntriples(case), format="nt")
        return result

    # -------------------------------------------------------------- free SPARQL

    def query(self, sparql: str, *, timeout: float = SECONDS) -> Table | bool | rdflib.Graph:
        """Free SPARQL 1.1 over all named graphs, whose union is the default graph; the usual prefixes are known.

        timeout: seconds after which the query is stopped.
        Returns a Table for SELECT, a bool for ASK, an rdflib.Graph for CONSTRUCT and DESCRIBE.
        Raises CptppError where the query cannot be read or would update or leave the graph, LimitReached at the limit.
        """
        answer = queries.parse(*self.run(sparql, timeout))
        if isinstance(answer, ox.QueryBoolean):
            return bool(answer)
        return Table.of(answer) if isinstance(answer, ox.QuerySolutions) else to_rdflib(answer)

    def run(
        self, sparql: str, timeout: float = SECONDS, default: Sequence[str] = (), named: Sequence[str] = ()
    ) -> tuple[str, bytes]:
        """As query(), but serialised: ("results", SPARQL JSON) or ("graph", N-Triples).

        default, named: IRIs of the named graphs that make up the default graph and of those that may be named, in place of all.
        """
        return queries.run(self._queries, sparql, set(self.graph_names().values()), timeout, default, named)

    # -------------------------------------------------------------- the graph itself

    def graph_names(self) -> dict[str, str]:
        """Short name to IRI of each named graph."""
        iris = (g.value for g in self.store.named_graphs() if isinstance(g, ox.NamedNode))
        return {iri.removeprefix(GRAPH): iri for iri in sorted(iris)}

    @cached_property
    def graph(self) -> rdflib.Dataset:
        """The graph as rdflib.Dataset, one named graph per source; the default graph is their union.

        It is a copy, made once: what is changed in it changes no answer.
        """
        import rdflib

        dataset = rdflib.Dataset(default_union=True)
        dataset.parse(data=self.export("nquads"), format="nquads")
        for prefix, namespace in PREFIXES.items():
            dataset.bind(prefix, namespace)
        return dataset

    def export(self, form: str = "nquads", graph: str | None = None) -> bytes:
        """The whole graph, or one named graph, as nquads, trig, turtle or jsonld. Turtle drops the names of graphs."""
        names = self.graph_names()
        if graph is not None and graph not in names:
            mend = words.suggest(words.nearest(graph, names), f"Known: {', '.join(names)}")
            raise CptppError(f"unknown graph {words.quoted(graph)}", mend)
        chosen = ox.NamedNode(names[graph]) if graph else None
        quads = sorted(self.store.quads_for_pattern(None, None, None, chosen), key=str)
        if form == "turtle":
            triples = list(dict.fromkeys(ox.Triple(q.subject, q.predicate, q.object) for q in quads))
            return ox.serialize(triples, format=EXPORTS[form], prefixes=PREFIXES) or b""
        return ox.serialize(quads, format=EXPORTS[form], prefixes=PREFIXES if form == "trig" else None) or b""


def named_query(name: str) -> NamedQuery:
    """A named query. Raises CptppError with the nearest names where there is none."""
    known = named_queries()
    if name not in known:
        mend = words.suggest(words.nearest(name, known), "cptpp-graph query lists them all.")
        raise CptppError(f"unknown query {words.quoted(name)}", mend)
    return known[name]


def bind(query: NamedQuery, given: Mapping[str, str]) -> str:
    """The text of a query with its parameters bound as terms, in place of the VALUES row that holds the defaults.

    A parameter left out is left unbound.
    """
    known = {parameter.name: parameter for parameter in query.parameters}
    for name in given:
        if name not in known:
            mend = words.suggest(words.nearest(name, known), f"It takes: {', '.join(known) or 'none'}")
            raise CptppError(f"query {query.name} has no parameter {words.quoted(name)}", mend)
    bound = {name: term for name, parameter in known.items() if (term := _bound(query, parameter, given))}
    row = f"VALUES ({' '.join('?' + name for name in bound)}) {{ ({' '.join(bound.values())}) }}" if bound else ""
    return PARAMETER_ROW.sub(lambda _: row, query.text, count=1)


def _bound(query: NamedQuery, parameter: Parameter, given: Mapping[str, str]) -> str | None:
    word = given.get(parameter.name, parameter.default)
    if word is not None:
        return words.as_sparql(parameter, word)
    if parameter.required:
        raise CptppError(f"query {query.name} needs {parameter.name}", f"For instance --{parameter.name} {parameter.example}")
    return None


def to_rdflib(triples: Any) -> rdflib.Graph:
    """The same as an rdflib graph, literals as they are written: 1E+999999999 is not unfolded."""
    import rdflib

    def term(one: Any) -> Any:
        if isinstance(one, ox.Literal):
            kind = None if one.language else rdflib.URIRef(one.datatype.value)
            plain = one.datatype.value == PREFIXES["xsd"] + "string"
            return rdflib.Literal(one.value, one.language, None if plain else kind, normalize=False)
        return rdflib.URIRef(one.value) if isinstance(one, ox.NamedNode) else rdflib.BNode(one.value)

    graph = rdflib.Graph()
    for triple in triples:
        if isinstance(triple.object, ox.Triple):
            raise CptppError("the answer has statements as values, which rdflib cannot hold", "Ask for their parts.")
        graph.add((term(triple.subject), term(triple.predicate), term(triple.object)))
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    return graph
