"""Keeps who wants to know when a procedure goes online; announcements tell them."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.plan.models import GoLiveWatch


def watch(session: Session, resident_key: str, procedure_id: str, now: datetime) -> bool:
    """Keeps the wish; returns False, changing nothing, when it was kept already."""
    if session.get(GoLiveWatch, (resident_key, procedure_id)) is not None:
        return False
    session.add(GoLiveWatch(resident_key=resident_key, procedure_id=procedure_id, asked_at=now))
    session.flush()
    return True


def unwatch(session: Session, resident_key: str, procedure_id: str) -> bool:
    """Takes the wish back; returns False when there was none."""
    gone = session.execute(
        delete(GoLiveWatch)
        .where(GoLiveWatch.resident_key == resident_key, GoLiveWatch.procedure_id == procedure_id)
        .returning(GoLiveWatch.procedure_id)
    )
    return gone.one_or_none() is not None


def watched(session: Session, resident_key: str) -> int:
    """How many procedures the resident watches."""
    count = session.scalar(select(func.count()).where(GoLiveWatch.resident_key == resident_key))
    return int(count or 0)


def forget(session: Session, resident_key: str) -> int:
    """Erases the resident's wishes; returns how many went."""
    gone = session.execute(
        delete(GoLiveWatch)
        .where(GoLiveWatch.resident_key == resident_key)
        .returning(GoLiveWatch.procedure_id)
    )
    return len(gone.all())
