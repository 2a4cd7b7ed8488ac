"""Claims the parcels of announcements, and freezes each at its first try.

Never commits. Pause and cancel are predicates of the claim: what is not claimed yet is not sent.
`now` is lease time. `look` and `take` belong in one writing transaction: who stops a topic or
leaves does so before it, or after the parcel's first try.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    bindparam,
    delete,
    exists,
    select,
    update,
)
from sqlalchemy.orm import Session

from bot.campaigns import addressees
from bot.campaigns.models import CampaignRecipient, CampaignRow
from bot.campaigns.rules import State
from bot.db import UtcDateTime
from bot.outbox import queries
from bot.outbox.models import OutboxParcel
from bot.outbox.rules import LEASE, Tried
from bot.outbox.service import ADDRESS
from bot.residents.service import USER_ID_PURPOSE
from bot.sealing import SealBroken, Sealer


@dataclass(frozen=True, slots=True)
class Seen:
    """A parcel that is due. `to` are its user ids, `sealed` the same as they will be kept.

    To a parcel that was tried before the same ids go again; else `gone` are those who do not want
    it any more, or cannot be reached.
    """

    id: int
    campaign_id: int
    part: int
    variant: str
    retry_key: str
    to: tuple[str, ...]
    sealed: bytes
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """A parcel in this process's hands until its lease (15 s) runs out."""

    id: int
    campaign_id: int
    part: int
    variant: str
    retry_key: str
    to: tuple[str, ...]
    owner: str
    tried: Tried


def sending(session: Session) -> list[int]:
    """The announcements that may be sent from now, the earliest started first; takes no lock."""
    rows = session.scalars(
        select(CampaignRow.id)
        .where(CampaignRow.state == State.SENDING)
        .order_by(CampaignRow.started_at, CampaignRow.id)
    )
    return list(rows)


def look(
    session: Session, sealer: Sealer, campaign_id: int, now: datetime, most: int
) -> list[Seen]:
    """Up to `most` parcels of an announcement that are due, with those who are to get them.

    One that was tried and whose ids no key of ours opens any more is given up.
    """
    rows = session.execute(
        _DUE.with_for_update(skip_locked=True), {"campaign": campaign_id, "now": now, "most": most}
    ).all()
    if not rows:
        return []
    open_ones = [row.part for row in rows if row.address is None]
    people = addressees.people(session, campaign_id, open_ones) if open_ones else {}
    seen = []
    for row in rows:
        try:
            seen.append(_seen(sealer, campaign_id, row, people.get(row.part, addressees.People())))
        except SealBroken:
            lost = {"state": "dead", "error": "its data key is gone", "address": None}
            _end(session, campaign_id, row.id, now, **lost)
    return seen


def take(
    session: Session,
    seen: Sequence[Seen],
    *,
    owner: str,
    now: datetime,
) -> list[Taken]:
    """Claims what was seen, counts the attempt, and freezes who gets it at the first one.

    Seen and taken in one writing transaction. Commit before calling LINE.
    """
    if not seen:
        return []
    campaign_id = seen[0].campaign_id
    held = _held(session, campaign_id, [one.id for one in seen], now)
    taken, changes = [], []
    for one in seen:
        before = held.get(one.id)
        if before is None:
            continue
        if one.gone:
            _strike(session, one)
        if not one.to:
            _end(session, campaign_id, one.id, now, state="dropped", recipients=0)
            continue
        tried = Tried(
            "multicast", before.attempts + 1, before.unsure + 1, before.first_try or now, None
        )
        named = (one.id, one.campaign_id, one.part, one.variant, one.retry_key, one.to)
        taken.append(Taken(*named, owner, tried))
        changes.append(_claim_of(taken[-1], one.sealed, now))
    if changes:
        session.connection().execute(_CLAIM, changes)
    return taken


def _held(session: Session, campaign_id: int, ids: Sequence[int], now: datetime) -> dict[int, Any]:
    """What is still to be had of these parcels; nobody else changes it until the commit."""
    values = {"campaign": campaign_id, "now": now, "ids": ids}
    return {row.id: row for row in session.connection().execute(_HELD, values)}


def _due(campaign: Any, now: Any) -> list[Any]:
    sending = exists().where(CampaignRow.id == campaign, CampaignRow.state == State.SENDING)
    return [
        # Literal, so that the planner recognises the condition of its index.
        OutboxParcel.state == queries.WAITING,
        OutboxParcel.campaign_id == campaign,
        OutboxParcel.run_at <= now,
        sending,
    ]


_CAMPAIGN: Any = bindparam("campaign")
_NOW: Any = bindparam("now", type_=UtcDateTime())

_DUE = (
    select(
        OutboxParcel.id,
        OutboxParcel.part,
        OutboxParcel.variant,
        OutboxParcel.retry_key,
        OutboxParcel.address,
    )
    .where(*_due(_CAMPAIGN, _NOW))
    .order_by(OutboxParcel.run_at, OutboxParcel.id)
    .limit(bindparam("most"))
)
_TABLE = OutboxParcel.metadata.tables[OutboxParcel.__tablename__]
_HELD = (
    select(_TABLE.c.id, _TABLE.c.attempts, _TABLE.c.unsure, _TABLE.c.first_try)
    .where(_TABLE.c.id.in_(bindparam("ids", expanding=True)), *_due(_CAMPAIGN, _NOW))
    # On PostgreSQL they were locked by `look` already, unless that was another transaction.
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    _TABLE.update()
    .where(_TABLE.c.id == bindparam("parcel"))
    .values(
        owner=bindparam("new_owner"),
        attempts=bindparam("attempt"),
        unsure=bindparam("unnoticed"),
        run_at=bindparam("until", type_=UtcDateTime()),
        first_try=bindparam("first", type_=UtcDateTime()),
        address=bindparam("sealed"),
        recipients=bindparam("people"),
    )
)


def _claim_of(taken: Taken, sealed: bytes, now: datetime) -> dict[str, Any]:
    return {
        "parcel": taken.id,
        "new_owner": taken.owner,
        "attempt": taken.tried.attempts,
        "unnoticed": taken.tried.unsure,
        "until": now + LEASE,
        "first": taken.tried.first_try,
        "sealed": sealed,
        "people": len(taken.to),
    }


def _seen(sealer: Sealer, campaign_id: int, row: Any, people: addressees.People) -> Seen:
    named = (row.id, campaign_id, row.part, row.variant, row.retry_key)
    if row.address is not None:
        to = json.loads(sealer.open(bytes(row.address), ADDRESS))
        return Seen(*named, tuple(to), row.address)
    ids, lost = _opened(sealer, people)
    sealed_to = sealer.seal(json.dumps(ids).encode(), ADDRESS)
    return Seen(*named, tuple(ids), sealed_to, (*people.gone, *lost))


def _opened(sealer: Sealer, people: addressees.People) -> tuple[list[str], list[str]]:
    """The LINE ids of people, and the keys of those whose id no key of ours opens."""
    try:
        return [one.decode() for one in sealer.open_all(people.sealed, USER_ID_PURPOSE)], []
    except SealBroken:
        pass  # of one of them at least: each by itself
    ids, lost = [], []
    for key, sealed in zip(people.keys, people.sealed, strict=True):
        try:
            ids.append(sealer.open(sealed, USER_ID_PURPOSE).decode())
        except SealBroken:
            lost.append(key)
    return ids, lost


def _end(session: Session, campaign_id: int, parcel_id: int, now: datetime, **values: Any) -> None:
    still_due = _due(campaign_id, now)
    ended = update(OutboxParcel).where(OutboxParcel.id == parcel_id, *still_due)
    session.execute(
        ended.values(done_at=now, **values),
        execution_options={"synchronize_session": False},
    )


def _strike(session: Session, seen: Seen) -> None:
    """Who does not get it does not count as having got it."""
    session.execute(
        delete(CampaignRecipient).where(
            CampaignRecipient.campaign_id == seen.campaign_id,
            CampaignRecipient.part == seen.part,
            CampaignRecipient.resident_key.in_(seen.gone),
        ),
        execution_options={"synchronize_session": False},
    )
