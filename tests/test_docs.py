"""Every command and snippet of README and docs is run, and prints what is shown; … stands for what is left out.

To write what commands print now into the pages, where no … stands in the middle: python -m tests.test_docs
"""

from __future__ import annotations

import doctest
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner
from rdflib import Dataset, Graph

from cptpp_graph import CptppGraph, artifact, cli

ROOT = Path(__file__).parents[1]
MADE = {"classes", "properties-rules", "properties-cases", "properties-claims", "codes", "graphs", "requirements", "shapes"}
MADE |= {"queries", "commands", "python"}
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted(ROOT.glob("docs/*/**/*.md"))]
PAGES = [page for page in PAGES if page.exists() and page.stem not in MADE]
FENCE = re.compile(r"^(?P<fence>`{3,})(?P<kind>[a-z]+)\n(?P<text>.*?)^(?P=fence)$", re.DOTALL | re.MULTILINE)
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]


WRITTEN: dict[str, tuple[Path, str]] = {}
"""Commands that write a folder, with the folder and what they printed."""


class Block(NamedTuple):
    kind: str
    text: str
    line: int


def blocks(text: str) -> Iterator[Block]:
    for found in FENCE.finditer(text):
        yield Block(found["kind"], found["text"], text.count("\n", 0, found.start("text")) + 1)


@pytest.fixture
def folder(tmp_path: Path, kg: CptppGraph, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which the paths of the pages exist. The graph is read once for all commands."""
    prepared(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(artifact, "load", lambda: kg.store)
    return tmp_path


def prepared(folder: Path) -> None:
    shutil.copytree(ROOT / "docs" / "examples", folder / "docs" / "examples", dirs_exist_ok=True)
    for name in ("data", "shapes", "ontology", "queries"):
        (folder / name).symlink_to(ROOT / name)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).with_suffix("").as_posix())
def test_page(page: Path, folder: Path, kg: CptppGraph, request: pytest.FixtureRequest) -> None:
    names: dict[str, object] = {}
    for block in blocks(page.read_text(encoding="utf-8")):
        where = f"{page.relative_to(ROOT)}:{block.line}"
        if block.kind == "console":
            for command, shown in commands(block.text):
                printed = ran(command, request)
                assert matches(shown, printed), f"{where}: $ {command}\n--- shown\n{shown}\n--- printed\n{printed[:1500]}"
        elif block.kind == "sh":
            for command in block.text.replace("\\\n", " ").splitlines():
                known_command(command, request)
        elif block.kind == "python":
            run_python(block, names, where)
        else:
            read(block, kg, where)


def commands(text: str) -> Iterator[tuple[str, str]]:
    """(command, what it is shown to print) of a console block."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown


def matches(shown: str, printed: str) -> bool:
    """A line of … stands for any lines, … within a line for any text."""
    wanted, found = shown.rstrip().split("\n"), printed.rstrip().split("\n")
    lines = ["(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*") + "\n" for line in wanted]
    return re.fullmatch("".join(lines), "".join(line + "\n" for line in found)) is not None


def ran(command: str, request: pytest.FixtureRequest | None) -> str:
    """What a command prints to either stream."""
    before, _, piped = command.rpartition(" | ")
    line, _, target = piped.partition(" > ")
    program, *arguments = shlex.split(line, comments=True)
    given = ran(before, request) if before else None
    if command in WRITTEN and WRITTEN[command][0].exists():  # what takes long is written once for both languages
        shutil.copytree(WRITTEN[command][0], arguments[-1])
        return WRITTEN[command][1]
    if program == "cptpp-graph" and arguments[:1] != ["serve"]:
        result = CliRunner().invoke(cli.main, arguments, input=given)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        printed = result.output
        if "--to" in arguments:
            WRITTEN[command] = Path(arguments[-1]).resolve(), printed
    elif program == "cptpp-graph":
        address = request.getfixturevalue("server") if request else ""
        printed = f"Serving {re.sub('[0-9]+$', '8000', address)}/ until Ctrl-C\n"
    elif program in ("cat", "head", "ls", "printf", "curl", "python"):
        if program == "curl" and request:
            arguments = [re.sub(r"http://127\.0\.0\.1:8000", request.getfixturevalue("server"), one) for one in arguments]
            arguments.insert(0, "-sS")
        program = sys.executable if program == "python" else program
        done = subprocess.run([program, *arguments], input=given, capture_output=True, text=True, timeout=60)
        printed = done.stdout + done.stderr
    else:
        raise AssertionError(f"no way to run {command}")
    if target:
        Path(target).write_text(printed, encoding="utf-8")
        return ""
    return printed


INSTALLING = re.compile(
    r"(?:\. \.venv/bin/activate && )?(?:python3? -m venv|pip install|pytest|python -m|python docs/|ruff|bash|pyshacl|\. \.venv)"
)


def known_command(line: str, request: pytest.FixtureRequest) -> None:
    """A line for a shell is run, unless it installs or tests something: then what it names must exist."""
    command = line.partition("  #")[0].strip()
    if not command or command.startswith("#"):
        return
    if command.startswith(("curl ", "cptpp-graph ")):
        printed = ran(command, request)
        assert not printed.startswith(("error", "curl:")) and "about:blank" not in printed, printed
        return
    assert INSTALLING.match(command), f"nothing runs {command}"
    for extra in re.findall(r"\[([a-z,]+)\]", command):
        assert set(extra.split(",")) <= set(EXTRAS), f"no such extra: {extra}"
    for module in re.findall(r"python -m (cptpp_graph\.\w+|tests\.\w+)", command):
        assert (ROOT / f"{module.replace('.', '/')}.py").exists(), f"no such module: {module}"
    for path in re.findall(r"(?:python|bash|-s) ((?:docs|benchmarks|tests|shapes|\.ci)/\S+)", command):
        assert (ROOT / path).exists(), f"no such file: {path}"


def run_python(block: Block, names: dict[str, object], where: str) -> None:
    """A session is compared line by line; code without a prompt is run."""
    if ">>>" not in block.text:
        exec(compile(block.text, where, "exec"), names)
        return
    test = doctest.DocTestParser().get_doctest(block.text, names, where, where, block.line)
    told: list[str] = []
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    failed = doctest.DocTestRunner(optionflags=flags).run(test, out=told.append, clear_globs=False).failed
    names.update(test.globs)
    assert not failed, "".join(told)


def read(block: Block, kg: CptppGraph, where: str) -> None:
    """Data must be readable as what it is said to be."""
    try:
        if block.kind == "json":
            json.loads(block.text)
        elif block.kind == "turtle":
            Graph().parse(data=block.text, format="turtle")
        elif block.kind == "trig":
            Dataset().parse(data=block.text, format="trig")
        elif block.kind == "sparql":
            kg.query(block.text)
        elif block.kind not in ("text", "csv", "html", "apache"):
            raise AssertionError(f"{where}: nothing reads {block.kind}")
    except ValueError as error:
        raise AssertionError(f"{where}: {error}") from error


# ------------------------------------------------------------------ writing the pages anew


def rewritten(text: str) -> str:
    """The page with what its commands print now; blocks that end in … keep their length, those with … within are left."""

    def block(found: re.Match[str]) -> str:
        if found["kind"] != "console":
            return found[0]
        parts = []
        for command, shown in commands(found["text"]):
            inner = shown.rstrip().removesuffix("…")
            printed = shown if command.startswith(("curl", "cptpp-graph serve")) else ran(command, None)
            if shown.strip() == "…" or (not matches(shown, printed) and "…" not in inner):
                lines = printed.rstrip().splitlines()
                cut = shown.rstrip().endswith("…") and len(lines) > (keep := max(inner.count("\n"), 6))
                shown = "\n".join([*lines[:keep], "…"] if cut else lines) + "\n"
            elif not matches(shown, printed):
                print("look at", command, file=sys.stderr)
            parts.append(f"$ {command}\n{shown}")
        return f"{found['fence']}console\n{''.join(parts)}{found['fence']}"

    return FENCE.sub(block, text)


if __name__ == "__main__":
    import tempfile

    for page in [Path(name).resolve() for name in sys.argv[1:]] or PAGES:
        with tempfile.TemporaryDirectory() as name:
            prepared(Path(name))
            os.chdir(name)
            text = page.read_text(encoding="utf-8")
            page.write_text(rewritten(text), encoding="utf-8")
            os.chdir(ROOT)
