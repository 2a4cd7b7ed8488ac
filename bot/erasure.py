"""Erases residents and old records across all tables: at their wish, by age, after they left."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.campaigns import unused
from bot.campaigns import upkeep as announcements
from bot.city import Retention
from bot.classes import retention as classes
from bot.clocks import CivilClock, real_time
from bot.handover import upkeep as handover
from bot.inbox import service as inbox
from bot.inbox.service import Claim
from bot.links import service as links
from bot.outbox import service as outbox
from bot.plan import service as plan
from bot.questions import retention as questions
from bot.residents import preferences
from bot.residents import service as residents


def forget_resident(
    session: Session, key: str, *, sparing: Claim | None = None, now: datetime | None = None
) -> dict[str, int]:
    """Erases every row of the resident with this key; counts stay, without identity.

    `sparing` is the event in whose answer it happens. `now` is civil time, the machine's unless
    given: seats of classes to come are given up. Returns how many rows of each kind went;
    a second time finds nothing and changes nothing.
    """
    residents.hold(session, key)  # first, as every form of theirs does
    return {
        "questions": questions.forget(session, key),
        "wishes": plan.forget(session, key),
        "choices": preferences.forget(session, key),
        "conversations": handover.forget(session, key),
        "classes": classes.forget(session, key, now or real_time()),
        "links": links.forget(session, key),
        "announcements": announcements.forget(session, key),
        "events": inbox.forget(session, key, sparing=sparing),
        "messages": outbox.forget(session, key),
        "residents": residents.forget(session, key),
    }


def erasures(retention: Retention, civil: CivilClock) -> dict[str, Callable[[Session], int]]:
    """What the night erases by civil time, by name.

    Each erases some rows whose time has come and returns how many; it is called until it finds
    none, each time in a short transaction of its own, so that it can be stopped half-way.
    """

    def old_questions(session: Session) -> int:
        return questions.purge(session, civil() - timedelta(days=retention.questions))

    def who_got_answers(session: Session) -> int:
        before = civil() - timedelta(days=retention.callbacks_answered)
        return questions.purge_answered(session, before)

    def old_conversations(session: Session) -> int:
        return handover.purge(session, civil() - timedelta(days=retention.handover))

    def old_links(session: Session) -> int:
        a_day = timedelta(days=1)
        return links.sweep(session, civil() - a_day, lease_before=real_time() - a_day)

    def who_got_announcements(session: Session) -> int:
        return announcements.purge_recipients(session, civil())

    def old_announcements(session: Session) -> int:
        return announcements.purge(session, civil() - timedelta(days=retention.announcements))

    def unused_pictures(session: Session) -> int:
        return unused.purge_pictures(session, civil() - timedelta(days=30))

    def people_of_classes(session: Session) -> int:
        now = civil()
        return classes.purge(session, now - timedelta(days=retention.class_people), now)

    def residents_who_left(session: Session) -> int:
        return _forget_gone(session, civil(), timedelta(days=retention.residents_unfollowed))

    return {
        "questions": old_questions,
        "who got answers": who_got_answers,
        "conversations": old_conversations,
        "links": old_links,
        "who got announcements": who_got_announcements,
        "announcements": old_announcements,
        "unused pictures": unused_pictures,
        "people of classes": people_of_classes,
        "residents": residents_who_left,
    }


def _forget_gone(session: Session, now: datetime, kept: timedelta) -> int:
    keys = residents.gone_before(session, now - kept, most=20)
    for key in keys:
        forget_resident(session, key, now=now)
    return len(keys)
