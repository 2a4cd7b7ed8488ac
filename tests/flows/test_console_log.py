"""The support team reads the question log in the console, and takes it away."""

import csv
import io
import re
from datetime import timedelta

import pytest
from flask import Flask

from bot.db import Database
from bot.knowledge.values import KnowledgeEntry
from bot.questions import service
from bot.questions.models import QuestionRow
from bot.sealing import Sealer
from bot.staff import audit
from bot.staff.rules import Role
from tests.flows.console_at_work import Browser, app_with_console, at_work, services
from tests.flows.reviewing import NOW, asks, gather, knows

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def app(database: Database, sealer: Sealer) -> Flask:
    return app_with_console(services(database, sealer, civil=lambda: LATER))


@pytest.fixture
def support(database: Database, sealer: Sealer, app: Flask) -> Browser:
    return at_work(database, sealer, app, "tanaka", Role.SUPPORT)


@pytest.fixture
def numbers(database: Database) -> list[int]:
    """A direct answer that did not help, candidates of which one was opened, one unanswered."""
    knows(
        database,
        KnowledgeEntry(id="bin", question="ごみの出し方を知りたい", answer="朝", topic="ごみ"),
        KnowledgeEntry(id="dog", question="犬の登録", answer="市役所", topic="ペット"),
    )
    made = [
        asks(
            database,
            "ゴミはいつ",
            outcome="direct",
            shown=("bin",),
            scores=(0.91,),
            gate=0.8,
            margin=0.4,
            district="常磐",
        ),
        asks(
            database,
            "犬の手続き",
            outcome="candidates",
            shown=("dog", "bin"),
            scores=(0.5, 0.44),
            gate=0.61,
            margin=0.06,
        ),
        asks(database, "月へ行きたい", awaits=True, at=NOW - timedelta(days=40)),
    ]
    with database.writing() as session:
        service.react(session, made[0], "mio", False, LATER)
        service.choose(session, made[1], "mio", "dog", LATER)
        service.react(session, made[1], "mio", True, LATER)
    return made


@pytest.mark.parametrize(
    ("asked", "places"),
    [
        ("", [0, 1, 2]),
        ("q=ｺﾞﾐ", [0]),
        ("outcome=unanswered", [2]),
        ("entry=bin", [0, 1]),
        ("topic=ペット", [1]),
        ("district=常磐", [0]),
        ("reaction=yes", [1]),
        ("review=not_resolved", [0]),
        ("since=2026-11-24", [0, 1]),
        ("until=2026-11-23", [2]),
        ("since=yesterday&after=nonsense", [0, 1, 2]),
        ("outcome=everything", []),
    ],
)
def test_questions_are_found_by_what_they_hold(
    support: Browser, numbers: list[int], asked: str, places: list[int]
) -> None:
    assert support.get(f"/console/log?{asked}").status_code == 200
    listed = [number for number in numbers if f'/console/log/{number}"' in support.page]
    assert listed == [numbers[place] for place in places]
    assert f"{len(places)}件" in support.words


def test_the_log_turns_its_pages_without_gap_or_repetition(
    database: Database, support: Browser
) -> None:
    made = [asks(database, f"質問その{n}", f"r{n}", at=NOW) for n in range(120)]
    seen: list[int] = []
    address = "/console/log"
    for _ in range(3):
        support.get(address)
        seen += [n for n in reversed(made) if f'/console/log/{n}"' in support.page]
        older = support.page.split("もっと前の質問")[0].rsplit('href="', 1)[-1].split('"')[0]
        address = older.replace("&amp;", "&")
    assert seen == made[::-1]
    assert "もっと前の質問" not in support.words


def test_an_entry_is_chosen_by_its_words_where_nobody_knows_its_number(
    support: Browser, numbers: list[int]
) -> None:
    support.get("/console/log?entry=犬")
    assert "どの知識ですか 犬の登録" in support.words
    assert 'href="/console/log?entry=dog"' in support.page


def test_one_questions_whole_story_is_told(support: Browser, numbers: list[int]) -> None:
    support.get(f"/console/log/{numbers[1]}")
    for said in (
        "犬の手続き",
        "令和8年11月24日（火） 午前10時",
        "候補を見せた",
        "候補から「犬の登録」を開きました。",
        "「解決しましたか」に「はい」と答えました。",
        "犬の登録 0.500 開いた",
        "ごみの出し方を知りたい 0.440 ―",
        "0.610",
        "0.060",
    ):
        assert said in support.words
    support.get(f"/console/log/{numbers[2]}")
    assert "「調べてお返事します」を押しました。" in support.words
    assert "答えられなかったため" in support.words
    assert "mio" not in support.page


def test_the_story_leads_on_to_the_knowledge_shown_and_to_the_group_it_is_in(
    database: Database, sealer: Sealer, app: Flask, support: Browser, numbers: list[int]
) -> None:
    gather(database)
    support.get(f"/console/log/{numbers[0]}")
    for link in re.findall(r'href="(/console/(?:knowledge/faq|unanswered)/[^"]+)"', support.page):
        assert support.get(link).status_code == 200
    support.get(f"/console/log/{numbers[0]}")
    assert 'href="/console/knowledge/faq/bin"' in support.page
    assert re.search(r'href="/console/unanswered/\d+"', support.page) is not None
    boss = at_work(database, sealer, app, "boss", Role.ADMIN)
    boss.get(f"/console/log/{numbers[0]}")
    assert "/console/unanswered/" not in boss.page


def test_what_was_unsent_is_said_to_be_taken_back(
    database: Database, support: Browser, numbers: list[int]
) -> None:
    with database.writing() as session:
        message_id = session.get_one(QuestionRow, numbers[2]).message_id or ""
        service.withdraw(session, message_id, "mio", LATER)
    support.get("/console/log")
    assert "取り消されました" in support.words
    support.get(f"/console/log/{numbers[2]}")
    assert "取り消されたため、言葉を消しました。" in support.words
    assert "月へ行きたい" not in support.page


@pytest.mark.parametrize("number", [0, 999_999, 2**62, 2**70])
def test_a_question_that_is_not_there_is_said_to_be_not_there(
    support: Browser, number: int
) -> None:
    assert support.get(f"/console/log/{number}").status_code == 404


def test_markup_in_a_question_stays_text(database: Database, support: Browser) -> None:
    number = asks(database, "<script>alert(1)</script>\u202e{{7*7}}")
    support.get(f"/console/log/{number}")
    assert "<script>alert" not in support.page
    assert "&lt;script&gt;alert(1)" in support.page


def test_the_exported_log_is_safe_to_open_and_taking_it_is_recorded(
    database: Database, support: Browser, numbers: list[int]
) -> None:
    asks(database, "=cmd|' /C calc'!A0", at=LATER)
    support.get("/console/log")
    answer = support.post("/console/log/export", {"reason": "月の報告", "outcome": "unanswered"})
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert [row[2] for row in rows] == ["質問", "'=cmd|' /C calc'!A0", "月へ行きたい"]
    with database.reading() as session:
        newest = audit.find(session, audit.Search())[0].done
    assert (newest.action, newest.reason) == ("log.exported", "月の報告")
    assert newest.after == {"rows": 2, "search": {"outcome": "unanswered"}}


def test_the_trail_never_keeps_the_words_that_were_looked_for(
    database: Database, support: Browser, numbers: list[int]
) -> None:
    support.get("/console/log")
    support.post("/console/log/export", {"q": "月へ"})
    with database.reading() as session:
        newest = audit.find(session, audit.Search())[0].done
    assert newest.after == {"rows": 1, "search": {"q": "…"}}


def test_the_search_of_the_whole_console_finds_questions_for_those_who_may_read_them(
    database: Database, sealer: Sealer, app: Flask, support: Browser, numbers: list[int]
) -> None:
    support.get("/console/search?q=月へ行きたい")
    assert f'href="/console/log/{numbers[2]}"' in support.page
    viewer = at_work(database, sealer, app, "suzuki", Role.VIEWER)
    viewer.get("/console/search?q=月へ行きたい")
    assert f'href="/console/log/{numbers[2]}"' not in viewer.page
