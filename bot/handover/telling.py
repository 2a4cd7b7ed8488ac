"""Tells a resident something by push, through the outbox, once for each reason."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.outbox import service as outbox
from bot.residents.models import ResidentRow
from bot.residents.service import USER_ID_PURPOSE
from bot.sealing import Sealer

KIND = "person"


def is_in_reach(session: Session, resident_key: str) -> bool:
    """False for a resident who blocked the account or was forgotten."""
    row = session.get(ResidentRow, resident_key)
    return row is not None and row.left_at is None


def push(
    session: Session,
    sealer: Sealer,
    resident_key: str,
    messages: Sequence[dict[str, Any]],
    *,
    why: str,
    lease_now: datetime,
) -> bool:
    """Keeps the messages for the resident; the same `why` again changes nothing.

    False when they are out of reach. `lease_now` is lease time, by which the outbox sends.
    """
    row = session.get(ResidentRow, resident_key)
    if row is None or row.left_at is not None:
        return False
    outbox.keep_push(
        session,
        sealer,
        dedupe_key=f"{KIND}:{why}",
        user_id=sealer.open(row.sealed_user_id, USER_ID_PURPOSE).decode(),
        user_key=resident_key,
        messages=messages,
        kind=KIND,
        now=lease_now,
    )
    return True
