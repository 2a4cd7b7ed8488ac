"""Words every question is read with, and tables in and out, by the console."""

import csv
import io
import re
import threading
import zipfile
from html import unescape
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from bot.answers.values import Outcome
from bot.db import Database
from bot.knowledge import import_batches, importing
from bot.knowledge.models import EntryRow, ImportBatch, ImportRow
from bot.knowledge.shelves import IGNORABLE, SYNONYMS
from bot.knowledge.tables.files import read_table
from bot.knowledge.values import KnowledgeEntry, State
from bot.sealing import Sealer
from bot.staff.rules import Role
from tests.flows.console_at_work import Browser, at_work
from tests.flows.crashes import power_cut_after
from tests.flows.knowledge_at_work import (
    BIN,
    DOG,
    NOW,
    actions,
    engine_of,
    entry,
    knowledge_app,
    knows,
    row,
    stands_still,
)

IMPORT = "/console/knowledge/import"


@pytest.fixture
def app(database: Database, sealer: Sealer) -> Flask:
    knows(database, BIN, DOG)
    return knowledge_app(database, sealer, civil=lambda: NOW)


@pytest.fixture
def aoi(database: Database, sealer: Sealer, app: Flask) -> Browser:
    browser = at_work(database, sealer, app, "aoi", Role.SUPPORT)
    browser.get(IMPORT)
    return browser


def bring(browser: Browser, data: bytes, name: str = "faq.csv", kind: str = "faq") -> TestResponse:
    answer = browser.post(IMPORT, {"kind": kind, "file": (io.BytesIO(data), name)})
    # The test client lays a large form down in a file of its own, and leaves it open.
    answer.request.environ["wsgi.input"].close()
    return answer


def stamp(browser: Browser) -> dict[str, str]:
    """What the page of a checked file sends along."""
    found = re.search(r'name="stamp" value="([^"]+)"', browser.page)
    assert found is not None, browser.words
    return {"stamp": unescape(found.group(1))}


def lines(count: int, answer: str = "答え") -> bytes:
    rows = [f"e{n},質問{n}は何ですか,{answer}{n}" for n in range(count)]
    return "\n".join(["ID,質問,回答", *rows]).encode()


def published(database: Database) -> int:
    with database.reading() as session:
        asked = select(func.count()).where(EntryRow.state == State.PUBLISHED)
        return session.execute(asked).scalar_one()


def workbook(change: Any = None) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["ID", "質問", "回答", "有効期限"])
    sheet.append(["e1", "質問", "答え", ""])
    if change:
        change(sheet)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


# ---------------------------------------------------------------- words


def test_a_group_of_words_is_read_with_at_once(database: Database, aoi: Browser) -> None:
    engine = engine_of(database)
    assert engine().ask("わんこを飼い始めました").outcome is not Outcome.DIRECT
    aoi.post("/console/knowledge/synonyms", {"words": "犬\nわんこ", "topic": "動物"})
    assert engine().ask("わんこを飼い始めました").ranked[0].entry_id == "dog"
    group = row(database, SYNONYMS, "動物/犬")
    assert (group.words, group.topic) == (("犬", "わんこ"), "動物")
    changed = {"id": "動物/犬", "words": "犬\n愛犬", "topic": "動物", "read_at": "1"}
    aoi.post("/console/knowledge/synonyms/edit", changed)
    aoi.get("/console/knowledge/synonyms?q=愛犬")
    assert "犬、愛犬" in aoi.words
    stale = aoi.post("/console/knowledge/synonyms/edit", {**changed, "words": "犬\nいぬ"})
    assert (stale.status_code, "いまは「犬、愛犬」です" in aoi.words) == (409, True)
    aoi.post("/console/knowledge/synonyms/remove", {"id": "動物/犬"})
    assert row(database, SYNONYMS, "動物/犬").kept.state is State.REMOVED
    assert [action for _, action, _, _ in actions(database)] == [
        "knowledge.removed",
        "knowledge.changed",
        "knowledge.added",
    ]


def test_a_group_of_one_word_is_refused_with_what_was_typed(aoi: Browser) -> None:
    answer = aoi.post("/console/knowledge/synonyms", {"words": "犬\n 犬\n！", "topic": "動物"})
    assert answer.status_code == 422
    assert "2つ以上書いてください" in aoi.words
    assert ">\n犬</textarea>" in aoi.page


def test_a_word_is_read_over_and_then_heeded_again(database: Database, aoi: Browser) -> None:
    aoi.post("/console/knowledge/ignorable", {"word": "ですかね"})
    assert row(database, IGNORABLE, "ですかね").kept.state is State.PUBLISHED
    aoi.get("/console/knowledge/ignorable")
    assert "ですかね" in aoi.words
    aoi.post("/console/knowledge/ignorable/remove", {"word": "ですかね"})
    assert row(database, IGNORABLE, "ですかね").kept.state is State.REMOVED
    assert aoi.post("/console/knowledge/ignorable", {"word": "、"}).status_code == 422


# ---------------------------------------------------------------- in


def test_a_file_changes_nothing_until_it_is_confirmed_and_is_undone_as_a_whole(
    database: Database, aoi: Browser
) -> None:
    data = "\n".join(
        [
            "ID,質問,回答,分類",
            "bin,ごみの出し方を知りたい,新しい答え,ごみ",
            "cat,猫がいません,保健所へ,",
        ]
    )
    assert bring(aoi, data.encode("cp932")).status_code == 200
    assert "新しい 1件 変わる 1件 いまと同じ 0件" in aoi.words
    assert (published(database), entry(database, "bin").answer) == (2, BIN.answer)
    assert aoi.post(f"{IMPORT}/1/confirm", stamp(aoi)).location == f"{IMPORT}/1"
    assert stands_still(database, 1) == "done"
    assert (published(database), entry(database, "bin").answer) == (3, "新しい答え")
    assert engine_of(database)().ask("猫がいません").ranked[0].entry_id == "cat"
    aoi.get(f"{IMPORT}/1")
    assert "書いた件数 2件" in aoi.words
    aoi.post(f"{IMPORT}/1/confirm")
    aoi.post(f"{IMPORT}/1/undo")
    assert stands_still(database, 1) == "undone"
    assert (published(database), entry(database, "bin").answer) == (2, BIN.answer)
    aoi.post(f"{IMPORT}/1/undo")
    assert [action for _, action, _, _ in actions(database)] == [
        "knowledge.import_undone",
        "knowledge.imported",
    ]


def test_a_file_can_be_given_up_after_looking_at_it(database: Database, aoi: Browser) -> None:
    bring(aoi, lines(3))
    aoi.post(f"{IMPORT}/1/cancel", stamp(aoi))
    assert aoi.get(f"{IMPORT}/1").status_code == 404
    with database.reading() as session:
        assert session.scalars(select(ImportRow)).all() == []
    assert published(database) == 2


def test_a_file_that_says_what_is_known_says_so(aoi: Browser) -> None:
    data = "ID,質問,回答\nbin,ごみの出し方を知りたい,朝8時までに出します。"
    assert bring(aoi, data.encode("utf-8-sig")).status_code == 200
    assert "すべて今と同じでした（1件）" in aoi.words


def test_an_import_under_way_is_stopped_and_what_it_wrote_is_given_back(
    database: Database, aoi: Browser
) -> None:
    bring(aoi, lines(1200))
    with power_cut_after(database, commits=2):
        importing.confirm(database, 1, NOW)
    assert published(database) == 502
    aoi.get(f"{IMPORT}/1")
    assert "1200件のうち500件" in aoi.words
    assert '<noscript><meta http-equiv="refresh"' in aoi.page
    aoi.post(f"{IMPORT}/1/cancel")
    assert stands_still(database, 1) == "undone"
    assert published(database) == 2
    aoi.get(f"{IMPORT}/1")
    assert "書かずにやめた件数 700件" in aoi.words


def test_a_writer_and_one_who_stops_it_at_once_end_with_nothing_written(
    database: Database, aoi: Browser
) -> None:
    bring(aoi, lines(3000))
    writing = threading.Thread(target=importing.confirm, args=(database, 1, NOW))
    writing.start()
    is_stopped = False
    while not is_stopped:
        with database.writing() as session:
            is_stopped = importing.turn(session, 1, "writing", "undoing")
    importing.finish(database, 1, NOW)
    writing.join()
    with database.reading() as session:
        batch = import_batches.find(session, 1)
    assert batch is not None
    assert (batch.state, batch.written, batch.left) == ("undone", 0, 0)
    assert published(database) == 2


def test_an_import_that_a_crash_stopped_goes_on_from_its_page(
    database: Database, aoi: Browser
) -> None:
    bring(aoi, lines(1200))
    with power_cut_after(database, commits=2):
        importing.confirm(database, 1, NOW)
    aoi.get(f"{IMPORT}/1")
    aoi.post(f"{IMPORT}/1/go-on")
    assert stands_still(database, 1) == "done"
    assert published(database) == 1202


def test_what_nobody_confirmed_is_thrown_away_after_two_hours(
    database: Database, aoi: Browser
) -> None:
    bring(aoi, lines(3))
    seen = stamp(aoi)
    assert importing.resume(database, NOW) == []
    with database.writing() as session:
        assert import_batches.forget_unconfirmed(session, database.lease_now(session)) == 0
        past = database.lease_now(session) - import_batches.WAITS_FOR_CONFIRMATION
        session.execute(update(ImportBatch).values(beat_at=past))
    bring(aoi, lines(4), "other.csv")
    # The number may be given again; what was looked at is not what stands there now.
    assert aoi.post(f"{IMPORT}/1/confirm", seen).status_code in (404, 409)
    assert published(database) == 2


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 300_000_000)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xfe\x00I", "文字コードを読み取れません"),
        (b"ID,\x81", "文字コードを読み取れません"),
        ("ID,質問\ne1,a".encode(), "列 直すこと 1 回答 この見出しの列が必要です"),
        ("ID,質問,質問,回答".encode(), "同じ見出しの列が2つあります"),
        ("ID,質問,回答\ne1,a,b\ne1,a,b".encode(), "2行目にもあります"),
        (lines(20_001), "2万行までに分けてください"),
        (b"x" * 5_000_001, "5MBまでに分けてください"),
        (workbook(lambda s: s.merge_cells("A2:B2")), "結合したセルがあります"),
        (workbook(lambda s: s.__setitem__("C2", "=1+1")), "2 回答 数式です"),
        (workbook(lambda s: s.__setitem__("C2", NOW.replace(tzinfo=None))), "日付（2026-11-24）"),
        (b"", "表が見つかりません"),
    ],
    ids=[
        *("utf16", "broken", "column", "twice", "ids", "rows", "size"),
        *("merged", "formula", "date", "empty"),
    ],
)
def test_a_wrong_file_is_refused_with_row_column_and_what_to_do(
    database: Database, aoi: Browser, data: bytes, said: str
) -> None:
    assert bring(aoi, data, "表.csv").status_code == 422
    assert said in aoi.words
    with database.reading() as session:
        assert session.scalars(select(ImportBatch)).all() == []


def test_a_zip_bomb_and_a_form_without_a_file_are_refused(aoi: Browser) -> None:
    assert bring(aoi, bomb(), "bomb.xlsx").status_code == 422
    assert "中身が大きすぎます" in aoi.words
    assert aoi.post(IMPORT, {"kind": "faq"}).status_code == 422
    assert "ファイルを選んでください" in aoi.words
    assert bring(aoi, b"x" * 7_000_000).status_code == 413
    assert "5MBまで" in aoi.words


# ---------------------------------------------------------------- out


def export(browser: Browser, shape: str) -> TestResponse:
    browser.get(IMPORT)
    return browser.post("/console/knowledge/export", {"kind": "faq", "shape": shape})


def test_an_export_is_safe_to_open_recorded_and_reads_back_unchanged(
    database: Database, aoi: Browser
) -> None:
    knows(database, KnowledgeEntry(id="evil", question="=1+1", answer="＠SUM(A1)"))
    answer = export(aoi, "csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row[:3] for row in rows[1:]] == [
        ["bin", BIN.question, BIN.answer],
        ["dog", DOG.question, DOG.answer],
        ["evil", "'=1+1", "'＠SUM(A1)"],
    ]
    assert 'filename="faq-2026-11-24.csv"' in answer.headers["Content-Disposition"]
    assert actions(database) == [("aoi", "knowledge.exported", "faq", "all")]
    aoi.get(IMPORT)
    bring(aoi, answer.data)
    assert "すべて今と同じでした（3件）" in aoi.words


def test_what_cp932_cannot_hold_is_listed_and_nothing_is_dropped(
    database: Database, aoi: Browser
) -> None:
    assert export(aoi, "cp932").data.decode("cp932").startswith("ID,質問")
    knows(database, KnowledgeEntry(id="odd", question="絵文字😀の質問", answer="a"))
    assert export(aoi, "cp932").status_code == 422
    assert "4 質問 😀" in aoi.words
    assert len(actions(database)) == 1


def test_a_workbook_holds_texts_only(aoi: Browser) -> None:
    answer = export(aoi, "xlsx")
    table = read_table(answer.data)
    assert not hasattr(table, "fault")
    assert 'filename="faq-2026-11-24.xlsx"' in answer.headers["Content-Disposition"]


def test_the_counter_may_look_at_imports_but_neither_take_in_nor_away(
    database: Database, sealer: Sealer, app: Flask
) -> None:
    reader = at_work(database, sealer, app, "reader", Role.COUNTER)
    assert reader.get(IMPORT).status_code == 200
    assert "<form method" not in reader.page.split("<main")[1].split("</main>")[0]
    assert bring(reader, lines(1)).status_code == 403
    assert reader.post("/console/knowledge/export", {"kind": "faq"}).status_code == 403
