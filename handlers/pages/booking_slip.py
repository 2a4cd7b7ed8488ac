"""The 控え on the resident's own page, and what they wish for the class: all of it optional."""

from flask import request
from flask.typing import ResponseReturnValue

from bot import masking
from bot.classes import bookers, queries, wishing
from bot.classes.outcomes import NotFound, Past
from bot.classes.values import LIVE, Actor, Booked, Device, State, Wishes
from bot.speech import booked_cards, booking_cards
from handlers.pages import booking
from handlers.pages.booking import MOST, number
from handlers.pages.visitor import Visitor

topic = booking.topic

NOTE_MOST = 300
_WHICH = "<int(max=9223372036854775807):booking_id>"


@topic.get(f"/booking/slip/{_WHICH}")
def slip(one: Visitor) -> ResponseReturnValue:
    """The 控え, to show or to print; anybody else's is not there."""
    held = _held(one)
    if held is None:
        return _not_found(one)
    with one.reading() as db:
        people = {p.id: p for p in bookers.people_of(db, one.services.sealer, one.key)}
    return one.show(
        "booking_slip.html",
        held=held,
        person=people.get(held.booking.booker_id),
        state=booked_cards.state(one.voice, held),
        is_waiting=held.booking.state is State.WAITING,
        is_live=held.booking.state in LIVE,
        rows=booking_cards.rows(one.voice, held.session),
        calendar=booked_cards.calendar_address(one.services.links.base_url, held.session),
        is_told="told" in request.args,
    )


@topic.get(f"/booking/wishes/{_WHICH}")
def wishes(one: Visitor) -> ResponseReturnValue:
    """The form of what helps: somebody along, ears, eyes, steps, the telephone itself."""
    held = _held(one)
    if held is None:
        return _not_found(one)
    with one.reading() as db:
        kept = wishing.wishes_of(db, one.services.sealer, held.booking.id, actor=_actor(one))
    return one.show(
        "booking_wishes.html",
        held=held,
        kept=kept or Wishes(),
        most=one.services.city.classes.companions_most,
        note_most=NOTE_MOST,
        rows=booking_cards.rows(one.voice, held.session)[:2],
    )


@topic.post(f"/booking/wishes/{_WHICH}")
def tell_wishes(one: Visitor) -> ResponseReturnValue:
    """Keeps the wishes; pressing twice keeps them once."""
    device = one.typed("device", 8)
    given = Wishes(
        companions=number(one, "companions"),
        needs_hearing=bool(one.typed("hearing", 1)),
        needs_sight=bool(one.typed("sight", 1)),
        needs_step_free=bool(one.typed("step_free", 1)),
        device=Device(device) if device in set(Device) else None,
        model=masking.mask_numbers(one.typed("model", MOST)).text,
        note=masking.mask_numbers(one.typed("note", NOTE_MOST)).text,
    )
    with one.writing() as db:
        done = wishing.change(
            db,
            one.services.sealer,
            _number(),
            given,
            actor=_actor(one),
            city=one.services.city.classes,
            now=one.now,
        )
    if isinstance(done, NotFound):
        return _not_found(one)
    if isinstance(done, Past):
        return one.show("booking_over.html", 409, note=given.note, model=given.model)
    return one.go("booking_slip", booking_id=_number(), told=1)


def _held(one: Visitor) -> Booked | None:
    with one.reading() as db:
        return queries.my_booking(db, one.key, _number(), one.now)


def _number() -> int:
    return int((request.view_args or {})["booking_id"])


def _not_found(one: Visitor) -> ResponseReturnValue:
    return one.show("refused.html", 404, why="booking_page.not_found")


def _actor(one: Visitor) -> Actor:
    return Actor.resident(one.key)
