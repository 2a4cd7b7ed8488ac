"""A form that is refused still holds what was typed, and says which of it was wrong."""

from dataclasses import replace

import pytest
from flask import Flask

from bot.db import Database
from bot.sealing import Sealer
from bot.staff.rules import Role
from scheduler.clock import next_due
from tests.flows.chatting import CivilTime
from tests.flows.classroom import CALLER, Room, led_to
from tests.flows.console_at_work import Browser, app_with_console, at_work, services
from tests.flows.test_console_news import checked, newest, version

WEEKLY = {"what": "digest", "every": "week", "weekday": "fri", "at": "10:00", "waits": "1"}


@pytest.fixture
def app(database: Database, sealer: Sealer, civil: CivilTime) -> Flask:
    return app_with_console(replace(services(database, sealer, civil=civil), next_due=next_due))


@pytest.fixture
def boss(database: Database, sealer: Sealer, app: Flask) -> Browser:
    return at_work(database, sealer, app, "boss", Role.ADMIN)


def test_another_time_for_what_repeats(writer: Browser) -> None:
    writer.get("/console/news/series/new")
    one = led_to(writer.post("/console/news/series/new", WEEKLY))
    writer.get(one)
    moved = {"every": "week", "weekday": "tue", "at": "14:30", "until": "2026-11-01"}
    assert writer.post(f"{one}/when", moved).status_code == 422
    assert "最後の日は、今日よりあとの日にしてください。" in writer.words
    assert '<option value="tue" selected>' in writer.page
    assert 'value="14:30"' in writer.page
    assert writer.post(f"{one}/when", {**moved, "at": ""}).status_code == 422
    assert "曜日か日と、時刻を選んでください。" in writer.words


def test_how_a_step_of_the_plan_stands_and_a_figure(boss: Browser) -> None:
    page = "/console/plan/measure/1"
    boss.get(page)
    step = {"step": "1-1:2022:1", "state": "done", "note": "課で確かめました"}
    for day in ("2026-11-25", "きのう"):
        assert boss.post(f"{page}/step", {**step, "day": day}).status_code == 422
        assert "計画の始まり（令和4年4月1日（金））から今日までにしてください" in boss.words
        assert '<option value="1-1:2022:1" selected>' in boss.page
        assert '<option value="done" selected>' in boss.page
        assert 'value="課で確かめました"' in boss.page
    figure = {"name": "友だち", "value": "12人", "day": "2026-11-25"}
    assert boss.post(f"{page}/figure", figure).status_code == 422
    for typed in ("友だち", "12人", "2026-11-25"):
        assert f'value="{typed}"' in boss.page
    assert "課で確かめました" not in boss.page


def test_the_day_from_which_a_procedure_is_online(boss: Browser) -> None:
    boss.get("/console/plan")
    fields = {"procedure": "P900", "day": "2023-04-01", "url": "http://plain.example/"}
    assert boss.post("/console/plan/online", fields).status_code == 422
    assert 'id="day" name="day" type="date" value="2023-04-01"' in boss.page
    assert 'id="names-day" name="day" type="date" value="2026-11-24"' in boss.page


def test_a_name_that_is_too_long(boss: Browser) -> None:
    long = "長" * 61
    boss.get("/console/people/1")
    assert boss.post("/console/people/1/name", {"name": long}).status_code == 422
    assert "60文字までにしてください" in boss.words
    assert f'value="{long}"' in boss.page


def test_an_announcement_one_of_whose_fields_is_without_end(
    database: Database, writer: Browser
) -> None:
    writer.get("/console/news/new")
    writer.post("/console/news/new", {"kind": "free"})
    page = f"/console/news/{newest(database).id}/write"
    writer.get(page)
    typed = {
        "title": "防災訓練",
        "p0": "words",
        "p0_text": "あ" * 60_000,
        "p0_easy": "来てね",
    }
    for where in (page, f"{page}/look"):
        answer = writer.post(where, {"version": version(writer), "do": "save", **typed})
        assert answer.status_code == (422 if where == page else 200)
        assert 'value="防災訓練"' in writer.page
        assert "来てね</textarea>" in writer.page
        assert "あ" * 60_000 in writer.page


def test_why_an_announcement_is_sent_back_too_late(
    database: Database, writer: Browser, boss: Browser
) -> None:
    number = checked(database, writer)
    boss.get(f"/console/news/{number}")
    assert boss.post(f"/console/news/{number}/back", {"reason": "長" * 201}).status_code == 422
    assert f'name="reason" value="{"長" * 201}"' in boss.page


def test_a_change_of_a_class_whose_notice_is_not_sent_yet(
    database: Database, sealer: Sealer
) -> None:
    room = Room(database, sealer)
    number = room.classes.session()
    room.classes.books(room.classes.resident(), number)
    page = f"/console/classes/{number}/edit"
    room.staff.get(page)
    stamp = room.staff.page.split('name="stamp" value="')[1].split('"')[0]
    moved = {
        **{"course": room.classes.course, "venue": room.classes.venue, "capacity": "2"},
        **{"day": "2026-12-04", "start": "13:30", "end": "15:00", "note": "入口は東です"},
        **{"kept": "0", "stamp": stamp, "as": "open"},
    }
    room.staff.post(page, moved)
    assert "もどって直す" in room.staff.words
    assert room.staff.post(page, {**moved, "sure": "1", "act": "back"}).status_code == 200
    assert 'value="13:30"' in room.staff.page
    assert "入口は東です</textarea>" in room.staff.page
    assert room.trail() == []


def test_a_booking_for_a_class_that_has_begun_is_refused_before_anything_is_typed(
    database: Database, sealer: Sealer
) -> None:
    room = Room(database, sealer)
    number = room.classes.session()
    page = f"/console/classes/{number}/book"
    room.staff.get(page)
    room.later(days=10, hours=-1.5)
    assert room.staff.post(page, {**CALLER, "act": "look"}).status_code == 409
    said = "この教室は、もう始まっています。名簿から「予約なしの人」を入れられます。"
    assert said in room.staff.words
    assert 'value="見本 𠮷子"' in room.staff.page
    assert led_to(room.staff.get(page)) == f"/console/classes/{number}"
    room.staff.get(f"/console/classes/{number}")
    assert said in room.staff.words
