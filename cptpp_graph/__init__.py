"""Temporary entry of professionals and technicians to Canada under the CPTPP, as a graph that can be asked.

    from cptpp_graph import CptppGraph
    kg = CptppGraph.open()
    kg.occupations("AUS", "technician")

Importing this package imports nothing else and changes nothing in the program that imports it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .version import __version__

if TYPE_CHECKING:
    from .errors import CptppError, DamagedInstallation, LimitReached
    from .graph import CptppGraph
    from .results import Row, Table

_PUBLIC = {
    "CptppGraph": "graph",
    "CptppError": "errors",
    "DamagedInstallation": "errors",
    "LimitReached": "errors",
    "Row": "results",
    "Table": "results",
}

__all__ = ["CptppError", "CptppGraph", "DamagedInstallation", "LimitReached", "Row", "Table", "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_PUBLIC[name]}", __name__), name)


def load_ipython_extension(shell: Any) -> None:
    """What %load_ext cptpp_graph calls: the magic %%sparql."""
    from .notebook import register

    register(shell)
