"""All entries prepared for asking: immutable, so that any number of threads may read it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.answers.padding import Padding
from bot.answers.postings import Floats, Postings, Row, Terms
from bot.answers.preparing import PreparedEntry, PreparedQuestion, Text, Vocabularies
from bot.answers.sounding import Sounds
from bot.answers.spelling import Speller
from bot.answers.understanding import Reader
from bot.answers.vocabulary import Vocabulary
from bot.answers.words import word_cutter

_COMMON = 0.2
_UNKNOWN_WORD = 6.0
_UNIT = 15.0
_FITTED_ON = 1786
_SMALLEST = 50


class View:
    """One way of comparing: the ways of asking and the answers, with the rarity of each term."""

    def __init__(
        self, entries: Sequence[PreparedEntry], vocabulary: Vocabulary, row: Callable[[Text], Row]
    ) -> None:
        self._row = row
        size = len(vocabulary)
        asked = [[row(text) for text in entry.asked] for entry in entries]
        answered = [row(entry.answered) for entry in entries]
        self.anywhere = Postings([row(entry.anywhere) for entry in entries], size, k1=0.0, b=0.0)
        self.asked = Postings([r for rows in asked for r in rows], size, k1=0.8, b=0.5)
        self.answered = Postings(answered, size, k1=1.2, b=0.4)
        self._learn_rarity()

    def with_entry(self, change: "Replaced", size: int) -> "View":
        """The same with one entry put, replaced or removed."""
        row, new = self._row, [change.new] if change.new else []
        old = 0 if change.old is None else 1
        view = View.__new__(View)
        view._row = row
        view.anywhere = self.anywhere.with_rows(
            change.place, old, [row(one.anywhere) for one in new], size
        )
        view.answered = self.answered.with_rows(
            change.place, old, [row(one.answered) for one in new], size
        )
        asked = [row(text) for one in new for text in one.asked]
        gone = 0 if change.old is None else len(change.old.asked)
        view.asked = self.asked.with_rows(change.asked_at, gone, asked, size)
        view._learn_rarity()
        return view

    def _learn_rarity(self) -> None:
        found, entries = self.anywhere.frequency(), self.anywhere.rows
        self._rarity = np.log1p((entries - found + 0.5) / (found + 0.5)).astype(np.float32)

    def weighted(self, terms: Terms) -> list[tuple[int, float]]:
        """Terms with their rarity, without those that are newer than this index or in nearly
        every entry."""
        size = len(self._rarity)
        rare = [(t, w, float(self._rarity[t])) for t, w in terms if t < size]
        return [(t, w * r) for t, w, r in rare if r >= _COMMON]

    def newer(self, terms: Terms) -> int:
        """How many of a question's own terms another engine has learnt since this index."""
        return sum(term >= len(self._rarity) and weight >= 1 for term, weight in terms)


@dataclass(frozen=True, slots=True)
class Replaced:
    """One entry at a place, and where its ways of asking begin: `old` None for one that is new,
    `new` None for one that goes."""

    place: int
    asked_at: int
    old: PreparedEntry | None
    new: PreparedEntry | None


@dataclass(frozen=True, slots=True)
class Features:
    """How well each entry fits a question, one array a feature (see `weighing`).

    `telling` is how much the words of answers count, 1 where no entry has other wordings.
    """

    asked: Floats
    known: Floats
    written: Floats
    heard: Floats
    brevity: Floats
    telling: float = 1.0


class Index:
    """Describes how well each entry fits a question by its words, characters and sounds."""

    def __init__(
        self, entries: Sequence[PreparedEntry], vocabularies: Vocabularies, padding: Padding
    ) -> None:
        self._words = View(entries, vocabularies.words, lambda text: text.words)
        self._characters = View(entries, vocabularies.characters, lambda text: text.characters)
        self._sounds = View(entries, vocabularies.sounds, lambda text: text.sounds)
        self._describe(entries, vocabularies, padding)

    def with_entry(
        self, entry_id: str, new: PreparedEntry | None, of: Vocabularies, padding: Padding
    ) -> "Index":
        """The same as made anew with one entry put, replaced or removed, several times as fast."""
        ids = [one.entry.id for one in self.entries]
        place = ids.index(entry_id) if entry_id in ids else len(ids)
        old = self.entries[place] if place < len(ids) else None
        asked_at = int(self.starts[place]) if old is not None else self._words.asked.rows
        change = Replaced(place, asked_at, old, new)
        index = Index.__new__(Index)
        index._words = self._words.with_entry(change, len(of.words))
        index._characters = self._characters.with_entry(change, len(of.characters))
        index._sounds = self._sounds.with_entry(change, len(of.sounds))
        entries = list(self.entries)
        entries[place : place + (old is not None)] = [new] if new is not None else []
        index._describe(entries, of, padding)
        return index

    def _describe(
        self, entries: Sequence[PreparedEntry], vocabularies: Vocabularies, padding: Padding
    ) -> None:
        self.entries = tuple(entries)
        sizes = [len(entry.asked) for entry in entries]
        self.starts = np.cumsum([0, *sizes[:-1]]) if sizes else np.zeros(0, np.int64)
        length = np.array([entry.asked[0].words.length for entry in entries], np.float32)
        self._brevity: Floats = -np.log1p(length)
        # Where entries carry many ways of asking, these tell more than what answers hold.
        self._telling = len(entries) / max(sum(sizes), 1)
        self._unit = np.float32(_UNIT * _rarest(len(entries)) / _rarest(_FITTED_ON))
        self.reader = _reader(entries, vocabularies.spellings, padding)

    def says(self, question: PreparedQuestion) -> float:
        """How much of a text is in one of the knowledge's questions, in units of rarity."""
        if not self.entries:
            return 0.0
        return float(self._words.asked.score(self._words.weighted(question.words)).max())

    def features(self, question: PreparedQuestion) -> Features:
        """The features of a question in which there is at least one entry."""
        words = self._words.weighted(question.words)
        sounds = self._sounds.weighted(question.sounds)
        unknown = question.unknown + self._words.newer(question.words)
        total = sum(w for _, w in words) + _UNKNOWN_WORD * unknown
        heard = self._by_entry(self._sounds.asked.score(sounds))
        heard += np.float32(0.5) * self._sounds.answered.score(sounds)
        return Features(
            asked=self._by_entry(self._words.asked.score(words)) / self._unit,
            known=self._words.anywhere.score(words) / np.float32(max(total, 1e-6)),
            written=_share(
                self._characters.answered.score(self._characters.weighted(question.characters))
            ),
            heard=_share(heard),
            brevity=self._brevity,
            telling=self._telling,
        )

    def _by_entry(self, rows: Floats) -> Floats:
        best: Floats = np.maximum.reduceat(rows, self.starts)
        return best


def _rarest(entries: int) -> float:
    """The rarity of a word of a single entry: small knowledge has smaller ones."""
    return math.log1p(max(entries, _SMALLEST) / 1.5)


def _share(scores: Floats) -> Floats:
    best = float(scores.max())
    return scores / np.float32(best) if best > 0 else scores


def _reader(entries: Sequence[PreparedEntry], spellings: Vocabulary, padding: Padding) -> Reader:
    none = np.zeros(0, np.int32)
    size = len(spellings)
    terms = np.concatenate([none, *(entry.spellings.terms for entry in entries)])
    counts = np.concatenate([none, *(entry.spellings.counts for entry in entries)])
    asked = np.concatenate([none, *(entry.asked_spellings for entry in entries)])
    found = np.bincount(terms, weights=counts, minlength=size)
    common = (np.bincount(terms, minlength=size) >= 2) | (np.bincount(asked, minlength=size) > 0)
    written = [tuple(term.split("|", 1)) for term in spellings.terms()]
    sounds = Sounds(
        {(written[t][0], written[t][1]): int(found[t]) for t in np.flatnonzero(found).tolist()},
        padding.phrases,
    )
    pairs = np.unique(np.concatenate([np.zeros(0, np.uint32), *(e.pairs for e in entries)]))
    speller = Speller({written[t][0] for t in np.flatnonzero(common).tolist()}, pairs)
    return Reader(sounds, speller, padding, word_cutter())
