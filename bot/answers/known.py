"""Finds questions that the knowledge already holds word for word, or as good as."""

import re
from collections.abc import Sequence

from rapidfuzz import fuzz, process

from bot.answers.folding import squeeze
from bot.answers.preparing import PreparedEntry

_NEAR = 94.0
_SHORTEST = 8
_HIRAGANA = re.compile(r"[ぁ-ゖー]+")


class KnownWordings:
    """Every way of asking, squeezed to its letters, with the entries that hold it."""

    def __init__(self, entries: Sequence[PreparedEntry]) -> None:
        self._holders: dict[str, set[int]] = {}
        for number, entry in enumerate(entries):
            for text in entry.squeezed:
                self._holders.setdefault(text, set()).add(number)

    def exact(self, *texts: str) -> set[int]:
        """The entries that hold one of the texts, punctuation, width and case aside."""
        for text in texts:
            found = self._holders.get(squeeze(text))
            if found:
                return found
        return set()

    def near(self, text: str) -> set[int]:
        """The entries that hold the text but for a slip in its hiragana."""
        wanted = squeeze(text)
        if len(wanted) < _SHORTEST:
            return set()
        found = process.extractOne(
            wanted, self._holders.keys(), scorer=fuzz.ratio, score_cutoff=_NEAR
        )
        if found is None or _HIRAGANA.sub("", found[0]) != _HIRAGANA.sub("", wanted):
            return set()  # 転入届 and 転出届 are one character apart
        return self._holders[found[0]]
