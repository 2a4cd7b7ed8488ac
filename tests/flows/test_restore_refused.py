"""A doubtful file, a strange key or an open desk: a restore is refused and changes nothing."""

import secrets
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text

from bot.backups import archive
from bot.backups.saving import save
from bot.db import Database
from bot.migrations import migrate
from bot.sealing import Sealer
from bot.speech.texts import Voice
from bot.staff.models import StaffSession
from bot.staff.rules import Role
from handlers.chat.turn import Desk
from handlers.commands import restore as command
from handlers.owning import own
from scheduler.clock import next_due
from tests.flows.restoring import LOOKUP, NOW, SEALER, Restore
from tests.flows.staff_at_work import colleague


def _manifest(file: Path) -> bytes:
    with zipfile.ZipFile(file) as pack:
        return pack.read("manifest.json")


def _raise_rows(file: Path) -> bytes:
    return _manifest(file).replace(b'"rows": 1,', b'"rows": 2,', 1)


def _replace(file: Path, member: str, content: bytes | None) -> None:
    spoiled = file.with_suffix(".spoiled")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(spoiled, "w") as new:
        for name in old.namelist():
            held = content if name == member else old.read(name)
            if held is not None:
                new.writestr(name, held)
    shutil.move(spoiled, file)


def _flip(file: Path) -> None:
    """One bit of the stored bytes of a table turns over, as on a tired disk."""
    with zipfile.ZipFile(file) as pack:
        member = pack.getinfo("tables/staff.jsonl")
    held = bytearray(file.read_bytes())
    held[member.header_offset + 30 + len(member.filename) + 24] ^= 1
    file.write_bytes(bytes(held))


def _from_the_future(file: Path) -> None:
    with archive.reading(file, SEALER) as whole:
        newer = replace(whole.manifest, revision="9999")
    _replace(file, "manifest.json", newer.to_json().encode())
    _replace(file, "manifest.sign", SEALER.lookup(newer.to_json(), "backup.manifest").encode())


def test_it_is_refused_while_the_desk_is_open(
    database: Database,
    restoring: Restore,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    save(database, SEALER, tmp_path / "b", NOW)
    if database.is_sqlite:
        owned = own(Path(database.url.database or ""))
        assert owned is not None
        assert restoring(tmp_path / "b") == 1
        owned.give_up()
    else:
        other = Database(database.url.render_as_string(hide_password=False))
        with other.reading() as session:
            session.execute(text("SELECT 1"))
            assert restoring(tmp_path / "b") == 1
        other.close()
    assert "serve と worker を止めてから" in capsys.readouterr().err
    assert restoring(tmp_path / "b", "--force") == 0


def test_someone_elses_tables_are_left_alone(
    database: Database, restoring: Restore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(database, SEALER, tmp_path / "b", NOW)
    with database.writing() as session:
        session.execute(text("CREATE TABLE payroll (id INTEGER PRIMARY KEY)"))
    assert restoring(tmp_path / "b", "--force") == 1
    assert "まちの窓口のものではない表があります（payroll）" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda file: file.write_bytes(file.read_bytes()[:-200]), "バックアップではありません"),
        (
            lambda file: file.write_text("こんにちは", encoding="utf-8"),
            "バックアップではありません",
        ),
        (lambda file: _replace(file, "tables/staff.jsonl", b""), "こわれています（staff）"),
        (lambda file: _replace(file, "tables/staff.jsonl", None), "こわれています（staff）"),
        (_flip, "こわれています（staff）"),
        (
            lambda file: _replace(file, "manifest.json", _raise_rows(file)),
            "こわれています（manifest.json）",
        ),
        (_from_the_future, "新しい版のまちの窓口のデータです（9999）"),
        (
            lambda file: _replace(
                file, "manifest.json", _manifest(file).replace(b'"format": 1', b'"format": 2')
            ),
            "新しい版のまちの窓口で作ったもの",
        ),
        (lambda file: file.unlink(), "読めません"),
    ],
    ids=["cut", "other", "emptied", "missing", "flipped", "edited", "schema", "format", "absent"],
)
def test_a_doubtful_file_changes_nothing(
    sqlite_url: str,
    desk: Desk,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    spoil: Callable[[Path], None],
    said: str,
) -> None:
    database = Database(sqlite_url)
    migrate(database)
    colleague(database, SEALER, "hanako", [Role.ADMIN])
    file = tmp_path / "b"
    save(database, SEALER, file, NOW)
    spoil(file)
    words = [str(file), "--force"]
    voice = Voice(desk.texts)
    assert command.run(words, database, SEALER, voice, civil=NOW, next_due=next_due) == 1
    assert said in capsys.readouterr().err
    with database.reading() as session:
        assert len(session.scalars(select(StaffSession)).all()) == 1
    database.close()


def test_another_lookup_key_is_refused_and_a_missing_data_key_is_told(
    database: Database,
    restoring: Restore,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    colleague(database, SEALER, "hanako", [Role.ADMIN])
    save(database, SEALER, tmp_path / "b", NOW)
    stranger = Sealer([secrets.token_bytes(32)], secrets.token_bytes(32))
    assert restoring(tmp_path / "b", "--force", sealer=stranger) == 1
    assert "別の MADOGUCHI_LOOKUP_KEY" in capsys.readouterr().err
    later = Sealer([secrets.token_bytes(32)], LOOKUP)
    assert restoring(tmp_path / "b", "--force", sealer=later) == 0
    assert "2件は、今の鍵では開けません" in capsys.readouterr().out


def test_a_copy_of_an_older_schema_can_be_made_before_migrating(
    database: Database, tmp_path: Path
) -> None:
    """Such as one without a table and a column that came later."""
    with database.writing() as session:
        session.execute(text("DROP TABLE go_live_watch"))
        session.execute(text("ALTER TABLE inbox DROP COLUMN error"))
    made = save(database, SEALER, tmp_path / "b", NOW)
    fields = {part.table: [field.name for field in part.fields] for part in made.parts}
    assert "go_live_watch" not in fields
    assert "error" not in fields["inbox"]
