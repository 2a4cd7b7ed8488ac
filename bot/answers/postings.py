"""An immutable inverted index over rows of terms, scored by BM25 with nothing but NumPy."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Row:
    """The distinct terms of one text, how often each stands there, and how many there are."""

    terms: Ints
    counts: Floats
    length: float


EMPTY_ROW = Row(np.zeros(0, np.int32), np.zeros(0, np.float32), 0.0)


def row_of(terms: Iterable[int]) -> Row:
    """Counts the terms of one text."""
    found = np.fromiter(terms, np.int32)
    if not len(found):
        return EMPTY_ROW
    distinct, counts = np.unique(found, return_counts=True)
    return Row(distinct, counts.astype(np.float32), float(len(found)))


class Postings:
    """For each term the rows that hold it, with the share of BM25 that this occurrence earns.

    The rarity of a term (idf) is the caller's, so that several indexes can agree on it.
    """

    def __init__(self, rows: Sequence[Row], vocabulary: int, *, k1: float, b: float) -> None:
        self.rows = len(rows)
        sizes = np.fromiter((len(r.terms) for r in rows), np.int64, len(rows))
        terms = np.concatenate([r.terms for r in rows]) if rows else EMPTY_ROW.terms
        counts = np.concatenate([r.counts for r in rows]) if rows else EMPTY_ROW.counts
        holders = np.repeat(np.arange(len(rows), dtype=np.int32), sizes)
        lengths = np.fromiter((r.length for r in rows), np.float32, len(rows))
        mean = max(float(lengths.mean()) if len(rows) else 0.0, 1.0)
        norm = k1 * (1 - b + b * lengths / mean)
        order = np.argsort(terms, kind="stable")
        self._rows = holders[order]
        self._weights = (counts * (k1 + 1) / (counts + norm[holders])).astype(np.float32)[order]
        self._starts = np.searchsorted(terms[order], np.arange(vocabulary + 1)).astype(np.int32)

    def frequency(self) -> Ints:
        """For each term the number of rows that hold it."""
        return np.diff(self._starts)

    def holders(self, term: int) -> Ints:
        """The rows that hold a term."""
        return self._rows[self._starts[term] : self._starts[term + 1]]

    def score(self, weights: Iterable[tuple[int, float]]) -> Floats:
        """One score a row: the sum over the terms of weight times the occurrence's share."""
        scores = np.zeros(self.rows, np.float32)
        for term, weight in weights:
            span = slice(self._starts[term], self._starts[term + 1])
            scores[self._rows[span]] += np.float32(weight) * self._weights[span]
        return scores
