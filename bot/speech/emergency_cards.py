"""What every friend is told in an emergency: plain and easy words on one card, and the shelters."""

from bot.campaigns.emergency import Active, Template
from bot.city import City
from bot.line.limits import Message
from bot.speech import flex
from bot.speech.flex import Component
from bot.speech.texts import Voice


def broadcast(voice: Voice, city: City, said: Template, *, is_drill: bool = False) -> list[Message]:
    """One card for everybody, since a broadcast cannot know who chose which words."""
    title = _title(voice, said.title, is_drill)
    body = [
        *flex.sentences(said.words),
        flex.line(),
        *flex.sentences(said.easy),
    ]
    first = said.words.strip().splitlines()[0]
    return [flex.card(f"{title}\n{first}", _red(title, body, _shelters(voice, city)))]


def standing(voice: Voice, city: City, active: Active) -> Message:
    """The banner as a card of its own, before the menu or an answer, in the resident's style."""
    words = voice.choose(active.banner, active.banner_easy)
    title = _title(voice, voice.say("emergency.heading"), active.is_drill)
    return flex.card(words, _red(title, flex.sentences(words), _shelters(voice, city)))


def _title(voice: Voice, title: str, is_drill: bool) -> str:
    return voice.say("emergency.drill", title=title) if is_drill else title


def _shelters(voice: Voice, city: City) -> list[Component]:
    return [
        flex.button(flex.link(voice.label("emergency.shelters"), city.shelters), style="primary"),
        flex.button(flex.call(voice.label("emergency.call"), city.phone)),
    ]


def _red(title: str, body: list[Component], buttons: list[Component]) -> Component:
    bubble = flex.bubble(None, body, buttons)
    bubble["header"] = flex.column(
        [flex.text(title, size="xl", bold=True, color="#FFFFFF")],
        backgroundColor=flex.WARN,
        paddingAll="lg",
    )
    return bubble
