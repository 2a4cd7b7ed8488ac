"""Locks a class, changes bookings and writes why: the one place where a booking changes state."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session as Db

from bot.city import ClassRules
from bot.classes import queries
from bot.classes.models import BookerRow, BookingRow, HistoryRow, NoticeRow, SessionRow
from bot.classes.reading import booking_value
from bot.classes.values import Actor, Booking, By, Seats, State, Tells, What
from bot.db import insert_unless_there
from bot.sealing import Sealer

REASON = "class_history.reason"


def lock_session(db: Db, session_id: int) -> SessionRow | None:
    """The session's row, held until the transaction ends: its seats cannot change meanwhile."""
    wanted = select(SessionRow).where(SessionRow.id == session_id).with_for_update()
    return db.scalars(wanted.execution_options(populate_existing=True)).one_or_none()


def lock_booking(db: Db, booking_id: int, actor: Actor) -> tuple[SessionRow, BookingRow] | None:
    """A booking with its session, both held; None when it is not the actor's to change.

    The session is locked before the booking is read again: it may have moved meanwhile.
    """
    session_id = db.scalar(select(BookingRow.session_id).where(BookingRow.id == booking_id))
    session = None if session_id is None else lock_session(db, session_id)
    row = find_booking(db, booking_id, actor)
    if row is None or session is None:
        return None
    return (session, row) if row.session_id == session.id else lock_booking(db, booking_id, actor)


def find_booking(db: Db, booking_id: int, actor: Actor) -> BookingRow | None:
    """A booking that the actor may see, read afresh: a resident's own or their family's."""
    wanted = select(BookingRow).where(BookingRow.id == booking_id)
    if actor.by is By.RESIDENT:
        wanted = wanted.join(BookerRow, BookerRow.id == BookingRow.booker_id)
        wanted = wanted.where(BookerRow.resident_key == actor.key)
    return db.scalars(wanted.execution_options(populate_existing=True)).one_or_none()


def seats(db: Db, session: SessionRow, now: datetime) -> Seats:
    """The seats of a locked session."""
    return queries.seats_of(session, queries.seat_counts(db, [session.id])[session.id], now)


def value(db: Db, row: BookingRow) -> Booking:
    """The booking as it stands."""
    booker = db.get_one(BookerRow, row.booker_id)
    return booking_value(row, booker, queries.place_in_line(db, row))


def change(
    db: Db,
    row: BookingRow,
    to: State,
    what: What,
    *,
    actor: Actor,
    now: datetime,
    reason: bytes | None = None,
) -> None:
    """Puts a booking of a locked session into a state and writes down why. `reason` is sealed."""
    before = row.state
    row.state, row.changed_at = to, now
    if to is not State.OFFERED:
        row.offer_until = None
    if to not in (State.WAITING, State.OFFERED):
        row.place = None
    db.flush()
    write_down(db, row, before, what, actor=actor, now=now, reason=reason)
    if to is State.CANCELLED:
        drop_notices(db, row.id)


def write_down(
    db: Db,
    row: BookingRow,
    before: str | None,
    what: What,
    *,
    actor: Actor,
    now: datetime,
    reason: bytes | None = None,
) -> None:
    """Adds a line to the booking's history."""
    db.add(
        HistoryRow(
            booking_id=row.id,
            session_id=row.session_id,
            at=now,
            what=what,
            from_state=before,
            to_state=row.state,
            by=actor.by,
            staff=actor.key if actor.by is By.STAFF else None,
            reason=reason,
        )
    )
    db.flush()


def line_up(db: Db, session: SessionRow, row: BookingRow) -> None:
    """Gives the booking the last place in the line of its locked session."""
    row.place = session.next_place
    session.next_place += 1
    db.flush()


def seal_reason(sealer: Sealer, reason: str) -> bytes | None:
    """What staff gave as their reason, sealed; None for an empty one."""
    return sealer.seal(reason.encode(), REASON) if reason else None


def tell(
    db: Db,
    row: BookingRow,
    kind: Tells,
    due_at: datetime,
    useful_until: datetime,
    *,
    about: str = "",
) -> bool:
    """Keeps that the person is to be told, once for each `about`; True when it was new."""
    if useful_until <= due_at:
        return False
    added = insert_unless_there(db, NoticeRow).values(
        booking_id=row.id,
        session_id=row.session_id,
        kind=kind,
        dedupe_key=f"{row.id}:{kind}:{about}",
        due_at=due_at,
        useful_until=useful_until,
        state="waiting",
        by_phone=False,
        tries=0,
    )
    known = added.on_conflict_do_nothing(index_elements=["dedupe_key"])
    return db.execute(known.returning(NoticeRow.id)).one_or_none() is not None


def tell_in_line(
    db: Db, session: SessionRow, row: BookingRow, kind: Tells, *, city: ClassRules, now: datetime
) -> bool:
    """Keeps that staff changed a booking, for who has LINE: who rang up was told on the phone."""
    if not has_line(db, row):
        return False
    due = city.quiet.over(now)
    until = max(session.starts_at, due + timedelta(hours=1))
    return tell(db, row, kind, due, until, about=now.isoformat())


def drop_notices(db: Db, booking_id: int, *kinds: Tells) -> None:
    """What was still to be told of a booking (of these kinds, or all) is told no more."""
    which = update(NoticeRow).where(
        NoticeRow.booking_id == booking_id, NoticeRow.state == "waiting"
    )
    if kinds:
        which = which.where(NoticeRow.kind.in_(kinds))
    db.execute(which.values(state="dropped"))


def has_line(db: Db, row: BookingRow) -> bool:
    """True when the person is linked to a LINE account."""
    booker = db.get(BookerRow, row.booker_id)
    return booker is not None and booker.resident_key is not None


NEWS_LASTS = timedelta(days=3)
"""News of a booking that came to nothing is told for this long."""
