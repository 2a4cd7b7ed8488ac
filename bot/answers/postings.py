"""An immutable inverted index over rows of terms, scored by BM25 with nothing but NumPy."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Terms = Sequence[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Row:
    """The distinct terms of one text, how often each stands there, and how many there are."""

    terms: Ints
    counts: NDArray[np.uint16]
    length: int


def row_of(terms: Iterable[int]) -> Row:
    """Counts the terms of one text."""
    found = np.fromiter(terms, np.int32)
    distinct, counts = np.unique(found, return_counts=True)
    return Row(distinct, counts.astype(np.uint16), len(found))


def union_of(rows: Sequence[Row]) -> Row:
    """The terms of several texts, each counted once."""
    distinct = np.unique(np.concatenate([row.terms for row in rows]))
    return Row(distinct, np.ones(len(distinct), np.uint16), len(distinct))


class Postings:
    """For each term the rows that hold it, with the share of BM25 that this occurrence earns.

    The rarity of a term (idf) is the caller's, so that several indexes can agree on it.
    With `k1` 0 an occurrence earns 1 however often the term stands there.
    """

    def __init__(self, rows: Sequence[Row], vocabulary: int, *, k1: float, b: float) -> None:
        self.rows = len(rows)
        none = np.zeros(0, np.int32)
        terms = np.concatenate([none, *(r.terms for r in rows)])
        counts = np.concatenate([none, *(r.counts for r in rows)]).astype(np.float32)
        sizes = np.fromiter((len(r.terms) for r in rows), np.int64, len(rows))
        lengths = np.fromiter((r.length for r in rows), np.float32, len(rows))
        holders = np.repeat(np.arange(len(rows), dtype=np.int32), sizes)
        mean = max(float(lengths.mean()) if len(rows) else 0.0, 1.0)
        norm = (k1 * (1 - b + b * lengths / mean)).astype(np.float32)
        order = np.argsort(terms, kind="stable")
        self._rows: Ints = holders[order]
        self._weights: Floats | None = None
        if k1:
            weights = counts * np.float32(k1 + 1) / (counts + norm[holders])
            self._weights = weights[order]
        self._starts = np.searchsorted(terms[order], np.arange(vocabulary + 1)).astype(np.int32)

    def frequency(self) -> Ints:
        """For each term the number of rows that hold it."""
        return np.diff(self._starts)

    def score(self, terms: Terms) -> Floats:
        """One score a row: the sum over the terms of weight times the occurrence's share."""
        scores = np.zeros(self.rows, np.float32)
        for term, weight in terms:
            span = slice(self._starts[term], self._starts[term + 1])
            share = 1 if self._weights is None else self._weights[span]
            scores[self._rows[span]] += np.float32(weight) * share
        return scores
