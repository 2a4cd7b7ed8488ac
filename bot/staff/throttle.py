"""Delays at the door after failures, kept in the database so that they hold across processes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.db import insert_unless_there
from bot.sealing import Sealer
from bot.staff.models import Throttle
from bot.staff.rules import FORGET_FAILURES, delay_after


@dataclass(frozen=True, slots=True)
class Wait:
    """The door is shut until this moment (lease time)."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Knock:
    """Under which hashes an attempt is counted: the login that was typed, and the address."""

    login: str
    address: str

    @classmethod
    def of(cls, sealer: Sealer, login: str, address: str) -> "Knock":
        """Neither login nor address is readable in the table; unknown logins count alike."""
        return cls(
            sealer.lookup(login, "staff.throttle.login"),
            sealer.lookup(address, "staff.throttle.address"),
        )


def admit(session: Session, knock: Knock, now: datetime) -> Wait | None:
    """Lets an attempt in, or says how long to wait.

    The attempt counts against the login before it is known how it ends, so that many at once
    cannot all slip in; `forgive` takes it back. Against the address only failures count:
    a whole office may come in by one.
    """
    login = _locked(session, knock.login, now)
    address = session.get(Throttle, knock.address)
    shut = [row.blocked_until for row in (login, address) if row and row.blocked_until]
    until = max((moment for moment in shut if moment > now), default=None)
    if until is not None:
        return Wait(until)
    _count(login, now)
    return None


def fail(session: Session, knock: Knock, now: datetime) -> None:
    """Counts a failure against the address; against the login it already stands."""
    _count(_locked(session, knock.address, now), now)


def forgive(session: Session, knock: Knock) -> None:
    """Takes the present attempt back: the password was right, the code is still to come."""
    session.execute(
        update(Throttle)
        .where(Throttle.key == knock.login, Throttle.failures > 0)
        .values(failures=Throttle.failures - 1, blocked_until=None)
    )


def clear(session: Session, knock: Knock) -> None:
    """Forgets the login's failures after a sign-in to the end. The address keeps its own."""
    session.execute(delete(Throttle).where(Throttle.key == knock.login))


def forget_old(session: Session, now: datetime) -> int:
    """Removes counts nobody added to for a day; returns how many."""
    old = delete(Throttle).where(Throttle.last_at < now - FORGET_FAILURES)
    return len(session.execute(old.returning(Throttle.key)).all())


def _count(row: Throttle, now: datetime) -> None:
    row.failures += 1
    delay = delay_after(row.failures)
    row.blocked_until = now + delay if delay > timedelta(0) else None
    row.last_at = now


def _locked(session: Session, key: str, now: datetime) -> Throttle:
    first = insert_unless_there(session, Throttle).values(key=key, failures=0, last_at=now)
    # An update of nothing locks a row that is there; one just removed by another is made anew.
    session.execute(first.on_conflict_do_update(index_elements=["key"], set_={"key": key}))
    query = select(Throttle).where(Throttle.key == key).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).one()
    if now - row.last_at > FORGET_FAILURES:
        row.failures, row.blocked_until = 0, None
    return row
