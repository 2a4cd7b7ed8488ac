"""Sends the 控え into the chat of a resident who booked on our page, once for each booking."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session as Db

from bot.classes.telling import KIND
from bot.classes.values import Booking
from bot.outbox.addressed import keep_push_to
from bot.sealing import Sealer


def push(
    db: Db,
    sealer: Sealer,
    resident_key: str,
    booking: Booking,
    messages: Sequence[dict[str, Any]],
    *,
    lease_now: datetime,
) -> bool:
    """Keeps the messages for the resident; the same booking in the same state is told once.

    False when they are out of reach. `lease_now` is lease time, by which the outbox sends.
    """
    return keep_push_to(
        db,
        sealer,
        resident_key,
        messages,
        dedupe_key=f"class:booked:{booking.id}:{booking.state}",
        kind=KIND,
        lease_now=lease_now,
    )
