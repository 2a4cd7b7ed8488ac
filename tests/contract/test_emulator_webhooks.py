"""Events reach the product signed, in LINE's shape, and again when it did not take them."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from linebot.v3 import WebhookParser
from linebot.v3.models.events import UnknownEvent

from bot.emulator.signing import signature
from tests.contract.emulated import SECRET, Line, emulated


@pytest.fixture
def line() -> Iterator[Line]:
    with emulated() as running:
        yield running


def test_a_delivery_is_signed_over_its_raw_bytes_and_names_the_account(line: Line) -> None:
    line.order("say", resident="r74", text="住民票")
    (heard,) = line.listener.wait_for(1)
    assert heard.signature == signature(SECRET, heard.body)
    assert "住民票".encode() in heard.body
    bot = line.call("GET", "/v2/bot/info").json["userId"]
    assert f'"destination": "{bot}"'.encode() in heard.body


def test_what_was_not_taken_comes_again_as_the_same_event(line: Line) -> None:
    line.listener.statuses += [503, 500]
    line.order("say", resident="r74", text="住民票")
    first, second, third = (heard.events[0] for heard in line.listener.wait_for(3))
    assert [e["deliveryContext"]["isRedelivery"] for e in (first, second, third)] == [
        False,
        True,
        True,
    ]
    for again in (second, third):
        assert {**again, "deliveryContext": None} == {**first, "deliveryContext": None}
    time.sleep(0.2)
    assert len(line.listener.heard) == 3


def test_a_duplicate_carries_the_same_event_id(line: Line) -> None:
    line.order("faults", kind="duplicate-webhook")
    line.order("say", resident="r74", text="住民票")
    first, second = (heard.events[0] for heard in line.listener.wait_for(2))
    assert first["webhookEventId"] == second["webhookEventId"]
    assert {
        first["deliveryContext"]["isRedelivery"],
        second["deliveryContext"]["isRedelivery"],
    } == {
        False,
        True,
    }


def test_a_late_webhook_keeps_the_time_of_its_event(line: Line) -> None:
    line.order("faults", kind="late-webhook", seconds=0.4)
    started = time.time()
    event = line.hear(lambda: line.order("say", resident="r74", text="住民票"))
    assert time.time() - started >= 0.4
    assert event["timestamp"] / 1000 - started < 0.3
    assert event["deliveryContext"] == {"isRedelivery": False}


def test_a_dropped_webhook_comes_again(line: Line) -> None:
    line.order("faults", kind="drop")
    event = line.hear(lambda: line.order("say", resident="r74", text="住民票"))
    assert event["deliveryContext"] == {"isRedelivery": True}


def test_the_sdk_knows_every_event_the_emulator_sends(line: Line) -> None:
    orders: list[tuple[str, dict[str, Any]]] = [
        ("say", {"text": "あ"}),
        *[("event", {"event": {"message": {"type": kind}}}) for kind in MESSAGES],
        ("tap", {"action": {"type": "postback", "data": "d"}}),
        ("tap", {"action": PICKER, "params": "2026-12-01"}),
        ("unfollow", {}),
        ("follow", {}),
    ]
    for path, body in orders:
        line.order(path, resident="r74", **body)
    line.order("join", group="g1")
    line.order("say", resident="r74", group="g1", text="みんなへ")
    said = line.order("say", resident="r74", text="まちがい")
    line.order("edit", resident="r74", message_id=said["message_id"], text="ただしい")
    line.order("unsend", resident="r74", message_id=said["message_id"])
    parser = WebhookParser(SECRET)
    heard = line.listener.wait_for(len(orders) + 5)
    events = [e for h in heard for e in parser.parse(h.body.decode(), h.signature)]
    assert [e for e in events if isinstance(e, UnknownEvent)] == []
    assert len(events) == len(orders) + 5


MESSAGES = ("image", "video", "audio", "file", "location", "sticker")
PICKER = {"type": "datetimepicker", "label": "日", "data": "day", "mode": "date"}


def test_a_date_picked_comes_as_a_postback_without_a_time_zone(line: Line) -> None:
    event = line.hear(
        lambda: line.order(
            "tap",
            resident="r74",
            action={**PICKER, "mode": "datetime"},
            params="2026-12-01T10:00",
        )
    )
    assert event["postback"] == {"data": "day", "params": {"datetime": "2026-12-01T10:00"}}


def test_a_date_outside_the_picker_cannot_be_picked(line: Line) -> None:
    action = {**PICKER, "max": "2026-11-30"}
    body = {"resident": "r74", "action": action, "params": "2026-12-01"}
    assert line.client.post("/_emulator/tap", json=body).status_code == 409


def test_a_tap_is_found_by_its_label_in_what_the_account_sent(line: Line) -> None:
    quick = {"type": "action", "action": {"type": "postback", "label": "はい", "data": "yes"}}
    message = {"type": "text", "text": "よいですか", "quickReply": {"items": [quick]}}
    body = {"to": line.id_of("r74"), "messages": [message]}
    line.call("POST", "/v2/bot/message/push", body)
    event = line.hear(lambda: line.order("tap", resident="r74", action="はい"))
    assert event["postback"] == {"data": "yes"}
    body = {"resident": "r74", "action": "いいえ"}
    assert line.client.post("/_emulator/tap", json=body).status_code == 400


def test_what_is_taken_back_is_gone_from_the_chat_and_its_photo_from_the_platform(
    line: Line,
) -> None:
    png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (10).to_bytes(4, "big") * 2 + b"rest"
    sent = line.client.post("/_emulator/photo?resident=r74", data=png, content_type="image/png")
    message_id = sent.json["message_id"]
    path = f"/v2/bot/message/{message_id}/content"
    assert line.call("GET", path).data == png
    event = line.hear(lambda: line.order("unsend", resident="r74", message_id=message_id))
    if event["type"] != "unsend":
        event = line.listener.wait_for(2)[1].events[0]
    assert event["unsend"] == {"messageId": message_id}
    assert line.call("GET", path).status_code == 410
    assert line.look("chat/r74")["messages"][0]["message"] == {"type": "unsent"}


def test_content_is_202_while_it_is_prepared(line: Line) -> None:
    png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (10).to_bytes(4, "big") * 2
    address = "/_emulator/photo?resident=r74&prepare_seconds=60"
    sent = line.client.post(address, data=png, content_type="image/png")
    answer = line.call("GET", f"/v2/bot/message/{sent.json['message_id']}/content")
    assert (answer.status_code, answer.data) == (202, b"")
    assert line.call("GET", "/v2/bot/message/1/content").status_code == 404


def test_any_event_may_be_sent_however_odd(line: Line) -> None:
    events = [
        {"resident": "r74", "event": {"type": "brandNew", "thing": {"a": 1}}},
        {"event": {"type": "message", "message": None, "mode": "rest", "deliveryContext": None}},
        {"resident": "r38", "event": {"message": {"type": "text", "text": "\ud800"}}},
    ]
    line.order("event", events=events)
    (heard,) = line.listener.wait_for(1)
    assert [e.get("type") for e in heard.events] == ["brandNew", "message", "message"]
    assert "deliveryContext" not in heard.events[1]
    assert "source" not in heard.events[1]
    line.order("event", events=[])
    assert line.listener.wait_for(2)[1].events == []


def test_raw_bytes_travel_as_they_are_once(line: Line) -> None:
    line.listener.statuses.append(400)
    line.order("raw", body="not json", signature="forged")
    (heard,) = line.listener.wait_for(1)
    assert (heard.body, heard.signature) == (b"not json", "forged")


def test_the_webhook_test_tells_how_it_went(line: Line) -> None:
    answer = line.call("POST", "/v2/bot/channel/webhook/test")
    assert (answer.json["success"], answer.json["statusCode"]) == (True, 200)
    line.listener.statuses.append(500)
    answer = line.call("POST", "/v2/bot/channel/webhook/test")
    assert (answer.json["success"], answer.json["reason"]) == (False, "ERROR_STATUS_CODE")
