"""The emulator answers sends as LINE documents it: once a token, once a key, nothing malformed."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.contract.emulated import Line, emulated

HELLO = [{"type": "text", "text": "こんにちは"}]


class Clock:
    """Real time that a test may move."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def line(clock: Clock) -> Iterator[Line]:
    with emulated(now=clock) as running:
        yield running


def said(line: Line, text: str = "住民票") -> dict[str, Any]:
    return line.hear(lambda: line.order("say", resident="r74", text=text))


def reply(line: Line, token: str, **headers: str) -> Any:
    body = {"replyToken": token, "messages": HELLO}
    return line.call("POST", "/v2/bot/message/reply", body, **headers)


def shown(line: Line, key: str = "r74") -> list[str]:
    lines = line.look(f"chat/{key}")["messages"]
    return [li["message"].get("text", "") for li in lines if li["from"] == "account"]


def test_a_reply_is_shown_once_and_its_token_is_then_used(line: Line) -> None:
    token = said(line)["replyToken"]
    answers = [reply(line, token) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 400]
    assert answers[1].json == {"message": "Invalid reply token"}
    assert shown(line) == ["こんにちは"]


def test_a_reply_after_its_minute_is_refused(line: Line, clock: Clock) -> None:
    token = said(line)["replyToken"]
    clock.ahead = timedelta(seconds=61)
    assert reply(line, token).status_code == 400
    assert shown(line) == []


def test_a_refused_reply_leaves_its_token_good(line: Line) -> None:
    token = said(line)["replyToken"]
    bad = {"replyToken": token, "messages": [{"type": "text", "text": ""}]}
    refused = line.call("POST", "/v2/bot/message/reply", bad)
    assert refused.status_code == 400
    assert refused.json["details"] == [
        {"message": "May not be empty", "property": "messages[0].text"}
    ]
    assert reply(line, token).status_code == 200


def test_a_reply_with_a_retry_key_is_refused(line: Line) -> None:
    token = said(line)["replyToken"]
    assert reply(line, token, X_Line_Retry_Key=str(uuid.uuid4())).status_code == 400
    assert reply(line, token).status_code == 200


def push(line: Line, to: Any, key: str | None = None, messages: Any = None) -> Any:
    headers = {"X_Line_Retry_Key": key} if key else {}
    body = {"to": to, "messages": messages or HELLO}
    return line.call("POST", "/v2/bot/message/push", body, **headers)


def test_a_retry_key_sends_once_and_names_the_accepted_request(line: Line) -> None:
    key = str(uuid.uuid4())
    first, second = push(line, line.id_of("r74"), key), push(line, line.id_of("r74"), key)
    assert [first.status_code, second.status_code] == [200, 409]
    accepted = second.headers["x-line-accepted-request-id"]
    assert accepted == first.headers["x-line-request-id"]
    assert second.json["sentMessages"] == first.json["sentMessages"]
    assert shown(line) == ["こんにちは"]


def test_after_a_day_the_same_key_sends_again(line: Line, clock: Clock) -> None:
    key = str(uuid.uuid4())
    push(line, line.id_of("r74"), key)
    clock.ahead = timedelta(hours=24, minutes=1)
    assert push(line, line.id_of("r74"), key).status_code == 200
    assert len(shown(line)) == 2


def test_a_refused_push_leaves_its_key_good(line: Line) -> None:
    key = str(uuid.uuid4())
    assert push(line, line.id_of("r74"), key, [{"type": "text"}]).status_code == 400
    assert push(line, line.id_of("r74"), key).status_code == 200
    entry = line.look("log?kind=api")["entries"][-1]
    assert entry["retry_body_changed"] is True


@pytest.mark.parametrize("key", ["k1", "123e4567e89b12d3a456426614174000"])
def test_a_key_that_is_no_uuid_is_refused(line: Line, key: str) -> None:
    assert push(line, line.id_of("r74"), key).status_code == 400


def test_a_blocked_resident_gets_nothing_and_the_push_is_200(line: Line) -> None:
    line.order("unfollow", resident="r74")
    assert push(line, line.id_of("r74")).status_code == 200
    assert shown(line) == []
    assert line.look("log?kind=api")["entries"][-1]["reached"] == []


@pytest.mark.parametrize("to", ["U" + "0" * 32, "somebody", "", 5, None])
def test_a_made_up_recipient_is_refused(line: Line, to: Any) -> None:
    assert push(line, to).status_code == 400


def multicast(line: Line, to: list[Any]) -> Any:
    return line.call("POST", "/v2/bot/message/multicast", {"to": to, "messages": HELLO})


def test_a_multicast_reaches_500_and_no_more(line: Line) -> None:
    ids = line.order("residents", count=501)["user_ids"]
    assert multicast(line, ids[:500]).json == {}
    assert len(line.look("log?kind=api")["entries"][-1]["reached"]) == 500
    refused = multicast(line, ids)
    assert refused.status_code == 400
    assert refused.json["details"][0]["property"] == "to"


def test_a_multicast_names_the_stranger_and_reaches_nobody(line: Line) -> None:
    refused = multicast(line, [line.id_of("r74"), "U" + "0" * 32])
    assert refused.status_code == 400
    assert "to[1]" in refused.json["message"]
    assert shown(line) == []


def test_the_201st_multicast_of_a_second_is_too_many(line: Line) -> None:
    statuses = [multicast(line, [line.id_of("r74")]).status_code for _ in range(400)]
    assert statuses[:200] == [200] * 200
    assert 429 in statuses


def test_a_used_up_quota_refuses_pushes_but_never_replies(line: Line) -> None:
    line.order("quota", limit=1)
    assert push(line, line.id_of("r74")).status_code == 200
    refused = push(line, line.id_of("r74"))
    assert refused.status_code == 429
    assert refused.json == {"message": "You have reached your monthly limit."}
    assert reply(line, said(line)["replyToken"]).status_code == 200
    assert line.call("GET", "/v2/bot/message/quota").json == {"type": "limited", "value": 1}
    assert line.call("GET", "/v2/bot/message/quota/consumption").json == {"totalUsage": 1}


def test_a_broadcast_reaches_every_friend(line: Line) -> None:
    line.order("unfollow", resident="r38")
    answer = line.call("POST", "/v2/bot/message/broadcast", {"messages": HELLO})
    assert answer.status_code == 200
    assert [len(shown(line, key)) for key in ("r74", "r38", "easy", "new")] == [1, 0, 1, 0]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": ""}, 401),
        ({"Content_Type": "text/plain"}, 415),
    ],
)
def test_a_call_without_token_or_json_is_turned_away(
    line: Line, headers: dict[str, str], status: int
) -> None:
    answer = push_raw(line, b'{"to":"x"}', **headers)
    assert answer.status_code == status
    assert "message" in answer.json


def push_raw(line: Line, raw: bytes, **headers: str) -> Any:
    sent = {"Authorization": "Bearer channel-token", "Content-Type": "application/json"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    return line.client.post("/v2/bot/message/push", data=raw, headers=sent)


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused(line: Line, raw: bytes) -> None:
    assert push_raw(line, raw).status_code == 400


def test_a_card_nested_without_end_is_refused(line: Line) -> None:
    box = b'{"type":"box","layout":"vertical","contents":['
    card = b'{"type":"bubble","body":' + box * 900 + b"]}" * 900 + b"}"
    message = b'{"type":"flex","altText":"a","contents":' + card + b"}"
    body = b'{"to":"%s","messages":[%s]}' % (line.id_of("r74").encode(), message)
    assert push_raw(line, body).status_code == 400


def test_a_body_over_two_megabytes_is_refused(line: Line) -> None:
    assert push_raw(line, b"{" + b" " * 2 * 1024 * 1024 + b"}").status_code == 413


def test_every_answer_carries_its_own_request_id(line: Line) -> None:
    answers = [line.call("GET", path) for path in ("/v2/bot/info", "/v2/bot/nothing")]
    answers.append(push(line, "nobody"))
    ids = {answer.headers["x-line-request-id"] for answer in answers}
    assert len(ids) == 3
    assert [entry["request_id"] in ids for entry in line.look("log?kind=api")["entries"]] == [
        True,
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 202),
        ({"loadingSeconds": 60}, 202),
        ({"loadingSeconds": 4}, 400),
        ({"loadingSeconds": 12}, 400),
        ({"loadingSeconds": 65}, 400),
        ({"loadingSeconds": True}, 400),
        ({"chatId": "C" + "0" * 32}, 400),
    ],
)
def test_the_loading_animation_lasts_5_to_60_seconds_in_fives(
    line: Line, body: dict[str, Any], status: int
) -> None:
    whole = {"chatId": line.id_of("r74"), **body}
    assert line.call("POST", "/v2/bot/chat/loading/start", whole).status_code == status
    assert (line.look("chat/r74")["loading_seconds"] > 0) is (status == 202)


def test_a_message_ends_the_loading_animation(line: Line) -> None:
    line.call("POST", "/v2/bot/chat/loading/start", {"chatId": line.id_of("r74")})
    push(line, line.id_of("r74"))
    assert line.look("chat/r74")["loading_seconds"] == 0
