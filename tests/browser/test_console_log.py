"""The log, its figures and counter mode in a browser: by keyboard, on paper, without complaint."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.answers.engine import Engine
from bot.answers.values import Entry
from bot.clocks import real_time
from bot.db import Database
from bot.knowledge import service as knowledge
from bot.knowledge.keeping import Author
from bot.knowledge.shelves import PROCEDURES
from bot.knowledge.values import KnowledgeEntry, Procedure
from bot.migrations import migrate
from bot.questions import service as questions
from bot.sealing import Sealer
from bot.staff import sessions
from bot.staff.rules import Role
from tests.browser.console_shown import listen, look, overflow, picture, serving
from tests.flows.console_at_work import app_with_console, services
from tests.flows.reviewing import asks, knows
from tests.flows.staff_at_work import colleague

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ENTRIES = [
    KnowledgeEntry(
        id="bin",
        question="粗大ごみの出し方を知りたい",
        answer="電話で申し込みます。\n粗大ごみ券を買います。\n朝8時までに家の前に出します。",
        bring=("粗大ごみ券", "申し込みの番号の控え"),
        fee="1点500円（見本）",
        deadline="出す日の3日前まで",
        place="生活環境課、各地区市民センター",
        section="gomi",
        procedure="P001",
        sample=True,
    ),
    KnowledgeEntry(id="dog", question="犬の登録はどうしますか", answer="市役所で登録します。"),
    KnowledgeEntry(id="cat", question="猫の登録はどうしますか", answer="登録はいりません。"),
]


class Opened:
    """The console with a week of questions in it, and somebody signed in."""

    def __init__(
        self, database: Database, sealer: Sealer, address: str, browser: Browser, *roles: Role
    ) -> None:
        self.database, self.sealer, self.address = database, sealer, address
        roles = roles or (Role.SUPPORT, Role.COUNTER, Role.VIEWER)
        self.me = colleague(database, sealer, "tanaka", roles, real_time())
        self.browser = browser
        self.page = self.enter()
        self.complaints = listen(self.page)

    def enter(self, **settings: bool) -> Page:
        page = self.browser.new_context(**settings).new_page()  # type: ignore[arg-type]
        with self.database.writing() as session:
            now = self.database.lease_now(session)
            stage = sessions.Stage.OPEN
            token = sessions.begin(session, self.sealer, self.me.id, stage, now)
        cookie = {"name": "madoguchi", "value": token, "url": self.address}
        page.context.add_cookies([cookie])  # type: ignore[list-item]
        return page

    def go(self, path: str) -> None:
        answer = self.page.goto(f"{self.address}/console/{path}")
        assert answer is not None
        assert answer.status == 200

    def look(self, name: str) -> list[str]:
        """Everything wrong with the page as it stands, at three widths."""
        return look(self.page, name)


def fill(database: Database, now: datetime) -> list[int]:
    """Thirty days of questions of every ending; the last made are of yesterday."""
    knows(database, *ENTRIES)
    held = Procedure(
        id="P001", name="粗大ごみ収集の申込み", needed=("申込書",), description="説明。"
    )
    with database.writing() as session:
        knowledge.put(session, PROCEDURES, held, Author("seed", now))
    made = []
    for day in range(30, 0, -1):
        at = now - timedelta(days=day, hours=day % 9)
        for number in range(2 + day % 5):
            who = f"r{day}-{number}"
            direct = asks(database, "ごみの出し方", who, at=at, outcome="direct", shown=("bin",))
            some = asks(
                database,
                f"犬の手続き{number}",
                who,
                at=at,
                outcome="candidates",
                shown=("dog", "cat", "bin"),
                scores=(0.52, 0.5, 0.31),
                gate=0.6,
                margin=0.02,
            )
            made += [direct, some, asks(database, "月へ行きたい", who, at=at, awaits=True)]
            with database.writing() as session:
                questions.react(session, direct, who, number % 3 > 0, at)
                if number % 3 == 0:
                    questions.choose(session, some, who, "dog", at)
                    questions.react(session, some, who, True, at)
                elif number % 3 == 1:
                    questions.choose_none(session, some, who, at)
    return made


@pytest.fixture
def opened(tmp_path: Path, sealer: Sealer, chromium: Browser) -> Iterator[Opened]:
    database = Database(f"sqlite:///{tmp_path}/madoguchi.db")
    migrate(database)
    engine = Engine.build(Entry(e.id, e.question, e.answer) for e in ENTRIES)
    given = replace(services(database, sealer), engine=lambda: engine)
    with serving(app_with_console(given)) as address:
        console = Opened(database, sealer, address, chromium)
        yield console
        for context in chromium.contexts:
            context.close()
    database.close()


def test_every_page_is_clear_of_findings_at_three_widths(opened: Opened) -> None:
    opened.go("log")
    wrong = opened.look("log-empty")
    for name in ("rates", "rates/most"):
        opened.go(name)
        wrong += opened.look(f"{name.replace('/', '-')}-empty")
    made = fill(opened.database, real_time())
    with opened.database.writing() as session:
        questions.withdraw(session, "m-月へ行きたい-r1-0", "r1-0", real_time())
    pages = {
        "today-figures": "",
        "log": "log",
        "log-entry": "log?entry=dog&reaction=yes",
        "log-alike": "log?entry=登録",
        "log-nothing": "log?q=どこにもない",
        "log-story": f"log/{made[-2]}",
        "log-story-gone": f"log/{made[-7]}",
        "rates": "rates",
        "rates-week": "rates?unit=week&since=2001-01-01",
        "rates-most": "rates/most",
        "rates-people": "rates/people",
        "counter": "counter",
        "counter-direct": "counter?q=粗大ごみの出し方を知りたい",
        "counter-candidates": "counter?q=登録はどうしますか",
        "counter-unknown": "counter?q=月へ行くロケット",
        "counter-sheet": "counter/entry/bin?q=粗大ごみ",
        "counter-procedure": "counter/procedure/P001?q=粗大ごみ",
    }
    for name, path in pages.items():
        opened.go(path)
        wrong += opened.look(name)
    opened.go("log")
    opened.page.locator("summary").click()
    wrong += opened.look("log-export")
    assert wrong == []
    assert opened.complaints == []


def test_a_question_is_found_read_and_left_by_keyboard_alone(opened: Opened) -> None:
    fill(opened.database, real_time())
    page, keys = opened.page, opened.page.keyboard
    opened.go("log")
    expect(page.locator("html.has-script")).to_be_visible()
    page.locator("#q").focus()
    keys.type("月へ")
    keys.press("Enter")
    expect(page.locator("[data-item]")).to_have_count(50)
    expect(page.locator("html.has-script")).to_be_visible()
    keys.press("j")
    keys.press("Enter")
    expect(page.locator("blockquote")).to_have_text("月へ行きたい")
    assert opened.complaints == []


def test_the_counter_answers_logs_and_takes_back_by_keyboard_alone(opened: Opened) -> None:
    fill(opened.database, real_time())
    page, keys = opened.page, opened.page.keyboard
    opened.go("counter")
    expect(page.locator("#q")).to_be_focused()
    keys.type("粗大ごみの出し方を知りたい")
    keys.press("Enter")
    expect(page.locator(".sheet h2")).to_have_text("粗大ごみの出し方を知りたい")
    page.get_by_role("button", name="この答えで案内した").focus()
    keys.press("Enter")
    expect(page.locator(".notice")).to_contain_text("記録しました。")
    page.get_by_role("button", name="いまの記録を元に戻す").focus()
    keys.press("Enter")
    expect(page.locator(".notice")).to_contain_text("記録を元に戻しました。")
    assert opened.complaints == []


def test_everything_works_without_javascript(opened: Opened) -> None:
    fill(opened.database, real_time())
    page = opened.enter(java_script_enabled=False)
    page.goto(f"{opened.address}/console/counter")
    page.locator("#q").fill("月へ行くロケット")
    page.get_by_role("search", name="窓口で答えを探す").get_by_role("button").click()
    page.get_by_role("button", name="答えられなかった").click()
    expect(page.locator(".notice")).to_contain_text("未回答に送りました")
    page.goto(f"{opened.address}/console/log")
    page.locator("#outcome").select_option("unanswered")
    page.locator("form.filter button").click()
    page.get_by_role("link", name="月へ行くロケット").click()
    expect(page.locator("main .tag").first).to_have_text("答えられなかった")
    page.goto(f"{opened.address}/console/log")
    page.locator("summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="保存する").click()
    assert download.value.suggested_filename.startswith("questions-")


def test_on_paper_stand_the_answer_and_the_figures_alone(opened: Opened) -> None:
    fill(opened.database, real_time())
    page = opened.page
    opened.go("counter/entry/bin?q=粗大ごみ")
    page.emulate_media(media="print")
    expect(page.locator(".paper-only").first).to_be_visible()
    expect(page.locator(".phone-number")).to_be_visible()
    for hidden in (".top", ".bottom", ".done"):
        expect(page.locator(hidden)).to_be_hidden()
    page.set_viewport_size({"width": 700, "height": 990})
    picture(page, "paper-counter")
    page.set_viewport_size({"width": 1030, "height": 700})
    for name in ("rates", "rates/most"):
        opened.go(name)
        expect(page.locator("form.filter")).to_be_hidden()
        assert overflow(page) == 0
        picture(page, f"paper-{name.replace('/', '-')}")
    assert opened.complaints == []
