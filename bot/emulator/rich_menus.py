"""Rich menus: what LINE accepts, which are there, and which one each resident sees."""

import json
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any

from bot.emulator import limits
from bot.emulator.actions import RICH_MENU, check_action
from bot.emulator.counting import graphemes
from bot.emulator.findings import Findings, join
from bot.emulator.images import look_at

Json = dict[str, Any]


@dataclass(slots=True)
class RichMenu:
    """One rich menu as created, with its picture once uploaded."""

    id: str
    shape: Json
    picture: bytes | None = None
    media_type: str = ""

    def as_json(self) -> Json:
        return {"richMenuId": self.id, **self.shape}


def check_rich_menu(menu: Any) -> Findings:
    """Everything LINE would find wrong with a rich menu object."""
    findings = Findings()
    if not isinstance(menu, dict):
        findings.add("", "Must be an object")
        return findings
    findings.known_only(menu, "", {"size", "selected", "name", "chatBarText", "areas"})
    findings.text(menu, "name", "", most=limits.RICH_MENU_NAME, count=graphemes)
    findings.text(menu, "chatBarText", "", most=limits.RICH_MENU_CHAT_BAR, count=graphemes)
    if not isinstance(menu.get("selected"), bool):
        findings.add("selected", "must be specified")
    size = menu.get("size")
    if not isinstance(size, dict) or not _whole(size, ("width", "height")):
        findings.add("size", "must be specified")
        return findings
    _check_size(size["width"], size["height"], "size", findings)
    most = limits.RICH_MENU_AREAS
    for at, area in enumerate(findings.listed(menu, "areas", "", least=0, most=most)):
        _check_area(area, f"areas[{at}]", size, findings)
    return findings


def _check_size(width: int, height: int, where: str, findings: Findings) -> None:
    if width not in limits.RICH_MENU_WIDTH:
        findings.add(join(where, "width"), "Must be between 800 and 2500")
    if height < limits.RICH_MENU_LEAST_HEIGHT:
        findings.add(join(where, "height"), "Must be 250 or more")
    elif width / height < limits.RICH_MENU_LEAST_RATIO:
        findings.add(where, "Aspect ratio must be 1.45 or more")


def _check_area(area: Any, where: str, size: Json, findings: Findings) -> None:
    bounds = area.get("bounds") if isinstance(area, dict) else None
    if not isinstance(bounds, dict) or not _whole(bounds, ("x", "y", "width", "height")):
        findings.add(join(where, "bounds"), "must be specified")
        return
    inside = (
        bounds["x"] >= 0
        and bounds["y"] >= 0
        and bounds["width"] > 0
        and bounds["height"] > 0
        and bounds["x"] + bounds["width"] <= size["width"]
        and bounds["y"] + bounds["height"] <= size["height"]
    )
    if not inside:
        findings.add(join(where, "bounds"), "Must lie within the rich menu")
    check_action(area.get("action"), join(where, "action"), RICH_MENU, findings)


def _whole(thing: Json, keys: tuple[str, ...]) -> bool:
    return all(type(thing.get(key)) is int for key in keys)


class RichMenus:
    """The account's rich menus, aliases and links; safe between threads."""

    def __init__(self) -> None:
        self._menus: dict[str, RichMenu] = {}
        self._aliases: dict[str, str] = {}
        self._of_user: dict[str, str] = {}
        self.default: str | None = None
        self.revision = 0
        self._lock = RLock()

    def create(self, shape: Json) -> str | None:
        """The new menu's id; None when the account is full."""
        with self._lock:
            if len(self._menus) >= limits.RICH_MENUS_PER_ACCOUNT:
                return None
            menu = RichMenu("richmenu-" + secrets.token_hex(16), shape)
            self._menus[menu.id] = menu
            return menu.id

    def find(self, menu_id: str) -> RichMenu | None:
        with self._lock:
            return self._menus.get(menu_id)

    def all(self) -> list[RichMenu]:
        with self._lock:
            return list(self._menus.values())

    def delete(self, menu_id: str) -> bool:
        """Removes the menu and every link to it; False when there is none."""
        with self._lock:
            if self._menus.pop(menu_id, None) is None:
                return False
            self._aliases = {a: m for a, m in self._aliases.items() if m != menu_id}
            self._of_user = {u: m for u, m in self._of_user.items() if m != menu_id}
            if self.default == menu_id:
                self.default = None
            self.revision += 1
            return True

    def upload(self, menu: RichMenu, data: bytes) -> str | None:
        """Attaches the picture; the reason when LINE would refuse it."""
        if menu.picture is not None:
            return "An image has already been uploaded to the richmenu"
        picture = look_at(data)
        if picture is None or picture.media_type not in ("image/png", "image/jpeg"):
            return "The image format is not allowed for richmenu"
        if len(data) > limits.RICH_MENU_IMAGE_BYTES:
            return "The image file is too large for richmenu"
        findings = Findings()
        _check_size(picture.width, max(picture.height, 1), "size", findings)
        size = menu.shape["size"]
        if findings or (picture.width, picture.height) != (size["width"], size["height"]):
            return "The image size is not allowed for richmenu"
        with self._lock:
            menu.picture, menu.media_type = data, picture.media_type
            self.revision += 1
        return None

    def set_default(self, menu_id: str | None) -> None:
        with self._lock:
            self.default = menu_id
            self.revision += 1

    def link(self, user_id: str, menu_id: str | None) -> None:
        with self._lock:
            self._of_user.pop(user_id, None)
            if menu_id is not None:
                self._of_user[user_id] = menu_id
            self.revision += 1

    def linked_to(self, user_id: str) -> str | None:
        with self._lock:
            return self._of_user.get(user_id)

    def seen_by(self, user_id: str) -> RichMenu | None:
        """The menu this resident sees: their own before the default."""
        with self._lock:
            own = self._of_user.get(user_id) or self.default
            return self._menus.get(own) if own else None

    def unlink_everyone(self) -> None:
        with self._lock:
            self._of_user.clear()
            self.revision += 1

    def set_alias(self, alias: str, menu_id: str | None) -> None:
        with self._lock:
            self._aliases.pop(alias, None)
            if menu_id is not None:
                self._aliases[alias] = menu_id

    def alias(self, alias: str) -> str | None:
        with self._lock:
            return self._aliases.get(alias)

    def aliases(self) -> dict[str, str]:
        with self._lock:
            return dict(self._aliases)

    def save(self, folder: Path) -> None:
        with self._lock:
            state = {
                "menus": [{"id": m.id, "shape": m.shape} for m in self._menus.values()],
                "aliases": self._aliases,
                "default": self.default,
            }
            for menu in self._menus.values():
                if menu.picture is not None:
                    (folder / f"{menu.id}.img").write_bytes(menu.picture)
        draft = folder / "rich_menus.json.new"
        draft.write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
        draft.replace(folder / "rich_menus.json")

    def load(self, folder: Path) -> None:
        saved = folder / "rich_menus.json"
        if not saved.exists():
            return
        state = json.loads(saved.read_text(encoding="utf-8"))
        with self._lock:
            for facts in state["menus"]:
                menu = RichMenu(facts["id"], facts["shape"])
                picture = folder / f"{menu.id}.img"
                if picture.exists():
                    menu.picture = picture.read_bytes()
                    seen = look_at(menu.picture)
                    menu.media_type = seen.media_type if seen else ""
                self._menus[menu.id] = menu
            self._aliases = state["aliases"]
            self.default = state["default"]


def is_alias(alias: Any) -> bool:
    return isinstance(alias, str) and bool(re.fullmatch(limits.RICH_MENU_ALIAS_PATTERN, alias))
