"""Books the chosen class with one tap: the 控え, a place in line, or why not and what else."""

from sqlalchemy.orm import Session as Db

from bot.classes import bookers, booking, queries, rules
from bot.classes.outcomes import (
    AlreadyBooked,
    Full,
    NotFound,
    Overlaps,
    Refusal,
    Reservation,
    Reserved,
    TooMany,
    Waiting,
)
from bot.classes.values import Actor, Channel, Session
from bot.line.limits import Message
from bot.speech import booked_cards, booking_cards, booking_words
from handlers.chat import booking as finding
from handlers.chat.turn import Commit, Turn, say

MINE: tuple[str, str, dict[str, int]] = ("button.class_mine", "class_mine", {})
"""The way to one's own bookings, as `booked_cards.told` takes it."""


def pick(turn: Turn) -> Commit:
    """A class was tapped: all of it once more, and one tap that books."""
    session = finding.seen(queries.one_session(turn.session, turn.number("s"), turn.now))
    if session is None:
        return say(refused(turn, turn.session, NotFound(), None))
    why_not = rules.may_book(
        session.state,
        opens_at=session.opens_at,
        closes_at=session.closes_at,
        starts_at=session.starts_at,
        channel=Channel.LINE,
        now=turn.now,
    )
    if why_not is not None:
        return say(refused(turn, turn.session, why_not, session))
    where = {key: turn.arguments[key] for key in ("d", "n") if key in turn.arguments}
    return say(booking_cards.confirm(turn.voice, session, where))


def book(turn: Turn) -> Commit:
    """「はい」: the seat, or the last place in line. A second tap is answered the same."""
    session_id = turn.number("s")

    def commit(db: Db) -> list[Message]:
        booker = bookers.own_id(db, turn.resident.key)
        if booker is None:
            session = finding.seen(queries.one_session(db, session_id, turn.now))
            if session is None:
                return refused(turn, db, NotFound(), None)
            return _form(turn, db, "booking.form", f"s{session_id}")
        done = booking.reserve(
            db,
            turn.sealer,
            session_id,
            booker,
            actor=Actor.resident(turn.resident.key),
            channel=Channel.LINE,
            city=turn.desk.city.classes,
            now=turn.now,
            overlap_is_fine=turn.number("ok") == 1,
        )
        return answered(turn, db, session_id, done)

    return commit


def family(turn: Turn) -> Commit:
    """For somebody of the family: who it is stands on our page alone."""
    session_id = turn.number("s")
    session = finding.seen(queries.one_session(turn.session, session_id, turn.now))
    if session is None:
        return say(refused(turn, turn.session, NotFound(), None))
    return lambda db: _form(turn, db, "booking.form_family", f"f{session_id}")


def wishes(turn: Turn) -> Commit:
    """Companion, needs, own device or loan: told on our page."""
    booking_id = turn.number("b")
    held = queries.my_booking(turn.session, turn.resident.key, booking_id, turn.now)
    if held is None:
        return say(not_found(turn))
    return lambda db: _form(turn, db, "booking.form_wishes", f"w{booking_id}")


def answered(turn: Turn, db: Db, session_id: int, done: Reservation) -> list[Message]:
    """What came of asking for a seat, said with a way on."""
    match done:
        case Reserved(booking=made):
            return slip(turn, db, made.id, "booking.reserved")
        case Waiting(booking=made, place_in_line=place):
            return slip(turn, db, made.id, "booking.waiting", place=place)
        case AlreadyBooked(booking=held):
            return slip(turn, db, held.id, "booking.already")
        case _:
            session = queries.one_session(db, session_id, turn.now)
            return refused(turn, db, done, session)


def refused(turn: Turn, db: Db, why: Refusal | Full, session: Session | None) -> list[Message]:
    """Why a class cannot be had, kindly, with other classes or another way."""
    said = booking_words.why_not(turn.voice, why)
    if isinstance(why, TooMany):
        return booked_cards.told(turn.voice, said, [MINE])
    if isinstance(why, Overlaps) and session is not None:
        yes: dict[str, int] = {"s": session.id, "ok": 1}
        others: dict[str, int] = {"c": session.course.id}
        ways = [
            ("booking.button_book_all_the_same", "class_book", yes),
            MINE,
            ("classes.button_others", "class_course", others),
        ]
        return booked_cards.told(turn.voice, said, ways)
    return finding.alternatives(turn, db, said, session)


def slip(turn: Turn, db: Db, booking_id: int, name: str, **blanks: object) -> list[Message]:
    """The 控え of a booking of the resident, after the sentence of that name."""
    held = queries.my_booking(db, turn.resident.key, booking_id, turn.now)
    if held is None:
        return not_found(turn)
    links = turn.desk.links
    return booked_cards.slip(
        turn.voice,
        turn.desk.city,
        held,
        turn.voice.say(name, **blanks),
        base_url=None if links is None else links.base_url,
    )


def not_found(turn: Turn) -> list[Message]:
    """There is no such booking, or it is somebody else's: the two cannot be told apart."""
    said = turn.voice.say("booking.not_found")
    find: tuple[str, str, dict[str, int]] = ("booking.button_find", "classes", {})
    return booked_cards.told(turn.voice, said, [MINE, find])


def _form(turn: Turn, db: Db, name: str, about: str) -> list[Message]:
    links = turn.desk.links
    if links is None:
        return booked_cards.by_phone(turn.voice, turn.desk.city)
    address = links.issue(db, turn.resident.key, booked_cards.PURPOSE, turn.now, about=about)
    return booked_cards.form(turn.voice, turn.voice.say(name), address)
