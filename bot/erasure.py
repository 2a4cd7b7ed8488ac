"""Erases residents and old records across all tables: at their wish, by age, after they left."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.city import Retention
from bot.db import Database
from bot.inbox import service as inbox
from bot.inbox import upkeep as inbox_upkeep
from bot.inbox.service import Claim
from bot.outbox import service as outbox
from bot.outbox import upkeep as outbox_upkeep
from bot.plan import service as plan
from bot.questions import retention as questions
from bot.residents import service as residents


def forget_resident(session: Session, key: str, *, sparing: Claim | None = None) -> dict[str, int]:
    """Erases every row of the resident with this key; counts stay, without identity.

    `sparing` is the event in whose answer it happens. Returns how many rows of each kind went;
    a second time finds nothing and changes nothing.
    """
    return {
        "questions": questions.forget(session, key),
        "wishes": plan.forget(session, key),
        "events": inbox.forget(session, key, sparing=sparing),
        "messages": outbox.forget(session, key),
        "residents": residents.forget(session, key),
    }


@dataclass(frozen=True, slots=True)
class Purge:
    """The nightly erasing: what is older than the city's retention settings goes.

    Works in batches of at most 500 rows, each a short transaction of its own; stopped half-way,
    it goes on the next night.
    """

    database: Database
    retention: Retention

    def __call__(self, now: datetime) -> dict[str, int]:
        """Erases what is too old at `now` (civil time); returns how many of each kind went."""
        kept = self.retention
        return {
            "questions": self._in_batches(
                lambda session: questions.purge(session, now - _days(kept.questions))
            ),
            "events": self._in_batches(
                lambda session: inbox_upkeep.sweep(session, now - _days(kept.inbox_done))
            ),
            "messages": self._in_batches(
                lambda session: outbox_upkeep.sweep(session, now - _days(kept.outbox_done))
            ),
            "residents": self._in_batches(
                lambda session: _forget_gone(session, now - _days(kept.residents_unfollowed))
            ),
        }

    def _in_batches(self, erase: Callable[[Session], int]) -> int:
        total = 0
        while True:
            with self.database.writing() as session:
                gone = erase(session)
            if gone == 0:
                return total
            total += gone


def _forget_gone(session: Session, before: datetime) -> int:
    keys = residents.gone_before(session, before, most=20)
    for key in keys:
        forget_resident(session, key)
    return len(keys)


def _days(number: int) -> timedelta:
    return timedelta(days=number)
