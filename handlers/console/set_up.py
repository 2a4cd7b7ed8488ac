"""The set-up link: choose a password, tie the telephone, keep the recovery codes."""

from flask import request
from flask.typing import ResponseReturnValue

from bot.staff import setup
from bot.staff.audit import Action
from bot.staff.codes import qr_image, tying_uri
from bot.staff.rules import Person, Stage
from bot.staff.setup import Finished, Gone, WrongCode
from handlers.console.desk import Desk
from handlers.console.forms import Field, Form, empty
from handlers.console.passwords import AGAIN, NEW, check
from handlers.console.routing import PUBLIC, Section

section = Section("set_up")

CODE = Field(
    "code",
    "console_door.code",
    most=12,
    hint="console_door.tie_hint",
    autocomplete="one-time-code",
)


@section.get("/set-up/<token>", PUBLIC)
def look(desk: Desk, token: str) -> ResponseReturnValue:
    """Whose link it is. Opening it, however often, changes nothing."""
    person = _whose(desk, token)
    return _dead(desk) if person is None else _ask_password(desk, person, empty([NEW, AGAIN]))


@section.post("/set-up/<token>", PUBLIC)
def choose_password(desk: Desk, token: str) -> ResponseReturnValue:
    """Keeps the chosen password aside until the telephone is tied."""
    person = _whose(desk, token)
    if person is None:
        return _dead(desk)
    form = check(desk, desk.read([NEW, AGAIN]), person)
    if not form.is_good:
        return _ask_password(desk, person, form, 422)
    held = desk.services.passwords.hash(form["password"])
    with desk.writing() as session:
        cookie = setup.start(session, desk.services.sealer, token, held, desk.lease_now(session))
    if cookie is None:
        return _dead(desk)
    desk.browser.rotate(cookie)
    return desk.go("set_up_tie")


@section.get("/set-up", PUBLIC)
def tie(desk: Desk) -> ResponseReturnValue:
    """The QR code for the telephone."""
    return _ask_code(desk, empty([CODE]))


@section.post("/set-up", PUBLIC)
def finish(desk: Desk) -> ResponseReturnValue:
    """Ties the telephone, shows the recovery codes this once, and is signed in."""
    visit = desk.visit
    if visit is None or visit.stage is not Stage.SETUP:
        return _dead(desk)
    form = desk.read([CODE])
    if not form.is_good:
        return _ask_code(desk, form, 422)
    with desk.writing() as session:
        now = desk.lease_now(session)
        end = setup.finish(
            session, desk.services.sealer, visit, form["code"], now=now, civil=desk.now
        )
        if isinstance(end, Finished):
            login = visit.person.login
            desk.record_as(session, login, Action("", "staff.set_up", "staff", login))
    match end:
        case Gone():
            return _dead(desk)
        case WrongCode():
            form.refuse("code", desk.say("console_door.tie_refused"))
            return _ask_code(desk, form, 422)
        case Finished(token=token, recovery_codes=codes):
            desk.browser.rotate(token)
            return desk.show("recovery_codes.html", codes=codes, is_new=True)


def _whose(desk: Desk, token: str) -> Person | None:
    with desk.reading() as session:
        return setup.look(session, desk.services.sealer, token, desk.lease_now(session))


def _ask_password(desk: Desk, person: Person, form: Form, status: int = 200) -> ResponseReturnValue:
    return desk.show("set_up_password.html", status, person=person, form=form, action=request.path)


def _ask_code(desk: Desk, form: Form, status: int = 200) -> ResponseReturnValue:
    visit = desk.visit
    if visit is None or visit.stage is not Stage.SETUP:
        return _dead(desk)
    with desk.reading() as session:
        secret = setup.pending_secret(session, desk.services.sealer, visit.id)
    if secret is None:
        return _dead(desk)
    return desk.show("set_up_phone.html", status, form=form, **tying(desk, secret, visit.person))


def tying(desk: Desk, secret: str, person: Person) -> dict[str, str]:
    """What the page that ties a telephone shows: the QR code, and the secret to type instead."""
    uri = tying_uri(secret, person.login, desk.say("console.product"))
    grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return {"image": qr_image(uri), "secret": grouped}


def _dead(desk: Desk) -> ResponseReturnValue:
    return desk.show("refused.html", 410, why="console_door.link_dead")
