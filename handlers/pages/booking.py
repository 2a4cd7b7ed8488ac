"""Who books is written here once, under seal; the class that was wished for is booked at once."""

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as Db

from bot.classes import bookers, booking, naming, queries
from bot.classes.bookers import Unreadable
from bot.classes.outcomes import AlreadyBooked, Overlaps, Reservation, Reserved, Waiting
from bot.classes.values import Actor, Channel, Session, SessionState
from bot.speech import booking_cards, booking_words
from bot.speech.booked_cards import PURPOSE
from handlers.pages import booking_telling
from handlers.pages.routing import Topic
from handlers.pages.visitor import Visitor

MOST = 120
"""Characters of a field that are read; what is too long for a name is said, not cut."""

topic = Topic(PURPOSE, "start")


@topic.get("/booking")
def start(one: Visitor) -> ResponseReturnValue:
    """Where a link leads: to the form, to the family, to the wishes for a booking."""
    letter, number = about(one)
    if letter == "w":
        return one.go("booking_wishes", booking_id=number)
    if letter == "f":
        return one.go("booking_family")
    with one.reading() as db:
        is_known = bookers.own_id(db, one.key) is not None
    return one.go("booking_again" if is_known and letter == "s" else "booking_details")


@topic.get("/booking/me")
def details(one: Visitor) -> ResponseReturnValue:
    """The form: name, furigana, telephone number, with what is known already."""
    with one.reading() as db:
        own = bookers.own(db, one.services.sealer, one.key)
    held = (own.name, own.kana, naming.show_phone(own.phone)) if own else ("", "", "")
    return show_form(one, *held)


@topic.post("/booking/me/change")
def change(one: Visitor) -> ResponseReturnValue:
    """Back to writing, with what was written."""
    return show_form(one, *typed(one))


@topic.post("/booking/me/check")
def check(one: Visitor) -> ResponseReturnValue:
    """Shows once more what was written; nothing is kept yet."""
    given = bookers.read(*typed(one))
    if isinstance(given, Unreadable):
        return show_form(one, *typed(one), faults=given.fields, status=422)
    return one.show(
        "booking_check.html",
        given=given,
        phone=naming.show_phone(given.phone),
        session=wished(one),
        rows=rows(one),
        send="booking_keep",
        back="booking_change",
    )


@topic.post("/booking/me")
def keep(one: Visitor) -> ResponseReturnValue:
    """Keeps who it is and books what was wished for; pressing twice is answered the same."""
    given = bookers.read(*typed(one))
    if isinstance(given, Unreadable):
        return show_form(one, *typed(one), faults=given.fields, status=422)
    session = wished(one)
    with one.writing() as db:
        booker = bookers.enter_own(db, one.services.sealer, one.key, given, one.now)
        done = None if session is None else reserve(one, db, session.id, booker)
    if done is None or session is None:
        return one.show("booking_kept.html", is_gone=about(one)[0] == "s")
    return answer(one, done, session, booker)


@topic.get("/booking/again")
def again(one: Visitor) -> ResponseReturnValue:
    """Who is known already only says yes."""
    session = wished(one)
    if session is None:
        return one.go("booking_details")
    with one.reading() as db:
        own = bookers.own(db, one.services.sealer, one.key)
    if own is None:
        return one.go("booking_details")
    return one.show("booking_again.html", person=own, session=session, rows=rows(one))


@topic.post("/booking/person")
def book(one: Visitor) -> ResponseReturnValue:
    """Books the wished class for the resident or one of their family who is known already."""
    session, booker = wished(one), number(one, "person")
    if session is None:
        return one.show("booking_kept.html", is_gone=True)
    with one.writing() as db:
        # Somebody else's person is not found: the service looks for the resident's own alone.
        done = reserve(one, db, session.id, booker, is_fine=one.typed("fine", 1) == "1")
    return answer(one, done, session, booker)


def about(one: Visitor) -> tuple[str, int]:
    """What the link was for: s or f and a class, w and a booking, or nothing of these."""
    held = (one.visit.about if one.visit else None) or ""
    letter, digits = held[:1], held[1:]
    is_number = digits.isascii() and digits.isdigit() and len(digits) < 19
    return (letter, int(digits)) if is_number else ("", 0)


def wished(one: Visitor) -> Session | None:
    """The class for which the link was made, while residents may know of it."""
    letter, session_id = about(one)
    if letter not in ("s", "f"):
        return None
    with one.reading() as db:
        found = queries.one_session(db, session_id, one.now)
    return None if found is None or found.state is SessionState.DRAFT else found


def rows(one: Visitor) -> list[tuple[str, str]]:
    """What must be known of the wished class."""
    session = wished(one)
    return [] if session is None else booking_cards.rows(one.voice, session)


def typed(one: Visitor) -> tuple[str, str, str]:
    """Name, furigana and telephone number as they were written."""
    return one.typed("name", MOST), one.typed("kana", MOST), one.typed("phone", MOST)


def number(one: Visitor, field: str) -> int:
    """A number that a form carried; 0, which is no row's, for anything else."""
    held = one.typed(field, 19)
    return int(held) if held.isascii() and held.isdigit() and len(held) < 19 else 0


def show_form(
    one: Visitor,
    name: str,
    kana: str,
    phone: str,
    *,
    faults: tuple[str, ...] = (),
    status: int = 200,
) -> ResponseReturnValue:
    """The form with what was written, and what could not be read, field by field."""
    return one.show(
        "booking_form.html",
        status,
        name=name,
        kana=kana,
        phone=phone,
        faults=faults,
        session=wished(one),
        rows=rows(one),
    )


def reserve(
    one: Visitor, db: Db, session_id: int, booker: int, *, is_fine: bool = False
) -> Reservation:
    """Asks for the seat, and keeps the 控え for the chat when there is one."""
    done = booking.reserve(
        db,
        one.services.sealer,
        session_id,
        booker,
        actor=Actor.resident(one.key),
        channel=Channel.LINE,
        city=one.services.city.classes,
        now=one.now,
        overlap_is_fine=is_fine,
    )
    if isinstance(done, Reserved | Waiting):
        booking_telling.tell(one, db, done)
    return done


def answer(one: Visitor, done: Reservation, session: Session, booker: int) -> ResponseReturnValue:
    """The 控え, or why not and how to go on; who was entered stays entered either way."""
    if isinstance(done, Reserved | Waiting | AlreadyBooked):
        return one.go("booking_slip", booking_id=done.booking.id)
    return one.show(
        "booking_refused.html",
        409,
        said=booking_words.why_not(one.voice, done),
        may_insist=isinstance(done, Overlaps),
        person=booker,
        rows=booking_cards.rows(one.voice, session),
    )
