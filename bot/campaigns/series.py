"""Announcements that repeat: every week, every month, until a day, some days left out.

What each due instant makes is in `firing`, what came of it in `occasions`. Never commits. `now`
is civil time.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.campaigns import drafts
from bot.campaigns.models import CampaignSeries
from bot.campaigns.queries import split_logins, writers
from bot.campaigns.rules import MISSED_AFTER, Draft, Kind, Terms
from bot.campaigns.service import Nobody, OwnWork, TypeTheCount, count_to_type
from bot.schedules import service as schedules
from bot.schedules.rules import NextDue

FAMILY = "series"


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
class On:
    """It makes its announcements from now on."""


@dataclass(frozen=True, slots=True)
class NotNow:
    """There is none of that number, or it is on already."""


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
    session: Session,
    series_id: int,
    *,
    actor: str,
    now: datetime,
    next_due: NextDue,
    terms: Terms,
    reach: int,
    shown: int | None = None,
    typed: int | None = None,
) -> On | OwnWork | Nobody | TypeTheCount | NotNow:
    """Another person switches it on, or on again.

    `reach` is how many people are in its audience now, `shown` how many the approver saw. Where
    nobody looks at each announcement, the number must be typed above the city's limit, as for a
    single one, and it is kept: should the audience outgrow it, a person is asked.
    """
    row = locked(session, series_id)
    if row is None or row.state == "on":
        return NotNow()
    if actor in split_logins(row.writers):
        return OwnWork()
    if not row.waits_for_approval:
        if reach == 0:
            return Nobody()
        wanting = count_to_type(reach, shown, typed, terms)
        if wanting is not None:
            return wanting
    row.state, row.approved_by, row.approved_at = "on", actor, now
    row.approved_hash, row.approved_reach = hash_of(row), reach
    _switch_on(session, row, now, next_due)
    return On()


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
    row = locked(session, series_id)
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
    row = locked(session, series_id)
    if row is None or row.state != "on":
        return False
    row.state = "off"
    _switch_off(session, row, now, next_due)
    return True


def skip(session: Session, series_id: int, day: date) -> bool:
    """Leaves out one day; twice is once. False when there is no such series."""
    row = locked(session, series_id)
    if row is None:
        return False
    row.skipped = ",".join(sorted({*filter(None, row.skipped.split(",")), day.isoformat()}))
    session.flush()
    return True


def take_back_skip(session: Session, series_id: int, day: date) -> bool:
    """The day is not left out any more. False when it was not left out."""
    row = locked(session, series_id)
    days = set(filter(None, row.skipped.split(","))) if row else set()
    if row is None or day.isoformat() not in days:
        return False
    row.skipped = ",".join(sorted(days - {day.isoformat()}))
    session.flush()
    return True


def one(session: Session, series_id: int) -> Series | None:
    """The series of that number."""
    row = session.get(CampaignSeries, series_id)
    return _value(row) if row else None


def listed(session: Session) -> list[Series]:
    """All series, the newest first."""
    rows = session.scalars(select(CampaignSeries).order_by(CampaignSeries.id.desc()))
    return [_value(row) for row in rows]


def hash_of(row: CampaignSeries) -> str:
    """64 hexadecimal digits that bind an approval to words, kind and time."""
    held = "\n".join([row.kind, row.title, row.draft or "", row.cron, str(row.until)])
    return hashlib.sha256(held.encode()).hexdigest()


def _switch_on(session: Session, row: CampaignSeries, now: datetime, next_due: NextDue) -> None:
    name, cron = f"{FAMILY}:{row.id}", row.cron
    schedules.ensure(
        session,
        name=name,
        job=name,
        cron=cron,
        now=now,
        next_due=next_due,
        grace=MISSED_AFTER,
    )
    schedules.edit(session, name, cron=cron, enabled=True, now=now, next_due=next_due)
    session.flush()


def _switch_off(session: Session, row: CampaignSeries, now: datetime, next_due: NextDue) -> None:
    name = f"{FAMILY}:{row.id}"
    schedules.edit(session, name, cron=row.cron, enabled=False, now=now, next_due=next_due)
    session.flush()


def locked(session: Session, series_id: int) -> CampaignSeries | None:
    """The row, for this transaction alone, as it stands now."""
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
