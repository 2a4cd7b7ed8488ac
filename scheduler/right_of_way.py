"""Lets answers to residents go before announcements, within one process."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_LATELY = 5.0
"""Seconds after which a town counts as silent again."""
_REPLY_FOLLOWS = 0.008
"""Seconds in which another thread takes the reply that an answer left."""
_APART = 0.012
"""Seconds between two who go while residents write: together they would stand in a reply's way."""


class RightOfWay:
    """Who answers holds it; who sends announcements waits until nobody does, and goes one by one.

    The wait is bounded by `longest` seconds, so that an announcement goes on, slowly, in a town
    that never stops writing, and well within a parcel's lease.
    """

    def __init__(self, longest: float = 0.25) -> None:
        self._longest = longest
        self._changed = threading.Condition()
        self._going = 0
        self._went = float("-inf")
        self._next = float("-inf")

    @contextmanager
    def held(self) -> Iterator[None]:
        """An event is being answered, or a reply is on its way, as long as the block lasts."""
        with self._changed:
            self._going += 1
        try:
            yield
        finally:
            with self._changed:
                self._going -= 1
                self._went = time.monotonic()

    def give(self) -> bool:
        """Returns when nobody holds it, or after `longest` seconds.

        True when residents wrote lately: who sends then does little at once.
        """
        until = time.monotonic() + self._longest
        while True:
            with self._changed:
                now = time.monotonic()
                lately = bool(self._going) or now - self._went < _LATELY
                if not lately:
                    return False
                free = max(self._went + _REPLY_FOLLOWS, self._next)
                if now >= until or (not self._going and now >= free):
                    self._next = now + _APART
                    return True
            pause = 0.002 if self._going else max(0.001, free - now)
            time.sleep(min(pause, max(0.0, until - now)))
