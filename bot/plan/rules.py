"""What is known of the plan's progress, from its records alone; what is not recorded is unknown."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.knowledge.rules import fiscal_year
from bot.plan.measures import Measure, Part, Plan, Step


class Kind(StrEnum):
    """What a record tells. A withdrawal takes another record back; nothing is ever rewritten."""

    ONLINE = "online"
    STEP = "step"
    FIGURE = "figure"
    WITHDRAWAL = "withdrawal"


class StepState(StrEnum):
    """What staff record of a step."""

    UNDER_WAY = "under_way"
    DONE = "done"
    STOPPED = "stopped"


class How(StrEnum):
    """How a step stands today. The last three are said where nothing is recorded."""

    UNDER_WAY = "under_way"
    DONE = "done"
    STOPPED = "stopped"
    PASSED = "passed"
    THIS_YEAR = "this_year"
    TO_COME = "to_come"


@dataclass(frozen=True, slots=True)
class Record:
    """Something staff wrote down. `subject` is a procedure's name, a step's key or a figure's name.

    `version` is that of the procedure in the knowledge after it was set online by this record,
    0 where it was so already; `corrects` is the record that a withdrawal takes back.
    """

    id: int
    kind: Kind
    subject: str
    day: date
    by: str
    at: datetime
    procedure_id: str | None = None
    measure: int | None = None
    state: StepState | None = None
    value: str = ""
    note: str = ""
    version: int = 0
    corrects: int | None = None


@dataclass(frozen=True, slots=True)
class YearCount:
    """Procedures recorded as online in a fiscal year; None where none is: it is not known."""

    year: int
    name: str
    count: int | None


@dataclass(frozen=True, slots=True)
class StepStands:
    """A step, how it stands, and the record that says so (None where nothing is recorded)."""

    part: Part
    step: Step
    how: How
    record: Record | None


@dataclass(frozen=True, slots=True)
class MeasureStands:
    """A measure with its steps, and its figures, the newest of each name."""

    measure: Measure
    steps: tuple[StepStands, ...]
    figures: tuple[Record, ...]

    def count(self, how: How) -> int:
        """How many steps stand so."""
        return sum(one.how is how for one in self.steps)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the plan has come by its records. `recorded` is None while no procedure is recorded.

    `late` counts procedures that went online after the plan's years, `as_of` is the newest day
    among the recorded ones. `upto` is the last record that was looked at.
    """

    total: int
    recorded: int | None
    as_of: date | None
    years: tuple[YearCount, ...]
    late: int
    measures: tuple[MeasureStands, ...]
    upto: int

    @property
    def figures(self) -> tuple[int | None, ...]:
        """All that a picture of it needs: the total, the count, and the count of each year."""
        return (self.total, self.recorded, *(year.count for year in self.years))


def standing(records: Iterable[Record]) -> tuple[Record, ...]:
    """The records that hold: neither taken back nor a taking back."""
    every = tuple(records)
    gone = {one.corrects for one in every if one.corrects is not None}
    return tuple(one for one in every if one.kind is not Kind.WITHDRAWAL and one.id not in gone)


def how_it_stands(step: Step, state: StepState | None, today: date) -> How:
    """What can be said of a step: what is recorded, else only where its years are.

    A step whose planned years are over without a recorded start has passed: nobody may claim
    that it was done, or that it was not.
    """
    if state is not None:
        return How(state.value)
    year = fiscal_year(today)
    if year > step.last:
        return How.PASSED
    return How.THIS_YEAR if year >= step.first else How.TO_COME


def progress(plan: Plan, records: Sequence[Record], today: date) -> Progress:
    """The plan's progress on a day, from these records, oldest first."""
    held = standing(records)
    online = [one for one in held if one.kind is Kind.ONLINE]
    years = Counter(fiscal_year(one.day) for one in online)
    last = plan.years[-1][0]
    return Progress(
        total=plan.total,
        recorded=len(online) or None,
        as_of=max((one.day for one in online), default=None),
        years=tuple(YearCount(year, name, years[year] or None) for year, name in plan.years),
        late=sum(count for year, count in years.items() if year > last),
        measures=tuple(_measure(one, held, today) for one in plan.measures),
        upto=max((one.id for one in records), default=0),
    )


def _measure(measure: Measure, held: Sequence[Record], today: date) -> MeasureStands:
    newest = {one.subject: one for one in sorted(held, key=_age) if one.kind is Kind.STEP}
    figures = {
        one.subject: one
        for one in sorted(held, key=_age)
        if one.kind is Kind.FIGURE and one.measure == measure.number
    }
    steps = tuple(
        StepStands(part, step, how_it_stands(step, found.state if found else None, today), found)
        for part, step in measure.steps()
        for found in (newest.get(step.key),)
    )
    return MeasureStands(measure, steps, tuple(figures.values()))


def _age(record: Record) -> tuple[date, int]:
    return record.day, record.id
