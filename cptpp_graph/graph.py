"""The graph opened: named questions, free SPARQL, occupation search and export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from . import artifact, asking, exporting, queries, words
from .errors import CptppError, say
from .results import Table
from .sandbox import SECONDS, Pool, Sandbox
from .terms import LANGUAGES

if TYPE_CHECKING:
    import rdflib

    from .assessment import Assessment
    from .diff import Diff
    from .household import Household
    from .inquiry import Next
    from .intake import Case
    from .lexicon import Lexicon
    from .officer import OfficerView
    from .plan import Plan
    from .record import Record


class CptppGraph:
    """The knowledge graph, read only. Open it with CptppGraph.open().

    Opening reads the shipped artifact into memory; nothing is written and no network is used.
    """

    def __init__(self, store: ox.Store, workers: int = 1) -> None:
        self.store = store
        self._is_installed = True
        self._queries = Pool(workers, "queries", say("the query"), say("Narrow it, add LIMIT, or allow more time."))
        self._shapes = Sandbox("shapes", say("the validation"), say("Use fewer or simpler shapes, or allow more time."))

    @classmethod
    def open(cls, workers: int = 1) -> CptppGraph:
        """The shipped graph. Raises DamagedInstallation where a shipped file is not the one that was built.

        workers: how many processes may run free SPARQL at once; each is started when it is first needed.
        """
        return cls(artifact.load(), workers)

    def patched(self, path: str | Path) -> CptppGraph:
        """The graph as it would be with other rules, for a what-if; this one and the installed one stay as they are.

        path: a Turtle file of statements to be added, and within graph:removed { … } to be taken away. Takes half a minute.
        Raises CptppError where it cannot be read, names what the graph does not know, or breaks the graph's own rules.
        """
        from .patching import patched

        found = CptppGraph(patched(Path(path)))
        found._is_installed = False
        return found

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
        return asking.ask(self.store, name, **parameters)

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
        asking.known_occupation(self.store, code)
        answer = self.ask("commitments-for-occupation", occupation=code, rulebook=rulebook, lang=lang)
        return answer.select(
            "country", "category", "status", "condition", "phrase", "section", "line", "confidence", "window", "inForce"
        )

    def find(self, text: str, *, lang: str | None = None, limit: int = 10) -> Table:
        """Unit groups whose title is like the text, best first: code, edition, title, score (0 to 100).

        Both languages and both editions are searched; misspellings are forgiven. lang: search one language only.
        """
        from . import search  # its library is not needed by any other question

        titles = [title for known in ([lang] if lang else LANGUAGES) for title in self.ask("titles", lang=known)]
        return search.best(text, titles, limit)

    # -------------------------------------------------------------- ledgers

    def diff(
        self,
        earlier: str,
        later: str,
        *,
        rulebook: str | None = None,
        country: str | None = None,
        category: str | None = None,
        lang: str = "en",
        report: Callable[[str], None] = lambda line: None,
    ) -> Diff:
        """What changes between two readings of the rules that differ in one thing, and why.

        earlier, later: two days (YYYY-MM-DD), rulebooks, editions of the NOC, or thresholds of confidence from 0 to 1.
        rulebook: the one that both follow, except where two rulebooks are compared.
        report: called with one line per step where other thresholds are tried, which takes a few seconds.
        """
        from . import diff

        return diff.compare(self.store, earlier, later, rulebook, country, category, words.language(lang), report)

    def disagreements(self, case: Any = None, *, rulebook: str = "ircc", lang: str = "en") -> Table:
        """Where sources disagree, where one is unclear, where only some speak, and what each point touches.

        case: as assess() takes it; then also whether the point matters to it (bearing: matters, does-not-matter or
        cannot-be-told), and why.
        """
        from . import disagreements

        if case is None:
            return disagreements.ledger(self.store, words.language(lang))
        return disagreements.for_case(self.lexicon, self.assess(case, rulebook=rulebook, lang=lang), words.language(lang))

    def clinic(self, *, lang: str = "en") -> Table:
        """Oddities in the law as printed: check, severity, message, place, detail and the statement itself."""
        from . import clinic

        return clinic.examine(self.lexicon, words.language(lang))

    def clinic_report(self) -> rdflib.Graph:
        """The same as a SHACL validation report, messages in English and French."""
        from . import clinic

        return clinic.report(self.lexicon)

    def phrases(self, words_: str | None = None, *, edition: str | None = None, lang: str = "en") -> Table:
        """Each printed phrase (or those with these words), where it stands, and the groups of the NOC that it may mean."""
        from . import phrasebook

        return phrasebook.phrases(self.store, words_, edition, words.language(lang))

    def sensitivity(self, threshold: str | None = None) -> Table:
        """How many permissions rest on mappings under a confidence, by rulebook, edition and status."""
        from . import phrasebook

        return phrasebook.sensitivity(self.store, threshold)

    # -------------------------------------------------------------- cases

    def assess(self, case: Any, *, rulebook: str = "ircc", lang: str = "en", wages: str | Path | None = None) -> Assessment:
        """The assessment of one case.

        case: a dict as in JSON, a path, a text of RDF or JSON, or an rdflib.Graph; exactly one case.
        wages: a wages file of ESDC, from which a prevailing wage that the case does not state is looked up.
        Raises CptppError naming the place and field where the case cannot be read; then there is no verdict.
        """
        found = self.assess_all(case, rulebook=rulebook, lang=lang, wages=wages)
        if len(found) != 1:
            raise CptppError(say("there are {count} cases here, not one", count=len(found)), "Use assess_all.")
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

    def plan(self, case: Any, *, rulebook: str = "ircc", lang: str = "en") -> Plan:
        """What would have to be so for one case to qualify: the smallest sets of facts, the least costly first."""
        return self.plans([self.assess(case, rulebook=rulebook, lang=lang)])[0]

    def plans(self, assessments: Sequence[Assessment]) -> list[Plan]:
        """The same for cases already assessed, each under the rulebook of its assessment."""
        from .plan import plan_of

        return [plan_of(self.lexicon, one) for one in assessments]

    def next_question(self, case: Any, *, not_known: Iterable[str] = (), rulebook: str = "ircc", lang: str = "en") -> Next:
        """The question about one case that matters most, or that no answer can change the outcome.

        case: as assess() takes it, or its assessment; not_known: fields that were asked and are not known.
        Raises CptppError for a field that no case of the kind has.
        """
        from .assessment import Assessment
        from .inquiry import next_question

        given = case if isinstance(case, Assessment) else self.assess(case, rulebook=rulebook, lang=lang)
        return next_question(self.lexicon, given, not_known)

    def batch(self, frame: Any, *, rulebook: str = "ircc", on: str | None = None, full: bool = False) -> Any:
        """What comes of many cases in a table: case, category, outcome, failing, open; with full a column per requirement too.

        frame: a Polars or pandas frame or an Arrow table with columns as in CSV (id, kind, offer.role); the answer is of the
        same kind. on: day as which every day of receipt is read. Raises CptppError where a record cannot be read.
        """
        from .batch import tables

        return tables.batch(self.lexicon, frame, words.term("rulebook", rulebook), on and words.date(on), full)

    def compare(self, before: Any, after: Any) -> Any:
        """Who comes out otherwise in two answers of batch() with full, from which outcome to which, and by which requirements."""
        from .batch import tables

        return tables.compare(before, after)

    def record(self, assessment: Assessment) -> Record:
        """What goes on file with an assessment, in its language: documents to present, fields on approval, note on a refusal."""
        from .record import record_of

        return record_of(self.lexicon, assessment)

    def officer(self, case: Any, *, rulebook: str = "ircc", lang: str = "en") -> OfficerView:
        """One case in the order in which an officer meets it; the case and errors as for assess()."""
        return self.officer_view(self.assess(case, rulebook=rulebook, lang=lang))

    def officer_view(self, assessment: Assessment) -> OfficerView:
        """The same of an assessment: offer of employment, findings, approval sheet, draft of a refusal or what to request."""
        from .officer import view_of

        asked = {"rulebook": assessment.rulebook, "lang": assessment.lang}
        return view_of(self.lexicon, assessment, self.ask("offer-fields", **asked), self.ask("refusal-rules", **asked))

    def household(self, cases: Any, *, rulebook: str = "ircc", lang: str = "en") -> Household:
        """A couple: one or two principals' cases and the spouse's that names one; who may lead, and which way yields more.

        cases: in any form that assess_all takes. Raises CptppError where they are no couple or contradict each other.
        """
        from .household import household_of
        from .intake import cases as read

        return household_of(self.lexicon, read(cases), rulebook, words.language(lang))

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
        return Table.of(answer) if isinstance(answer, ox.QuerySolutions) else exporting.to_rdflib(answer)

    def run(
        self, sparql: str, timeout: float = SECONDS, default: Sequence[str] = (), named: Sequence[str] = ()
    ) -> tuple[str, bytes]:
        """As query(), but serialised: ("results", SPARQL JSON) or ("graph", N-Triples).

        default, named: IRIs of the named graphs that make up the default graph and of those that may be named, in place of all.
        """
        if not self._is_installed:
            raise CptppError("free SPARQL is asked of the installed graph only", "Use a named query.")
        return queries.run(self._queries, sparql, set(self.graph_names().values()), timeout, default, named)

    # -------------------------------------------------------------- the graph itself

    def graph_names(self) -> dict[str, str]:
        """Short name to IRI of each named graph."""
        return exporting.names(self.store)

    @cached_property
    def graph(self) -> rdflib.Dataset:
        """The graph as rdflib.Dataset, one named graph per source; the default graph is their union.

        It is a copy, made once: what is changed in it changes no answer.
        """
        return exporting.dataset(self.store)

    def export(self, form: str = "nquads", graph: str | None = None) -> bytes:
        """The whole graph, or one named graph, as nquads, trig, turtle or jsonld. Turtle drops the names of graphs."""
        return exporting.written(self.store, form, graph)
