"""An emergency as one broadcast: the same for everybody, first plainly, then in easy Japanese."""

from typing import Protocol

from bot.city import City
from bot.line.limits import Message
from bot.speech import flex
from bot.speech.texts import Voice


class Said(Protocol):
    """What is told of an emergency: a title, the words, and the same in やさしい日本語."""

    @property
    def title(self) -> str: ...
    @property
    def words(self) -> str: ...
    @property
    def easy(self) -> str: ...


def broadcast(voice: Voice, city: City, said: Said, *, is_drill: bool) -> list[Message]:
    """Two cards, each with the way to the shelters: LINE broadcasts one text to all styles.

    A drill says that it is one, first thing on both.
    """
    plain = _card(voice, city, said.title, said.words, is_drill=is_drill)
    easy = _card(voice, city, voice.say("alarm.easy_title"), said.easy, is_drill=is_drill)
    return [plain, easy]


def _card(voice: Voice, city: City, title: str, words: str, *, is_drill: bool) -> Message:
    drill = [voice.say("alarm.drill")] if is_drill else []
    heading = voice.say("alarm.title")
    body = [
        flex.text(heading, size="md", bold=True, color=flex.WARN),
        *(flex.text(one, bold=True) for one in drill),
        flex.text(title, size="xl", bold=True, color=flex.WARN),
        *flex.sentences(words),
    ]
    shelters = flex.link(voice.label("button.shelters"), city.shelters)
    buttons = [flex.button(shelters, style="primary")]
    alt = " ".join([heading, *drill, title])
    return flex.card(alt, flex.bubble(None, body, buttons))
