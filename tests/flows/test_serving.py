"""The web server takes whole requests only, one owner a file, and ends in order."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.db import Database
from bot.inbox import upkeep
from bot.migrations import migrate
from handlers.arrival import WEBHOOK_MOST, Arrival, State
from tests.flows.line_double import delivery, signature, text_event
from tests.running import ROOT, deliver, get, served, settings

pytestmark = pytest.mark.slow


@pytest.fixture
def environ(sqlite_url: str) -> dict[str, str]:
    database = Database(sqlite_url)
    migrate(database)
    database.close()
    return settings(sqlite_url)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """One server for all tests that only knock at it; its worker role is paused."""
    url = f"sqlite:///{tmp_path_factory.mktemp('served')}/madoguchi.db"
    database = Database(url)
    migrate(database)
    database.close()
    with served(settings(url, MADOGUCHI_TEST_PAUSED="1")) as (_, port):
        yield port


def raw(port: int, request: bytes, *, until_closed: bool = True) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=8) as connection:
        connection.sendall(request)
        answer = b""
        while True:
            part = connection.recv(65536)
            answer += part
            if not part or not until_closed:
                return answer


@pytest.mark.alone
def test_eight_slow_clients_do_not_keep_a_delivery_waiting(port: int) -> None:
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(16)]
    for number, client in enumerate(slow):
        body = b"POST /callback HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\n{"
        client.sendall(body if number % 2 else b"POST /callback HT")
    began = time.monotonic()
    for number in range(20):
        for client in slow:
            client.sendall(b"a")
        assert deliver(port, delivery(text_event(number))) == 200
    assert time.monotonic() - began < 2
    for client in slow:
        client.close()


@pytest.mark.alone
def test_slow_pages_do_not_keep_a_delivery_waiting(port: int) -> None:
    pages = [threading.Thread(target=get, args=(port, "/slow")) for _ in range(40)]
    for page in pages:
        page.start()
    time.sleep(0.1)
    began = time.monotonic()
    assert deliver(port, delivery(text_event(900))) == 200
    took = time.monotonic() - began
    waiting = sum(page.is_alive() for page in pages)
    for page in pages:
        page.join()
    assert waiting > 8
    assert took < 0.5


@pytest.mark.alone
def test_a_request_not_whole_within_five_seconds_is_turned_away(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(b"POST /callback HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{")
        began = time.monotonic()
        answer = client.recv(1000)
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert 4.5 < time.monotonic() - began < 6.5


def test_a_body_over_one_megabyte_is_refused_before_it_is_read(port: int) -> None:
    head = b"POST /callback HTTP/1.1\r\nHost: a\r\nContent-Length: 1000001\r\n\r\n"
    assert raw(port, head).startswith(b"HTTP/1.1 413 ")
    assert get(port, "/healthz") == 200


def test_a_chunked_body_is_read_like_any_other(port: int) -> None:
    body = delivery(text_event(1))
    signed = signature(body).encode()
    head = b"POST /callback HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
    head += b"Connection: close\r\nX-Line-Signature: " + signed + b"\r\n\r\n"
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    assert raw(port, head + chunks).startswith(b"HTTP/1.1 200 ")


def test_requests_one_behind_the_other_on_one_connection_are_all_answered(port: int) -> None:
    one = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
    last = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    assert raw(port, one * 3 + last).count(b"HTTP/1.1 200 ") == 4


def test_a_client_that_asks_first_is_told_to_go_on(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=8) as client:
        head = b"POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
        client.sendall(head + b"Expect: 100-continue\r\n\r\n")
        assert client.recv(1000).startswith(b"HTTP/1.1 100 ")
        client.sendall(b"hello")
        answer = client.recv(1000)
        while b"\r\n\r\n5" not in answer:
            answer += client.recv(1000)


def test_a_file_of_five_megabytes_can_be_uploaded(port: int) -> None:
    size = 5_000_000
    head = b"POST /upload HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    assert raw(port, head % size + b"x" * size).endswith(b"5000000")


def test_nonsense_is_refused_and_harms_nobody(port: int) -> None:
    for nonsense in (
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"\x16\x03\x01\r\n\r\n",
        b"POST /callback HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"a" * 40_000,
    ):
        raw(port, nonsense)
    assert get(port, "/healthz") == 200


def test_what_was_acknowledged_is_answered_before_the_server_ends(
    environ: dict[str, str], sqlite_url: str
) -> None:
    with served(environ) as (program, port):
        for number in range(5):
            assert deliver(port, delivery(text_event(number, resident=f"U{number}"))) == 200
        assert program.stop() == 0
    database = Database(sqlite_url)
    with database.reading() as session:
        assert upkeep.counts(session)["dead"] == 0
    database.close()


def command(environ: dict[str, str], *args: str) -> tuple[int, str]:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.program", *args],
        env=environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return ended.returncode, ended.stderr


def test_a_second_program_on_the_same_file_does_not_start(environ: dict[str, str]) -> None:
    with served(environ):
        status, said = command(environ, "serve", "--port", "1")
    assert status == 2
    assert said == "madoguchi: DATABASE_URL: another process already serves this database\n"


def test_sqlite_is_served_by_one_process(environ: dict[str, str]) -> None:
    status, said = command(environ, "serve", "--workers", "2")
    assert (status, said.count("\n")) == (2, 1)
    assert "--workers" in said
    status, said = command(environ, "worker")
    assert (status, said.count("\n")) == (2, 1)
    assert "DATABASE_URL" in said


def test_an_old_schema_and_a_missing_setting_are_said_in_one_sentence(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    empty = environ | {"DATABASE_URL": f"sqlite:///{tmp_path}/empty.db"}
    status, said = command(empty, "serve")
    assert (status, said.count("\n")) == (2, 1)
    assert "migrate" in said
    status, said = command(environ | {"LINE_CHANNEL_SECRET": ""}, "serve")
    assert (status, said.count("\n")) == (2, 1)
    assert "LINE_CHANNEL_SECRET" in said


def test_a_request_counts_as_whole_exactly_with_its_last_byte() -> None:
    body = b"x" * 300
    plain = b"POST /a HTTP/1.1\r\nContent-Length: 300\r\n\r\n" + body
    chunked = b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunked += b"64;note=1\r\n" + b"\r\n0\r\n\r\n".ljust(100, b"y") + b"\r\n2\r\nab\r\n0\r\n\r\n"
    for request in (plain, chunked, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"):
        arrival = Arrival()
        states = [arrival.take(request[n : n + 1]) for n in range(len(request))]
        assert states[:-1] == [State.PARTIAL] * (len(request) - 1)
        assert states[-1] is State.WHOLE


def test_a_chunked_body_over_the_limit_is_noticed() -> None:
    arrival = Arrival()
    arrival.take(b"POST /callback HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
    size = WEBHOOK_MOST // 2
    chunk = b"%x\r\n%s\r\n" % (size, b"x" * size)
    assert arrival.take(chunk) is State.PARTIAL
    assert arrival.take(chunk) is State.BODY_TOO_LARGE
