"""Ends conversations whose time is over, and erases them: by age, or with their resident."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from bot.handover.models import HandoverLine, HandoverRow
from bot.handover.queries import value_of
from bot.handover.rules import By, Conversation
from bot.handover.service import end


def end_overdue(session: Session, now: datetime, most: int = 20) -> list[Conversation]:
    """Ends up to `most` conversations whose time is over; each is given to one caller alone."""
    rows = session.scalars(
        select(HandoverRow)
        .where(HandoverRow.ended_at.is_(None), HandoverRow.until <= now)
        .order_by(HandoverRow.until)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    return [end(session, row, By.TIME, now, told=False) for row in rows]


def anything_overdue(session: Session, now: datetime) -> bool:
    """True when `end_overdue` would find one; takes no lock."""
    overdue = select(HandoverRow.id).where(HandoverRow.ended_at.is_(None), HandoverRow.until <= now)
    return session.execute(overdue.limit(1)).first() is not None


def untold(session: Session, since: datetime, most: int = 20) -> list[Conversation]:
    """Conversations that ended since a moment without the resident having been told."""
    rows = session.scalars(
        select(HandoverRow)
        .where(HandoverRow.ended_at >= since, HandoverRow.told_at.is_(None))
        .order_by(HandoverRow.id)
        .limit(most)
    )
    return [value_of(row) for row in rows]


def forget(session: Session, resident_key: str) -> int:
    """Erases all conversations of a resident; how many there were."""
    return _erase(session, HandoverRow.resident_key == resident_key, None)


def purge(session: Session, before: datetime, most: int = 100) -> int:
    """Erases up to `most` conversations that ended before a moment; how many went."""
    return _erase(session, HandoverRow.ended_at < before, most)


def _erase(session: Session, which: ColumnElement[bool], most: int | None) -> int:
    ids = session.scalars(select(HandoverRow.id).where(which).limit(most)).all()
    session.execute(delete(HandoverLine).where(HandoverLine.handover_id.in_(ids)))
    session.execute(delete(HandoverRow).where(HandoverRow.id.in_(ids)))
    return len(ids)
