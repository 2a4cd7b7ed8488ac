"""What LINE accepts as an action, by the place it stands in."""

import re
from dataclasses import dataclass
from typing import Any

from bot.emulator import limits
from bot.emulator.counting import graphemes
from bot.emulator.findings import Findings, is_openable, join

Json = dict[str, Any]

EVERYWHERE = frozenset({"postback", "message", "uri", "datetimepicker", "clipboard"})
_PROPERTIES = {
    "postback": {"data", "displayText", "text", "inputOption", "fillInText"},
    "message": {"text"},
    "uri": {"uri", "altUri"},
    "datetimepicker": {"data", "mode", "initial", "max", "min"},
    "clipboard": {"clipboardText"},
    "richmenuswitch": {"richMenuAliasId", "data"},
    "camera": set(),
    "cameraRoll": set(),
    "location": set(),
}
_INPUT_OPTIONS = frozenset({"closeRichMenu", "openRichMenu", "openKeyboard", "openVoice"})
_DATES = {
    "date": r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])",
    "time": r"([01]\d|2[0-3]):[0-5]\d",
    "datetime": r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt]([01]\d|2[0-3]):[0-5]\d",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an action stands: how long its label may be, whether it needs one, which types fit."""

    label: int = limits.LABEL
    label_needed: bool = True
    types: frozenset[str] = EVERYWHERE


TEMPLATE = Place()
TAP_ON_PICTURE = Place(label_needed=False)
IMAGE_CAROUSEL = Place(label=limits.LABEL_IMAGE_CAROUSEL, label_needed=False)
QUICK_REPLY = Place(types=EVERYWHERE | {"camera", "cameraRoll", "location"})
FLEX_BUTTON = Place(label=limits.LABEL_FLEX)
FLEX = Place(label=limits.LABEL_FLEX, label_needed=False)
RICH_MENU = Place(label_needed=False, types=EVERYWHERE | {"richmenuswitch"})


def check_action(action: Any, where: str, place: Place, findings: Findings) -> None:
    """Adds what is wrong with `action` to `findings`."""
    if not isinstance(action, dict):
        findings.add(where, "May not be null")
        return
    kind = action.get("type")
    if kind not in place.types:
        listed = ", ".join(sorted(place.types))
        findings.add(join(where, "type"), f"Must be one of the following values: [{listed}]")
        return
    findings.known_only(action, where, {"type", "label"} | _PROPERTIES[kind])
    findings.text(
        action, "label", where, most=place.label, required=place.label_needed, count=graphemes
    )
    if kind in _CHECKS:
        _CHECKS[kind](action, where, findings)


def _postback(action: Json, where: str, findings: Findings) -> None:
    findings.text(action, "data", where, most=limits.POSTBACK_DATA)
    findings.text(action, "displayText", where, most=limits.POSTBACK_TEXT, required=False)
    findings.text(action, "text", where, most=limits.POSTBACK_TEXT, required=False)
    if "displayText" in action and "text" in action:
        findings.add(join(where, "text"), "Cannot be used with displayText")
    findings.one_of(action, "inputOption", where, _INPUT_OPTIONS)
    if "fillInText" in action:
        findings.text(action, "fillInText", where, most=limits.FILL_IN_TEXT)
        if action.get("inputOption") != "openKeyboard":
            findings.add(join(where, "fillInText"), "Needs inputOption openKeyboard")


def _message(action: Json, where: str, findings: Findings) -> None:
    findings.text(action, "text", where, most=limits.MESSAGE_ACTION_TEXT)


def _uri(action: Json, where: str, findings: Findings) -> None:
    uri = findings.text(action, "uri", where, most=limits.URI)
    if uri and not is_openable(uri):
        findings.add(join(where, "uri"), "invalid uri")
    other = action.get("altUri")
    if isinstance(other, dict) and "desktop" in other:
        desktop = findings.text(other, "desktop", join(where, "altUri"), most=limits.URI)
        if desktop and not is_openable(desktop):
            findings.add(join(where, "altUri.desktop"), "invalid uri")


def _datetimepicker(action: Json, where: str, findings: Findings) -> None:
    findings.text(action, "data", where, most=limits.POSTBACK_DATA)
    findings.one_of(action, "mode", where, set(_DATES), required=True)
    pattern = _DATES.get(str(action.get("mode")))
    if pattern is None:
        return
    for key in ("initial", "min", "max"):
        value = action.get(key)
        if value is not None and not (isinstance(value, str) and re.fullmatch(pattern, value)):
            findings.add(join(where, key), "Invalid format")
            return
    least, most = action.get("min"), action.get("max")
    if least is not None and most is not None and least.upper() >= most.upper():
        findings.add(join(where, "max"), "Must be greater than min")


def _clipboard(action: Json, where: str, findings: Findings) -> None:
    findings.text(action, "clipboardText", where, most=limits.CLIPBOARD)


def _switch(action: Json, where: str, findings: Findings) -> None:
    alias = findings.text(action, "richMenuAliasId", where, most=limits.RICH_MENU_ALIAS)
    if alias and not re.fullmatch(limits.RICH_MENU_ALIAS_PATTERN, alias):
        findings.add(join(where, "richMenuAliasId"), "Invalid format")
    findings.text(action, "data", where, most=limits.POSTBACK_DATA)


_CHECKS = {
    "postback": _postback,
    "message": _message,
    "uri": _uri,
    "datetimepicker": _datetimepicker,
    "clipboard": _clipboard,
    "richmenuswitch": _switch,
}
