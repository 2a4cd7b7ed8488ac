"""A resident asks how far the plan has come, and hears only what is recorded."""

from datetime import date

import pytest

import content
from bot.db import Database
from bot.line import limits
from bot.plan import news, recording
from bot.plan.measures import Plan
from bot.plan.rules import StepState
from tests.flows.chatting import CivilTime, Resident, labels, words
from tests.flows.planning import PLAN, terms


def test_the_plan_is_asked_for_and_only_what_is_recorded_is_said(
    resident: Resident, city_database: Database, civil: CivilTime
) -> None:
    heard = resident.says("計画はどこまで進んだ？")
    assert "記録がありません（計画では全部で224）。今の状況は窓口へ" in words(heard)
    assert "予定の年度を過ぎました。今の状況は窓口へ" in words(heard)
    assert "終わりました" not in words(heard)
    assert "人に聞く" in labels(heard)

    with city_database.writing() as session:
        names = ["粗大ごみの申込み", "道路の使用の届出"]
        given = {"by": "tanaka", "now": civil(), "terms": terms()}
        recording.went_online_by_name(session, names, date(2022, 12, 1), **given)
        measure, _, step = PLAN.step("1-1:2022:1") or pytest.fail("no such step")
        recording.step(session, measure, step, StepState.DONE, date(2022, 10, 3), **given)
    heard = resident.says("けいかくは どこまで すすんだ")
    assert "2（計画では全部で224）" in words(heard)
    assert "令和4年12月1日（木）までの記録です。" in words(heard)
    assert "終わりました\n・システム導入" in words(heard)


@pytest.mark.parametrize("style", ["ふりがな", "やさしい日本語"])
def test_the_cards_fit_whatever_the_style(resident: Resident, style: str) -> None:
    resident.says(style)
    assert limits.check(resident.says("計画の進み具合")) == []


def test_who_taps_an_old_button_for_what_is_online_now_is_told_so(resident: Resident) -> None:
    heard = resident.posts_back("to=watch&p=P001")
    assert "もうネットでできます" in words(heard)


def test_every_measure_of_the_plan_has_steps_within_its_years() -> None:
    plan = Plan.from_toml(content.toml("plan.toml"))
    first, last = plan.years[0][0], plan.years[-1][0]
    keys = [step.key for measure in plan.measures for _, step in measure.steps()]
    assert len(keys) == len(set(keys))
    assert [one.number for one in plan.measures] == [1, 2, 3, 4, 5, 6, 7, 8]
    for measure in plan.measures:
        for _, step in measure.steps():
            assert first <= step.first <= step.last <= last
            assert plan.step(step.key) is not None


def test_the_months_news_hold_what_the_month_brought(database: Database, civil: CivilTime) -> None:
    given = {"by": "tanaka", "now": civil(), "terms": terms()}
    with database.writing() as session:
        for day, name in (
            (date(2026, 10, 31), "前"),
            (date(2026, 11, 1), "今"),
            (date(2026, 11, 2), "誤"),
        ):
            recording.went_online_by_name(session, [name], day, **given)
        recording.withdraw(session, 3, by="tanaka", now=civil())
        recording.figure(session, 8, "友だち", "9人", date(2026, 11, 3), **given)
        measure, _, step = PLAN.step("8-1:2025:1") or pytest.fail("no such step")
        recording.step(session, measure, step, StepState.DONE, date(2026, 11, 4), **given)
    with database.reading() as session:
        found = news.draft(session, PLAN, date(2026, 11, 20))
        nothing = news.draft(session, PLAN, date(2026, 9, 1))
    assert (found.first, found.last) == (date(2026, 11, 1), date(2026, 11, 30))
    assert [one.subject for one in found.online] == ["今"]
    assert [one.measure.number for one in found.measures] == [8]
    assert [one.step.key for one in found.measures[0].steps] == ["8-1:2025:1"]
    assert [one.value for one in found.measures[0].figures] == ["9人"]
    assert found.progress.recorded == 2
    assert nothing.is_empty
