"""Books a seat and gives one up. Nothing here commits.

Each call locks the session first and decides by what then stands there, so that a class is never
oversold however many ask at once. `now` is civil time throughout.
"""

from datetime import datetime

from sqlalchemy.orm import Session as Db

from bot.city import ClassRules
from bot.classes import asking, ledger, line, queries, rules
from bot.classes.asking import Asking
from bot.classes.models import BookerRow, BookingRow, SessionRow
from bot.classes.outcomes import (
    AlreadyBooked,
    Full,
    NotFound,
    Past,
    Reservation,
    Reserved,
    Waiting,
    Withdrawn,
)
from bot.classes.reading import booking_value
from bot.classes.values import (
    Actor,
    Booking,
    By,
    Channel,
    SessionState,
    State,
    Tells,
    What,
    Wishes,
)
from bot.sealing import Sealer

MODEL, NOTE = "class_booking.model", "class_booking.note"


def reserve(
    db: Db,
    sealer: Sealer,
    session_id: int,
    booker_id: int,
    *,
    actor: Actor,
    channel: Channel,
    city: ClassRules,
    now: datetime,
    wishes: Wishes | None = None,
    line_up: bool = True,
    overlap_is_fine: bool = False,
    limit_is_fine: bool = False,
) -> Reservation:
    """A seat for a person, or the last place in line.

    Asking again for the same person gives AlreadyBooked and changes nothing. Without `line_up` a
    full class gives Full. What overlaps, and who has as many classes as one may have, is refused
    unless it is said to be fine; staff alone should say the latter.
    """
    # What the person has is read under their own lock, so that all others wait the shorter.
    booker = asking.lock_booker(db, booker_id, actor)
    held = asking.held(db, session_id, booker_id)
    running = queries.running_of(db, booker_id, now)
    session = ledger.lock_session(db, session_id)
    if booker is None or session is None or session.state == SessionState.DRAFT:
        return NotFound()
    asked = Asking(actor, channel, city, now, overlap_is_fine, limit_is_fine)
    seats = line.settle_and_count(db, session, city, now)
    if held is not None:
        held = asking.held(db, session_id, booker_id)  # an offer may just have ended
        if held is not None:
            return AlreadyBooked(ledger.value(db, held))
        running = queries.running_of(db, booker_id, now)
    refused = asking.refusal(db, session, asked, running=running)
    if refused is not None:
        return refused
    has_seat = rules.seat_for_newcomer(seats, channel)
    if not has_seat and not line_up:
        return Full(seats.waiting)
    row = _new(sealer, session, booker, asked, wishes or Wishes())
    db.add(row)
    if has_seat:
        return Reserved(_seat(db, session, row, booker, asked))
    place = seats.waiting + 1
    return Waiting(_wait(db, session, row, booker, asked, place=place), place)


def cancel(
    db: Db,
    booking_id: int,
    *,
    actor: Actor,
    city: ClassRules,
    now: datetime,
    reason: bytes | None = None,
) -> Withdrawn | Past | NotFound:
    """Gives a seat, an offer or a place in line up; the seat goes to the line.

    What was cancelled before stays so. A class that has begun is Past for residents.
    """
    locked = ledger.lock_booking(db, booking_id, actor)
    if locked is None:
        return NotFound()
    session, row = locked
    if row.state == State.CANCELLED:
        return Withdrawn(ledger.value(db, row), first=False)
    if row.state in (State.ATTENDED, State.ABSENT) or now >= session.last_ends_at:
        return Past()
    if actor.by is By.RESIDENT and now >= session.starts_at:
        return Past()
    ledger.change(db, row, State.CANCELLED, What.CANCELLED, actor=actor, now=now, reason=reason)
    if actor.by is By.STAFF:
        ledger.tell_in_line(db, session, row, Tells.WITHDRAWN, city=city, now=now)
    line.settle(db, session, city, now)
    return Withdrawn(ledger.value(db, row))


def _new(
    sealer: Sealer, session: SessionRow, booker: BookerRow, asked: Asking, wishes: Wishes
) -> BookingRow:
    is_family = booker.is_family and asked.channel is Channel.LINE
    return BookingRow(
        session_id=session.id,
        booker_id=booker.id,
        state=State.WAITING,
        channel=Channel.FAMILY if is_family else asked.channel,
        booked_at=asked.now,
        changed_at=asked.now,
        companions=max(0, min(wishes.companions, asked.city.companions_most)),
        needs_hearing=wishes.needs_hearing,
        needs_sight=wishes.needs_sight,
        needs_step_free=wishes.needs_step_free,
        device=wishes.device,
        model=sealer.seal(wishes.model.encode(), MODEL) if wishes.model else None,
        note=sealer.seal(wishes.note.encode(), NOTE) if wishes.note else None,
    )


def _seat(
    db: Db, session: SessionRow, row: BookingRow, booker: BookerRow, asked: Asking
) -> Booking:
    asking.use_kept(session, asked)
    row.state = State.BOOKED
    db.flush()
    ledger.write_down(db, row, None, What.BOOKED, actor=asked.actor, now=asked.now)
    return booking_value(row, booker, None)


def _wait(
    db: Db, session: SessionRow, row: BookingRow, booker: BookerRow, asked: Asking, *, place: int
) -> Booking:
    ledger.line_up(db, session, row)
    ledger.write_down(db, row, None, What.LINED_UP, actor=asked.actor, now=asked.now)
    return booking_value(row, booker, place)
