"""The audit trail: added to alone, in a chain, by many at once, and found again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.db import Database
from bot.sealing import Sealer
from bot.staff import audit
from bot.staff.audit import Action, Chain, Recorded, Search
from tests.flows.staff_at_work import MORNING


def write(database: Database, sealer: Sealer, count: int, actor: str = "tanaka") -> None:
    for number in range(count):
        done = Action(actor, "entry.changed", "entry", f"e{number}", {"n": number}, {"n": -number})
        with database.writing() as session:
            audit.record(session, sealer, done, MORNING + timedelta(minutes=number))


def test_every_row_is_read_back_as_it_was_written(database: Database, sealer: Sealer) -> None:
    write(database, sealer, 2)
    with database.reading() as session:
        newest = audit.find(session, Search())[0]
        assert audit.verify_chain(session, sealer) == Chain(2, None)
    done = Action("tanaka", "entry.changed", "entry", "e1", {"n": 1}, {"n": -1})
    assert newest == Recorded(2, MORNING + timedelta(minutes=1), done)


def test_an_empty_trail_is_whole(database: Database, sealer: Sealer) -> None:
    with database.reading() as session:
        assert audit.verify_chain(session, sealer) == Chain(0, None)


def test_many_writers_at_once_make_one_chain(database: Database, sealer: Sealer) -> None:
    second = Database(database.url.render_as_string(hide_password=False))
    with ThreadPoolExecutor(6) as pool:
        for turn in range(6):
            pool.submit(write, (database, second)[turn % 2], sealer, 10, f"person{turn}")
    with database.reading() as session:
        assert audit.verify_chain(session, sealer) == Chain(60, None)
        assert audit.count(session, Search(actor="person3")) == 10
    second.close()


def test_a_failed_transaction_leaves_no_gap(database: Database, sealer: Sealer) -> None:
    write(database, sealer, 1)

    def write_and_fail() -> None:
        with database.writing() as session:
            audit.record(session, sealer, Action("a", "b", "c", "d"), MORNING)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    write(database, sealer, 1)
    with database.reading() as session:
        assert audit.verify_chain(session, sealer) == Chain(2, None)


@pytest.mark.parametrize("change", ["UPDATE audit SET actor = 'other'", "DELETE FROM audit"])
def test_the_database_itself_refuses_to_change_a_row(
    database: Database, sealer: Sealer, change: str
) -> None:
    write(database, sealer, 1)
    with pytest.raises(DBAPIError, match="append-only"), database.writing() as session:
        session.execute(text(change))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE audit SET after = '{}' WHERE sequence = 2", Chain(1, 2)),
        ("UPDATE audit SET actor = 'other' WHERE sequence = 3", Chain(2, 3)),
        ("DELETE FROM audit WHERE sequence = 2", Chain(1, 2)),
        ("DELETE FROM audit WHERE sequence = 3", Chain(2, 3)),
        ("DELETE FROM audit", Chain(0, 1)),
    ],
)
def test_a_change_behind_the_triggers_back_is_found(
    database: Database, sealer: Sealer, change: str, found: Chain
) -> None:
    write(database, sealer, 3)
    with database.writing() as session:
        if database.is_sqlite:
            session.execute(text("DROP TRIGGER audit_refuses_update"))
            session.execute(text("DROP TRIGGER audit_refuses_delete"))
        else:
            session.execute(text("DROP TRIGGER audit_refuses_change ON audit"))
        session.execute(text(change))
    with database.reading() as session:
        assert audit.verify_chain(session, sealer) == found


def test_rows_are_found_by_person_item_and_day(database: Database, sealer: Sealer) -> None:
    write(database, sealer, 3)
    write(database, sealer, 2, "sato")
    third = MORNING + timedelta(minutes=1)
    with database.reading() as session:
        counts = [
            audit.count(session, Search(actor="sato")),
            audit.count(session, Search(item_kind="entry", item_id="e1")),
            audit.count(session, Search(since=third, until=third + timedelta(minutes=1))),
            audit.count(session, Search(action="entry.changed", actor="nobody")),
        ]
        page = audit.find(session, Search(), before=4, most=2)
        assert [row.sequence for row in audit.every(session, Search())] == [5, 4, 3, 2, 1]
    assert counts == [2, 2, 2, 0]
    assert [row.sequence for row in page] == [3, 2]
