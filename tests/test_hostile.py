"""Hostile files, each through the installed command, in a process without network, with little memory and time.

tests/hostile/manifest.tsv says of each what it attacks and what must come of it:

command  {} stands for the file, < {} for it as standard input; other words that name a file of tests/hostile for its path
exit     the exit code
says     a pattern that standard error matches; where it is empty, standard error is
writes   the files that are left behind, divided by blanks; where it is empty, none may be
finds    of the output and of what is written, divided by semicolons:
         outcome=… (several: divided by commas), REQUIREMENT=… of the first case, /pattern/, !/pattern/, turtle
seconds  of processor and of clock, where it is less than 20
xfail    why it does not yet come out so
"""

from __future__ import annotations

import csv
import ctypes
import json
import os
import platform
import re
import shlex
import signal
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hostile import generate

from cptpp_graph import intake
from cptpp_graph.syntaxes import SYNTAXES

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the limits are those of Linux")

HERE = Path(__file__).parent / "hostile"
COMMAND = Path(sys.executable).parent / "cptpp-graph"
SECONDS = 20
MEMORY = 1 << 30
ROOM = 4 << 30  # where Polars and Arrow reserve addresses that they do not fill
MOST_CHARACTERS = 1_000  # of a line on standard error
MADE = "made:"
BIDI = re.compile("[\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Row:
    file: str
    command: str
    attacks: str
    exit: int
    says: str
    finds: str
    seconds: int
    xfail: str
    writes: str


def _rows() -> list[Row]:
    with (HERE / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, restval=""))
    numbers = ({"exit": int(row["exit"]), "seconds": int(row["seconds"] or SECONDS)} for row in rows)
    return [Row(**(row | number)) for row, number in zip(rows, numbers, strict=True)]


ROWS = _rows()


# ------------------------------------------------------------------ the cage

SOCKET = {"x86_64": 41, "aarch64": 198}.get(platform.machine())  # the number of the system call
LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 22, 24, 38
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2


def _no_network() -> None:
    """Whatever opens a socket of IP, Python or Rust, is killed at once, so that an attempt shows."""
    if SOCKET is None:
        return
    load, equal, give, kill, allow = 0x20, 0x15, 0x06, 0x80000000, 0x7FFF0000
    program = [
        (load, 0, 0, 0),  # the number of the call
        (equal, 0, 4, SOCKET),
        (load, 0, 0, 16),  # its first argument: the family
        (equal, 1, 0, 2),  # AF_INET
        (equal, 0, 1, 10),  # AF_INET6
        (give, 0, 0, kill),
        (give, 0, 0, allow),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in program))
    head = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program), ctypes.addressof(code)))
    if LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or LIBC.prctl(PR_SET_SECCOMP, 2, ctypes.byref(head), 0, 0):
        raise OSError(ctypes.get_errno(), "the network cannot be cut")


def _cage(seconds: int, most: int, memory: int) -> None:
    """In the new process: little memory and time, no network, and files without permission are so for root as well."""
    import resource

    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    _no_network()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, most))


def _run(
    words: list[str], folder: Path, seconds: int = SECONDS, most: int = -1, memory: int = MEMORY, given: str = os.devnull
) -> subprocess.CompletedProcess[bytes]:
    environment = {"PATH": os.defpath, "HOME": str(folder), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        with Path(given).open("rb") as stdin:
            return subprocess.run(
                words,
                cwd=folder,
                env=environment,
                stdin=stdin,
                capture_output=True,
                timeout=seconds,
                preexec_fn=lambda: _cage(seconds, most, memory),
            )
    except subprocess.TimeoutExpired:
        raise AssertionError(f"not done in {seconds} seconds") from None


@pytest.mark.skipif(SOCKET is None, reason="the number of the call is not known for this machine")
@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6"])
def test_the_cage_cuts_the_network(family: str, tmp_path: Path) -> None:
    done = _run([sys.executable, "-c", f"import socket; socket.socket(socket.{family})"], tmp_path)
    assert done.returncode == -signal.SIGSYS


def test_the_cage_limits_memory(tmp_path: Path) -> None:
    done = _run([sys.executable, "-c", f"bytearray({MEMORY})"], tmp_path)
    assert b"MemoryError" in done.stderr


# ------------------------------------------------------------------ one file


def _parameter(row: Row) -> Any:
    marks = [pytest.mark.xfail(reason=row.xfail, strict=True, raises=AssertionError)] if row.xfail else []
    return pytest.param(row, id=row.file, marks=marks)


@pytest.mark.parametrize("row", map(_parameter, ROWS))
def test_it_is_harmless(row: Row, tmp_path: Path) -> None:
    given, folder = tmp_path / "given", tmp_path / "cwd"
    given.mkdir()
    folder.mkdir()
    path = generate.make(row.file.removeprefix(MADE), given) if row.file.startswith(MADE) else HERE / row.file
    command, _, typed = row.command.partition(" < ")
    words = [_word(word, path) for word in shlex.split(command)]
    memory = ROOM if words[0] in ("batch", "generate", "compare") else MEMORY
    done = _run([str(COMMAND), *words], folder, row.seconds, memory=memory, given=str(path) if typed else os.devnull)
    printed, told = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == row.exit, f"{done.returncode}: {told[-300:]}"
    written = sorted(folder.iterdir())
    assert [one.name for one in written] == sorted(row.writes.split())
    printed += "".join(one.read_text(encoding="utf-8") for one in written if one.is_file())
    _is_plain(printed, words)
    if row.exit > 1:
        assert printed == "" or typed or row.writes  # a conversation, or a part that was done, came before
        _is_an_error(told)
        assert re.search(row.says, told), told
    else:
        assert re.search(row.says, told) if row.says else told == "", told
        for wanted in row.finds.split("; "):
            _holds(wanted, printed)


def _word(word: str, path: Path) -> str:
    if "{}" in word:
        return word.replace("{}", str(path) if word == "{}" else path.name)
    return str(HERE / word) if (HERE / word).is_file() else word


def _is_an_error(told: str) -> None:
    """Two lines: what is wrong, how to mend it. Nothing in them moves the cursor or turns the line around."""
    assert told.endswith("\n") and told.count("\n") == 2
    wrong, mend = told.split("\n")[:2]
    assert wrong.startswith("error: ") and len(wrong) > len("error: ") and mend
    assert "Traceback" not in told and max(len(wrong), len(mend)) <= MOST_CHARACTERS
    assert [c for c in wrong + mend if not c.isprintable()] == []


def _is_plain(printed: str, words: list[str]) -> None:
    """No control characters but line ends and tabs; in what people read none that turns a line around or is not seen."""
    table = "csv" in words or "tsv" in words
    assert CONTROL.findall(printed.replace("\t", "")) == [], table
    if not {"json", "turtle", "ttl", "csv", "tsv"} & set(words):
        assert BIDI.findall(printed) == []


def _holds(wanted: str, printed: str) -> None:
    if wanted == "turtle":
        assert list(ox.parse(printed, format=ox.RdfFormat.TURTLE))
    elif wanted.startswith("!/"):
        assert re.search(wanted[2:-1], printed, re.MULTILINE) is None
    elif wanted.startswith("/"):
        assert re.search(wanted[1:-1], printed, re.MULTILINE), printed[:500]
    else:
        name, _, value = wanted.partition("=")
        found = json.loads(printed)
        if name == "outcome":
            assert ",".join(one["outcome"] for one in found) == value
        else:
            finding = next(finding for finding in found[0]["findings"] if finding["requirement"] == name)
            assert finding["outcome"] == value


# ------------------------------------------------------------------ the whole


def test_a_query_is_answered_where_memory_is_limited_for_good(tmp_path: Path) -> None:
    """As under `ulimit -v`, which a process may lower and not raise."""
    done = _run([str(COMMAND), "query", "--file", str(HERE / "control/query.rq")], tmp_path, most=MEMORY)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"true\n", b"")


def test_every_file_has_a_row_and_every_row_a_file() -> None:
    kept = {str(path.relative_to(HERE)) for path in HERE.glob("*/*") if "__pycache__" not in path.parts}
    named = [row.file for row in ROWS if not row.file.startswith(MADE)]
    assert set(named) == kept and len(kept) >= 160
    assert [row.file for row in ROWS if not (row.attacks and (row.says if row.exit > 1 else row.finds))] == []


def test_every_syntax_and_every_command_is_attacked() -> None:
    for syntax in SYNTAXES:
        assert len([row for row in ROWS if row.file.endswith("." + syntax) and row.command.startswith("assess {}")]) >= 5, syntax
    for words in ("assess", "validate {}", "--shapes {}", "--wages {}", "query --file {}", "turtle", "html", "csv", "--lang fr"):
        assert any(words in row.command for row in ROWS), words


def test_every_number_date_and_truth_value_is_attacked() -> None:
    typed = {
        path
        for kind in ("principal", "spouse")
        for path, field in intake.field_table(kind).items()
        if field["type"] in ("boolean", "integer", "number", "date")
    }
    attacked = {row.says.replace("\\", "") for row in ROWS if row.exit == 2}
    assert typed - attacked == set()
