"""Builds webhook events as LINE does, from as little as the caller wants to say about them."""

from datetime import datetime
from typing import Any

from bot.emulator import identifiers
from bot.emulator.people import Member

Json = dict[str, Any]

# Events that carry a reply token (LINE: webhook event objects). Others never do.
REPLYABLE = frozenset(
    {"message", "messageEdited", "follow", "join", "memberJoined", "postback",
     "videoPlayComplete", "beacon", "accountLink", "membership"}
)  # fmt: skip
_QUOTABLE = frozenset({"text", "image", "video", "sticker"})
_FROM_LINE = {"contentProvider": {"type": "line"}}
_MESSAGE_DEFAULTS: dict[str, Json] = {
    "image": _FROM_LINE,
    "video": {**_FROM_LINE, "duration": 3000},
    "audio": {**_FROM_LINE, "duration": 3000},
    "file": {"fileName": "見本.pdf", "fileSize": 2048},
    "location": {"title": "見本の場所", "address": "見本の住所", "latitude": 0.0, "longitude": 0.0},
    "sticker": {"packageId": "1", "stickerId": "1", "stickerResourceType": "STATIC"},
}


def source_of(resident: Member | None, group: Member | None = None) -> Json | None:
    """A user's source; with `group`, the group's, naming the member who spoke."""
    if group is not None:
        source: Json = {"type": "group", "groupId": group.chat_id}
        if resident is not None:
            source["userId"] = resident.chat_id
        return source
    return {"type": "user", "userId": resident.chat_id} if resident else None


def complete(partial: Json, source: Json | None, message_id: str, now: datetime) -> Json:
    """The whole event: what `partial` says, defaults for the rest, and nothing it sets to None.

    The reply token is left to the caller, who knows whether one is due (`wants_token`).
    """
    event: Json = {
        "type": "message",
        "timestamp": int(now.timestamp() * 1000),
        "source": source,
        "webhookEventId": identifiers.event_id(now),
        "deliveryContext": {"isRedelivery": False},
        "mode": "active",
    }
    event.update(partial)
    if event["type"] in ("message", "messageEdited") and "message" in event:
        event["message"] = _message(event["message"], message_id)
    if event["type"] == "follow":
        event.setdefault("follow", {"isUnblocked": False})
    return {key: value for key, value in event.items() if value is not None}


def wants_token(event: Json, partial: Json) -> bool:
    """Whether LINE would put a reply token in: not in standby, nor where the caller said how."""
    replyable = event.get("type") in REPLYABLE and event.get("mode") == "active"
    return replyable and "replyToken" not in partial


def _message(partial: Any, message_id: str) -> Any:
    if not isinstance(partial, dict):
        return partial
    kind = partial.get("type", "text")
    whole: Json = {"id": message_id, "type": kind, **_MESSAGE_DEFAULTS.get(kind, {})}
    if kind in _QUOTABLE:
        whole["quoteToken"] = identifiers.quote_token()
    if kind in ("text", "image", "video", "audio", "file", "location", "sticker"):
        whole["markAsReadToken"] = identifiers.quote_token()
    whole.update(partial)
    return {key: value for key, value in whole.items() if value is not None}
