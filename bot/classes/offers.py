"""Answers to an offered seat: yes, no. Nothing here commits; `now` is civil time."""

from datetime import datetime

from sqlalchemy.orm import Session as Db

from bot.city import ClassRules
from bot.classes import ledger, line
from bot.classes.outcomes import Declined, NotFound, OfferOver, Reserved
from bot.classes.values import Actor, State, Tells, What


def accept(
    db: Db, booking_id: int, *, actor: Actor, city: ClassRules, now: datetime
) -> Reserved | OfferOver | NotFound:
    """Yes, I come. Saying yes again is the same answer; too late gives OfferOver."""
    locked = ledger.lock_booking(db, booking_id, actor)
    if locked is None:
        return NotFound()
    session, row = locked
    line.settle(db, session, city, now)
    if row.state == State.BOOKED:
        return Reserved(ledger.value(db, row))
    if row.state != State.OFFERED:
        return OfferOver(ledger.value(db, row))
    ledger.drop_notices(db, row.id, Tells.OFFER)
    ledger.change(db, row, State.BOOKED, What.ACCEPTED, actor=actor, now=now)
    return Reserved(ledger.value(db, row))


def decline(
    db: Db, booking_id: int, *, actor: Actor, city: ClassRules, now: datetime
) -> Declined | OfferOver | NotFound:
    """No, give it to the next. Saying no again changes nothing."""
    locked = ledger.lock_booking(db, booking_id, actor)
    if locked is None:
        return NotFound()
    session, row = locked
    line.settle(db, session, city, now)
    if row.state == State.CANCELLED:
        return Declined(ledger.value(db, row), first=False)
    if row.state != State.OFFERED:
        return OfferOver(ledger.value(db, row))
    ledger.change(db, row, State.CANCELLED, What.DECLINED, actor=actor, now=now)
    line.settle(db, session, city, now)
    return Declined(ledger.value(db, row))
