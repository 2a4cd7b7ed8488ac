"""Booking for one of the family: who was entered before is chosen, others are written once."""

from flask.typing import ResponseReturnValue

from bot.classes import bookers, naming
from bot.classes.bookers import Particulars, Unreadable
from handlers.pages import booking
from handlers.pages.visitor import Visitor

topic = booking.topic


@topic.get("/booking/family")
def family(one: Visitor) -> ResponseReturnValue:
    """Those who are known, and the form for somebody else."""
    return _show(one, "", "", "")


@topic.post("/booking/family/change")
def family_change(one: Visitor) -> ResponseReturnValue:
    """Back to writing, with what was written."""
    return _show(one, *booking.typed(one))


@topic.post("/booking/family/check")
def family_check(one: Visitor) -> ResponseReturnValue:
    """Shows once more what was written; nothing is kept yet."""
    given = _read(one)
    if isinstance(given, Unreadable):
        return _show(one, *booking.typed(one), faults=given.fields, status=422)
    return one.show(
        "booking_check.html",
        given=given,
        phone=naming.show_phone(given.phone),
        session=booking.wished(one),
        rows=booking.rows(one),
        send="booking_family_keep",
        back="booking_family_change",
    )


@topic.post("/booking/family")
def family_keep(one: Visitor) -> ResponseReturnValue:
    """Keeps who it is and books; the same person again is the same person."""
    given = _read(one)
    if isinstance(given, Unreadable):
        return _show(one, *booking.typed(one), faults=given.fields, status=422)
    session = booking.wished(one)
    if session is None:
        return one.show("booking_kept.html", is_gone=True)
    with one.writing() as db:
        booker = bookers.enter_family(db, one.services.sealer, one.key, given, one.now)
        done = booking.reserve(one, db, session.id, booker)
    return booking.answer(one, done, session, booker)


def _read(one: Visitor) -> Particulars | Unreadable:
    with one.reading() as db:
        is_own_known = bookers.own_id(db, one.key) is not None
    # One number to ring is needed; the resident's own will do.
    return bookers.read(*booking.typed(one), phone_needed=not is_own_known)


def _show(
    one: Visitor,
    name: str,
    kana: str,
    phone: str,
    *,
    faults: tuple[str, ...] = (),
    status: int = 200,
) -> ResponseReturnValue:
    with one.reading() as db:
        people = bookers.people_of(db, one.services.sealer, one.key)
    return one.show(
        "booking_family.html",
        status,
        people=[person for person in people if person.is_family],
        may_leave_phone=any(not person.is_family for person in people),
        name=name,
        kana=kana,
        phone=phone,
        faults=faults,
        session=booking.wished(one),
        rows=booking.rows(one),
    )
