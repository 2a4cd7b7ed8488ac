"""Civil time, which a demo may move forward; lease time belongs to the database (`bot.db`)."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

CivilClock = Callable[[], datetime]
"""Gives the present moment, aware and in UTC, as residents and staff live it."""


def real_time() -> datetime:
    """The machine's time."""
    return datetime.now(UTC)


class MovedTime:
    """A civil clock that stands ahead of the machine's by what a small JSON file says.

    The file holds `{"offset_seconds": number}` and is written by the emulator's page, so that
    one can walk to the day before a class. A missing or half-written file means no offset.
    It is read again whenever it was replaced, so that whoever moves it finds it moved.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen: tuple[int, int] | None = None
        self._offset = timedelta(0)

    def __call__(self) -> datetime:
        seen = self._written()
        if seen is None or seen != self._seen:
            self._offset, self._seen = self._read(), seen
        return real_time() + self._offset

    def _written(self) -> tuple[int, int] | None:
        """Which file it is and when it was written; None without any."""
        try:
            held = self._file.stat()
        except OSError:
            return None
        return held.st_ino, held.st_mtime_ns

    def _read(self) -> timedelta:
        try:
            held = json.loads(self._file.read_text(encoding="utf-8"))
            return timedelta(seconds=float(held["offset_seconds"]))
        except (OSError, ValueError, KeyError, TypeError, OverflowError):
            return timedelta(0)
