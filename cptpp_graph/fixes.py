"""Sets of changes: which are enough for requirements that share fields, which ask the least, and what they cost."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence

from .efforts import Change
from .intake import Value
from .turning import Turn

Fix = frozenset[Change]
Options = dict[str, list[Change]]
"""By field, changes of which any is enough; one of each field makes a fix."""

MOST_COMBINED = 2_000


def cost(option: Options) -> tuple[int, ...]:
    """What it costs, for comparing: the hardest effort first, then the next; as hard, the fewer the better."""
    return tuple(sorted((known[0].effort.rank for known in option.values()), reverse=True))


def as_options(fix: Fix) -> Options:
    return {change.path: [change] for change in sorted(fix, key=lambda change: change.path)}


def single(option: Options) -> Iterator[Fix]:
    """Each fix of an option."""
    return map(frozenset, itertools.product(*option.values()))


def connected(turns: Sequence[Turn]) -> list[list[Turn]]:
    """The requirements by groups that have no field in common."""
    groups: list[list[Turn]] = []
    for turn in turns:
        near = [group for group in groups if any(set(turn.values) & set(other.values) for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([*itertools.chain(*near), turn])
    return groups


def joined(group: Sequence[Turn], level: int, change: Callable[[str, Value], Change | None]) -> list[Options]:
    """The least fixes by which every requirement of a group is so near to being met."""
    found: list[dict[str, Value]] = [{}]
    known: set[str] = set()
    for number, turn in enumerate(group):
        good = [dict(moves) for moves, (far, _, _) in turn.found.items() if far <= level]
        shared = [path for path in turn.values if path in known]
        found = [{**one, **row} for one in found for row in good if all(one.get(path) == row.get(path) for path in shared)]
        known |= set(turn.values)
        later = {path for other in group[number + 1 :] for path in other.values}
        found = _least(found, later, change)
    return merged([_option(one, change) for one in found])


def _option(moves: dict[str, Value], change: Callable[[str, Value], Change | None]) -> Options:
    return {path: [one] for path, value in moves.items() if (one := change(path, value))}


def _least(
    found: list[dict[str, Value]], kept: set[str], change: Callable[[str, Value], Change | None]
) -> list[dict[str, Value]]:
    """Those of which no other asks less while having the same in the fields that others still turn on."""
    options = [(_option(one, change), {path: value for path, value in one.items() if path in kept}) for one in found]
    return [
        one
        for one, (option, own) in zip(found, options, strict=True)
        if not any(own == same and asks_less(other, option) for other, same in options)
    ]


def asks_less(one: Options, other: Options) -> bool:
    """Whether whoever does the other does this as well, and more."""
    return one != other and _asks_at_most(one, other)


def _asks_at_most(one: Options, other: Options) -> bool:
    return all(
        path in other and all(any(mine.within(theirs) for mine in changes) for theirs in other[path])
        for path, changes in one.items()
    )


def combined(fix: Fix, parts: Sequence[Sequence[Options]]) -> list[Options]:
    """One of each part together with a fix; of very many combinations those of the least costly options."""
    room, chosen = MOST_COMBINED, []
    for part in sorted(parts, key=len):
        cheapest = sorted(part, key=cost)[: max(room, 1)]
        room //= max(len(cheapest), 1)
        chosen.append(cheapest)
    first = as_options(fix)
    return [first | {path: known for option in one for path, known in option.items()} for one in itertools.product(*chosen)]


def least(options: Iterable[Options]) -> list[Options]:
    """Those of which no other asks less, with their alternatives put together, the least costly first."""
    found = merged(options)
    kept = [one for one in found if not any(asks_less(other, one) for other in found)]
    return sorted(kept, key=lambda one: (cost(one), len(one), sorted(one)))


def merged(options: Iterable[Options]) -> list[Options]:
    """The same with those put together that differ in one field only and cost the same there."""
    found = list({frozenset((path, *known) for path, known in one.items()): one for one in options}.values())
    before = -1
    while len(found) != before:
        before = len(found)
        for path in sorted({path for one in found for path in one}):
            found = _together(found, path)
    return found


def _together(options: Sequence[Options], path: str) -> list[Options]:
    """Those put together that differ in this field only, where they cost the same there and it is not the less, the better."""
    found: dict[object, Options] = {}
    for number, one in enumerate(options):
        mine = one.get(path)
        key: object = number
        if mine and not mine[0].ordered:
            key = mine[0].effort, frozenset((other, *known) for other, known in one.items() if other != path)
        alike = found.setdefault(key, one)
        if mine and alike is not one:
            found[key] = {**alike, path: sorted({*alike[path], *mine}, key=lambda change: str(change.value))}
    return list(found.values())
