"""The command line: opens the graph, asks it, prints. Everything heavy is imported by the command that needs it."""

from . import cases, desk, ledgers, planning, populations, questions, serving
from .base import main

__all__ = ["cases", "desk", "ledgers", "main", "planning", "populations", "questions", "serving"]
