"""Reads one event with line-bot-sdk's models and gives a plain value free of them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from linebot.v3.webhooks import (
    Event,
    LocationMessageContent,
    MessageEditedEvent,
    MessageEvent,
    PostbackEvent,
    TextMessageContent,
    UnsendEvent,
)

from bot.line.inbound import RawEvent

MESSAGES = ("text", "sticker", "image", "video", "audio", "file", "location")
EVENTS = ("follow", "unfollow", "join", "leave", "memberJoined", "memberLeft", "postback")


@dataclass(frozen=True, slots=True)
class Location:
    """A place that a resident sent from the map."""

    latitude: float
    longitude: float
    title: str | None
    address: str | None


@dataclass(frozen=True, slots=True)
class Inbound:
    """One event. `kind` is text, sticker, image, video, audio, file, location, follow, unfollow,
    join, leave, memberJoined, memberLeft, postback, unsend, edited, withdrawn (a message whose
    writer took it back before it was read) or unknown.

    `source` is user, group, room or unknown. `message_id` of unsend and edited is that of the
    earlier message. `quoted_message_id` is the message this one answers.
    """

    event_id: str
    kind: str
    source: str
    user_id: str | None
    reply_token: str | None
    standby: bool
    is_redelivery: bool
    occurred_at: datetime | None
    text: str | None = None
    message_id: str | None = None
    postback_data: str | None = None
    postback_params: dict[str, str] = field(default_factory=dict)
    location: Location | None = None
    quoted_message_id: str | None = None
    group_id: str | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An event that line-bot-sdk refuses, with what can still be used to answer it kindly.

    `reason` names the kind of error and holds nothing of what was sent.
    """

    event_id: str
    source: str
    user_id: str | None
    reply_token: str | None
    standby: bool
    reason: str


def read(raw: RawEvent) -> Inbound | Unreadable:
    """What one event says. Never raises for what an event holds.

    A mode or a delivery context that the SDK does not know does not make an event unreadable.
    """
    envelope = _envelope(raw)
    model: Event | None
    try:
        model = Event.from_dict(_tolerated(raw))
    except Exception as error:
        # The models raise many kinds of error, and any of them means the same to us.
        if raw.kind in ("message", "messageEdited", *EVENTS, "unsend"):
            return _unreadable(envelope, type(error).__name__)
        model = None
    return _interpreted(raw, envelope, model)


def _interpreted(raw: RawEvent, envelope: Inbound, event: Any) -> Inbound:
    said: dict[str, Any] = {}
    if raw.event.get("withdrawn") is True:
        said = {"kind": "withdrawn"}
    elif isinstance(event, MessageEditedEvent):
        said = _message(event.message) | {"kind": "edited"}
    elif isinstance(event, MessageEvent):
        said = _message(event.message)
    elif isinstance(event, PostbackEvent):
        said = {
            "kind": "postback",
            "postback_data": event.postback.data,
            "postback_params": dict(event.postback.params or {}),
        }
    elif isinstance(event, UnsendEvent):
        said = {"kind": "unsend", "message_id": event.unsend.message_id}
    elif event is not None and raw.kind in EVENTS:
        said = {"kind": raw.kind}
    return _with(envelope, said)


def _message(message: Any) -> dict[str, Any]:
    said: dict[str, Any] = {"message_id": message.id}
    said["kind"] = message.type if message.type in MESSAGES else "unknown"
    said["quoted_message_id"] = getattr(message, "quoted_message_id", None)
    if isinstance(message, TextMessageContent):
        said["text"] = message.text
    if isinstance(message, LocationMessageContent):
        said["location"] = Location(
            float(message.latitude), float(message.longitude), message.title, message.address
        )
    return said


def _tolerated(raw: RawEvent) -> dict[str, Any]:
    """The event with what the SDK insists on and we do not: mode, context, id, quote token."""
    event = dict(raw.event)
    if event.get("mode") not in ("active", "standby"):
        event["mode"] = "active"
    event["webhookEventId"] = raw.event_id
    event["deliveryContext"] = {"isRedelivery": _is_redelivery(event)}
    if not isinstance(event.get("timestamp"), int):
        event["timestamp"] = 0
    source = event.get("source")
    if not isinstance(source, dict) or source.get("type") not in ("user", "group", "room"):
        event.pop("source", None)
    if event.get("type") == "follow" and not isinstance(event.get("follow"), dict):
        event["follow"] = {"isUnblocked": False}
    message = event.get("message")
    if isinstance(message, dict) and message.get("type") in ("text", "sticker", "image", "video"):
        event["message"] = {"quoteToken": "", **message}
    return event


def _envelope(raw: RawEvent) -> Inbound:
    event = raw.event
    source = event.get("source")
    source = source if isinstance(source, dict) else {}
    kind = source.get("type")
    return Inbound(
        event_id=raw.event_id,
        kind="unknown",
        source=kind if kind in ("user", "group", "room") else "unknown",
        user_id=_text(source.get("userId")),
        reply_token=_text(event.get("replyToken")),
        standby=event.get("mode") == "standby",
        is_redelivery=_is_redelivery(event),
        occurred_at=_moment(event.get("timestamp")),
        group_id=_text(source.get("groupId")) or _text(source.get("roomId")),
    )


def _with(envelope: Inbound, said: dict[str, Any]) -> Inbound:
    values = {name: getattr(envelope, name) for name in Inbound.__slots__}
    return Inbound(**(values | said))


def _unreadable(envelope: Inbound, reason: str) -> Unreadable:
    return Unreadable(
        event_id=envelope.event_id,
        source=envelope.source,
        user_id=envelope.user_id,
        reply_token=envelope.reply_token,
        standby=envelope.standby,
        reason=reason,
    )


def _is_redelivery(event: dict[str, Any]) -> bool:
    context = event.get("deliveryContext")
    return isinstance(context, dict) and context.get("isRedelivery") is True


def _moment(milliseconds: Any) -> datetime | None:
    if not isinstance(milliseconds, int) or isinstance(milliseconds, bool):
        return None
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
