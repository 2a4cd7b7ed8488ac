"""Who has which form open: told to colleagues who open it too. It locks nothing.

A form counts as open for two minutes after it was last heard of. Never commits. `now` is civil
time and says since when; `lease_now` is lease time, which no demo moves.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, select, update
from sqlalchemy.orm import Session

from bot.db import insert_unless_there
from bot.staff.models import Editing

LAPSES = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Editor:
    """A person who has the form open, and since when (civil time)."""

    staff_id: int
    since: datetime


def enter(session: Session, staff_id: int, key: str, *, now: datetime, lease_now: datetime) -> None:
    """The person has opened the form of that key; opening it again while it is open keeps since."""
    row = insert_unless_there(session, Editing).values(
        staff_id=staff_id, key=key, since=now, seen_at=lease_now
    )
    since = case((Editing.seen_at <= lease_now - LAPSES, row.excluded.since), else_=Editing.since)
    session.execute(
        row.on_conflict_do_update(
            index_elements=["staff_id", "key"],
            set_={"since": since, "seen_at": row.excluded.seen_at},
        )
    )


def stay(session: Session, staff_id: int, key: str, lease_now: datetime) -> bool:
    """It is still open; False when the person never entered it, or left."""
    still = (
        update(Editing)
        .where(Editing.staff_id == staff_id, Editing.key == key)
        .values(seen_at=lease_now)
        .returning(Editing.key)
    )
    return session.execute(still).first() is not None


def leave(session: Session, staff_id: int, key: str) -> None:
    """The person is done with it."""
    session.execute(delete(Editing).where(Editing.staff_id == staff_id, Editing.key == key))


def others(
    session: Session, key: str, *, apart_from: int, lease_now: datetime
) -> tuple[Editor, ...]:
    """The other people who have it open, who came first first."""
    rows = session.execute(
        select(Editing.staff_id, Editing.since)
        .where(
            Editing.key == key,
            Editing.staff_id != apart_from,
            Editing.seen_at > lease_now - LAPSES,
        )
        .order_by(Editing.since, Editing.staff_id)
    )
    return tuple(Editor(staff_id, since) for staff_id, since in rows)


def forget_lapsed(session: Session, lease_now: datetime) -> int:
    """Removes what has lapsed; how many."""
    lapsed = delete(Editing).where(Editing.seen_at <= lease_now - LAPSES).returning(Editing.key)
    return len(session.execute(lapsed).all())
