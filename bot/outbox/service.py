"""Keeps messages for LINE in the transaction that decided them, and tracks each to its end.

Nothing here commits or speaks to LINE: the sender commits before the wire and after it.
"""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.clocks import real_time
from bot.db import rows_changed
from bot.db.statements import Lease, change_held
from bot.inbox.service import Claim
from bot.line.outcomes import Outcome, TryAgain
from bot.outbox import queries
from bot.outbox.models import OutboxParcel
from bot.outbox.rules import (
    EMERGENCY,
    LEASE,
    PUSH,
    REPLY,
    STILL_USEFUL,
    Ended,
    Tried,
    judge,
    token_ends,
)
from bot.sealing import SealBroken, Sealer

ADDRESS, MESSAGES = "outbox.address", "outbox.messages"
MULTICAST_MOST = 500

_GONE = {"address": None, "messages": None, "owner": None}


class LostLease(Exception):
    """Another sender has the parcel now, or it was dropped: nothing is to be noted."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One call to LINE in this sender's hands until its lease (15 s) runs out.

    `to` holds the reply token or the user id; a broadcast has none.
    """

    id: int
    endpoint: str
    to: tuple[str, ...]
    messages: tuple[dict[str, Any], ...]
    retry_key: str | None
    owner: str
    tried: Tried


def keep_reply(
    session: Session,
    sealer: Sealer,
    *,
    claim: Claim,
    reply_token: str,
    messages: Sequence[dict[str, Any]],
    user_key: str | None,
    now: datetime,
    token_until: datetime | None = None,
) -> None:
    """Keeps the answer to a claimed event; a second answer to the same event is ignored.

    It goes out with the reply token until `token_until`; unless that is given, 55 s after receipt,
    or after the event itself if LINE delivered it again. If it was never tried by then, it becomes
    a push, as long as it is useful. `now` is lease time.
    """
    source = claim.event.get("source")
    to = source.get("userId") if isinstance(source, dict) and source.get("type") == "user" else None
    _keep(
        session,
        sealer,
        address=[reply_token, to],
        messages=messages,
        dedupe_key=f"reply:{claim.event_id}",
        endpoint="reply",
        kind="reply",
        priority=REPLY,
        user_key=user_key,
        token_until=token_until or token_ends(claim.event, claim.received_at),
        useful_until=now + STILL_USEFUL,
        run_at=now,
        created_at=now,
    )


def keep_push(
    session: Session,
    sealer: Sealer,
    *,
    dedupe_key: str,
    user_id: str,
    user_key: str | None,
    messages: Sequence[dict[str, Any]],
    kind: str,
    now: datetime,
) -> None:
    """Keeps a message to one resident under a retry key of its own; a known `dedupe_key` is
    ignored, so asking again changes nothing."""
    _keep(
        session,
        sealer,
        address=[user_id],
        messages=messages,
        dedupe_key=dedupe_key,
        endpoint="push",
        kind=kind,
        priority=PUSH,
        user_key=user_key,
        retry_key=str(uuid.uuid4()),
        run_at=now,
        created_at=now,
    )


def keep_broadcast(
    session: Session,
    sealer: Sealer,
    *,
    dedupe_key: str,
    retry_key: str,
    messages: Sequence[dict[str, Any]],
    now: datetime,
) -> None:
    """Keeps an emergency's message to every friend; a known `dedupe_key` is ignored."""
    _keep(
        session,
        sealer,
        address=[],
        messages=messages,
        dedupe_key=dedupe_key,
        endpoint="broadcast",
        kind="emergency",
        priority=EMERGENCY,
        retry_key=retry_key,
        run_at=now,
        created_at=now,
    )


def anything_due(session: Session, now: datetime, priority: int) -> bool:
    """True when `claim` would find a parcel; it takes no lock."""
    statement = queries.candidate(_dialect(session), priority)
    values = {"now": now} if _dialect(session) == "sqlite" else {}
    return session.execute(statement, values).first() is not None


def claim(
    session: Session, sealer: Sealer, *, owner: str, now: datetime, priority: int
) -> Parcel | None:
    """Takes the parcel of this priority that has been due longest, and notes its first attempt.

    Commit before calling LINE. A reply too late for its token is changed into a push here, once.
    """
    values: dict[str, Any] = {"owner": owner, "lease_seconds": LEASE.seconds}
    if _dialect(session) == "sqlite":
        values = {"owner": owner, "now": now, "until": now + LEASE}
    found = session.execute(queries.claim(_dialect(session), priority), values).first()
    if found is None:
        return None
    try:
        address = json.loads(sealer.open(bytes(found.address), ADDRESS))
        messages = json.loads(sealer.open(bytes(found.messages), MESSAGES))
    except SealBroken:
        _end(session, found.id, "dead", "its data key is gone", now)
        return None
    endpoint, retry_key = found.endpoint, found.retry_key
    if endpoint == "reply" and found.first_try is None:
        retry_key = _to_push(session, found, address[1], now)
        if retry_key is None:
            return None
        endpoint, address = "push", address[1:]
    elif endpoint == "reply":
        address = address[:1]
    tried = Tried(endpoint, found.attempts, found.unsure, found.first_try or now, found.token_until)
    return Parcel(
        found.id, endpoint, tuple(address), tuple(messages), retry_key, found.owner, tried
    )


def settle(session: Session, parcel: Parcel, outcome: Outcome, now: datetime) -> str:
    """Notes what LINE answered: the state the parcel is in now (`waiting` means another try).

    What was said and to whom is erased at the end. Raises LostLease when it is not ours.
    """
    verdict = judge(parcel.tried, outcome, now)
    values: dict[str, Any] = {
        "status": getattr(outcome, "status", None),
        "request_id": getattr(outcome, "request_id", None),
        "error": outcome.reason[:200] if isinstance(outcome, TryAgain) else None,
    }
    if isinstance(verdict, Ended):
        values |= {"state": verdict.state, "done_at": now, "owner": None}
        values |= _GONE if verdict.state in ("sent", "unknown") else {}
    else:
        values |= {"run_at": verdict.run_at, "unsure": verdict.unsure, "owner": None}
    lease = Lease(parcel.id, parcel.owner, parcel.tried.attempts)
    if not change_held(session, OutboxParcel, lease, values):
        raise LostLease(str(parcel.id))
    return verdict.state if isinstance(verdict, Ended) else "waiting"


def forget(session: Session, user_key: str) -> int:
    """Drops what is on its way to a resident and unlinks what was sent. How many rows.

    A call that is on the wire at this moment cannot be taken back.
    """
    mine = update(OutboxParcel).where(OutboxParcel.user_key == user_key)
    waiting = mine.where(OutboxParcel.state == "waiting")
    session.execute(waiting.values(state="dropped", done_at=real_time()))
    return rows_changed(session.execute(mine.values(user_key=None, **_GONE)))


def _keep(
    session: Session,
    sealer: Sealer,
    *,
    address: Sequence[str | None],
    messages: Sequence[dict[str, Any]],
    **values: Any,
) -> None:
    values |= {
        "address": sealer.seal(json.dumps(address).encode(), ADDRESS),
        "messages": sealer.seal(json.dumps(list(messages)).encode(), MESSAGES),
    }
    statement = queries.insert(_dialect(session), tuple(values))
    session.connection().execute(statement, values)


def _to_push(session: Session, found: Any, to: str | None, now: datetime) -> str | None:
    if to is None or found.useful_until < now:
        _end(session, found.id, "dead", "too late for its reply token", now)
        return None
    retry_key = str(uuid.uuid4())
    late = update(OutboxParcel).where(OutboxParcel.id == found.id)
    session.execute(late.values(endpoint="push", retry_key=retry_key, first_try=now))
    return retry_key


def _end(session: Session, row_id: int, state: str, reason: str, now: datetime) -> None:
    ended = update(OutboxParcel).where(OutboxParcel.id == row_id)
    session.execute(ended.values(state=state, error=reason, done_at=now, owner=None))


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name
