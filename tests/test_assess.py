"""What callers get: assessments from Python and the command line, reports, validation, several cases together."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from rdflib import Graph, URIRef

from cptpp_graph import CptppError, CptppGraph, files, judging
from cptpp_graph.cli import main
from cptpp_graph.terms import NS, PREFIXES

CASES = Path(__file__).parent / "cases"
ORDER = [
    "nationality", "agreement-in-force", "category-available", "offer", "specialized-knowledge", "noc-level", "occupation-listed",
    "education", "experience", "remuneration", "language", "licensing", "australia-employer-letter", "japan-associate-degree",
]  # fmt: skip


def case(name: str, **changes: Any) -> dict[str, Any]:
    """A case of tests/cases; changes are top-level fields, or fields of a group where a dict is given."""
    found: dict[str, Any] = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))["case"]
    for key, value in changes.items():
        found[key] = {**found.get(key, {}), **value} if isinstance(value, dict) else value
    return found


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def written(folder: Path, *cases: dict[str, Any], name: str = "cases.json") -> str:
    path = folder / name
    path.write_text(json.dumps(list(cases)), encoding="utf-8")
    return str(path)


# ------------------------------------------------------------------ assessments


def test_the_shape_of_an_assessment(kg: CptppGraph) -> None:
    found = kg.assess(case("p23")).as_dict()
    assert {
        "case",
        "kind",
        "category",
        "rulebook",
        "asOf",
        "outcome",
        "findings",
        "open",
        "permit",
        "otherRulebooks",
        "otherRoutes",
    } <= set(found)
    assert (found["case"], found["category"], found["rulebook"], found["asOf"]) == ("p23", "technician", "ircc", "2023-07-01")
    assert [f["requirement"] for f in found["findings"]] == ORDER
    listed = next(f for f in found["findings"] if f["requirement"] == "occupation-listed")
    assert listed["cites"] == [
        {
            "source": "ircc",
            "section": "Country-specific occupations > Japan > Technicians",
            "item": "oil and gas well drillers, servicers and testers (excluding operators)",
            "line": 279,
        }
    ]
    assert {"field": "offer.jobFunction", "value": "operator"} in listed["facts"]
    assert (found["permit"]["code"], found["permit"]["monthsAtMost"]) == ("T52", 12)
    assert [o["rulebook"] for o in found["otherRulebooks"]] == ["canadavisa", "ircc-2024"]


def test_without_a_category_both_are_read_and_the_better_one_carries(kg: CptppGraph) -> None:
    found = kg.assess(case("p25", category=None))
    assert (found.outcome, found.category) == ("qualifies", "technician")
    assert {reading.category: reading.outcome for reading in found.readings} == {
        "professional": "does-not-qualify",
        "technician": "qualifies",
    }


def test_of_two_citizenships_the_better_one_carries_and_is_named(kg: CptppGraph) -> None:
    found = kg.assess(case("p43"))
    assert (found.basis.country, found.basis.ground) == ("AUS", "citizenship")
    assert {reading.country: reading.outcome for reading in found.readings} == {"AUS": "qualifies", "JPN": "does-not-qualify"}


def test_unstated_residence_may_count(kg: CptppGraph) -> None:
    """A New Zealander whose permanent residence is unknown might be a permanent resident of Australia."""
    stranger = case("p39", applicant={"permanentResidence": None}, offer={"qualificationsLetter": True})
    found = kg.assess(stranger, rulebook="ircc-2024")
    assert found.outcome == "undetermined"
    assert [(o.requirement, o.fields) for o in found.open] == [("nationality", ("applicant.permanentResidence",))]
    australian = {**stranger, "applicant": {"citizenship": ["NZL"], "permanentResidence": ["AUS"]}}
    assert kg.assess(australian, rulebook="ircc-2024").outcome == "qualifies"


def test_somebody_without_citizenship_is_not_somebody_unknown(kg: CptppGraph) -> None:
    stateless = kg.assess(case("p01", applicant={"citizenship": [], "permanentResidence": []}))
    assert stateless.outcome == "does-not-qualify"
    unknown = kg.assess(case("p01", applicant={"citizenship": None, "permanentResidence": None}))
    assert unknown.outcome == "undetermined"
    assert {o.requirement for o in unknown.open} == {
        "nationality",
        "agreement-in-force",
        "category-available",
        "occupation-listed",
    }


def test_a_code_of_the_other_edition_goes_through_the_concordance(kg: CptppGraph) -> None:
    """NOC 2016 2263 became two groups of different TEER, so that the code alone does not tell."""
    found = kg.assess(case("p35", offer={"occupation": ["noc2016:2263"]}, experience={"paidYearsInSector": 5}))
    level = next(f for f in found.findings if f.requirement == "noc-level")
    assert (level.outcome, level.because) == ("open", "missing-facts")


def test_codes_that_do_not_correspond_conflict(kg: CptppGraph) -> None:
    found = kg.assess(case("d18", offer={"occupation": ["noc2016:2132", "noc2021:21231"]}))
    assert {o.requirement: o.because for o in found.open} == {
        "noc-level": "conflicting-facts",
        "occupation-listed": "conflicting-facts",
    }


@pytest.mark.parametrize(
    ("changes", "months"),
    [
        ({"offer": {"durationMonths": 9}}, 9),
        ({"offer": {"durationMonths": 24}}, 12),
        ({"travelDocumentExpiresOn": "2023-09-01"}, 6),
        ({"travelDocumentExpiresOn": "2023-08-31"}, 5),
        ({"travelDocumentExpiresOn": "2023-03-15"}, 0),
        ({"travelDocumentExpiresOn": "2030-01-01", "offer": {"durationMonths": None}}, 12),
        ({"travelDocumentExpiresOn": "2023-09-01", "receivedOn": None}, 12),
    ],
)
def test_the_permit_ends_with_offer_document_or_year(kg: CptppGraph, changes: dict[str, Any], months: int) -> None:
    assert kg.assess(case("p01", **changes)).permit.months_at_most == months


def test_a_spouse_may_rest_on_a_principal_of_the_same_file(kg: CptppGraph) -> None:
    principal = case("p01", offer={"durationMonths": 8})
    spouse = {"id": "wife", "kind": "spouse", "relationship": "married", "principal": {"case": "p01"}, "requestedMonths": 24}
    found = kg.assess_all([spouse, principal])
    assert [one.case for one in found] == ["wife", "p01"]
    assert (found[0].outcome, found[0].category) == ("qualifies", "professional")
    assert (found[0].permit.code, found[0].permit.months_at_most) == ("T53", 8)
    refused = kg.assess_all([spouse, case("p01", experience={"paidYearsInSector": 1})])
    assert (refused[0].outcome, refused[1].outcome) == ("does-not-qualify", "does-not-qualify")
    unsure = kg.assess_all([spouse, case("p01", experience={"paidYearsInSector": None})])
    assert {o.requirement: o.because for o in unsure[0].open} == {"spouse-principal-status": "missing-facts"}


@pytest.mark.parametrize(
    ("principal", "wrong"),
    [({"case": "nobody"}, "no principal here"), ({"case": "p01", "citizenship": ["JPN"]}, "not what case 'p01' states")],
)
def test_a_spouse_of_nobody_or_of_somebody_else_is_an_error(kg: CptppGraph, principal: dict[str, Any], wrong: str) -> None:
    spouse = {"id": "wife", "kind": "spouse", "relationship": "married", "principal": principal}
    with pytest.raises(CptppError, match=wrong):
        kg.assess_all([spouse, case("p01")])


def test_assess_takes_one_case(kg: CptppGraph) -> None:
    with pytest.raises(CptppError, match="2 cases"):
        kg.assess([case("p01"), case("p02")])
    with pytest.raises(CptppError, match="unknown rulebook"):
        kg.assess(case("p01"), rulebook="irc")


def test_the_record_says_what_each_document_proves_and_why_it_was_refused(kg: CptppGraph) -> None:
    record = kg.record(kg.assess(case("p35"), lang="fr"))
    proofs = {document.label: document.proves for document in record.documents}
    assert proofs["preuve de l’expérience de travail"] == ("expérience de travail",)
    assert [(ground.facts, ground.criterion) for ground in record.refusal] == [
        ("experience.paidYearsInSector = 3", "RIPR, alinéa 204a)\u00a0: expérience de travail")
    ]
    approved = {entry.field: entry.stated for entry in kg.record(kg.assess(case("p01"))).approval}
    assert approved["NOC"] == "noc2021:21300" and approved["Province of destination"] == "ON"


@pytest.mark.speed
def test_a_case_is_judged_within_its_time() -> None:
    """The median case; a case that is read in several ways, or met by a collection of garbage, takes longer."""
    from benchmarks.assess import ALLOWED_SECONDS, measure

    assert measure(every=4)["median"] <= ALLOWED_SECONDS


# ------------------------------------------------------------------ no verdict without judgment


def test_no_verdict_where_the_engine_is_silent(kg: CptppGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that finds nothing anywhere is noticed before it judges anything."""
    monkeypatch.setattr(judging, "_results", lambda report: iter(()))
    judging._engine_works.cache_clear()
    with pytest.raises(RuntimeError, match="no verdict"):
        kg.assess(case("p01"))
    judging._engine_works.cache_clear()


def test_no_verdict_where_shapes_miss_a_requirement(kg: CptppGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    without = {
        iri: shape
        for iri, shape in judging.judging_shapes().items()
        if not iri.endswith(("experience-short", "experience-unstated"))
    }
    monkeypatch.setattr(judging, "judging_shapes", lambda: without)
    with pytest.raises(RuntimeError, match="no shape judged experience"):
        kg.assess(case("p01"))


# ------------------------------------------------------------------ the command line


def test_exit_codes(tmp_path: Path) -> None:
    good, bad = written(tmp_path, case("p01"), name="good.json"), written(tmp_path, case("p23"), name="bad.json")
    assert run("assess", good).exit_code == 0
    assert run("assess", bad).exit_code == 1
    assert run("assess", good, bad).exit_code == 1
    for arguments in (["no-such.json"], [good, good], [good, "--rulebook", "x"], [good, "--wages", "no-such.csv"]):
        result = run("assess", *arguments)
        assert result.exit_code == 2 and result.stdout == ""
        assert re.fullmatch(r"error: .+\n.+\n", result.stderr)


def test_json_is_a_list_and_nothing_else(tmp_path: Path) -> None:
    result = run("assess", written(tmp_path, case("p01"), case("p23")), "--format", "json")
    assert [one["case"] for one in json.loads(result.stdout)] == ["p01", "p23"]


@pytest.mark.slow
def test_json_is_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    bare = {"id": "bare", "kind": "principal", "applicant": {"citizenship": ["MEX"]}, "offer": {"occupation": ["noc2016:2263"]}}
    path = written(tmp_path, case("p43", category=None), case("d10"), case("s20"), bare)
    command = [sys.executable, "-m", "cptpp_graph", "assess", path, "--format", "json", "--lang", "fr"]
    found = {subprocess.run(command, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed}).stdout for seed in "123"}
    assert len(found) == 1 and len(found.pop()) > 1000


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_text_says_the_outcome_first_and_what_it_is_not_last(kg: CptppGraph, tmp_path: Path, lang: str) -> None:
    path = written(tmp_path, case("p23"), case("i12"))
    lines = run("assess", path, "--lang", lang, "--explain").stdout.splitlines()
    first = {"en": "Case p23: DOES NOT QUALIFY", "fr": "Dossier p23\u00a0: NON ADMISSIBLE"}[lang]
    last = {"en": "not legal advice", "fr": "pas un avis juridique"}[lang]
    assert lines[0] == first and last in lines[-1]
    note = {"en": "Note on a refusal", "fr": "Note en cas de refus"}[lang]
    assert note in lines and {"en": "Documents to present", "fr": "Documents à présenter"}[lang] in lines
    text = "\n".join(lines)
    assert "204(a)" in text if lang == "en" else "204a)" in text
    assert "offer.occupation" in text and "https://w3id.org" not in text


def test_french_says_nothing_in_english(tmp_path: Path) -> None:
    text = run("assess", written(tmp_path, *(case(name) for name in ("p01", "d15", "i04", "i15", "i08"))), "--lang", "fr").stdout
    own = [line for line in text.splitlines() if not line.strip().startswith("source")]
    for word in (" the ", " not ", " is ", "Findings", "Depends"):
        assert not [line for line in own if word in line], word


class _Page(HTMLParser):
    """The tags of a page and what they point to."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_page_needs_nothing_else(tmp_path: Path, lang: str) -> None:
    nasty = case("p01", offer={"jobTitle": "<script>alert(1)</script>"}, id="<b>x</b>")
    page = _Page()
    html = run("assess", written(tmp_path, nasty, case("p23")), "--format", "html", "--lang", lang).stdout
    page.feed(html)
    assert ("html", "lang", lang) in page.attributes
    assert not {"script", "link", "img", "iframe", "b"} & set(page.tags)
    assert not [a for a in page.attributes if a[1] in ("src", "style", "onclick")]
    assert all(str(a[2]).startswith(("#case-", "https://", "http://")) for a in page.attributes if a[1] == "href")
    assert page.tags.count("h1") == 1 and page.tags.count("main") == 1 and page.tags.count("title") == 1


# ------------------------------------------------------------------ validation and export


def test_validate_is_pyshacls_answer(kg: CptppGraph) -> None:
    conforms, report, text = kg.validate(case("p23"))
    assert conforms is False and "Conforms: False" in text
    found = set(report.objects(None, URIRef(PREFIXES["sh"] + "sourceShape")))
    assert URIRef("https://w3id.org/cptpp-graph/shape/occupation-not-listed") in found


def test_validate_with_ones_own_shapes(tmp_path: Path) -> None:
    path, shapes = written(tmp_path, case("p01")), tmp_path / "shapes.ttl"
    path_and_most = "sh:path ( cptpp:offer cptpp:durationMonths ) ; sh:maxInclusive %d"
    shape = f"[ a sh:NodeShape ; sh:targetClass cptpp:PrincipalCase ; sh:property [ {path_and_most} ] ] ."
    prefixes = f"@prefix cptpp: <{NS}> . @prefix sh: <{PREFIXES['sh']}> .\n"
    for most, code in ((12, 0), (11, 1)):
        shapes.write_text(prefixes + shape % most, encoding="utf-8")
        assert run("validate", path, "--shapes", str(shapes)).exit_code == code
    for content in ("", "nonsense", prefixes + "[] a sh:NodeShape ; sh:targetClass cptpp:X ; sh:sparql [ sh:select '' ] ."):
        shapes.write_text(content, encoding="utf-8")
        assert run("validate", path, "--shapes", str(shapes)).exit_code == 2


def test_exported_claims_validate_as_the_case_does(kg: CptppGraph, tmp_path: Path) -> None:
    result = run("assess", written(tmp_path, case("i04")), "--format", "turtle")
    exported = Graph().parse(data=result.stdout, format="turtle")
    assert results(kg.validate(exported)[1]) == results(kg.validate(case("i04"))[1]) != set()
    outcomes = {str(o) for o in exported.objects(None, URIRef(PREFIXES["earl"] + "outcome"))}
    assert {PREFIXES["earl"] + "passed", PREFIXES["earl"] + "cantTell"} <= outcomes


def results(report: Graph) -> set[tuple[str, ...]]:
    sh = PREFIXES["sh"]
    names = ("focusNode", "sourceShape", "resultSeverity")
    found = report.objects(None, URIRef(sh + "result"))
    return {tuple(str(report.value(node, URIRef(sh + name))) for name in names) for node in found}


def test_the_context_and_the_schema_ship() -> None:
    for name in ("context.jsonld", "case.schema.json"):
        assert json.loads((files.root() / "ontology" / name).read_text(encoding="utf-8"))
