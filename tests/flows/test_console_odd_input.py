"""What no form of ours sends: NUL, numbers without end, years of nobody; refused, not an error."""

import pytest

from bot.db import Database
from bot.sealing import Sealer
from bot.staff.rules import Role
from tests.flows.classroom import Room
from tests.flows.console_at_work import at_work
from tests.flows.knowledge_at_work import BIN, knowledge_app, knows

ENDLESS = "9" * 26
OPENED = {
    f"audit?before=-{ENDLESS}": 200,
    f"log/{ENDLESS}": 404,
    f"knowledge?page={ENDLESS}": 200,
    "knowledge/faq/%00": 404,
    "knowledge/faq/%00/history": 404,
    "counter/entry/%00": 404,
    "knowledge/synonyms/edit?id=%00": 404,
}
POSTED = {
    ("knowledge/faq/bin/restore", "version", ENDLESS): 303,
    ("knowledge/synonyms/edit", "id", "\0"): 404,
    ("knowledge/ignorable/remove", "word", "\0"): 303,
    ("drafts/%00", "a", "b"): 404,
    ("editing/%00", "a", "b"): 404,
    ("counter/log", "shown", "entry:\0"): 303,
    ("unanswered/1/with/%00", "do", "publish"): 404,
}


def test_every_page_answers_it_in_its_own_words(database: Database, sealer: Sealer) -> None:
    knows(database, BIN)
    browser = at_work(database, sealer, knowledge_app(database, sealer), "aoi", *Role)
    opened = {path: browser.get(f"/console/{path}").status_code for path in OPENED}
    assert opened == OPENED
    posted = {
        (path, name, value): browser.post(
            f"/console/{path}", {"reason": "理由", "q": "ごみ", name: value}
        ).status_code
        for path, name, value in POSTED
    }
    assert posted == POSTED


def test_nul_is_taken_out_of_what_is_typed(database: Database, sealer: Sealer) -> None:
    browser = at_work(database, sealer, knowledge_app(database, sealer), "aoi", Role.SUPPORT)
    browser.get("/console/knowledge/ignorable")
    assert browser.post("/console/knowledge/ignorable", {"word": "すい\0ません"}).status_code == 303
    browser.get("/console/knowledge/ignorable")
    assert "すいません" in browser.words


@pytest.mark.parametrize(
    ("name", "value"),
    [("day", "0001-01-01"), ("day", "9999-12-31"), ("opens", "0001-01-01T00:00")],
)
def test_a_class_in_a_year_of_nobody_is_refused(
    database: Database, sealer: Sealer, name: str, value: str
) -> None:
    room = Room(database, sealer)
    room.staff.get("/console/classes/new")
    fields = {"course": room.classes.course, "venue": room.classes.venue, "capacity": "3"}
    fields |= {"day": "2026-12-20", "start": "00:00", "end": "01:00", name: value}
    assert room.staff.post("/console/classes/new", fields).status_code == 422
    assert value in room.staff.page


def test_a_tick_without_end_is_refused(database: Database, sealer: Sealer) -> None:
    room = Room(database, sealer)
    number = room.classes.session()
    room.later(days=10)
    room.staff.get(f"/console/classes/{number}/roster")
    for tick in (f"{ENDLESS[:20]}:1:yes", f"1:{ENDLESS[:20]}:yes"):
        ticked = room.staff.post(f"/console/classes/{number}/ticks", {"tick": tick})
        assert ticked.status_code == 303
        room.staff.get(f"/console/classes/{number}/roster")
        assert "受け付けられない出欠がありました" in room.staff.words, tick
