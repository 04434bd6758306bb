"""Every error speaks English and French: each template that the source gives to an error has its French, with the same parts."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from functools import cache

from cptpp_graph import errors, files

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
