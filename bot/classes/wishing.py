"""What somebody wishes for a class they have booked: told afterwards, changed until it begins."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session as Db

from bot.city import ClassRules
from bot.classes import bookers, ledger
from bot.classes.booking import MODEL, NOTE
from bot.classes.outcomes import NotFound, Past
from bot.classes.values import LIVE, Actor, Booking, What, Wishes
from bot.sealing import Sealer


def wishes_of(db: Db, sealer: Sealer, booking_id: int, *, actor: Actor) -> Wishes | None:
    """The wishes of a booking with model and note opened; None when it is not the actor's."""
    row = ledger.find_booking(db, booking_id, actor)
    if row is None:
        return None
    return replace(
        ledger.value(db, row).wishes,
        model=bookers.opened(sealer, row.model, MODEL),
        note=bookers.opened(sealer, row.note, NOTE),
    )


def change(
    db: Db,
    sealer: Sealer,
    booking_id: int,
    wishes: Wishes,
    *,
    actor: Actor,
    city: ClassRules,
    now: datetime,
) -> Booking | Past | NotFound:
    """Puts the wishes in the place of the earlier ones. The same wishes again change nothing."""
    locked = ledger.lock_booking(db, booking_id, actor)
    if locked is None:
        return NotFound()
    session, row = locked
    if row.state not in LIVE or now >= session.starts_at:
        return Past()
    wanted = replace(wishes, companions=max(0, min(wishes.companions, city.companions_most)))
    if wanted != wishes_of(db, sealer, booking_id, actor=actor):
        row.companions, row.device = wanted.companions, wanted.device
        row.needs_hearing, row.needs_sight = wanted.needs_hearing, wanted.needs_sight
        row.needs_step_free = wanted.needs_step_free
        row.model = sealer.seal(wanted.model.encode(), MODEL) if wanted.model else None
        row.note = sealer.seal(wanted.note.encode(), NOTE) if wanted.note else None
        ledger.write_down(db, row, row.state, What.CHANGED, actor=actor, now=now)
    return ledger.value(db, row)
