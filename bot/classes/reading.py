"""Turns rows into values; what is sealed stays closed."""

from bot.classes.models import BookerRow, BookingRow, CourseRow, SessionRow, VenueRow
from bot.classes.values import (
    Booking,
    Channel,
    Course,
    Device,
    Kind,
    Meeting,
    Seats,
    Session,
    SessionState,
    State,
    Venue,
    Wishes,
)


def booking_value(row: BookingRow, booker: BookerRow, place: int | None) -> Booking:
    """The row as a value; what is sealed stays closed."""
    return Booking(
        id=row.id,
        session_id=row.session_id,
        booker_id=row.booker_id,
        state=State(row.state),
        channel=Channel(row.channel),
        place=place,
        offer_until=row.offer_until if row.state == State.OFFERED else None,
        booked_at=row.booked_at,
        wishes=Wishes(
            companions=row.companions,
            needs_hearing=row.needs_hearing,
            needs_sight=row.needs_sight,
            needs_step_free=row.needs_step_free,
            device=Device(row.device) if row.device else None,
        ),
        is_family=booker.is_family,
        is_linked=booker.resident_key is not None,
        was_helpful=row.was_helpful,
    )


def course_value(row: CourseRow) -> Course:
    """The row as a value."""
    days = row.reminder_days
    return Course(
        id=row.id,
        code=row.code,
        title=row.title,
        kind=Kind(row.kind),
        level=row.level,
        about=row.about,
        steps=tuple(row.steps.splitlines()),
        prerequisites=row.prerequisites,
        bring=row.bring,
        organiser=row.organiser,
        reminder_days=None if days is None else tuple(int(d) for d in days.split(",") if d),
        reminder_at=row.reminder_at,
        morning_at=row.morning_at,
        is_sample=row.is_sample,
    )


def venue_value(row: VenueRow) -> Venue:
    """The row as a value: its columns are named alike."""
    return Venue(**{name: getattr(row, name) for name in Venue.__slots__})


def session_value(
    row: SessionRow,
    course: CourseRow,
    venue: VenueRow,
    *,
    meetings: tuple[Meeting, ...],
    seats: Seats,
) -> Session:
    """The row as a value, with its further dates and its seats."""
    return Session(
        id=row.id,
        code=row.code,
        course=course_value(course),
        venue=venue_value(venue),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        last_ends_at=row.last_ends_at,
        meetings=(Meeting(1, row.starts_at, row.ends_at), *meetings),
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        note=row.note,
        state=SessionState(row.state),
        seats=seats,
        kept_until=row.kept_until,
        is_sample=row.is_sample,
    )
