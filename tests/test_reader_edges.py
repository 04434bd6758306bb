"""The edges of what the reader accepts: the last value that fits and the first that does not, as typed values and as words."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from test_intake import set_in

from cptpp_graph import CptppError, intake
from cptpp_graph.errors import LimitReached

BARE = {"id": "a", "kind": "principal"}
YEARS, MONTHS, AMOUNT = "education.yearsOfStudy", "offer.durationMonths", "offer.wage.amount"


def read(source: Any) -> dict[str, Any]:
    (case,) = intake.cases(source)
    return dict(case.facts)


def told(source: Any) -> list[str]:
    """The two lines of the refusal."""
    with pytest.raises(CptppError) as error:
        intake.cases(source)
    return str(error.value).splitlines()


@pytest.fixture
def worded(tmp_path: Path) -> Any:
    """A case with one field given as a word in CSV."""

    def write(column: str, cell: str) -> Path:
        path = tmp_path / "given.csv"
        path.write_text(f'id,kind,{column}\na,principal,"{cell}"\n', encoding="utf-8")
        return path

    return write


# ------------------------------------------------------------------ numbers


@pytest.mark.parametrize(
    ("path", "value", "found"),
    [
        (YEARS, 0, 0),
        (YEARS, 30, 30),
        (YEARS, 2.50, Decimal("2.5")),
        (YEARS, Decimal("-0.0"), 0),
        (YEARS, Decimal("1e1"), 10),
        (YEARS, Decimal("0.000000000001"), Decimal("1e-12")),
        (YEARS, Decimal("1." + "1" * 23), Decimal("1." + "1" * 23)),
        (MONTHS, 1, 1),
        (MONTHS, 600.0, 600),
        (AMOUNT, 100_000_000, 100_000_000),
    ],
)
def test_a_number_that_fits(path: str, value: Any, found: Any) -> None:
    assert read(set_in("principal", path, value)) == {path: found}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (YEARS, Decimal("-0.000001")),
        (YEARS, Decimal("30.000001")),
        (YEARS, Decimal("0.0000000000001")),
        (YEARS, Decimal("1." + "1" * 24)),
        (YEARS, Decimal("NaN")),
        (YEARS, Decimal("Infinity")),
        (YEARS, True),
        (YEARS, "4"),
        (MONTHS, 0),
        (MONTHS, 601),
        (MONTHS, 1.5),
        (AMOUNT, 100_000_001),
    ],
)
def test_a_number_that_does_not_fit(path: str, value: Any) -> None:
    assert f"{path} is " in told(set_in("principal", path, value))[0]


def test_equal_numbers_are_one_fact() -> None:
    """However they are written, so that a case compares and is written down alike."""
    spelled = [4, 4.0, Decimal("4.00"), Decimal("0.4e1")]
    assert {str(read(set_in("principal", YEARS, value))[YEARS]) for value in spelled} == {"4"}
    zero = [0, -0.0, Decimal("-0"), Decimal("0e5")]
    assert {str(read(set_in("principal", YEARS, value))[YEARS]) for value in zero} == {"0"}


@pytest.mark.parametrize(
    ("cell", "found"),
    [("4", 4), ("0", 0), (" 4 ", 4), ("2.50", Decimal("2.5")), ("0.000000000001", Decimal("1e-12")), ("10", 10)],
)
def test_a_number_in_words(worded: Any, cell: str, found: Any) -> None:
    assert read(worded(YEARS, cell)) == {YEARS: found}


@pytest.mark.parametrize("cell", ["04", "00", "4.", ".5", "+4", "-4", "1e1", "4,5", "٤", "4 5", "0.0000000000001", "0x4", "31"])
def test_words_that_are_no_number(worded: Any, cell: str) -> None:
    assert f"{YEARS} is '{cell}'" in told(worded(YEARS, cell))[0]


# ------------------------------------------------------------------ truth values, codes, texts


@pytest.mark.parametrize(("cell", "found"), [("true", True), ("FALSE", False), (" True ", True)])
def test_a_truth_value_in_words(worded: Any, cell: str, found: bool) -> None:
    assert read(worded("offer.energySector", cell)) == {"offer.energySector": found}


@pytest.mark.parametrize("cell", ["yes", "1", "t", "wahr"])
def test_words_that_are_no_truth_value(worded: Any, cell: str) -> None:
    wrong, mend = told(worded("offer.energySector", cell))
    assert f"offer.energySector is '{cell}'" in wrong and mend == "Expected: true or false."


def test_a_code_in_words_may_be_in_capitals_and_spaced(worded: Any) -> None:
    assert read(worded("offer.role", " Worker ")) == {"offer.role": "worker"}
    wrong, mend = told(worded("offer.role", "Wroker"))
    assert "offer.role is 'Wroker'" in wrong and mend.startswith("Did you mean worker")
    assert told(worded("offer.role", "?"))[1] == "Expected: one of worker, supervisor, contractor."


def test_a_text_is_kept_as_it_is_typed_and_trimmed_as_a_word(worded: Any) -> None:
    assert read(set_in("principal", "offer.jobTitle", " x "))["offer.jobTitle"] == " x "
    assert read(worded("offer.jobTitle", " x y "))["offer.jobTitle"] == "x y"


@pytest.mark.parametrize(("path", "most"), [("id", 200), ("offer.jobTitle", 1000)])
def test_how_long_a_text_may_be(path: str, most: int) -> None:
    assert intake.cases(set_in("principal", path, "x" * most))
    assert f"{path} is 'x" in told(set_in("principal", path, "x" * (most + 1)))[0]


@pytest.mark.parametrize("value", ["", " ", "x\u202ey", "x\x00y", "x\ny", "x\u2028y", "x\ud800y"])
def test_a_text_that_is_not_seen_is_refused(value: str) -> None:
    wrong, mend = told(set_in("principal", "offer.jobTitle", value))
    assert "offer.jobTitle is " in wrong and mend == "Expected: a text of at most 1000 characters."
    assert wrong.isprintable()


def test_a_currency_is_three_capitals() -> None:
    assert read(set_in("principal", "offer.wage.currency", "CAD"))["offer.wage.currency"] == "CAD"
    for value in ("CA", "CADX", "cad", "C4D", "CAD\n"):
        assert "offer.wage.currency is " in told(set_in("principal", "offer.wage.currency", value))[0]


# ------------------------------------------------------------------ countries, occupations, dates


def test_a_country_by_any_of_its_names_is_one_country() -> None:
    for word in ("AUS", "au", "Australia", "australie"):
        assert read(set_in("principal", "education.country", word)) == {"education.country": "AUS"}


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("21300", "is not an occupation code"),
        ("noc2021:213000", "is not an occupation code"),
        ("noc2021:213", "is not an occupation code"),
        ("noc2011:2131", "is not an occupation code"),
        (" noc2021:21300", "is not an occupation code"),
        ("noc2021:2130", "codes of the NOC 2021 have 5 digits"),
        ("noc2016:21300", "codes of the NOC 2016 have 4 digits"),
        ("noc2021:99999", "is not a unit group of that edition"),
        ("noc2016:2130", "is not a unit group of that edition"),
    ],
)
def test_a_code_that_is_none(code: str, said: str) -> None:
    wrong, mend = told(set_in("principal", "offer.occupation", code))
    assert wrong == f"the case, 'x': offer.occupation: '{code}'{':' * said.startswith('codes')} {said}" and mend


def test_a_code_of_each_edition() -> None:
    codes = ["noc2021:21300", "noc2016:2132"]
    assert read(set_in("principal", "offer.occupation", codes))["offer.occupation"] == tuple(sorted(codes))
    wrong, mend = told(set_in("principal", "offer.occupation", ["noc2021:21300", "noc2021:21301"]))
    assert wrong.endswith("offer.occupation lists two codes of one edition") and "one code per edition" in mend


def test_a_document_may_expire_on_the_day_of_receipt_and_not_before() -> None:
    assert intake.cases({**BARE, "receivedOn": "2023-01-02", "travelDocumentExpiresOn": "2023-01-02"})
    assert told({**BARE, "receivedOn": "2023-01-02", "travelDocumentExpiresOn": "2023-01-01"}) == [
        "the case, 'a': travelDocumentExpiresOn lies before receivedOn",
        "Check both dates.",
    ]
    for one in ("receivedOn", "travelDocumentExpiresOn"):
        assert read({**BARE, one: "0001-01-01"}) == {one: "0001-01-01"}
        assert read({**BARE, one: "9998-12-31"}) == {one: "9998-12-31"}


# ------------------------------------------------------------------ lists


def test_a_list_is_read_in_any_order_and_one_value_is_a_list_of_one() -> None:
    path = "applicant.citizenship"
    assert read(set_in("principal", path, ["PER", "AUS"]))[path] == ("AUS", "PER")
    assert read(set_in("principal", path, ("PER", "AUS")))[path] == ("AUS", "PER")
    assert read(set_in("principal", path, "PER"))[path] == ("PER",)
    assert read(set_in("principal", path, []))[path] == ()


def test_how_long_a_list_may_be() -> None:
    ten = ["AUS", "BRN", "CAN", "CHL", "JPN", "MEX", "MYS", "NZL", "PER", "SGP"]
    assert read(set_in("principal", "applicant.citizenship", ten))["applicant.citizenship"] == tuple(ten)
    assert told(set_in("principal", "applicant.citizenship", [*ten, "VNM"])) == [
        "the case, 'x': applicant.citizenship lists 11 values",
        "At most 10 are read.",
    ]


@pytest.mark.parametrize("cell", ["PER;AUS", "PER|AUS", " PER ; AUS ", "PER;;AUS;", "Peru;Australia"])
def test_a_list_in_a_cell(worded: Any, cell: str) -> None:
    assert read(worded("applicant.citizenship", cell)) == {"applicant.citizenship": ("AUS", "PER")}


def test_no_list_divides_typed_text() -> None:
    assert "'PER;AUS'" in told(set_in("principal", "applicant.citizenship", "PER;AUS"))[0]


@pytest.mark.parametrize("cell", ["", " ", "~", "null", "NULL"])
def test_a_word_for_nothing_is_unknown(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "given.yaml"
    path.write_text(f"id: a\nkind: principal\noffer: {{role: {cell}}}\neducation: {cell}\n", encoding="utf-8")
    assert read(path) == {}
    assert "offer.role is " in told(set_in("principal", "offer.role", cell))[0]


# ------------------------------------------------------------------ what the messages say


@pytest.mark.parametrize(
    ("path", "value", "wrong", "mend"),
    [
        (MONTHS, "12", "is '12'", "Expected: a whole number from 1 to 600, written without quotes."),
        (YEARS, "2.5", "is '2.5'", "Expected: a number from 0 to 30, written without quotes."),
        ("offer.energySector", "true", "is 'true'", "Expected: true or false, written without quotes."),
        ("offer.energySector", "yes", "is 'yes'", "Expected: true or false."),
        ("offer.jobTitle", 5, "is '5'", "Expected: a text of at most 1000 characters, written in quotes."),
        ("offer.jobTitle", True, "is true", "Expected: a text of at most 1000 characters, written in quotes."),
        ("offer.energySector", 1, "is '1'", "Expected: true or false."),
        ("offer.role", [], "is a list", "Expected: one of worker, supervisor, contractor."),
        ("offer.role", {}, "is a group", "Expected: one of worker, supervisor, contractor."),
        ("offer", "x", "is 'x'", "Expected: a group of fields."),
        ("offer", 5, "is '5'", "Expected: a group of fields."),
        ("offer", [], "is a list", "Expected: a group of fields."),
        ("offer", False, "is false", "Expected: a group of fields."),
    ],
)
def test_what_is_given_and_what_is_expected(path: str, value: Any, wrong: str, mend: str) -> None:
    assert told(set_in("principal", path, value)) == [f"the case, 'x': {path} {wrong}", mend]


def test_a_field_like_no_other_is_answered_with_those_that_are_known() -> None:
    wrong, mend = told({**BARE, "licensing": {"§": 1}})
    assert wrong == "the case, 'a': unknown field 'licensing.§'"
    assert mend == "Known here: regulatedInProvince, licence, examAfterEntry."


def test_each_case_is_named_by_its_place_and_its_id(tmp_path: Path) -> None:
    wrong = {**BARE, "id": "b", "receivedOn": "soon"}
    assert told([BARE, wrong])[0].startswith("case 2, 'b': receivedOn: 'soon'")
    path = tmp_path / "given.json"
    path.write_text(json.dumps([BARE, wrong]), encoding="utf-8")
    assert told(path)[0] == f"{path}, case 2, 'b': receivedOn: 'soon' is not a date"
    assert told([BARE, BARE]) == ["case 2, 'a': the id 'a' stands already in case 1, 'a'", "Give each case its own id."]
    assert told({"kind": "x"}) == ["the case: kind is 'x'", "Write one of: principal, spouse."]
    assert told({"id": "a"})[0] == "the case: kind is missing"
    assert told({"kind": "spouse"}) == ["the case: id is missing", "Expected: a text of at most 200 characters."]


def test_what_is_no_case_at_all() -> None:
    assert told([BARE, "x"])[0] == "case 2 is not a dict"
    assert told(5)[0] == "a case cannot be read from int"


def test_so_many_cases_and_no_more() -> None:
    many = [{**BARE, "id": str(number)} for number in range(10_000)]
    assert len(intake.cases(many)) == 10_000
    with pytest.raises(LimitReached, match="more than 10,000 cases"):
        intake.cases([*many, BARE])


# ------------------------------------------------------------------ where a case may stand


def test_a_text_is_a_path_unless_it_looks_like_a_case(tmp_path: Path) -> None:
    content = json.dumps(BARE)
    for name in ("given.json", "given [1].json", "{given}.json"):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        assert intake.cases(str(path)) == intake.cases(path) == intake.cases(content) == intake.cases("\ufeff" + content)
    assert "nowhere.json" in told("nowhere.json")[0]
    assert "the text" in told("{" + "x" * 5_000)[0]
    assert "the text" in told("{\x00")[0]


def test_several_files_are_read_as_one(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.json").write_text(json.dumps({**BARE, "id": name}), encoding="utf-8")
    found = intake.cases_of_files([tmp_path / "one.json", tmp_path / "two.json"])
    assert [case.id for case in found] == ["one", "two"]


# ------------------------------------------------------------------ and back


def test_the_canonical_form() -> None:
    """As in JSON: numbers as numbers, lists as lists, groups only where something is stated."""
    given = {
        **BARE,
        "applicant": {"citizenship": ["Pérou", "AU"], "permanentResidence": []},
        "offer": {"durationMonths": 12.0, "energySector": False, "wage": {"amount": 40.50}},
        "education": {},
        "experience": {"paidYearsInSector": 3.0},
    }
    found = intake.as_plain(intake.cases(given)[0])
    assert json.dumps(found) == json.dumps(
        {
            **BARE,
            "applicant": {"citizenship": ["AUS", "PER"], "permanentResidence": []},
            "offer": {"energySector": False, "durationMonths": 12, "wage": {"amount": 40.5}},
            "experience": {"paidYearsInSector": 3},
        }
    )
