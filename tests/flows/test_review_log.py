"""The support team reads the log: found by what it holds, counted honestly, told in full."""

from datetime import date, timedelta

import pytest

from bot.db import Database
from bot.knowledge.values import KnowledgeEntry
from bot.questions import exporting, log_search, retention, service
from bot.questions import statistics as figures
from bot.questions.log_search import Search
from bot.questions.rules import Rates
from bot.questions.statistics import Helped
from bot.questions.story import Shown, story
from bot.sealing import Sealer
from tests.flows.reviewing import NOW, asks, gather, knows, later, only
from tests.flows.test_review_answers import answer, waiting_for_bins

TODAY = date(2026, 11, 24)


@pytest.fixture
def numbers(database: Database) -> list[int]:
    """Four questions, one a day."""
    knows(
        database,
        KnowledgeEntry(id="bin", question="ごみの出し方", answer="朝", topic="ごみ"),
        KnowledgeEntry(id="dog", question="犬の登録", answer="市役所", topic="ペット"),
    )
    made = [
        asks(database, "ゴミの出し方", outcome="direct", shown=("bin",), district="常磐"),
        asks(database, "犬の登録", at=later(days=1), outcome="candidates", shown=("dog", "bin")),
        asks(database, "50%引きの券", at=later(days=2)),
        asks(database, "ゴミの出し方", "ken", at=later(days=3), outcome="direct", shown=("bin",)),
    ]
    with database.writing() as session:
        service.react(session, made[0], "mio", False, NOW)
        service.choose(session, made[1], "mio", "dog", NOW)
        service.react(session, made[1], "mio", True, NOW)
    return made


@pytest.mark.parametrize(
    ("search", "places"),
    [
        (Search(), [3, 2, 1, 0]),
        (Search(text="ごみ"), []),
        (Search(text="ﾞゴミ"), []),
        (Search(text="ゴミ 出し方"), [3, 0]),
        (Search(text="ｺﾞﾐ"), [3, 0]),
        (Search(text="50%"), [2]),
        (Search(text="%"), [2]),
        (Search(text="_"), []),
        (Search(outcome="unanswered"), [2]),
        (Search(entry_id="bin"), [3, 1, 0]),
        (Search(topic="ごみ"), [3, 0]),
        (Search(topic="ペット"), [1]),
        (Search(district="常磐"), [0]),
        (Search(reaction="no"), [0]),
        (Search(review="unanswered"), [2]),
        (Search(since=NOW + timedelta(days=1), until=NOW + timedelta(days=3)), [2, 1]),
    ],
    ids=str,
)
def test_a_question_is_found_by_what_it_holds(
    database: Database, numbers: list[int], search: Search, places: list[int]
) -> None:
    with database.reading() as session:
        found = log_search.page(session, search).found
        assert [one.id for one in found] == [numbers[place] for place in places]
        assert log_search.counted_page(session, search)[1] == len(places)


def test_pages_follow_each_other_without_gap_or_repetition(
    database: Database, numbers: list[int]
) -> None:
    for minute in range(5):
        numbers.append(asks(database, "同じ時刻", f"r{minute}", at=later(days=4)))
    seen, place = [], None
    with database.reading() as session:
        while True:
            part = log_search.page(session, Search(), place, most=2)
            seen += [one.id for one in part.found]
            place = part.next
            if place is None:
                break
        assert [one.id for one in log_search.every(session, Search(), at_once=4)] == seen
    assert seen == sorted(numbers, reverse=True)


def test_an_export_masks_numbers_that_slipped_in(database: Database) -> None:
    asks(database, "電話は 090-0000-0000 です")
    with database.reading() as session:
        (row,) = log_search.every(session, Search())
    assert "0000" not in (row.text or "")


def test_an_exported_cell_never_runs_as_a_formula(database: Database) -> None:
    asks(database, "=1+1")
    with database.reading() as session:
        (row,) = exporting.rows(session, Search())
    assert dict(zip(exporting.COLUMNS, row, strict=True)) == {
        "id": row[0],
        "asked_at": "2026-11-24T10:00:00+09:00",
        "text": "'=1+1",
        "outcome": "unanswered",
        "shown": "",
        "entry_id": "",
        "none_of_these": "0",
        "reaction": "",
        "review": "unanswered",
        "district": "",
        "later_entry": "",
        "later_reaction": "",
    }


def test_rates_are_told_a_day_and_a_week_and_outlive_the_rows(
    database: Database, numbers: list[int]
) -> None:
    def told() -> tuple[object, ...]:
        with database.reading() as session:
            days = figures.by_day(session, TODAY, TODAY + timedelta(days=4))
            return (*days, *figures.by_week(session, TODAY, TODAY + timedelta(days=6)))

    before = told()
    with database.reading() as session:
        days = figures.by_day(session, TODAY, TODAY + timedelta(days=4))
        weeks = figures.by_week(session, TODAY, TODAY + timedelta(days=6))
    assert [day.rates.asked for day in days] == [1, 1, 1, 1, 0]
    assert days[0].rates == Rates(direct=1, not_resolved=1)
    assert days[1].rates == Rates(chosen=1, resolved=1)
    assert [(week.first, week.last) for week in weeks] == [
        (date(2026, 11, 23), date(2026, 11, 29)),
        (date(2026, 11, 30), date(2026, 12, 6)),
    ]
    assert weeks[0].rates.asked == 4
    with database.writing() as session:
        retention.purge(session, later(days=2))
    assert told() == before


def test_most_asked_most_no_and_the_hours_of_the_day(
    database: Database, numbers: list[int]
) -> None:
    with database.reading() as session:
        often = figures.most_asked(session, TODAY, TODAY + timedelta(days=9))
        no = figures.most_no(session, TODAY, TODAY + timedelta(days=9))
        hours = figures.by_hour(session, TODAY, TODAY + timedelta(days=9))
    assert (often[0].text, often[0].questions, often[0].residents) == ("ゴミの出し方", 2, 2)
    assert no == (Helped("bin", read=2, resolved=0, not_resolved=1),)
    assert hours == (0,) * 10 + (4,) + (0,) * 13


def test_a_day_ends_at_midnight_in_japan(database: Database) -> None:
    asks(database, "夜更かし", at=NOW.replace(hour=15, minute=0))
    with database.reading() as session:
        days = figures.by_day(session, TODAY, TODAY + timedelta(days=1))
        assert figures.by_hour(session, TODAY, TODAY + timedelta(days=1))[0] == 1
    assert [day.rates.asked for day in days] == [0, 1]


def test_one_question_is_told_in_full(database: Database, sealer: Sealer) -> None:
    number = waiting_for_bins(database, sealer)
    answer(database, sealer)
    with database.writing() as session:
        service.react(session, number, "mio", True, later(hours=2), later=True)
    with database.reading() as session:
        told = story(session, number)
        assert story(session, 999) is None
    assert told is not None
    assert (told.outcome, told.review, told.awaited_at, told.told_at) == (
        "unanswered",
        None,
        NOW,
        later(hours=1),
    )
    assert (told.later_entry, told.later_reaction, told.cluster is not None) == ("bin", "yes", True)


def test_a_story_tells_what_was_shown_with_its_scores(database: Database) -> None:
    shown = {"outcome": "candidates", "shown": ("dog", "bin"), "scores": (2.0, 1.5)}
    number = asks(database, "犬", **shown)  # type: ignore[arg-type]
    with database.writing() as session:
        service.choose_none(session, number, "mio", NOW)
    gather(database)
    with database.reading() as session:
        told = story(session, number)
    assert told is not None
    assert told.shown == (Shown("dog", 2.0), Shown("bin", 1.5))
    assert (told.chosen, told.none_of_these, told.review) == (None, True, "none_of_these")
    assert told.cluster == only(database).cluster
