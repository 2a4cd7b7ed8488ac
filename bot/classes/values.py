"""What is known of classes, seats, bookings and the people who book."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """How a booking stands. Only BOOKED, OFFERED, ATTENDED and ABSENT hold a seat."""

    BOOKED = "booked"
    WAITING = "waiting"
    OFFERED = "offered"
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    ABSENT = "absent"


LIVE = (State.BOOKED, State.WAITING, State.OFFERED)
"""States of a booking that still leads to a class."""
SEATED = (State.BOOKED, State.OFFERED, State.ATTENDED, State.ABSENT)
"""States that hold a seat."""


class Channel(StrEnum):
    """How a booking came. FAMILY: somebody booked in LINE for one of their family."""

    LINE = "line"
    PHONE = "phone"
    COUNTER = "counter"
    FAMILY = "family"


BY_STAFF = (Channel.PHONE, Channel.COUNTER)
"""Channels for which seats are kept."""


class Kind(StrEnum):
    """What a course is: a class for everyone, or training for supporters."""

    CLASS = "class"
    SUPPORTERS = "supporters"


class SessionState(StrEnum):
    """DRAFT is seen by staff alone."""

    DRAFT = "draft"
    OPEN = "open"
    CANCELLED = "cancelled"


class Device(StrEnum):
    """Whose smartphone one learns on."""

    OWN = "own"
    LOAN = "loan"


class By(StrEnum):
    """Who did something."""

    RESIDENT = "resident"
    STAFF = "staff"
    TIME = "time"


class What(StrEnum):
    """What the history of a booking can tell."""

    BOOKED = "booked"
    LINED_UP = "lined_up"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    SEATED = "seated"
    CANCELLED = "cancelled"
    MOVED = "moved"
    REORDERED = "reordered"
    CHANGED = "changed"
    SESSION_CANCELLED = "session_cancelled"
    SESSION_CHANGED = "session_changed"
    LINE_ENDED = "line_ended"
    ATTENDED = "attended"
    ABSENT = "absent"
    UNMARKED = "unmarked"
    WALKED_IN = "walked_in"
    LINKED = "linked"
    FORGOTTEN = "forgotten"


class Tells(StrEnum):
    """What a person is told about a booking, by LINE or by telephone.

    CANCELLED: the class is not held. WITHDRAWN, MOVED: staff changed their booking.
    """

    OFFER = "offer"
    OFFER_OVER = "offer_over"
    SEAT = "seat"
    NO_SEAT = "no_seat"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    MOVED = "moved"
    REMINDER = "reminder"
    MORNING = "morning"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: a resident by their key, a colleague by their login, or time."""

    by: By
    key: str | None = None

    @classmethod
    def resident(cls, key: str) -> "Actor":
        """A resident, who sees and changes their own bookings alone."""
        return cls(By.RESIDENT, key)

    @classmethod
    def staff(cls, login: str) -> "Actor":
        """A colleague, who may change any booking."""
        return cls(By.STAFF, login)


TIME = Actor(By.TIME)


@dataclass(frozen=True, slots=True)
class Course:
    """What is taught. `level` 0 (never held a smartphone) to 3; `steps` are short sentences.

    `reminder_days`, `reminder_at` and `morning_at` ("10:00") are None where the city's rules hold.
    """

    id: int
    code: str
    title: str
    kind: Kind
    level: int
    about: str
    steps: tuple[str, ...]
    prerequisites: str
    bring: str
    organiser: str
    reminder_days: tuple[int, ...] | None = None
    reminder_at: str | None = None
    morning_at: str | None = None
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class Venue:
    """Where a class is held. `district` is a name of the city's profile."""

    id: int
    code: str
    name: str
    kana: str
    address: str
    district: str
    lat: float | None
    lon: float | None
    access: str
    is_step_free: bool
    map_url: str
    phone: str
    note: str
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class Meeting:
    """One date of a session; a series booked as one has several, numbered from 1."""

    number: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Seats:
    """How the seats of a session stand. `taken` includes those `offered` to the line.

    `kept` are seats still held back for telephone and counter.
    """

    capacity: int
    taken: int = 0
    offered: int = 0
    waiting: int = 0
    kept: int = 0

    @property
    def free(self) -> int:
        """Seats nobody has, those kept for telephone and counter included."""
        return max(0, self.capacity - self.taken)

    @property
    def left(self) -> int:
        """Seats a newcomer in LINE can have now: none while somebody waits."""
        return 0 if self.waiting else max(0, self.free - self.kept)


@dataclass(frozen=True, slots=True)
class Session:
    """A class to be booked, its first date in `starts_at`. `meetings` holds every date in order."""

    id: int
    code: str
    course: Course
    venue: Venue
    starts_at: datetime
    ends_at: datetime
    last_ends_at: datetime
    meetings: tuple[Meeting, ...]
    opens_at: datetime
    closes_at: datetime
    note: str
    state: SessionState
    seats: Seats
    kept_until: datetime | None = None
    is_sample: bool = False

    @property
    def is_series(self) -> bool:
        """True when several dates are booked as one."""
        return len(self.meetings) > 1


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody asks for when booking. `note` is kept under seal."""

    companions: int = 0
    needs_hearing: bool = False
    needs_sight: bool = False
    needs_step_free: bool = False
    device: Device | None = None
    model: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Booking:
    """A booking as it stands, without whose it is. `place` counts from 1 while it waits."""

    id: int
    session_id: int
    booker_id: int
    state: State
    channel: Channel
    place: int | None
    offer_until: datetime | None
    booked_at: datetime
    wishes: Wishes = field(default_factory=Wishes)
    is_family: bool = False
    is_linked: bool = False
    was_helpful: bool | None = None


@dataclass(frozen=True, slots=True)
class Booked:
    """A booking with the class it leads to."""

    booking: Booking
    session: Session


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who books, opened for those who may see it."""

    id: int
    name: str
    kana: str
    phone: str
    is_family: bool
    is_linked: bool
    district: str = ""
