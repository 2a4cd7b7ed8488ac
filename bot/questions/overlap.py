"""Finds among thousands of texts, fast and roughly, those that some others could have to do with.

By pairs of neighbouring characters and by vectors; a sieve before the engine, never a verdict.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.questions.likeness import Floats

_SHIFT = 21
"""Bits a code point needs, and the number of a text: three of them fit a signed 64-bit number."""
_HOLDER = (1 << _SHIFT) - 1


class Pairs:
    """The pairs of neighbouring characters of many texts, each weighted by its rarity."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._count = len(texts)
        codes, holders = _pairs(texts)
        held = np.unique((codes << _SHIFT) | holders)  # sorted by pair, one number each
        self._codes, self._holders = held >> _SHIFT, held & _HOLDER
        _, at, found = np.unique(self._codes, return_inverse=True, return_counts=True)
        rarity = np.log1p(self._count / np.maximum(found, 1)) if len(found) else np.zeros(0)
        self._weights = rarity[at] if len(found) else np.zeros(0)
        self._whole = np.bincount(self._holders, weights=self._weights, minlength=self._count)

    def covered(self, by: Sequence[str]) -> Floats:
        """How much of each text stands in one of the others, 0..1, rare pairs counting more."""
        best = np.zeros(self._count)
        for text in by:
            wanted = np.unique(_pairs([text])[0])
            begins = np.searchsorted(self._codes, wanted, "left")
            ends = np.searchsorted(self._codes, wanted, "right")
            spans = [np.arange(*span) for span in zip(begins, ends, strict=True)]
            inside = np.concatenate(spans) if spans else _NONE
            shared = np.bincount(
                self._holders[inside], weights=self._weights[inside], minlength=self._count
            )
            best = np.maximum(best, shared / np.maximum(self._whole, 1e-9))
        return best.astype(np.float32)


def meaning(rows: NDArray[np.float16], wanted: NDArray[np.float16]) -> Floats:
    """The highest cosine of each row of unit vectors with one of the wanted ones."""
    if not len(wanted) or not rows.shape[1]:
        return np.zeros(len(rows), np.float32)
    best = np.zeros(len(rows), np.float32)
    targets = wanted.astype(np.float32).T
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK].astype(np.float32)
        best[start : start + _BLOCK] = (block @ targets).max(axis=1)
    return best


def highest(scores: Floats, most: int) -> list[int]:
    """The places of the highest scores above zero, best first."""
    best = np.argsort(-scores, kind="stable")[:most]
    return [int(place) for place in best if scores[place] > 0]


_BLOCK = 4096
_NONE = np.zeros(0, np.int64)


def _pairs(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    whole = "".join(text + "\n" for text in texts)
    codes = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.int64)
    if len(codes) < 2:
        return _NONE, _NONE
    ends = codes == ord("\n")
    holders = np.cumsum(ends) - ends
    inside = ~(ends[:-1] | ends[1:])
    return ((codes[:-1] << _SHIFT) | codes[1:])[inside], holders[:-1][inside]
