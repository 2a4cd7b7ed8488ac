"""Signing in and out: password, then code; the same words whether or not a name exists."""

import re
from math import ceil

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot.staff import sessions, signin
from bot.staff.audit import Action
from bot.staff.rules import Stage
from bot.staff.signin import HalfWay, Refused, SignedIn
from bot.staff.throttle import Wait
from handlers.console.desk import Desk
from handlers.console.forms import Field, Form, empty
from handlers.console.routing import PUBLIC, STAFF, Section

section = Section("door")

_LOGIN = Field("login", "console_door.login", most=100, autocomplete="username")
_PASSWORD = Field(
    "password", "console_door.password", "password", most=1000, autocomplete="current-password"
)
CODE = Field(
    "code",
    "console_door.code",
    most=40,
    hint="console_door.code_hint",
    autocomplete="one-time-code",
)
_OWN_ADDRESS = re.compile(r"/console/(?!/)[^\\\s]*")


@section.get("/sign-in", PUBLIC)
def sign_in(desk: Desk) -> ResponseReturnValue:
    """The first step; who is in already is led on."""
    if desk.visit is not None and desk.visit.is_open:
        return desk.go("today_start")
    return _ask_password(desk, empty([_LOGIN, _PASSWORD]))


@section.post("/sign-in", PUBLIC)
def password(desk: Desk) -> ResponseReturnValue:
    """Checks login and password, outside any transaction, and leads to the second step."""
    form = desk.read([_LOGIN, _PASSWORD])
    if not form.is_good:
        return _ask_password(desk, form, 422)
    services = desk.services
    with desk.writing() as session:
        now = desk.lease_now(session)
        candidate = signin.knock(session, services.sealer, form["login"], desk.address, now)
    if isinstance(candidate, Wait):
        return _ask_password(desk, form, 429, wait_words(desk, candidate))
    matches = services.passwords.matches(candidate.held, form["password"])
    with desk.writing() as session:
        now = desk.lease_now(session)
        end = signin.enter(session, services.sealer, candidate, matches=matches, now=now)
        if isinstance(end, HalfWay) and desk.visit is not None:
            sessions.end(session, desk.visit.id)
    if isinstance(end, Refused):
        return _ask_password(desk, form, 422, desk.say("console_door.refused"))
    desk.browser.rotate(end.token)
    return desk.go("door_code", next=_wanted())


@section.get("/sign-in/code", PUBLIC)
def code(desk: Desk) -> ResponseReturnValue:
    """The second step, for a browser that is half-way."""
    if desk.visit is None or desk.visit.stage is not Stage.CODE:
        return desk.go("door_sign_in", next=_wanted())
    return _ask_code(desk, empty([CODE]))


@section.post("/sign-in/code", PUBLIC)
def enter(desk: Desk) -> ResponseReturnValue:
    """Takes the code and lets in, by a fresh cookie."""
    if desk.visit is None or desk.visit.stage is not Stage.CODE:
        return desk.go("door_sign_in", next=_wanted())
    form = desk.read([CODE])
    if not form.is_good:
        return _ask_code(desk, form, 422)
    with desk.writing() as session:
        end = signin.give_code(
            session,
            desk.services.sealer,
            desk.visit,
            form["code"],
            address=desk.address,
            now=desk.lease_now(session),
            civil=desk.now,
        )
        if isinstance(end, SignedIn):
            _write_down(desk, session, end)
    if isinstance(end, Wait):
        return _ask_code(desk, form, 429, wait_words(desk, end))
    if isinstance(end, Refused):
        return _ask_code(desk, form, 422, desk.say("console_door.code_refused"))
    desk.browser.rotate(end.token)
    if end.recovery_left is not None:
        desk.tell(desk.say("console_door.recovery_used", left=end.recovery_left), "note")
    return desk.go_to(_wanted() or desk.to("today_start"))


@section.post("/sign-out", STAFF)
def sign_out(desk: Desk) -> ResponseReturnValue:
    """Ends the session on the server; the browser forgets what it held."""
    with desk.writing() as session:
        sessions.end(session, desk.open_visit.id)
        desk.record(session, "staff.signed_out", ("staff", desk.me.login))
    desk.browser.leave()
    response = desk.go("door_sign_in", said="out")
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


def _ask_password(
    desk: Desk, form: Form, status: int = 200, fault: str | None = None
) -> ResponseReturnValue:
    demo = desk.services.demo
    return desk.show(
        "sign_in.html",
        status,
        form=form,
        fault=fault,
        wanted=_wanted(),
        has_left=request.args.get("said") == "out",
        people=demo.people() if demo is not None else (),
    )


def _ask_code(
    desk: Desk, form: Form, status: int = 200, fault: str | None = None
) -> ResponseReturnValue:
    demo = desk.services.demo
    shown = demo.code(desk.visit.person.login) if demo is not None and desk.visit else None
    return desk.show(
        "sign_in_code.html",
        status,
        form=form,
        fault=fault,
        wanted=_wanted(),
        is_demo=demo is not None,
        demo_code=shown,
    )


def _wanted() -> str | None:
    """Where the person was going, if that is one of our own pages."""
    wanted = request.values.get("next", "")
    return wanted if _OWN_ADDRESS.fullmatch(wanted) else None


def wait_words(desk: Desk, wait: Wait) -> str:
    """How long somebody has to wait who tried too often."""
    with desk.reading() as session:
        left = (wait.until - desk.lease_now(session)).total_seconds()
    return desk.say("console_door.wait", minutes=max(1, ceil(left / 60)))


def _write_down(desk: Desk, session: Session, end: SignedIn) -> None:
    by = {"by": "recovery code" if end.recovery_left is not None else "code"}
    login = end.person.login
    desk.record_as(session, login, Action("", "staff.signed_in", "staff", login, None, by))
