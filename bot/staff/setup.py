"""Set-up links: by one, once, a person chooses a password and ties their telephone."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.sealing import Sealer
from bot.staff import accounts, sessions
from bot.staff.codes import accepted_step, new_recovery_codes, new_secret
from bot.staff.models import RecoveryCode, SetupLink, Staff, StaffSession
from bot.staff.rules import LINK_LASTS, Person, Stage
from bot.staff.signin import recovery_hash

_PENDING = "staff.totp.pending"


@dataclass(frozen=True, slots=True)
class Finished:
    """Set up and signed in: a fresh cookie, and the recovery codes, to be shown this once."""

    token: str
    recovery_codes: list[str]


@dataclass(frozen=True, slots=True)
class WrongCode:
    """The code does not come from the telephone that was to be tied; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The link, or what was under way by it, has ended or was used before."""


def issue(session: Session, sealer: Sealer, staff_id: int, now: datetime) -> str:
    """Makes a link's token, good for 72 hours and one use; the person's earlier links are void."""
    token = secrets.token_urlsafe(32)
    session.execute(delete(SetupLink).where(SetupLink.staff_id == staff_id))
    session.add(
        SetupLink(staff_id=staff_id, token_hash=_hash(sealer, token), expires_at=now + LINK_LASTS)
    )
    session.flush()
    return token


def look(session: Session, sealer: Sealer, token: str, now: datetime) -> Person | None:
    """Whose living link this is. Changes nothing: a preview or a reload does not use it up."""
    link = _living(session, sealer, token, now)
    return None if link is None else accounts.find(session, sealer, link.staff_id)


def start(
    session: Session, sealer: Sealer, token: str, password_hash: str, now: datetime
) -> str | None:
    """Opens the set-up session with the chosen password waiting in it; None for a dead link.

    The account is as it was until `finish`, and so is the link.
    """
    link = _living(session, sealer, token, now)
    if link is None:
        return None
    cookie = sessions.begin(session, sealer, link.staff_id, Stage.SETUP, now, link_id=link.id)
    row = session.scalars(
        select(StaffSession).where(StaffSession.link_id == link.id).order_by(StaffSession.id.desc())
    ).first()
    if row is not None:
        row.pending_hash = password_hash
        row.sealed_pending_totp = sealer.seal(new_secret().encode(), _PENDING)
        session.flush()
    return cookie


def finish(
    session: Session,
    sealer: Sealer,
    visit: sessions.Visit,
    typed: str,
    *,
    now: datetime,
    civil: datetime,
) -> Finished | WrongCode | Gone:
    """Sets password, telephone and recovery codes in one go, uses the link up, and signs in.

    Every other session of the person ends. Two at once: one finishes, the other is Gone.
    """
    row = session.get(StaffSession, visit.id)
    if row is None or row.pending_hash is None or row.link_id is None:
        return Gone()
    pending_hash, secret = row.pending_hash, pending_secret(session, sealer, visit.id)
    step = accepted_step(secret, typed, now, 0) if secret else None
    if secret is None or step is None:
        return WrongCode()
    used = delete(SetupLink).where(SetupLink.id == row.link_id, SetupLink.expires_at > now)
    session.expunge(row)
    if session.execute(used.returning(SetupLink.id)).one_or_none() is None:
        return Gone()
    staff = session.get_one(Staff, visit.person.id)
    staff.password_hash = pending_hash
    before, staff.last_sign_in_at = staff.last_sign_in_at, civil
    _tie(sealer, staff, secret, step)
    sessions.end_all(session, staff.id)
    token = sessions.begin(session, sealer, staff.id, Stage.OPEN, now, last_sign_in_at=before)
    return Finished(token, new_codes(session, sealer, staff.id))


def begin_renewal(session: Session, sealer: Sealer, visit_id: int) -> None:
    """Makes the secret of a new telephone; it waits in the session until a code confirms it."""
    row = session.get(StaffSession, visit_id)
    if row is not None and row.sealed_pending_totp is None:
        row.sealed_pending_totp = sealer.seal(new_secret().encode(), _PENDING)
        session.flush()


def finish_renewal(
    session: Session, sealer: Sealer, visit: sessions.Visit, typed: str, now: datetime
) -> Finished | WrongCode | Gone:
    """Ties the new telephone in place of the old one; all sessions end, this one anew."""
    secret = pending_secret(session, sealer, visit.id)
    if secret is None:
        return Gone()
    step = accepted_step(secret, typed, now, 0)
    if step is None:
        return WrongCode()
    staff = session.get_one(Staff, visit.person.id)
    _tie(sealer, staff, secret, step)
    codes = new_codes(session, sealer, staff.id)
    return Finished(_renew(session, sealer, visit, now), codes)


def change_password(
    session: Session, sealer: Sealer, visit: sessions.Visit, password_hash: str, now: datetime
) -> str:
    """Sets the new password and ends all sessions; returns the cookie of this one's successor."""
    session.get_one(Staff, visit.person.id).password_hash = password_hash
    return _renew(session, sealer, visit, now)


def new_codes(session: Session, sealer: Sealer, staff_id: int) -> list[str]:
    """Ten fresh recovery codes, to be shown once; the old ones are void."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))
    codes = new_recovery_codes()
    session.add_all(
        RecoveryCode(code_hash=recovery_hash(sealer, staff_id, code), staff_id=staff_id)
        for code in codes
    )
    session.flush()
    return codes


def pending_secret(session: Session, sealer: Sealer, visit_id: int) -> str | None:
    """The secret that waits in a session for its first code, to draw the QR code from."""
    row = session.get(StaffSession, visit_id)
    return None if row is None else sealer.read(row.sealed_pending_totp, _PENDING)


def forget_old(session: Session, now: datetime) -> int:
    """Removes links past their time; returns how many."""
    old = delete(SetupLink).where(SetupLink.expires_at < now).returning(SetupLink.id)
    return len(session.execute(old).all())


def _renew(session: Session, sealer: Sealer, visit: sessions.Visit, now: datetime) -> str:
    sessions.end_all(session, visit.person.id)
    return sessions.begin(
        *(session, sealer, visit.person.id, Stage.OPEN, now),
        last_sign_in_at=visit.last_sign_in_at,
    )


def _tie(sealer: Sealer, staff: Staff, secret: str, step: int) -> None:
    staff.sealed_totp = sealer.seal(secret.encode(), accounts.TOTP_PURPOSE)
    staff.totp_step = step


def _living(session: Session, sealer: Sealer, token: str, now: datetime) -> SetupLink | None:
    link = session.scalars(
        select(SetupLink).where(SetupLink.token_hash == _hash(sealer, token))
    ).one_or_none()
    if link is None or link.expires_at <= now:
        return None
    return None if session.get_one(Staff, link.staff_id).disabled_at else link


def _hash(sealer: Sealer, token: str) -> str:
    return sealer.lookup(token, "staff.link")
