"""Each due instant fires once, whoever finds it, and what is too late is recorded as missed."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db import Database
from bot.schedules import service as schedules
from bot.schedules.models import Firing, Schedule
from scheduler.clock import Clock, Job, next_due
from scheduler.jobs import standing_jobs
from tests.flows.test_worker import wait_for

SIX = datetime(2026, 8, 8, 6, 0, tzinfo=UTC)
"""15:00 in Japan."""


def make(database: Database, *, now: datetime, grace_hours: float = 1) -> int:
    with database.writing() as session:
        schedules.ensure(
            session,
            name="reminder",
            job="remind",
            cron="0 15 * * *",
            now=now,
            next_due=next_due,
            grace=timedelta(hours=grace_hours),
        )
        return session.execute(select(Schedule.id)).scalar_one()


def fire(database: Database, schedule_id: int, now: datetime) -> list[datetime]:
    started: list[datetime] = []

    def start(_session: Session, _job: str, due: datetime) -> None:
        started.append(due)

    with database.writing() as session:
        schedules.fire_due(session, schedule_id, now, next_due, start)
    return started


def outcomes(database: Database) -> list[tuple[datetime, str]]:
    with database.reading() as session:
        rows = session.execute(select(Firing).order_by(Firing.due)).scalars()
        return [(row.due, row.outcome) for row in rows]


def test_a_cron_line_is_read_in_japans_time() -> None:
    assert next_due("0 15 * * *", "Asia/Tokyo", SIX - timedelta(seconds=1)) == SIX
    assert next_due("0 15 * * *", "Asia/Tokyo", SIX) == SIX + timedelta(days=1)
    assert next_due("0 0 30 2 *", "Asia/Tokyo", SIX) is None


def test_a_due_instant_fires_once(database: Database) -> None:
    schedule_id = make(database, now=SIX - timedelta(hours=3))
    assert fire(database, schedule_id, SIX - timedelta(seconds=1)) == []
    assert fire(database, schedule_id, SIX) == [SIX]
    assert fire(database, schedule_id, SIX + timedelta(seconds=5)) == []
    assert outcomes(database) == [(SIX, "fired")]


def test_eight_racers_at_one_due_instant_fire_it_once(database: Database) -> None:
    schedule_id = make(database, now=SIX - timedelta(hours=3))
    started: list[datetime] = []
    start = threading.Barrier(8)

    def race() -> None:
        start.wait()
        started.extend(fire(database, schedule_id, SIX + timedelta(seconds=1)))

    racers = [threading.Thread(target=race) for _ in range(8)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert started == [SIX]


def test_after_three_weeks_down_only_what_is_still_in_time_fires(database: Database) -> None:
    schedule_id = make(database, now=SIX - timedelta(hours=3))
    back = SIX + timedelta(days=21, minutes=30)
    assert fire(database, schedule_id, back) == [SIX + timedelta(days=21)]
    assert outcomes(database) == [(SIX, "missed"), (SIX + timedelta(days=21), "fired")]
    assert fire(database, schedule_id, back) == []


def test_after_three_weeks_down_nothing_fires_when_all_is_too_late(database: Database) -> None:
    schedule_id = make(database, now=SIX - timedelta(hours=3))
    assert fire(database, schedule_id, SIX + timedelta(days=21, hours=5)) == []
    next_day = SIX + timedelta(days=22)
    assert fire(database, schedule_id, next_day) == [next_day]


def test_of_several_instants_in_time_the_latest_fires(database: Database) -> None:
    schedule_id = make(database, now=SIX - timedelta(hours=3), grace_hours=72)
    third = SIX + timedelta(days=2)
    assert fire(database, schedule_id, third) == [third]
    assert [outcome for _, outcome in outcomes(database)] == ["coalesced", "coalesced", "fired"]


def test_a_schedule_edited_at_its_due_instant_fires_as_edited(database: Database) -> None:
    schedule_id = make(database, now=SIX - timedelta(hours=3))
    with database.writing() as session:
        assert schedules.edit(
            session, "reminder", cron="30 15 * * *", enabled=True, now=SIX, next_due=next_due
        )
    assert fire(database, schedule_id, SIX) == []
    half_past = SIX + timedelta(minutes=30)
    assert fire(database, schedule_id, half_past) == [half_past]


def test_a_schedule_switched_off_at_its_due_instant_does_not_fire(database: Database) -> None:
    schedule_id = make(database, now=SIX - timedelta(hours=3))
    with database.writing() as session:
        schedules.edit(
            session, "reminder", cron="0 15 * * *", enabled=False, now=SIX, next_due=next_due
        )
    assert fire(database, schedule_id, SIX + timedelta(hours=1)) == []


def test_a_firing_whose_start_fails_is_not_lost(database: Database) -> None:
    schedule_id = make(database, now=SIX - timedelta(hours=3))

    def broken(_session: Session, _job: str, _due: datetime) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError), database.writing() as session:
        schedules.fire_due(session, schedule_id, SIX, next_due, broken)
    assert outcomes(database) == []
    assert fire(database, schedule_id, SIX) == [SIX]


def test_staffs_edit_of_a_schedule_survives_the_next_start(database: Database) -> None:
    make(database, now=SIX)
    with database.writing() as session:
        schedules.edit(
            session, "reminder", cron="0 9 * * *", enabled=True, now=SIX, next_due=next_due
        )
    make(database, now=SIX)
    with database.reading() as session:
        assert [held.cron for held in schedules.standing(session)] == ["0 9 * * *"]


def test_two_clocks_on_one_database_do_a_job_once_as_civil_time_moves(
    database: Database,
) -> None:
    civil, done = [SIX - timedelta(hours=1)], []
    job = Job("remind", "0 15 * * *", run=lambda: done.append("run"))
    clocks = [Clock(database, lambda: civil[0], [job]) for _ in range(2)]
    for clock in clocks:
        clock.start()
    civil[0] = SIX + timedelta(minutes=5)
    for _ in range(3):
        for clock in clocks:
            clock.reconcile()
    wait_for(lambda: done == ["run"])
    time.sleep(0.2)
    for clock in clocks:
        clock.stop()
    assert done == ["run"]


def test_the_nightly_jobs_erase_in_small_steps_until_nothing_is_left(database: Database) -> None:
    left = [500, 500, 20]

    def erase(_session: Session) -> int:
        return left.pop(0) if left else 0

    civil = datetime(2026, 8, 7, 15, tzinfo=UTC)
    moments = [civil]
    jobs = standing_jobs(
        database,
        lambda: moments[0],
        {"purge questions": erase},
        events_kept=timedelta(days=7),
        parcels_kept=timedelta(days=30),
        failures_kept=timedelta(days=90),
    )
    clock = Clock(database, lambda: moments[0], jobs)
    clock.start()
    moments[0] = civil + timedelta(hours=4)
    clock.reconcile()
    wait_for(lambda: left == [])
    clock.stop()
    assert [job.name for job in jobs] == ["sweep", "purge questions"]
