"""わたしのアカウント: password, telephone, recovery codes, and where I am signed in."""

from flask import request
from flask.typing import ResponseReturnValue

from bot.staff import sessions, setup, signin
from bot.staff.rules import PROOF_LASTS
from bot.staff.setup import Finished, Gone, WrongCode
from bot.staff.signin import Candidate
from bot.staff.throttle import Wait
from handlers.console import door
from handlers.console.desk import Desk
from handlers.console.forms import Field, Form, empty
from handlers.console.passwords import AGAIN, NEW, check
from handlers.console.routing import STAFF, Section
from handlers.console.set_up import CODE, tying

section = Section("account")

_CURRENT = Field(
    "current", "console_door.current", "password", most=1000, autocomplete="current-password"
)
_AFTER_PROOF = ("account_phone", "account_recovery")


@section.get("/me", STAFF)
def mine(desk: Desk) -> ResponseReturnValue:
    """My account, and every browser that is signed in as me."""
    with desk.reading() as session:
        now = desk.lease_now(session)
        visits = sessions.living(session, desk.services.sealer, desk.me.id, now)
    return desk.show("account.html", me=desk.me, visits=visits)


@section.get("/me/password", STAFF)
def password(desk: Desk) -> ResponseReturnValue:
    """The form for another password."""
    return desk.show("account_password.html", form=empty([_CURRENT, NEW, AGAIN]))


@section.post("/me/password", STAFF)
def change_password(desk: Desk) -> ResponseReturnValue:
    """Sets it when the present one is right; every other session of mine ends."""
    form = check(desk, desk.read([_CURRENT, NEW, AGAIN]), desk.me)
    if form.is_good:
        _check_current(desk, form)
    if not form.is_good:
        return desk.show("account_password.html", 422, form=form)
    held = desk.services.passwords.hash(form["password"])
    with desk.writing() as session:
        now = desk.lease_now(session)
        cookie = setup.change_password(session, desk.services.sealer, desk.open_visit, held, now)
        desk.record(session, "staff.password_changed", ("staff", desk.me.login))
    desk.browser.rotate(cookie)
    desk.tell(desk.say("console_door.password_changed"))
    return desk.go("account_mine")


@section.get("/me/prove", STAFF)
def prove(desk: Desk) -> ResponseReturnValue:
    """Asks for password and code once more, before either can be changed."""
    return desk.show("account_prove.html", form=empty([_CURRENT, door.CODE]), after=_after())


@section.post("/me/prove", STAFF)
def proved(desk: Desk) -> ResponseReturnValue:
    """Five minutes of changing telephone and recovery codes, for one more proof."""
    form = desk.read([_CURRENT, door.CODE])
    candidate = _candidate(desk, form) if form.is_good else None
    if candidate is not None:
        matches = desk.services.passwords.matches(candidate.held, form["current"])
        with desk.writing() as session:
            now = desk.lease_now(session)
            is_proved = signin.prove_again(
                *(session, desk.services.sealer, desk.open_visit, form["code"], candidate),
                matches=matches,
                now=now,
            )
        if not is_proved:
            form.refuse("code", desk.say("console_door.proof_refused"))
    if not form.is_good:
        return desk.show("account_prove.html", 422, form=form, after=_after())
    return desk.go(_after())


@section.get("/me/phone", STAFF)
def phone(desk: Desk) -> ResponseReturnValue:
    """A button that begins; once begun, the QR code for the new telephone."""
    return _ask_proof(desk, "account_phone") or _show_phone(desk, empty([CODE]))


@section.post("/me/phone/begin", STAFF)
def begin_phone(desk: Desk) -> ResponseReturnValue:
    """Makes the new telephone's secret; the old one goes on until the new one is confirmed."""
    refusal = _ask_proof(desk, "account_phone")
    if refusal is not None:
        return refusal
    with desk.writing() as session:
        setup.begin_renewal(session, desk.services.sealer, desk.open_visit.id)
    return desk.go("account_phone")


@section.post("/me/phone", STAFF)
def tie_phone(desk: Desk) -> ResponseReturnValue:
    """Ties the new telephone by its first code, and shows new recovery codes this once."""
    refusal = _ask_proof(desk, "account_phone")
    if refusal is not None:
        return refusal
    form = desk.read([CODE])
    if not form.is_good:
        return _show_phone(desk, form, 422)
    with desk.writing() as session:
        now = desk.lease_now(session)
        end = setup.finish_renewal(
            session, desk.services.sealer, desk.open_visit, form["code"], now
        )
        if isinstance(end, Finished):
            desk.record(session, "staff.telephone_changed", ("staff", desk.me.login))
    match end:
        case Gone():
            return desk.go("account_phone")
        case WrongCode():
            form.refuse("code", desk.say("console_door.tie_refused"))
            return _show_phone(desk, form, 422)
        case Finished(token=token, recovery_codes=codes):
            desk.browser.rotate(token)
            return desk.show("recovery_codes.html", codes=codes, is_new=False)


@section.get("/me/recovery", STAFF)
def recovery(desk: Desk) -> ResponseReturnValue:
    """A button for new recovery codes."""
    return _ask_proof(desk, "account_recovery") or desk.show("account_recovery.html")


@section.post("/me/recovery", STAFF)
def renew_recovery(desk: Desk) -> ResponseReturnValue:
    """Shows ten new recovery codes this once; the old ones are void."""
    refusal = _ask_proof(desk, "account_recovery")
    if refusal is not None:
        return refusal
    with desk.writing() as session:
        codes = setup.new_codes(session, desk.services.sealer, desk.me.id)
        desk.record(session, "staff.recovery_codes_renewed", ("staff", desk.me.login))
    return desk.show("recovery_codes.html", codes=codes, is_new=False)


@section.post("/me/sessions/end", STAFF)
def end_others(desk: Desk) -> ResponseReturnValue:
    """Ends every session of mine but this one."""
    with desk.writing() as session:
        count = sessions.end_all(session, desk.me.id, but=desk.open_visit.id)
        desk.record(
            session, "staff.sessions_ended", ("staff", desk.me.login), after={"count": count}
        )
    desk.tell(desk.say("console_door.others_ended", count=count))
    return desk.go("account_mine")


def _after() -> str:
    wanted = request.values.get("after", "")
    return wanted if wanted in _AFTER_PROOF else _AFTER_PROOF[0]


def _ask_proof(desk: Desk, after: str) -> ResponseReturnValue | None:
    with desk.reading() as session:
        now = desk.lease_now(session)
    proved_at = desk.open_visit.proved_at
    is_fresh = proved_at is not None and now - proved_at < PROOF_LASTS
    return None if is_fresh else desk.go("account_prove", after=after)


def _candidate(desk: Desk, form: Form) -> Candidate | None:
    with desk.writing() as session:
        now = desk.lease_now(session)
        found = signin.knock(session, desk.services.sealer, desk.me.login, desk.address, now)
    if isinstance(found, Wait):
        form.refuse("current", desk.say("console_door.wait_short"))
        return None
    return found


def _check_current(desk: Desk, form: Form) -> None:
    candidate = _candidate(desk, form)
    if candidate is None:
        return
    matches = desk.services.passwords.matches(candidate.held, form["current"])
    with desk.writing() as session:
        signin.settle(session, candidate, matches=matches, now=desk.lease_now(session))
    if not matches:
        form.refuse("current", desk.say("console_door.current_refused"))


def _show_phone(desk: Desk, form: Form, status: int = 200) -> ResponseReturnValue:
    with desk.reading() as session:
        secret = setup.pending_secret(session, desk.services.sealer, desk.open_visit.id)
    shown = tying(desk, secret, desk.me) if secret else {}
    return desk.show("account_phone.html", status, form=form, **shown)
