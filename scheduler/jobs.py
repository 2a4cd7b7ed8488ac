"""The jobs every installation has: sweeping the durable tables, and what the night erases."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy.orm import Session

from bot.clocks import CivilClock
from bot.db import Database
from bot.inbox import upkeep as inbox
from bot.outbox import upkeep as outbox
from bot.schedules import service as schedules
from scheduler.clock import Job

FIRINGS_KEPT = timedelta(days=400)

Erase = Callable[[Session], int]
"""Erases up to 500 rows whose time has come; how many. Called until it finds none."""


def standing_jobs(
    database: Database,
    civil: CivilClock,
    erasures: Mapping[str, Erase],
    *,
    events_kept: timedelta,
    parcels_kept: timedelta,
    failures_kept: timedelta,
) -> list[Job]:
    """The nightly sweep, and one job for each kind of data that is kept for a limited time.

    `events_kept` must be longer than LINE goes on delivering an event again (about a day): until
    then its id tells that it is known. `failures_kept` is for messages that ended badly.
    """

    def sweep() -> None:
        # By the machine's time: these rows were written by it, whatever the demo's clock says.
        with database.reading() as session:
            now = database.lease_now(session)
        erase_all(database, lambda session: inbox.sweep(session, now - events_kept))
        ended, failed = now - parcels_kept, now - failures_kept
        erase_all(database, lambda session: outbox.sweep(session, ended, failed))
        with database.writing() as session:
            schedules.sweep(session, civil() - FIRINGS_KEPT)

    jobs = [Job("sweep", "10 3 * * *", run=sweep)]
    for minute, (name, erase) in enumerate(erasures.items()):
        jobs.append(Job(name, f"{20 + minute} 3 * * *", run=_erasing(database, erase)))
    return jobs


def erase_all(database: Database, erase: Erase) -> int:
    """Calls `erase` until it finds nothing, each time in a transaction of its own. How many rows.

    So no write holds the database for long.
    """
    total = 0
    while True:
        with database.writing() as session:
            gone = erase(session)
        total += gone
        if not gone:
            return total


def _erasing(database: Database, erase: Erase) -> Callable[[], int]:
    return lambda: erase_all(database, erase)
