"""Staff make, change, copy and cancel classes; everybody concerned is told. Never commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session as Db

from bot.city import ClassRules
from bot.classes import ledger, line, queries, times
from bot.classes.catalogue import new_code
from bot.classes.models import BookerRow, BookingRow, MeetingRow, SessionRow
from bot.classes.outcomes import NotFound, Past
from bot.classes.planning import Faulty, SessionPlan, faults
from bot.classes.values import (
    LIVE,
    Actor,
    Meeting,
    SessionState,
    State,
    Tells,
    What,
)
from bot.residents.models import ResidentRow


@dataclass(frozen=True, slots=True)
class TooFewSeats:
    """So many seats are taken or kept; the capacity stays as it was."""

    taken: int


@dataclass(frozen=True, slots=True)
class Changed:
    """The class is as planned. `told` people are told of it, none when nothing they see changed."""

    session_id: int
    told: int


@dataclass(frozen=True, slots=True)
class CalledOff:
    """The class will not be held. `told` is 0 when it was cancelled before."""

    session_id: int
    told: int


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a notice about a class would reach: by LINE, and by telephone."""

    by_line: int
    by_phone: int


def create(db: Db, plan: SessionPlan) -> int | Faulty:
    """Makes a class; its number. The same code again makes nothing and gives the same number."""
    wrong = faults(plan)
    if wrong:
        return Faulty(wrong)
    if plan.code:
        known = db.scalar(select(SessionRow.id).where(SessionRow.code == plan.code))
        if known is not None:
            return known
    row = SessionRow(code=plan.code or new_code("S"), next_place=1, capacity=plan.capacity)
    row.state = SessionState.DRAFT if plan.is_draft else SessionState.OPEN
    row.is_sample = plan.is_sample
    _fill(row, plan)
    row.kept = plan.kept
    db.add(row)
    db.flush()
    _put_meetings(db, row.id, plan.dates)
    return row.id


def plan_of(db: Db, session_id: int) -> SessionPlan | None:
    """The class as a plan, to be changed, copied or repeated."""
    row = db.get(SessionRow, session_id)
    if row is None:
        return None
    meetings = queries.meetings_of(db, [row])[row.id]
    return SessionPlan(
        course_id=row.course_id,
        venue_id=row.venue_id,
        dates=tuple((one.starts_at, one.ends_at) for one in meetings),
        capacity=row.capacity,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        kept=row.kept,
        kept_until=row.kept_until,
        note=row.note,
        is_draft=row.state == SessionState.DRAFT,
        is_sample=row.is_sample,
    )


def change(
    db: Db, session_id: int, plan: SessionPlan, *, actor: Actor, city: ClassRules, now: datetime
) -> Changed | TooFewSeats | Faulty | Past | NotFound:
    """Changes a class. New seats go to the line; a new time or place is told to all who have it.

    Fewer seats than are taken is refused: nobody loses a seat by a number.
    """
    wrong = faults(plan)
    if wrong:
        return Faulty(wrong)
    row = ledger.lock_session(db, session_id)
    if row is None or row.state == SessionState.CANCELLED:
        return NotFound()
    if now >= row.last_ends_at:
        return Past()
    line.settle(db, row, city, now)
    taken = ledger.seats(db, row, now).taken
    if plan.capacity < taken:
        return TooFewSeats(taken)
    before = _seen(db, row)
    row.capacity, row.kept = plan.capacity, min(plan.kept, plan.capacity)
    if row.state == SessionState.DRAFT and not plan.is_draft:
        row.state = SessionState.OPEN
    _fill(row, plan)
    _put_meetings(db, row.id, plan.dates)
    has_moved = _seen(db, row) != before
    told = _tell_of_change(db, row, actor, city, now) if has_moved else 0
    line.settle(db, row, city, now)
    return Changed(row.id, told)


def cancel(
    db: Db, session_id: int, *, actor: Actor, city: ClassRules, now: datetime
) -> CalledOff | Past | NotFound:
    """The class will not be held: every booking ends, and all are told. Again changes nothing."""
    row = ledger.lock_session(db, session_id)
    if row is None:
        return NotFound()
    if row.state == SessionState.CANCELLED:
        return CalledOff(row.id, 0)
    if now >= row.last_ends_at:
        return Past()
    row.state = SessionState.CANCELLED
    told = 0
    for booking in _bookings(db, row.id):
        ledger.change(db, booking, State.CANCELLED, What.SESSION_CANCELLED, actor=actor, now=now)
        due = times.told_from(city, now, has_line=ledger.has_line(db, booking))
        until = max(row.last_ends_at, due + ledger.NEWS_LASTS)
        told += ledger.tell(db, booking, Tells.CANCELLED, due, until)
    db.flush()
    return CalledOff(row.id, told)


def remove_draft(db: Db, session_id: int) -> bool:
    """Takes away a class nobody could book yet; False for any other."""
    row = ledger.lock_session(db, session_id)
    if row is None or row.state != SessionState.DRAFT:
        return False
    db.execute(delete(MeetingRow).where(MeetingRow.session_id == session_id))
    db.delete(row)
    db.flush()
    return True


def reach(db: Db, session_id: int) -> Reach:
    """Whom a notice about the class would reach now; forgotten or blocked accounts are rung up."""
    wanted = (
        select(func.count(BookingRow.id), func.count(ResidentRow.key))
        .join(BookerRow, BookerRow.id == BookingRow.booker_id)
        .outerjoin(
            ResidentRow,
            (ResidentRow.key == BookerRow.resident_key) & ResidentRow.left_at.is_(None),
        )
        .where(BookingRow.session_id == session_id, BookingRow.state.in_(LIVE))
    )
    everybody, by_line = db.execute(wanted).one()
    return Reach(by_line, everybody - by_line)


def _fill(row: SessionRow, plan: SessionPlan) -> None:
    row.course_id, row.venue_id = plan.course_id, plan.venue_id
    row.starts_at, row.ends_at = plan.dates[0]
    row.last_ends_at = plan.dates[-1][1]
    row.opens_at, row.closes_at = plan.opens_at, plan.closes_at
    row.kept_until, row.note = plan.kept_until, plan.note


def _put_meetings(db: Db, session_id: int, dates: Sequence[tuple[datetime, datetime]]) -> None:
    db.execute(delete(MeetingRow).where(MeetingRow.session_id == session_id))
    db.add_all(
        MeetingRow(session_id=session_id, number=number, starts_at=start, ends_at=end)
        for number, (start, end) in enumerate(dates[1:], start=2)
    )
    db.flush()


def _seen(db: Db, row: SessionRow) -> tuple[int, tuple[Meeting, ...]]:
    # What everybody who comes must know; other changes need no message.
    return row.venue_id, queries.meetings_of(db, [row])[row.id]


def _tell_of_change(db: Db, row: SessionRow, actor: Actor, city: ClassRules, now: datetime) -> int:
    told = 0
    for booking in _bookings(db, row.id):
        ledger.write_down(db, booking, booking.state, What.SESSION_CHANGED, actor=actor, now=now)
        # One message about the last state is enough: an earlier one not sent yet is dropped.
        ledger.drop_notices(db, booking.id, Tells.CHANGED, Tells.REMINDER, Tells.MORNING)
        due = times.told_from(city, now, has_line=ledger.has_line(db, booking))
        if booking.state == State.OFFERED:
            continue  # the offer itself tells time and place
        told += ledger.tell(
            db, booking, Tells.CHANGED, due, max(row.starts_at, now), about=now.isoformat()
        )
    return told


def _bookings(db: Db, session_id: int) -> list[BookingRow]:
    return list(
        db.scalars(
            select(BookingRow)
            .where(BookingRow.session_id == session_id, BookingRow.state.in_(LIVE))
            .order_by(BookingRow.id)
            .execution_options(populate_existing=True)
        )
    )
