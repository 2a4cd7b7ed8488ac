"""Meets residents, remembers what they chose, and forgets them."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.residents.models import ResidentRow
from bot.residents.rules import Resident, Style, Topic
from bot.sealing import Sealer

USER_ID_PURPOSE = "resident.user_id"


def recognise(session: Session, key: str) -> Resident:
    """The resident, or a newcomer when the desk has not met them. Writes nothing."""
    row = session.get(ResidentRow, key)
    if row is None:
        return Resident(key=key)
    return Resident(
        key=key,
        style=Style(row.style) if row.style in set(Style) else Style.PLAIN,
        is_new=False,
        topic=Topic.parse(row.topic),
        topic_at=row.topic_at,
    )


def meet(session: Session, sealer: Sealer, key: str, user_id: str, now: datetime) -> None:
    """Keeps the resident, or welcomes back one who had left. Asking twice changes nothing."""
    row = session.get(ResidentRow, key)
    if row is None:
        sealed = sealer.seal(user_id.encode(), USER_ID_PURPOSE)
        session.add(ResidentRow(key=key, sealed_user_id=sealed, met_at=now, style=Style.PLAIN))
        session.flush()
    elif row.left_at is not None:
        row.left_at = None


def hold(session: Session, key: str) -> bool:
    """Holds the resident for this transaction, so that a form sent twice at once is kept once and
    then again; False for one whom the desk does not know (any more)."""
    known = select(ResidentRow.key).where(ResidentRow.key == key).with_for_update()
    return session.scalar(known) is not None


def is_in_reach(session: Session, key: str) -> bool:
    """False for a resident who blocked the account or was forgotten."""
    row = session.get(ResidentRow, key)
    return row is not None and row.left_at is None


def address_of(session: Session, sealer: Sealer, key: str) -> str | None:
    """The LINE id of a resident in reach; None also where it stands under a key that is gone.

    It is none of the reasons to stop: whoever comes after them is to be told all the same.
    """
    row = session.get(ResidentRow, key)
    if row is None or row.left_at is not None:
        return None
    return sealer.read(row.sealed_user_id, USER_ID_PURPOSE)


def choose_style(session: Session, key: str, style: Style) -> None:
    """Keeps how the resident wants to be spoken to."""
    session.execute(update(ResidentRow).where(ResidentRow.key == key).values(style=style))


def remember_topic(session: Session, key: str, topic: Topic | None, now: datetime) -> None:
    """Keeps what was answered last, so that 「いくら？」 can be understood."""
    values = {"topic": None if topic is None else str(topic), "topic_at": now}
    session.execute(update(ResidentRow).where(ResidentRow.key == key).values(**values))


def leave(session: Session, key: str, now: datetime) -> None:
    """Marks a resident who blocked the account: nothing is pushed to them from now on."""
    session.execute(
        update(ResidentRow)
        .where(ResidentRow.key == key, ResidentRow.left_at.is_(None))
        .values(left_at=now)
    )


def gone_before(session: Session, moment: datetime, most: int = 500) -> list[str]:
    """Keys of up to `most` residents who left before `moment`, for the nightly erasing."""
    found = session.scalars(select(ResidentRow.key).where(ResidentRow.left_at < moment).limit(most))
    return list(found)


def forget(session: Session, key: str) -> int:
    """Erases the resident's own row; returns how many rows went (0 or 1)."""
    gone = session.execute(
        delete(ResidentRow).where(ResidentRow.key == key).returning(ResidentRow.key)
    )
    return len(gone.all())
