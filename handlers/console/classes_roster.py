"""名簿と出欠: who comes, in furigana order and on paper; ticks that may arrive late and twice."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as Db

from bot.classes import attendance, bookers, roster
from bot.classes.attendance import Tick, Ticked, TooEarly, WalkedIn
from bot.classes.bookers import Particulars
from bot.classes.naming import show_phone
from bot.classes.outcomes import AlreadyBooked, Full
from bot.classes.values import Actor, Booking, Person
from handlers.console.classes import session_of
from handlers.console.classes_names import EDIT, NUMBER, READ, are_open, opened
from handlers.console.classes_person import NAMED, particulars
from handlers.console.desk import Desk
from handlers.console.forms import Form, empty
from handlers.console.reading import number_of
from handlers.console.routing import Section

section = Section("class_roster")
_MOST_TICKS = 1000
_CAME = {"yes": True, "no": False, "none": None}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the roster; `person` is None while names are covered. `came`: for this date."""

    number: int
    booking: Booking
    person: Person | None
    came: bool | None

    @property
    def mark(self) -> str:
        """The tick as forms and scripts say it."""
        return {True: "yes", False: "no", None: "none"}[self.came]


@section.get(f"/classes/{NUMBER}/roster", READ)
def sheet(desk: Desk, session_id: int) -> ResponseReturnValue:
    """The roster, for the screen and for A4; ?size=large for large print, ?date=2 of a series."""
    return _show(desk, session_id)


@section.post(f"/classes/{NUMBER}/ticks", EDIT)
def ticks(desk: Desk, session_id: int) -> ResponseReturnValue:
    """Keeps ticks: `tick` is booking, date and yes, no or none, as 12:1:yes, once or many times.

    The same tick again changes nothing. A script, which sends what waited for a connection, is
    answered in JSON with the ticks that are settled, kept or refused for good.
    """
    given = [_tick(one) for one in request.form.getlist("tick")[:_MOST_TICKS]]
    wanted = [one for one in given if one is not None]
    with desk.writing() as db:
        session_of(desk, db, session_id)
        actor = Actor.staff(desk.me.login)
        done = attendance.tick_all(db, session_id, wanted, actor=actor, now=desk.now)
        _record(desk, db, session_id, wanted, done)
    late = [one for one in done if isinstance(one, TooEarly)]
    if request.accept_mimetypes.best == "application/json":
        kept = [
            {"tick": f"{one.booking_id}:{one.meeting}", "kept": isinstance(result, Ticked)}
            for one, result in zip(wanted, done, strict=True)
        ]
        return {"settled": kept}
    if late:
        desk.tell(desk.say("console_classes.too_early"), "fault")
    elif any(not isinstance(one, Ticked) for one in done) or not done:
        desk.tell(desk.say("console_classes.tick_refused"), "fault")
    return _back(desk, session_id)


@section.post(f"/classes/{NUMBER}/scan", EDIT)
def scan(desk: Desk, session_id: int) -> ResponseReturnValue:
    """A 控え was held to the reader, or its booking number typed: that person is here."""
    typed = request.form.get("code", "").strip()[:300]
    with desk.writing() as db:
        session_of(desk, db, session_id)
        number = _found(desk, db, session_id, typed)
        done = _arrived(desk, db, session_id, number) if number else None
    _tell_arrival(desk, number, done)
    return _back(desk, session_id, scans=1)


@section.get(f"/classes/{NUMBER}/arrive/<token>", EDIT)
def arrive(desk: Desk, session_id: int, token: str) -> ResponseReturnValue:
    """Where the QR code of a 控え leads a colleague's telephone: one button, nobody's name."""
    with desk.reading() as db:
        held = session_of(desk, db, session_id)
        number = attendance.find_by_token(db, desk.services.sealer, session_id, token)
    return desk.show("classes/arrive.html", held=held, number=number, token=token)


@section.post(f"/classes/{NUMBER}/walk-in", EDIT)
def walk_in(desk: Desk, session_id: int) -> ResponseReturnValue:
    """Somebody comes without a booking and takes part while a chair is free."""
    form = desk.read(NAMED)
    given = particulars(desk, form)
    if given is None:
        return _show(desk, session_id, 422, form=form)
    try:
        done = _walk_in(desk, session_id, given)
    except _NoChair as refused:
        done = refused.outcome
    match done:
        case WalkedIn(one):
            desk.tell(desk.say("console_classes.walked_in", id=one.id))
        case AlreadyBooked(one):
            desk.tell(desk.say("console_classes.walk_in_known", id=one.id), "note")
        case Full():
            desk.tell(desk.say("console_classes.no_chair"), "fault")
        case TooEarly():
            desk.tell(desk.say("console_classes.too_early"), "fault")
        case _:
            desk.tell(desk.say("console_classes.not_to_change"), "fault")
    return _back(desk, session_id)


# ---------------------------------------------------------------- steps


class _NoChair(Exception):
    """Undoes the transaction: nobody is kept who does not take part."""

    def __init__(self, outcome: object) -> None:
        super().__init__(type(outcome).__name__)
        self.outcome = outcome


def _walk_in(desk: Desk, session_id: int, given: Particulars) -> object:
    with desk.writing() as db:
        session_of(desk, db, session_id)
        booker_id = bookers.enter(db, desk.services.sealer, given, desk.now)
        actor = Actor.staff(desk.me.login)
        done = attendance.walk_in(
            db, session_id, booker_id, actor=actor, now=desk.now, meeting=_date()
        )
        if not isinstance(done, WalkedIn | AlreadyBooked):
            raise _NoChair(done)
        if isinstance(done, WalkedIn):
            desk.record(db, "class.walked_in", ("class_booking", done.booking.id))
    return done


def _record(
    desk: Desk, db: Db, session_id: int, wanted: list[Tick], done: Sequence[object]
) -> None:
    """One line of the trail for what was new; ticks sent again write none."""
    new = {
        f"{one.booking_id}:{one.meeting}": one.came
        for one, result in zip(wanted, done, strict=True)
        if isinstance(result, Ticked) and result.first
    }
    if new:
        desk.record(db, "class.ticked", ("class", session_id), after={"ticks": new})


def _arrived(desk: Desk, db: Db, session_id: int, number: int) -> object:
    wanted = [Tick(number, came=True, meeting=_date())]
    actor = Actor.staff(desk.me.login)
    done = attendance.tick_all(db, session_id, wanted, actor=actor, now=desk.now)
    _record(desk, db, session_id, wanted, done)
    return done[0]


def _tell_arrival(desk: Desk, number: int | None, done: object) -> None:
    match done:
        case Ticked(first=True):
            desk.tell(desk.say("console_classes.arrived", id=number))
        case Ticked():
            desk.tell(desk.say("console_classes.arrived_before", id=number), "note")
        case TooEarly():
            desk.tell(desk.say("console_classes.too_early"), "fault")
        case _:
            desk.tell(desk.say("console_classes.scan_unknown"), "fault")


def _found(desk: Desk, db: Db, session_id: int, typed: str) -> int | None:
    last = typed.rstrip("/").rpartition("/")[2]
    number = number_of(last)
    if number is not None or not last:
        return number
    return attendance.find_by_token(db, desk.services.sealer, session_id, last)


def _tick(written: str) -> Tick | None:
    pieces = written.split(":")
    if len(pieces) != 3 or pieces[2] not in _CAME:
        return None
    number, meeting = map(number_of, pieces[:2])
    if number is None or meeting is None:
        return None
    return Tick(number, _CAME[pieces[2]], meeting)


def _date() -> int:
    return number_of(request.values.get("date", "")) or 1


def _back(desk: Desk, session_id: int, *, scans: int | None = None) -> ResponseReturnValue:
    """To the roster, its names as open as they were; `scans` keeps the reader's field at hand."""
    names = request.values.get("names") if are_open(desk, "roster", session_id) else None
    date = _date() if _date() != 1 else None
    return desk.go("class_roster_sheet", session_id=session_id, names=names, date=date, scans=scans)


def _show(
    desk: Desk, session_id: int, status: int = 200, /, *, form: Form | None = None
) -> ResponseReturnValue:
    is_open = are_open(desk, "roster", session_id)
    with desk.reading() as db:
        held = session_of(desk, db, session_id)
        entries = roster.roster(db, desk.services.sealer, session_id)
    meeting = next((one for one in held.meetings if one.number == _date()), held.meetings[0])
    rows = [
        Row(n, one.booking, one.person if is_open else None, one.ticks.get(meeting.number))
        for n, one in enumerate(entries, start=1)
    ]
    if not is_open:
        # In furigana order the numbers alone would say a little of the names.
        rows.sort(key=lambda one: one.booking.id)
    early = held.starts_at - attendance.EARLY
    return desk.show(
        "classes/roster.html",
        status,
        held=held,
        meeting=meeting,
        rows=rows,
        came=sum(1 for one in rows if one.came),
        absent=sum(1 for one in rows if one.came is False),
        is_open=is_open,
        is_large=request.args.get("size") == "large",
        may_tick=desk.now >= early and held.state == "open",
        early=early,
        form=form or empty(NAMED),
        phone=show_phone,
        address=opened(desk, "roster", session_id) if is_open else "",
    )
