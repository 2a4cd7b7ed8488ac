"""How full classes were, who stayed away, from where people came, how many waited: by course."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session as Db

from bot.classes.models import BookerRow, BookingRow, CourseRow, HistoryRow, SessionRow
from bot.classes.values import Kind, SessionState, State, What


@dataclass(frozen=True, slots=True)
class CourseFigures:
    """Of one course, over its classes of a period that are held.

    `seats` are offered, `booked` filled (those who came or stayed away, and who is still to
    come). `lined_up` people stood in line, `seated_from_line` of them got a seat. `helpful` and
    `not_helpful` answered afterwards. `districts` counts people by where they live, "" unknown.
    """

    course_id: int
    title: str
    kind: Kind
    level: int
    sessions: int = 0
    cancelled_sessions: int = 0
    seats: int = 0
    booked: int = 0
    attended: int = 0
    absent: int = 0
    waiting: int = 0
    lined_up: int = 0
    seated_from_line: int = 0
    helpful: int = 0
    not_helpful: int = 0
    districts: Mapping[str, int] = field(default_factory=dict)
    channels: Mapping[str, int] = field(default_factory=dict)

    @property
    def fill(self) -> float | None:
        """Booked seats among those offered; None without any."""
        return self.booked / self.seats if self.seats else None

    @property
    def no_show(self) -> float | None:
        """Who stayed away among those whose coming was noted; None where nothing was noted."""
        noted = self.attended + self.absent
        return self.absent / noted if noted else None


def by_course(db: Db, since: datetime, until: datetime) -> list[CourseFigures]:
    """A line for each course with classes beginning in the period, classes first, by level."""
    in_period = (SessionRow.starts_at >= since, SessionRow.starts_at < until)
    held = _sessions(db, *in_period)
    people, lines = _people(db, *in_period), _lines(db, *in_period)
    courses = db.scalars(
        select(CourseRow)
        .where(CourseRow.id.in_(held))
        .order_by(CourseRow.kind, CourseRow.level, CourseRow.id)
    )
    found = []
    for course in courses:
        figures: dict[str, Any] = {**held[course.id], **lines[course.id]}
        figures |= people[course.id].figures()
        kind = Kind(course.kind)
        found.append(CourseFigures(course.id, course.title, kind, course.level, **figures))
    return found


@dataclass(slots=True)
class _People:
    states: Counter[State] = field(default_factory=Counter)
    districts: Counter[str] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)
    helpful: Counter[bool] = field(default_factory=Counter)

    def figures(self) -> dict[str, object]:
        came, away = self.states[State.ATTENDED], self.states[State.ABSENT]
        return {
            "booked": came + away + self.states[State.BOOKED] + self.states[State.OFFERED],
            "attended": came,
            "absent": away,
            "waiting": self.states[State.WAITING],
            "helpful": self.helpful[True],
            "not_helpful": self.helpful[False],
            "districts": dict(self.districts.most_common()),
            "channels": dict(self.channels.most_common()),
        }


def _sessions(db: Db, *in_period: object) -> dict[int, dict[str, int]]:
    rows = db.execute(
        select(SessionRow.course_id, SessionRow.state, func.count(), func.sum(SessionRow.capacity))
        .where(*in_period, SessionRow.state != SessionState.DRAFT)  # type: ignore[arg-type]
        .group_by(SessionRow.course_id, SessionRow.state)
    )
    held: dict[int, dict[str, int]] = {}
    for course_id, state, count, seats in rows:
        figures = held.setdefault(course_id, {"sessions": 0, "cancelled_sessions": 0, "seats": 0})
        if state == SessionState.CANCELLED:
            figures["cancelled_sessions"] += count
        else:
            figures["sessions"] += count
            figures["seats"] += int(seats or 0)
    return held


def _people(db: Db, *in_period: object) -> dict[int, _People]:
    rows = db.execute(
        select(
            SessionRow.course_id,
            BookingRow.state,
            BookingRow.channel,
            BookingRow.was_helpful,
            BookerRow.district,
            func.count(),
        )
        .join(SessionRow, SessionRow.id == BookingRow.session_id)
        .join(BookerRow, BookerRow.id == BookingRow.booker_id)
        .where(*in_period, BookingRow.state != State.CANCELLED)  # type: ignore[arg-type]
        .group_by(
            SessionRow.course_id,
            BookingRow.state,
            BookingRow.channel,
            BookingRow.was_helpful,
            BookerRow.district,
        )
    )
    held: dict[int, _People] = defaultdict(_People)
    for course_id, state, channel, helpful, district, count in rows:
        people = held[course_id]
        people.states[State(state)] += count
        people.districts[district] += count
        people.channels[channel] += count
        if helpful is not None:
            people.helpful[helpful] += count
    return held


def _lines(db: Db, *in_period: object) -> dict[int, dict[str, int]]:
    counted = (What.LINED_UP, What.ACCEPTED, What.SEATED)
    rows = db.execute(
        select(SessionRow.course_id, HistoryRow.what, func.count())
        .join(SessionRow, SessionRow.id == HistoryRow.session_id)
        .where(*in_period, HistoryRow.what.in_(counted))  # type: ignore[arg-type]
        .group_by(SessionRow.course_id, HistoryRow.what)
    )
    held: dict[int, dict[str, int]] = defaultdict(lambda: {"lined_up": 0, "seated_from_line": 0})
    for course_id, what, count in rows:
        held[course_id]["lined_up" if what == What.LINED_UP else "seated_from_line"] += count
    return held
