"""The desk meets residents, remembers what they chose, and forgets them when asked."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.db import Database
from bot.plan import service as plan
from bot.residents import service
from bot.residents.models import ResidentRow
from bot.residents.rules import Resident, Style, Topic
from bot.sealing import Sealer

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def meet(database: Database, sealer: Sealer, key: str = "key-1") -> None:
    with database.writing() as session:
        service.meet(session, sealer, key, "U" + "1" * 32, NOW)


def test_a_resident_met_twice_is_one_resident(database: Database, sealer: Sealer) -> None:
    meet(database, sealer)
    meet(database, sealer)
    with database.reading() as session:
        assert list(session.scalars(select(ResidentRow.key))) == ["key-1"]


def test_the_line_user_id_stands_only_under_seal(database: Database, sealer: Sealer) -> None:
    meet(database, sealer)
    with database.reading() as session:
        sealed = session.get_one(ResidentRow, "key-1").sealed_user_id
    assert b"U1111" not in sealed
    assert sealer.open(sealed, service.USER_ID_PURPOSE) == b"U" + b"1" * 32


def test_what_was_answered_last_is_fresh_for_ten_minutes(
    database: Database, sealer: Sealer
) -> None:
    meet(database, sealer)
    with database.writing() as session:
        service.remember_topic(session, "key-1", Topic("entry", "juminhyo"), NOW)
    with database.reading() as session:
        resident = service.recognise(session, "key-1")
    ten = timedelta(minutes=10)
    assert resident.topic_now(NOW + ten, ten) == Topic("entry", "juminhyo")
    assert resident.topic_now(NOW + ten + timedelta(seconds=1), ten) is None


def test_a_resident_who_left_and_came_back_is_welcome(database: Database, sealer: Sealer) -> None:
    meet(database, sealer)
    with database.writing() as session:
        service.choose_style(session, "key-1", Style.EASY)
        service.leave(session, "key-1", NOW)
        assert not service.is_in_reach(session, "key-1")
    meet(database, sealer)
    with database.reading() as session:
        assert service.recognise(session, "key-1") == Resident(
            key="key-1", style=Style.EASY, is_new=False
        )


def test_those_who_left_long_ago_are_found_for_erasing(database: Database, sealer: Sealer) -> None:
    meet(database, sealer)
    with database.writing() as session:
        service.leave(session, "key-1", NOW)
        assert service.gone_before(session, NOW) == []
        assert service.gone_before(session, NOW + timedelta(days=30)) == ["key-1"]
        assert service.forget(session, "key-1") == 1
        assert service.forget(session, "key-1") == 0


def test_a_procedure_is_watched_once(database: Database) -> None:
    with database.writing() as session:
        assert plan.watch(session, "key-1", "P001", NOW) is True
        assert plan.watch(session, "key-1", "P001", NOW) is False
        assert plan.watched(session, "key-1") == 1
        assert plan.forget(session, "key-1") == 1
        assert plan.watched(session, "key-1") == 0
