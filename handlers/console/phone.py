"""Draws a LINE message as a phone shows it, for pages of the console: our own parts, no raw markup.

Whatever a message says goes through the template's escaping; colours and sizes become classes of
our own style sheet, so that nothing of it can carry a style, a script or a link.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.line.limits import Message
from bot.speech import flex

_COLOURS = {flex.QUIET: "quiet", flex.ACCENT: "accent", flex.WARN: "warn"}
_SIZES = {"xxs": "sm", "xs": "sm", "sm": "sm", "md": "md", "xl": "xl", "xxl": "xl", "3xl": "xl"}
_DEEPEST = 12
_OWN_PICTURE = re.compile(r"/p/[\w-]{10,50}\.jpg")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the picture. `kind`: bubble, box, row, choice, text, button, line, picture.

    `classes` are of phone.css; `address` is where a button leads, shown as words, or where a
    picture of ours stands; pictures of other hosts have none.
    """

    kind: str
    words: str = ""
    classes: str = ""
    address: str = ""
    parts: tuple["Part", ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """One message: its bubbles side by side, and what a notification and a screen reader say."""

    alt: str
    bubbles: tuple[Part, ...]
    quick_replies: tuple[str, ...] = ()


def draw(messages: Sequence[Message]) -> tuple[Picture, ...]:
    """The messages as pictures, in their order."""
    return tuple(_message(message) for message in messages)


def _message(message: Mapping[str, Any]) -> Picture:
    items = message.get("quickReply", {}).get("items", [])
    replies = tuple(str(item.get("action", {}).get("label", "")) for item in items)
    if message.get("type") == "flex":
        contents = message.get("contents", {})
        is_many = contents.get("type") == "carousel"
        held = contents.get("contents", []) if is_many else [contents]
        alt = str(message.get("altText", ""))
        return Picture(alt, tuple(_bubble(bubble) for bubble in held), replies)
    words = str(message.get("text", ""))
    return Picture(words, (Part("bubble", parts=(Part("text", words),)),), replies)


def _bubble(bubble: Mapping[str, Any]) -> Part:
    places = ("header", "hero", "body", "footer")
    held = [(name, bubble[name]) for name in places if isinstance(bubble.get(name), Mapping)]
    parts = tuple(
        Part("box", classes=f"phone-{name}", parts=tuple(_parts([part], 0))) for name, part in held
    )
    return Part("bubble", parts=parts)


def _parts(held: Iterable[Mapping[str, Any]], depth: int) -> Iterable[Part]:
    for component in held if depth < _DEEPEST else ():
        kind = component.get("type")
        if kind == "text":
            yield Part("text", _words(component), _classes(component))
        elif kind == "button":
            yield _button(component)
        elif kind == "separator":
            yield Part("line")
        elif kind == "image":
            yield Part("picture", address=_own_path(str(component.get("url", ""))))
        elif kind == "box":
            yield _box(component, depth)


def _box(component: Mapping[str, Any], depth: int) -> Part:
    inner = tuple(_parts(component.get("contents", []), depth + 1))
    if "action" in component:
        return Part("choice", parts=inner)
    layout = component.get("layout")
    return Part("row" if layout in ("horizontal", "baseline") else "box", parts=inner)


def _button(component: Mapping[str, Any]) -> Part:
    action = component.get("action", {})
    is_primary = component.get("style") == "primary"
    address = str(action.get("uri", "")).removeprefix("tel:")
    style = "is-primary" if is_primary else ""
    return Part("button", str(action.get("label", "")), style, address)


def _own_path(address: str) -> str:
    """The path of a picture that our own door shows (`/p/…`); the page may load no others."""
    path = urlsplit(address).path
    return path if _OWN_PICTURE.fullmatch(path) else ""


def _words(component: Mapping[str, Any]) -> str:
    spans = component.get("contents", [])
    said = "".join(str(span.get("text", "")) for span in spans)
    return said or str(component.get("text", ""))


def _classes(component: Mapping[str, Any]) -> str:
    classes = [f"is-{_SIZES.get(str(component.get('size', 'md')), 'lg')}"]
    colour = _COLOURS.get(str(component.get("color", "")))
    classes += [f"is-{colour}"] if colour else []
    classes += ["is-bold"] if component.get("weight") == "bold" else []
    return " ".join(classes)
