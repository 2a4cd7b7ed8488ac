"""`madoguchi bench webhook`: durable acknowledgements a second, beside a bare signature check."""

import argparse
import base64
import hashlib
import hmac
import json
import secrets
import selectors
import socket
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from handlers.commands.ordeal import Program, free_port, wait_until
from handlers.serving import Role, Server, WsgiApp

CONNECTIONS = 32
_SECRET = "secret-of-the-bench"  # noqa: S105 (guards nothing)


@dataclass(frozen=True, slots=True)
class Door:
    """One Flask app, served without a worker role."""

    flask_app: WsgiApp
    worker: Role | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """What one server reached."""

    per_second: float
    p50_ms: float
    p99_ms: float
    wrong: int


def run(args: Sequence[str], _environ: Mapping[str, str] = MappingProxyType({})) -> int:
    """Measures both servers in turn with the same settings; the median round as JSON on stdout.

    The bare server checks the signature and keeps nothing. The other one is the product's own
    webhook door on SQLite (`synchronous=FULL`), workers paused.
    """
    parser = argparse.ArgumentParser(prog="madoguchi bench webhook")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args(args)
    rounds = [_round(asked.seconds, asked.connections) for _ in range(asked.rounds)]
    rounds.sort(key=lambda pair: pair[1].per_second / pair[0].per_second)
    bare, kept = rounds[len(rounds) // 2]
    print(
        json.dumps(
            {
                "connections": asked.connections,
                "bare_per_second": round(bare.per_second, 1),
                "durable_per_second": round(kept.per_second, 1),
                "ratio": round(kept.per_second / bare.per_second, 3),
                "ratios": [round(k.per_second / b.per_second, 3) for b, k in rounds],
                "bare_p99_ms": bare.p99_ms,
                "durable_p50_ms": kept.p50_ms,
                "durable_p99_ms": kept.p99_ms,
                "not_200": bare.wrong + kept.wrong,
            }
        )
    )
    return 0 if not any(pace.wrong for pair in rounds for pace in pair) else 1


def _round(seconds: float, connections: int) -> tuple[Pace, Pace]:
    with tempfile.TemporaryDirectory() as folder:
        return (
            _measure("bare", Path(folder), seconds, connections),
            _measure("durable", Path(folder), seconds, connections),
        )


def _measure(kind: str, folder: Path, seconds: float, connections: int) -> Pace:
    port = free_port()
    command = [kind, str(port), str(folder / "bench.db")]
    program = Program("handlers.commands.bench_webhook", command, {"PATH": "", "HOME": str(folder)})
    try:
        wait_until(lambda: _answers(port), 20, "the server did not start")
        load(port, 0.5, connections)
        return load(port, seconds, connections)
    finally:
        program.kill()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 10) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            return connection.recv(100).startswith(b"HTTP/1.1 ")
    except OSError:
        return False


def load(port: int, seconds: float, connections: int) -> Pace:
    """Keeps so many connections busy, each with one delivery at a time, every event a new one."""
    selector = selectors.DefaultSelector()
    began: dict[socket.socket, float] = {}
    took: list[float] = []
    wrong = 0
    for _ in range(connections):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(connection, selectors.EVENT_READ)
        began[connection] = time.perf_counter()
        connection.sendall(_request())
    start = time.perf_counter()
    while (now := time.perf_counter()) < start + seconds:
        for key, _ in selector.select(0.5):
            connection = key.fileobj  # type: ignore[assignment]
            wrong += not connection.recv(4096).startswith(b"HTTP/1.1 200")
            now = time.perf_counter()
            took.append(now - began[connection])
            began[connection] = now
            connection.sendall(_request())
    for connection in began:
        connection.close()
    took.sort()
    return Pace(
        per_second=len(took) / (now - start),
        p50_ms=round(took[len(took) // 2] * 1000, 1),
        p99_ms=round(took[int(len(took) * 0.99)] * 1000, 1),
        wrong=wrong,
    )


def _request() -> bytes:
    event: dict[str, Any] = {
        "type": "message",
        # As LINE's: in the order of time.
        "webhookEventId": f"01{time.time_ns():020X}{secrets.token_hex(4)}",
        "deliveryContext": {"isRedelivery": False},
        "timestamp": time.time_ns() // 1_000_000,
        "mode": "active",
        "source": {"type": "user", "userId": "U" + secrets.token_hex(16)},
        "replyToken": secrets.token_hex(16),
        "message": {
            "type": "text",
            "id": str(time.time_ns()),
            "quoteToken": "q",
            "text": "粗大ごみの出し方は？",
        },
    }
    body = json.dumps({"destination": "U0", "events": [event]}, ensure_ascii=False).encode()
    digest = base64.b64encode(hmac.new(_SECRET.encode(), body, hashlib.sha256).digest())
    head = b"POST /callback HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    head += b"x-line-signature: %s\r\nContent-Length: %d\r\n\r\n" % (digest, len(body))
    return head + body


def _bare() -> Door:
    from flask import Flask, Response, request

    from bot.line.inbound import verify

    app = Flask("bare")

    @app.post("/callback")
    def callback() -> Response:
        body = request.get_data(cache=False)
        good = verify(body, request.headers.get("X-Line-Signature"), _SECRET)
        return Response(status=200 if good else 400)

    return Door(app)


def _durable(database_url: str) -> Door:
    from flask import Flask

    from bot.db import Database
    from bot.masking import mask_event
    from bot.migrations import migrate
    from bot.sealing import Sealer
    from handlers import webhook

    database = Database(database_url)
    migrate(database)
    sealer = Sealer([secrets.token_bytes(32)], secrets.token_bytes(32))
    app = Flask("durable")
    door = webhook.blueprint(_SECRET, database, sealer, mask_event, lambda: None)
    app.register_blueprint(door)
    return Door(app)


def _serve(kind: str, port: int, file: str) -> None:
    build = _bare if kind == "bare" else lambda: _durable(f"sqlite:///{file}")
    Server(build, host="127.0.0.1", port=port, workers=1, threads=8).run()


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]), sys.argv[3])
