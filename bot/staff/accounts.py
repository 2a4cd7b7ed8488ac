"""Accounts of staff: who there is, what they may do, who may enter no more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.sealing import Sealer
from bot.staff.models import SetupLink, Staff, StaffRole
from bot.staff.rules import Person, Role, clean_login, is_login

NAME_PURPOSE = "staff.name"


@dataclass(frozen=True, slots=True)
class Added:
    """The person is on the list now; a set-up link lets them in."""

    person: Person


@dataclass(frozen=True, slots=True)
class LoginTaken:
    """Somebody has this login already."""


@dataclass(frozen=True, slots=True)
class LoginMalformed:
    """The login has characters that a login can't have, or no roles or name were given."""


@dataclass(frozen=True, slots=True)
class Changed:
    """It is done; how the person stood before and stands after."""

    before: Person
    after: Person


@dataclass(frozen=True, slots=True)
class Unchanged:
    """It was so already."""

    person: Person


@dataclass(frozen=True, slots=True)
class LastAdmin:
    """Refused: nobody would be left who can let people in."""


def add(
    session: Session, sealer: Sealer, login: str, name: str, roles: Iterable[Role], *, now: datetime
) -> Added | LoginTaken | LoginMalformed:
    """Puts a person on the list. They can't sign in before they have used a set-up link."""
    login, name, held = clean_login(login), name.strip(), frozenset(roles)
    if not is_login(login) or not name or len(name) > 60 or not held:
        return LoginMalformed()
    if session.scalar(select(Staff.id).where(Staff.login == login)) is not None:
        return LoginTaken()
    row = Staff(login=login, sealed_name=_seal(sealer, name), created_at=now)
    session.add(row)
    session.flush()
    session.add_all(StaffRole(staff_id=row.id, role=role) for role in held)
    session.flush()
    return Added(person(session, sealer, row))


def by_login(session: Session, login: str) -> Staff | None:
    """The row of that login, or None."""
    return session.scalars(select(Staff).where(Staff.login == clean_login(login))).one_or_none()


def find(session: Session, sealer: Sealer, staff_id: int) -> Person | None:
    """The person of that number, or None."""
    row = session.get(Staff, staff_id)
    return None if row is None else person(session, sealer, row)


def everyone(session: Session, sealer: Sealer) -> list[Person]:
    """All people, those who may enter first, by login."""
    roles: dict[int, set[Role]] = {}
    for held in session.scalars(select(StaffRole)):
        roles.setdefault(held.staff_id, set()).add(Role(held.role))
    rows = session.scalars(select(Staff).order_by(Staff.login)).all()
    people = [_person(sealer, row, frozenset(roles.get(row.id, ()))) for row in rows]
    return sorted(people, key=lambda one: (one.disabled_at is not None, one.login))


def change_roles(
    session: Session, sealer: Sealer, staff_id: int, roles: Iterable[Role]
) -> Changed | Unchanged | LastAdmin | None:
    """Gives the person exactly these roles; their sessions are for the caller to end."""
    wanted = frozenset(roles)
    admins = _locked_admins(session)
    row = session.get(Staff, staff_id)
    if row is None or not wanted:
        return None
    before = person(session, sealer, row)
    if before.roles == wanted:
        return Unchanged(before)
    if Role.ADMIN not in wanted and admins == [staff_id]:
        return LastAdmin()
    session.execute(delete(StaffRole).where(StaffRole.staff_id == staff_id))
    session.add_all(StaffRole(staff_id=staff_id, role=role) for role in wanted)
    session.flush()
    return Changed(before, person(session, sealer, row))


def rename(session: Session, sealer: Sealer, staff_id: int, name: str) -> Changed | None:
    """Corrects a person's name; None when there is no such person or no name."""
    row = session.get(Staff, staff_id)
    if row is None or not name.strip() or len(name.strip()) > 60:
        return None
    before = person(session, sealer, row)
    row.sealed_name = _seal(sealer, name.strip())
    session.flush()
    return Changed(before, person(session, sealer, row))


def disable(
    session: Session, sealer: Sealer, staff_id: int, now: datetime
) -> Changed | Unchanged | LastAdmin | None:
    """Shuts the person out; their links are void. Sessions are for the caller to end."""
    admins = _locked_admins(session)
    row = session.get(Staff, staff_id)
    if row is None:
        return None
    before = person(session, sealer, row)
    if before.disabled_at is not None:
        return Unchanged(before)
    if admins == [staff_id]:
        return LastAdmin()
    row.disabled_at = now
    session.execute(delete(SetupLink).where(SetupLink.staff_id == staff_id))
    session.flush()
    return Changed(before, person(session, sealer, row))


def enable(session: Session, sealer: Sealer, staff_id: int) -> Changed | Unchanged | None:
    """Lets a person in again who was shut out."""
    row = session.get(Staff, staff_id)
    if row is None:
        return None
    before = person(session, sealer, row)
    if before.disabled_at is None:
        return Unchanged(before)
    row.disabled_at = None
    session.flush()
    return Changed(before, person(session, sealer, row))


def person(session: Session, sealer: Sealer, row: Staff) -> Person:
    """The person of a row; for a name that no key of ours opens stands the login."""
    held = session.scalars(select(StaffRole.role).where(StaffRole.staff_id == row.id))
    return _person(sealer, row, frozenset(Role(role) for role in held))


TOTP_PURPOSE = "staff.totp"


def _seal(sealer: Sealer, name: str) -> bytes:
    return sealer.seal(name.encode(), NAME_PURPOSE)


def _person(sealer: Sealer, row: Staff, roles: frozenset[Role]) -> Person:
    return Person(
        id=row.id,
        login=row.login,
        name=sealer.read(row.sealed_name, NAME_PURPOSE) or row.login,
        roles=roles,
        created_at=row.created_at,
        last_sign_in_at=row.last_sign_in_at,
        disabled_at=row.disabled_at,
        is_set_up=row.password_hash is not None and row.sealed_totp is not None,
    )


def _locked_admins(session: Session) -> list[int]:
    """Those who can let people in now, locked so that two can't shut one another out at once."""
    query = (
        select(Staff.id)
        .join(StaffRole, StaffRole.staff_id == Staff.id)
        .where(StaffRole.role == Role.ADMIN, Staff.disabled_at.is_(None))
        .order_by(Staff.id)
        .with_for_update()
    )
    return list(session.scalars(query))
