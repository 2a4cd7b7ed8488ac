"""A class is booked in the emulator, stands on the roster, and a freed seat goes to who waits."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.speech import dates
from tests.browser.console_shown import findings, listen, overflow, picture
from tests.browser.demonstration import Demonstration
from tests.browser.test_console_review import sign_in
from tests.browser.test_demo_journey import answered, keep_picture, say, tap
from tests.browser.test_handover import look_large as looked_at
from tests.browser.test_handover import next_opening

pytestmark = [pytest.mark.browser, pytest.mark.slow]


WIDE = """() => [...document.querySelectorAll("body *")].filter(
    e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
    .map(e => e.outerHTML.slice(0, 100))"""
"""Finds what stands out of the window."""


@pytest.fixture(scope="module")
def at_ten(demo: Demonstration) -> Demonstration:
    """The demo at ten o'clock of a working day: no night holds a push back."""
    demo.order("clock", {"at": next_opening(datetime.now(UTC)).isoformat()})
    return demo


def chat_of(chromium: Browser, demo: Demonstration, place: int) -> Page:
    """A resident's chat at phone width."""
    chat = chromium.new_context(viewport={"width": 390, "height": 844}).new_page()
    chat.goto(demo.chat)
    chat.wait_for_selector("#resident option", state="attached")
    chat.locator("#resident").select_option(index=place)
    return chat


def finds(chat: Page, name: str, level: str = "はじめて") -> None:
    """From the menu to the question whether it is this class."""
    say(chat, "スマホ教室")
    answered(chat, "どこの教室をさがしますか")
    keep_picture(chat, f"booking-{name}-where")
    tap(chat, "市内全部からさがす")
    answered(chat, "スマホは、どのくらい使いますか")
    keep_picture(chat, f"booking-{name}-level")
    tap(chat, level)
    answered(chat, "行きたい日を選んでください。")
    keep_picture(chat, f"booking-{name}-sessions")


def page_behind(chat: Page, label: str) -> Page:
    """Our page, opened by a link of the chat."""
    with chat.context.expect_page() as opened:
        chat.locator("#lines").get_by_text(label, exact=True).last.click()
    page = opened.value
    page.wait_for_load_state()
    return page


def look_large(page: Page, name: str) -> list[str]:
    """What is wrong with a resident's page."""
    return looked_at(page, name)


def writes_who_it_is(page: Page, name: str, kana: str) -> list[str]:
    """Through the form to the 控え; what is wrong with the pages on the way."""
    wrong = look_large(page, "booking-page-link")
    page.get_by_role("button", name="ページを開く").click()
    page.get_by_label("ふりがな").fill("花子")
    page.get_by_role("button", name="書いた内容を確かめる").click()
    expect(page.get_by_role("alert")).to_contain_text("直すところがあります")
    wrong += look_large(page, "booking-page-form")
    page.get_by_label("お名前").fill(name)
    page.get_by_label("ふりがな").fill(kana)
    page.get_by_label("電話番号", exact=True).fill("０９０-００００-００００")
    page.get_by_role("button", name="書いた内容を確かめる").click()
    expect(page.locator("h1")).to_have_text("この内容でよいですか")
    wrong += look_large(page, "booking-page-check")
    page.get_by_role("button", name="はい、予約します").click()
    expect(page.locator("h1")).to_have_text("予約の控え")
    return wrong + look_large(page, "booking-page-slip")


def at_two_hundred_per_cent(page: Page, name: str) -> list[str]:
    """What is wrong on a telephone whose text is twice as large."""
    page.set_viewport_size({"width": 360, "height": 740})
    # The root's size is what a browser's own setting for text changes; an evaluated property is
    # no inline style of the page, which its policy forbids.
    page.evaluate("document.documentElement.style.fontSize = '250%'")
    wrong = [f"{name} at 200 %: {one}" for one in findings(page)]
    if overflow(page) > 0:
        wide: list[str] = page.evaluate(WIDE)
        wrong += [f"{name} at 200 %: wide {one}" for one in wide]
    picture(page, f"{name}-200")
    page.evaluate("document.documentElement.style.fontSize = ''")
    return wrong


def test_a_class_is_booked_in_the_chat_and_stands_on_the_roster(
    chromium: Browser, at_ten: Demonstration
) -> None:
    chat = chat_of(chromium, at_ten, 0)
    finds(chat, "first")
    chat.locator("#lines").get_by_text("この教室にする", exact=True).first.click()
    answered(chat, "この教室でよいですか")
    keep_picture(chat, "booking-first-confirm")
    tap(chat, "はい、予約する")
    answered(chat, "書くのは一度だけです。")
    page = page_behind(chat, "ページを開く")
    complaints = listen(page)
    wrong = writes_who_it_is(page, "𠮷田 髙子", "よしだ たかこ")
    wrong += at_two_hundred_per_cent(page, "booking-page-slip")
    page.get_by_role("link", name="希望や機種を伝える").click()
    wrong += look_large(page, "booking-page-wishes")
    wrong += at_two_hundred_per_cent(page, "booking-page-wishes")
    page.get_by_label("聞こえにくい").check()
    page.get_by_label("スマホのメーカーと機種").fill("見本社 A1")
    page.get_by_role("button", name="これで伝える").click()
    expect(page.get_by_role("status")).to_contain_text("希望を受け取りました")
    page.close()
    answered(chat, "予約できました。")
    keep_picture(chat, "booking-first-slip")
    assert chat.locator("#lines").get_by_text("髙子").count() == 0

    desk = chromium.new_context().new_page()
    sign_in(desk, at_ten, "見本 教室")
    number = session_of(at_ten)
    desk.goto(f"{at_ten.product}console/classes/{number}/roster")
    expect(desk.locator("main")).not_to_contain_text("髙子")
    desk.get_by_role("button", name="名前を開く").click()
    expect(desk.locator("main")).to_contain_text("𠮷田 髙子")
    picture(desk, "booking-roster")
    assert wrong == []
    assert [one for one in complaints if "422" not in one] == []


def test_a_seat_that_is_given_up_is_offered_to_who_waits(
    chromium: Browser, at_ten: Demonstration
) -> None:
    first, second = chat_of(chromium, at_ten, 0), chat_of(chromium, at_ten, 1)
    say(first, "わたしの予約")
    answered(first, "予約の控え")
    number = session_of(at_ten)
    only_one_seat(at_ten, number)
    finds(second, "second")
    second.locator("#lines").get_by_text("くわしく見る", exact=True).first.click()
    answered(second, "満席です。順番を待ちますか")
    keep_picture(second, "booking-second-full")
    tap(second, "はい、順番を待つ")
    answered(second, "書くのは一度だけです。")
    page = page_behind(second, "ページを開く")
    page.get_by_role("button", name="ページを開く").click()
    page.get_by_label("お名前").fill("見本 花子")
    page.get_by_label("ふりがな").fill("みほん はなこ")
    page.get_by_label("電話番号", exact=True).fill("000-0000-0000")
    page.get_by_role("button", name="書いた内容を確かめる").click()
    page.get_by_role("button", name="はい、予約します").click()
    expect(page.locator("main")).to_contain_text("1番目に待っています")
    assert look_large(page, "booking-page-waiting") == []
    page.close()

    tap(first, "予約をやめる")
    answered(first, "この予約をやめますか")
    keep_picture(first, "booking-first-cancel")
    tap(first, "はい、やめます")
    answered(first, "予約を取り消しました。")
    expect(second.locator("#lines").get_by_text("はい、行きます").last).to_be_visible(
        timeout=30_000
    )
    keep_picture(second, "booking-second-offer")
    tap(second, "はい、行きます")
    answered(second, "席が取れました。")
    keep_picture(second, "booking-second-seat")
    at_ten.order("clock", {"at": morning_of(at_ten, number).isoformat()})
    expect(second.locator("#lines").get_by_text("行けなくなった").last).to_be_visible(
        timeout=60_000
    )
    keep_picture(second, "booking-second-reminder")


def test_who_was_booked_by_telephone_links_their_slip_and_is_reminded_the_day_before(
    chromium: Browser, at_ten: Demonstration
) -> None:
    number = far_session(at_ten)
    desk = chromium.new_context().new_page()
    sign_in(desk, at_ten, "見本 窓口")
    desk.goto(f"{at_ten.product}console/classes/{number}")
    desk.get_by_role("link", name="予約を入れる").first.click()
    desk.get_by_label("受け方").select_option("phone")
    for label, words in (
        ("電話番号", "090-0000-0003"),
        ("ふりがな", "みほん さくら"),
        ("名前", "見本 さくら"),
    ):
        desk.get_by_label(label).fill(words)
    desk.get_by_label("名前").press("Enter")
    desk.get_by_role("button", name="この内容で予約する").click()
    desk.get_by_role("button", name="控えを作る").click()
    code = desk.locator(".slip-code").inner_text()
    picture(desk, "booking-phone-slip")

    chat = chat_of(chromium, at_ten, 2)
    say(chat, code)
    answered(chat, "予約（よやく）と LINEが つながりました。")
    before = chat.locator("#lines").get_by_text("行けなくなった").count()
    at_ten.order("clock", {"at": day_before(at_ten, number).isoformat()})
    expect(chat.locator("#lines").get_by_text("行けなくなった")).to_have_count(
        before + 1, timeout=60_000
    )
    keep_picture(chat, "booking-phone-reminder")
    assert chat.locator("#lines").get_by_text("さくら").count() == 0


def database_of(demo: Demonstration) -> sqlite3.Connection:
    return sqlite3.connect(demo.log.parent / "demo" / "madoguchi.db", timeout=10)


def session_of(demo: Demonstration) -> int:
    """The class that was booked last."""
    with database_of(demo) as held:
        found = held.execute("SELECT session_id FROM class_booking ORDER BY id DESC LIMIT 1")
        return int(found.fetchone()[0])


def only_one_seat(demo: Demonstration, number: int) -> None:
    """As if staff had planned the class for one alone."""
    with database_of(demo) as held:
        held.execute("UPDATE class_session SET capacity = 1, kept = 0 WHERE id = ?", (number,))


def morning_of(demo: Demonstration, number: int) -> datetime:
    """Five past eight on the day of the class."""
    with database_of(demo) as held:
        found = held.execute("SELECT starts_at FROM class_session WHERE id = ?", (number,))
        starts = datetime.fromisoformat(found.fetchone()[0]).replace(tzinfo=UTC)
    return starts.astimezone(dates.ZONE).replace(hour=8, minute=5)


def far_session(demo: Demonstration) -> int:
    """A class in more than three days from the demo's civil time, of one date alone."""
    now = datetime.fromisoformat(demo.order("clock")["civil"]) + timedelta(days=3)
    with database_of(demo) as held:
        found = held.execute(
            "SELECT id FROM class_session WHERE starts_at > ? AND state = 'open' "
            "AND closes_at > ? ORDER BY starts_at",
            (now.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"),) * 2,
        )
        return int(found.fetchone()[0])


def day_before(demo: Demonstration, number: int) -> datetime:
    """Five past ten on the day before the class."""
    morning = morning_of(demo, number) - timedelta(days=1)
    return morning.replace(hour=10, minute=5)
