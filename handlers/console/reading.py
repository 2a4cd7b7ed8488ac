"""Reads numbers and days out of addresses and forms; whatever is neither is None, not an error."""

from datetime import date, datetime, time

from bot.speech import dates

ROW = 9
"""Digits of a number that every row's number and version fits."""
LONG = 17
"""Digits of a number of the question log, the audit trail and the like, which count in 64 bits."""


def number_of(typed: str, digits: int = ROW) -> int | None:
    """A whole number from 0 on, in ASCII digits and not more of them."""
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= digits
    return int(typed) if is_number else None


def day_of(typed: str) -> date | None:
    """The day written as 2026-11-24, between 1900 and 2200."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2200 else None


def moment_of(day: str, hour: str) -> datetime | None:
    """The moment of such a day and a time of day like 10:30, in Japan."""
    on = day_of(day)
    try:
        return datetime.combine(on, time.fromisoformat(hour), dates.ZONE) if on else None
    except ValueError:
        return None
