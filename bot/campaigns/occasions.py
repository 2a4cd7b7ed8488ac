"""Reads when a series comes next, and what became of the instants that were due."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.campaigns.models import CampaignRow
from bot.campaigns.series import FAMILY, Series
from bot.city import JAPAN
from bot.schedules.models import Firing, Schedule
from bot.schedules.rules import NextDue

SKIPPED, ENDED, NOTHING = "skipped", "ended", "nothing"
"""Why an instant that fired made nothing: left out, past the end, nothing to tell."""


@dataclass(frozen=True, slots=True)
class Happened:
    """What became of a due instant: fired, coalesced (a later one made up for it) or missed; or
    why it made nothing."""

    due: datetime
    outcome: str
    campaign_id: int | None


def is_over(held: Series, now: datetime, next_due: NextDue) -> bool:
    """True when its last day has passed, or nothing comes before it ends."""
    if held.plan.until is None:
        return False
    coming = next_due(held.plan.cron, JAPAN.key, now)
    return coming is None or coming.astimezone(JAPAN).date() > held.plan.until


def to_take_back(held: Series, now: datetime, next_due: NextDue) -> list[date]:
    """The days left out that are still to come: of these one can be taken back."""
    found, moment = [], next_due(held.plan.cron, JAPAN.key, now)
    last = max(held.skipped, default=None)
    while moment is not None and last is not None:
        day = moment.astimezone(JAPAN).date()
        if day > last:
            break
        if day in held.skipped:
            found.append(day)
        moment = next_due(held.plan.cron, JAPAN.key, moment)
    return found


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
