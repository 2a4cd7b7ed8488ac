"""Who books writes their name once, on their own page; a link works once, and nothing is lost."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.classes import bookers, queries, wishing
from bot.classes.models import SessionRow
from bot.classes.values import Actor, Booked, Device, Person, State
from bot.db import Database
from bot.line.inbound import resident_key
from bot.sealing import Sealer
from handlers.chat.turn import Desk
from handlers.pages import class_calendar
from handlers.pages.services import PageServices
from tests.flows.chatting import CivilTime, Message, Resident, pushed, words
from tests.flows.class_at_work import NOON, Classes
from tests.flows.console_at_work import SECRET, TEXTS, Browser
from tests.flows.handing_over import House, entered, everything, house, link_in, post_on_page

FORM = {"name": "𠮷田　髙子", "kana": "よしだ たかこ", "phone": "０９０ー００００ー００００"}


@dataclass
class Page:
    """A resident, their browser, and classes to book."""

    at: House
    classes: Classes

    @property
    def resident(self) -> Resident:
        return self.at.resident

    @property
    def key(self) -> str:
        return resident_key(self.resident.sealer, self.resident.user_id)

    def opened(self, button: str) -> Browser:
        """The browser behind the link which that button gives."""
        self.resident.posts_back(button)
        return entered(self.at, link_in(self.resident.seen))

    def held(self) -> list[Booked]:
        with self.at.database.reading() as db:
            return queries.my_bookings(db, self.key, self.classes.now)

    def people(self) -> list[Person]:
        with self.at.database.reading() as db:
            return bookers.people_of(db, self.at.sealer, self.key)

    def pushed(self) -> list[list[Message]]:
        """What is told by push about classes."""
        return pushed(self.at.database, self.at.sealer, "class")


@pytest.fixture
def page(database: Database, sealer: Sealer, civil: CivilTime, desk: Desk) -> Page:
    civil.now = NOON
    at = house(database, sealer, civil, desk)
    at.resident.says("こんにちは")
    return Page(at, Classes(database, sealer))


def open_form(page: Page, phone: Browser) -> None:
    """From the start of a visit to the page it leads to."""
    answer = phone.get("/r/booking")
    assert answer.location
    phone.get(answer.location)


def test_a_name_is_written_once_and_the_class_wished_for_is_booked(page: Page) -> None:
    session = page.classes.session()
    page.resident.posts_back(f"to=class_book&s={session}")
    link = link_in(page.resident.seen)
    for _ in range(3):  # a preview and a reload use nothing up
        page.at.phone().get(link)
    assert page.people() == []
    phone = entered(page.at, link)
    open_form(page, phone)
    assert "はじめてのスマホ" in phone.words
    post_on_page(phone, "/r/booking/me/check", FORM)
    assert "この内容でよいですか" in phone.words
    assert "𠮷田 髙子" in phone.words
    assert "ヨシダ タカコ" in phone.words
    assert page.people() == []
    checked = phone.page
    post_on_page(phone, "/r/booking/me", FORM)
    assert "予約の控え" in phone.words
    assert "予約できています" in phone.words
    phone.page = checked
    post_on_page(phone, "/r/booking/me", FORM)
    assert "予約の控え" in phone.words
    (held,) = page.held()
    assert held.booking.state is State.BOOKED
    (told,) = page.pushed()
    assert "予約できました。" in words(told)
    assert "髙" not in everything(told)
    again = page.classes.session(starts=NOON + timedelta(days=12))
    assert "予約できました。" in words(page.resident.posts_back(f"to=class_book&s={again}"))
    dead = page.at.phone()
    assert dead.get(link).status_code == 410


def test_at_night_no_push_wakes_the_house_and_the_page_says_how_to_see_the_slip(
    page: Page,
) -> None:
    page.at.civil.now = NOON + timedelta(hours=17)
    phone = page.opened(f"to=class_book&s={page.classes.session()}")
    open_form(page, phone)
    post_on_page(phone, "/r/booking/me/check", FORM)
    post_on_page(phone, "/r/booking/me", FORM)
    assert "LINEで「わたしの予約」と送ると、いつでも見られます。" in phone.words
    assert page.pushed() == []
    assert "受付番号" in words(page.resident.says("わたしの予約"))


def test_who_is_known_by_the_time_a_link_is_opened_only_says_yes(page: Page) -> None:
    first = page.classes.session()
    second = page.classes.session(starts=NOON + timedelta(days=12))
    page.resident.posts_back(f"to=class_book&s={second}")
    later = link_in(page.resident.seen)
    phone = page.opened(f"to=class_book&s={first}")
    open_form(page, phone)
    post_on_page(phone, "/r/booking/me", FORM)
    assert "名前や電話番号を直す" in phone.words
    phone = entered(page.at, later)
    open_form(page, phone)
    assert "この教室を予約しますか" in phone.words
    (own,) = page.people()
    post_on_page(phone, "/r/booking/person", {"person": str(own.id)})
    assert "予約できています" in phone.words
    assert len(page.held()) == 2
    phone.get("/r/booking/me")
    post_on_page(phone, "/r/booking/me", {**FORM, "phone": "000-0000-0001"})
    assert page.people()[0].phone == "00000000001"


def test_a_half_filled_form_is_kept_and_told_field_by_field(page: Page) -> None:
    session = page.classes.session()
    phone = page.opened(f"to=class_book&s={session}")
    open_form(page, phone)
    half = {"name": "見本 花子", "kana": "花子", "phone": "12"}
    answer = post_on_page(phone, "/r/booking/me/check", half)
    assert answer.status_code == 422
    assert 'value="見本 花子"' in phone.page
    assert 'value="花子"' in phone.page
    assert "ふりがなを、ひらがなかカタカナで" in phone.words
    assert "10けたか11けた" in phone.words
    assert "お名前を書いてください。" not in phone.words
    assert post_on_page(phone, "/r/booking/me", half).status_code == 422
    assert page.people() == []
    phone.client.delete_cookie("madoguchi-page", domain="127.0.0.1")
    assert post_on_page(phone, "/r/booking/me/check", half).status_code == 403
    assert "見本 花子" in phone.words


def test_a_class_that_is_gone_or_full_meanwhile_loses_nothing(page: Page) -> None:
    gone, full = page.classes.session(), page.classes.session(1)
    phone = page.opened(f"to=class_book&s={gone}")
    open_form(page, phone)
    with page.at.database.writing() as db:
        db.delete(db.get_one(SessionRow, gone))
    post_on_page(phone, "/r/booking/me", FORM)
    assert "選んだ教室は、いまはありません。" in phone.words
    assert page.people()[0].name == "𠮷田 髙子"
    page.classes.books(page.classes.resident(), full)
    page.resident.posts_back(f"to=class_family&s={full}")
    phone = entered(page.at, link_in(page.resident.seen))
    open_form(page, phone)
    family = {"name": "見本 一郎", "kana": "みほん いちろう", "phone": ""}
    post_on_page(phone, "/r/booking/family/check", family)
    assert "書いていません" in phone.words
    post_on_page(phone, "/r/booking/family", family)
    assert "順番待ちに入りました" in phone.words
    assert "1番目に待っています" in phone.words
    assert [one.booking.state for one in page.held()] == [State.WAITING]


def test_family_are_chosen_by_name_the_next_time_and_two_classes_at_once_are_asked(
    page: Page,
) -> None:
    first, second = page.classes.session(), page.classes.session()
    phone = page.opened(f"to=class_family&s={first}")
    open_form(page, phone)
    family = {"name": "見本 一郎", "kana": "みほん いちろう", "phone": ""}
    assert post_on_page(phone, "/r/booking/family/check", family).status_code == 422
    post_on_page(phone, "/r/booking/family", {**family, "phone": "059-000-0000"})
    assert "予約の控え" in phone.words
    said = page.resident.says("わたしの予約")
    assert "ご家族の予約" in words(said)
    assert "一郎" not in everything(said)
    phone = page.opened(f"to=class_family&s={second}")
    open_form(page, phone)
    assert "見本 一郎さんの予約をする" in phone.words
    (person,) = page.people()
    post_on_page(phone, "/r/booking/person", {"person": str(person.id)})
    assert "同じ時間に「はじめてのスマホ」の予約があります。" in phone.words
    post_on_page(phone, "/r/booking/person", {"person": str(person.id), "fine": "1"})
    assert "予約の控え" in phone.words
    assert len(page.held()) == 2


def test_wishes_are_told_on_the_page_and_kept_under_seal(page: Page) -> None:
    session = page.classes.session()
    phone = page.opened(f"to=class_book&s={session}")
    open_form(page, phone)
    post_on_page(phone, "/r/booking/me", FORM)
    (held,) = page.held()
    number = held.booking.id
    phone = page.opened(f"to=class_wishes&b={number}")
    open_form(page, phone)
    given = {"companions": "1", "hearing": "1", "device": "own", "model": "見本社 A1", "note": ""}
    for _ in range(2):
        post_on_page(phone, f"/r/booking/wishes/{number}", given)
    assert "希望を受け取りました。" in phone.words
    with page.at.database.reading() as db:
        kept = wishing.wishes_of(db, page.at.sealer, number, actor=Actor.resident(page.key))
    assert kept is not None
    assert (kept.companions, kept.needs_hearing, kept.device, kept.model) == (
        1,
        True,
        Device.OWN,
        "見本社 A1",
    )
    page.at.civil.passes(days=30)
    phone = page.opened(f"to=class_wishes&b={number}")
    open_form(page, phone)
    given["note"] = "車いすです"
    assert post_on_page(phone, f"/r/booking/wishes/{number}", given).status_code == 409
    assert "車いすです" in phone.words


def test_the_booking_of_another_is_not_there(page: Page, sealer: Sealer) -> None:
    session = page.classes.session(3)
    other = page.classes.resident("other")
    page.classes.books(other, session)
    with page.at.database.reading() as db:
        theirs = queries.my_bookings(db, other, NOON)[0].booking.id
        stranger = bookers.own_id(db, other)
    phone = page.opened(f"to=class_book&s={session}")
    for path in (f"/r/booking/slip/{theirs}", f"/r/booking/wishes/{theirs}"):
        assert phone.get(path).status_code == 404
    open_form(page, phone)
    assert post_on_page(phone, f"/r/booking/wishes/{theirs}", {}).status_code == 404
    open_form(page, phone)
    post_on_page(phone, "/r/booking/person", {"person": str(stranger)})
    assert "この教室は、いまはありません。" in phone.words
    assert page.held() == []


def test_a_class_can_be_put_into_a_calendar_without_a_word_of_who_comes(page: Page) -> None:
    session = page.classes.session()
    services = PageServices(
        page.at.database,
        page.at.sealer,
        SECRET,
        TEXTS,
        page.at.resident.answering.desk.city,
        page.at.civil,
        page.at.links,
        page.at.resident.answering.desk.news_topics,
    )
    page.at.app.register_blueprint(class_calendar.blueprint(services))
    answer = page.at.phone().client.get(f"/classes/{session}.ics?openExternalBrowser=1")
    assert answer.mimetype == "text/calendar"
    text = answer.get_data(as_text=True)
    assert "DTSTART:20261204T010000Z" in text
    assert "SUMMARY:はじめてのスマホ" in text
    gone = page.at.phone().client.get("/classes/999.ics")
    assert gone.status_code == 404
    assert "default-src 'none'" in gone.headers["Content-Security-Policy"]
