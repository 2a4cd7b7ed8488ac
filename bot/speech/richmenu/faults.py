"""Tells what LINE would refuse of a rich menu, and whether its picture shows what is described.

Source of the figures: LINE's Messaging API reference, rich menu (state of 2026-08).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.line.limits import graphemes, units
from bot.speech.richmenu.plan import MenuPlan

IMAGE_BYTES = 1_000_000
AREAS = 20
LABEL = 20
CHAT_BAR = 14
DATA = 300
WIDTHS = range(800, 2501)
LEAST_HEIGHT = 250
LEAST_RATIO = 1.45
DRAWN_FROM = "madoguchi-drawn-from"
"""The text in our own pictures that tells which description they were drawn from."""
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class MenuFault:
    """Something to mend: said as `command.richmenu_fault_<name>` with these blanks."""

    name: str
    blanks: dict[str, object] = field(default_factory=dict)


def faults(plan: MenuPlan) -> tuple[MenuFault, ...]:
    """What LINE would refuse of the description and the picture, and a picture out of date."""
    return (*_of_words(plan), *_of_areas(plan), *_of_picture(plan))


def _of_words(plan: MenuPlan) -> Iterator[MenuFault]:
    if not 1 <= graphemes(plan.chat_bar) <= CHAT_BAR:
        yield MenuFault("chat_bar", {"most": CHAT_BAR})
    for area in plan.areas:
        if not 1 <= graphemes(area.label) <= LABEL:
            yield MenuFault("label", {"label": area.label, "most": LABEL})
        if not 1 <= units(area.data) <= DATA:
            yield MenuFault("data", {"label": area.label, "most": DATA})


def _of_areas(plan: MenuPlan) -> Iterator[MenuFault]:
    too_flat_or_high = plan.height < LEAST_HEIGHT or plan.width < plan.height * LEAST_RATIO
    if plan.width not in WIDTHS or too_flat_or_high:
        yield MenuFault("size", {"width": plan.width, "height": plan.height})
    # Areas stand on a grid, so they cannot overlap; too few or too many leave or leap its edge.
    covered = sum(area.width * area.height for area in plan.areas)
    if len(plan.areas) > AREAS or covered != plan.width * plan.height:
        yield MenuFault("areas", {"count": len(plan.areas)})


def _of_picture(plan: MenuPlan) -> Iterator[MenuFault]:
    named = {"file": plan.image.name}
    try:
        picture = plan.image.read_bytes()
    except OSError:
        yield MenuFault("picture_absent", {**named})
        return
    if len(picture) > IMAGE_BYTES:
        yield MenuFault("picture_heavy", {**named, "bytes": len(picture), "most": IMAGE_BYTES})
    if png_size(picture) != (plan.width, plan.height):
        wanted = {"width": plan.width, "height": plan.height}
        yield MenuFault("picture_size", {**named, **wanted})
    # A picture from elsewhere, a designer's, carries no such text and is taken as it is.
    if png_text(picture).get(DRAWN_FROM, plan.drawn_from) != plan.drawn_from:
        yield MenuFault("picture_stale", {**named})


def png_size(picture: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG in pixels; None when it is none."""
    if not picture.startswith(_PNG) or len(picture) < 24:
        return None
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def png_text(picture: bytes) -> dict[str, str]:
    """The texts (tEXt) in a PNG; empty when it has none or is none."""
    found: dict[str, str] = {}
    at = len(_PNG)
    while picture.startswith(_PNG) and at + 8 <= len(picture):
        length, kind = struct.unpack(">I4s", picture[at : at + 8])
        if kind == b"tEXt":
            name, _, text = picture[at + 8 : at + 8 + length].partition(b"\0")
            found[name.decode("latin-1")] = text.decode("latin-1")
        at += 12 + length
    return found
