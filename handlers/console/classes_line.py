"""キャンセル待ち: the line of a class, put in order by hand or by keyboard, with a reason."""

from flask import request
from flask.typing import ResponseReturnValue

from bot.classes import bookers
from bot.classes import waiting as lines
from bot.classes.naming import show_phone
from bot.classes.values import Actor
from bot.classes.waiting import ReasonNeeded, Reordered
from handlers.console import reasons
from handlers.console.classes import session_of
from handlers.console.classes_names import EDIT, NUMBER, READ, are_open, opened
from handlers.console.desk import Desk
from handlers.console.reading import number_of
from handlers.console.routing import Section

section = Section("class_line")


@section.get(f"/classes/{NUMBER}/line", READ)
def stand(desk: Desk, session_id: int) -> ResponseReturnValue:
    """Who is offered a seat and who waits, in order."""
    return _show(desk, session_id)


@section.post(f"/classes/{NUMBER}/line", EDIT)
def put(desk: Desk, session_id: int) -> ResponseReturnValue:
    """Puts somebody at another place: `move` holds booking and place, as 12:3. Again changes
    nothing."""
    number, place = _move(request.form.get("move", ""))
    reason = reasons.typed()[: reasons.LONGEST]
    with desk.writing() as db:
        session_of(desk, db, session_id)
        before = [one.id for one in lines.line_of(db, session_id) if one.place]
        if number not in before:
            desk.tell(desk.say("console_classes.not_in_line"), "fault")
            return _back(desk, session_id)
        done = lines.put_at(
            db,
            desk.services.sealer,
            number,
            place,
            reason=reason,
            actor=Actor.staff(desk.me.login),
            city=desk.services.city.classes,
            now=desk.now,
        )
        if isinstance(done, Reordered) and done.first:
            item = ("class", session_id)
            was, became = {"line": before}, {"line": list(done.order)}
            desk.record(db, "class.line_reordered", item, before=was, after=became)
    match done:
        case Reordered(order=order):
            at = order.index(number) + 1
            desk.tell(desk.say("console_classes.reordered", id=number, place=at))
        case ReasonNeeded():
            return _show(desk, session_id, 422, fault=desk.say("console_classes.reason_needed"))
        case _:
            desk.tell(desk.say("console_classes.not_in_line"), "fault")
    return _back(desk, session_id)


def _move(written: str) -> tuple[int, int]:
    number, _, place = written.partition(":")
    return number_of(number) or 0, number_of(place) or 1


def _show(
    desk: Desk, session_id: int, status: int = 200, /, *, fault: str = ""
) -> ResponseReturnValue:
    is_open = are_open(desk, "line", session_id)
    with desk.reading() as db:
        held = session_of(desk, db, session_id)
        line = lines.line_of(db, session_id)
        ids = {one.booker_id for one in line} if is_open else set()
        people = bookers.by_id(db, desk.services.sealer, ids) if ids else {}
    return desk.show(
        "classes/line.html",
        status,
        held=held,
        line=line,
        people=people,
        is_open=is_open,
        count=sum(1 for one in line if one.place),
        reason=reasons.typed()[: reasons.LONGEST],
        fault=fault,
        phone=show_phone,
    )


def _back(desk: Desk, session_id: int) -> ResponseReturnValue:
    if are_open(desk, "line", session_id):
        return desk.go_to(opened(desk, "line", session_id))
    return desk.go("class_line_stand", session_id=session_id)
