"""Serves assistants over the Model Context Protocol: the same questions, with the same sources. Needs the extra mcp."""

from .protocol import serve

__all__ = ["serve"]
