"""Announcements that repeat fire once at each instant, whatever the servers went through."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from bot.campaigns import occasions, queries, series, service
from bot.campaigns.rules import Audience, Draft, Kind, State, Why
from bot.campaigns.series import Edited
from bot.db import Database
from bot.sealing import Sealer
from scheduler.clock import next_due
from tests.flows.announcing import TERMS, Office, befriend, befriend_all, wait_for, written
from tests.flows.repeating import AT_TEN, THURSDAY, approves, made, starts, ticks, weekly


@pytest.fixture
def office(database: Database, sealer: Sealer) -> Office:
    made = Office(database, sealer)
    made.civil.now = THURSDAY
    return made


def test_a_weekly_announcement_goes_each_friday_until_its_end_days_left_out(
    office: Office,
) -> None:
    befriend(office.database, office.sealer, range(1, 4))
    number = starts(office, weekly(until=date(2026, 2, 20)))
    with office.database.writing() as session:
        assert series.skip(session, number, date(2026, 2, 6))
        assert series.skip(session, number, date(2026, 2, 6))
        held = series.one(session, number)
    assert held is not None
    fridays = [AT_TEN, AT_TEN + timedelta(days=14), AT_TEN + timedelta(days=21)]
    assert occasions.next_times(held, office.civil(), next_due) == fridays
    for _ in range(4 * 7 * 2):
        office.civil.passes(hours=12)
        ticks(office)
        ticks(office)
        office.civil.passes(minutes=5)
        office.goes_round()
        office.civil.passes(minutes=-5)
    campaigns = made(office)
    assert [one.series_due for one in campaigns] == fridays
    office.sends(campaigns[-1].id)
    wait_for(lambda: all(office.is_over(one.id) for one in campaigns))
    assert set(office.line.got.values()) == {3}


def test_what_is_drafted_anew_waits_for_an_approval_each_time(office: Office) -> None:
    befriend(office.database, office.sealer, range(1, 4))
    starts(office, weekly(kind=Kind.PROGRESS, draft=None))
    office.civil.now = AT_TEN + timedelta(minutes=1)

    def generate(_session: Session, kind: Kind, due: datetime, _told: datetime | None) -> Draft:
        return written(f"{due:%m月}の進み具合", kind=kind)

    ticks(office, generate)
    (one,) = made(office)
    assert (one.state, one.draft.kind, one.author) == (State.CHECKED, Kind.PROGRESS, "writer")
    office.goes_round()
    assert office.state(one.id) is State.CHECKED
    assert type(office.approves(one.id, "writer")).__name__ == "OwnWork"
    office.approves(one.id)
    office.civil.passes(minutes=5)
    office.goes_round()
    office.sends(one.id)
    assert len(office.line.got) == 3


def test_after_three_weeks_down_one_goes_and_what_was_missed_is_shown(office: Office) -> None:
    befriend(office.database, office.sealer, range(1, 4))
    number = starts(office, weekly())
    office.civil.now = AT_TEN + timedelta(days=21, minutes=30)
    ticks(office)
    assert [one.series_due for one in made(office)] == [AT_TEN + timedelta(days=21)]
    with office.database.reading() as session:
        told = occasions.happened(session, number)
    assert [(one.due, one.outcome, one.campaign_id is not None) for one in told] == [
        (AT_TEN + timedelta(days=21), "fired", True),
        (AT_TEN, "missed", False),
    ]


def test_an_edit_at_the_due_instant_needs_an_approval_before_anything_goes(
    office: Office,
) -> None:
    befriend(office.database, office.sealer, range(1, 4))
    number = starts(office, weekly())
    office.civil.now = AT_TEN
    who: dict[str, Any] = {"now": office.civil(), "next_due": next_due}
    with office.database.writing() as session:
        series.edit(session, number, weekly(cron="30 10 * * fri"), actor="third", **who)
    ticks(office)
    office.civil.now = AT_TEN + timedelta(minutes=40)
    ticks(office)
    assert made(office) == []
    assert approves(office, number, "third") == service.OwnWork()
    assert approves(office, number, "writer") == service.OwnWork(), "who made it wrote it"
    assert approves(office, number) == series.On()
    office.civil.now = AT_TEN + timedelta(days=7, minutes=31)
    ticks(office)
    assert len(made(office)) == 1


def test_whoever_wrote_a_series_or_its_words_cannot_approve_it_whatever_is_saved_in_between(
    office: Office,
) -> None:
    befriend(office.database, office.sealer, range(1, 4))
    copied = office.announces()
    who: dict[str, Any] = {"now": office.civil(), "next_due": next_due}

    def saves(plan: series.Plan, actor: str, number: int) -> Edited:
        with office.database.writing() as session:
            return series.edit(session, number, plan, actor=actor, **who)

    def stands(number: int) -> series.Series:
        with office.database.reading() as session:
            held = series.one(session, number)
        assert held is not None
        return held

    with office.database.writing() as session:
        number = series.make(session, weekly(), author="second", now=office.civil(), source=copied)
    assert approves(office, number, "writer") == service.OwnWork(), "whose words they are"
    assert saves(weekly(), "approver", number) is Edited.UNCHANGED
    assert stands(number).author == "second"
    assert stands(number).writers == frozenset({"second", "writer"})
    later = weekly(cron="0 11 * * fri")
    assert saves(later, "third", number) is Edited.CHANGED
    for login in ("writer", "second", "third"):
        assert approves(office, number, login) == service.OwnWork()
    assert approves(office, number) == series.On()
    assert saves(later, "writer", number) is Edited.UNCHANGED
    assert (stands(number).state, stands(number).approved_by) == ("on", "approver")
    assert saves(later, "writer", 999) is Edited.GONE


def test_each_announcement_of_a_series_can_be_undone_for_as_long_as_any_other(
    office: Office,
) -> None:
    befriend(office.database, office.sealer, range(1, 4))
    starts(office, weekly())
    office.civil.now = AT_TEN
    ticks(office)
    (one,) = made(office)
    assert (one.state, one.start_at) == (State.APPROVED, AT_TEN + TERMS.undo)
    assert one.approved_by == "approver"
    with office.database.reading() as session:
        story = {held.what: held.note for held in queries.story(session, one.id)}
    assert story["as_series"] == "3", "how many people it was approved for"
    office.goes_round()
    office.civil.passes(minutes=4)
    office.goes_round()
    assert office.state(one.id) is State.APPROVED
    with office.database.writing() as session:
        undone = service.undo(session, one.id, actor="boss", now=office.civil())
    assert undone == service.Undone()
    office.civil.passes(minutes=10)
    office.goes_round()
    assert office.state(one.id) is State.CHECKED
    office.civil.now = AT_TEN + timedelta(days=7)
    ticks(office)
    office.civil.passes(minutes=5)
    office.goes_round()
    office.sends(made(office)[-1].id)
    assert len(office.line.got) == 3


def test_the_number_of_people_is_typed_before_a_series_goes_alone_to_many(office: Office) -> None:
    befriend_all(office, 1001)
    with office.database.writing() as session:
        number = series.make(session, weekly(), author="writer", now=office.civil())
    assert approves(office, number) == service.TypeTheCount(1001)
    assert approves(office, number, typed=1000) == service.TypeTheCount(1001)
    befriend(office.database, office.sealer, [1002])
    assert approves(office, number, typed=1001) == service.TypeTheCount(1002)
    assert approves(office, number, typed=1001, shown=1001) == series.On(), "one joined meanwhile"
    nobody = weekly(draft=written(audience=Audience(topics=frozenset({"care"}))))
    with office.database.writing() as session:
        number = series.make(session, nobody, author="writer", now=office.civil())
        each = replace(nobody, waits_for_approval=True)
        looked_at = series.make(session, each, author="writer", now=office.civil())
    assert approves(office, number) == service.Nobody()
    assert approves(office, looked_at) == series.On(), "each is approved by itself"


def test_an_audience_that_has_more_than_doubled_since_the_approval_waits_for_a_person(
    office: Office,
) -> None:
    befriend(office.database, office.sealer, range(1, 4))
    starts(office, weekly())
    befriend(office.database, office.sealer, range(4, 7))
    office.civil.now = AT_TEN
    ticks(office)
    office.civil.passes(minutes=5)
    office.goes_round()
    office.sends(made(office)[-1].id)
    assert len(office.line.got) == 6, "twice as many are not too many"
    befriend(office.database, office.sealer, range(7, 8))
    office.civil.now = AT_TEN + timedelta(days=7)
    ticks(office)
    one = made(office)[-1]
    office.civil.passes(minutes=5)
    office.goes_round()
    assert (office.state(one.id), office.find(one.id).why) == (State.CHECKED, Why.GROWN)
    assert office.story(one.id)[-1] == "grown"
    assert office.find(one.id).approved_by is None
    assert isinstance(office.approves(one.id), service.Approved)
    office.civil.passes(minutes=5)
    office.goes_round()
    office.sends(one.id)
    assert len(office.line.got) == 7
