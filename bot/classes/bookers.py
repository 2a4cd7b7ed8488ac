"""The people who book: entered once, found again by a keyed hash of their number."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session as Db

from bot.classes.models import BookerRow
from bot.classes.naming import read_kana, read_name, read_phone
from bot.classes.values import Person
from bot.residents import service as residents
from bot.sealing import Sealer

NAME, KANA, PHONE = "class_booker.name", "class_booker.kana", "class_booker.phone"


@dataclass(frozen=True, slots=True)
class Particulars:
    """What somebody entered, read and found good. `phone` is empty or bare digits."""

    name: str
    kana: str
    phone: str
    district: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Which fields could not be read: name, kana, phone."""

    fields: tuple[str, ...]


def read(
    name: str, kana: str, phone: str, *, district: str = "", phone_needed: bool = True
) -> Particulars | Unreadable:
    """Reads what was entered. Names stay as written, kana become katakana, numbers digits."""
    found = {"name": read_name(name), "kana": read_kana(kana), "phone": read_phone(phone)}
    if not phone.strip() and not phone_needed:
        found["phone"] = ""
    faults = tuple(field for field, value in found.items() if value is None)
    if faults:
        return Unreadable(faults)
    return Particulars(found["name"] or "", found["kana"] or "", found["phone"] or "", district)


def own(db: Db, sealer: Sealer, resident_key: str) -> Person | None:
    """The resident as they entered themselves; None when they have not yet."""
    row = _own_row(db, resident_key)
    return None if row is None else person(sealer, row)


def own_id(db: Db, resident_key: str) -> int | None:
    """The number by which the resident books; opens nothing that is sealed."""
    row = _own_row(db, resident_key)
    return None if row is None else row.id


def people_of(db: Db, sealer: Sealer, resident_key: str) -> list[Person]:
    """The resident and their family, in the order in which they were entered, themselves first."""
    return _people(db, sealer, BookerRow.resident_key == resident_key)


def enter_own(db: Db, sealer: Sealer, resident_key: str, given: Particulars, now: datetime) -> int:
    """Keeps or changes who the resident is; the number by which they book."""
    residents.hold(db, resident_key)
    row = _own_row(db, resident_key)
    if row is None:
        row = BookerRow(resident_key=resident_key, is_family=False, made_at=now)
        db.add(row)
    return _fill(db, sealer, row, given)


def enter_family(
    db: Db, sealer: Sealer, resident_key: str, given: Particulars, now: datetime
) -> int:
    """Keeps one of the resident's family; the same name and kana again is the same person."""
    residents.hold(db, resident_key)
    for known in _people(
        db, sealer, BookerRow.resident_key == resident_key, BookerRow.is_family.is_(True)
    ):
        if (known.name, known.kana) == (given.name, given.kana):
            return _fill(db, sealer, db.get_one(BookerRow, known.id), given)
    row = BookerRow(resident_key=resident_key, is_family=True, made_at=now)
    db.add(row)
    return _fill(db, sealer, row, given)


def enter(db: Db, sealer: Sealer, given: Particulars, now: datetime) -> int:
    """Keeps somebody whom staff book for; who has the same number and kana is the same person."""
    if given.phone:
        for known in by_phone(db, sealer, given.phone):
            if known.kana.replace(" ", "") == given.kana.replace(" ", ""):
                return known.id
    row = BookerRow(resident_key=None, is_family=False, made_at=now)
    db.add(row)
    return _fill(db, sealer, row, given)


def change(db: Db, sealer: Sealer, booker_id: int, given: Particulars) -> bool:
    """Staff correct what is known of a person; False when there is none such."""
    row = db.get(BookerRow, booker_id)
    if row is None or row.erased_at is not None:
        return False
    _fill(db, sealer, row, given)
    return True


def by_phone(db: Db, sealer: Sealer, phone: str) -> list[Person]:
    """Everybody with that number, however it is written; none for what is no number."""
    digits = read_phone(phone)
    if digits is None:
        return []
    return _people(db, sealer, BookerRow.phone_hash == sealer.lookup(digits, PHONE))


def by_id(db: Db, sealer: Sealer, booker_ids: Collection[int]) -> dict[int, Person]:
    """Those people, opened."""
    return {one.id: one for one in _people(db, sealer, BookerRow.id.in_(booker_ids))}


def person(sealer: Sealer, row: BookerRow) -> Person:
    """The row opened; what was erased or cannot be opened is empty."""
    return Person(
        id=row.id,
        name=opened(sealer, row.name, NAME),
        kana=opened(sealer, row.kana, KANA),
        phone=opened(sealer, row.phone, PHONE),
        is_family=row.is_family,
        is_linked=row.resident_key is not None,
        district=row.district,
    )


def opened(sealer: Sealer, sealed: bytes | None, purpose: str) -> str:
    """What is sealed, or "" when there is nothing or its key is gone."""
    return sealer.read(sealed, purpose) or ""


def _own_row(db: Db, resident_key: str) -> BookerRow | None:
    mine = select(BookerRow).where(
        BookerRow.resident_key == resident_key, BookerRow.is_family.is_(False)
    )
    return db.scalars(mine).one_or_none()


def _people(db: Db, sealer: Sealer, *which: ColumnElement[bool]) -> list[Person]:
    rows = db.scalars(
        select(BookerRow)
        .where(*which, BookerRow.erased_at.is_(None))
        .order_by(BookerRow.is_family, BookerRow.id)
    )
    return [person(sealer, row) for row in rows]


def _fill(db: Db, sealer: Sealer, row: BookerRow, given: Particulars) -> int:
    row.name = sealer.seal(given.name.encode(), NAME)
    row.kana = sealer.seal(given.kana.encode(), KANA)
    row.phone = sealer.seal(given.phone.encode(), PHONE) if given.phone else None
    row.phone_hash = sealer.lookup(given.phone, PHONE) if given.phone else None
    if given.district:
        row.district = given.district
    db.flush()
    return row.id
