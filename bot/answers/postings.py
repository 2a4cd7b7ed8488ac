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
        terms, counts, holders, lengths = _columns(rows)
        order = np.argsort(terms, kind="stable")
        self._k1, self._b = k1, b
        self._fill((terms[order], counts[order], holders[order]), lengths, vocabulary)

    def with_rows(self, at: int, gone: int, rows: Sequence[Row], vocabulary: int) -> "Postings":
        """The same with `rows` in the place of `gone` rows from `at` on, as if made anew."""
        stays = (self._rows < at) | (self._rows >= at + gone)
        terms, counts, holders = self._terms()[stays], self._counts[stays], self._rows[stays]
        holders = holders + np.int32(len(rows) - gone) * (holders >= at + gone)
        new_terms, new_counts, new_holders, lengths = _columns(rows)
        order = np.argsort(new_terms, kind="stable")
        places = np.searchsorted(terms, new_terms[order], "right")
        other = Postings.__new__(Postings)
        other._k1, other._b = self._k1, self._b
        other._fill(
            (
                np.insert(terms, places, new_terms[order]),
                np.insert(counts, places, new_counts[order]),
                np.insert(holders, places, new_holders[order] + np.int32(at)),
            ),
            np.concatenate([self._lengths[:at], lengths, self._lengths[at + gone :]]),
            vocabulary,
        )
        return other

    def _fill(
        self, held: tuple[Ints, NDArray[np.uint16], Ints], lengths: Floats, vocabulary: int
    ) -> None:
        """From occurrences sorted by term."""
        terms, self._counts, self._rows = held
        self._lengths = lengths
        self.rows = len(lengths)
        self._weights: Floats | None = None
        if self._k1:
            mean = max(float(lengths.mean()) if len(lengths) else 0.0, 1.0)
            norm = (self._k1 * (1 - self._b + self._b * lengths / mean)).astype(np.float32)
            counts = self._counts.astype(np.float32)
            self._weights = counts * np.float32(self._k1 + 1) / (counts + norm[self._rows])
        self._starts = np.searchsorted(terms, np.arange(vocabulary + 1)).astype(np.int32)

    def _terms(self) -> Ints:
        return np.repeat(np.arange(len(self._starts) - 1, dtype=np.int32), np.diff(self._starts))

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


def _columns(rows: Sequence[Row]) -> tuple[Ints, NDArray[np.uint16], Ints, Floats]:
    """Term, count and row of each occurrence, and the length of each row."""
    terms = np.concatenate([np.zeros(0, np.int32), *(r.terms for r in rows)])
    counts = np.concatenate([np.zeros(0, np.uint16), *(r.counts for r in rows)])
    sizes = np.fromiter((len(r.terms) for r in rows), np.int64, len(rows))
    lengths = np.fromiter((r.length for r in rows), np.float32, len(rows))
    return terms, counts, np.repeat(np.arange(len(rows), dtype=np.int32), sizes), lengths
