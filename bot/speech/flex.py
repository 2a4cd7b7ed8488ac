"""The few parts our cards are built from: big text, rows, buttons that are easy to hit."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import parse_qs, urlencode

from bot.line.limits import ALT_TEXT_UNITS, Message, split_text, units

Component = dict[str, Any]

INK = "#1A1A1C"
QUIET = "#5C5C5F"
ACCENT = "#0B4F6C"
PAPER = "#F3F7F9"
WARN = "#B3261E"


def text(words: str, *, size: str = "lg", bold: bool = False, color: str = INK) -> Component:
    """A wrapped text that follows the reader's own font size."""
    part: Component = {"type": "text", "text": words, "wrap": True, "size": size, "color": color}
    part["scaling"] = True
    if bold:
        part["weight"] = "bold"
    return part


def sentences(words: str) -> list[Component]:
    """One text a line, so that each idea stands by itself."""
    return [text(line.strip()) for line in words.splitlines() if line.strip()]


def row(label: str, value: str) -> Component:
    """A fact under its name: what to bring, until when, how much."""
    parts = [text(label, size="sm", bold=True, color=ACCENT), text(value)]
    return column(parts, spacing="xs")


def column(parts: Sequence[Component], *, spacing: str = "md", **more: Any) -> Component:
    """Parts below one another."""
    return {"type": "box", "layout": "vertical", "spacing": spacing, "contents": [*parts], **more}


def line() -> Component:
    """A thin line between parts."""
    return {"type": "separator", "margin": "lg"}


def postback(label: str, to: str, **arguments: object) -> Component:
    """The action of a tap that comes back to us; the chat shows its label as said."""
    data = urlencode({"to": to, **arguments})
    return {"type": "postback", "label": label, "data": data, "displayText": label}


def link(label: str, uri: str) -> Component:
    """The action that opens a page or rings a number."""
    return {"type": "uri", "label": label, "uri": uri}


def call(label: str, number: str) -> Component:
    """The action that offers to ring `number`."""
    return link(label, "tel:" + re.sub(r"[^0-9+#*]", "", number).replace("#", "%23"))


def button(action: Component, *, style: str = "secondary") -> Component:
    """A button high enough for an unsteady finger."""
    part: Component = {"type": "button", "action": action, "style": style, "height": "md"}
    if style == "primary":
        part["color"] = ACCENT
    part["adjustMode"] = "shrink-to-fit"
    part["scaling"] = True
    return part


def choice(words: str, action: Component) -> Component:
    """A button whose words may run over several lines, since a label would be cut."""
    return column(
        [text(words, bold=True, color=ACCENT)],
        action=action,
        backgroundColor=PAPER,
        cornerRadius="md",
        paddingAll="lg",
        borderColor=ACCENT,
        borderWidth="light",
    )


def side_by_side(parts: Sequence[Component]) -> Component:
    """Two buttons next to each other."""
    return {"type": "box", "layout": "horizontal", "spacing": "md", "contents": [*parts]}


def bubble(
    title: str | None, body: Iterable[Component], footer: Iterable[Component] = ()
) -> Component:
    """One card: its title, what it says, what can be done."""
    parts = [text(title, size="xl", bold=True, color=ACCENT)] if title else []
    card: Component = {"type": "bubble", "size": "giga", "body": column([*parts, *body])}
    buttons = list(footer)
    if buttons:
        card["footer"] = column(buttons)
    return card


def carousel(bubbles: Sequence[Component]) -> Component:
    """Cards side by side; one card stands alone."""
    return bubbles[0] if len(bubbles) == 1 else {"type": "carousel", "contents": [*bubbles]}


def card(alt: str, contents: Component) -> Message:
    """A Flex message; `alt` is what a notification and a screen reader give."""
    if units(alt) > ALT_TEXT_UNITS:
        alt = split_text(alt, ALT_TEXT_UNITS)[0]
    return {"type": "flex", "altText": alt, "contents": contents}


def targets(part: Any) -> Iterator[str]:
    """Where the buttons of a message (or a part of it) lead: "menu", "person", …"""
    if isinstance(part, dict):
        if part.get("type") == "postback":
            yield from parse_qs(part["data"]).get("to", [])
        part = list(part.values())
    if isinstance(part, list):
        for smaller in part:
            yield from targets(smaller)


def plain(words: str) -> list[Message]:
    """Text messages: one, or as many as its length needs."""
    return [{"type": "text", "text": piece} for piece in split_text(words)]


def with_quick_replies(messages: Sequence[Message], actions: Sequence[Component]) -> list[Message]:
    """The messages, the last of them with quick replies; LINE shows only the last one's."""
    if not messages or not actions:
        return [*messages]
    items = [{"type": "action", "action": action} for action in actions]
    return [*messages[:-1], {**messages[-1], "quickReply": {"items": items}}]
