"""電話リスト: whom to ring up about a class, what to say, and what came of it."""

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as Db

from bot.classes import booking, notices, offers
from bot.classes.naming import show_phone
from bot.classes.notices import Call, Notice
from bot.classes.outcomes import Declined, Reserved, Withdrawn
from bot.classes.values import Actor, Tells
from bot.speech import dates
from handlers.console.classes_names import BOOK, NAMES, are_open, opened
from handlers.console.desk import Desk
from handlers.console.routing import Section

section = Section("class_calls")
_MOST = 200
CAN_GIVE_UP = (Tells.SEAT, Tells.CHANGED, Tells.MOVED, Tells.REMINDER, Tells.MORNING)
"""Told of these, somebody may say that they cannot come."""


@section.get("/classes/calls", NAMES)
def waiting(desk: Desk) -> ResponseReturnValue:
    """Everybody to be rung up now: offers first, the one that ends soonest at the top."""
    is_open = are_open(desk, "calls")
    with desk.reading() as db:
        calls = notices.calls(db, desk.services.sealer, desk.now, _MOST)
    return desk.show(
        "classes/calls.html",
        calls=[(call.notice, call.person if is_open else None) for call in calls],
        said={call.notice.id: _said(desk, call) for call in calls},
        is_open=is_open,
        can_give_up=CAN_GIVE_UP,
        phone=show_phone,
    )


@section.post("/classes/calls/<int(max=2147483647):notice_id>", BOOK)
def done(desk: Desk, notice_id: int) -> ResponseReturnValue:
    """What came of the call: told, nobody there, cannot come, or yes or no to an offered seat.

    Pressing twice, or after a colleague, changes nothing more.
    """
    result = request.form.get("result", "")
    with desk.writing() as db:
        calls = notices.calls(db, desk.services.sealer, desk.now, _MOST)
        call = next((one for one in calls if one.notice.id == notice_id), None)
        words = _note(desk, db, call, result) if call else None
        if call and words:
            item = ("class_booking", call.notice.booked.booking.id)
            after = {"call": call.notice.kind, "result": result}
            desk.record(db, "class.called", item, after=after)
    if words is None:
        desk.tell(desk.say("console_classes.call_gone"), "note")
    else:
        desk.tell(desk.say(words))
    if are_open(desk, "calls"):
        return desk.go_to(opened(desk, "calls"))
    return desk.go("class_calls_waiting")


def _note(desk: Desk, db: Db, call: Call, result: str) -> str | None:
    """Keeps the result; the name of the words that say it, or None when it was too late."""
    notice, me = call.notice, desk.me.login
    if result == "nobody":
        is_kept = notices.note_called(db, notice.id, me, desk.now, reached=False)
        return "console_classes.call_nobody" if is_kept else None
    if result == "cannot" and notice.kind in CAN_GIVE_UP:
        return _give_up(desk, db, notice)
    if result in ("yes", "no") and notice.kind is Tells.OFFER:
        if not notices.note_called(db, notice.id, me, desk.now, reached=True):
            return None
        say = offers.accept if result == "yes" else offers.decline
        answered = say(
            db,
            notice.booked.booking.id,
            actor=Actor.staff(me),
            city=desk.services.city.classes,
            now=desk.now,
        )
        if not isinstance(answered, Reserved | Declined):
            return None
        return (
            "console_classes.offer_accepted"
            if result == "yes"
            else "console_classes.offer_declined"
        )
    if result == "told" and notice.kind is not Tells.OFFER:
        is_kept = notices.note_called(db, notice.id, me, desk.now, reached=True)
        return "console_classes.call_told" if is_kept else None
    return None


def _give_up(desk: Desk, db: Db, notice: Notice) -> str | None:
    """They cannot come: the booking is cancelled, its seat goes to the line."""
    me = desk.me.login
    if not notices.note_called(db, notice.id, me, desk.now, reached=True):
        return None
    number = notice.booked.booking.id
    city = desk.services.city.classes
    given_up = booking.cancel(db, number, actor=Actor.staff(me), city=city, now=desk.now)
    if not isinstance(given_up, Withdrawn):
        return None
    desk.record(db, "class.booking_cancelled", ("class_booking", number))
    return "console_classes.booking_cancelled_done"


def _said(desk: Desk, call: Call) -> str:
    """What to say on the telephone."""
    session = call.notice.booked.session
    return desk.say(
        f"console_classes.call_{call.notice.kind}",
        title=session.course.title,
        time=dates.say_moment(session.starts_at),
        venue=session.venue.name,
        until=dates.say_moment(call.notice.useful_until),
    )
