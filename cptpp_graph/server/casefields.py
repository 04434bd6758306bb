"""The fields of a case as a page shows them: label, question, what to choose from, what is stated, what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..catalogue import shipped
from ..errors import Lines
from ..intake import field_table
from ..interview import NONE, START, UNKNOWN
from ..terms import LANGUAGES, NS, expand
from .site import Site, said, say

__all__ = ["NONE", "START", "UNKNOWN", "Fields", "Shown"]

if TYPE_CHECKING:
    from ..lexicon import Lexicon

TITLE_OF = {"offer.occupation": "offer.jobTitle"}  # the title of the job stands beside its code, which it helps to find
PICK = "pick."
MOST_FOUND = 14
LONGEST_SEARCHED = 200


@dataclass(slots=True)
class Shown:
    """A field. options: (word, label) to choose from; words: those stated; other: what is stated beside the options."""

    path: str
    about: dict[str, Any]
    label: str
    question: str
    hint: str
    options: list[tuple[str, str]]
    words: list[str]
    stated: str
    error: Lines[str] | None = None
    title: Shown | None = None
    candidates: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    searched: bool = False

    @property
    def many(self) -> bool:
        return "mostItems" in self.about

    @property
    def other(self) -> list[str]:
        known = {word for word, _ in self.options} | {UNKNOWN, NONE}
        return [word for word in self.words if word not in known]


class Fields:
    """The fields of a kind of case in one language. Each is given out once, lest a form state it twice."""

    def __init__(
        self, site: Site, kind: str, cells: dict[str, str], errors: dict[str, Lines[str]], lang: str, search: bool
    ) -> None:
        self.site, self.kind, self.cells, self.errors, self.lang, self.search = site, kind, cells, errors, lang, search
        self.lexicon: Lexicon = site.kg.lexicon
        self.table = {path: one for path, one in field_table(kind).items() if "fields" not in one}
        self.left = [path for path in self.table if path not in TITLE_OF.values()]

    def take(self, paths: Iterable[str]) -> list[Shown]:
        """Those of these fields that were not given out yet."""
        owners = {title: path for path, title in TITLE_OF.items()}
        wanted = dict.fromkeys(owners.get(path, path) for path in paths)
        found = [path for path in wanted if path in self.left]
        self.left = [path for path in self.left if path not in found]
        return [self._shown(path) for path in found]

    def groups(self) -> list[tuple[str, list[Shown]]]:
        """The fields that are left, by group."""
        left = list(self.left)
        names = dict.fromkeys(path.rpartition(".")[0] for path in left)
        return [(self._group(name), self.take([path for path in left if path.rpartition(".")[0] == name])) for name in names]

    # -------------------------------------------------------------- one field

    def _shown(self, path: str) -> Shown:
        about, cell = self.table[path], self.cells.get(path, "")
        words = [word.strip() for word in cell.split(";") if word.strip()] if "mostItems" in about else [cell] if cell else []
        options = self._options(about)
        shown = Shown(
            path=path,
            about=about,
            label=self._label(path),
            question=say(f"assess.ask-{path}", self.lang),
            hint=said(f"assess.hint-{path}", self.lang) or self._expects(about),
            options=options,
            words=[word if word in dict(options) else self._named(word, about) for word in words],
            stated=", ".join(dict(options).get(word) or self._stated(path, word) for word in words),
            error=self.errors.get(path),
        )
        if path in TITLE_OF:
            shown.title = self._shown(TITLE_OF[path])
            self._find(shown)
        return shown

    def _label(self, path: str) -> str:
        """The label of the property, after that of its group where it stands in several groups."""
        same = [one for one in self.table.values() if one["property"] == self.table[path]["property"]]
        label = said(f"assess.label-{path}", self.lang) or self.lexicon.label(expand(self.table[path]["property"]), self.lang)
        return _capital(f"{self._group(path.rpartition('.')[0])}, {label}" if len(same) > 1 else label)

    def _group(self, path: str) -> str:
        if not path:
            return say("assess.group-case", self.lang)
        return _capital(self.lexicon.label(expand(field_table(self.kind)[path]["property"]), self.lang))

    def _expects(self, about: dict[str, Any]) -> str:
        typed_in = about["type"] in ("integer", "number", "occupation")
        return str(about["expects"][self.lang]) if typed_in else ""

    def _options(self, about: dict[str, Any]) -> list[tuple[str, str]]:
        match about["type"]:
            case "boolean":
                return [("true", say("assess.yes", self.lang)), ("false", say("assess.no", self.lang))]
            case "code":
                return [(word, self._value(about, word)) for word in about["values"]]
            case "province":
                return sorted(self.site.words_of("province", self.lang), key=lambda option: option[1])
            case "country" if "mostItems" in about:
                return sorted(self.site.words_of("party", self.lang), key=lambda option: option[1])
        return []

    def _value(self, about: dict[str, Any], word: str) -> str:
        name = f"assess.value-{about['key']}-{word}"
        return _capital(self.lexicon.label(NS + word, self.lang) if about["named"] else say(name, self.lang))

    def _stated(self, path: str, word: str) -> str:
        if word in (UNKNOWN, NONE):
            return self.special(path, word)
        if self.table[path]["type"] == "occupation" and path not in self.errors:
            return f"{word} {self.site.kg.ask('occupation-profile', occupation=word, lang=self.lang)[0].title}"
        return self._named(word, self.table[path])

    def special(self, path: str, word: str) -> str:
        """What not known, or none, is called for a field."""
        name = "unknown" if word == UNKNOWN else "none"
        return said(f"assess.{name}-{path}", self.lang) or say(f"assess.{name}", self.lang)

    # -------------------------------------------------------------- countries and codes

    @cached_property
    def countries(self) -> dict[str, str]:
        """Country codes to names."""
        place = LANGUAGES.index(self.lang) + 1
        known = {code: str(names[place]) for code, names in shipped()["countries"].items()}
        return known | dict(self.site.words_of("party", self.lang))

    def _named(self, word: str, about: dict[str, Any]) -> str:
        """A country by its name; other words as they are."""
        return self.countries.get(word, word) if about["type"] == "country" else word

    def _find(self, shown: Shown) -> None:
        """Codes with a title like that of the job, by edition, where no code is stated or they are asked for."""
        title = self.cells.get(TITLE_OF[shown.path], "")
        if title and title != UNKNOWN and (self.search or not shown.words):
            shown.searched = True
            for row in self.site.kg.find(title[:LONGEST_SEARCHED], limit=MOST_FOUND):
                shown.candidates.setdefault(str(row.edition), []).append((f"noc{row.edition}:{row.code}", str(row.title)))


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]
