"""Finds entries that already ask nearly the same, before staff add another."""

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz

from bot.answers.folding import fold, squeeze, to_katakana
from bot.answers.values import Entry
from bot.answers.views import words_in
from bot.answers.words import word_cutter


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An entry, its way of asking that is nearest, and how near that is (100 is the same)."""

    entry_id: str
    wording: str
    likeness: float


def near_duplicates(
    text: str, entries: Iterable[Entry], *, least: float = 90.0, most: int = 5
) -> tuple[Duplicate, ...]:
    """The entries that ask nearly what the text asks, nearest first.

    Compared are the letters (width, case, punctuation and kind of kana aside) and, their order
    and endings aside, the telling words; what is nearer counts.
    """
    letters, words = _compared(text)
    found = [_nearest(letters, words, entry) for entry in entries]
    near = [duplicate for duplicate in found if duplicate.likeness >= least]
    return tuple(sorted(near, key=lambda duplicate: -duplicate.likeness)[:most])


def _nearest(letters: str, words: str, entry: Entry) -> Duplicate:
    best = Duplicate(entry.id, entry.question, -1.0)
    for wording in (entry.question, *entry.wordings):
        other_letters, other_words = _compared(wording)
        likeness = fuzz.ratio(letters, other_letters)
        if words and other_words:
            likeness = max(likeness, fuzz.token_sort_ratio(words, other_words))
        if likeness > best.likeness:
            best = Duplicate(entry.id, wording, likeness)
    return best


def _compared(text: str) -> tuple[str, str]:
    words = words_in(word_cutter().cut(fold(text)))
    return to_katakana(squeeze(text)), " ".join(words) if len(words) > 1 else ""
