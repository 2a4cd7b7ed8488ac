"""Notes what LINE answered to a parcel; one that it refuses is halved. Never commits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from bot.campaigns import addressees, planning
from bot.campaigns.models import CampaignRecipient, CampaignRow
from bot.campaigns.parcels import Taken
from bot.db.statements import Lease, change_held, fenced
from bot.line.outcomes import Accepted, AlreadyAccepted, Outcome, Refused, TryAgain
from bot.outbox import queries
from bot.outbox.models import OutboxParcel
from bot.outbox.rules import Again, Ended, judge
from bot.outbox.service import LostLease
from bot.plan import telling


def settle_all(
    session: Session, answered: Sequence[tuple[Taken, Outcome]], now: datetime
) -> list[str]:
    """Like `settle` for each, in few statements; the state `lost` where a parcel is not ours."""
    plain = [
        (parcel, outcome)
        for parcel, outcome in answered
        if isinstance(outcome, Accepted | AlreadyAccepted)
    ]
    ours = _ours(session, [parcel for parcel, _ in plain])
    sent = [_sent(parcel, outcome, now) for parcel, outcome in plain if parcel.id in ours]
    if sent:
        session.connection().execute(fenced(OutboxParcel, _SENT), sent)
    states = [
        _state(session, parcel, outcome, now)
        if not isinstance(outcome, Accepted | AlreadyAccepted)
        else "sent"
        if parcel.id in ours
        else "lost"
        for parcel, outcome in answered
    ]
    arrived = [
        parcel for (parcel, _), state in zip(answered, states, strict=True) if state == "sent"
    ]
    for campaign_id in {parcel.campaign_id for parcel in arrived}:
        _take_wishes(
            session, campaign_id, [p.part for p in arrived if p.campaign_id == campaign_id]
        )
    return states


def _take_wishes(session: Session, campaign_id: int, parts: Sequence[int]) -> None:
    """Who waited for a procedure was told of it now, and is not told once more by itself."""
    procedures = addressees.procedures(session, campaign_id)
    if procedures:
        keys = select(CampaignRecipient.resident_key).where(
            CampaignRecipient.campaign_id == campaign_id, CampaignRecipient.part.in_(parts)
        )
        telling.told_otherwise(session, procedures, keys)


def _state(session: Session, parcel: Taken, outcome: Outcome, now: datetime) -> str:
    try:
        return settle(session, parcel, outcome, now)
    except LostLease:
        return "lost"


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


_SENT = ("state", "done_at", "address", "owner", "status", "request_id", "error")


def _ours(session: Session, parcels: Sequence[Taken]) -> set[int]:
    """The ids of those that are still in our hands; they stay so until the commit."""
    if not parcels:
        return set()
    attempts = {parcel.id: parcel.tried.attempts for parcel in parcels}
    values = {"ids": list(attempts), "owner": parcels[0].owner}
    rows = session.connection().execute(_HELD, values)
    return {row.id for row in rows if row.attempts == attempts[row.id]}


_TABLE = OutboxParcel.metadata.tables[OutboxParcel.__tablename__]
_HELD = (
    select(_TABLE.c.id, _TABLE.c.attempts)
    .where(
        _TABLE.c.id.in_(bindparam("ids", expanding=True)),
        _TABLE.c.owner == bindparam("owner"),
        _TABLE.c.state == queries.WAITING,
    )
    .with_for_update()
)


def _sent(parcel: Taken, outcome: Accepted | AlreadyAccepted, now: datetime) -> dict[str, object]:
    values = {"state": "sent", "done_at": now, "request_id": outcome.request_id}
    return _lease(parcel).named(dict.fromkeys(_SENT) | values)


def _lease(parcel: Taken) -> Lease:
    return Lease(parcel.id, parcel.owner, parcel.tried.attempts)


def _fenced(session: Session, parcel: Taken, values: dict[str, Any]) -> None:
    if not change_held(session, OutboxParcel, _lease(parcel), values):
        raise LostLease(str(parcel.id))
