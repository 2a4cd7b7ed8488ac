"""Figures by topic, district and age band tell of nobody: what is few is not shown."""

import pytest

from bot.db import Database
from bot.residents import preferences
from bot.residents.rules import AgeBand
from bot.sealing import Sealer
from bot.staff.rules import Role
from tests.flows.console_at_work import Browser, app_with_console, at_work, services
from tests.flows.reviewing import BIN, NOW, asks, knows, lives_here


@pytest.fixture
def viewer(database: Database, sealer: Sealer) -> Browser:
    app = app_with_console(services(database, sealer, civil=lambda: NOW))
    return at_work(database, sealer, app, "suzuki", Role.VIEWER)


def asked(database: Database, sealer: Sealer, who: str, district: str, *, answered: bool) -> None:
    lives_here(database, sealer, who)
    with database.writing() as session:
        preferences.choose_district(session, who, district, NOW)
        preferences.choose_age_band(session, who, AgeBand.FROM_75, NOW)
    shown = ("bin",) if answered else ()
    asks(database, "ごみ", who, outcome="direct" if answered else "unanswered", shown=shown)


def test_groups_of_people_are_counted_and_few_of_them_are_not_told(
    database: Database, sealer: Sealer, viewer: Browser
) -> None:
    knows(database, BIN)
    keys = [one.key for one in services(database, sealer).city.districts[:3]]
    names = [one.name for one in services(database, sealer).city.districts[:3]]
    for number in range(12):
        asked(database, sealer, f"a{number}", keys[0], answered=number < 6)
    for number in range(6):
        asked(database, sealer, f"b{number}", keys[1], answered=True)
    for number in range(3):
        asked(database, sealer, f"c{number}", keys[2], answered=True)
    viewer.get("/console/rates/people")
    nothing = "0 0% 0 0% 0 0%"
    assert f"{names[0]} 12 6 50% {nothing} 6 50% 0 0% 0 0% 6 100%" in viewer.words
    # Three people are few; the smallest other group goes with them, or it could be reckoned.
    few = " ".join(["少数"] * 9)
    assert f"{names[1]} {few}" in viewer.words
    assert f"{names[2]} {few}" in viewer.words
    assert f"75歳から 21 15 71% {nothing} 6 29%" in viewer.words
    topic = f"{BIN.topic or '（分野なし）'} 15 0 0% 0 0% 15 100%"
    assert topic in viewer.words
    assert "ゴミ" not in viewer.words


def test_a_day_without_a_question_shows_no_group(viewer: Browser) -> None:
    viewer.get("/console/rates/people?since=2026-01-01&until=2026-01-02")
    assert viewer.words.count("この間に、質問はありませんでした。") == 3
