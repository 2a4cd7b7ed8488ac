"""Draws the rich menu's picture from its description: buttons, icons, labels, nothing by hand."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from bot.speech.richmenu.faults import DRAWN_FROM
from bot.speech.richmenu.plan import Area, MenuPlan

Icon = Sequence[Mapping[str, Any]]
_FINER = 2
"""Drawn this many times larger and reduced, so that slanted edges are smooth."""


def draw_menu(plan: MenuPlan, icons: Mapping[str, Icon], font: Path) -> bytes:
    """The picture as PNG: the same bytes for the same plan, icons, font and Pillow.

    Raises OSError when the font cannot be read.
    """
    colours = plan.drawing.colours
    size = (plan.width * _FINER, plan.height * _FINER)
    picture = Image.new("RGB", size, colours["ground"])
    brush = ImageDraw.Draw(picture)
    letters = _letters_that_fit(plan, font)
    for area in plan.areas:
        _draw_button(brush, plan, area, letters)
        _draw_icon(brush, plan, area, icons[area.icon])
    if plan.mark:
        _draw_mark(brush, plan, ImageFont.truetype(str(font), plan.drawing.mark_letters * _FINER))
    reduced = picture.resize((plan.width, plan.height), Image.Resampling.BOX)
    return _as_png(reduced, plan.drawn_from)


def _as_png(picture: Image.Image, drawn_from: str) -> bytes:
    few_colours = picture.quantize(64, dither=Image.Dither.NONE)
    about = PngInfo()
    about.add_text(DRAWN_FROM, drawn_from)
    packed = BytesIO()
    few_colours.save(packed, "PNG", optimize=True, pnginfo=about)
    return packed.getvalue()


def _button(plan: MenuPlan, area: Area) -> tuple[int, int, int, int]:
    """The visible button: the area less half a gap on each side."""
    half = plan.drawing.gap // 2
    right, below = area.x + area.width, area.y + area.height
    return area.x + half, area.y + half, right - half, below - half


def _draw_button(
    brush: ImageDraw.ImageDraw, plan: MenuPlan, area: Area, letters: ImageFont.FreeTypeFont
) -> None:
    how, (left, top, right, below) = plan.drawing, _button(plan, area)
    corner = how.corner * _FINER
    split = left + how.icon_width
    brush.rounded_rectangle(_finer(left, top, right, below), corner, how.colours["paper"])
    brush.rounded_rectangle(
        _finer(left, top, split, below),
        corner,
        how.colours["accent"],
        corners=(True, False, False, True),
    )
    brush.text(
        _middle(split, top, right, below), area.label, how.colours["ink"], letters, anchor="mm"
    )


def _letters_that_fit(plan: MenuPlan, font: Path) -> ImageFont.FreeTypeFont:
    """One size for all labels, at which the longest leaves a margin on both sides."""
    size = plan.drawing.letters
    while size > 12:
        letters = ImageFont.truetype(str(font), size * _FINER)
        if all(
            letters.getlength(area.label) / _FINER <= _room_for_label(plan, area)
            for area in plan.areas
        ):
            break
        size -= 2
    return letters


def _room_for_label(plan: MenuPlan, area: Area) -> float:
    left, _, right, _ = _button(plan, area)
    return right - left - plan.drawing.icon_width - 2 * plan.drawing.gap


def _draw_icon(brush: ImageDraw.ImageDraw, plan: MenuPlan, area: Area, icon: Icon) -> None:
    how, (left, top, _, below) = plan.drawing, _button(plan, area)
    x = left + (how.icon_width - how.icon) / 2
    y = (top + below - how.icon) / 2
    scale = how.icon * _FINER / 100
    for shape in icon:
        colour = how.colours["accent" if shape.get("cut") else "paper"]
        _draw_shape(brush, shape, colour, (x * _FINER, y * _FINER), scale)


def _draw_shape(
    brush: ImageDraw.ImageDraw,
    shape: Mapping[str, Any],
    colour: str,
    at: tuple[float, float],
    scale: float,
) -> None:
    def placed(numbers: Sequence[float]) -> list[float]:
        return [at[place % 2] + number * scale for place, number in enumerate(numbers)]

    width = round(shape.get("width", 0) * scale)
    if "box" in shape:
        brush.rounded_rectangle(placed(shape["box"]), shape.get("round", 0) * scale, colour)
    elif "circle" in shape:
        x, y, radius = shape["circle"]
        brush.ellipse(placed([x - radius, y - radius, x + radius, y + radius]), colour)
    elif "polygon" in shape:
        brush.polygon(placed(shape["polygon"]), colour)
    elif "half" in shape:
        brush.pieslice(placed(shape["half"]), 180, 360, colour)
    elif "arc" in shape:
        *box, start, end = shape["arc"]
        brush.arc(placed(box), start, end, colour, width)
    else:
        _draw_line(brush, placed(shape["line"]), colour, width)


def _draw_line(
    brush: ImageDraw.ImageDraw, points: Sequence[float], colour: str, width: int
) -> None:
    brush.line(list(points), colour, width)
    for x, y in zip(points[::2], points[1::2], strict=True):
        # Round ends and bends, which Pillow's line does not draw.
        half = width / 2
        brush.ellipse([x - half, y - half, x + half, y + half], colour)


def _draw_mark(brush: ImageDraw.ImageDraw, plan: MenuPlan, letters: ImageFont.FreeTypeFont) -> None:
    """Says in the upper right corner that the account is a sample."""
    how, size = plan.drawing, plan.drawing.mark_letters
    _, top, right, _ = _button(plan, max(plan.areas, key=lambda area: (-area.y, area.x)))
    width = letters.getlength(plan.mark) / _FINER + size
    box = (right - width - 18, top + 18, right - 18, top + 18 + size * 1.5)
    brush.rounded_rectangle(
        _finer(*box),
        size * _FINER * 0.4,
        how.colours["mark_ground"],
        outline=how.colours["ink"],
        width=3 * _FINER,
    )
    brush.text(_middle(*box), plan.mark, how.colours["ink"], letters, anchor="mm")


def _finer(*numbers: float) -> list[float]:
    return [number * _FINER for number in numbers]


def _middle(left: float, top: float, right: float, below: float) -> tuple[float, float]:
    return (left + right) / 2 * _FINER, (top + below) / 2 * _FINER
