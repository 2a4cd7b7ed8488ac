"""Announcements that repeat fire once at each instant, whatever the servers went through."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.campaigns import audience, finding, firing, occasions, queries, series, service, stopping
from bot.campaigns.checking import Fault
from bot.campaigns.firing import Generate, Making
from bot.campaigns.rules import Audience, Button, Cap, Card, Draft, Kind, State, Why, Wish
from bot.campaigns.series import Edited
from bot.db import Database
from bot.schedules import service as schedules
from bot.schedules.models import Schedule
from bot.sealing import Sealer
from scheduler.clock import Clock, next_due
from tests.flows.announcing import TERMS, Office, befriend, befriend_all, wait_for, written

THURSDAY = datetime(2026, 1, 29, 3, tzinfo=UTC)
"""Noon in Japan; the next Friday is the 30th of January, the next month's end the 31st."""
FRIDAYS = "0 10 * * fri"
AT_TEN = datetime(2026, 1, 30, 1, tzinfo=UTC)


@pytest.fixture
def office(database: Database, sealer: Sealer) -> Office:
    made = Office(database, sealer)
    made.civil.now = THURSDAY
    return made


def weekly(**more: Any) -> series.Plan:
    plan = series.Plan(
        Kind.FREE, "毎週", written(wish=Wish(cap=Cap.SEND_ALL)), FRIDAYS, waits_for_approval=False
    )
    return replace(plan, **more)


def starts(office: Office, plan: series.Plan) -> int:
    with office.database.writing() as session:
        number = series.make(session, plan, author="writer", now=office.civil())
    assert approves(office, number, "writer") == service.OwnWork()
    assert approves(office, number) == series.On()
    assert approves(office, number) == series.NotNow()
    return number


def approves(
    office: Office,
    number: int,
    actor: str = "approver",
    typed: int | None = None,
    shown: int | None = None,
) -> object:
    with office.database.reading() as session:
        held = series.one(session, number)
        whom = held.plan.draft.audience if held and held.plan.draft else Audience()
        reach = audience.count(session, whom)
    with office.database.writing() as session:
        return series.approve(
            session,
            number,
            actor=actor,
            now=office.civil(),
            next_due=next_due,
            terms=TERMS,
            reach=reach,
            shown=shown,
            typed=typed,
        )


def ticks(
    office: Office,
    generate: Generate = lambda *_: None,
    faults: Callable[[Draft], Sequence[Fault]] = lambda _draft: (),
) -> None:
    """What the clock does when it looks, in every process."""
    making = Making(generate, TERMS, faults)
    with office.database.reading() as session:
        due = schedules.overdue(session, office.civil())
    for schedule_id in due:
        with office.database.writing() as session:

            def start(session: Session, job: str, at: datetime) -> None:
                number = int(job.partition(":")[2])
                firing.fire(session, number, at, office.civil(), making)

            schedules.fire_due(session, schedule_id, office.civil(), next_due, start)


def made(office: Office) -> list[queries.Campaign]:
    with office.database.reading() as session:
        return sorted(queries.listed(session), key=lambda one: one.id)


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
