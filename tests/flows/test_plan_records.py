"""Staff write down how the plan stands; pressing twice, or two at once, writes it once."""

from datetime import UTC, date, datetime

import pytest

from bot.db import Database
from bot.plan import queries, recording
from bot.plan.recording import Recorded, RecordedAlready
from bot.plan.rules import How, StepState
from tests.flows.planning import PLAN, terms

NOW = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)


def test_the_same_step_written_down_again_stands_once(database: Database) -> None:
    measure, _, step = PLAN.step("1-1:2022:1") or pytest.fail("no such step")
    given = {"by": "tanaka", "now": NOW, "terms": terms()}
    day = date(2026, 11, 4)
    with database.writing() as session:
        first = recording.step(session, measure, step, StepState.DONE, day, **given)
        again = recording.step(session, measure, step, StepState.DONE, day, **given)
        other = recording.step(session, measure, step, StepState.STOPPED, day, **given)
        held = len(queries.records(session))
    assert isinstance(first, Recorded)
    assert again == RecordedAlready(first.record)
    assert isinstance(other, Recorded)
    assert held == 2


def test_who_takes_the_last_word_on_a_step_back_by_another_is_not_told_it_stands(
    database: Database,
) -> None:
    measure, _, step = PLAN.step("1-1:2022:1") or pytest.fail("no such step")
    given = {"by": "tanaka", "now": NOW, "terms": terms()}
    day = date(2026, 11, 4)
    with database.writing() as session:
        for state in (StepState.DONE, StepState.UNDER_WAY, StepState.DONE):
            done = recording.step(session, measure, step, state, day, **given)
            assert isinstance(done, Recorded)
        progress = queries.progress(session, PLAN, date(2026, 11, 30))
    stands = [one for m in progress.measures for one in m.steps if one.step.key == step.key]
    assert [one.how for one in stands] == [How.DONE]


def test_the_same_figure_written_down_again_stands_once(database: Database) -> None:
    given = {"by": "tanaka", "now": NOW, "terms": terms()}
    day = date(2026, 11, 4)
    with database.writing() as session:
        first = recording.figure(session, 1, "利用率", "12%", day, **given)
        again = recording.figure(session, 1, "利用率", "12%", day, **given)
        other = recording.figure(session, 1, "利用率", "13%", day, **given)
    assert isinstance(first, Recorded)
    assert again == RecordedAlready(first.record)
    assert isinstance(other, Recorded)
