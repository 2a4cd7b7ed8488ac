"""Lets answers to residents go before announcements, within one process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class RightOfWay:
    """Who answers holds it; who sends announcements waits until nobody does.

    The wait is bounded by `longest` seconds, so that an announcement goes on, slowly, in a town
    that never stops writing, and well within a parcel's lease.
    """

    def __init__(self, longest: float = 0.25) -> None:
        self._longest = longest
        self._changed = threading.Condition()
        self._going = 0

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
                if not self._going:
                    self._changed.notify_all()

    def give(self) -> None:
        """Returns when nobody holds it, or after `longest` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: not self._going, self._longest)
