"""Tells a resident something by push, through the outbox, once for each reason."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.outbox.addressed import keep_push_to
from bot.sealing import Sealer

KIND = "person"


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
    return keep_push_to(
        session,
        sealer,
        resident_key,
        messages,
        dedupe_key=f"{KIND}:{why}",
        kind=KIND,
        lease_now=lease_now,
    )
