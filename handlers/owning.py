"""Lets one program own an embedded database: the lock lasts as long as its processes do."""

import fcntl
import os
import time
from pathlib import Path

_PATIENCE = 2.0


class Ownership:
    """A lock on a file beside the database, inherited by forked processes.

    Not on the database file itself: closing a second descriptor of it would drop SQLite's locks.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def give_up(self) -> None:
        """Lets another program own the database."""
        os.close(self._descriptor)


def own(database_file: Path) -> Ownership | None:
    """The ownership, or None when another program has it.

    A program that is just ending is waited for, two seconds at most.
    """
    database_file.parent.mkdir(parents=True, exist_ok=True)
    lock_file = database_file.with_name(database_file.name + ".owner")
    descriptor = os.open(lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return Ownership(descriptor)
        except BlockingIOError:
            if time.monotonic() > until:
                os.close(descriptor)
                return None
            time.sleep(0.1)
