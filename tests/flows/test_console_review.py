"""未回答 in the console: two clicks make a group knowledge, and everyone who waits is told."""

import json
import re

import pytest
from flask import Flask
from sqlalchemy import select

from bot.clocks import real_time
from bot.db import Database
from bot.knowledge import service as knowledge
from bot.outbox import service as outbox
from bot.outbox.models import OutboxParcel
from bot.questions.rules import ClusterState
from bot.sealing import Sealer
from bot.staff import audit
from bot.staff.audit import Search
from bot.staff.rules import Role
from tests.flows.console_at_work import Browser, app_with_console, at_work, services
from tests.flows.reviewing import BIN, asks, gather, knows, lives_here, only


@pytest.fixture
def app(database: Database, sealer: Sealer) -> Flask:
    return app_with_console(services(database, sealer))


@pytest.fixture
def tanaka(database: Database, sealer: Sealer, app: Flask) -> Browser:
    return at_work(database, sealer, app, "tanaka", Role.SUPPORT)


def someone_waits(database: Database, sealer: Sealer) -> int:
    """A resident waits for an answer about bulky waste; the number of the group."""
    knows(database, BIN)
    lives_here(database, sealer, "mio")
    asks(database, "粗大ごみの予約", awaits=True, at=real_time())
    asks(database, "粗大ごみ予約したい", "ken", at=real_time())
    gather(database)
    return only(database).cluster.id


def version(browser: Browser) -> str:
    found = re.search(r'name="version" value="(\d+)"', browser.page)
    assert found is not None
    return found.group(1)


def picked(browser: Browser) -> list[str]:
    return re.findall(r'name="wording" value="(\d+)" checked', browser.page)


def publish(browser: Browser, group: int, **more: str) -> int:
    fields = {"do": "publish", "version": version(browser), "wording": picked(browser), **more}
    return browser.post(f"/console/unanswered/{group}/with/bin", fields).status_code


def pushed(database: Database, sealer: Sealer) -> list[str]:
    """What notifications of the messages that wait to be pushed will say."""
    with database.reading() as session:
        rows = session.scalars(select(OutboxParcel).where(OutboxParcel.kind == "later_answer"))
        held = [json.loads(sealer.open(row.messages or b"", outbox.MESSAGES)) for row in rows]
    return [message["altText"] for messages in held for message in messages]


def done(database: Database) -> list[tuple[str, str, str]]:
    with database.reading() as session:
        rows = [row.done for row in audit.find(session, Search())]
    return [
        (row.actor, row.action, row.item_id) for row in rows if not row.action.startswith("staff.")
    ]


def test_two_clicks_after_opening_make_it_knowledge_and_tell_who_waits(
    database: Database, sealer: Sealer, tanaka: Browser
) -> None:
    group = someone_waits(database, sealer)
    tanaka.get("/console/")
    assert "未回答 1件" in tanaka.words
    tanaka.get(f"/console/unanswered/{group}")
    assert "1人が返事待ち" in tanaka.words
    tanaka.get(f"/console/unanswered/{group}/with/bin")
    assert "公開して、1人に答えを送る" in tanaka.words
    assert publish(tanaka, group) == 303
    tanaka.get(f"/console/unanswered/{group}")
    assert "公開しました。1人に答えを送ります。" in tanaka.words
    with database.reading() as session:
        entry = knowledge.entry(session, "bin")
    assert entry is not None
    assert set(entry.wordings) == {"粗大ごみの予約", "粗大ごみ予約したい"}
    assert pushed(database, sealer) == ["お待たせしました。「ごみの出し方を知りたい」の答えです。"]
    assert only(database, ClusterState.ANSWERED).cluster.changed_by == "tanaka"
    assert done(database) == [
        ("tanaka", "review.answered", str(group)),
        ("tanaka", "knowledge.changed", "bin"),
    ]
