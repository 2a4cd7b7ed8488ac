"""Reads hiragana as the knowledge's own words: 「じゅうみんひょう」 is 「住民票」 there."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.answers.folding import to_katakana

_RUN = re.compile(r"[ぁ-ゖー]{3,}")
_LONGEST = 14
_UNKNOWN = 9.0
_OPENING = 3.0
_SHORT = 2.0
_WHOLE = 3
_SPOKEN = 5.0
_PARTICLES = frozenset("がをにはのでとへもやか")
_VERBAL = frozenset("しすさ")
_KANJI = re.compile(r"[一-龥々]")


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a sound is written in the knowledge, and how unlikely it is there (-log share)."""

    surface: str
    cost: float


class Sounds:
    """The spellings of the knowledge by reading (katakana).

    `spoken` are phrases that people say in hiragana and that stay so (えーと, でしょうか).
    """

    def __init__(self, counts: Mapping[tuple[str, str], int], spoken: Iterable[str] = ()) -> None:
        total = sum(counts.values()) + 1
        self._spellings: dict[str, Spelling] = {}
        for (surface, reading), count in counts.items():
            if len(reading) == 1 and to_katakana(surface) != reading:
                continue  # か is a particle far more often than it is 日
            cost = -math.log(count / total)
            if len(reading) == 2 and to_katakana(surface) != reading:
                cost += _SHORT
            known = self._spellings.get(reading)
            if known is None or cost < known.cost:
                self._spellings[reading] = Spelling(surface, cost)
        for phrase in spoken:
            if _RUN.fullmatch(phrase):
                self._spellings[to_katakana(phrase)] = Spelling(phrase, _SPOKEN)

    def write(self, folded: str) -> str:
        """The text with its hiragana spelled as the knowledge spells those sounds.

        A text all in hiragana is rewritten throughout; among kanji only whole words are, so that
        endings stay. What the knowledge does not know stays as it is written.
        """
        throughout = not _KANJI.search(folded)
        return _RUN.sub(lambda run: self._write_run(run, throughout), folded)

    def _write_run(self, run: re.Match[str], throughout: bool) -> str:
        kana = run.group()
        pieces = list(self._read(kana))
        if throughout:
            return "".join(_without_guesses(kana, pieces))
        after_kanji = run.start() > 0 and bool(_KANJI.match(run.string[run.start() - 1]))
        written, at = "", 0
        for surface, size in pieces:
            end = at + size
            opens = kana[at - 1] in _PARTICLES if at else not after_kanji
            closes = end == len(kana) or kana[end] in _PARTICLES or kana[end] in _VERBAL
            sure = size > _WHOLE or (size == _WHOLE and opens and closes)
            written += surface if sure else kana[at:end]
            at = end
        return written

    def _read(self, run: str) -> Iterable[tuple[str, int]]:
        """The cheapest way to spell a run (shortest path over its positions): each piece as
        written, with the number of kana it stands for."""
        sound = to_katakana(run)
        best: list[tuple[float, int, str, bool]] = [(0.0, 0, "", False)]
        for end in range(1, len(run) + 1):
            cost, _, _, unknown = best[end - 1]
            skip = cost + (_UNKNOWN if unknown else _UNKNOWN + _OPENING)
            here = (skip, end - 1, run[end - 1], True)
            for start in range(max(0, end - _LONGEST), end):
                spelling = self._spellings.get(sound[start:end])
                if spelling and best[start][0] + spelling.cost < here[0]:
                    here = (best[start][0] + spelling.cost, start, spelling.surface, False)
            best.append(here)
        pieces: list[tuple[str, int]] = []
        at = len(run)
        while at:
            _, start, surface, _ = best[at]
            pieces.append((surface, at - start))
            at = start
        return reversed(pieces)


def _without_guesses(kana: str, pieces: list[tuple[str, int]]) -> Iterator[str]:
    """The pieces as written, but short ones beside a kana that nothing explains as they came:
    there the cut itself is in doubt (こんにちは is no こん日は)."""
    lone = [size == 1 and surface not in _PARTICLES for surface, size in pieces]
    at = 0
    for number, (surface, size) in enumerate(pieces):
        doubtful = size < _WHOLE and any(lone[max(0, number - 1) : number + 2])
        yield kana[at : at + size] if doubtful else surface
        at += size
