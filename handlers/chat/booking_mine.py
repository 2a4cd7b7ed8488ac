"""わたしの予約: see, give up, move, answer an offered seat, say whether it helped, link a code."""

from sqlalchemy.orm import Session as Db

from bot.classes import attendance, booking, linking, moving, offers, queries
from bot.classes.linking import Linked, TooManyTries, WrongCode
from bot.classes.outcomes import (
    AlreadyBooked,
    Declined,
    Full,
    Moved,
    NotFound,
    OfferOver,
    Overlaps,
    Past,
    Reserved,
    Withdrawn,
)
from bot.classes.values import LIVE, Actor, Booked, Session
from bot.line.limits import Message
from bot.speech import booked_cards, booking_cards, dates
from handlers.chat import booking as finding
from handlers.chat import booking_seat as seat
from handlers.chat.turn import Commit, Turn, say


def mine(turn: Turn) -> Commit:
    """Everything the resident and their family have, a few at a time; one alone is shown whole."""
    held = running(turn)
    if len(held) == 1:
        return say(_seen(turn, held[0]))
    return say(booked_cards.mine(turn.voice, turn.desk.city, held, offset=turn.number("o")))


def running(turn: Turn) -> list[Booked]:
    """What leads to a class yet."""
    every = queries.my_bookings(turn.session, turn.resident.key, turn.now, past=0)
    return [one for one in every if one.booking.state in LIVE]


def one(turn: Turn) -> Commit:
    """One booking, whole."""
    held = _held(turn)
    return say(seat.not_found(turn) if held is None else _seen(turn, held))


def cancel(turn: Turn) -> Commit:
    """「行けなくなった」: asked once before the seat goes to others."""
    held = _held(turn)
    if held is None:
        return say(seat.not_found(turn))
    if held.booking.state not in LIVE:
        return say(_seen(turn, held))
    return say(booked_cards.confirm_giving_up(turn.voice, held))


def cancel_yes(turn: Turn) -> Commit:
    """The seat is given up. A second tap changes nothing."""
    number = turn.number("b")

    def commit(db: Db) -> list[Message]:
        done = booking.cancel(
            db, number, actor=_actor(turn), city=turn.desk.city.classes, now=turn.now
        )
        held = queries.my_booking(db, turn.resident.key, number, turn.now)
        match done:
            case Withdrawn(first=first) if held is not None:
                return booked_cards.given_up(turn.voice, held, first=first)
            case Past():
                return _told(turn, "booking.past_cancel")
            case _:
                return seat.not_found(turn)

    return commit


def move(turn: Turn) -> Commit:
    """Other classes of the same course, or of the same kind, that have a seat."""
    held = _held(turn)
    if held is None:
        return say(seat.not_found(turn))
    if held.booking.state not in LIVE or turn.now >= held.session.starts_at:
        return say(_seen(turn, held))
    found = _elsewhere(turn, held.session)
    if not found:
        return say(_told(turn, "booking.nowhere_to_move"))
    pick = ("class_move_to", {"b": held.booking.id})
    said = turn.voice.say("booking.move_where")
    ways = ("class_mine", "menu", "person")
    return say(booking_cards.sessions(turn.voice, said, found, pick=pick, ways=ways))


def move_to(turn: Turn) -> Commit:
    """Asked once before the booking leads elsewhere."""
    held = _held(turn)
    to = finding.seen(queries.one_session(turn.session, turn.number("s"), turn.now))
    if held is None or held.booking.state not in LIVE:
        return say(seat.not_found(turn))
    if to is None:
        return say(seat.refused(turn, turn.session, NotFound(), None))
    return say(booked_cards.confirm_moving(turn.voice, held, to))


def move_yes(turn: Turn) -> Commit:
    """The booking leads to the other class; where it cannot, the present one is kept."""
    number, to = turn.number("b"), turn.number("s")

    def commit(db: Db) -> list[Message]:
        done = moving.move(
            db,
            number,
            to,
            actor=_actor(turn),
            city=turn.desk.city.classes,
            now=turn.now,
            overlap_is_fine=turn.number("ok") == 1,
        )
        match done:
            case Moved():
                return seat.slip(turn, db, number, "booking.moved")
            case AlreadyBooked(booking=there):
                return seat.slip(turn, db, there.id, "booking.already")
            case Full():
                return _told(turn, "booking.move_full")
            case Overlaps():
                return _overlapping(turn, number, to)
            case NotFound():
                return seat.not_found(turn)
            case _:
                return seat.refused(turn, db, done, queries.one_session(db, to, turn.now))

    return commit


def offer_yes(turn: Turn) -> Commit:
    """「はい」 to an offered seat; too late is said kindly. A second tap is answered the same."""
    number = turn.number("b")

    def commit(db: Db) -> list[Message]:
        done = offers.accept(
            db, number, actor=_actor(turn), city=turn.desk.city.classes, now=turn.now
        )
        match done:
            case Reserved():
                return seat.slip(turn, db, number, "booking.accepted")
            case OfferOver():
                return _too_late(turn, db, number)
            case NotFound():
                return seat.not_found(turn)

    return commit


def offer_no(turn: Turn) -> Commit:
    """「いいえ」: the seat goes to the next in line."""
    number = turn.number("b")

    def commit(db: Db) -> list[Message]:
        done = offers.decline(
            db, number, actor=_actor(turn), city=turn.desk.city.classes, now=turn.now
        )
        held = queries.my_booking(db, turn.resident.key, number, turn.now)
        match done:
            case Declined() if held is not None:
                course = {"c": held.session.course.id}
                ways = [("classes.button_others", "class_course", course)]
                return booked_cards.told(turn.voice, turn.voice.say("booking.declined"), ways)
            case OfferOver():
                return _too_late(turn, db, number)
            case _:
                return seat.not_found(turn)

    return commit


def helpful(turn: Turn) -> Commit:
    """Whether a class was of use; the last answer counts."""
    number, was_helpful = turn.number("b"), turn.arguments.get("v") == "1"

    def commit(db: Db) -> list[Message]:
        done = attendance.say_helpful(db, number, was_helpful, actor=_actor(turn))
        held = queries.my_booking(db, turn.resident.key, number, turn.now)
        if isinstance(done, NotFound) or held is None:
            return seat.not_found(turn)
        return booked_cards.helped(turn.voice, held, was_helpful=was_helpful)

    return commit


def code(turn: Turn) -> Commit:
    """The code of a printed 控え was typed: that booking is the resident's from now on."""

    def commit(db: Db) -> list[Message]:
        typed = turn.desk.class_wishes.code_in(turn.inbound.text or "") or ""
        city = turn.desk.city.classes
        done = linking.link(db, turn.sealer, turn.resident.key, typed, city=city, now=turn.now)
        match done:
            case Linked(booking=joined):
                return seat.slip(turn, db, joined.id, "booking.linked")
            case WrongCode(left=left):
                said = turn.voice.say("booking.wrong_code", left=left)
            case TooManyTries(again_at=moment):
                said = turn.voice.say("booking.too_many_tries", time=dates.say_time(moment))
        return booked_cards.told(turn.voice, said, [seat.MINE])

    return commit


def _seen(turn: Turn, held: Booked) -> list[Message]:
    return seat.slip(turn, turn.session, held.booking.id, "booking.slip")


def _held(turn: Turn) -> Booked | None:
    return queries.my_booking(turn.session, turn.resident.key, turn.number("b"), turn.now)


def _actor(turn: Turn) -> Actor:
    return Actor.resident(turn.resident.key)


def _elsewhere(turn: Turn, present: Session) -> list[Session]:
    course = present.course
    same = queries.open_sessions(turn.session, turn.now, course_id=course.id, kind=course.kind)
    alike = queries.open_sessions(
        turn.session, turn.now, levels=[course.level], kind=course.kind, most=24
    )
    known = {one.id for one in same}
    both = [*same, *(one for one in alike if one.id not in known)]
    return [one for one in both if one.id != present.id and one.seats.left]


def _overlapping(turn: Turn, number: int, to: int) -> list[Message]:
    said = turn.voice.say("booking.move_overlaps")
    ways: list[tuple[str, str, dict[str, int]]] = [
        ("booking.button_move_yes", "class_move_yes", {"b": number, "s": to, "ok": 1}),
        ("booking.button_move_no", "class_booking", {"b": number}),
    ]
    return booked_cards.told(turn.voice, said, ways)


def _too_late(turn: Turn, db: Db, number: int) -> list[Message]:
    held = queries.my_booking(db, turn.resident.key, number, turn.now)
    if held is None:
        return seat.not_found(turn)
    if held.booking.state in LIVE:
        return seat.slip(turn, db, number, "booking.slip")
    return finding.alternatives(turn, db, turn.voice.say("booking.offer_over"), held.session)


def _told(turn: Turn, name: str) -> list[Message]:
    said = turn.voice.say(name, phone=turn.desk.city.section("ict").phone)
    return booked_cards.told(turn.voice, said, [seat.MINE])
