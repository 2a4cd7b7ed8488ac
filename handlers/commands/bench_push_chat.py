"""Times the product's replies without and with an announcement on its way, on PostgreSQL."""

import base64
import hashlib
import hmac
import http.client
import json
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

from handlers.commands.line_stub import RunningStub
from handlers.commands.ordeal import Program, free_port, readiness, wait_until

RATE, SECONDS, TURNS = 20.0, 5.0, 5
_CALM = 1.0
"""Seconds in which the last replies come back."""


def measure(
    environment: Mapping[str, str], stub: RunningStub, let_go: Callable[[bool], None]
) -> dict[str, Any]:
    """p95 from the delivery of a message to its reply at LINE, in milliseconds, both ways.

    `let_go(False)` pauses the announcement, `let_go(True)` lets it go on.
    """
    let_go(False)
    for command in (["seed"],):
        Program("wsgi", command, environment, quiet=True).process.wait(120)
    port = free_port()
    serve = ["serve", "--port", str(port), "--workers", "1"]
    programs = [Program("wsgi", command, environment) for command in (serve, ["worker"])]
    try:
        wait_until(lambda: readiness(port), 60, "the product did not start")
        _ask(environment, port, stub, 3)
        alone: list[float] = []
        along: list[float] = []
        sent = 0.0
        # By turns, so that whatever else the machine does falls on both alike.
        for _ in range(TURNS):
            alone += _ask(environment, port, stub, SECONDS)
            let_go(True)
            time.sleep(0.5)
            before = stub.told()["calls"]
            along += _ask(environment, port, stub, SECONDS)
            sent += stub.told()["calls"] - before
            let_go(False)
            time.sleep(0.5)
    finally:
        for program in programs:
            program.kill()
    return {
        "reply_p50_ms": _at(alone, 0.5),
        "reply_p95_ms": _at(alone, 0.95),
        "reply_p50_ms_while_sending": _at(along, 0.5),
        "reply_p95_ms_while_sending": _at(along, 0.95),
        "growth_of_p95": round(_at(along, 0.95) / _at(alone, 0.95) - 1, 3),
        "answered": [len(alone), len(along)],
        "multicasts_a_second_meanwhile": round(sent / (TURNS * (SECONDS + _CALM)), 1),
    }


def _ask(
    environment: Mapping[str, str], port: int, stub: RunningStub, seconds: float
) -> list[float]:
    asked: dict[str, float] = {}
    began = time.time()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    for number in range(int(seconds * RATE)):
        time.sleep(max(0.0, began + number / RATE - time.time()))
        token = secrets.token_hex(16)
        asked[token] = time.time()
        body = _delivery(token)
        secret = environment["LINE_CHANNEL_SECRET"].encode()
        digest = base64.b64encode(hmac.new(secret, body, hashlib.sha256).digest()).decode()
        headers = {"x-line-signature": digest, "Content-Type": "application/json"}
        connection.request("POST", "/callback", body, headers)
        connection.getresponse().read()
    connection.close()
    time.sleep(_CALM)
    took = [at - asked[token] for token, at in stub.told()["replies"] if token in asked]
    return [one * 1000 for one in took]


def _delivery(token: str) -> bytes:
    event = {
        "type": "message",
        "webhookEventId": f"01{time.time_ns():020X}{secrets.token_hex(4)}",
        "deliveryContext": {"isRedelivery": False},
        "timestamp": time.time_ns() // 1_000_000,
        "mode": "active",
        "source": {"type": "user", "userId": f"U{secrets.randbelow(200):032x}"},
        "replyToken": token,
        "message": {"type": "text", "id": token, "quoteToken": "q", "text": "粗大ごみの出し方は？"},
    }
    return json.dumps({"destination": "U0", "events": [event]}, ensure_ascii=False).encode()


def _at(took: list[float], share: float) -> float:
    took = sorted(took)
    return round(took[min(len(took) - 1, int(len(took) * share))], 1) if took else 0.0
