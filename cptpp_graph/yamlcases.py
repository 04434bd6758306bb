"""Reads YAML event by event: every scalar is a word, and nothing stands for anything but itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from .errors import CptppError, LimitReached, Part, Said, say
from .words import quoted

MOST = 1_300_000  # events: a word is one, a list or a group two
SHALLOW = say("A case needs four levels at most.")
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # the first is twenty times as fast, and not everywhere


class YamlCases:
    """The cases of a text, each with its line, those of a list at the top one by one.

    Scalars come as words, so that NO stays Norway and 00010 keeps its zeros. Aliases, tags and doubled keys are refused.
    """

    def __init__(self, text: str, name: Part, deepest: int) -> None:
        self.name, self.deepest = name, deepest
        self.events = self._events(text)

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                first = next(self.events)
                listed = isinstance(first, yaml.SequenceStartEvent)
                self._check(first, 1)
                for case in self._until(yaml.SequenceEndEvent) if listed else [first]:
                    yield case.start_mark.line + 1, self._value(case, 1 + listed)

    def _events(self, text: str) -> Iterator[Any]:
        try:
            for number, event in enumerate(yaml.parse(text, Loader=LOADER)):
                if number == MOST:
                    raise LimitReached(
                        say("{name} holds more than {most:,} words, lists and groups", name=self.name, most=MOST), "Split it."
                    )
                yield event
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            if "nesting depth" in str(error.problem):  # libyaml's own limit, where it looks far ahead
                raise CptppError(
                    say("{name}:{line}: {wrong}", name=self.name, line=line, wrong=self._too_deep), SHALLOW
                ) from None
            raise CptppError(
                say("{name}:{line}: not YAML: {reason}", name=self.name, line=line, reason=str(error.problem)),
                "Mend the YAML there.",
            ) from None
        except yaml.YAMLError as error:
            raise CptppError(say("{name}: not YAML: {reason}", name=self.name, reason=str(error)), "Mend the YAML.") from None

    def _until(self, end: type[yaml.Event]) -> Iterator[Any]:
        for event in self.events:
            if isinstance(event, end):
                return
            yield event

    def _value(self, event: Any, depth: int) -> Any:
        """The value that an event begins; it uses up the events of what is inside."""
        self._check(event, depth)
        if isinstance(event, yaml.ScalarEvent):
            if _runs_on(event):
                raise self._wrong(
                    event, say("a text goes on over lines, with a colon in it"), say("Quote it, or mend the indent.")
                )
            return event.value
        if isinstance(event, yaml.SequenceStartEvent):
            return [self._value(item, depth + 1) for item in self._until(yaml.SequenceEndEvent)]
        found: dict[str, Any] = {}
        for key in self._until(yaml.MappingEndEvent):
            self._check(key, depth)
            if not isinstance(key, yaml.ScalarEvent):
                raise self._wrong(key, say("a list or a group is no key"), say("Write a word before the colon."))
            if key.value in found:
                raise self._wrong(key, say("the key {key} stands twice", key=quoted(key.value)), say("Keep one of them."))
            found[key.value] = self._value(next(self.events), depth + 1)
        return found

    def _check(self, event: Any, depth: int) -> None:
        if isinstance(event, yaml.AliasEvent):
            raise self._wrong(
                event, say("aliases are not read"), say("Write what *{anchor} stands for.", anchor=str(event.anchor))
            )
        if event.tag:
            raise self._wrong(
                event, say("the tag {tag} is not read", tag=quoted(event.tag)), say("Write the value without a tag.")
            )
        if depth > self.deepest:
            raise self._wrong(event, self._too_deep, SHALLOW)

    @property
    def _too_deep(self) -> Said:
        return say("nested deeper than {most} levels", most=self.deepest)

    def _wrong(self, event: Any, wrong: Said, mend: Said) -> CptppError:
        return CptppError(say("{name}:{line}: {wrong}", name=self.name, line=event.start_mark.line + 1, wrong=wrong), mend)


def _runs_on(event: Any) -> bool:
    """Whether a text without quotes has lines and a colon: it may have swallowed a field that is indented too far."""
    around = 2 if event.style else 0  # of a block, the line of its mark and the one where it has ended
    lines = event.end_mark.line - event.start_mark.line + 1 - around
    return bool(event.style not in ("'", '"') and lines > 1 and ":" in event.value)
