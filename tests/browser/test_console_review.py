"""The whole loop as a city would see it: asked, answered in two clicks, told, and learnt."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.console_shown import listen, look
from tests.browser.demonstration import Demonstration
from tests.browser.test_demo_journey import answered, say, tap

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ASKED = "軒下に刺す虫のすみか"


def sign_in(page: Page, demo: Demonstration, name: str) -> None:
    """Through the demo's sign-in page, with the code that it shows."""
    page.goto(f"{demo.product}console/")
    page.get_by_role("button", name=f"{name}で入る").click()
    page.locator("#code").fill(page.locator("strong.code").inner_text())
    page.get_by_role("button", name="サインインする").click()
    expect(page.locator("h1")).to_contain_text("今日")


def test_what_a_resident_asks_in_vain_is_answered_in_two_clicks_and_learnt(
    chromium: Browser, demo: Demonstration
) -> None:
    chat = chromium.new_page(viewport={"width": 390, "height": 844})
    chat.goto(demo.chat)
    chat.wait_for_selector("#resident option", state="attached")
    say(chat, ASKED)
    answered(chat, "まだ答えを持っていません")
    tap(chat, "調べてお返事します")
    answered(chat, "担当の職員が調べて、ここにお返事します。")

    desk = chromium.new_context().new_page()
    complaints = listen(desk)
    sign_in(desk, demo, "見本 相談支援")
    wrong = look(desk, "review-today")
    expect(desk.get_by_role("link", name="返事待ち")).to_be_visible(timeout=15_000)
    desk.get_by_role("link", name="返事待ち").click()
    expect(desk.locator("h1")).to_have_text(f"「{ASKED}」")
    wrong += look(desk, "review-cluster")
    title = desk.locator(".list .list-title").first.inner_text()
    desk.get_by_role("link", name="これで答える").first.click()
    expect(desk.locator("h1")).to_have_text("公開する前の確認")
    wrong += look(desk, "review-answer")
    desk.get_by_role("button", name="公開して、1人に答えを送る").click()
    expect(desk.locator(".notice.is-done")).to_contain_text("1人に答えを送ります")
    wrong += look(desk, "review-answered")

    answered(chat, "お待たせしました。前に聞かれたことの答えです。")
    chat.wait_for_timeout(2500)
    before = chat.locator("#lines").get_by_text(title).count()
    say(chat, ASKED)
    expect(chat.locator("#lines").get_by_text(title)).to_have_count(before + 1, timeout=10_000)
    chat.close()
    assert wrong == []
    assert complaints == []
