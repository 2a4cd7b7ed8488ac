"""A resident calls a person, a member of staff takes over, and both see it happen."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

import content
from bot.city import City
from tests.browser.console_shown import listen, look
from tests.browser.demonstration import Demonstration
from tests.browser.test_console_review import sign_in
from tests.browser.test_demo_journey import answered, say, tap

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def next_opening(now: datetime) -> datetime:
    """Ten o'clock on the next day on which the desk opens."""
    opening = City.from_toml(content.toml("city.toml")).opening
    day = now.astimezone(opening.zone) + timedelta(days=1)
    while not opening.is_working_day(day.date()):
        day += timedelta(days=1)
    return day.replace(hour=10, minute=0)


def look_large(page: Page, name: str) -> list[str]:
    """The same for a resident's page, whose type is 20 px and whose targets are 48 px at least."""
    # A click ends before the next page has its style.
    expect(page.locator("body")).to_have_css("margin-top", "0px")
    small: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("body *")].filter(e => e.checkVisibility() && (
             ([...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())
               && parseFloat(getComputedStyle(e).fontSize) < 20)
             || (e.matches("button, textarea, .button") && e.getBoundingClientRect().height < 48)))
           .map(e => e.outerHTML.slice(0, 100))"""
    )
    return look(page, name) + [f"{name}: too small {one}" for one in small]


def test_a_conversation_is_taken_over_answered_and_handed_back(
    chromium: Browser, demo: Demonstration
) -> None:
    demo.order("clock", {"at": next_opening(datetime.now(UTC)).isoformat()})
    phone = chromium.new_context(viewport={"width": 390, "height": 844})
    chat = phone.new_page()
    chat.goto(demo.chat)
    chat.wait_for_selector("#resident option", state="attached")
    say(chat, "人に聞く")
    answered(chat, "職員と文字で話す")
    tap(chat, "職員と文字で話す")
    answered(chat, "名前、電話番号、家族のことは、ここに書かないでください。")
    say(chat, "窓口の場所を知りたい")
    answered(chat, "担当者に届きました。来るまで、少しお待ちください。")

    desk = chromium.new_context().new_page()
    complaints = listen(desk)
    sign_in(desk, demo, "見本 相談支援")
    expect(desk.get_by_role("heading", name="人を待っている人")).to_be_visible()
    desk.get_by_role("link", name="有人対応", exact=True).click()
    wrong = look(desk, "handover-list")
    desk.get_by_role("link", name="有人対応 1").click()
    wrong += look(desk, "handover-waiting")
    desk.get_by_role("button", name="この人に答える").click()
    answered(chat, "ここからは、市の担当者がお答えします。")
    expect(desk.locator("main")).to_contain_text("窓口の場所を知りたい")

    desk.get_by_role("link", name="はじめのあいさつ").click()
    expect(desk.locator("#text")).to_have_value(
        "こんにちは。市の担当者です。\nどんなことでお困りですか。このまま書いて送ってください。"
    )
    wrong += look(desk, "handover-talking")
    desk.get_by_role("button", name="トークに送る").click()
    answered(chat, "どんなことでお困りですか。このまま書いて送ってください。")
    say(chat, "名前を伝えたいです")
    answered(chat, "担当者に届きました。")
    expect(desk.locator("[data-lines]")).to_contain_text("名前を伝えたいです", timeout=15_000)

    wrong += _writes_on_the_page(chat)
    desk.reload()
    expect(desk.locator("main")).not_to_contain_text("花子")
    desk.get_by_role("button", name="専用ページの内容を見る").click()
    expect(desk.locator("main")).to_contain_text("見本 花子です。")
    desk.locator("#personal").fill("花子さん、来週お送りします。")
    desk.get_by_role("button", name="専用ページに載せて知らせる").click()
    answered(chat, "お返事があります")
    assert chat.locator("#lines").get_by_text("花子").count() == 0

    desk.get_by_role("button", name="自動応答へ戻す").click()
    answered(chat, "担当者との話は、これで終わりです。ここからは、自動でお答えします。")
    wrong += look(desk, "handover-list-ended")
    phone.close()
    assert wrong == []
    assert complaints == []


def _writes_on_the_page(chat: Page) -> list[str]:
    with chat.context.expect_page() as opened:
        chat.locator("#lines").get_by_text("専用のページを開く", exact=True).last.click()
    page = opened.value
    page.wait_for_load_state()
    complaints = listen(page)
    wrong = look_large(page, "page-link")
    page.get_by_role("button", name="ページを開く").click()
    wrong += look_large(page, "page-talk")
    page.locator("#text").fill("見本 花子です。")
    page.get_by_role("button", name="書いた内容を確かめる").click()
    wrong += look_large(page, "page-check")
    page.get_by_role("button", name="はい、送ります").click()
    expect(page.locator(".told")).to_contain_text("担当者に届きました")
    wrong += look_large(page, "page-sent")
    page.get_by_role("button", name="この画面を閉じる").click()
    expect(page.locator("h1")).to_have_text("ページを閉じました")
    page.close()
    return wrong + complaints
