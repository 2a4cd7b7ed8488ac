"""Nightly: clears away what has ended of itself."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.staff import drafts, editing, sessions, setup, throttle


def clear_away(session: Session, now: datetime, civil: datetime) -> dict[str, int]:
    """Removes what has ended or lapsed at the door and in forms; returns how many of each.

    Accounts and the audit trail are never cleared away.
    """
    return {
        "sessions": sessions.forget_ended(session, now),
        "links": setup.forget_old(session, now),
        "failures": throttle.forget_old(session, now),
        "drafts": drafts.forget_old(session, civil),
        "editing": editing.forget_lapsed(session, now),
    }
