"""When people are told something and until when an offer holds: never at night."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Protocol

from bot.city import ClassRules
from bot.classes.values import Tells


class HasReminders(Protocol):
    """The reminder settings of a course; None where the city's rules hold."""

    @property
    def reminder_days(self) -> tuple[int, ...] | None: ...

    @property
    def reminder_at(self) -> str | None: ...

    @property
    def morning_at(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder of one date: from `due_at` on, while it is of use. `days` is 0 on the day."""

    kind: Tells
    days: int
    due_at: datetime
    useful_until: datetime


def is_night(rules: ClassRules, moment: datetime) -> bool:
    """True between `quiet_from` and `quiet_until` here."""
    here = moment.astimezone(rules.opening.zone).time()
    if rules.quiet_from <= rules.quiet_until:
        return rules.quiet_from <= here < rules.quiet_until
    return here >= rules.quiet_from or here < rules.quiet_until


def after_night(rules: ClassRules, moment: datetime) -> datetime:
    """The moment itself by day; at night, the end of that night."""
    if not is_night(rules, moment):
        return moment
    return _next(rules, moment, rules.quiet_until)


def told_from(rules: ClassRules, now: datetime, *, has_line: bool) -> datetime:
    """From when somebody can be told: by day, and by telephone while the desk is open."""
    moment = after_night(rules, now)
    if has_line or rules.opening.is_open(moment):
        return moment
    opening = rules.opening
    for days in range(15):
        day = (moment.astimezone(opening.zone) + timedelta(days=days)).date()
        opens = datetime.combine(day, opening.opens, opening.zone)
        if opening.is_working_day(day) and opens >= moment:
            return opens
    return moment


def offer_until(rules: ClassRules, told_at: datetime, starts_at: datetime) -> datetime | None:
    """Until when a seat offered at `told_at` is held; None when there is no time for an offer.

    It is the shorter of the set hours and a part of the time left, never under the least, and
    ends by day: what would end at night ends at the evening before if that leaves the least,
    else on the morning after.
    """
    latest = starts_at - rules.offer_ends_before
    wanted = min(rules.offer_lasts, (starts_at - told_at) / max(1, rules.offer_share))
    earliest = told_at + rules.offer_least
    until = max(earliest, told_at + wanted)
    if is_night(rules, until):
        evening = _last(rules, until, rules.quiet_from)
        # The evening is the last moment of the day: `quiet_from` itself is night already.
        by_evening = evening - timedelta(minutes=1)
        until = by_evening if by_evening >= earliest else after_night(rules, until)
    if until > latest:
        until = latest
        if is_night(rules, until):
            until = _last(rules, until, rules.quiet_from) - timedelta(minutes=1)
    return until if until >= earliest else None


def reminders(rules: ClassRules, course: HasReminders, starts_at: datetime) -> Iterator[Reminder]:
    """What reminds of one date: some days before at a set hour, and on the morning itself.

    A reminder is of use until the evening of its day, that of the morning until the class begins.
    """
    zone = rules.opening.zone
    days_before = rules.reminder_days if course.reminder_days is None else course.reminder_days
    at = time.fromisoformat(course.reminder_at) if course.reminder_at else rules.reminder_at
    day_of_class = starts_at.astimezone(zone).date()
    for days in days_before:
        due = datetime.combine(day_of_class - timedelta(days=days), at, zone)
        due = after_night(rules, due)
        evening = datetime.combine(due.astimezone(zone).date(), rules.quiet_from, zone)
        if due < min(evening, starts_at):
            yield Reminder(Tells.REMINDER, days, due, min(evening, starts_at))
    morning = rules.morning_at
    if course.morning_at is not None:
        morning = time.fromisoformat(course.morning_at) if course.morning_at else None
    if morning is not None:
        due = after_night(rules, datetime.combine(day_of_class, morning, zone))
        if due < starts_at:
            yield Reminder(Tells.MORNING, 0, due, starts_at)


def _next(rules: ClassRules, moment: datetime, at: time) -> datetime:
    here = moment.astimezone(rules.opening.zone)
    today = datetime.combine(here.date(), at, rules.opening.zone)
    return today if today >= here else today + timedelta(days=1)


def _last(rules: ClassRules, moment: datetime, at: time) -> datetime:
    here = moment.astimezone(rules.opening.zone)
    today = datetime.combine(here.date(), at, rules.opening.zone)
    return today if today <= here else today - timedelta(days=1)
