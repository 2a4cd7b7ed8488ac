"""Finding a class, tap by tap: where, how used to it, which one, and is that right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.city import City, District
from bot.classes.values import Session
from bot.line.limits import Message
from bot.speech import class_cards, dates, district_cards, flex, menu_cards
from bot.speech.texts import Voice

AT_ONCE = 5
"""Classes side by side; with the card for more there are six buttons."""
LEVELS = ("0", "1", "2")
"""The levels as residents are asked; the last holds all that is above it."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where a class is looked for: `said` names it, `data` is what buttons carry of it."""

    said: str
    data: Mapping[str, str]


def ask_where(voice: Voice) -> list[Message]:
    """Near to here, one of the districts, or anywhere; and what else there is about classes."""
    title = voice.say("booking.ask_where")
    ways = ("near", "district", "anywhere", "mine", "training")
    card = flex.card(title, flex.bubble(title, [], [_way(voice, f"class_{way}") for way in ways]))
    return _share(voice, [card])


def ask_district(voice: Voice, city: City) -> list[Message]:
    """The districts by their kana, at most six a card."""

    def action(district: District) -> flex.Component:
        return flex.postback(district.name, "class_at", d=district.key)

    title = voice.say("booking.ask_district")
    card = district_cards.carousel(voice, title, city.districts, action)
    question = flex.plain(f"{title}\n{voice.say('booking.swipe')}")
    return _share(voice, [*question, card])


def ask_place(voice: Voice) -> list[Message]:
    """How to send where one is; the button for it is LINE's own and stands below the chat."""
    said = voice.say("booking.share")
    other = _way(voice, "class_where")
    return _share(voice, [flex.card(said, flex.bubble(None, flex.sentences(said), [other]))])


def ask_level(voice: Voice, where: Where, taught: Mapping[str, str]) -> list[Message]:
    """はじめて, 少し or 慣れている, with what each teaches; `taught` is that by level."""
    title = voice.say("booking.ask_level")
    body = [flex.text(voice.say("booking.looking", where=where.said), size="md", color=flex.QUIET)]
    for level in LEVELS:
        name = voice.label(f"booking.level_{level}")
        about = taught.get(level) or voice.say(f"booking.level_{level}_about")
        words = [
            flex.text(voice.read(name), bold=True, color=flex.ACCENT),
            flex.text(voice.read(about), size="md", color=flex.QUIET),
        ]
        action = flex.postback(name, "class_level", l=level, **where.data)
        body.append(flex.choice(name, action) | {"contents": words})
    ways = [_way(voice, way) for way in ("class_where", "class_mine", "class_training")]
    card = flex.card(f"{title} {where.said}", flex.bubble(title, body, ways))
    return menu_cards.ways_on(voice, [card], ["menu", "person"])


def far_away(voice: Voice, kilometres: int) -> list[Message]:
    """Where one is lies far from every class; districts can be chosen all the same."""
    said = voice.say("booking.far", kilometres=kilometres)
    ways = [_way(voice, way) for way in ("class_where", "class_anywhere")]
    return menu_cards.ways_on(
        voice, [flex.card(said, flex.bubble(None, flex.sentences(said), ways))], ["menu", "person"]
    )


def sessions(
    voice: Voice,
    said: str,
    found: Sequence[Session],
    *,
    pick: tuple[str, Mapping[str, object]],
    more: flex.Component | None = None,
    ways: Sequence[str] = ("classes", "menu", "person"),
) -> list[Message]:
    """Classes as big cards side by side, after a sentence; `more` is the tap to the next ones.

    `pick` is the route of a tap on one and what it carries besides the class.
    """
    bubbles = [_session(voice, one, pick) for one in found[:AT_ONCE]]
    if more is not None:
        body = flex.sentences(voice.say("booking.more"))
        bubbles.append(flex.bubble(None, body, [flex.button(more)]))
    card = flex.card(said.splitlines()[0], flex.carousel(bubbles))
    return menu_cards.ways_on(voice, [*flex.plain(said), card], ways)


def nothing(voice: Voice, city: City, said: str) -> list[Message]:
    """No class to come fits: who can help all the same."""
    section = city.section("ict")
    body = [
        *flex.sentences(said),
        *menu_cards.phone_and_hours(voice, section.phone, section.hours),
    ]
    buttons = [call(voice, city), _way(voice, "class_where"), _way(voice, "class_mine")]
    card = flex.card(said.splitlines()[0], flex.bubble(None, body, buttons))
    return menu_cards.ways_on(voice, [card], ["menu", "person"])


def confirm(voice: Voice, session: Session, where: Mapping[str, str]) -> list[Message]:
    """Is it this class: all that one must know, and one tap that books."""
    is_full = not session.seats.left
    title = voice.say("booking.confirm_full" if is_full else "booking.confirm")
    body = [
        flex.text(voice.read(session.course.title), bold=True),
        flex.row(voice.say("booking.seats"), class_cards.places(voice, session)),
        *class_cards.facts(voice, session),
    ]
    if is_full:
        body = [*flex.sentences(voice.say("booking.line_about")), *body]
    yes = voice.label("booking.button_line_up" if is_full else "booking.button_book")
    ways = [
        flex.button(flex.postback(yes, "class_book", s=session.id), style="primary"),
        flex.button(
            flex.postback(voice.label("booking.button_family"), "class_family", s=session.id)
        ),
        flex.button(
            flex.postback(
                voice.label("classes.button_others"), "class_course", c=session.course.id, **where
            )
        ),
    ]
    alt = f"{title} {voice.read(session.course.title)} {class_cards.when(session)}"
    card = flex.card(alt, flex.bubble(title, body, ways))
    return menu_cards.ways_on(voice, [card], ["classes", "menu", "person"])


def call(voice: Voice, city: City) -> flex.Component:
    """Rings the section that takes bookings."""
    return flex.button(flex.call(voice.label("button.call"), city.section("ict").phone))


def rows(voice: Voice, session: Session) -> list[tuple[str, str]]:
    """What must be known of a class, as names and values; for pages."""
    venue = session.venue
    step_free = [voice.say("classes.step_free")] if venue.is_step_free else []
    named = [
        (voice.say("booking.course"), session.course.title),
        (voice.say("classes.when"), class_cards.when(session)),
        (voice.say("classes.where"), "\n".join([venue.name, venue.address, *step_free])),
        (voice.say("classes.access"), venue.access),
        (voice.say("classes.bring"), session.course.bring),
        (voice.say("classes.note"), session.note),
    ]
    return [(label, voice.read(value.strip())) for label, value in named if value.strip()]


def _session(
    voice: Voice, session: Session, pick: tuple[str, Mapping[str, object]]
) -> flex.Component:
    to, carried = pick
    day = dates.say_short_day(dates.today(session.starts_at))
    hours = f"{dates.say_time(session.starts_at)}〜{dates.say_time(session.ends_at)}"
    times = voice.say("classes.times_label", count=len(session.meetings))
    body = [
        flex.text(hours, bold=True),
        *([flex.text(times, size="md")] if session.is_series else []),
        flex.text(voice.read(session.course.title)),
        flex.text(class_cards.level(voice, session), size="md", color=flex.QUIET),
        flex.text(_venue(voice, session)),
        flex.text(class_cards.places(voice, session), bold=True, color=flex.ACCENT),
    ]
    if session.is_sample:
        body.append(flex.text(voice.say("classes.sample"), size="sm", color=flex.QUIET))
    label = voice.label("booking.button_pick" if session.seats.left else "booking.button_see")
    tap = flex.postback(label, to, s=session.id, **carried)
    return flex.bubble(day, body, [flex.button(tap, style="primary")])


def _venue(voice: Voice, session: Session) -> str:
    name, district = voice.read(session.venue.name), session.venue.district
    return f"{name}（{voice.read(district)}）" if district else name


def _share(voice: Voice, messages: Sequence[Message]) -> list[Message]:
    """With LINE's own button for sending a place, which stands only among quick replies."""
    send = {"type": "location", "label": voice.label("booking.button_send_place")}
    return flex.with_quick_replies(messages, [send, *menu_cards.taps(voice)])


def _way(voice: Voice, to: str) -> flex.Component:
    if to == "class_mine":
        return flex.button(flex.postback(voice.label("button.class_mine"), to))
    return flex.button(flex.postback(voice.label(f"booking.to_{to}"), to))
