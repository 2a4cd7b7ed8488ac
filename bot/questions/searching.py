"""The condition that a text holds what somebody typed into a search box."""

from typing import Any

from sqlalchemy import ColumnElement

_ESCAPE = "\\"


def holds(column: Any, sought: str) -> ColumnElement[bool]:
    """True where the column holds every word of `sought`, whatever the wildcard signs in it."""
    condition: ColumnElement[bool] | None = None
    for word in sought.split():
        safe = word
        for sign in (_ESCAPE, "%", "_"):
            safe = safe.replace(sign, _ESCAPE + sign)
        part: ColumnElement[bool] = column.like(f"%{safe}%", escape=_ESCAPE)
        condition = part if condition is None else condition & part
    return column.is_not(None) if condition is None else condition
