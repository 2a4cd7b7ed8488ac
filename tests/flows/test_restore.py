"""After a restore nothing is sent twice, no old door opens, and a doubtful file is refused."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from bot.backups.saving import save
from bot.db import Database
from bot.inbox import service as inbox
from bot.inbox.models import InboxEvent
from bot.line.inbound import raw_event
from bot.outbox import service as outbox
from bot.outbox.models import OutboxParcel
from bot.schedules import service as schedules
from bot.schedules.models import Firing, Schedule
from bot.speech.texts import Voice
from bot.staff import audit, sessions, setup
from bot.staff.models import StaffSession
from bot.staff.rules import Role
from handlers.chat.turn import Desk
from handlers.commands import backup
from scheduler.clock import next_due
from scheduler.worker import Sizes, Worker
from tests.flows.line_double import LineDouble, text_event
from tests.flows.restoring import NOW, SEALER, Restore
from tests.flows.staff_at_work import colleague
from tests.flows.test_worker import answering, wait_for


def worked_off(database: Database, line: LineDouble, until: Callable[[], bool]) -> None:
    sizes = Sizes(poll=0.02)
    worker = Worker(database, SEALER, line, answering(database, SEALER), sizes=sizes)
    worker.start()
    try:
        wait_for(until)
    finally:
        assert worker.stop(5)


def states(database: Database) -> dict[str, list[str]]:
    with database.reading() as session:
        return {
            "events": list(session.scalars(select(InboxEvent.state).order_by(InboxEvent.id))),
            "parcels": list(session.scalars(select(OutboxParcel.state).order_by(OutboxParcel.id))),
        }


def busy(database: Database) -> None:
    """An event waits, a reply is on its way and a push too."""
    with database.writing() as session:
        now = database.lease_now(session)
        inbox.keep(session, SEALER, [raw_event(text_event(1, resident="U1"))], now)
        claim = inbox.claim(session, SEALER, owner="w", now=now + timedelta(seconds=1))
        assert claim is not None
        inbox.finish(session, claim)
        outbox.keep_reply(
            session,
            SEALER,
            claim=claim,
            reply_token="token1",
            messages=[{"type": "text", "text": "月曜日です。"}],
            user_key=claim.user_key,
            now=now,
        )
        outbox.keep_push(
            session,
            SEALER,
            dedupe_key="news",
            user_id="U2",
            user_key="k2",
            messages=[{"type": "text", "text": "お知らせです。"}],
            kind="news",
            now=now,
        )
        inbox.keep(session, SEALER, [raw_event(text_event(2, resident="U3"))], now)


def test_what_was_sent_since_the_backup_is_not_sent_again(
    database: Database, restoring: Restore, tmp_path: Path
) -> None:
    busy(database)
    save(database, SEALER, tmp_path / "b", NOW)
    line = LineDouble()
    worked_off(database, line, lambda: set(states(database)["parcels"]) == {"sent"})
    assert sorted(token for token, _ in line.replies) == ["token1", "token2"]
    assert [to for to, _ in line.pushes] == ["U2"]

    assert restoring(tmp_path / "b", "--force") == 0
    assert states(database) == {"events": ["done", "dead"], "parcels": ["dead", "dead"]}
    with database.writing() as session:
        now = database.lease_now(session)
        inbox.keep(session, SEALER, [raw_event(text_event(3, resident="U3"))], now)
    worked_off(database, line, lambda: states(database)["parcels"].count("sent") == 1)
    assert sorted(token for token, _ in line.replies) == ["token1", "token2", "token3"]
    assert [to for to, _ in line.pushes] == ["U2"]


def test_what_is_held_back_can_be_looked_at_and_keeps_its_retry_key(
    database: Database, restoring: Restore, tmp_path: Path
) -> None:
    busy(database)
    with database.reading() as session:
        keys = session.scalars(select(OutboxParcel.retry_key).order_by(OutboxParcel.id)).all()
    save(database, SEALER, tmp_path / "b", NOW)
    assert restoring(tmp_path / "b", "--force") == 0
    with database.reading() as session:
        rows = session.scalars(select(OutboxParcel).order_by(OutboxParcel.id)).all()
    assert [row.retry_key for row in rows] == keys
    assert [SEALER.open(row.address or b"", outbox.ADDRESS) for row in rows] == [
        b'["token1", "U1"]',
        b'["U2"]',
    ]
    assert {row.error for row in rows} == {"restored: it may have been sent since the backup"}


def test_a_message_taken_back_is_still_taken_back(
    database: Database, restoring: Restore, tmp_path: Path
) -> None:
    unsend = {
        "type": "unsend",
        "webhookEventId": "01UNSEND",
        "timestamp": 1,
        "mode": "active",
        "source": {"type": "user", "userId": "U1"},
        "unsend": {"messageId": "m1"},
    }
    with database.writing() as session:
        inbox.keep(session, SEALER, [raw_event(unsend)], database.lease_now(session))
    save(database, SEALER, tmp_path / "b", NOW)
    assert restoring(tmp_path / "b", "--force") == 0
    with database.writing() as session:
        claim = inbox.claim(session, SEALER, owner="w", now=database.lease_now(session))
    assert claim is not None
    assert claim.event_id == "01UNSEND"


def test_a_time_that_passed_since_the_backup_does_not_fire_again(
    database: Database, restoring: Restore, tmp_path: Path
) -> None:
    with database.writing() as session:
        schedules.ensure(
            session, name="remind", job="remind", cron="0 10 * * *", now=NOW, next_due=next_due
        )
        due = session.scalars(select(Schedule.next_due)).one()
    assert due is not None
    save(database, SEALER, tmp_path / "b", NOW)
    half_past = due + timedelta(minutes=30)
    assert restoring(tmp_path / "b", "--force", civil=half_past) == 0
    started: list[datetime] = []
    with database.writing() as session:
        assert schedules.overdue(session, half_past) == []
        rows = session.execute(select(Firing.due, Firing.outcome)).all()
        assert [tuple(row) for row in rows] == [(due, "missed")]
        schedule = session.scalars(select(Schedule.id)).one()
        tomorrow = due + timedelta(days=1)
        schedules.fire_due(
            session, schedule, tomorrow, next_due, lambda _s, _job, at: started.append(at)
        )
    assert started == [tomorrow]


def test_a_sign_in_and_a_link_of_that_day_open_nothing(
    database: Database, restoring: Restore, tmp_path: Path
) -> None:
    person = colleague(database, SEALER, "hanako", [Role.ADMIN])
    with database.writing() as session:
        link = setup.issue(session, SEALER, person.id, NOW)
    save(database, SEALER, tmp_path / "b", NOW)
    assert restoring(tmp_path / "b", "--force") == 0
    with database.writing() as session:
        assert sessions.find(session, SEALER, person.token, NOW) is None
        assert setup.start(session, SEALER, link, "hash", NOW) is None
        assert session.scalars(select(StaffSession)).all() == []


def test_the_trail_tells_of_both(
    database: Database, restoring: Restore, desk: Desk, tmp_path: Path
) -> None:
    assert backup.run([str(tmp_path / "b")], database, SEALER, Voice(desk.texts), now=NOW) == 0
    assert backup.run([str(tmp_path / "b")], database, SEALER, Voice(desk.texts), now=NOW) == 0
    assert restoring(tmp_path / "b", "--force") == 0
    with database.reading() as session:
        actions = [row.done.action for row in audit.every(session, audit.Search())]
        assert audit.verify_chain(session, SEALER).is_whole
    assert actions == ["backup.restored", "backup.made"]
