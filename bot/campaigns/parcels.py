"""Claims the parcels of announcements, and freezes each at its first try.

Never commits. Pause and cancel are predicates of the claim: what is not claimed yet is not sent.
`now` is lease time. On SQLite `look` may be asked without the write lock, as one process owns the
file; on PostgreSQL it is asked within the transaction of `take`, as it locks what it finds.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, delete, exists, func, select, update
from sqlalchemy.orm import Session

from bot.campaigns import drafts
from bot.campaigns.audience import still_wants
from bot.campaigns.models import CampaignRecipient, CampaignRow
from bot.campaigns.rules import State
from bot.db import UtcDateTime
from bot.outbox import queries
from bot.outbox.models import OutboxParcel
from bot.outbox.rules import LEASE, Tried
from bot.outbox.service import ADDRESS
from bot.residents.models import ResidentRow
from bot.residents.service import USER_ID_PURPOSE
from bot.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Seen:
    """A parcel that is due. `to` are its user ids, `sealed` the same as they will be kept.

    A parcel that was tried before is `frozen`: the same ids go again. Else `keys` are those who
    still want it and `gone` those who do not any more.
    """

    id: int
    campaign_id: int
    part: int
    variant: str
    retry_key: str
    to: tuple[str, ...]
    sealed: bytes
    frozen: bool
    keys: tuple[str, ...] = ()
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
    """Up to `most` parcels of an announcement that are due, with those who are to get them."""
    rows = session.execute(
        _DUE.with_for_update(skip_locked=True), {"campaign": campaign_id, "now": now, "most": most}
    ).all()
    if not rows:
        return []
    open_ones = [row.part for row in rows if row.address is None]
    people = _people(session, campaign_id, open_ones) if open_ones else {}
    return [_seen(sealer, campaign_id, row, people.get(row.part, [])) for row in rows]


def take(
    session: Session,
    seen: Sequence[Seen],
    *,
    owner: str,
    now: datetime,
    is_fresh: bool = False,
) -> list[Taken]:
    """Claims what was seen, counts the attempt, and freezes who gets it at the first one.

    What somebody else took, or whose people changed since the look, is left for the next look;
    `is_fresh`: it was seen in this very transaction. Commit before calling LINE.
    """
    if not seen:
        return []
    campaign_id = seen[0].campaign_id
    asked = [one.part for one in seen if not one.frozen and not is_fresh]
    still = _still(session, campaign_id, asked)
    taken = []
    for one in seen:
        if one.part in asked and still.get(one.part, 0) != len(one.keys):
            continue
        if not one.to:
            _drop(session, one, now)
            continue
        held = session.execute(_CLAIM, _claim_of(one, owner, now)).first()
        if held is None:
            continue
        if one.gone:
            _strike(session, one)
        tried = Tried("multicast", held.attempts, held.unsure, held.first_try, None)
        taken.append(
            Taken(
                *(one.id, one.campaign_id, one.part, one.variant, one.retry_key, one.to),
                *(owner, tried),
            )
        )
    return taken


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
_CLAIM = (
    _TABLE.update()
    .where(_TABLE.c.id == bindparam("parcel"), *_due(_CAMPAIGN, _NOW))
    .values(
        owner=bindparam("new_owner"),
        attempts=_TABLE.c.attempts + 1,
        unsure=_TABLE.c.unsure + 1,
        run_at=bindparam("until", type_=UtcDateTime()),
        first_try=func.coalesce(_TABLE.c.first_try, _NOW),
        address=bindparam("sealed"),
        recipients=bindparam("people"),
    )
    .returning(_TABLE.c.attempts, _TABLE.c.unsure, _TABLE.c.first_try)
)


def _claim_of(seen: Seen, owner: str, now: datetime) -> dict[str, Any]:
    return {
        "parcel": seen.id,
        "campaign": seen.campaign_id,
        "now": now,
        "new_owner": owner,
        "until": now + LEASE,
        "sealed": seen.sealed,
        "people": len(seen.to),
    }


@lru_cache(maxsize=64)
def _statements(about: str) -> tuple[Any, Any]:
    """Who is in some parts, and how many of them still want it; built once an audience."""
    wants = still_wants(drafts.audience_of(about))
    within = (
        CampaignRecipient.campaign_id == _CAMPAIGN,
        CampaignRecipient.part.in_(bindparam("parts", expanding=True)),
    )
    people = (
        select(
            CampaignRecipient.part,
            CampaignRecipient.resident_key,
            ResidentRow.sealed_user_id,
            wants.label("wants"),
        )
        .outerjoin(ResidentRow, ResidentRow.key == CampaignRecipient.resident_key)
        .where(*within)
        .order_by(CampaignRecipient.part, CampaignRecipient.resident_key)
    )
    still = (
        select(CampaignRecipient.part, func.count())
        .join(ResidentRow, ResidentRow.key == CampaignRecipient.resident_key)
        .where(*within, wants)
        .group_by(CampaignRecipient.part)
    )
    return people, still


def _about(session: Session, campaign_id: int) -> str:
    wanted = select(CampaignRow.audience).where(CampaignRow.id == campaign_id)
    return str(session.scalars(wanted).one())


_Person = tuple[str, bytes | None, bool]


def _people(session: Session, campaign_id: int, parts: Sequence[int]) -> dict[int, list[_Person]]:
    statement, _ = _statements(_about(session, campaign_id))
    held: dict[int, list[_Person]] = {}
    rows = session.connection().execute(statement, {"campaign": campaign_id, "parts": parts})
    for part, key, sealed, wants in rows:
        held.setdefault(part, []).append((key, sealed, wants))
    return held


def _still(session: Session, campaign_id: int, parts: Sequence[int]) -> dict[int, int]:
    if not parts:
        return {}
    _, statement = _statements(_about(session, campaign_id))
    rows = session.connection().execute(statement, {"campaign": campaign_id, "parts": parts})
    return {int(part): int(number) for part, number in rows}


def _seen(sealer: Sealer, campaign_id: int, row: Any, people: Sequence[_Person]) -> Seen:
    named = (row.id, campaign_id, row.part, row.variant, row.retry_key)
    if row.address is not None:
        to = json.loads(sealer.open(bytes(row.address), ADDRESS))
        return Seen(*named, tuple(to), row.address, True)
    keys = tuple(key for key, sealed, wants in people if wants and sealed)
    sealed_ids = [sealed for _, sealed, wants in people if wants and sealed]
    to = [user_id.decode() for user_id in sealer.open_all(sealed_ids, USER_ID_PURPOSE)]
    gone = tuple(key for key, sealed, wants in people if not (wants and sealed))
    sealed_to = sealer.seal(json.dumps(to).encode(), ADDRESS)
    return Seen(*named, tuple(to), sealed_to, False, keys, gone)


def _drop(session: Session, seen: Seen, now: datetime) -> None:
    still_due = _due(seen.campaign_id, now)
    nobody = update(OutboxParcel).where(OutboxParcel.id == seen.id, *still_due)
    session.execute(
        nobody.values(state="dropped", recipients=0, done_at=now),
        execution_options={"synchronize_session": False},
    )
    _strike(session, seen)


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
