"""What stands in the way of an announcement as it is written: limits, emptiness, samples."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.campaigns.rules import PARTS_MOST, Button, Card, Draft, Part, Picture, Words
from bot.line.limits import ALT_TEXT_UNITS, graphemes, units
from bot.placeholders import holds_placeholder

TEXT_MOST = 2000
"""UTF-16 units of one text: LINE takes 5000, a Flex bubble (30 KB) holds fewer."""
CARD_TEXT_MOST = 600
TITLE_MOST = 40
LABEL_MOST = 20
BUTTONS_MOST = 4
_ADDRESS = re.compile(r"https?://|\bwww\.", re.IGNORECASE | re.ASCII)
_POSTBACK = re.compile(r"[a-z_]{1,20}")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to mend. `part` counts from 0, None is the whole; `most` is the limit it breaks."""

    what: str
    part: int | None = None
    most: int | None = None


def faults(draft: Draft, *, is_real_line: bool, topics: Collection[str]) -> tuple[Fault, ...]:
    """Everything that keeps it from being checked; empty when nothing does.

    A text that still holds a sample never goes to real LINE. Without a topic, or a procedure that
    is watched, nobody could stop it, so that is a fault as well.
    """
    return tuple(_faults(draft, is_real_line, topics))


def holds_sample(draft: Draft) -> bool:
    """True when a placeholder of the sample city still stands in it."""
    return any(holds_placeholder(words) for part in draft.parts for words in _said(part))


def addresses_in_words(draft: Draft) -> tuple[int, ...]:
    """The places of the parts in whose words an address stands: on a phone it cannot be tapped."""
    return tuple(
        place
        for place, part in enumerate(draft.parts)
        if not isinstance(part, Picture)
        and any(_ADDRESS.search(words) for words in (part.text, part.easy))
    )


def _faults(draft: Draft, is_real_line: bool, topics: Collection[str]) -> Iterator[Fault]:
    if not draft.title.strip():
        yield Fault("title")
    if not draft.parts:
        yield Fault("empty")
    if len(draft.parts) > PARTS_MOST:
        yield Fault("parts", most=PARTS_MOST)
    if draft.topic not in topics:
        yield Fault("topic")
    elif draft.audience.topics and draft.topic not in draft.audience.topics:
        # The topic under a push is why one gets it: no other could be stopped to be rid of it.
        yield Fault("topic_apart")
    if not (draft.audience.topics or draft.audience.procedures):
        yield Fault("audience")
    for place, part in enumerate(draft.parts):
        yield from _part(part, place)
    if is_real_line and holds_sample(draft):
        yield Fault("sample")


def _part(part: Part, place: int) -> Iterator[Fault]:
    if isinstance(part, Words):
        yield from _length(part.text, place, TEXT_MOST)
        yield from _length(part.easy, place, TEXT_MOST, may_be_empty=True)
    elif isinstance(part, Picture):
        yield from _length(part.alt, place, ALT_TEXT_UNITS)
    else:
        yield from _card(part, place)


def _card(card: Card, place: int) -> Iterator[Fault]:
    if not card.title.strip() or graphemes(card.title) > TITLE_MOST:
        yield Fault("card_title", place, TITLE_MOST)
    yield from _length(card.text, place, CARD_TEXT_MOST)
    yield from _length(card.easy, place, CARD_TEXT_MOST, may_be_empty=True)
    if len(card.buttons) > BUTTONS_MOST:
        yield Fault("buttons", place, BUTTONS_MOST)
    for button in card.buttons:
        yield from _button(button, place)


def _button(button: Button, place: int) -> Iterator[Fault]:
    if not 1 <= graphemes(button.label.strip()) <= LABEL_MOST:
        yield Fault("label", place, LABEL_MOST)
    if button.to == "link":
        if not _is_whole(button.argument) or len(button.argument) > 1000:
            yield Fault("address", place)
    elif button.to == "call":
        if not re.fullmatch(r"[0-9+\-]{3,20}", button.argument):
            yield Fault("number", place)
    elif not _POSTBACK.fullmatch(button.to) or len(button.argument) > 200:
        yield Fault("button", place)


def _is_whole(address: str) -> bool:
    """True for an https address with a host that one can look up, and without blanks."""
    try:
        parts = urlsplit(address)
        is_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    host = parts.hostname or ""
    is_host = "." in host.strip(".") and not host.startswith(".")
    return parts.scheme == "https" and is_host and is_port and not re.search(r"\s", address)


def _length(words: str, place: int, most: int, *, may_be_empty: bool = False) -> Iterator[Fault]:
    if not words.strip() and not may_be_empty:
        yield Fault("text_empty", place)
    elif units(words) > most:
        yield Fault("text_long", place, most)


def _said(part: Part) -> Iterator[str]:
    if isinstance(part, Words):
        yield from (part.text, part.easy)
    elif isinstance(part, Picture):
        yield part.alt
    else:
        yield from (part.title, part.text, part.easy)
        yield from (f"{button.label} {button.argument}" for button in part.buttons)
