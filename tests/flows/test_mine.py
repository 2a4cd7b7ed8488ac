"""わたしの情報 on a page: all of mine and nothing of others, to change and to delete."""

import json
import re
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.classes.models import BookerRow, BookingRow
from bot.db import Database
from bot.disclosure import LEFT_OUT, REGISTRY
from bot.line.inbound import resident_key
from bot.migrations.tables import metadata
from bot.plan import service as plan
from bot.residents import preferences
from bot.residents.rules import AgeBand, Choices, Hours
from bot.sealing import Sealer
from handlers.chat.turn import Desk
from tests.flows.chatting import CivilTime, Resident, labels, words
from tests.flows.console_at_work import TEXTS, Browser
from tests.flows.handing_over import House, entered, house, link_in, post_on_page
from tests.flows.test_forgetting import holds

OWN = ("resident_key", "user_key")


@pytest.fixture
def at(city_database: Database, sealer: Sealer, civil: CivilTime, desk: Desk) -> House:
    return house(city_database, sealer, civil, desk)


def lives(resident: Resident, words_of_theirs: str) -> None:
    """Leaves something in every corner of the chat."""
    resident.says(f"明日の{words_of_theirs}の天気を教えて 090-1234-4649")
    resident.taps("調べてお返事します")
    resident.posts_back("to=watch&p=P013")
    resident.posts_back("to=topic_on&t=classes")
    resident.posts_back("to=district_set&d=hazu")
    resident.posts_back("to=talk")
    resident.says(f"{words_of_theirs}のことで話したい")
    resident.posts_back("to=talk_end")


def books_a_class(at: House) -> None:
    """Has entered a name on the page of classes, and holds a booking."""
    key = resident_key(at.sealer, at.resident.user_id)
    now = at.civil()
    with at.database.writing() as session:
        booker = BookerRow(
            resident_key=key,
            name=at.sealer.seal("見本 花子".encode(), "class_booker.name"),
            phone=at.sealer.seal(b"00000000000", "class_booker.phone"),
            made_at=now,
        )
        session.add(booker)
        session.flush()
        booking = BookingRow(session_id=7, booker_id=booker.id, state="booked", channel="line")
        booking.booked_at = booking.changed_at = now
        session.add(booking)


def opened(at: House, button: str) -> Browser:
    phone = entered(at, link_in(at.resident.posts_back(f"to={button}")))
    phone.get("/r/mine/start")
    return phone


def test_the_page_and_the_file_hold_all_and_only_what_is_mine(at: House) -> None:
    neighbour = Resident(at.database, at.sealer, at.resident.answering, user_id="U" + "2" * 32)
    lives(at.resident, "金魚")
    lives(neighbour, "亀")
    books_a_class(at)
    said = at.resident.says("わたしの情報")
    assert "全部見る・持ち帰る" in labels(said)
    assert "教室の申し込みに書いた人\n1件" in words(said)
    assert "ここには残していません" not in words(said)
    assert "ここには残していません" in words(neighbour.says("わたしの情報"))
    phone = opened(at, "me_page")
    assert phone.get("/r/mine").status_code == 200
    for shown in (
        "明日の金魚の天気",
        "金魚のことで話したい",
        "羽津",
        "スマホ教室",
        "U1111",
        "見本 花子",
    ):
        assert shown in phone.words
    assert "P013" not in phone.words  # named instead
    for hidden in ("亀", "U2222", "4649"):
        assert hidden not in phone.page
    answer = phone.get("/r/mine/file")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    held: dict[str, list[dict[str, Any]]] = json.loads(answer.text)["kept"]
    for hidden in ("亀", "U2222", "4649"):
        assert hidden not in answer.text
    assert held["resident"][0]["user_id"] == at.resident.user_id
    assert held["question"][0]["text"].startswith("明日の金魚の天気を教えて")
    assert [line["said"] for line in held["handover_line"]] == ["金魚のことで話したい"]
    assert held["class_booker"][0]["name"] == "見本 花子"
    assert [booking["state"] for booking in held["class_booking"]] == ["booked"]
    assert counted(at) == {table: len(rows) for table, rows in held.items() if table in counted(at)}


def counted(at: House) -> dict[str, int]:
    """How many rows each table has under the resident's key."""
    key = resident_key(at.sealer, at.resident.user_id)
    with at.database.reading() as session:
        return {
            name: session.scalar(
                select(func.count()).select_from(table).where(table.c[column] == key)
            )
            or 0
            for name, table in metadata.tables.items()
            for column in OWN
            if column in table.c
        }


def test_no_table_with_rows_of_residents_is_forgotten() -> None:
    known = {owned.model.__tablename__ for owned in REGISTRY}
    theirs = {n for n, t in metadata.tables.items() for column in OWN if column in t.c}
    hanging = {
        name
        for name, table in metadata.tables.items()
        for column in ("booking_id", "booker_id", "handover_id")
        if column in table.c
    }
    assert (theirs | hanging | {"resident"}) - known == set()
    assert {name for name in known if f"mine.table_{name}" not in TEXTS.names()} == set()
    assert "text" not in LEFT_OUT


def shown_with(phone: Browser) -> dict[str, Any]:
    """What the open page of choices says it was shown with."""
    held = re.findall(r'name="(had_\w+)" value="([^"]*)"', phone.page)
    return {name: [value for other, value in held if other == name] for name, _ in held}


def test_a_page_opened_before_a_topic_was_stopped_does_not_bring_it_back(at: House) -> None:
    key = resident_key(at.sealer, at.resident.user_id)
    at.resident.says("お知らせの設定")
    phone = opened(at, "choose_page")
    phone.get("/r/choices")
    form = {"topic": ["care", "disaster"], "district": "sakura", "age_band": "to74", "hours": "day"}
    post_on_page(phone, "/r/choices", form | {"style": "easy"})
    seen = shown_with(phone)
    with at.database.writing() as session:
        preferences.stop_topic(session, key, "care")
        preferences.start_topic(session, key, "childcare", at.civil())
        preferences.choose_hours(session, key, Hours.NIGHT, at.civil())
    changed = {"topic": ["care", "disaster", "health"], "district": "tomida"}
    post_on_page(phone, "/r/choices", {**seen, **form, **changed, "style": "easy"})
    with at.database.reading() as session:
        assert preferences.chosen(session, key) == Choices(
            frozenset(["disaster", "childcare", "health"]), "tomida", AgeBand.TO_74, Hours.NIGHT
        )
    assert "介護" not in phone.page.split("<form")[0]


def test_choices_are_made_on_the_page_and_what_is_not_offered_is_passed_over(at: House) -> None:
    key = resident_key(at.sealer, at.resident.user_id)
    at.resident.says("お知らせの設定")
    phone = opened(at, "choose_page")
    phone.get("/r/choices")
    form = {
        "topic": ["care", "disaster", "gone"],
        "district": "sakura",
        "age_band": "to74",
        "hours": "day",
        "style": "easy",
        "resident_key": "somebody",
    }
    post_on_page(phone, "/r/choices", form)
    assert "次のように残しました" in phone.words
    with at.database.reading() as session:
        assert preferences.chosen(session, key) == Choices(
            frozenset(["care", "disaster"]), "sakura", AgeBand.TO_74, Hours.DAY
        )
    assert "桜" in words(at.resident.says("お知らせ"))
    nothing = {"district": "atlantis", "age_band": "old", "hours": "", "style": "loud"}
    post_on_page(phone, "/r/choices", shown_with(phone) | nothing)
    with at.database.reading() as session:
        assert preferences.chosen(session, key).is_empty
    assert at.phone().get("/r/choices").status_code == 403


def test_wishes_end_and_everything_is_deleted_from_the_page(at: House) -> None:
    key = resident_key(at.sealer, at.resident.user_id)
    lives(at.resident, "金魚")
    books_a_class(at)
    phone = opened(at, "me_page")
    phone.get("/r/mine")
    post_on_page(phone, "/r/mine/unwatch", {"procedure": "P013"})
    with at.database.reading() as session:
        assert plan.watched(session, key) == 0
    phone.get("/r/mine/forget")
    assert "もとに戻せません" in phone.words
    assert holds(at.database, key) != []
    post_on_page(phone, "/r/mine/forget")
    assert "全部消しました" in phone.words
    assert holds(at.database, key) == []
    assert phone.get("/r/mine").status_code == 403
    assert post_on_page(phone, "/r/choices", {"topic": "care"}).status_code == 403
    assert holds(at.database, key) == []
