"""Tells the time: APScheduler wakes at the schedules' instants, the rows decide what fires."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy.orm import Session

from bot.city import JAPAN
from bot.clocks import CivilClock
from bot.db import Database
from bot.schedules import service as schedules

log = logging.getLogger("madoguchi.clock")

_RECONCILE_EVERY = 15


def _nothing(_session: Session, _due: datetime) -> None:
    """Starts nothing in the firing's own transaction."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something done at a time.

    `start` runs in the transaction of the firing and must be quick: what it keeps is there
    exactly if the firing is. `run` follows the commit, in one process only; should that process
    end meanwhile, the next instant has to make up for it. `cron` is in Japan's time and is used
    when the schedule is made; afterwards the row says when.
    """

    name: str
    cron: str
    start: Callable[[Session, datetime], None] = _nothing
    run: Callable[[], object] | None = None
    grace: timedelta = timedelta(hours=12)


Family = Callable[[Session, int, datetime], object]
"""Starts the job of a schedule that staff made, by the number behind the colon of its job's name
("series:12"), for a due instant, in the transaction of the firing."""


def next_due(cron: str, zone: str, after: datetime) -> datetime | None:
    """The first instant of a cron line strictly after a moment.

    Days of the week by name (`mon`), as APScheduler counts them from Monday and cron from Sunday.
    """
    trigger = CronTrigger.from_crontab(cron, timezone=ZoneInfo(zone))
    moment = after.astimezone(ZoneInfo(zone))
    found: datetime | None = trigger.get_next_fire_time(moment, moment + timedelta(days=1))
    return found


class Clock:
    """Runs schedules and jobs in one process; any number of processes may do so.

    APScheduler keeps its jobs in memory and wakes in real time; civil time decides what is due,
    so that a demo can move it. Start it after a fork.
    """

    def __init__(
        self,
        database: Database,
        civil: CivilClock,
        jobs: Iterable[Job],
        families: Mapping[str, Family] | None = None,
    ) -> None:
        self._database = database
        self._civil = civil
        self._jobs = {job.name: job for job in jobs}
        self._families = dict(families or {})
        self._held: dict[int, int] = {}
        self._apscheduler = BackgroundScheduler(
            timezone=JAPAN,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self) -> None:
        """Makes the schedules of jobs that have none yet, and begins."""
        with self._database.writing() as session:
            for job in self._jobs.values():
                schedules.ensure(
                    session,
                    name=job.name,
                    job=job.name,
                    cron=job.cron,
                    now=self._civil(),
                    next_due=next_due,
                    grace=job.grace,
                )
        self._apscheduler.add_job(
            self.reconcile,
            "interval",
            seconds=_RECONCILE_EVERY,
            id="reconcile",
            next_run_time=datetime.now(JAPAN),
        )
        self._apscheduler.start()

    def stop(self) -> None:
        """Ends; a job under way is finished first."""
        self._apscheduler.shutdown(wait=True)

    def reconcile(self) -> None:
        """Takes over new, edited and removed schedules, and fires what is due by civil time."""
        try:
            with self._database.reading() as session:
                standing = {held.id: held for held in schedules.standing(session)}
                due = schedules.overdue(session, self._civil())
        except Exception as error:
            log.warning("the schedules could not be read: %s", type(error).__name__)
            return
        for gone in self._held.keys() - standing.keys():
            del self._held[gone]
            self._apscheduler.remove_job(f"schedule-{gone}")
        for held in standing.values():
            if self._held.get(held.id) != held.version:
                self._take_over(held)
        for schedule_id in due:
            self.fire(schedule_id)

    def fire(self, schedule_id: int) -> None:
        """Fires what is due of a schedule, if no other process has; faults are logged."""
        try:
            with self._database.writing() as session:
                fired = schedules.fire_due(
                    session, schedule_id, self._civil(), next_due, self._start
                )
            job = self._jobs.get(fired.job) if fired else None
            if fired and job and job.run:
                log.info("schedule %s, due %s", fired.name, fired.due.isoformat())
                job.run()
        except Exception:
            log.exception("schedule %s failed", schedule_id)

    def _start(self, session: Session, job: str, due: datetime) -> None:
        if job in self._jobs:
            self._jobs[job].start(session, due)
            return
        family, _, number = job.partition(":")
        if family in self._families and number.isdecimal():
            self._families[family](session, int(number), due)

    def _take_over(self, held: schedules.Standing) -> None:
        trigger = CronTrigger.from_crontab(held.cron, timezone=ZoneInfo(held.zone))
        self._apscheduler.add_job(
            self.fire, trigger, args=[held.id], id=f"schedule-{held.id}", replace_existing=True
        )
        self._held[held.id] = held.version
