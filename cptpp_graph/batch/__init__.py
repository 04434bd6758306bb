"""Judges populations: each distinct question once, by the link queries and shapes that judge one case."""

from __future__ import annotations
