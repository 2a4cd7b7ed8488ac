"""The emulator as its own program: faults on the wire, a crowd at once, and a log that is exact."""

import http.client
import json
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from handlers.emulator.launch import Refused, RunningEmulator, start
from handlers.emulator.server import make_server
from tests.contract.emulated import SECRET, TOKEN, Listener, emulated, listening

pytestmark = pytest.mark.slow
HELLO = [{"type": "text", "text": "こんにちは"}]


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as heard:
        yield heard


@pytest.fixture
def emulator(listener: Listener, tmp_path: Path) -> Iterator[RunningEmulator]:
    with start(
        webhook_url=listener.url,
        channel_secret=SECRET,
        channel_token=TOKEN,
        log_file=tmp_path / "log.jsonl",
        clock_file=tmp_path / "clock.json",
        more=("--redelivery-seconds", "0.1,0.1"),
    ) as running:
        yield running


def push(
    emulator: RunningEmulator, key: str, seconds: float = 5.0
) -> tuple[int, dict[str, str], Any]:
    address = urlsplit(emulator.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=seconds)
    to = resident_id(emulator, "r74")
    headers = {
        "Authorization": f"Bearer {TOKEN}",
        "Content-Type": "application/json",
        "X-Line-Retry-Key": key,
    }
    try:
        body = json.dumps({"to": to, "messages": HELLO})
        connection.request("POST", "/v2/bot/message/push", body, headers)
        answer = connection.getresponse()
        return answer.status, dict(answer.headers), json.loads(answer.read())
    finally:
        connection.close()


def resident_id(emulator: RunningEmulator, key: str) -> str:
    people = {person["key"]: person for person in emulator.get("residents")["residents"]}
    return str(people[key]["chat_id"])


def shown(emulator: RunningEmulator) -> int:
    lines = emulator.get("chat/r74")["messages"]
    return sum(line["from"] == "account" for line in lines)


@pytest.mark.parametrize(("kind", "status"), [("429", 429), ("500", 500)])
def test_an_ordered_refusal_sends_nothing_and_the_retry_sends_once(
    emulator: RunningEmulator, kind: str, status: int
) -> None:
    emulator.post("faults", {"kind": kind, "endpoint": "push"})
    key = str(uuid.uuid4())
    assert [push(emulator, key)[0] for _ in range(3)] == [status, 200, 409]
    assert shown(emulator) == 1


@pytest.mark.parametrize(
    ("kind", "problem", "retry"),
    [
        ("timeout", TimeoutError, 200),
        ("reset", ConnectionResetError, 200),
        ("timeout-after-accept", TimeoutError, 409),
        ("reset-after-accept", ConnectionResetError, 409),
    ],
)
def test_after_a_broken_call_the_retry_tells_whether_it_was_accepted(
    emulator: RunningEmulator, kind: str, problem: type[OSError], retry: int
) -> None:
    emulator.post("faults", {"kind": kind, "endpoint": "push", "seconds": 1.0})
    key = str(uuid.uuid4())
    with pytest.raises(problem):
        push(emulator, key, seconds=0.5)
    assert push(emulator, key)[0] == retry
    assert shown(emulator) == 1


def test_a_slow_call_is_answered_in_the_end(emulator: RunningEmulator) -> None:
    emulator.post("faults", {"kind": "slow", "seconds": 0.4})
    started = time.monotonic()
    assert push(emulator, str(uuid.uuid4()))[0] == 200
    assert time.monotonic() - started >= 0.4


def test_fifty_at_once_with_one_key_are_sent_once(emulator: RunningEmulator) -> None:
    key = str(uuid.uuid4())
    with ThreadPoolExecutor(50) as crowd:
        statuses = list(crowd.map(lambda _: push(emulator, key)[0], range(50)))
    assert sorted(statuses) == [200] + [409] * 49
    assert shown(emulator) == 1


def test_fifty_says_at_once_are_delivered_once_each_and_stand_in_the_log(
    emulator: RunningEmulator, listener: Listener, tmp_path: Path
) -> None:
    def say(number: int) -> str:
        body = {"resident": f"crowd{number % 10}", "text": f"質問{number}"}
        return str(emulator.post("say", body)["event_id"])

    with ThreadPoolExecutor(50) as crowd:
        said = sorted(crowd.map(say, range(50)))
    heard = [heard.events[0]["webhookEventId"] for heard in listener.wait_for(50)]
    assert sorted(heard) == said
    while emulator.get("state")["waiting"]:
        time.sleep(0.01)
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert sorted(e for line in lines for e in line["event_ids"]) == said
    assert [line["seq"] for line in lines] == list(range(1, 51))
    assert lines == emulator.get("log")["entries"]


def test_the_moved_clock_is_left_for_the_product(emulator: RunningEmulator, tmp_path: Path) -> None:
    emulator.post("clock", {"advance_seconds": 86400})
    assert json.loads((tmp_path / "clock.json").read_text()) == {"offset_seconds": 86400.0}
    with pytest.raises(Refused):
        emulator.post("clock", {"at": "someday"})
    with pytest.raises(Refused):
        emulator.post("clock", {"advance_seconds": 1e300})


def test_a_chat_can_be_waited_for(emulator: RunningEmulator) -> None:
    since = emulator.get("chat/r74")["next"]
    with ThreadPoolExecutor(1) as other:
        waiting = other.submit(emulator.get, f"chat/r74?since={since}&wait=5")
        push(emulator, str(uuid.uuid4()))
        assert [line["from"] for line in waiting.result()["messages"]] == ["account"]


def test_it_listens_to_this_machine_alone() -> None:
    with emulated() as line, pytest.raises(ValueError, match="loopback only"):
        make_server(line.client.application, "0.0.0.0", 0)
