"""教室の集計: how full, who stayed away, from which district, who waited: a picture and tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import request
from flask.typing import ResponseReturnValue

from bot.classes import statistics
from bot.classes.statistics import CourseFigures
from bot.knowledge.tables.cells import guard
from bot.knowledge.tables.writing import to_csv
from bot.speech import dates
from handlers.console import charts
from handlers.console.charts import Given
from handlers.console.classes_names import READ
from handlers.console.desk import Desk
from handlers.console.rates import percent
from handlers.console.reading import day_of
from handlers.console.routing import Section
from handlers.console.saving import csv_file

section = Section("class_figures")
_USUAL = timedelta(days=92)
_LONGEST = timedelta(days=366 * 3)
COLUMNS = (
    "sessions",
    "cancelled_sessions",
    "seats",
    "booked",
    "attended",
    "absent",
    "waiting",
    "lined_up",
    "seated_from_line",
    "helpful",
    "not_helpful",
)


@dataclass(frozen=True, slots=True)
class Span:
    """The days in which the classes begin that are counted."""

    first: date
    last: date


@section.get("/classes/figures", READ)
def overview(desk: Desk) -> ResponseReturnValue:
    """The figures of each course; counts alone, so that who may only look sees all of it."""
    span = _span(request.args, dates.today(desk.now))
    figures = _figures(desk, span)
    districts = _districts(desk, figures)
    return desk.show(
        "classes/figures.html",
        span=span,
        figures=figures,
        chart=charts.stacked([_given(desk, *one) for one in enumerate(figures, 1)], every=1),
        districts=districts,
        percent=percent,
    )


@section.post("/classes/figures/export", READ)
def export(desk: Desk) -> ResponseReturnValue:
    """The same as CSV: a line for each course, a column for each district."""
    span = _span(request.form, dates.today(desk.now))
    figures = _figures(desk, span)
    districts = _districts(desk, figures)
    unknown = desk.say("console_classes.district_unknown")
    heading = [
        desk.say("console_classes.field_course"),
        *(desk.say(f"console_classes.figure_{name}") for name in COLUMNS),
        *(name or unknown for name in districts),
    ]
    rows = [
        [
            one.title,
            *(str(getattr(one, name)) for name in COLUMNS),
            *(str(one.districts.get(name, 0)) for name in districts),
        ]
        for one in figures
    ]
    with desk.writing() as db:
        after = {"since": span.first.isoformat(), "until": span.last.isoformat(), "rows": len(rows)}
        desk.record(db, "class.figures_exported", ("class_figures", "csv"), after=after)
    guarded = [[guard(cell) for cell in row] for row in (heading, *rows)]
    return csv_file(desk, "classes", to_csv(guarded))


def _figures(desk: Desk, span: Span) -> list[CourseFigures]:
    since, until = dates.start_of(span.first), dates.start_of(span.last + timedelta(days=1))
    with desk.reading() as db:
        return statistics.by_course(db, since, until)


def _districts(desk: Desk, figures: Sequence[CourseFigures]) -> list[str]:
    """The districts that somebody came from, in the city's order; the unknown last."""
    seen = {name for one in figures for name in one.districts}
    known = [one.name for one in desk.services.city.districts if one.name in seen]
    return [*known, *sorted(seen - {*known, ""}), *([""] if "" in seen else [])]


def _given(desk: Desk, number: int, one: CourseFigures) -> Given:
    free = max(0, one.seats - one.booked)
    parts = {"came": one.attended, "away": one.absent}
    parts["coming"] = max(0, one.booked - one.attended - one.absent)
    parts["free"] = free
    said = [f"{desk.say(f'console_classes.part_{name}')} {count}" for name, count in parts.items()]
    return Given(str(number), "、".join([one.title, *said]), list(parts.values()))


def _span(given: Mapping[str, str], today: date) -> Span:
    first = day_of(given.get("since", "")) or today - _USUAL
    last = day_of(given.get("until", "")) or max(first, today + timedelta(days=31))
    first, last = min(first, last), max(first, last)
    return Span(max(first, last - _LONGEST), last)
