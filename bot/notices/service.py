"""Keeps what staff are to be told, once each, and tracks every mail to its end. Never commits."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.db import insert_unless_there
from bot.notices.models import StaffNotice
from bot.notices.rules import LEASE, Kind, next_attempt


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that staff are told. `figure` is an incident's age in seconds when it was seen.

    `outcome` tells why no mail went; `is_waiting` that one is still to go.
    """

    id: int
    kind: Kind
    key: str
    made_at: datetime
    figure: int | None
    over_at: datetime | None
    attempts: int
    sent_at: datetime | None
    outcome: str | None
    is_waiting: bool


def keep(
    session: Session,
    kind: Kind,
    key: str,
    *,
    now: datetime,
    lease_now: datetime,
    figure: int | None = None,
) -> bool:
    """Keeps a notice to be mailed at once; False, changing nothing, for a key that is known."""
    row = insert_unless_there(session, StaffNotice).values(
        kind=kind, key=key, made_at=now, figure=figure, run_at=lease_now, attempts=0
    )
    fresh = row.on_conflict_do_nothing(index_elements=["key"]).returning(StaffNotice.id)
    return session.execute(fresh).first() is not None


def open_incident(
    session: Session, kind: Kind, figure: int, *, now: datetime, lease_now: datetime
) -> bool:
    """Keeps a notice of something that began; False while the same goes on."""
    return keep(session, kind, _key(kind), now=now, lease_now=lease_now, figure=figure)


def end_incident(session: Session, kind: Kind, now: datetime) -> bool:
    """Notes that it is over, so that the next one is told again; False when nothing was open."""
    row = session.scalar(select(StaffNotice).where(StaffNotice.key == _key(kind)).with_for_update())
    if row is None:
        return False
    row.key, row.over_at = f"{kind}:{row.id}", now
    session.flush()
    return True


def open_incidents(session: Session) -> tuple[Notice, ...]:
    """What goes on now."""
    kinds = (Kind.LATE_EVENTS, Kind.LATE_PARCELS)
    rows = session.scalars(select(StaffNotice).where(StaffNotice.key.in_(map(_key, kinds))))
    return tuple(_value(row) for row in rows)


def anything_due(session: Session, now: datetime) -> bool:
    """True when a mail is to go by `now` (lease time)."""
    due = select(StaffNotice.id).where(StaffNotice.run_at <= now).limit(1)
    return session.scalar(due) is not None


def claim(session: Session, now: datetime) -> Notice | None:
    """Takes the mail that has been due longest, for two minutes. `now` is lease time."""
    row = session.scalar(
        select(StaffNotice)
        .where(StaffNotice.run_at <= now)
        .order_by(StaffNotice.run_at, StaffNotice.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return None
    row.run_at, row.attempts = now + LEASE, row.attempts + 1
    session.flush()
    return _value(row)


def settle(
    session: Session,
    notice: Notice,
    now: datetime,
    *,
    failed: str | None = None,
    is_final: bool = False,
) -> None:
    """Notes how an attempt ended: sent, to be tried again, or given up. `now` is lease time.

    An attempt whose lease another has taken over changes nothing.
    """
    again = None if failed is None or is_final else next_attempt(notice.attempts, now)
    values: dict[str, Any] = {"run_at": again, "outcome": failed[:40] if failed else None}
    if failed is None:
        values["sent_at"] = now
    session.execute(
        update(StaffNotice)
        .where(StaffNotice.id == notice.id, StaffNotice.attempts == notice.attempts)
        .values(**values)
    )


def latest(session: Session, most: int = 20) -> tuple[Notice, ...]:
    """The newest notices first."""
    rows = session.scalars(select(StaffNotice).order_by(StaffNotice.id.desc()).limit(most))
    return tuple(_value(row) for row in rows)


def forget_old(session: Session, before: datetime) -> int:
    """Removes notices made before a moment, incidents that go on excepted; how many went."""
    gone = session.execute(
        delete(StaffNotice)
        .where(StaffNotice.made_at < before, StaffNotice.key.not_in(map(_key, Kind)))
        .returning(StaffNotice.id)
    )
    return len(gone.all())


def _key(kind: Kind) -> str:
    return f"{kind}:open"


def _value(row: StaffNotice) -> Notice:
    return Notice(
        id=row.id,
        kind=Kind(row.kind),
        key=row.key,
        made_at=row.made_at,
        figure=row.figure,
        over_at=row.over_at,
        attempts=row.attempts,
        sent_at=row.sent_at,
        outcome=row.outcome,
        is_waiting=row.run_at is not None,
    )
