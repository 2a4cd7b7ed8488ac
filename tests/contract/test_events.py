"""Whatever LINE may deliver is read without an error, and understood where it can be."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.line import events
from bot.line.events import Inbound, Location, Unreadable
from bot.line.inbound import NotADelivery, raw_event, read_kept, split
from tests.flows.line_double import delivery, text_event


def read(event: dict[str, Any]) -> Inbound | Unreadable:
    return events.read(raw_event(event))


def of_kind(kind: str, **more: Any) -> dict[str, Any]:
    event = text_event(1)
    del event["message"]
    return event | {"type": kind} | more


def test_a_text_message_is_read() -> None:
    event = text_event(3, "粗大ごみ")
    event["message"]["quotedMessageId"] = "m1"
    event["deliveryContext"]["isRedelivery"] = True
    assert read(event) == Inbound(
        event_id="01EVENT00003",
        kind="text",
        source="user",
        user_id="U1",
        reply_token="token3",
        standby=False,
        is_redelivery=True,
        occurred_at=datetime.fromtimestamp(1786000000.003, UTC),
        text="粗大ごみ",
        message_id="m3",
        quoted_message_id="m1",
    )


@pytest.mark.parametrize("kind", ["follow", "unfollow", "join", "leave"])
def test_coming_and_going_is_read(kind: str) -> None:
    said = read(of_kind(kind))
    assert isinstance(said, Inbound)
    assert said.kind == kind


def test_a_tap_a_place_an_edit_and_a_withdrawal_are_read() -> None:
    tap = read(of_kind("postback", postback={"data": "a=1", "params": {"date": "2026-08-08"}}))
    assert isinstance(tap, Inbound)
    assert (tap.postback_data, tap.postback_params) == ("a=1", {"date": "2026-08-08"})
    place = {"type": "location", "id": "m", "latitude": 34, "longitude": 136.5, "address": "津"}
    sent = read(of_kind("message", message=place))
    assert isinstance(sent, Inbound)
    assert sent.location == Location(34.0, 136.5, None, "津")
    edited = {"type": "text", "id": "m1", "text": "新", "quoteToken": "q"}
    again = read(of_kind("messageEdited", message=edited))
    assert isinstance(again, Inbound)
    assert (again.kind, again.message_id, again.text) == ("edited", "m1", "新")
    taken = read(of_kind("unsend", unsend={"messageId": "m1"}))
    assert isinstance(taken, Inbound)
    assert (taken.kind, taken.message_id) == ("unsend", "m1")


def test_a_mode_a_context_or_a_quote_token_the_sdk_misses_loses_no_message() -> None:
    event = text_event(1, "こんにちは") | {"mode": "dreaming"}
    del event["deliveryContext"]
    del event["message"]["quoteToken"]
    said = read(event)
    assert isinstance(said, Inbound)
    assert (said.kind, said.text, said.standby) == ("text", "こんにちは", False)


def test_standby_is_noticed() -> None:
    said = read(text_event(1) | {"mode": "standby"})
    assert said.standby is True


def test_an_unknown_event_or_message_keeps_its_reply_token() -> None:
    for event in (
        of_kind("somethingNew"),
        of_kind("accountLink", link={"result": "ok", "nonce": "n"}),
        of_kind("message", message={"type": "hologram", "id": "1"}),
        of_kind("message", message={"type": "text", "id": "1"}),
        of_kind("message"),
    ):
        said = read(event)
        assert said.reply_token == "token1"
        assert isinstance(said, Unreadable) or said.kind == "unknown"


def test_the_sdk_refuses_and_the_reason_holds_nothing_of_what_was_said() -> None:
    said = read(of_kind("message", message={"type": "text", "id": 7, "text": ["ひみつ"]}))
    assert isinstance(said, Unreadable)
    assert "ひみつ" not in said.reason


def test_a_kept_event_is_known_by_the_id_it_was_kept_under() -> None:
    event = text_event(1)
    del event["webhookEventId"]
    raw = split(delivery(event))[0]
    assert read_kept(raw.event_id, raw.event).event_id == raw.event_id


_WORDS = ["", "ごみ", "あ" * 5000, "\ud800", "\udfff\ud800", "𠮷", "\x00", "👨‍👩‍👧", "a" * 5001]
_KINDS = ["message", "follow", "unfollow", "postback", "unsend", "messageEdited", "join", "beacon"]
_ODD: list[Any] = [None, 0, -1, 1.5, True, "", [], {}, [[]], {"type": None}, 10**400, "\udead"]


def generated(seed: int, number: int) -> Iterator[bytes]:
    """Deliveries as LINE might send them and as it never should."""
    chance = random.Random(seed)
    for n in range(number):
        made = [_event(chance, n * 10 + k) for k in range(chance.randint(0, 4))]
        body = json.dumps({"destination": "U", "events": made})
        if chance.random() < 0.02:
            body = body[: chance.randint(0, len(body))]
        yield body.encode("utf-8", "surrogatepass")


def _event(chance: random.Random, number: int) -> Any:
    if chance.random() < 0.03:
        return chance.choice(_ODD)
    event = text_event(number, chance.choice(_WORDS), f"U{chance.randint(0, 30)}")
    event["timestamp"] -= chance.randint(0, 10**9)
    event["type"] = chance.choice([*_KINDS, "message", "message", f"new{number}"])
    event["message"]["type"] = chance.choice(["text", "text", "sticker", "image", "hologram"])
    event["postback"] = {"data": chance.choice(_WORDS), "params": chance.choice(_ODD)}
    event["unsend"] = {"messageId": f"m{chance.randint(0, number + 1)}"}
    for holder in (event, event["source"], event["message"]):
        for name in list(holder):
            if chance.random() < 0.04:
                holder[name] = chance.choice(_ODD)
            elif chance.random() < 0.02:
                del holder[name]
    return event


def test_ten_thousand_generated_bodies_are_taken_apart_and_read_without_an_error() -> None:
    understood = unreadable = bodies = 0
    for body in generated(20260808, 10_000):
        bodies += 1
        try:
            raws = split(body)
        except NotADelivery:
            continue
        for raw in raws:
            assert raw.event_id
            json.dumps(raw.event).encode()
            if isinstance(events.read(raw), Unreadable):
                unreadable += 1
            else:
                understood += 1
    assert bodies == 10_000
    assert understood > 10_000
    assert unreadable > 500
