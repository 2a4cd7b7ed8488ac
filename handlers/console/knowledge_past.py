"""What an entry or procedure said before: versions, what changed, going back, taking away."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from bot.knowledge import queries, service
from bot.knowledge.keeping import Changed
from bot.knowledge.proposals import Proposed
from bot.knowledge.proposing import Change, OtherWaits
from bot.knowledge.rules import tidy_text
from bot.knowledge.service import NotThere, Stale, Version
from bot.knowledge.values import Doing, State
from handlers.console import knowledge_approval as approval
from handlers.console import knowledge_diff as diff
from handlers.console.desk import Desk
from handlers.console.knowledge import EDIT, READ, author, kind_of, may_edit, row_of
from handlers.console.knowledge_diff import Difference
from handlers.console.knowledge_kinds import Kind
from handlers.console.reading import number_of
from handlers.console.routing import Section

section = Section("knowledge_past")
_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Step:
    """A version, with what it changed against the one before it."""

    version: Version
    differences: tuple[Difference, ...]
    before: Version | None


@section.get("/knowledge/<kind>/<row_id>/history", READ)
def history(desk: Desk, kind: str, row_id: str) -> ResponseReturnValue:
    """All versions, newest first."""
    return _history(desk, kind_of(desk, kind), row_id)


@section.post("/knowledge/<kind>/<row_id>/restore", EDIT)
def restore(desk: Desk, kind: str, row_id: str) -> ResponseReturnValue:
    """Lets it say again what it said in a version; needs a reason, but not for 元に戻す."""
    known = kind_of(desk, kind)
    row_of(desk, known, row_id)
    reason, number = _reason(), number_of(request.form.get("version", "")) or 0
    if request.form.get("undo"):
        reason = reason or desk.say("console_knowledge.undo_reason")
    if not reason:
        return _history(desk, known, row_id, lacks=number)
    if desk.services.second_person_approves:
        return _ask_to_restore(desk, known, row_id, number, reason)
    with desk.writing() as session:
        outcome = service.restore(session, known.shelf, row_id, number, author(desk))
        if isinstance(outcome, Changed):
            old, new = diff.changed_values(outcome.before, outcome.content)
            new |= {"version": number, "state": outcome.content.kept.state.value}
            old |= {"state": outcome.before.kept.state.value}
            item = (known.shelf.kind, row_id)
            desk.record(session, "knowledge.restored", item, before=old, after=new, reason=reason)
    if isinstance(outcome, NotThere):
        desk.tell(desk.say("console_knowledge.no_version"), "fault")
    elif isinstance(outcome, Changed):
        desk.tell(desk.say("console_knowledge.restored"))
    else:
        desk.tell(desk.say("console_knowledge.same"), "note")
    return desk.go("knowledge_one", kind=kind, row_id=row_id)


@section.get("/knowledge/<kind>/<row_id>/remove", EDIT)
def leaving(desk: Desk, kind: str, row_id: str) -> ResponseReturnValue:
    """Asks why it goes."""
    return _leaving(desk, kind_of(desk, kind), row_id)


@section.post("/knowledge/<kind>/<row_id>/remove", EDIT)
def remove(desk: Desk, kind: str, row_id: str) -> ResponseReturnValue:
    """Takes it away from residents; it can be brought back. Doing it twice changes nothing."""
    known = kind_of(desk, kind)
    held = row_of(desk, known, row_id)
    reason, read_at = _reason(), number_of(request.form.get("read_at", "")) or 0
    if not reason:
        return _leaving(desk, known, row_id, lacks=True)
    if approval.must_wait(desk, held, State.REMOVED):
        change = Change(known.shelf, row_id, Doing.REMOVE, read_at, State.REMOVED, reason=reason)
        asked = _ask(desk, change, held)
        return asked or _leaving(desk, known, row_id, is_stale=True, reason=reason)
    with desk.writing() as session:
        current = queries.held(session, known.shelf, [row_id])[row_id].content
        is_stale = current.kept.state is not State.REMOVED and current.kept.version != read_at
        gone = not is_stale and service.remove(session, known.shelf, row_id, author(desk))
        if gone:
            before = {"state": held.kept.state.value, known.title_field: known.title(held)}
            item = (known.shelf.kind, row_id)
            after = {"state": State.REMOVED.value}
            desk.record(
                session, "knowledge.removed", item, before=before, after=after, reason=reason
            )
    if is_stale:
        return _leaving(desk, known, row_id, is_stale=True, reason=reason)
    desk.tell(desk.say(f"console_knowledge.{'removed' if gone else 'same'}"))
    undo = held.kept.version if gone else None
    return desk.go("knowledge_one", kind=kind, row_id=row_id, undo=undo)


def _ask_to_restore(
    desk: Desk, kind: Kind, row_id: str, number: int, reason: str
) -> ResponseReturnValue:
    held = row_of(desk, kind, row_id)
    with desk.reading() as session:
        versions = service.history(session, kind.shelf, row_id)
    past = next((one for one in versions if one.number == number), None)
    if past is None:
        desk.tell(desk.say("console_knowledge.no_version"), "fault")
        return desk.go("knowledge_one", kind=kind.name, row_id=row_id)
    state = State.DRAFT if past.state is State.DRAFT else State.PUBLISHED
    read_at = held.kept.version
    change = Change(
        kind.shelf, row_id, Doing.RESTORE, read_at, state, version=number, reason=reason
    )
    return _ask(desk, change, held) or desk.go(
        "knowledge_past_history", kind=kind.name, row_id=row_id
    )


def _ask(desk: Desk, change: Change, held: Any) -> ResponseReturnValue | None:
    """Asks a second person, and leads to what waits; None when someone changed it meanwhile."""
    with desk.writing() as session:
        outcome = approval.ask(desk, session, change, held)
    if isinstance(outcome, Proposed):
        return approval.go_look(desk, outcome)
    if isinstance(outcome, OtherWaits):
        return approval.go_to_other(desk, outcome)
    if isinstance(outcome, Stale):
        return None
    desk.tell(desk.say("console_knowledge.same"), "note")
    return desk.go("knowledge_one", kind=change.shelf.kind, row_id=change.row_id)


def who_made(desk: Desk, by: str) -> str:
    """Who wrote a version, as staff know them: a login, a release, an import."""
    kind, _, rest = by.partition(":")
    if kind in ("staff", "import", "undo"):
        return desk.say(f"console_knowledge.by_{kind}", who=rest)
    return desk.say("console_knowledge.by_seed") if by == "seed" else by


def _reason() -> str:
    return tidy_text(request.form.get("reason", ""))[:_LONGEST_REASON]


def _leaving(desk: Desk, kind: Kind, row_id: str, /, **more: Any) -> ResponseReturnValue:
    held = row_of(desk, kind, row_id)
    context = {"lacks": False, "is_stale": False, "reason": "", **more}
    status = 409 if context["is_stale"] else 422 if context["lacks"] else 200
    context["needs_approval"] = approval.must_wait(desk, held, State.REMOVED)
    return desk.show("knowledge/remove.html", status, kind=kind, held=held, **context)


def _history(desk: Desk, kind: Kind, row_id: str, lacks: int = 0) -> ResponseReturnValue:
    held = row_of(desk, kind, row_id)
    with desk.reading() as session:
        versions = service.history(session, kind.shelf, row_id)
    return desk.show(
        "knowledge/history.html",
        422 if lacks else 200,
        kind=kind,
        held=held,
        steps=_steps(kind, versions),
        lacks=lacks,
        may_edit=may_edit(desk),
        needs_approval=desk.services.second_person_approves,
        who_made=lambda by: who_made(desk, by),
    )


def _steps(kind: Kind, versions: Sequence[Version]) -> list[Step]:
    before: list[Version | None] = [*versions[1:], None]
    return [
        Step(
            version,
            diff.differences(kind, earlier.content, version.content) if earlier else (),
            earlier,
        )
        for version, earlier in zip(versions, before, strict=True)
    ]
