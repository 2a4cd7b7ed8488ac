"""Works off what was kept: answers events and sends messages, in threads, until told to stop."""

import logging
import os
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from bot.db import Database
from bot.inbox import upkeep as inbox_upkeep
from bot.outbox import upkeep as outbox_upkeep
from bot.outbox.rules import EMERGENCY, PUSH, REPLY
from bot.sealing import Sealer
from scheduler.answering import Answer, Answering
from scheduler.bells import Bell, Listener
from scheduler.right_of_way import RightOfWay
from scheduler.rounds import Companion
from scheduler.sending import Sender, Sends

log = logging.getLogger("madoguchi.worker")

Failpoint = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many threads do what, and how long one that found nothing waits (seconds)."""

    answering: int = 2
    replying: int = 4
    sending: int = 2
    poll: float = 0.5


def passes(_name: str) -> None:
    """The failpoint of real life: nothing happens."""


class Worker:
    """The worker role. Make and start it after a fork; start and stop it once.

    On SQLite the caller must own the file (`handlers.owning`): what an earlier process had
    claimed is taken back at the start.
    """

    def __init__(
        self,
        database: Database,
        sealer: Sealer,
        gateway: Sends,
        answer: Answer,
        *,
        companion: Companion | None = None,
        sizes: Sizes | None = None,
        failpoint: Failpoint = passes,
        way: RightOfWay | None = None,
    ) -> None:
        self._database = database
        self._sizes = sizes or Sizes()
        self._companion = companion
        self._owner = f"{os.getpid()}-{uuid.uuid4().hex[:16]}"
        self._events = Bell(self._sizes.answering)
        self._replies = Bell(self._sizes.replying)
        self._pushes = Bell(self._sizes.sending)
        self._guard = Bell(1)
        way = way or RightOfWay()
        self._answering = Answering(database, sealer, answer, self._owner, failpoint, way=way)
        self._sender = Sender(database, sealer, gateway, self._owner, failpoint, way=way)
        self._listener = None if database.is_sqlite else Listener(database, self._events)
        self._stopping = threading.Event()
        self._threads = [*self._crew()]

    def start(self) -> None:
        """Begins to work."""
        if self._database.is_sqlite:
            self._take_back(orphans=True)
        for thread in self._threads:
            thread.start()
        if self._listener:
            self._listener.start()
        if self._companion:
            self._companion.start()

    def wake(self) -> None:
        """An event was kept and committed: it need not wait for the next poll."""
        self._events.ring()

    def stop(self, timeout: float = 20) -> bool:
        """Claims nothing more, lets what is in flight end, gives up leases that are left.

        True when everything ended within `timeout` seconds.
        """
        self._stopping.set()
        for bell in (self._events, self._replies, self._pushes, self._guard):
            bell.ring_all()
        if self._companion:
            self._companion.stop()
        if self._listener:
            self._listener.stop()
        until = time.monotonic() + timeout
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, until - time.monotonic()))
        try:
            self._take_back(orphans=False)
        except Exception as error:
            log.warning("leases could not be given up: %s", type(error).__name__)
        return not any(thread.is_alive() for thread in self._threads)

    def _take_back(self, *, orphans: bool) -> None:
        with self._database.writing() as session:
            now = self._database.lease_now(session)
            for upkeep in (inbox_upkeep, outbox_upkeep):
                if orphans:
                    upkeep.reclaim_orphans(session, now)
                else:
                    upkeep.release(session, self._owner, now)

    def _crew(self) -> list[threading.Thread]:
        def answer_one() -> bool:
            answered = self._answering.one()
            if answered:
                self._replies.ring()
            return answered

        crew = [self._thread("guard", self._answering.one_alone, self._guard)]
        for number in range(self._sizes.answering):
            crew.append(self._thread(f"answer-{number}", answer_one, self._events))
        for number in range(self._sizes.replying):
            send = lambda: self._sender.one(REPLY)  # noqa: E731
            crew.append(self._thread(f"reply-{number}", send, self._replies))
        for number in range(self._sizes.sending):
            push = lambda: any(map(self._sender.one, (EMERGENCY, PUSH)))  # noqa: E731
            crew.append(self._thread(f"push-{number}", push, self._pushes))
        return crew

    def _thread(self, name: str, work: Callable[[], bool], bell: Bell) -> threading.Thread:
        def run() -> None:
            while not self._stopping.is_set():
                try:
                    found = work()
                except Exception as error:
                    # The database is away, or a fault of ours: the thread must outlive it.
                    log.exception("work failed: %s", type(error).__name__)
                    self._stopping.wait(1)
                    continue
                if not found:
                    bell.wait(self._sizes.poll)

        return threading.Thread(target=run, name=name, daemon=True)
