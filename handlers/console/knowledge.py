"""知識: lists of entries and procedures with search and filters, and each of them to read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import ceil
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot.knowledge import browsing, proposals, queries
from bot.knowledge.browsing import Wanted
from bot.knowledge.keeping import Author
from bot.knowledge.rules import is_expired, normalise
from bot.knowledge.shelves import ENTRIES, PROCEDURES
from bot.knowledge.values import KnowledgeEntry, OnlineStatus, State
from bot.questions import entry_counts
from bot.questions.entry_counts import EntryCount
from bot.speech import dates
from bot.staff.rules import Role
from handlers.console import knowledge_checks as checks
from handlers.console.desk import Desk
from handlers.console.knowledge_forms import shown
from handlers.console.knowledge_kinds import Kind
from handlers.console.reading import number_of
from handlers.console.routing import Access, Card, Hit, Line, Section, only

section = Section("knowledge")
READ: Access = only(Role.VIEWER, Role.COUNTER, Role.SUPPORT, Role.APPROVER, Role.ADMIN)
EDIT: Access = only(Role.SUPPORT, Role.ADMIN)
PAGE = 50
_ASKED = ("q", "topic", "section", "state", "care", "online", "year")
_STATES = {
    "": (State.PUBLISHED, State.DRAFT),
    "published": (State.PUBLISHED,),
    "draft": (State.DRAFT,),
    "removed": (State.REMOVED,),
}
CARES = {
    "faq": ("expired", "expiring", "ownerless", "never", "often_no", "samples"),
    "procedures": ("ownerless", "samples"),
}
"""What may need a look, in the order of the choice."""


@section.get("/knowledge", READ, menu="console_knowledge.menu")
def entries(desk: Desk) -> ResponseReturnValue:
    """The questions and answers."""
    return _listed(desk, kind_of(desk, "faq"))


@section.get("/knowledge/<kind>", READ)
def everything(desk: Desk, kind: str) -> ResponseReturnValue:
    """All of one kind."""
    return _listed(desk, kind_of(desk, kind))


@section.get("/knowledge/<kind>/<row_id>", READ)
def one(desk: Desk, kind: str, row_id: str) -> ResponseReturnValue:
    """One of them as it stands, with what residents see of it."""
    known = kind_of(desk, kind)
    held = row_of(desk, known, row_id)
    with desk.reading() as session:
        counted = entry_counts.counts(session, desk.now, [row_id]).get(row_id, EntryCount())
        waits = proposals.waiting_for(session, known.shelf.kind, row_id)
    return desk.show(
        "knowledge/one.html",
        kind=known,
        held=held,
        form=shown(known, held),
        checks=checks.look_at(desk, known, held, near=False),
        counted=counted,
        may_edit=may_edit(desk),
        has_draft=_is_being_written(desk, known, row_id),
        is_past=known.shelf is ENTRIES and is_expired(held, dates.today(desk.now)),
        undo=_undo(held),
        proposal=waits,
    )


@section.search(READ)
def found(desk: Desk, words: str) -> list[Hit]:
    """Up to five of each kind whose texts hold what was typed."""
    hits = []
    with desk.reading() as session:
        for kind in desk.services.knowledge.kinds.values():
            wanted = Wanted(words=words, states=(State.PUBLISHED, State.DRAFT))
            for held in browsing.find(session, kind.shelf, wanted, most=5).rows:
                address = desk.to("knowledge_one", kind=kind.name, row_id=held.id)
                hits.append(Hit(desk.say(f"knowledge.kind_{kind.name}"), kind.title(held), address))
    return hits


@section.card(EDIT)
def ending(desk: Desk) -> Card:
    """Entries whose last valid day is past or near."""
    today = dates.today(desk.now)
    with desk.reading() as session:
        past = browsing.find(session, ENTRIES, Wanted(expired_on=today), most=5)
        near = browsing.find(session, ENTRIES, Wanted(expiring_on=today), most=5)
    care = "expired" if past.count else "expiring"
    return Card(
        desk.say("console_knowledge.card_ending"),
        past.count + near.count,
        desk.to("knowledge_entries", care=care),
        [_line(desk, held) for held in (*past.rows, *near.rows)[:5]],
        desk.say("console_knowledge.card_nothing_ends"),
    )


def _line(desk: Desk, held: Any) -> Line:
    words = f"{dates.say_short_day(held.expires)}：{held.question}"
    return Line(words, desk.to("knowledge_one", kind="faq", row_id=held.id))


# ---------------------------------------------------------------- what other pages need too


def kind_of(desk: Desk, name: str) -> Kind:
    """The kind of that name, or a page that is not there."""
    kind = desk.services.knowledge.kinds.get(name)
    return kind if kind is not None else abort(404)


def row_of(desk: Desk, kind: Kind, row_id: str) -> Any:
    """The row of that id in whatever state, or a page that is not there."""
    with desk.reading() as session:
        held = queries.held(session, kind.shelf, [row_id]).get(row_id)
    return held.content if held is not None else abort(404)


def published_among(session: Session, ids: Sequence[str]) -> dict[str, KnowledgeEntry]:
    """The entries of these ids that residents meet."""
    held = queries.held(session, ENTRIES, ids)
    return {
        entry_id: one.content
        for entry_id, one in held.items()
        if one.content.kept.state is State.PUBLISHED
    }


def may_edit(desk: Desk) -> bool:
    """True for those who may change knowledge."""
    return EDIT.admits(desk.me.roles)


def author(desk: Desk) -> Author:
    """I, as versions name who made them."""
    return Author(f"staff:{desk.me.login}", desk.now)


def page_number() -> int:
    """The page asked for, from 1 on."""
    return min(max(number_of(request.args.get("page", "")) or 1, 1), 100_000)


def pages_of(count: int) -> int:
    """How many pages so many rows fill."""
    return max(1, ceil(count / PAGE))


def _undo(held: Any) -> int | None:
    """The version to go back to, right after saving."""
    before = number_of(request.args.get("undo", ""))
    return before if before and before == held.kept.version - 1 else None


def _is_being_written(desk: Desk, kind: Kind, row_id: str) -> bool:
    return may_edit(desk) and desk.draft(f"knowledge:{kind.name}:{row_id}"[:80]) is not None


# ---------------------------------------------------------------- lists


def _listed(desk: Desk, kind: Kind) -> ResponseReturnValue:
    asked = {name: request.args.get(name, "").strip()[:100] for name in _ASKED}
    asked = {name: value for name, value in asked.items() if value}
    page = page_number()
    with desk.reading() as session:
        wanted = _wanted(desk, session, kind, asked)
        listed = browsing.find(session, kind.shelf, wanted, start=(page - 1) * PAGE, most=PAGE)
        ids = [held.id for held in listed.rows]
        counted = entry_counts.counts(session, desk.now, ids) if kind.shelf is ENTRIES else {}
        topics = browsing.topics(session) if kind.shelf is ENTRIES else ()
        years = browsing.years(session) if kind.shelf is PROCEDURES else ()
    today = dates.today(desk.now)
    return desk.show(
        "knowledge/list.html",
        kind=kind,
        asked=asked,
        listed=listed,
        counted=counted,
        topics=topics,
        years=years,
        cares=CARES[kind.name],
        page=page,
        pages=pages_of(listed.count),
        may_edit=may_edit(desk),
        is_past=lambda held: kind.shelf is ENTRIES and is_expired(held, today),
        turned=lambda to: desk.to("knowledge_everything", kind=kind.name, **asked, page=to),
    )


def _wanted(desk: Desk, session: Session, kind: Kind, asked: Mapping[str, str]) -> Wanted:
    words = asked.get("q", "")
    wanted = Wanted(
        words=words if normalise(words) else "",
        topic=asked.get("topic", ""),
        section=asked.get("section", ""),
        states=_STATES.get(asked.get("state", ""), _STATES[""]),
        sections=tuple(desk.services.city.sections),
        online=_online(asked.get("online")),
        year=number_of(asked.get("year", ""), 4),
    )
    care = asked.get("care", "")
    return _with_care(desk, session, wanted, care) if care in CARES[kind.name] else wanted


def _online(asked: str | None) -> OnlineStatus | None:
    if asked == "unknown":
        return OnlineStatus.UNKNOWN
    return next((status for status in OnlineStatus if asked and status == asked), None)


def _with_care(desk: Desk, session: Session, wanted: Wanted, care: str) -> Wanted:
    today = dates.today(desk.now)
    match care:
        case "expired":
            return replace(wanted, expired_on=today)
        case "expiring":
            return replace(wanted, expiring_on=today)
        case "ownerless":
            return replace(wanted, ownerless=True)
        case "never":
            return replace(wanted, not_among=tuple(entry_counts.ever_shown(session, desk.now)))
        case "often_no":
            return replace(wanted, among=entry_counts.often_no(session, desk.now))
    return replace(wanted, samples=True)
