"""The whole desk is copied while it works, and comes back wholly or not at all, anywhere."""

import json
import secrets
import stat
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from bot.backups import archive
from bot.backups.loading import Restored, restore
from bot.backups.saving import save
from bot.backups.tables import tables_of
from bot.backups.values import Manifest, Refused, Why
from bot.db import Database
from bot.inbox import service as inbox
from bot.line.inbound import raw_event
from bot.migrations import is_current, migrate
from bot.questions.models import QuestionRow
from bot.residents import service as residents
from bot.residents.models import ResidentRow
from bot.sealing import Sealer
from bot.staff import audit
from bot.staff.rules import Role
from scheduler.clock import next_due
from tests.conftest import fresh_postgres
from tests.flows.line_double import text_event
from tests.flows.seeded import seeded_copy
from tests.flows.staff_at_work import colleague

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
SEALER = Sealer([secrets.token_bytes(32)], secrets.token_bytes(32))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.service)])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Another, empty database: of the same kind as `database` or of the other."""
    sqlite = nullcontext(f"sqlite:///{tmp_path}/elsewhere.db")
    with sqlite if request.param == "sqlite" else fresh_postgres() as url:
        opened = Database(url)
        yield opened
        opened.close()


def lived_in(database: Database) -> None:
    """Staff with a trail, residents, questions of every shape, events that wait."""
    colleague(database, SEALER, "hanako", [Role.SUPPORT, Role.ADMIN])
    with database.writing() as session:
        for number in range(3):
            residents.meet(session, SEALER, f"key-{number}", f"U{number:032x}", NOW)
        inbox.keep(session, SEALER, [raw_event(text_event(n)) for n in range(2)], NOW)
        for number in range(1200):
            session.add(
                QuestionRow(
                    asked_at=NOW + timedelta(microseconds=number),
                    text=f"ごみの日は？\n「{number}」\\",
                    outcome="direct",
                    shown=["garbage", "ごみ"],
                    scores=[0.1, 1e-9],
                    gate=0.1 + 0.2,
                    vector=bytes(range(256)) if number % 2 else None,
                )
            )


def held(database: Database) -> dict[str, list[Any]]:
    """Every table's rows, in one form for both engines."""
    found = {}
    with database.engine.connect() as connection:
        for table in tables_of(connection):
            columns = sorted(table.columns, key=lambda c: c.name)
            rows = [list(row) for row in connection.execute(select(*columns))]
            found[table.name] = sorted((_plain(row) for row in rows), key=repr)
    return found


def _plain(row: list[Any]) -> list[Any]:
    return [
        value.replace(tzinfo=UTC)
        if isinstance(value, datetime)
        else json.dumps(value)
        if isinstance(value, dict | list)
        else value
        for value in row
    ]


def bring_back(
    database: Database, file: Path, *, force: bool = False, sealer: Sealer = SEALER
) -> Restored:
    with archive.reading(file, sealer) as whole:
        return restore(database, sealer, whole, force=force, civil=NOW, next_due=next_due)


@contextmanager
def refused(why: Why) -> Iterator[None]:
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.why is why


SETTLED = {"inbox", "outbox", "audit", "audit_head", "staff_session", "staff_link"}
"""Tables in which coming back leaves its traces (`test_restore_sends_nothing`)."""


def test_everything_comes_back_on_either_engine(
    database: Database, elsewhere: Database, tmp_path: Path
) -> None:
    seeded_copy(database)
    lived_in(database)
    made = save(database, SEALER, tmp_path / "night.backup", NOW)
    before = held(database)
    bring_back(elsewhere, tmp_path / "night.backup")
    after = held(elsewhere)
    assert {n: rows for n, rows in after.items() if n not in SETTLED} == {
        n: rows for n, rows in before.items() if n not in SETTLED
    }
    assert made.rows == sum(len(rows) for rows in before.values())
    assert is_current(elsewhere)
    with elsewhere.reading() as session:
        sealed = session.get_one(ResidentRow, "key-2").sealed_user_id
        assert audit.verify_chain(session, SEALER).is_whole
    assert SEALER.open(sealed, "resident.user_id").decode() == f"U{2:032x}"


def test_numbers_go_on_where_they_had_got_to(
    database: Database, elsewhere: Database, tmp_path: Path
) -> None:
    lived_in(database)
    save(database, SEALER, tmp_path / "b", NOW)
    bring_back(elsewhere, tmp_path / "b")
    with elsewhere.writing() as session:
        highest = session.scalar(select(func.max(QuestionRow.id))) or 0
        asked = QuestionRow(asked_at=NOW, outcome="direct")
        session.add(asked)
        session.flush()
        assert asked.id == highest + 1
        assert inbox.keep(session, SEALER, [raw_event(text_event(50))], NOW) == 1


def test_an_event_answered_before_the_backup_is_still_known_after_it(
    database: Database, elsewhere: Database, tmp_path: Path
) -> None:
    lived_in(database)
    with database.writing() as session:
        claim = inbox.claim(session, SEALER, owner="w", now=NOW)
        assert claim is not None
        inbox.finish(session, claim)
    save(database, SEALER, tmp_path / "b", NOW)
    bring_back(elsewhere, tmp_path / "b")
    with elsewhere.writing() as session:
        assert inbox.keep(session, SEALER, [raw_event(text_event(0))], NOW) == 0


def test_the_copy_is_of_one_moment_while_others_write(database: Database, tmp_path: Path) -> None:
    """Two tables are always written together; in no copy does one run ahead of the other."""
    lived_in(database)
    stop = threading.Event()
    numbers = []

    def go_on() -> None:
        while not stop.is_set():
            number = len(numbers)
            with database.writing() as session:
                inbox.keep(session, SEALER, [raw_event(text_event(1000 + number))], NOW)
                residents.meet(session, SEALER, f"new-{number}", f"U{number:032x}", NOW)
            numbers.append(number)

    writer = threading.Thread(target=go_on)
    writer.start()
    copies = [save(database, SEALER, tmp_path / f"b{n}", NOW) for n in range(3)]
    stop.set()
    writer.join()
    counts = [{part.table: part.rows for part in copy.parts} for copy in copies]
    assert [c["inbox"] - 2 for c in counts] == [c["resident"] - 3 for c in counts]
    assert len(numbers) > 5


def test_only_the_owner_may_read_it_and_nothing_else_is_left(
    database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for _ in range(2):
        save(database, SEALER, folder / "night.backup", NOW)
    assert [file.name for file in folder.iterdir()] == ["night.backup"]
    assert stat.S_IMODE((folder / "night.backup").stat().st_mode) == 0o600


def test_no_name_id_or_key_can_be_read_in_it(database: Database, tmp_path: Path) -> None:
    lived_in(database)
    save(database, SEALER, tmp_path / "b", NOW)
    with zipfile.ZipFile(tmp_path / "b") as pack:
        everything = b"".join(pack.read(name) for name in pack.namelist()).decode()
    for secret in ("見本 職員", f"U{1:032x}", "token1", SEALER._lookup_key.hex()):
        assert secret not in everything


def test_another_file_is_never_overwritten(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("大切な手紙", encoding="utf-8")
    with refused(Why.NOT_A_BACKUP):
        save(database, SEALER, file, NOW)
    assert file.read_text(encoding="utf-8") == "大切な手紙"


def test_a_full_desk_is_replaced_only_when_forced(
    database: Database, elsewhere: Database, tmp_path: Path
) -> None:
    lived_in(database)
    save(database, SEALER, tmp_path / "b", NOW)
    migrate(elsewhere)
    with elsewhere.writing() as session:
        residents.meet(session, SEALER, "someone", "U" + "9" * 32, NOW)
        audit.record(session, SEALER, audit.Action("x", "y", "z", "1"), NOW)
    with refused(Why.NOT_EMPTY):
        bring_back(elsewhere, tmp_path / "b")
    assert sum(len(rows) for rows in held(elsewhere).values()) == 3
    bring_back(elsewhere, tmp_path / "b", force=True)
    bring_back(elsewhere, tmp_path / "b", force=True)
    with elsewhere.reading() as session:
        keys = session.scalars(select(ResidentRow.key).order_by(ResidentRow.key)).all()
        assert keys == ["key-0", "key-1", "key-2"]
        assert audit.verify_chain(session, SEALER).is_whole


def test_a_row_that_does_not_fit_leaves_everything_as_it_was(
    elsewhere: Database, tmp_path: Path
) -> None:
    """The last table's last row breaks: a question's outcome is missing."""
    source = Database(f"sqlite:///{tmp_path}/source.db")
    migrate(source)
    lived_in(source)
    save(source, SEALER, tmp_path / "b", NOW)
    source.close()
    _rewrite(tmp_path / "b", "question", lambda rows: [*rows[:-1], [None] * len(rows[-1])])
    migrate(elsewhere)
    with elsewhere.writing() as session:
        residents.meet(session, SEALER, "someone", "U" + "9" * 32, NOW)
    before = held(elsewhere)
    with refused(Why.NOT_LOADED):
        bring_back(elsewhere, tmp_path / "b", force=True)
    assert held(elsewhere) == before
    with elsewhere.writing() as session:
        assert inbox.keep(session, SEALER, [raw_event(text_event(1))], NOW) == 1


def test_a_row_that_points_at_nothing_is_refused(elsewhere: Database, tmp_path: Path) -> None:
    source = Database(f"sqlite:///{tmp_path}/source.db")
    migrate(source)
    lived_in(source)
    save(source, SEALER, tmp_path / "b", NOW)
    source.close()
    _rewrite(tmp_path / "b", "staff", lambda rows: [])
    with refused(Why.NOT_LOADED):
        bring_back(elsewhere, tmp_path / "b")
    assert held(elsewhere) == {}


def _rewrite(file: Path, table: str, change: Any) -> None:
    """Makes the backup that another program with our keys could have made."""
    with archive.reading(file, SEALER) as whole:
        rows = {part.table: list(whole.rows(part)) for part in whole.manifest.parts}
        manifest = whole.manifest
    rows[table] = change(rows[table])
    with archive.writing(file) as writer:
        parts = tuple(
            writer.add(part.table, part.fields, rows[part.table], part.next_ids)
            for part in manifest.parts
        )
        told = (manifest.made_at, manifest.revision, manifest.engine, manifest.lookup_proof)
        writer.finish(Manifest(*told, parts), SEALER)


def test_json_null_and_nothing_stay_two_things(
    database: Database, elsewhere: Database, tmp_path: Path
) -> None:
    lived_in(database)
    with database.writing() as session:
        session.execute(text("UPDATE question SET shown = 'null' WHERE id = 1"))
        session.execute(text("""UPDATE question SET shown = '{"ば": 1.50}' WHERE id = 2"""))
    save(database, SEALER, tmp_path / "b", NOW)
    bring_back(elsewhere, tmp_path / "b")
    with elsewhere.reading() as session:
        query = text("SELECT CAST(shown AS TEXT) FROM question WHERE id <= 2 ORDER BY id")
        assert session.scalars(query).all() == ["null", '{"ば": 1.50}']
