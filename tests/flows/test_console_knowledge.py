"""Staff keep the knowledge: what they save is live, versioned, and never lost to a colleague."""

import threading
from datetime import date

import pytest
from flask import Flask

from bot.answers.values import Outcome
from bot.db import Database
from bot.knowledge.values import State
from bot.sealing import Sealer
from tests.flows.console_at_work import Browser
from tests.flows.knowledge_at_work import (
    BIN,
    DOG,
    NEW,
    NOW,
    actions,
    asked,
    engine_of,
    entry,
    knowledge_app,
    knows,
    typed,
)


@pytest.fixture
def app(database: Database, sealer: Sealer) -> Flask:
    knows(database, BIN, DOG)
    return knowledge_app(database, sealer, civil=lambda: NOW)


def test_what_is_saved_answers_residents_at_once(database: Database, aoi: Browser) -> None:
    engine = engine_of(database)
    assert engine().ask("迷い猫").outcome is not Outcome.DIRECT
    aoi.get("/console/knowledge/new/faq")
    answer = aoi.post("/console/knowledge/new/faq", NEW)
    assert answer.location == "/console/knowledge/faq/cat"
    aoi.get(answer.location)
    assert "公開しました" in aoi.words
    found = engine().ask("迷い猫")
    assert (found.outcome, found.ranked[0].entry_id) == (Outcome.DIRECT, "cat")
    assert entry(database, "cat").wordings == ("ねこをさがしている", "迷い猫")
    assert actions(database) == [("aoi", "knowledge.added", "faq", "cat")]


def test_sending_the_same_form_twice_makes_one_entry(database: Database, aoi: Browser) -> None:
    aoi.get("/console/knowledge/new/faq")
    token = aoi.token
    first = aoi.post("/console/knowledge/new/faq", NEW, token=token)
    second = aoi.post("/console/knowledge/new/faq", NEW, token=token)
    assert (first.status_code, second.status_code) == (303, 303)
    assert entry(database, "cat").kept.version == 1
    assert len(actions(database)) == 1


def test_an_id_that_is_taken_is_told_and_never_overwritten(
    database: Database, aoi: Browser
) -> None:
    aoi.get("/console/knowledge/new/faq")
    answer = aoi.post("/console/knowledge/new/faq", {**NEW, "id": "dog"})
    assert answer.status_code == 409
    assert "このIDは、もう使われています" in aoi.words
    assert (typed(aoi)["question"], typed(aoi)["read_at"]) == ("猫がいなくなりました", "0")
    again = aoi.post("/console/knowledge/new/faq", asked(aoi, id="dog"))
    assert again.status_code == 409
    assert entry(database, "dog").question == DOG.question


def test_a_change_is_a_version_that_can_be_gone_back_to(database: Database, aoi: Browser) -> None:
    aoi.get("/console/knowledge/faq/bin/edit")
    assert typed(aoi)["expires"] == "令和81年3月31日"
    fields = asked(aoi, answer="朝7時までに出します。", expires="R9.3.31")
    answer = aoi.post("/console/knowledge/faq/bin/edit", fields)
    assert entry(database, "bin").expires == date(2027, 3, 31)
    aoi.get(answer.location)
    assert "元に戻す" in aoi.words
    aoi.get("/console/knowledge/faq/bin/history")
    assert "消した： 朝8時までに出します。" in aoi.words
    assert "加えた： 朝7時までに出します。" in aoi.words
    refused = aoi.post("/console/knowledge/faq/bin/restore", {"version": "1"})
    assert refused.status_code == 422
    assert entry(database, "bin").kept.version == 2
    aoi.post("/console/knowledge/faq/bin/restore", {"version": "1", "reason": "前の時刻が正しい"})
    assert (entry(database, "bin").answer, entry(database, "bin").kept.version) == (BIN.answer, 3)
    assert actions(database)[0] == ("aoi", "knowledge.restored", "faq", "bin")


def test_right_after_saving_one_press_takes_it_back(database: Database, aoi: Browser) -> None:
    aoi.get("/console/knowledge/faq/bin/edit")
    answer = aoi.post("/console/knowledge/faq/bin/edit", asked(aoi, answer="まちがい。"))
    aoi.get(answer.location)
    aoi.post("/console/knowledge/faq/bin/restore", {"version": "1", "undo": "1"})
    assert entry(database, "bin").answer == BIN.answer


def test_when_a_colleague_was_quicker_both_texts_are_shown_and_mine_stays(
    database: Database, aoi: Browser, hinata: Browser
) -> None:
    for browser in (aoi, hinata):
        browser.get("/console/knowledge/faq/bin/edit")
    hinata.post("/console/knowledge/faq/bin/edit", asked(hinata, answer="朝7時までに出します。"))
    mine = asked(aoi, answer="朝6時までに出します。")
    refused = aoi.post("/console/knowledge/faq/bin/edit", mine)
    assert refused.status_code == 409
    assert "消した： 朝7時までに出します。 加えた： 朝6時までに出します。" in aoi.words
    assert entry(database, "bin").answer == "朝7時までに出します。"
    again = asked(aoi)
    assert (again["answer"], again["read_at"]) == ("朝6時までに出します。", "2")
    aoi.post("/console/knowledge/faq/bin/edit", again)
    assert entry(database, "bin").answer == "朝6時までに出します。"


def test_a_draft_is_not_met_by_residents_until_it_is_published(
    database: Database, aoi: Browser
) -> None:
    aoi.get("/console/knowledge/faq/bin/edit")
    aoi.post("/console/knowledge/faq/bin/edit", asked(aoi, state="draft"))
    assert engine_of(database)().ask("ゴミ出し").outcome is Outcome.UNANSWERED
    aoi.get("/console/knowledge/faq/bin/edit")
    aoi.post("/console/knowledge/faq/bin/edit", asked(aoi, state="published"))
    assert engine_of(database)().ask("ゴミ出し").outcome is Outcome.DIRECT


def test_removing_needs_a_reason_and_can_be_taken_back(database: Database, aoi: Browser) -> None:
    aoi.get("/console/knowledge/faq/dog/remove")
    assert aoi.post("/console/knowledge/faq/dog/remove", {"read_at": "1"}).status_code == 422
    gone = {"read_at": "1", "reason": "もう扱わない"}
    aoi.post("/console/knowledge/faq/dog/remove", gone)
    assert entry(database, "dog").kept.state is State.REMOVED
    aoi.post("/console/knowledge/faq/dog/remove", gone)
    assert [action for _, action, _, _ in actions(database)] == ["knowledge.removed"]
    aoi.get("/console/knowledge?state=removed")
    assert "犬を飼い始めました" in aoi.words
    aoi.post("/console/knowledge/faq/dog/restore", {"version": "1", "reason": "また扱う"})
    assert entry(database, "dog").kept.state is State.PUBLISHED


def test_removing_what_a_colleague_just_changed_asks_again(
    database: Database, aoi: Browser, hinata: Browser
) -> None:
    hinata.get("/console/knowledge/faq/dog/edit")
    hinata.post("/console/knowledge/faq/dog/edit", asked(hinata, answer="窓口へ。"))
    aoi.get("/console/knowledge/faq/dog/remove")
    answer = aoi.post("/console/knowledge/faq/dog/remove", {"read_at": "1", "reason": "不要"})
    assert answer.status_code == 409
    assert entry(database, "dog").kept.state is State.PUBLISHED


def test_of_two_who_save_at_the_same_moment_one_is_told_and_nothing_is_lost(
    database: Database, app: Flask, aoi: Browser, hinata: Browser
) -> None:
    forms = {}
    for browser, answer in ((aoi, "朝7時まで。"), (hinata, "朝6時まで。")):
        browser.get("/console/knowledge/faq/bin/edit")
        forms[browser] = asked(browser, answer=answer)
    together = threading.Barrier(2)
    statuses: list[int] = []

    def save(browser: Browser) -> None:
        together.wait()
        saved = browser.post("/console/knowledge/faq/bin/edit", forms[browser])
        statuses.append(saved.status_code)

    threads = [threading.Thread(target=save, args=(browser,)) for browser in forms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 409]
    assert entry(database, "bin").kept.version == 2
    told = aoi if "先に保存しました" in aoi.words else hinata
    assert typed(told)["answer"] == forms[told]["answer"]
    assert len(actions(database)) == 1
