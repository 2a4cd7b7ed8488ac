"""Reads conversations: the one that lives, those that wait, and what was said in one."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.handover.models import HandoverLine, HandoverRow
from bot.handover.rules import By, Conversation, Line, Place, State
from bot.sealing import Sealer

PURPOSE = "handover.said"


def latest_of(session: Session, resident_key: str) -> Conversation | None:
    """The resident's last conversation with a person, whether it lives or not."""
    row = session.scalars(
        select(HandoverRow)
        .where(HandoverRow.resident_key == resident_key)
        .order_by(HandoverRow.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else value_of(row)


def one(session: Session, conversation_id: int) -> Conversation | None:
    """The conversation of that number."""
    row = session.get(HandoverRow, conversation_id)
    return None if row is None else value_of(row)


def waiting(session: Session, now: datetime, most: int = 100) -> list[Conversation]:
    """Those who wait for a person, the one who has waited longest first."""
    return _live(session, now, State.WAITING, most)


def with_people(session: Session, now: datetime, most: int = 100) -> list[Conversation]:
    """Those a person has, unanswered messages first, the oldest of them first."""
    held = _live(session, now, State.PERSON, most)
    return sorted(held, key=lambda one: (one.awaits_since is None, one.awaits_since or one.last_at))


def ended(session: Session, now: datetime, most: int = 20) -> list[Conversation]:
    """Those that ended last, the newest first; one whose time is over counts as ended."""
    rows = session.scalars(
        select(HandoverRow)
        .where(HandoverRow.ended_at.is_not(None) | (HandoverRow.until <= now))
        .order_by(HandoverRow.last_at.desc(), HandoverRow.id.desc())
        .limit(most)
    )
    return [value_of(row) for row in rows]


def lines(
    session: Session,
    sealer: Sealer,
    conversation_ids: Collection[int],
    places: Collection[Place],
    *,
    most: int = 200,
) -> list[Line]:
    """The last `most` messages in order; those of other places come without their words."""
    rows = session.scalars(
        select(HandoverLine)
        .where(HandoverLine.handover_id.in_(conversation_ids))
        .order_by(HandoverLine.id.desc())
        .limit(most)
    ).all()
    return [_line(sealer, row, places) for row in reversed(rows)]


def on_page(session: Session, sealer: Sealer, resident_key: str, *, most: int = 100) -> list[Line]:
    """What the resident and staff wrote to each other on our page, in order."""
    rows = session.scalars(
        select(HandoverLine)
        .join(HandoverRow, HandoverRow.id == HandoverLine.handover_id)
        .where(HandoverRow.resident_key == resident_key, HandoverLine.place == Place.PAGE)
        .order_by(HandoverLine.id.desc())
        .limit(most)
    ).all()
    return [_line(sealer, row, (Place.PAGE,)) for row in reversed(rows)]


def kept_of(session: Session, resident_key: str) -> tuple[int, int]:
    """How many conversations are kept of a resident, and how many messages on our page."""
    talks = select(func.count()).select_from(HandoverRow)
    written = select(func.count()).select_from(HandoverLine)
    written = written.join(HandoverRow, HandoverRow.id == HandoverLine.handover_id)
    mine = HandoverRow.resident_key == resident_key
    held = session.scalar(talks.where(mine))
    return int(held or 0), int(
        session.scalar(written.where(mine, HandoverLine.place == Place.PAGE)) or 0
    )


def value_of(row: HandoverRow) -> Conversation:
    """The row as a value."""
    return Conversation(
        id=row.id,
        resident_key=row.resident_key,
        state=State(row.state),
        asked_by=By(row.asked_by),
        question_id=row.question_id,
        staff=row.staff,
        since=row.since,
        last_at=row.last_at,
        until=row.until,
        awaits_since=row.awaits_since,
        ended_at=row.ended_at,
        ended_by=By(row.ended_by) if row.ended_by else None,
        is_told=row.told_at is not None,
    )


def _live(session: Session, now: datetime, state: State, most: int) -> list[Conversation]:
    rows = session.scalars(
        select(HandoverRow)
        .where(HandoverRow.ended_at.is_(None), HandoverRow.until > now, HandoverRow.state == state)
        .order_by(HandoverRow.since, HandoverRow.id)
        .limit(most)
    )
    return [value_of(row) for row in rows]


def _line(sealer: Sealer, row: HandoverLine, places: Collection[Place]) -> Line:
    said = sealer.read(row.said, PURPOSE) if row.place in places else None
    return Line(row.id, row.at, By(row.by), Place(row.place), said, row.said is None)
