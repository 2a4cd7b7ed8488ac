"""Commits the events of many deliveries together, each acknowledged only after its commit."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.db import Database
from bot.inbox import service as inbox
from bot.line.inbound import RawEvent
from bot.sealing import Sealer


@dataclass(slots=True)
class _Ticket:
    rows: list[dict[str, Any]]
    ended: bool = False
    error: Exception | None = field(default=None)


class Keeper:
    """Keeps events for the threads of one process.

    While one thread's commit reaches the disk, the others line up; the next one commits for all
    of them at once. So the disk's pace bounds the wait and not the throughput.
    """

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer
        self._gate = threading.Lock()
        self._waiting: deque[_Ticket] = deque()

    def keep(self, events: Sequence[RawEvent]) -> None:
        """Returns when the events are on the disk; events known before change nothing.

        Raises SQLAlchemy's error when the database refuses; then none of them may count as kept.
        """
        ticket = _Ticket(inbox.rows(self._sealer, events))
        self._waiting.append(ticket)
        with self._gate:
            if not ticket.ended:
                self._commit()
        if ticket.error is not None:
            raise ticket.error

    def _commit(self) -> None:
        tickets = [self._waiting.popleft() for _ in range(len(self._waiting))]
        rows = [row for ticket in tickets for row in ticket.rows]
        try:
            with self._database.writing() as session:
                inbox.insert(session, rows, self._database.lease_now(session))
        except Exception as error:
            for ticket in tickets:
                ticket.error = error
        finally:
            for ticket in tickets:
                ticket.ended = True
