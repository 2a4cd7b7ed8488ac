"""What became of an announcement: taken, refused, blocked after it, looked at, tapped, answered.

Never commits. `now` is civil time. Nobody's single doing is kept: LINE gives sums (and none under
20 people), and our own counters know no names.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.campaigns import links, reactions, stopping
from bot.campaigns.models import CampaignRecipient, CampaignRow
from bot.campaigns.reactions import Reactions
from bot.campaigns.stopping import Numbers
from bot.city import JAPAN
from bot.residents.models import ResidentRow

BLOCKS_WITHIN = timedelta(hours=48)
READY_AFTER = timedelta(days=1)
"""LINE's sums are ready after about a day."""
MEASURED_UNTIL = timedelta(days=7)
_AGAIN_AFTER = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Sums:
    """LINE's counts of one unit; None where it shows none."""

    opened: int | None
    clicked: int | None


@dataclass(frozen=True, slots=True)
class Results:
    """All that is known of it. `blocked` counts those who left within 48 hours after the start."""

    numbers: Numbers
    blocked: int | None
    sums: Sums
    measured_at: datetime | None
    taps: dict[str, int]
    reactions: Reactions


@dataclass(frozen=True, slots=True)
class ToMeasure:
    """An announcement whose sums LINE may be asked for; days are Japan's, both included."""

    campaign_id: int
    first: date
    last: date


def of(session: Session, campaign_id: int) -> Results:
    """The results as they are known now."""
    row = session.get_one(CampaignRow, campaign_id)
    return Results(
        numbers=stopping.numbers(session, campaign_id),
        blocked=row.blocked,
        sums=Sums(row.opened, row.clicked),
        measured_at=row.measured_at,
        taps=links.taps(session, campaign_id),
        reactions=reactions.of(session, campaign_id),
    )


def to_measure(session: Session, now: datetime) -> list[ToMeasure]:
    """Announcements a day to a week old that were not measured in the last twelve hours."""
    rows = session.scalars(
        select(CampaignRow).where(
            CampaignRow.started_at <= now - READY_AFTER,
            CampaignRow.started_at > now - MEASURED_UNTIL,
            CampaignRow.ended_at.isnot(None),
            CampaignRow.sent > 0,
            CampaignRow.measured_at.is_(None) | (CampaignRow.measured_at <= now - _AGAIN_AFTER),
        )
    )
    return [
        ToMeasure(row.id, row.started_at.astimezone(JAPAN).date(), now.astimezone(JAPAN).date())
        for row in rows
        if row.started_at is not None
    ]


def measure(session: Session, campaign_id: int, sums: Sums | None, now: datetime) -> None:
    """Writes down LINE's sums (None: not to be had now), and how many of those who got it left
    and what they asked within 48 hours.

    Who got it is known for eight days, and who is forgotten meanwhile counts no more, so the
    numbers never fall.
    """
    row = session.get_one(CampaignRow, campaign_id)
    assert row.started_at is not None
    if sums is not None:
        row.opened, row.clicked = sums.opened, sums.clicked
    left = session.scalar(
        select(func.count())
        .select_from(CampaignRecipient)
        .join(ResidentRow, ResidentRow.key == CampaignRecipient.resident_key)
        .where(
            CampaignRecipient.campaign_id == campaign_id,
            ResidentRow.left_at > row.started_at,
            ResidentRow.left_at <= row.started_at + BLOCKS_WITHIN,
        )
    )
    row.blocked = max(row.blocked or 0, int(left or 0))
    reactions.count_asked(session, row)
    row.measured_at = now
    session.flush()
