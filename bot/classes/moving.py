"""Moves a booking to another class: both seats change, or neither. Nothing here commits."""

from datetime import datetime

from sqlalchemy.orm import Session as Db

from bot.city import ClassRules
from bot.classes import asking, ledger, line, queries, rules
from bot.classes.asking import Asking
from bot.classes.models import BookingRow, SessionRow
from bot.classes.outcomes import AlreadyBooked, Full, Moved, NotFound, Past, Refusal
from bot.classes.values import LIVE, Actor, By, Channel, SessionState, State, Tells, What


def move(
    db: Db,
    booking_id: int,
    to_session_id: int,
    *,
    actor: Actor,
    city: ClassRules,
    now: datetime,
    overlap_is_fine: bool = False,
) -> Moved | AlreadyBooked | Full | Refusal:
    """Takes a seat in another class and gives the present one to its line.

    Who waits, or is offered a seat, can move into a free seat too. Moving to where the booking
    leads already changes nothing. Where there is no seat, Full: the present one is kept.
    """
    found = ledger.find_booking(db, booking_id, actor)
    if found is None or asking.lock_booker(db, found.booker_id, actor) is None:
        return NotFound()
    # Always in the order of their numbers: two who change places do not wait for each other.
    locked = [ledger.lock_session(db, one) for one in sorted({found.session_id, to_session_id})]
    sessions = {one.id: one for one in locked if one is not None}
    row = ledger.find_booking(db, booking_id, actor)
    target = sessions.get(to_session_id)
    if row is None or row.session_id not in sessions or row.state == State.CANCELLED:
        return NotFound()
    if target is None or target.state == SessionState.DRAFT:
        return NotFound()
    source = sessions[row.session_id]
    if row.state not in LIVE or now >= source.starts_at:
        return Past()
    if source.id == target.id:
        return Moved(ledger.value(db, row), source.id)
    channel = Channel(row.channel) if actor.by is By.STAFF else Channel.LINE
    return _move(db, row, source, target, Asking(actor, channel, city, now, overlap_is_fine))


def _move(
    db: Db, row: BookingRow, source: SessionRow, target: SessionRow, asked: Asking
) -> Moved | AlreadyBooked | Full | Refusal:
    there = asking.held(db, target.id, row.booker_id)
    if there is not None:
        return AlreadyBooked(ledger.value(db, there))
    running = queries.running_of(db, row.booker_id, asked.now)
    refused = asking.refusal(db, target, asked, running=running, leaving=row.id)
    if refused is not None:
        return refused
    seats = line.settle_and_count(db, target, asked.city, asked.now)
    if not rules.seat_for_newcomer(seats, asked.channel):
        return Full(seats.waiting)
    asking.use_kept(target, asked)
    ledger.drop_notices(db, row.id)
    row.session_id = target.id
    ledger.change(db, row, State.BOOKED, What.MOVED, actor=asked.actor, now=asked.now)
    if asked.actor.by is By.STAFF:
        ledger.tell_in_line(db, target, row, Tells.MOVED, city=asked.city, now=asked.now)
    line.settle(db, source, asked.city, asked.now)
    return Moved(ledger.value(db, row), source.id)
