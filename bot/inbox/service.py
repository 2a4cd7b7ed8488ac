"""Keeps LINE's events and hands each to one worker at a time, however often it was delivered.

Nothing here commits: the door that opened the session does.
"""

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import exists, func, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from bot.clocks import real_time
from bot.db import rows_changed
from bot.db.statements import Lease, change_held
from bot.inbox import queries
from bot.inbox.models import InboxEvent
from bot.inbox.rules import LAST_ATTEMPT, LEASE, back_off, is_last, without_words
from bot.line.inbound import RawEvent, resident_key
from bot.sealing import SealBroken, Sealer

PURPOSE = "inbox.event"


class LostLease(Exception):
    """Another worker has the event now, or it was erased: roll back and leave it alone."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One event in this worker's hands until its lease (15 s) runs out.

    `event` is as LINE sent it, masked. `attempts` counts this one.
    """

    id: int
    event_id: str
    event: dict[str, Any]
    user_key: str | None
    attempts: int
    owner: str
    received_at: datetime


def rows(sealer: Sealer, events: Iterable[RawEvent]) -> list[dict[str, Any]]:
    """The sealed rows for `insert`; made outside the transaction, which stays short."""
    made = []
    for raw in events:
        event = raw.event | {"webhookEventId": raw.event_id}
        sealed = sealer.seal(json.dumps(event, separators=(",", ":")).encode(), PURPOSE)
        made.append(
            {
                "event_id": raw.event_id,
                "kind": raw.kind,
                "user_key": resident_key(sealer, raw.user_id) if raw.user_id else None,
                "message_id": raw.message_id,
                "event": sealed,
            }
        )
    return made


def insert(connection: Connection, made: list[dict[str, Any]], now: datetime) -> int:
    """Stores rows of `rows`, leaving out those whose event is known. How many were new.

    `now` is lease time; on PostgreSQL the database's own clock is used.
    """
    # One order for all, so that two deliveries of the same events do not wait for each other.
    made = sorted(made, key=lambda row: str(row["event_id"]))
    dialect, count = connection.dialect, 0
    moments = queries.moments(dialect, now)
    for start in range(0, len(made), queries.MOST_ROWS):
        some = made[start : start + queries.MOST_ROWS]
        values = [(*(row[name] for name in queries.GIVEN), *moments) for row in some]
        statement = queries.insert(dialect.name, len(some))
        count += rows_changed(connection.exec_driver_sql(statement, tuple(chain(*values))))
    return count


def keep(session: Session, sealer: Sealer, events: Iterable[RawEvent], now: datetime) -> int:
    """Keeps events that are not known yet, masked as they are given. How many were new.

    Asking again with the same events changes nothing, from any process, also at the same time.
    """
    return insert(session.connection(), rows(sealer, events), now)


def anything_due(session: Session, now: datetime, *, alone: bool) -> bool:
    """True when `claim` would find an event; it takes no lock."""
    statement = queries.candidate(_dialect(session), alone=alone)
    values = {"now": now} if _dialect(session) == "sqlite" else {}
    return session.execute(statement, values).first() is not None


def claim(
    session: Session, sealer: Sealer, *, owner: str, now: datetime, alone: bool = False
) -> Claim | None:
    """Takes the oldest event that is due and whose resident has no earlier unfinished one.

    Events tried twice already are given only with `alone`, and the caller answers nothing else
    meanwhile. An event whose fourth attempt brought the process down is dead instead. `now` is
    lease time; on PostgreSQL the database's own clock decides.
    """
    values: dict[str, Any] = {"owner": owner, "lease_seconds": LEASE.seconds}
    if _dialect(session) == "sqlite":
        values = {"owner": owner, "now": now, "until": now + LEASE}
    found = session.execute(queries.claim(_dialect(session), alone=alone), values).first()
    if found is None:
        return None
    if found.attempts > LAST_ATTEMPT:
        _bury(session, found.id, "crashed")
        return None
    try:
        event = json.loads(sealer.open(bytes(found.event), PURPOSE))
    except SealBroken:
        _bury(session, found.id, "its data key is gone")
        return None
    if found.message_id and found.kind == "message" and _was_unsent(session, found.message_id):
        event = without_words(event)
    return Claim(
        id=found.id,
        event_id=found.event_id,
        event=event,
        user_key=found.user_key,
        attempts=found.attempts,
        owner=found.owner,
        received_at=found.received_at,
    )


def finish(session: Session, held: Claim) -> None:
    """The event is answered; what it said is erased. Raises LostLease when it is not ours."""
    done = {"state": "done", "event": None, "owner": None, "error": None, "done_at": real_time()}
    _fenced(session, held, done)


def fail(session: Session, held: Claim, reason: str, now: datetime) -> bool:
    """The attempt failed for `reason` (a kind of error, no words of a resident).

    The event waits 0.3, 1, 3 seconds and is dead at the fourth failure. True when it is dead.
    """
    if is_last(held.attempts):
        dead = {"state": "dead", "owner": None, "error": reason[:200], "done_at": now}
        _fenced(session, held, dead)
        return True
    due = now + back_off(held.attempts)
    _fenced(session, held, {"owner": None, "error": reason[:200], "run_at": due})
    return False


def redact(session: Session, sealer: Sealer, message_id: str) -> int:
    """What the message said is gone from every event not answered yet, dead ones included.

    How many held it. An answered event holds nothing any more, what no key of ours opens nobody
    can read, and a message that arrives only after it was taken back is given out without its
    words.
    """
    held = select(InboxEvent).where(
        InboxEvent.message_id == message_id,
        InboxEvent.kind != "unsend",
        InboxEvent.event.isnot(None),
    )
    redacted = 0
    for row in session.scalars(held.with_for_update()).all():
        with suppress(SealBroken):
            event = json.loads(sealer.open(bytes(row.event or b""), PURPOSE))
            row.event = sealer.seal(json.dumps(without_words(event)).encode(), PURPOSE)
            redacted += 1
    session.flush()
    return redacted


def forget(session: Session, user_key: str, *, sparing: Claim | None = None) -> int:
    """Erases what is kept of a resident's events; none of them is answered any more.

    The event ids stay, without identity, so that a redelivery is still known. `sparing` is the
    claim in whose answer the erasure happens: it is finished as usual. How many rows were hit.
    """
    mine = InboxEvent.user_key == user_key
    if sparing is not None:
        mine = mine & (InboxEvent.id != sparing.id)
        own = update(InboxEvent).where(InboxEvent.id == sparing.id)
        session.execute(own.values(user_key=None, message_id=None))
    gone = {"user_key": None, "message_id": None, "event": None, "owner": None}
    ended = {"state": "done", "done_at": func.coalesce(InboxEvent.done_at, real_time())}
    return rows_changed(session.execute(update(InboxEvent).where(mine).values(**gone, **ended)))


def _fenced(session: Session, held: Claim, values: dict[str, Any]) -> None:
    if not change_held(session, InboxEvent, Lease(held.id, held.owner, held.attempts), values):
        raise LostLease(held.event_id)


def _bury(session: Session, row_id: int, reason: str) -> None:
    dead = update(InboxEvent).where(InboxEvent.id == row_id)
    ended = {"state": "dead", "owner": None, "error": reason, "done_at": real_time()}
    session.execute(dead.values(**ended, attempts=LAST_ATTEMPT))


def _was_unsent(session: Session, message_id: str) -> bool:
    taken_back = exists().where(InboxEvent.message_id == message_id, InboxEvent.kind == "unsend")
    return bool(session.execute(select(taken_back)).scalar_one())


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name
