"""What is said in another language, above an answer in Japanese."""

from dataclasses import dataclass

from bot.city import City
from bot.line.limits import Message
from bot.residents.rules import Style
from bot.speech import flex
from bot.speech.texts import Voice


@dataclass(frozen=True, slots=True)
class Language:
    """A language: what is said in it, and its words on two buttons (at most 20 characters)."""

    key: str
    said: str
    easy: str
    call: str


def sentence(voice: Voice, city: City, language: Language) -> list[Message]:
    """That the desk answers in Japanese, in the reader's words; easy Japanese and the telephone."""
    body = [*flex.sentences(language.said), flex.row(voice.say("ask.phone"), city.phone)]
    buttons = [
        flex.button(flex.postback(language.easy, "style_set", s=Style.EASY)),
        flex.button(flex.call(language.call, city.phone)),
    ]
    return [flex.card(language.said.splitlines()[0], flex.bubble(None, body, buttons))]
