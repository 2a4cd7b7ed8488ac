"""Which due instants fire and which are too late."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

NextDue = Callable[[str, str, datetime], datetime | None]
"""The first instant of a cron line in a zone strictly after a moment, or None when none comes."""


@dataclass(frozen=True, slots=True)
class Due:
    """One due instant and what becomes of it: fired, coalesced (a later one fires) or missed."""

    at: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class Walk:
    """What is due by now, oldest first, and the first instant that is not."""

    due: tuple[Due, ...]
    next_due: datetime | None


def walk(
    cursor: datetime | None,
    now: datetime,
    grace: timedelta,
    after: Callable[[datetime], datetime | None],
) -> Walk:
    """Walks from the cursor to `now`. Of the instants within `grace`, only the latest fires.

    Of the instants older than that one row says that they were missed: after three weeks of
    standstill nobody needs a list.
    """
    if cursor is None or cursor > now:
        return Walk((), cursor)
    oldest = now - grace
    due: list[Due] = []
    if cursor < oldest:
        due.append(Due(cursor, "missed"))
        # One instant before, as `after` is strict and the oldest moment itself is in time.
        cursor = after(oldest - timedelta(microseconds=1))
    while cursor is not None and cursor <= now:
        due.append(Due(cursor, "fired"))
        cursor = after(cursor)
    earlier = [Due(d.at, "coalesced" if d.outcome == "fired" else d.outcome) for d in due[:-1]]
    return Walk((*earlier, *due[-1:]), cursor)
