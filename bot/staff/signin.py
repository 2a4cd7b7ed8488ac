"""Signing in: the login and password first, then a code of the telephone or a recovery code."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.sealing import Sealer
from bot.staff import accounts, sessions, throttle
from bot.staff.codes import accepted_step, clean_recovery_code
from bot.staff.models import RecoveryCode, Staff, StaffSession
from bot.staff.rules import Person, Stage, clean_login
from bot.staff.throttle import Knock, Wait


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who might be at the door, as far as the login tells; for unknown names all is None."""

    knock: Knock
    staff_id: int | None
    held: str | None


@dataclass(frozen=True, slots=True)
class HalfWay:
    """The password was right; `token` is the cookie of a session that only awaits the code."""

    token: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """In. `token` is a fresh cookie; `by_recovery` tells how many recovery codes are left."""

    token: str
    person: Person
    recovery_left: int | None


@dataclass(frozen=True, slots=True)
class Refused:
    """Not in, and not told why: a wrong name and a wrong password look alike."""


def knock(
    session: Session, sealer: Sealer, login: str, address: str, now: datetime
) -> Candidate | Wait:
    """Counts an attempt and finds whose it may be. What the caller does next is the same
    for known and unknown names: check the password outside any transaction, then `enter`.
    """
    name = clean_login(login)[:100]
    counted = Knock.of(sealer, name, address)
    wait = throttle.admit(session, counted, now)
    if wait is not None:
        return wait
    row = accounts.by_login(session, name)
    may_enter = row is not None and row.disabled_at is None and row.sealed_totp is not None
    if row is None or not may_enter:
        return Candidate(counted, None, None)
    return Candidate(counted, row.id, row.password_hash)


def enter(
    session: Session, sealer: Sealer, candidate: Candidate, *, matches: bool, now: datetime
) -> HalfWay | Refused:
    """Opens the half-way session when the password matched and still is the person's."""
    row = session.get(Staff, candidate.staff_id) if candidate.staff_id is not None else None
    if row is None or not matches or row.disabled_at or row.password_hash != candidate.held:
        throttle.fail(session, candidate.knock, now)
        return Refused()
    throttle.forgive(session, candidate.knock)
    return HalfWay(sessions.begin(session, sealer, row.id, Stage.CODE, now))


def settle(session: Session, candidate: Candidate, *, matches: bool, now: datetime) -> None:
    """Ends an attempt that only asked for the password: taken back, or counted as a failure."""
    if matches:
        throttle.forgive(session, candidate.knock)
    else:
        throttle.fail(session, candidate.knock, now)


def give_code(
    session: Session,
    sealer: Sealer,
    visit: sessions.Visit,
    typed: str,
    *,
    address: str,
    now: datetime,
    civil: datetime,
) -> SignedIn | Refused | Wait:
    """Takes the one-time code, or a recovery code in its place, and opens a fresh session.

    `now` is lease time (the telephone's clock), `civil` what stands as last sign-in. The
    half-way session ends; a code given twice at once lets one in.
    """
    counted = Knock.of(sealer, visit.person.login, address)
    wait = throttle.admit(session, counted, now)
    if wait is not None:
        return wait
    row = _locked(session, visit.person.id)
    alive = session.get(StaffSession, visit.id)
    if row is None or alive is None or not _takes(session, sealer, row, typed, now):
        throttle.fail(session, counted, now)
        return Refused()
    throttle.clear(session, counted)
    sessions.end(session, visit.id)
    before, row.last_sign_in_at = row.last_sign_in_at, civil
    token = sessions.begin(session, sealer, row.id, Stage.OPEN, now, last_sign_in_at=before)
    left = _recovery_left(session, row.id) if _is_recovery(typed) else None
    return SignedIn(token, accounts.person(session, sealer, row), left)


def prove_again(
    session: Session,
    sealer: Sealer,
    visit: sessions.Visit,
    typed: str,
    candidate: Candidate,
    *,
    matches: bool,
    now: datetime,
) -> bool:
    """Re-authentication: password and code once more open what changes either, for 5 minutes."""
    row = _locked(session, visit.person.id)
    same = row is not None and candidate.staff_id == row.id and row.password_hash == candidate.held
    if row is None or not (matches and same) or not _takes(session, sealer, row, typed, now):
        throttle.fail(session, candidate.knock, now)
        return False
    throttle.clear(session, candidate.knock)
    sessions.prove(session, visit.id, now)
    return True


def show_code_again(
    session: Session,
    sealer: Sealer,
    visit: sessions.Visit,
    typed: str,
    *,
    address: str,
    now: datetime,
) -> bool | Wait:
    """True when the person of an open session typed a fresh one-time code (or a recovery code).

    For what must not be done by somebody at another's desk and cannot wait for a password. A code
    counts once, as everywhere; wrong ones delay like those at the door.
    """
    counted = Knock.of(sealer, visit.person.login, address)
    wait = throttle.admit(session, counted, now)
    if wait is not None:
        return wait
    row = _locked(session, visit.person.id)
    if row is None or not _takes(session, sealer, row, typed, now):
        throttle.fail(session, counted, now)
        return False
    throttle.clear(session, counted)
    return True


def _takes(session: Session, sealer: Sealer, row: Staff, typed: str, now: datetime) -> bool:
    if row.disabled_at is not None or row.sealed_totp is None:
        return False
    if _is_recovery(typed):
        return _use_recovery(session, sealer, row.id, typed)
    secret = sealer.read(row.sealed_totp, accounts.TOTP_PURPOSE)
    step = accepted_step(secret, typed, now, row.totp_step) if secret else None
    if step is None:
        return False
    row.totp_step = step
    session.flush()
    return True


def _is_recovery(typed: str) -> bool:
    return clean_recovery_code(typed) != ""


def recovery_hash(sealer: Sealer, staff_id: int, code: str) -> str:
    """What is kept of a recovery code; 50 random bits under a key need no slow hash."""
    return sealer.lookup(f"{staff_id}:{code}", "staff.recovery")


def _use_recovery(session: Session, sealer: Sealer, staff_id: int, typed: str) -> bool:
    held = recovery_hash(sealer, staff_id, clean_recovery_code(typed))
    used = delete(RecoveryCode).where(RecoveryCode.code_hash == held)
    return session.execute(used.returning(RecoveryCode.staff_id)).one_or_none() is not None


def _recovery_left(session: Session, staff_id: int) -> int:
    held = select(RecoveryCode.code_hash).where(RecoveryCode.staff_id == staff_id)
    return len(session.scalars(held).all())


def _locked(session: Session, staff_id: int) -> Staff | None:
    query = select(Staff).where(Staff.id == staff_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()
