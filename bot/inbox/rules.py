"""How often and when an event is tried again, and what is left of one that was taken back."""

from datetime import timedelta
from typing import Any

LEASE = timedelta(seconds=15)
ALONE_FROM = 2
"""After so many attempts an event runs alone: it may be what brings the process down."""
LAST_ATTEMPT = 4

_BACK_OFF = (0.3, 1.0, 3.0)


def is_last(attempts: int) -> bool:
    """True when an event that fails on this attempt is dead."""
    return attempts >= LAST_ATTEMPT


def back_off(attempts: int) -> timedelta:
    """How long an event waits after failing on this attempt: short, as its reply token ages."""
    return timedelta(seconds=_BACK_OFF[min(attempts, len(_BACK_OFF)) - 1])


def without_words(event: dict[str, Any]) -> dict[str, Any]:
    """The event of a message that its writer took back: who and when, nothing that was said."""
    kept = {key: value for key, value in event.items() if key not in ("message", "postback")}
    return kept | {"withdrawn": True}
