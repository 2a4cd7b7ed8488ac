"""Nobody who copies the database file learns who wrote, or what still waits to be read."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.db import Database
from bot.inbox import service as inbox
from bot.line.inbound import raw_event
from tests.flows.chatting import Resident


def everything(database: Database) -> bytes:
    """All bytes of the file and of what SQLite keeps beside it."""
    with database.engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(FULL)"))
    file = Path(str(database.url.database))
    return b"".join(part.read_bytes() for part in file.parent.glob(file.name + "*"))


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


def test_a_line_user_id_stands_nowhere_in_the_file(resident: Resident) -> None:
    resident.says("マイナカードを作りたい")
    resident.taps("はい")
    held = everything(resident.database)
    assert resident.user_id.encode() not in held
    assert "マイナカードを作りたい".encode() in held  # the masked log is readable by design


def test_a_waiting_event_is_sealed_whole(resident: Resident) -> None:
    event = {
        "type": "message",
        "webhookEventId": "event-waiting",
        "mode": "active",
        "replyToken": "reply-token-of-the-waiting",
        "source": {"type": "user", "userId": resident.user_id},
        "message": {"type": "text", "id": "m1", "text": "まだ読まれていない相談"},
    }
    with resident.database.writing() as session:
        inbox.keep(session, resident.sealer, [raw_event(event)], datetime.now(UTC))
    held = everything(resident.database)
    for secret in ("まだ読まれていない相談", "reply-token-of-the-waiting", resident.user_id):
        assert secret.encode() not in held


def test_a_waiting_reply_is_sealed_whole(resident: Resident) -> None:
    resident.does(
        {
            "type": "message",
            "replyToken": "reply-token-to-be-sealed",
            "message": {"type": "text", "id": "m2", "text": "こんにちは", "quoteToken": "q"},
        }
    )
    assert b"reply-token-to-be-sealed" not in everything(resident.database)
