"""Takes LINE's deliveries apart: is it from LINE, and which events does it hold.

It knows no event's meaning and does without line-bot-sdk, whose parser loses a whole delivery
for one event it cannot read.
"""

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from typing import Any

from bot.sealing import Sealer

_PLAIN_ID = re.compile(r"[!-~]{1,64}")
_SURROGATE = re.compile("[\ud800-\udfff]")


class NotADelivery(Exception):
    """The body is signed but is no JSON object, so there is nothing to keep."""


@dataclass(frozen=True, slots=True)
class RawEvent:
    """One event as LINE sent it, with what is needed to keep it.

    `event_id` is LINE's webhookEventId; an event without a usable one has a digest that a
    redelivery would have too. `user_id` is the resident's in a one-to-one chat, else None.
    `message_id` is that of the message sent, edited or taken back.
    """

    event_id: str
    kind: str
    user_id: str | None
    message_id: str | None
    event: dict[str, Any]


def verify(body: bytes, signature: str | None, channel_secret: str) -> bool:
    """True when `signature` is LINE's for exactly these bytes; compared in constant time."""
    if not signature or not signature.isascii():
        return False
    digest = hmac.new(channel_secret.encode(), body, hashlib.sha256).digest()
    return hmac.compare_digest(base64.b64encode(digest), signature.encode("ascii"))


def split(body: bytes) -> list[RawEvent]:
    """The events of one delivery, each on its own; what is no event at all is left out.

    An event that is odd in itself is still given, as it may hold a reply token. Half characters
    (lone surrogates), which no database takes, become U+FFFD. Raises NotADelivery when the body
    is no JSON object.
    """
    try:
        delivery = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as unreadable:
        raise NotADelivery("the body is not JSON") from unreadable
    if not isinstance(delivery, dict):
        raise NotADelivery("the body is not a JSON object")
    events = delivery.get("events")
    if not isinstance(events, list):
        return []
    if b"\\u" in body:
        events = whole_characters(events)
    return [raw_event(event) for event in events if isinstance(event, dict)]


def resident_key(sealer: Sealer, user_id: str) -> str:
    """The keyed hash by which a LINE user id is looked up in every table."""
    return sealer.lookup(user_id, "line.user")


def whole_characters(value: Any) -> Any:
    """`value` (of JSON) with every half character replaced."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [whole_characters(item) for item in value]
    if isinstance(value, dict):
        return {whole_characters(key): whole_characters(item) for key, item in value.items()}
    return value


def read_kept(event_id: str, event: dict[str, Any]) -> RawEvent:
    """An event as the inbox kept it; `event_id` is the one it was kept under."""
    return raw_event(event | {"webhookEventId": event_id})


def raw_event(event: dict[str, Any]) -> RawEvent:
    """One event's envelope, read without trust: what has the wrong form counts as absent."""
    kind = event.get("type")
    return RawEvent(
        event_id=_event_id(event),
        kind=kind if isinstance(kind, str) and re.fullmatch(r"\w{1,32}", kind, re.ASCII) else "?",
        user_id=_user_id(event),
        message_id=_message_id(event),
        event=event,
    )


def _event_id(event: dict[str, Any]) -> str:
    held = event.get("webhookEventId")
    if isinstance(held, str) and _PLAIN_ID.fullmatch(held):
        return held
    # deliveryContext says whether this is a redelivery: it differs where the event is the same.
    lasting = {key: value for key, value in event.items() if key != "deliveryContext"}
    text = json.dumps(lasting, sort_keys=True)
    return "digest-" + hashlib.sha256(text.encode()).hexdigest()[:48]


def _user_id(event: dict[str, Any]) -> str | None:
    source = event.get("source")
    if not isinstance(source, dict) or source.get("type") != "user":
        return None
    user_id = source.get("userId")
    return user_id if isinstance(user_id, str) and _PLAIN_ID.fullmatch(user_id) else None


def _message_id(event: dict[str, Any]) -> str | None:
    for holder, name in (("message", "id"), ("unsend", "messageId")):
        held = event.get(holder)
        if isinstance(held, dict):
            value = held.get(name)
            if isinstance(value, str) and _PLAIN_ID.fullmatch(value):
                return value
    return None
