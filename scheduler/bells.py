"""Wakes waiting threads: inside a process, and on PostgreSQL between processes."""

import logging
import threading

import psycopg

from bot.db import Database

log = logging.getLogger("madoguchi.worker")

CHANNEL = "madoguchi_work"


class Bell:
    """Rung once for each piece of work; a ring while nobody waits is not lost, up to `most`."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._rung = 0
        self._changed = threading.Condition()

    def ring(self) -> None:
        """Wakes one waiting thread."""
        with self._changed:
            self._rung = min(self._rung + 1, self._most)
            self._changed.notify()

    def ring_all(self) -> None:
        """Wakes every waiting thread."""
        with self._changed:
            self._rung = self._most
            self._changed.notify_all()

    def wait(self, seconds: float) -> None:
        """Returns at a ring, or after `seconds`."""
        with self._changed:
            if self._rung == 0:
                self._changed.wait(seconds)
            self._rung = max(0, self._rung - 1)


class Caller:
    """Tells the workers of other processes that events were kept (PostgreSQL's NOTIFY).

    `wake` returns at once; many calls in a short time are one notification. A lost one costs the
    workers' polling interval. Start it after a fork.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._wanted = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="caller", daemon=True)

    def start(self) -> None:
        """Begins to pass calls on."""
        self._thread.start()

    def wake(self) -> None:
        """Something was kept and committed."""
        self._wanted.set()

    def stop(self) -> None:
        """Ends the thread; calls after this are lost."""
        self._stopping = True
        self._wanted.set()
        self._thread.join(2)

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            if self._stopping:
                return
            try:
                with self._database.engine.connect() as connection:
                    connection.exec_driver_sql(f"NOTIFY {CHANNEL}")
                    connection.commit()
            except Exception as error:
                log.warning("no notification to the workers: %s", type(error).__name__)
                threading.Event().wait(0.5)


class Listener:
    """Rings a bell at each notification of another process; connects again after a failure."""

    def __init__(self, database: Database, bell: Bell) -> None:
        self._address = database.url.set(drivername="postgresql").render_as_string(False)
        self._bell = bell
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)

    def start(self) -> None:
        """Begins to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread within a second."""
        self._stopping.set()
        self._thread.join(2)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except Exception as error:
                log.warning("not listening for events: %s", type(error).__name__)
                self._stopping.wait(1)

    def _listen(self) -> None:
        with psycopg.connect(self._address, autocommit=True, connect_timeout=3) as connection:
            connection.execute(f"LISTEN {CHANNEL}".encode())
            while not self._stopping.is_set():
                for _ in connection.notifies(timeout=0.5, stop_after=1):
                    self._bell.ring_all()
