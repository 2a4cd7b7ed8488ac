"""All entries prepared for asking: immutable, so that any number of threads may read it."""

from collections.abc import Sequence

import numpy as np

from bot.answers.postings import Floats, Postings
from bot.answers.preparing import PreparedEntry, PreparedQuestion, Vocabulary

ANSWER_SHARE = 0.8


class Index:
    """Scores every entry for a question, by the words of its ways of asking and of its answer."""

    def __init__(self, entries: Sequence[PreparedEntry], vocabulary: Vocabulary) -> None:
        self.entries = tuple(entries)
        asked = [row for entry in entries for row in entry.asked]
        sizes = [len(entry.asked) for entry in entries]
        self._starts = np.cumsum([0, *sizes[:-1]]) if entries else np.zeros(0, np.int64)
        self._asked = Postings(asked, len(vocabulary), k1=0.8, b=0.5)
        self._answered = Postings([e.answered for e in entries], len(vocabulary), k1=1.2, b=0.4)
        self._rarity = self._rarities()

    def _rarities(self) -> Floats:
        found = np.maximum(self._asked.frequency(), self._answered.frequency())
        count = max(len(self.entries), 1)
        rarity: Floats = np.log1p((np.maximum(count - found, 0) + 0.5) / (found + 0.5))
        return rarity.astype(np.float32)

    def score(self, question: PreparedQuestion) -> Floats:
        """One score an entry, 0 where no word agrees."""
        if not self.entries:
            return np.zeros(0, np.float32)
        terms = [
            (t, w * float(self._rarity[t])) for t, w in question.terms if t < len(self._rarity)
        ]
        by_row = self._asked.score(terms)
        asked = np.maximum.reduceat(by_row, self._starts)
        answered: Floats = self._answered.score(terms)
        best = asked / (asked.max() or 1.0) + ANSWER_SHARE * answered / (answered.max() or 1.0)
        return np.asarray(best, np.float32)
