"""The control API under `/_emulator/`: what the page and the tests drive the emulator with.

JSON in, JSON out, loopback only; a POST needs `Content-Type: application/json`, so that no other
web page can order things here. `resident` is a key ("r74"), or a user id; a key that is not there
yet becomes a new friend of the account. Problems answer 400 or 409 with `{"error": words}`.

    POST say       {resident, text, group?, wait_seconds?}      a text message
    POST event     {resident?, group?, event: {…}}              any event, completed where it is
                   {events: [{resident?, group?, event}, …]}    silent; null leaves a part out;
                                                                several travel in one delivery
    POST raw       {body, signature?}                           these bytes, once, as they are
    POST tap       {resident, action, message_index?, params?}  `action`: an action object, or the
                                                                label (or text, or data) of one in
                                                                the account's messages or rich menu
    POST follow | unfollow   {resident}
    POST join      {group}                                      the account is taken into a group
    POST unsend    {resident, message_id, group?}
    POST edit      {resident, message_id, text, group?}
    POST photo?resident=KEY[&prepare_seconds=N]                 the picture's bytes, image/*
    GET  residents                 POST residents {key, name?, following?} or {count, prefix?}
    GET  chat/<resident>?since=N[&wait=SECONDS]                 lines new or changed after N
    GET  log?since=N[&kind=api|webhook][&limit=N]               the exact log
    GET  summary                                                per event: deliveries and replies
    POST faults    {kind, endpoint?, count?, probability?, seconds?}
                   kinds: 429 500 timeout reset slow timeout-after-accept reset-after-accept
                          duplicate-webhook late-webhook drop
                   endpoint: reply push multicast … (default any); count null: until withdrawn
    GET  faults                    DELETE faults[?id=N]
    POST clock     {advance_seconds} or {at: ISO time} or {reset: true}        GET clock
    POST latency   {ms}            POST quota {limit: N or null}
    POST reset     {}              GET  state

`chat` gives `{next, messages: [{seq, changed, id, at, from, via, message, unsent, edited}],
loading_seconds, rich_menu, resident}`; ask again with `since=next`. `log` gives `{next, entries}`.
A log entry of kind "api" has method, endpoint, path, status (null: no answer was given),
request_id, verdict, fault, body_hash, ms and, for sends, messages, recipients, reached, retry_key,
retry_body_changed, accepted_request_id, reply_token_hash, event_id (the event that token answers).
Kind "webhook" has url, event_ids, event_types, chat_ids, attempt, redelivered, status, ms, verdict.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from bot.emulator import visits
from bot.emulator.delivery import Parcel
from bot.emulator.people import Member
from bot.emulator.platform import Platform
from bot.emulator.tapping import find_action
from handlers.emulator.asking import Wrong, asked, member, number, text_of
from handlers.emulator.control_state import open_state

Json = dict[str, Any]


def control_api(platform: Platform) -> Blueprint:
    """The blueprint; see the module's words for what it takes and gives."""
    door = Blueprint("control", __name__, url_prefix="/_emulator")

    @door.errorhandler(Wrong)
    def wrong(problem: Wrong) -> tuple[Response, int]:
        return jsonify(error=str(problem)), 400

    @door.errorhandler(visits.NotPossible)
    def not_possible(problem: visits.NotPossible) -> tuple[Response, int]:
        return jsonify(error=str(problem)), 409

    def order(path: str, work: Callable[[Json], Json]) -> None:
        door.add_url_rule(path, path, lambda: jsonify(work(asked())), methods=["POST"])

    order("/say", lambda body: _say(platform, body))
    order("/event", lambda body: _event(platform, body))
    order("/raw", lambda body: _raw(platform, body))
    order("/tap", lambda body: _tap(platform, body))
    order("/follow", lambda b: visits.follow(platform, member(platform, b)).as_json())
    order("/unfollow", lambda b: visits.unfollow(platform, member(platform, b)).as_json())
    order("/join", lambda b: visits.join_group(platform, _group(platform, b)).as_json())
    order("/unsend", lambda body: _unsend(platform, body))
    order("/edit", lambda body: _edit(platform, body))
    door.add_url_rule("/photo", "photo", lambda: jsonify(_photo(platform)), methods=["POST"])
    open_state(door, platform)
    return door


def _say(platform: Platform, body: Json) -> Json:
    resident = member(platform, body)
    group = _group(platform, body) if body.get("group") else None
    before = platform.chats.last_number()
    done = visits.say(platform, resident, text_of(body, "text"), group).as_json()
    seconds = number(body, "wait_seconds", default=0.0)
    if seconds:
        chat_id = (group or resident).chat_id
        done["messages"] = _wait_for_account(platform, chat_id, before, seconds)
    return done


def _wait_for_account(platform: Platform, chat_id: str, before: int, seconds: float) -> list[Json]:
    def answered() -> list[Json]:
        lines = platform.chats.since(chat_id, before)
        return [line for line in lines if line["from"] == "account"]

    platform.journal.wait(lambda: bool(answered()), min(seconds, 60.0))
    return answered()


def _event(platform: Platform, body: Json) -> Json:
    if "events" in body:
        parts = body["events"]
        if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
            raise Wrong("events must be a list of objects")
        events = []
        for part in parts:
            resident, group = _who(platform, part)
            events.append(platform.prepare_event(_partial(part), resident, group))
        platform.post(*events)
        return {"ok": True, "event_ids": [event.get("webhookEventId") for event in events]}
    resident, group = _who(platform, body)
    return visits.inject(platform, _partial(body), resident, group).as_json()


def _partial(body: Json) -> Json:
    partial = body.get("event")
    if not isinstance(partial, dict):
        raise Wrong("event must be an object")
    return partial


def _who(platform: Platform, body: Json) -> tuple[Member | None, Member | None]:
    resident = member(platform, body) if body.get("resident") else None
    group = _group(platform, body) if body.get("group") else None
    return resident, group


def _group(platform: Platform, body: Json) -> Member:
    return member(platform, body, key="group", group=True)


def _raw(platform: Platform, body: Json) -> Json:
    raw = text_of(body, "body").encode("utf-8", "surrogatepass")
    signed = body.get("signature")
    platform.courier.post(Parcel((), raw=raw, forced_signature=signed))
    return {"ok": True}


def _tap(platform: Platform, body: Json) -> Json:
    resident = member(platform, body)
    action = body.get("action")
    if isinstance(action, str):
        action = _labelled(platform, resident, action, body.get("message_index"))
    if not isinstance(action, dict):
        raise Wrong("action must be an action object or a label")
    return visits.tap(platform, resident, action, body.get("params")).as_json()


def _labelled(platform: Platform, resident: Member, wanted: str, index: Any) -> Json:
    lines = platform.chats.from_account(resident.chat_id)
    if index is not None:
        try:
            lines = [lines[int(index)]]
        except (IndexError, TypeError, ValueError):
            raise Wrong("no message with that index") from None
    menu = platform.rich_menus.seen_by(resident.chat_id)
    things = [menu.shape] if menu and index is None else []
    found = find_action(things + [line.message for line in lines], wanted)
    if found is None:
        raise Wrong(f"nothing to tap says {wanted!r}")
    return found


def _unsend(platform: Platform, body: Json) -> Json:
    resident, group = _who(platform, body)
    if resident is None:
        raise Wrong("resident is missing")
    return visits.unsend(platform, resident, text_of(body, "message_id"), group).as_json()


def _edit(platform: Platform, body: Json) -> Json:
    resident, group = _who(platform, body)
    if resident is None:
        raise Wrong("resident is missing")
    text = text_of(body, "text")
    return visits.edit(platform, resident, text_of(body, "message_id"), text, group).as_json()


def _photo(platform: Platform) -> Json:
    if not request.mimetype.startswith("image/"):
        raise Wrong("the content type must be image/*")
    resident = member(platform, {"resident": request.args.get("resident", "")})
    seconds = request.args.get("prepare_seconds", 0.0, type=float)
    return visits.send_photo(platform, resident, request.get_data(), seconds).as_json()
