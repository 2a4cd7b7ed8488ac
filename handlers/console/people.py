"""職員: who may enter and what they may do; for admins."""

import re
import secrets
from collections.abc import Sequence

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot.mail import Mail, Sent
from bot.staff import accounts, sessions, setup
from bot.staff.accounts import Added, Changed, LastAdmin, LoginMalformed, LoginTaken, Unchanged
from bot.staff.rules import Person, Role
from handlers.console.desk import Desk
from handlers.console.forms import Field, Form, empty
from handlers.console.routing import Card, Hit, Line, Section, only

section = Section("people")
_ADMIN = only(Role.ADMIN)
_ONE = "/people/<int(max=2147483647):staff_id>"

_LOGIN = Field("login", "console_people.login", most=40, hint="console_people.login_hint")
_NAME = Field("name", "console_people.name", most=60)
_ROLES = Field("roles", "console_people.roles", "roles", most=20)
_MAIL = Field("mail", "console_people.mail", "email", 254, False, "console_people.mail_hint")
_ADDRESS = re.compile(r"[^@\s<>,;:]+@[^@\s<>,;:]+")

Outcome = Changed | Unchanged | LastAdmin | None


@section.get("/people", _ADMIN, menu="console.menu_people")
def everyone(desk: Desk) -> ResponseReturnValue:
    """All accounts, those unused for 90 days flagged."""
    return desk.show("people.html", people=_everyone(desk))


@section.get("/people/new", _ADMIN)
def new(desk: Desk) -> ResponseReturnValue:
    """The form for another person."""
    return desk.show(
        "people_new.html", form=empty([_LOGIN, _NAME, _ROLES, _MAIL]), roles=list(Role)
    )


@section.post("/people/new", _ADMIN)
def add(desk: Desk) -> ResponseReturnValue:
    """Puts a person on the list and shows their set-up link, this once."""
    form = _with_mail(desk, desk.read([_LOGIN, _NAME, _ROLES, _MAIL]))
    roles = _chosen(form)
    if form.is_good:
        link = ""
        with desk.writing() as session:
            sealer = desk.services.sealer
            done = accounts.add(session, sealer, form["login"], form["name"], roles, now=desk.now)
            if isinstance(done, Added):
                link = _new_link(desk, session, done.person, "staff.added")
        match done:
            case Added(person=person):
                return _hand_over(desk, person, link, form["mail"])
            case LoginTaken():
                form.refuse("login", desk.say("console_people.login_taken"))
            case LoginMalformed():
                form.refuse("login", desk.say("console_people.login_malformed"))
    return desk.show("people_new.html", 422, form=form, roles=list(Role))


@section.get(_ONE, _ADMIN)
def one(desk: Desk, staff_id: int) -> ResponseReturnValue:
    """One account: name, roles, open sessions, and what can be done about it."""
    return _show(desk, staff_id)


@section.post(f"{_ONE}/roles", _ADMIN)
def change_roles(desk: Desk, staff_id: int) -> ResponseReturnValue:
    """Gives exactly the ticked roles; the person's sessions end, to begin with the new ones."""
    wanted = _chosen(desk.read([_ROLES]))
    if not wanted:
        desk.tell(desk.say("console_people.role_needed"), "fault")
        return desk.go("people_one", staff_id=staff_id)
    with desk.writing() as session:
        done = accounts.change_roles(session, desk.services.sealer, staff_id, wanted)
        if isinstance(done, Changed):
            sessions.end_all(session, staff_id)
            _record(desk, session, "staff.roles_changed", done)
    return _answer(desk, staff_id, done, "console_people.roles_changed")


@section.post(f"{_ONE}/name", _ADMIN)
def rename(desk: Desk, staff_id: int) -> ResponseReturnValue:
    """Corrects the name. The audit trail says that it changed, not what it is."""
    form = desk.read([_NAME])
    if not form.is_good:
        return _show(desk, staff_id, form)
    with desk.writing() as session:
        done = accounts.rename(session, desk.services.sealer, staff_id, form["name"])
        if done is not None:
            desk.record(session, "staff.renamed", ("staff", done.after.login))
    return _answer(desk, staff_id, done, "console_people.renamed")


@section.post(f"{_ONE}/disable", _ADMIN)
def disable(desk: Desk, staff_id: int) -> ResponseReturnValue:
    """Shuts a person out at once, sessions and links included. Nobody does it to themselves."""
    if staff_id == desk.me.id:
        desk.tell(desk.say("console_people.not_yourself"), "fault")
        return desk.go("people_one", staff_id=staff_id)
    with desk.writing() as session:
        done = accounts.disable(session, desk.services.sealer, staff_id, desk.now)
        if isinstance(done, Changed):
            sessions.end_all(session, staff_id)
            _record(desk, session, "staff.disabled", done)
    return _answer(desk, staff_id, done, "console_people.disabled")


@section.post(f"{_ONE}/enable", _ADMIN)
def enable(desk: Desk, staff_id: int) -> ResponseReturnValue:
    """Lets a person in again."""
    with desk.writing() as session:
        done = accounts.enable(session, desk.services.sealer, staff_id)
        if isinstance(done, Changed):
            _record(desk, session, "staff.enabled", done)
    return _answer(desk, staff_id, done, "console_people.enabled")


@section.post(f"{_ONE}/sessions/end", _ADMIN)
def end_sessions(desk: Desk, staff_id: int) -> ResponseReturnValue:
    """Ends every session of a person."""
    with desk.writing() as session:
        person = accounts.find(session, desk.services.sealer, staff_id)
        if person is None:
            return _absent(desk)
        count = sessions.end_all(session, staff_id)
        item = ("staff", person.login)
        desk.record(session, "staff.sessions_ended", item, after={"count": count})
    if staff_id != desk.me.id:
        desk.tell(desk.say("console_people.sessions_ended", count=count))
    return desk.go("people_one", staff_id=staff_id)


@section.post(f"{_ONE}/link", _ADMIN)
def link(desk: Desk, staff_id: int) -> ResponseReturnValue:
    """Makes a new set-up link, shown this once; the person's sessions and older links end."""
    form = _with_mail(desk, desk.read([_MAIL]))
    if not form.is_good:
        return _show(desk, staff_id, form)
    with desk.writing() as session:
        person = accounts.find(session, desk.services.sealer, staff_id)
        if person is None or person.disabled_at is not None:
            return _absent(desk)
        if staff_id != desk.me.id:
            sessions.end_all(session, staff_id)
        address = _new_link(desk, session, person, "staff.link_made")
    return _hand_over(desk, person, address, form["mail"])


@section.card(_ADMIN)
def unused(desk: Desk) -> Card | None:
    """Accounts nobody has used for 90 days."""
    found = [person for person in _everyone(desk) if person.is_unused(desk.now)]
    if not found:
        return None
    lines = [Line(person.name, desk.to("people_one", staff_id=person.id)) for person in found[:3]]
    title = desk.say("console_people.unused_card")
    return Card(title, len(found), desk.to("people_everyone"), lines)


@section.search(_ADMIN)
def find(desk: Desk, wanted: str) -> Sequence[Hit]:
    """People by login or name."""
    kind = desk.say("console.menu_people")
    return [
        Hit(kind, f"{one.name}（{one.login}）", desk.to("people_one", staff_id=one.id))
        for one in _everyone(desk)
        if wanted.lower() in one.login or wanted in one.name
    ][:10]


def _show(desk: Desk, staff_id: int, refused: Form | None = None) -> ResponseReturnValue:
    """The account; with what was typed in one of its forms where that was refused."""
    with desk.reading() as session:
        person = accounts.find(session, desk.services.sealer, staff_id)
        now = desk.lease_now(session)
        visits = sessions.living(session, desk.services.sealer, staff_id, now)
    if person is None:
        return _absent(desk)
    form = empty([_NAME, _MAIL], {"name": person.name})
    if refused is not None:
        form.values |= refused.values
        form.faults |= refused.faults
    return desk.show(
        "people_one.html",
        422 if refused else 200,
        person=person,
        visits=visits,
        form=form,
        roles=list(Role),
    )


def _everyone(desk: Desk) -> list[Person]:
    with desk.reading() as session:
        return accounts.everyone(session, desk.services.sealer)


def _chosen(form: Form) -> frozenset[Role]:
    known = {role.value for role in Role}
    return frozenset(Role(value) for value in form.chosen.get("roles", ()) if value in known)


def _with_mail(desk: Desk, form: Form) -> Form:
    """The form, with the address refused that is none, or that nothing could be sent to."""
    if form["mail"] and desk.services.mail is None:
        form.refuse("mail", desk.say("console_people.no_mail"))
    elif form["mail"] and not _ADDRESS.fullmatch(form["mail"]):
        form.refuse("mail", desk.say("console_people.mail_malformed"))
    return form


def _new_link(desk: Desk, session: Session, person: Person, action: str) -> str:
    token = setup.issue(session, desk.services.sealer, person.id, desk.lease_now(session))
    after = {"roles": sorted(person.roles)}
    desk.record(session, action, ("staff", person.login), after=after)
    base = desk.services.base_url or request.host_url.rstrip("/")
    return base + desk.to("set_up_look", token=token)


def _hand_over(desk: Desk, person: Person, link: str, to: str) -> ResponseReturnValue:
    """Shows the link, and mails it where an address was typed, which is not kept anywhere."""
    mailed = _mail(desk, person, link, to) if to else None
    return desk.show("people_link.html", person=person, link=link, mailed=mailed)


def _mail(desk: Desk, person: Person, link: str, to: str) -> bool:
    assert desk.services.mail is not None  # else the form was refused
    body = desk.say("console_people.mail_body", name=person.name, link=link)
    subject = desk.say("console_people.mail_subject")
    key = f"set-up:{person.id}:{secrets.token_hex(8)}"
    outcome = desk.services.mail.send(Mail((to,), subject, body, key), desk.now)
    is_sent = isinstance(outcome, Sent) and not outcome.refused
    with desk.writing() as session:
        item = ("staff", person.login)
        desk.record(session, "staff.link_mailed", item, after={"sent": is_sent})
    return is_sent


def _record(desk: Desk, session: Session, action: str, done: Changed) -> None:
    before, after = (
        {"roles": sorted(one.roles), "disabled": one.disabled_at is not None}
        for one in (done.before, done.after)
    )
    desk.record(session, action, ("staff", done.after.login), before=before, after=after)


def _answer(desk: Desk, staff_id: int, done: Outcome, words: str) -> ResponseReturnValue:
    match done:
        case None:
            return _absent(desk)
        case LastAdmin():
            desk.tell(desk.say("console_people.last_admin"), "fault")
        case Unchanged():
            desk.tell(desk.say("console_people.unchanged"), "note")
        case Changed():
            desk.tell(desk.say(words))
    return desk.go("people_one", staff_id=staff_id)


def _absent(desk: Desk) -> ResponseReturnValue:
    return desk.show("refused.html", 404, why="console.refused_404")
