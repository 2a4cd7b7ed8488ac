"""Turns an entry, once, and a question, each time, into what the index compares."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.answers.folding import fold
from bot.answers.postings import Row, row_of
from bot.answers.values import Entry
from bot.answers.words import Word, word_cutter


class Vocabulary:
    """Numbers for terms, given once and never changed; shared by an engine and its successors."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._adding = threading.Lock()

    def __len__(self) -> int:
        return len(self._numbers)

    def number(self, term: str) -> int:
        """The number of a term, a new one if it has none."""
        found = self._numbers.get(term)
        if found is None:
            with self._adding:
                found = self._numbers.setdefault(term, len(self._numbers))
        return found

    def known(self, term: str) -> int | None:
        """The number of a term, None if it never occurred."""
        return self._numbers.get(term)


@dataclass(frozen=True, slots=True)
class PreparedEntry:
    """An entry with the terms of each way of asking, and of its answer."""

    entry: Entry
    asked: tuple[Row, ...]
    answered: Row


@dataclass(frozen=True, slots=True)
class PreparedQuestion:
    """A question as it is compared: folded, in words, with synonyms as weighted terms."""

    folded: str
    words: tuple[Word, ...]
    terms: tuple[tuple[int, float], ...]


SYNONYM_WEIGHT = 0.4


class Preparer:
    """Cuts and numbers texts; holds the synonyms and the words that say nothing."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        synonyms: Sequence[Sequence[str]],
        ignorable: Sequence[str],
    ) -> None:
        self.vocabulary = vocabulary
        self._cutter = word_cutter()
        self._synonym_words = synonyms
        self._ignorable_words = ignorable
        self._ignorable = {w.base for text in ignorable for w in self._cutter.cut(fold(text))}

    def with_words(
        self, synonyms: Sequence[Sequence[str]] | None, ignorable: Sequence[str] | None
    ) -> "Preparer":
        """The same vocabulary with other synonyms or ignorable words; None keeps the present."""
        return Preparer(
            self.vocabulary,
            self._synonym_words if synonyms is None else synonyms,
            self._ignorable_words if ignorable is None else ignorable,
        )

    def prepare(self, entry: Entry) -> PreparedEntry:
        """What the index needs of an entry."""
        return PreparedEntry(
            entry,
            tuple(self._row(text) for text in (entry.question, *entry.wordings)),
            self._row(entry.answer),
        )

    def question(self, text: str) -> PreparedQuestion:
        """What is compared of a question; its unknown words get no number."""
        folded = fold(text)
        words = tuple(self._cutter.cut(folded))
        terms: dict[int, float] = {}
        for base in self._content(words):
            number = self.vocabulary.known(base)
            if number is not None:
                terms[number] = 1.0
        return PreparedQuestion(folded, words, tuple(terms.items()))

    def _row(self, text: str) -> Row:
        words = self._cutter.cut(fold(text))
        return row_of(self.vocabulary.number(base) for base in self._content(words))

    def _content(self, words: Iterable[Word]) -> Iterable[str]:
        return (w.base for w in words if w.content and w.base not in self._ignorable)
