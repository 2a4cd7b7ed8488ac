"""Makes what a due instant of a series wants, in the transaction of its firing.

One with fixed words was approved as a series and goes as such, after the same time for second
thoughts as any other; one that is drafted anew, or that shall be looked at each time, waits for a
person's approval. Never commits. `now` is civil time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.campaigns import drafts, leads, occasions, series, service
from bot.campaigns.checking import Fault
from bot.campaigns.models import CampaignRow, CampaignSeries
from bot.campaigns.queries import draft_in, locked, note
from bot.campaigns.rules import Draft, Kind, State, Terms, Why, start_of
from bot.city import JAPAN
from bot.schedules import service as schedules

Generate = Callable[[Session, Kind, datetime, datetime | None], Draft | None]
"""Drafts what is to be told at a due instant, after the one that was told of last (None: never);
None when there is nothing to tell. Quick."""


@dataclass(frozen=True, slots=True)
class Making:
    """What it takes to make an announcement by itself. `faults` is the check of a person's."""

    generate: Generate
    terms: Terms
    faults: Callable[[Draft], Sequence[Fault]]


def fire(
    session: Session, series_id: int, due: datetime, now: datetime, making: Making
) -> int | None:
    """Makes the announcement of a due instant: its number, or None where there is none to make.

    The firing's own key sees to it that an instant is fired once. What does not pass the check
    is a draft that wants a person.
    """
    row = series.locked(session, series_id)
    if row is None or row.state != "on" or row.approved_hash != series.hash_of(row):
        return None
    name = f"{series.FAMILY}:{series_id}"
    left_out = _left_out(row, due)
    draft = None if left_out else _drafted(session, row, due, making)
    if draft is None:
        schedules.tell_outcome(session, name, due, left_out or occasions.NOTHING)
        if left_out == occasions.ENDED:
            schedules.switch_off(session, name)
        return None
    row.told_at = due
    kept = service.draft(session, draft, author=row.author, now=now, series=(row.id, due))
    made = locked(session, kept.campaign_id)
    assert made is not None
    if making.faults(draft) or leads.faults(session, draft, now):
        made.why = Why.FAULTY
        note(session, made.id, "faulty", now)
    elif row.waits_for_approval or row.draft is None:
        made.state, made.checked_at = State.CHECKED, now
        note(session, made.id, "waits", now)
    else:
        _as_approved(session, made, row, now, making.terms)
    session.flush()
    return made.id


def _left_out(row: CampaignSeries, due: datetime) -> str | None:
    day = due.astimezone(JAPAN).date()
    if row.until is not None and day > row.until:
        return occasions.ENDED
    return occasions.SKIPPED if day.isoformat() in row.skipped.split(",") else None


def _drafted(session: Session, row: CampaignSeries, due: datetime, making: Making) -> Draft | None:
    if row.draft is not None:
        return drafts.draft_of(row.draft)
    return making.generate(session, Kind(row.kind), due, row.told_at)


def _as_approved(
    session: Session, made: CampaignRow, row: CampaignSeries, now: datetime, terms: Terms
) -> None:
    draft = draft_in(made)
    made.state, made.checked_at = State.APPROVED, now
    made.approved_by, made.approved_at = row.approved_by, now
    made.approved_hash, made.approved_reach = drafts.hash_of(draft), row.approved_reach
    made.start_at = start_of(draft.wish, now, terms.undo)
    note(session, made.id, "as_series", now, by=row.approved_by, note=str(row.approved_reach))
