"""Lets tests that measure time have the machine to themselves while others run side by side."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Turns:
    """Locks in files that the processes of one test run share."""

    def __init__(self, folder: Path) -> None:
        # Side by side, pytest-xdist gives each process a folder of its own inside the run's.
        shared = folder.parent if folder.name.startswith("popen-") else folder
        self._gate, self._room = shared / "gate.lock", shared / "room.lock"

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
    def _held(self, how: int) -> Iterator[None]:
        with self._gate.open("w") as gate, self._room.open("w") as room:
            fcntl.flock(gate, fcntl.LOCK_EX)  # in order of arrival: nobody waits for ever
            fcntl.flock(room, how)
            fcntl.flock(gate, fcntl.LOCK_UN)
            yield
