"""The doctor finds seals that cannot be opened, old keys, and an audit trail that was touched."""

import base64
import secrets
from datetime import UTC, datetime

import content
from bot.db import Database
from bot.residents import service as residents
from bot.sealing import Sealer
from bot.settings import Settings, read
from bot.speech.texts import Texts, Voice
from bot.staff import audit
from bot.staff.models import AuditHead
from handlers.commands.check_records import check_keys, check_trail

NOW = datetime(2026, 11, 24, tzinfo=UTC)
VOICE = Voice(Texts.read(content.folder() / "texts"))
OLD, NEW, LOOKUP = (secrets.token_bytes(32) for _ in range(3))


def told(*keys: bytes) -> Settings:
    written = [base64.urlsafe_b64encode(key).decode() for key in (LOOKUP, *keys)]
    return read({"MADOGUCHI_LOOKUP_KEY": written[0], "MADOGUCHI_DATA_KEYS": ",".join(written[1:])})


def states(database: Database, *keys: bytes) -> list[str]:
    settings = told(*keys)
    found = [*check_keys(database, settings, VOICE), *check_trail(database, settings, VOICE)]
    return [str(one.state) for one in found]


def test_old_keys_warn_and_lost_keys_fail(database: Database) -> None:
    assert states(database, OLD) == ["ok", "ok"]
    with database.writing() as session:
        residents.meet(session, Sealer([OLD], LOOKUP), "key", "U" + "1" * 32, NOW)
    assert states(database, OLD) == ["ok", "ok"]
    assert states(database, NEW, OLD) == ["warning", "ok"]
    assert states(database, NEW) == ["failed", "ok"]
    assert states(database) == ["not_checked", "not_checked"]


def test_a_trail_that_was_cut_off_fails(database: Database) -> None:
    with database.writing() as session:
        audit.record(session, Sealer([OLD], LOOKUP), audit.Action("a", "b", "c", "d"), NOW)
    assert states(database, OLD) == ["ok", "ok"]
    with database.writing() as session:
        session.get_one(AuditHead, 1).sequence = 2
    assert states(database, OLD) == ["ok", "failed"]
