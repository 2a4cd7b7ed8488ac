"""Keeps a push for a resident known by key alone: the address is opened from its seal here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.outbox import service as outbox
from bot.residents.service import address_of
from bot.sealing import Sealer


def keep_push_to(
    session: Session,
    sealer: Sealer,
    resident_key: str,
    messages: Sequence[dict[str, Any]],
    *,
    dedupe_key: str,
    kind: str,
    lease_now: datetime,
) -> bool:
    """Keeps the messages for the resident; a known `dedupe_key` is ignored.

    False, keeping nothing, when they are out of reach: blocked the account, were forgotten, or
    no key of ours opens their id. `lease_now` is lease time, by which the outbox sends.
    """
    user_id = address_of(session, sealer, resident_key)
    if user_id is None:
        return False
    outbox.keep_push(
        session,
        sealer,
        dedupe_key=dedupe_key,
        user_id=user_id,
        user_key=resident_key,
        messages=messages,
        kind=kind,
        now=lease_now,
    )
    return True
