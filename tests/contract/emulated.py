"""An emulated platform in this process, and a stand-in for the product that hears its webhooks."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.emulator.platform import Platform, PlatformSettings
from handlers.emulator.app import create_app

Json = dict[str, Any]
SECRET, TOKEN = "channel-secret", "channel-token"


@dataclass(slots=True)
class Heard:
    """One delivery as the product got it."""

    body: bytes
    signature: str

    @property
    def events(self) -> list[Json]:
        events: list[Json] = json.loads(self.body)["events"]
        return events


@dataclass(slots=True)
class Listener:
    """Hears webhooks; answers each with the next of `statuses`, then 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    changed: Condition = field(default_factory=Condition)

    def wait_for(self, count: int, seconds: float = 10.0) -> list[Heard]:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.heard) >= count, seconds)
            return list(self.heard)

    def take(self, heard: Heard) -> int:
        with self.changed:
            self.heard.append(heard)
            self.changed.notify_all()
            return self.statuses.pop(0) if self.statuses else 200


@contextmanager
def listening() -> Iterator[Listener]:
    listener = Listener()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = listener.take(Heard(body, self.headers["x-line-signature"] or ""))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

    server = Server(("127.0.0.1", 0), Door)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    listener.url = f"http://127.0.0.1:{server.server_port}/callback"
    try:
        yield listener
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(slots=True)
class Line:
    """The platform with the account's and the residents' side of it."""

    platform: Platform
    client: FlaskClient
    listener: Listener

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """A call of LINE's API with the account's token; `x_y="…"` becomes the header `X-Y`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent.setdefault("Authorization", f"Bearer {TOKEN}")
        return self.client.open(path, method=method, json=body, headers=sent)

    def order(self, path: str, **body: Any) -> Json:
        answer = self.client.post(f"/_emulator/{path}", json=body)
        assert answer.status_code == 200, answer.text
        result: Json = answer.json
        return result

    def look(self, path: str) -> Json:
        result: Json = self.client.get(f"/_emulator/{path}").json
        return result

    def id_of(self, key: str) -> str:
        member = self.platform.people.find(key)
        assert member is not None
        return member.chat_id

    def hear(self, send: Callable[[], object]) -> Json:
        """The one event that `send` makes the product hear."""
        count = len(self.listener.heard)
        send()
        return self.listener.wait_for(count + 1)[count].events[0]


@contextmanager
def emulated(**settings: Any) -> Iterator[Line]:
    with listening() as listener:
        settings.setdefault("redelivery_after", (0.05, 0.05, 0.05))
        platform = Platform(
            PlatformSettings(listener.url, SECRET, TOKEN, product_url=listener.url, **settings)
        )
        try:
            yield Line(platform, create_app(platform).test_client(), listener)
        finally:
            platform.stop()
