"""Puts lines under their headings, as many as a card takes, and says how many are left out.

A card's text and the same with readings have a limit each; both are measured as they will stand.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.campaigns.checking import CARD_TEXT_MOST
from bot.line.limits import units
from bot.residents.rules import Style
from bot.speech.texts import Reader, Voice

_LINE_MOST = 100
"""Characters of a line, which has its readings still to come."""


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under a heading; "" for none. Without a line the heading is not said either."""

    heading: str
    lines: Sequence[str]


def told(voice: Voice, groups: Sequence[Group]) -> tuple[str, str]:
    """The text of a card, and the same with readings.

    Each group gets its first line before any gets its second, so that of many groups each is
    heard of for as long as there is room.
    """
    groups = _tidy(groups)
    whole = sum(len(one.lines) for one in groups)
    kept = [len(one.lines) for one in groups]
    if not all_fit(voice, groups):
        kept = _as_many_as_fit(voice, groups, whole)
    lines = _written(groups, kept)
    easy = [voice.add_readings(line) for line in lines]
    if left := whole - sum(kept):
        lines.append(_more(voice, Style.PLAIN, left))
        easy.append(_more(voice, Style.EASY, left))
    return "\n".join(lines), "\n".join(easy)


def all_fit(voice: Voice, groups: Sequence[Group]) -> bool:
    """True when one card takes them all."""
    groups = _tidy(groups)
    text = "\n".join(_written(groups, [len(one.lines) for one in groups]))
    return units(text) <= CARD_TEXT_MOST and units(voice.add_readings(text)) <= CARD_TEXT_MOST


def _tidy(groups: Sequence[Group]) -> list[Group]:
    return [
        Group(_clipped(one.heading), [_clipped(line) for line in one.lines])
        for one in groups
        if one.lines
    ]


def _as_many_as_fit(voice: Voice, groups: Sequence[Group], whole: int) -> list[int]:
    rooms = [
        _Room(CARD_TEXT_MOST - units(_more(voice, style, whole)), read)
        for style, read in ((Style.PLAIN, str), (Style.EASY, voice.add_readings))
    ]
    kept = [0 for _ in groups]
    for at, line in _in_turn(groups):
        new = [line] if kept[at] or not groups[at].heading else [groups[at].heading, line]
        if not all(room.has(new) for room in rooms):
            break
        for room in rooms:
            room.take(new)
        kept[at] += 1
    return kept


class _Room:
    """What is left of a limit. A line feed is counted with each line."""

    def __init__(self, left: int, read: Reader) -> None:
        self._left = left
        self._read = read

    def has(self, lines: Sequence[str]) -> bool:
        return self._need(lines) <= self._left

    def take(self, lines: Sequence[str]) -> None:
        self._left -= self._need(lines)

    def _need(self, lines: Sequence[str]) -> int:
        return sum(units(self._read(line)) + 1 for line in lines)


def _in_turn(groups: Sequence[Group]) -> Iterator[tuple[int, str]]:
    for depth in range(max((len(one.lines) for one in groups), default=0)):
        for at, one in enumerate(groups):
            if depth < len(one.lines):
                yield at, one.lines[depth]


def _written(groups: Sequence[Group], kept: Sequence[int]) -> list[str]:
    lines: list[str] = []
    for one, most in zip(groups, kept, strict=True):
        if most:
            lines += [*filter(None, [one.heading]), *one.lines[:most]]
    return lines


def _more(voice: Voice, style: Style, count: int) -> str:
    return Voice(voice.texts, style, voice.add_readings).say("news.more", count=count)


def _clipped(line: str) -> str:
    line = " ".join(line.split())
    return line if len(line) <= _LINE_MOST else f"{line[: _LINE_MOST - 1]}…"
