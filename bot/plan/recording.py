"""What staff write down of the plan, and take back: rows are added, never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.city import JAPAN, Quiet
from bot.knowledge import keeping
from bot.knowledge import service as knowledge
from bot.knowledge.keeping import Author
from bot.knowledge.rules import normalise
from bot.knowledge.shelves import PROCEDURES
from bot.knowledge.values import OnlineStatus, Procedure
from bot.plan import queries, rules
from bot.plan.measures import Measure, Plan, Step
from bot.plan.models import GoLiveNews, PlanRecord
from bot.plan.rules import Kind, Record, StepState

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class WentOnline:
    """The procedure is recorded, and online in the knowledge. `watchers` will be told at `tell_at`
    (civil time) if the record still stands then."""

    record: Record
    procedure: Procedure
    watchers: int
    tell_at: datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """It is written down."""

    record: Record


@dataclass(frozen=True, slots=True)
class RecordedAlready:
    """It stood so already; nothing was written."""

    record: Record


@dataclass(frozen=True, slots=True)
class NoSuchProcedure:
    """The knowledge has no published procedure of that id."""


@dataclass(frozen=True, slots=True)
class NotPossible:
    """The day lies before the plan or in the future."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The record does not hold any more. `is_back` says that the procedure's knowledge is as it
    was before; it is not where somebody changed the procedure since."""

    record: Record
    is_back: bool


@dataclass(frozen=True, slots=True)
class WithdrawnAlready:
    """There is no such record, or it was taken back before."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What every record is judged by: from which day on, and how long tellings can be undone."""

    starts: date
    undo: timedelta
    quiet: Quiet

    @classmethod
    def from_toml(cls, plan: Plan, held: Mapping[str, Any]) -> "Terms":
        """The terms in the table [rules] of a parsed `city.toml`."""
        undo = timedelta(minutes=held["undo_minutes"])
        return cls(plan.starts, undo, Quiet.from_toml(held))


def went_online(
    session: Session,
    procedure_id: str,
    day: date,
    *,
    by: str,
    now: datetime,
    terms: Terms,
    note: str = "",
    url: str = "",
) -> WentOnline | RecordedAlready | NoSuchProcedure | NotPossible:
    """Records that a procedure can be applied for online since `day`, and sets it so.

    Who waits for it is told after the time in which it can be undone, never at night. `by` is the
    login of who writes it, `now` civil time. `url` is the page, where the knowledge lacks it.
    """
    if not _is_possible(day, now, terms):
        return NotPossible()
    keeping.take_turn(session)
    found = knowledge.procedure(session, procedure_id)
    if found is None:
        return NoSuchProcedure()
    held = _online(session, found.name, procedure_id)
    if held is not None:
        return RecordedAlready(held)
    set_so, version = _set_online(session, found, url, Author(f"staff:{by}", now))
    row = PlanRecord(
        kind=Kind.ONLINE,
        subject=found.name,
        day=day,
        procedure_id=procedure_id,
        note=note,
        version=version,
        by=by,
        at=now,
    )
    record = _add(session, row)
    tell_at = terms.quiet.over(now + terms.undo)
    waiting = queries.watchers(session, procedure_id)
    session.add(GoLiveNews(record_id=record.id, procedure_id=procedure_id, run_at=tell_at))
    session.flush()
    return WentOnline(record, set_so, waiting, tell_at)


def went_online_by_name(
    session: Session, names: Sequence[str], day: date, *, by: str, now: datetime, terms: Terms
) -> tuple[Recorded | RecordedAlready, ...] | NotPossible:
    """Records procedures that the knowledge does not have, by their names; each once."""
    if not _is_possible(day, now, terms):
        return NotPossible()
    keeping.take_turn(session)
    held = {
        normalise(one.subject): one
        for one in rules.standing(queries.records(session))
        if one.kind is Kind.ONLINE
    }
    done: list[Recorded | RecordedAlready] = []
    for name in (given[:LONGEST_NAME] for given in names):
        known = held.get(normalise(name))
        if known is not None:
            done.append(RecordedAlready(known))
            continue
        row = PlanRecord(kind=Kind.ONLINE, subject=name, day=day, by=by, at=now)
        record = held[normalise(name)] = _add(session, row)
        done.append(Recorded(record))
    return tuple(done)


def step(
    session: Session,
    measure: Measure,
    planned: Step,
    state: StepState,
    day: date,
    *,
    by: str,
    now: datetime,
    terms: Terms,
    note: str = "",
) -> Recorded | RecordedAlready | NotPossible:
    """Records how a step of a measure stands since `day`; the newest day counts."""
    row = PlanRecord(
        kind=Kind.STEP,
        subject=planned.key,
        day=day,
        measure=measure.number,
        state=state,
        value="",
        note=note,
        by=by,
        at=now,
    )
    return _add_unless_it_stands(session, row, terms)


def figure(
    session: Session,
    measure: int,
    name: str,
    value: str,
    day: date,
    *,
    by: str,
    now: datetime,
    terms: Terms,
    note: str = "",
) -> Recorded | RecordedAlready | NotPossible:
    """Records a figure (KPI) of a measure as it was on `day`, as staff write it, unit included."""
    row = PlanRecord(
        kind=Kind.FIGURE,
        subject=name,
        day=day,
        measure=measure,
        value=value,
        note=note,
        by=by,
        at=now,
    )
    return _add_unless_it_stands(session, row, terms)


def withdraw(
    session: Session, record_id: int, *, by: str, now: datetime
) -> Withdrawn | WithdrawnAlready:
    """Takes a record back by another row; who was to be told of it is not, unless it has happened.

    The procedure is set back in the knowledge if nobody changed it since.
    """
    keeping.take_turn(session)
    row = session.get(PlanRecord, record_id)
    taken = select(PlanRecord.id).where(PlanRecord.corrects == record_id)
    if row is None or row.kind == Kind.WITHDRAWAL or session.scalar(taken) is not None:
        return WithdrawnAlready()
    record = queries.value_of(row)
    session.add(
        PlanRecord(
            kind=Kind.WITHDRAWAL,
            subject=record.subject,
            day=record.day,
            corrects=record.id,
            by=by,
            at=now,
        )
    )
    session.execute(
        delete(GoLiveNews).where(GoLiveNews.record_id == record_id, GoLiveNews.done_at.is_(None))
    )
    is_back = _set_back(session, record, Author(f"staff:{by}", now))
    session.flush()
    return Withdrawn(record, is_back)


def _set_online(
    session: Session, found: Procedure, url: str, author: Author
) -> tuple[Procedure, int]:
    wanted = replace(found, online_status=OnlineStatus.DONE, online_url=found.online_url or url)
    if wanted == found:
        return found, 0
    done = keeping.put(session, PROCEDURES, [wanted], author, state=found.kept.state)[0]
    return done.content, done.content.kept.version


def _set_back(session: Session, record: Record, author: Author) -> bool:
    if not record.procedure_id or not record.version:
        return True
    found = knowledge.procedure(session, record.procedure_id)
    if found is None or found.kept.version != record.version:
        return False
    before = record.version - 1
    done = knowledge.restore(session, PROCEDURES, record.procedure_id, before, author)
    return not isinstance(done, knowledge.NotThere)


def _online(session: Session, name: str, procedure_id: str | None) -> Record | None:
    """The standing record of the procedure, by its id or by a name that says the same."""
    for one in rules.standing(queries.records(session)):
        is_same = procedure_id and one.procedure_id == procedure_id
        if one.kind is Kind.ONLINE and (is_same or normalise(one.subject) == normalise(name)):
            return one
    return None


def _add_unless_it_stands(
    session: Session, row: PlanRecord, terms: Terms
) -> Recorded | RecordedAlready | NotPossible:
    """Adds it, unless the last word on the same thing of that day says the same."""
    if not _is_possible(row.day, row.at, terms):
        return NotPossible()
    keeping.take_turn(session)
    about = (row.kind, row.subject, row.measure, row.day)
    held = [
        one
        for one in rules.standing(queries.records(session))
        if (one.kind, one.subject, one.measure, one.day) == about
    ]
    said = (row.state, row.value, row.note)
    if held and (held[-1].state, held[-1].value, held[-1].note) == said:
        return RecordedAlready(held[-1])
    return Recorded(_add(session, row))


def _add(session: Session, row: PlanRecord) -> Record:
    row.value, row.note, row.version = row.value or "", row.note or "", row.version or 0
    session.add(row)
    session.flush()
    return queries.value_of(row)


def _is_possible(day: date, now: datetime, terms: Terms) -> bool:
    return terms.starts <= day <= now.astimezone(JAPAN).date()
