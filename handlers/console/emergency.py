"""緊急: what to say by hazard, told to every friend by one approver with a fresh one-time code."""

import secrets
from collections.abc import Sequence
from dataclasses import replace

from flask import abort, request
from flask.typing import ResponseReturnValue

import content
from bot.campaigns import checking, emergency, finding
from bot.campaigns.emergency import (
    Active,
    AlreadyDeclared,
    Declared,
    Ended,
    NotProved,
    OverAlready,
    StillLasts,
    Template,
    Unfit,
)
from bot.line import limits
from bot.line.limits import Message
from bot.plan import friends
from bot.speech import dates, emergency_cards
from bot.staff import signin
from bot.staff.rules import Role
from bot.staff.throttle import Wait
from handlers.console import door, news_words, phone, review_words
from handlers.console.desk import Desk
from handlers.console.review import people_by_login
from handlers.console.routing import Access, Card, Line, Section, only

section = Section("emergency")
SEND: Access = only(Role.APPROVER, Role.ADMIN)
READ: Access = only(Role.ANNOUNCER, Role.APPROVER, Role.ADMIN)
_HAZARD = "/emergency/hazard/<hazard>"
_FIELDS = ("title", "words", "easy", "banner", "banner_easy")


@section.get("/emergency", READ, menu="console_emergency.menu")
def start(desk: Desk) -> ResponseReturnValue:
    """All that lasts now, the hazards to choose from, and what was told before."""
    with desk.reading() as session:
        lasting, past = emergency.active(session), emergency.past(session)
        shown = {one.id for one in lasting} | {one.id for one, _ in past}
        ends = {number: finding.broadcast_end(session, number) for number in shown}
    return desk.show(
        "news/emergency.html",
        lasting=lasting,
        past=past,
        ends=ends,
        templates=_templates(),
        may_send=SEND.admits(desk.me.roles),
    )


@section.get(_HAZARD, SEND)
def write(desk: Desk, hazard: str) -> ResponseReturnValue:
    """The prepared words, to be completed."""
    return _show(desk, _template(hazard))


@section.post(f"{_HAZARD}/look", SEND)
def look(desk: Desk, hazard: str) -> ResponseReturnValue:
    """As it would look with what is typed; nothing is kept or sent."""
    said = _typed(_template(hazard))
    if request.args.get("part"):
        return desk.show("news/phones.html", phones=_phones(desk, said))
    return _show(desk, said)


@section.post(_HAZARD, SEND)
def declare(desk: Desk, hazard: str) -> ResponseReturnValue:
    """Tells every friend at once: no cap, no night, no undo. The same form twice tells once."""
    said, is_drill = _typed(_template(hazard)), request.form.get("drill") == "1"
    messages = _messages(desk, said, is_drill=is_drill)
    wrong = _too_long(said) or ("words" if limits.check(messages) else None)
    if wrong is not None:  # told before a code is used up
        return _show(desk, said, 422, _unfit(desk, wrong))
    form = request.form.get("form", "")[:43] or secrets.token_urlsafe(16)
    with desk.reading() as session:
        told = emergency.told_before(session, hazard, form=form, is_drill=is_drill)
    if told is not None:
        return _answer(desk, said, told)
    with desk.writing() as session:
        shown = signin.show_code_again(
            *(session, desk.services.sealer, desk.open_visit, request.form.get("code", "")[:40]),
            address=desk.address,
            now=desk.lease_now(session),
        )
    if shown is not True:
        words = door.wait_words(desk, shown) if isinstance(shown, Wait) else ""
        return _show(desk, said, 422, words or desk.say("console_emergency.code_wrong"))
    with desk.writing() as session:
        done = emergency.declare(
            *(session, desk.services.sealer, said, messages),
            form=form,
            actor=desk.me.login,
            proved=True,
            is_drill=is_drill,
            is_real_line=desk.services.is_real_line,
            now=desk.now,
            lease_now=desk.lease_now(session),
        )
        if isinstance(done, Declared):
            after = {"hazard": hazard, "drill": is_drill}
            item = ("emergency", done.emergency_id)
            desk.record(session, "emergency.declared", item, after=after)
    return _answer(desk, said, done)


def _answer(
    desk: Desk,
    said: Template,
    done: Declared | AlreadyDeclared | StillLasts | Unfit | NotProved,
) -> ResponseReturnValue:
    match done:
        case Unfit(what=what):
            return _show(desk, said, 422, _unfit(desk, what))
        case NotProved():
            return _show(desk, said, 422, desk.say("console_emergency.code_wrong"))
        case StillLasts():
            return _show(desk, said, 409, _still_lasts(desk, done))
        case AlreadyDeclared():
            desk.tell(desk.say("console_emergency.already"), "note")
        case Declared():
            desk.tell(desk.say("console_emergency.declared"))
    return desk.go("emergency_start")


@section.post("/emergency/<int(max=9223372036854775807):emergency_id>/end", SEND)
def end(desk: Desk, emergency_id: int) -> ResponseReturnValue:
    """Takes the banner down and keeps what was not sent yet from going out."""
    with desk.writing() as session:
        done = emergency.end(
            *(session, emergency_id),
            actor=desk.me.login,
            now=desk.now,
            lease_now=desk.lease_now(session),
        )
        if isinstance(done, Ended):
            after = {"broadcast": done.broadcast}
            desk.record(session, "emergency.ended", ("emergency", emergency_id), after=after)
    match done:
        case OverAlready():
            desk.tell(desk.say("console_emergency.ended_already"), "note")
        case Ended():
            desk.tell(_ended(desk, done))
            if done.broadcast in ("dropped", "unknown"):
                desk.tell(desk.say(f"console_emergency.ended_{done.broadcast}"), "note")
    return desk.go("emergency_start")


@section.card(READ)
def card(desk: Desk) -> Card | None:
    """Emergencies that last: somebody has to end each."""
    with desk.reading() as session:
        lasting = emergency.active(session)
    if not lasting:
        return None
    address = desk.to("emergency_start")
    lines = []
    for one in lasting:
        since = dates.say_near(one.started_at, desk.now)
        words = desk.say("console_emergency.card_line", title=one.title, time=since)
        lines.append(Line(words, address))
    return Card(desk.say("console_emergency.card"), len(lasting), address, lines)


def _still_lasts(desk: Desk, told: StillLasts) -> str:
    return desk.say(
        "console_emergency.still_lasts",
        title=told.lasting.title,
        name=review_words.name_of(desk, told.by, people_by_login(desk)),
        time=dates.say_near(told.lasting.started_at, desk.now),
    )


def _ended(desk: Desk, done: Ended) -> str:
    if not done.still:
        return desk.say("console_emergency.ended")
    return desk.say("console_emergency.ended_one", others=_titles(desk, done.still))


def _titles(desk: Desk, lasting: Sequence[Active]) -> str:
    mark = f"（{desk.say('console_emergency.drill_mark')}）"
    return "".join(f"「{one.title}」{mark if one.is_drill else ''}" for one in lasting)


def _templates() -> tuple[Template, ...]:
    return emergency.templates(content.toml("emergency.toml"))


def _template(hazard: str) -> Template:
    return next((one for one in _templates() if one.hazard == hazard), None) or abort(404)


def _typed(template: Template) -> Template:
    """The template with what was typed over it."""
    held = {
        name: request.form[name].replace("\r\n", "\n").strip()[:4000]
        for name in _FIELDS
        if name in request.form
    }
    return replace(template, **held)


def _messages(desk: Desk, said: Template, *, is_drill: bool) -> list[Message]:
    services = desk.services
    return emergency_cards.broadcast(services.voice, services.city, said, is_drill=is_drill)


def _phones(desk: Desk, said: Template) -> list[tuple[str, tuple[phone.Picture, ...]]]:
    is_drill = request.form.get("drill") == "1"
    return [("everyone", phone.draw(_messages(desk, said, is_drill=is_drill)))]


def _show(desk: Desk, said: Template, status: int = 200, fault: str = "") -> ResponseReturnValue:
    demo = desk.services.demo
    is_drill, form = request.form.get("drill") == "1", request.form.get("form", "")[:43]
    with desk.reading() as session:
        lasting = _titles(desk, emergency.active(session))
        told = emergency.told_before(session, said.hazard, form=form, is_drill=is_drill)
    left, is_short = _left(desk)
    return desk.show(
        "news/emergency_write.html",
        status,
        said=said,
        phones=_phones(desk, said),
        most={name: _most(name) for name in _FIELDS},
        units=limits.units,
        is_drill=is_drill,
        may_drill=not desk.services.is_real_line,
        left=left,
        is_short=is_short,
        lasting=lasting,
        told=_still_lasts(desk, told) if isinstance(told, StillLasts) else "",
        form=form or secrets.token_urlsafe(16),
        is_demo=demo is not None,
        demo_code=demo.code(desk.me.login) if demo is not None else None,
        number=news_words.number,
        fault=fault,
    )


def _left(desk: Desk) -> tuple[str, bool]:
    """What LINE still sends this month, in words; and whether that is too little for all."""
    left = desk.services.quota()
    with desk.reading() as session:
        most = friends.most_now(session)
    said = news_words.number(most)
    if left is None:
        return desk.say("console_emergency.left_unknown", friends=said), False
    name = "left_short" if left < most else "left"
    words = desk.say(f"console_emergency.{name}", left=news_words.number(left), friends=said)
    return words, left < most


def _too_long(said: Template) -> str | None:
    lengths = {name: limits.units(getattr(said, name)) for name in _FIELDS}
    wrong = (name for name, length in lengths.items() if not 1 <= length <= _most(name))
    return next(wrong, None)


def _unfit(desk: Desk, what: str) -> str:
    name = what.removesuffix("_easy")
    return desk.say(f"console_emergency.unfit_{name}", most=_most(what))


def _most(name: str) -> int:
    if name == "title":
        return checking.TITLE_MOST
    return emergency.BANNER_MOST if name.startswith("banner") else emergency.WORDS_MOST
