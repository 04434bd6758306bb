"""Starts the command line: ``python -m cptpp_graph`` is ``cptpp-graph``."""

from .cli import main

if __name__ == "__main__":
    main()
