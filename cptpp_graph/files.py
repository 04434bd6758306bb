"""Finds the folders and the prebuilt graph that ship with the software."""

from __future__ import annotations

from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent
ARTIFACT = PACKAGE / "artifact"


@cache
def root() -> Path:
    """The folder that holds ontology/, shapes/, data/ and queries/: the wheel's own copy, else the checkout."""
    packed = PACKAGE / "_resources"
    return packed if packed.is_dir() else PACKAGE.parent
