"""Checks our messages against LINE's limits before they leave, and splits what is too long.

Source of the figures: LINE's Messaging API reference (state of 2026-08). The SDK checks few of
them and silently drops misspelt Flex properties, so a closed list of properties stands here.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import regex

Message = dict[str, Any]
"""One LINE message as its JSON object."""

MESSAGES_A_CALL = 5
TEXT_UNITS = 5000
ALT_TEXT_UNITS = 1500
BUBBLE_BYTES = 30_000
CAROUSEL_BYTES = 50_000
BUBBLES = 12
QUICK_REPLIES = 13
CALL_BYTES = 2_000_000

_SIDE = "margin position offsetTop offsetBottom offsetStart offsetEnd flex"
_PADDING = "paddingAll paddingTop paddingBottom paddingStart paddingEnd"
_FLEX_PROPERTIES = {
    "bubble": "size direction header hero body footer styles action",
    "carousel": "contents",
    "box": f"layout contents backgroundColor borderColor borderWidth cornerRadius width maxWidth "
    f"height maxHeight spacing action justifyContent alignItems background {_PADDING} {_SIDE}",
    "text": "text contents adjustMode size align gravity wrap lineSpacing maxLines weight color "
    f"action style decoration scaling {_SIDE}",
    "button": f"action height style color gravity adjustMode scaling {_SIDE}",
    "separator": "margin color",
    "image": "url size align gravity aspectRatio aspectMode backgroundColor action animated "
    f"scaling {_SIDE}",
    "span": "text color size weight style decoration",
    "icon": f"url size aspectRatio scaling {_SIDE}",
    "filler": "flex",
}
_CHILDREN = ("header", "hero", "body", "footer")


def check(messages: Sequence[Message]) -> list[str]:
    """What LINE would refuse in these messages of one call; empty when all is well."""
    found = []
    if not 1 <= len(messages) <= MESSAGES_A_CALL:
        found.append(f"{len(messages)} messages in a call")
    if size_of(list(messages)) > CALL_BYTES:
        found.append("the call is larger than 2 MB")
    for place, message in enumerate(messages):
        found.extend(f"message {place}: {fault}" for fault in _message(message))
    return found


def units(text: str) -> int:
    """UTF-16 code units, which LINE counts in message texts."""
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def graphemes(text: str) -> int:
    """Characters as a person sees them, which LINE counts in labels."""
    return len(regex.findall(r"\X", text))


def size_of(value: Any) -> int:
    """Bytes on the wire as the SDK writes them: six for each Japanese character."""
    return len(json.dumps(value, ensure_ascii=True, separators=(",", ":")))


def split_text(text: str, most: int = TEXT_UNITS) -> list[str]:
    """`text` in pieces of at most `most` UTF-16 units, cut after a sentence or a line.

    A single sentence longer than that is cut between characters: nothing is lost.
    """
    pieces, held = [], ""
    for sentence in regex.findall(r"[^。！？\n]*[。！？\n]+|[^。！？\n]+$", text):
        for part in _within(sentence, most):
            if held and units(held + part) > most:
                pieces.append(held)
                held = ""
            held += part
    return [piece for piece in [*pieces, held] if piece.strip()]


def _within(sentence: str, most: int) -> Iterator[str]:
    if units(sentence) <= most:
        yield sentence
        return
    held = ""
    for character in regex.findall(r"\X", sentence):
        if units(held + character) > most:
            yield held
            held = ""
        held += character
    yield held


def _message(message: Mapping[str, Any]) -> Iterator[str]:
    kind = message.get("type")
    if kind == "text":
        if not 1 <= units(message.get("text", "")) <= TEXT_UNITS:
            yield "a text has 1 to 5000 UTF-16 units"
    elif kind == "flex":
        yield from _flex_message(message)
    elif kind == "image":
        for part in ("originalContentUrl", "previewImageUrl"):
            yield from _uri(message.get(part, ""), ("https", "http"))
    else:
        yield f"a message of type {kind} is not one the desk sends"
    yield from _quick_reply(message.get("quickReply"))


def _quick_reply(quick_reply: Mapping[str, Any] | None) -> Iterator[str]:
    if quick_reply is None:
        return
    items = quick_reply.get("items", [])
    if not 1 <= len(items) <= QUICK_REPLIES:
        yield f"{len(items)} quick replies"
    for item in items:
        yield from _action(item.get("action", {}), label_most=20)


def _flex_message(message: Mapping[str, Any]) -> Iterator[str]:
    if not 1 <= units(message.get("altText", "")) <= ALT_TEXT_UNITS:
        yield "an alt text has 1 to 1500 units"
    contents = message.get("contents", {})
    if contents.get("type") == "carousel":
        bubbles = contents.get("contents", [])
        if not 1 <= len(bubbles) <= BUBBLES:
            yield f"{len(bubbles)} bubbles"
        if size_of(contents) > CAROUSEL_BYTES:
            yield "a carousel is larger than 50 KB"
    else:
        bubbles = [contents]
    for bubble in bubbles:
        if size_of(bubble) > BUBBLE_BYTES:
            yield "a bubble is larger than 30 KB"
        yield from _component(bubble)


def _component(component: Mapping[str, Any]) -> Iterator[str]:
    kind = str(component.get("type"))
    known = _FLEX_PROPERTIES.get(kind)
    if known is None:
        yield f"an unknown Flex component {kind}"
        return
    for name in component.keys() - {"type"} - set(known.split()):
        yield f"{kind} has no property {name}"
    if kind in ("text", "span") and not component.get("text") and not component.get("contents"):
        yield "an empty Flex text"
    if "action" in component:
        yield from _action(component["action"], label_most=40)
    elif kind == "button":
        yield "a button without an action"
    children = [component[name] for name in _CHILDREN if name in component]
    children.extend(component.get("contents", []))
    for child in children:
        yield from _component(child)


def _action(action: Mapping[str, Any], label_most: int) -> Iterator[str]:
    kind, label = action.get("type"), action.get("label")
    if label is not None and not 1 <= graphemes(label) <= label_most:
        yield f"a label has 1 to {label_most} characters: {label}"
    if kind == "postback":
        if not 1 <= units(action.get("data", "")) <= 300:
            yield "postback data has 1 to 300 units"
        if units(action.get("displayText", "")) > 300:
            yield "a display text has at most 300 units"
    elif kind == "message":
        if not 1 <= units(action.get("text", "")) <= 300:
            yield "a message action's text has 1 to 300 units"
    elif kind == "uri":
        yield from _uri(action.get("uri", ""), ("https", "http", "tel", "line"))
    elif kind not in ("location", "camera", "cameraRoll", "datetimepicker"):
        yield f"an unknown action {kind}"


def _uri(uri: str, schemes: tuple[str, ...]) -> Iterator[str]:
    parts = urlsplit(uri)
    if not 1 <= len(uri) <= 1000 or parts.scheme not in schemes:
        yield f"an address LINE refuses: {parts.scheme}"
    elif parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        yield "an address without https"
