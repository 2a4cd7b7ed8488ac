"""Adds readings in （） after words written in kanji, for residents who asked for ふりがな."""

import re
from collections.abc import Iterator

import jaconv

from bot.answers.words import WordCutter

_KANJI = re.compile(r"[一-鿿々〆ヶ]")
_READ_ALREADY = re.compile(r"[（(][ぁ-ゖー・ 　]+[）)]")
_WHOLE = re.compile(r"https?://\S+|[0-9-]{6,}")


class Furigana:
    """Reads words aloud on paper; a word that already carries its reading is left alone."""

    def __init__(self, cutter: WordCutter) -> None:
        self._cutter = cutter

    def __call__(self, text: str) -> str:
        """`text` with readings: 「住民票」 becomes 「住民票（じゅうみんひょう）」."""
        if _READ_ALREADY.search(text):
            return text
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
        if not part:
            return
        for word in self._cutter.cut(part):
            yield word.surface
            if _KANJI.search(word.surface):
                yield f"（{jaconv.kata2hira(word.reading)}）"
