"""Sets the waiting line right: ends offers whose time is over, offers free seats to the next.

Whatever changes the seats of a session locks it and calls `settle` afterwards, so a freed seat
is the line's before anybody else can ask for it. Nothing here commits.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session as Db

from bot.city import ClassRules
from bot.classes import ledger, rules, times
from bot.classes.models import BookingRow, SessionRow
from bot.classes.values import TIME, Seats, SessionState, State, Tells, What


def settle(db: Db, session: SessionRow, city: ClassRules, now: datetime) -> int:
    """Brings a locked session up to the moment; how many bookings changed.

    Doing it again at the same moment changes nothing.
    """
    return _settle(db, session, city, now)[0]


def settle_and_count(db: Db, session: SessionRow, city: ClassRules, now: datetime) -> Seats:
    """The same; how the seats stand afterwards. One question to the database if nothing changes."""
    return _settle(db, session, city, now)[1]


def _settle(db: Db, session: SessionRow, city: ClassRules, now: datetime) -> tuple[int, Seats]:
    if session.kept and session.kept_until is not None and session.kept_until <= now:
        session.kept = 0
    seats = ledger.seats(db, session, now)
    if session.state != SessionState.OPEN:
        return 0, seats
    if now >= session.starts_at:
        ended = _end_line(db, session, city, now) if seats.waiting or seats.offered else 0
        return ended, ledger.seats(db, session, now) if ended else seats
    changed = _expire(db, session, city, now) if seats.offered else 0
    if changed:
        seats = ledger.seats(db, session, now)
    free = rules.seats_for_line(seats)
    offered = _offer(db, session, city, now, free) if free else 0
    return changed + offered, ledger.seats(db, session, now) if offered else seats


def _expire(db: Db, session: SessionRow, city: ClassRules, now: datetime) -> int:
    over = _in_line(db, session, State.OFFERED, BookingRow.offer_until <= now)
    for row in over:
        until = row.offer_until
        ledger.change(db, row, State.CANCELLED, What.EXPIRED, actor=TIME, now=now)
        due = times.told_from(city, now, has_line=ledger.has_line(db, row))
        ledger.tell(db, row, Tells.OFFER_OVER, due, due + ledger.NEWS_LASTS, about=str(until))
    return len(over)


def _offer(db: Db, session: SessionRow, city: ClassRules, now: datetime, free: int) -> int:
    offered = 0
    for row in _in_line(db, session, State.WAITING, most=free):
        has_line = ledger.has_line(db, row)
        told = times.told_from(city, now, has_line=has_line)
        until = times.offer_until(city, told, session.starts_at)
        if until is None and not has_line:
            # The desk opens too late to ring in time: it is on the list at once all the same.
            told = times.told_from(city, now, has_line=True)
            until = times.offer_until(city, told, session.starts_at)
        if until is None:
            break
        row.offer_until = until
        ledger.change(db, row, State.OFFERED, What.OFFERED, actor=TIME, now=now)
        ledger.tell(db, row, Tells.OFFER, told, until, about=str(until))
        offered += 1
    return offered


def _end_line(db: Db, session: SessionRow, city: ClassRules, now: datetime) -> int:
    left = _in_line(db, session, State.WAITING) + _in_line(db, session, State.OFFERED)
    for row in left:
        ledger.change(db, row, State.CANCELLED, What.LINE_ENDED, actor=TIME, now=now)
        due = times.told_from(city, now, has_line=ledger.has_line(db, row))
        ledger.tell(db, row, Tells.NO_SEAT, due, due + ledger.NEWS_LASTS)
    return len(left)


def _in_line(
    db: Db, session: SessionRow, state: State, *which: object, most: int | None = None
) -> list[BookingRow]:
    wanted = (
        select(BookingRow)
        .where(BookingRow.session_id == session.id, BookingRow.state == state, *which)  # type: ignore[arg-type]
        .order_by(BookingRow.place, BookingRow.id)
        .limit(most)
    )
    return list(db.scalars(wanted.execution_options(populate_existing=True)))
