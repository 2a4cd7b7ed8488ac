"""Sample staff, and the demo's sign-in page that offers them; `serve` has no such thing."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from bot.db import Database
from bot.sealing import Sealer
from bot.settings import Settings
from bot.speech.texts import Voice
from bot.staff import accounts, audit, setup
from bot.staff.accounts import TOTP_PURPOSE, Added
from bot.staff.audit import Action
from bot.staff.codes import code_at, fresh_step, new_secret
from bot.staff.passwords import Passwords
from bot.staff.rules import Role

FILE = "staff.json"
"""In the demo's own folder, readable by its owner alone: login → password."""

SAMPLES: Mapping[str, tuple[Role, ...]] = {
    "mihon-support": (Role.SUPPORT, Role.VIEWER),
    "mihon-counter": (Role.COUNTER,),
    "mihon-classes": (Role.CLASSES,),
    "mihon-announcer": (Role.ANNOUNCER,),
    "mihon-approver": (Role.APPROVER,),
    "mihon-viewer": (Role.VIEWER,),
    "mihon-admin": (Role.ADMIN,),
    "mihon-leader": (Role.SUPPORT, Role.COUNTER, Role.CLASSES, Role.ANNOUNCER, Role.VIEWER),
}


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A sample person as the demo's sign-in page offers them."""

    login: str
    name: str
    password: str


class DemoPeople:
    """Offers sample people at the demo's sign-in.

    The page fills the ordinary form with the person's password and shows the code of the
    moment; there is no second way in. What is offered goes through the same checks as anyone.
    """

    def __init__(self, file: Path, database: Database, sealer: Sealer) -> None:
        self._file = file
        self._database = database
        self._sealer = sealer

    def people(self) -> list[DemoPerson]:
        """The sample people whose password is known here."""
        passwords = _passwords(self._file)
        with self._database.reading() as session:
            everyone = {one.login: one for one in accounts.everyone(session, self._sealer)}
        return [
            DemoPerson(login, everyone[login].name, passwords[login])
            for login in SAMPLES
            if login in everyone and login in passwords and everyone[login].disabled_at is None
        ]

    def code(self, login: str) -> str | None:
        """A code of the sample person's telephone that is good now; None within half a minute
        of using up all of them, and for anyone who is not a sample.
        """
        if login not in _passwords(self._file):
            return None
        with self._database.reading() as session:
            row = accounts.by_login(session, login)
            now = self._database.lease_now(session)
        if row is None or row.sealed_totp is None:
            return None
        step = fresh_step(now, row.totp_step)
        secret = self._sealer.open(row.sealed_totp, TOTP_PURPOSE).decode()
        return None if step is None else code_at(secret, step)


def offered(settings: Settings, database: Database, sealer: Sealer) -> DemoPeople | None:
    """The demo's people when this is the demo beside its emulator; None for any other serving.

    Both must hold: the emulator that `demo` started is named, and calls do not go to LINE.
    """
    if settings.demo_emulator is None or settings.line.is_real:
        return None
    return DemoPeople(settings.variable_folder / FILE, database, sealer)


def add_sample_staff(
    database: Database, sealer: Sealer, voice: Voice, passwords: Passwords, folder: Path
) -> Sequence[str]:
    """Adds the sample people that are absent, each with a random password kept in `folder`.

    Returns the logins that were added. Doing it again changes nothing; a sample person whose
    password is no longer known is given a new one. The caller refuses the real LINE before.
    """
    file = folder / FILE
    held = _passwords(file)
    fresh = {login: secrets.token_urlsafe(12) for login in SAMPLES if login not in held}
    hashes = {login: passwords.hash(password) for login, password in fresh.items()}
    added = []
    with database.writing() as session:
        now = database.lease_now(session)
        for login in SAMPLES:
            if _add(session, sealer, voice, login, now):
                added.append(login)
            row = accounts.by_login(session, login)
            if row is not None and login in hashes:
                row.password_hash = hashes[login]
    _write(file, {**held, **fresh})
    return added


def _add(session: Session, sealer: Sealer, voice: Voice, login: str, now: datetime) -> bool:
    name = voice.label(f"console.{login.replace('-', '_')}")
    done = accounts.add(session, sealer, login, name, SAMPLES[login], now=now)
    if not isinstance(done, Added):
        return False
    row = accounts.by_login(session, login)
    if row is not None:
        row.sealed_totp = sealer.seal(new_secret().encode(), TOTP_PURPOSE)
        setup.new_codes(session, sealer, row.id)
    roles = sorted(SAMPLES[login])
    action = Action(audit.SYSTEM, "staff.added", "staff", login, None, {"roles": roles})
    audit.record(session, sealer, action, now)
    return True


def _passwords(file: Path) -> dict[str, str]:
    try:
        held = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(login): str(password) for login, password in held.items() if login in SAMPLES}


def _write(file: Path, passwords: Mapping[str, str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(json.dumps(passwords), encoding="utf-8")
