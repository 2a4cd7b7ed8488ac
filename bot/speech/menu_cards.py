"""The menu, the way to a person, and the greeting."""

from collections.abc import Sequence

from bot.city import City
from bot.line.limits import Message
from bot.speech import flex
from bot.speech.texts import Voice

_MENU = ("ask", "procedures", "classes", "news", "me", "person")


def menu(voice: Voice) -> list[Message]:
    """The six areas, the same as on the rich menu."""
    title = voice.say("greeting.menu_title")
    buttons = [flex.button(flex.postback(voice.label(f"button.{to}"), to)) for to in _MENU]
    hint = flex.text(voice.say("greeting.menu_hint"), size="md", color=flex.QUIET)
    return [flex.card(title, flex.bubble(title, [hint], buttons))]


def welcome(voice: Voice, city: City) -> list[Message]:
    """The first words: who speaks, what is kept and why, and the menu."""
    words = voice.say("greeting.welcome", city=city.name, notice=city.notice)
    kept = voice.say("greeting.kept")
    title = voice.say("greeting.welcome_title")
    body = [*flex.sentences(words), flex.line(), *flex.sentences(kept)]
    buttons = [
        flex.button(flex.postback(voice.label("button.ask"), "ask"), style="primary"),
        flex.button(flex.postback(voice.label("button.style"), "style")),
        flex.button(flex.postback(voice.label("button.me"), "me")),
    ]
    return [flex.card(words.splitlines()[0], flex.bubble(title, body, buttons)), *menu(voice)]


def person(voice: Voice, city: City) -> list[Message]:
    """A person to ask: the number to tap, when it is answered, where to go."""
    opening = voice.say("person.open")
    body = [
        *flex.sentences(opening),
        flex.row(voice.say("ask.hours"), voice.read(city.hours)),
        flex.row(voice.say("person.place"), voice.read(city.place)),
        flex.text(voice.say("person.near"), size="md", color=flex.QUIET),
    ]
    return [flex.card(opening, flex.bubble(voice.say("person.title"), body, _call(voice, city)))]


def classes_to_come(voice: Voice, city: City) -> list[Message]:
    """Classes cannot be booked here yet: who takes bookings, and when."""
    section = city.section("ict")
    body = [
        *flex.sentences(voice.say("person.classes")),
        flex.row(voice.say("ask.section"), voice.read(section.name)),
        flex.row(voice.say("ask.hours"), voice.read(section.hours)),
    ]
    title = voice.say("person.classes_title")
    buttons = [
        flex.button(flex.call(voice.label("button.call"), section.phone), style="primary"),
        flex.button(flex.postback(voice.label("button.menu"), "menu")),
    ]
    return [flex.card(voice.say("person.classes"), flex.bubble(title, body, buttons))]


def news_to_come(voice: Voice, city: City) -> list[Message]:
    """Announcements are not sent here yet: where to look, whom to ring."""
    said = voice.say("person.news")
    site = flex.button(flex.link(voice.label("person.site"), city.site))
    body = [*flex.sentences(said), flex.row(voice.say("ask.hours"), voice.read(city.hours))]
    title = voice.say("person.news_title")
    return [flex.card(said, flex.bubble(title, body, [site, *_call(voice, city)]))]


def danger(voice: Voice, warm: str, calls: Sequence[tuple[str, str, str]]) -> list[Message]:
    """One warm sentence and the numbers that help now: (label, number, note) each."""
    body: list[flex.Component] = [flex.text(voice.read(warm), size="xl", bold=True)]
    for label, number, note in calls:
        button = flex.button(flex.call(label, number), style="primary")
        body.append(button | {"color": flex.WARN})
        if note:
            body.append(flex.text(voice.read(note), size="md", color=flex.QUIET))
    footer = [flex.button(flex.postback(voice.label("button.person"), "person"))]
    return [flex.card(voice.read(warm), flex.bubble(None, body, footer))]


def ways_on(voice: Voice, messages: Sequence[Message]) -> list[Message]:
    """The messages with menu, person and a new question within reach."""
    actions = [
        flex.postback(voice.label(f"button.{name}"), name) for name in ("menu", "ask", "person")
    ]
    return flex.with_quick_replies(messages, actions)


def _call(voice: Voice, city: City) -> list[flex.Component]:
    return [
        flex.button(flex.call(voice.label("button.call"), city.phone), style="primary"),
        flex.button(flex.postback(voice.label("button.menu"), "menu")),
    ]
