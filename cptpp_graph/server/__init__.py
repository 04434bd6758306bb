"""The server on this machine: a SPARQL endpoint, an API and pages over one opened graph."""

from .app import application, serve

__all__ = ["application", "serve"]
