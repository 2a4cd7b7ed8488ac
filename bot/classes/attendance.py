"""Who came: ticks from the roster, those who walk in, and what residents say afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session as Db

from bot.classes import asking, ledger
from bot.classes.models import AttendanceRow, BookingRow, SessionRow
from bot.classes.outcomes import AlreadyBooked, Cancelled, Full, NotFound
from bot.classes.values import (
    Actor,
    Booking,
    Channel,
    SessionState,
    State,
    What,
)
from bot.sealing import Sealer

EARLY = timedelta(hours=12)
"""Ticks are taken from this long before a class begins."""
_TICKED = (State.BOOKED, State.ATTENDED, State.ABSENT)


@dataclass(frozen=True, slots=True)
class Tick:
    """A tick on the roster: whether somebody came to one date. None takes the tick away."""

    booking_id: int
    came: bool | None
    meeting: int = 1


@dataclass(frozen=True, slots=True)
class Ticked:
    """The tick is kept. `first` is False when it stood like that before: nothing was done."""

    booking: Booking
    first: bool


@dataclass(frozen=True, slots=True)
class TooEarly:
    """The class is not near enough for ticks."""

    from_: datetime


@dataclass(frozen=True, slots=True)
class WalkedIn:
    """Somebody without a booking takes part."""

    booking: Booking


def tick(
    db: Db, session_id: int, given: Tick, *, actor: Actor, now: datetime
) -> Ticked | TooEarly | NotFound:
    """Keeps a tick. The same tick again changes nothing, so it may be sent twice.

    Who came to any date has attended; who was ticked absent from each date is absent. NotFound
    for a booking of another class or one that was given up.
    """
    session = ledger.lock_session(db, session_id)
    row = ledger.find_booking(db, given.booking_id, actor)
    if session is None or row is None or row.session_id != session_id:
        return NotFound()
    if row.state not in _TICKED or session.state != SessionState.OPEN:
        return NotFound()
    if now < session.starts_at - EARLY:
        return TooEarly(session.starts_at - EARLY)
    mark = db.get(AttendanceRow, (row.id, given.meeting))
    if (None if mark is None else mark.came) == given.came:
        return Ticked(ledger.value(db, row), first=False)
    if mark is not None and given.came is None:
        db.delete(mark)
    elif mark is None:
        came = bool(given.came)
        key = {"booking_id": row.id, "meeting": given.meeting}
        db.add(AttendanceRow(**key, came=came, at=now, staff=actor.key))
    else:
        mark.came, mark.at, mark.staff = bool(given.came), now, actor.key
    db.flush()
    _follow(db, row, actor, now)
    return Ticked(ledger.value(db, row), first=True)


def tick_all(
    db: Db,
    session_id: int,
    ticks: Iterable[Tick],
    *,
    actor: Actor,
    now: datetime,
) -> list[Ticked | TooEarly | NotFound]:
    """Keeps ticks that waited for a connection, one outcome each, in their order."""
    return [tick(db, session_id, one, actor=actor, now=now) for one in ticks]


def walk_in(
    db: Db,
    session_id: int,
    booker_id: int,
    *,
    actor: Actor,
    now: datetime,
    meeting: int = 1,
) -> WalkedIn | AlreadyBooked | Full | TooEarly | Cancelled | NotFound:
    """Somebody comes without a booking and takes part while a chair is free.

    A chair is free when nobody sits on it or is still expected: those ticked absent leave theirs.
    Who has a booking is AlreadyBooked: tick that one.
    """
    booker = asking.lock_booker(db, booker_id, actor)
    session = ledger.lock_session(db, session_id)
    if booker is None or session is None:
        return NotFound()
    if session.state != SessionState.OPEN:
        return Cancelled()
    if now < session.starts_at - EARLY:
        return TooEarly(session.starts_at - EARLY)
    there = asking.held(db, session_id, booker_id)
    if there is not None:
        return AlreadyBooked(ledger.value(db, there))
    seats = ledger.seats(db, session, now)
    absent = select(func.count()).where(
        BookingRow.session_id == session_id, BookingRow.state == State.ABSENT
    )
    if seats.taken - int(db.scalar(absent) or 0) >= session.capacity:
        return Full(seats.waiting)
    row = _walk_in(session, booker.id, now)
    db.add(row)
    db.flush()
    db.add(AttendanceRow(booking_id=row.id, meeting=meeting, came=True, at=now, staff=actor.key))
    ledger.write_down(db, row, None, What.WALKED_IN, actor=actor, now=now)
    return WalkedIn(ledger.value(db, row))


def marks_of(db: Db, session_id: int) -> dict[int, dict[int, bool]]:
    """The ticks of a session: by booking, then by date."""
    rows = db.execute(
        select(AttendanceRow.booking_id, AttendanceRow.meeting, AttendanceRow.came)
        .join(BookingRow, BookingRow.id == AttendanceRow.booking_id)
        .where(BookingRow.session_id == session_id)
    )
    held: dict[int, dict[int, bool]] = {}
    for booking_id, meeting, came in rows:
        held.setdefault(booking_id, {})[meeting] = came
    return held


def say_helpful(db: Db, booking_id: int, helpful: bool, *, actor: Actor) -> Booking | NotFound:
    """Keeps whether a class was of use to the resident; the last answer counts."""
    row = ledger.find_booking(db, booking_id, actor)
    if row is None or row.state not in _TICKED:
        return NotFound()
    row.was_helpful = helpful
    db.flush()
    return ledger.value(db, row)


def checkin_token(sealer: Sealer, booking_id: int) -> str:
    """What the QR code on a 控え holds for checking in: no name, no number of a row."""
    return sealer.lookup(str(booking_id), "class.checkin")[:16]


def find_by_token(db: Db, sealer: Sealer, session_id: int, token: str) -> int | None:
    """The booking of the session whose QR code that is."""
    ids = db.scalars(select(BookingRow.id).where(BookingRow.session_id == session_id))
    return next((one for one in ids if checkin_token(sealer, one) == token), None)


def _follow(db: Db, row: BookingRow, actor: Actor, now: datetime) -> None:
    marks = db.scalars(select(AttendanceRow.came).where(AttendanceRow.booking_id == row.id)).all()
    if any(marks):
        to, what = State.ATTENDED, What.ATTENDED
    elif marks:
        to, what = State.ABSENT, What.ABSENT
    else:
        to, what = State.BOOKED, What.UNMARKED
    if row.state != to:
        ledger.change(db, row, to, what, actor=actor, now=now)


def _walk_in(session: SessionRow, booker_id: int, now: datetime) -> BookingRow:
    return BookingRow(
        session_id=session.id,
        booker_id=booker_id,
        state=State.ATTENDED,
        channel=Channel.COUNTER,
        booked_at=now,
        changed_at=now,
    )
