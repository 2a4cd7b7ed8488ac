"""Seeds the sample classes of `content/classes.toml`, dated from the day of seeding."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session as Db

from bot.city import Opening
from bot.classes import catalogue, sessions
from bot.classes.models import CourseRow, SessionRow, VenueRow
from bot.classes.planning import SessionPlan
from bot.classes.values import Kind

_BOOKED_FROM = timedelta(days=14)
_CLOSES_BEFORE = timedelta(hours=2)
_KEPT_UNTIL = timedelta(days=3)


def seed(db: Db, held: Mapping[str, Any], opening: Opening, now: datetime) -> int:
    """Makes what is missing of the samples; how many classes were made.

    What staff changed is left alone. A sample class whose date has passed is made anew, so a demo
    that was left for weeks has classes to come again.
    """
    for one in held["venue"]:
        _venue(db, one)
    for one in held["course"]:
        _course(db, one)
    return sum(_session(db, one, opening, now) for one in held["session"])


def first_day(week: int, weekday: int, opening: Opening, now: datetime, *, times: int = 1) -> date:
    """The day of a class: in that week or a later one, from the day after tomorrow, none closed."""
    today = now.astimezone(opening.zone).date()
    monday = today - timedelta(days=today.weekday())
    day = monday + timedelta(weeks=week, days=weekday - 1)
    while day <= today + timedelta(days=1) or not all(
        opening.is_working_day(day + timedelta(weeks=n)) for n in range(times)
    ):
        day += timedelta(weeks=1)
    return day


def _venue(db: Db, one: Mapping[str, Any]) -> None:
    if db.scalar(select(VenueRow.id).where(VenueRow.code == one["code"])) is not None:
        return
    catalogue.put_venue(
        db,
        code=one["code"],
        name=one["name"],
        kana=one["kana"],
        address=one["address"],
        district=one["district"],
        lat=one["lat"],
        lon=one["lon"],
        access=one["access"],
        is_step_free=one["step_free"],
        map_url=one["map"],
        phone=one["phone"],
        is_sample=True,
    )


def _course(db: Db, one: Mapping[str, Any]) -> None:
    if db.scalar(select(CourseRow.id).where(CourseRow.code == one["code"])) is not None:
        return
    catalogue.put_course(
        db,
        code=one["code"],
        title=one["title"],
        kind=Kind(one["kind"]),
        level=one["level"],
        about=one["about"],
        steps=tuple(one["steps"]),
        prerequisites=one["prerequisites"],
        bring=one["bring"],
        organiser=one["organiser"],
        is_sample=True,
    )


def _session(db: Db, one: Mapping[str, Any], opening: Opening, now: datetime) -> bool:
    prefix = f"{one['code']}@"
    to_come = select(SessionRow.id).where(
        SessionRow.code.startswith(prefix, autoescape=True), SessionRow.starts_at > now
    )
    if db.execute(to_come.limit(1)).first() is not None:
        return False
    count = one.get("times", 1)
    day = first_day(one["week"], one["weekday"], opening, now, times=count)
    starts = datetime.combine(day, time.fromisoformat(one["at"]), opening.zone)
    lasts = timedelta(minutes=one["minutes"])
    begins = [starts + timedelta(weeks=n) for n in range(count)]
    made = sessions.create(
        db,
        SessionPlan(
            course_id=_id(db, CourseRow, one["course"]),
            venue_id=_id(db, VenueRow, one["venue"]),
            dates=tuple((begin, begin + lasts) for begin in begins),
            capacity=one["capacity"],
            opens_at=now - _BOOKED_FROM,
            closes_at=starts - _CLOSES_BEFORE,
            kept=one["kept"],
            kept_until=max(now + timedelta(hours=1), starts - _KEPT_UNTIL),
            code=f"{prefix}{day.isoformat()}",
            is_sample=True,
        ),
    )
    return isinstance(made, int)


def _id(db: Db, table: type[CourseRow] | type[VenueRow], code: str) -> int:
    found: int = db.scalars(select(table.id).where(table.code == code)).one()
    return found
