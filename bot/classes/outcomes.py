"""What may come of asking for a seat, giving one up, or answering an offer."""

from dataclasses import dataclass
from datetime import datetime

from bot.classes.values import Booked, Booking


@dataclass(frozen=True, slots=True)
class Reserved:
    """The seat is theirs. `booking` is enough to print a 控え."""

    booking: Booking


@dataclass(frozen=True, slots=True)
class Waiting:
    """The class is full; they stand in line."""

    booking: Booking
    place_in_line: int


@dataclass(frozen=True, slots=True)
class AlreadyBooked:
    """They have this class already, or wait for it: the same answer, no second seat."""

    booking: Booking


@dataclass(frozen=True, slots=True)
class Full:
    """No seat; nothing was kept. Asking with `line_up` puts them in line."""

    waiting: int


@dataclass(frozen=True, slots=True)
class NotYetOpen:
    """Booking opens later."""

    opens_at: datetime


@dataclass(frozen=True, slots=True)
class Closed:
    """Booking has closed."""

    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Past:
    """The class has begun or is over."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The class itself will not be held."""


@dataclass(frozen=True, slots=True)
class TooMany:
    """They hold or wait for as many classes as one person may."""

    most: int


@dataclass(frozen=True, slots=True)
class Overlaps:
    """They have another class at that time; asked again with `overlap_is_fine`, it is booked."""

    others: tuple[Booked, ...]


@dataclass(frozen=True, slots=True)
class NotFound:
    """There is no such thing, or it is not theirs: the two cannot be told apart."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The booking is cancelled. `first` is False when it was before: nothing was done."""

    booking: Booking
    first: bool = True


@dataclass(frozen=True, slots=True)
class Moved:
    """The booking leads to another class now; its number is the same."""

    booking: Booking
    from_session_id: int


@dataclass(frozen=True, slots=True)
class OfferOver:
    """The offered seat was given on, or was never offered."""

    booking: Booking


@dataclass(frozen=True, slots=True)
class Declined:
    """They said no; the seat goes to the next in line. `first` is False when said before."""

    booking: Booking
    first: bool = True


Refusal = NotYetOpen | Closed | Past | Cancelled | TooMany | Overlaps | NotFound
Reservation = Reserved | Waiting | AlreadyBooked | Full | Refusal
