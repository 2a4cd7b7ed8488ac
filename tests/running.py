"""Starts programs around the durable core and talks to them over HTTP."""

import base64
import http.client
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from handlers.commands.ordeal import Program, free_port
from tests.flows.line_double import SECRET, signature

ROOT = Path(__file__).resolve().parents[1]
TOKEN = "channel-access-token-of-a-test"


def key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def settings(
    database_url: str, line_url: str = "http://127.0.0.1:9", **more: str
) -> dict[str, str]:
    """An environment in which `serve` and `worker` start."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("MADOGUCHI_")},
        "DATABASE_URL": database_url,
        "LINE_CHANNEL_SECRET": SECRET,
        "LINE_CHANNEL_ACCESS_TOKEN": TOKEN,
        "LINE_API_BASE_URL": line_url,
        "MADOGUCHI_SECRET_KEY": key(),
        "MADOGUCHI_DATA_KEYS": key(),
        "MADOGUCHI_LOOKUP_KEY": key(),
        **more,
    }


class Small(Program):
    """`tests.program` with a command."""

    def __init__(self, environ: Mapping[str, str], *args: str) -> None:
        super().__init__("tests.program", args, {**environ, "PYTHONPATH": str(ROOT)})


@contextmanager
def served(environ: Mapping[str, str], *args: str) -> Iterator[tuple[Small, int]]:
    """`serve` on a free port, ready."""
    port = free_port()
    program = Small(environ, "serve", "--port", str(port), *args)
    try:
        wait_ready(port)
        yield program, port
    finally:
        program.kill()


def wait_ready(port: int, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            if get(port, "/healthz") == 200:
                return
        except OSError:
            pass
        assert time.monotonic() < until, "the server did not start"
        time.sleep(0.05)


def get(port: int, path: str, timeout: float = 10) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def deliver(port: int, body: bytes, timeout: float = 10, signed: str | None = None) -> int:
    """Posts a delivery as LINE does; the status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        headers = {"x-line-signature": signature(body) if signed is None else signed}
        connection.request("POST", "/callback", body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()
