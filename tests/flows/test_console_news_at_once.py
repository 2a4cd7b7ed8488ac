"""Two people press at the same moment: one step is taken, and the other is told by whom."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from bot.campaigns import queries
from bot.campaigns.rules import State, Words
from bot.db import Database
from bot.sealing import Sealer
from bot.staff import audit
from bot.staff.audit import Search
from bot.staff.rules import Role
from tests.flows.announcing import befriend
from tests.flows.chatting import CivilTime
from tests.flows.console_at_work import Browser, app_with_console, at_work, services
from tests.flows.test_console_news import aims, checked, newest, version, writes

ROUNDS = 4


@pytest.fixture
def app(database: Database, sealer: Sealer) -> Flask:
    befriend(database, sealer, range(3), topic="disaster")
    civil = CivilTime(datetime(2026, 11, 24, 1, 0, tzinfo=UTC))
    return app_with_console(services(database, sealer, civil=civil))


def approver(database: Database, sealer: Sealer, app: Flask, login: str) -> Browser:
    return at_work(database, sealer, app, login, Role.APPROVER)


def at_once(presses: Sequence[Callable[[], TestResponse]]) -> list[TestResponse]:
    """Presses all buttons in the same moment, each in a thread of its own."""
    begin = threading.Barrier(len(presses))
    answers: dict[int, TestResponse] = {}

    def press(place: int) -> None:
        begin.wait()
        answers[place] = presses[place]()

    threads = [threading.Thread(target=press, args=(place,)) for place in range(len(presses))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[place] for place in range(len(presses))]


def pressing(browser: Browser, page: str, button: str, **fields: Any) -> Callable[[], TestResponse]:
    """The button of a page as it stands before them now."""
    browser.get(page)
    typed = {"version": version(browser), **fields}
    return lambda: browser.post(f"{page}/{button}", typed)


def story(database: Database, number: int) -> list[tuple[str, str | None]]:
    with database.reading() as session:
        return [(one.what, one.by) for one in queries.story(session, number)]


def test_of_two_who_approve_at_once_one_approval_is_kept_and_the_other_is_told_by_whom(
    database: Database, sealer: Sealer, app: Flask, writer: Browser
) -> None:
    bosses = {login: approver(database, sealer, app, login) for login in ("boss", "chief")}
    for _ in range(ROUNDS):
        number = checked(database, writer, cap="send_all")
        page = f"/console/news/{number}"
        answers = at_once([pressing(one, page, "approve") for one in bosses.values()])
        assert sorted(answer.status_code for answer in answers) == [303, 409]
        told = next(answer for answer in answers if answer.status_code == 409)
        assert (
            "見本 職員さんが先に進めました。いまは「承認済み（取り消せます）」です。" in told.text
        )
        approved = [by for what, by in story(database, number) if what == "approved"]
        quicker = list(bosses)[[answer.status_code for answer in answers].index(303)]
        found = newest(database)
        assert (approved, found.approved_by, found.state) == ([quicker], quicker, State.APPROVED)
        with database.reading() as session:
            trail = audit.find(session, Search(item_kind="news", item_id=str(number)))
        assert [one.done.actor for one in trail if one.done.action == "news.approved"] == [quicker]


def test_who_approves_while_its_writer_changes_it_never_lets_the_new_words_go(
    database: Database, sealer: Sealer, app: Flask, writer: Browser
) -> None:
    boss = approver(database, sealer, app, "boss")
    for _ in range(ROUNDS):
        number = checked(database, writer)
        approves = pressing(boss, f"/console/news/{number}", "approve")
        writer.get(f"/console/news/{number}/write")
        seen = version(writer)
        typed = {"title": "防災訓練", "topic": "disaster", "p0": "words", "p0_text": "別の言葉。"}
        form = {"version": seen, "do": "save", **typed}
        write = f"/console/news/{number}/write"
        approved, written = at_once([approves, lambda form=form, at=write: writer.post(at, form)])
        assert written.status_code == 303
        assert approved.status_code in (303, 409)
        found = newest(database)
        assert (found.state, found.is_as_approved) == (State.DRAFT, False)
        assert found.draft.parts == (Words("別の言葉。"),)


def test_of_two_who_change_it_at_once_one_is_kept_and_the_others_words_are_still_there(
    database: Database, sealer: Sealer, app: Flask, writer: Browser
) -> None:
    writer.get("/console/news/new")
    writer.post("/console/news/new", {"kind": "free"})
    number = newest(database).id
    assert (writes(writer, number), aims(writer, number)) == (303, 303)
    other = at_work(database, sealer, app, "other", Role.ANNOUNCER)
    page = f"/console/news/{number}/write"
    presses = []
    for browser, words in ((writer, "こちらの言葉。"), (other, "あちらの言葉。")):
        browser.get(page)
        typed = {"title": "防災訓練", "topic": "disaster", "p0": "words", "p0_text": words}
        form = {"version": version(browser), "do": "save", **typed}
        presses.append(lambda browser=browser, form=form: browser.post(page, form))
    answers = at_once(presses)
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    late = next(place for place, one in enumerate(answers) if one.status_code == 409)
    words = ["こちらの言葉。", "あちらの言葉。"]
    assert "ほかの人が先に直しました" in answers[late].text
    assert words[late] in answers[late].text
    assert newest(database).draft.parts == (Words(words[1 - late]),)
