"""Recognises anger without a question; see content/anger.toml."""

import re
from collections.abc import Iterable, Mapping
from typing import Self

from handlers.chat.typed import fold

_READ_AT_MOST = 120
"""Characters: who writes more tells something."""


class Anger:
    """Words of anger, and what may stand beside them."""

    def __init__(self, phrases: Iterable[str], around: Iterable[str]) -> None:
        self._phrases = _any_of(phrases)
        self._nothing_else = re.compile(f"(?:{_any_of([*phrases, *around]).pattern})+")

    @classmethod
    def from_toml(cls, held: Mapping[str, Iterable[str]]) -> Self:
        """As `content/anger.toml` holds them."""
        return cls(tuple(held["phrases"]), tuple(held["around"]))

    def is_all(self, said: str) -> bool:
        """Whether a message is anger and nothing else: it asks nothing that could be looked for."""
        if len(said) > _READ_AT_MOST:
            return False
        folded = fold(said)
        return bool(self._phrases.search(folded) and self._nothing_else.fullmatch(folded))


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted({fold(word) for word in words}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)))
