"""An instant of a series that was missed or came late stands on 今日 until somebody has looked."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from bot.campaigns import misfires, series
from bot.campaigns.misfires import Made, Misfire
from bot.campaigns.rules import State
from bot.db import Database
from bot.sealing import Sealer
from bot.staff.rules import Role
from scheduler.clock import next_due
from tests.flows.announcing import Office, befriend
from tests.flows.console_at_work import Browser, app_with_console, at_work, services
from tests.flows.test_announcement_series import AT_TEN, THURSDAY, made, starts, ticks, weekly

WEEK = timedelta(days=7)
CARD = "予定どおりに送れなかった回"


@pytest.fixture
def office(database: Database, sealer: Sealer) -> Office:
    befriend(database, sealer, range(1, 4))
    office = Office(database, sealer)
    office.civil.now = THURSDAY
    return office


@pytest.fixture
def app(office: Office) -> Flask:
    given = services(office.database, office.sealer, civil=office.civil)
    return app_with_console(replace(given, next_due=next_due))


@pytest.fixture
def boss(office: Office, app: Flask) -> Browser:
    return at_work(office.database, office.sealer, app, "boss", Role.APPROVER)


def unseen(office: Office) -> list[Misfire]:
    with office.database.reading() as session:
        return misfires.unseen(session, next_due)


def told(office: Office) -> list[tuple[object, str]]:
    return [(one.due, one.outcome) for one in unseen(office)]


def looks(browser: Browser, number: int) -> int:
    """Opens the series and says that what it shows was looked at."""
    browser.get(f"/console/news/series/{number}")
    upto = re.search(r'name="upto" value="([^"]+)"', browser.page)
    assert upto
    sent = browser.post(f"/console/news/series/{number}/seen", {"upto": upto.group(1)})
    return sent.status_code


def test_a_missed_week_stands_on_today_with_what_happened_until_one_of_staff_has_looked(
    office: Office, app: Flask, boss: Browser
) -> None:
    number = starts(office, weekly())
    boss.get("/console/")
    assert CARD not in boss.words
    office.civil.now = AT_TEN + timedelta(hours=4)
    ticks(office)
    assert told(office) == [(AT_TEN, "missed")]
    boss.get("/console/")
    assert f"{CARD} 1件" in boss.words
    when = "毎週：令和8年1月30日（金） 午前10時の回は、"
    assert f"{when}時間を過ぎてから見つかったので、送りませんでした。" in boss.words
    assert f'href="/console/news/series/{number}"' in boss.page
    other = at_work(office.database, office.sealer, app, "writer", Role.ANNOUNCER)
    assert looks(other, number) == 303
    for browser in (boss, other):
        browser.get("/console/")
        assert CARD not in browser.words
    boss.get(f"/console/news/series/{number}")
    assert "時間を過ぎて、作りませんでした" in boss.words, "it stays in what happened"
    office.civil.now = AT_TEN + WEEK + timedelta(hours=4)
    ticks(office)
    assert told(office) == [(AT_TEN + WEEK, "missed")], "the next one is new"


def test_one_that_went_late_is_told_with_its_time_and_where_it_stands_now(
    office: Office, boss: Browser
) -> None:
    number = starts(office, weekly())
    office.civil.now = AT_TEN + timedelta(minutes=9)
    ticks(office)
    assert unseen(office) == []
    office.civil.now = AT_TEN + WEEK + timedelta(hours=2)
    ticks(office)
    late = made(office)[-1]
    (one,) = unseen(office)
    assert (one.outcome, one.made) == ("late", Made(late.id, State.APPROVED))
    office.civil.passes(minutes=5)
    office.goes_round()
    office.sends(late.id)
    boss.get("/console/")
    assert "午前10時の回は、遅れて" in boss.words
    assert "午後0時に作りました。いまは「送信済み」です。" in boss.words
    assert looks(boss, number) == 303
    assert unseen(office) == []


def test_after_three_weeks_down_both_the_missed_and_the_late_one_are_told(office: Office) -> None:
    starts(office, weekly())
    office.civil.now = AT_TEN + 3 * WEEK + timedelta(minutes=30)
    ticks(office)
    assert told(office) == [(AT_TEN + 3 * WEEK, "late"), (AT_TEN, "missed")]


def test_a_day_that_was_to_be_left_out_is_not_told_but_the_week_missed_after_it_is(
    office: Office,
) -> None:
    number = starts(office, weekly(until=date(2026, 2, 6)))
    with office.database.writing() as session:
        series.skip(session, number, date(2026, 1, 30))
    office.civil.now = AT_TEN + timedelta(hours=4)
    ticks(office)
    assert unseen(office) == []
    other = starts(office, weekly())
    with office.database.writing() as session:
        series.skip(session, other, date(2026, 2, 6))
    office.civil.now = AT_TEN + 2 * WEEK + timedelta(hours=4)
    ticks(office)
    assert {one.series_id for one in unseen(office)} == {number, other}
    with office.database.writing() as session:
        for one in (number, other):
            assert misfires.see(session, one, office.civil())
        assert not misfires.see(session, 999, office.civil())
    office.civil.now = AT_TEN + 3 * WEEK + timedelta(hours=4)
    ticks(office)
    assert [one.series_id for one in unseen(office)] == [other], "the first is over"


def test_what_was_found_after_the_page_was_opened_stays(office: Office, boss: Browser) -> None:
    number = starts(office, weekly())
    office.civil.now = AT_TEN + timedelta(hours=4)
    ticks(office)
    boss.get(f"/console/news/series/{number}")
    upto = re.search(r'name="upto" value="([^"]+)"', boss.page)
    assert upto
    office.civil.now = AT_TEN + WEEK + timedelta(hours=4)
    ticks(office)
    see = f"/console/news/series/{number}/seen"
    refused: dict[str, Any] = {"upto": "yesterday"}
    assert boss.post(see, refused).status_code == 400
    boss.get(f"/console/news/series/{number}")
    assert boss.post(see, {"upto": upto.group(1)}).status_code == 303
    assert told(office) == [(AT_TEN + WEEK, "missed")]
    boss.get(f"/console/news/series/{number}")
    assert boss.post("/console/news/series/999/seen", {"upto": upto.group(1)}).status_code == 404
