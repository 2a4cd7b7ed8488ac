"""Keeps courses and venues: made, changed, listed, and removed while nothing stands on them."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session as Db

from bot.classes.models import CourseRow, SessionRow, VenueRow
from bot.classes.reading import course_value, venue_value
from bot.classes.values import Course, Kind, Venue

LEVELS = range(4)


@dataclass(frozen=True, slots=True)
class InUse:
    """It cannot be removed: that many classes stand on it."""

    sessions: int


def put_course(
    db: Db,
    *,
    title: str,
    code: str = "",
    kind: Kind = Kind.CLASS,
    level: int = 0,
    about: str = "",
    steps: tuple[str, ...] = (),
    prerequisites: str = "",
    bring: str = "",
    organiser: str = "",
    reminder_days: tuple[int, ...] | None = None,
    reminder_at: str | None = None,
    morning_at: str | None = None,
    is_sample: bool = False,
) -> int:
    """Makes the course, or changes the one of that code; its number.

    The reminder settings are None where the city's rules hold; `morning_at` "" sends none.
    Raises ValueError for a level that there is not.
    """
    if level not in LEVELS:
        raise ValueError(f"a level is 0 to 3, not {level}")
    values = {
        "title": title,
        "kind": kind,
        "level": level,
        "about": about,
        "steps": "\n".join(step.strip() for step in steps if step.strip()),
        "prerequisites": prerequisites,
        "bring": bring,
        "organiser": organiser,
        "reminder_days": None if reminder_days is None else ",".join(map(str, reminder_days)),
        "reminder_at": reminder_at,
        "morning_at": morning_at,
        "is_sample": is_sample,
    }
    return _put(db, CourseRow, code or new_code("K"), values)


def put_venue(
    db: Db,
    *,
    name: str,
    code: str = "",
    kana: str = "",
    address: str = "",
    district: str = "",
    lat: float | None = None,
    lon: float | None = None,
    access: str = "",
    is_step_free: bool = False,
    map_url: str = "",
    phone: str = "",
    note: str = "",
    is_sample: bool = False,
) -> int:
    """Makes the venue, or changes the one of that code; its number."""
    values = {
        "name": name,
        "kana": kana,
        "address": address,
        "district": district,
        "lat": lat,
        "lon": lon,
        "access": access,
        "is_step_free": is_step_free,
        "map_url": map_url,
        "phone": phone,
        "note": note,
        "is_sample": is_sample,
    }
    return _put(db, VenueRow, code or new_code("B"), values)


def courses(db: Db) -> list[Course]:
    """Every course, classes before supporters' training, the easiest first."""
    rows = db.scalars(select(CourseRow).order_by(CourseRow.kind, CourseRow.level, CourseRow.id))
    return [course_value(row) for row in rows]


def venues(db: Db) -> list[Venue]:
    """Every venue, by district."""
    rows = db.scalars(select(VenueRow).order_by(VenueRow.district, VenueRow.id))
    return [venue_value(row) for row in rows]


def samples(db: Db) -> list[str]:
    """What of courses, venues and classes is still a sample: kind and code, or number."""
    found = []
    for kind, table, name in (
        ("course", CourseRow, CourseRow.code),
        ("venue", VenueRow, VenueRow.code),
        ("class", SessionRow, SessionRow.id),
    ):
        marked = select(name).where(table.is_sample.is_(True)).order_by(name)
        found += [f"{kind} {one}" for one in db.scalars(marked)]
    return found


def course(db: Db, course_id: int) -> Course | None:
    """The course of that number."""
    row = db.get(CourseRow, course_id)
    return None if row is None else course_value(row)


def venue(db: Db, venue_id: int) -> Venue | None:
    """The venue of that number."""
    row = db.get(VenueRow, venue_id)
    return None if row is None else venue_value(row)


def remove_course(db: Db, course_id: int) -> bool | InUse:
    """Takes away a course of which no class was ever made; False when there is none such."""
    used = select(func.count()).where(SessionRow.course_id == course_id)
    return _remove(db, CourseRow, course_id, int(db.scalar(used) or 0))


def remove_venue(db: Db, venue_id: int) -> bool | InUse:
    """Takes away a venue at which no class was ever made; False when there is none such."""
    used = select(func.count()).where(SessionRow.venue_id == venue_id)
    return _remove(db, VenueRow, venue_id, int(db.scalar(used) or 0))


def new_code(letter: str) -> str:
    """A code for what came without one: short, and not to be guessed from its neighbours."""
    return f"{letter}-{secrets.token_hex(4)}"


def _put(
    db: Db, table: type[CourseRow] | type[VenueRow], code: str, values: Mapping[str, object]
) -> int:
    found = select(table).where(table.code == code)
    row = db.scalars(found).one_or_none()
    if row is None:
        row = table(code=code)
        db.add(row)
    assert isinstance(row, CourseRow | VenueRow)
    for name, value in values.items():
        setattr(row, name, value)
    db.flush()
    return row.id


def _remove(
    db: Db, table: type[CourseRow] | type[VenueRow], row_id: int, used: int
) -> bool | InUse:
    if used:
        return InUse(used)
    row = db.get(table, row_id)
    if row is None:
        return False
    db.delete(row)
    db.flush()
    return True
