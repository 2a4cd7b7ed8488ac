"""What may be said of the plan: what is recorded, and that the rest is not known."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

import content
from bot.city import Quiet
from bot.plan.measures import Plan, Step
from bot.plan.rules import (
    How,
    Kind,
    Record,
    StepState,
    fiscal_year,
    how_it_stands,
    progress,
    standing,
)

PLAN = Plan.from_toml(content.toml("plan.toml"))
AT = datetime(2026, 11, 24, 1, tzinfo=UTC)
NIGHT = Quiet(time(21), time(8))


def online(number: int, day: date) -> Record:
    return Record(number, Kind.ONLINE, f"手続き{number}", day, "tanaka", AT)


def taken_back(number: int, record: Record) -> Record:
    return Record(
        number, Kind.WITHDRAWAL, record.subject, record.day, "tanaka", AT, corrects=record.id
    )


def test_the_plan_is_the_reports() -> None:
    assert (PLAN.total, PLAN.first_year) == (224, 15)
    assert [year for year, _ in PLAN.years] == [2022, 2023, 2024, 2025]
    assert len(PLAN.measures) == 8


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2023, 3, 31), 2022), (date(2023, 4, 1), 2023), (date(2024, 1, 1), 2023)],
)
def test_a_fiscal_year_begins_in_april(day: date, year: int) -> None:
    assert fiscal_year(day) == year


@pytest.mark.parametrize(
    ("today", "how"),
    [
        (date(2022, 3, 31), How.TO_COME),
        (date(2022, 4, 1), How.THIS_YEAR),
        (date(2024, 3, 31), How.THIS_YEAR),
        (date(2024, 4, 1), How.PASSED),
    ],
)
def test_without_a_record_only_the_years_speak(today: date, how: How) -> None:
    step = Step("9-9:2022:1", 2022, 2023, "何か")
    assert how_it_stands(step, None, today) is how
    assert how_it_stands(step, StepState.DONE, today) is How.DONE


def test_nothing_recorded_is_unknown_and_not_nought() -> None:
    stands = progress(PLAN, [], date(2026, 11, 24))
    assert (stands.recorded, stands.as_of, stands.upto) == (None, None, 0)
    assert {year.count for year in stands.years} == {None}
    hows = {step.how for one in stands.measures for step in one.steps}
    assert hows == {How.PASSED}


def test_counts_are_of_what_stands_and_a_year_without_a_record_stays_unknown() -> None:
    first, second, late = (
        online(1, date(2023, 3, 31)),
        online(2, date(2023, 4, 1)),
        online(3, date(2026, 4, 1)),
    )
    wrong = online(4, date(2024, 5, 1))
    records = [first, second, late, wrong, taken_back(5, wrong)]
    assert standing(records) == (first, second, late)
    stands = progress(PLAN, records, date(2026, 11, 24))
    assert stands.recorded == 3
    assert [year.count for year in stands.years] == [1, 1, None, None]
    assert (stands.late, stands.as_of, stands.upto) == (1, date(2026, 4, 1), 5)
    assert stands.figures == (224, 3, 1, 1, None, None)


def test_the_newest_day_of_a_step_counts_whenever_it_was_written() -> None:
    def step(number: int, state: StepState, day: date) -> Record:
        return Record(number, Kind.STEP, "1-2:2022:1", day, "tanaka", AT, measure=1, state=state)

    records = [
        step(1, StepState.DONE, date(2023, 3, 1)),
        step(2, StepState.UNDER_WAY, date(2022, 5, 1)),
    ]
    first = progress(PLAN, records, date(2026, 11, 24)).measures[0]
    assert [one.how for one in first.steps if one.step.key == "1-2:2022:1"] == [How.DONE]
    assert first.count(How.DONE) == 1


def test_the_night_waits_for_the_morning_in_japan() -> None:
    evening = datetime(2026, 11, 24, 11, 59, 59, tzinfo=UTC)
    assert NIGHT.over(evening) == evening
    for hours in (1, 6, 10):
        moment = evening + timedelta(hours=hours)
        assert NIGHT.is_now(moment)
        assert NIGHT.over(moment) == datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
    assert not NIGHT.is_now(datetime(2026, 11, 24, 23, 0, tzinfo=UTC))
    assert not Quiet(time(0), time(0)).is_now(evening)
