"""What a resident chose to be told: the 控え in the chat, its rows on the page, and none yet."""

from collections.abc import Sequence

from bot.city import City
from bot.line.limits import Message
from bot.residents.rules import Choices
from bot.residents.topics import NewsTopics
from bot.speech import flex, menu_cards
from bot.speech.choice_cards import Step, topic_name
from bot.speech.texts import Voice


def beginning(voice: Voice, city: City, *, has_page: bool) -> list[Message]:
    """For who has chosen nothing: what is to be had, and that nothing comes unasked."""
    said = voice.say("choices.empty")
    start = flex.postback(voice.label("button.choose_start"), Step.TOPICS, walk=1)
    buttons = [
        flex.button(start, style="primary"),
        *_ways(voice, ["choose_page"] if has_page else []),
        flex.button(flex.link(voice.label("button.site"), city.site)),
        *_ways(voice, ["later"]),
    ]
    title = voice.say("choices.title")
    card = flex.card(said, flex.bubble(title, flex.sentences(said), buttons))
    return menu_cards.ways_on(voice, [card])


def kept(
    voice: Voice, city: City, topics: NewsTopics, choices: Choices, *, watching: int, has_page: bool
) -> list[Message]:
    """The 控え: all that is chosen, with the ways to change and to stop it."""
    said = rows(voice, city, topics, choices)
    body = [flex.row(name, value) for name, value in said]
    if watching:
        count = voice.say("choices.watching_count", count=watching)
        body.append(flex.row(voice.say("choices.watching"), count))
    body.append(flex.text(voice.say("choices.change_any_time"), size="md", color=flex.QUIET))
    ways = [*Step, *["choose_page"] * has_page, *["stop_all"] * bool(choices.topics)]
    buttons = _ways(voice, ways)
    title = voice.say("choices.kept_title")
    chosen = said[0]
    alt = f"{title} {chosen[0]}: {chosen[1]}"
    return menu_cards.ways_on(voice, [flex.card(alt, flex.bubble(title, body, buttons))])


def rows(voice: Voice, city: City, topics: NewsTopics, choices: Choices) -> list[tuple[str, str]]:
    """What is chosen, as names and values, the unsaid said to be so; for cards and pages."""
    named = "、".join(topic_name(voice, topic) for topic in topics.chosen(choices.topics))
    district = city.district(choices.district)
    age, hours, untold = choices.age_band, choices.hours, voice.say("choices.not_told")
    return [
        (voice.say("choices.topics"), named or voice.say("choices.topics_none")),
        (voice.say("choices.district"), voice.read(district.name) if district else untold),
        (voice.say("choices.age_band"), voice.say(f"choices.age_{age}") if age else untold),
        (voice.say("choices.hours"), voice.say(f"choices.hours_{hours}") if hours else untold),
    ]


def _ways(voice: Voice, ways: Sequence[str]) -> list[flex.Component]:
    return [flex.button(tap) for tap in menu_cards.taps(voice, ways)]
