"""The menu, the way to a person, and the greeting."""

from collections.abc import Sequence

from bot.city import City
from bot.line.limits import Message
from bot.speech import flex
from bot.speech.texts import Voice

_MENU = ("ask", "procedures", "classes", "news", "me", "person")


def menu(voice: Voice) -> list[Message]:
    """The six areas, the same as on the rich menu: as many buttons as stand together."""
    title = voice.say("greeting.menu_title")
    buttons = [flex.button(tap) for tap in taps(voice, _MENU)]
    hint = flex.text(voice.say("greeting.menu_hint"), size="md", color=flex.QUIET)
    return [flex.card(title, flex.bubble(title, [hint], buttons))]


def welcome(voice: Voice, city: City) -> list[Message]:
    """The first words: who speaks, what is kept and why, and the menu."""
    words = voice.say("greeting.welcome", city=city.name, notice=city.notice)
    kept = voice.say("greeting.kept")
    title = voice.say("greeting.welcome_title")
    body = [*flex.sentences(words), flex.line(), *flex.sentences(kept)]
    style = flex.postback(voice.label("button.style"), "style")
    cards = [flex.card(words.splitlines()[0], flex.bubble(title, body)), *menu(voice)]
    news = flex.postback(voice.label("button.choose_start"), "news")
    return flex.with_quick_replies(cards, [style, news])


def person(voice: Voice, city: City) -> list[Message]:
    """A person to ask: the number to tap, when it is answered, where to go."""
    opening = voice.say("person.open")
    body = [
        *flex.sentences(opening),
        *phone_and_hours(voice, city.phone, city.hours),
        flex.row(voice.say("person.place"), voice.read(city.place)),
        flex.text(voice.say("person.near"), size="md", color=flex.QUIET),
    ]
    card = flex.card(opening, flex.bubble(voice.say("person.title"), body, _call(voice, city)))
    return ways_on(voice, [card], ["menu", "ask"])


def danger(voice: Voice, warm: str, calls: Sequence[tuple[str, str, str]]) -> list[Message]:
    """One warm sentence and the numbers that help now: (label, number, note) each."""
    body: list[flex.Component] = [flex.text(voice.read(warm), size="xl", bold=True)]
    for label, number, note in calls:
        button = flex.button(flex.call(label, number), style="primary")
        body.append(button | {"color": flex.WARN})
        # The number is written out too: the next telephone may be the one on the wall.
        written = [] if number in label else [number]
        known = "  ".join([*written, *([voice.read(note)] if note else [])])
        if known:
            body.append(flex.text(known, size="md", color=flex.QUIET))
    numbers = " ".join(f"{label} {number}" for label, number, _ in calls[:1])
    return ways_on(voice, [flex.card(f"{voice.read(warm)} {numbers}", flex.bubble(None, body))])


def ways_on(
    voice: Voice, messages: Sequence[Message], ways: Sequence[str] = ("menu", "ask", "person")
) -> list[Message]:
    """The messages with menu, person and a new question within reach: those ways that no button
    of theirs leads already."""
    there = set(flex.targets([*messages]))
    return flex.with_quick_replies(messages, taps(voice, [to for to in ways if to not in there]))


def taps(voice: Voice, ways: Sequence[str] = ("menu", "person")) -> list[flex.Component]:
    """The actions of taps that lead there, each under the name of its button."""
    return [flex.postback(voice.label(f"button.{to}"), to) for to in ways]


def phone_and_hours(voice: Voice, phone: str, hours: str) -> list[flex.Component]:
    """The number in writing, for those who ring from another telephone, and when it is answered."""
    return [
        flex.row(voice.say("ask.phone"), phone),
        flex.row(voice.say("ask.hours"), voice.read(hours)),
    ]


def _call(voice: Voice, city: City) -> list[flex.Component]:
    return [
        flex.button(flex.call(voice.label("button.call"), city.phone), style="primary"),
        flex.button(flex.postback(voice.label("button.menu"), "menu")),
    ]
