"""教室の中止とくり返し: the notice is looked at before all are told; the class again later."""

from datetime import date, datetime, timedelta

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as Db

from bot.classes import ledger, queries, sessions
from bot.classes.models import SessionRow
from bot.classes.planning import shifted
from bot.classes.sessions import CalledOff
from bot.classes.values import Actor, Session, SessionState, Tells
from bot.speech import dates
from handlers.console.classes import session_of
from handlers.console.classes_names import EDIT, NUMBER
from handlers.console.classes_plan import preview
from handlers.console.desk import Desk
from handlers.console.reading import number_of
from handlers.console.routing import Section

section = Section("class_off")
repeating = Section("class_repeat")
_EVERY = (7, 14, 21, 28)
_MOST = 26


@section.get(f"/classes/{NUMBER}/off", EDIT)
def ask(desk: Desk, session_id: int) -> ResponseReturnValue:
    """What calling it off means: who is told by LINE, who is rung up, and the words."""
    with desk.reading() as db:
        held, reach = session_of(desk, db, session_id), sessions.reach(db, session_id)
    pictures = preview(desk, held, Tells.CANCELLED)
    return desk.show("classes/off.html", held=held, reach=reach, pictures=pictures)


@section.post(f"/classes/{NUMBER}/off", EDIT)
def call_off(desk: Desk, session_id: int) -> ResponseReturnValue:
    """Calls it off: every booking ends and all are told. Pressing twice tells once."""
    with desk.writing() as db:
        session_of(desk, db, session_id)
        done = sessions.cancel(
            db,
            session_id,
            actor=Actor.staff(desk.me.login),
            city=desk.services.city.classes,
            now=desk.now,
        )
        if isinstance(done, CalledOff):
            after = {"told": done.told}
            desk.record(db, "class.called_off", ("class", session_id), after=after)
    if isinstance(done, CalledOff):
        desk.tell(desk.say("console_classes.called_off", count=done.told))
    else:
        desk.tell(desk.say("console_classes.not_to_change"), "fault")
    return desk.go("classes_one", session_id=session_id)


@section.post(f"/classes/{NUMBER}/remove", EDIT)
def remove(desk: Desk, session_id: int) -> ResponseReturnValue:
    """Takes a draft away; anything that could be booked is called off instead."""
    with desk.writing() as db:
        session_of(desk, db, session_id)
        is_gone = sessions.remove_draft(db, session_id)
        if is_gone:
            desk.record(db, "class.draft_removed", ("class", session_id))
    if not is_gone:
        desk.tell(desk.say("console_classes.no_draft"), "fault")
        return desk.go("classes_one", session_id=session_id)
    desk.tell(desk.say("console_classes.draft_removed"))
    return desk.go("classes_everything")


@repeating.get(f"/classes/{NUMBER}/repeat", EDIT)
def ask_again(desk: Desk, session_id: int) -> ResponseReturnValue:
    """How often and how far apart, and the days that would come of it."""
    every, times = _asked(request.args.get("every", ""), request.args.get("times", ""))
    with desk.reading() as db:
        held = session_of(desk, db, session_id)
        there = _there(desk, db, held)
    return desk.show(
        "classes/repeat.html",
        held=held,
        every=every,
        times=times,
        choices=_EVERY,
        most=_MOST,
        days=_days(desk, held, every, times),
        there={dates.today(moment) for moment in there},
    )


@repeating.post(f"/classes/{NUMBER}/repeat", EDIT)
def make(desk: Desk, session_id: int) -> ResponseReturnValue:
    """Makes the classes of the days shown, but for those left out. Again makes none twice."""
    every, times = _asked(request.form.get("every", ""), request.form.get("times", ""))
    kept = {number_of(one) for one in request.form.getlist("day")}
    with desk.writing() as db:
        ledger.lock_session(db, session_id)
        there = _there(desk, db, session_of(desk, db, session_id))
        plan = sessions.plan_of(db, session_id)
        assert plan is not None
        plans = [
            shifted(plan, every * number, dates.ZONE)
            for number in range(1, times + 1)
            if number in kept
        ]
        made = [sessions.create(db, one) for one in plans if one.dates[0][0] not in there]
        numbers = [one for one in made if isinstance(one, int)]
        if numbers:
            after = {"made": numbers, "every": every}
            desk.record(db, "class.repeated", ("class", session_id), after=after)
    desk.tell(desk.say("console_classes.repeated", count=len(numbers)))
    return desk.go("classes_everything", view="list", month=_month(desk, numbers))


def _month(desk: Desk, numbers: list[int]) -> str | None:
    if not numbers:
        return None
    with desk.reading() as db:
        return f"{dates.today(session_of(desk, db, numbers[0]).starts_at):%Y-%m}"


def _asked(every: str, times: str) -> tuple[int, int]:
    def number(typed: str, most: int, usual: int) -> int:
        read = number_of(typed)
        return usual if read is None else min(most, max(1, read))

    return number(every, 366, 7), number(times, _MOST, 4)


def _there(desk: Desk, db: Db, held: Session) -> set[datetime]:
    """When the same course begins at the same place from this class on; called off counts not."""
    found = queries.select_sessions(
        db,
        SessionRow.course_id == held.course.id,
        SessionRow.venue_id == held.venue.id,
        SessionRow.state != SessionState.CANCELLED,
        SessionRow.starts_at >= held.starts_at,
        now=desk.now,
    )
    return {one.starts_at for one in found}


def _days(desk: Desk, held: Session, every: int, times: int) -> list[tuple[int, date, bool]]:
    """(number, day, whether the desk is open on it) of each class to be made."""
    first = dates.today(held.starts_at)
    opening = desk.services.city.opening
    days = [(n, first + timedelta(days=every * n)) for n in range(1, times + 1)]
    return [(n, day, opening.is_working_day(day)) for n, day in days]
