"""Tables of smartphone classes: courses, venues, sessions, people, bookings, their history."""

from datetime import datetime

from sqlalchemy import BigInteger, Float, Index, Integer, SmallInteger, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, Sealed, UtcDateTime

Identity = BigInteger().with_variant(Integer, "sqlite")
_HELD = text("state IN ('booked', 'waiting', 'offered', 'attended', 'absent')")
_OWN = text("resident_key IS NOT NULL AND is_family = false")
_OWN_SQLITE = text("resident_key IS NOT NULL AND is_family = 0")
_TO_TELL = text("state = 'waiting'")


class CourseRow(Base):
    """What is taught. `steps` holds one short sentence a line.

    The reminder columns are null where the city's rules hold; `reminder_days` is "7,1".
    """

    __tablename__ = "class_course"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    title: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(12), server_default="class")
    level: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    about: Mapped[str] = mapped_column(Text, default="")
    steps: Mapped[str] = mapped_column(Text, default="")
    prerequisites: Mapped[str] = mapped_column(String(200), default="")
    bring: Mapped[str] = mapped_column(String(200), default="")
    organiser: Mapped[str] = mapped_column(String(80), default="")
    reminder_days: Mapped[str | None] = mapped_column(String(40))
    reminder_at: Mapped[str | None] = mapped_column(String(5))
    morning_at: Mapped[str | None] = mapped_column(String(5))
    is_sample: Mapped[bool] = mapped_column(server_default=false())


class VenueRow(Base):
    """A place where classes are held."""

    __tablename__ = "class_venue"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    kana: Mapped[str] = mapped_column(String(120), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    district: Mapped[str] = mapped_column(String(20), default="")
    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)
    access: Mapped[str] = mapped_column(String(200), default="")
    is_step_free: Mapped[bool] = mapped_column(server_default=false())
    map_url: Mapped[str] = mapped_column(String(300), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    is_sample: Mapped[bool] = mapped_column(server_default=false())


class SessionRow(Base):
    """A class that is booked: whoever changes a seat of it locks this row first.

    `starts_at` and `ends_at` are of the first date; further dates stand in `class_meeting`, and
    `last_ends_at` is the end of them all. `next_place` numbers the waiting line. `kept` seats
    belong to telephone and counter until `kept_until`, and grow fewer as they are used.
    """

    __tablename__ = "class_session"
    __table_args__ = (
        Index("ix_class_session_starts_at", "starts_at"),
        Index("ix_class_session_course_id", "course_id"),
        Index("ix_class_session_last_ends_at", "last_ends_at"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    course_id: Mapped[int] = mapped_column(BigInteger)
    venue_id: Mapped[int] = mapped_column(BigInteger)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    capacity: Mapped[int] = mapped_column(Integer)
    kept: Mapped[int] = mapped_column(Integer, server_default="0")
    kept_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opens_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(12), server_default="open")
    next_place: Mapped[int] = mapped_column(Integer, server_default="1")
    is_sample: Mapped[bool] = mapped_column(server_default=false())


class MeetingRow(Base):
    """A further date of a session that is a series; `number` counts from 2."""

    __tablename__ = "class_meeting"

    session_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BookerRow(Base):
    """Somebody who books, entered once. Without `resident_key` they have no LINE.

    `is_family`: one of the family of the resident with that key. A resident has one row of their
    own. Once erased, the sealed values are null and only counts lead here.
    """

    __tablename__ = "class_booker"
    __table_args__ = (
        Index(
            "uq_class_booker_own",
            "resident_key",
            unique=True,
            sqlite_where=_OWN_SQLITE,
            postgresql_where=_OWN,
        ),
        Index("ix_class_booker_resident_key", "resident_key"),
        Index("ix_class_booker_phone_hash", "phone_hash"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    resident_key: Mapped[str | None] = mapped_column(String(43))
    is_family: Mapped[bool] = mapped_column(server_default=false())
    name: Mapped[bytes | None] = mapped_column(Sealed("class_booker.name"))
    kana: Mapped[bytes | None] = mapped_column(Sealed("class_booker.kana"))
    phone: Mapped[bytes | None] = mapped_column(Sealed("class_booker.phone"))
    phone_hash: Mapped[str | None] = mapped_column(String(43))
    district: Mapped[str] = mapped_column(String(20), default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BookingRow(Base):
    """One person's way to one session. `place` orders the line while it waits.

    `code_hash` finds the booking by the one-time code on a printed 控え until `code_until`.
    """

    __tablename__ = "class_booking"
    __table_args__ = (
        Index(
            "uq_class_booking_held",
            "session_id",
            "booker_id",
            unique=True,
            sqlite_where=_HELD,
            postgresql_where=_HELD,
        ),
        Index("ix_class_booking_session", "session_id", "state", "place"),
        Index("ix_class_booking_booker_id", "booker_id"),
        Index("ix_class_booking_code_hash", "code_hash"),
        Index(
            "ix_class_booking_offer_until",
            "offer_until",
            sqlite_where=text("state = 'offered'"),
            postgresql_where=text("state = 'offered'"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    session_id: Mapped[int] = mapped_column(BigInteger)
    booker_id: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(12))
    channel: Mapped[str] = mapped_column(String(8))
    place: Mapped[int | None] = mapped_column(Integer)
    offer_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    booked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    companions: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    needs_hearing: Mapped[bool] = mapped_column(server_default=false())
    needs_sight: Mapped[bool] = mapped_column(server_default=false())
    needs_step_free: Mapped[bool] = mapped_column(server_default=false())
    device: Mapped[str | None] = mapped_column(String(8))
    model: Mapped[bytes | None] = mapped_column(Sealed("class_booking.model"))
    note: Mapped[bytes | None] = mapped_column(Sealed("class_booking.note"))
    was_helpful: Mapped[bool | None]
    code_hash: Mapped[str | None] = mapped_column(String(43))
    code_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class HistoryRow(Base):
    """What happened to a booking; rows are only added. `staff` is a login.

    `from_state` is null for the first row; `session_id` is where the booking led afterwards.
    """

    __tablename__ = "class_history"
    __table_args__ = (Index("ix_class_history_booking_id", "booking_id", "id"),)

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    booking_id: Mapped[int] = mapped_column(BigInteger)
    session_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    what: Mapped[str] = mapped_column(String(20))
    from_state: Mapped[str | None] = mapped_column(String(12))
    to_state: Mapped[str] = mapped_column(String(12))
    by: Mapped[str] = mapped_column(String(8))
    staff: Mapped[str | None] = mapped_column(String(40))
    reason: Mapped[bytes | None] = mapped_column(Sealed("class_history.reason"))


class AttendanceRow(Base):
    """Whether somebody came to one date of a session; `meeting` counts from 1."""

    __tablename__ = "class_attendance"

    booking_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    meeting: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    came: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    staff: Mapped[str | None] = mapped_column(String(40))


class NoticeRow(Base):
    """Something a person is to be told from `due_at` on, while it is useful.

    Who can be reached in LINE gets a push; the others, and what is `by_phone`, stand on the
    staff's list of calls. `state`: waiting, told, or dropped when it was of no use any more.
    """

    __tablename__ = "class_notice"
    __table_args__ = (
        Index(
            "ix_class_notice_due",
            "due_at",
            "id",
            sqlite_where=_TO_TELL,
            postgresql_where=_TO_TELL,
        ),
        Index("ix_class_notice_booking_id", "booking_id"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    booking_id: Mapped[int] = mapped_column(BigInteger)
    session_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(12))
    dedupe_key: Mapped[str] = mapped_column(String(80), unique=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    useful_until: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(8), server_default="waiting")
    by_phone: Mapped[bool] = mapped_column(server_default=false())
    tries: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    staff: Mapped[str | None] = mapped_column(String(40))


class LinkTryRow(Base):
    """How many wrong codes an account has sent since a moment."""

    __tablename__ = "class_link_try"

    resident_key: Mapped[str] = mapped_column(String(43), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    wrong: Mapped[int] = mapped_column(SmallInteger)
