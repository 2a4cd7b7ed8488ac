"""The columns of the public page's picture as plain numbers; its template draws them as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.plan.rules import YearCount

WIDTH, TOP, TALL, FOOT = 320, 40, 140, 180
_BAR = 44


@dataclass(frozen=True, slots=True)
class Column:
    """One year: where its bar stands, how high it is, and its count (None: no record)."""

    x: float
    y: float
    width: int
    height: float
    middle: float
    label: str
    count: int | None


def columns(years: Sequence[YearCount]) -> tuple[Column, ...]:
    """A column for each year, over a common scale from zero."""
    most = max([1, *(year.count or 0 for year in years)])
    step = WIDTH / len(years)
    drawn = []
    for place, year in enumerate(years):
        height = round(TALL * (year.count or 0) / most, 1)
        middle = step * (place + 0.5)
        name = year.name.removeprefix("令和")
        drawn.append(
            Column(
                round(middle - _BAR / 2, 1),
                round(FOOT - height, 1),
                _BAR,
                height,
                round(middle, 1),
                name,
                year.count,
            )
        )
    return tuple(drawn)
