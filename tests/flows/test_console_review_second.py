"""A second person approves what answers residents, and each week's sample is judged."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from bot.clocks import real_time
from bot.db import Database
from bot.questions.rules import ClusterState
from bot.sealing import Sealer
from bot.staff.rules import Role
from tests.flows.console_at_work import Browser, app_with_console, at_work, services
from tests.flows.review_at_console import done, heard, publish, someone_waits
from tests.flows.reviewing import BIN, asks, gather, knows, only


@pytest.fixture
def app(database: Database, sealer: Sealer) -> Flask:
    return app_with_console(replace(services(database, sealer), second_person_approves=True))


@pytest.fixture
def tanaka(database: Database, sealer: Sealer, app: Flask) -> Browser:
    """Somebody who answers and approves, though never the same thing."""
    return at_work(database, sealer, app, "tanaka", Role.SUPPORT, Role.APPROVER)


@pytest.fixture
def suzuki(database: Database, sealer: Sealer, app: Flask) -> Browser:
    return at_work(database, sealer, app, "suzuki", Role.APPROVER)


def propose(database: Database, sealer: Sealer, author: Browser) -> int:
    """An answer that waits for a second person; the number of its group."""
    group = someone_waits(database, sealer)
    author.get(f"/console/unanswered/{group}/with/bin")
    assert "もう一人に確認を頼む" in author.words
    assert publish(author, group) == 303
    return group


def test_an_answer_waits_until_another_person_has_approved_it(
    database: Database, sealer: Sealer, tanaka: Browser, suzuki: Browser
) -> None:
    group = propose(database, sealer, tanaka)
    assert heard(database, sealer) == []
    own = tanaka.post("/console/unanswered/approvals/1/approve")
    assert own.status_code == 409
    assert "自分で書いた答えは、自分では認められません" in tanaka.words
    suzuki.get("/console/")
    assert "確認待ちの答え 1件 ごみの出し方を知りたい" in suzuki.words
    suzuki.get("/console/unanswered/approvals")
    suzuki.get("/console/unanswered/approvals/1")
    assert "2通りの聞き方のうち、2通りでこの答えが出ます。" in suzuki.words
    for _twice in range(2):
        suzuki.post("/console/unanswered/approvals/1/approve", {"approved_by": "tanaka"})
    assert len(heard(database, sealer)) == 1
    assert only(database, ClusterState.ANSWERED).cluster.changed_by == "tanaka"
    assert done(database) == [
        ("suzuki", "review.approved", str(group)),
        ("suzuki", "review.answered", str(group)),
        ("suzuki", "knowledge.changed", "bin"),
        ("tanaka", "review.proposed", str(group)),
    ]


def test_an_answer_is_sent_back_with_a_reason_its_author_reads(
    database: Database, sealer: Sealer, tanaka: Browser, suzuki: Browser
) -> None:
    propose(database, sealer, tanaka)
    suzuki.get("/console/unanswered/approvals/1")
    assert suzuki.post("/console/unanswered/approvals/1/back").status_code == 422
    reason = {"reason": "料金がない"}
    assert suzuki.post("/console/unanswered/approvals/1/back", reason).status_code == 303
    tanaka.get("/console/unanswered/approvals/1")
    assert "見本 職員さんが戻しました。" in tanaka.words
    assert "理由：料金がない" in tanaka.words
    assert only(database).cluster.state is ClusterState.OPEN


def test_who_only_answers_cannot_approve(
    database: Database, sealer: Sealer, app: Flask, tanaka: Browser
) -> None:
    propose(database, sealer, tanaka)
    hers = at_work(database, sealer, app, "sato", Role.SUPPORT)
    hers.get("/console/unanswered/approvals/1")
    assert "認めるのは、承認の担当者です。" in hers.words
    assert hers.post("/console/unanswered/approvals/1/approve").status_code == 403


def test_last_weeks_answers_are_drawn_and_judged_and_a_wrong_one_comes_back(
    database: Database, sealer: Sealer, app: Flask, tanaka: Browser
) -> None:
    knows(database, BIN)
    week = real_time() - timedelta(days=7)
    for number in range(3):
        text, who = f"犬の登録{number}", f"r{number}"
        asks(database, text, who, at=week, outcome="direct", shown=("bin",))
    tanaka.get("/console/unanswered/samples")
    assert "この週の分は、まだ選んでいません。" in tanaka.words
    tanaka.post("/console/unanswered/samples/draw")
    tanaka.get("/console/unanswered/samples")
    assert tanaka.words.count("「犬の登録") == 3
    address = "/console/unanswered/samples/judge"
    for place, verdict in ((1, "wrong"), (2, "right"), (3, "close"), (9, "right"), (1, "maybe")):
        tanaka.post(address, {"place": str(place), "verdict": verdict})
    tanaka.get("/console/unanswered/samples")
    assert "正しい 1、惜しい 1、違う 1、まだ 0" in tanaka.words
    other = at_work(database, sealer, app, "sato", Role.SUPPORT)
    other.post(address, {"place": "1", "verdict": "right"})
    other.get("/console/unanswered/samples")
    assert "見本 職員さんが先に判断しました。" in other.words
    gather(database)
    assert only(database).title is not None
    assert [action for _who, action, _item in done(database)] == [
        "review.judged",
        "review.judged",
        "review.judged",
        "review.drawn",
    ]
