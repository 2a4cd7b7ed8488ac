"""教室: the classes of a month as a calendar or a list, one class, and what of it waits today."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session as Db

from bot.classes import catalogue, notices, queries, roster, waiting
from bot.classes.models import CourseRow, SessionRow, VenueRow
from bot.classes.values import Meeting, Session, SessionState
from bot.speech import dates
from handlers.console.classes_names import BOOK, NAMES, NUMBER, READ
from handlers.console.desk import Desk
from handlers.console.reading import day_of, number_of
from handlers.console.routing import Card, Hit, Line, Section

section = Section("classes")
_MOST = 500


@dataclass(frozen=True, slots=True)
class Held:
    """One date of a class, as a day of the calendar shows it."""

    session: Session
    meeting: Meeting


@section.get("/classes", READ, menu="console_classes.menu")
def everything(desk: Desk) -> ResponseReturnValue:
    """A month of classes: as a calendar, or as a list. Asked for by course and district.

    Without a month: that of the next class, for at a month's end nothing of it is left to come.
    """
    asked = {name: request.args.get(name, "")[:40] for name in ("course", "district", "view")}
    with desk.reading() as db:
        coming = SessionRow.last_ends_at >= desk.now
        next_one = queries.select_sessions(db, coming, most=1, now=desk.now)
        begins = next_one[0].starts_at if next_one else desk.now
        default = dates.today(max(begins, desk.now))
        first = month_of(request.args.get("month", ""), default)
        after = _next_month(first)
        sessions = queries.select_sessions(
            db,
            SessionRow.starts_at < dates.start_of(after),
            SessionRow.last_ends_at >= dates.start_of(first),
            *_narrowed(asked),
            most=_MOST,
            now=desk.now,
        )
        courses = catalogue.courses(db)
        has_venues = bool(catalogue.venues(db))
    return desk.show(
        "classes/month.html",
        first=first,
        before=(first - timedelta(days=1)).replace(day=1),
        after=after,
        weeks=_weeks(first, sessions),
        sessions=sessions,
        courses=courses,
        has_venues=has_venues,
        asked=asked,
        today=dates.today(desk.now),
    )


@section.get(f"/classes/{NUMBER}", READ)
def one(desk: Desk, session_id: int) -> ResponseReturnValue:
    """One class: its seats, who comes as numbers, its line, and what can be done."""
    with desk.reading() as db:
        found = session_of(desk, db, session_id)
        line = waiting.line_of(db, session_id)
        entries = roster.roster(db, desk.services.sealer, session_id)
    return desk.show(
        "classes/one.html",
        held=found,
        line=line,
        bookings=sorted((entry.booking for entry in entries), key=lambda one: one.id),
        is_over=found.last_ends_at <= desk.now,
    )


@section.card(READ)
def today(desk: Desk) -> Card | None:
    """The classes of today."""
    day = dates.today(desk.now)
    with desk.reading() as db:
        held = [one for one in on_day(db, desk, day) if one.session.state is SessionState.OPEN]
    lines = [
        Line(
            desk.say(
                "console_classes.card_line",
                time=dates.say_time(one.meeting.starts_at),
                title=one.session.course.title,
                venue=one.session.venue.name,
                taken=one.session.seats.taken,
                capacity=one.session.seats.capacity,
            ),
            desk.to("classes_one", session_id=one.session.id),
        )
        for one in held[:5]
    ]
    title, nothing = desk.say("console_classes.card"), desk.say("console_classes.card_none")
    return Card(title, len(held), desk.to("classes_everything"), lines, nothing)


@section.card(BOOK)
def to_ring(desk: Desk) -> Card | None:
    """How many people are to be rung up; nobody's name stands here."""
    with desk.reading() as db:
        count = notices.count_calls(db, desk.now)
    if not count:
        return None
    return Card(desk.say("console_classes.card_calls"), count, desk.to("class_calls_waiting"))


@section.search(READ)
def search(desk: Desk, wanted: str) -> Sequence[Hit]:
    """Classes to come by course, venue or district, and the way to the search for people."""
    with desk.reading() as db:
        coming = queries.select_sessions(
            db, SessionRow.last_ends_at > desk.now, most=_MOST, now=desk.now
        )
    words = wanted.casefold()
    hits = [
        Hit(
            desk.say("console_classes.menu"),
            f"{dates.say_moment(one.starts_at)} {one.course.title} {one.venue.name}",
            desk.to("classes_one", session_id=one.id),
        )
        for one in coming
        if words in f"{one.course.title} {one.venue.name} {one.venue.district}".casefold()
    ][:9]
    if NAMES.admits(desk.me.roles):
        find = desk.say("console_classes.find_hit")
        hits.append(Hit(desk.say("console_classes.menu"), find, desk.to("class_find_ask")))
    return hits


def session_of(desk: Desk, db: Db, session_id: int) -> Session:
    """The class of that number, or the page that says there is none."""
    return queries.one_session(db, session_id, desk.now) or abort(404)


def on_day(db: Db, desk: Desk, day: date) -> list[Held]:
    """What is held on that day, each date of a series by itself, in order."""
    since, until = dates.start_of(day), dates.start_of(day + timedelta(days=1))
    found = queries.select_sessions(
        db,
        SessionRow.starts_at < until,
        SessionRow.last_ends_at >= since,
        now=desk.now,
    )
    held = [
        Held(one, meeting)
        for one in found
        for meeting in one.meetings
        if since <= meeting.starts_at < until
    ]
    return sorted(held, key=lambda one: (one.meeting.starts_at, one.session.id))


def month_of(written: str, today: date) -> date:
    """The first day of a month written as 2026-11; of the month of `today` for anything else."""
    return day_of(f"{written}-01") or today.replace(day=1)


def _next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def _narrowed(asked: dict[str, str]) -> list[ColumnElement[bool]]:
    which: list[ColumnElement[bool]] = []
    course = number_of(asked["course"])
    if course is not None:
        which.append(CourseRow.id == course)
    if asked["district"]:
        which.append(VenueRow.district == asked["district"])
    return which


def _weeks(first: date, sessions: Sequence[Session]) -> list[list[tuple[date | None, list[Held]]]]:
    """The weeks of the month from Sunday on; days of other months are None and hold nothing."""
    by_day: dict[date, list[Held]] = {}
    for one in sessions:
        for meeting in one.meetings:
            by_day.setdefault(dates.today(meeting.starts_at), []).append(Held(one, meeting))
    for held in by_day.values():
        held.sort(key=lambda one: one.meeting.starts_at)
    weeks = calendar.Calendar(firstweekday=6).monthdatescalendar(first.year, first.month)
    return [
        [(day, by_day.get(day, [])) if day.month == first.month else (None, []) for day in week]
        for week in weeks
    ]
