"""An emergency that lasts, above menu and answers; and the words when nothing can be searched."""

from collections.abc import Sequence
from typing import Protocol

from bot.city import City
from bot.line.limits import Message
from bot.speech import flex, menu_cards
from bot.speech.texts import Voice

_MOST = 5
"""Messages that one reply may hold (LINE)."""


class Alarm(Protocol):
    """An emergency that has not been ended. `banner` is one short sentence, `words` the whole."""

    @property
    def title(self) -> str: ...
    @property
    def banner(self) -> str: ...
    @property
    def banner_easy(self) -> str: ...
    @property
    def words(self) -> str: ...
    @property
    def easy(self) -> str: ...
    @property
    def is_drill(self) -> bool: ...


def with_banner(
    voice: Voice, city: City, alarm: Alarm | None, said: Sequence[Message]
) -> list[Message]:
    """What is said, with the emergency above it while one lasts; silence stays silence."""
    if alarm is None or not said or len(said) >= _MOST:
        return [*said]
    return [banner(voice, city, alarm), *said]


def banner(voice: Voice, city: City, alarm: Alarm) -> Message:
    """The emergency in one sentence, with the way to the shelters."""
    title = voice.say("alarm.title")
    words = voice.choose(alarm.banner, alarm.banner_easy)
    body = [*_drill(voice, alarm), flex.text(words, bold=True)]
    shelters = flex.link(voice.label("button.shelters"), city.shelters)
    bubble = flex.bubble(None, [_heading(title), *body], [flex.button(shelters, style="primary")])
    return flex.card(f"{title} {words}", bubble)


def out_of_order(voice: Voice, city: City, question_id: int, alarm: Alarm | None) -> list[Message]:
    """Nothing can be searched: the phone and its hours, the shelters, the emergency's own words."""
    said = voice.say("alarm.out_of_order")
    told = []
    if alarm is not None:
        told = [
            _heading(voice.read(alarm.title)),
            *_drill(voice, alarm),
            *flex.sentences(voice.choose(alarm.words, alarm.easy)),
            flex.line(),
        ]
    phone = menu_cards.phone_and_hours(voice, city.phone, city.hours)
    later = flex.postback(voice.label("button.await_answer"), "await", q=question_id)
    buttons = [
        flex.button(flex.call(voice.label("button.call"), city.phone), style="primary"),
        flex.button(flex.link(voice.label("button.shelters"), city.shelters)),
        flex.button(later),
        flex.button(flex.postback(voice.label("button.menu"), "menu")),
    ]
    title = voice.say("alarm.out_of_order_title")
    bubble = flex.bubble(title, [*told, *flex.sentences(said), *phone], buttons)
    return menu_cards.ways_on(voice, [flex.card(said.splitlines()[0], bubble)])


def _heading(words: str) -> flex.Component:
    return flex.text(words, size="xl", bold=True, color=flex.WARN)


def _drill(voice: Voice, alarm: Alarm) -> list[flex.Component]:
    return [flex.text(voice.say("alarm.drill"), bold=True)] if alarm.is_drill else []
