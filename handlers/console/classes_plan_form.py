"""Reads the form in which a class is planned, and fills it from a class that is there."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from bot.classes.planning import SessionPlan, faults
from bot.speech import dates
from handlers.console.desk import Desk
from handlers.console.forms import Field, Form, empty
from handlers.console.reading import moment_of, number_of

_NAMES = ("course", "venue", "day", "start", "end", "capacity", "kept", "kept_until")
_DATES = ("opens", "closes")
FIELDS = [
    *(Field(name, f"console_classes.field_{name}", most=40, is_needed=False) for name in _NAMES),
    *(Field(name, f"console_classes.field_{name}", most=40, is_needed=False) for name in _DATES),
    Field("more", "console_classes.field_more", most=1000, is_needed=False),
    Field("note", "console_classes.field_note", most=400, is_needed=False),
]
_NEEDED = ("course", "venue", "day", "start", "end", "capacity")
_AT_FIVE = time(17)
_LINE = re.compile(
    r"(\d{4})[-/年](\d{1,2})[-/月](\d{1,2})日? *(\d{1,2}:\d\d) *[-~〜ー] *(\d{1,2}:\d\d)"
)
_WHERE = {"dates": "day", "capacity": "capacity", "kept": "kept", "booking": "closes"}
_MOST_DATES = 12


@dataclass(frozen=True, slots=True)
class Planned:
    """A form that was read: what was typed, and the plan when it can be."""

    form: Form
    plan: SessionPlan | None


def filled(plan: SessionPlan, *, is_copy: bool = False) -> Form:
    """The form of a class that is there. A copy has no dates yet, but its hours."""
    (start, end), *later = plan.dates
    values = {
        "course": str(plan.course_id),
        "venue": str(plan.venue_id),
        "start": _here(start).strftime("%H:%M"),
        "end": _here(end).strftime("%H:%M"),
        "capacity": str(plan.capacity),
        "kept": str(plan.kept),
        "note": plan.note,
    }
    if not is_copy:
        values |= {
            "day": _here(start).date().isoformat(),
            "opens": _written(plan.opens_at),
            "closes": _written(plan.closes_at),
            "kept_until": _written(plan.kept_until) if plan.kept_until else "",
            "more": "\n".join(f"{_here(a):%Y-%m-%d %H:%M}-{_here(b):%H:%M}" for a, b in later),
        }
    return empty(FIELDS, values)


def read(desk: Desk, *, before: SessionPlan | None = None, is_draft: bool = False) -> Planned:
    """The posted form. What is left empty has a use: booking opens now, and closes at five on
    the day before; kept seats are kept until the class begins."""
    form = desk.read(FIELDS)
    for name in _NEEDED:
        if not form[name]:
            form.refuse(name, desk.say("console.needed"))
    first = _dates(desk, form)
    numbers = {name: _number(desk, form, name) for name in ("course", "venue", "capacity", "kept")}
    if first is None or not form.is_good:
        return Planned(form, None)
    plan = SessionPlan(
        course_id=numbers["course"],
        venue_id=numbers["venue"],
        dates=first,
        capacity=numbers["capacity"],
        kept=numbers["kept"],
        kept_until=_moment(desk, form, "kept_until"),
        opens_at=_moment(desk, form, "opens") or (before.opens_at if before else desk.now),
        closes_at=_moment(desk, form, "closes") or _evening_before(first[0][0]),
        note=form["note"],
        is_draft=is_draft,
        is_sample=before.is_sample if before else False,
    )
    if not before and plan.closes_at <= plan.opens_at and not form["closes"]:
        plan = replace(plan, closes_at=plan.dates[0][0])
    refuse(desk, form, faults(plan) if form.is_good else ())
    return Planned(form, plan if form.is_good else None)


def refuse(desk: Desk, form: Form, wrong: tuple[str, ...]) -> None:
    """Says by its field what cannot be in a plan."""
    for fault in wrong:
        form.refuse(_WHERE[fault], desk.say(f"console_classes.fault_{fault}"))


def _dates(desk: Desk, form: Form) -> tuple[tuple[datetime, datetime], ...] | None:
    first = _held(form["day"], form["start"], form["end"])
    if first is None:
        if form["day"] and form["start"] and form["end"]:
            form.refuse("day", desk.say("console_classes.fault_dates"))
        return None
    held = [first]
    for line in unicodedata.normalize("NFKC", form["more"]).splitlines():
        found = _LINE.fullmatch(line.strip())
        later = None
        if found:
            year, month, day, start, end = found.groups()
            later = _held(f"{year}-{month:0>2}-{day:0>2}", f"{start:0>5}", f"{end:0>5}")
        if later is None and line.strip():
            form.refuse("more", desk.say("console_classes.fault_more", line=line.strip()[:40]))
        elif later is not None:
            held.append(later)
    if len(held) > _MOST_DATES:
        form.refuse("more", desk.say("console_classes.fault_too_many", most=_MOST_DATES))
    return tuple(held)


def _held(day: str, start: str, end: str) -> tuple[datetime, datetime] | None:
    begins, ends = moment_of(day, start), moment_of(day, end)
    return (begins, ends) if begins and ends else None


def _number(desk: Desk, form: Form, name: str) -> int:
    number = number_of(unicodedata.normalize("NFKC", form[name] or "0"))
    if number is None:
        form.refuse(name, desk.say("console_classes.fault_number"))
    return number or 0


def _moment(desk: Desk, form: Form, name: str) -> datetime | None:
    if not form[name]:
        return None
    day, _, hour = form[name].partition("T")
    moment = moment_of(day, hour)
    if moment is None:
        form.refuse(name, desk.say("console_classes.fault_moment"))
    return moment


def _evening_before(start: datetime) -> datetime:
    day = _here(start).date() - timedelta(days=1)
    return datetime.combine(day, _AT_FIVE, dates.ZONE)


def _here(moment: datetime) -> datetime:
    return moment.astimezone(dates.ZONE)


def _written(moment: datetime) -> str:
    return f"{_here(moment):%Y-%m-%dT%H:%M}"


def first_values(values: Mapping[str, str]) -> Form:
    """An empty form for a new class, begun with these values."""
    return empty(FIELDS, {"capacity": "20", "kept": "2", **values})
