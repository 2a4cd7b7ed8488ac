"""Warns of what makes a text hard to read: long sentences, double negatives, unexplained words."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]?")
# What stands in brackets after a word explains it; what stands in them lengthens no sentence.
_BRACKETS = re.compile(r"[（(][^（）()]*[）)]")
_ADDRESS = re.compile(r"https?://\S+")
_KATAKANA = "ァ-ヺー・"


class Hard(StrEnum):
    """What is hard about a place."""

    LONG_SENTENCE = "long_sentence"
    DOUBLE_NEGATIVE = "double_negative"
    LOANWORD = "loanword"
    OFFICE_WORD = "office_word"


@dataclass(frozen=True, slots=True)
class Warning:
    """One place that is hard to read. `instead` is an easier word, `length` a sentence's."""

    hard: Hard
    words: str
    instead: str = ""
    length: int = 0


@dataclass(frozen=True, slots=True)
class PlainJapanese:
    """The measure of `content/plain-japanese.toml`."""

    longest: int
    longest_easy: int
    double_negatives: tuple[str, ...]
    loanwords: Mapping[str, str]
    office_words: Mapping[str, str]

    @classmethod
    def from_toml(cls, held: Mapping[str, Any]) -> "PlainJapanese":
        """The measure in the parsed file. Raises KeyError naming what is missing."""
        return cls(
            longest=int(held["longest_sentence"]),
            longest_easy=int(held["longest_easy_sentence"]),
            double_negatives=tuple(held["double_negatives"]),
            loanwords=dict(held["loanwords"]),
            office_words=dict(held["office_words"]),
        )

    def warnings(self, text: str, *, easy: bool = False) -> tuple[Warning, ...]:
        """Everything hard in a text, in the order of the kinds; each word is told once."""
        return (
            *self._long_sentences(text, self.longest_easy if easy else self.longest),
            *self._double_negatives(text),
            *self._loanwords(text),
            *self._office_words(text),
        )

    def _long_sentences(self, text: str, longest: int) -> Iterable[Warning]:
        for found in _SENTENCE.findall(_ADDRESS.sub("", text)):
            sentence = found.strip()
            length = len(_BRACKETS.sub("", sentence))
            if length > longest:
                yield Warning(Hard.LONG_SENTENCE, sentence, length=length)

    def _double_negatives(self, text: str) -> Iterable[Warning]:
        joined = "".join(text.split())
        told: list[str] = []
        for ending in self.double_negatives:
            if ending in joined and not any(ending in other for other in told):
                told.append(ending)
                yield Warning(Hard.DOUBLE_NEGATIVE, ending)

    def _loanwords(self, text: str) -> Iterable[Warning]:
        for word, instead in self.loanwords.items():
            # Only a whole word of katakana: バスエリア is not エリア's business, but 駐車エリア is.
            alone = rf"(?<![{_KATAKANA}]){re.escape(word)}(?![{_KATAKANA}])"
            found = re.search(alone, text)
            if found and text[found.end() : found.end() + 1] not in ("（", "("):
                yield Warning(Hard.LOANWORD, word, instead)

    def _office_words(self, text: str) -> Iterable[Warning]:
        for word, instead in self.office_words.items():
            if word in text:
                yield Warning(Hard.OFFICE_WORD, word, instead)
