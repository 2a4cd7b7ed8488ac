"""What people are to be told: by LINE where they can be reached, else on the staff's call list."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.orm import Session as Db

from bot.classes import bookers, queries
from bot.classes.models import BookerRow, BookingRow, NoticeRow
from bot.classes.values import LIVE, Booked, Person, State, Tells
from bot.residents.models import ResidentRow
from bot.sealing import Sealer

_STANDS: dict[Tells, tuple[State, ...]] = {
    Tells.OFFER: (State.OFFERED,),
    Tells.OFFER_OVER: (State.CANCELLED,),
    Tells.NO_SEAT: (State.CANCELLED,),
    Tells.SEAT: (State.BOOKED,),
    Tells.CHANGED: LIVE,
    Tells.CANCELLED: (State.CANCELLED,),
    Tells.WITHDRAWN: (State.CANCELLED,),
    Tells.MOVED: LIVE,
    Tells.REMINDER: (State.BOOKED,),
    Tells.MORNING: (State.BOOKED,),
    Tells.AFTER: (State.BOOKED, State.ATTENDED),
}
"""In which state of its booking each is still true; otherwise it is dropped untold."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell about a booking. `resident_key` is None when it is a call."""

    id: int
    kind: Tells
    due_at: datetime
    useful_until: datetime
    booked: Booked
    resident_key: str | None
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody to be rung up, opened for those who may see it."""

    notice: Notice
    person: Person


def anything_stale(db: Db, now: datetime) -> bool:
    """True when `drop_stale` would find something; takes no lock."""
    return db.execute(_stale(now).limit(1)).first() is not None


def drop_stale(db: Db, now: datetime, most: int = 200) -> int:
    """Drops what is of no use any more: too late, or no longer true; how many."""
    ids = db.scalars(_stale(now).limit(most)).all()
    if ids:
        gone = update(NoticeRow).where(NoticeRow.id.in_(ids), NoticeRow.state == "waiting")
        db.execute(gone.values(state="dropped"))
    return len(ids)


def due_by_line(db: Db, now: datetime, most: int = 50) -> list[Notice]:
    """What is to be pushed now, the longest due first."""
    return _notices(db, now, _by_line(), most)


def calls(db: Db, sealer: Sealer, now: datetime, most: int = 200) -> list[Call]:
    """Whom to ring up now: offers first, the one that ends soonest at the top."""
    found = _notices(db, now, ~_by_line(), most)
    people = bookers.by_id(db, sealer, {one.booked.booking.booker_id for one in found})
    held = [
        Call(one, people[one.booked.booking.booker_id])
        for one in found
        if one.booked.booking.booker_id in people
    ]
    return sorted(held, key=lambda c: (c.notice.kind is not Tells.OFFER, c.notice.useful_until))


def count_calls(db: Db, now: datetime) -> int:
    """How many people are to be rung up now; opens nothing."""
    wanted = _due(now, ~_by_line()).with_only_columns(func.count(NoticeRow.id))
    return int(db.scalar(wanted) or 0)


def note_called(db: Db, notice_id: int, staff: str, now: datetime, *, reached: bool) -> bool:
    """Keeps that somebody was rung up; unreached, the call stays and its tries are counted.

    False when it was told or dropped before: nothing is done.
    """
    values: dict[str, object] = {"tries": NoticeRow.tries + 1, "staff": staff}
    if reached:
        values |= {"state": "told", "told_at": now}
    return _change(db, notice_id, values)


def note_told(db: Db, notice_id: int, now: datetime) -> bool:
    """True for the first who tells; then it is told."""
    return _change(db, notice_id, {"state": "told", "told_at": now})


def leave_to_staff(db: Db, notice_id: int) -> bool:
    """Puts a notice that cannot be pushed (no message is left this month) on the list of calls."""
    return _change(db, notice_id, {"by_phone": True})


def _stale(now: datetime) -> Select[Any]:
    untrue = [
        and_(NoticeRow.kind == kind, BookingRow.state.not_in(states))
        for kind, states in _STANDS.items()
    ]
    return (
        select(NoticeRow.id)
        .join(BookingRow, BookingRow.id == NoticeRow.booking_id)
        .where(NoticeRow.state == "waiting", or_(NoticeRow.useful_until <= now, *untrue))
    )


def _change(db: Db, notice_id: int, values: dict[str, object]) -> bool:
    waiting = update(NoticeRow).where(NoticeRow.id == notice_id, NoticeRow.state == "waiting")
    done = db.execute(waiting.values(values).returning(NoticeRow.id))
    return done.one_or_none() is not None


def _by_line() -> ColumnElement[bool]:
    return and_(ResidentRow.key.is_not(None), NoticeRow.by_phone.is_(False))


def _due(now: datetime, which: ColumnElement[bool]) -> Any:
    in_reach = and_(ResidentRow.key == BookerRow.resident_key, ResidentRow.left_at.is_(None))
    return (
        select(NoticeRow, ResidentRow.key)
        .join(BookingRow, BookingRow.id == NoticeRow.booking_id)
        .join(BookerRow, BookerRow.id == BookingRow.booker_id)
        .outerjoin(ResidentRow, in_reach)
        .where(
            NoticeRow.state == "waiting",
            NoticeRow.due_at <= now,
            NoticeRow.useful_until > now,
            which,
        )
    )


def _notices(db: Db, now: datetime, which: ColumnElement[bool], most: int) -> list[Notice]:
    rows = db.execute(_due(now, which).order_by(NoticeRow.due_at, NoticeRow.id).limit(most)).all()
    booked = queries.bookings(db, {row.booking_id for row, _ in rows}, now)
    return [
        Notice(
            id=row.id,
            kind=Tells(row.kind),
            due_at=row.due_at,
            useful_until=row.useful_until,
            booked=booked[row.booking_id],
            resident_key=None if row.by_phone else key,
            tries=row.tries,
        )
        for row, key in rows
        if booked[row.booking_id].booking.state in _STANDS[Tells(row.kind)]
    ]
