"""An announcement from its draft to three telephones, and an emergency rehearsed to its end."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.console_shown import listen, look, picture
from tests.browser.demonstration import Demonstration
from tests.browser.test_console_review import sign_in
from tests.browser.test_demo_journey import say
from tests.browser.test_handover import next_opening

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PICTURE = next((Path(__file__).parents[2] / ".pictures").glob("*.png"))
CHOSE = {"tomida": "classes", "care": "care", "both": "classes"}
TITLE = "席のあるスマホ教室をお知らせします。"


def befriends(demo: Demonstration, name: str, topic: str) -> None:
    """A resident who follows the account and taps what they want to hear of."""
    demo.order("residents", {"key": name, "name": f"見本 {name}", "following": False})
    demo.order("follow", {"resident": name})
    taps(demo, name, f"to=topic_on&t={topic}")


def taps(demo: Demonstration, name: str, data: str) -> None:
    event = {"type": "postback", "postback": {"data": data}}
    demo.order("event", {"resident": name, "event": event})


def chat_of(chromium: Browser, demo: Demonstration, name: str) -> Page:
    chat = chromium.new_context(viewport={"width": 390, "height": 844}).new_page()
    chat.goto(demo.chat)
    chat.wait_for_selector("#resident option", state="attached")
    chat.locator("#resident").select_option(name)
    return chat


def arrives(chat: Page, words: str) -> None:
    """Comes by push, after the rounds that look for what is due."""
    expect(chat.locator("#lines").get_by_text(words).last).to_be_visible(timeout=30_000)


def heard(chat: Page, words: str) -> int:
    return chat.locator("#lines").get_by_text(words).count()


def test_an_announcement_is_written_approved_by_another_and_reaches_those_who_chose_it(
    chromium: Browser, demo: Demonstration
) -> None:
    morning = next_opening(datetime.now(UTC))
    demo.order("clock", {"at": morning.isoformat()})
    for name, topic in CHOSE.items():
        befriends(demo, name, topic)
    chats = {name: chat_of(chromium, demo, name) for name in CHOSE}
    for chat in chats.values():
        arrives(chat, "これからお届けします")
    taps(demo, "both", "to=style_set&s=easy")
    desk = chromium.new_context(locale="ja-JP").new_page()
    complaints = listen(desk)
    sign_in(desk, demo, "見本 広報")
    desk.get_by_role("link", name="お知らせ", exact=True).click()
    wrong = look(desk, "news-list")
    desk.get_by_role("link", name="新しいお知らせ").first.click()
    wrong += look(desk, "news-new")
    desk.locator("input[name=session]").first.check()
    desk.get_by_role("button", name="選んだ教室で下書きを作る").click()
    wrong += look(desk, "news-write")
    desk.locator("#p0_text").fill("")
    expect(desk.locator("[data-meter=p0_text]")).to_have_text("0 / 2000文字")
    desk.locator("#p0_text").fill(f"{TITLE}\n見本です。")
    expect(desk.locator("[data-phones]")).to_contain_text("見本です。", timeout=10_000)
    desk.get_by_role("button", name="保存して、対象へ進む").click()
    for one in desk.locator("input[name=districts]:checked").all():
        one.uncheck()
    expect(desk.locator("[data-reach] .count")).to_have_text("2", timeout=10_000)
    wrong += look(desk, "news-audience")
    desk.get_by_role("button", name="保存して、確認へ進む").click()
    wrong += look(desk, "news-check")
    desk.get_by_role("button", name="確認を終えて、承認を頼む").click()
    expect(desk.locator(".notice.is-done")).to_contain_text("書いた人とは別の人が承認します")

    chief = chromium.new_context(locale="ja-JP").new_page()
    complaints += listen(chief)
    sign_in(chief, demo, "見本 承認")
    expect(chief.get_by_role("heading", name="承認を待つお知らせ")).to_be_visible()
    chief.get_by_role("link", name="スマホ教室のお知らせ").first.click()
    expect(chief.locator("main")).to_contain_text("2人へ")
    chief.locator(".phone-large").check()
    wrong += look(chief, "news-approve")
    chief.get_by_role("button", name="このとおり承認する").click()
    wrong += look(chief, "news-approved")
    assert [heard(chat, TITLE) for chat in chats.values()] == [0, 0, 0]

    demo.order("clock", {"at": (morning + timedelta(minutes=7)).isoformat()})
    arrives(chats["tomida"], TITLE)
    arrives(chats["both"], "スマホ教室（きょうしつ）の お知（し）らせです。")
    picture(chats["tomida"], "news-on-the-phone")
    expect(desk.locator("main")).to_be_visible()
    chief.reload()
    expect(chief.locator("[data-progress]")).to_contain_text("送信済み", timeout=30_000)
    chief.get_by_role("link", name="結果を見る").click()
    expect(chief.get_by_role("heading", name="結果", exact=True)).to_be_visible()
    wrong += look(chief, "news-results")
    assert heard(chats["care"], TITLE) == 0
    assert heard(chats["tomida"], TITLE) == 1

    chats["tomida"].locator("#lines").get_by_text("この話題を止める").last.click()
    arrives(chats["tomida"], "止めました")
    chief.reload()
    stopped = chief.get_by_text("このお知らせから話題を止めた人", exact=True).locator("..")
    expect(stopped).to_contain_text("少数")
    wrong += _other_pages(desk, demo)
    assert wrong == []
    assert complaints == []


def _other_pages(desk: Page, demo: Demonstration) -> list[str]:
    """A picture in a draft, a series with its next times, and who takes tests."""
    wrong = []
    desk.goto(f"{demo.product}console/news/testers")
    desk.get_by_role("button", name="登録のコードを出す").click()
    wrong += look(desk, "news-testers")
    desk.goto(f"{demo.product}console/news/series/new")
    wrong += look(desk, "news-series-new")
    desk.get_by_role("button", name="作って、承認を頼む").click()
    expect(desk.locator("main")).to_contain_text("毎週金曜日 午前10時")
    wrong += look(desk, "news-series-one")
    desk.goto(f"{demo.product}console/news/series")
    wrong += look(desk, "news-series")
    desk.goto(f"{demo.product}console/news/new")
    desk.get_by_role("button", name="白紙から書く").click()
    desk.locator("#file").set_input_files(str(PICTURE))
    desk.locator("#alt").fill("見本の写真")
    desk.get_by_role("button", name="写真を足す").click()
    expect(desk.get_by_role("img", name="見本の写真")).to_be_visible()
    expect(desk.locator(".phone-own-picture").first).to_be_visible()
    loaded = "img => img.complete && img.naturalWidth > 0"
    assert desk.locator(".phone-own-picture").first.evaluate(loaded)
    wrong += look(desk, "news-write-picture")
    desk.get_by_role("link", name="確認").click()
    expect(desk.locator("main")).to_contain_text("直すところがあります")
    wrong += look(desk, "news-to-mend")
    return wrong


def test_an_emergency_is_rehearsed_from_the_code_to_its_end(
    chromium: Browser, demo: Demonstration
) -> None:
    befriends(demo, "alarmed", "disaster")
    chief = chromium.new_context(locale="ja-JP").new_page()
    complaints = listen(chief)
    sign_in(chief, demo, "見本 承認")
    chief.get_by_role("link", name="緊急", exact=True).click()
    wrong = look(chief, "emergency")
    chief.get_by_role("link", name="地震", exact=True).click()
    chief.locator("input[name=drill]").check()
    expect(chief.locator("[data-phones]")).to_contain_text("訓練です", timeout=10_000)
    wrong += look(chief, "emergency-write")
    shown = chief.locator("strong.code")
    until = time.monotonic() + 60
    while not shown.count() and time.monotonic() < until:
        time.sleep(3)
        chief.reload()
        chief.locator("input[name=drill]").check()
    chief.locator("#code").fill(shown.inner_text())
    chief.get_by_role("button", name="友だち全員に送る").click()
    expect(chief.locator(".notice.is-done")).to_contain_text("送り始めました")
    chat = chat_of(chromium, demo, "alarmed")
    arrives(chat, "大きな地震がありました")
    chief.reload()
    expect(chief.locator("main")).to_contain_text("全員への送信：LINEが受け取りました。")
    wrong += look(chief, "emergency-lasting")
    say(chat, "粗大ごみの出し方")
    arrives(chat, "身の安全を守ってください")
    picture(chat, "emergency-on-the-phone")
    chief.get_by_text("緊急のお知らせを終わりにする…").click()
    chief.get_by_role("button", name="終わりにする", exact=True).click()
    expect(chief.locator(".notice.is-done")).to_contain_text("終わりにしました")
    before = heard(chat, "身の安全を守ってください")
    say(chat, "使い方")
    chat.wait_for_timeout(5000)
    assert heard(chat, "身の安全を守ってください") == before
    assert wrong == []
    assert complaints == []
