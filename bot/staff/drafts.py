"""What staff were writing when they last paused: kept sealed, for them alone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.sealing import SealBroken, Sealer
from bot.staff.models import Draft

PURPOSE = "staff.draft"
LARGEST = 64_000
"""Bytes of JSON that a draft may hold."""
KEPT = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Kept:
    """The fields of a form as they were left, and when (civil time)."""

    fields: Mapping[str, str]
    saved_at: datetime


def keep(
    session: Session,
    sealer: Sealer,
    staff_id: int,
    key: str,
    fields: Mapping[str, str],
    *,
    now: datetime,
) -> bool:
    """Keeps the fields of one form in place of earlier ones; False when they are too large."""
    held = json.dumps(dict(fields), ensure_ascii=False).encode("utf-8", "surrogatepass")
    if len(held) > LARGEST or len(key) > 80:
        return False
    sealed = sealer.seal(held, PURPOSE)
    session.merge(Draft(staff_id=staff_id, key=key, sealed=sealed, saved_at=now))
    session.flush()
    return True


def find(session: Session, sealer: Sealer, staff_id: int, key: str) -> Kept | None:
    """The person's own draft of that form; None also where no key of ours opens it."""
    row = session.get(Draft, (staff_id, key))
    if row is None:
        return None
    try:
        fields = json.loads(sealer.open(row.sealed, PURPOSE).decode("utf-8", "surrogatepass"))
    except SealBroken:
        return None
    return Kept({str(name): str(value) for name, value in fields.items()}, row.saved_at)


def drop(session: Session, staff_id: int, key: str) -> None:
    """Throws the draft away, once the form was sent or given up."""
    session.execute(delete(Draft).where(Draft.staff_id == staff_id, Draft.key == key))


def forget_old(session: Session, now: datetime) -> int:
    """Removes drafts nobody came back to for 14 days; returns how many."""
    old = delete(Draft).where(Draft.saved_at < now - KEPT).returning(Draft.key)
    return len(session.execute(old).all())


def writers(session: Session, key: str, *, apart_from: int, since: datetime) -> tuple[int, ...]:
    """The other people whose draft of that form was kept since then: they are at it now."""
    asked = select(Draft.staff_id).where(
        Draft.key == key, Draft.staff_id != apart_from, Draft.saved_at >= since
    )
    return tuple(session.scalars(asked.order_by(Draft.staff_id)))
