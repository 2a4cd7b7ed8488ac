"""Looks after the outbox as a whole: what waits, what a stopped worker left, what is old."""

from datetime import datetime
from typing import Any

from sqlalchemy import case, delete, func, select, text, update
from sqlalchemy.orm import Session

from bot.db import rows_changed
from bot.outbox.models import OutboxParcel
from bot.outbox.rules import ENDS_BADLY


def reclaim_orphans(session: Session, now: datetime) -> int:
    """Every claimed parcel is due at once. Only for the sole owner of the file, at its start."""
    return _free(session, OutboxParcel.owner.isnot(None), now)


def release(session: Session, owner: str, now: datetime) -> int:
    """Gives up the leases of a sender that stops."""
    return _free(session, OutboxParcel.owner == owner, now)


def sweep(session: Session, before: datetime, failed_before: datetime, limit: int = 500) -> int:
    """Removes up to `limit` parcels that ended before a moment, badly before another one.

    How many were removed.
    """
    badly = OutboxParcel.state.in_(ENDS_BADLY)
    last = case((badly, failed_before), else_=before)
    # The first condition has an index; the second looks at what is old alone.
    wanted = (OutboxParcel.done_at < max(before, failed_before), OutboxParcel.done_at < last)
    old = select(OutboxParcel.id).where(*wanted).limit(limit)
    return rows_changed(session.execute(delete(OutboxParcel).where(OutboxParcel.id.in_(old))))


def oldest_waiting(session: Session, now: datetime) -> datetime | None:
    """When the oldest message that is on its way or overdue was decided.

    What is to be sent later does not count until then, nor do the parcels of an announcement,
    which may be paused: `bot.campaigns.upkeep.oldest_due` knows of them.
    """
    on_its_way = OutboxParcel.owner.isnot(None) | (OutboxParcel.attempts > 0)
    due = select(func.min(OutboxParcel.created_at)).where(
        text("state = 'waiting'"),
        OutboxParcel.part.is_(None),
        (OutboxParcel.run_at <= now) | on_its_way,
    )
    return session.execute(due).scalar_one()


def counts(session: Session) -> dict[str, int]:
    """How many parcels are waiting, and how many ended as refused, unknown or dead."""
    held = dict.fromkeys(("waiting", *ENDS_BADLY), 0)
    for condition in ("state = 'waiting'", "state IN ('dead', 'refused', 'unknown')"):
        rows = select(OutboxParcel.state, func.count()).where(text(condition))
        for state, number in session.execute(rows.group_by(OutboxParcel.state)):
            held[state] = number
    return held


def _free(session: Session, whose: Any, now: datetime) -> int:
    claimed = update(OutboxParcel).where(OutboxParcel.state == "waiting", whose)
    return rows_changed(session.execute(claimed.values(owner=None, run_at=now)))
