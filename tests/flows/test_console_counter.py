"""At the counter: the answer for the person before us, on paper too; the question in the log."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select

from bot.answers.engine import Engine
from bot.answers.values import Entry
from bot.db import Database
from bot.knowledge import service as knowledge
from bot.knowledge.keeping import Author
from bot.knowledge.shelves import PROCEDURES
from bot.knowledge.values import KnowledgeEntry, Procedure
from bot.questions import walk_in
from bot.questions.models import QuestionRow
from bot.questions.queries import rates_between
from bot.questions.rules import Rates
from bot.questions.walk_in import Counts, WalkIn
from bot.sealing import Sealer
from bot.staff import audit
from bot.staff.rules import Role
from tests.flows.console_at_work import Browser, app_with_console, at_work, services
from tests.flows.reviewing import NOW, gather, knows
from tests.flows.staff_at_work import colleague

TODAY = date(2026, 11, 24)
ENTRIES = [
    KnowledgeEntry(
        id="bin",
        question="粗大ごみの出し方を知りたい",
        answer="電話で申し込みます。\n券を買います。",
        bring=("粗大ごみ券",),
        fee="1点500円",
        deadline="3日前まで",
        section="gomi",
        procedure="P001",
        sample=True,
    ),
    KnowledgeEntry(id="dog", question="犬の登録はどうしますか", answer="市役所で登録します。"),
    KnowledgeEntry(
        id="old", question="終わった給付金の申請", answer="前の話", expires=date(2026, 1, 1)
    ),
]
SLIP = "a-slip-of-the-form-01"


@pytest.fixture
def app(database: Database, sealer: Sealer) -> Flask:
    knows(database, *ENTRIES)
    held = Procedure(
        id="P001", name="粗大ごみ収集の申込み", needed=("申込書",), description="説明です。終わり。"
    )
    with database.writing() as session:
        knowledge.put(session, PROCEDURES, held, Author("seed", NOW))
    engine = Engine.build(Entry(e.id, e.question, e.answer) for e in ENTRIES)
    given = replace(services(database, sealer, civil=lambda: NOW), engine=lambda: engine)
    return app_with_console(given)


@pytest.fixture
def clerk(database: Database, sealer: Sealer, app: Flask) -> Browser:
    return at_work(database, sealer, app, "sato", Role.COUNTER)


def rows(database: Database) -> list[QuestionRow]:
    with database.reading() as session:
        return list(session.scalars(select(QuestionRow).order_by(QuestionRow.id)))


def test_the_answer_is_shown_with_its_facts_section_and_procedure(clerk: Browser) -> None:
    clerk.get("/console/counter?q=粗大ごみの出し方")
    for said in (
        "電話で申し込みます。 券を買います。",
        "持ちもの 粗大ごみ券",
        "期限 3日前まで",
        "手数料 1点500円",
        "生活環境課",
        "000-0000-0000",
        "手続き 粗大ごみ収集の申込み",
        "見本です",
    ):
        assert said in clerk.words
    assert clerk.get("/console/counter/procedure/P001?q=粗大ごみ").status_code == 200
    assert "説明です。 終わり。" in clerk.words


def test_a_procedure_is_found_by_one_of_the_words(clerk: Browser) -> None:
    clerk.get("/console/counter?q=えーと 粗大ごみ収集の申込み")
    assert 'href="/console/counter/procedure/P001?' in clerk.page


def test_where_nothing_is_known_the_general_desk_is_named(clerk: Browser) -> None:
    clerk.get("/console/counter?q=月へ行くロケット")
    assert "はっきり合う答えは、見つかりませんでした" in clerk.words
    assert "総合案内" in clerk.words


def test_the_sheet_for_paper_holds_steps_what_to_bring_and_the_day(clerk: Browser) -> None:
    clerk.get("/console/counter/entry/bin")
    assert "電話で申し込みます。 券を買います。" in clerk.words
    assert "令和8年11月24日（火）に印刷しました。" in clerk.words
    assert "counter-print.css" in clerk.page
    assert "見本・四日市市の公式ではありません" in clerk.words
    assert "/console/counter/log" not in clerk.page  # nobody asked anything


@pytest.mark.parametrize("path", ["entry/nothing", "entry/old", "procedure/P999", "people/1"])
def test_what_is_not_there_or_out_of_date_is_not_shown(clerk: Browser, path: str) -> None:
    assert clerk.get(f"/console/counter/{path}").status_code == 404


def test_one_button_logs_the_question_masked_and_outside_the_residents_rates(
    database: Database, clerk: Browser
) -> None:
    clerk.get("/console/counter?q=粗大ごみの出し方 090-1234-5678")
    slip = re.findall(r'name="slip" value="([^"]+)"', clerk.page)[0]
    asked = {"q": "粗大ごみの出し方 090-1234-5678", "slip": slip, "shown": "entry:bin"}
    for _ in range(2):
        clerk.post("/console/counter/log", asked)
    (row,) = rows(database)
    assert (row.kind, row.outcome, row.shown, row.entry_id, row.review) == (
        *("counter", "answered", ["bin"]),
        *(None, None),
    )
    assert "1234" not in f"{row.text} {row.normalised}"
    assert row.resident_key is None
    with database.reading() as session:
        assert rates_between(session, TODAY, TODAY) == Rates()
        assert walk_in.counts(session, TODAY, TODAY) == Counts(answered=1)
        done = [row.done for row in audit.find(session, audit.Search(item_kind="question"))]
    assert [(one.action, one.after) for one in done] == [
        ("counter.logged", {"answered": True, "entry": "bin"})
    ]


def test_what_could_not_be_answered_stands_for_review_with_the_others(
    database: Database, clerk: Browser
) -> None:
    clerk.get("/console/counter?q=月へ行くロケット")
    clerk.post("/console/counter/log", {"q": "月へ行くロケット", "slip": SLIP, "shown": ""})
    clerk.get("/console/counter")
    assert "未回答に送りました" in clerk.words
    (row,) = rows(database)
    assert (row.outcome, row.review) == ("unanswered", "unanswered")
    assert gather(database).founded == 1


def test_what_was_logged_by_mistake_is_taken_back(database: Database, clerk: Browser) -> None:
    clerk.get("/console/counter?q=犬の登録")
    answer = clerk.post("/console/counter/log", {"q": "犬の登録", "slip": SLIP, "shown": ""})
    clerk.get(answer.headers["Location"])
    assert "いまの記録を元に戻す" in clerk.words
    for _ in range(2):
        clerk.post("/console/counter/take-back", {"slip": SLIP})
    (row,) = rows(database)
    assert (row.text, row.review, row.withdrawn_at) == (None, None, NOW)
    with database.reading() as session:
        assert walk_in.counts(session, TODAY, TODAY) == Counts()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"q": " ", "shown": ""}, "質問を書いてください。"),
        ({"q": "犬", "shown": "entry:gone"}, "この知識は、いまはありません。"),
        ({"q": "犬", "shown": "staff:1"}, "この知識は、いまはありません。"),
    ],
)
def test_nothing_is_logged_of_a_form_that_says_nothing_sound(
    database: Database, clerk: Browser, fields: dict[str, str], said: str
) -> None:
    clerk.get("/console/counter")
    clerk.post("/console/counter/log", fields)
    clerk.get("/console/counter")
    assert said in clerk.words
    assert rows(database) == []


@pytest.mark.parametrize("words", ["あ" * 5000, "<b>😀\u202e</b>", "  ", "%_'\"\\", "{q}"])
def test_any_typed_words_are_answered_with_a_page(clerk: Browser, words: str) -> None:
    assert clerk.get(f"/console/counter?{urlencode({'q': words})}").status_code == 200


def test_a_form_sent_twice_at_the_same_moment_is_logged_once(
    database: Database, sealer: Sealer
) -> None:
    who = colleague(database, sealer, "sato", [Role.COUNTER])

    def press(_: int) -> bool:
        with database.writing() as session:
            return walk_in.log(session, WalkIn(SLIP, "犬", "犬", None), who.id, NOW).first

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(press, range(8))) == 1
    assert len(rows(database)) == 1


def test_walk_ins_are_counted_after_their_rows_are_gone(database: Database, sealer: Sealer) -> None:
    from bot.questions import retention

    who = colleague(database, sealer, "sato", [Role.COUNTER])
    with database.writing() as session:
        walk_in.log(session, WalkIn(SLIP, "犬", "犬", "dog"), who.id, NOW)
    with database.writing() as session:
        assert retention.purge(session, NOW + timedelta(days=1)) == 1
        assert walk_in.counts(session, TODAY, TODAY) == Counts(answered=1)


def test_counter_staff_see_neither_the_log_nor_its_figures(clerk: Browser) -> None:
    assert [clerk.get(f"/console/{path}").status_code for path in ("log", "log/1", "rates")] == [
        *(403, 403, 403)
    ]
