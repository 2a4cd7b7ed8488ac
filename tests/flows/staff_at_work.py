"""Staff for tests: people who are set up and can sign in, without the cost of real hashing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.db import Database
from bot.sealing import Sealer
from bot.staff import accounts, sessions, setup, signin
from bot.staff.accounts import Added
from bot.staff.codes import code_at, step_at
from bot.staff.passwords import Cost, Passwords
from bot.staff.rules import Role
from bot.staff.setup import Finished

PASSWORD = "みどりの丘に雪がふる夜です"
PASSWORDS = Passwords(Cost(memory_kib=64, passes=1))
HASH = PASSWORDS.hash(PASSWORD)
MORNING = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


@dataclass
class Colleague:
    """Someone who is set up: their telephone's secret, recovery codes, and first cookie."""

    id: int
    login: str
    secret: str
    recovery_codes: list[str]
    token: str

    def code(self, now: datetime) -> str:
        """What their telephone shows at `now`."""
        return code_at(self.secret, step_at(now))


def colleague(
    database: Database,
    sealer: Sealer,
    login: str,
    roles: Iterable[Role],
    now: datetime = MORNING,
) -> Colleague:
    """Adds a person and walks them through their set-up link, by the telephone's own code."""
    with database.writing() as session:
        added = accounts.add(session, sealer, login, "見本 職員", roles, now=now)
        assert isinstance(added, Added)
        link = setup.issue(session, sealer, added.person.id, now)
    with database.writing() as session:
        cookie = setup.start(session, sealer, link, HASH, now)
        assert cookie is not None
        visit = sessions.find(session, sealer, cookie, now)
        assert visit is not None
        secret = setup.pending_secret(session, sealer, visit.id)
        assert secret is not None
        code = code_at(secret, step_at(now - timedelta(seconds=30)))
        done = setup.finish(session, sealer, visit, code, now=now, civil=now)
        assert isinstance(done, Finished)
    return Colleague(added.person.id, login, secret, done.recovery_codes, done.token)


def try_password(
    database: Database,
    sealer: Sealer,
    login: str,
    password: str,
    now: datetime,
    *,
    address: str = "192.0.2.1",
) -> signin.HalfWay | signin.Refused | signin.Wait:
    """The first step at the door, as the console takes it."""
    with database.writing() as session:
        candidate = signin.knock(session, sealer, login, address, now)
    if isinstance(candidate, signin.Wait):
        return candidate
    matches = PASSWORDS.matches(candidate.held, password)
    with database.writing() as session:
        return signin.enter(session, sealer, candidate, matches=matches, now=now)


def try_code(
    database: Database,
    sealer: Sealer,
    token: str,
    typed: str,
    now: datetime,
) -> signin.SignedIn | signin.Refused | signin.Wait | None:
    """The second step; None when the half-way session is over."""
    with database.writing() as session:
        visit = sessions.find(session, sealer, token, now)
        if visit is None:
            return None
        return signin.give_code(
            session, sealer, visit, typed, address="192.0.2.1", now=now, civil=now
        )
