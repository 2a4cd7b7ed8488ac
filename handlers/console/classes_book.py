"""電話・窓口で予約を入れる: who rings up or stands here, what to know first, and the booking."""

from dataclasses import dataclass

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as Db

from bot.classes import bookers, booking, roster, rules
from bot.classes.bookers import Particulars
from bot.classes.naming import show_phone
from bot.classes.outcomes import AlreadyBooked, NotFound, Reservation, Reserved, Waiting
from bot.classes.roster import Warnings
from bot.classes.values import Actor, Channel, Person, Session, SessionState
from bot.staff.rules import Role
from handlers.console.classes import session_of
from handlers.console.classes_names import BOOK, NUMBER, opened
from handlers.console.classes_person import FIELDS, choices, particulars, wishes
from handlers.console.desk import Desk
from handlers.console.forms import Form, empty
from handlers.console.routing import Section

section = Section("class_book")


@dataclass(frozen=True, slots=True)
class Ahead:
    """What booking now would come to, as far as it can be told before."""

    warnings: Warnings
    has_seat: bool
    waiting: int


class _NotBooked(Exception):
    """Undoes the transaction: nobody is kept for a booking that was not made."""

    def __init__(self, outcome: Reservation) -> None:
        super().__init__(type(outcome).__name__)
        self.outcome = outcome


@section.get(f"/classes/{NUMBER}/book", BOOK)
def ask(desk: Desk, session_id: int) -> ResponseReturnValue:
    """The form: the telephone number first, by which somebody known is found.

    Where nobody can be booked any more, that is said before anything is typed.
    """
    with desk.reading() as db:
        held = session_of(desk, db, session_id)
    channel = Channel.COUNTER if _is_here(desk) else Channel.PHONE
    refused = _refusal(desk, held, channel)
    if refused is not None:
        desk.tell(_said(desk, refused), "fault")
        return desk.go("classes_one", session_id=session_id)
    return _form(desk, held, empty(FIELDS, {"channel": channel}))


@section.post(f"/classes/{NUMBER}/book", BOOK)
def book(desk: Desk, session_id: int) -> ResponseReturnValue:
    """One step further: find who is known, look before booking, or book."""
    with desk.reading() as db:
        held = session_of(desk, db, session_id)
    form = desk.read(FIELDS)
    act = request.form.get("act", "look")
    if act == "known":
        return _known(desk, held, form)
    if act.startswith("take:"):
        return _take(desk, held, form, act.removeprefix("take:"))
    given = particulars(desk, form, phone_needed=_channel(form) is Channel.PHONE)
    if given is None:
        return _form(desk, held, form, 422)
    if act == "back":
        return _form(desk, held, form)
    if act != "book":
        return _look(desk, held, form, given)
    return _book(desk, held, form, given)


# ---------------------------------------------------------------- steps


def _known(desk: Desk, held: Session, form: Form) -> ResponseReturnValue:
    """Who has that number."""
    people = _by_number(desk, form)
    form.faults.clear()
    if not people:
        form.refuse("phone", desk.say("console_classes.nobody_known"))
    return _form(desk, held, form, people=people)


def _take(desk: Desk, held: Session, form: Form, number: str) -> ResponseReturnValue:
    """Fills the form with somebody of that number: only with the number typed as well."""
    people = _by_number(desk, form)
    one = next((person for person in people if str(person.id) == number), None)
    form.faults.clear()
    if one is not None:
        form.values |= {"person": one.name, "kana": one.kana, "district": one.district}
    return _form(desk, held, form)


def _by_number(desk: Desk, form: Form) -> list[Person]:
    """Who has the number that was typed; that their names were read is recorded."""
    with desk.writing() as db:
        people = bookers.by_phone(db, desk.services.sealer, form["phone"])
        after = {"by": "phone", "count": len(people)}
        desk.record(db, "class.searched", ("class_bookings", "search"), after=after)
    return people


def _look(desk: Desk, held: Session, form: Form, given: Particulars) -> ResponseReturnValue:
    refused = _refusal(desk, held, _channel(form))
    if refused is not None:
        return _form(desk, held, form, 409, fault=_said(desk, refused))
    with desk.reading() as db:
        known = _same(db, desk, given)
        warnings = roster.warnings(
            db,
            known.id if known else 0,
            held.id,
            city=desk.services.city.classes,
            now=desk.now,
        )
    ahead = Ahead(warnings, rules.seat_for_newcomer(held.seats, _channel(form)), held.seats.waiting)
    return desk.show(
        "classes/book_look.html", held=held, form=form, given=given, ahead=ahead, phone=show_phone
    )


def _book(desk: Desk, held: Session, form: Form, given: Particulars) -> ResponseReturnValue:
    """Books in the one ledger. What was warned of on the page before is meant by now."""
    try:
        done = _reserve(desk, held, form, given)
    except _NotBooked as refused:
        done = refused.outcome
    return _answer(desk, held, form, done)


def _reserve(desk: Desk, held: Session, form: Form, given: Particulars) -> Reservation:
    with desk.writing() as db:
        booker_id = bookers.enter(db, desk.services.sealer, given, desk.now)
        done = booking.reserve(
            db,
            desk.services.sealer,
            held.id,
            booker_id,
            actor=Actor.staff(desk.me.login),
            channel=_channel(form),
            city=desk.services.city.classes,
            now=desk.now,
            wishes=wishes(form),
            overlap_is_fine=True,
            limit_is_fine=True,
        )
        if isinstance(done, Reserved | Waiting):
            after = {"state": done.booking.state, "session": held.id}
            desk.record(db, "class.booked", ("class_booking", done.booking.id), after=after)
        elif not isinstance(done, AlreadyBooked):
            raise _NotBooked(done)
    return done


def _answer(desk: Desk, held: Session, form: Form, done: Reservation) -> ResponseReturnValue:
    match done:
        case Reserved(one):
            desk.tell(desk.say("console_classes.booked"))
        case Waiting(one, place):
            desk.tell(desk.say("console_classes.lined_up", place=place), "note")
        case AlreadyBooked(one):
            desk.tell(desk.say("console_classes.already"), "note")
        case _:
            return _form(desk, held, form, 409, fault=_said(desk, done))
    return desk.go_to(opened(desk, "booking", one.id))


def _same(db: Db, desk: Desk, given: Particulars) -> Person | None:
    people = bookers.by_phone(db, desk.services.sealer, given.phone) if given.phone else []
    wanted = given.kana.replace(" ", "")
    return next((one for one in people if one.kana.replace(" ", "") == wanted), None)


def _refusal(desk: Desk, held: Session, channel: Channel) -> Reservation | None:
    """Why nobody can be booked here now, whoever it is."""
    if held.state is SessionState.DRAFT:
        return NotFound()
    return rules.may_book(
        held.state,
        opens_at=held.opens_at,
        closes_at=held.closes_at,
        starts_at=held.starts_at,
        channel=channel,
        now=desk.now,
    )


def _said(desk: Desk, refused: Reservation) -> str:
    return desk.say(f"console_classes.refused_{type(refused).__name__.casefold()}")


def _is_here(desk: Desk) -> bool:
    return Role.COUNTER in desk.me.roles or request.args.get("channel") == Channel.COUNTER


def _channel(form: Form) -> Channel:
    return Channel.COUNTER if form["channel"] == Channel.COUNTER else Channel.PHONE


def _form(
    desk: Desk,
    held: Session,
    form: Form,
    status: int = 200,
    /,
    *,
    people: list[Person] | None = None,
    fault: str = "",
) -> ResponseReturnValue:
    return desk.show(
        "classes/book.html",
        status,
        held=held,
        form=form,
        people=people,
        fault=fault,
        channels=[
            (one.value, desk.say(f"console_classes.channel_{one}"))
            for one in (Channel.PHONE, Channel.COUNTER)
        ],
        **choices(desk),
    )
