"""A line of the log: one an event, with what an operator needs and nothing of a person."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from gunicorn.config import Config

from handlers import logs
from handlers.server_log import ServerLog

USER, TOKEN = "U" + "0123456789abcdef" * 2, "0123456789abcdef" * 2


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What is logged, in the form that a test sets up; logging is as before afterwards."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:] = before
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    for name in logs.OURS:
        logging.getLogger(name).setLevel(logging.NOTSET)


def failing(word: str) -> None:
    try:
        int(word)
    except ValueError as cause:
        raise RuntimeError(f"{word} cannot be counted") from cause


def test_a_text_line_says_when_who_and_what(written: io.StringIO) -> None:
    logs.set_up("text", written)
    logging.getLogger("madoguchi.worker").info("event %s was taken over", "01EVENT")
    at, rest = written.getvalue().split(" ", 1)
    assert at.endswith("Z")
    assert rest == "INFO madoguchi.worker event 01EVENT was taken over\n"


def test_a_json_line_holds_the_same_and_the_ids(written: io.StringIO) -> None:
    logs.set_up("json", written)
    number = logs.request_id.set("1f2e3d")
    logging.getLogger("madoguchi.webhook").warning("kept", extra={"event_id": "01EVENT"})
    logs.request_id.reset(number)
    held = json.loads(written.getvalue())
    assert held.pop("at").endswith("Z")
    assert held == {
        "level": "warning",
        "logger": "madoguchi.webhook",
        "message": "kept",
        "event_id": "01EVENT",
        "request_id": "1f2e3d",
    }


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_exception_is_told_by_kind_and_place_alone(form: str, written: io.StringIO) -> None:
    logs.set_up(form, written)
    try:
        failing("secret")
    except RuntimeError:
        logging.getLogger("handlers.chat.desk").exception("event could not be answered")
    line = written.getvalue()
    assert line.count("\n") == 1
    assert "secret" not in line
    assert "RuntimeError from ValueError" in line
    assert "tests/unit/test_logs.py:" in line
    assert "failing" in line


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("said ごみの日は？ at once", "said … at once"),
        (f"to {USER}", "to …"),
        (f"reply {TOKEN} refused", "reply … refused"),
        ("call 000-0000-0000 or 00000000000", "call … or …"),
        ("write to someone@city.example", "write to …"),
        ("two\nlines\r\n\x1b[31mred", "two lines …[31mred"),
        ("parcel 12 (reply) ended as unknown", "parcel 12 (reply) ended as unknown"),
        (
            "LINE reply: 200, request id 0a1b2c3d-4e5f-4a7b-8c9d-0e1f2a3b4c5d, 12 ms",
            "LINE reply: 200, request id 0a1b2c3d-4e5f-4a7b-8c9d-0e1f2a3b4c5d, 12 ms",
        ),
        ("due 2026-11-24T01:00:00+00:00", "due 2026-11-24T01:00:00+00:00"),
        ("event 01JDEVENT0000000000000000A", "event 01JDEVENT0000000000000000A"),
    ],
)
def test_what_could_be_a_persons_is_blotted_out(said: str, line: str, written: io.StringIO) -> None:
    logs.set_up("text", written)
    logging.getLogger("madoguchi.x").info("%s", said)
    assert written.getvalue().split(" ", 3)[3] == f"{line}\n"


def test_a_mail_to_staff_can_be_read_where_there_is_no_mail_server(written: io.StringIO) -> None:
    logs.set_up("text", written)
    logging.getLogger("madoguchi.mail").info("件名: お知らせ\n本文", extra={"verbatim": True})
    assert written.getvalue().endswith("madoguchi.mail 件名: お知らせ 本文\n")


def test_setting_up_twice_leaves_one_line_an_event(written: io.StringIO) -> None:
    for _ in range(2):
        logs.set_up("text", written)
    logging.getLogger("madoguchi.x").info("once")
    assert written.getvalue().count("once") == 1


def test_libraries_are_heard_from_warnings_on(written: io.StringIO) -> None:
    logs.set_up("text", written)
    logging.getLogger("apscheduler.scheduler").info("chatter")
    logging.getLogger("urllib3").warning("trouble")
    assert [line.split(" ", 2)[2] for line in written.getvalue().splitlines()] == [
        "urllib3 trouble"
    ]


def test_a_message_with_wrong_blanks_is_still_a_line(written: io.StringIO) -> None:
    logs.set_up("text", written)
    logging.getLogger("madoguchi.x").info("%d of %s", *["one"])
    assert written.getvalue().endswith("madoguchi.x %d of %s\n")


def test_the_web_server_writes_into_the_same_log(written: io.StringIO) -> None:
    logs.set_up("text", written)
    ServerLog(Config()).error("Error handling request %s", f"/console/set-up/{TOKEN}")
    assert written.getvalue().split(" ", 1)[1] == (
        "ERROR gunicorn.error Error handling request /console/set-up/…\n"
    )
