"""Tells the plan: what each requirement can see of a case, and which values no rule tells apart."""

from __future__ import annotations

from collections.abc import Iterator

from .plan import Plan
from .populations import Population


def explained(population: Population) -> str:
    """The plan as text for a terminal."""
    return "\n".join(line for engine in population.engines.values() for line in _plan(engine.plan)) + "\n"


def _plan(plan: Plan) -> Iterator[str]:
    yield f"{plan.kind}: {len(plan.views)} requirements"
    for view in plan.views:
        yield f"\n  {view.requirement.id}"
        yield f"    judged by     {len(view.shapes)} shapes over {len(view.properties)} properties"
        yield f"    link queries  {', '.join(view.queries)}"
        yield f"    looked up     {', '.join(('rulebook', 'category', 'country', *view.looked_up))}"
        if view.tried:
            yield f"    where it can matter to a look-up: {', '.join(view.tried)}"
        yield f"    read where shapes or tests ask: {', '.join(view.facts) or 'nothing'}"
    yield "\n  values told apart"
    for path, cuts in plan.cuts.items():
        if path in plan.used and path not in (plan.compared or ()):
            yield f"    {path}: below, at and between {', '.join(map(str, cuts))}"
    if plan.compared:
        yield f"    {' and '.join(plan.compared)}: only which is greater"
    left = [path for path in plan.fields if path not in plan.used and path not in ("applicant.citizenship", "category")]
    yield f"\n  read and checked, decide nothing: {', '.join(left) or 'none'}\n"
