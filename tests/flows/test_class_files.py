"""Classes and venues go out as open data and come in from it; calendars can be read by others."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

import content
from bot.classes import booking, ical, queries, sessions, statistics
from bot.classes.attendance import Tick, tick
from bot.classes.models import CourseRow, SessionRow, VenueRow
from bot.classes.outcomes import Reserved, Waiting
from bot.db import Database
from bot.sealing import Sealer
from bot.speech.texts import Texts, Voice
from handlers.commands import export, import_
from tests.flows.class_at_work import NOON, STAFF, Classes

VOICE = Voice(Texts.read(content.folder() / "texts"))


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def classes(database: Database, sealer: Sealer) -> Classes:
    return Classes(database, sealer)


def write(database: Database, *args: object) -> int:
    return export.run([str(arg) for arg in args], database, VOICE, NOON)


def take(database: Database, *args: object) -> int:
    return import_.run([str(arg) for arg in args], database, VOICE, NOON)


def count(database: Database, table: type[CourseRow | SessionRow | VenueRow]) -> int:
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def test_what_was_exported_is_taken_back_and_taken_twice_changes_nothing(
    classes: Classes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session = classes.session(12, code="S-1", note="=SUM(A1)")
    file = tmp_path / "classes.csv"
    assert write(classes.database, "classes", file) == 0
    heading, row = file.read_text(encoding="utf-8-sig").splitlines()
    assert heading.startswith(
        "都道府県コード又は市区町村コード,NO,都道府県名,市区町村名,イベント名"
    )
    assert row.startswith(
        "242021,S-1,三重県,四日市市,はじめてのスマホ,,,2026-12-04,2026-12-04,10:00"
    )
    assert "'=SUM(A1)" in row
    assert take(classes.database, "classes", file) == 0
    assert "同じ 1件" in capsys.readouterr().out
    changed = file.read_text(encoding="utf-8-sig").replace("10:00", "9時30分")
    file.write_text(changed.replace("S-1", "S-2").replace("2026-12-04", "令和8年12月4日"), "cp932")
    assert take(classes.database, "classes", file, "--dry-run") == 0
    assert count(classes.database, SessionRow) == 1
    assert take(classes.database, "classes", file) == 0
    with classes.database.reading() as db:
        (first, second) = queries.public_sessions(db, NOON)
    assert (second.id, first.course.id) == (session, second.course.id)
    assert second.starts_at - first.starts_at == timedelta(minutes=30)
    assert first.note == "=SUM(A1)"
    assert count(classes.database, VenueRow) == 1


def test_a_class_that_stands_otherwise_here_is_left_and_named(
    classes: Classes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session = classes.session(12, code="S-1")
    file = tmp_path / "classes.xlsx"
    write(classes.database, "classes", file)
    classes.does(sessions.change, session, classes.plan(capacity=15))
    assert take(classes.database, "classes", file) == 0
    assert "・S-1 は" in capsys.readouterr().out


def test_every_fault_is_told_and_nothing_is_taken(
    classes: Classes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "classes.csv"
    file.write_text(
        "NO,イベント名,開始日,終了日,開始時間,終了時間,場所名称,住所,定員\n"
        "A,よい教室,2026-12-04,2026-12-04,10:00,11:00,会館,富田1,10\n"
        "B,終わりが先,2026-12-04,2026-12-04,10:00,９：００,会館,富田1,10\n"
        "C,人数なし,2026/12/04,,10:00,11:00,会館,富田1,たくさん\n",
        encoding="utf-8",
    )
    assert take(classes.database, "classes", file) == 1
    told = capsys.readouterr().err
    assert "3行目" in told
    assert "4行目" in told
    assert "2行目" not in told
    assert count(classes.database, SessionRow) == 0


def test_the_current_standard_and_venues_are_written(classes: Classes, tmp_path: Path) -> None:
    classes.session(12, code="S-1")
    file = tmp_path / "current.csv"
    assert write(classes.database, "classes", file, "--current") == 0
    heading, row = file.read_text(encoding="utf-8-sig").splitlines()
    assert heading == (
        "全国地方公共団体コード,ID,地方公共団体名,イベント名,コンテンツURL,開始日,終了日,場所名称,"
        "所在地_連結表記,所在地_都道府県,所在地_市区町村,緯度,経度,イベント種類,料金種別,URL"
    )
    assert row.split(",")[11:15] == ["35", "136.6", "講座・教室", "無料"]
    venues = tmp_path / "venues.csv"
    assert write(classes.database, "venues", venues) == 0
    lines = venues.read_text(encoding="utf-8-sig").splitlines()
    assert lines[1].startswith("見本センター,")
    moved = lines[1].replace("センター,,", "センター,ミホンセンター,").replace("富田", "桜町")
    venues.write_text("\n".join([lines[0], moved, moved.replace("見本セ", "新しいセ")]), "utf-8")
    assert take(classes.database, "venues", venues) == 0
    with classes.database.reading() as db:
        held = db.execute(select(VenueRow.name, VenueRow.district, VenueRow.kana)).all()
    assert held == [
        ("見本センター", "桜", "ミホンセンター"),
        ("新しいセンター", "桜", "ミホンセンター"),
    ]


def test_a_calendar_names_each_date_and_folds_long_lines(classes: Classes) -> None:
    starts = NOON + timedelta(days=10)
    dates = tuple(
        (starts + timedelta(weeks=n), starts + timedelta(weeks=n, hours=1)) for n in range(2)
    )
    classes.session(8, code="S-1", dates=dates, note="上ばき, 水筒; 帽子\n" + "あ" * 60)
    off = classes.session(8, code="S-2")
    classes.does(sessions.cancel, off)
    with classes.database.reading() as db:
        held = queries.public_sessions(db, NOON)
    file = ical.calendar(held, name="スマホ教室", domain="city.example", now=NOON)
    lines = file.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    unfolded = file.decode().replace("\r\n ", "").split("\r\n")
    assert unfolded.count("BEGIN:VEVENT") == unfolded.count("END:VEVENT") == 3
    assert "DTSTART:20261204T030000Z" in unfolded
    assert "UID:S-1-2@city.example" in unfolded
    assert "SUMMARY:はじめてのスマホ 2/2" in unfolded
    assert "STATUS:CANCELLED" in unfolded
    assert any("上ばき\\, 水筒\\; 帽子\\nあああ" in line for line in unfolded)


def test_statistics_tell_fill_no_show_line_and_districts(classes: Classes) -> None:
    session = classes.session(2)
    first, second, third = (classes.resident() for _ in range(3))
    seats = [classes.books(one, session) for one in (first, second)]
    waits = classes.books(third, session)
    assert isinstance(seats[0], Reserved)
    assert isinstance(seats[1], Reserved)
    assert isinstance(waits, Waiting)
    classes.does(booking.cancel, waits.booking.id)
    classes.now = NOON + timedelta(days=10)
    with classes.database.writing() as db:
        for one, came in zip(seats, (True, False), strict=True):
            given = Tick(one.booking.id, came)
            tick(db, session, given, actor=STAFF, now=classes.now)
    with classes.database.reading() as db:
        (figures,) = statistics.by_course(db, NOON, NOON + timedelta(days=30))
    assert (figures.fill, figures.no_show, figures.lined_up) == (1.0, 0.5, 1)
    assert (figures.districts, figures.channels) == ({"": 2}, {"line": 2})
