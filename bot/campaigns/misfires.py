"""Instants of series that did not go as planned, kept before staff until one of them has looked.

Never commits. `now` is civil time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.campaigns import series
from bot.campaigns.models import CampaignRow, CampaignSeries
from bot.campaigns.rules import MISSED_AFTER, State
from bot.campaigns.series import FAMILY, Series
from bot.city import JAPAN
from bot.schedules.models import Firing, Schedule
from bot.schedules.rules import NextDue

LATE_AFTER = timedelta(minutes=10)
"""A firing later than this after its instant is told: somebody may have waited for it."""


@dataclass(frozen=True, slots=True)
class Made:
    """The announcement that an instant made in the end, and where it stands now."""

    campaign_id: int
    state: State


@dataclass(frozen=True, slots=True)
class Misfire:
    """One instant: "missed" and "coalesced" made nothing; "late" made what `made` says.

    `found_at` is when the clock came to it. A missed one stands for those after it as well that
    were too late by then.
    """

    series_id: int
    title: str
    due: datetime
    found_at: datetime
    outcome: str
    made: Made | None


def unseen(session: Session, next_due: NextDue, series_id: int | None = None) -> list[Misfire]:
    """What nobody has looked at yet, of one series or of all, the newest first.

    Days that were to be left out, or lie past a series' end, went as planned.
    """
    found: list[Misfire] = []
    for one in series.listed(session):
        if series_id is None or one.id == series_id:
            found += _of(session, one, next_due)
    return sorted(found, key=lambda one: one.due, reverse=True)


def see(session: Session, series_id: int, upto: datetime) -> bool:
    """A person has looked at what was found wrong with a series up to then; twice is once.

    False when there is none of that number. What was found since stays before staff.
    """
    row = session.get(CampaignSeries, series_id, with_for_update=True, populate_existing=True)
    if row is None:
        return False
    row.misfires_seen_at = max(upto, row.misfires_seen_at or upto)
    session.flush()
    return True


def _of(session: Session, held: Series, next_due: NextDue) -> list[Misfire]:
    seen_at = session.get_one(CampaignSeries, held.id).misfires_seen_at
    fired = (
        select(Firing, CampaignRow)
        .join(Schedule, Schedule.id == Firing.schedule_id)
        .outerjoin(
            CampaignRow,
            (CampaignRow.series_id == held.id) & (CampaignRow.series_due == Firing.due),
        )
        .where(Schedule.name == f"{FAMILY}:{held.id}")
    )
    if seen_at is not None:
        fired = fired.where(Firing.fired_at > seen_at)
    misfires = (_judged(held, firing, row) for firing, row in session.execute(fired).all())
    return [one for one in misfires if one and not _went_as_planned(held, one, next_due)]


def _judged(held: Series, firing: Firing, row: CampaignRow | None) -> Misfire | None:
    made = Made(row.id, State(row.state)) if row else None
    outcome = firing.outcome
    if outcome not in ("missed", "coalesced"):
        if made is None or firing.fired_at - firing.due <= LATE_AFTER:
            return None
        outcome = "late"
    return Misfire(held.id, held.plan.title, firing.due, firing.fired_at, outcome, made)


def _went_as_planned(held: Series, one: Misfire, next_due: NextDue) -> bool:
    """True when nothing was to be made at it, nor at the instants that it stands for."""
    if one.made is not None:
        return False
    moment: datetime | None = one.due
    until = one.found_at - MISSED_AFTER if one.outcome == "missed" else one.due
    while moment is not None and moment <= until:
        day = moment.astimezone(JAPAN).date()
        if held.plan.until is not None and day > held.plan.until:
            return True
        if day not in held.skipped:
            return False
        moment = next_due(held.plan.cron, JAPAN.key, moment)
    return True
