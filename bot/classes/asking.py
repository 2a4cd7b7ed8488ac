"""Checks that stand before every new seat: who asks, for what, and what they have already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session as Db

from bot.city import ClassRules
from bot.classes import queries, rules
from bot.classes.models import BookerRow, BookingRow, SessionRow
from bot.classes.outcomes import Overlaps, Refusal, TooMany
from bot.classes.values import (
    BY_STAFF,
    SEATED,
    Actor,
    Booked,
    By,
    Channel,
    SessionState,
    State,
)


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody asks for a seat: who, through what, when, and what they were told and accepted."""

    actor: Actor
    channel: Channel
    city: ClassRules
    now: datetime
    overlap_is_fine: bool = False
    limit_is_fine: bool = False


def lock_booker(db: Db, booker_id: int, actor: Actor) -> BookerRow | None:
    """The person, held so that asking for several classes at once stays under the limit.

    None when there is none such, or none of the resident's own.
    """
    wanted = select(BookerRow).where(BookerRow.id == booker_id, BookerRow.erased_at.is_(None))
    if actor.by is By.RESIDENT:
        wanted = wanted.where(BookerRow.resident_key == actor.key)
    locked = wanted.with_for_update().execution_options(populate_existing=True)
    return db.scalars(locked).one_or_none()


def held(db: Db, session_id: int, booker_id: int) -> BookingRow | None:
    """The booking which the person has of the session already."""
    return db.scalars(
        select(BookingRow)
        .where(
            BookingRow.session_id == session_id,
            BookingRow.booker_id == booker_id,
            BookingRow.state.in_((*SEATED, State.WAITING)),
        )
        .execution_options(populate_existing=True)
    ).one_or_none()


def refusal(
    db: Db,
    session: SessionRow,
    asking: Asking,
    *,
    running: Sequence[Booked],
    leaving: int | None = None,
) -> Refusal | None:
    """Why the person cannot have the session, or None.

    `running` is what they have, `leaving` the booking they move from.
    """
    refused = rules.may_book(
        SessionState(session.state),
        opens_at=session.opens_at,
        closes_at=session.closes_at,
        starts_at=session.starts_at,
        channel=asking.channel,
        now=asking.now,
    )
    if refused is not None:
        return refused
    others = [one for one in running if one.booking.id != leaving]
    most = asking.city.running_most
    if leaving is None and not asking.limit_is_fine and len(others) >= most:
        return TooMany(most)
    same_time = () if asking.overlap_is_fine else _overlapping(db, session, others)
    return Overlaps(same_time) if same_time else None


def use_kept(session: SessionRow, asking: Asking) -> None:
    """Takes one of the seats kept for telephone and counter, for who came through them.

    It is used once: when such a booking is given up, the seat is the line's like any other.
    """
    is_kept = session.kept_until is None or asking.now < session.kept_until
    if session.kept and is_kept and asking.channel in BY_STAFF:
        session.kept -= 1


def _overlapping(db: Db, session: SessionRow, others: list[Booked]) -> tuple[Booked, ...]:
    if not others:
        return ()
    mine = queries.meetings_of(db, [session])[session.id]
    return tuple(one for one in others if rules.overlap(mine, one.session.meetings))
