"""Two colleagues at the same announcement: each learns of the other, also of who comes later."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.campaigns import service
from bot.clocks import real_time
from bot.db import Database
from bot.migrations import migrate
from bot.sealing import Sealer
from bot.staff import sessions
from bot.staff.rules import Role, Stage
from tests.browser.console_shown import listen, look, serving
from tests.flows.announcing import written
from tests.flows.console_at_work import app_with_console, services
from tests.flows.staff_at_work import colleague

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path}/madoguchi.db")
    migrate(made)
    with made.writing() as session:
        service.draft(session, written(), author="aoi", now=real_time())
    yield made
    made.close()


@pytest.fixture
def address(database: Database, sealer: Sealer) -> Iterator[str]:
    with serving(app_with_console(services(database, sealer))) as served:
        yield served


def signed_in(
    chromium: Browser, database: Database, sealer: Sealer, address: str, login: str
) -> Page:
    who = colleague(database, sealer, login, [Role.ANNOUNCER], real_time())
    with database.writing() as session:
        now = database.lease_now(session)
        token = sessions.begin(session, sealer, who.id, Stage.OPEN, now)
    context = chromium.new_context()
    context.add_cookies([{"name": "madoguchi", "value": token, "url": address}])
    return context.new_page()


def test_who_has_it_open_hears_within_a_minute_that_a_colleague_came(
    chromium: Browser, database: Database, sealer: Sealer, address: str
) -> None:
    first = signed_in(chromium, database, sealer, address, "aoi")
    complaints = listen(first)
    first.clock.install()
    first.goto(f"{address}/console/news/1/write")
    notice = first.locator("[data-editing]")
    expect(notice).to_be_empty()
    second = signed_in(chromium, database, sealer, address, "hinata")
    second.goto(f"{address}/console/news/1/write")
    expect(second.locator("[data-editing]")).to_contain_text("見本 職員さんが編集中です")
    first.locator("#p0_text").fill("書きかけ")
    first.clock.run_for(41_000)
    expect(notice).to_contain_text("見本 職員さんが編集中です")
    expect(first.locator("#p0_text")).to_have_value("書きかけ")
    said = notice.locator(".notice").element_handle()
    with first.expect_response("**/console/editing/**"):
        first.clock.run_for(41_000)
    assert notice.locator(".notice").evaluate("(now, said) => now === said", said)
    assert look(first, "news-write-two") == []
    assert complaints == []
    for page in (first, second):
        page.context.close()
