"""Lets tests that measure time have the machine to themselves while others run side by side."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Turns:
    """Locks in files of a folder that the processes of one test run share."""

    def __init__(self, folder: Path) -> None:
        self._gate = (folder / "gate.lock").open("w")
        self._room = (folder / "room.lock").open("w")

    def close(self) -> None:
        """Lets go of the files."""
        self._gate.close()
        self._room.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Runs beside others, but not beside one that is alone."""
        with self._held(fcntl.LOCK_SH):
            yield

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Waits until every other test has ended, and lets none begin."""
        with self._held(fcntl.LOCK_EX):
            yield

    @contextmanager
    def alone_meanwhile(self) -> Iterator[None]:
        """Within `together`: alone as long as it lasts, then beside the others again."""
        fcntl.flock(self._room, fcntl.LOCK_UN)  # two that wait for each other would wait for ever
        try:
            with self.alone():
                yield
        finally:
            self._take(fcntl.LOCK_SH)

    @contextmanager
    def _held(self, how: int) -> Iterator[None]:
        self._take(how)
        try:
            yield
        finally:
            fcntl.flock(self._room, fcntl.LOCK_UN)

    def _take(self, how: int) -> None:
        fcntl.flock(self._gate, fcntl.LOCK_EX)  # in order of arrival: nobody waits for ever
        try:
            fcntl.flock(self._room, how)
        finally:
            fcntl.flock(self._gate, fcntl.LOCK_UN)
