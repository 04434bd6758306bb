"""Judges populations: each distinct question once, by the same link queries and shapes as one case, and joins the answers back."""

from __future__ import annotations
