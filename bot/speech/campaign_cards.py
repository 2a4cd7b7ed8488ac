"""Announcements as messages: for the push, the test and the preview alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.campaigns import reactions
from bot.campaigns.rules import Button, Card, Draft, Part, Picture, Words
from bot.line.limits import Message
from bot.speech import flex
from bot.speech.flex import Component
from bot.speech.texts import Voice


@dataclass(frozen=True, slots=True)
class Shown:
    """The addresses of a picture: the whole one and the small one, and its shape as "20:13"."""

    address: str
    preview: str
    shape: str = "20:13"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where pictures stand, and what a button's address is called at our own door.

    A picture or link that has none is left out or goes straight to its address.
    """

    pictures: Callable[[int], Shown | None] = lambda _id: None
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Place:
    """Which part of which announcement."""

    campaign_id: int
    part: int


def compose(
    voice: Voice, draft: Draft, addresses: Addresses, *, campaign_id: int = 0
) -> list[Message]:
    """The messages of one call in the voice's style, the last with the button that stops the topic.

    Who chose やさしい日本語 gets the easy words where they are written, else the others with
    readings. With its number (0: a preview) buttons carry where they stand, to be counted.
    """
    messages = [
        message
        for place, part in enumerate(draft.parts)
        for message in _message(voice, part, addresses, _Place(campaign_id, place))
    ]
    if draft.topic is None:
        return messages
    stop = _stop(voice, draft.topic, campaign_id)
    if messages and messages[-1]["type"] == "flex":
        return [*messages[:-1], _with_footer(messages[-1], stop)]
    words = voice.say("campaign.stop_about")
    return [*messages, flex.card(words, flex.bubble(None, [flex.text(words, size="md")], [stop]))]


def _message(voice: Voice, part: Part, addresses: Addresses, at: _Place) -> Sequence[Message]:
    if isinstance(part, Words):
        words = voice.choose(part.text, part.easy or None)
        return [flex.card(_first(words), flex.bubble(None, flex.sentences(words)))]
    if isinstance(part, Picture):
        shown = addresses.pictures(part.picture_id)
        if shown is None:
            return []
        return [_picture(part.alt, shown)]
    return [_card(voice, part, addresses, at)]


def _picture(alt: str, shown: Shown) -> Message:
    # A bubble and not an image message: only so it has words for those who cannot see it.
    contents = {"type": "bubble", "size": "giga", "hero": _hero(shown)}
    return flex.card(alt, contents)


def _card(voice: Voice, card: Card, addresses: Addresses, at: _Place) -> Message:
    words = voice.choose(card.text, card.easy or None)
    title = voice.read(card.title)
    buttons = [
        flex.button(
            _action(button, addresses, at, place), style="primary" if place == 0 else "secondary"
        )
        for place, button in enumerate(card.buttons)
    ]
    bubble = flex.bubble(title, flex.sentences(words), buttons)
    shown = addresses.pictures(card.picture_id) if card.picture_id is not None else None
    if shown is not None:
        bubble["hero"] = _hero(shown)
    return flex.card(f"{title}\n{_first(words)}", bubble)


def _hero(shown: Shown) -> Component:
    return {
        "type": "image",
        "url": shown.address,
        "size": "full",
        "aspectRatio": shown.shape,
        "aspectMode": "fit",
    }


def _action(button: Button, addresses: Addresses, at: _Place, place: int) -> Component:
    if button.to == "link":
        return flex.link(button.label, addresses.links.get(button.argument, button.argument))
    if button.to == "call":
        return flex.call(button.label, button.argument)
    data = f"to={button.to}" + (f"&{button.argument}" if button.argument else "")
    if at.campaign_id:
        data += f"&{reactions.CAME_FROM}={reactions.mark(at.campaign_id, at.part, place)}"
    return {
        "type": "postback",
        "label": button.label,
        "data": data,
        "displayText": button.label,
    }


def _stop(voice: Voice, topic: str, campaign_id: int) -> Component:
    more = {"c": campaign_id} if campaign_id else {}
    action = flex.postback(voice.label("campaign.stop"), "stop_topic", t=topic, **more)
    part = flex.button(action, style="link")
    part["height"] = "sm"
    return part


def _with_footer(message: Message, button: Component) -> Message:
    contents = dict(message["contents"])
    footer = contents.get("footer")
    parts = [*footer["contents"], button] if footer else [button]
    contents["footer"] = flex.column(parts)
    return {**message, "contents": contents}


def _first(words: str) -> str:
    line = next((line.strip() for line in words.splitlines() if line.strip()), "")
    return line or words[:60]
