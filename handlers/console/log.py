"""質問の記録: the question log found by what it holds, and one question's whole story.

Residents' words, masked, are for those who answer them (相談支援) and those who answer for the
console (管理); whoever may only look (閲覧) sees figures, on the pages of `rates`.
"""

from collections.abc import Iterable

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot.knowledge import browsing
from bot.knowledge.browsing import Wanted
from bot.knowledge.shelves import ENTRIES, PROCEDURES
from bot.questions import log_search
from bot.questions.log_search import Page, Place, Search
from bot.questions.rules import Kind
from bot.questions.story import Story, story
from bot.staff.rules import Role
from handlers.console import review
from handlers.console.desk import Desk
from handlers.console.log_asked import asked_of, place_of, place_words, search_of
from handlers.console.routing import Access, Hit, Section, only

section = Section("log")
READ: Access = only(Role.SUPPORT, Role.ADMIN)
PAGE = 50
COUNTED = 1000
OUTCOMES = ("direct", "candidates", "unanswered", "answered")
REVIEWS = ("unanswered", "none_of_these", "not_resolved", "found_wrong")


@section.get("/log", READ, menu="console_log.menu")
def questions(desk: Desk) -> ResponseReturnValue:
    """Fifty questions at a time, newest first, each page beginning behind the last one's place."""
    asked = asked_of(request.args)
    search = search_of(asked)
    after = place_of(request.args.get("after", ""))
    with desk.reading() as session:
        alike = _alike(session, asked.get("entry", ""))
        page, count = _read(session, search, after) if alike is None else (Page((), None), 0)
        entries = {entry for one in page.found for entry in (*one.shown, one.entry_id) if entry}
        titles = _titles(session, {*entries, asked.get("entry", "")})
        topics = browsing.topics(session)
    older = desk.to("log_questions", **asked, after=place_words(page.next)) if page.next else None
    return desk.show(
        "log.html",
        asked=asked,
        found=page.found,
        count=count,
        is_counted=count is not None and count < COUNTED,
        is_later=after is not None,
        older=older,
        titles=titles,
        alike=alike,
        topics=topics,
        outcomes=OUTCOMES,
        reviews=REVIEWS,
        districts=[district.name for district in desk.services.city.districts],
        outcome=lambda one: outcome_words(desk, one.kind, one.outcome),
    )


@section.get("/log/<int(max=9223372036854775807):question_id>", READ)
def one(desk: Desk, question_id: int) -> ResponseReturnValue:
    """Everything the log holds of a question, in the order it happened."""
    with desk.reading() as session:
        told = story(session, question_id) or abort(404)
        named = {*(s.entry_id for s in told.shown), told.chosen, told.later_entry}
        wanted = [entry for entry in named if entry]
        titles = _titles(session, wanted)
        procedures = browsing.names(session, PROCEDURES, wanted)
    return desk.show(
        "log_one.html",
        told=told,
        titles=titles,
        procedures=procedures,
        opens_group=review.READ.admits(desk.me.roles),
        steps=_steps(told),
        outcome=outcome_words(desk, told.kind, told.outcome),
    )


@section.search(READ)
def found(desk: Desk, words: str) -> list[Hit]:
    """Up to five questions that hold what was typed."""
    with desk.reading() as session:
        page = log_search.page(session, Search(text=words), most=5)
    kind = desk.say("console_log.menu")
    return [Hit(kind, one.text or "", desk.to("log_one", question_id=one.id)) for one in page.found]


def outcome_words(desk: Desk, kind: str, outcome: str) -> str:
    """What became of a logged message, in the product's own names."""
    if kind == Kind.DANGER:
        return desk.say("console_log.outcome_danger")
    if outcome not in OUTCOMES:
        return outcome
    return desk.say(f"console_log.outcome_{outcome}")


def _titles(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """What entries and procedures are called, whatever became of them."""
    wanted = list(ids)
    entries = browsing.names(session, ENTRIES, wanted)
    return {**browsing.names(session, PROCEDURES, wanted), **entries}


def _read(session: Session, search: Search, after: Place | None) -> tuple[Page, int | None]:
    """The page, and on the first one how many there are; counting costs a walk of the log."""
    if after is None:
        return log_search.counted_page(session, search, PAGE, COUNTED)
    return log_search.page(session, search, after, PAGE), None


def _alike(session: Session, typed: str) -> list[tuple[str, str]] | None:
    """Entries to choose from where words were typed instead of an entry's id, else None."""
    if not typed or typed in _titles(session, [typed]):
        return None
    rows = browsing.find(session, ENTRIES, Wanted(words=typed), most=10).rows
    return [(held.id, held.question) for held in rows]


def _steps(told: Story) -> list[str]:
    """What happened, in order; the template words each step."""
    happened = [
        ("choice", told.choice_at),
        ("reaction", told.reaction_at),
        ("edited", told.edited_at),
        ("withdrawn", told.withdrawn_at),
        ("awaited", told.awaited_at),
        ("answered", told.later_at),
        ("told", told.told_at),
        ("later_reaction", told.later_reaction_at),
        ("judged", told.judged_at),
    ]
    known = [(moment, name) for name, moment in happened if moment is not None]
    return [name for _, name in sorted(known, key=lambda pair: pair[0])]
