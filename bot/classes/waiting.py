"""Staff see the waiting line, change its order with a reason, and seat somebody from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session as Db

from bot.city import ClassRules
from bot.classes import ledger, line, times
from bot.classes.models import BookerRow, BookingRow
from bot.classes.outcomes import Full, NotFound, Past, Reserved
from bot.classes.reading import booking_value
from bot.classes.values import LIVE, Actor, Booking, State, Tells, What
from bot.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Reordered:
    """The line stands in this order of bookings now. `first` is False when it did before."""

    order: tuple[int, ...]
    first: bool = True


@dataclass(frozen=True, slots=True)
class ReasonNeeded:
    """Nothing was changed: the order of the line is not changed without a reason."""


def line_of(db: Db, session_id: int) -> list[Booking]:
    """Who is offered a seat and who waits, in order; `place` counts those who wait from 1."""
    rows = db.execute(
        select(BookingRow, BookerRow)
        .join(BookerRow, BookerRow.id == BookingRow.booker_id)
        .where(
            BookingRow.session_id == session_id,
            BookingRow.state.in_((State.OFFERED, State.WAITING)),
        )
        .order_by(BookingRow.state, BookingRow.place, BookingRow.id)
    ).all()
    held, place = [], 0
    for row, booker in rows:
        place += row.state == State.WAITING
        held.append(booking_value(row, booker, place if row.state == State.WAITING else None))
    return held


def put_at(
    db: Db,
    sealer: Sealer,
    booking_id: int,
    place: int,
    *,
    reason: str,
    actor: Actor,
    city: ClassRules,
    now: datetime,
) -> Reordered | ReasonNeeded | NotFound:
    """Puts somebody who waits at a place of the line, counted from 1; the others close up.

    The reason is kept under seal in the history of that booking.
    """
    if not reason.strip():
        return ReasonNeeded()
    locked = ledger.lock_booking(db, booking_id, actor)
    if locked is None:
        return NotFound()
    session, row = locked
    line.settle(db, session, city, now)
    rows = _waiting(db, session.id)
    if row.state != State.WAITING:
        return NotFound()
    before = [one.id for one in rows]
    rest = [one for one in rows if one.id != row.id]
    rest.insert(max(0, min(place - 1, len(rest))), row)
    order = tuple(one.id for one in rest)
    if list(order) == before:
        return Reordered(order, first=False)
    # The same places are dealt out anew, so nobody who joins later comes between.
    for one, number in zip(rest, sorted(one.place or 0 for one in rows), strict=True):
        one.place = number
    sealed = ledger.seal_reason(sealer, reason.strip())
    ledger.write_down(db, row, row.state, What.REORDERED, actor=actor, now=now, reason=sealed)
    return Reordered(order)


def seat(
    db: Db,
    booking_id: int,
    *,
    actor: Actor,
    city: ClassRules,
    now: datetime,
    reason: bytes | None = None,
) -> Reserved | Full | Past | NotFound:
    """Staff seat somebody from the line, also on a seat kept for telephone and counter.

    Past the others if need be; who is seated already stays so. Full when there is no seat at all.
    """
    locked = ledger.lock_booking(db, booking_id, actor)
    if locked is None:
        return NotFound()
    session, row = locked
    line.settle(db, session, city, now)
    if row.state == State.BOOKED:
        return Reserved(ledger.value(db, row))
    if row.state not in LIVE:
        return NotFound()
    if now >= session.last_ends_at:
        return Past()
    seats = ledger.seats(db, session, now)
    if row.state == State.WAITING and not seats.free:
        return Full(seats.waiting)
    if row.state == State.WAITING and seats.free <= seats.kept:
        session.kept -= 1
    ledger.drop_notices(db, row.id, Tells.OFFER)
    ledger.change(db, row, State.BOOKED, What.SEATED, actor=actor, now=now, reason=reason)
    due = times.told_from(city, now, has_line=ledger.has_line(db, row))
    ledger.tell(db, row, Tells.SEAT, due, session.starts_at, about=now.isoformat())
    return Reserved(ledger.value(db, row))


def _waiting(db: Db, session_id: int) -> Sequence[BookingRow]:
    return db.scalars(
        select(BookingRow)
        .where(BookingRow.session_id == session_id, BookingRow.state == State.WAITING)
        .order_by(BookingRow.place, BookingRow.id)
        .execution_options(populate_existing=True)
    ).all()
