"""Announcements that repeat: every week, every month, until a day, some days left out.

Each due instant makes one announcement, in the transaction of its firing. One with fixed words
was approved as a series and goes as such; one that is drafted anew, or that shall be looked at
each time, waits for a person's approval. Never commits. `now` is civil time.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.campaigns import drafts, service
from bot.campaigns.models import CampaignRow, CampaignSeries
from bot.campaigns.queries import locked, note, split_logins, writers
from bot.campaigns.rules import MISSED_AFTER, Draft, Kind, State
from bot.city import JAPAN
from bot.schedules import service as schedules
from bot.schedules.models import Firing, Schedule
from bot.schedules.rules import NextDue

FAMILY = "series"

Generate = Callable[[Session, Kind, datetime], Draft | None]
"""Drafts what is to be told at a due instant; None when there is nothing to tell. Quick."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A repeating announcement. `draft` None: drafted anew each time, by its kind.

    `cron` is in Japan's time with weekdays by name, as in "0 10 * * fri". `until` is the last day.
    """

    kind: Kind
    title: str
    draft: Draft | None
    cron: str
    until: date | None = None
    waits_for_approval: bool = True


@dataclass(frozen=True, slots=True)
class Series:
    """A repeating announcement as it stands. `state` is draft, on or off.

    `writers` made it, changed it or wrote a word of what it says: none of them may approve it.
    """

    id: int
    plan: Plan
    state: str
    skipped: frozenset[date]
    author: str
    writers: frozenset[str]
    approved_by: str | None


@dataclass(frozen=True, slots=True)
class Happened:
    """What became of a due instant: fired, coalesced (a later one made up for it) or missed."""

    due: datetime
    outcome: str
    campaign_id: int | None


class Edited(StrEnum):
    """What became of a change. The same again changes nothing, and an approval of it stands."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    GONE = "gone"


def make(
    session: Session, plan: Plan, *, author: str, now: datetime, source: int | None = None
) -> int:
    """Keeps a new series, which does nothing until another person approves it; its number.

    `source` is the announcement whose words it repeats: who wrote them cannot approve it either.
    """
    wrote = writers(session, source) if source is not None else frozenset()
    row = CampaignSeries(
        kind=plan.kind,
        title=plan.title,
        draft=drafts.draft_json(plan.draft) if plan.draft else None,
        cron=plan.cron,
        until=plan.until,
        waits_for_approval=plan.waits_for_approval or plan.draft is None,
        state="draft",
        author=author,
        writers=",".join(sorted({*wrote, author})),
        made_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def approve(
    session: Session, series_id: int, *, actor: str, now: datetime, next_due: NextDue
) -> bool:
    """Another person switches it on, or on again; False for its writers, or when it is on."""
    row = _locked(session, series_id)
    if row is None or row.state == "on" or actor in split_logins(row.writers):
        return False
    row.state, row.approved_by, row.approved_at = "on", actor, now
    row.approved_hash = _hash(row)
    name = f"{FAMILY}:{series_id}"
    schedules.ensure(
        session,
        name=name,
        job=name,
        cron=row.cron,
        now=now,
        next_due=next_due,
        grace=MISSED_AFTER,
    )
    schedules.edit(session, name, cron=row.cron, enabled=True, now=now, next_due=next_due)
    session.flush()
    return True


def edit(
    session: Session,
    series_id: int,
    plan: Plan,
    *,
    actor: str,
    now: datetime,
    next_due: NextDue,
) -> Edited:
    """Changes it; it is off until another person approves it again.

    An instant due at this moment that had not fired is not made up for.
    """
    row = _locked(session, series_id)
    if row is None:
        return Edited.GONE
    if _value(row).plan == plan:
        return Edited.UNCHANGED
    row.kind, row.title, row.cron, row.until = plan.kind, plan.title, plan.cron, plan.until
    row.draft = drafts.draft_json(plan.draft) if plan.draft else None
    row.waits_for_approval = plan.waits_for_approval or plan.draft is None
    row.writers = ",".join(sorted({*split_logins(row.writers), actor}))
    row.state, row.approved_by, row.approved_hash = "draft", None, None
    _switch_off(session, row, now, next_due)
    return Edited.CHANGED


def stop(session: Session, series_id: int, *, now: datetime, next_due: NextDue) -> bool:
    """Switches it off; what it has made already goes its way. False when it is not on."""
    row = _locked(session, series_id)
    if row is None or row.state != "on":
        return False
    row.state = "off"
    _switch_off(session, row, now, next_due)
    return True


def skip(session: Session, series_id: int, day: date) -> bool:
    """Leaves out one day; twice is once. False when there is no such series."""
    row = _locked(session, series_id)
    if row is None:
        return False
    row.skipped = ",".join(sorted({*filter(None, row.skipped.split(",")), day.isoformat()}))
    session.flush()
    return True


def fire(
    session: Session, series_id: int, due: datetime, now: datetime, generate: Generate
) -> int | None:
    """Makes the announcement of a due instant: its number, or None where there is none to make.

    The firing's own key sees to it that an instant is fired once.
    """
    row = _locked(session, series_id)
    if row is None or row.state != "on" or row.approved_hash != _hash(row):
        return None
    day = due.astimezone(JAPAN).date()
    if (row.until is not None and day > row.until) or day.isoformat() in row.skipped.split(","):
        return None
    if row.draft is not None:
        draft: Draft | None = drafts.draft_of(row.draft)
    else:
        draft = generate(session, Kind(row.kind), due)
    if draft is None:
        return None
    kept = service.draft(session, draft, author=row.author, now=now, series=(row.id, due))
    made = locked(session, kept.campaign_id)
    assert made is not None
    if row.waits_for_approval or row.draft is None:
        made.state, made.checked_at = State.CHECKED, now
        note(session, made.id, "waits", now)
    else:
        _as_approved(session, made, row, draft, now)
    session.flush()
    return made.id


def one(session: Session, series_id: int) -> Series | None:
    """The series of that number."""
    row = session.get(CampaignSeries, series_id)
    return _value(row) if row else None


def listed(session: Session) -> list[Series]:
    """All series, the newest first."""
    rows = session.scalars(select(CampaignSeries).order_by(CampaignSeries.id.desc()))
    return [_value(row) for row in rows]


def next_times(series: Series, now: datetime, next_due: NextDue, most: int = 5) -> list[datetime]:
    """The next instants at which it makes an announcement, days left out not counted."""
    found: list[datetime] = []
    moment: datetime | None = now
    for _ in range(most * 10):
        moment = next_due(series.plan.cron, JAPAN.key, moment) if moment else None
        if moment is None or len(found) == most:
            break
        day = moment.astimezone(JAPAN).date()
        if series.plan.until is not None and day > series.plan.until:
            break
        if day not in series.skipped:
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


def _as_approved(
    session: Session, made: CampaignRow, row: CampaignSeries, draft: Draft, now: datetime
) -> None:
    made.state, made.checked_at = State.SCHEDULED, now
    made.approved_by, made.approved_at = row.approved_by, now
    made.approved_hash, made.start_at = drafts.hash_of(draft), now
    note(session, made.id, "approved", now, by=row.approved_by)


def _hash(row: CampaignSeries) -> str:
    """Binds the approval to words, kind and time."""
    held = "\n".join([row.kind, row.title, row.draft or "", row.cron, str(row.until)])
    return hashlib.sha256(held.encode()).hexdigest()


def _switch_off(session: Session, row: CampaignSeries, now: datetime, next_due: NextDue) -> None:
    name = f"{FAMILY}:{row.id}"
    schedules.edit(session, name, cron=row.cron, enabled=False, now=now, next_due=next_due)
    session.flush()


def _locked(session: Session, series_id: int) -> CampaignSeries | None:
    wanted = select(CampaignSeries).where(CampaignSeries.id == series_id).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()


def _value(row: CampaignSeries) -> Series:
    plan = Plan(
        kind=Kind(row.kind),
        title=row.title,
        draft=drafts.draft_of(row.draft) if row.draft else None,
        cron=row.cron,
        until=row.until,
        waits_for_approval=row.waits_for_approval,
    )
    skipped = frozenset(date.fromisoformat(day) for day in row.skipped.split(",") if day)
    wrote = split_logins(row.writers)
    return Series(row.id, plan, row.state, skipped, row.author, wrote, row.approved_by)
