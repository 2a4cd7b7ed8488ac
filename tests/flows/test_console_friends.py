"""What the console shows of friends, the week, what waits too long, and the sheet for policy."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flask import Flask

from bot.db import Database
from bot.knowledge import service as knowledge
from bot.knowledge.keeping import Author
from bot.knowledge.shelves import PROCEDURES
from bot.knowledge.values import KnowledgeEntry, OnlineStatus, Procedure
from bot.line.insight import Followers
from bot.plan import friends
from bot.questions import service as questions
from bot.questions.small_cells import suppressed
from bot.residents import service as residents
from bot.sealing import Sealer
from bot.speech.texts import Voice
from bot.staff.rules import Role
from handlers.commands import export_ebpm
from scheduler import friends as counting
from tests.flows.chatting import CivilTime
from tests.flows.console_at_work import TEXTS, at_work
from tests.flows.reviewing import asks, gather, knows
from tests.flows.test_staff_notices import office, waiting


def test_friends_are_counted_each_night_and_line_adds_its_own_count(
    app: Flask, database: Database, sealer: Sealer, civil: CivilTime
) -> None:
    with database.writing() as session:
        for number, days in enumerate((9, 5, 5, 0)):
            at = civil() - timedelta(days=days)
            residents.meet(session, sealer, f"r{number}", f"U{number}", at)
        residents.leave(session, "r0", civil() - timedelta(days=3))
        counting.count(session, civil() - timedelta(days=4))
        # Kept when five were known; two of them were erased since.
        friends.keep(session, date(2026, 11, 22), known=5)
    told = {date(2026, 11, 22): Followers(20, None, 2)}
    assert counting.ask_line(database, civil(), told.get) == 1
    with database.reading() as session:
        days = friends.curve(session, date(2026, 11, 15), date(2026, 11, 24), civil())
    assert [one.known for one in days] == [1, 1, 1, 1, 3, 3, 2, 5, 2, 3]
    assert [one.is_kept for one in days] == [False] * 5 + [True, False, True, False, True]
    assert (days[7].followers, days[7].blocks) == (20, 2)

    viewer = at_work(database, sealer, app, "suzuki", Role.VIEWER)
    assert viewer.get("/console/friends").status_code == 200
    assert "11月22日（日） 5人 20人 2人" in viewer.words
    assert "11月21日（土） 2人※ ―" in viewer.words


def test_the_poster_of_the_sample_says_so_and_leads_to_the_citys_site(
    app: Flask, database: Database, sealer: Sealer
) -> None:
    counter = at_work(database, sealer, app, "kato", Role.COUNTER)
    assert counter.get("/console/poster").status_code == 200
    assert "このQRは市のサイトに行きます。貼らないでください。" in counter.words
    assert "見本・四日市市の公式ではありません" in counter.words
    assert "@000xxxxx" in counter.words


def test_the_week_and_what_waits_too_long_stand_in_the_console(
    app: Flask, database: Database, sealer: Sealer
) -> None:
    asks(database, "月へ行きたい", "r1", at=datetime(2026, 11, 18, 1, tzinfo=UTC), awaits=True)
    gather(database)
    support = at_work(database, sealer, app, "sato", Role.SUPPORT)
    assert "止まっているもの" not in support.words
    with waiting(database, sealer, 1, minutes=25):
        office(database, None).go()
        support.get("/console/")
        assert "一番古い質問が、25分返事を待っています" in support.words
        support.get("/console/digest")
    assert "質問 1件（その前の週 0件）" in support.words
    assert "月へ行きたい 1人、1回 返事を待つ人 1人" in support.words
    assert "メールサーバーの設定（MADOGUCHI_SMTP_URL）がありません" in support.words
    assert support.get("/console/digest?week=2026-11-11").status_code == 200
    assert "質問 0件" in support.words


def test_the_sheet_for_policy_hides_small_counts(
    app: Flask, database: Database, sealer: Sealer, civil: CivilTime, tmp_path: Path
) -> None:
    knows(database, KnowledgeEntry(id="bin", question="粗大ごみ", answer="はい", procedure="P001"))
    with database.writing() as session:
        for id, name in (("P001", "=粗大ごみ"), ("P002", "犬の登録")):
            held = Procedure(
                id=id, name=name, online_status=OnlineStatus.NOT_YET, planned_year=2023
            )
            knowledge.put(session, PROCEDURES, held, Author("seed", civil()))
    for number in range(9):
        at = civil() - timedelta(days=number)
        asked = asks(database, "ごみ", f"r{number}", at=at, outcome="direct", shown=("bin",))
        if number < 6:
            with database.writing() as session:
                questions.react(session, asked, f"r{number}", True, at)
    viewer = at_work(database, sealer, app, "suzuki", Role.VIEWER)
    viewer.get("/console/rates")
    saved = viewer.post("/console/rates/ebpm").get_data().decode("utf-8-sig")
    heading, bin_row, dog_row = csv.reader(io.StringIO(saved))
    shown = dict(zip(heading, bin_row, strict=True))
    assert shown["手続名"] == "'=粗大ごみ"
    assert shown["オンライン化の実施状況"] == "2 未実施"
    assert shown["オンライン化予定年度"] == "令和5年度"
    # Three said nothing; six said yes, which goes too, or the three could be reckoned.
    assert bin_row[9:13] == ["9", "*", "0", "*"]
    assert dog_row[9:] == ["0", "0", "0", "0", "0", ""]

    file = tmp_path / "ebpm.csv"
    assert export_ebpm.run([str(file)], database, Voice(TEXTS), civil()) == 0
    assert file.read_bytes().decode("utf-8-sig") == saved


def test_a_single_small_count_takes_another_with_it() -> None:
    assert suppressed(0, {"a": 0, "b": 0}, 5) == (False, frozenset())
    assert suppressed(4, {"a": 4, "b": 0}, 5) == (True, frozenset({"a", "b"}))
    assert suppressed(20, {"a": 10, "b": 10}, 5) == (False, frozenset())
    assert suppressed(20, {"a": 10, "b": 7, "c": 3}, 5) == (False, frozenset({"b", "c"}))
    assert suppressed(20, {"a": 16, "b": 2, "c": 2}, 5) == (False, frozenset({"b", "c"}))
