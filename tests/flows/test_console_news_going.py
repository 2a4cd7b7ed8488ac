"""An announcement on its way: exact numbers, pause, resume, cancel, and what held it."""

import pytest
from flask import Flask

from bot.campaigns.rules import State
from bot.db import Database
from bot.sealing import Sealer
from bot.staff.rules import Role
from tests.flows.announcing import Office, befriend
from tests.flows.chatting import CivilTime
from tests.flows.console_at_work import Browser, at_work
from tests.flows.test_console_news import approves, checked


@pytest.fixture
def office(database: Database, sealer: Sealer, civil: CivilTime) -> Office:
    befriend(database, sealer, range(3), topic="disaster")
    return Office(database, sealer, civil=civil)


def leaves(office: Office, writer: Browser, boss: Browser) -> str:
    """Approved, and the time for second thoughts is over; its page."""
    number = checked(office.database, writer)
    assert approves(boss, number) == 303
    office.civil.passes(minutes=6)
    office.goes_round()
    return f"/console/news/{number}"


def test_it_is_paused_resumed_and_cancelled_with_exact_numbers(
    office: Office, writer: Browser, boss: Browser
) -> None:
    page = leaves(office, writer, boss)
    assert "data-moving" in writer.get(f"{page}/going").text
    assert "3人のうち0人まで終わりました" in writer.get(page).text
    assert writer.post(f"{page}/pause").status_code == 303
    assert writer.post(f"{page}/pause").status_code == 409
    assert "止まっているお知らせ" in boss.get("/console/").text
    assert writer.post(f"{page}/resume").status_code == 403, "to let go is an approver's"
    boss.get(page)
    assert "一時停止" in boss.words
    assert boss.post(f"{page}/resume").status_code == 303
    assert boss.post(f"{page}/resume").status_code == 409
    writer.get(page)
    assert writer.post(f"{page}/cancel").status_code == 303
    office.goes_round()
    numbers = office.numbers(1)
    assert (numbers.planned, numbers.sent, numbers.unsent) == (3, 0, 3)
    writer.get(page)
    assert "まだ送っていない 3" in writer.words
    assert "結果" in writer.words
    assert writer.post(f"{page}/cancel").status_code == 409
    assert writer.post(f"{page}/copy").status_code == 303
    assert office.state(2) is State.DRAFT


def test_one_that_was_held_for_the_quota_goes_to_as_many_as_it_allows_when_a_person_says_so(
    office: Office, app: Flask, writer: Browser, boss: Browser
) -> None:
    office.line.quota = 2
    page = leaves(office, writer, boss)
    assert office.state(1) is State.HELD
    boss.get(page)
    assert "今月LINEで送れる通数が足りません" in boss.words
    assert writer.post(f"{page}/cut").status_code == 403
    assert boss.post(f"{page}/cut").status_code == 303
    office.goes_round()
    assert office.numbers(1).planned == 2
    assert "通数が足りないので、2人までです。" in boss.get(page).text
    assert boss.post(f"{page}/after-all").status_code == 409


def test_one_that_was_missed_is_let_go_by_an_approver_but_not_by_its_own_writer(
    office: Office, app: Flask, boss: Browser
) -> None:
    chief = at_work(office.database, office.sealer, app, "chief", Role.ADMIN)
    number = checked(office.database, chief)
    assert approves(boss, number) == 303
    office.civil.passes(minutes=60 * 5)
    office.goes_round()
    page = f"/console/news/{number}"
    assert "3時間より多く過ぎて" in chief.get(page).text
    assert chief.post(f"{page}/after-all").status_code == 409
    assert "自分が書いたお知らせは、承認できません" in chief.page
    boss.get(page)
    assert boss.post(f"{page}/after-all").status_code == 303
    office.goes_round()
    assert office.numbers(number).planned == 3
