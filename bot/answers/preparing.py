"""Turns an entry, once, and a question, each time, into what the index compares."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.answers.folding import fold, squeeze
from bot.answers.postings import Row, row_of, union_of
from bot.answers.smalltalk import SmallTalk
from bot.answers.spelling import Pairs, pairs_in
from bot.answers.synonyms import Synonyms
from bot.answers.values import Entry
from bot.answers.views import characters_in, sounds_in, spellings_in, words_in
from bot.answers.vocabulary import Vocabulary
from bot.answers.words import Word, word_cutter

SYNONYM_WEIGHT = 0.7


@dataclass(frozen=True, slots=True)
class Text:
    """One text of the knowledge in the three views."""

    words: Row
    characters: Row
    sounds: Row


@dataclass(frozen=True, slots=True)
class PreparedEntry:
    """An entry with each way of asking it, its answer, all of these together, and how its words
    are written and read."""

    entry: Entry
    asked: tuple[Text, ...]
    squeezed: tuple[str, ...]
    answered: Text
    anywhere: Text
    spellings: Row
    asked_spellings: NDArray[np.int32]
    pairs: Pairs


@dataclass(frozen=True, slots=True)
class PreparedQuestion:
    """A question as it is compared: as terms with weights in the three views."""

    words: tuple[tuple[int, float], ...]
    characters: tuple[tuple[int, float], ...]
    sounds: tuple[tuple[int, float], ...]
    unknown: int
    small_talk: float


@dataclass(frozen=True, slots=True)
class Vocabularies:
    """One vocabulary a view, and one of spellings (`written|read`)."""

    words: Vocabulary
    characters: Vocabulary
    sounds: Vocabulary
    spellings: Vocabulary

    @classmethod
    def empty(cls) -> "Vocabularies":
        """Four vocabularies without a term."""
        return cls(Vocabulary(), Vocabulary(), Vocabulary(), Vocabulary())


class Preparer:
    """Cuts and numbers texts; holds the groups of words that mean the same."""

    def __init__(
        self,
        vocabularies: Vocabularies,
        synonyms: Sequence[Sequence[str]],
        small_talk: Sequence[str],
    ) -> None:
        self.vocabularies = vocabularies
        self._cutter = word_cutter()
        self._synonyms = Synonyms(synonyms, self._cutter)
        self.small_talk = SmallTalk(small_talk, self._cutter)

    def prepare(self, entry: Entry) -> PreparedEntry:
        """What the index needs of an entry."""
        asked = [fold(text) for text in (entry.question, *entry.wordings)]
        answered = fold(entry.answer)
        cut = [self._cutter.cut(text) for text in (*asked, answered)]
        spelled = [[self._spelling(s, r) for s, r in spellings_in(words)] for words in cut]
        texts = [self._text(t, w) for t, w in zip((*asked, answered), cut, strict=True)]
        return PreparedEntry(
            entry=entry,
            asked=tuple(texts[:-1]),
            squeezed=tuple(squeeze(text) for text in asked),
            answered=texts[-1],
            anywhere=_together(texts),
            spellings=row_of(number for text in spelled for number in text),
            asked_spellings=row_of(number for text in spelled[:-1] for number in text).terms,
            pairs=pairs_in("\n".join([*asked, answered])),
        )

    def question(self, text: str) -> PreparedQuestion:
        """What is compared of a folded question: its terms, and with less weight what they mean
        by the groups of synonyms."""
        words = self._cutter.cut(text)
        content = words_in(words)
        meant = self._synonyms.meant(words)
        of = self.vocabularies
        known = _known(of.words, content, meant.words)
        return PreparedQuestion(
            words=known,
            characters=_known(of.characters, characters_in(text), meant.characters),
            sounds=_known(of.sounds, sounds_in(words)),
            unknown=sum(of.words.known(base) is None for base in set(content)),
            small_talk=self.small_talk.share(words),
        )

    def _spelling(self, surface: str, reading: str) -> int:
        return self.vocabularies.spellings.number(f"{surface}|{reading}")

    def _text(self, folded: str, words: Sequence[Word]) -> Text:
        of = self.vocabularies
        return Text(
            row_of(map(of.words.number, words_in(words))),
            row_of(map(of.characters.number, characters_in(folded))),
            row_of(map(of.sounds.number, sounds_in(words))),
        )


def _together(texts: Sequence[Text]) -> Text:
    return Text(
        union_of([text.words for text in texts]),
        union_of([text.characters for text in texts]),
        union_of([text.sounds for text in texts]),
    )


def _known(
    vocabulary: Vocabulary, terms: Iterable[str], meant: Iterable[str] = ()
) -> tuple[tuple[int, float], ...]:
    weights = dict.fromkeys(meant, SYNONYM_WEIGHT) | dict.fromkeys(terms, 1.0)
    numbers = ((vocabulary.known(term), weight) for term, weight in weights.items())
    return tuple((number, weight) for number, weight in numbers if number is not None)
