"""How cases are read: every syntax gives the same case, and what is wrong is refused with its place and how to mend it."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pyshacl
import pytest
import rdflib
import yaml
from forms import ADDRESS, CASES, CONTEXT, forms, rdflib_forms, stated
from wrong_cases import BARE, UNSEEN, WRONG, education, offer, table, with_

from cptpp_graph import CptppError, CptppGraph, cli, files, intake
from cptpp_graph.errors import LimitReached

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # by rdflib's own parser
ROOT = Path(__file__).parents[1]
SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")

# Every field of both kinds, with values that syntaxes like to spoil.
FULL: dict[str, dict[str, Any]] = {
    "principal": {
        "id": "année 1/β",
        "kind": "principal",
        "applicant": {"citizenship": ["Japan", "NO"], "permanentResidence": []},
        "category": "technician",
        "receivedOn": "2022-11-16",
        "offer": {
            "jobTitle": 'Chef de "projet", niveau\u00a02; <b>&amp;</b>',
            "occupation": ["noc2021:00010", "noc2016:0011"],
            "role": "worker",
            "jobFunction": "other",
            "academicEmployer": False,
            "energySector": False,
            "highlySpecializedOrCoreService": True,
            "requiresTheoreticalScience": True,
            "submittedThroughEmployerPortal": True,
            "complianceFeePaid": True,
            "requiresSpecializedKnowledge": True,
            "durationMonths": 600,
            "province": "ON",
            "cashPayMeetsPrevailingWage": True,
            "reliesOnNonMonetaryPay": False,
            "wage": {"amount": 38.46, "unit": "hour", "currency": "CAD"},
            "prevailingWage": {"amount": 10.1, "unit": "hour", "region": "10: 5", "source": "# a source"},
            "requiredLanguage": ["fr", "en"],
            "qualificationsLetter": False,
        },
        "education": {
            "credential": "学士, é yes",
            "yearsOfStudy": 2.5,
            "country": "Côte d’Ivoire",
            "meetsNocRequirements": True,
            "japaneseAssociateDegree": "equivalence-unassessed",
        },
        "experience": {"paidYearsInSector": 30},
        "language": {"officerConcern": False, "satisfied": True},
        "licensing": {"regulatedInProvince": True, "licence": "none", "examAfterEntry": False},
        "travelDocumentExpiresOn": "9999-12-31",
    },
    "spouse": {
        "id": "007",
        "kind": "spouse",
        "relationship": "common-law",
        "principal": {
            "citizenship": ["AU"],
            "permanentResidence": ["MEX", "Pérou"],
            "category": "professional",
            "permit": "pending",
            "permitMonths": 12,
            "case": "année 1/β",
        },
        "spouse": {"citizenship": []},
        "requestedMonths": 1,
        "placeOfApplication": "NO",
        "receivedOn": "0001-01-01",
    },
}
KNOWN = {path.stem: stated(path) for path in CASES} | {f"full {kind}": case for kind, case in FULL.items()}
TWO = ["professional", "technician"]
WHOLE = ["p02", "s01"]  # assessed whole in every form; the others are compared as read


def read(folder: Path, suffix: str, content: bytes) -> list[intake.Case]:
    path = folder / f"case.{suffix}"
    path.write_bytes(content)
    return intake.cases(path)


def told(source: Any) -> str:
    """What the cases of anything state, to the types of the values and the order of the facts."""
    cases = source if isinstance(source, list) and isinstance(source[0], intake.Case) else intake.cases(source)
    return "\n".join(repr((case.id, case.kind, case.facts)) for case in cases)


# ------------------------------------------------------------------ the same case in every syntax


def test_the_full_cases_state_every_field() -> None:
    for kind, case in FULL.items():
        leaves = {path for path, field in intake.field_table(kind).items() if "fields" not in field and path != "id"}
        assert set(intake.cases(case)[0].facts) == leaves


@pytest.mark.parametrize("name", KNOWN)
def test_every_syntax_reads_alike(name: str, tmp_path: Path) -> None:
    found = {form: told(read(tmp_path, *written)) for form, written in forms(KNOWN[name]).items()}
    found |= {form: told(graph) for form, graph in rdflib_forms(KNOWN[name]).items()}
    assert {form: text for form, text in found.items() if text != told(KNOWN[name])} == {}
    assert len(found) == 23


@pytest.mark.parametrize("name", KNOWN)
def test_a_case_survives_being_written_down(name: str) -> None:
    """The canonical form reads as the case, and so does its graph, given as text."""
    case = intake.cases(KNOWN[name])[0]
    assert told(intake.as_plain(case)) == told(intake.as_ntriples(case).decode()) == told(KNOWN[name])


@pytest.mark.parametrize("name", WHOLE)
def test_every_syntax_is_assessed_alike(kg: CptppGraph, name: str, tmp_path: Path) -> None:
    def assessed(case: Any) -> str:
        return json.dumps(kg.assess(case).as_dict(), ensure_ascii=False)

    expected = assessed(KNOWN[name])
    for form, (suffix, content) in forms(KNOWN[name]).items():
        path = tmp_path / f"{len(form)}.{suffix}"
        path.write_bytes(content)
        assert assessed(path) == expected, form
    for form, graph in rdflib_forms(KNOWN[name]).items():
        assert assessed(graph) == expected, form


def test_a_text_needs_no_name() -> None:
    """Text is read as what it looks like: JSON, Turtle, TriG, N-Triples, N-Quads or RDF/XML."""
    case = KNOWN["p02"]
    texts = {form: content.decode() for form, (suffix, content) in forms(case).items() if suffix not in ("yaml", "csv", "ndjson")}
    assert {form: told(text) for form, text in texts.items() if told(text) != told(case)} == {}


def test_unnamed_groups_and_null_are_unknown() -> None:
    """An empty group, an absent one and null state nothing; [] states that there is none."""
    bare = {"id": "a", "kind": "principal"}
    assert intake.cases({**bare, "offer": None, "education": {}, "category": None}) == intake.cases(bare)
    assert intake.cases({**bare, "applicant": {"citizenship": []}})[0].facts == {"applicant.citizenship": ()}


def test_jsonld_may_name_things_its_own_way(tmp_path: Path) -> None:
    """With prefixes of its own, a list of documents, the beginning of our context, texts and lists spelled out."""
    space = "https://w3id.org/cptpp-graph/ns#"
    own = {"c": space, "identifier": "http://purl.org/dc/terms/identifier", "unused": "http://example.org/"}
    given = {
        "@context": own,
        "@id": "http://example.org/a",
        "@type": ["c:PrincipalCase"],
        "identifier": [{"@value": "a"}],
        "c:offer": {"c:role": "worker", "c:occupation": {"@list": [{"@id": "https://w3id.org/cptpp-graph/noc/2021/21300"}]}},
        f"{space}category": None,
    }
    (case,) = read(tmp_path, "jsonld", json.dumps([given]).encode())
    assert (case.id, case.facts) == ("a", {"offer.role": "worker", "offer.occupation": ("noc2021:21300",)})
    several = [{"@context": [ADDRESS, own], **BARE, "id": name, "c:category": {"@id": f"c:{name}"}} for name in TWO]
    assert [case.facts["category"] for case in read(tmp_path, "jsonld", json.dumps(several).encode())] == TWO
    part = {"category": CONTEXT["category"], "kind": CONTEXT["kind"], "id": CONTEXT["id"], "dcterms": CONTEXT["dcterms"]}
    whole = {"@context": {**part, "cptpp": space, "rdf": CONTEXT["rdf"]}, **BARE, "category": "technician"}
    assert read(tmp_path, "jsonld", json.dumps(whole).encode())[0].facts == {"category": "technician"}


def test_a_text_may_go_on_over_lines_of_yaml(tmp_path: Path) -> None:
    """As PyYAML breaks long ones, and in a block; with a colon in it, it stands in quotes."""
    title = "Engineer: " + "of roads, bridges and other works " * 10 + "end"
    written = yaml.safe_dump({**BARE, "offer": {"jobTitle": title}})
    assert written.count("\n") > 5
    assert read(tmp_path, "yaml", written.encode())[0].facts["offer.jobTitle"] == title
    block = "id: a\nkind: principal\noffer:\n  jobTitle: >-\n    of roads\n    and bridges\n  role: worker\n"
    assert read(tmp_path, "yaml", block.encode())[0].facts == {"offer.jobTitle": "of roads and bridges", "offer.role": "worker"}


@pytest.mark.parametrize("name", ["Côte d'Ivoire", "Côte d’Ivoire", "cote d'ivoire", "CIV"])
def test_an_apostrophe_is_straight_or_not(name: str) -> None:
    assert intake.cases({**BARE, "education": {"country": name}})[0].facts["education.country"] == "CIV"


def test_words_of_yaml_are_read_by_the_type_of_the_field(tmp_path: Path) -> None:
    text = """
id: 0123
kind: principal
applicant: {citizenship: NO, permanentResidence: [no, Australie]}
receivedOn: 2022-11-16
travelDocumentExpiresOn: ~
offer: {occupation: noc2021:00010, jobTitle: yes, durationMonths: 12, energySector: TRUE}
education:
"""
    (case,) = read(tmp_path, "yaml", text.encode())
    assert case.id == "0123"
    assert case.facts == {
        "applicant.citizenship": ("NOR",),
        "applicant.permanentResidence": ("AUS", "NOR"),
        "receivedOn": "2022-11-16",
        "offer.occupation": ("noc2021:00010",),
        "offer.jobTitle": "yes",
        "offer.durationMonths": 12,
        "offer.energySector": True,
    }


def together(several: list[dict[str, Any]]) -> dict[str, str]:
    """Cases that differ in their ids only, in one file, by its suffix."""
    known = forms({**several[0], "id": "THE-ID"})
    header, row = known["CSV"][1].decode().splitlines()
    prefixes, body = known["Turtle by rdflib"][1].decode().split("\n\n", 1)
    return {
        "json": json.dumps(several),
        "jsonld": json.dumps({"@context": [ADDRESS], "@graph": several}),
        "ndjson": "\n\n".join(map(json.dumps, several)),
        "yaml": "\n---\n".join(map(json.dumps, several)),
        "csv": "\n".join([header, *(row.replace("THE-ID", case["id"]) for case in several), ""]),
        "ttl": "\n".join([prefixes, *(body.replace("THE-ID", case["id"]) for case in several)]),
    }


def test_many_cases_in_one_file(tmp_path: Path) -> None:
    several = [{**KNOWN["p02"], "id": f"a{number}"} for number in range(3)]
    written = together(several) | {"nt": "".join(forms(case)["N-Triples"][1].decode() for case in several)}
    for suffix, content in written.items():
        found = {case.id: case.facts for case in read(tmp_path, suffix, content.encode())}
        assert found == {case["id"]: intake.cases(case)[0].facts for case in several}, suffix


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["json", "ndjson", "yaml", "csv", "jsonld", "ttl"])
def test_as_many_cases_as_are_read_at_once(suffix: str, tmp_path: Path) -> None:
    """One more is too many: no other limit is reached by ordinary cases before that of their number."""
    several = [{**KNOWN["p01"], "id": f"a{number}"} for number in range(intake.MOST_CASES + 1)]
    with pytest.raises(LimitReached, match="more than 10,000 cases"):
        read(tmp_path, suffix, together(several)[suffix].encode())


# ------------------------------------------------------------------ files


def test_a_file_is_read_up_to_a_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "given"
    path.write_bytes(b"\xef\xbb\xbf" + b"x" * 7)
    assert files.text(path, 10) == "x" * 7
    with pytest.raises(LimitReached, match="larger than 9 bytes"):
        files.text(path, 9)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("é".encode())))
    assert files.text(Path("-"), 2) == "é"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such pipes here")
def test_nothing_is_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    for path in (tmp_path / "pipe.json", Path("/dev/zero"), tmp_path / "a\0b.json", tmp_path / ("x" * 5_000)):
        with pytest.raises(CptppError, match=r"regular file|cannot read"):
            files.text(path, 10)


def test_a_path_may_hold_brackets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("case [1].json", "{case}.json", "[1].json"):
        Path(name).write_text(with_(), encoding="utf-8")
        assert intake.cases(name)[0].id == "a"
    with pytest.raises(CptppError, match=r"cannot be read|not JSON"):
        intake.cases("[2].json")


def test_what_is_printed_of_a_stranger_is_one_short_line() -> None:
    error = CptppError(f"\x1b]0;x\x07\u202e\n{'é' * 5_000}\udcff", "x\r\ny")
    assert str(error).isascii() is False and len(str(error)) < 2_000
    assert [c for line in str(error).split("\n") for c in line if not c.isprintable()] == []
    assert error.wrong.startswith(r"\x1b]0;x\x07\u202e é") and error.wrong.endswith(r"é\udcff") and error.mend == "x y"


# ------------------------------------------------------------------ what is wrong, in two lines


@pytest.mark.parametrize("name", WRONG)
def test_wrong_input_is_refused_in_two_lines(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From Python and from the command line alike: file, place and field, how to mend it, nothing that controls a terminal."""
    suffix, content, wrong, mend = WRONG[name]
    path = tmp_path / f"given.{suffix}"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CptppError) as error:
        intake.cases(path)
    first, second = str(error.value).splitlines()
    assert f"given.{suffix}" in first and mend in second and second
    assert [words for words in wrong if words not in first] == []
    assert all(c.isprintable() for c in first + second)
    with pytest.raises(SystemExit) as left:
        cli.main(["assess", str(path)])
    printed = capsys.readouterr()
    assert (left.value.code, printed.out, printed.err.splitlines()) == (2, "", [f"error: {' '.join(first.split())}", second])


def test_wrong_input_in_a_process_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "given.json"
    path.write_text(offer(rolle="worker"), encoding="utf-8")
    command = [sys.executable, "-m", "cptpp_graph", "assess", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 2)
    assert "offer.rolle" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "source",
    [
        5,
        None,
        ["a"],
        [[BARE]],
        {"id": "a"},
        {**BARE, "education": {"yearsOfStudy": float("nan")}},
        {**BARE, 5: 1},
        b"{}",
        object(),
    ],
    ids=lambda source: type(source).__name__,
)
def test_wrong_objects_are_refused(source: Any) -> None:
    with pytest.raises(CptppError):
        intake.cases(source)


def test_one_id_in_two_files(tmp_path: Path) -> None:
    paths = [tmp_path / "one.json", tmp_path / "two.csv"]
    paths[0].write_text(with_(), encoding="utf-8")
    paths[1].write_text(table("category", "technician"), encoding="utf-8")
    with pytest.raises(CptppError, match=r"two\.csv:2.*'a'.*one\.json"):
        intake.cases_of_files(paths)


@pytest.mark.parametrize("name", ["missing.json", "case.txt", "folder.json", "case"])
def test_a_file_that_cannot_be_read(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(CptppError, match=name):
        intake.cases(tmp_path / name)


@pytest.mark.parametrize(
    ("literal", "years"),
    [("4", 4), ('"04"^^xsd:integer', 4), ("4.0", 4), ("4e0", 4), (".5", 0.5), ("2.50", 2.5), ('"+4"^^xsd:integer', 4)],
)
def test_a_number_in_any_spelling(literal: str, years: float) -> None:
    (case,) = intake.cases(education(literal))
    assert float(case.facts["education.yearsOfStudy"]) == years  # type: ignore[arg-type]


# ------------------------------------------------------------------ the schema and the shapes agree with the reader

TRIED: list[Any] = [
    *(True, "true", "", "abc", "x" * 200, "x" * 201, "x" * 1001, 0, 1, -1, 1.5, 2.0, 12, 30, 30.5, 80, 81, 600, 601, 10**8),
    *(10**8 + 1, "12", [], ["abc"], ["en"], ["en", "fr"], ["en", "en"], {}, {"x": 1}, [[]], [{}], [None], None, "en", "hour"),
    *("2022-11-16", "2022-02-30", "20221116", "2022-11-16Z", "2022-11-16T00:00:00", " 2022-11-16", "CAD", "cad", " CAD", "CADX"),
    *("professional", " professional", "Professional", "married", "approved", "held", "canadian", "worker", "none", "AUS", "ON"),
    *("noc2021:21300", ["noc2021:21300"], ["noc2021:21300", "noc2016:2131"], ["noc2021:2131"], ["noc2021:21300"] * 2),
    *("NOC2021:21300", "noc2016:02131", ["AUS"] * 2, ["AUS", "JPN"], ["AUS"] * 11),
]
NAMES = ("country", "province")


def accepted(case: Any) -> bool:
    try:
        intake.cases(case)
    except CptppError:
        return False
    return True


def set_in(kind: str, path: str, value: Any) -> dict[str, Any]:
    case: dict[str, Any] = {"id": "x", "kind": kind}
    target = case
    *groups, key = path.split(".")
    for group in groups:
        target = target.setdefault(group, {})
    target[key] = value
    return case


@cache
def schema() -> jsonschema.Draft202012Validator:
    content = json.loads((ROOT / "ontology" / "case.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(content)
    return jsonschema.Draft202012Validator(content, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


@pytest.mark.parametrize("name", KNOWN)
def test_the_schema_accepts_every_case(name: str) -> None:
    assert schema().is_valid(KNOWN[name]) and schema().is_valid([KNOWN[name]])


@pytest.mark.parametrize("kind", FULL)
def test_schema_and_reader_accept_the_same(kind: str) -> None:
    """Every field with values of all sorts; only the names of countries and provinces are left to the reader."""
    for path, field in intake.field_table(kind).items():
        for value in TRIED:
            case = set_in(kind, path, value)
            named = field["type"] in NAMES and schema().is_valid(case)
            assert named or schema().is_valid(case) == accepted(case), (path, value)
        assert accepted(set_in(kind, path, None)) == (path != "id")


@pytest.mark.parametrize(
    "case",
    [
        {},
        {"id": "a"},
        {"kind": "principal"},
        {**BARE, "kind": "x"},
        {**BARE, "relationship": "married"},
        {**BARE, "": 1},
        [[BARE]],
        5,
        [5],
    ],
    ids=str,
)
def test_schema_and_reader_refuse_the_same(case: Any) -> None:
    assert not schema().is_valid(case) and not accepted(case)


@cache
def shapes() -> rdflib.Graph:
    return rdflib.Graph().parse(ROOT / "shapes" / "intake.ttl")


def conforming(cases: list[rdflib.Graph]) -> list[bool]:
    """Whether each case conforms to the intake shapes; all are validated at once, each under names of its own."""
    together = rdflib.Graph()
    owners = []
    for number, graph in enumerate(cases):
        renamed = {node: rdflib.URIRef(f"urn:{number}:{node}") for node in graph.all_nodes() if isinstance(node, rdflib.BNode)}
        for s, p, o in graph:
            together.add((renamed.get(s, s), p, renamed.get(o, o)))  # type: ignore[call-overload]
        owners.append({renamed.get(s, s) for s in graph.subjects(rdflib.RDF.type)})  # type: ignore[call-overload]
    _, report, _ = pyshacl.validate(together, shacl_graph=shapes(), inplace=True)
    failing = set(report.objects(None, SH.focusNode))
    return [not (owner & failing) for owner in owners]


@pytest.fixture
def quiet() -> Any:
    """rdflib logs every ill-typed literal with a traceback."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_the_intake_shapes_accept_every_case() -> None:
    assert all(conforming([graph for case in KNOWN.values() for graph in [rdflib_forms(case)["rdflib.Graph"]]]))


def test_the_intake_shapes_refuse_what_the_reader_refuses(quiet: None) -> None:
    """Of the wrong cases in Turtle, those that a shape can see: not lists, not nodes used twice, not the members of a list."""
    seen = [name for name, (suffix, *_) in WRONG.items() if suffix == "ttl" and name not in UNSEEN]
    graphs = [rdflib.Graph().parse(data=str(WRONG[name][1]), format="turtle") for name in seen]
    assert [name for name, fine in zip(seen, conforming(graphs), strict=True) if fine] == []
    assert len(seen) > 20


def test_the_intake_shapes_are_shapes() -> None:
    """SHACL's own shapes for shapes accept them, and pySHACL loads them; tests/test_shapes.py does the same for eligibility."""
    conforms, _, text = pyshacl.validate(rdflib.Graph(), shacl_graph=shapes(), meta_shacl=True)
    assert conforms, text
