"""Every error speaks English and French: each template that the source gives to an error has its French, with the same parts."""

from __future__ import annotations

import ast
import html
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from cptpp_graph import CptppError, CptppGraph, LimitReached, cli, errors, files, queries
from cptpp_graph.errors import FIXED, say
from cptpp_graph.server import application

SOURCES = sorted(files.PACKAGE.rglob("*.py"))


@cache
def trees() -> dict[str, ast.Module]:
    return {str(path.relative_to(files.PACKAGE)): ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}


def french() -> dict[str, str]:
    found: dict[str, str] = json.loads(errors.FRENCH.read_text(encoding="utf-8"))
    return found


@cache
def error_classes() -> frozenset[str]:
    """CptppError and all that derive from it, by name."""
    known = {"CptppError"}
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    while more := {name for name, above in bases.items() if above & known} - known:
        known |= more
    return frozenset(known)


def calls(tree: ast.Module, names: frozenset[str]) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node


def says(name: str, tree: ast.Module) -> bool:
    """Whether say() is that of the errors here; pages have one of their own."""
    imported = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "errors")
    return name == "errors.py" or any(alias.name == "say" for node in imported for alias in node.names)


def said() -> Iterator[tuple[str, ast.Call]]:
    for name, tree in trees().items():
        if says(name, tree):
            yield from ((f"{name}:{call.lineno}", call) for call in calls(tree, frozenset({"say"})))


def given() -> Iterator[tuple[str, ast.Module, ast.expr]]:
    """What error classes are given, and where; the status of an HTTP error aside."""
    for name, tree in trees().items():
        for call in calls(tree, error_classes()):
            for argument in call.args[-2:]:
                yield f"{name}:{call.lineno}", tree, argument


def is_text(value: ast.expr | None) -> bool:
    """Whether it is a text that nobody could translate any more."""
    if isinstance(value, ast.IfExp):
        return is_text(value.body) or is_text(value.orelse)
    return isinstance(value, ast.JoinedStr | ast.BinOp) or (isinstance(value, ast.Constant) and isinstance(value.value, str))


def templates() -> dict[str, str]:
    """Every template that can reach an error, with a place where it stands."""
    found = {ast.literal_eval(call.args[0]): place for place, call in said()}
    return found | {value.value: place for place, _, value in given() if isinstance(value, ast.Constant)}


def parts(template: str) -> set[str]:
    return {found[0] for found in errors.PART.finditer(template)}


def test_each_message_is_a_template_with_the_parts_that_it_is_given() -> None:
    for place, call in said():
        template = ast.literal_eval(call.args[0])
        assert {found[1] for found in errors.PART.finditer(template)} == {part.arg for part in call.keywords}, place
        assert "{" not in errors.PART.sub("", template) or not call.keywords, place


def test_no_error_is_given_a_text_with_something_filled_in() -> None:
    for place, tree, value in given():
        assert not is_text(value) or (isinstance(value, ast.Constant) and not parts(value.value)), place
        named = value.id if isinstance(value, ast.Name) else None
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and any(isinstance(one, ast.Name) and one.id == named for one in node.targets):
                assert not is_text(node.value), f"{place} is given {named}, a text: write say(…)"


def test_each_template_has_its_french_and_no_french_is_unused() -> None:
    known, wanted = french(), templates()
    assert {template: place for template, place in wanted.items() if template not in known} == {}, "write their French"
    assert known.keys() - wanted.keys() == set(), "take them out"
    assert list(known) == sorted(known), "keep the table in order"


def test_the_french_has_the_same_parts() -> None:
    assert {template: told for template, told in french().items() if parts(template) != parts(told)} == {}


def test_the_french_is_set_as_french() -> None:
    for told in french().values():
        plain = errors.PART.sub("x", told).replace("http:", "").replace("x:x", "x")
        assert "'" not in plain.replace("'cptpp-graph[mcp]'", ""), told
        assert " :" not in plain and " »" not in plain and "« " not in plain, f"{told}: set a no-break space"


# ------------------------------------------------------------------ told


@pytest.mark.parametrize(
    ("command", "wrong", "mend"),
    [
        (
            "occupations --country Germany --category technician",
            "Allemagne~: ce pays n’est pas une Partie à l’accord",
            "Parties~: AUS, BRN, CAN, CHL, GBR, JPN, MEX, MYS, NZL, PER, SGP, VNM",
        ),
        (
            "occupations --country AUS --category x",
            "valeur inconnue «~x~» pour category",
            "Valeurs connues~: professional, technician",
        ),
        ("assess a.csv", "a.csv:2, «~1~»~: offer.role est «~boss~»", "Attendu~: une des valeurs worker, supervisor, contractor."),
        ("assess a.json", "a.json~: la clé «~id~» figure deux fois dans un objet", "Corrigez le JSON à cet endroit."),
        ("assess none.csv", "impossible de lire none.csv~: No such file or directory", "Nommez un fichier qui existe et se lit."),
        ("asses a.csv", "commande inconnue «~asses~»", "Vouliez-vous dire assess ou phrases?"),
        ("query occupations", "la requête occupations exige country", "Par exemple --country JPN"),
        (
            "query --file a.rq --timeout nan",
            "la limite de temps n’est pas un nombre",
            "Donnez des secondes, par exemple --timeout 10.",
        ),
    ],
)
@pytest.mark.parametrize("lang", [("--lang", "fr"), ("--lang=fr",)])
def test_the_terminal_tells_errors_in_french(
    command: str, wrong: str, mend: str, lang: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text("id,kind,offer.role\n1,principal,boss\n")
    Path("a.json").write_text('{"id": "1", "id": "2"}')
    done = CliRunner().invoke(cli.main, [*command.split(), *lang])
    assert (done.exit_code, done.stderr) == (2, f"erreur~: {wrong}\n{mend}\n".replace("~", FIXED))


@pytest.fixture(scope="module")
def client(kg: CptppGraph) -> Iterator[TestClient]:
    with TestClient(application(kg), base_url="http://127.0.0.1:8000") as found:
        yield found


def test_pages_tell_errors_in_the_language_of_their_address(client: TestClient) -> None:
    for path, told in (
        ("/fr/explore?country=Atlantis", "valeur inconnue «~Atlantis~» pour country"),
        ("/fr/sources/none", "valeur inconnue «~none~» pour source"),
        ("/fr/ask?run=SELECT", "la requête ne peut être lue"),
        ("/fr/nowhere", "il n’y a rien ici"),
        ("/en/nowhere", "nothing is here"),
    ):
        answer = client.get(path, headers={"accept": "text/html"})
        assert told.replace("~", FIXED) in html.unescape(answer.text), path


@pytest.mark.parametrize(
    ("lang", "told"), [("", "limit is '0'"), ("en", "limit is '0'"), ("x", "limit is '0'"), ("fr", "limit est «~0~»")]
)
def test_problem_details_are_in_the_language_that_is_asked_for(client: TestClient, lang: str, told: str) -> None:
    answer = client.get("/api/find", params={"q": "a", "limit": "0", "lang": lang}, headers={"accept-language": "fr"})
    assert (answer.status_code, answer.json()["title"]) == (400, told.replace("~", FIXED))


def test_an_error_crosses_from_the_other_process_with_its_parts(kg: CptppGraph) -> None:
    with pytest.raises(CptppError) as caught:
        kg.run("SELECT")
    assert caught.value.wrong.startswith("the query cannot be read: error at 1:")
    assert caught.value.told("fr").wrong.startswith(f"la requête ne peut être lue{FIXED}: error at 1:")
    with pytest.raises(LimitReached) as limit:
        kg.run("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", 0.5)
    assert limit.value.told("fr").wrong == f"la requête a atteint la limite de temps de 0,5{FIXED}s"


def test_numbers_are_set_as_the_language_has_them() -> None:
    with pytest.raises(LimitReached) as caught:
        queries.named_graphs("x" * 1_000_000)
    assert caught.value.told("en").wrong == "the query is 1,000,000 characters long"
    assert caught.value.told("fr").wrong == f"la requête compte 1{FIXED}000{FIXED}000 caractères"


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_what_a_stranger_wrote_is_filled_in_and_never_a_template(lang: str) -> None:
    for text in ("{wrong}", "{place.__class__}", "{", "}", "{:>9999999999}", "%s", "\x1b[2J\u202e\n\udcff" + "x" * 5_000):
        inner = say("{word} is not a date", word=text)
        told = CptppError(say("{place}: {wrong}", place=text, wrong=inner), text).told(lang)
        assert all(len(line) <= errors.LONGEST + 1 and line.replace(FIXED, "").isprintable() for line in told)
        if len(text) < 100:
            assert told.wrong.count(text) == 2 and told.mend == text


def test_a_message_is_the_same_after_it_was_json() -> None:
    message: Any = say("{one} or {other}", one=say("a list"), other={"en": "one", "fr": "un"})
    again = errors.from_plain(json.loads(json.dumps(message.as_plain())))
    assert again == message and [again.told(lang) for lang in ("en", "fr")] == ["a list or one", "une liste ou un"]


def test_without_the_table_errors_are_told_in_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    errors._french.cache_clear()
    monkeypatch.setattr(errors, "FRENCH", tmp_path / "none.json")
    assert CptppError("unknown field", "Give one.").told("fr") == ("unknown field", "Give one.")
    errors._french.cache_clear()
