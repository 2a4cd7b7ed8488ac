"""The keys are turned while the desk works: nothing is lost, nothing overwritten."""

import re
import secrets
import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from bot.db import Database
from bot.inbox import service as inbox
from bot.inbox.models import InboxEvent
from bot.line.inbound import raw_event
from bot.migrations.tables import metadata
from bot.outbox import service as outbox
from bot.outbox.models import OutboxParcel
from bot.resealing import keys_in_use, reseal, sealed_columns
from bot.residents import service as residents
from bot.residents.models import ResidentRow
from bot.sealing import Sealer
from bot.speech.texts import Voice
from bot.staff import accounts, audit, drafts
from bot.staff.rules import Role
from handlers.chat.turn import Desk
from handlers.commands import rotate_keys
from tests.flows.line_double import text_event
from tests.flows.staff_at_work import colleague

NOW = datetime(2026, 11, 24, tzinfo=UTC)
OLD, NEW, LOOKUP = (secrets.token_bytes(32) for _ in range(3))
BEFORE, BOTH, AFTER = Sealer([OLD], LOOKUP), Sealer([NEW, OLD], LOOKUP), Sealer([NEW], LOOKUP)


def resident_id(number: int) -> str:
    return f"U{number:032x}"


def lived_in(database: Database, residents_met: int = 3) -> None:
    """Residents met, events and messages waiting, staff with a draft: all under the old key."""
    person = colleague(database, BEFORE, "hanako", [Role.SUPPORT])
    with database.writing() as session:
        drafts.keep(session, BEFORE, person.id, "entry:1", {"answer": "書きかけ"}, now=NOW)
        for number in range(residents_met):
            residents.meet(session, BEFORE, f"key-{number}", resident_id(number), NOW)
        inbox.keep(session, BEFORE, [raw_event(text_event(n)) for n in range(3)], NOW)
        outbox.keep_push(
            session,
            BEFORE,
            dedupe_key="news",
            user_id=resident_id(1),
            user_key="key-1",
            messages=[{"type": "text", "text": "お知らせです。"}],
            kind="news",
            now=NOW,
        )


def met(database: Database, sealer: Sealer) -> list[str]:
    with database.reading() as session:
        held = session.scalars(select(ResidentRow.sealed_user_id).order_by(ResidentRow.key)).all()
    return [sealer.open(value, "resident.user_id").decode() for value in held]


def test_everything_opens_with_the_new_key_alone(database: Database) -> None:
    lived_in(database)
    done = {one.purpose: one.done for one in reseal(database, BOTH, metadata) if one.done}
    assert done == {
        "inbox.event": 3,
        "outbox.address": 1,
        "outbox.messages": 1,
        "resident.user_id": 3,
        "staff.draft": 1,
        "staff.name": 1,
        "staff.totp": 1,
    }
    assert met(database, AFTER) == [resident_id(n) for n in range(3)]
    with database.writing() as session:
        assert session.scalars(select(accounts.Staff)).one().login == "hanako"
        claim = inbox.claim(session, AFTER, owner="w", now=NOW)
        parcel = outbox.claim(session, AFTER, owner="w", now=NOW, priority=1)
    assert claim is not None
    assert claim.event["message"]["text"] == "ごみの日は？"
    assert parcel is not None
    assert parcel.to == (resident_id(1),)


def test_turning_twice_changes_nothing_the_second_time(database: Database) -> None:
    lived_in(database)
    reseal(database, BOTH, metadata)
    assert [one for one in reseal(database, BOTH, metadata) if one.done or one.unreadable] == []


def test_more_than_one_batch_is_turned(database: Database) -> None:
    lived_in(database, residents_met=1203)
    done = {one.purpose: one.done for one in reseal(database, BOTH, metadata)}
    assert done["resident.user_id"] == 1203
    with database.reading() as session:
        assert list(keys_in_use(session, metadata)) == [BOTH.key_ids[0]]


def test_what_somebody_changes_meanwhile_is_not_overwritten(database: Database) -> None:
    """Residents write and are renamed in the very moments in which the keys are turned."""
    lived_in(database, residents_met=1500)
    stop = threading.Event()
    written: dict[str, str] = {}

    def move_in() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            key, user_id = f"key-{number % 1500}", resident_id(100_000 + number)
            sealed = BEFORE.seal(user_id.encode(), "resident.user_id")
            with database.writing() as session:
                one = update(ResidentRow).where(ResidentRow.key == key)
                session.execute(one.values(sealed_user_id=sealed))
            written[key] = user_id

    writer = threading.Thread(target=move_in)
    writer.start()
    threads = [threading.Thread(target=reseal, args=(database, BOTH, metadata)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stop.set()
    writer.join()
    reseal(database, BOTH, metadata)
    with database.reading() as session:
        rows = session.execute(select(ResidentRow.key, ResidentRow.sealed_user_id)).all()
    held = {key: AFTER.open(value, "resident.user_id").decode() for key, value in rows}
    original = {f"key-{n}": resident_id(n) for n in range(1500)}
    assert len(written) > 0
    assert held == original | written


def test_an_event_in_a_workers_hands_is_finished_as_usual(database: Database) -> None:
    lived_in(database)
    with database.writing() as session:
        claim = inbox.claim(session, BEFORE, owner="w", now=NOW)
    reseal(database, BOTH, metadata)
    assert claim is not None
    with database.writing() as session:
        inbox.finish(session, claim)
    with database.reading() as session:
        states = session.execute(select(InboxEvent.state, InboxEvent.event)).all()
    assert [state for state, event in states if event is None] == ["done"]


def test_the_operator_is_told_which_key_may_go(
    database: Database, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    lived_in(database)
    assert rotate_keys.run([], database, BOTH, Voice(desk.texts), now=NOW) == 0
    said = capsys.readouterr().out
    assert "resident.user_id: 3件" in said
    assert f"2番目の鍵（{BEFORE.key_ids[0].hex()}）は、もう使われていません" in said
    with database.reading() as session:
        trail = audit.find(session, audit.Search(action="keys.rotated"))
    assert [one.done.after for one in trail if one.done.after] == [
        {purpose: int(count) for purpose, count in re.findall(r"・(\S+): (\d+)件", said)}
    ]
    assert rotate_keys.run([], database, BOTH, Voice(desk.texts), now=NOW) == 0
    assert "どれも、もう新しい鍵で" in capsys.readouterr().out


def test_a_value_whose_key_is_gone_is_told_and_left(
    database: Database, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    lived_in(database)
    stranger = Sealer([secrets.token_bytes(32)], LOOKUP)
    with database.writing() as session:
        residents.meet(session, stranger, "key-lost", resident_id(9), NOW)
    assert rotate_keys.run([], database, BOTH, Voice(desk.texts), now=NOW) == 1
    assert "resident.user_id の1件は、今の鍵では開けません" in capsys.readouterr().err
    with database.reading() as session:
        lost = session.get_one(ResidentRow, "key-lost").sealed_user_id
    assert stranger.open(lost, "resident.user_id").decode() == resident_id(9)


def test_a_message_that_has_ended_has_nothing_to_turn(database: Database) -> None:
    lived_in(database)
    with database.writing() as session:
        session.execute(update(OutboxParcel).values(address=None, messages=None, state="sent"))
    done = {one.purpose: one.done for one in reseal(database, BOTH, metadata)}
    assert done["outbox.address"] == 0


def test_every_sealed_purpose_is_named_once() -> None:
    purposes = [one.purpose for one in sealed_columns(metadata)]
    assert len(set(purposes)) == len(purposes)
