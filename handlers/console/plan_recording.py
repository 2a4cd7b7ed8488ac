"""計画の進み: what staff write down, and the list in which they take it back."""

from datetime import date
from typing import Any
from urllib.parse import urlsplit

from flask.typing import ResponseReturnValue

from bot.plan import queries, recording
from bot.plan.recording import (
    NoSuchProcedure,
    NotPossible,
    Recorded,
    RecordedAlready,
    WentOnline,
    Withdrawn,
    WithdrawnAlready,
)
from bot.plan.rules import Kind, Record, StepState, standing
from bot.speech import dates
from handlers.console import plan
from handlers.console.desk import Desk
from handlers.console.forms import Field, Form
from handlers.console.plan import READ, WRITE
from handlers.console.reading import day_of
from handlers.console.routing import Section

section = Section("plan_recording")
_MEASURE = "/plan/measure/<int(max=2147483647):number>"
_MOST_NAMES = 250

_DAY = Field("day", "console_plan.online_day", "date", most=10)
_NOTE = Field("note", "console_plan.note", most=400, is_needed=False)
_ONLINE = (
    Field("procedure", "console_plan.procedure", most=32),
    _DAY,
    Field("url", "console_plan.url", "url", most=300, is_needed=False),
    _NOTE,
)
_NAMES = (Field("names", "console_plan.names", "area", most=20_000), _DAY)
_STEP = (
    Field("step", "console_plan.which_step", most=20),
    Field("state", "console_plan.new_state", most=12),
    _DAY,
    _NOTE,
)
_FIGURE = (
    Field("name", "console_plan.figure_name", most=60),
    Field("value", "console_plan.figure_value", most=40),
    _DAY,
    _NOTE,
)


@section.post("/plan/online", WRITE)
def online(desk: Desk) -> ResponseReturnValue:
    """Records that a procedure of the knowledge is online; who waits for it will be told."""
    form = desk.read(_ONLINE)
    day = _day(desk, form)
    if form["url"] and not _is_address(form["url"]):
        form.refuse("url", desk.say("console_plan.url_wrong"))
    if day is None or not form.is_good:
        return _refused(desk, form)
    with desk.writing() as session:
        done = recording.went_online(
            session,
            form["procedure"],
            day,
            note=form["note"],
            url=form["url"],
            **_by(desk),
        )
        if isinstance(done, WentOnline):
            after: dict[str, Any] = {"procedure": form["procedure"], "day": day.isoformat()}
            after["watchers"] = done.watchers
            desk.record(session, "plan.online", ("plan", done.record.id), after=after)
    if isinstance(done, NotPossible):
        form.refuse("day", _day_words(desk))
        return _refused(desk, form)
    _tell_online(desk, done)
    return desk.go("plan_overview")


@section.post("/plan/names", WRITE)
def names(desk: Desk) -> ResponseReturnValue:
    """Records procedures by name, those that the knowledge does not have."""
    form = desk.read(_NAMES)
    day = _day(desk, form)
    given = [line.strip() for line in form["names"].splitlines() if line.strip()]
    if len(given) > _MOST_NAMES:
        form.refuse("names", desk.say("console_plan.names_too_many", most=_MOST_NAMES))
    if day is None or not form.is_good:
        return _refused(desk, form)
    with desk.writing() as session:
        done = recording.went_online_by_name(session, given, day, **_by(desk))
        if not isinstance(done, NotPossible):
            new = [one.record.id for one in done if isinstance(one, Recorded)]
            if new:
                after = {"day": day.isoformat(), "count": len(new)}
                desk.record(session, "plan.online", ("plan", new[0]), after=after)
    if isinstance(done, NotPossible):
        form.refuse("day", _day_words(desk))
        return _refused(desk, form)
    known = [one.record.subject for one in done if isinstance(one, RecordedAlready)]
    desk.tell(desk.say("console_plan.recorded_names", count=len(new)))
    if known:
        said = "、".join(known[:5])
        words = desk.say("console_plan.names_known", count=len(known), names=said)
        desk.tell(words, "note")
    return desk.go("plan_overview")


@section.post(f"{_MEASURE}/step", WRITE)
def step(desk: Desk, number: int) -> ResponseReturnValue:
    """Records how a step stands."""
    form = desk.read(_STEP)
    day = _day(desk, form)
    found = desk.services.plan.step(form["step"])
    known = {state.value for state in StepState}
    if found is None or found[0].number != number or form["state"] not in known:
        return desk.show("refused.html", 404, why="console.refused_404")
    if day is None or not form.is_good:
        return _refused(desk, form, number)
    state = StepState(form["state"])
    with desk.writing() as session:
        done = recording.step(
            session, found[0], found[2], state, day, note=form["note"], **_by(desk)
        )
        if isinstance(done, Recorded):
            after = {"step": found[2].key, "state": state.value, "day": day.isoformat()}
            desk.record(session, "plan.step", ("plan", done.record.id), after=after)
    return _answer(desk, form, done, number)


@section.post(f"{_MEASURE}/figure", WRITE)
def figure(desk: Desk, number: int) -> ResponseReturnValue:
    """Records a figure of a measure."""
    form = desk.read(_FIGURE)
    day = _day(desk, form)
    if desk.services.plan.measure(number) is None:
        return desk.show("refused.html", 404, why="console.refused_404")
    if day is None or not form.is_good:
        return _refused(desk, form, number)
    with desk.writing() as session:
        done = recording.figure(
            session, number, form["name"], form["value"], day, note=form["note"], **_by(desk)
        )
        if isinstance(done, Recorded):
            after = {"measure": number, "figure": form["name"], "value": form["value"]}
            after |= {"day": day.isoformat()}
            desk.record(session, "plan.figure", ("plan", done.record.id), after=after)
    return _answer(desk, form, done, number)


@section.get("/plan/records", READ)
def history(desk: Desk) -> ResponseReturnValue:
    """All that was recorded, newest first, what was taken back included."""
    with desk.reading() as session:
        every = queries.records(session)
        news = queries.news(session)
    held = {one.id for one in standing(every)}
    shown = [one for one in reversed(every) if one.kind is not Kind.WITHDRAWAL]
    return desk.show(
        "plan_records.html",
        records=shown,
        held=held,
        news=news,
        describe=lambda record: _describe(desk, record),
        writes=WRITE.admits(desk.me.roles),
    )


@section.post("/plan/records/<int(max=9223372036854775807):record_id>/withdraw", WRITE)
def withdraw(desk: Desk, record_id: int) -> ResponseReturnValue:
    """Takes a record back; pressing twice does it once."""
    with desk.writing() as session:
        done = recording.withdraw(session, record_id, by=desk.me.login, now=desk.now)
        if isinstance(done, Withdrawn):
            before = {"day": done.record.day.isoformat(), "procedure": done.record.procedure_id}
            desk.record(session, "plan.withdrawn", ("plan", record_id), before=before)
    match done:
        case WithdrawnAlready():
            desk.tell(desk.say("console_plan.withdrawn_already"), "note")
        case Withdrawn(is_back=True):
            desk.tell(desk.say("console_plan.withdrawn"))
        case Withdrawn():
            desk.tell(desk.say("console_plan.withdrawn_only"), "note")
    return desk.go("plan_recording_history")


def _by(desk: Desk) -> dict[str, Any]:
    return {"by": desk.me.login, "now": desk.now, "terms": desk.services.plan_terms}


def _day(desk: Desk, form: Form) -> date | None:
    day = day_of(form["day"])
    if day is None:
        form.refuse("day", _day_words(desk))
    return day


def _day_words(desk: Desk) -> str:
    return desk.say("console_plan.day_wrong", first=dates.say_day(desk.services.plan.starts))


def _is_address(typed: str) -> bool:
    try:
        parts = urlsplit(typed)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and typed.isprintable()


def _refused(desk: Desk, form: Form, number: int | None = None) -> ResponseReturnValue:
    for name, fault in form.faults.items():
        desk.tell(f"{desk.say(form.field(name).label)}：{fault}", "fault")
    if number is not None:
        return plan.show_measure(desk, number, 422, form.values)
    return plan.show(desk, 422, form.values)


def _answer(
    desk: Desk, form: Form, done: Recorded | RecordedAlready | NotPossible, number: int
) -> ResponseReturnValue:
    match done:
        case Recorded():
            desk.tell(desk.say("console_plan.recorded"))
        case RecordedAlready():
            desk.tell(desk.say("console_plan.known"), "note")
        case NotPossible():
            form.refuse("day", _day_words(desk))
            return _refused(desk, form, number)
    return desk.go("plan_measure", number=number)


def _tell_online(desk: Desk, done: WentOnline | RecordedAlready | NoSuchProcedure) -> None:
    match done:
        case WentOnline(watchers=0):
            name = done.procedure.name
            desk.tell(desk.say("console_plan.recorded_online_nobody", name=name))
        case WentOnline():
            time = dates.say_near(done.tell_at, desk.now)
            name, count = done.procedure.name, done.watchers
            words = desk.say("console_plan.recorded_online", name=name, count=count, time=time)
            desk.tell(words)
        case RecordedAlready():
            desk.tell(desk.say("console_plan.known"), "note")
        case NoSuchProcedure():
            desk.tell(desk.say("console_plan.no_procedure"), "fault")


def _describe(desk: Desk, record: Record) -> str:
    day = dates.say_day(record.day)
    match record.kind:
        case Kind.STEP:
            found = desk.services.plan.step(record.subject)
            text = found[2].text if found else desk.say("console_plan.gone_step")
            state = desk.say(f"console_plan.state_{record.state}")
            number = record.measure
            return desk.say(
                "console_plan.line_step", measure=number, text=text, state=state, day=day
            )
        case Kind.FIGURE:
            return desk.say(
                "console_plan.line_figure",
                measure=record.measure,
                name=record.subject,
                value=record.value,
                day=day,
            )
        case _:
            return desk.say("console_plan.line_online", name=record.subject, day=day)
