"""The console in a browser: by keyboard alone, at three widths, without one complaint."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from jinja2 import FileSystemLoader
from playwright.sync_api import Browser, Page, expect

from bot.clocks import real_time
from bot.db import Database
from bot.migrations import migrate
from bot.sealing import Sealer
from bot.speech.texts import Voice
from bot.staff import accounts, sessions, setup
from bot.staff.codes import code_at, step_at
from bot.staff.rules import Role
from handlers.console.contents import SECTIONS
from handlers.console.desk import Desk
from handlers.console.forms import Field, empty
from handlers.console.routing import STAFF, Section
from handlers.demo_people import DemoPeople, add_sample_staff
from tests.browser.console_shown import listen, look, serving
from tests.flows.console_at_work import TEXTS, app_with_console, services
from tests.flows.staff_at_work import PASSWORD, PASSWORDS, colleague

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class Opened:
    """A console that is served, an admin's browser page in it, and what it complained of."""

    def __init__(self, database: Database, sealer: Sealer, address: str, browser: Browser) -> None:
        self.database, self.sealer, self.address = database, sealer, address
        self.boss = colleague(database, sealer, "boss", list(Role), real_time())
        self.browser = browser
        self.page: Page = browser.new_context().new_page()
        self.complaints = listen(self.page)

    def go(self, path: str) -> None:
        self.page.goto(f"{self.address}/console/{path}")

    def enter(self) -> None:
        """Signs the admin in by the cookie of a session, where signing in is not the matter."""
        with self.database.writing() as session:
            now = self.database.lease_now(session)
            token = sessions.begin(session, self.sealer, self.boss.id, sessions.Stage.OPEN, now)
        cookie = {"name": "madoguchi", "value": token, "url": self.address}
        self.page.context.add_cookies([cookie])

    def look(self, name: str) -> list[str]:
        """Everything wrong with the page as it stands, at three widths."""
        return look(self.page, name)


_TEXT = Field("text", "console_people.name", "area", most=5000)
_TRYING = Section("trying")


@_TRYING.get("/trying", STAFF)
def form_with_draft(desk: Desk) -> tuple[str, int]:
    """A page as other topics make them: a form that keeps what is being written."""
    draft = desk.draft("trying")
    return desk.show("trying.html", form=empty([_TEXT], draft.fields if draft else {}), draft=draft)


@pytest.fixture
def opened(tmp_path: Path, sealer: Sealer, chromium: Browser) -> Iterator[Opened]:
    database = Database(f"sqlite:///{tmp_path}/madoguchi.db")
    migrate(database)
    add_sample_staff(database, sealer, Voice(TEXTS), PASSWORDS, tmp_path)
    given = services(database, sealer, demo=DemoPeople(tmp_path / "staff.json", database, sealer))
    app = app_with_console(given, sections=(_TRYING, *SECTIONS))
    app.jinja_loader = FileSystemLoader(Path(__file__).parent / "templates")
    with serving(app) as address:
        console = Opened(database, sealer, address, chromium)
        yield console
        console.page.context.close()
    database.close()


def test_one_signs_in_by_keyboard_alone_and_no_complaint_is_heard(opened: Opened) -> None:
    page = opened.page
    opened.go("")
    keys = page.keyboard
    keys.press("Tab")
    expect(page.locator(":focus")).to_have_text("本文へ移動する")
    keys.press("Enter")
    keys.press("Tab")
    keys.type("boss")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    expect(page.locator("h1")).to_have_text("確認コード")
    page.locator("#code").focus()
    keys.type(opened.boss.code(real_time()))
    keys.press("Enter")
    expect(page.locator("h1")).to_contain_text("今日")
    expect(page.locator(".who")).to_contain_text("見本 職員")
    expect(page.locator("html.has-script")).to_be_visible()
    keys.press("/")
    expect(page.locator("#find")).to_be_focused()
    keys.type("mihon")
    keys.press("Enter")
    # Eight people, and the way to the search among those who booked a class.
    expect(page.locator("[data-item]")).to_have_count(9)
    expect(page.locator("html.has-script")).to_be_visible()
    for _ in range(2):
        keys.press("j")
    keys.press("k")
    keys.press("j")
    name = page.locator(":focus").inner_text()
    keys.press("Enter")
    expect(page.locator("h1")).to_have_text(re.sub("（.*", "", name))
    expect(page.locator("html.has-script")).to_be_visible()
    keys.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    keys.press("Escape")
    expect(page.locator("#shortcuts")).to_be_hidden()
    assert opened.complaints == []


def test_every_page_is_clear_of_findings_at_three_widths(opened: Opened) -> None:
    wrong: list[str] = []
    opened.go("sign-in")
    wrong += opened.look("sign-in")
    opened.page.get_by_role("button", name="見本 窓口で入る").click()
    wrong += opened.look("sign-in-code")
    opened.page.locator("#code").fill("000000")
    opened.page.get_by_role("button", name="サインインする").click()
    wrong += opened.look("sign-in-code-refused")
    opened.enter()
    with opened.database.reading() as session:
        row = accounts.by_login(session, "mihon-support")
        assert row is not None
    pages = {
        "today": "",
        "search": "search?q=mihon",
        "search-nothing": "search?q=zzz",
        "account": "me",
        "password": "me/password",
        "prove": "me/prove",
        "people": "people",
        "people-new": "people/new",
        "person": f"people/{row.id}",
        "audit": "audit",
        "audit-nothing": "audit?actor=nobody",
        "not-there": "nowhere",
        "draft": "trying",
    }
    for name, path in pages.items():
        opened.go(path)
        wrong += opened.look(name)
    opened.go("audit?item=mihon-support")
    opened.page.locator("summary").first.click()
    wrong += opened.look("audit-changes")
    opened.page.keyboard.press("?")
    wrong += opened.look("shortcuts")
    assert wrong == []
    # A code that was refused and a page that is not there answer with such a status.
    statuses = "Failed to load resource: the server responded with a status of "
    assert [one for one in opened.complaints if not one.startswith(statuses)] == []


def test_setting_up_is_clear_of_findings_from_link_to_recovery_codes(opened: Opened) -> None:
    with opened.database.writing() as session:
        link = setup.issue(session, opened.sealer, opened.boss.id, real_time())
    page = opened.page
    opened.go(f"set-up/{link}")
    wrong = opened.look("set-up")
    page.locator("#password").fill(PASSWORD)
    page.locator("#again").fill(PASSWORD)
    page.get_by_role("button", name="次へ").click()
    wrong += opened.look("set-up-phone")
    assert page.locator("img.qr").evaluate("image => image.naturalWidth") > 100
    page.locator("summary").click()
    secret = page.locator("p.code").inner_text().replace(" ", "")
    page.locator("#code").fill(code_at(secret, step_at(real_time())))
    page.get_by_role("button", name="登録する").click()
    expect(page.locator(".codes li")).to_have_count(10)
    wrong += opened.look("recovery-codes")
    opened.go(f"set-up/{link}")
    wrong += opened.look("link-dead")
    assert wrong == []


def test_what_is_being_written_is_kept_by_itself(opened: Opened) -> None:
    opened.enter()
    opened.go("trying")
    page = opened.page
    page.locator("#text").fill("書きかけの答え")
    expect(page.locator("[data-saved]")).to_contain_text("自動で保存しました", timeout=8000)
    page.reload()
    expect(page.locator("#text")).to_have_value("書きかけの答え")
    expect(page.locator("[data-saved]")).to_contain_text("書きかけた内容があります")
    assert opened.complaints == []


def test_five_minutes_before_its_end_a_session_warns_and_can_go_on(opened: Opened) -> None:
    opened.enter()
    page = opened.page
    page.clock.install()
    opened.go("trying")
    page.locator("#text").fill("まだ書いています")
    page.clock.run_for(2000)  # what was typed is kept first: that is still using the session
    expect(page.locator("[data-saved]")).to_contain_text("保存")
    with opened.database.writing() as session:
        for visit in sessions.living(session, opened.sealer, opened.boss.id, real_time()):
            sessions.touch(session, visit.id, real_time() - timedelta(minutes=25, seconds=10))
    page.clock.fast_forward(timedelta(minutes=26).total_seconds() * 1000)
    dialog = page.locator("#session-ends")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("あと5分で")
    page.wait_for_load_state("networkidle")
    with opened.database.reading() as session:
        newest = sessions.living(session, opened.sealer, opened.boss.id, real_time())[0]
    assert newest.ends_at - real_time() < timedelta(minutes=5)  # warning prolongs nothing
    dialog.get_by_role("button", name="続ける").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("#text")).to_have_value("まだ書いています")
    with opened.database.reading() as session:
        newest = sessions.living(session, opened.sealer, opened.boss.id, real_time())[0]
    assert newest.ends_at - real_time() > timedelta(minutes=29)


def test_every_form_works_without_javascript(opened: Opened) -> None:
    context = opened.browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{opened.address}/console/people")
    page.locator("#login").fill("boss")
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="次へ").click()
    page.locator("#code").fill(opened.boss.code(real_time()))
    page.get_by_role("button", name="サインインする").click()
    expect(page.locator("h1")).to_have_text("職員")
    page.get_by_role("link", name="職員を加える").click()
    page.locator("#login").fill("suzuki")
    page.locator("#name").fill("見本 新人")
    page.get_by_role("checkbox", name="窓口").check()
    page.get_by_role("button", name="加えて、設定リンクを作る").click()
    expect(page.locator("p.link")).to_contain_text("/console/set-up/")
    page.get_by_role("button", name="サインアウト").click()
    expect(page.locator("h1")).to_have_text("サインイン")
    context.close()
