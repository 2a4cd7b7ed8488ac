"""Tells people by push what became of their class, once each, through the outbox."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session as Db

from bot.classes import notices
from bot.classes.notices import Notice
from bot.outbox import service as outbox
from bot.residents import service as residents
from bot.residents.rules import Resident
from bot.sealing import Sealer

KIND = "class"

Compose = Callable[[Resident, Notice], Sequence[dict[str, Any]]]
"""The messages that tell a resident a notice."""


def push(
    db: Db,
    sealer: Sealer,
    notice: Notice,
    messages: Sequence[dict[str, Any]],
    *,
    now: datetime,
    lease_now: datetime,
) -> bool:
    """Keeps the messages for the resident and notes the notice as told; False if it was already.

    One who cannot be reached (any more) is left to the staff's list of calls.
    """
    key = notice.resident_key
    user_id = None if key is None else residents.address_of(db, sealer, key)
    if user_id is None:
        notices.leave_to_staff(db, notice.id)
        return False
    if not notices.note_told(db, notice.id, now):
        return False
    outbox.keep_push(
        db,
        sealer,
        dedupe_key=f"class:{notice.id}",
        user_id=user_id,
        user_key=key,
        messages=messages,
        kind=KIND,
        now=lease_now,
    )
    return True
