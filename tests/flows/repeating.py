"""Announcements that repeat, as staff make them, others approve them and the clock fires them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.campaigns import audience, firing, queries, series, service
from bot.campaigns.checking import Fault
from bot.campaigns.firing import Generate, Making
from bot.campaigns.rules import Audience, Cap, Draft, Kind, Wish
from bot.schedules import service as schedules
from scheduler.clock import next_due
from tests.flows.announcing import TERMS, Office, written

THURSDAY = datetime(2026, 1, 29, 3, tzinfo=UTC)
"""Noon in Japan; the next Friday is the 30th of January, the next month's end the 31st."""
FRIDAYS = "0 10 * * fri"
AT_TEN = datetime(2026, 1, 30, 1, tzinfo=UTC)


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
