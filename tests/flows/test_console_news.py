"""作成→対象→確認→承認→予約 as staff go through it, and what they are told on the way."""

import re
import struct
import zlib
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from flask import Flask
from PIL import Image

from bot.campaigns import pictures, queries, unused
from bot.campaigns.queries import Campaign
from bot.campaigns.rules import Card, Picture, State, Words
from bot.db import Database
from bot.residents import preferences
from bot.residents.rules import AgeBand, Choices
from bot.sealing import Sealer
from bot.staff import audit
from bot.staff.audit import Search
from bot.staff.rules import Role
from tests.flows.announcing import befriend
from tests.flows.chatting import CivilTime
from tests.flows.console_at_work import Browser, at_work

MORNING = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
"""Tuesday, 10 in Japan."""


def newest(database: Database) -> Campaign:
    with database.reading() as session:
        return queries.listed(session, most=1)[0]


def version(browser: Browser) -> str:
    found = re.search(r'name="version" value="(\d+)"', browser.page)
    assert found
    return found.group(1)


def writes(browser: Browser, number: int, do: str = "next", **fields: Any) -> int:
    """Opens the form and presses a button of it, with one text unless told otherwise."""
    page = f"/console/news/{number}/write"
    browser.get(page)
    typed = {"title": "防災訓練", "topic": "disaster", "p0": "words", "p0_text": "訓練をします。"}
    return browser.post(
        page, {"version": version(browser), "do": do, **typed, **fields}
    ).status_code


def aims(browser: Browser, number: int, **fields: Any) -> int:
    page = f"/console/news/{number}/audience"
    browser.get(page)
    asked = {"topics": ["disaster"], "leaves": "now"}
    return browser.post(page, {"version": version(browser), **asked, **fields}).status_code


def checked(database: Database, writer: Browser, **aim: Any) -> int:
    """An announcement that waits for approval."""
    writer.get("/console/news/new")
    writer.post("/console/news/new", {"kind": "free"})
    number = newest(database).id
    assert writes(writer, number) == 303
    assert aims(writer, number, **aim) == 303
    writer.get(f"/console/news/{number}")
    writer.post(f"/console/news/{number}/check", {"version": version(writer)})
    assert newest(database).state is State.CHECKED
    return number


def approves(browser: Browser, number: int, **fields: Any) -> int:
    browser.get(f"/console/news/{number}")
    seen = {"version": version(browser)} if "version" not in fields else {}
    return browser.post(f"/console/news/{number}/approve", {**seen, **fields}).status_code


def picture(size: tuple[int, int] = (400, 300), kind: str = "PNG") -> bytes:
    file = BytesIO()
    Image.new("RGB", size, "#0b4f6c").save(file, kind)
    return file.getvalue()


def test_what_one_writes_another_approves_and_an_edit_voids_it(
    database: Database, sealer: Sealer, civil: CivilTime, app: Flask, writer: Browser, boss: Browser
) -> None:
    befriend(database, sealer, range(3), topic="disaster")
    befriend(database, sealer, range(3, 5), topic="care")
    number = checked(database, writer)
    assert "書いた人とは別の人が承認します" in writer.get(f"/console/news/{number}").text
    assert writer.post(f"/console/news/{number}/approve", {"version": "1"}).status_code == 403
    boss.get("/console/")
    assert "防災訓練" in boss.words
    page = boss.get(f"/console/news/{number}").text
    assert "訓練をします。" in page
    assert "3人へ、令和8年11月24日（火） 午前10時5分に送ります。" in page

    seen = version(boss)
    assert "防災訓練（承認待ち" in boss.get("/console/search?q=防災").text
    assert writes(writer, number, p0_text="訓練は来週です。") == 303
    assert "承認は取り消されました" in writer.get(f"/console/news/{number}").text
    assert approves(boss, number, version=seen) == 409
    assert "内容が直されて、下書きに戻っています" in boss.page
    writer.get(f"/console/news/{number}")
    writer.post(f"/console/news/{number}/check", {"version": version(writer)})
    assert approves(boss, number) == 303
    assert newest(database).start_at == MORNING + timedelta(minutes=5)
    other = at_work(database, sealer, app, "other", Role.APPROVER)
    assert approves(other, number, version="9") == 409
    assert "さんが先に進めました" in other.page

    boss.get(f"/console/news/{number}")
    assert "午前10時5分まで取り消せます。" in boss.page
    boss.post(f"/console/news/{number}/undo")
    assert newest(database).state is State.CHECKED
    boss.get(f"/console/news/{number}")
    assert boss.post(f"/console/news/{number}/back", {"reason": ""}).status_code == 422
    boss.post(f"/console/news/{number}/back", {"reason": "日にちが違います"})
    assert "さんが戻しました：日にちが違います" in writer.get(f"/console/news/{number}").text
    writer.get("/console/")
    assert "わたしのお知らせの下書き" in writer.words
    with database.reading() as session:
        done = [row.done.action for row in audit.find(session, Search())]
    assert {"news.drafted", "news.checked", "news.approved", "news.undone", "news.sent_back"} <= {
        *done
    }


def test_the_audience_is_counted_by_what_residents_chose_with_all_that_is_to_be_known(
    database: Database, sealer: Sealer, writer: Browser
) -> None:
    keys = befriend(database, sealer, range(4), topic="disaster")
    with database.writing() as session:
        for key, district in zip(keys, ("tomida", "tomida", "kusu"), strict=False):
            held = Choices(frozenset({"disaster"}), district, AgeBand.TO_74)
            preferences.choose(session, key, held, MORNING)
    writer.get("/console/news/new")
    writer.post("/console/news/new", {"kind": "free"})
    number = newest(database).id
    writes(writer, number)
    at = f"/console/news/{number}/audience"
    assert 'value="disaster" checked' in writer.get(at).text
    night = {"leaves": "later", "day": "2026-11-28", "time": "22:30"}

    token = writer.token

    def look(**asked: Any) -> str:
        answer = writer.post(f"{at}/count?part=1", {"topics": ["disaster"], **asked}, token=token)
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))

    assert "4 人に届きます" in look()
    assert "2 人に届きます" in look(districts=["tomida"])
    assert "この条件に合う人がいません" in look(districts=["tomida"], ages=["to19"])
    told = look(**night)
    assert "午後10時30分は夜です" in told
    assert "11月28日（土）はお休みの日です" in told
    assert "令和8年11月29日（日） 午前8時にすると" in told
    assert "この話題は4通（100％）です" in told
    assert aims(writer, number, leaves="later", day="2026-11-20", time="10:00") == 422
    assert "その時刻は過ぎています" in writer.page
    assert aims(writer, number, leaves="later", day="", time="") == 422


def test_more_than_a_thousand_are_typed_and_nobody_approves_their_own(
    database: Database, sealer: Sealer, app: Flask, writer: Browser, boss: Browser
) -> None:
    befriend(database, sealer, range(1001), topic="disaster")
    number = checked(database, writer)
    assert approves(boss, number) == 409
    assert "送る人数（1,001）を数字で入力してください" in boss.page
    shown = re.search(r'name="shown" value="(\d+)"', boss.page)
    assert shown
    assert shown.group(1) == "1001"
    assert approves(boss, number, typed="1000") == 409
    assert approves(boss, number, typed="1,001") == 303
    chief = at_work(database, sealer, app, "chief", Role.ADMIN)
    own = checked(database, chief)
    seen = str(newest(database).version)
    assert approves(chief, own, typed="1001", version=seen) == 409
    assert "自分が書いたお知らせは、承認できません" in chief.page
    assert chief.post(f"/console/news/{own}/resume").status_code == 409
    viewer = at_work(database, sealer, app, "viewer", Role.VIEWER, Role.SUPPORT)
    assert viewer.get("/console/news").status_code == 403
    assert "お知らせ" not in re.sub(
        r".*<nav class=.menu.|</nav>.*", "", viewer.get("/console/").text
    )


def test_parts_are_added_moved_and_dropped_and_bad_pictures_are_refused_in_plain_words(
    database: Database, writer: Browser
) -> None:
    writer.get("/console/news/new")
    writer.post("/console/news/new", {"kind": "free"})
    number = newest(database).id
    card = {
        "p1": "card",
        "p1_title": "持ち物",
        "p1_text": "水と懐中電灯",
        "p1_b0_label": "申し込む",
        "p1_b0_to": "class_pick",
        "p1_b0_at": "12",
        "p1_b1_label": "市のページ",
        "p1_b1_to": "link",
        "p1_b1_at": "http://city.example/",
    }
    assert writes(writer, number, "up1", **card) == 303
    first, second = newest(database).draft.parts
    assert isinstance(first, Card)
    stale = {"version": "1", "do": "save", "p0": "words", "p0_text": "同時に書いた文章"}
    assert writer.post(f"/console/news/{number}/write", stale).status_code == 409
    assert "ほかの人が先に直しました" in writer.page
    assert "同時に書いた文章" in writer.page, "nothing that was typed is lost"
    begun = {"version": "2", "p0": "words", "p0_text": "書きかけの文章"}
    writer.post(f"/console/drafts/news-{number}", begun)
    assert "書きかけの文章" in writer.get(f"/console/news/{number}/write").text
    writer.post(f"/console/news/{number}/write/drop")
    assert "書きかけの文章" not in writer.get(f"/console/news/{number}/write").text
    assert (first.buttons[0].to, first.buttons[0].argument) == ("class_pick", "s=12")
    assert second == Words("訓練をします。")

    def adds(upload: bytes, name: str = "a.png", **more: Any) -> int:
        held = {"file": (BytesIO(upload), name), "alt": "訓練のようす", **more}
        return writes(writer, number, "picture", **held)

    head = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    whole = picture()
    claims_gigapixels = whole[:12] + head + struct.pack(">I", zlib.crc32(head)) + whole[33:]
    for upload, said in (
        (b"%PDF-1.7 not a picture", "JPEGかPNGの写真を選んでください"),
        (b"<svg onload=alert(1)>", "JPEGかPNGの写真を選んでください"),
        (picture(kind="GIF"), "JPEGかPNGの写真を選んでください"),
        (picture((100, 100)), "写真が小さすぎます"),
        (picture()[:-60], "写真を読めません"),
    ):
        assert adds(upload) == 422, said
        assert said in writer.page
    assert adds(claims_gigapixels) == 422
    assert "写真の縦横が大きすぎます" in writer.page
    assert pictures.draw(b"\xff" * 5_000_001) == pictures.Unfit("bytes")
    polyglot = picture() + b"<script>alert(1)</script>PK\x03\x04"
    assert adds(polyglot) == 303
    kept = newest(database).draft.parts[-1]
    assert isinstance(kept, Picture)
    with database.reading() as session:
        name = pictures.find(session, kept.picture_id)
        assert name is not None
        data = pictures.image(session, name.name, small=False)
    assert data is not None
    assert data[:3] == b"\xff\xd8\xff"
    assert b"script" not in data
    writer.get(f"/console/news/{number}")
    assert "2番目" not in writer.page
    with database.writing() as session:
        spare = pictures.draw(picture((300, 300)))
        assert isinstance(spare, pictures.Drawn)
        pictures.keep(session, spare, MORNING)
        later = MORNING + timedelta(days=1)
        assert [unused.purge_pictures(session, later) for _ in range(2)] == [1, 0]
    assert writes(writer, number, "save", p0_text="あ" * 2001, **card) == 303
    writer.get(f"/console/news/{number}")
    assert "1番目：2000文字までにしてください。" in writer.page
    assert "2番目：ボタンのアドレスは https:// で始めてください。" in writer.page
    assert 'action="/console/news/1/check"' not in writer.page
    assert writes(writer, number, "drop0", **card) == 303
    assert len(newest(database).draft.parts) == 1


def test_the_story_writes_counts_as_one_reads_them_and_leaves_what_people_wrote(
    database: Database, writer: Browser
) -> None:
    number = checked(database, writer)
    with database.writing() as session:
        queries.note(session, number, "approved", MORNING, by="boss", note="1102")
        queries.note(session, number, "sent_back", MORNING, by="boss", note="2026")
    writer.get(f"/console/news/{number}")
    assert "対象の人数：1,102" in writer.words
    assert "戻しました：2026" in writer.words
