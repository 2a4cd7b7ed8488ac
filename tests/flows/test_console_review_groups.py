"""Groups in the console: taken, merged, split, set aside; who may see and do what."""

import re

import pytest
from flask import Flask

from bot.clocks import real_time
from bot.db import Database
from bot.sealing import Sealer
from bot.staff.rules import Role
from tests.flows.console_at_work import Browser, app_with_console, at_work, services
from tests.flows.review_at_console import done, someone_waits, version
from tests.flows.reviewing import asks, gather

MANY = """
プール 花火 噴水 盆踊り 卓球 囲碁 合唱 陶芸 茶道 書道 登山 釣り 天文台 温泉 朝市 灯台
河川敷 桜並木 竹林 蛍 金魚 鯉 風鈴 凧揚げ 相撲 駅伝 水族館 映画祭 屋台 古本 骨董 落語
"""
"""More groups than stand on one page."""


@pytest.fixture
def app(database: Database, sealer: Sealer) -> Flask:
    return app_with_console(services(database, sealer))


@pytest.fixture
def tanaka(database: Database, sealer: Sealer, app: Flask) -> Browser:
    return at_work(database, sealer, app, "tanaka", Role.SUPPORT)


def test_many_are_taken_merged_set_aside_and_taken_up_again(
    database: Database, tanaka: Browser
) -> None:
    for text in ("プールの水温", "花火の日程", "駅前の噴水"):
        asks(database, text, at=real_time())
    gather(database)
    tanaka.get("/console/unanswered")
    picks = re.findall(r'name="pick" value="(\d+:\d+)"', tanaka.page)
    assert tanaka.post("/console/unanswered", {"do": "ignore", "pick": picks}).status_code == 422
    assert "理由を入力してください。" in tanaka.words
    assert tanaka.post("/console/unanswered", {"do": "merge"}).status_code == 422
    tanaka.post("/console/unanswered", {"do": "merge", "pick": picks[:2]})
    tanaka.get("/console/unanswered")
    assert "2件のまとまり" in tanaka.words
    stale = {"do": "mine", "pick": picks}
    tanaka.post("/console/unanswered", stale)
    tanaka.get("/console/unanswered")
    assert "1件に行いました" in tanaka.words
    assert "このまとまりはありません" in tanaka.words
    picks = re.findall(r'name="pick" value="(\d+:\d+)"', tanaka.page)
    tanaka.post(
        "/console/unanswered", {"do": "ignore", "reason": "市の仕事ではない", "pick": picks}
    )
    tanaka.get("/console/unanswered?state=ignored")
    assert "理由：市の仕事ではない" in tanaka.words
    number = picks[0].split(":")[0]
    tanaka.get(f"/console/unanswered/{number}")
    again = {"do": "reopen", "version": version(tanaka)}
    assert tanaka.post(f"/console/unanswered/{number}/do", again).status_code == 303
    assert {action for _who, action, _item in done(database)} == {
        "review.merged",
        "review.assigned",
        "review.ignored",
        "review.reopened",
    }


def test_what_is_done_on_a_later_page_stays_on_it(database: Database, tanaka: Browser) -> None:
    for text in MANY.split():
        asks(database, text, at=real_time())
    gather(database)
    tanaka.get("/console/unanswered?page=2")
    pick = re.findall(r'name="pick" value="(\d+:\d+)"', tanaka.page)[0]
    typed = {"do": "ignore", "pick": pick, "page": re.findall(r'"page" value="(\d+)"', tanaka.page)}
    assert tanaka.post("/console/unanswered", typed).status_code == 422
    assert f'value="{pick}" data-pick checked' in tanaka.page
    answer = tanaka.post("/console/unanswered", {**typed, "do": "mine"})
    assert "page=2" in (answer.location or "")


def test_a_wording_is_split_off(database: Database, sealer: Sealer, tanaka: Browser) -> None:
    group = someone_waits(database, sealer)
    tanaka.get(f"/console/unanswered/{group}")
    both = re.findall(r'name="wording" value="(\d+)"', tanaka.page)
    address = f"/console/unanswered/{group}/split"
    nothing = tanaka.post(address, {"wording": both, "version": version(tanaka)})
    assert nothing.status_code == 409
    one = {"wording": both[:1], "version": version(tanaka)}
    assert tanaka.post(address, one).status_code == 303
    tanaka.get("/console/unanswered")
    assert "2件のまとまり" in tanaka.words


def test_nothing_to_do_names_the_next_step(tanaka: Browser) -> None:
    tanaka.get("/console/unanswered")
    assert "いま、答えを待っている質問はありません。 抜き取り確認をする" in tanaka.words
    tanaka.get("/console/unanswered?q=zzz&state=nowhere&order=x&who=nobody&page=99999999999")
    assert "この条件に合うまとまりはありません。" in tanaka.words


def test_nothing_shows_who_asked(database: Database, sealer: Sealer, tanaka: Browser) -> None:
    group = someone_waits(database, sealer)
    for path in ("", f"/{group}", f"/{group}/with/bin", f"/{group}/new"):
        tanaka.get(f"/console/unanswered{path}")
        assert not re.search(r"\bmio\b|U-mio|rinko", tanaka.page)


def test_a_viewer_reads_and_cannot_act(database: Database, sealer: Sealer, app: Flask) -> None:
    group = someone_waits(database, sealer)
    viewer = at_work(database, sealer, app, "viewer", Role.VIEWER)
    viewer.get(f"/console/unanswered/{group}")
    assert "これで答える" not in viewer.words
    for path in ("do", "split", "with/bin", "new"):
        assert viewer.post(f"/console/unanswered/{group}/{path}", {}).status_code == 403
    counter = at_work(database, sealer, app, "counter", Role.COUNTER)
    assert counter.get("/console/unanswered").status_code == 403


def test_one_sees_that_a_colleague_is_writing_the_answer(
    database: Database, sealer: Sealer, app: Flask, tanaka: Browser
) -> None:
    group = someone_waits(database, sealer)
    tanaka.get(f"/console/unanswered/{group}/new")
    tanaka.post(f"/console/drafts/review:{group}", {"answer": "書きかけ"})
    tanaka.get(f"/console/unanswered/{group}")
    assert "答えを書いています" not in tanaka.words
    suzuki = at_work(database, sealer, app, "suzuki", Role.SUPPORT)
    suzuki.get(f"/console/unanswered/{group}")
    assert "いま、見本 職員さんがこの質問の答えを書いています。" in suzuki.words


def test_picked_groups_are_given_to_a_colleague(
    database: Database, sealer: Sealer, app: Flask, tanaka: Browser
) -> None:
    someone_waits(database, sealer)
    at_work(database, sealer, app, "suzuki", Role.SUPPORT)
    at_work(database, sealer, app, "viewer", Role.VIEWER)
    tanaka.get("/console/unanswered")
    picks = re.findall(r'name="pick" value="(\d+:\d+)"', tanaka.page)
    for who, status in (("viewer", 422), ("", 422), ("suzuki", 303)):
        fields = {"do": "give", "who": who, "pick": picks}
        assert tanaka.post("/console/unanswered", fields).status_code == status
    tanaka.get("/console/unanswered?who=suzuki")
    assert "1件のまとまり" in tanaka.words
    tanaka.get("/console/unanswered?who=me")
    assert "この条件に合うまとまりはありません。" in tanaka.words
