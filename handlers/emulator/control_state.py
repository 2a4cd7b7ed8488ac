"""Looks and sets through the control API: chats, log, residents, faults, clock."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from bot.emulator.faults import Kind
from bot.emulator.people import Member
from bot.emulator.platform import Platform
from handlers.emulator.asking import Wrong, asked, number, text_of
from handlers.emulator.pictures import product_picture

Json = dict[str, Any]


def open_state(door: Blueprint, platform: Platform) -> None:
    """Adds the looking and setting addresses to the control API."""

    for path, work in _LOOKS:
        door.add_url_rule(path, f"GET {path}", _looking(platform, work), methods=["GET"])
    for path, work in _ORDERS:
        door.add_url_rule(path, f"POST {path}", _ordering(platform, work), methods=["POST"])
    _open_pictures(door, platform)

    @door.delete("/faults")
    def withdraw() -> Response:
        platform.faults.withdraw(request.args.get("id", type=int))
        return jsonify(_faults(platform))


def _looking(platform: Platform, work: Callable[..., Json]) -> Callable[..., Response]:
    def view(**parts: str) -> Response:
        return jsonify(work(platform, **parts))

    return view


def _ordering(platform: Platform, work: Callable[..., Json]) -> Callable[..., Response]:
    def view() -> Response:
        return jsonify(work(platform, asked()))

    return view


def _open_pictures(door: Blueprint, platform: Platform) -> None:
    """The pictures that the page shows: residents' own, rich menus, the product's."""

    @door.get("/content/<message_id>")
    def content(message_id: str) -> Response:
        found = platform.contents.find(message_id)
        if found is None:
            return Response(status=404)
        return Response(found.data, content_type=found.media_type)

    @door.get("/picture")
    def picture() -> Response:
        found = product_picture(platform.settings.product_url, request.args.get("url", ""))
        return Response(found[0], content_type=found[1]) if found else Response(status=404)

    @door.get("/richmenu/<menu_id>")
    def menu_picture(menu_id: str) -> Response:
        menu = platform.rich_menus.find(menu_id)
        if menu is None or menu.picture is None:
            return Response(status=404)
        return Response(menu.picture, content_type=menu.media_type)


def _chat(platform: Platform, resident: str) -> Json:
    found = platform.people.find(resident)
    if found is None:
        raise Wrong("no such resident")
    since = request.args.get("since", 0, type=int)
    wait = min(request.args.get("wait", 0.0, type=float), 30.0)
    upto = platform.chats.last_number()
    lines = platform.chats.since(found.chat_id, since)
    if wait and not lines:
        platform.journal.wait(lambda: bool(platform.chats.since(found.chat_id, since)), wait)
        upto = platform.chats.last_number()
        lines = platform.chats.since(found.chat_id, since)
    return {
        "next": max([upto, *(line["changed"] for line in lines)]),
        "messages": lines,
        "loading_seconds": round(platform.loading_seconds_left(found.chat_id), 1),
        "rich_menu": _seen_menu(platform, found),
        "resident": found.as_json(),
    }


def _seen_menu(platform: Platform, member: Member) -> Json | None:
    menu = platform.rich_menus.seen_by(member.chat_id)
    if menu is None or menu.picture is None or member.group:
        return None
    return {**menu.as_json(), "picture": f"/_emulator/richmenu/{menu.id}"}


def _log(platform: Platform) -> Json:
    since = request.args.get("since", 0, type=int)
    limit = request.args.get("limit", 100_000, type=int)
    kind = request.args.get("kind")
    entries = platform.journal.since(since, limit=limit)
    following = entries[-1]["seq"] if entries else since
    wanted = [entry for entry in entries if kind in (None, entry["kind"])]
    return {"next": following, "entries": wanted}


def _summary(platform: Platform) -> Json:
    """How often each event was delivered and answered, as far as the log in memory reaches."""
    delivered: Counter[str] = Counter()
    received: Counter[str] = Counter()
    replied: Counter[str] = Counter()
    calls: Counter[str] = Counter()
    for entry in platform.journal.since(0):
        if entry["kind"] == "webhook":
            delivered.update(entry["event_ids"])
            if entry["verdict"] == "received":
                received.update(entry["event_ids"])
        else:
            calls[f"{entry['endpoint']} {entry['verdict'].split(':')[0]}"] += 1
            if entry["endpoint"] == "reply" and entry["status"] is not None:
                replied[entry.get("event_id", "")] += entry["verdict"] == "accepted"
    events = {
        event: {"tried": tried, "received": received[event], "replies": replied[event]}
        for event, tried in delivered.items()
    }
    return {"events": events, "calls": dict(calls), "waiting": platform.courier.waiting()}


def _residents(platform: Platform) -> Json:
    return {"residents": [member.as_json() for member in platform.people.everyone()]}


def _add_residents(platform: Platform, body: Json) -> Json:
    if "count" in body:
        prefix = str(body.get("prefix", "t"))
        count = int(number(body, "count"))
        if not 1 <= count <= 500_000:
            raise Wrong("count must be between 1 and 500000")
        made = [platform.people.add(f"{prefix}{at}") for at in range(count)]
        return {"added": count, "user_ids": [member.chat_id for member in made]}
    key = text_of(body, "key")
    if not 1 <= len(key) <= 64:
        raise Wrong("key must have 1 to 64 characters")
    name = str(body.get("name", ""))[:60]
    member = platform.people.add(key, name, following=bool(body.get("following", True)))
    platform.save()
    return {"added": 1, "resident": member.as_json()}


def _faults(platform: Platform) -> Json:
    return {"faults": platform.faults.in_force()}


def _order_fault(platform: Platform, body: Json) -> Json:
    try:
        kind = Kind(str(body.get("kind")))
    except ValueError:
        raise Wrong(f"kind must be one of: {', '.join(Kind)}") from None
    lasting = body.get("count", None if "probability" in body else 1)
    times = None if lasting is None else int(number({"count": lasting}, "count"))
    if times is not None and times < 1:
        raise Wrong("count must be 1 or more")
    endpoint = body.get("endpoint")
    if endpoint is not None:
        endpoint = text_of(body, "endpoint")
    fault = platform.faults.order(
        kind,
        endpoint=endpoint,
        times=times,
        probability=number(body, "probability", default=1.0),
        seconds=min(max(number(body, "seconds", default=3.0), 0.0), 600.0),
    )
    return {"fault": fault.as_json()}


def _clock(platform: Platform) -> Json:
    return platform.clock.reading(platform.now())


def _move_clock(platform: Platform, body: Json) -> Json:
    try:
        if body.get("reset"):
            platform.clock.back_to_real_time()
        elif "at" in body:
            at = datetime.fromisoformat(text_of(body, "at"))
            platform.clock.move_to(at if at.tzinfo else at.replace(tzinfo=UTC), platform.now())
        else:
            platform.clock.advance(number(body, "advance_seconds"))
    except (ValueError, OverflowError) as problem:
        raise Wrong(f"no such time: {problem}") from None
    return _clock(platform)


def _set_latency(platform: Platform, body: Json) -> Json:
    platform.latency = min(max(number(body, "ms"), 0.0), 60_000.0) / 1000
    return {"ms": platform.latency * 1000}


def _set_quota(platform: Platform, body: Json) -> Json:
    limit = body.get("limit")
    platform.statistics.monthly_limit = None if limit is None else int(number(body, "limit"))
    return {"limit": platform.statistics.monthly_limit}


def _reset(platform: Platform, body: Json) -> Json:
    platform.reset()
    return {"ok": True}


def _state(platform: Platform) -> Json:
    return {
        "webhook": platform.courier.url,
        "product": platform.settings.product_url,
        "waiting": platform.courier.waiting(),
        "latency_ms": platform.latency * 1000,
        "bot_user_id": platform.bot_user_id,
        "log": platform.journal.last,
        "uptime_seconds": round(time.monotonic() - _STARTED, 1),
    }


_STARTED = time.monotonic()
_LOOKS: tuple[tuple[str, Callable[..., Json]], ...] = (
    ("/chat/<resident>", _chat),
    ("/log", _log),
    ("/summary", _summary),
    ("/residents", _residents),
    ("/faults", _faults),
    ("/clock", _clock),
    ("/state", _state),
)
_ORDERS: tuple[tuple[str, Callable[..., Json]], ...] = (
    ("/residents", _add_residents),
    ("/faults", _order_fault),
    ("/clock", _move_clock),
    ("/latency", _set_latency),
    ("/quota", _set_quota),
    ("/reset", _reset),
)
