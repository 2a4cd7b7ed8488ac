"""The pages of 未回答 in a browser: three widths, keyboard, without scripts, no complaint."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from bot.answers.engine import Engine
from bot.answers.values import Entry
from bot.clocks import real_time
from bot.db import Database
from bot.migrations import migrate
from bot.questions.rules import ClusterState
from bot.sealing import Sealer
from tests.browser.console_shown import serving
from tests.browser.test_console import Opened
from tests.flows.console_at_work import app_with_console, services
from tests.flows.reviewing import BIN, asks, gather, knows, lines, lives_here

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SAMPLE = replace(BIN, id="dog", question="犬の登録をしたい", answer="電話は000-0000-0000です。")


@pytest.fixture
def opened(tmp_path: Path, sealer: Sealer, chromium: Browser) -> Iterator[Opened]:
    """A console with two groups that residents wait for."""
    database = Database(f"sqlite:///{tmp_path}/madoguchi.db")
    migrate(database)
    knows(database, BIN, SAMPLE)
    lives_here(database, sealer, "mio", "rinko")
    now = real_time()
    asks(database, "粗大ごみの予約", awaits=True, at=now - timedelta(days=2))
    asks(database, "粗大ごみ予約したい", "rinko", awaits=True, at=now)
    asks(database, "駅前の噴水の時間" + "とても長い質問です" * 20, "rinko", awaits=True, at=now)
    last = now - timedelta(days=7)
    asks(database, "ごみはいつ", "r1", at=last, outcome="direct", shown=("bin",))
    gather(database)
    known = [Entry(e.id, e.question, e.answer, e.wordings) for e in (BIN, SAMPLE)]
    engine = Engine.build(known)
    given = services(database, sealer)
    usual = app_with_console(replace(given, engine=lambda: engine, second_person_approves=True))
    with serving(usual) as address:
        console = Opened(database, sealer, address, chromium)
        console.enter()
        yield console
        console.page.context.close()
    database.close()


def group(opened: Opened) -> int:
    """The number of the group of most residents."""
    return lines(opened.database)[0].cluster.id


def test_every_page_of_the_review_is_clear_of_findings_at_three_widths(opened: Opened) -> None:
    page, number = opened.page, group(opened)
    wrong: list[str] = []
    for name, path in {
        "unanswered": "unanswered",
        "unanswered-nothing": "unanswered?q=zzz",
        "unanswered-group": f"unanswered/{number}?find=犬",
        "unanswered-with": f"unanswered/{number}/with/dog",
        "unanswered-new": f"unanswered/{number}/new",
        "unanswered-approvals-none": "unanswered/approvals",
        "knowledge-approvals-none": "knowledge/approvals",
        "unanswered-samples-none": "unanswered/samples",
    }.items():
        opened.go(path)
        wrong += opened.look(name)
    page.get_by_role("button", name="この週の分を選ぶ").click()
    page.get_by_role("button", name="違う").first.click()
    wrong += opened.look("unanswered-samples")
    opened.go(f"unanswered/{number}/new")
    page.get_by_role("button", name="公開する前に確かめる").click()
    page.locator("#answer").fill("")
    page.locator("#answer").fill(("不可能ではありません。" * 3 + "インフラについて。") * 2)
    page.get_by_role("button", name="公開する前に確かめる").click()
    expect(page.locator("h1")).to_have_text("公開する前の確認")
    wrong += opened.look("unanswered-look")
    page.get_by_role("button", name="もう一人に確認を頼む").click()
    wrong += opened.look("unanswered-group-proposed")
    opened.go("unanswered/approvals")
    wrong += opened.look("unanswered-approvals")
    page.locator("[data-item] a").click()
    wrong += opened.look("unanswered-approval")
    opened.go("knowledge/faq/dog/edit")
    page.locator("#answer").fill("電話か窓口で登録します。")
    page.get_by_role("button", name="もう一人に確認を頼む").click()
    expect(page.get_by_role("heading", name="確認")).to_be_visible()
    wrong += opened.look("knowledge-approval")
    opened.go("knowledge/approvals")
    wrong += opened.look("knowledge-approvals")
    assert wrong == []
    assert opened.complaints == []


def test_groups_are_walked_picked_and_opened_by_keyboard(opened: Opened) -> None:
    opened.go("unanswered")
    page, keys = opened.page, opened.page.keyboard
    expect(page.locator("html.has-script")).to_be_visible()
    keys.press("j")
    keys.press("x")
    keys.press("j")
    keys.press("x")
    keys.press("x")
    assert [box.is_checked() for box in page.locator("[data-pick]").all()] == [True, False]
    keys.press("k")
    title = page.locator(":focus").inner_text()
    keys.press("Enter")
    expect(page.locator("h1")).to_have_text(f"「{title}」")
    assert opened.complaints == []


def test_a_draft_of_an_answer_waits_where_it_was_left(opened: Opened) -> None:
    number = group(opened)
    opened.go(f"unanswered/{number}/new")
    opened.page.locator("#answer").fill("電話で予約します。")
    expect(opened.page.locator("[data-saved]")).to_contain_text("自動で保存", timeout=8000)
    opened.go(f"unanswered/{number}/new")
    expect(opened.page.locator("#answer")).to_have_value("電話で予約します。")
    opened.page.get_by_role("button", name="書きかけを捨てて").click()
    expect(opened.page.locator("#answer")).to_have_value("")


def test_the_review_works_without_scripts(opened: Opened) -> None:
    context = opened.browser.new_context(java_script_enabled=False)
    context.add_cookies(opened.page.context.cookies())  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{opened.address}/console/unanswered")
    page.get_by_role("checkbox").first.check()
    page.locator("#reason").fill("市の仕事ではない")
    page.locator("#reason").press("Enter")
    expect(page.locator(".notice.is-done")).to_contain_text("1件に行いました。")
    page.locator(".list-title a").first.click()
    page.get_by_role("link", name="これで答える").first.click()
    page.get_by_role("button", name="もう一人に確認を頼む").click()
    expect(page.locator(".notice.is-note").first).to_contain_text("もう一人の確認を待っています")
    context.close()
    assert len(lines(opened.database, ClusterState.IGNORED)) == 1
