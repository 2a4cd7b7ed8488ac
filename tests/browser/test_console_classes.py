"""The class screens in a browser: by keyboard, by hand, on paper, and through a lost connection."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.classes import booking
from bot.clocks import real_time
from bot.db import Database
from bot.migrations import migrate
from bot.sealing import Sealer
from bot.staff import sessions
from bot.staff.rules import Role
from tests.browser.console_shown import (
    WIDTHS,
    findings,
    listen,
    overflow,
    serving,
    small_targets,
    small_type,
)
from tests.flows.class_at_work import NOON
from tests.flows.classroom import Room
from tests.flows.staff_at_work import colleague

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAMES = [
    "あべ いちろう",
    "いとう はな",
    "うえの とし",
    "えんどう みつ",
    "がとう しげ",
    "かとう のぶ",
]


class Opened:
    """Classes of a month, one with six people and a line, and a class leader at the console."""

    def __init__(self, room: Room, address: str, browser: Browser) -> None:
        self.room, self.address, self.browser = room, address, browser
        roles = [Role.CLASSES, Role.COUNTER]
        self.me = colleague(room.database, room.sealer, "sensei", roles, real_time())
        self.context = browser.new_context()
        with room.database.writing() as session:
            now = room.database.lease_now(session)
            token = sessions.begin(session, room.sealer, self.me.id, sessions.Stage.OPEN, now)
        self.cookies: list[Any] = [{"name": "madoguchi", "value": token, "url": address}]
        self.context.add_cookies(self.cookies)
        self.page = self.context.new_page()
        self.complaints = listen(self.page)

    def go(self, path: str) -> None:
        answer = self.page.goto(f"{self.address}/console/{path}")
        assert answer is not None
        assert answer.status == 200

    def look(self, name: str) -> list[str]:
        """Everything wrong with the page as it stands, at three widths; keeps pictures on wish."""
        wrong = []
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 800})
            at = f"{name} at {width}: "
            wrong += [at + one for one in findings(self.page)]
            wrong += [at + "small target " + one for one in small_targets(self.page)]
            wrong += [at + "small type " + one for one in small_type(self.page)]
            wrong += [at + "wider than the window"] if overflow(self.page) > 0 else []
            picture(self.page, f"{name}-{width}")
        return wrong


def picture(page: Page, name: str) -> None:
    folder = os.environ.get("MADOGUCHI_SCREENSHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def paper(page: Page, name: str) -> bytes:
    page.emulate_media(media="print")
    data = page.pdf(prefer_css_page_size=True)
    page.set_viewport_size({"width": 704, "height": 1000})
    picture(page, f"{name}-paper")
    page.emulate_media(media="screen")
    folder = os.environ.get("MADOGUCHI_SCREENSHOTS")
    if folder:
        Path(folder, f"{name}.pdf").write_bytes(data)
    return data


@pytest.fixture
def opened(tmp_path: Path, sealer: Sealer, chromium: Browser) -> Iterator[Opened]:
    database = Database(f"sqlite:///{tmp_path}/madoguchi.db")
    migrate(database)
    room = Room(database, sealer)
    with serving(room.app) as address:
        shown = Opened(room, address, chromium)
        yield shown
        shown.context.close()
    database.close()


def people(room: Room, session: int, names: list[str]) -> list[int]:
    """Those people ring up and are booked; the numbers of their bookings."""
    return [
        room.classes.rings(room.person(f"見本 {name.split()[1]}", name), session).booking.id  # type: ignore[union-attr]
        for name in names
    ]


def test_ticks_survive_a_lost_connection_and_are_sent_once(opened: Opened) -> None:
    room, page = opened.room, opened.page
    session = room.classes.session(capacity=6)
    first, second, third, *_ = people(room, session, NAMES)
    room.later(days=9, hours=22)
    opened.go(f"classes/{session}/roster")
    page.get_by_role("button", name="名前を開く").click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("アベ イチロウ")
    expect(page.get_by_role("row").nth(5)).to_contain_text("ガトウ シゲ")
    expect(page.get_by_role("row").nth(6)).to_contain_text("カトウ ノブ")

    came = page.get_by_role("button", name=f"出席 ：予約{first}番")
    came.click()
    expect(page.locator("[data-status]")).to_have_text("出欠をすべて送りました。")
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    opened.context.set_offline(True)
    page.get_by_role("button", name=f"出席 ：予約{second}番").click()
    page.get_by_role("button", name=f"欠席 ：予約{third}番").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-status]")).to_contain_text("送っていない出欠が2件あります")
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert "アベ" not in kept
    assert "見本" not in kept
    assert f"{second}:1" in kept

    # The page is closed without a connection; opened again later, it still knows the ticks.
    address = page.url
    page.goto("about:blank")
    page.route("**/ticks", lambda route: route.abort())
    opened.context.set_offline(False)
    page.goto(address)
    expect(page.locator("[data-status]")).to_contain_text("送っていない出欠が2件あります")
    expect(page.get_by_role("button", name=f"出席 ：予約{second}番")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.unroute("**/ticks")
    sent.clear()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("[data-status]")).to_have_text("出欠をすべて送りました。")
    assert page.evaluate("localStorage.length") == 0
    assert len([one for one in sent if one.endswith("/ticks")]) == 1
    states = [str(room.booked(one).booking.state) for one in (first, second, third)]
    assert states == ["attended", "attended", "absent"]
    assert room.trail().count("class.ticked") == 2
    opened.go(f"classes/{session}/roster")
    assert room.trail().count("class.ticked") == 2


def test_the_line_is_put_in_order_by_hand_and_by_keyboard(opened: Opened) -> None:
    room, page = opened.room, opened.page
    session = room.classes.session(capacity=1)
    _seat, one, two, three = people(room, session, NAMES[:4])
    opened.go(f"classes/{session}/line")
    page.get_by_label("理由").fill("介助の人の都合")
    up = page.get_by_role("button", name=f"予約{three}番を1つ上へ")
    up.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"予約{three}番を2番目にしました。")).to_be_visible()
    assert [room.booked(n).booking.place for n in (one, three, two)] == [1, 2, 3]

    page.locator(f"[data-booking='{two}']").drag_to(page.locator(f"[data-booking='{one}']"))
    expect(page.locator("[data-dropped]")).to_have_text(f"予約{two}番を1番目に動かします。")
    expect(page.get_by_label("理由")).to_be_focused()
    page.keyboard.type("本人の希望")
    page.get_by_role("button", name="この順番にする").click()
    expect(page.get_by_text(f"予約{two}番を1番目にしました。")).to_be_visible()
    assert [room.booked(n).booking.place for n in (two, one, three)] == [1, 2, 3]
    assert opened.complaints == []


def test_booking_for_a_caller_by_keyboard_to_the_slip_on_paper(opened: Opened) -> None:
    room, page = opened.room, opened.page
    session = room.classes.session(capacity=4)
    opened.go(f"classes/{session}")
    page.get_by_role("link", name="予約を入れる").first.focus()
    page.keyboard.press("Enter")
    page.get_by_label("受け方").select_option("phone")
    for label, words in (
        ("電話番号", "090-0000-0001"),
        ("ふりがな", "みほん はなこ"),
        ("名前", "見本 花子"),
    ):
        page.get_by_label(label).fill(words)
    page.get_by_label("耳が聞こえにくい").check()
    page.get_by_label("名前").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="この予約でよいですか")).to_be_visible()
    wrong = opened.look("book-look")
    page.get_by_role("button", name="この内容で予約する").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("予約しました。控えを渡してください。")).to_be_visible()
    assert "見本" not in page.url
    wrong += opened.look("booking")
    page.get_by_role("button", name="控えを作る").click()
    wrong += opened.look("slip")
    assert wrong == []
    assert pages_of(paper(page, "slip")) == 1
    assert opened.complaints == []


def test_without_scripts_the_line_moves_and_a_tick_counts(opened: Opened) -> None:
    room = opened.room
    session = room.classes.session(capacity=1)
    seat, one, two = people(room, session, NAMES[:3])
    plain = opened.browser.new_context(java_script_enabled=False)
    plain.add_cookies(opened.cookies)
    page = plain.new_page()
    page.goto(f"{opened.address}/console/classes/{session}/line")
    page.get_by_label("理由").fill("本人の希望")
    page.get_by_role("button", name=f"予約{two}番を1つ上へ").click()
    expect(page.get_by_text(f"予約{two}番を1番目にしました。")).to_be_visible()
    room.later(days=9, hours=22)
    page.goto(f"{opened.address}/console/classes/{session}/roster")
    page.get_by_role("button", name=f"出席 ：予約{seat}番").click()
    expect(page.get_by_text("1人のうち、出席1人、欠席0人")).to_be_visible()
    assert str(room.booked(seat).booking.state) == "attended"
    assert room.booked(one).booking.place == 2
    plain.close()


def test_the_screens_are_without_findings_and_the_roster_fits_its_paper(opened: Opened) -> None:
    room = opened.room
    session = room.classes.session(capacity=6, kept=1)
    people(room, session, NAMES)
    room.classes.rings(room.classes.caller(), session)
    seat = room.classes.session(capacity=1, starts=NOON + timedelta(days=3, hours=-2))
    first, *_line = people(room, seat, NAMES[:3])
    room.classes.does(booking.cancel, first)
    series = NOON + timedelta(days=16, hours=-2)
    again = series + timedelta(days=7)
    two = timedelta(hours=2)
    room.classes.session(dates=((series, series + two), (again, again + two)), is_draft=True)
    wrong = []
    for name, path in (
        ("month", "classes?month=2026-12"),
        ("list", "classes?month=2026-12&view=list"),
        ("empty", "classes?month=2027-03"),
        ("one", f"classes/{session}"),
        ("plan", f"classes/{session}/edit"),
        ("off", f"classes/{session}/off"),
        ("repeat", f"classes/{session}/repeat?every=7&times=6"),
        ("book", f"classes/{session}/book"),
        ("line", f"classes/{session}/line"),
        ("find", "classes/find"),
        ("courses", "classes/courses"),
        ("course", f"classes/courses/{room.classes.course}"),
        ("venues", "classes/venues"),
        ("venue", f"classes/venues/{room.classes.venue}"),
        ("figures", "classes/figures"),
        ("files", "classes/files"),
        ("today", ""),
        ("counter", "counter"),
    ):
        opened.go(path)
        wrong += opened.look(f"classes-{name}")
    opened.go("classes/calls")
    opened.page.get_by_role("button", name="名前を開く").click()
    wrong += opened.look("classes-calls")
    room.later(days=9, hours=22)
    opened.go(f"classes/{session}/roster")
    opened.page.get_by_role("button", name="名前を開く").click()
    wrong += opened.look("classes-roster")
    assert pages_of(paper(opened.page, "roster")) == 1
    opened.page.get_by_role("link", name="大きな文字").click()
    assert pages_of(paper(opened.page, "roster-large")) == 1
    assert wrong == []
    assert opened.complaints == []


def pages_of(pdf: bytes) -> int:
    return pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") + pdf.count(b"/Type /Page/")
