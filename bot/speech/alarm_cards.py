"""Emergencies that last, above menu and answers; and the words when nothing can be searched."""

from collections.abc import Sequence
from typing import Protocol

from bot.city import City
from bot.line.limits import Message, check
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
    voice: Voice, city: City, alarms: Sequence[Alarm], said: Sequence[Message]
) -> list[Message]:
    """What is said, with the emergencies above it that last; silence stays silence."""
    if not alarms or not said or len(said) >= _MOST:
        return [*said]
    return [banner(voice, city, alarms), *said]


def banner(voice: Voice, city: City, alarms: Sequence[Alarm]) -> Message:
    """Each emergency in one sentence, in the given order, with the way to the shelters.

    A notification gives the real ones; drills where there is nothing else.
    """
    title = voice.say("alarm.title")
    # A line between them: that one is a drill must not be read of the one before it.
    body = [part for alarm in alarms for part in (*_short(voice, alarm), flex.line())][:-1]
    loudest = [alarm for alarm in alarms if alarm.is_drill == alarms[0].is_drill]
    words = [part["text"] for alarm in loudest for part in _short(voice, alarm)]
    shelters = flex.link(voice.label("button.shelters"), city.shelters)
    button = flex.button(shelters, style="primary")
    bubble = flex.bubble(None, [_heading(title), *body], [button])
    return flex.card(" ".join([title, *words]), bubble)


def out_of_order(
    voice: Voice, city: City, question_id: int | None, alarms: Sequence[Alarm]
) -> list[Message]:
    """Nothing can be searched: the phone and its hours, the shelters, the emergencies' own words.

    `question_id` is None where no question was kept: then nobody promises an answer to it.
    Of so many emergencies that a card does not hold them, the last are told by their banners.
    """
    for whole in range(len(alarms), 0, -1):
        said = _out_of_order(voice, city, question_id, alarms, whole)
        if not check(said):
            return said
    return _out_of_order(voice, city, question_id, alarms, 0)


def _out_of_order(
    voice: Voice, city: City, question_id: int | None, alarms: Sequence[Alarm], whole: int
) -> list[Message]:
    is_kept = question_id is not None
    said = voice.say("alarm.out_of_order" if is_kept else "alarm.out_of_order_unkept")
    told = [part for one in alarms[:whole] for part in _whole(voice, one)]
    told += [part for one in alarms[whole:] for part in (*_short(voice, one), flex.line())]
    phone = menu_cards.phone_and_hours(voice, city.phone, city.hours)
    later = flex.postback(voice.label("button.await_answer"), "await", q=question_id)
    buttons = [
        flex.button(flex.call(voice.label("button.call"), city.phone), style="primary"),
        flex.button(flex.link(voice.label("button.shelters"), city.shelters)),
        *([flex.button(later)] if is_kept else []),
        flex.button(flex.postback(voice.label("button.menu"), "menu")),
    ]
    title = voice.say("alarm.out_of_order_title")
    bubble = flex.bubble(title, [*told, *flex.sentences(said), *phone], buttons)
    return menu_cards.ways_on(voice, [flex.card(said.splitlines()[0], bubble)])


def _heading(words: str) -> flex.Component:
    return flex.text(words, size="xl", bold=True, color=flex.WARN)


def _whole(voice: Voice, alarm: Alarm) -> list[flex.Component]:
    return [
        _heading(voice.read(alarm.title)),
        *_drill(voice, alarm),
        *flex.sentences(voice.choose(alarm.words, alarm.easy)),
        flex.line(),
    ]


def _short(voice: Voice, alarm: Alarm) -> list[flex.Component]:
    words = voice.choose(alarm.banner, alarm.banner_easy)
    return [*_drill(voice, alarm), flex.text(words, bold=True)]


def _drill(voice: Voice, alarm: Alarm) -> list[flex.Component]:
    return [flex.text(voice.say("alarm.drill"), bold=True)] if alarm.is_drill else []
