"""Opens the files that the build wrote, after checking that they are the ones it wrote."""

from __future__ import annotations

import gzip
import hashlib
import json
from typing import Any

import pyoxigraph as ox

from . import files
from .errors import DamagedInstallation, say
from .version import __version__

MEND = say("Install again; in a checkout run: python -m cptpp_graph.build")
PACKED = {"graph.nq": "graph.nq.gz"}
PAGES = ("templates", "static")  # folders of the package whose files the manifest vouches for as well


def read(name: str) -> bytes:
    """A file that the build wrote, unpacked, or one of PAGES, such as templates/assessment.html.

    Raises DamagedInstallation where it is missing, altered or of another version.
    """
    folder = files.PACKAGE if name.startswith(PAGES) else files.ARTIFACT
    try:
        manifest = _manifest()
        content = (folder / PACKED.get(name, name)).read_bytes()
        if name in PACKED:
            content = gzip.decompress(content)
        expected, version = manifest["sha256"][name], manifest["version"]
    except (OSError, EOFError, ValueError, KeyError) as error:
        raise DamagedInstallation(say("{name} cannot be read: {reason}", name=name, reason=str(error)), MEND) from error
    if version != __version__:
        raise DamagedInstallation(
            say("{name} is of version {version}, the software of {ours}", name=name, version=version, ours=__version__), MEND
        )
    if hashlib.sha256(content).hexdigest() != expected:
        raise DamagedInstallation(say("{name} is not the one that was built", name=name), MEND)
    return content


def _manifest() -> Any:
    return json.loads((files.ARTIFACT / "manifest.json").read_text(encoding="utf-8"))


def hashes() -> dict[str, str]:
    """The SHA-256 of every file that the manifest vouches for, by name."""
    return dict(_manifest()["sha256"])


def load() -> ox.Store:
    """The graph in memory, one named graph per source."""
    store = ox.Store()
    # lenient: the hash vouches for the text, and it loads twice as fast
    store.bulk_load(input=read("graph.nq"), format=ox.RdfFormat.N_QUADS, lenient=True)
    return store
