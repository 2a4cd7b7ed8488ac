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


def told_from(rules: ClassRules, now: datetime, *, has_line: bool) -> datetime:
    """From when somebody can be told: by day, and by telephone while the desk is open."""
    moment = rules.quiet.over(now)
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
    if rules.quiet.is_now(until):
        evening = _last(rules, until, rules.quiet.begins)
        # The evening is the last moment of the day: `begins` itself is night already.
        by_evening = evening - timedelta(minutes=1)
        until = by_evening if by_evening >= earliest else rules.quiet.over(until)
    if until > latest:
        until = latest
        if rules.quiet.is_now(until):
            until = _last(rules, until, rules.quiet.begins) - timedelta(minutes=1)
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
        due = rules.quiet.over(due)
        evening = datetime.combine(due.astimezone(zone).date(), rules.quiet.begins, zone)
        if due < min(evening, starts_at):
            yield Reminder(Tells.REMINDER, days, due, min(evening, starts_at))
    morning = rules.morning_at
    if course.morning_at is not None:
        morning = time.fromisoformat(course.morning_at) if course.morning_at else None
    if morning is not None:
        due = rules.quiet.over(datetime.combine(day_of_class, morning, zone))
        if due < starts_at:
            yield Reminder(Tells.MORNING, 0, due, starts_at)


def _last(rules: ClassRules, moment: datetime, at: time) -> datetime:
    here = moment.astimezone(rules.opening.zone)
    today = datetime.combine(here.date(), at, rules.opening.zone)
    return today if today <= here else today - timedelta(days=1)
