"""Days and moments are said with era, weekday, and morning or afternoon."""

from datetime import UTC, date, datetime

import pytest

from bot.speech.dates import say_day, say_moment, say_near, say_time, say_year, start_of, today

NINE = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


def test_a_moment_is_said_whole() -> None:
    assert say_moment(NINE) == "令和8年11月24日（火） 午前9時"


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2019, 4, 30), "平成31年"),
        (date(2019, 5, 1), "令和元年"),
        (date(2020, 1, 1), "令和2年"),
        (date(1989, 1, 7), "昭和64年"),
        (date(1989, 1, 8), "平成元年"),
        (date(1926, 12, 24), "大正15年"),
        (date(1900, 1, 1), "1900年"),
    ],
)
def test_years_are_counted_in_eras(day: date, said: str) -> None:
    assert say_year(day) == said


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [
        (15, 0, "午前0時"),
        (15, 5, "午前0時5分"),
        (3, 0, "午後0時"),
        (4, 30, "午後1時30分"),
        (14, 59, "午後11時59分"),
    ],
)
def test_hours_are_said_before_and_after_noon(hour: int, minute: int, said: str) -> None:
    assert say_time(datetime(2026, 11, 24, hour, minute, tzinfo=UTC)) == said


def test_a_day_begins_here_and_not_in_greenwich() -> None:
    late = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    assert today(late) == date(2026, 11, 24)
    assert start_of(date(2026, 11, 24)) == late
    assert say_day(today(late)) == "令和8年11月24日（火）"


def test_what_is_near_is_said_shortly() -> None:
    days = [
        datetime(2026, 11, 24, 1, tzinfo=UTC),
        datetime(2026, 11, 23, 1, tzinfo=UTC),
        datetime(2026, 1, 5, 1, tzinfo=UTC),
        datetime(2025, 1, 5, 1, tzinfo=UTC),
    ]
    assert [say_near(day, NINE) for day in days] == [
        "午前10時",
        "きのう 午前10時",
        "1月5日（月） 午前10時",
        "令和7年1月5日（日） 午前10時",
    ]
