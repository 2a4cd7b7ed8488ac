"""Draws the small picture of the plan's progress: figures and bars, so that it needs no font."""

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from bot.speech import dates

WIDTH, HEIGHT = 1024, 512
"""Pixels; LINE takes an image of a card up to 1,024 a side (Messaging API reference)."""
_INK, _QUIET, _ACCENT, _PALE, _PAPER = "#1a1a1c", "#55585c", "#0b4f6c", "#dfeaef", "#ffffff"
_EDGE = 64
_BAR_TOP, _BAR_HIGH = 190, 56
_FOOT, _TALLEST = 448, 96

Figures = tuple[int | None, ...]
"""The total, the count (None: unknown), then the count of each of the plan's years."""


@lru_cache(maxsize=16)
def draw(figures: Figures, years: tuple[int, ...]) -> bytes:
    """The PNG of these figures, about 10 kB; `years` are the plan's, as western ones.

    What is unknown is drawn as a question mark, never as nothing.
    """
    total, recorded, *counts = figures
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    brush = ImageDraw.Draw(image)
    _whole(brush, total or 0, recorded)
    most = max([1, *(count or 0 for count in counts)])
    step = (WIDTH - 2 * _EDGE) / len(years)
    for place, (year, count) in enumerate(zip(years, counts, strict=True)):
        _year(brush, _EDGE + step * (place + 0.5), f"R{dates.reiwa(year)}", count, most)
    kept = BytesIO()
    image.quantize(32).save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _whole(brush: ImageDraw.ImageDraw, total: int, recorded: int | None) -> None:
    said = "?" if recorded is None else str(recorded)
    large, small = ImageFont.load_default(120), ImageFont.load_default(64)
    brush.text((_EDGE, 160), said, _ACCENT, large, anchor="ls")
    beside = _EDGE + brush.textlength(said, large) + 28
    brush.text((beside, 160), f"/ {total}", _QUIET, small, anchor="ls")
    right, foot = WIDTH - _EDGE, _BAR_TOP + _BAR_HIGH
    brush.rectangle((_EDGE, _BAR_TOP, right, foot), _PALE, _INK, 3)
    if recorded is None:
        brush.text((WIDTH / 2, _BAR_TOP + _BAR_HIGH / 2), "?", _INK, small, anchor="mm")
    elif recorded and total:
        share = min(1.0, recorded / total)
        brush.rectangle((_EDGE, _BAR_TOP, _EDGE + share * (right - _EDGE), foot), _ACCENT, _INK, 3)


def _year(
    brush: ImageDraw.ImageDraw, middle: float, label: str, count: int | None, most: int
) -> None:
    letters = ImageFont.load_default(44)
    brush.text((middle, 500), label, _INK, letters, anchor="ms")
    high = 0.0 if not count else max(4.0, _TALLEST * count / most)
    brush.line((middle - 80, _FOOT, middle + 80, _FOOT), _INK, 3)
    if high:
        brush.rectangle((middle - 40, _FOOT - high, middle + 40, _FOOT), _ACCENT)
    said = "?" if count is None else str(count)
    brush.text((middle, _FOOT - high - 12), said, _INK, letters, anchor="ms")
