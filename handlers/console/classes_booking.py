"""教室の予約ひとつ: what happened to it, giving it up, moving it, and the 控え on paper."""

from datetime import datetime
from typing import TypedDict

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as Db

from bot.city import ClassRules
from bot.classes import attendance, booking, ledger, linking, moving, offers, queries, roster
from bot.classes import waiting as lines
from bot.classes.models import SessionRow
from bot.classes.naming import show_phone
from bot.classes.outcomes import AlreadyBooked, Declined, Full, Moved, Reserved, Withdrawn
from bot.classes.values import LIVE, Actor, Booked, SessionState, State
from bot.staff.codes import qr_image
from handlers.console import reasons
from handlers.console.classes_names import BOOK, BOOKING, EDIT, READ, are_open, opened
from handlers.console.desk import Desk
from handlers.console.reading import number_of
from handlers.console.routing import Section

section = Section("class_booking")
_ONE = f"/classes/bookings/{BOOKING}"


@section.get(_ONE, READ)
def one(desk: Desk, booking_id: int) -> ResponseReturnValue:
    """A booking and its history; the person and what was written stay covered until opened."""
    with desk.reading() as db:
        held = _held(desk, db, booking_id)
        is_open = are_open(desk, "booking", booking_id)
        sealer = desk.services.sealer
        found = roster.opened_booking(db, sealer, booking_id) if is_open else None
        past = roster.history(db, sealer, booking_id)
        others = queries.select_sessions(
            db,
            SessionRow.state == SessionState.OPEN,
            SessionRow.starts_at > desk.now,
            SessionRow.id != held.session.id,
            most=100,
            now=desk.now,
        )
    return desk.show(
        "classes/booking.html",
        held=held,
        found=found,
        is_open=is_open,
        past=past,
        others=others,
        phone=show_phone,
        is_live=held.booking.state in LIVE and held.session.last_ends_at > desk.now,
    )


@section.post(f"{_ONE}/cancel", BOOK)
def cancel(desk: Desk, booking_id: int) -> ResponseReturnValue:
    """Gives it up for somebody who rang; the seat goes to the line. Again changes nothing."""
    reason = reasons.typed()[: reasons.LONGEST]
    with desk.writing() as db:
        _held(desk, db, booking_id)
        done = booking.cancel(
            db,
            booking_id,
            reason=ledger.seal_reason(desk.services.sealer, reason),
            **_by_me(desk),
        )
        if isinstance(done, Withdrawn) and done.first:
            desk.record(db, "class.booking_cancelled", ("class_booking", booking_id))
    is_done = isinstance(done, Withdrawn)
    _tell(
        desk,
        "console_classes.booking_cancelled_done" if is_done else "console_classes.not_to_change",
        is_done=is_done,
    )
    return _back(desk, booking_id)


@section.post(f"{_ONE}/move", BOOK)
def move(desk: Desk, booking_id: int) -> ResponseReturnValue:
    """Takes a seat in another class and gives this one to its line, or does neither."""
    to = number_of(request.form.get("to", "")) or 0
    with desk.writing() as db:
        _held(desk, db, booking_id)
        done = moving.move(db, booking_id, to, overlap_is_fine=True, **_by_me(desk))
        if isinstance(done, Moved) and done.from_session_id != to:
            before, after = {"session": done.from_session_id}, {"session": to}
            item = ("class_booking", booking_id)
            desk.record(db, "class.booking_moved", item, before=before, after=after)
    match done:
        case Moved():
            _tell(desk, "console_classes.booking_moved", is_done=True)
        case Full():
            _tell(desk, "console_classes.full_there")
        case AlreadyBooked():
            _tell(desk, "console_classes.already")
        case _:
            _tell(desk, "console_classes.not_to_move")
    return _back(desk, booking_id)


@section.post(f"{_ONE}/answer", BOOK)
def answer(desk: Desk, booking_id: int) -> ResponseReturnValue:
    """Says yes or no to an offered seat for somebody who told us by telephone."""
    is_yes = request.form.get("answer") == "yes"
    with desk.writing() as db:
        _held(desk, db, booking_id)
        say = offers.accept if is_yes else offers.decline
        done = say(db, booking_id, **_by_me(desk))
        if isinstance(done, Reserved | Declined):
            action = "class.offer_accepted" if is_yes else "class.offer_declined"
            desk.record(db, action, ("class_booking", booking_id))
    is_done = isinstance(done, Reserved | Declined)
    name = (
        ("console_classes.offer_accepted" if is_yes else "console_classes.offer_declined")
        if is_done
        else "console_classes.offer_over"
    )
    _tell(desk, name, is_done=is_done)
    return _back(desk, booking_id)


@section.post(f"{_ONE}/seat", EDIT)
def seat(desk: Desk, booking_id: int) -> ResponseReturnValue:
    """Seats somebody from the line past the others, with a reason."""
    reason = reasons.typed()[: reasons.LONGEST]
    if not reason:
        _tell(desk, "console_classes.reason_needed")
        return _back(desk, booking_id)
    with desk.writing() as db:
        _held(desk, db, booking_id)
        sealed = ledger.seal_reason(desk.services.sealer, reason)
        done = lines.seat(db, booking_id, reason=sealed, **_by_me(desk))
        if isinstance(done, Reserved):
            desk.record(db, "class.seated", ("class_booking", booking_id))
    is_done = isinstance(done, Reserved)
    name = (
        "console_classes.seated"
        if is_done
        else "console_classes.full_here"
        if isinstance(done, Full)
        else "console_classes.not_to_change"
    )
    _tell(desk, name, is_done=is_done)
    return _back(desk, booking_id)


@section.post(f"{_ONE}/slip", BOOK)
def slip(desk: Desk, booking_id: int) -> ResponseReturnValue:
    """The 控え for paper, with a new one-time code to join it to LINE; an earlier code dies."""
    sealer = desk.services.sealer
    with desk.writing() as db:
        held = _held(desk, db, booking_id)
        found = roster.opened_booking(db, sealer, booking_id)
        if found is None or held.booking.state not in LIVE:
            _tell(desk, "console_classes.not_to_change")
            return _back(desk, booking_id)
        city = desk.services.city.classes
        code = linking.issue(db, sealer, booking_id, city=city, now=desk.now)
        desk.record(db, "class.slip_printed", ("class_booking", booking_id))
    return desk.show(
        "classes/slip.html",
        held=held,
        person=found[1],
        code=f"{code[:4]} {code[4:]}" if isinstance(code, str) else "",
        until=desk.now + city.link_code_lasts,
        image=qr_image(_token(desk, held)) if held.booking.state is State.BOOKED else "",
        back=opened(desk, "booking", booking_id),
        ict=desk.services.city.section("ict"),
    )


def _token(desk: Desk, held: Booked) -> str:
    """What the QR code holds: the way to the check-in where we have an address, else the code."""
    token = attendance.checkin_token(desk.services.sealer, held.booking.id)
    base = desk.services.base_url
    way = desk.to("class_roster_arrive", session_id=held.session.id, token=token)
    return f"{base.rstrip('/')}{way}" if base else token


def _held(desk: Desk, db: Db, booking_id: int) -> Booked:
    return queries.booking_of(db, booking_id, desk.now) or abort(404)


class _ByMe(TypedDict):
    actor: Actor
    city: ClassRules
    now: datetime


def _by_me(desk: Desk) -> _ByMe:
    """What each change of the ledger is told: who, the city's rules, when."""
    return {
        "actor": Actor.staff(desk.me.login),
        "city": desk.services.city.classes,
        "now": desk.now,
    }


def _tell(desk: Desk, name: str, *, is_done: bool = False) -> None:
    desk.tell(desk.say(name), "done" if is_done else "fault")


def _back(desk: Desk, booking_id: int) -> ResponseReturnValue:
    """To the booking, its names as open as they were."""
    if are_open(desk, "booking", booking_id):
        return desk.go_to(opened(desk, "booking", booking_id))
    return desk.go("class_booking_one", booking_id=booking_id)
