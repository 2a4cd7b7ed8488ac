"""What LINE accepts as the messages of one call."""

import re
from typing import Any

from bot.emulator import limits
from bot.emulator.actions import QUICK_REPLY, check_action
from bot.emulator.counting import graphemes, utf16_units
from bot.emulator.findings import Findings, join
from bot.emulator.flexes import check_container
from bot.emulator.imagemaps import check_imagemap
from bot.emulator.templates import check_template

Json = dict[str, Any]

_PLACEHOLDER = "$".encode("utf-16-le")
_COMMON = {"type", "quickReply", "sender"}
_PROPERTIES = {
    "text": {"text", "emojis", "quoteToken"},
    "textV2": {"text", "substitution", "quoteToken"},
    "sticker": {"packageId", "stickerId", "quoteToken"},
    "image": {"originalContentUrl", "previewImageUrl"},
    "video": {"originalContentUrl", "previewImageUrl", "trackingId"},
    "audio": {"originalContentUrl", "duration"},
    "location": {"title", "address", "latitude", "longitude"},
    "imagemap": {"baseUrl", "altText", "baseSize", "video", "actions"},
    "template": {"altText", "template"},
    "flex": {"altText", "contents"},
    "coupon": {"couponId", "deliveryTag"},
}


def check_messages(messages: Any) -> Findings:
    """Everything LINE would find wrong with `messages`; true when there is anything."""
    findings = Findings()
    holder = {"messages": messages}
    listed = findings.listed(holder, "messages", "", least=1, most=limits.MESSAGES_PER_CALL)
    for at, message in enumerate(listed[: limits.MESSAGES_PER_CALL]):
        _check_message(message, f"messages[{at}]", findings)
    return findings


def _check_message(message: Any, where: str, findings: Findings) -> None:
    if not isinstance(message, dict):
        findings.add(where, "May not be null")
        return
    kind = message.get("type")
    if kind not in _PROPERTIES:
        listed = ", ".join(_PROPERTIES)
        findings.add(join(where, "type"), f"Must be one of the following values: [{listed}]")
        return
    findings.known_only(message, where, _COMMON | _PROPERTIES[kind])
    _CHECKS[kind](message, where, findings)
    if message.get("quickReply") is not None:
        _check_quick_reply(message["quickReply"], join(where, "quickReply"), findings)
    if message.get("sender") is not None:
        _check_sender(message["sender"], join(where, "sender"), findings)


def _check_quick_reply(quick_reply: Any, where: str, findings: Findings) -> None:
    if not isinstance(quick_reply, dict):
        findings.add(where, "Must be an object")
        return
    most = limits.QUICK_REPLY_ITEMS
    for at, item in enumerate(findings.listed(quick_reply, "items", where, least=1, most=most)):
        place = f"{where}.items[{at}]"
        if not isinstance(item, dict):
            findings.add(place, "May not be null")
            continue
        findings.known_only(item, place, {"type", "imageUrl", "action"})
        findings.one_of(item, "type", place, {"action"}, required=True)
        findings.picture_url(item, "imageUrl", place, required=False)
        check_action(item.get("action"), join(place, "action"), QUICK_REPLY, findings)


def _check_sender(sender: Any, where: str, findings: Findings) -> None:
    if not isinstance(sender, dict):
        findings.add(where, "Must be an object")
        return
    findings.text(sender, "name", where, most=limits.SENDER_NAME, required=False, count=graphemes)
    if "LINE" in str(sender.get("name", "")):
        findings.add(join(where, "name"), "Contains a word that may not be used")
    findings.picture_url(sender, "iconUrl", where, required=False)


def _text(message: Json, where: str, findings: Findings) -> None:
    text = findings.text(message, "text", where, most=limits.TEXT_UNITS)
    if message.get("emojis") is None:
        return
    units = text.encode("utf-16-le", "surrogatepass") if text else b""
    for at, emoji in enumerate(
        findings.listed(message, "emojis", where, least=0, most=limits.TEXT_EMOJI)
    ):
        index = emoji.get("index") if isinstance(emoji, dict) else None
        if type(index) is not int or units[2 * index : 2 * index + 2] != _PLACEHOLDER:
            findings.add(f"{where}.emojis[{at}].index", "Must be the position of a $")


def _text_v2(message: Json, where: str, findings: Findings) -> None:
    text = findings.text(message, "text", where, most=limits.TEXT_UNITS)
    substitution = message.get("substitution", {})
    if not isinstance(substitution, dict) or len(substitution) > limits.TEXT_SUBSTITUTIONS:
        most = limits.TEXT_SUBSTITUTIONS
        findings.add(join(where, "substitution"), f"Size must be between 0 and {most}")
        return
    emoji = [s for s in substitution.values() if isinstance(s, dict) and s.get("type") == "emoji"]
    if len(emoji) > limits.TEXT_EMOJI:
        most = limits.TEXT_EMOJI
        findings.add(join(where, "substitution"), f"At most {most} emojis can be used")
    for key in substitution:
        if not re.fullmatch(limits.SUBSTITUTION_KEY_PATTERN, key):
            findings.add(join(where, f"substitution.{key}"), "Invalid key")
    for name in re.findall(r"\{([^{}]*)\}", re.sub(r"\{\{|\}\}", "", text or "")):
        if name not in substitution:
            findings.add(join(where, "text"), f"Nothing is given for {{{name}}}")


def _sticker(message: Json, where: str, findings: Findings) -> None:
    for key in ("packageId", "stickerId"):
        value = findings.text(message, key, where, most=20)
        if value and not value.isdigit():
            findings.add(join(where, key), "Must be a number")


def _picture(message: Json, where: str, findings: Findings) -> None:
    findings.picture_url(message, "originalContentUrl", where)
    findings.picture_url(message, "previewImageUrl", where)
    if "trackingId" in message:
        tracking = findings.text(message, "trackingId", where, most=100)
        if tracking and not re.fullmatch(limits.TRACKING_ID_PATTERN, tracking):
            findings.add(join(where, "trackingId"), "Invalid format")


def _audio(message: Json, where: str, findings: Findings) -> None:
    findings.picture_url(message, "originalContentUrl", where)
    findings.number(message, "duration", where, least=1, most=float("inf"))


def _location(message: Json, where: str, findings: Findings) -> None:
    findings.text(message, "title", where, most=limits.LOCATION_TITLE, count=graphemes)
    findings.text(message, "address", where, most=limits.LOCATION_ADDRESS, count=graphemes)
    findings.number(message, "latitude", where, least=-90, most=90)
    findings.number(message, "longitude", where, least=-180, most=180)


def _imagemap(message: Json, where: str, findings: Findings) -> None:
    _alt_text(message, where, findings)
    check_imagemap(message, where, findings)


def _template(message: Json, where: str, findings: Findings) -> None:
    _alt_text(message, where, findings)
    check_template(message.get("template"), join(where, "template"), findings)


def _flex(message: Json, where: str, findings: Findings) -> None:
    _alt_text(message, where, findings)
    check_container(message.get("contents"), join(where, "contents"), findings)


def _coupon(message: Json, where: str, findings: Findings) -> None:
    findings.text(message, "couponId", where, most=100)
    findings.text(message, "deliveryTag", where, most=limits.COUPON_DELIVERY_TAG, required=False)


def _alt_text(message: Json, where: str, findings: Findings) -> None:
    findings.text(message, "altText", where, most=limits.ALT_TEXT_UNITS, count=utf16_units)


_CHECKS = {
    "text": _text,
    "textV2": _text_v2,
    "sticker": _sticker,
    "image": _picture,
    "video": _picture,
    "audio": _audio,
    "location": _location,
    "imagemap": _imagemap,
    "template": _template,
    "flex": _flex,
    "coupon": _coupon,
}
