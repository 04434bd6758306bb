"""Every single small change to a Python module, and how it takes the place of the running code; for tests.mutate_python.

Changed are comparisons, and/or, not, conditions, constants, results, calls for their effect, break and continue, bounds of
slices and defaults of .get. Left alone are annotations, docstrings, fields of classes and assertions (they tell the type
checker); and as wording, the strings of a raise statement.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

PAIRS = [(ast.Eq, ast.NotEq), (ast.Is, ast.IsNot), (ast.In, ast.NotIn), (ast.Lt, ast.GtE), (ast.Gt, ast.LtE)]
OTHERS = {a: [b] for pair in PAIRS for a, b in (pair, pair[::-1])}
for low, high in ((ast.Lt, ast.LtE), (ast.Gt, ast.GtE)):
    OTHERS[low], OTHERS[high] = [*OTHERS[low], high], [*OTHERS[high], low]
UNTOUCHED = {"annotation", "returns", "decorator_list", "ops"}


class Mutant(NamedTuple):
    """One change. reach: the line of the statement that it is in, the first of the function for its defaults, 0 outside."""

    module: str
    line: int
    name: str
    reach: int

    @property
    def function(self) -> str:
        return self.name.partition(":")[0]


def mutants(module: ModuleType) -> Iterator[tuple[Mutant, ast.Module]]:
    """Every change to a module, each result once; until the next one is asked for, the tree is the changed one."""
    tree = parsed(module)
    seen, names = {ast.unparse(tree)}, Counter[str]()
    for held, index, old, field, owner, reach, wording in list(places(tree)):
        put = held.__setitem__ if isinstance(held, list) else held.__setattr__
        for new in [*constants(old, wording), *expressions(old, field), *statements(old)]:
            change = " -> ".join(" ".join(ast.unparse(node).split())[:90] for node in (old, new))
            put(index, new)
            if (text := ast.unparse(tree)) not in seen:
                seen.add(text)
                name = f"{module.__name__.rpartition('.')[2]}{owner}: {change}"
                names[name] += 1
                yield Mutant(module.__name__, old.lineno, name + f" #{names[name]}" * (names[name] > 1), reach), tree
            put(index, old)


def parsed(module: ModuleType) -> ast.Module:
    return ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))


def places(node: ast.AST, owner: str = "", reach: int = 0, wording: bool = False) -> Iterator[tuple[Any, ...]]:
    """Every place below a node that may be changed: a list and an index, or an object and a name; and what Mutant says of it."""
    for field, value in ast.iter_fields(node):
        for index, child in enumerate(value) if isinstance(value, list) else [(field, value)]:
            of_class = isinstance(node, ast.ClassDef) and not isinstance(child, ast.FunctionDef)
            docstring = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            for_types = isinstance(child, ast.Assert) or (isinstance(child, ast.If) and not owner)
            if field in UNTOUCHED or not isinstance(child, ast.AST) or of_class or docstring or for_types:
                continue
            definition = isinstance(child, ast.FunctionDef | ast.ClassDef)
            name = f"{owner}.{child.name}" if definition else owner  # type: ignore[attr-defined]
            line = reach
            if isinstance(child, ast.stmt) and name:
                line = child.body[0].lineno if isinstance(child, ast.FunctionDef) else child.lineno
            yield node if index == field else value, index, child, field, name, line, wording
            yield from places(child, name, line, wording or isinstance(child, ast.Raise))


# ------------------------------------------------------------------ what can stand in place of a node


def constants(node: ast.AST, wording: bool) -> Iterator[ast.AST]:
    match node:
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() as value):
            yield ast.Constant(value + 1)
        case ast.Constant(str(value)) if not wording:
            yield ast.Constant(f"XX{value}XX" if value else "XX")


def expressions(node: ast.AST, field: str) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(left, ops, right):
            for n, op in enumerate(ops):
                yield from (ast.Compare(left, [*ops[:n], other(), *ops[n + 1 :]], right) for other in OTHERS[type(op)])
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.Slice(lower, upper, step):
            yield from [ast.Slice(None, upper, step)] * bool(lower) + [ast.Slice(lower, None, step)] * bool(upper)
        case ast.Call(ast.Attribute(attr="get") as function, [key, _]):
            yield ast.Call(function, [key], [])
    if field in ("test", "ifs", "guard") and not isinstance(node, ast.Compare | ast.UnaryOp):
        yield ast.UnaryOp(ast.Not(), node)  # type: ignore[arg-type]


def statements(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Return(ast.expr() as value) if ast.unparse(value) != "None":
            yield ast.Return(ast.Constant(None))
        case ast.Expr(ast.Call()):
            yield ast.Pass()
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()


# ------------------------------------------------------------------ how a change is put in place


def put_in_place(module: ModuleType, tree: ast.Module) -> None:
    """The running functions get the code of the changed ones, and changed constants stand wherever the old ones were imported."""
    fresh = {"__name__": module.__name__, "__package__": module.__package__}
    exec(compile(ast.fix_missing_locations(tree), str(module.__file__), "exec"), fresh)
    _transplant(module.__name__, vars(module), fresh)


def _transplant(owner: str, live: Any, fresh: Any) -> None:
    for name, new in list(fresh.items()):
        old = live.get(name)
        function, changed = (getattr(thing, "__wrapped__", thing) for thing in (old, new))
        if isinstance(function, FunctionType) and function.__module__ == owner:
            function.__code__, function.__defaults__ = changed.__code__, changed.__defaults__
        elif isinstance(old, type) and old.__module__ == owner:
            _transplant(owner, vars(old), vars(new))
        elif not name.startswith("__") and old != new:
            for module in [module for module in sys.modules.values() if vars(module).get(name) is old]:
                setattr(module, name, new)


class Telling(ast.NodeTransformer):
    """Has every statement of a function tell its line before it runs."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for field in () if isinstance(node, ast.Module | ast.ClassDef) else ("body", "orelse"):
            if isinstance(block := getattr(node, field, None), list):
                block[:] = [one for old in block for one in (ast.parse(f"_reached({old.lineno})").body[0], old)]
        return node
