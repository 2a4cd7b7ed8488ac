"""Where the city asks for a second person, no change of knowledge reaches residents without one."""

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from io import BytesIO

import pytest
from flask import Flask

from bot.answers.engine import Engine
from bot.answers.values import Outcome
from bot.db import Database
from bot.knowledge import importing
from bot.knowledge.values import State
from bot.sealing import Sealer
from bot.staff.rules import Role
from tests.flows.console_at_work import Browser, app_with_console, at_work, services
from tests.flows.knowledge_at_work import (
    BIN,
    DOG,
    NOW,
    actions,
    asked,
    engine_of,
    entry,
    knows,
    stands_still,
)

AT = "/console/knowledge"
WAITING = f"{AT}/approvals"


@pytest.fixture
def engine(database: Database) -> Callable[[], Engine]:
    return engine_of(database)


@pytest.fixture
def app(database: Database, sealer: Sealer, engine: Callable[[], Engine]) -> Flask:
    knows(database, BIN, DOG)
    given = replace(services(database, sealer), engine=engine, second_person_approves=True)
    return app_with_console(given)


@pytest.fixture
def tanaka(database: Database, sealer: Sealer, app: Flask) -> Browser:
    """Somebody who writes and approves, though never the same thing."""
    return at_work(database, sealer, app, "tanaka", Role.SUPPORT, Role.APPROVER)


@pytest.fixture
def suzuki(database: Database, sealer: Sealer, app: Flask) -> Browser:
    return at_work(database, sealer, app, "suzuki", Role.APPROVER)


def change(browser: Browser, answer: str, entry_id: str = "bin") -> int:
    browser.get(f"{AT}/faq/{entry_id}/edit")
    assert "もう一人に確認を頼む" in browser.words
    fields = asked(browser, answer=answer, state="published")
    return browser.post(f"{AT}/faq/{entry_id}/edit", fields).status_code


def test_a_change_waits_until_another_person_has_approved_it(
    database: Database, tanaka: Browser, suzuki: Browser
) -> None:
    assert change(tanaka, "朝7時までに出します。") == 303
    assert entry(database, "bin").answer == "朝8時までに出します。"
    tanaka.get(f"{WAITING}/1")
    assert "自分で頼んだ変更は、自分では認められません" in tanaka.words
    assert tanaka.post(f"{WAITING}/1/approve", {"approved_by": "suzuki"}).status_code == 409
    tanaka.get(f"{AT}/faq/bin")
    assert "tanakaさんの変更が、もう一人の確認を待っています" in tanaka.words
    suzuki.get("/console/")
    assert "確認待ちの変更 1件 ごみの出し方を知りたい" in suzuki.words
    suzuki.get(f"{WAITING}/1")
    assert "消した： 朝8時までに出します。 加えた： 朝7時までに出します。" in suzuki.words
    first, again = (suzuki.post(f"{WAITING}/1/approve").status_code for _ in range(2))
    assert (first, again) == (303, 409)
    bin_ = entry(database, "bin")
    assert (bin_.answer, bin_.kept.updated_by) == ("朝7時までに出します。", "staff:tanaka")
    assert actions(database) == [
        ("suzuki", "knowledge.approved", "faq", "bin"),
        ("suzuki", "knowledge.changed", "faq", "bin"),
        ("tanaka", "knowledge.proposed", "faq", "bin"),
    ]


def test_a_new_answer_is_unknown_to_the_desk_until_it_is_approved(
    database: Database, tanaka: Browser, suzuki: Browser, engine: Callable[[], Engine]
) -> None:
    tanaka.get(f"{AT}/new/faq")
    new = asked(tanaka, id="pool", question="市民プールの開く日", answer="7月からです。")
    assert tanaka.post(f"{AT}/new/faq", {**new, "state": "published"}).status_code == 303
    assert engine().ask("市民プールの開く日").outcome is not Outcome.DIRECT
    suzuki.get(f"{WAITING}/1")
    suzuki.post(f"{WAITING}/1/approve")
    assert engine().ask("市民プールの開く日").ranked[0].entry_id == "pool"


def test_drafts_that_nobody_meets_wait_for_nobody_but_hiding_an_entry_does(
    database: Database, tanaka: Browser
) -> None:
    tanaka.get(f"{AT}/new/faq")
    new = asked(tanaka, id="pool", question="市民プールの開く日", answer="7月からです。")
    tanaka.post(f"{AT}/new/faq", {**new, "state": "draft"})
    assert entry(database, "pool").kept.state is State.DRAFT
    tanaka.get(f"{AT}/faq/bin/edit")
    tanaka.post(f"{AT}/faq/bin/edit", asked(tanaka, state="draft"))
    assert entry(database, "bin").kept.state is State.PUBLISHED
    tanaka.get(f"{WAITING}/1")
    assert "認めると下書きになり、住民に出なくなります。" in tanaka.words


def test_withdrawing_and_going_back_wait_too(
    database: Database, tanaka: Browser, suzuki: Browser
) -> None:
    change(tanaka, "朝7時までに出します。")
    suzuki.get(f"{WAITING}/1")
    suzuki.post(f"{WAITING}/1/approve")
    tanaka.get(f"{AT}/faq/bin/history")
    tanaka.post(f"{AT}/faq/bin/restore", {"version": "1", "undo": "1"})
    assert entry(database, "bin").answer == "朝7時までに出します。"
    suzuki.get(f"{WAITING}/2")
    assert "認めて前の版に戻す" in suzuki.words
    suzuki.post(f"{WAITING}/2/approve")
    assert entry(database, "bin").answer == "朝8時までに出します。"
    tanaka.get(f"{AT}/faq/bin/remove")
    tanaka.post(f"{AT}/faq/bin/remove", {"reason": "古い", "read_at": "3"})
    assert entry(database, "bin").kept.state is State.PUBLISHED
    suzuki.get(f"{WAITING}/3")
    assert "理由：古い" in suzuki.words
    suzuki.post(f"{WAITING}/3/approve")
    assert entry(database, "bin").kept.state is State.REMOVED


def test_a_file_waits_as_a_whole_and_is_not_taken_for_a_crash(
    database: Database, tanaka: Browser, suzuki: Browser
) -> None:
    table = "ID,質問,回答\nbin,ごみの出し方を知りたい,朝6時までです。\ncat,猫の登録,いりません。\n"

    def upload() -> int:
        tanaka.get(f"{AT}/import")
        tanaka.post(f"{AT}/import", {"kind": "faq", "file": (BytesIO(table.encode()), "表.csv")})
        assert "もう一人に確認を頼む" in tanaka.words
        number = re.search(r"import/(\d+)/confirm", tanaka.page)
        stamp = re.search(r'name="stamp" value="([^"]+)"', tanaka.page)
        assert number is not None
        assert stamp is not None
        batch = int(number.group(1))
        tanaka.post(f"{AT}/import/{batch}/confirm", {"stamp": unescape(stamp.group(1))})
        return batch

    upload()
    assert importing.resume(database, NOW) == []
    assert entry(database, "bin").answer == "朝8時までに出します。"
    suzuki.get(f"{WAITING}/1")
    assert "変わる 1件" in suzuki.words
    suzuki.post(f"{WAITING}/1/back", {"reason": "日付がない"})
    tanaka.get(f"{WAITING}/1")
    assert "理由：日付がない" in tanaka.words
    batch = upload()
    suzuki.get(f"{WAITING}/2")
    suzuki.post(f"{WAITING}/2/approve")
    assert stands_still(database, batch) == "done"
    assert entry(database, "bin").answer == "朝6時までです。"


def test_a_colleague_does_not_overwrite_what_waits_and_its_author_can_take_it_back(
    database: Database, sealer: Sealer, app: Flask, tanaka: Browser
) -> None:
    change(tanaka, "朝7時までに出します。")
    sato = at_work(database, sealer, app, "sato", Role.SUPPORT)
    assert change(sato, "夕方に出します。") == 409
    assert "tanakaさんの変更が先に確認を待っています" in sato.words
    assert "夕方に出します。" in sato.page
    sato.get(f"{WAITING}/1")
    assert sato.post(f"{WAITING}/1/take-back").status_code == 409
    assert sato.post(f"{WAITING}/1/approve").status_code == 403
    change(tanaka, "朝6時までに出します。")
    tanaka.get(f"{WAITING}/1")
    assert "頼んだ人が書き直した" in tanaka.words
    tanaka.get(f"{WAITING}/2")
    assert tanaka.post(f"{WAITING}/2/take-back").status_code == 303
    assert change(sato, "夕方に出します。") == 303


def test_what_changed_after_it_was_proposed_is_not_overwritten(
    database: Database, tanaka: Browser, suzuki: Browser
) -> None:
    change(tanaka, "朝7時までに出します。")
    knows(database, replace(BIN, answer="朝9時までに出します。"))
    suzuki.get(f"{WAITING}/1")
    assert suzuki.post(f"{WAITING}/1/approve").status_code == 409
    assert "確認を頼んだあとで、内容が変わりました" in suzuki.words
    assert entry(database, "bin").answer == "朝9時までに出します。"
