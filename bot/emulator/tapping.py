"""Finds what can be tapped in a message, and reads what a date picker gives back."""

import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

_FORMS = {
    "date": r"\d{4}-\d\d-\d\d",
    "time": r"\d\d:\d\d",
    "datetime": r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d",
}


def actions_in(thing: Any) -> Iterator[Json]:
    """Every action in a message or rich menu, in the order in which it stands there."""
    if isinstance(thing, list):
        for item in thing:
            yield from actions_in(item)
    elif isinstance(thing, dict):
        for key, value in thing.items():
            if key in ("action", "defaultAction") and isinstance(value, dict):
                yield value
            elif key == "actions" and isinstance(value, list):
                yield from (item for item in value if isinstance(item, dict))
            else:
                yield from actions_in(value)


def find_action(things: list[Json], wanted: str) -> Json | None:
    """The action whose label, text, displayText or data is `wanted`, in the newest thing first."""
    for thing in reversed(things):
        for action in actions_in(thing):
            if wanted in (action.get(key) for key in ("label", "text", "displayText", "data")):
                return action
    return None


def picked(action: Json, params: Any) -> tuple[str, Json]:
    """What a date picker sends for `params` (a string, or LINE's own object), or what is wrong."""
    mode = str(action.get("mode"))
    if mode not in _FORMS:
        return f"no such mode: {mode}", {}
    value = params.get(mode) if isinstance(params, dict) else params or action.get("initial")
    if not (isinstance(value, str) and re.fullmatch(_FORMS[mode], value)):
        return f"params must give a {mode}", {}
    value = value.upper()
    least, most = action.get("min"), action.get("max")
    if (least and value < least.upper()) or (most and value > most.upper()):
        return "outside the range of the date picker", {}
    return "", {mode: value}
