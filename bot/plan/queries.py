"""Reads the plan's records and who waits for a procedure; nothing here writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.plan import rules
from bot.plan.measures import Plan
from bot.plan.models import GoLiveNews, GoLiveWatch, PlanRecord
from bot.plan.rules import Kind, Progress, Record, StepState
from bot.residents.models import ResidentRow


@dataclass(frozen=True, slots=True)
class News:
    """How far the telling of a procedure is: `waiting` are still to be told, if anybody.

    `outcome` is None until it is over, then "told", or "held" as a sample was still in the text.
    """

    record_id: int
    procedure_id: str
    run_at: datetime
    told: int
    waiting: int
    outcome: str | None


def records(session: Session, upto: int | None = None) -> tuple[Record, ...]:
    """All records, oldest first; with `upto` only those that there were at that one."""
    wanted = select(PlanRecord).order_by(PlanRecord.id)
    if upto is not None:
        wanted = wanted.where(PlanRecord.id <= upto)
    return tuple(value_of(row) for row in session.scalars(wanted))


def progress(session: Session, plan: Plan, today: date, upto: int | None = None) -> Progress:
    """How far the plan has come by its records; with `upto` as it stood at that record."""
    return rules.progress(plan, records(session, upto), today)


def latest(session: Session) -> int:
    """The number of the newest record, 0 without any."""
    return int(session.scalar(select(func.max(PlanRecord.id))) or 0)


def online_since(session: Session) -> dict[str, date]:
    """The procedures of the knowledge that are recorded as online, with their days."""
    return {
        one.procedure_id: one.day
        for one in rules.standing(records(session))
        if one.kind is Kind.ONLINE and one.procedure_id
    }


def watchers(session: Session, procedure_id: str) -> int:
    """How many residents in reach wait for a procedure."""
    return watched(session).get(procedure_id, 0)


def watched(session: Session) -> dict[str, int]:
    """How many residents in reach wait for each procedure that anybody waits for."""
    found = session.execute(
        select(GoLiveWatch.procedure_id, func.count())
        .join(ResidentRow, ResidentRow.key == GoLiveWatch.resident_key)
        .where(ResidentRow.left_at.is_(None))
        .group_by(GoLiveWatch.procedure_id)
    )
    return {row[0]: row[1] for row in found}


def news(session: Session) -> Mapping[int, News]:
    """The tellings, by the record that each is of."""
    waiting = watched(session)
    return {
        row.record_id: News(
            row.record_id,
            row.procedure_id,
            row.run_at,
            row.told,
            0 if row.done_at else waiting.get(row.procedure_id, 0),
            row.outcome,
        )
        for row in session.scalars(select(GoLiveNews))
    }


def value_of(row: PlanRecord) -> Record:
    """The row as a value."""
    return Record(
        id=row.id,
        kind=Kind(row.kind),
        subject=row.subject,
        day=row.day,
        by=row.by,
        at=row.at,
        procedure_id=row.procedure_id,
        measure=row.measure,
        state=StepState(row.state) if row.state else None,
        value=row.value,
        note=row.note,
        version=row.version,
        corrects=row.corrects,
    )
