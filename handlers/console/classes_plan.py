"""教室の予定を作る: a class, a copy, a change whose notice to residents is looked at first."""

import hashlib
from dataclasses import replace

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as Db

from bot.classes import catalogue, notices, queries, rules, sessions
from bot.classes.models import SessionRow
from bot.classes.outcomes import NotFound, Past
from bot.classes.planning import Faulty, SessionPlan
from bot.classes.sessions import Changed, TooFewSeats
from bot.classes.values import Actor, Booked, Booking, Channel, Meeting, Session, State, Tells
from bot.speech import class_cards, dates
from handlers.console import classes_plan_form as forms
from handlers.console.classes import session_of
from handlers.console.classes_names import EDIT, NUMBER
from handlers.console.desk import Desk
from handlers.console.forms import Form
from handlers.console.phone import Picture, draw
from handlers.console.reading import number_of
from handlers.console.routing import Section

section = Section("class_plan")


@section.get("/classes/new", EDIT)
def new(desk: Desk) -> ResponseReturnValue:
    """The form for a class: empty, or like another one (?like=3) without its day."""
    like = number_of(request.args.get("like", ""))
    with desk.reading() as db:
        plan = sessions.plan_of(db, like) if like is not None else None
    given = {"day": request.args.get("day", "")[:10]}
    form = forms.filled(plan, is_copy=True) if plan else forms.first_values(given)
    return _form(desk, form)


@section.post("/classes/new", EDIT)
def create(desk: Desk) -> ResponseReturnValue:
    """Makes the class, open for booking or as a draft."""
    read = forms.read(desk, is_draft=request.form.get("as") == "draft")
    if read.plan is None:
        return _form(desk, read.form, 422)
    with desk.writing() as db:
        _check_shelf(desk, db, read.plan, read.form)
        made = sessions.create(db, read.plan) if read.form.is_good else Faulty(())
        if isinstance(made, int):
            after = {"capacity": read.plan.capacity, "draft": read.plan.is_draft}
            desk.record(db, "class.created", ("class", made), after=after)
    if isinstance(made, Faulty):
        forms.refuse(desk, read.form, made.faults)
        return _form(desk, read.form, 422)
    desk.tell(desk.say("console_classes.created"))
    _tell_of_neighbours(desk, made, read.plan)
    return desk.go("classes_one", session_id=made)


@section.get(f"/classes/{NUMBER}/edit", EDIT)
def edit(desk: Desk, session_id: int) -> ResponseReturnValue:
    """The class in its form."""
    with desk.reading() as db:
        held, plan = session_of(desk, db, session_id), sessions.plan_of(db, session_id)
    return _form(desk, forms.filled(plan or abort(404)), held=held, stamp=_stamp(plan))


@section.post(f"/classes/{NUMBER}/edit", EDIT)
def save(desk: Desk, session_id: int) -> ResponseReturnValue:
    """Changes the class. A new time or place shows first whom it is told, and in which words."""
    with desk.reading() as db:
        held, plan = session_of(desk, db, session_id), sessions.plan_of(db, session_id)
        reach = sessions.reach(db, session_id)
        assert plan is not None
        is_draft = plan.is_draft and request.form.get("as") == "draft"
        read = forms.read(desk, before=plan, is_draft=is_draft)
        wanted = read.plan
        if wanted is not None:
            _check_shelf(desk, db, wanted, read.form)
        is_ahead = wanted is not None and read.form.is_good and _is_seen(plan, wanted)
        ahead = _ahead(desk, db, held, wanted) if is_ahead and wanted else None
    stamp = _stamp(plan)
    if request.form.get("stamp") != stamp:
        words = desk.say("console_classes.changed_meanwhile")
        return _form(desk, read.form, 409, held=held, stamp=stamp, fault=words)
    if wanted is None or not read.form.is_good:
        return _form(desk, read.form, 422, held=held, stamp=stamp)
    if request.form.get("act") == "back":
        return _form(desk, read.form, held=held, stamp=stamp)
    if ahead and not request.form.get("sure") and reach.by_line + reach.by_phone:
        page = {"held": held, "form": read.form, "stamp": stamp}
        return desk.show("classes/plan_look.html", pictures=ahead, reach=reach, **page)
    return _change(desk, held, read.form, wanted)


# ---------------------------------------------------------------- steps


def _change(desk: Desk, held: Session, form: Form, plan: SessionPlan) -> ResponseReturnValue:
    with desk.writing() as db:
        before = sessions.plan_of(db, held.id)
        done = sessions.change(
            db,
            held.id,
            plan,
            actor=Actor.staff(desk.me.login),
            city=desk.services.city.classes,
            now=desk.now,
        )
        if isinstance(done, Changed) and before is not None:
            was, became = _differences(before, plan)
            after = {**became, "told": done.told}
            desk.record(db, "class.changed", ("class", held.id), before=was, after=after)
    match done:
        case Changed(told=told):
            desk.tell(desk.say("console_classes.changed", count=told))
            _tell_of_neighbours(desk, held.id, plan)
            return desk.go("classes_one", session_id=held.id)
        case TooFewSeats(taken):
            form.refuse("capacity", desk.say("console_classes.too_few", taken=taken))
        case Faulty(wrong):
            forms.refuse(desk, form, wrong)
        case Past() | NotFound():
            desk.tell(desk.say("console_classes.not_to_change"), "fault")
            return desk.go("classes_one", session_id=held.id)
    return _form(desk, form, 422, held=held, stamp=_stamp(before))


def _check_shelf(desk: Desk, db: Db, plan: SessionPlan, form: Form) -> None:
    if catalogue.course(db, plan.course_id) is None:
        form.refuse("course", desk.say("console_classes.fault_gone"))
    if catalogue.venue(db, plan.venue_id) is None:
        form.refuse("venue", desk.say("console_classes.fault_gone"))


def _tell_of_neighbours(desk: Desk, session_id: int, plan: SessionPlan) -> None:
    """Says on the next page what may be a slip: a closed day, or the venue used twice at once."""
    opening = desk.services.city.opening
    for start, _end in plan.dates:
        day = dates.today(start)
        if not opening.is_working_day(day):
            desk.tell(desk.say("console_classes.on_closed_day", day=dates.say_day(day)), "note")
    with desk.reading() as db:
        others = queries.select_sessions(
            db,
            SessionRow.venue_id == plan.venue_id,
            SessionRow.id != session_id,
            SessionRow.state != "cancelled",
            SessionRow.starts_at < plan.dates[-1][1],
            SessionRow.last_ends_at > plan.dates[0][0],
            now=desk.now,
        )
    mine = [Meeting(1, start, end) for start, end in plan.dates]
    for other in others:
        if rules.overlap(mine, other.meetings):
            said = desk.say("console_classes.same_place", title=other.course.title)
            desk.tell(said, "note")


def _is_seen(before: SessionPlan, after: SessionPlan) -> bool:
    """True when those who have it must know: another time or place."""
    return (before.venue_id, before.dates) != (after.venue_id, after.dates)


def _ahead(desk: Desk, db: Db, held: Session, plan: SessionPlan) -> tuple[Picture, ...]:
    venue = catalogue.venue(db, plan.venue_id)
    meetings = tuple(Meeting(n, *one) for n, one in enumerate(plan.dates, start=1))
    wanted = replace(
        held,
        venue=venue or held.venue,
        meetings=meetings,
        starts_at=plan.dates[0][0],
        ends_at=plan.dates[0][1],
        last_ends_at=plan.dates[-1][1],
        note=plan.note,
    )
    return preview(desk, wanted, Tells.CHANGED)


def preview(desk: Desk, session: Session, kind: Tells) -> tuple[Picture, ...]:
    """The notice as a resident's phone would show it, made of the same words that are sent."""
    state = State.CANCELLED if kind is Tells.CANCELLED else State.BOOKED
    booking = Booking(0, session.id, 0, state, Channel.LINE, None, None, desk.now)
    notice = notices.Notice(0, kind, desk.now, session.starts_at, Booked(booking, session), None)
    return draw(class_cards.notice(desk.services.voice, desk.services.city, notice))


def _stamp(plan: SessionPlan | None) -> str:
    return hashlib.sha256(repr(plan).encode()).hexdigest()[:16]


def _differences(
    before: SessionPlan, after: SessionPlan
) -> tuple[dict[str, object], dict[str, object]]:
    was, became = _plain(before), _plain(after)
    return (
        {name: was[name] for name in was if was[name] != became[name]},
        {name: became[name] for name in was if was[name] != became[name]},
    )


def _plain(plan: SessionPlan) -> dict[str, object]:
    return {
        "course": plan.course_id,
        "venue": plan.venue_id,
        "dates": [f"{start.astimezone(dates.ZONE):%Y-%m-%d %H:%M}" for start, _ in plan.dates],
        "capacity": plan.capacity,
        "kept": plan.kept,
        "closes": f"{plan.closes_at.astimezone(dates.ZONE):%Y-%m-%d %H:%M}",
        "draft": plan.is_draft,
    }


# ---------------------------------------------------------------- showing


def _form(
    desk: Desk,
    form: Form,
    status: int = 200,
    /,
    *,
    held: Session | None = None,
    stamp: str = "",
    fault: str = "",
) -> ResponseReturnValue:
    with desk.reading() as db:
        courses, venues = catalogue.courses(db), catalogue.venues(db)
    return desk.show(
        "classes/plan.html",
        status,
        form=form,
        held=held,
        stamp=stamp,
        fault=fault,
        courses=[(one.id, one.title) for one in courses],
        venues=[(one.id, f"{one.name} {one.district}".strip()) for one in venues],
    )
