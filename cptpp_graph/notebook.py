"""The magic %%sparql of notebooks: %load_ext cptpp_graph."""

from __future__ import annotations

from typing import Any

from .errors import CptppError, say
from .graph import CptppGraph
from .words import quoted


def register(shell: Any) -> None:
    """Gives an IPython shell the magic. It asks the graph that the notebook calls kg, or else one that it opens itself."""
    own: list[CptppGraph] = []

    def sparql(line: str, cell: str) -> Any:
        """The answer to a query. What stands beside %%sparql is the name that the answer gets: %%sparql parties."""
        kg = shell.user_ns.get("kg")
        if not isinstance(kg, CptppGraph):
            own[:] = own or [CptppGraph.open()]
            kg = own[0]
        name = line.strip()
        if name and not name.isidentifier():
            raise CptppError(say("{name} cannot name an answer", name=quoted(name)), say("Write %%sparql, or %%sparql NAME."))
        answer = kg.query(cell)
        if name:
            shell.push({name: answer})
        return answer

    shell.register_magic_function(sparql, "cell", "sparql")
