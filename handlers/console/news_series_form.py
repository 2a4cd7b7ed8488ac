"""The form of a repeating announcement: what repeats, when, until when; and how that is said."""

from dataclasses import dataclass
from datetime import date, time

from flask import request

from bot.campaigns.rules import Kind
from bot.campaigns.series import Plan
from bot.speech import dates
from handlers.console.desk import Desk
from handlers.console.reading import day_of

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LAST = "last"
DAYS = (*(str(day) for day in range(1, 29)), _LAST)
"""Days of a month that every month has, and its last."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form asks for, as typed."""

    what: str = Kind.DIGEST.value
    title: str = ""
    every: str = "week"
    weekday: str = "fri"
    day: str = "1"
    at: str = "10:00"
    until: str = ""
    waits: bool = True


def typed() -> Typed:
    """What was posted."""

    def text(name: str, most: int = 40) -> str:
        return request.form.get(name, "").strip()[:most]

    return Typed(
        *(text("what"), text("title", 80), text("every"), text("weekday"), text("day")),
        *(text("at"), text("until"), request.form.get("waits") == "1"),
    )


def as_typed(plan: Plan) -> Typed:
    """A plan as its form shows it."""
    minute, hour, day, _, weekday = plan.cron.split()
    at = f"{int(hour):02}:{int(minute):02}"
    last = plan.until.isoformat() if plan.until else ""
    if weekday == "*":
        return Typed(every="month", day=day, at=at, until=last)
    return Typed(every="week", weekday=weekday, at=at, until=last)


def cron(typed: Typed) -> str | None:
    """The cron line of what was typed, None when it makes none."""
    try:
        at = time.fromisoformat(typed.at)
    except ValueError:
        return None
    if typed.every == "week" and typed.weekday in WEEKDAYS:
        return f"{at.minute} {at.hour} * * {typed.weekday}"
    if typed.every == "month" and typed.day in DAYS:
        return f"{at.minute} {at.hour} {typed.day} * *"
    return None


def until(desk: Desk, typed: Typed) -> date | str | None:
    """The last day, None without one, or the name of what is wrong with it."""
    if not typed.until:
        return None
    day = day_of(typed.until)
    return day if day is not None and day >= dates.today(desk.now) else "until_passed"


def say_cron(desk: Desk, cron: str) -> str:
    """When it comes: 毎週金曜日 午前10時."""
    minute, hour, day, _, weekday = cron.split()
    at = dates.say_time(desk.now.astimezone(dates.ZONE).replace(hour=int(hour), minute=int(minute)))
    if weekday != "*":
        said = desk.say(f"console_series.weekday_{weekday}")
        return desk.say("console_series.weekly", weekday=said, time=at)
    if day == _LAST:
        return desk.say("console_series.month_end", time=at)
    return desk.say("console_series.monthly", day=day, time=at)
