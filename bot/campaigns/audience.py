"""Finds who is in an audience: at the count, at the snapshot, and again at a parcel's first try."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, null, or_, select
from sqlalchemy.orm import Session

from bot.campaigns.models import CampaignRecipient, CampaignRow
from bot.campaigns.rules import CAP_LOOKS_BACK, Audience
from bot.plan.models import GoLiveWatch
from bot.residents.models import ResidentChoice, ResidentRow, ResidentTopic


def count(session: Session, audience: Audience) -> int:
    """How many people are in it now. It reads the whole audience: ask outside any write."""
    return int(session.scalar(_counting(audience)) or 0)


def count_over_cap(
    session: Session, audience: Audience, *, pushes_a_week: int, now: datetime
) -> int:
    """How many of them had the week's number of announcements already."""
    recent = recent_ids(session, now)
    if not recent:
        return 0
    counted = _counting(audience).where(~within_cap(recent, pushes_a_week))
    return int(session.scalar(counted) or 0)


def keys_after(audience: Audience, cursor: str, met_before: datetime) -> Select[str, str]:
    """Key and style of those behind the cursor, in the order of their keys; to be limited.

    Conditions are looked up person by person: a list made anew for each stretch would cost the
    whole audience each time.
    """
    return (
        select(ResidentRow.key, ResidentRow.style)
        .where(ResidentRow.key > cursor, ResidentRow.met_at <= met_before, *_fitting(audience))
        .order_by(ResidentRow.key)
    )


def still_wants(audience: Audience) -> ColumnElement[bool]:
    """True for one who follows the account and has not stopped what the announcement is about."""
    # Not the bare column: SQLite would walk its index, which nearly everybody is in, and sort.
    return and_(func.coalesce(ResidentRow.left_at, null()).is_(None), _chose(audience))


def recent_ids(session: Session, now: datetime, apart_from: int | None = None) -> list[int]:
    """The announcements that count for the week's number."""
    wanted = select(CampaignRow.id).where(CampaignRow.started_at > now - CAP_LOOKS_BACK)
    return [found for found in session.scalars(wanted) if found != apart_from]


def within_cap(recent: list[int], pushes_a_week: int) -> ColumnElement[bool]:
    """True for one who had fewer than the week's number of these announcements."""
    had = (
        select(func.count())
        .select_from(CampaignRecipient)
        .where(
            CampaignRecipient.resident_key == ResidentRow.key,
            CampaignRecipient.campaign_id.in_(recent),
        )
        .correlate(ResidentRow)
        .scalar_subquery()
    )
    return had < pushes_a_week


def topic_share(session: Session, topic: str, *, days: int, now: datetime) -> tuple[int, int]:
    """Messages about the topic, and all messages of announcements, of the last days."""
    rows = session.execute(
        select(CampaignRow.topic, func.sum(CampaignRow.planned))
        .where(CampaignRow.started_at > now - timedelta(days=days))
        .group_by(CampaignRow.topic)
    ).all()
    by_topic = {held: int(number or 0) for held, number in rows}
    return by_topic.get(topic, 0), sum(by_topic.values())


def _counting(audience: Audience) -> Select[Any]:
    return select(func.count()).select_from(ResidentRow).where(*_fitting(audience))


def _fitting(audience: Audience) -> list[ColumnElement[bool]]:
    asked = [
        column.in_(sorted(values))
        for column, values in (
            (ResidentChoice.district, audience.districts),
            (ResidentChoice.age_band, audience.age_bands),
            (ResidentChoice.hours, audience.hours),
        )
        if values
    ]
    fitting: list[ColumnElement[bool]] = [still_wants(audience)]
    if asked:
        fitting.append(exists().where(ResidentChoice.resident_key == ResidentRow.key, *asked))
    return fitting


def _chose(audience: Audience) -> ColumnElement[bool]:
    ways: list[ColumnElement[bool]] = [
        exists().where(ResidentTopic.topic == topic, ResidentTopic.resident_key == ResidentRow.key)
        for topic in sorted(audience.topics)
    ]
    ways += [
        exists().where(
            GoLiveWatch.resident_key == ResidentRow.key, GoLiveWatch.procedure_id == procedure
        )
        for procedure in sorted(audience.procedures)
    ]
    # Without either nobody is meant: a broadcast would reach people who never asked.
    return or_(*ways) if ways else false()
