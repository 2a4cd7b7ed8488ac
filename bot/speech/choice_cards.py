"""Choosing what to be told: one gentle question a card, each to be skipped, and stopping it."""

from collections.abc import Sequence
from enum import StrEnum

from bot.city import City, District
from bot.line.limits import Message
from bot.residents.rules import AgeBand, Choices, Hours
from bot.residents.topics import NewsTopic, NewsTopics
from bot.speech import district_cards, flex, menu_cards
from bot.speech.texts import Voice

PURPOSE = "mine"
"""Of the links to a resident's own pages; `about` tells on which of them a visit begins."""

_DATA_MOST = 300
"""Units that LINE takes behind a button."""


class Step(StrEnum):
    """The questions in their order; each is a button of its own and may be asked alone."""

    TOPICS = "choose_topics"
    DISTRICT = "choose_district"
    AGE = "choose_age"
    HOURS = "choose_hours"


def ask_topics(voice: Voice, topics: NewsTopics, choices: Choices, *, walks: bool) -> list[Message]:
    """The topics, a card for each group; a tap on one begins it or stops it."""
    title, hint = voice.say("choices.ask_topics"), voice.say("choices.ask_topics_hint")
    bubbles = []
    for group in topics.groups:
        body = [_topic(voice, topic, choices, walks=walks) for topic in group.topics]
        bubbles.append(flex.bubble(voice.choose(group.name, group.easy), body))
    question = flex.plain(f"{title}\n{hint}")
    names = "、".join(topic_name(voice, topic) for topic in topics.all)
    card = flex.card(f"{title} {names}", flex.carousel(bubbles))
    return _with_skip(voice, [*question, card], Step.TOPICS, walks=walks)


def ask_district(voice: Voice, city: City, choices: Choices, *, walks: bool) -> list[Message]:
    """The districts by their first kana, at most six a card."""

    def action(district: District) -> flex.Component:
        return flex.postback(district.name, "district_set", d=district.key, **_walk(walks))

    title, hint = voice.say("choices.ask_district"), voice.say("choices.ask_district_hint")
    card = district_cards.carousel(voice, title, city.districts, action)
    messages = [*flex.plain(f"{title}\n{hint}"), card]
    clears = choices.district is not None
    return _with_skip(voice, messages, Step.DISTRICT, walks=walks, clears=clears)


def ask_age(voice: Voice, choices: Choices, *, walks: bool) -> list[Message]:
    """The age bands."""
    options = [
        flex.postback(voice.label(f"choices.age_{band}"), "age_set", a=band, **_walk(walks))
        for band in AgeBand
    ]
    return _one_question(
        voice, "age_band", options, Step.AGE, walks=walks, clears=choices.age_band is not None
    )


def ask_hours(voice: Voice, choices: Choices, *, walks: bool) -> list[Message]:
    """When there is time: by day, in the evening, or either."""
    options = [
        flex.postback(voice.label(f"choices.hours_{hours}"), "hours_set", h=hours, **_walk(walks))
        for hours in Hours
    ]
    return _one_question(
        voice, "hours", options, Step.HOURS, walks=walks, clears=choices.hours is not None
    )


def started(
    voice: Voice, topics: Sequence[NewsTopic], *, again: bool, walks: bool
) -> list[Message]:
    """Topics begin, mostly one: another one, the next question, or that is all."""
    name = _names(voice, topics)
    if again:
        said = voice.say("choices.started_again", topic=name)
    else:
        said = voice.say("choices.started", topic=name)
    more = flex.postback(voice.label("button.more_topics"), Step.TOPICS, **_walk(walks))
    ways = [flex.button(more), _onward(voice, Step.TOPICS, walks=walks)]
    ways.append(flex.button(stop_action(voice, _joined(topics))))
    return _said(voice, said, ways)


def stopped(voice: Voice, topics: Sequence[NewsTopic], *, walks: bool) -> list[Message]:
    """Topics are stopped, kindly, mostly one, and how to have them back; none is on offer now."""
    name = _names(voice, topics) if topics else voice.say("choices.gone_topic")
    said = voice.say("choices.stopped", topic=name)
    ways = []
    if topics:
        to = {"t": _joined(topics), "again": 1, **_walk(walks)}
        undo = flex.postback(voice.label("button.undo"), "topic_on", **to)
        if len(undo["data"]) > _DATA_MOST:
            undo = flex.postback(voice.label("button.undo"), Step.TOPICS, **_walk(walks))
        ways.append(flex.button(undo))
    ways.append(_onward(voice, Step.TOPICS, walks=True) if walks else _way(voice, "news_settings"))
    return _said(voice, said, ways)


def stopped_already(voice: Voice) -> list[Message]:
    """What an announcement was about was stopped before, and where to see what comes."""
    return _said(voice, voice.say("choices.stopped_already"), [_way(voice, "news_settings")])


def stop_action(voice: Voice, keys: str) -> flex.Component:
    """「この話題を止める」 of one topic, or of several whose keys are joined by commas."""
    return flex.postback(voice.label("button.stop_topic"), "stop_topic", t=keys)


def ask_stop(voice: Voice, topics: NewsTopics, choices: Choices) -> list[Message]:
    """The topics that come now, at most six a card: a tap stops one; or all of them."""
    title = voice.say("choices.ask_stop")
    chosen = topics.chosen(choices.topics)
    most = district_cards.AT_ONCE
    cards = [chosen[at : at + most] for at in range(0, len(chosen), most)]
    bubbles = [
        flex.bubble(title, [_topic(voice, topic, choices, walks=False) for topic in card])
        for card in cards
    ]
    names = "、".join(topic_name(voice, topic) for topic in chosen)
    everything = flex.postback(voice.label("button.stop_all"), "stop_all")
    card = flex.card(f"{title} {names}", flex.carousel(bubbles))
    return flex.with_quick_replies([card], [everything, *menu_cards.taps(voice)])


def confirm_stopping(voice: Voice) -> list[Message]:
    """Asks before everything stops."""
    title, said = voice.say("choices.ask_stop_all"), voice.say("choices.ask_stop_all_about")
    no = flex.postback(voice.label("button.stop_all_no"), "news")
    ways = [_way(voice, "stop_all_yes"), flex.button(no, style="primary")]
    card = flex.card(f"{title} {said}", flex.bubble(title, flex.sentences(said), ways))
    return menu_cards.ways_on(voice, [card])


def stopped_all(voice: Voice) -> list[Message]:
    """Everything is stopped, and how to begin anew."""
    said = voice.say("choices.stopped_all")
    start = flex.postback(voice.label("button.choose_start"), Step.TOPICS, walk=1)
    return _said(voice, said, [flex.button(start)])


def told(voice: Voice, value: str | None) -> list[Message]:
    """What was heard, said back; None for what was taken away."""
    if value is None:
        return flex.plain(voice.say("choices.untold"))
    return flex.plain(voice.say("choices.told", value=voice.read(value)))


def link(voice: Voice, address: str, about: str) -> list[Message]:
    """The way to the resident's own pages; `about` tells for what."""
    said = voice.say(f"choices.link_{about}")
    opens = flex.button(flex.link(voice.label("pages.open"), address), style="primary")
    return _said(voice, said, [opens])


def topic_name(voice: Voice, topic: NewsTopic) -> str:
    """The topic's name as this resident reads it."""
    return voice.choose(topic.name, topic.easy)


def _names(voice: Voice, topics: Sequence[NewsTopic]) -> str:
    return "」「".join(topic_name(voice, topic) for topic in topics)


def _joined(topics: Sequence[NewsTopic]) -> str:
    return ",".join(topic.key for topic in topics)


def _said(voice: Voice, said: str, ways: Sequence[flex.Component]) -> list[Message]:
    bubble = flex.bubble(None, flex.sentences(said), ways)
    return menu_cards.ways_on(voice, [flex.card(said, bubble)])


def _topic(voice: Voice, topic: NewsTopic, choices: Choices, *, walks: bool) -> flex.Component:
    is_on = topic.key in choices.topics
    name = topic_name(voice, topic)
    action = flex.postback(
        topic.name, "stop_topic" if is_on else "topic_on", t=topic.key, **_walk(walks)
    )
    words = [
        flex.text(
            voice.say("choices.mark", name=name) if is_on else name, bold=True, color=flex.ACCENT
        ),
        flex.text(voice.choose(topic.about, topic.about_easy), size="md", color=flex.QUIET),
    ]
    return flex.choice(name, action) | {"contents": words}


def _one_question(
    voice: Voice,
    name: str,
    options: Sequence[flex.Component],
    step: Step,
    *,
    walks: bool,
    clears: bool,
) -> list[Message]:
    title, hint = voice.say(f"choices.ask_{name}"), voice.say(f"choices.ask_{name}_hint")
    body = [flex.text(hint, size="md", color=flex.QUIET)]
    body += [flex.choice(voice.read(one["label"]), one) for one in options]
    card = flex.card(title, flex.bubble(title, body))
    return _with_skip(voice, [card], step, walks=walks, clears=clears)


def _with_skip(
    voice: Voice, messages: list[Message], step: Step, *, walks: bool, clears: bool = False
) -> list[Message]:
    actions = []
    if walks:
        after = next_step(step)
        actions.append(flex.postback(voice.label("button.skip"), after or "news", **_walk(True)))
    if clears:
        setter, what = _SETTERS[step]
        actions.append(flex.postback(voice.label("button.clear"), setter, **{what: ""}))
    actions.append(flex.postback(voice.label("button.later"), "later"))
    return flex.with_quick_replies(messages, [*actions, *menu_cards.taps(voice)])


_SETTERS = {
    Step.DISTRICT: ("district_set", "d"),
    Step.AGE: ("age_set", "a"),
    Step.HOURS: ("hours_set", "h"),
}


def next_step(step: Step) -> Step | None:
    """The question after this one; None after the last."""
    every = list(Step)
    at = every.index(step) + 1
    return every[at] if at < len(every) else None


def _onward(voice: Voice, step: Step, *, walks: bool) -> flex.Component:
    after = next_step(step)
    if walks and after is not None:
        action = flex.postback(voice.label("button.next"), after, walk=1)
    else:
        action = flex.postback(voice.label("button.choose_done"), "news")
    return flex.button(action, style="primary")


def _way(voice: Voice, name: str) -> flex.Component:
    to = "news" if name == "news_settings" else name
    return flex.button(flex.postback(voice.label(f"button.{name}"), to))


def _walk(walks: bool) -> dict[str, int]:
    return {"walk": 1} if walks else {}
