"""What a serving program writes: one JSON object a line, whoever of it speaks."""

import json

import pytest

from bot.db import Database
from bot.migrations import migrate
from tests.flows.line_double import delivery, text_event
from tests.running import deliver, served, settings


@pytest.mark.parametrize("form", ["json", "text"])
def test_every_line_has_the_form_that_was_asked_for(
    form: str, sqlite_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    database = Database(sqlite_url)
    migrate(database)
    database.close()
    body = delivery(text_event(1))
    with served(settings(sqlite_url, MADOGUCHI_LOG=form)) as (program, port):
        assert deliver(port, body, signed="wrong") == 400
        assert deliver(port, body) == 200
        assert program.stop() == 0
    lines = capfd.readouterr().err.splitlines()
    said = [
        line["message"] if form == "json" else line.partition("madoguchi.webhook ")[2]
        for line in (json.loads(line) if form == "json" else line for line in lines)
        if "webhook" in str(line)
    ]
    assert said == ["webhook from 127.0.0.1: 400", "webhook from 127.0.0.1: 200"]
    assert all(line.startswith("{" if form == "json" else "2") for line in lines)
