"""A resident's own pages on a phone: choices in one form, everything that is kept, and its end."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.db import Database
from bot.sealing import Sealer
from handlers.chat.turn import Desk
from tests.browser.console_shown import listen, overflow, serving
from tests.browser.test_handover import look_large
from tests.databases import replaced
from tests.flows.chatting import CivilTime
from tests.flows.conftest import desk, engine  # noqa: F401
from tests.flows.handing_over import House, house, link_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def at(
    sqlite_url: str,
    migrated_sqlite: Path,
    sealer: Sealer,
    desk: Desk,  # noqa: F811
) -> Iterator[House]:
    database = Database(sqlite_url)
    replaced(migrated_sqlite, database.url)
    yield house(database, sealer, CivilTime(), desk)
    database.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A phone's browser that runs no script."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, accept_downloads=True)
    yield context.new_page()
    context.close()


def look_at_twice_the_size(page: Page, name: str) -> list[str]:
    """What is wrong on a phone whose owner doubled the type."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("document.documentElement.style.fontSize = '250%'")
    wide = overflow(page)
    if folder := os.environ.get("MADOGUCHI_SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}-200.png"), full_page=True)
    page.evaluate("document.documentElement.style.fontSize = ''")
    return [f"{name} is {wide} px too wide at twice the size"] if wide > 0 else []


def look(page: Page, name: str) -> list[str]:
    page.wait_for_load_state()  # a click ends before the next page has its style
    return [*look_large(page, f"mine-{name}"), *look_at_twice_the_size(page, f"mine-{name}")]


def test_choices_are_made_seen_taken_away_and_deleted(at: House, page: Page) -> None:
    complaints = listen(page)
    at.resident.says("ごみの日はいつ")
    at.resident.posts_back("to=watch&p=P013")
    link = link_in(at.resident.posts_back("to=choose_page"))
    with serving(at.app) as address:
        page.goto(address + link)
        wrong = look(page, "open")
        page.get_by_role("button", name="ページを開く").click()
        wrong += look(page, "choices")
        page.get_by_role("checkbox", name="スマホ教室").check()
        page.get_by_label("どの地区に近いですか").select_option(label="羽津")
        page.get_by_role("radio", name="65歳から74歳").check()
        page.get_by_role("button", name="これで残す").click()
        expect(page.get_by_role("status")).to_contain_text("スマホ教室")
        expect(page.get_by_role("status")).to_contain_text("羽津")
        wrong += look(page, "kept")
        page.get_by_role("link", name="残っているものを全部見る").click()
        expect(page.locator("main")).to_contain_text("ごみの日はいつ")
        wrong += look(page, "everything")
        with page.expect_download() as taken:
            page.get_by_role("link", name="ファイルで持ち帰る").click()
        assert taken.value.suggested_filename == "watashi-no-joho.json"
        page.get_by_role("link", name="全部消す").click()
        wrong += look(page, "forget")
        page.get_by_role("button", name="はい、全部消します").click()
        expect(page.locator("h1")).to_have_text("全部消しました")
        wrong += look(page, "forgotten")
    assert wrong == []
    assert complaints == []
