"""Stacked columns as plain numbers, for templates that draw them as SVG without any style."""

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 240
_TOP = 24
_LEFT = 72
_BELOW = 40
_COLUMN = 34
_BAR = 24
_EVERY = 7
"""A label under every seventh column of many, so that none runs into the next."""
_FEW = 8
_WIDE = 96


@dataclass(frozen=True, slots=True)
class Given:
    """What one column shows: the words under it, all of it said, and its parts from below."""

    label: str
    said: str
    parts: Sequence[int]


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a column, in pixels; `series` counts from 0."""

    series: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `label` is empty where there is no room for words."""

    x: float
    width: int
    middle: float
    label: str
    said: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line across, with the number it stands for."""

    y: float
    number: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of its natural size; `bottom` is where the columns stand."""

    width: int
    height: int
    left: int
    bottom: int
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


def stacked(given: Sequence[Given], every: int = _EVERY) -> Chart:
    """Columns over a common scale from zero, which ends at a round number."""
    most = top_of(max((sum(one.parts) for one in given), default=0))
    step = _WIDE if len(given) <= _FEW else _COLUMN
    bottom = _TOP + HEIGHT
    every = 1 if len(given) <= _FEW else every
    columns = []
    for place, one in enumerate(given):
        x = _LEFT + place * step + (step - _BAR) / 2
        label = one.label if place % every == 0 else ""
        pieces = _pieces(one.parts, most, bottom)
        columns.append(Column(x, _BAR, x + _BAR / 2, label, one.said, pieces))
    numbers = sorted({0, most // 2, most} if most > 1 else {0, most})
    lines = tuple(Line(bottom - HEIGHT * number / most, number) for number in numbers)
    # The last label may be wider than its column.
    width = _LEFT + len(given) * step + _WIDE
    return Chart(width, bottom + _BELOW, _LEFT, bottom, tuple(columns), lines)


def top_of(most: int) -> int:
    """The round number at or above `most` that a scale ends at: 1, 2, 4, 10, 20, 40, 100 …"""
    top = 1
    while top < most:
        first = int(str(top)[0])
        top = top * 2 if first in (1, 2) else top * 5 // 2
    return top


def _pieces(parts: Sequence[int], most: int, bottom: int) -> tuple[Piece, ...]:
    pieces, below = [], 0
    for series, number in enumerate(parts):
        if number:
            height = HEIGHT * number / most
            y = bottom - HEIGHT * below / most - height
            pieces.append(Piece(series, round(y, 2), round(height, 2)))
            below += number
    return tuple(pieces)
