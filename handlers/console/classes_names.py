"""教室: who may do what, and the opening of names, which is written down each time."""

import hmac

from flask import abort, request
from flask.typing import ResponseReturnValue

from bot.staff.rules import Role
from handlers.console.desk import Desk
from handlers.console.reading import number_of
from handlers.console.routing import Access, Section, only

section = Section("class_names")

READ: Access = only(Role.CLASSES, Role.COUNTER, Role.SUPPORT, Role.VIEWER)
NAMES: Access = only(Role.CLASSES, Role.COUNTER, Role.SUPPORT)
"""Those who may see who comes."""
BOOK: Access = only(Role.CLASSES, Role.COUNTER)
EDIT: Access = only(Role.CLASSES)

NUMBER = "<int(max=2147483647):session_id>"
BOOKING = "<int(max=2147483647):booking_id>"
_PAGES = {
    "roster": ("class_roster_sheet", "session_id"),
    "line": ("class_line_stand", "session_id"),
    "booking": ("class_booking_one", "booking_id"),
    "calls": ("class_calls_waiting", ""),
}
_KINDS = {"roster": "class", "line": "class", "booking": "class_booking", "calls": "class_calls"}


def key(desk: Desk, kind: str, number: int = 0) -> str:
    """What opens the names of one page in this sign-in alone; worth nothing in another browser."""
    bound = f"{desk.open_visit.id}:{kind}:{number}"
    return desk.services.sealer.lookup(bound, "console.class_names")[:24]


def are_open(desk: Desk, kind: str, number: int = 0) -> bool:
    """True when I may see names and have opened those of this page."""
    given = request.values.get("names", "").encode()
    return NAMES.admits(desk.me.roles) and hmac.compare_digest(
        given, key(desk, kind, number).encode()
    )


def opened(desk: Desk, kind: str, number: int = 0) -> str:
    """The address of the page with its names open, for who was just told them anyway."""
    page, argument = _PAGES[kind]
    held: dict[str, object] = {argument: number} if argument else {}
    return desk.to(page, **held, names=key(desk, kind, number))


@section.post("/classes/names", NAMES)
def uncover(desk: Desk) -> ResponseReturnValue:
    """Opens the names of a page; that I read them is recorded."""
    kind, number = request.form.get("kind", ""), number_of(request.form.get("number", ""))
    if kind not in _PAGES or number is None:
        abort(404)
    with desk.writing() as session:
        desk.record(session, "class.names_read", (_KINDS[kind], number))
    return desk.go_to(opened(desk, kind, number))
