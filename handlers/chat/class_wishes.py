"""Recognises, in the patterns of the content, who wants to book, see or give up a class."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Self

from bot.classes.naming import read_code
from handlers.chat.typed import fold

_LONGEST = 40
_STOPS = "。．！!"
_PART = re.compile(r"<([a-z]+)>")


class Wish(StrEnum):
    """What a message about a class can want. WHAT_DAY and GIVE_UP are about a booking there is."""

    CODE = "code"
    BOOK = "book"
    SEE = "see"
    AT_WHAT_TIME = "at_what_time"
    WHAT_DAY = "what_day"
    GIVE_UP = "give_up"


class ClassWishes:
    """All patterns, each tried against a whole message."""

    def __init__(self, patterns: Mapping[str, re.Pattern[str]]) -> None:
        self._patterns = patterns

    @classmethod
    def from_toml(cls, held: Mapping[str, Any]) -> Self:
        """Reads what `content/class-wishes.toml` holds.

        Raises KeyError for a missing part and re.error for a bad pattern; both stop the start.
        """
        parts = held["part"]

        def written(pattern: str) -> str:
            return _PART.sub(lambda found: f"(?:{parts[found[1]]})", pattern)

        return cls(
            {
                name: re.compile("|".join(map(written, patterns)))
                for name, patterns in held["wish"].items()
            }
        )

    def heard(self, said: str) -> Wish | None:
        """The wish that a message is and nothing else; None for a question or anything else."""
        if len(said) > _LONGEST:
            return None
        if self.code_in(said) is not None:
            return Wish.CODE
        folded = fold(said)
        for wish in (Wish.BOOK, Wish.SEE, Wish.AT_WHAT_TIME, Wish.WHAT_DAY):
            if self._patterns[wish].fullmatch(folded):
                return wish
        gives_up = self._patterns[Wish.GIVE_UP].fullmatch(folded)
        return Wish.GIVE_UP if gives_up and self._patterns["names_it"].search(folded) else None

    def code_in(self, said: str) -> str | None:
        """The eight digits of a message that is the code of a 控え and nothing else."""
        found = self._patterns[Wish.CODE].fullmatch(said.strip().rstrip(_STOPS))
        return None if found is None else read_code(found[1])
