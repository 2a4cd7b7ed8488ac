"""Takes people out of the ledger: at their wish, or by age. Counts stay, nameless."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session as Db

from bot.classes import ledger
from bot.classes.models import (
    BookerRow,
    BookingRow,
    HistoryRow,
    LinkTryRow,
    NoticeRow,
    SessionRow,
)
from bot.classes.values import LIVE, TIME, Actor, State, What


def forget(db: Db, resident_key: str, now: datetime) -> int:
    """Erases the resident and their family from the ledger; how many people went.

    Seats they hold of classes to come are given up; the next round offers them to the line.
    A second time finds nothing.
    """
    people = _lock(db, BookerRow.resident_key == resident_key)
    gone = _erase(db, people, Actor.resident(resident_key), now)
    db.execute(delete(LinkTryRow).where(LinkTryRow.resident_key == resident_key))
    return gone


def purge(db: Db, before: datetime, now: datetime, most: int = 100) -> int:
    """Erases up to `most` people whose last class ended before a moment; how many went."""
    recent = exists().where(
        BookingRow.booker_id == BookerRow.id,
        SessionRow.id == BookingRow.session_id,
        SessionRow.last_ends_at >= before,
    )
    old = BookerRow.erased_at.is_(None) & (BookerRow.made_at < before) & ~recent
    return _erase(db, _lock(db, old, most), TIME, now)


def _lock(db: Db, which: object, most: int | None = None) -> Sequence[BookerRow]:
    wanted = select(BookerRow).where(which).order_by(BookerRow.id).limit(most)  # type: ignore[arg-type]
    return db.scalars(wanted.with_for_update().execution_options(populate_existing=True)).all()


def _erase(db: Db, people: Sequence[BookerRow], actor: Actor, now: datetime) -> int:
    ids = [person.id for person in people]
    if not ids:
        return 0
    _give_up(db, ids, actor, now)
    bookings = db.scalars(select(BookingRow.id).where(BookingRow.booker_id.in_(ids))).all()
    db.execute(
        update(BookingRow)
        .where(BookingRow.id.in_(bookings))
        .values(model=None, note=None, code_hash=None, code_until=None)
    )
    db.execute(update(HistoryRow).where(HistoryRow.booking_id.in_(bookings)).values(reason=None))
    db.execute(delete(NoticeRow).where(NoticeRow.booking_id.in_(bookings)))
    for person in people:
        person.name = person.kana = person.phone = None
        person.phone_hash = person.resident_key = None
        person.erased_at = now
    db.flush()
    booked = select(BookingRow.booker_id).where(BookingRow.booker_id.in_(ids))
    db.execute(delete(BookerRow).where(BookerRow.id.in_(ids), BookerRow.id.not_in(booked)))
    return len(ids)


def _give_up(db: Db, booker_ids: Sequence[int], actor: Actor, now: datetime) -> None:
    held = db.execute(
        select(BookingRow.id, BookingRow.session_id)
        .join(SessionRow, SessionRow.id == BookingRow.session_id)
        .where(
            BookingRow.booker_id.in_(booker_ids),
            BookingRow.state.in_(LIVE),
            SessionRow.starts_at > now,
        )
    ).all()
    for session_id in sorted({session_id for _, session_id in held}):
        ledger.lock_session(db, session_id)
    for booking_id, _ in held:
        row = ledger.find_booking(db, booking_id, Actor.staff(""))
        if row is not None and row.state in LIVE:
            ledger.change(db, row, State.CANCELLED, What.FORGOTTEN, actor=actor, now=now)
