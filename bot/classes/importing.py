"""Takes tables of venues and of classes as a whole, or says every fault and takes nothing."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session as Db

from bot.classes import catalogue, sessions
from bot.classes.models import CourseRow, SessionRow, VenueRow
from bot.classes.planning import SessionPlan, faults
from bot.knowledge.tables.faults import Fault, TableFault
from bot.knowledge.tables.reading import Row

CLOSES_BEFORE = timedelta(hours=2)
"""Where the table does not say when booking closes."""
_CLOCK = re.compile(r"(\d{1,2})[:時](\d{1,2})?分?")
_OUTSIDE = re.compile(r"^(?:東京都|北海道|京都府|大阪府|\w{2,3}?県)?(?:\w+?市(?!市))?")
_NO_STEPS = ("なし", "無", "不可")


@dataclass(frozen=True, slots=True)
class VenueLine:
    """A venue of a table, understood. None where the table has no such column."""

    name: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ClassLine:
    """A class of a table, understood."""

    code: str
    title: str
    about: str
    organiser: str
    venue: VenueLine
    plan: SessionPlan


@dataclass(slots=True)
class Read:
    """All lines and all faults; with any fault nothing may be taken."""

    venues: list[VenueLine] = field(default_factory=list)
    classes: list[ClassLine] = field(default_factory=list)
    faults: list[TableFault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a table. `left` are classes that stand otherwise here: they are changed on
    the screen alone, because everybody who booked must be told."""

    new: int = 0
    changed: int = 0
    same: int = 0
    left: tuple[str, ...] = ()


def read_venues(rows: Sequence[Row], districts: Sequence[str]) -> Read:
    """Venues of 公共施設一覧. The district follows from address or name."""
    found = Read()
    for row in rows:
        wrong: list[TableFault] = []
        found.venues.append(_venue(row, row.fields["id"], districts, wrong))
        found.faults += wrong
    return found


def read_classes(
    rows: Sequence[Row], districts: Sequence[str], zone: ZoneInfo, now: datetime
) -> Read:
    """Classes of イベント一覧 (older version, which has hours and capacity)."""
    found = Read()
    for row in rows:
        wrong: list[TableFault] = []
        line = _class(row, districts, zone, now, wrong)
        if line is not None:
            found.classes.append(line)
        found.faults += wrong
    return found


def take_venues(db: Db, lines: Sequence[VenueLine]) -> Taken:
    """Makes or changes venues, by name. Taking the same again changes nothing."""
    new = changed = same = 0
    for line in lines:
        row = _venue_row(db, line.name)
        if row is None:
            _put_venue(db, line)
            new += 1
        elif all(getattr(row, name) == value for name, value in line.values.items()):
            same += 1
        else:
            for name, value in line.values.items():
                setattr(row, name, value)
            changed += 1
    db.flush()
    return Taken(new, changed, same)


def take_classes(db: Db, lines: Sequence[ClassLine]) -> Taken:
    """Makes the classes that are not there yet; courses are known by title, venues by name."""
    new = same = 0
    left = []
    for line in lines:
        known = db.scalars(select(SessionRow).where(SessionRow.code == line.code)).one_or_none()
        if known is not None:
            start, _ = line.plan.dates[0]
            is_same = (known.starts_at, known.capacity) == (start, line.plan.capacity)
            same += is_same
            left += [] if is_same else [line.code]
            continue
        venue = _venue_row(db, line.venue.name)
        venue_id = _put_venue(db, line.venue) if venue is None else venue.id
        plan = SessionPlan(
            **{name: getattr(line.plan, name) for name in SessionPlan.__slots__}
            | {"course_id": _course_id(db, line), "venue_id": venue_id}
        )
        made = sessions.create(db, plan)
        assert isinstance(made, int)  # its faults were told when it was read
        new += 1
    return Taken(new=new, same=same, left=tuple(left))


def _class(
    row: Row, districts: Sequence[str], zone: ZoneInfo, now: datetime, wrong: list[TableFault]
) -> ClassLine | None:
    given = row.fields
    first, last = date.fromisoformat(given["first_day"]), given.get("last_day")
    if last and date.fromisoformat(last) != first:
        # Several days in one row do not say at which hours of each: a row for each date does.
        wrong.append(TableFault(Fault.BAD_DATE, row.number, "終了日", last))
    starts = _moment(row, first, ("from", "開始時間"), zone, wrong)
    ends = _moment(row, first, ("until", "終了時間"), zone, wrong)
    capacity = _number(row, "capacity", "定員", wrong)
    if starts is None or ends is None or capacity is None:
        return None
    plan = SessionPlan(
        course_id=0,
        venue_id=0,
        dates=((starts, ends),),
        capacity=int(capacity),
        opens_at=min(now, starts - timedelta(days=1)),
        closes_at=_closes(row, starts, zone, wrong),
        note=given.get("note") or "",
        code=given.get("id") or f"{given['title'][:20]}@{starts.date().isoformat()}",
    )
    for fault in faults(plan):
        column = {"dates": "終了時間", "capacity": "定員", "booking": "参加申込終了日"}[fault]
        wrong.append(TableFault(Fault.BAD_DATE, row.number, column))
    venue = _venue(row, given["place"], districts, wrong)
    about, organiser = given.get("about") or "", given.get("organiser") or ""
    return ClassLine(plan.code, given["title"], about, organiser, venue, plan)


def _venue(row: Row, name: str, districts: Sequence[str], wrong: list[TableFault]) -> VenueLine:
    given = row.fields
    values: dict[str, Any] = {"address": given["address"]}
    for field_name, ours in (("kana", "kana"), ("phone", "phone"), ("url", "map_url")):
        if given.get(field_name) and (ours != "kana" or ("id" in given and given["id"] == name)):
            values[ours] = given[field_name]
    if given.get("access") or (given.get("about") and given.get("id") == name):
        values["access"] = given.get("access") or given["about"]
    for axis, column in (("lat", "緯度"), ("lon", "経度")):
        degrees = _number(row, axis, column, wrong) if given.get(axis) else None
        if degrees is not None:
            values[axis] = degrees
    if given.get("step_free") is not None:
        told = given["step_free"]
        values["is_step_free"] = bool(told) and not any(no in told for no in _NO_STEPS)
    district = district_of(name, given["address"], districts)
    if district:
        values["district"] = district
    return VenueLine(name, values)


def district_of(name: str, address: str, districts: Sequence[str]) -> str:
    """The district with whose name the address begins after prefecture and city, or the venue's
    own name; "" when that cannot be told."""
    within = _OUTSIDE.sub("", address, count=1)
    begun = [one for one in districts if within.startswith(one) or name.startswith(f"{one}地区")]
    return max(begun, key=len, default="")


def _closes(row: Row, starts: datetime, zone: ZoneInfo, wrong: list[TableFault]) -> datetime:
    day = row.fields.get("closes_day")
    if not day:
        return starts - CLOSES_BEFORE
    if not row.fields.get("closes_at"):
        return datetime.combine(date.fromisoformat(day), time(17), zone)
    cell = ("closes_at", "参加申込終了時間")
    return _moment(row, date.fromisoformat(day), cell, zone, wrong) or starts


def _moment(
    row: Row, day: date, cell: tuple[str, str], zone: ZoneInfo, wrong: list[TableFault]
) -> datetime | None:
    name, column = cell
    written = unicodedata.normalize("NFKC", row.fields.get(name) or "").strip()
    found = _CLOCK.match(written)
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        wrong.append(TableFault(Fault.BAD_DATE, row.number, column, written[:40]))
        return None
    return datetime.combine(day, time(int(found[1]), int(found[2] or 0)), zone)


def _number(row: Row, name: str, column: str, wrong: list[TableFault]) -> float | None:
    written = unicodedata.normalize("NFKC", row.fields.get(name) or "")
    found = re.fullmatch(r"(\d+(?:\.\d+)?)[人名]?", written.strip())
    if found is None:
        wrong.append(TableFault(Fault.BAD_CHOICE, row.number, column, written[:40], "12"))
        return None
    return float(found[1])


def _venue_row(db: Db, name: str) -> VenueRow | None:
    return db.scalars(select(VenueRow).where(VenueRow.name == name).limit(1)).one_or_none()


def _put_venue(db: Db, line: VenueLine) -> int:
    return catalogue.put_venue(db, name=line.name, **line.values)


def _course_id(db: Db, line: ClassLine) -> int:
    known = db.scalar(select(CourseRow.id).where(CourseRow.title == line.title).limit(1))
    if known is not None:
        return known
    return catalogue.put_course(db, title=line.title, about=line.about, organiser=line.organiser)
