"""Both languages of the site say the same things, and everything that it is made of has French."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

import cptpp_graph
from cptpp_graph import CptppGraph, cli, files

DOCS = Path(__file__).parents[1] / "docs"
sys.path.append(str(DOCS))  # what makes the site is no part of the package


def written(lang: str) -> dict[str, str]:
    return {p.relative_to(DOCS / lang).as_posix(): p.read_text(encoding="utf-8") for p in DOCS.glob(f"{lang}/**/*.md")}


def test_each_page_stands_in_both_languages() -> None:
    english, french = written("en"), written("fr")
    assert sorted(english) == sorted(french)
    for name, text in english.items():
        assert text.count("\n## ") == french[name].count("\n## "), f"{name}: the sections differ"
        assert text.count("```console") == french[name].count("```console"), f"{name}: the examples differ"


def test_every_sentence_of_the_reference_has_french(kg: CptppGraph) -> None:
    from software import Software

    page = Software(kg, "fr")
    page.commands(), page.python()
    assert page.untranslated == [], "add them to docs/words.json"


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_reference_leaves_nothing_out(kg: CptppGraph, lang: str) -> None:
    from reference import Rules
    from software import Software

    from cptpp_graph.catalogue import named_queries

    rules = Rules(kg, lang)
    pages = dict((*rules.pages(), *Software(kg, lang).pages()))
    terms = "".join(pages[name] for name in pages if name.startswith(("classes", "properties-")))
    for kind in ("class", "property"):
        missing = [iri for iri in rules.terms(kind) if f"({kind}-{iri.rpartition('#')[2]})=" not in terms]
        assert not missing and len(rules.terms(kind)) > 60
    written = "".join(path.read_text(encoding="utf-8") for path in files.root().glob("shapes/*.ttl"))
    assert all(f"### {name}\n" in pages["shapes"] for name in re.findall(r"^shape:([\w-]+)$", written, re.MULTILINE))
    assert all(f"`req:{iri.rpartition('/')[2]}`" in pages["requirements"] for iri in rules.asked)
    assert all(f"(command-{name})=" in pages["commands"] for name in cli.main.commands)
    assert all(f"(python-{name})=" in pages["python"] for name in cptpp_graph.__all__ if name != "__version__")
    assert all(f"(query-{name})=" in pages["queries"] for name in named_queries())
    assert all(str(name) in pages["graphs"] for name in kg.graph_names())


def test_pictures_are_those_that_are_drawn() -> None:
    """docs/build.py writes them."""
    from pictures import drawn

    for name, content in drawn().items():
        assert (DOCS / name).read_text(encoding="utf-8") == content, name
