"""When something counts as waiting too long, and how often a mail to staff is tried."""

from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What staff are told of."""

    DIGEST = "digest"
    LATE_EVENTS = "late_events"
    LATE_PARCELS = "late_parcels"


MOST_ATTEMPTS = 10
LEASE = timedelta(minutes=2)
"""For so long one process has a mail in its hands; longer than an attempt can take."""


def is_late(oldest: datetime | None, now: datetime, limit: timedelta) -> bool:
    """True when the oldest has waited longer than the limit."""
    return oldest is not None and now - oldest > limit


def is_calm(oldest: datetime | None, now: datetime, limit: timedelta) -> bool:
    """True when an incident is over: nothing waits, or not for half the limit.

    Between the two it goes on, so that one incident is not told again and again.
    """
    return oldest is None or now - oldest < limit / 2


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """When a mail is tried again after so many attempts: from a minute on, doubling to four
    hours; None when it is given up."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return now + min(timedelta(minutes=1) * (1 << (attempts - 1)), timedelta(hours=4))
