"""The audit trail: who did what to which item, when, before and after, in a chain of hashes."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from bot.db import insert_unless_there
from bot.sealing import Sealer
from bot.staff.audit_models import AuditHead, AuditRow

SYSTEM = "system"
_PURPOSE = "staff.audit"
_BATCH = 500
_START = ""
"""What the first row holds in place of a hash before it."""

State = Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Action:
    """What is written down. `before` and `after` hold what changed, and nobody's name.

    No resident's key either: rows outlive the erasure of a resident.
    """

    actor: str
    action: str
    item_kind: str
    item_id: str
    before: State = None
    after: State = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """One row of the trail as it is read."""

    sequence: int
    at: datetime
    done: Action


@dataclass(frozen=True, slots=True)
class Chain:
    """What checking found: how many rows, and the first that does not fit (None: all fit)."""

    rows: int
    broken_at: int | None

    @property
    def is_whole(self) -> bool:
        """True when nothing was changed, taken out or put in."""
        return self.broken_at is None


@dataclass(frozen=True, slots=True)
class Search:
    """Which rows are looked for; what is None is not asked."""

    actor: str | None = None
    action: str | None = None
    item_kind: str | None = None
    item_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def record(session: Session, sealer: Sealer, action: Action, at: datetime) -> int:
    """Adds a row at the end of the chain and returns its number. `at` is civil time.

    It takes the chain's lock until the transaction ends: record last, so that writers of
    different items wait for one another as shortly as possible and never crosswise.
    """
    head = _locked_head(session)
    row = AuditRow(
        sequence=head.sequence + 1,
        at=at,
        actor=action.actor,
        action=action.action,
        item_kind=action.item_kind,
        item_id=action.item_id,
        before=_json(action.before),
        after=_json(action.after),
        reason=action.reason,
        previous=head.hash,
    )
    row.hash = _hash(sealer, row)
    session.add(row)
    head.sequence, head.hash = row.sequence, row.hash
    session.flush()
    return row.sequence


def verify_chain(session: Session, sealer: Sealer) -> Chain:
    """Walks the whole trail, 500 rows at a time, and finds the first row that does not fit.

    A row changed, missing or slipped in breaks it, and so does a tail cut off behind the head's
    back. The hash is keyed, so that nobody without the keys can forge a fitting one.
    """
    previous, sequence = _START, 0
    while rows := session.scalars(
        select(AuditRow)
        .where(AuditRow.sequence > sequence)
        .order_by(AuditRow.sequence)
        .limit(_BATCH)
    ).all():
        for row in rows:
            fits = row.sequence == sequence + 1 and row.previous == previous
            if not fits or row.hash != _hash(sealer, row):
                return Chain(sequence, sequence + 1)
            previous, sequence = row.hash, row.sequence
        session.expunge_all()
    head = session.get(AuditHead, 1)
    end = (head.sequence, head.hash) if head else (0, _START)
    return Chain(sequence, None if end == (sequence, previous) else sequence + 1)


def find(
    session: Session, search: Search, *, before: int | None = None, most: int = 50
) -> list[Recorded]:
    """The rows looked for, newest first, `most` of them, from below number `before`."""
    query = _where(select(AuditRow), search).order_by(AuditRow.sequence.desc()).limit(most)
    if before is not None:
        query = query.where(AuditRow.sequence < before)
    return [_recorded(row) for row in session.scalars(query)]


def every(session: Session, search: Search) -> Iterator[Recorded]:
    """All rows looked for, newest first, for an export."""
    before: int | None = None
    while rows := find(session, search, before=before, most=_BATCH):
        yield from rows
        before = rows[-1].sequence
        session.expunge_all()


def count(session: Session, search: Search) -> int:
    """How many rows there are."""
    return session.scalar(_where(select(func.count()).select_from(AuditRow), search)) or 0


def _where(query: Select[Any], search: Search) -> Select[Any]:
    for column, wanted in (
        (AuditRow.actor, search.actor),
        (AuditRow.action, search.action),
        (AuditRow.item_kind, search.item_kind),
        (AuditRow.item_id, search.item_id),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    if search.since is not None:
        query = query.where(AuditRow.at >= search.since)
    if search.until is not None:
        query = query.where(AuditRow.at < search.until)
    return query


def _locked_head(session: Session) -> AuditHead:
    query = select(AuditHead).where(AuditHead.id == 1).with_for_update()
    query = query.execution_options(populate_existing=True)
    head = session.scalars(query).one_or_none()
    if head is not None:
        return head
    first = insert_unless_there(session, AuditHead).values(id=1, sequence=0, hash=_START)
    session.execute(first.on_conflict_do_nothing())
    return session.scalars(query).one()


def _recorded(row: AuditRow) -> Recorded:
    done = Action(
        actor=row.actor,
        action=row.action,
        item_kind=row.item_kind,
        item_id=row.item_id,
        before=json.loads(row.before) if row.before else None,
        after=json.loads(row.after) if row.after else None,
        reason=row.reason,
    )
    return Recorded(row.sequence, row.at, done)


def _json(state: State) -> str | None:
    if state is None:
        return None
    return json.dumps(state, ensure_ascii=False, sort_keys=True, default=str)


def _hash(sealer: Sealer, row: AuditRow) -> str:
    covered = [
        row.sequence,
        row.at.isoformat(),
        *(row.actor, row.action, row.item_kind, row.item_id),
        *(row.before, row.after, row.reason, row.previous),
    ]
    return sealer.lookup(json.dumps(covered, ensure_ascii=False), _PURPOSE)
