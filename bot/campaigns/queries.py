"""Reads announcements as values, and locks the row of one that is about to change."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.campaigns import drafts
from bot.campaigns.models import CampaignRow, CampaignSeries, CampaignStory
from bot.campaigns.rules import Draft, Kind, State, Why

WRITTEN = ("drafted", "edited")
"""What stands in the story of those who wrote an announcement."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """One announcement as it stands. `start_at` is civil time; `version` grows with every edit.

    `is_as_approved` is False where nothing was approved, or something else than stands there now.
    """

    id: int
    draft: Draft
    state: State
    why: Why | None
    version: int
    author: str
    made_at: datetime
    changed_at: datetime
    checked_by: str | None
    approved_by: str | None
    approved_at: datetime | None
    is_as_approved: bool
    start_at: datetime | None
    started_at: datetime | None
    planned_at: datetime | None
    ended_at: datetime | None
    planned: int
    most: int | None
    series_id: int | None
    series_due: datetime | None


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of an announcement's story; `by` None is the desk itself."""

    at: datetime
    what: str
    by: str | None
    note: str | None


def one(session: Session, campaign_id: int) -> Campaign | None:
    """The announcement of that number, or None."""
    row = session.get(CampaignRow, campaign_id)
    return value_of(row) if row else None


def listed(
    session: Session, *, states: tuple[State, ...] = (), most: int = 100, before: int | None = None
) -> list[Campaign]:
    """The newest announcements first, of these states (all when none are named)."""
    wanted = select(CampaignRow).order_by(CampaignRow.id.desc()).limit(most)
    if states:
        wanted = wanted.where(CampaignRow.state.in_([str(state) for state in states]))
    if before is not None:
        wanted = wanted.where(CampaignRow.id < before)
    return [value_of(row) for row in session.scalars(wanted)]


def counts(session: Session) -> dict[State, int]:
    """How many announcements are in each state."""
    rows = select(CampaignRow.state, func.count()).group_by(CampaignRow.state)
    return {State(state): number for state, number in session.execute(rows)}


def story(session: Session, campaign_id: int) -> list[Happening]:
    """What happened to it, oldest first."""
    rows = session.scalars(
        select(CampaignStory)
        .where(CampaignStory.campaign_id == campaign_id)
        .order_by(CampaignStory.id)
    )
    return [Happening(row.at, row.what, row.by, row.note) for row in rows]


def writers(session: Session, campaign_id: int) -> frozenset[str]:
    """Everyone who wrote a word of it, or of the series it comes from: none may approve it."""
    found = session.scalars(
        select(CampaignStory.by).where(
            CampaignStory.campaign_id == campaign_id, CampaignStory.what.in_(WRITTEN)
        )
    )
    of_series = session.scalar(
        select(CampaignSeries.writers)
        .join(CampaignRow, CampaignRow.series_id == CampaignSeries.id)
        .where(CampaignRow.id == campaign_id)
    )
    return frozenset(login for login in found if login) | split_logins(of_series or "")


def split_logins(joined: str) -> frozenset[str]:
    """The logins of a column that holds several, joined by commas."""
    return frozenset(filter(None, joined.split(",")))


def locked(session: Session, campaign_id: int) -> CampaignRow | None:
    """The row, for this transaction alone, as it stands now."""
    wanted = select(CampaignRow).where(CampaignRow.id == campaign_id).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()


def note(
    session: Session,
    campaign_id: int,
    what: str,
    now: datetime,
    *,
    by: str | None = None,
    note: str | None = None,
) -> None:
    """Adds a line to the story."""
    session.add(
        CampaignStory(
            campaign_id=campaign_id, at=now, what=what, by=by, note=note[:200] if note else None
        )
    )
    session.flush()


def draft_in(row: CampaignRow) -> Draft:
    """What is written in a row."""
    return Draft(
        kind=Kind(row.kind),
        title=row.title,
        topic=row.topic,
        parts=drafts.parts_of(row.content),
        audience=drafts.audience_of(row.audience),
        wish=drafts.wish_of(row.wish),
    )


def value_of(row: CampaignRow) -> Campaign:
    """The row as a value."""
    draft = draft_in(row)
    same: dict[str, Any] = {name: getattr(row, name) for name in _SAME}
    return Campaign(
        draft=draft,
        state=State(row.state),
        why=Why(row.why) if row.why else None,
        is_as_approved=row.approved_hash == drafts.hash_of(draft),
        **same,
    )


_SAME = (
    *("id", "version", "author", "made_at", "changed_at", "checked_by", "approved_by"),
    *("approved_at", "start_at", "started_at", "planned_at", "ended_at", "planned", "most"),
    *("series_id", "series_due"),
)
