"""Repairs slips of the finger in a question against the knowledge's own words."""

import re
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA, Levenshtein

from bot.answers.words import Word

_SHORTEST = 3
_LONGEST = 10
_SURE = 3
_CONSIDERED = 12
_TELLING = re.compile(r"[一-龥々ァ-ヺーa-z]")
Pairs = NDArray[np.uint32]


def pairs_in(text: str) -> Pairs:
    """Each two neighbouring characters of a text as one number, sorted, each once."""
    codes = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), np.uint16).astype(np.uint32)
    return np.unique(codes[:-1] << 16 | codes[1:])


class Speller:
    """Knows which neighbouring characters occur in the knowledge, and its longer words.

    A question is touched only where two characters stand together that never do so in the
    knowledge, and only when one slip (a character missing, doubled, swapped or wrong) leads
    from there to a word of the knowledge.
    """

    def __init__(self, words: Iterable[str], pairs: Pairs) -> None:
        self._pairs = pairs
        self._words: dict[str, list[str]] = {}
        for word in words:
            if _SHORTEST <= len(word) <= _LONGEST and len(_TELLING.findall(word)) >= 2:
                for start in range(len(word) - 1):
                    self._words.setdefault(word[start : start + 2], []).append(word)

    def repair(self, folded: str, words: Sequence[Word]) -> str:
        """The text with its slips repaired; a text without any comes back as it is.

        `words` are the words of the text. A slip breaks a word up: where none of them is a
        single kanji or katakana, nothing is strange.
        """
        broken = _broken_places(words)
        at = 0
        while at < len(folded) - 1:
            if broken & {at - 1, at, at + 1, at + 2} and self._is_strange(folded[at : at + 2]):
                repaired = self._repair_at(folded, at, broken)
                if repaired is not None:
                    folded, at = repaired
            at += 1
        return folded

    def _is_strange(self, pair: str) -> bool:
        if not _TELLING.search(pair):
            return False
        code = pairs_in(pair)
        if len(code) != 1:
            return False
        place = int(np.searchsorted(self._pairs, code[0]))
        return place == len(self._pairs) or self._pairs[place] != code[0]

    def _is_out_of_place(self, text: str, places: set[int]) -> bool:
        """Whether a character fits neither the one before nor the one behind it."""
        return all(
            (p == 0 or self._is_strange(text[p - 1 : p + 1]))
            and (p + 2 > len(text) or self._is_strange(text[p : p + 2]))
            for p in places
        )

    def _repair_at(self, text: str, at: int, broken: set[int]) -> tuple[str, int] | None:
        """The text with the best word put over the strange pair, and where that word ends."""
        near = (text[i : i + 2] for i in range(max(0, at - 2), at + 4) if i != at)
        words = sorted({word for pair in near for word in self._words.get(pair, ())})
        best: tuple[int, int, int, str] | None = None
        for start, end in _windows(len(text), at):
            window = text[start:end]
            found = process.extract(
                window, words, scorer=OSA.distance, score_cutoff=1, limit=_CONSIDERED
            )
            for word, distance, _ in found:
                rank = len(word) - (2 if _is_other(window, word) else 0)
                if distance != 1 or rank < _SURE or (best and rank <= best[0]) or word in text:
                    continue
                touched = {start + edit.src_pos for edit in Levenshtein.editops(window, word)}
                if not any({p - 1, p, p + 1} & broken for p in touched):
                    continue
                if _is_other(window, word) and not self._is_out_of_place(text, touched):
                    continue
                best = (rank, start, end, word)
        if best is None:
            return None
        _, start, end, word = best
        return text[:start] + word + text[end:], start + len(word) - 1


def _is_other(window: str, word: str) -> bool:
    """Whether a character was replaced, which is weaker evidence than a swap or a gap."""
    return len(window) == len(word) and sorted(window) != sorted(word)


def _broken_places(words: Sequence[Word]) -> set[int]:
    places, at = set(), 0
    for word in words:
        if len(word.surface) == 1 and _TELLING.match(word.surface):
            places.add(at)
        at += len(word.surface)
    return places


def _windows(length: int, at: int) -> Iterator[tuple[int, int]]:
    """All stretches of a text that hold the pair at `at` and could be a word with one slip."""
    for start in range(max(0, at - _LONGEST), at + 1):
        for end in range(at + 2, min(length, start + _LONGEST + 1) + 1):
            if end - start >= _SHORTEST - 1:
                yield start, end
