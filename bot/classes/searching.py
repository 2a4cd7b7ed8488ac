"""Finds somebody's booking: by telephone number, or by name among the classes of a period."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session as Db

from bot.classes import bookers
from bot.classes.models import BookerRow, BookingRow, SessionRow
from bot.classes.naming import read_kana, read_phone
from bot.classes.values import Person, State
from bot.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Found:
    """A booking that the search found, with its person and when the class is."""

    booking_id: int
    session_id: int
    state: State
    starts_at: datetime
    person: Person


def search(
    db: Db, sealer: Sealer, words: str, *, since: datetime, until: datetime, most: int = 50
) -> list[Found]:
    """Bookings of classes in a period, by telephone number or by a part of name or furigana.

    A number is found by its keyed hash in any period; names are opened in memory, among the
    bookings of the period alone. The next class first.
    """
    digits = read_phone(words)
    wanted = (
        select(
            BookingRow.id.label("booking"),
            BookingRow.session_id,
            BookingRow.state,
            SessionRow.starts_at,
        )
        .add_columns(BookerRow.id.label("booker"), BookerRow.name, BookerRow.kana, BookerRow.phone)
        .add_columns(BookerRow.is_family, BookerRow.resident_key, BookerRow.district)
        .join(BookerRow, BookerRow.id == BookingRow.booker_id)
        .join(SessionRow, SessionRow.id == BookingRow.session_id)
        .where(BookerRow.erased_at.is_(None))
        .order_by(SessionRow.starts_at, BookingRow.id)
    )
    if digits is not None:
        held = db.execute(
            wanted.where(BookerRow.phone_hash == sealer.lookup(digits, bookers.PHONE)).limit(most)
        )
        return [_found(sealer, row) for row in held]
    in_period = wanted.where(SessionRow.starts_at >= since, SessionRow.starts_at < until)
    return _by_name(sealer, words, db.execute(in_period), most)


def _by_name(sealer: Sealer, words: str, rows: Iterable[Any], most: int) -> list[Found]:
    name, kana = "".join(words.split()), (read_kana(words) or "").replace(" ", "")
    found: list[Found] = []
    if not name:
        return found
    for row in rows:
        is_named = name in _bare(sealer, row.name, bookers.NAME)
        if is_named or (kana and kana in _bare(sealer, row.kana, bookers.KANA)):
            found.append(_found(sealer, row))
        if len(found) == most:
            break
    return found


def _bare(sealer: Sealer, sealed: bytes | None, purpose: str) -> str:
    return bookers.opened(sealer, sealed, purpose).replace(" ", "")


def _found(sealer: Sealer, row: Any) -> Found:
    return Found(
        booking_id=row.booking,
        session_id=row.session_id,
        state=State(row.state),
        starts_at=row.starts_at,
        person=Person(
            id=row.booker,
            name=bookers.opened(sealer, row.name, bookers.NAME),
            kana=bookers.opened(sealer, row.kana, bookers.KANA),
            phone=bookers.opened(sealer, row.phone, bookers.PHONE),
            is_family=row.is_family,
            is_linked=row.resident_key is not None,
            district=row.district,
        ),
    )
