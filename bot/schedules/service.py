"""Keeps schedules and fires each due instant once, whichever process finds it first.

Nothing here commits: the door that opened the session does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.city import JAPAN
from bot.db import insert_unless_there, rows_changed
from bot.schedules.models import Firing, Schedule
from bot.schedules.rules import NextDue, walk


@dataclass(frozen=True, slots=True)
class Standing:
    """A schedule as the clock needs it; `version` changes with every edit."""

    id: int
    name: str
    job: str
    cron: str
    zone: str
    version: int


@dataclass(frozen=True, slots=True)
class Fired:
    """A due instant that this call fired."""

    name: str
    job: str
    due: datetime


Start = Callable[[Session, str, datetime], None]
"""Starts a job by its name for a due instant, in the same transaction; it must be quick."""


def ensure(
    session: Session,
    *,
    name: str,
    job: str,
    cron: str,
    now: datetime,
    next_due: NextDue,
    grace: timedelta = timedelta(hours=1),
) -> None:
    """Makes the schedule if there is none of this name; staff's edits of an older one stay.

    `cron` is in Japan's time, `now` civil time: the first instant after it is due first.
    """
    row = insert_unless_there(session, Schedule).values(
        name=name,
        job=job,
        cron=cron,
        zone=JAPAN.key,
        grace_seconds=int(grace.total_seconds()),
        enabled=True,
        version=1,
        next_due=next_due(cron, JAPAN.key, now),
    )
    session.execute(row.on_conflict_do_nothing(index_elements=["name"]))


def edit(
    session: Session, name: str, *, cron: str, enabled: bool, now: datetime, next_due: NextDue
) -> bool:
    """Changes when a schedule fires, from now on. False when there is none of this name.

    An instant that was due and had not fired when the edit came is not made up for.
    """
    row = _locked(session, Schedule.name == name)
    if row is None:
        return False
    row.cron, row.enabled, row.version = cron, enabled, row.version + 1
    row.next_due = next_due(cron, row.zone, now) if enabled else None
    session.flush()
    return True


def switch_off(session: Session, name: str) -> None:
    """Fires nothing more of it, also when it is its own firing that says so."""
    row = _locked(session, Schedule.name == name)
    if row is not None and row.enabled:
        row.enabled, row.version, row.next_due = False, row.version + 1, None
        session.flush()


def tell_outcome(session: Session, name: str, due: datetime, outcome: str) -> None:
    """What became of an instant that fired, where its job did nothing: at most 12 letters."""
    of_that_name = select(Schedule.id).where(Schedule.name == name).scalar_subquery()
    fired = update(Firing).where(Firing.schedule_id == of_that_name, Firing.due == due)
    session.execute(fired.values(outcome=outcome))


def standing(session: Session) -> list[Standing]:
    """The schedules that are switched on."""
    rows = session.execute(select(Schedule).where(Schedule.enabled)).scalars()
    return [Standing(r.id, r.name, r.job, r.cron, r.zone, r.version) for r in rows]


def overdue(session: Session, now: datetime) -> list[int]:
    """The ids of schedules with an instant due; it takes no lock. `now` is civil time."""
    due = select(Schedule.id).where(Schedule.enabled, Schedule.next_due <= now)
    return list(session.execute(due).scalars())


def fire_due(
    session: Session, schedule_id: int, now: datetime, next_due: NextDue, start: Start
) -> Fired | None:
    """Fires what is due by `now` (civil time) and moves the cursor, in one transaction.

    Of several processes one fires, and the others find nothing due: the row is locked, and a
    firing's key (schedule, due instant) is unique. What `start` keeps is committed with it.
    """
    row = _locked(session, Schedule.id == schedule_id)
    if row is None or not row.enabled:
        return None
    cron, zone = row.cron, row.zone
    walked = walk(
        row.next_due,
        now,
        timedelta(seconds=row.grace_seconds),
        lambda moment: next_due(cron, zone, moment),
    )
    fired = None
    for due in walked.due:
        fresh = _record(session, row.id, due.at, due.outcome, now)
        if fresh and due.outcome == "fired":
            start(session, row.job, due.at)
            fired = Fired(row.name, row.job, due.at)
    row.next_due = walked.next_due if row.enabled else None
    session.flush()
    return fired


def sweep(session: Session, before: datetime) -> int:
    """Removes firings that were due before a moment. How many."""
    return rows_changed(session.execute(delete(Firing).where(Firing.due < before)))


def _locked(session: Session, which: Any) -> Schedule | None:
    wanted = select(Schedule).where(which).with_for_update()
    return session.execute(wanted.execution_options(populate_existing=True)).scalar_one_or_none()


def _record(session: Session, schedule_id: int, due: datetime, outcome: str, now: datetime) -> bool:
    row = insert_unless_there(session, Firing).values(
        schedule_id=schedule_id, due=due, outcome=outcome, fired_at=now
    )
    known = row.on_conflict_do_nothing(index_elements=["schedule_id", "due"])
    stored = session.execute(known.returning(Firing.schedule_id))
    return stored.first() is not None
