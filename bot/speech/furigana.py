"""Adds readings in （） after kanji, for residents who asked for ふりがな."""

import re
from collections.abc import Iterator, Mapping

import jaconv

from bot.answers.words import Word, WordCutter

_KANJI = "一-鿿々〆ヶ"
_RUNS = re.compile(f"[{_KANJI}]+|[^{_KANJI}]+")
_IS_KANJI = re.compile(f"[{_KANJI}]")
_READ_ALREADY = rf"[{_KANJI}]+[（(][ぁ-ゖー・ 　]+[）)]"
_WHOLE = re.compile(rf"https?://\S+|[0-9-]{{6,}}|{_READ_ALREADY}")
# After a figure these are read in many ways (1日, 30分, 3本): better no reading than a wrong one.
_COUNTED = re.compile(r"日|分|本|人")
_FIGURE = re.compile(r"[0-9０-９]")


class Furigana:
    """Reads words aloud on paper; what already carries its reading is left alone."""

    def __init__(self, cutter: WordCutter, corrections: Mapping[str, str] | None = None) -> None:
        """`corrections`: readings in hiragana by word, where the dictionary's is not the usual."""
        self._cutter = cutter
        self._corrections = corrections or {}

    def __call__(self, text: str) -> str:
        """`text` with readings: 「届け出る」 becomes 「届（とど）け出（で）る」."""
        return "\n".join(self._line(line) for line in text.split("\n"))

    def _line(self, line: str) -> str:
        pieces: list[str] = []
        at = 0
        for kept in _WHOLE.finditer(line):
            pieces.extend(self._read(line[at : kept.start()]))
            pieces.append(kept.group())
            at = kept.end()
        return "".join([*pieces, *self._read(line[at:])])

    def _read(self, part: str) -> Iterator[str]:
        before = ""
        for word in self._cutter.cut(part) if part else ():
            counted = _FIGURE.fullmatch(before[-1:]) and _COUNTED.match(word.surface)
            yield word.surface if counted else self._with_reading(word)
            before = word.surface

    def _with_reading(self, word: Word) -> str:
        surface = word.surface
        reading = self._corrections.get(surface) or jaconv.kata2hira(word.reading)
        if not _IS_KANJI.search(surface) or not reading:
            return surface
        return _aligned(surface, reading)


def _aligned(surface: str, reading: str) -> str:
    """Each run of kanji with its own part of the reading; the word alone where that is unclear."""
    runs = _RUNS.findall(surface)
    sounds = ("(.+?)" if _IS_KANJI.match(r) else re.escape(jaconv.kata2hira(r)) for r in runs)
    found = re.fullmatch("".join(sounds), reading)
    if found is None:
        return surface
    parts = iter(found.groups())
    return "".join(f"{run}（{next(parts)}）" if _IS_KANJI.match(run) else run for run in runs)
