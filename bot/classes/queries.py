"""Reads classes and bookings as values: what can be booked, and what somebody has."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session as Db

from bot.classes.models import (
    BookerRow,
    BookingRow,
    CourseRow,
    MeetingRow,
    SessionRow,
    VenueRow,
)
from bot.classes.reading import booking_value, session_value
from bot.classes.rules import kilometres
from bot.classes.values import (
    LIVE,
    SEATED,
    Booked,
    Kind,
    Meeting,
    Seats,
    Session,
    SessionState,
    State,
    Venue,
)

Place = tuple[float, float]
"""Latitude and longitude."""


def open_sessions(
    db: Db,
    now: datetime,
    *,
    districts: Collection[str] | None = None,
    levels: Collection[int] | None = None,
    kind: Kind = Kind.CLASS,
    course_id: int | None = None,
    near: Place | None = None,
    most: int = 12,
) -> list[Session]:
    """Classes to come that one may book or wait for now, the next first.

    With `near` the nearest first, those without a known place last. Bookable means: open, not
    begun, and between opening and closing of booking.
    """
    which = [
        SessionRow.state == SessionState.OPEN,
        SessionRow.starts_at > now,
        SessionRow.opens_at <= now,
        SessionRow.closes_at > now,
        CourseRow.kind == kind,
    ]
    if districts is not None:
        which.append(VenueRow.district.in_(districts))
    if levels is not None:
        which.append(CourseRow.level.in_(levels))
    if course_id is not None:
        which.append(SessionRow.course_id == course_id)
    found = select_sessions(db, *which, most=200 if near else most, now=now)
    if near is not None:
        found.sort(key=lambda one: (_way(near, one.venue), one.starts_at))
    return found[:most]


def _way(near: Place, venue: Venue) -> float:
    if venue.lat is None or venue.lon is None:
        return float("inf")
    return kilometres(*near, venue.lat, venue.lon)


def public_sessions(db: Db, now: datetime, *, most: int = 500) -> list[Session]:
    """Every class to come that the public may know of, cancelled ones too, the next first."""
    return select_sessions(
        db,
        SessionRow.state != SessionState.DRAFT,
        SessionRow.last_ends_at > now,
        most=most,
        now=now,
    )


def one_session(db: Db, session_id: int, now: datetime) -> Session | None:
    """The class of that number, whatever its state."""
    found = select_sessions(db, SessionRow.id == session_id, most=1, now=now)
    return found[0] if found else None


def select_sessions(
    db: Db, *which: ColumnElement[bool], now: datetime, most: int = 500
) -> list[Session]:
    """Classes in the order of their beginning. Conditions may name course and venue columns."""
    rows = db.execute(
        select(SessionRow, CourseRow, VenueRow)
        .join(CourseRow, CourseRow.id == SessionRow.course_id)
        .join(VenueRow, VenueRow.id == SessionRow.venue_id)
        .where(*which)
        .order_by(SessionRow.starts_at, SessionRow.id)
        .limit(most)
    ).all()
    ids = [row.id for row, _, _ in rows]
    later, counted = _later_meetings(db, ids), seat_counts(db, ids)
    return [
        session_value(
            row, course, venue, meetings=later[row.id], seats=seats_of(row, counted[row.id], now)
        )
        for row, course, venue in rows
    ]


def my_bookings(db: Db, resident_key: str, now: datetime, *, past: int = 5) -> list[Booked]:
    """What the resident and their family have: first what is to come, then the last that were.

    Cancelled bookings are left out once their class has begun.
    """
    mine = BookerRow.resident_key == resident_key
    held = _booked(db, now, mine, SessionRow.last_ends_at > now, newest=False)
    over = _booked(
        db,
        now,
        mine,
        SessionRow.last_ends_at <= now,
        BookingRow.state != State.CANCELLED,
        most=past,
    )
    return [one for one in held if one.booking.state in (*LIVE, State.ATTENDED)] + over


def my_booking(db: Db, resident_key: str, booking_id: int, now: datetime) -> Booked | None:
    """One booking of the resident or their family; None for anybody else's."""
    found = _booked(db, now, BookerRow.resident_key == resident_key, BookingRow.id == booking_id)
    return found[0] if found else None


def booking_of(db: Db, booking_id: int, now: datetime) -> Booked | None:
    """One booking, whoever's: for staff."""
    found = _booked(db, now, BookingRow.id == booking_id)
    return found[0] if found else None


def bookings(db: Db, booking_ids: Collection[int], now: datetime) -> dict[int, Booked]:
    """Those bookings by their numbers, whoever's: for staff and for what is told."""
    found = _booked(db, now, BookingRow.id.in_(booking_ids), most=len(booking_ids))
    return {one.booking.id: one for one in found}


def running_of(db: Db, booker_id: int, now: datetime) -> list[Booked]:
    """What a person holds or waits for, of classes that are not over."""
    return _booked(
        db,
        now,
        BookingRow.booker_id == booker_id,
        BookingRow.state.in_(LIVE),
        SessionRow.last_ends_at > now,
        newest=False,
    )


def attended_levels(db: Db, booker_id: int) -> list[int]:
    """The levels of classes a person has attended, each once, the lowest first."""
    found = db.scalars(
        select(CourseRow.level)
        .join(SessionRow, SessionRow.course_id == CourseRow.id)
        .join(BookingRow, BookingRow.session_id == SessionRow.id)
        .where(BookingRow.booker_id == booker_id, BookingRow.state == State.ATTENDED)
        .distinct()
    )
    return sorted(found)


def seat_counts(db: Db, session_ids: Sequence[int]) -> dict[int, dict[State, int]]:
    """How many bookings of each state each session has."""
    counted: dict[int, dict[State, int]] = defaultdict(dict)
    if session_ids:
        rows = db.execute(
            select(BookingRow.session_id, BookingRow.state, func.count())
            .where(BookingRow.session_id.in_(session_ids))
            .group_by(BookingRow.session_id, BookingRow.state)
        )
        for session_id, state, count in rows:
            counted[session_id][State(state)] = count
    return counted


def seats_of(row: SessionRow, counted: dict[State, int], now: datetime) -> Seats:
    """The seats of a session whose bookings were counted."""
    is_kept = row.kept_until is None or now < row.kept_until
    return Seats(
        capacity=row.capacity,
        taken=sum(counted.get(state, 0) for state in SEATED),
        offered=counted.get(State.OFFERED, 0),
        waiting=counted.get(State.WAITING, 0),
        kept=row.kept if is_kept else 0,
    )


def meetings_of(db: Db, rows: Iterable[SessionRow]) -> dict[int, tuple[Meeting, ...]]:
    """Every date of each session, in order."""
    held = list(rows)
    later = _later_meetings(db, [row.id for row in held])
    return {row.id: (Meeting(1, row.starts_at, row.ends_at), *later[row.id]) for row in held}


def place_in_line(db: Db, row: BookingRow) -> int | None:
    """Where somebody who waits stands, counted from 1; None for who does not wait."""
    if row.state != State.WAITING or row.place is None:
        return None
    before = select(func.count()).where(
        BookingRow.session_id == row.session_id,
        BookingRow.state == State.WAITING,
        BookingRow.place < row.place,
    )
    return int(db.scalar(before) or 0) + 1


def _booked(
    db: Db, now: datetime, *which: ColumnElement[bool], most: int = 50, newest: bool = True
) -> list[Booked]:
    order = (SessionRow.starts_at.desc(), BookingRow.id.desc())
    rows = db.execute(
        select(BookingRow, BookerRow)
        .join(BookerRow, BookerRow.id == BookingRow.booker_id)
        .join(SessionRow, SessionRow.id == BookingRow.session_id)
        .where(*which)
        .order_by(*(order if newest else (SessionRow.starts_at, BookingRow.id)))
        .limit(most)
    ).all()
    if not rows:
        return []
    ids = {row.session_id for row, _ in rows}
    sessions = {s.id: s for s in select_sessions(db, SessionRow.id.in_(ids), now=now)}
    return [
        Booked(booking_value(row, booker, place_in_line(db, row)), sessions[row.session_id])
        for row, booker in rows
    ]


def _later_meetings(db: Db, session_ids: Sequence[int]) -> dict[int, tuple[Meeting, ...]]:
    held: dict[int, tuple[Meeting, ...]] = defaultdict(tuple)
    if session_ids:
        rows = db.scalars(
            select(MeetingRow)
            .where(MeetingRow.session_id.in_(session_ids))
            .order_by(MeetingRow.session_id, MeetingRow.number)
        )
        for row in rows:
            held[row.session_id] += (Meeting(row.number, row.starts_at, row.ends_at),)
    return held
