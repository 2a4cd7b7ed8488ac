"""Classes as big cards: what a class is, and what is told by push about a booking.

Names, telephone numbers and notes never stand on a card: whose booking it is, the family's or
their own, is all that is said.
"""

from typing import assert_never

from bot.city import City
from bot.classes.notices import Notice
from bot.classes.values import Booked, Kind, Session, Tells
from bot.line.limits import Message
from bot.speech import dates, flex, menu_cards
from bot.speech.texts import Voice


def notice(voice: Voice, city: City, told: Notice) -> list[Message]:
    """The card by which somebody is told a notice."""
    kind, booked = told.kind, told.booked
    title = voice.say(f"classes.{kind}_title")
    said = _said(voice, told)
    body = [*flex.sentences(said), flex.line(), *_about(voice, booked, told)]
    bubble = flex.bubble(title, body, [*_ways(voice, kind, booked), *_call(voice, city, kind)])
    return menu_cards.ways_on(voice, [flex.card(said.splitlines()[0], bubble)], ["menu", "person"])


def facts(voice: Voice, session: Session) -> list[flex.Component]:
    """When, where, how to get there, what to bring: what everybody who comes must know."""
    venue = session.venue
    where = [venue.name, venue.address, *([voice.say("classes.step_free")] * venue.is_step_free)]
    parts = [
        flex.row(_when_label(voice, session), when(session)),
        flex.row(voice.say("classes.where"), voice.read("\n".join(filter(None, where)))),
    ]
    for label, words in (
        (voice.say("classes.access"), venue.access),
        (voice.say("classes.bring"), session.course.bring),
        (voice.say("classes.note"), session.note),
    ):
        if words:
            parts.append(flex.row(label, voice.read(words)))
    return [*parts, *_sample(voice, session)]


def when(session: Session) -> str:
    """Day and hours, a line for each date: 12月4日（金） 午前10時から午前11時30分まで."""
    lines = (
        f"{dates.say_short_day(dates.today(one.starts_at))} "
        f"{dates.say_time(one.starts_at)}〜{dates.say_time(one.ends_at)}"
        for one in session.meetings
    )
    return "\n".join(lines)


def places(voice: Voice, session: Session) -> str:
    """How many seats a newcomer can have, or how many people wait."""
    seats = session.seats
    if seats.left:
        return voice.say("classes.places_left", left=seats.left)
    if seats.waiting:
        return voice.say("classes.full", waiting=seats.waiting)
    return voice.say("classes.full_no_line")


def level(voice: Voice, session: Session) -> str:
    """For whom a class is."""
    if session.course.kind is Kind.SUPPORTERS:
        return voice.say("classes.supporters")
    return voice.say(f"classes.level_{session.course.level}")


def map_button(voice: Voice, session: Session) -> list[flex.Component]:
    """The button that opens a map of the place; none where its address is not known."""
    address = session.venue.map_url
    if not address.startswith("https://"):
        return []
    return [flex.button(flex.link(voice.label("classes.button_map"), address))]


def _said(voice: Voice, told: Notice) -> str:
    title = voice.read(told.booked.session.course.title)
    if told.kind is Tells.OFFER:
        until = dates.say_moment(told.useful_until)
        return voice.say("classes.offer", title=title, until=until)
    if told.kind is Tells.REMINDER:
        days = _days_to_go(told)
        if days == 1:
            return voice.say("classes.reminder_tomorrow", title=title)
        return voice.say("classes.reminder_days", title=title, days=days)
    return voice.say(f"classes.{told.kind}", title=title)


def _days_to_go(told: Notice) -> int:
    # Of a series the date meant is the next one; counted in days of the calendar.
    meetings = told.booked.session.meetings
    meant = next((one for one in meetings if one.starts_at > told.due_at), meetings[0])
    return (dates.today(meant.starts_at) - dates.today(told.due_at)).days


def _about(voice: Voice, booked: Booked, told: Notice) -> list[flex.Component]:
    session = booked.session
    family = [flex.text(voice.say("classes.family"), size="md", bold=True, color=flex.QUIET)]
    own = family if booked.booking.is_family else []
    match told.kind:
        case Tells.OFFER:
            until = flex.row(voice.say("classes.until"), dates.say_moment(told.useful_until))
            return [*own, until, *facts(voice, session)]
        case Tells.SEAT | Tells.CHANGED | Tells.MOVED | Tells.REMINDER | Tells.MORNING:
            return [*own, *facts(voice, session)]
        case Tells.OFFER_OVER | Tells.NO_SEAT | Tells.CANCELLED | Tells.WITHDRAWN:
            return [*own, flex.row(_when_label(voice, session), when(session))]
        case Tells.AFTER:
            return [*own, *_learnt(voice, session), *_was_it_helpful(voice, booked)]
    assert_never(told.kind)


def _learnt(voice: Voice, session: Session) -> list[flex.Component]:
    steps = session.course.steps
    if not steps:
        return []
    numbered = [f"{number}. {voice.read(step)}" for number, step in enumerate(steps, start=1)]
    label = flex.text(voice.say("classes.steps"), size="sm", bold=True, color=flex.ACCENT)
    return [label, *(flex.text(step) for step in numbered), flex.line()]


def _was_it_helpful(voice: Voice, booked: Booked) -> list[flex.Component]:
    number = booked.booking.id
    yes = flex.postback(voice.label("classes.button_helpful"), "class_helpful", b=number, v=1)
    no = flex.postback(voice.label("classes.button_not_helpful"), "class_helpful", b=number, v=0)
    return [
        flex.text(voice.say("classes.helpful_question"), bold=True),
        *map(flex.button, (yes, no)),
    ]


def _ways(voice: Voice, kind: Tells, booked: Booked) -> list[flex.Component]:
    number, session = booked.booking.id, booked.session
    see = flex.button(flex.postback(voice.label("classes.button_see"), "class_booking", b=number))
    others = flex.button(
        flex.postback(voice.label("classes.button_others"), "class_course", c=session.course.id)
    )
    match kind:
        case Tells.OFFER:
            yes = flex.postback(voice.label("classes.button_yes"), "class_offer_yes", b=number)
            no = flex.postback(voice.label("classes.button_no"), "class_offer_no", b=number)
            return [flex.button(yes, style="primary"), flex.button(no)]
        case Tells.SEAT | Tells.MOVED:
            return [see, *map_button(voice, session)]
        case Tells.CHANGED | Tells.REMINDER | Tells.MORNING:
            cannot = voice.label("classes.button_cannot")
            away = flex.postback(cannot, "class_cancel", b=number)
            return [see, *map_button(voice, session), flex.button(away)]
        case Tells.OFFER_OVER | Tells.NO_SEAT | Tells.CANCELLED:
            return [others]
        case Tells.WITHDRAWN:
            mine = flex.postback(voice.label("button.class_mine"), "class_mine")
            return [flex.button(mine)]
        case Tells.AFTER:
            again = flex.postback(
                voice.label("classes.button_again"), "class_course", c=session.course.id
            )
            higher = min(3, session.course.level + 1)
            after = flex.postback(voice.label("classes.button_next"), "class_level", l=higher)
            return [flex.button(after, style="primary"), flex.button(again)]
    assert_never(kind)


def _call(voice: Voice, city: City, kind: Tells) -> list[flex.Component]:
    if kind in (Tells.AFTER, Tells.OFFER):
        return []
    return [flex.button(flex.call(voice.label("button.call"), city.section("ict").phone))]


def _when_label(voice: Voice, session: Session) -> str:
    if session.is_series:
        return voice.say("classes.times_label", count=len(session.meetings))
    return voice.say("classes.when")


def _sample(voice: Voice, session: Session) -> list[flex.Component]:
    if not session.is_sample:
        return []
    return [flex.text(voice.say("classes.sample"), size="md", color=flex.QUIET)]
