"""Editing an entry or procedure: a form that keeps itself, looks ahead, and is live once saved."""

import secrets
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot.knowledge import browsing, proposals, queries, service
from bot.knowledge.keeping import Added, Changed, Same
from bot.knowledge.proposals import Proposed
from bot.knowledge.proposing import Change, OtherWaits
from bot.knowledge.rules import tidy, tidy_text
from bot.knowledge.service import Stale
from bot.knowledge.shelves import ENTRIES, says_the_same
from bot.knowledge.tables.faults import Fault, TableFault
from bot.knowledge.values import Doing, State
from handlers.console import editing
from handlers.console import knowledge_approval as approval
from handlers.console import knowledge_checks as checks
from handlers.console import knowledge_diff as diff
from handlers.console import knowledge_forms as forms
from handlers.console.desk import Desk
from handlers.console.knowledge import EDIT, author, kind_of, row_of
from handlers.console.knowledge_forms import Filled
from handlers.console.routing import Section

section = Section("knowledge_edit")
_LONGEST_QUESTION = 1000


@section.get("/knowledge/new/<kind>", EDIT)
def new(desk: Desk, kind: str) -> ResponseReturnValue:
    """An empty form, or what I had begun; `question` and `wordings` may come with the address."""
    known = kind_of(desk, kind)
    begun = {name: request.args.get(name, "")[:2000] for name in ("question", "wordings")}
    filled = forms.blank(known, f"s-{secrets.token_hex(4)}", begun)
    kept = None if any(begun.values()) else desk.draft(filled.draft_key)
    if kept is not None:
        filled = forms.draft(known, filled, kept.fields)
    return _show(desk, filled, kept=kept)


@section.post("/knowledge/new/<kind>", EDIT)
def create(desk: Desk, kind: str) -> ResponseReturnValue:
    """Saves a new one."""
    known = kind_of(desk, kind)
    return _save(desk, forms.posted(known, _posted_id(), desk.services.city.sections, None))


@section.get("/knowledge/<kind>/<row_id>/edit", EDIT)
def edit(desk: Desk, kind: str, row_id: str) -> ResponseReturnValue:
    """The form as it stands, or with what I was writing when I left."""
    known = kind_of(desk, kind)
    before = forms.shown(known, row_of(desk, known, row_id))
    kept = desk.draft(before.draft_key)
    filled = forms.draft(known, before, kept.fields) if kept is not None else before
    theirs = before if filled.read_at != before.read_at else None
    return _show(desk, filled, kept=kept, theirs=theirs)


@section.post("/knowledge/<kind>/<row_id>/edit", EDIT)
def save(desk: Desk, kind: str, row_id: str) -> ResponseReturnValue:
    """Saves what was typed; from now on residents get it."""
    known = kind_of(desk, kind)
    before = row_of(desk, known, row_id)
    return _save(desk, forms.posted(known, row_id, desk.services.city.sections, before))


@section.post("/knowledge/try/<kind>", EDIT)
def attempt(desk: Desk, kind: str) -> ResponseReturnValue:
    """Looks at what was typed without saving: the whole page, or the part a script asks for."""
    known = kind_of(desk, kind)
    filled = forms.posted(known, _posted_id(), desk.services.city.sections, None)
    part = request.args.get("part", "")
    looked = _look(desk, filled)
    if part == "checks":
        return desk.show("knowledge/checks.html", kind=known, checks=looked)
    tried = _tried(desk, filled)
    if part == "tried":
        return desk.show("knowledge/tried.html", tried=tried, form=filled)
    return _show(desk, filled, tried=tried, looked=looked)


@section.post("/knowledge/<kind>/<row_id>/drop-draft", EDIT)
def drop_draft(desk: Desk, kind: str, row_id: str) -> ResponseReturnValue:
    """Throws away what I was writing; what is saved stays."""
    known = kind_of(desk, kind)
    with desk.writing() as session:
        desk.drop_draft(session, forms.draft_key(known, "" if row_id == "new" else row_id))
    desk.tell(desk.say("console_knowledge.draft_dropped"))
    if row_id == "new":
        return desk.go("knowledge_edit_new", kind=kind)
    return desk.go("knowledge_edit_edit", kind=kind, row_id=row_id)


def _posted_id() -> str:
    return tidy_text(request.form.get("id", ""))[:128]


# ---------------------------------------------------------------- saving


def _save(desk: Desk, filled: Filled) -> ResponseReturnValue:
    state = State.DRAFT if request.form.get("state") == "draft" else State.PUBLISHED
    looked = _look(desk, filled, near=_asks_otherwise(filled))
    if filled.faults or filled.content is None:
        return _show(desk, filled, 422, looked=looked)
    if state is State.PUBLISHED and _must_be_looked_at(looked):
        return _show(desk, filled, 422, looked=looked, asks=True)
    with desk.writing() as session:
        outcome = _put_or_ask(desk, session, filled, state)
    if isinstance(outcome, Stale):
        return _tell_stale(desk, filled, outcome.current, looked)
    if isinstance(outcome, OtherWaits):
        desk.tell(approval.other_words(desk, outcome), "fault")
        return _show(desk, filled, 409, looked=looked)
    if isinstance(outcome, Proposed):
        return approval.go_look(desk, outcome)
    if filled.turned:
        desk.tell(desk.say("console_knowledge.turned", count=filled.turned), "note")
    name = "same" if isinstance(outcome, Same) else f"saved_{state}"
    desk.tell(desk.say(f"console_knowledge.{name}"))
    undo = outcome.before.kept.version if isinstance(outcome, Changed) else None
    return desk.go("knowledge_one", kind=filled.kind.name, row_id=filled.content.id, undo=undo)


def _tell_stale(
    desk: Desk, filled: Filled, current: Any, looked: checks.Checks | None
) -> ResponseReturnValue:
    """Shows what stands there beside what was typed; saving once more then means it."""
    if not filled.read_at or current is None:
        # A new one under an id that is taken must never come to overwrite the other.
        filled.faults["id"] = TableFault(Fault.DUPLICATE_ID)
        return _show(desk, filled, 409, looked=looked)
    theirs = forms.shown(filled.kind, current)
    filled.read_at = theirs.read_at
    return _show(desk, filled, 409, looked=looked, theirs=theirs)


def _must_be_looked_at(looked: checks.Checks | None) -> bool:
    """True while something stands in the way, or others ask the same and nobody said: even so."""
    if looked is None or looked.is_too_large or looked.is_refused_by_line:
        return True
    seen = set(request.form.get("seen", "").split())
    return not {near.id for near in looked.near} <= seen


def _asks_otherwise(filled: Filled) -> bool:
    """False where the ways of asking were left as they are: nobody is asked about them again."""
    if filled.before is None or filled.content is None:
        return True
    return _asked(filled.before) != _asked(filled.content)


def _asked(content: Any) -> tuple[str, ...]:
    return (getattr(content, "question", getattr(content, "name", "")), *content.wordings)


def _put_or_ask(
    desk: Desk, session: Session, filled: Filled, state: State
) -> Added[Any] | Changed[Any] | Same[Any] | Stale | Proposed | OtherWaits:
    """Saves, or keeps it for a second person where residents would notice and the city asks so."""
    shelf, content = filled.kind.shelf, filled.content
    held = queries.held(session, shelf, [content.id]).get(content.id)
    before = held.content if held else None
    if not approval.must_wait(desk, before, state):
        return _put(desk, session, filled, state)
    change = Change(shelf, content.id, Doing.PUT, filled.read_at, state, tidy(content))
    outcome = approval.ask(desk, session, change, before)
    if not isinstance(outcome, Stale | OtherWaits):
        desk.drop_draft(session, filled.draft_key)
        editing.leave(desk, session, filled.draft_key)
    return outcome


def _put(
    desk: Desk, session: Session, filled: Filled, state: State
) -> Added[Any] | Changed[Any] | Same[Any] | Stale:
    shelf, content = filled.kind.shelf, filled.content
    outcome = service.put(
        session, shelf, content, author(desk), state=state, read_at=filled.read_at
    )
    if isinstance(outcome, Stale) and _says_this(outcome.current, content, state):
        outcome = Same(outcome.current)  # the same form, sent twice
    if isinstance(outcome, Stale):
        return outcome
    desk.drop_draft(session, filled.draft_key)
    editing.leave(desk, session, filled.draft_key)
    if not isinstance(outcome, Same):
        before = outcome.before if isinstance(outcome, Changed) else None
        old, new = diff.changed_values(before, outcome.content)
        if before is None or before.kept.state is not state:
            new["state"] = state.value
            old |= {"state": before.kept.state.value} if before is not None else {}
        action = "knowledge.added" if before is None else "knowledge.changed"
        desk.record(session, action, (shelf.kind, content.id), before=old or None, after=new)
    return outcome


def _says_this(current: Any, content: Any, state: State) -> bool:
    return (
        current is not None
        and current.kept.state is state
        and says_the_same(current, content)
        and current.kept.updated_by.startswith("staff:")
    )


# ---------------------------------------------------------------- showing


def _look(desk: Desk, filled: Filled, *, near: bool = True) -> checks.Checks | None:
    if not filled.content:
        return None
    return checks.look_at(desk, filled.kind, filled.content, near=near)


def _is_saved(filled: Filled) -> bool:
    """True for the form as it stands before anything is typed."""
    return bool(filled.read_at) and filled.content is not None


def _tried(desk: Desk, filled: Filled) -> checks.Tried | None:
    question = tidy_text(request.form.get("tried", ""))[:_LONGEST_QUESTION]
    if not question or filled.content is None or filled.kind.shelf is not ENTRIES:
        return None
    return checks.try_out(desk, filled.content, question)


def _show(desk: Desk, filled: Filled, status: int = 200, /, **more: Any) -> ResponseReturnValue:
    looked = more.pop("looked", None)
    if looked is None:
        looked = _look(desk, _understood(desk, filled), near=status != 200 or not _is_saved(filled))
    theirs = more.get("theirs")
    with desk.reading() as session:
        topics = browsing.topics(session) if filled.kind.shelf is ENTRIES else ()
        waits = proposals.waiting_for(session, filled.kind.shelf.kind, filled.id)
    context = {"kept": None, "theirs": None, "asks": False, "tried": None, **more}
    return desk.show(
        "knowledge/edit.html",
        status,
        kind=filled.kind,
        form=filled,
        checks=looked,
        topics=topics,
        fault_words=lambda name: fault_words(desk, filled, name),
        differences=diff.between_forms(filled, theirs) if theirs is not None else (),
        editors=editing.enter(desk, filled.draft_key) if filled.read_at else (),
        question=request.form.get("tried", ""),
        proposal=waits,
        needs_approval=desk.services.second_person_approves,
        **context,
    )


def _understood(desk: Desk, filled: Filled) -> Filled:
    """The same with its content, where it was begun and never posted."""
    if filled.content is None and not filled.faults:
        return forms.again(filled, desk.services.city.sections)
    return filled


def fault_words(desk: Desk, filled: Filled, name: str) -> str:
    """What is wrong with a field, or nothing."""
    fault = filled.faults.get(name)
    if fault is None:
        return ""
    if isinstance(fault, TableFault):
        return desk.say(
            f"console_knowledge.fault_{fault.fault}", value=fault.value, allowed=fault.allowed
        )
    return desk.say(f"console_knowledge.fault_{fault}")
