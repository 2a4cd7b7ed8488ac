"""Adds readings in （） after kanji, for residents who asked for ふりがな."""

import re
from collections.abc import Iterator, Mapping

import jaconv

from bot.answers.words import Word, WordCutter
from bot.speech.proper_names import IS_KANJI, KANJI, Names, beside_kanji

_WEEKDAYS = dict(
    zip("月火水木金土日", ("げつ", "か", "すい", "もく", "きん", "ど", "にち"), strict=True)
)
_WEEKDAY = f"[{''.join(_WEEKDAYS)}]"
_DAYS = {
    **{1: "ついたち", 2: "ふつか", 3: "みっか", 4: "よっか", 5: "いつか", 6: "むいか"},
    **{7: "なのか", 8: "ようか", 9: "ここのか", 10: "とおか"},
    **{14: "じゅうよっか", 20: "はつか", 24: "にじゅうよっか"},
}
"""Days of a month that are not read as their figure and にち."""

_READ_ALREADY = rf"[{KANJI}]+[（(][ぁ-ゖー・ 　]+[）)]"
_WHOLE = rf"https?://\S+|[0-9-]{{6,}}|{_READ_ALREADY}"
# 12月3日, or a day with its weekday behind it: 3日（木）. Not 3日間, nor what is read already.
_DATE = (
    rf"(?<!\d)(?:(?P<month>\d{{1,2}})月(?P<day>\d{{1,2}})日(?!間|[（(][ぁ-ゖ])"
    rf"|(?P<bare>\d{{1,2}})日(?=[ 　]?[（(]{_WEEKDAY}[）)・･]))"
)
# The weekday behind a day: 3日（木）, 12/3（木）, 3日（みっか）（木・祝）; and 月・水・金, 月〜金.
_OF_A_DAY = rf"(?:(?<=[\d日）)][（(])|(?<=[\d日）)] [（(])){_WEEKDAY}(?=[）)・･])"
_LISTED = rf"(?<![{KANJI}\d]){_WEEKDAY}(?:[・･〜～]{_WEEKDAY})+(?![{KANJI}])"
# After a figure these are read in many ways (1日, 30分, 3本): better no reading than a wrong one.
_COUNTED = re.compile(r"日|分|本|人")
_FIGURE = re.compile(r"[0-9０-９]")


class Furigana:
    """Reads words aloud on paper; what already carries its reading is left alone."""

    def __init__(
        self,
        cutter: WordCutter,
        corrections: Mapping[str, str] | None = None,
        names: Names | None = None,
    ) -> None:
        """`corrections`: readings in hiragana by word, where the dictionary's is not the usual.

        `names` and dates are read before the dictionary is asked.
        """
        self._cutter = cutter
        self._corrections = corrections or {}
        self._names = names or Names()
        self._fixed = re.compile(
            f"(?P<whole>{_WHOLE})|(?P<date>{_DATE})|(?P<weekdays>{_OF_A_DAY}|{_LISTED})"
            f"|(?P<name>{self._names.pattern})"
        )

    def __call__(self, text: str) -> str:
        """`text` with readings: 「届け出る」 becomes 「届（とど）け出（で）る」."""
        return "\n".join(self._line(line) for line in text.split("\n"))

    def _line(self, line: str) -> str:
        pieces: list[str] = []
        at = 0
        for found in self._fixed.finditer(line):
            fixed = self._known(line, found)
            if fixed is None:
                continue
            pieces.extend(self._read(line[at : found.start()]))
            pieces.append(fixed)
            at = found.end()
        return "".join([*pieces, *self._read(line[at:])])

    def _known(self, line: str, found: re.Match[str]) -> str | None:
        match found.lastgroup:
            case "name":
                return self._names.read(line, found)
            case "weekdays":
                return re.sub(_WEEKDAY, lambda one: _with(one.group(), _WEEKDAYS), found.group())
            case "whole":
                return found.group()
        month, day = found["month"], found["day"] or found["bare"]
        reading = _DAYS.get(int(day), "にち")
        return f"{month}月（がつ）{day}日（{reading}）" if month else f"{day}日（{reading}）"

    def _read(self, part: str) -> Iterator[str]:
        before = ""
        for word in self._cutter.cut(part) if part else ():
            counted = _FIGURE.fullmatch(before[-1:]) and _COUNTED.match(word.surface)
            yield word.surface if counted else self._with_reading(word)
            before = word.surface

    def _with_reading(self, word: Word) -> str:
        surface = word.surface
        reading = self._corrections.get(surface) or jaconv.kata2hira(word.reading)
        if not IS_KANJI.search(surface) or not reading:
            return surface
        return beside_kanji(surface, reading)


def _with(kanji: str, readings: Mapping[str, str]) -> str:
    return f"{kanji}（{readings[kanji]}）"
