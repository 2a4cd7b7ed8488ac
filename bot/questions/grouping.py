"""Groups wordings that ask the same thing: by their letters, their words, their meaning.

No database here. Each wording joins the nearest leader that is near enough, else it becomes a
leader itself; so groups do not chain, and one more wording costs one comparison with the leaders.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from bot.questions.likeness import Wording, WordLikeness, vector_rows

Floats = NDArray[np.float32]

SAME_MEANING = 0.92
"""Cosine from which two questions count as one. On pairs of judged municipal questions that share
a correct entry (multilingual-e5-small): three of four such pairs are right, nine of ten related."""
SAME_WORDS = 0.5
"""Cosine of the rarity-weighted words from which two questions count as one, likewise."""
SAME_LETTERS = 85.0
"""Likeness of the letters (rapidfuzz, 0..100) that a slip of the finger leaves."""
_NO_MEANING = 0.8
_SHORTEST = 4
_LOOKED_AT = 5
_WORTH_A_LOOK = 0.5
_BLOCK = 256


@dataclass(frozen=True, slots=True)
class Nearest:
    """A leader, and how near it is: from 1 on it asks the same."""

    leader: int
    nearness: float


def group(wordings: Sequence[Wording], fixed: int = 0) -> list[int]:
    """For each wording the number of its leader in the sequence; a leader names itself.

    The first `fixed` wordings are leaders whatever they say. The rest are taken in order, so put
    first what is asked most. Time grows with wordings × leaders, memory with the wordings:
    20,000 wordings need some 100 MB beside their vectors.
    """
    return _Grouping(wordings).run(fixed)


def nearest(wordings: Sequence[Wording], fixed: int, most: int) -> list[list[Nearest]]:
    """For each wording after the first `fixed`, the `most` nearest of those, best first."""
    grouping = _Grouping(wordings)
    grouping.lead_all(fixed)
    found = []
    for number in range(fixed, len(wordings)):
        near = grouping.nearness(number, grouping.meaning(number))
        best = np.argsort(-near, kind="stable")[:most]
        found.append([Nearest(int(at), float(near[at])) for at in best])
    return found


class _Grouping:
    def __init__(self, wordings: Sequence[Wording]) -> None:
        self._wordings = wordings
        self._words = WordLikeness([wording.words for wording in wordings])
        self._vectors = vector_rows(wordings)
        self._leaders = np.zeros(len(wordings), np.int32)
        self._meanings = np.zeros((len(wordings), self._vectors.shape[1]), np.float32)
        self._count = 0
        self._by_key: dict[str, int] = {}

    def run(self, fixed: int) -> list[int]:
        """See `group`."""
        self.lead_all(fixed)
        joined = list(range(len(self._wordings)))
        for start in range(fixed, len(self._wordings), _BLOCK):
            end = min(start + _BLOCK, len(self._wordings))
            known = self._count
            block = self._vectors[start:end].astype(np.float32)
            meaning = block @ self._meanings[:known].T
            for number in range(start, end):
                own = block[number - start]
                newer = self._meanings[known : self._count] @ own
                joined[number] = self._join(
                    number, np.concatenate([meaning[number - start], newer])
                )
        return joined

    def lead_all(self, fixed: int) -> None:
        """Makes the first `fixed` wordings leaders."""
        for number in range(fixed):
            self._lead(number)

    def meaning(self, number: int) -> Floats:
        """The cosine of a wording with each leader; 0 where one has no vector."""
        own: Floats = self._vectors[number].astype(np.float32)
        return np.asarray(self._meanings[: self._count] @ own, np.float32)

    def nearness(self, number: int, meaning: Floats) -> Floats:
        """How near each leader is to a wording by meaning or words, whichever says more."""
        leaders = self._leaders[: self._count]
        meant = (meaning - np.float32(_NO_MEANING)) / np.float32(SAME_MEANING - _NO_MEANING)
        worded = self._words.with_all(number)[leaders] / np.float32(SAME_WORDS)
        near: Floats = np.maximum(np.maximum(meant, worded), np.float32(0))
        return near

    def _join(self, number: int, meaning: Floats) -> int:
        same = self._by_key.get(self._wordings[number].key)
        if same is not None:
            return same
        if self._count:
            near = self.nearness(number, meaning)
            best = int(near.argmax())
            if near[best] >= 1:
                return int(self._leaders[best])
            slipped = self._slip_of(number, near)
            if slipped is not None:
                return slipped
        self._lead(number)
        return number

    def _slip_of(self, number: int, near: Floats) -> int | None:
        key = self._wordings[number].key
        if len(key) < _SHORTEST:
            return None
        most = min(_LOOKED_AT, self._count)
        for at in np.argpartition(-near, most - 1)[:most]:
            leader = int(self._leaders[at])
            if near[at] >= _WORTH_A_LOOK and (
                fuzz.ratio(key, self._wordings[leader].key) >= SAME_LETTERS
            ):
                return leader
        return None

    def _lead(self, number: int) -> None:
        self._leaders[self._count] = number
        self._meanings[self._count] = self._vectors[number]
        self._count += 1
        self._by_key.setdefault(self._wordings[number].key, number)
