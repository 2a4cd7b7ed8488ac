"""Knowledge in a browser: written, tried, saved and answered; and every page of it looked at."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from bot.answers.engine import Engine
from bot.answers.values import Outcome
from bot.clocks import real_time
from bot.db import Database
from bot.migrations import migrate
from bot.sealing import Sealer
from bot.staff import sessions
from bot.staff.rules import Role, Stage
from tests.browser.console_shown import listen, look, serving
from tests.flows.knowledge_at_work import engine_of, entry, knowledge_app, stands_still
from tests.flows.seeded import seeded_copy
from tests.flows.staff_at_work import colleague

pytestmark = [pytest.mark.browser, pytest.mark.slow]
QUESTION = "庭木の枝をもらってくれますか"


class Opened:
    """A console over the sample city's knowledge, and a browser page of a support worker."""

    def __init__(self, database: Database, sealer: Sealer, address: str, browser: Browser) -> None:
        self.database, self.address = database, address
        aoi = colleague(database, sealer, "aoi", [Role.SUPPORT], real_time())
        with database.writing() as session:
            now = database.lease_now(session)
            token = sessions.begin(session, sealer, aoi.id, Stage.OPEN, now)
        self._cookie = {"name": "madoguchi", "value": token, "url": address}
        self.browser = browser
        self.page = self.new_page()
        self.complaints = listen(self.page)

    def new_page(self, **how: bool) -> Page:
        context = self.browser.new_context(**how)  # type: ignore[arg-type]
        context.add_cookies([self._cookie])  # type: ignore[list-item]
        return context.new_page()

    def go(self, path: str) -> None:
        self.page.goto(f"{self.address}/console/knowledge{path}")

    def look(self, name: str) -> list[str]:
        """Everything wrong with the page as it stands, at three widths."""
        return look(self.page, name, height=900)


@pytest.fixture
def opened(tmp_path: Path, sealer: Sealer, chromium: Browser) -> Iterator[Opened]:
    database = Database(f"sqlite:///{tmp_path}/madoguchi.db")
    migrate(database)
    seeded_copy(database)
    with serving(knowledge_app(database, sealer)) as address:
        console = Opened(database, sealer, address, chromium)
        yield console
        console.page.context.close()
    database.close()


@pytest.fixture
def engine(opened: Opened) -> Callable[[], Engine]:
    return engine_of(opened.database)


def test_one_writes_tries_and_saves_and_the_desk_answers(
    opened: Opened, engine: Callable[[], Engine]
) -> None:
    before = engine().ask(QUESTION)
    assert (before.outcome is Outcome.DIRECT and before.ranked[0].entry_id == "garden") is False
    page = opened.page
    opened.go("")
    page.get_by_role("link", name="加える").click()
    page.locator("#question").fill("庭の木の枝はどう捨てますか")
    page.locator("#answer").fill(
        "枝は長さ50センチに切ってください。\n10束までごみ置き場に出せます。"
    )
    page.locator("#id").fill("garden")
    page.locator("#section").select_option("gomi")
    expect(page.locator("#meter-question")).to_have_text("13／200文字")
    expect(page.locator("[data-checks] .phone-body")).to_contain_text("10束まで")
    expect(page.locator("[data-saved]")).to_contain_text("自動で保存しました", timeout=8000)
    page.locator("#tried").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator("[data-tried]")).to_contain_text("この内容を公開すると")
    page.locator("#wordings").fill(QUESTION)
    page.get_by_role("button", name="答えを見る").click()
    then = page.locator("[data-tried] .tried > div").nth(1)
    expect(then).to_contain_text("すぐに答えます。")
    expect(then).to_contain_text("（この内容）")
    page.get_by_label("大", exact=True).check()
    size = page.locator(".phone").first.evaluate("e => getComputedStyle(e).fontSize")
    assert size == "22px"
    page.get_by_role("button", name="公開する").click()
    if page.get_by_role("button", name="それでも公開する").is_visible():
        page.get_by_role("button", name="それでも公開する").click()
    expect(page.locator(".notices")).to_contain_text("公開しました")
    found = engine().ask(QUESTION)
    assert (found.outcome, found.ranked[0].entry_id) == (Outcome.DIRECT, "garden")
    page.get_by_role("button", name="元に戻す").wait_for(state="detached")
    assert entry(opened.database, "garden").kept.version == 1
    statuses = "Failed to load resource: the server responded with a status of 422"
    assert [one for one in opened.complaints if not one.startswith(statuses)] == []


def test_every_page_is_clear_of_findings_at_three_widths(opened: Opened) -> None:
    wrong: list[str] = []
    page = opened.page
    for name, path in {
        "list": "",
        "list-found": "?q=ごみ&care=never",
        "list-nothing": "?q=zzzz",
        "procedures": "/procedures",
        "one": "/faq/mynumber-apply",
        "procedure": "/procedures/P001",
        "edit": "/faq/mynumber-apply/edit",
        "edit-procedure": "/procedures/P001/edit",
        "new": "/new/faq?question=マイナンバーカードはどうやって申し込みますか",
        "history": "/faq/mynumber-apply/history",
        "remove": "/faq/mynumber-apply/remove",
        "synonyms": "/synonyms",
        "ignorable": "/ignorable",
        "files": "/import",
    }.items():
        opened.go(path)
        assert page.locator("h1").count() == 1, name
        wrong += opened.look(f"knowledge-{name}")
    assert wrong == []
    assert opened.complaints == []


def test_what_comes_back_from_forms_is_clear_of_findings(opened: Opened) -> None:
    wrong: list[str] = []
    page = opened.page
    opened.go("/new/faq")
    page.locator("#question").fill("マイナンバーカードは、どうやって申し込みますか？")
    page.locator("#answer").fill("アセスメントをしないわけではありません。")
    page.locator("#expires").fill("いつか")
    page.get_by_role("button", name="公開する").click()
    wrong += opened.look("knowledge-edit-fault")
    page.locator("#expires").fill("")
    page.get_by_role("button", name="公開する").click()
    expect(page.get_by_role("button", name="それでも公開する")).to_be_visible()
    wrong += opened.look("knowledge-edit-near")
    opened.go("/faq/mynumber-apply/edit")
    page.locator("#answer").fill("窓口で申し込みます。")
    page.get_by_role("button", name="公開する").click()
    wrong += opened.look("knowledge-saved")
    page.get_by_role("link", name="これまでの版").click()
    page.locator("summary").nth(1).click()
    wrong += opened.look("knowledge-history-two")
    page.get_by_role("link", name="前の画面へ").click()
    page.get_by_role("link", name="直す").click()
    old = page.locator("input[name=read_at]").get_attribute("value")
    page.locator("input[name=read_at]").evaluate("e => { e.value = '1' }")
    page.locator("#answer").fill("郵便でも申し込めます。")
    page.get_by_role("button", name="公開する").click()
    assert old == "2"
    wrong += opened.look("knowledge-edit-stale")
    opened.go("/import")
    bad = "ID,質問,回答,有効期限\ne1,,a,あした\n"
    page.locator("#file").set_input_files(_file("表.csv", bad))
    page.get_by_role("button", name="中身を確かめる").click()
    wrong += opened.look("knowledge-files-fault")
    page.locator("#file").set_input_files(_file("表.csv", "ID,質問,回答\ne1,q,a\n"))
    page.get_by_role("button", name="中身を確かめる").click()
    wrong += opened.look("knowledge-files-checked")
    page.get_by_role("button", name="取り込む", exact=True).click()
    assert stands_still(opened.database, 1) == "done"
    expect(page.locator("[data-progress]")).to_contain_text("書いた件数", timeout=8000)
    wrong += opened.look("knowledge-files-done")
    assert wrong == []
    statuses = "Failed to load resource: the server responded with a status of "
    assert [one for one in opened.complaints if not one.startswith(statuses)] == []


def test_writing_trying_and_taking_in_work_without_javascript(opened: Opened) -> None:
    page = opened.new_page(java_script_enabled=False)
    page.goto(f"{opened.address}/console/knowledge/new/faq")
    page.locator("#question").fill("庭の木の枝はどう捨てますか")
    page.locator("#answer").fill("枝は長さ50センチに切ってください。")
    page.locator("#wordings").fill(QUESTION)
    page.locator("#id").fill("garden")
    page.locator("#tried").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator("[data-tried]")).to_contain_text("（この内容）")
    expect(page.locator("#question")).to_have_value("庭の木の枝はどう捨てますか")
    page.get_by_role("button", name="公開する").click()
    if page.get_by_role("button", name="それでも公開する").is_visible():
        page.get_by_role("button", name="それでも公開する").click()
    expect(page.locator(".notices")).to_contain_text("公開しました")
    page.goto(f"{opened.address}/console/knowledge/import")
    page.locator("#file").set_input_files(_file("faq.csv", "ID,質問,回答\ne1,q,a\n"))
    page.get_by_role("button", name="中身を確かめる").click()
    page.get_by_role("button", name="取り込む", exact=True).click()
    expect(page.locator("[data-progress]")).to_contain_text("書いた件数", timeout=10000)
    page.context.close()


def _file(name: str, text: str) -> FilePayload:
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
