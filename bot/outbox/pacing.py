"""Hands out the moments at which an endpoint may be called, to all processes from one row."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.db import UtcDateTime, insert_unless_there
from bot.outbox.models import Pacer

MULTICASTS_A_SECOND = 190
"""LINE takes 200 in any second; the rest is for calls that reach it later than they left."""


def reserve(
    session: Session, endpoint: str, slots: int, now: datetime, per_second: float
) -> list[datetime]:
    """So many moments, none earlier than now, evenly spread after all those handed out before.

    A moment that is not used is lost. `now` is lease time. The row is locked until the commit:
    ask last.
    """
    connection = session.connection()
    next_at = connection.execute(_HELD, {"of": endpoint}).scalar()
    if next_at is None:
        first = insert_unless_there(session, Pacer).values(endpoint=endpoint, next_at=now)
        connection.execute(first.on_conflict_do_nothing(index_elements=["endpoint"]))
        next_at = connection.execute(_HELD, {"of": endpoint}).scalar_one()
    begins, apart = max(now, next_at), timedelta(seconds=1 / per_second)
    connection.execute(_MOVE, {"of": endpoint, "until": begins + slots * apart})
    return [begins + number * apart for number in range(slots)]


_TABLE = Pacer.metadata.tables[Pacer.__tablename__]
_HELD = select(_TABLE.c.next_at).where(_TABLE.c.endpoint == bindparam("of")).with_for_update()
_MOVE = (
    _TABLE.update()
    .where(_TABLE.c.endpoint == bindparam("of"))
    .values(next_at=bindparam("until", type_=UtcDateTime()))
)
