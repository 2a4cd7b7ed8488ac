"""What of a question is compared: its letters, its rare words, and the vector of its meaning."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.answers.folding import fold, squeeze
from bot.answers.words import WordCutter

Floats = NDArray[np.float32]

_PRIOR = 20
"""Texts that are imagined beside the few there are at first, so that no word counts as common."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A question as it is compared; `vector` is float16 (little endian), None without a model."""

    key: str
    words: tuple[str, ...]
    vector: bytes | None = None


def wording(cutter: WordCutter, text: str) -> Wording:
    """The wording of a text, without its meaning."""
    return Wording(squeeze(text), words_in(cutter, text))


def words_in(cutter: WordCutter, text: str) -> tuple[str, ...]:
    """The words that say what a text is about, in their base form, each once."""
    return tuple(dict.fromkeys(w.base for w in cutter.cut(fold(text)) if w.content))


def vector_rows(wordings: Sequence[Wording]) -> NDArray[np.float16]:
    """One unit vector a row; a row of zeros where there is none, or one of another model's size."""
    sizes = Counter(len(w.vector) // 2 for w in wordings if w.vector)
    size = sizes.most_common(1)[0][0] if sizes else 0
    rows = np.zeros((len(wordings), size), np.float16)
    for number, held in enumerate(wordings):
        if held.vector and len(held.vector) == 2 * size:
            row = np.frombuffer(held.vector, "<f2").astype(np.float32)
            length = float(np.linalg.norm(row))
            if length > 0 and math.isfinite(length):
                rows[number] = row / length
    return rows


class WordLikeness:
    """The rarity-weighted cosine between the words of texts, by an inverted index."""

    def __init__(self, texts: Sequence[Iterable[str]]) -> None:
        numbers: dict[str, int] = {}
        rows = [[numbers.setdefault(word, len(numbers)) for word in words] for words in texts]
        sizes = np.fromiter((len(row) for row in rows), np.int64, len(rows))
        terms = np.fromiter((term for row in rows for term in row), np.int64, int(sizes.sum()))
        holders = np.repeat(np.arange(len(rows)), sizes)
        found = np.bincount(terms, minlength=len(numbers))
        rarity = np.log1p((len(rows) + _PRIOR) / (found + 1.0))
        weights = rarity[terms]
        lengths = np.sqrt(np.bincount(holders, weights=weights**2, minlength=len(rows)))
        weights = (weights / np.maximum(lengths[holders], 1e-9)).astype(np.float32)
        order = np.argsort(terms, kind="stable")
        self._count = len(rows)
        self._terms, self._weights = terms, weights
        self._begins = np.concatenate([[0], np.cumsum(sizes)])
        self._holders = holders[order].astype(np.int32)
        self._shares = weights[order]
        self._spans = np.searchsorted(terms[order], np.arange(len(numbers) + 1))

    def with_all(self, number: int) -> Floats:
        """The likeness of a text with every text, 0..1."""
        likeness = np.zeros(self._count, np.float32)
        for at in range(self._begins[number], self._begins[number + 1]):
            term = self._terms[at]
            span = slice(self._spans[term], self._spans[term + 1])
            likeness[self._holders[span]] += self._weights[at] * self._shares[span]
        return likeness
