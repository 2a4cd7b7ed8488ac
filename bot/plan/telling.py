"""Tells those who wait for a procedure that it is online: each once, through the outbox."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    String,
    cast,
    delete,
    exists,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Session

from bot.outbox.addressed import keep_push_to
from bot.outbox.models import OutboxParcel
from bot.plan.models import GoLiveNews, GoLiveWatch
from bot.residents import service as residents
from bot.residents.models import ResidentRow
from bot.residents.rules import Resident
from bot.sealing import Sealer

KIND = "go_live"


@dataclass(frozen=True, slots=True)
class Due:
    """A procedure whose watchers are to be told now."""

    record_id: int
    procedure_id: str


def due(session: Session, now: datetime) -> tuple[Due, ...]:
    """What is to be told by `now` (civil time), the oldest first."""
    found = session.execute(
        select(GoLiveNews.record_id, GoLiveNews.procedure_id)
        .where(GoLiveNews.done_at.is_(None), GoLiveNews.run_at <= now)
        .order_by(GoLiveNews.run_at, GoLiveNews.record_id)
    )
    return tuple(Due(record, procedure) for record, procedure in found)


def waiting(session: Session, procedure_id: str, most: int) -> tuple[Resident, ...]:
    """Up to `most` residents in reach who wait for the procedure."""
    keys = session.scalars(
        select(GoLiveWatch.resident_key)
        .join(ResidentRow, ResidentRow.key == GoLiveWatch.resident_key)
        .where(GoLiveWatch.procedure_id == procedure_id, ResidentRow.left_at.is_(None))
        .order_by(GoLiveWatch.asked_at, GoLiveWatch.resident_key)
        .limit(most)
    )
    return tuple(residents.recognise(session, key) for key in keys)


def tell(
    session: Session,
    sealer: Sealer,
    news: Due,
    letters: Sequence[tuple[str, Sequence[dict[str, Any]]]],
    lease_now: datetime,
) -> int:
    """Keeps a push for each resident (key, messages) whose wish still stands; how many.

    The wish is gone with it, so that doing it again, in any process, tells nobody twice; whose id
    no key of ours opens loses it untold. Nothing happens once the news is over or was taken back.
    """
    living = select(GoLiveNews.record_id).where(
        GoLiveNews.record_id == news.record_id, GoLiveNews.done_at.is_(None)
    )
    if session.execute(living.with_for_update()).first() is None:
        return 0
    told = 0
    for key, messages in letters:
        if not _take_wish(session, news, key):
            continue
        told += keep_push_to(
            session,
            sealer,
            key,
            messages,
            # The record is in it: after a mistake somebody may wait for the same once more.
            dedupe_key=f"{KIND}:{news.record_id}:{key}",
            kind=KIND,
            lease_now=lease_now,
        )
    counted = update(GoLiveNews).where(GoLiveNews.record_id == news.record_id)
    session.execute(counted.values(told=GoLiveNews.told + told))
    return told


def told_otherwise(session: Session, procedures: Iterable[str], keys: Select[str]) -> None:
    """Takes the wishes of residents (`keys`) whom an announcement told of these procedures."""
    session.execute(
        delete(GoLiveWatch)
        .where(GoLiveWatch.procedure_id.in_(sorted(procedures)), GoLiveWatch.resident_key.in_(keys))
        .execution_options(synchronize_session=False)
    )


def was_told(procedures: Iterable[str], key: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """True for the resident of this key who was told of one of these procedures already."""
    records = cast(GoLiveNews.record_id, String)
    return exists().where(
        GoLiveNews.procedure_id.in_(sorted(procedures)),
        OutboxParcel.dedupe_key == literal(f"{KIND}:").concat(records).concat(":").concat(key),
    )


def end(session: Session, news: Due, outcome: str, now: datetime) -> bool:
    """Notes that it is over ("told" or "held"); False when it was already, or was taken back."""
    ended = session.execute(
        update(GoLiveNews)
        .where(GoLiveNews.record_id == news.record_id, GoLiveNews.done_at.is_(None))
        .values(outcome=outcome, done_at=now)
        .returning(GoLiveNews.record_id)
    )
    return ended.first() is not None


def _take_wish(session: Session, news: Due, key: str) -> bool:
    """Takes the wish of a resident in reach; False where there is no wish or no reach."""
    if not residents.is_in_reach(session, key):
        return False
    wish = session.execute(
        delete(GoLiveWatch)
        .where(GoLiveWatch.resident_key == key, GoLiveWatch.procedure_id == news.procedure_id)
        .returning(GoLiveWatch.procedure_id)
    )
    return wish.first() is not None
