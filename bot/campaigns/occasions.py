"""Reads when a series comes next, and what became of the instants that were due."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.campaigns.models import CampaignRow
from bot.campaigns.series import FAMILY, Series
from bot.city import JAPAN
from bot.schedules.models import Firing, Schedule
from bot.schedules.rules import NextDue


@dataclass(frozen=True, slots=True)
class Happened:
    """What became of a due instant: fired, coalesced (a later one made up for it) or missed."""

    due: datetime
    outcome: str
    campaign_id: int | None


def next_times(held: Series, now: datetime, next_due: NextDue, most: int = 5) -> list[datetime]:
    """The next instants at which it makes an announcement, days left out not counted."""
    found: list[datetime] = []
    moment: datetime | None = now
    for _ in range(most * 10):
        moment = next_due(held.plan.cron, JAPAN.key, moment) if moment else None
        if moment is None or len(found) == most:
            break
        day = moment.astimezone(JAPAN).date()
        if held.plan.until is not None and day > held.plan.until:
            break
        if day not in held.skipped:
            found.append(moment)
    return found


def happened(session: Session, series_id: int, most: int = 50) -> list[Happened]:
    """What became of its latest due instants, the newest first; missed ones included."""
    rows = session.execute(
        select(Firing.due, Firing.outcome, CampaignRow.id)
        .join(Schedule, Schedule.id == Firing.schedule_id)
        .outerjoin(
            CampaignRow,
            (CampaignRow.series_id == series_id) & (CampaignRow.series_due == Firing.due),
        )
        .where(Schedule.name == f"{FAMILY}:{series_id}")
        .order_by(Firing.due.desc())
        .limit(most)
    )
    return [Happened(*row) for row in rows]
