"""有人対応: who waits for a person, who has whom, and one conversation with its answers."""

from collections.abc import Collection, Sequence

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot.handover import queries
from bot.handover.rules import Conversation, Line, Place
from bot.questions.models import QuestionRow
from bot.staff import accounts
from bot.staff.rules import Role
from handlers.console.conversation_forms import CHAT, PAGE, TEMPLATES, empty_form
from handlers.console.desk import Desk
from handlers.console.forms import Form
from handlers.console.routing import Card, Section, only
from handlers.console.routing import Line as CardLine

section = Section("conversations")
ALLOWED = only(Role.SUPPORT, Role.COUNTER)
ONE = "/conversations/<int(max=2147483647):number>"


@section.get("/conversations", ALLOWED, menu="console_conversations.menu")
def everyone(desk: Desk) -> ResponseReturnValue:
    """Those who wait, the longest first; those a person has; those that ended lately."""
    with desk.reading() as session:
        groups = {
            "waiting": queries.waiting(session, desk.now),
            "with_people": queries.with_people(session, desk.now),
            "ended": queries.ended(session, desk.now),
        }
        names = names_of(desk, session)
    return desk.show("conversations.html", groups=groups, names=names)


@section.get(ONE, ALLOWED)
def one(desk: Desk, number: int) -> ResponseReturnValue:
    """One conversation; what was written on the resident's own page stays covered."""
    template = request.args.get("template", "")
    city = desk.services.city
    blanks = {"phone": city.phone, "hours": city.hours}
    text = desk.say(f"handover.template_{template}", **blanks) if template in TEMPLATES else ""
    return show_one(desk, number, chat=empty_form(CHAT, text))


@section.get(f"{ONE}/lines", ALLOWED, is_quiet=True)
def lines(desk: Desk, number: int) -> ResponseReturnValue:
    """The messages alone, for a page that looks again every few seconds."""
    with desk.reading() as session:
        if queries.one(session, number) is None:
            return absent(desk)
        said = queries.lines(session, desk.services.sealer, [number], (Place.CHAT,))
    return desk.show("conversation_lines.html", lines=said)


@section.card(ALLOWED)
def waiting(desk: Desk) -> Card | None:
    """Residents who wait for a person now, and those who wait for my answer."""
    with desk.reading() as session:
        called = queries.waiting(session, desk.now)
        mine = [
            one
            for one in queries.with_people(session, desk.now)
            if one.staff == desk.me.login and one.awaits_since is not None
        ]
    if not called and not mine:
        return None
    found: Sequence[Conversation] = [*called, *mine]
    cards = [
        CardLine(
            desk.say("console_conversations.line", number=one.id, minutes=minutes(desk, one)),
            desk.to("conversations_one", number=one.id),
        )
        for one in found[:3]
    ]
    title = desk.say("console_conversations.card")
    return Card(title, len(found), desk.to("conversations_everyone"), cards)


def show_one(
    desk: Desk,
    number: int,
    *,
    chat: Form | None = None,
    page: Form | None = None,
    places: Collection[Place] = (Place.CHAT,),
    status: int = 200,
) -> ResponseReturnValue:
    """The page of one conversation; `places` says whose words are uncovered."""
    with desk.reading() as session:
        found = queries.one(session, number)
        if found is None:
            return absent(desk)
        said = queries.lines(session, desk.services.sealer, [number], places)
        names = names_of(desk, session)
        question = _question(session, found)
    return desk.show(
        "conversation.html",
        status,
        one=found,
        lines=said,
        names=names,
        question=question,
        is_live=found.is_live(desk.now),
        is_mine=found.staff == desk.me.login,
        is_uncovered=Place.PAGE in places,
        has_page=any(_is_covered(line) for line in said),
        chat=chat or empty_form(CHAT),
        page=page or empty_form(PAGE),
        has_links=desk.services.links is not None,
        templates=TEMPLATES,
    )


def minutes(desk: Desk, one: Conversation) -> int:
    """For how long the resident has waited for an answer, or for a person."""
    return max(0, int((desk.now - (one.awaits_since or one.since)).total_seconds()) // 60)


def names_of(desk: Desk, session: Session) -> dict[str, str]:
    """The names of staff by login."""
    return {who.login: who.name for who in accounts.everyone(session, desk.services.sealer)}


def absent(desk: Desk) -> ResponseReturnValue:
    """There is no such conversation (any more)."""
    return desk.show("refused.html", 404, why="console_conversations.absent")


def _question(session: Session, found: Conversation) -> str | None:
    if found.question_id is None:
        return None
    row = session.get(QuestionRow, found.question_id)
    return row.text if row is not None and row.resident_key == found.resident_key else None


def _is_covered(line: Line) -> bool:
    return line.place is Place.PAGE and not line.is_taken_back
