"""What became of a series is told as it was; and no instant is made twice or lost."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.campaigns import finding, occasions, series, service, stopping
from bot.campaigns.checking import Fault
from bot.campaigns.rules import Button, Card, Draft, Kind, State, Why
from bot.db import Database
from bot.schedules.models import Schedule
from bot.sealing import Sealer
from scheduler.clock import Clock, next_due
from tests.flows.announcing import Office, befriend, written
from tests.flows.repeating import AT_TEN, THURSDAY, made, starts, ticks, weekly


@pytest.fixture
def office(database: Database, sealer: Sealer) -> Office:
    made = Office(database, sealer)
    made.civil.now = THURSDAY
    return made


def test_what_happened_is_told_as_it_was_and_a_skip_can_be_taken_back(office: Office) -> None:
    befriend(office.database, office.sealer, range(1, 4))
    number = starts(office, weekly(until=date(2026, 2, 13)))
    week = timedelta(days=7)
    for day in (date(2026, 1, 30), date(2026, 2, 6)):
        with office.database.writing() as session:
            assert series.skip(session, number, day)

    def stands() -> series.Series:
        with office.database.reading() as session:
            held = series.one(session, number)
        assert held is not None
        return held

    def coming() -> list[date]:
        return occasions.to_take_back(stands(), office.civil(), next_due)

    assert coming() == [date(2026, 1, 30), date(2026, 2, 6)]
    office.civil.now = AT_TEN
    ticks(office)
    assert coming() == [date(2026, 2, 6)]
    with office.database.writing() as session:
        assert series.take_back_skip(session, number, date(2026, 2, 6))
        assert not series.take_back_skip(session, number, date(2026, 2, 6))
    for weeks in (1, 2):
        assert not occasions.is_over(stands(), office.civil(), next_due)
        office.civil.now = AT_TEN + weeks * week
        ticks(office)
    assert occasions.is_over(stands(), office.civil(), next_due)
    for weeks in (3, 4):
        office.civil.now = AT_TEN + weeks * week
        ticks(office)
    with office.database.reading() as session:
        told = [(one.due, one.outcome) for one in occasions.happened(session, number)]
    assert told == [
        (AT_TEN + 3 * week, "ended"),
        (AT_TEN + 2 * week, "fired"),
        (AT_TEN + week, "fired"),
        (AT_TEN, "skipped"),
    ], "the end is told once"


def test_an_instant_without_anything_to_tell_is_told_so(office: Office) -> None:
    number = starts(office, weekly(kind=Kind.DIGEST, draft=None))
    office.civil.now = AT_TEN
    ticks(office)
    with office.database.reading() as session:
        assert [one.outcome for one in occasions.happened(session, number)] == ["nothing"]


def test_what_does_not_pass_the_check_is_a_draft_that_wants_a_person(office: Office) -> None:
    befriend(office.database, office.sealer, range(1, 4))
    starts(office, weekly())
    starts(office, weekly(kind=Kind.PROGRESS, draft=None))
    office.civil.now = AT_TEN

    def generate(_session: Session, kind: Kind, _due: datetime, _told: datetime | None) -> Draft:
        return written(kind=kind)

    ticks(office, generate, lambda _draft: [Fault("text_long", 2, 600)])
    office.civil.passes(minutes=6)
    office.goes_round()
    assert office.line.got == {}
    for one in made(office):
        assert (one.state, one.why, one.approved_by) == (State.DRAFT, Why.FAULTY, None)
        assert office.story(one.id)[-1] == "faulty"
    with office.database.reading() as session:
        assert len(finding.in_trouble(session)) == 2
    broken = Card("スマホ教室", "申し込めます", buttons=(Button("見る", "class_pick", "s=99999"),))
    number = starts(office, weekly(draft=written(parts=(broken,))))
    office.civil.now = AT_TEN + timedelta(days=7)
    ticks(office)
    last = made(office)[-1]
    assert (last.series_id, last.why) == (number, Why.FAULTY), "a button that leads nowhere"
    with office.database.writing() as session:
        stopping.cancel(
            *(session, last.id),
            actor="writer",
            now=office.civil(),
            lease_now=office.database.lease_now(session),
        )
    one = made(office)[0]
    assert office.checks(one.id) == service.Checked(), "mended meanwhile"
    assert office.find(one.id).why is None
    with office.database.reading() as session:
        assert len(finding.in_trouble(session)) == 1


def test_a_clock_that_is_set_back_makes_no_instant_twice(office: Office) -> None:
    befriend(office.database, office.sealer, range(1, 4))
    number = starts(office, weekly())
    week = timedelta(days=7)
    for moment in (AT_TEN, AT_TEN - week, AT_TEN, AT_TEN + week, AT_TEN, AT_TEN + week):
        office.civil.now = moment + timedelta(seconds=1)
        ticks(office)
    assert [one.series_due for one in made(office)] == [AT_TEN, AT_TEN + week]
    with office.database.reading() as session:
        outcomes = [one.outcome for one in occasions.happened(session, number)]
    assert outcomes == ["fired", "fired"]


def test_eight_racers_make_one_announcement(office: Office) -> None:
    befriend(office.database, office.sealer, range(1, 4))
    starts(office, weekly())
    office.civil.now = AT_TEN + timedelta(seconds=1)
    begin = threading.Barrier(8)

    def race() -> None:
        begin.wait()
        ticks(office)

    racers = [threading.Thread(target=race) for _ in range(8)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert len(made(office)) == 1


def test_the_last_day_of_each_month_is_found_whatever_its_number() -> None:
    moments, moment = [], THURSDAY
    for _ in range(3):
        found = next_due("0 10 last * *", "Asia/Tokyo", moment)
        assert found is not None
        moments.append(found.date())
        moment = found
    assert moments == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]
    assert next_due("0 10 31 * *", "Asia/Tokyo", datetime(2026, 2, 1, tzinfo=UTC)) == datetime(
        2026, 3, 31, 1, tzinfo=UTC
    )


def test_the_clock_hands_a_series_its_number(office: Office) -> None:
    befriend(office.database, office.sealer, range(1, 4))
    number = starts(office, weekly())
    office.civil.now = AT_TEN + timedelta(seconds=1)
    seen: list[tuple[int, datetime]] = []
    families = {series.FAMILY: lambda _session, held, due: seen.append((held, due))}
    clock = Clock(office.database, office.civil, [], families)
    with office.database.reading() as session:
        schedule_id = session.scalars(select(Schedule.id)).one()
    clock.fire(schedule_id)
    clock.fire(schedule_id)
    assert seen == [(number, AT_TEN)]
