"""Looks after the inbox as a whole: what waits, what a stopped worker left, what is old."""

from datetime import datetime

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from bot.db import rows_changed
from bot.inbox.models import InboxEvent


def reclaim_orphans(session: Session, now: datetime) -> int:
    """Every claimed event is due at once. Only for the sole owner of the file, before it works."""
    claimed = update(InboxEvent).where(InboxEvent.state == "waiting", InboxEvent.owner.isnot(None))
    return rows_changed(session.execute(claimed.values(owner=None, run_at=now)))


def release(session: Session, owner: str, now: datetime) -> int:
    """Gives up the leases of a worker that stops, so that another need not wait for them."""
    mine = update(InboxEvent).where(InboxEvent.state == "waiting", InboxEvent.owner == owner)
    return rows_changed(session.execute(mine.values(owner=None, run_at=now)))


def sweep(session: Session, before: datetime, limit: int = 500) -> int:
    """Removes up to `limit` events done or dead before a moment; LINE delivers none of them again.

    How many were removed.
    """
    old = select(InboxEvent.id).where(InboxEvent.done_at < before).limit(limit)
    return rows_changed(session.execute(delete(InboxEvent).where(InboxEvent.id.in_(old))))


def oldest_waiting(session: Session) -> datetime | None:
    """When the oldest event that is not answered yet was received."""
    waiting = select(func.min(InboxEvent.received_at)).where(text("state = 'waiting'"))
    return session.execute(waiting).scalar_one()


def counts(session: Session) -> dict[str, int]:
    """How many events are waiting and dead."""
    return {state: _held(session, state) for state in ("waiting", "dead")}


def _held(session: Session, state: str) -> int:
    # Written out, so that the partial indexes serve.
    wanted = select(func.count()).select_from(InboxEvent).where(text(f"state = '{state}'"))
    return session.execute(wanted).scalar_one()
