"""Work that goes round every second or so beside the worker: fresh knowledge, new clusters."""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

log = logging.getLogger("madoguchi.rounds")


class Round:
    """One thread that does its work, waits, and does it again; a fault is logged and outlived."""

    def __init__(self, name: str, work: Callable[[], object], *, every: float) -> None:
        self._work = work
        self._every = every
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._go, name=name, daemon=True)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def stop(self) -> None:
        """Ends after the work of the moment, which is waited for five seconds at most."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(5)

    def _go(self) -> None:
        while not self._stopping.wait(self._every):
            try:
                self._work()
            except Exception as fault:
                log.exception("%s failed: %s", self._thread.name, type(fault).__name__)
                self._stopping.wait(5 * self._every)


class Companion(Protocol):
    """What runs as long as the worker does, such as the clock."""

    def start(self) -> None:
        """Begins."""

    def stop(self) -> None:
        """Ends."""


class Together:
    """Several companions of the worker as one; stopped in the reverse order of starting."""

    def __init__(self, companions: Sequence[Companion]) -> None:
        self._companions = companions

    def start(self) -> None:
        """Starts each."""
        for companion in self._companions:
            companion.start()

    def stop(self) -> None:
        """Stops each, the last one first."""
        for companion in reversed(self._companions):
            companion.stop()
