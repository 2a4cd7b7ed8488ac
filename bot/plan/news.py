"""The progress news of a month, as values from the records; speech and staff give it words."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from bot.plan import queries, rules
from bot.plan.measures import Measure, Plan
from bot.plan.rules import Kind, Progress, Record, StepStands


@dataclass(frozen=True, slots=True)
class MeasureNews:
    """What was recorded of a measure with a day in the month."""

    measure: Measure
    steps: tuple[StepStands, ...]
    figures: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class MonthsNews:
    """A month's news. `online` are the records of procedures that went online in it.

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


def draft(session: Session, plan: Plan, month: date) -> MonthsNews:
    """The news of the month that `month` lies in. Reads only."""
    first = month.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    held = rules.standing(queries.records(session))
    until = [one for one in held if one.day <= last]
    progress = rules.progress(plan, until, last)

    def is_new(record: Record | None) -> bool:
        return record is not None and first <= record.day <= last

    measures = []
    for one in progress.measures:
        steps = tuple(step for step in one.steps if is_new(step.record))
        figures = tuple(figure for figure in one.figures if is_new(figure))
        if steps or figures:
            measures.append(MeasureNews(one.measure, steps, figures))
    online = tuple(one for one in until if one.kind is Kind.ONLINE and is_new(one))
    return MonthsNews(first, last, online, tuple(measures), progress)
