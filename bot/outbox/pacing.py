"""Hands out the moments at which an endpoint may be called, to all processes from one row."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

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
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    first = insert(Pacer).values(endpoint=endpoint, next_at=now)
    session.execute(first.on_conflict_do_nothing(index_elements=["endpoint"]))
    wanted = select(Pacer).where(Pacer.endpoint == endpoint).with_for_update()
    row = session.scalars(wanted.execution_options(populate_existing=True)).one()
    begins, apart = max(now, row.next_at), timedelta(seconds=1 / per_second)
    row.next_at = begins + slots * apart
    session.flush()
    return [begins + number * apart for number in range(slots)]
