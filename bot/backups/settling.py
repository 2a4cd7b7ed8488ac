"""Sets right what a restored copy must not do by itself: nothing is sent twice, no old door opens.

Between the backup and now the desk went on: what waits in the copy was most likely answered and
sent. So nothing that waits goes out by itself. Messages and events become dead letters for a
person, who looks, tries again or drops; a push keeps its retry key, so that within a day LINE
itself refuses the second one. Times that passed are recorded as missed. Events that only take
something away are still heard, as they send nothing. Sign-ins and one-time links end, because one
that was ended or used since would live again. A service that starts work by itself adds here what
must not start again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.campaigns import upkeep as announcements
from bot.classes.models import BookingRow, NoticeRow
from bot.db import Base, rows_changed
from bot.handover.models import HandoverRow
from bot.inbox.models import InboxEvent
from bot.links.models import PageLink, PageVisit
from bot.notices.models import StaffNotice
from bot.outbox.models import OutboxParcel
from bot.plan.models import GoLiveNews
from bot.schedules.models import Firing, Schedule
from bot.schedules.rules import NextDue, walk
from bot.staff.models import SetupLink, StaffSession

HELD = "restored: it may have been sent since the backup"
_HARMLESS = ("unsend", "unfollow")


@dataclass(frozen=True, slots=True)
class Settled:
    """How many of each were held back, passed over or ended."""

    messages: int
    events: int
    passed: int
    sign_ins: int
    links: int


def settle(session: Session, *, now: datetime, civil: datetime, next_due: NextDue) -> Settled:
    """Holds back what waits. Doing it twice changes nothing. `now` is lease time."""
    _end_conversations(session, civil)
    announcements.hold_back(session)
    _leave_class_news_to_staff(session, civil)
    _leave_go_live_news_to_staff(session, civil)
    session.execute(update(StaffNotice).values(run_at=None))
    return Settled(
        messages=_hold_messages(session, now),
        events=_hold_events(session, now),
        passed=_pass_over(session, civil, next_due),
        sign_ins=_end(session, StaffSession, PageVisit),
        links=_end(session, SetupLink, PageLink),
    )


def _hold_messages(session: Session, now: datetime) -> int:
    waiting = update(OutboxParcel).where(OutboxParcel.state == "waiting")
    held = {"state": "dead", "error": HELD, "owner": None, "done_at": now}
    return rows_changed(session.execute(waiting.values(**held)))


def _hold_events(session: Session, now: datetime) -> int:
    waiting = update(InboxEvent).where(InboxEvent.state == "waiting")
    heard = InboxEvent.kind.in_(_HARMLESS)
    session.execute(waiting.where(heard).values(owner=None, run_at=now, attempts=0))
    held = {"state": "dead", "error": HELD, "owner": None, "done_at": now}
    return rows_changed(session.execute(waiting.where(~heard).values(**held)))


def _pass_over(session: Session, civil: datetime, next_due: NextDue) -> int:
    passed = 0
    due = select(Schedule).where(Schedule.enabled, Schedule.next_due <= civil)
    for schedule in session.scalars(due).all():
        cron, zone = schedule.cron, schedule.zone
        # Without grace: what was due is written down as missed, none of it is fired.
        walked = walk(
            schedule.next_due,
            civil,
            timedelta(),
            lambda moment, cron=cron, zone=zone: next_due(cron, zone, moment),  # type: ignore[misc]
        )
        for one in walked.due:
            session.merge(
                Firing(schedule_id=schedule.id, due=one.at, outcome="missed", fired_at=civil)
            )
        schedule.next_due = walked.next_due
        passed += 1
    session.flush()
    return passed


def _end_conversations(session: Session, civil: datetime) -> None:
    # Who talked with a person at the time of the backup talks with the desk again, unannounced.
    live = update(HandoverRow).where(HandoverRow.ended_at.is_(None))
    ended = {"state": "ended", "ended_by": "time", "ended_at": civil, "told_at": civil}
    session.execute(live.values(**ended))


def _leave_class_news_to_staff(session: Session, civil: datetime) -> None:
    # Told since the backup, most likely: a person looks and rings up, nothing is pushed again.
    due = update(NoticeRow).where(NoticeRow.state == "waiting", NoticeRow.due_at <= civil)
    session.execute(due.values(by_phone=True))
    # Reminders that fell due before now were sent: who has a seat counts as having it from now.
    seated = update(BookingRow).where(BookingRow.state == "booked")
    session.execute(seated.values(changed_at=civil))


def _leave_go_live_news_to_staff(session: Session, civil: datetime) -> None:
    # Taking the record back and recording it again tells those who still wait.
    untold = update(GoLiveNews).where(GoLiveNews.done_at.is_(None))
    session.execute(untold.values(outcome="restored", done_at=civil))


def _end(session: Session, *tables: type[Base]) -> int:
    return sum(rows_changed(session.execute(delete(table))) for table in tables)
