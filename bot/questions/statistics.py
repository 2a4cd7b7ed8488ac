"""Figures over the question log: rates a day and a week, most asked, most no, hours of the day.

Rates include the questions whose rows are gone; figures with words can tell only of those kept.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Integer, String, cast, func, select
from sqlalchemy.orm import Session

from bot.questions.days import moments, monday_of
from bot.questions.models import QuestionRow, QuestionTally
from bot.questions.rules import LATER, Counted, Kind, LaterRates, Rates, later_rates, rates

_AHEAD = timedelta(hours=9)
"""Japan has had no summer time since 1951."""


@dataclass(frozen=True, slots=True)
class Period:
    """The rates of the days from `first` to `last`."""

    first: date
    last: date
    rates: Rates


@dataclass(frozen=True, slots=True)
class Asked:
    """A wording that was asked often, with one of its questions."""

    text: str
    question_id: int
    questions: int
    residents: int


@dataclass(frozen=True, slots=True)
class Helped:
    """How often an entry was read, helped and did not help."""

    entry_id: str
    read: int
    resolved: int
    not_resolved: int


def by_day(session: Session, first: date, last: date) -> tuple[Period, ...]:
    """The rates of each day, days without a question included."""
    counted = _counted_by_day(session, first, last)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return tuple(Period(day, day, rates(counted.get(day, ()))) for day in days)


def by_week(session: Session, first: date, last: date) -> tuple[Period, ...]:
    """The rates of each week (Monday to Sunday) that holds a day from `first` to `last`."""
    monday, sunday = monday_of(first), monday_of(last) + timedelta(days=6)
    counted = _counted_by_day(session, monday, sunday)
    periods = []
    while monday <= last:
        days = [monday + timedelta(days=n) for n in range(7)]
        groups = [group for day in days for group in counted.get(day, ())]
        periods.append(Period(monday, days[-1], rates(groups)))
        monday += timedelta(days=7)
    return tuple(periods)


def later(session: Session, first: date, last: date) -> LaterRates:
    """What came of the answers that staff gave on these days."""
    begin, end = moments(first, last)
    q = QuestionRow
    living = session.execute(
        select(q.later_reaction, func.count())
        .where(q.later_at >= begin, q.later_at < end)
        .group_by(q.later_reaction)
    )
    gone = session.execute(
        select(QuestionTally.reaction, QuestionTally.count).where(
            QuestionTally.kind == LATER, QuestionTally.day >= first, QuestionTally.day <= last
        )
    )
    return later_rates(
        Counted(LATER, "", "", reaction or "", number) for reaction, number in (*living, *gone)
    )


def most_asked(session: Session, first: date, last: date, most: int = 20) -> tuple[Asked, ...]:
    """The wordings asked most often, word for word."""
    q = QuestionRow
    within = (*_within(first, last), q.text.is_not(None))
    counted = session.execute(
        select(q.normalised, func.max(q.id), func.count())
        .where(*within)
        .group_by(q.normalised)
        .order_by(func.count().desc(), func.max(q.id).desc())
        .limit(most)
    ).all()
    # People are told apart for these wordings alone: over all of them it would take long.
    people = session.execute(
        select(q.normalised, func.count(q.resident_key.distinct()))
        .where(*within, q.normalised.in_([normalised for normalised, *_ in counted]))
        .group_by(q.normalised)
    )
    residents = {row[0]: row[1] for row in people}
    rows = session.execute(
        select(q.id, q.text).where(q.id.in_([number for _, number, _ in counted]))
    )
    texts = {row[0]: row[1] for row in rows}
    return tuple(
        Asked(texts[number] or "", number, questions, residents.get(normalised, 0))
        for normalised, number, questions in counted
    )


def most_no(session: Session, first: date, last: date, most: int = 20) -> tuple[Helped, ...]:
    """The entries that most often did not help."""
    q = QuestionRow
    no = func.sum(cast(q.reaction == "no", Integer))
    yes = func.sum(cast(q.reaction == "yes", Integer))
    found = session.execute(
        select(q.entry_id, func.count(), func.coalesce(yes, 0), func.coalesce(no, 0))
        .where(*_within(first, last), q.entry_id.is_not(None))
        .group_by(q.entry_id)
        .having(no > 0)
        .order_by(no.desc(), q.entry_id)
        .limit(most)
    )
    return tuple(Helped(entry or "", read, helped, not_) for entry, read, helped, not_ in found)


def by_hour(session: Session, first: date, last: date) -> tuple[int, ...]:
    """How many questions were asked in each of the 24 hours of the day in Japan."""
    hour = _local(session, "%H", "HH24")
    found = session.execute(select(hour, func.count()).where(*_within(first, last)).group_by(hour))
    counts = {int(text): number for text, number in found}
    return tuple(counts.get(number, 0) for number in range(24))


def _counted_by_day(session: Session, first: date, last: date) -> dict[date, list[Counted]]:
    q = QuestionRow
    begin, end = moments(first, last)
    day = _local(session, "%Y-%m-%d", "YYYY-MM-DD")
    columns = (day, q.kind, q.outcome, func.coalesce(q.choice, ""), func.coalesce(q.reaction, ""))
    living = session.execute(
        select(*columns, func.count())
        .where(q.asked_at >= begin, q.asked_at < end)
        .group_by(*columns)
    )
    tally = QuestionTally
    gone = session.execute(
        select(
            cast(tally.day, String),
            tally.kind,
            tally.outcome,
            tally.choice,
            tally.reaction,
            tally.count,
        ).where(tally.day >= first, tally.day <= last)
    )
    found: dict[date, list[Counted]] = defaultdict(list)
    groups: Iterable[Any] = (*living, *gone)
    for text, *group in groups:
        found[date.fromisoformat(text)].append(Counted(*group))
    return found


def _within(first: date, last: date) -> tuple[Any, ...]:
    begin, end = moments(first, last)
    q = QuestionRow
    return (q.kind == Kind.QUESTION, q.asked_at >= begin, q.asked_at < end)


def _local(session: Session, sqlite: str, postgres: str) -> Any:
    """A part of the moment of asking in Japan, as text."""
    if session.get_bind().dialect.name == "sqlite":
        return func.strftime(sqlite, QuestionRow.asked_at, "+9 hours")
    return func.to_char(func.timezone("UTC", QuestionRow.asked_at) + _AHEAD, postgres)
