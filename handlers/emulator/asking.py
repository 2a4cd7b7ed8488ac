"""Reads what a control request asks for, and says what is wrong with it."""

import math
from typing import Any

from flask import request

from bot.emulator.people import Member
from bot.emulator.platform import Platform

Json = dict[str, Any]


class Wrong(Exception):
    """The request makes no sense; the words say what is missing."""


def asked() -> Json:
    """The JSON object of the request."""
    if request.mimetype != "application/json":
        raise Wrong("send application/json")
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Wrong("send a JSON object")
    return body


def text_of(body: Json, key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str):
        raise Wrong(f"{key} must be a string")
    return value


def number(body: Json, key: str, *, default: float | None = None) -> float:
    value = body.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Wrong(f"{key} must be a number")
    return float(value)


def member(platform: Platform, body: Json, *, key: str = "resident", group: bool = False) -> Member:
    """The resident or group named in the request, made when there is none of that key."""
    named = body.get(key)
    if not isinstance(named, str) or not 1 <= len(named) <= 64:
        raise Wrong(f"{key} must be a key or id")
    return platform.people.find(named) or platform.people.add(named, group=group)
