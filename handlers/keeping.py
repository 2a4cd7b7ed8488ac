"""Commits the events of many deliveries together, each acknowledged only after its commit."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from bot.clocks import real_time
from bot.db import Database
from bot.inbox import service as inbox
from bot.line.inbound import RawEvent
from bot.sealing import Sealer

_PAUSE = 0.0005
"""Seconds a commit waits for others when there were others before: most come along for nothing."""


def _held_lock() -> Lock:
    lock = Lock()
    lock.acquire()
    return lock


@dataclass(slots=True)
class _Ticket:
    """One thread's events; `turn` is released when they are kept, or when it is to lead."""

    rows: list[dict[str, Any]]
    turn: Lock = field(default_factory=_held_lock)
    ended: bool = False
    error: BaseException | None = None


class Keeper:
    """Keeps events for the threads of one process.

    While one thread's commit reaches the disk, the others line up; the next one commits for all
    of them at once. So the disk's pace bounds the wait and not the throughput.
    """

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer
        self._line = Lock()
        self._waiting: list[_Ticket] = []
        self._led = False
        self._busy = False

    def keep(self, events: Sequence[RawEvent]) -> None:
        """Returns when the events are on the disk; events known before change nothing.

        Raises SQLAlchemy's error when the database refuses; then none of them may count as kept.
        """
        ticket = _Ticket(inbox.rows(self._sealer, events))
        with self._line:
            self._waiting.append(ticket)
            leads, self._led = not self._led, True
        if not leads:
            ticket.turn.acquire()
        if not ticket.ended:
            self._lead()
        if ticket.error is not None:
            raise ticket.error

    def _lead(self) -> None:
        if self._busy:
            time.sleep(_PAUSE)
        with self._line:
            tickets, self._waiting = self._waiting, []
            self._busy = len(tickets) > 1
        try:
            with self._database.writing_at_once() as connection:
                rows = [row for ticket in tickets for row in ticket.rows]
                inbox.insert(connection, rows, real_time())
        except BaseException as error:
            # Whatever it was: nobody may be told that their events are kept.
            for ticket in tickets:
                ticket.error = error
        finally:
            self._hand_over()
            for ticket in tickets:
                ticket.ended = True
                ticket.turn.release()

    def _hand_over(self) -> None:
        with self._line:
            self._led = bool(self._waiting)
            if self._led:
                self._waiting[0].turn.release()
