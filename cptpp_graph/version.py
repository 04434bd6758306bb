"""The version of software and graph; both move together."""

__version__ = "0.1.0"
