"""教室の予約を直す: who somebody is and what they need, corrected while the names are open."""

from flask import abort
from flask.typing import ResponseReturnValue

from bot.classes import bookers, queries, roster, wishing
from bot.classes.bookers import Particulars
from bot.classes.values import Actor, Booked, Booking, Person
from handlers.console.classes_names import BOOK, BOOKING, are_open, opened
from handlers.console.classes_person import FIELDS, choices, particulars, wishes
from handlers.console.desk import Desk
from handlers.console.forms import Form, empty
from handlers.console.routing import Section

section = Section("class_correct")
_ONE = f"/classes/bookings/{BOOKING}/correct"


@section.get(_ONE, BOOK)
def ask(desk: Desk, booking_id: int) -> ResponseReturnValue:
    """The form, filled; only from the booking whose names were opened."""
    with desk.reading() as db:
        held = queries.booking_of(db, booking_id, desk.now) or abort(404)
        found = roster.opened_booking(db, desk.services.sealer, booking_id)
    if not are_open(desk, "booking", booking_id) or found is None:
        return desk.go("class_booking_one", booking_id=booking_id)
    return _form(desk, held, empty(FIELDS, _values(*found)))


@section.post(_ONE, BOOK)
def save(desk: Desk, booking_id: int) -> ResponseReturnValue:
    """Keeps the corrections: the person's hold for all their bookings. The same changes nothing."""
    with desk.reading() as db:
        held = queries.booking_of(db, booking_id, desk.now) or abort(404)
    if not are_open(desk, "booking", booking_id):
        return desk.go("class_booking_one", booking_id=booking_id)
    form = desk.read(FIELDS)
    given = particulars(desk, form)
    if given is None:
        return _form(desk, held, form, 422)
    _keep(desk, held, form, given)
    return desk.go_to(opened(desk, "booking", booking_id))


def _keep(desk: Desk, held: Booked, form: Form, given: Particulars) -> None:
    sealer, number = desk.services.sealer, held.booking.id
    with desk.writing() as db:
        is_kept = bookers.change(db, sealer, held.booking.booker_id, given)
        done = wishing.change(
            db,
            sealer,
            number,
            wishes(form),
            actor=Actor.staff(desk.me.login),
            city=desk.services.city.classes,
            now=desk.now,
        )
        if is_kept:
            desk.record(db, "class.booking_corrected", ("class_booking", number))
    if is_kept and isinstance(done, Booking):
        desk.tell(desk.say("console_classes.kept"))
    else:
        desk.tell(desk.say("console_classes.corrected_in_part"), "note")


def _values(booking: Booking, person: Person) -> dict[str, str]:
    held = booking.wishes
    boxes = {
        "companions": held.companions,
        "needs_hearing": held.needs_hearing,
        "needs_sight": held.needs_sight,
        "needs_step_free": held.needs_step_free,
    }
    return {
        "person": person.name,
        "kana": person.kana,
        "phone": person.phone,
        "district": person.district,
        "device": held.device or "",
        "model": held.model,
        "wish": held.note,
        **{name: "1" for name, is_wished in boxes.items() if is_wished},
    }


def _form(desk: Desk, held: Booked, form: Form, status: int = 200) -> ResponseReturnValue:
    return desk.show(
        "classes/correct.html",
        status,
        held=held,
        form=form,
        back=opened(desk, "booking", held.booking.id),
        **choices(desk),
    )
