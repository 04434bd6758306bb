"""Opens the prebuilt graph, after checking that it is the one that the build wrote."""

from __future__ import annotations

import gzip
import hashlib
import json

import pyoxigraph as ox

from . import files
from .errors import DamagedInstallation
from .version import __version__

MEND = "Install again; in a checkout run: python -m cptpp_graph.build"


def text() -> bytes:
    """The graph as N-Quads. Raises DamagedInstallation where a file is missing, altered or of another version."""
    try:
        manifest = json.loads((files.ARTIFACT / "manifest.json").read_text(encoding="utf-8"))
        content = gzip.decompress((files.ARTIFACT / "graph.nq.gz").read_bytes())
        expected = manifest["sha256"]["graph.nq"]
    except (OSError, EOFError, ValueError, KeyError) as error:
        raise DamagedInstallation(f"the graph cannot be read: {error}", MEND) from error
    if manifest["version"] != __version__:
        raise DamagedInstallation(f"the graph is of version {manifest['version']}, the software of {__version__}", MEND)
    if hashlib.sha256(content).hexdigest() != expected:
        raise DamagedInstallation("the graph is not the one that was built", MEND)
    return content


def load() -> ox.Store:
    """The graph in memory, one named graph per source."""
    store = ox.Store()
    store.bulk_load(input=text(), format=ox.RdfFormat.N_QUADS, lenient=True)  # the hash vouches for it
    return store
