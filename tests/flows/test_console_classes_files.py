"""Figures of classes, their tables in and out, and what the trail keeps of it."""

import csv
import io
from datetime import timedelta

import pytest
from werkzeug.datastructures import FileStorage

from bot.classes import attendance, catalogue, queries
from bot.classes.attendance import Tick
from bot.db import Database
from bot.sealing import Sealer
from bot.staff.rules import Role
from tests.flows.class_at_work import NOON, STAFF
from tests.flows.classroom import Room, led_to

EVENTS = """NO,イベント名,イベント名_カナ,開始日,終了日,開始時間,終了時間,説明,場所名称,住所,定員
S-2,はじめてのスマホ,ハジメテ,令和8年12月8日,2026-12-08,10:00,12時,電源から,見本センター,見本町1,20
S-3,＝予約の講座,ヨヤク,2026/12/09,2026/12/09,13:30,15:00,写真,新しい会館,四日市市富田1,１２人
"""
FAULTY = EVENTS.replace("10:00,12時", "10:00,9:00").replace("2026/12/09,2026/12/09", "いつか,")


@pytest.fixture
def room(database: Database, sealer: Sealer) -> Room:
    return Room(database, sealer)


def file(words: str, encoding: str = "cp932") -> FileStorage:
    data = io.BytesIO(words.encode(encoding, errors="replace"))
    return FileStorage(data, filename="教室.csv", content_type="text/csv")


def test_a_table_of_classes_is_looked_at_first_and_taken_once(room: Room) -> None:
    staff = room.staff
    staff.get("/console/classes/files")
    refused = staff.post("/console/classes/files", {"kind": "classes", "file": file(FAULTY)})
    assert refused.status_code == 422
    assert "取り込みませんでした" in staff.words or "直すところ" in staff.words
    checked = staff.post("/console/classes/files", {"kind": "classes", "file": file(EVENTS)})
    assert checked.status_code == 200
    assert "2件" in staff.words
    assert "S-2 2026-12-08 10:00" in staff.words
    with room.database.reading() as db:
        assert queries.public_sessions(db, room.now) == []
    carried = staff.page.split('name="carried" value="')[1].split('"')[0]
    given = {"kind": "classes", "name": "教室.csv", "carried": carried}
    staff.get(led_to(staff.post("/console/classes/files/take", given)))
    assert "新しい2件、変わった0件" in staff.words
    staff.get(led_to(staff.post("/console/classes/files/take", given)))
    assert "新しい0件、変わった0件" in staff.words
    with room.database.reading() as db:
        held = queries.public_sessions(db, room.now)
        assert [one.code for one in held] == ["S-2", "S-3"]
        assert [one.district for one in catalogue.venues(db) if one.name == "新しい会館"] == [
            "富田"
        ]
    broken = {**given, "carried": "nonsense"}
    assert staff.post("/console/classes/files/take", broken).status_code == 422

    answer = staff.client.post(
        "/console/classes/files/export",
        data={"csrf_token": staff.token, "form": "classes"},
        headers={"Sec-Fetch-Site": "same-origin"},
        base_url="http://127.0.0.1",
    )
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert [row["NO"] for row in rows] == ["S-2", "S-3"]
    assert rows[1]["イベント名"].startswith("'")
    assert rows[0]["開始時間"] == "10:00"
    assert room.trail() == ["class.imported", "class.exported"]


def test_figures_count_seats_absences_districts_and_lines(room: Room) -> None:
    classes = room.classes
    session = classes.session(capacity=2, starts=NOON + timedelta(days=1))
    first, second, third = (
        room.person(f"見本 {one}", one) for one in ("あおき", "いのうえ", "うえだ")
    )
    one, two, _waits = (
        classes.rings(booker, session).booking.id  # type: ignore[union-attr]
        for booker in (first, second, third)
    )
    room.later(days=1, hours=1)
    with room.database.writing() as db:
        for number, came in ((one, True), (two, False)):
            attendance.tick(db, session, Tick(number, came), actor=STAFF, now=room.now)
    viewer = room.enter("etsuran", Role.VIEWER)
    viewer.get("/console/classes/figures")
    assert "はじめてのスマホ 1 0 2 2 100% 1 1 50%" in viewer.words
    assert "聞いていない" in viewer.words
    assert "見本 あおき" not in viewer.words
    answer = viewer.client.post(
        "/console/classes/figures/export",
        data={"csrf_token": viewer.token},
        headers={"Sec-Fetch-Site": "same-origin"},
        base_url="http://127.0.0.1",
    )
    heading, row = csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")))
    assert dict(zip(heading, row, strict=True))["待った人"] == "1"
    viewer.get("/console/classes/figures?since=2030-01-01&until=2030-02-01")
    assert "この期間の教室は、ありません。" in viewer.words
