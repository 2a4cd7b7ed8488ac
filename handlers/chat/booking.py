"""「スマホ教室」: where, how used to it, which class. Booking it stands in `booking_seat`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session as Db

from bot.city import District
from bot.classes import catalogue, queries, rules
from bot.classes.values import Kind, Session, SessionState
from bot.line.limits import Message
from bot.residents import preferences
from bot.residents import service as residents
from bot.residents.rules import Topic
from bot.speech import booking_cards, flex
from bot.speech.booking_cards import AT_ONCE, LEVELS, Where
from handlers.chat.turn import Commit, Turn, say

ASKED_DISTRICT = Topic("asked", "class_at")
"""We asked where a class should be."""
FAR_KM = 30
"""Further than this from every class, somebody is told so before choosing."""
_HIGHEST = 3
_EVERYWHERE = "all"
"""Stands in a button for no district; an empty value would be lost on the way."""
_STEPS = 3
"""Steps of a course that are named when the level is asked."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a class is looked for: a district, near a place, or anywhere."""

    where: Where
    district: District | None = None
    near: queries.Place | None = None


def start(turn: Turn) -> Commit:
    """「スマホ教室」: the level for whose district is known, else first the district."""
    known = preferences.chosen(turn.session, turn.resident.key).district
    chosen = turn.desk.city.district(known)
    return where(turn) if chosen is None else _levels(turn, _in_district(turn, chosen))


def where(turn: Turn) -> Commit:
    """Near to here, one of the districts, or anywhere."""
    return _asking(turn, booking_cards.ask_where(turn.voice))


def district(turn: Turn) -> Commit:
    """Which district."""
    return _asking(turn, booking_cards.ask_district(turn.voice, turn.desk.city))


def near(turn: Turn) -> Commit:
    """「近い順」: how to send the place where one is."""
    return say(booking_cards.ask_place(turn.voice))


def at(turn: Turn) -> Commit:
    """A district was chosen; it may be remembered, but is not by itself."""
    chosen = turn.desk.city.district(turn.arguments.get("d", ""))
    if chosen is None:
        return district(turn)
    ask = _levels(turn, _in_district(turn, chosen))
    known = preferences.chosen(turn.session, turn.resident.key).district
    if known == chosen.key:
        return ask
    keep = flex.postback(turn.voice.label("booking.button_keep"), "district_set", d=chosen.key)
    return lambda session: _with_one_more(ask(session), keep)


def anywhere(turn: Turn) -> Commit:
    """No matter where: the next classes of the whole city."""
    return _levels(turn, _anywhere(turn))


def location(turn: Turn) -> Commit:
    """A shared place: the nearest classes; far from all of them, said so kindly."""
    shared = turn.inbound.location
    if shared is None:
        return where(turn)
    # Two decimals are about a kilometre: near enough, and no address travels on in buttons.
    place = (round(shared.latitude, 2), round(shared.longitude, 2))
    ways = [
        rules.kilometres(*place, venue.lat, venue.lon)
        for venue in catalogue.venues(turn.session)
        if venue.lat is not None and venue.lon is not None
    ]
    if not ways:
        return where(turn)
    if min(ways) > FAR_KM:
        return say(booking_cards.far_away(turn.voice, round(min(ways))))
    return _levels(turn, _near(turn, place))


def level(turn: Turn) -> Commit:
    """A level was chosen: its classes, the next or the nearest first."""
    asked = turn.number("l")
    if asked > _HIGHEST:
        return start(turn)
    levels = range(2, _HIGHEST + 1) if asked == int(LEVELS[-1]) else range(asked, asked + 1)
    return _search(
        turn, lambda db, **more: queries.open_sessions(db, levels=levels, **more), "class_level"
    )


def course(turn: Turn) -> Commit:
    """Classes of one course: once more, or on another day."""
    known = catalogue.course(turn.session, turn.number("c"))
    if known is None:
        return start(turn)
    number, kind = known.id, known.kind

    def find(db: Db, **more: Any) -> list[Session]:
        return queries.open_sessions(db, course_id=number, kind=kind, **more)

    return _search(turn, find, "class_course")


def training(turn: Turn) -> Commit:
    """Classes for those who want to help others, under a button of their own."""
    return _search(
        turn,
        lambda db, **more: queries.open_sessions(db, kind=Kind.SUPPORTERS, **more),
        "class_training",
        said="booking.training",
        nothing="booking.no_training",
    )


def alternatives(turn: Turn, db: Db, said: str, like: Session | None = None) -> list[Message]:
    """What is said of a class that cannot be had, and other classes to choose from."""
    found: Sequence[Session] = ()
    if like is not None:
        found = [
            one
            for one in queries.open_sessions(
                db, turn.now, course_id=like.course.id, kind=like.course.kind
            )
            if one.id != like.id
        ]
    found = found or queries.open_sessions(db, turn.now)
    found = [one for one in found if like is None or one.id != like.id]
    if not found:
        return booking_cards.nothing(turn.voice, turn.desk.city, said)
    both = f"{said}\n{turn.voice.say('booking.others')}"
    return booking_cards.sessions(turn.voice, both, found, pick=("class_pick", {}))


def seen(session: Session | None) -> Session | None:
    """The class, unless residents do not know of it (yet, or any more)."""
    return None if session is None or session.state is SessionState.DRAFT else session


Find = Callable[..., list[Session]]


def _search(
    turn: Turn,
    find: Find,
    route: str,
    *,
    said: str = "booking.found",
    nothing: str = "booking.none_open",
) -> Commit:
    """What is found, a few at a time; `route` is that of the button for the next ones."""
    place, voice = _place(turn), turn.voice
    offset = turn.number("o")
    found = _found(turn, find, place, offset)
    words = voice.say(said, where=place.where.said)
    if not found and place.district is not None:
        # Not in that district: then the other districts' classes, rather than none.
        wider = _anywhere(turn)
        words = voice.say("booking.none_in_district", where=place.where.said)
        place = _Place(Where(wider.where.said, place.where.data))
        found = _found(turn, find, place, offset)
    if not found:
        return say(booking_cards.nothing(voice, turn.desk.city, voice.say(nothing)))
    more = None
    if len(found) > AT_ONCE:
        kept = {key: value for key, value in turn.arguments.items() if key not in ("to", "o")}
        label = voice.label("booking.button_more")
        more = flex.postback(label, route, **kept, o=offset + AT_ONCE)
    pick = ("class_pick", place.where.data)
    return say(booking_cards.sessions(voice, words, found, pick=pick, more=more))


def _found(turn: Turn, find: Find, place: _Place, offset: int) -> list[Session]:
    """One more than are shown, so that it is known whether there are more."""
    upto = offset + AT_ONCE + 1
    districts = None if place.district is None else [place.district.name]
    found = find(turn.session, now=turn.now, districts=districts, near=place.near, most=upto)
    return found[offset:]


def _asking(turn: Turn, question: Sequence[Message]) -> Commit:
    """Asks where; a district may be typed in answer, too."""

    def commit(session: Db) -> Sequence[Message]:
        residents.remember_topic(session, turn.resident.key, ASKED_DISTRICT, turn.now)
        return question

    return commit


def _levels(turn: Turn, place: _Place) -> Commit:
    taught: dict[str, str] = {}
    for one in catalogue.courses(turn.session):
        if one.kind is Kind.CLASS and one.steps:
            taught.setdefault(str(min(one.level, int(LEVELS[-1]))), "、".join(one.steps[:_STEPS]))
    return say(booking_cards.ask_level(turn.voice, place.where, taught))


def _place(turn: Turn) -> _Place:
    """Where the buttons so far say, else the district the resident told, else anywhere."""
    near = _read_place(turn.arguments.get("n", ""))
    if near is not None:
        return _near(turn, near)
    told = turn.arguments.get("d") or preferences.chosen(turn.session, turn.resident.key).district
    chosen = turn.desk.city.district(told)
    return _anywhere(turn) if chosen is None else _in_district(turn, chosen)


def _read_place(words: str) -> queries.Place | None:
    try:
        latitude, longitude = (float(part) for part in words.split(","))
    except ValueError:
        return None
    is_somewhere = -90 <= latitude <= 90 and -180 <= longitude <= 180
    return (latitude, longitude) if is_somewhere else None


def _in_district(turn: Turn, chosen: District) -> _Place:
    said = turn.voice.read(chosen.name)
    return _Place(Where(said, {"d": chosen.key}), district=chosen)


def _near(turn: Turn, place: queries.Place) -> _Place:
    said = turn.voice.say("booking.nearest")
    return _Place(Where(said, {"n": f"{place[0]},{place[1]}"}), near=place)


def _anywhere(turn: Turn) -> _Place:
    return _Place(Where(turn.voice.say("booking.anywhere"), {"d": _EVERYWHERE}))


def _with_one_more(said: Sequence[Message], action: Mapping[str, object]) -> list[Message]:
    """The messages with one more quick reply, the first of them."""
    last = dict(said[-1])
    items = [{"type": "action", "action": action}, *last.get("quickReply", {}).get("items", [])]
    return [*said[:-1], {**last, "quickReply": {"items": items}}]
