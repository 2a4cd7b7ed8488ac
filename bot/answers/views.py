"""The three ways in which two texts are compared: by words, by written characters, by sound."""

import re
from collections.abc import Iterator, Sequence

from bot.answers.words import Word

_WRITTEN = re.compile(r"[一-龥々ァ-ヺーa-z0-9]+")
SOUND_LENGTH = 3


def words_in(words: Sequence[Word]) -> list[str]:
    """The base forms of the words that say what a text is about."""
    return [word.base for word in words if word.content]


def characters_in(folded: str) -> list[str]:
    """Single characters and pairs of everything but hiragana.

    Pairs never cross from one run to the next. 街灯 and 街路灯 share two characters.
    """
    found: list[str] = []
    for run in _WRITTEN.findall(folded):
        found.extend(run)
        found.extend(run[i : i + 2] for i in range(len(run) - 1))
    return found


def sounds_in(words: Sequence[Word]) -> list[str]:
    """Three syllables at a time of the whole text as it is read, whatever it is written in."""
    sound = "".join(word.reading for word in words)
    return [sound[i : i + SOUND_LENGTH] for i in range(len(sound) - SOUND_LENGTH + 1)]


def spellings_in(words: Sequence[Word]) -> Iterator[tuple[str, str]]:
    """Each word, and each compound of up to five naming words, as (written, read)."""
    run: list[Word] = []
    for word in words:
        if word.reading:
            yield word.surface, word.reading
        if word.reading and word.naming:
            run.append(word)
            continue
        yield from _compounds(run)
        run = []
    yield from _compounds(run)


def _compounds(run: Sequence[Word]) -> Iterator[tuple[str, str]]:
    for start in range(len(run)):
        surface, reading = run[start].surface, run[start].reading
        for word in run[start + 1 : start + 5]:
            surface += word.surface
            reading += word.reading
            if len(reading) > 14:
                break
            yield surface, reading
