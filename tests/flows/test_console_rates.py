"""Figures over the log: honest rates with their neighbours, and no words for who may only look."""

import csv
import io
from datetime import date, timedelta

import pytest
from flask import Flask

from bot.db import Database
from bot.questions import service
from bot.sealing import Sealer
from bot.staff import audit
from bot.staff.rules import Role
from handlers.console.charts import Given, stacked, top_of
from handlers.console.rates import span_of
from tests.flows.console_at_work import Browser, app_with_console, at_work, services
from tests.flows.reviewing import NOW, asks
from tests.flows.test_console_log import numbers  # noqa: F401

TOMORROW = NOW + timedelta(days=1)
TODAY = date(2026, 11, 25)


@pytest.fixture
def app(database: Database, sealer: Sealer) -> Flask:
    return app_with_console(services(database, sealer, civil=lambda: TOMORROW))


@pytest.fixture
def viewer(database: Database, sealer: Sealer, app: Flask) -> Browser:
    return at_work(database, sealer, app, "suzuki", Role.VIEWER)


def test_today_says_what_became_of_yesterdays_questions(
    viewer: Browser,
    numbers: list[int],  # noqa: F811
) -> None:
    viewer.get("/console/")
    assert (
        "きのうの質問 2件 すぐに答えた 1件（50%） 候補を選んだ 1件（50%） この中にない 0件（0%）"
        " 選ばなかった 0件（0%） 答えられなかった 0件（0%）"
    ) in viewer.words
    assert (
        "きのう「いいえ」と言われた答え 1件 はい 1件（50%） いいえ 1件（50%） 返事なし 0件（0%）"
    ) in viewer.words


def test_rates_are_shown_a_day_and_a_week_with_their_neighbours(
    viewer: Browser,
    numbers: list[int],  # noqa: F811
) -> None:
    viewer.get("/console/rates?since=2026-11-23&until=2026-11-25")
    row = "11月24日（火） 2 1 50% 1 50% 0 0% 0 0% 0 0% 1 50% 1 50% 0 0%"
    assert row in viewer.words
    assert "11月23日（月） 0 0 ― 0 ―" in viewer.words
    assert viewer.page.count("<svg role=") == 2
    viewer.get("/console/rates?unit=week&since=2026-10-12&until=2026-11-25")
    assert "11月23日（月）〜11月29日（日） 2 1 50%" in viewer.words
    assert "10月12日（月）〜10月18日（日） 1 0 0% 0 0% 0 0% 0 0% 1 100%" in viewer.words


def test_who_may_only_look_sees_no_residents_words(
    database: Database,
    sealer: Sealer,
    app: Flask,
    viewer: Browser,
    numbers: list[int],  # noqa: F811
) -> None:
    viewer.get("/console/rates/most")
    assert "「いいえ」の多い知識" in viewer.words
    assert "ごみの出し方を知りたい 1" in viewer.words
    assert "ゴミはいつ" not in viewer.page
    assert "/console/log" not in viewer.page
    assert viewer.get("/console/log").status_code == 403
    support = at_work(database, sealer, app, "tanaka", Role.SUPPORT)
    support.get("/console/rates/most")
    assert "ゴミはいつ" in support.page


def test_an_empty_log_shows_no_rate_at_all(viewer: Browser) -> None:
    viewer.get("/console/rates")
    assert "この間に、質問はありませんでした。" in viewer.words
    assert "<svg role=" not in viewer.page


def test_the_table_is_taken_as_csv_and_that_is_recorded(
    database: Database,
    viewer: Browser,
    numbers: list[int],  # noqa: F811
) -> None:
    viewer.get("/console/rates")
    asked = {"unit": "day", "since": "2026-11-24", "until": "2026-11-24"}
    answer = viewer.post("/console/rates/export", asked)
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert rows[0][:4] == ["はじめの日", "おわりの日", "質問", "すぐに答えた"]
    assert rows[1:] == [["2026-11-24", "2026-11-24", *"211000110"]]
    with database.reading() as session:
        newest = audit.find(session, audit.Search())[0].done
    assert (newest.action, newest.item_kind) == ("rates.exported", "rates")


def test_figures_outlive_the_questions_words(
    database: Database,
    viewer: Browser,
    numbers: list[int],  # noqa: F811
) -> None:
    with database.writing() as session:
        from bot.questions import retention

        retention.forget(session, "mio")
        assert service.own(session, numbers[0], "mio") is None
    viewer.get("/console/rates?since=2026-11-24&until=2026-11-24")
    assert "11月24日（火） 2 1 50%" in viewer.words


@pytest.mark.parametrize(
    ("asked", "days"),
    [
        ({}, (TODAY - timedelta(days=27), TODAY)),
        ({"unit": "week"}, (TODAY - timedelta(days=84), TODAY)),
        ({"since": "2026-11-20", "until": "2026-11-01"}, (date(2026, 11, 1), date(2026, 11, 20))),
        ({"until": "2199-01-01"}, (TODAY - timedelta(days=27), TODAY)),
        ({"since": "2198-01-01"}, (TODAY, TODAY)),
        ({"since": "1999-01-01"}, (TODAY - timedelta(days=92), TODAY)),
        ({"since": "bad", "until": "2026-02-30"}, (TODAY - timedelta(days=27), TODAY)),
    ],
)
def test_the_days_looked_at_are_sound_whatever_is_asked(
    asked: dict[str, str], days: tuple[date, date]
) -> None:
    span = span_of(asked, TODAY)
    assert (span.first, span.last) == days


@pytest.mark.parametrize(
    ("most", "top"), [(0, 1), (1, 1), (2, 2), (3, 4), (5, 10), (11, 20), (39, 40), (1234, 2000)]
)
def test_a_scale_ends_at_a_round_number(most: int, top: int) -> None:
    assert top_of(most) == top


def test_the_parts_of_a_column_stand_on_each_other() -> None:
    drawn = stacked([Given("1", "", [1, 0, 3]), Given("2", "", [0, 0, 0])])
    assert [(p.series, p.y, p.height) for p in drawn.columns[0].pieces] == [
        (0, 204.0, 60.0),
        (2, 24.0, 180.0),
    ]
    assert drawn.columns[1].pieces == ()
    assert [line.number for line in drawn.lines] == [0, 2, 4]


def test_a_flood_of_questions_still_fits_the_page(database: Database, viewer: Browser) -> None:
    for number in range(40):
        asks(database, f"同じ質問{number % 3}", f"r{number}", at=NOW)
    assert viewer.get("/console/rates/most").status_code == 200
    assert "10時 40件" in viewer.words
