"""Collects what LINE would find wrong with a request, in the shape of its error answer."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bot.emulator import limits
from bot.emulator.counting import utf16_units

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
_URI_CHARACTERS = re.compile(r"[!-~]+")


@dataclass(slots=True)
class Findings:
    """The faults found so far; empty means that LINE would take the request."""

    details: list[dict[str, str]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.details)

    def add(self, where: str, message: str) -> None:
        self.details.append({"message": message, "property": where})

    def answer(self) -> dict[str, Any]:
        """LINE's error body for these findings."""
        count = len(self.details)
        return {"message": f"The request body has {count} error(s)", "details": self.details}

    def text(
        self,
        thing: dict[str, Any],
        key: str,
        where: str,
        *,
        most: int,
        required: bool = True,
        count: Callable[[str], int] = utf16_units,
        least: int = 1,
    ) -> str | None:
        """The text under `key` when it is a string of `least` to `most` characters."""
        value = thing.get(key)
        place = join(where, key)
        if value is None:
            if required:
                self.add(place, "May not be empty")
            return None
        if not isinstance(value, str):
            self.add(place, "Must be a string")
            return None
        length = count(value)
        if length < least or (least and not value.strip()):
            self.add(place, "May not be empty")
        elif length > most:
            self.add(place, f"Length must be between {least} and {most}")
        return value

    def one_of(
        self,
        thing: dict[str, Any],
        key: str,
        where: str,
        choices: Collection[str],
        *,
        required: bool = False,
    ) -> None:
        value = thing.get(key)
        if value is None:
            if required:
                self.add(join(where, key), "May not be empty")
        elif value not in choices:
            listed = ", ".join(sorted(choices))
            self.add(join(where, key), f"Must be one of the following values: [{listed}]")

    def known_only(self, thing: dict[str, Any], where: str, known: Collection[str]) -> None:
        """A property that LINE does not know is refused, so a misspelt one cannot go unnoticed."""
        for key in thing:
            if key not in known:
                self.add(join(where, key), "Unknown property")

    def listed(
        self, thing: dict[str, Any], key: str, where: str, *, least: int, most: int
    ) -> list[Any]:
        """The list under `key`; empty, and a finding, when it is missing or no list."""
        value = thing.get(key)
        place = join(where, key)
        if not isinstance(value, list):
            self.add(place, "Must be an array" if value is not None else "May not be empty")
            return []
        if not least <= len(value) <= most:
            self.add(place, f"Size must be between {least} and {most}")
        return value

    def number(
        self,
        thing: dict[str, Any],
        key: str,
        where: str,
        *,
        least: float,
        most: float,
    ) -> None:
        value = thing.get(key)
        place = join(where, key)
        if value is None:
            self.add(place, "May not be null")
        elif isinstance(value, bool) or not isinstance(value, int | float):
            self.add(place, "Must be a number")
        elif not least <= value <= most:
            self.add(place, f"Must be between {least} and {most}")

    def picture_url(
        self, thing: dict[str, Any], key: str, where: str, *, required: bool = True
    ) -> None:
        """An address that LINE fetches: HTTPS, or plain HTTP on this machine for the demo."""
        value = self.text(thing, key, where, most=limits.URL_CHARACTERS, required=required)
        if value and not is_fetchable(value):
            self.add(join(where, key), "Invalid url: must be https")


def join(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def is_fetchable(url: str) -> bool:
    """Whether LINE would fetch `url`; plain HTTP passes for this machine alone."""
    parts = _split(url)
    if parts is None:
        return False
    scheme, host = parts
    return (scheme == "https" and bool(host)) or (scheme == "http" and host in LOOPBACK_HOSTS)


def is_openable(uri: str) -> bool:
    """Whether `uri` may stand in an action: http, https, line or tel, percent-encoded."""
    parts = _split(uri)
    if parts is None:
        return False
    scheme, host = parts
    if scheme in ("http", "https"):
        return bool(host)
    return scheme in limits.URI_SCHEMES and len(uri) > len(scheme) + 1


def _split(uri: str) -> tuple[str, str] | None:
    if not _URI_CHARACTERS.fullmatch(uri):
        return None
    try:
        parts = urlsplit(uri)
        return parts.scheme.lower(), parts.hostname or ""
    except ValueError:
        return None
