"""The errors that a caller may meet: what is wrong and how to mend it, a line each."""

from __future__ import annotations

LONGEST = 900  # characters of a line


def shortened(text: str, most: int) -> str:
    """The text without its middle, where it is longer."""
    return text if len(text) <= most else f"{text[: most // 2]}…{text[-(most // 2) :]}"


def printable(text: str, most: int = 200) -> str:
    """A stranger's text on one short line: what moves the cursor, turns the line around or is not seen is escaped."""
    return shortened("".join(c if c.isprintable() else ascii(c)[1:-1] for c in shortened(text, most)), most)


class CptppError(Exception):
    """Wrong input. wrong: what is wrong and where; mend: how to put it right. Both are made printable."""

    exit_code = 2

    def __init__(self, wrong: str, mend: str) -> None:
        self.wrong, self.mend = (printable(" ".join(line.split()), LONGEST) for line in (wrong, mend))
        super().__init__(self.wrong, self.mend)

    def __str__(self) -> str:
        return f"{self.wrong}\n{self.mend}"


class LimitReached(CptppError):
    """A limit of time or size was reached; nothing partial is returned."""

    exit_code = 3


class DamagedInstallation(CptppError):
    """A shipped file is not the one that the build wrote."""
