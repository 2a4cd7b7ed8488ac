"""Who gets a seat and who may ask for one, decided without the database."""

import math
from collections.abc import Sequence
from datetime import datetime

from bot.classes.outcomes import Cancelled, Closed, NotYetOpen, Past
from bot.classes.values import BY_STAFF, Channel, Meeting, Seats, SessionState

_EARTH_KM = 6371.0


def seat_for_newcomer(seats: Seats, channel: Channel) -> bool:
    """Whether somebody who asks now gets a seat; else they stand in line.

    While anyone waits, a free seat is the line's. Only a seat kept for telephone and counter goes
    to who rings up or stands there.
    """
    if channel in BY_STAFF and seats.kept and seats.free:
        return True
    return seats.left > 0


def seats_for_line(seats: Seats) -> int:
    """How many seats are to be offered to those who wait now."""
    return min(seats.waiting, max(0, seats.free - seats.kept))


def may_book(
    state: SessionState,
    *,
    opens_at: datetime,
    closes_at: datetime,
    starts_at: datetime,
    channel: Channel,
    now: datetime,
) -> Cancelled | Past | NotYetOpen | Closed | None:
    """Why nobody can book now, or None. Staff may book until the class begins."""
    if state is SessionState.CANCELLED:
        return Cancelled()
    if now >= starts_at:
        return Past()
    if now < opens_at or state is SessionState.DRAFT:
        return NotYetOpen(opens_at)
    if now >= closes_at and channel not in BY_STAFF:
        return Closed(closes_at)
    return None


def overlap(one: Sequence[Meeting], other: Sequence[Meeting]) -> bool:
    """True when any two dates share time; one that ends as the other begins does not."""
    return any(a.starts_at < b.ends_at and b.starts_at < a.ends_at for a in one for b in other)


def kilometres(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """The way between two places as the crow flies, on a sphere."""
    a, b = math.radians(lat), math.radians(other_lat)
    half_lat, half_lon = (b - a) / 2, math.radians(other_lon - lon) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(a) * math.cos(b) * math.sin(half_lon) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(min(1.0, chord)))
