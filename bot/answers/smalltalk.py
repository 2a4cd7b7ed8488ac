"""Tells small talk from questions to a city by its likeness to a few sentences of it."""

from collections.abc import Sequence

from bot.answers.folding import fold
from bot.answers.views import words_in
from bot.answers.words import Word, WordCutter


class SmallTalk:
    """Sentences that no city answers, by their words; the model compares them by meaning too."""

    def __init__(self, sentences: Sequence[str], cutter: WordCutter) -> None:
        self.sentences = tuple(sentences)
        cut = [cutter.cut(fold(sentence)) for sentence in sentences]
        self._words = {base for words in cut for base in words_in(words)}

    def share(self, words: Sequence[Word]) -> float:
        """The part of a text's telling words that are words of small talk, 0..1."""
        telling = set(words_in(words))
        return len(telling & self._words) / len(telling) if telling else 1.0
