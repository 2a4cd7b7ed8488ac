"""What residents do: say, tap, add or block the account, take back, edit, send a photo."""

from dataclasses import dataclass
from typing import Any

from bot.emulator import tapping
from bot.emulator.images import look_at
from bot.emulator.people import Member
from bot.emulator.platform import Platform

Json = dict[str, Any]
PHOTO_BYTES = 10 * 1024 * 1024


class NotPossible(Exception):
    """What was asked cannot be done on the platform; the words say why."""


@dataclass(frozen=True, slots=True)
class Done:
    """The event that went off (none for a tap that only opens something) and what to open."""

    event: Json | None = None
    opens: Json | None = None

    def as_json(self) -> Json:
        result: Json = {"ok": True}
        if self.event is not None:
            message = self.event.get("message")
            result["event_id"] = self.event.get("webhookEventId")
            result["message_id"] = message.get("id") if isinstance(message, dict) else None
        if self.opens is not None:
            result["open"] = self.opens
        return result


def say(platform: Platform, resident: Member, text: str, group: Member | None = None) -> Done:
    """Sends a text as this resident; one who has blocked the account cannot."""
    if not text:
        raise NotPossible("empty text")
    return send(platform, resident, {"type": "text", "text": text}, group)


def send(platform: Platform, resident: Member, message: Json, group: Member | None = None) -> Done:
    """Sends any message as this resident and shows it in the chat."""
    if resident.blocked:
        raise NotPossible("the resident has blocked the account")
    event = platform.prepare_event({"type": "message", "message": message}, resident, group)
    shown = {k: v for k, v in event["message"].items() if not k.lower().endswith("token")}
    chat = group or resident
    platform.show(chat, shown, sender="resident", via="said", id=shown["id"])
    platform.post(event)
    return Done(event)


def send_photo(platform: Platform, resident: Member, data: bytes, prepare_seconds: float) -> Done:
    """Sends a picture; the content endpoint has it, after `prepare_seconds`."""
    picture = look_at(data)
    if picture is None or len(data) > PHOTO_BYTES:
        raise NotPossible("not a picture of at most 10 MB")
    message_id = platform.message_ids.new()
    now = platform.now()
    platform.contents.keep(message_id, data, picture.media_type, now, prepare_seconds)
    return send(platform, resident, {"type": "image", "id": message_id})


def inject(
    platform: Platform, partial: Json, resident: Member | None, group: Member | None
) -> Done:
    """Sends any event, as odd as a test wants it; messages with words show in the chat."""
    event = platform.prepare_event(partial, resident, group)
    message = event.get("message")
    chat = group or resident
    if event["type"] == "message" and isinstance(message, dict) and chat and "id" in message:
        shown = {k: v for k, v in message.items() if not k.lower().endswith("token")}
        platform.show(chat, shown, sender="resident", via="said", id=str(message["id"]))
    platform.post(event)
    return Done(event)


def follow(platform: Platform, resident: Member) -> Done:
    """Adds the account, or takes the block away."""
    was_blocked = resident.blocked
    resident.following, resident.blocked = True, False
    _note(platform, resident, "unblocked" if was_blocked else "followed")
    platform.save()
    follow = {"type": "follow", "follow": {"isUnblocked": was_blocked}}
    return Done(platform.send_event(follow, resident, None))


def unfollow(platform: Platform, resident: Member) -> Done:
    resident.following, resident.blocked = False, True
    _note(platform, resident, "blocked")
    platform.save()
    return Done(platform.send_event({"type": "unfollow"}, resident, None))


def join_group(platform: Platform, group: Member) -> Done:
    group.following = True
    _note(platform, group, "joined")
    return Done(platform.send_event({"type": "join"}, None, group))


def unsend(
    platform: Platform, resident: Member, message_id: str, group: Member | None = None
) -> Done:
    """Takes one of the resident's own messages back; taking it back again changes nothing."""
    line = _own(platform, (group or resident).chat_id, message_id)
    if line.unsent:
        return Done()
    platform.chats.unsend(line)
    platform.contents.remove(message_id)
    event = {"type": "unsend", "unsend": {"messageId": message_id}}
    return Done(platform.send_event(event, resident, group))


def edit(
    platform: Platform, resident: Member, message_id: str, text: str, group: Member | None = None
) -> Done:
    """Changes the words of an own text message."""
    line = _own(platform, (group or resident).chat_id, message_id)
    if line.unsent or line.message.get("type") != "text":
        raise NotPossible("only a text that was not taken back can be edited")
    if not text:
        raise NotPossible("empty text")
    platform.chats.edit(line, text)
    message = {"type": "text", "id": message_id, "text": text}
    event = {"type": "messageEdited", "message": message}
    return Done(platform.send_event(event, resident, group))


def tap(platform: Platform, resident: Member, action: Json, params: Any = None) -> Done:
    """Does what a tap on `action` does in the app."""
    if resident.blocked:
        raise NotPossible("the resident has blocked the account")
    kind = action.get("type")
    if kind == "message":
        return say(platform, resident, str(action.get("text") or action.get("label") or ""))
    if kind == "uri":
        return Done(opens={"uri": action.get("uri") or action.get("linkUri")})
    if kind == "clipboard":
        return Done(opens={"clipboard": action.get("clipboardText")})
    if kind in ("camera", "cameraRoll", "location"):
        return Done(opens={str(kind): True})
    if kind in ("postback", "datetimepicker", "richmenuswitch"):
        return _postback(platform, resident, action, params)
    raise NotPossible(f"nothing happens on a tap on {kind!r}")


def _postback(platform: Platform, resident: Member, action: Json, params: Any) -> Done:
    postback: Json = {"data": action.get("data", "")}
    if action["type"] == "datetimepicker":
        problem, picked = tapping.picked(action, params)
        if problem:
            raise NotPossible(problem)
        postback["params"] = picked
    if action["type"] == "richmenuswitch":
        postback["params"] = _switch(platform, resident, str(action.get("richMenuAliasId")))
    shown = action.get("displayText") or action.get("text")
    if shown:
        message = {"type": "text", "text": shown}
        platform.show(resident, message, sender="resident", via="tapped")
    event = platform.send_event({"type": "postback", "postback": postback}, resident, None)
    if action.get("text"):
        said = {"type": "message", "message": {"type": "text", "text": action["text"]}}
        platform.send_event(said, resident, None)
    opens: Json = {key: action[key] for key in ("inputOption", "fillInText") if key in action}
    return Done(event, opens or None)


def _switch(platform: Platform, resident: Member, alias: str) -> Json:
    menu_id = platform.rich_menus.alias(alias)
    if menu_id is None:
        return {"status": "RICHMENU_ALIAS_ID_NOTFOUND"}
    platform.rich_menus.link(resident.chat_id, menu_id)
    return {"newRichMenuAliasId": alias, "status": "SUCCESS"}


def _own(platform: Platform, chat_id: str, message_id: str) -> Any:
    line = platform.chats.find(chat_id, message_id)
    if line is None or line.sender != "resident" or line.via != "said":
        raise NotPossible("no such message of this resident")
    return line


def _note(platform: Platform, member: Member, happened: str) -> None:
    platform.show(member, {"type": "note", "note": happened}, sender="system", via="note")
