"""Nightly: clears away what has ended of itself, and seals again under a new key."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.sealing import Sealer
from bot.staff import accounts, drafts, sessions, setup, throttle
from bot.staff.models import Draft


def clear_away(session: Session, now: datetime, civil: datetime) -> dict[str, int]:
    """Removes ended sessions, dead links, old failures and drafts; returns how many of each.

    Accounts and the audit trail are never cleared away.
    """
    return {
        "sessions": sessions.forget_ended(session, now),
        "links": setup.forget_old(session, now),
        "failures": throttle.forget_old(session, now),
        "drafts": drafts.forget_old(session, civil),
    }


def reseal(session: Session, sealer: Sealer, most: int = 500) -> int:
    """Seals up to `most` rows again that stand under an older key; 0 means all are done.

    Secrets that wait in a session are left: they live for minutes and are then gone.
    """
    done = accounts.reseal(session, sealer, most)
    for row in session.scalars(select(Draft)):
        if done == most:
            break
        if not sealer.is_newest(row.sealed):
            held = sealer.open(row.sealed, drafts.PURPOSE)
            row.sealed = sealer.seal(held, drafts.PURPOSE)
            done += 1
    session.flush()
    return done
