"""未回答 in the console: two clicks make a group knowledge, and everyone who waits is told."""

from dataclasses import replace

import pytest
from flask import Flask

from bot.db import Database
from bot.knowledge import service as knowledge
from bot.questions.rules import ClusterState
from bot.sealing import Sealer
from bot.staff.rules import Role
from tests.flows.console_at_work import Browser, app_with_console, at_work, services
from tests.flows.review_at_console import done, heard, picked, publish, someone_waits, version
from tests.flows.reviewing import BIN, knows, only


@pytest.fixture
def app(database: Database, sealer: Sealer) -> Flask:
    return app_with_console(services(database, sealer))


@pytest.fixture
def tanaka(database: Database, sealer: Sealer, app: Flask) -> Browser:
    return at_work(database, sealer, app, "tanaka", Role.SUPPORT)


def test_two_clicks_after_opening_make_it_knowledge_and_tell_who_waits(
    database: Database, sealer: Sealer, tanaka: Browser
) -> None:
    group = someone_waits(database, sealer)
    tanaka.get("/console/")
    assert "未回答 1件" in tanaka.words
    tanaka.get(f"/console/unanswered/{group}")
    assert "1人が返事待ち" in tanaka.words
    tanaka.get(f"/console/unanswered/{group}/with/bin")
    assert "公開して、1人に答えを送る" in tanaka.words
    assert publish(tanaka, group) == 303
    tanaka.get(f"/console/unanswered/{group}")
    assert "公開しました。1人に答えを送ります。" in tanaka.words
    with database.reading() as session:
        entry = knowledge.entry(session, "bin")
    assert entry is not None
    assert set(entry.wordings) == {"粗大ごみの予約", "粗大ごみ予約したい"}
    assert heard(database, sealer) == ["お待たせしました。「ごみの出し方を知りたい」の答えです。"]
    assert only(database, ClusterState.ANSWERED).cluster.changed_by == "tanaka"
    assert done(database) == [
        ("tanaka", "review.answered", str(group)),
        ("tanaka", "knowledge.changed", "bin"),
    ]


def test_the_second_of_two_people_is_told_who_was_quicker_and_nobody_is_told_twice(
    database: Database, sealer: Sealer, app: Flask, tanaka: Browser
) -> None:
    group = someone_waits(database, sealer)
    suzuki = at_work(database, sealer, app, "suzuki", Role.SUPPORT)
    for browser in (tanaka, suzuki):
        browser.get(f"/console/unanswered/{group}/with/bin")
    assert publish(suzuki, group) == 303
    assert publish(tanaka, group) == 409
    assert "見本 職員さんが先に答えました" in tanaka.words
    assert len(heard(database, sealer)) == 1


def test_the_same_button_pressed_twice_publishes_once(
    database: Database, sealer: Sealer, tanaka: Browser
) -> None:
    group = someone_waits(database, sealer)
    tanaka.get(f"/console/unanswered/{group}/with/bin")
    page = tanaka.page
    publish(tanaka, group)
    tanaka.page = page
    assert publish(tanaka, group) == 409
    assert "二重には送っていません" in tanaka.words
    assert len(heard(database, sealer)) == 1


def test_a_group_that_changed_meanwhile_is_shown_again_with_what_was_picked(
    database: Database, sealer: Sealer, app: Flask, tanaka: Browser
) -> None:
    group = someone_waits(database, sealer)
    tanaka.get(f"/console/unanswered/{group}/with/bin")
    first = picked(tanaka)[:1]
    suzuki = at_work(database, sealer, app, "suzuki", Role.SUPPORT)
    suzuki.get(f"/console/unanswered/{group}")
    suzuki.post(f"/console/unanswered/{group}/do", {"do": "mine", "version": version(suzuki)})
    fields = {"do": "publish", "version": version(tanaka), "wording": first}
    assert tanaka.post(f"/console/unanswered/{group}/with/bin", fields).status_code == 409
    assert "見本 職員さんが変えました（いまは「担当あり」）" in tanaka.words
    assert picked(tanaka) == first
    assert heard(database, sealer) == []
    assert publish(tanaka, group) == 303


def test_picking_other_wordings_looks_again_and_changes_nothing(
    database: Database, sealer: Sealer, tanaka: Browser
) -> None:
    group = someone_waits(database, sealer)
    tanaka.get(f"/console/unanswered/{group}/with/bin")
    again = {"do": "again", "version": version(tanaka), "wording": picked(tanaka)[:1]}
    assert tanaka.post(f"/console/unanswered/{group}/with/bin", again).status_code == 200
    assert len(picked(tanaka)) == 1
    assert done(database) == []


NEW = {
    "question": "粗大ごみの予約はどうしますか",
    "answer": "電話で予約します。\r\n3日前までです。",
    "wordings": "粗大ごみの予約\r\n粗大ごみ予約したい",
    "easy": "",
    "topic": "ごみ",
    "section": "gomi",
}


def test_a_new_answer_is_prefilled_looked_at_and_published(
    database: Database, sealer: Sealer, tanaka: Browser
) -> None:
    group = someone_waits(database, sealer)
    tanaka.get(f"/console/unanswered/{group}/new")
    assert 'value="粗大ごみ予約したい"' in tanaka.page or 'value="粗大ごみの予約"' in tanaka.page
    look = tanaka.post(f"/console/unanswered/{group}/new", {**NEW, "version": version(tanaka)})
    assert look.status_code == 200
    assert "公開して、1人に答えを送る" in tanaka.words
    assert done(database) == []
    final = {**NEW, "version": version(tanaka), "do": "publish"}
    assert tanaka.post(f"/console/unanswered/{group}/new", final).status_code == 303
    with database.reading() as session:
        entry = knowledge.entry(session, f"review-{group}")
    assert entry is not None
    assert (entry.answer, entry.section, len(entry.wordings)) == (
        "電話で予約します。\n3日前までです。",
        "gomi",
        2,
    )
    assert [action for _who, action, _item in done(database)] == [
        "review.answered",
        "knowledge.added",
    ]
    assert len(heard(database, sealer)) == 1


def test_a_new_answer_that_came_too_late_keeps_what_was_written(
    database: Database, sealer: Sealer, app: Flask, tanaka: Browser
) -> None:
    group = someone_waits(database, sealer)
    tanaka.get(f"/console/unanswered/{group}/new")
    late = {**NEW, "version": version(tanaka), "do": "publish"}
    suzuki = at_work(database, sealer, app, "suzuki", Role.SUPPORT)
    suzuki.get(f"/console/unanswered/{group}/with/bin")
    publish(suzuki, group)
    assert tanaka.post(f"/console/unanswered/{group}/new", late).status_code == 409
    assert "見本 職員さんが先に答えました" in tanaka.words
    assert "3日前までです。" in tanaka.words


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("question", "", "入力してください"),
        ("answer", "あ" * 2001, "2000文字まで"),
        ("wordings", "\n".join(f"言い方{n}" for n in range(21)), "20個まで"),
        ("wordings", "あ" * 201, "200文字まで"),
        ("section", "nowhere", "一覧から選んでください"),
    ],
)
def test_what_is_wrong_with_a_new_answer_is_said_and_nothing_is_lost(
    database: Database, sealer: Sealer, tanaka: Browser, field: str, typed: str, said: str
) -> None:
    group = someone_waits(database, sealer)
    tanaka.get(f"/console/unanswered/{group}/new")
    fields = {**NEW, field: typed, "do": "publish", "version": version(tanaka)}
    assert tanaka.post(f"/console/unanswered/{group}/new", fields).status_code == 422
    assert said in tanaka.words
    assert NEW["topic"] in tanaka.page
    assert done(database) == []


def test_markup_emoji_and_direction_marks_stay_words(
    database: Database, sealer: Sealer, tanaka: Browser
) -> None:
    group = someone_waits(database, sealer)
    tanaka.get(f"/console/unanswered/{group}/new")
    odd = {**NEW, "answer": "<script>alert(1)</script>\u202e😀\0", "version": version(tanaka)}
    tanaka.post(f"/console/unanswered/{group}/new", odd)
    assert "<script>alert" not in tanaka.page
    assert "alert(1)" in tanaka.words


def test_samples_never_reach_real_residents_and_the_quota_is_kept(
    database: Database, sealer: Sealer
) -> None:
    group = someone_waits(database, sealer)
    knows(database, replace(BIN, id="sample", answer="電話は000-0000-0000です。"))
    usual = services(database, sealer)
    for given, said in (
        (replace(usual, is_real_line=True), "見本のままなので、公開できません"),
        (replace(usual, quota=lambda: 0), "今月送れるのはあと0通です"),
    ):
        app = app_with_console(given)
        browser = at_work(database, sealer, app, f"p{given.is_real_line}".lower(), Role.SUPPORT)
        browser.get(f"/console/unanswered/{group}/with/sample")
        assert said in browser.words
        assert 'value="publish"' not in browser.page
        forced = {"do": "publish", "version": version(browser)}
        answer = browser.post(f"/console/unanswered/{group}/with/sample", forced)
        assert answer.status_code in (409, 422)
    assert heard(database, sealer) == []
