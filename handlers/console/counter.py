"""窓口: one field to ask for the person before us, big answers, paper to take home, and the log.

For those at the counter (窓口) and those who answer by telephone (相談支援). The question is asked
of the same engine as residents' own; nothing is logged until somebody presses a button.
"""

import re
import secrets
from collections.abc import Iterable

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot import masking
from bot.answers.values import Decision, Outcome
from bot.knowledge import service as knowledge
from bot.knowledge.rules import is_expired
from bot.knowledge.values import KnowledgeEntry, Procedure
from bot.questions import walk_in
from bot.questions.walk_in import WalkIn
from bot.speech import dates
from bot.staff.rules import Role
from handlers.console.counter_sheets import Sheet, of_entry, of_procedure
from handlers.console.desk import Desk
from handlers.console.knowledge import published_among
from handlers.console.routing import Access, Section, only

section = Section("counter")
USE: Access = only(Role.COUNTER, Role.SUPPORT)
_LONGEST = 200
_BIG = 3
_NEAR = 5
_PROCEDURES = 5
_SLIP = re.compile(r"[\w-]{16,40}", re.ASCII)


@section.get("/counter", USE, menu="console_counter.menu")
def ask(desk: Desk) -> ResponseReturnValue:
    """The field, and what is known: the answer or up to three, others near it, procedures."""
    wanted = _typed(request.args.get("q", ""))
    decision = desk.services.engine().ask(wanted) if wanted else None
    with desk.reading() as session:
        entries = _entries(desk, session, decision) if decision else []
        big = entries[: _how_many(decision)] if decision else []
        near = entries[len(big) : len(big) + _NEAR]
        procedures = _procedures(session, wanted, big) if wanted else []
    return desk.show(
        "counter.html",
        asked=wanted,
        sheets=[of_entry(desk, entry) for entry in big],
        near=near,
        procedures=[of_procedure(desk, held) for held in procedures],
        slip=secrets.token_urlsafe(16),
        undo=_slip(request.args.get("logged", "")),
        general=desk.services.city.section(None),
    )


@section.get("/counter/<kind>/<row_id>", USE)
def sheet(desk: Desk, kind: str, row_id: str) -> ResponseReturnValue:
    """One answer by itself, for reading together and for printing."""
    with desk.reading() as session:
        shown = _sheet(desk, session, kind, row_id)
    return desk.show(
        "counter_sheet.html",
        sheet=shown or abort(404),
        asked=_typed(request.args.get("q", "")),
        slip=secrets.token_urlsafe(16),
    )


@section.post("/counter/log", USE)
def log(desk: Desk) -> ResponseReturnValue:
    """Logs what was asked and what answered it, masked; the same form twice counts once."""
    asked = _typed(request.form.get("q", ""))
    kind, _, row_id = request.form.get("shown", "").partition(":")
    with desk.reading() as session:
        shown = _sheet(desk, session, kind, row_id) if kind else None
    if not asked or (kind and shown is None):
        desk.tell(desk.say("console_counter.gone" if asked else "console_counter.empty"), "fault")
        return desk.go("counter_ask", q=asked or None)
    slip = _slip(request.form.get("slip", "")) or secrets.token_urlsafe(16)
    said = _said(desk, slip, asked, shown.id if shown else None)
    with desk.writing() as session:
        logged = walk_in.log(session, said, desk.me.id, desk.now)
        if logged.first:
            after = {"answered": shown is not None, "entry": said.shown}
            item = ("question", logged.question_id)
            desk.record(session, "counter.logged", item, after=after)
    desk.tell(desk.say("console_counter.logged" if shown else "console_counter.left_for_review"))
    return desk.go("counter_ask", logged=slip)


@section.post("/counter/take-back", USE)
def take_back(desk: Desk) -> ResponseReturnValue:
    """Takes back what was logged by mistake; pressing again changes nothing."""
    slip = _slip(request.form.get("slip", ""))
    with desk.writing() as session:
        number = walk_in.take_back(session, slip, desk.now) if slip else None
        if number is not None:
            desk.record(session, "counter.taken_back", ("question", number))
    desk.tell(desk.say("console_counter.taken_back"))
    return desk.go("counter_ask")


def _said(desk: Desk, slip: str, asked: str, shown: str | None) -> WalkIn:
    decision = desk.services.engine().ask(asked)
    normalised = masking.mask_for_log(decision.normalised)
    return WalkIn(slip, masking.mask_for_log(asked), normalised, shown, decision.vector)


def _how_many(decision: Decision) -> int:
    match decision.outcome:
        case Outcome.DIRECT:
            return 1
        case Outcome.CANDIDATES:
            return _BIG
        case Outcome.UNANSWERED:
            return 0


def _entries(desk: Desk, session: Session, decision: Decision) -> list[KnowledgeEntry]:
    today = dates.today(desk.now)
    ids = [ranked.entry_id for ranked in decision.ranked]
    found = published_among(session, ids)
    return [found[one] for one in ids if one in found and not is_expired(found[one], today)]


def _procedures(
    session: Session, wanted: str, entries: Iterable[KnowledgeEntry]
) -> list[Procedure]:
    """The procedures of the answers, then those named like all or one of the words typed."""
    linked = (knowledge.procedure(session, one.procedure) for one in entries if one.procedure)
    found = {held.id: held for held in linked if held is not None}
    for words in dict.fromkeys([wanted, *wanted.split()[:_PROCEDURES]]):
        for held in knowledge.search_procedures(session, words, most=_PROCEDURES):
            found.setdefault(held.id, held)
    return list(found.values())[:_PROCEDURES]


def _sheet(desk: Desk, session: Session, kind: str, row_id: str) -> Sheet | None:
    if kind == "entry":
        entry = knowledge.entry(session, row_id)
        if entry is None or is_expired(entry, dates.today(desk.now)):
            return None
        return of_entry(desk, entry)
    held = knowledge.procedure(session, row_id) if kind == "procedure" else None
    return of_procedure(desk, held) if held is not None else None


def _typed(words: str) -> str:
    return " ".join(words.split())[:_LONGEST]


def _slip(given: str) -> str:
    return given if _SLIP.fullmatch(given) else ""
