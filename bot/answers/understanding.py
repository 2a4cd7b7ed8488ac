"""Reads a question as the knowledge would write it, and finds what in it is asked."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.answers.folding import fold
from bot.answers.padding import Padding, opening, sentences
from bot.answers.sounding import Sounds
from bot.answers.spelling import Speller
from bot.answers.words import WordCutter

_SAYS_LITTLE = 0.35
_OPENS_WITH_LITTLE = 0.25


@dataclass(frozen=True, slots=True)
class Reading:
    """A question folded, the same in the knowledge's spelling, and its part that asks."""

    folded: str
    spelled: str
    core: str


class Reader:
    """Rewrites questions with the spellings of one state of the knowledge."""

    def __init__(
        self, sounds: Sounds, speller: Speller, padding: Padding, cutter: WordCutter
    ) -> None:
        self._sounds = sounds
        self._speller = speller
        self._padding = padding
        self._cutter = cutter

    def read(self, text: str, says: Callable[[str], float]) -> Reading:
        """The reading of a text; `says` tells how much of what the knowledge knows a part holds."""
        folded = fold(text)
        spelled = self._sounds.write(self._padding.without_opening(folded))
        spelled = self._speller.repair(spelled, self._cutter.cut(spelled))
        return Reading(folded, spelled, self._core(spelled, says))

    def _core(self, text: str, says: Callable[[str], float]) -> str:
        """The text without sentences, and without an opening clause, that say little beside the
        rest. Greetings and excuses nobody listed fall away so; a question never does."""
        parts = sentences(text)
        if len(parts) > 1:
            said = [says(self._padding.bare(part.text)) for part in parts]
            enough = _SAYS_LITTLE * max(said)
            parts = [
                part
                for part, much in zip(parts, said, strict=True)
                if (much and much >= enough) or (part.asks and self._padding.bare(part.text))
            ] or parts
        first, rest = opening(parts[0].text)
        if first and says(self._padding.bare(first)) < _OPENS_WITH_LITTLE * says(rest):
            return rest + "".join(part.text for part in parts[1:])
        return "".join(part.text for part in parts)
