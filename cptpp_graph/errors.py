"""The errors that a caller may meet: what is wrong and how to mend it, a line each."""

from __future__ import annotations


class CptppError(Exception):
    """Wrong input. wrong: what is wrong and where; mend: how to put it right."""

    exit_code = 2

    def __init__(self, wrong: str, mend: str) -> None:
        super().__init__(wrong, mend)
        self.wrong = wrong
        self.mend = mend

    def __str__(self) -> str:
        return f"{self.wrong}\n{self.mend}"


class LimitReached(CptppError):
    """A limit of time or size was reached; nothing partial is returned."""

    exit_code = 3


class DamagedInstallation(CptppError):
    """A shipped file is not the one that the build wrote."""
