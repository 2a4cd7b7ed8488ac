"""集計: the honest rates a day or a week, as pictures above their tables, and yesterday's on 今日.

Whoever may only look (閲覧) sees all of it: counts hold nobody's words. No rate is shown without
its neighbours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta

from flask import request
from flask.typing import ResponseReturnValue

from bot.knowledge.tables.writing import to_csv
from bot.questions import queries, sampling, statistics, walk_in
from bot.questions.days import monday_of
from bot.questions.rules import OF_ANSWERED, OF_ASKED, Rates
from bot.questions.statistics import Period
from bot.speech import dates
from bot.staff.rules import Role
from handlers.console import charts, log
from handlers.console.charts import Given
from handlers.console.desk import Desk
from handlers.console.reading import day_of
from handlers.console.routing import Access, Card, Line, Section, only
from handlers.console.saving import csv_file

section = Section("rates")
READ: Access = only(Role.VIEWER, Role.SUPPORT, Role.ADMIN)
_LONGEST = {"day": timedelta(days=92), "week": timedelta(days=7 * 53)}
_USUAL = {"day": timedelta(days=27), "week": timedelta(days=7 * 12)}


@dataclass(frozen=True, slots=True)
class Span:
    """The days that are looked at, and whether by day or by week."""

    unit: str
    first: date
    last: date
    is_cut: bool


@section.get("/rates", READ, menu="console_log.menu_rates")
def overview(desk: Desk) -> ResponseReturnValue:
    """What became of the questions: each picture stands above its table."""
    span = span_of(request.args, dates.today(desk.now))
    periods = _periods(desk, span)
    with desk.reading() as session:
        later = statistics.later(session, span.first, span.last)
        audited = sampling.audited(session, monday_of(span.first), span.last)
        at_counter = walk_in.counts(session, span.first, span.last)
    return desk.show(
        "rates.html",
        span=span,
        periods=periods,
        whole=total(periods),
        endings=OF_ASKED,
        felt=OF_ANSWERED,
        ending_chart=charts.stacked(_given(desk, periods, OF_ASKED), _every(span)),
        felt_chart=charts.stacked(_given(desk, periods, OF_ANSWERED), _every(span)),
        later=later,
        audited=audited,
        at_counter=at_counter,
        percent=percent,
        say_period=say_period,
        least=desk.services.city.small_cell,
    )


@section.post("/rates/export", READ)
def export(desk: Desk) -> ResponseReturnValue:
    """The table as CSV: counts alone, nobody's words; that it was taken is recorded."""
    span = span_of(request.form, dates.today(desk.now))
    names = (*OF_ASKED, *OF_ANSWERED)
    heading = ["first", "last", "asked", *names]
    rows = [[desk.say(f"console_log.rate_{name}") for name in heading]]
    for one in _periods(desk, span):
        counted = [str(getattr(one.rates, name)) for name in ("asked", *names)]
        rows.append([one.first.isoformat(), one.last.isoformat(), *counted])
    with desk.writing() as session:
        after = {"rows": len(rows) - 1, "unit": span.unit}
        after |= {"since": span.first.isoformat(), "until": span.last.isoformat()}
        desk.record(session, "rates.exported", ("rates", "csv"), after=after)
    return csv_file(desk, f"rates-{span.unit}", to_csv(rows))


@section.card(READ)
def yesterday(desk: Desk) -> Card:
    """How many questions came yesterday, and what became of them: every rate, none alone."""
    day, rates = _yesterday(desk)
    address = desk.to("rates_overview", since=day.isoformat(), until=day.isoformat())
    return Card(
        desk.say("console_log.card_asked"),
        rates.asked,
        address,
        [_line(desk, name, rates, address) for name in OF_ASKED] if rates.asked else (),
        desk.say("console_log.card_nobody_asked"),
    )


@section.card(READ)
def unresolved(desk: Desk) -> Card:
    """How many of yesterday's answers did not help, beside those that did."""
    day, rates = _yesterday(desk)
    days = {"since": day.isoformat(), "until": day.isoformat()}
    overview = desk.to("rates_overview", **days)
    opens_log = log.READ.admits(desk.me.roles)
    return Card(
        desk.say("console_log.card_unresolved"),
        rates.not_resolved,
        desk.to("log_questions", reaction="no", **days) if opens_log else overview,
        [_line(desk, name, rates, overview) for name in OF_ANSWERED] if rates.asked else (),
        desk.say("console_log.card_nobody_asked"),
    )


def span_of(given: Mapping[str, str], today: date) -> Span:
    """The days asked for; the last four weeks or three months where nothing (sound) is asked."""
    unit = "week" if given.get("unit") == "week" else "day"
    last = min(day_of(given.get("until", "")) or today, today)
    first = day_of(given.get("since", "")) or last - _USUAL[unit]
    first, last = min(first, last), max(first, last)
    last = min(last, today)
    first = min(first, last)
    earliest = last - _LONGEST[unit]
    return Span(unit, max(first, earliest), last, is_cut=first < earliest)


def total(periods: tuple[Period, ...]) -> Rates:
    """The counts of all periods together."""
    names = [one.name for one in fields(Rates)]
    return Rates(**{name: sum(getattr(one.rates, name) for one in periods) for name in names})


def percent(part: int, whole: int) -> str:
    """12%, rounded to whole ones; ― where there is nothing to take a part of."""
    return f"{part * 100 / whole:.0f}%" if whole else "―"


def say_period(period: Period) -> str:
    """11月24日（火）, or for a week its first and last day."""
    first = dates.say_short_day(period.first)
    return first if period.first == period.last else f"{first}〜{dates.say_short_day(period.last)}"


def _periods(desk: Desk, span: Span) -> tuple[Period, ...]:
    count = statistics.by_week if span.unit == "week" else statistics.by_day
    with desk.reading() as session:
        return count(session, span.first, span.last)


def _given(desk: Desk, periods: tuple[Period, ...], names: tuple[str, ...]) -> list[Given]:
    return [
        Given(
            f"{one.first.month}/{one.first.day}",
            "、".join([say_period(one), *(_said(desk, name, one.rates) for name in names)]),
            [getattr(one.rates, name) for name in names],
        )
        for one in periods
    ]


def _said(desk: Desk, name: str, rates: Rates) -> str:
    return f"{desk.say(f'console_log.rate_{name}')} {getattr(rates, name)}"


def _line(desk: Desk, name: str, rates: Rates, address: str) -> Line:
    number = getattr(rates, name)
    whole = rates.asked if name in OF_ASKED else rates.answered
    words = desk.say(f"console_log.rate_{name}")
    count = desk.say("console.count", count=number)
    return Line(f"{words} {count}（{percent(number, whole)}）", address)


def _every(span: Span) -> int:
    return 4 if span.unit == "week" else 7


def _yesterday(desk: Desk) -> tuple[date, Rates]:
    day = dates.today(desk.now) - timedelta(days=1)
    with desk.reading() as session:
        return day, queries.rates_between(session, day, day)
