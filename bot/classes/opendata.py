"""Classes and venues as open data: the rows of the national formats, old and current."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.classes.values import Meeting, Session, SessionState, Venue
from bot.knowledge.tables.cells import guard
from bot.knowledge.tables.formats import Format


@dataclass(frozen=True, slots=True)
class Authority:
    """The city as open data names it. `code` is the six-digit code with its check digit."""

    code: str
    prefecture: str
    name: str
    department: str
    phone: str
    site: str
    zone: ZoneInfo

    @classmethod
    def from_toml(cls, city: Mapping[str, Any]) -> "Authority":
        """The city in the table [city]. Raises KeyError naming what is missing."""
        return cls(
            code=city["code"],
            prefecture=city["prefecture"],
            name=city["name"],
            department=city["department"],
            phone=city["main_phone"],
            site=city["site"],
            zone=ZoneInfo(city["timezone"]),
        )


def events(
    sessions: Iterable[Session], form: Format, city: Authority, words: Mapping[str, str]
) -> list[list[str]]:
    """イベント一覧: the heading and a row for each date of each class that is held.

    `words` are those that are the city's to choose: free, how_to_apply, kind.
    """
    rows = [
        _event(session, meeting, city, words)
        for session in sessions
        if session.state is SessionState.OPEN
        for meeting in session.meetings
    ]
    return _table(rows, form)


def venues(held: Iterable[Venue], form: Format, words: Mapping[str, str]) -> list[list[str]]:
    """公共施設一覧: the heading and a row for each venue."""
    rows = [
        {
            "id": venue.name,
            "kana": venue.kana,
            "address": venue.address,
            "lat": _degrees(venue.lat),
            "lon": _degrees(venue.lon),
            "phone": venue.phone,
            "about": venue.access,
            "step_free": words["step_free"] if venue.is_step_free else "",
            "url": venue.map_url,
            "note": venue.note,
        }
        for venue in held
    ]
    return _table(rows, form)


def _event(
    session: Session, meeting: Meeting, city: Authority, words: Mapping[str, str]
) -> dict[str, str]:
    course, venue = session.course, session.venue
    starts, ends = meeting.starts_at.astimezone(city.zone), meeting.ends_at.astimezone(city.zone)
    closes = session.closes_at.astimezone(city.zone)
    number = "" if meeting.number == 1 else f"-{meeting.number}"
    return {
        "authority": city.code,
        "id": session.code + number,
        "prefecture": city.prefecture,
        "city": city.name,
        "title": course.title,
        "kana": "",
        "first_day": starts.date().isoformat(),
        "last_day": ends.date().isoformat(),
        "from": _clock(starts),
        "until": _clock(ends),
        "about": course.about or course.title,
        "fee": words["free"],
        "contact": city.department,
        "phone": city.phone,
        "organiser": course.organiser,
        "place": venue.name,
        "address": venue.address,
        "lat": _degrees(venue.lat),
        "lon": _degrees(venue.lon),
        "access": venue.access,
        "capacity": str(session.seats.capacity),
        "closes_day": closes.date().isoformat(),
        "closes_at": _clock(closes),
        "apply": words["how_to_apply"],
        "kind": words["kind"],
        "url": city.site,
        "note": session.note,
    }


def _table(rows: Iterable[Mapping[str, str]], form: Format) -> list[list[str]]:
    heading = [guard(column.name) for column in form.columns]
    return [heading, *([guard(row.get(c.field, "")) for c in form.columns] for row in rows)]


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M}"


def _degrees(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")
