"""Finds the words for residents by name, fills their blanks, and speaks in the chosen style."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.residents.rules import Style


@dataclass(frozen=True, slots=True)
class Text:
    """One text as it stands in content: for everyone, and in やさしい日本語 where written."""

    plain: str
    easy: str | None = None


class UnknownText(KeyError):
    """The code names a text that content does not have; an architecture test finds it first."""


class Texts:
    """All texts of `content/texts`, by names such as "ask.unanswered"."""

    def __init__(self, held: Mapping[str, Text]) -> None:
        self._held = dict(held)

    @classmethod
    def read(cls, folder: Path) -> "Texts":
        """Reads every TOML file of the folder; a file's name is the first part of the name."""
        held: dict[str, Text] = {}
        for file in sorted(folder.glob("*.toml")):
            for key, value in tomllib.loads(file.read_text(encoding="utf-8")).items():
                held[f"{file.stem}.{key}"] = _text(value)
        return cls(held)

    def find(self, name: str) -> Text:
        """The text of that name. Raises UnknownText."""
        try:
            return self._held[name]
        except KeyError as absent:
            raise UnknownText(name) from absent

    def names(self) -> frozenset[str]:
        """All names."""
        return frozenset(self._held)


def _text(value: Any) -> Text:
    if isinstance(value, str):
        return Text(plain=value.strip())
    easy = value.get("easy")
    return Text(plain=value["text"].strip(), easy=easy.strip() if easy else None)


Reader = Callable[[str], str]
"""Adds readings in （） after words written in kanji."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Speaks to one resident in the style they chose."""

    texts: Texts
    style: Style = Style.PLAIN
    add_readings: Reader = str

    def say(self, name: str, /, **blanks: object) -> str:
        """The text `name` with its blanks filled, in the resident's style.

        Raises UnknownText, or KeyError for a blank that is not given.
        """
        text = self.texts.find(name)
        plain, easy = (
            words.format(**blanks) if words and blanks else words
            for words in (text.plain, text.easy)
        )
        return self.choose(plain or "", easy)

    def label(self, name: str, /, **blanks: object) -> str:
        """A button's words: never longer for readings, since a label must stay short."""
        chosen = self.texts.find(name).plain
        return chosen.format(**blanks) if blanks else chosen

    def read(self, words: str) -> str:
        """Words that come from knowledge, with readings for those who asked for them.

        With やさしい日本語 too: what is not written easily yet can be read at least.
        """
        return words if self.style is Style.PLAIN else self.add_readings(words)

    def choose(self, plain: str, easy: str | None) -> str:
        """The easy version for those who asked for やさしい日本語, where there is one."""
        return easy if self.style is Style.EASY and easy else self.read(plain)
