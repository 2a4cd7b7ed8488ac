"""Knowledge is found by words, topic, owner and what needs care; readers change nothing."""

from datetime import date

import pytest
from flask import Flask

from bot.db import Database
from bot.knowledge.shelves import PROCEDURES
from bot.knowledge.values import KnowledgeEntry, OnlineStatus, Procedure
from bot.questions import entry_counts, service
from bot.sealing import Sealer
from bot.staff.rules import Role
from tests.flows.console_at_work import Browser, at_work
from tests.flows.knowledge_at_work import (
    BIN,
    DOG,
    NEW,
    NOW,
    asked,
    entry,
    knowledge_app,
    knows,
    row,
    typed,
)
from tests.flows.reviewing import asks


@pytest.fixture
def app(database: Database, sealer: Sealer) -> Flask:
    knows(database, BIN, DOG)
    return knowledge_app(database, sealer, civil=lambda: NOW)


def titles(browser: Browser, address: str) -> list[str]:
    browser.get(address)
    known = (BIN.question, DOG.question, "期限の切れた質問", "担当のない質問")
    return [title for title in known if f">{title}</a>" in browser.page]


def test_entries_are_found_by_words_topic_section_and_what_needs_care(
    database: Database, aoi: Browser
) -> None:
    old = KnowledgeEntry(
        id="old",
        question="期限の切れた質問",
        answer="a",
        section="gomi",
        expires=date(2026, 11, 23),
    )
    bare = KnowledgeEntry(id="bare", question="担当のない質問", answer="a", section="昔の課")
    knows(database, old, bare)
    at = "/console/knowledge"
    assert titles(aoi, f"{at}?q=ｺﾞﾐ出し") == [BIN.question]
    assert titles(aoi, f"{at}?q=8時 朝") == [BIN.question]
    assert titles(aoi, f"{at}?q=100%25") == []
    assert titles(aoi, f"{at}?topic=動物") == [DOG.question]
    assert titles(aoi, f"{at}?section=gomi") == [BIN.question, "期限の切れた質問"]
    assert titles(aoi, f"{at}?care=expired") == ["期限の切れた質問"]
    assert titles(aoi, f"{at}?care=ownerless") == ["担当のない質問"]
    assert titles(aoi, f"{at}?state=draft") == []
    assert titles(aoi, "/console/search?q=犬") == [DOG.question]
    aoi.get("/console/")
    assert "期限が過ぎた・近い知識" in aoi.words
    assert "11月23日（月）：期限の切れた質問" in aoi.words


def test_entries_nobody_saw_and_those_that_did_not_help_are_found(
    database: Database, aoi: Browser
) -> None:
    for who in ("mio", "ren", "sora"):
        number = asks(database, "ごみ", who, outcome="direct", shown=("bin",))
        with database.writing() as session:
            service.react(session, number, who, False, NOW)
    assert titles(aoi, "/console/knowledge?care=often_no") == [BIN.question]
    assert titles(aoi, "/console/knowledge?care=never") == [DOG.question]
    aoi.get("/console/knowledge?q=ごみ")
    assert "読まれた 3回（はい 0・いいえ 3）" in aoi.words
    asks(database, "犬", outcome="candidates", shown=("bin", "dog"))
    assert titles(aoi, "/console/knowledge?care=never") == []
    with database.reading() as session:
        assert entry_counts.counts(session, NOW)["bin"] == entry_counts.EntryCount(3, 0, 3)


def test_many_entries_come_by_pages(database: Database, aoi: Browser) -> None:
    knows(
        database,
        *(KnowledgeEntry(id=f"e{n:03}", question=f"質問{n:03}", answer="a") for n in range(120)),
    )
    aoi.get("/console/knowledge?q=質問&page=3")
    assert "3／3ページ" in aoi.words
    assert ">質問119</a>" in aoi.page
    assert ">質問099</a>" not in aoi.page
    assert aoi.get("/console/knowledge?page=99999999999999999999").status_code == 200


# ---------------------------------------------------------------- roles, procedures


@pytest.mark.parametrize("role", [Role.VIEWER, Role.COUNTER])
def test_who_may_only_read_sees_everything_and_changes_nothing(
    database: Database, sealer: Sealer, app: Flask, role: Role
) -> None:
    reader = at_work(database, sealer, app, "reader", role)
    for path in ("knowledge", "knowledge/faq/bin", "knowledge/faq/bin/history"):
        assert reader.get(f"/console/{path}").status_code == 200
        assert "/edit" not in reader.page
    assert reader.get("/console/knowledge/faq/bin/edit").status_code == 403
    answer = reader.post("/console/knowledge/faq/bin/edit", {**NEW, "read_at": "1"})
    assert answer.status_code == 403
    assert entry(database, "bin").kept.version == 1


def test_a_procedure_is_made_changed_and_found_by_how_far_it_is_online(
    database: Database, aoi: Browser
) -> None:
    aoi.get("/console/knowledge/new/procedures")
    fields = {
        "read_at": "0",
        "id": "P900",
        "name": "飼い犬の登録",
        "life_events": "ペット",
        "online_status": "2",
        "planned_year": "令和9年度",
        "needed": "本人確認書類\n注射の証明",
        "section": "kankyo",
        "national": "1",
    }
    answer = aoi.post("/console/knowledge/new/procedures", fields)
    assert answer.status_code == 303
    held = row(database, PROCEDURES, "P900")
    assert isinstance(held, Procedure)
    assert (held.online_status, held.planned_year) == (OnlineStatus.NOT_YET, 2027)
    assert (held.needed, held.national) == (("本人確認書類", "注射の証明"), True)
    aoi.get("/console/knowledge/procedures?online=not_yet&year=2027&q=犬")
    assert ">飼い犬の登録</a>" in aoi.page
    aoi.get("/console/knowledge/procedures?online=done")
    assert ">飼い犬の登録</a>" not in aoi.page
    aoi.get("/console/knowledge/procedures/P900/edit")
    assert typed(aoi)["planned_year"] == "令和9年度"
    unticked = {k: v for k, v in asked(aoi, online_status="1").items() if k != "national"}
    aoi.post("/console/knowledge/procedures/P900/edit", unticked)
    held = row(database, PROCEDURES, "P900")
    assert isinstance(held, Procedure)
    assert (held.online_status, held.national) == (OnlineStatus.DONE, False)
