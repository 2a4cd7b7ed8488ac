"""The list of those who come, in furigana order; what to know before and after booking."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session as Db

from bot.city import ClassRules
from bot.classes import attendance, bookers, queries, rules
from bot.classes.booking import MODEL, NOTE
from bot.classes.models import BookerRow, BookingRow, HistoryRow
from bot.classes.naming import in_furigana_order
from bot.classes.reading import booking_value
from bot.classes.values import (
    SEATED,
    Booked,
    Booking,
    By,
    Person,
    State,
    What,
)
from bot.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the roster: the booking, note and model opened, the person, their ticks."""

    booking: Booking
    person: Person
    ticks: dict[int, bool]


@dataclass(frozen=True, slots=True)
class Warnings:
    """What a colleague should know before booking for somebody; nothing of it forbids.

    `level` is the course's when the person has attended no class of a level just below.
    """

    overlaps: tuple[Booked, ...] = ()
    running: int = 0
    is_over_limit: bool = False
    level: int | None = None
    attended: tuple[int, ...] = ()
    there_already: Booking | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of a booking's history; `reason` is opened."""

    at: datetime
    what: What
    from_state: State | None
    to_state: State
    by: By
    staff: str | None
    reason: str


def roster(db: Db, sealer: Sealer, session_id: int) -> list[Entry]:
    """Everybody with a seat, in furigana order; those offered one are not there yet."""
    rows = db.execute(
        select(BookingRow, BookerRow)
        .join(BookerRow, BookerRow.id == BookingRow.booker_id)
        .where(
            BookingRow.session_id == session_id,
            BookingRow.state.in_(SEATED),
            BookingRow.state != State.OFFERED,
        )
    ).all()
    marks = attendance.marks_of(db, session_id)
    held = [
        Entry(_opened(sealer, row, booker), bookers.person(sealer, booker), marks.get(row.id, {}))
        for row, booker in rows
    ]
    return sorted(held, key=lambda one: (in_furigana_order(one.person.kana), one.booking.id))


def opened_booking(db: Db, sealer: Sealer, booking_id: int) -> tuple[Booking, Person] | None:
    """A booking with note and model opened, and its person."""
    row = db.get(BookingRow, booking_id)
    if row is None:
        return None
    booker = db.get_one(BookerRow, row.booker_id)
    place = queries.place_in_line(db, row)
    return replace(_opened(sealer, row, booker), place=place), bookers.person(sealer, booker)


def warnings(
    db: Db, booker_id: int, session_id: int, *, city: ClassRules, now: datetime
) -> Warnings:
    """What to know before booking this person into that class."""
    session = queries.one_session(db, session_id, now)
    if session is None:
        return Warnings()
    running = queries.running_of(db, booker_id, now)
    there = [one.booking for one in running if one.session.id == session_id]
    others = [one for one in running if one.session.id != session_id]
    attended = queries.attended_levels(db, booker_id)
    is_ready = session.course.level == 0 or any(
        level >= session.course.level - 1 for level in attended
    )
    return Warnings(
        overlaps=tuple(
            one for one in others if rules.overlap(session.meetings, one.session.meetings)
        ),
        running=len(running),
        is_over_limit=len(others) >= city.running_most,
        level=None if is_ready else session.course.level,
        attended=tuple(attended),
        there_already=there[0] if there else None,
    )


def history(db: Db, sealer: Sealer, booking_id: int) -> list[Happened]:
    """What happened to a booking, from its beginning."""
    rows = db.scalars(
        select(HistoryRow).where(HistoryRow.booking_id == booking_id).order_by(HistoryRow.id)
    )
    return [
        Happened(
            at=row.at,
            what=What(row.what),
            from_state=State(row.from_state) if row.from_state else None,
            to_state=State(row.to_state),
            by=By(row.by),
            staff=row.staff,
            reason=bookers.opened(sealer, row.reason, "class_history.reason"),
        )
        for row in rows
    ]


def _opened(sealer: Sealer, row: BookingRow, booker: BookerRow) -> Booking:
    booking = booking_value(row, booker, None)
    wishes = replace(
        booking.wishes,
        model=bookers.opened(sealer, row.model, MODEL),
        note=bookers.opened(sealer, row.note, NOTE),
    )
    return replace(booking, wishes=wishes)
