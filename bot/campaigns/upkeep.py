"""Looks after announcements as a whole: being forgotten, what is old, what a restored copy holds.

Never commits. `now` is civil time.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from bot.campaigns.models import (
    CampaignBody,
    CampaignLink,
    CampaignRecipient,
    CampaignRow,
    CampaignSeries,
    CampaignStory,
    CampaignTally,
    CampaignTester,
)
from bot.campaigns.rules import CAP_LOOKS_BACK, State, Why
from bot.db import rows_changed
from bot.outbox.models import OutboxParcel

_STEP = 2_000
_RECIPIENTS_KEPT = CAP_LOOKS_BACK + timedelta(days=1)


def forget(session: Session, resident_key: str) -> int:
    """Takes a resident out of every parcel that was not tried; how many rows went.

    A parcel that was tried must go again as it was, so their id stays in it, sealed, until that
    parcel ends: a day at the latest.
    """
    people = delete(CampaignRecipient).where(CampaignRecipient.resident_key == resident_key)
    testers = delete(CampaignTester).where(CampaignTester.resident_key == resident_key)
    # What is behind a shortened key is the same, as nobody else's begins like it.
    session.execute(
        update(CampaignRow)
        .where(CampaignRow.cursor == resident_key)
        .values(cursor=resident_key[:-1])
    )
    return rows_changed(session.execute(people)) + rows_changed(session.execute(testers))


def purge_recipients(session: Session, now: datetime) -> int:
    """Erases up to 2000 of who got an announcement, once the frequency cap looks past it."""
    old = (
        select(CampaignRow.id)
        .where(CampaignRow.ended_at.isnot(None), CampaignRow.started_at < now - _RECIPIENTS_KEPT)
        .where(CampaignRow.id.in_(select(CampaignRecipient.campaign_id)))
        .limit(1)
    )
    campaign_id = session.scalar(old)
    if campaign_id is None:
        return 0
    held = CampaignRecipient.campaign_id == campaign_id
    some = select(CampaignRecipient.resident_key).where(held).limit(_STEP)
    gone = delete(CampaignRecipient).where(held, CampaignRecipient.resident_key.in_(some))
    return rows_changed(session.execute(gone))


def purge(session: Session, before: datetime) -> int:
    """Erases up to 20 announcements that ended before a moment, with all that belongs to them."""
    ids = session.scalars(
        select(CampaignRow.id).where(CampaignRow.ended_at < before).limit(20)
    ).all()
    for table in (CampaignBody, CampaignLink, CampaignRecipient, CampaignStory, CampaignTally):
        session.execute(delete(table).where(table.campaign_id.in_(ids)))
    session.execute(delete(CampaignRow).where(CampaignRow.id.in_(ids)))
    return len(ids)


def oldest_due(session: Session, lease_now: datetime) -> datetime | None:
    """When the oldest parcel fell due that may be sent and is not; for an alert.

    What stood still because somebody paused it counts from its resumption.
    """
    due = (
        select(OutboxParcel.campaign_id, func.min(OutboxParcel.run_at))
        .join(CampaignRow, CampaignRow.id == OutboxParcel.campaign_id)
        .where(
            text("outbox.state = 'waiting' AND outbox.campaign_id IS NOT NULL"),
            CampaignRow.state == State.SENDING,
            OutboxParcel.run_at <= lease_now,
        )
        .group_by(OutboxParcel.campaign_id)
    )
    resumed: dict[int | None, datetime] = dict(
        session.execute(
            select(CampaignStory.campaign_id, func.max(CampaignStory.at))
            .join(CampaignRow, CampaignRow.id == CampaignStory.campaign_id)
            .where(CampaignRow.state == State.SENDING, CampaignStory.what == "resumed")
            .group_by(CampaignStory.campaign_id)
        ).all()
    )
    moments = [max(since, resumed.get(held, since)) for held, since in session.execute(due)]
    return min(moments, default=None)


def hold_back(session: Session) -> int:
    """After a restore nothing starts or goes on by itself: a person decides. How many are held.

    What was being sent has lost its parcels to the dead letters; who got it is not known here.
    """
    waiting = update(CampaignRow).where(CampaignRow.state.in_([State.APPROVED, State.SCHEDULED]))
    held = rows_changed(session.execute(waiting.values(state=State.HELD, why=Why.RESTORED)))
    running = (State.PLANNING, State.SENDING, State.PAUSED)
    live = update(CampaignRow).where(CampaignRow.state.in_(running))
    held += rows_changed(session.execute(live.values(state=State.PAUSED, why=Why.RESTORED)))
    series = update(CampaignSeries).where(CampaignSeries.state == "on")
    session.execute(series.values(state="off"))
    return held
