"""Finds what ships with the software, and reads the files that a user names."""

from __future__ import annotations

import os
import stat
import sys
from functools import cache
from pathlib import Path

from .errors import CptppError, LimitReached, Part, printable, say

PACKAGE = Path(__file__).parent
ARTIFACT = PACKAGE / "artifact"
STANDARD_INPUT = Path("-")


@cache
def root() -> Path:
    """The folder that holds ontology/, shapes/, data/ and queries/: the wheel's own copy, else the checkout."""
    packed = PACKAGE / "_resources"
    return packed if packed.is_dir() else PACKAGE.parent


def text(path: Path, most: int) -> str:
    """The text of a user's file, which is UTF-8 and has at most so many bytes; - is standard input.

    Raises CptppError where there is no such file or it is a folder, a device or a pipe, LimitReached where it is larger.
    """
    name: Part = say("standard input") if path == STANDARD_INPUT else printable(str(path))
    try:
        content = sys.stdin.buffer.read(most + 1) if path == STANDARD_INPUT else _beginning(path, most + 1)
    except (OSError, ValueError) as error:  # a ValueError where no file can have such a name
        reason = getattr(error, "strerror", None) or say("no file has such a name")
        raise CptppError(
            say("cannot read {name}: {reason}", name=name, reason=reason), "Name a file that exists and can be read."
        ) from None
    return decoded(content, name, most)


def decoded(content: bytes, name: Part, most: int) -> str:
    """The text of bytes that come from outside. name: what to call them in messages."""
    if len(content) > most:
        raise LimitReached(say("{name} is larger than {most:,} bytes", name=name, most=most), "Split it.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CptppError(say("{name} is not UTF-8 (byte {start})", name=name, start=error.start), "Save it as UTF-8.") from None


def _beginning(path: Path, count: int) -> bytes:
    """The first bytes of a regular file: other kinds may never end, or never begin."""
    with open(path, "rb", opener=_without_waiting) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise CptppError(
                say("{path} is not a regular file", path=printable(str(path))), "Name a file that holds text; pipes are not read."
            )
        return file.read(count)


def _without_waiting(path: str, flags: int) -> int:
    """Opens a file; a pipe that nobody writes to would else hold the program up for ever."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
