"""When people are told, and until when an offer holds."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

import content
from bot.city import City
from bot.classes import times
from bot.classes.values import Course, Kind, Tells

RULES = City.from_toml(content.toml("city.toml")).classes
JAPAN = ZoneInfo("Asia/Tokyo")


def here(day: int, clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 12, day, hour, minute, tzinfo=JAPAN)


@pytest.mark.parametrize(
    ("told", "starts", "until"),
    [
        ((1, "10:00"), (20, "10:00"), (2, "10:00")),  # a whole day
        ((1, "10:00"), (3, "10:00"), (1, "20:59")),  # twelve hours would end at night
        ((1, "10:00"), (2, "10:00"), (1, "16:00")),  # a quarter of the time left
        ((1, "10:00"), (1, "14:00"), (1, "11:00")),  # never under the least
        ((1, "10:00"), (1, "12:00"), (1, "11:00")),
        ((1, "20:30"), (5, "10:00"), (2, "17:52")),
        ((1, "20:30"), (2, "11:00"), (2, "08:00")),  # the evening is too short: the morning after
        ((1, "10:00"), (1, "11:30"), None),  # no time for an answer
        ((1, "20:30"), (2, "08:30"), None),
    ],
)
def test_an_offer_is_shorter_as_the_class_comes_near_and_never_ends_at_night(
    told: tuple[int, str], starts: tuple[int, str], until: tuple[int, str] | None
) -> None:
    found = times.offer_until(RULES, here(*told), here(*starts))
    assert (found and found.replace(second=0)) == (None if until is None else here(*until))


def test_no_offer_ends_at_night_whenever_it_is_made() -> None:
    moment = here(1, "08:00")
    for minutes in range(0, 60 * 13, 7):
        for hours in range(1, 80, 3):
            told = moment + timedelta(minutes=minutes)
            until = times.offer_until(RULES, told, told + timedelta(hours=hours))
            if until is not None:
                assert not RULES.quiet.is_now(until)
                assert told + RULES.offer_least <= until
                assert until <= told + timedelta(hours=hours) - RULES.offer_ends_before


def test_those_without_line_are_rung_up_while_the_desk_is_open() -> None:
    saturday = here(5, "10:00")
    assert times.told_from(RULES, saturday, has_line=True) == saturday
    assert times.told_from(RULES, saturday, has_line=False) == here(7, "08:30")
    assert times.told_from(RULES, here(1, "22:00"), has_line=True) == here(2, "08:00")


def course(**changes: object) -> Course:
    values: dict[str, object] = {"kind": Kind.CLASS, "level": 0, "steps": ()}
    words = dict.fromkeys(("code", "title", "about", "prerequisites", "bring", "organiser"), "")
    return Course(id=1, **(words | values | changes))  # type: ignore[arg-type]


def test_reminders_follow_the_city_or_the_course() -> None:
    starts = here(20, "10:00")
    due = [(one.kind, one.due_at) for one in times.reminders(RULES, course(), starts)]
    assert due == [
        (Tells.REMINDER, here(13, "10:00")),
        (Tells.REMINDER, here(19, "10:00")),
        (Tells.MORNING, here(20, "08:00")),
    ]
    own = course(reminder_days=(2,), reminder_at="22:00", morning_at="")
    (late,) = times.reminders(RULES, own, starts)
    assert late.due_at == here(19, "08:00")  # at night nobody is told
    early = here(20, "08:00")
    assert Tells.MORNING not in [one.kind for one in times.reminders(RULES, course(), early)]
