"""Words that mean the same to a person who asks, found in a question and added to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answers.folding import fold
from bot.answers.views import characters_in, words_in
from bot.answers.words import Word, WordCutter

_LONGEST = 6


@dataclass(frozen=True, slots=True)
class Meant:
    """What a question means beyond its own words: terms of the words and the character view."""

    words: frozenset[str]
    characters: frozenset[str]


class Synonyms:
    """Groups of words, found by their base forms so that inflection and kana do not matter."""

    def __init__(self, groups: Sequence[Sequence[str]], cutter: WordCutter) -> None:
        self._groups: list[list[tuple[frozenset[str], frozenset[str]]]] = []
        self._group_of: dict[tuple[str, ...], set[int]] = {}
        for number, group in enumerate(groups):
            members = []
            for text in map(fold, group):
                words = cutter.cut(text)
                key = tuple(word.base for word in words)
                if key:
                    self._group_of.setdefault(key, set()).add(number)
                members.append((frozenset(words_in(words)), frozenset(characters_in(text))))
            self._groups.append(members)

    def meant(self, words: Sequence[Word]) -> Meant:
        """The terms of all words that stand in one group with a word of the question."""
        numbers: set[int] = set()
        bases = [word.base for word in words]
        at = 0
        while at < len(bases):
            for length in range(min(_LONGEST, len(bases) - at), 0, -1):
                found = self._group_of.get(tuple(bases[at : at + length]))
                if found:
                    numbers |= found
                    at += length - 1
                    break
            at += 1
        members = [member for number in numbers for member in self._groups[number]]
        return Meant(
            frozenset().union(*(words for words, _ in members)),
            frozenset().union(*(characters for _, characters in members)),
        )
