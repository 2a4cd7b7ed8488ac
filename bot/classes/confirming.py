"""Sends the 控え into the chat of a resident who booked on our page, once for each booking."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session as Db

from bot.classes.telling import KIND
from bot.classes.values import Booking
from bot.outbox import service as outbox
from bot.residents.models import ResidentRow
from bot.residents.service import USER_ID_PURPOSE
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
    row = db.get(ResidentRow, resident_key)
    if row is None or row.left_at is not None:
        return False
    outbox.keep_push(
        db,
        sealer,
        dedupe_key=f"class:booked:{booking.id}:{booking.state}",
        user_id=sealer.open(row.sealed_user_id, USER_ID_PURPOSE).decode(),
        user_key=resident_key,
        messages=messages,
        kind=KIND,
        now=lease_now,
    )
    return True
