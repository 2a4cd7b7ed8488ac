"""Recognises a message in another language than Japanese; see content/other-languages.toml."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, Self

from bot.speech.language_cards import Language

_JAPANESE = re.compile(r"[ぁ-ゖァ-ヺｦ-ﾝ]")
_WORD = re.compile(r"[^\W\d_]+")


class OtherLanguages:
    """The languages that residents write besides Japanese, told by their words and letters."""

    def __init__(self, held: Iterable[Mapping[str, Any]]) -> None:
        self._languages = [Language(e["key"], e["said"], e["easy"], e["call"]) for e in held]
        self._words = [frozenset(entry.get("words", ())) for entry in held]
        self._signs = [_signs(entry) for entry in held]

    @classmethod
    def from_toml(cls, held: Mapping[str, Any]) -> Self:
        """As `content/other-languages.toml` holds them."""
        return cls(tuple(held["language"]))

    def of(self, said: str) -> Language | None:
        """The language of a message; None for Japanese, and for words that tell none.

        Names such as Wi-Fi, and Japanese in Latin letters, tell none.
        """
        text = unicodedata.normalize("NFKC", said).lower()
        if _JAPANESE.search(text):
            return None
        for language, signs in zip(self._languages, self._signs, strict=True):
            if signs is not None and signs.search(text):
                return language
        words = set(_WORD.findall(text))
        counts = [len(known & words) for known in self._words]
        most = max(counts, default=0)
        return self._languages[counts.index(most)] if most else None


def _signs(entry: Mapping[str, Any]) -> re.Pattern[str] | None:
    signs = [*map(re.escape, entry.get("parts", ())), *filter(None, [entry.get("letters")])]
    return re.compile("|".join(signs)) if signs else None
