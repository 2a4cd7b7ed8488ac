"""What is said in another language, below an answer in Japanese."""

from collections.abc import Sequence
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


def with_sentence(
    voice: Voice, city: City, language: Language, answer: Sequence[Message]
) -> list[Message]:
    """The answer, and below it, where the chat stands when it comes: that the desk answers in
    Japanese, in the reader's words, with easy Japanese and the telephone."""
    body = [*flex.sentences(language.said), flex.row(voice.say("ask.phone"), city.phone)]
    buttons = [
        flex.button(flex.postback(language.easy, "style_set", s=Style.EASY)),
        flex.button(flex.call(language.call, city.phone)),
    ]
    card = flex.card(language.said.splitlines()[0], flex.bubble(None, body, buttons))
    said = [dict(message) for message in answer]
    # LINE shows the quick replies of the last message alone.
    quick_replies = said[-1].pop("quickReply", None) if said else None
    return [*said, card | ({"quickReply": quick_replies} if quick_replies else {})]
