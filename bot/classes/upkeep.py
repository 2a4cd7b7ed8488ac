"""What time does to classes: offers end, kept seats fall free, reminders fall due."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session as Db

from bot.city import ClassRules
from bot.classes import ledger, line, queries, times
from bot.classes.models import BookerRow, BookingRow, CourseRow, NoticeRow, SessionRow
from bot.classes.reading import course_value
from bot.classes.values import SEATED, Meeting, SessionState, State, Tells

_REMINDED_WITHIN = timedelta(days=31)
"""No reminder is set further ahead than this."""
_AFTERWARDS = timedelta(days=2)
"""After this a message about a class that was would only puzzle."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something to be told about a class; `booking_id` is 0 until it is somebody's.

    `by_phone_too`: those without LINE are rung up for it.
    """

    kind: Tells
    about: str
    due_at: datetime
    useful_until: datetime
    by_phone_too: bool = False
    booking_id: int = 0

    def of(self, booking_id: int) -> "Due":
        """The same for one booking."""
        return replace(self, booking_id=booking_id)


def to_settle(db: Db, now: datetime, most: int = 50) -> list[int]:
    """Classes whose line time has changed: an offer is over, a seat falls free, it has begun."""
    offer_over = exists().where(
        BookingRow.session_id == SessionRow.id,
        BookingRow.state == State.OFFERED,
        BookingRow.offer_until <= now,
    )
    somebody_waits = exists().where(
        BookingRow.session_id == SessionRow.id,
        BookingRow.state.in_((State.WAITING, State.OFFERED)),
    )
    # Seats of people who were forgotten: nobody settled the line then.
    taken = (
        select(func.count())
        .where(BookingRow.session_id == SessionRow.id, BookingRow.state.in_(SEATED))
        .scalar_subquery()
    )
    waits = exists().where(
        BookingRow.session_id == SessionRow.id, BookingRow.state == State.WAITING
    )
    found = db.scalars(
        select(SessionRow.id)
        .where(
            SessionRow.state == SessionState.OPEN,
            SessionRow.last_ends_at > now - timedelta(days=31),
            or_(
                offer_over,
                waits & (SessionRow.capacity - taken > SessionRow.kept),
                (SessionRow.kept > 0) & (SessionRow.kept_until <= now),
                (SessionRow.starts_at <= now) & somebody_waits,
            ),
        )
        .order_by(SessionRow.id)
        .limit(most)
    )
    return list(found)


def settle(db: Db, session_id: int, city: ClassRules, now: datetime) -> int:
    """Sets one class right; how many bookings changed."""
    session = ledger.lock_session(db, session_id)
    return 0 if session is None else line.settle(db, session, city, now)


def untold(db: Db, city: ClassRules, now: datetime) -> list[Due]:
    """What people are to be told of their classes now and were not yet: what comes, what was
    learnt. Takes no lock."""
    rows = db.execute(
        select(SessionRow, CourseRow)
        .join(CourseRow, CourseRow.id == SessionRow.course_id)
        .where(
            SessionRow.state == SessionState.OPEN,
            SessionRow.starts_at < now + _REMINDED_WITHIN,
            SessionRow.last_ends_at > now - city.after_class - _AFTERWARDS,
        )
        .order_by(SessionRow.id)
    ).all()
    meetings = queries.meetings_of(db, [session for session, _ in rows])
    found: list[Due] = []
    for session, course in rows:
        due = list(_due(session, course, meetings[session.id], city, now))
        if due:
            found += _untold(db, session.id, due)
    return found


def _untold(db: Db, session_id: int, due: Sequence[Due]) -> list[Due]:
    known = set(
        db.scalars(select(NoticeRow.dedupe_key).where(NoticeRow.session_id == session_id)).all()
    )
    rows = db.execute(
        select(BookingRow.id, BookingRow.state, BookingRow.changed_at, BookerRow.resident_key)
        .join(BookerRow, BookerRow.id == BookingRow.booker_id)
        .where(
            BookingRow.session_id == session_id,
            BookingRow.state.in_((State.BOOKED, State.ATTENDED)),
        )
    ).all()
    return [
        one.of(booking_id)
        for one in due
        for booking_id, state, since, key in rows
        if f"{booking_id}:{one.kind}:{one.about}" not in known
        # Who booked or moved after a reminder fell due knows the date well enough.
        and (one.kind is Tells.AFTER or (state == State.BOOKED and since < one.due_at))
        and (key is not None or one.by_phone_too)
    ]


def keep(db: Db, due: Due) -> bool:
    """Keeps that a person is to be told; False when it was kept before or they gave up."""
    row = db.get(BookingRow, due.booking_id)
    if row is None or row.state not in (State.BOOKED, State.ATTENDED):
        return False
    return ledger.tell(db, row, due.kind, due.due_at, due.useful_until, about=due.about)


def _due(
    session: SessionRow,
    course: CourseRow,
    meetings: Sequence[Meeting],
    city: ClassRules,
    now: datetime,
) -> Iterator[Due]:
    settings = course_value(course)
    for meeting in meetings:
        reminders = list(times.reminders(city, settings, meeting.starts_at))
        # Those without LINE are rung up once, on the last day before.
        nearest = min((one.days for one in reminders if one.days), default=None)
        for one in reminders:
            if one.due_at <= now < one.useful_until:
                about = f"{one.days}d{meeting.number}@{meeting.starts_at.timestamp():.0f}"
                rung = one.days == nearest
                yield Due(one.kind, about, one.due_at, one.useful_until, rung)
    after = city.quiet.over(session.last_ends_at + city.after_class)
    if after <= now < after + _AFTERWARDS:
        yield Due(Tells.AFTER, "", after, after + _AFTERWARDS)
