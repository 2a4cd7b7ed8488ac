"""Claims the parcels of announcements, freezes each at its first try, and notes what became of it.

Never commits. Pause and cancel are predicates of the claim: what is not claimed yet is not sent.
`now` is lease time. On SQLite `look` may be asked without the write lock, as one process owns the
file; on PostgreSQL it is asked within the transaction of `take`, as it locks what it finds.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session

from bot.campaigns import drafts, planning
from bot.campaigns.audience import still_wants
from bot.campaigns.models import CampaignRecipient, CampaignRow
from bot.campaigns.rules import Audience, State
from bot.line.outcomes import Outcome, Refused, TryAgain
from bot.outbox import queries
from bot.outbox.models import OutboxParcel
from bot.outbox.rules import LEASE, Again, Ended, Tried, judge
from bot.outbox.service import ADDRESS, LostLease
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
    wanted = (
        select(OutboxParcel)
        .where(*_due(campaign_id, now))
        .order_by(OutboxParcel.run_at, OutboxParcel.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    rows = session.scalars(wanted).all()
    if not rows:
        return []
    about = session.scalars(select(CampaignRow.audience).where(CampaignRow.id == campaign_id)).one()
    return [_seen(session, sealer, row, drafts.audience_of(about)) for row in rows]


def take(
    session: Session, seen: Sequence[Seen], audience: Audience, *, owner: str, now: datetime
) -> list[Taken]:
    """Claims what was seen, counts the attempt, and freezes who gets it at the first one.

    What somebody else took, or whose people changed since the look, is left for the next look.
    Commit before calling LINE.
    """
    taken = []
    for one in seen:
        if not one.frozen and _wanting(session, one, audience) != len(one.keys):
            continue
        if not one.to:
            _drop(session, one, now)
            continue
        held = session.execute(_claim(one, owner, now)).first()
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


def settle(session: Session, parcel: Taken, outcome: Outcome, now: datetime) -> str:
    """Notes what LINE answered; the parcel's state now (`waiting` means another try).

    A parcel that LINE refuses for good is cut in two, each half under a retry key of its own, so
    that one bad id costs one person. To whom it went is erased at the end, whatever the end was:
    the people stand in `campaign_recipient`. Raises LostLease when it is not ours.
    """
    values: dict[str, Any] = {
        "owner": None,
        "status": getattr(outcome, "status", None),
        "request_id": getattr(outcome, "request_id", None),
        "error": outcome.reason[:200] if isinstance(outcome, TryAgain) else None,
    }
    if is_revoked(outcome):
        values |= {"run_at": now, "unsure": parcel.tried.unsure - 1}
        _fenced(session, parcel, values)
        return "waiting"
    verdict = judge(parcel.tried, outcome, now)
    if isinstance(verdict, Again):
        _fenced(session, parcel, values | {"run_at": verdict.run_at, "unsure": verdict.unsure})
        return "waiting"
    if isinstance(outcome, Refused) and len(parcel.to) > 1:
        verdict = Ended("split")
    ended = {"state": verdict.state, "done_at": now, "address": None}
    _fenced(session, parcel, values | ended)
    if verdict.state == "split":
        _halve(session, parcel, now)
    return verdict.state


def is_revoked(outcome: Outcome) -> bool:
    """True when LINE refuses our token: the parcel is not at fault, and no other would go."""
    return isinstance(outcome, TryAgain) and outcome.status == 401


def audience_of(session: Session, campaign_id: int) -> Audience:
    """Whom an announcement that is being sent was for; it does not change any more."""
    about = session.scalars(select(CampaignRow.audience).where(CampaignRow.id == campaign_id)).one()
    return drafts.audience_of(about)


def _due(campaign_id: int, now: datetime) -> list[Any]:
    return [
        # Literal, so that the planner recognises the condition of its index.
        OutboxParcel.state == queries.WAITING,
        OutboxParcel.campaign_id == campaign_id,
        OutboxParcel.run_at <= now,
        _is_sending(campaign_id),
    ]


def _is_sending(campaign_id: int) -> Any:
    return exists().where(CampaignRow.id == campaign_id, CampaignRow.state == State.SENDING)


def _seen(session: Session, sealer: Sealer, row: OutboxParcel, audience: Audience) -> Seen:
    assert row.campaign_id is not None
    assert row.part is not None
    named = (row.id, row.campaign_id, row.part, row.variant or "", row.retry_key or "")
    if row.address is not None:
        to = json.loads(sealer.open(row.address, ADDRESS))
        return Seen(*named, tuple(to), row.address, True)
    people = session.execute(
        select(
            CampaignRecipient.resident_key,
            ResidentRow.sealed_user_id,
            still_wants(audience).label("wants"),
        )
        .outerjoin(ResidentRow, ResidentRow.key == CampaignRecipient.resident_key)
        .where(CampaignRecipient.campaign_id == row.campaign_id, CampaignRecipient.part == row.part)
        .order_by(CampaignRecipient.resident_key)
    ).all()
    wanting = [(key, sealed) for key, sealed, wants in people if wants and sealed]
    to = [sealer.open(sealed, USER_ID_PURPOSE).decode() for _, sealed in wanting]
    keys = tuple(key for key, _ in wanting)
    gone = tuple(key for key, sealed, wants in people if not (wants and sealed))
    sealed_to = sealer.seal(json.dumps(to).encode(), ADDRESS)
    return Seen(*named, tuple(to), sealed_to, False, keys, gone)


def _wanting(session: Session, seen: Seen, audience: Audience) -> int:
    counted = (
        select(func.count())
        .select_from(CampaignRecipient)
        .join(ResidentRow, ResidentRow.key == CampaignRecipient.resident_key)
        .where(
            CampaignRecipient.campaign_id == seen.campaign_id,
            CampaignRecipient.part == seen.part,
            still_wants(audience),
        )
    )
    return int(session.scalar(counted) or 0)


def _claim(seen: Seen, owner: str, now: datetime) -> Any:
    return (
        update(OutboxParcel)
        .where(OutboxParcel.id == seen.id, *_due(seen.campaign_id, now))
        .values(
            owner=owner,
            attempts=OutboxParcel.attempts + 1,
            unsure=OutboxParcel.unsure + 1,
            run_at=now + LEASE,
            first_try=func.coalesce(OutboxParcel.first_try, now),
            address=seen.sealed,
            recipients=len(seen.to),
        )
        .returning(OutboxParcel.attempts, OutboxParcel.unsure, OutboxParcel.first_try)
        .execution_options(synchronize_session=False)
    )


def _drop(session: Session, seen: Seen, now: datetime) -> None:
    nobody = update(OutboxParcel).where(OutboxParcel.id == seen.id, *_due(seen.campaign_id, now))
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


def _halve(session: Session, parcel: Taken, now: datetime) -> None:
    held = CampaignRecipient.campaign_id == parcel.campaign_id
    keys = session.scalars(
        select(CampaignRecipient.resident_key)
        .where(held, CampaignRecipient.part == parcel.part)
        .order_by(CampaignRecipient.resident_key)
    ).all()
    parts = session.scalars(
        update(CampaignRow)
        .where(CampaignRow.id == parcel.campaign_id)
        .values(parts=CampaignRow.parts + 2)
        .returning(CampaignRow.parts)
    ).one()
    middle = (len(keys) + 1) // 2
    for part, half in ((parts - 1, keys[:middle]), (parts, keys[middle:])):
        if not half:
            continue
        session.execute(
            update(CampaignRecipient)
            .where(
                held,
                CampaignRecipient.part == parcel.part,
                CampaignRecipient.resident_key.in_(half),
            )
            .values(part=part),
            execution_options={"synchronize_session": False},
        )
        row = planning.parcel_row(parcel.campaign_id, part, parcel.variant, len(half), now)
        statement = queries.insert(session.get_bind().dialect.name, tuple(row))
        session.connection().execute(statement, row)
    # What was in it is in its halves now, and is counted there.
    session.execute(update(OutboxParcel).where(OutboxParcel.id == parcel.id).values(recipients=0))


def _fenced(session: Session, parcel: Taken, values: dict[str, Any]) -> None:
    named = {f"new_{name}": value for name, value in values.items()}
    named |= {"held_id": parcel.id, "held_owner": parcel.owner}
    named |= {"held_attempts": parcel.tried.attempts}
    changed = session.connection().execute(queries.fenced(tuple(values)), named)
    if changed.rowcount != 1:
        raise LostLease(str(parcel.id))
