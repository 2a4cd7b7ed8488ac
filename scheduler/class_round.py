"""Moves the waiting lines on, sets reminders and tells people about their classes."""

import time
from collections.abc import Callable

from bot.city import ClassRules
from bot.classes import notices, telling, upkeep
from bot.classes.notices import Notice
from bot.classes.telling import Compose
from bot.clocks import CivilClock
from bot.db import Database
from bot.residents import service as residents
from bot.sealing import Sealer

REMIND_EVERY = 20.0
"""Seconds between two looks for reminders that have fallen due."""


class ClassRound:
    """Goes round every few seconds, in any number of processes: each is told each thing once.

    `compose` says a notice; `quota` asks LINE how many messages are left, None for unlimited or
    unknown. When none is left, what should be pushed stands on the staff's list of calls.
    """

    def __init__(
        self,
        database: Database,
        sealer: Sealer,
        civil: CivilClock,
        city: ClassRules,
        *,
        compose: Compose,
        quota: Callable[[], int | None],
    ) -> None:
        self._database = database
        self._sealer = sealer
        self._civil = civil
        self._city = city
        self._compose = compose
        self._quota = quota
        self._remind_at = 0.0
        self._reminded_by: object = None

    def go(self) -> int:
        """One round; how many people were told by push."""
        self.move_lines_on()
        self._remind_now_and_then()
        return self.tell()

    def move_lines_on(self) -> int:
        """Ends what time has ended and offers what has fallen free; how many bookings changed."""
        now = self._civil()
        with self._database.reading() as db:
            waiting = upkeep.to_settle(db, now)
        changed = 0
        for session_id in waiting:
            with self._database.writing() as db:
                changed += upkeep.settle(db, session_id, self._city, now)
        return changed

    def remind(self) -> int:
        """Keeps the reminders that have fallen due, and what follows a class; how many."""
        now = self._civil()
        with self._database.reading() as db:
            due = upkeep.untold(db, self._city, now)
        kept = 0
        for first in range(0, len(due), 50):
            with self._database.writing() as db:
                kept += sum(upkeep.keep(db, one) for one in due[first : first + 50])
        return kept

    def tell(self) -> int:
        """Pushes what is due, by day alone; how many people were told."""
        now = self._civil()
        with self._database.reading() as db:
            due = notices.due_by_line(db, now)
            stale = notices.anything_stale(db, now)
        if stale:
            with self._database.writing() as db:
                notices.drop_stale(db, now)
        if not due or self._city.quiet.is_now(now):
            return 0
        if self._quota() == 0:
            with self._database.writing() as db:
                for one in due:
                    notices.leave_to_staff(db, one.id)
            return 0
        return sum(self._tell(one) for one in due)

    def _remind_now_and_then(self) -> None:
        # A demo's clock that was moved is noticed at once, a real one now and then.
        hour = self._civil().replace(minute=0, second=0, microsecond=0)
        if time.monotonic() < self._remind_at and hour == self._reminded_by:
            return
        self.remind()
        self._remind_at, self._reminded_by = time.monotonic() + REMIND_EVERY, hour

    def _tell(self, one: Notice) -> bool:
        assert one.resident_key is not None  # due_by_line gives those in reach alone
        with self._database.reading() as db:
            resident = residents.recognise(db, one.resident_key)
        words = self._compose(resident, one)
        with self._database.writing() as db:
            return telling.push(
                db,
                self._sealer,
                one,
                words,
                now=self._civil(),
                lease_now=self._database.lease_now(db),
            )
