"""Joins a booking made by telephone to a LINE account, by the one-time code on its 控え."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session as Db

from bot.city import ClassRules
from bot.classes import bookers, ledger
from bot.classes.models import BookerRow, BookingRow, LinkTryRow
from bot.classes.naming import read_code
from bot.classes.outcomes import NotFound
from bot.classes.values import LIVE, Actor, Booking, Person, State, What
from bot.sealing import Sealer

_PURPOSE = "class_booking.code"


@dataclass(frozen=True, slots=True)
class Linked:
    """The booking is the resident's. `first` is False when it was already."""

    booking: Booking
    first: bool = True


@dataclass(frozen=True, slots=True)
class WrongCode:
    """No living code reads like that; `left` tries remain for now."""

    left: int


@dataclass(frozen=True, slots=True)
class TooManyTries:
    """Too many wrong codes; they may try again from that moment on."""

    again_at: datetime


def issue(
    db: Db, sealer: Sealer, booking_id: int, *, city: ClassRules, now: datetime
) -> str | NotFound:
    """A new code for a booking without LINE: eight digits. An earlier one dies with it.

    NotFound for a booking that is linked, given up or over: there is nothing to link.
    """
    row = ledger.find_booking(db, booking_id, Actor.staff(""))
    if row is None or row.state not in LIVE or ledger.has_line(db, row):
        return NotFound()
    code = f"{secrets.randbelow(10**8):08}"
    row.code_hash = sealer.lookup(code, _PURPOSE)
    row.code_until = now + city.link_code_lasts
    db.flush()
    return code


def link(
    db: Db, sealer: Sealer, resident_key: str, code: str, *, city: ClassRules, now: datetime
) -> Linked | WrongCode | TooManyTries:
    """Joins the booking with that code, and its person's other bookings, to the resident.

    A code works once; wrong ones are counted. Who has entered themselves already gets the person
    as themselves when number and furigana are the same, else as one of their family.
    """
    tries = _tries(db, resident_key, now)
    if tries.wrong >= city.link_tries_an_hour:
        return TooManyTries(tries.since + timedelta(hours=1))
    row = _with_code(db, sealer, code, now)
    if row is None:
        tries.wrong += 1
        db.flush()
        return WrongCode(max(0, city.link_tries_an_hour - tries.wrong))
    # Person, class, booking: in this order everywhere, so that no two wait for each other.
    booker = db.get_one(BookerRow, row.booker_id, with_for_update=True)
    if ledger.lock_booking(db, row.id, Actor.staff("")) is None or row.code_hash is None:
        return WrongCode(max(0, city.link_tries_an_hour - tries.wrong))
    row.code_hash = row.code_until = None
    db.execute(delete(LinkTryRow).where(LinkTryRow.resident_key == resident_key))
    _join(db, sealer, booker, resident_key)
    for one in _running(db, row):
        ledger.write_down(
            db, one, one.state, What.LINKED, actor=Actor.resident(resident_key), now=now
        )
    return Linked(ledger.value(db, db.get_one(BookingRow, row.id, populate_existing=True)))


def _tries(db: Db, resident_key: str, now: datetime) -> LinkTryRow:
    tries = db.get(LinkTryRow, resident_key, with_for_update=True)
    if tries is None:
        tries = LinkTryRow(resident_key=resident_key, since=now, wrong=0)
        db.add(tries)
    elif now - tries.since >= timedelta(hours=1):
        tries.since, tries.wrong = now, 0
    db.flush()
    return tries


def _with_code(db: Db, sealer: Sealer, code: str, now: datetime) -> BookingRow | None:
    digits = read_code(code)
    if digits is None:
        return None
    return db.scalars(
        select(BookingRow).where(
            BookingRow.code_hash == sealer.lookup(digits, _PURPOSE),
            BookingRow.code_until > now,
            BookingRow.state.in_(LIVE),
        )
    ).first()


def _join(db: Db, sealer: Sealer, booker: BookerRow, resident_key: str) -> None:
    own = bookers.own(db, sealer, resident_key)
    if own is None:
        booker.resident_key, booker.is_family = resident_key, False
    elif _is_same(own, bookers.person(sealer, booker)) and not _both_have_one(db, own.id, booker):
        db.execute(
            update(BookingRow).where(BookingRow.booker_id == booker.id).values(booker_id=own.id)
        )
        db.delete(booker)
    else:
        booker.resident_key, booker.is_family = resident_key, True
    db.flush()


def _is_same(one: Person, other: Person) -> bool:
    same_kana = one.kana.replace(" ", "") == other.kana.replace(" ", "")
    return same_kana and one.phone == other.phone


def _both_have_one(db: Db, own_id: int, booker: BookerRow) -> bool:
    theirs = select(BookingRow.session_id).where(
        BookingRow.booker_id == booker.id, BookingRow.state != State.CANCELLED
    )
    mine = select(BookingRow.id).where(
        BookingRow.booker_id == own_id,
        BookingRow.state != State.CANCELLED,
        BookingRow.session_id.in_(theirs),
    )
    return db.execute(mine.limit(1)).first() is not None


def _running(db: Db, row: BookingRow) -> list[BookingRow]:
    db.expire_all()
    booker_id = db.get_one(BookingRow, row.id).booker_id
    mine = select(BookingRow).where(BookingRow.booker_id == booker_id, BookingRow.state.in_(LIVE))
    return list(db.scalars(mine.order_by(BookingRow.id)))
