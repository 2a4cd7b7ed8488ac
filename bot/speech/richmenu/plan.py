"""Reads what the rich menu is to be, and says it as LINE takes it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Area:
    """One button: its place in pixels of the picture, its words, and what the desk is told."""

    x: int
    y: int
    width: int
    height: int
    label: str
    data: str
    icon: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Sizes in pixels of the picture, and colours as #RRGGBB."""

    gap: int
    corner: int
    icon_width: int
    icon: int
    letters: int
    mark_letters: int
    colours: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MenuPlan:
    """The rich menu as `content/richmenu/menu.toml` describes it."""

    name: str
    chat_bar: str
    opened: bool
    mark: str
    width: int
    height: int
    areas: tuple[Area, ...]
    drawing: Drawing
    image: Path
    drawn_from: str

    @classmethod
    def read(cls, menu: Mapping[str, Any], icons: Mapping[str, Any], folder: Path) -> "MenuPlan":
        """The plan in parsed `menu.toml` and `icons.toml`; the picture stands in `folder`.

        Raises KeyError naming what is missing.
        """
        size = menu["size"]
        return cls(
            name=menu["name"],
            chat_bar=menu["chat_bar"],
            opened=bool(menu["opened"]),
            mark=menu["mark"],
            width=size["width"],
            height=size["height"],
            areas=tuple(_areas(menu["area"], size)),
            drawing=Drawing(colours=dict(menu["colours"]), **menu["drawing"]),
            image=folder / menu["image"],
            drawn_from=_fingerprint(_drawn(menu, icons)),
        )

    def as_line_takes_it(self, picture: bytes) -> dict[str, Any]:
        """The body of LINE's "create rich menu"; its name changes with anything residents see."""
        return {
            "size": {"width": self.width, "height": self.height},
            "selected": self.opened,
            "name": self.name_for(picture),
            "chatBarText": self.chat_bar,
            "areas": [_as_line_takes_it(area) for area in self.areas],
        }

    def name_for(self, picture: bytes) -> str:
        """The menu's name at LINE: the same for the same description and picture only."""
        seen = [
            [self.width, self.height, self.opened, self.chat_bar],
            [_as_line_takes_it(area) for area in self.areas],
            hashlib.sha256(picture).hexdigest(),
        ]
        return f"{self.name}-{_fingerprint(seen)}"

    def is_ours(self, name: str) -> bool:
        """True for the name of a menu that this desk made, now or earlier."""
        begins, _, fingerprint = name.rpartition("-")
        return begins == self.name and len(fingerprint) == 16


def _areas(held: list[Mapping[str, Any]], size: Mapping[str, int]) -> Iterator[Area]:
    """Areas in reading order on the grid; they touch each other and leave nothing uncovered."""
    columns, rows = size["columns"], size["rows"]
    for place, area in enumerate(held):
        row, column = divmod(place, columns)
        x, y = column * size["width"] // columns, row * size["height"] // rows
        right, below = (column + 1) * size["width"] // columns, (row + 1) * size["height"] // rows
        yield Area(x, y, right - x, below - y, area["label"], area["data"], area["icon"])


def _drawn(menu: Mapping[str, Any], icons: Mapping[str, Any]) -> list[Any]:
    """Everything the picture shows: with another value here it must be drawn again."""
    buttons = [[area["label"], area["icon"]] for area in menu["area"]]
    return [menu["size"], menu["drawing"], menu["colours"], menu["mark"], buttons, icons]


def _as_line_takes_it(area: Area) -> dict[str, Any]:
    bounds = {"x": area.x, "y": area.y, "width": area.width, "height": area.height}
    action = {
        "type": "postback",
        "label": area.label,
        "data": area.data,
        "displayText": area.label,
    }
    return {"bounds": bounds, "action": action}


def _fingerprint(seen: Any) -> str:
    packed = json.dumps(seen, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(packed.encode()).hexdigest()[:16]
