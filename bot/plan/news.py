"""The progress news of a month, as values from the records; speech and staff give it words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from bot.plan import queries, rules
from bot.plan.measures import Measure, Plan
from bot.plan.rules import Kind, Progress, Record, StepStands


@dataclass(frozen=True, slots=True)
class MeasureNews:
    """What was recorded of a measure and is new in the month."""

    measure: Measure
    steps: tuple[StepStands, ...]
    figures: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class MonthsNews:
    """A month's news. `online` are the records of new procedures online; they may be of days
    before it, where the news goes on from what was told last.

    `progress` is the whole plan at the month's end, by what is recorded today.
    """

    first: date
    last: date
    online: tuple[Record, ...]
    measures: tuple[MeasureNews, ...]
    progress: Progress

    @property
    def is_empty(self) -> bool:
        """True when nothing of the month is recorded: there is no news to tell."""
        return not self.online and not self.measures

    @property
    def earliest(self) -> date:
        """The first day that it tells of, or the first of the month."""
        steps = [step.record for one in self.measures for step in one.steps]
        told = [*self.online, *steps, *(figure for one in self.measures for figure in one.figures)]
        return min((one.day for one in told if one), default=self.first)


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody was told at a moment: all that was recorded before it of days up to `last`."""

    at: datetime
    last: date

    def holds(self, record: Record) -> bool:
        """True for a record that was in it."""
        return record.at < self.at and record.day <= self.last


def draft(session: Session, plan: Plan, month: date) -> MonthsNews:
    """The news of the month that `month` lies in. Reads only."""
    first = month.replace(day=1)
    return _news(session, plan, last_of(first), lambda one: first <= one.day)


def between(session: Session, plan: Plan, before: Told, now: Told) -> MonthsNews:
    """All that `now` tells and `before` did not, as the news of the month of its last day."""
    return _news(session, plan, now.last, lambda one: now.holds(one) and not before.holds(one))


def last_of(month: date) -> date:
    """The last day of the month."""
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _news(
    session: Session, plan: Plan, last: date, belongs: Callable[[Record], bool]
) -> MonthsNews:
    held = rules.standing(queries.records(session))
    until = [one for one in held if one.day <= last]
    progress = rules.progress(plan, until, last)

    def is_new(record: Record | None) -> bool:
        return record is not None and belongs(record)

    measures = []
    for one in progress.measures:
        steps = tuple(step for step in one.steps if is_new(step.record))
        figures = tuple(figure for figure in one.figures if is_new(figure))
        if steps or figures:
            measures.append(MeasureNews(one.measure, steps, figures))
    online = tuple(one for one in until if one.kind is Kind.ONLINE and is_new(one))
    return MonthsNews(last.replace(day=1), last, online, tuple(measures), progress)
