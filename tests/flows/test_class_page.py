"""Anyone sees the classes to come without LINE, and a calendar follows them."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask

import content
from bot.city import City
from bot.classes import queries, sessions
from bot.classes.values import Kind
from bot.db import Database
from bot.links.service import Links
from bot.residents.topics import NewsTopics
from bot.sealing import Sealer
from handlers import pages
from handlers.pages import class_list
from handlers.pages.headers import CONTENT_SECURITY_POLICY
from tests.flows.class_at_work import NOON, Classes
from tests.flows.console_at_work import SECRET, TEXTS


@pytest.fixture
def classes(database: Database, sealer: Sealer) -> Classes:
    return Classes(database, sealer)


@pytest.fixture
def app(classes: Classes) -> Flask:
    app = Flask("tests", static_folder=None)
    city = City.from_toml(content.toml("city.toml"))
    topics = NewsTopics.from_toml(content.toml("topics.toml"))
    links = Links(classes.sealer, SECRET, "https://city.example")
    given = pages.PageServices(
        classes.database, classes.sealer, SECRET, TEXTS, city, lambda: NOON, links, topics
    )
    app.register_blueprint(pages.blueprint(given))
    app.register_blueprint(class_list.blueprint(given))
    return app


def read(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def test_the_list_shows_what_is_to_come_and_nobody(app: Flask, classes: Classes) -> None:
    visitor = app.test_client()
    assert "いま、予約できる教室はありません" in read(
        visitor.get("/classes").get_data(as_text=True)
    )
    full = classes.session(capacity=1)
    classes.rings(classes.caller(), full)
    classes.rings(classes.caller(), full)
    off = classes.session(starts=NOON + timedelta(days=11, hours=-2))
    classes.does(sessions.cancel, off)
    classes.session(starts=NOON + timedelta(days=12), is_draft=True)
    classes.session(starts=NOON - timedelta(days=3))
    later = NOON + timedelta(days=13, hours=-2)
    classes.session(starts=later, opens_at=NOON + timedelta(days=1))

    answer = visitor.get("/classes")
    said = read(answer.get_data(as_text=True))
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "Set-Cookie" not in answer.headers
    assert "<script" not in answer.get_data(as_text=True)
    assert said.count("はじめてのスマホ") == 3
    assert "12月4日（金） 午前10時〜午後0時" in said
    assert "満席（1人待ち）" in said
    assert "中止になりました" in said
    assert "予約は、令和8年11月25日（水） 午後0時からです" in said
    assert "見本 花子" not in said
    here = read(visitor.get("/classes?district=富田").get_data(as_text=True))
    assert here.count("はじめてのスマホ") == 3
    elsewhere = read(visitor.get("/classes?district=<b>").get_data(as_text=True))
    assert "この地区の教室は、いまありません" in elsewhere
    assert visitor.post("/classes").status_code == 405
    assert Kind.CLASS.value not in said


def test_a_calendar_gets_an_event_for_each_date_and_marks_what_is_off(
    app: Flask, classes: Classes
) -> None:
    start = NOON + timedelta(days=10, hours=-2)
    second = start + timedelta(days=7)
    series = classes.session(
        dates=((start, start + timedelta(hours=2)), (second, second + timedelta(hours=2)))
    )
    off = classes.session(starts=NOON + timedelta(days=11, hours=-2))
    classes.does(sessions.cancel, off)
    answer = app.test_client().get("/classes.ics")
    assert answer.content_type == "text/calendar; charset=utf-8"
    data = answer.get_data()
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    lines = data.decode().replace("\r\n ", "").split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    with classes.database.reading() as db:
        codes = {one.id: one.code for one in queries.public_sessions(db, NOON)}
    assert [line for line in lines if line.startswith("UID:")] == [
        f"UID:{codes[series]}-1@city.example",
        f"UID:{codes[series]}-2@city.example",
        f"UID:{codes[off]}-1@city.example",
    ]
    assert "DTSTART:20261204T010000Z" in lines
    assert "SUMMARY:はじめてのスマホ 2/2" in lines
    assert [line for line in lines if line.startswith("STATUS:")] == [
        "STATUS:CONFIRMED",
        "STATUS:CONFIRMED",
        "STATUS:CANCELLED",
    ]
    assert any(line.startswith("LOCATION:見本センター") for line in lines)
