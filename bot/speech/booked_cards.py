"""What somebody has booked: the 控え, わたしの予約, giving up, moving, and what came of asking."""

from collections.abc import Mapping, Sequence

from bot.city import City
from bot.classes.values import Booked, Session, State
from bot.line.limits import Message
from bot.speech import booking_cards, class_cards, dates, flex, menu_cards
from bot.speech.texts import Voice

PURPOSE = "booking"
"""Of the links to the page where names are written; `about` tells for which class or booking."""
_AT_ONCE = 5
"""Bookings side by side; with the card for more there are six buttons."""


def slip(
    voice: Voice, city: City, booked: Booked, said: str, *, base_url: str | None
) -> list[Message]:
    """The 控え: how the booking stands, all to be known of the class, and what can be done.

    `base_url` is our public address: without it there is no calendar file and no page.
    """
    session, booking = booked.session, booked.booking
    body = [
        *flex.sentences(said),
        flex.line(),
        *_whose(voice, booked),
        flex.row(voice.say("booking.state"), state(voice, booked)),
        flex.text(voice.read(session.course.title), bold=True),
        *class_cards.facts(voice, session),
        flex.row(voice.say("booking.number"), str(booking.id)),
    ]
    title = voice.say("booking.slip_title")
    ways = _ways(voice, city, booked, base_url)
    card = flex.card(said.splitlines()[0], flex.bubble(title, body, ways))
    return menu_cards.ways_on(voice, [card], ["class_mine", "menu", "person"])


def mine(voice: Voice, city: City, held: Sequence[Booked], *, offset: int = 0) -> list[Message]:
    """What the resident and their family have, a card each, from `offset` on, with the tap to the
    next ones; for none, the way to one.
    """
    if not held:
        return _said(
            voice,
            voice.say("booking.none_yet"),
            [_tap(voice, "booking.button_find", "classes"), booking_cards.call(voice, city)],
        )
    title = voice.say("booking.mine_title")
    begin = offset if offset < len(held) else 0
    end = begin + _AT_ONCE
    bubbles = [_overview(voice, one) for one in held[begin:end]]
    if end < len(held):
        more = _tap(voice, "booking.button_more_mine", "class_mine", o=end)
        bubbles.append(flex.bubble(None, flex.sentences(voice.say("booking.more_mine")), [more]))
    card = flex.card(title, flex.carousel(bubbles))
    return menu_cards.ways_on(voice, [*flex.plain(title), card], ["classes", "menu", "person"])


def state(voice: Voice, booked: Booked) -> str:
    """How a booking stands, in plain words."""
    booking = booked.booking
    match booking.state:
        case State.WAITING:
            return voice.say("booking.state_waiting", place=booking.place or 1)
        case State.OFFERED if booking.offer_until:
            return voice.say("booking.state_offered", until=dates.say_moment(booking.offer_until))
        case State.OFFERED | State.BOOKED:
            return voice.say("booking.state_booked")
        case State.CANCELLED:
            return voice.say("booking.state_cancelled")
        case State.ATTENDED:
            return voice.say("booking.state_attended")
        case State.ABSENT:
            return voice.say("booking.state_absent")


def confirm_giving_up(voice: Voice, booked: Booked) -> list[Message]:
    """Asks before a seat is given up."""
    is_waiting = booked.booking.state is State.WAITING
    title = voice.say("booking.ask_leave" if is_waiting else "booking.ask_cancel")
    number = booked.booking.id
    ways = [
        _tap(voice, "booking.button_cancel_yes", "class_cancel_yes", b=number),
        _tap(voice, "booking.button_cancel_no", "class_booking", is_main=True, b=number),
    ]
    if not is_waiting:
        ways.insert(1, _tap(voice, "booking.button_move", "class_move", b=number))
    return _about(voice, title, booked, ways)


def given_up(voice: Voice, booked: Booked, *, first: bool) -> list[Message]:
    """The seat is given up; how to find another day."""
    said = voice.say("booking.cancelled" if first else "booking.cancelled_already")
    course = booked.session.course.id
    ways = [
        _tap(voice, "classes.button_others", "class_course", c=course),
        _tap(voice, "button.class_mine", "class_mine"),
    ]
    return _said(voice, said, ways)


def confirm_moving(voice: Voice, booked: Booked, to: Session) -> list[Message]:
    """Asks before a booking leads elsewhere: from here to there."""
    title = voice.say("booking.ask_move")
    number = booked.booking.id
    body = [
        *_whose(voice, booked),
        flex.row(voice.say("booking.move_from"), class_cards.when(booked.session)),
        flex.line(),
        flex.row(voice.say("booking.move_to"), voice.read(to.course.title)),
        *class_cards.facts(voice, to),
    ]
    ways = [
        _tap(voice, "booking.button_move_yes", "class_move_yes", is_main=True, b=number, s=to.id),
        _tap(voice, "booking.button_move_no", "class_booking", b=number),
    ]
    card = flex.card(f"{title} {class_cards.when(to)}", flex.bubble(title, body, ways))
    return menu_cards.ways_on(voice, [card], ["class_mine", "menu", "person"])


def helped(voice: Voice, booked: Booked, *, was_helpful: bool) -> list[Message]:
    """Thanks for telling; once more, or the next one."""
    said = voice.say("booking.helped" if was_helpful else "booking.not_helped")
    course = booked.session.course
    higher = min(3, course.level + 1)
    ways = [
        _tap(voice, "classes.button_again", "class_course", c=course.id),
        _tap(voice, "classes.button_next", "class_level", l=higher),
    ]
    if not was_helpful:
        ways.append(_tap(voice, "button.person", "person"))
    return _said(voice, said, ways)


def form(voice: Voice, said: str, address: str) -> list[Message]:
    """The way to our page, where names are written; the chat holds none."""
    opens = flex.button(flex.link(voice.label("pages.open"), address), style="primary")
    return _said(voice, said, [opens])


def by_phone(voice: Voice, city: City) -> list[Message]:
    """Names can be written nowhere here: the telephone is the way."""
    section = city.section("ict")
    said = voice.say("booking.by_phone")
    known = menu_cards.phone_and_hours(voice, section.phone, section.hours)
    body = [*flex.sentences(said), *known]
    card = flex.card(
        said.splitlines()[0], flex.bubble(None, body, [booking_cards.call(voice, city)])
    )
    return menu_cards.ways_on(voice, [card], ["classes", "menu", "person"])


def told(
    voice: Voice, said: str, ways: Sequence[tuple[str, str, Mapping[str, int]]]
) -> list[Message]:
    """A sentence and ways on: the name of a button's words, its route, what it carries."""
    buttons = [flex.button(flex.postback(voice.label(name), to, **more)) for name, to, more in ways]
    return _said(voice, said, buttons)


def calendar_address(base_url: str, session: Session) -> str:
    """The public calendar file of a class; LINE hands it to the telephone's own browser."""
    return f"{base_url.rstrip('/')}/classes/{session.id}.ics?openExternalBrowser=1"


def _ways(voice: Voice, city: City, booked: Booked, base_url: str | None) -> list[flex.Component]:
    number, session = booked.booking.id, booked.session
    match booked.booking.state:
        case State.BOOKED:
            ways = class_cards.map_button(voice, session)
            ways += _calendar(voice, session, base_url)
            ways.append(_tap(voice, "booking.button_move", "class_move", b=number))
            ways.append(_tap(voice, "booking.button_cancel", "class_cancel", b=number))
            if base_url is not None:
                ways.append(_tap(voice, "booking.button_wishes", "class_wishes", b=number))
        case State.WAITING:
            ways = [
                _tap(voice, "booking.button_leave", "class_cancel", b=number),
                _tap(voice, "classes.button_others", "class_course", c=session.course.id),
            ]
        case State.OFFERED:
            ways = [
                _tap(voice, "classes.button_yes", "class_offer_yes", is_main=True, b=number),
                _tap(voice, "classes.button_no", "class_offer_no", b=number),
            ]
        case _:
            ways = [_tap(voice, "classes.button_again", "class_course", c=session.course.id)]
    return [*ways, booking_cards.call(voice, city)]


def _overview(voice: Voice, booked: Booked) -> flex.Component:
    session = booked.session
    body = [
        *_whose(voice, booked),
        flex.text(dates.say_time(session.starts_at), bold=True),
        flex.text(voice.read(session.course.title)),
        flex.text(voice.read(session.venue.name)),
        flex.text(state(voice, booked), bold=True, color=flex.ACCENT),
    ]
    see = _tap(voice, "classes.button_see", "class_booking", is_main=True, b=booked.booking.id)
    return flex.bubble(dates.say_short_day(dates.today(session.starts_at)), body, [see])


def _about(
    voice: Voice, title: str, booked: Booked, ways: Sequence[flex.Component]
) -> list[Message]:
    session = booked.session
    body = [
        *_whose(voice, booked),
        flex.text(voice.read(session.course.title), bold=True),
        flex.row(voice.say("classes.when"), class_cards.when(session)),
        flex.row(voice.say("classes.where"), voice.read(session.venue.name)),
    ]
    alt = f"{title} {voice.read(session.course.title)} {class_cards.when(session)}"
    card = flex.card(alt, flex.bubble(title, body, ways))
    return menu_cards.ways_on(voice, [card], ["class_mine", "menu", "person"])


def _said(voice: Voice, said: str, ways: Sequence[flex.Component]) -> list[Message]:
    bubble = flex.bubble(None, flex.sentences(said), ways)
    return menu_cards.ways_on(voice, [flex.card(said.splitlines()[0], bubble)], ["menu", "person"])


def _whose(voice: Voice, booked: Booked) -> list[flex.Component]:
    if not booked.booking.is_family:
        return []
    return [flex.text(voice.say("classes.family"), size="md", bold=True, color=flex.QUIET)]


def _calendar(voice: Voice, session: Session, base_url: str | None) -> list[flex.Component]:
    if base_url is None:
        return []
    address = calendar_address(base_url, session)
    return [flex.button(flex.link(voice.label("booking.button_calendar"), address))]


def _tap(
    voice: Voice, name: str, to: str, *, is_main: bool = False, **carried: int
) -> flex.Component:
    action = flex.postback(voice.label(name), to, **carried)
    return flex.button(action, style="primary" if is_main else "secondary")
