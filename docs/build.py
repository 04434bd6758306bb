"""Makes the site: python docs/build.py writes the reference, the pictures and both languages into build/site."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).parent
SITE = HERE.parent / "build" / "site"
LANGUAGES = ("en", "fr")


def reference() -> None:
    """The pages that are made from the graph and the code."""
    from reference import Rules
    from software import Software

    from cptpp_graph import CptppGraph

    with CptppGraph.open() as kg:
        for lang in LANGUAGES:
            for name, text in (*Rules(kg, lang).pages(), *Software(kg, lang).pages()):
                path = HERE / lang / "reference" / f"{name}.md"
                path.write_text(text.rstrip() + "\n", encoding="utf-8")


def pictures() -> None:
    """The drawings of README and the explanations, in each language."""
    from pictures import drawn

    for name, content in drawn().items():
        path = HERE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def sphinx(lang: str, to: Path) -> int:
    """Builds one language. A warning is an error."""
    from sphinx.cmd.build import build_main

    cache = to.parent / ".doctrees" / lang
    given = ["-q", "-W", "--keep-going", "-b", "html", "-c", str(HERE), "-d", str(cache), "-D", f"language={lang}"]
    return build_main([*given, str(HERE / lang), str(to / lang)])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python docs/build.py", description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=SITE, help="folder of the site (build/site)")
    to: Path = parser.parse_args().output.resolve()
    shutil.rmtree(to, ignore_errors=True)
    reference()
    pictures()
    failed = [lang for lang in LANGUAGES if sphinx(lang, to) != 0]
    if failed:
        print(f"error: the pages in {', '.join(failed)} were built with warnings", file=sys.stderr)
        return 1
    shutil.copy(HERE / "static" / "first.html", to / "index.html")
    print(f"{to / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
