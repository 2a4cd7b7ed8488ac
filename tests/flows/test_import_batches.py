"""A large import: in small transactions, finished or thrown away after a crash, undone on wish."""

import resource
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

import content
from bot.city import City
from bot.db import Database
from bot.knowledge import importing, keeping, queries, service
from bot.knowledge.comparing import Comparison, compare
from bot.knowledge.importing import Imported
from bot.knowledge.keeping import Author
from bot.knowledge.models import EntryRow, ImportBatch, ImportRow
from bot.knowledge.shelves import ENTRIES
from bot.knowledge.tables.cells import Table
from bot.knowledge.tables.files import read_table
from bot.knowledge.tables.formats import Format
from bot.knowledge.tables.reading import understand
from bot.knowledge.values import KnowledgeEntry, Origin, State
from tests.flows.crashes import power_cut_after

NOW = datetime(2026, 4, 10, tzinfo=UTC)
STAFF = Author("staff:1", NOW)
FAQ = Format.of(content.toml("formats/faq.toml"), content.toml("formats/common.toml"))
SECTIONS = City.from_toml(content.toml("city.toml")).sections


def compared(database: Database, count: int, answer: str = "答え") -> Comparison:
    lines = [f"e{n},質問{n}は？,{answer}{n},言い方{n};別の{n}" for n in range(count)]
    table = read_table("\n".join(["ID,質問,回答,別の言い方", *lines]).encode())
    assert isinstance(table, Table)
    understood = understand(table, FAQ, SECTIONS)
    assert understood.faults == []
    with database.reading() as session:
        return compare(session, ENTRIES, understood.rows, SECTIONS)


def take(database: Database, comparison: Comparison) -> Imported:
    return importing.carry_out(
        database, ENTRIES, comparison, started_by="staff:1", file_name="faq.csv", now=NOW
    )


def published(database: Database) -> int:
    with database.reading() as session:
        asked = select(func.count()).where(EntryRow.state == State.PUBLISHED)
        return session.execute(asked).scalar_one()


def states(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(ImportBatch.state).order_by(ImportBatch.id)))


def answer(database: Database, entry_id: str) -> str | None:
    with database.reading() as session:
        entry = service.entry(session, entry_id)
    return entry.answer if entry else None


def test_a_crash_while_staging_leaves_nothing(database: Database) -> None:
    comparison = compared(database, 1200)
    with power_cut_after(database, commits=3):
        take(database, comparison)
    assert (published(database), states(database)) == (0, ["staging"])
    assert importing.resume(database, NOW) == []
    # Just now it may still be someone's running import; ten minutes later it is nobody's.
    assert states(database) == ["staging"]
    with database.writing() as session:
        past = database.lease_now(session) - timedelta(minutes=11)
        session.execute(update(ImportBatch).values(beat_at=past))
    assert importing.resume(database, NOW) == []
    assert (published(database), states(database)) == (0, [])
    with database.reading() as session:
        assert session.scalars(select(ImportRow)).all() == []


def test_an_import_thrown_away_while_staging_stops_with_nothing_written(
    database: Database,
) -> None:
    comparison = compared(database, 600)
    with power_cut_after(database, commits=2):
        take(database, comparison)
    with database.writing() as session:
        session.execute(update(ImportBatch).values(state="undone"))
    with pytest.raises(importing.ImportLost):
        importing._stage(database, 1, 500, comparison.new[500:])
    assert published(database) == 0


def test_a_crash_while_writing_is_finished_at_the_next_start(database: Database) -> None:
    comparison = compared(database, 1200)
    # One commit opens the batch, three stage it, one says that it counts, one writes 500.
    with power_cut_after(database, commits=6):
        take(database, comparison)
    assert (published(database), states(database)) == (500, ["writing"])
    assert importing.resume(database, NOW) == [Imported(1, 1200, ())]
    assert (published(database), states(database)) == (1200, ["done"])
    assert importing.resume(database, NOW) == []


def test_two_processes_that_finish_the_same_import_write_each_row_once(
    database: Database,
) -> None:
    comparison = compared(database, 1200)
    with power_cut_after(database, commits=5):
        take(database, comparison)
    threads = [threading.Thread(target=importing.resume, args=(database, NOW)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        versions = session.execute(select(EntryRow.version).distinct()).scalars().all()
    assert (published(database), states(database), list(versions)) == (1200, ["done"], [1])


def test_what_staff_change_between_a_crash_and_its_finish_is_left(database: Database) -> None:
    take(database, compared(database, 3))
    comparison = compared(database, 3, "新しい答え")
    with power_cut_after(database, commits=3):
        take(database, comparison)
    with database.writing() as session:
        entry = KnowledgeEntry(id="e1", question="職員の質問", answer="職員の答え")
        keeping.put(session, ENTRIES, [entry], STAFF)
    assert importing.resume(database, NOW) == [Imported(2, 2, ("e1",))]
    assert [answer(database, f"e{n}") for n in range(3)] == [
        "新しい答え0",
        "職員の答え",
        "新しい答え2",
    ]


def test_an_import_can_be_undone_except_where_staff_went_on(database: Database) -> None:
    seeded = KnowledgeEntry(id="e0", question="元の質問", answer="元の答え", wordings=("元の",))
    with database.writing() as session:
        keeping.put(session, ENTRIES, [seeded], Author("seed", NOW, Origin.SEED))
        before = queries.held(session, ENTRIES, ["e0"])["e0"]
    done = take(database, compared(database, 3))
    with database.writing() as session:
        entry = KnowledgeEntry(id="e1", question="職員の質問", answer="職員の答え")
        keeping.put(session, ENTRIES, [entry], STAFF)
    assert importing.undo(database, done.batch_id, NOW) == Imported(1, 2, ("e1",))
    assert [answer(database, f"e{n}") for n in range(3)] == ["元の答え", "職員の答え", None]
    with database.reading() as session:
        after = queries.held(session, ENTRIES, ["e0"])["e0"]
    # A later release still recognises the row as its own.
    assert (after.content, after.hash) == (before.content, before.hash)
    assert importing.undo(database, done.batch_id, NOW) is None
    assert importing.undo(database, 99, NOW) is None


def test_a_crash_while_undoing_is_finished_at_the_next_start(database: Database) -> None:
    done = take(database, compared(database, 700))
    with power_cut_after(database, commits=2):
        importing.undo(database, done.batch_id, NOW)
    assert (published(database), states(database)) == (200, ["undoing"])
    assert importing.resume(database, NOW) == [Imported(1, 700, ())]
    assert (published(database), states(database)) == (0, ["undone"])


@pytest.mark.slow
def test_twenty_thousand_rows_are_taken_while_others_go_on_writing(
    database: Database, database_url: str
) -> None:
    waits: list[float] = []
    done = threading.Event()
    # As another process would: on SQLite it knows of our writing by the file's lock alone.
    other = Database(database_url)

    def write() -> None:
        number = 0
        while not done.is_set():
            started = time.perf_counter()
            with other.writing() as session:
                entry = KnowledgeEntry(id="staff", question="職員", answer=f"{number}")
                keeping.put(session, ENTRIES, [entry], STAFF)
            waits.append(time.perf_counter() - started)
            number += 1
            time.sleep(0.05)

    started = time.perf_counter()
    comparison = compared(database, 20_000)
    understood = time.perf_counter() - started
    writer = threading.Thread(target=write)
    writer.start()
    imported = take(database, comparison)
    done.set()
    writer.join()
    other.close()
    written = time.perf_counter() - started - understood
    assert (imported.written, imported.left) == (20_000, ())
    assert published(database) == 20_001
    with database.reading() as session:
        assert len(service.changes_since(session, 0).put) == 20_001
    assert max(waits) < 5
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{understood:.1f} s to understand, {written:.1f} s to write, others waited at most")
    print(f"{max(waits):.2f} s ({len(waits)} writes); the process took {peak} MB at most")
