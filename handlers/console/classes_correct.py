"""教室の予約を直す: who somebody is and what they need, corrected while the names are open."""

from flask import abort
from flask.typing import ResponseReturnValue

from bot.classes import bookers, queries, roster, wishing
from bot.classes.bookers import Particulars, Unreadable
from bot.classes.values import Actor, Booked, Booking, Device, Person
from handlers.console.classes_book import FIELDS, wishes_in
from handlers.console.classes_names import BOOK, BOOKING, are_open, opened
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
    given = bookers.read(
        form["person"],
        form["kana"],
        form["phone"],
        district=form["district"] if _is_district(desk, form["district"]) else "",
        phone_needed=False,
    )
    if isinstance(given, Unreadable):
        for name in given.fields:
            words = desk.say(f"console_classes.unreadable_{name}")
            form.refuse("person" if name == "name" else name, words)
    if not isinstance(given, Particulars) or not form.is_good:
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
            wishes_in(form),
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
    wishes = booking.wishes
    boxes = {
        "companions": wishes.companions,
        "needs_hearing": wishes.needs_hearing,
        "needs_sight": wishes.needs_sight,
        "needs_step_free": wishes.needs_step_free,
    }
    return {
        "person": person.name,
        "kana": person.kana,
        "phone": person.phone,
        "district": person.district,
        "device": wishes.device or "",
        "model": wishes.model,
        "wish": wishes.note,
        **{name: "1" for name, is_wished in boxes.items() if is_wished},
    }


def _is_district(desk: Desk, name: str) -> bool:
    return any(one.name == name for one in desk.services.city.districts)


def _form(desk: Desk, held: Booked, form: Form, status: int = 200) -> ResponseReturnValue:
    return desk.show(
        "classes/correct.html",
        status,
        held=held,
        form=form,
        back=opened(desk, "booking", held.booking.id),
        districts=[(one.name, one.name) for one in desk.services.city.districts],
        devices=[(one.value, desk.say(f"console_classes.device_{one}")) for one in Device],
    )
