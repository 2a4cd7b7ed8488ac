"""The plan in a browser: the public page, the staff's screens and the poster, without complaint."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.clocks import real_time
from bot.db import Database
from bot.migrations import migrate
from bot.plan import recording
from bot.plan.rules import StepState
from bot.residents import service as residents
from bot.sealing import Sealer
from bot.staff.rules import Role
from tests.browser.console_shown import (
    findings,
    listen,
    overflow,
    serving,
    small_targets,
    small_type,
)
from tests.browser.test_console_log import Opened, picture
from tests.flows.console_at_work import app_with_console, services
from tests.flows.planning import PLAN, open_pages, terms

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def opened(tmp_path: Path, sealer: Sealer, chromium: Browser) -> Iterator[Opened]:
    database = Database(f"sqlite:///{tmp_path}/madoguchi.db")
    migrate(database)
    app = app_with_console(services(database, sealer))
    open_pages(app, database, sealer, real_time)
    with serving(app) as address:
        yield Opened(database, sealer, address, chromium, Role.ANNOUNCER, Role.SUPPORT)
        for context in chromium.contexts:
            context.close()
    database.close()


def fill(database: Database, sealer: Sealer) -> None:
    """Two years of progress, and friends of three weeks."""
    now = real_time()
    with database.writing() as session:
        given = {"by": "tanaka", "now": now, "terms": terms()}
        for year, count in ((2022, 15), (2023, 9), (2024, 4)):
            names = [f"手続き{year}の{number}" for number in range(count)]
            recording.went_online_by_name(session, names, date(year, 7, 1), **given)
        for key, state in (("1-1:2022:1", StepState.DONE), ("2-2:2024:1", StepState.UNDER_WAY)):
            measure, _, step = PLAN.step(key) or pytest.fail("no such step")
            recording.step(session, measure, step, state, date(2024, 5, 1), **given)
        recording.figure(session, 8, "友だちの数", "1,200人", date(2025, 4, 1), **given)
        for number in range(60):
            at = now - timedelta(days=number % 21)
            residents.meet(session, sealer, f"r{number}", f"U{number}", at)


def test_the_public_page_reads_at_every_width_and_without_anything_of_ours(
    opened: Opened, chromium: Browser
) -> None:
    page: Page = chromium.new_context(java_script_enabled=False).new_page()
    complaints = listen(page)
    seen: Page = chromium.new_context().new_page()
    wrong = []
    for name in ("plan-unknown", "plan-known"):
        if name == "plan-known":
            fill(opened.database, opened.sealer)
        page.goto(f"{opened.address}/plan")
        expect(page.locator("h1")).to_have_text("計画はどこまで進んだか")
        seen.goto(f"{opened.address}/plan")
        for width in (320, 390, 1024):
            seen.set_viewport_size({"width": width, "height": 800})
            at = f"{name} at {width}: "
            wrong += [at + one for one in (*findings(seen), *small_targets(seen))]
            wrong += [at + "small type " + one for one in small_type(seen)]
            wrong += [at + "wider than the window"] if overflow(seen) > 0 else []
            picture(seen, f"{name}-{width}")
    assert wrong == []
    assert complaints == []
    said = (
        "オンラインになった手続きは、全部で224のうち28です。令和4年度 15、令和5年度 9、令和6年度 4"
    )
    expect(seen.locator("svg.chart")).to_have_attribute("aria-label", f"{said}、令和7年度 記録なし")


def test_staff_record_look_and_print(opened: Opened) -> None:
    page = opened.page
    wrong = []
    for name in ("plan", "plan/records", "plan/measure/2", "friends", "digest"):
        opened.go(name)
        wrong += opened.look(f"{name.replace('/', '-')}-empty")
    opened.go("plan")
    page.locator("#names").fill("道路の使用の届出\n犬の登録")
    page.get_by_role("button", name="記録する").nth(1).click()
    expect(page.locator(".notice")).to_contain_text("2件を記録しました。")
    page.get_by_role("link", name="1 行政手続のオンライン化").click()
    page.locator("#step").select_option("1-1:2022:1")
    page.locator("#state").select_option("done")
    page.get_by_role("button", name="記録する").first.click()
    expect(page.locator(".notice")).to_contain_text("記録しました。")
    opened.go("plan/records")
    page.get_by_role("button", name="取り消す").first.click()
    expect(page.locator(".notice")).to_contain_text("記録を取り消しました。")
    fill(opened.database, opened.sealer)
    for name in ("plan", "plan/records", "plan/measure/1", "friends", "poster", "digest", ""):
        opened.go(name)
        wrong += opened.look(f"{name.replace('/', '-')}-filled")
    assert wrong == []
    opened.go("poster")
    page.emulate_media(media="print")
    expect(page.locator(".top")).to_be_hidden()
    expect(page.locator(".poster-code img")).to_be_visible()
    page.set_viewport_size({"width": 700, "height": 1000})
    picture(page, "paper-poster")
    assert page.locator(".poster").evaluate("e => e.getBoundingClientRect().height") < 1000
    assert opened.complaints == []
