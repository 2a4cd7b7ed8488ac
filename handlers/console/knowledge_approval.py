"""知識, second person: where the city asks for one, changes wait here until somebody approves."""

from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot.knowledge import import_batches, proposals, proposing, queries, service
from bot.knowledge.keeping import Same
from bot.knowledge.proposals import IMPORT, Proposed
from bot.knowledge.proposing import Change, Decided, NotWaiting, OtherWaits, SamePerson
from bot.knowledge.rules import needs_second_person
from bot.knowledge.service import Stale
from bot.knowledge.values import Doing, State
from bot.staff.rules import Role
from handlers.console import knowledge_checks as checks
from handlers.console import knowledge_diff as diff
from handlers.console import reasons
from handlers.console.desk import Desk
from handlers.console.knowledge import EDIT, READ
from handlers.console.knowledge_import import finish_in_background
from handlers.console.routing import Access, Card, Line, Section, only

section = Section("knowledge_approval")
APPROVE: Access = only(Role.APPROVER)
_ONE = "/knowledge/approvals/<int(max=2147483647):proposal_id>"


@section.get("/knowledge/approvals", READ)
def all_waiting(desk: Desk) -> ResponseReturnValue:
    """Changes that wait, the oldest first."""
    with desk.reading() as session:
        found = proposals.waiting(session)
        titles = {one.id: _title(desk, session, one) for one in found}
    return desk.show("knowledge/approvals.html", proposals=found, titles=titles)


@section.get(_ONE, READ)
def look(desk: Desk, proposal_id: int) -> ResponseReturnValue:
    """One change: what would be different, and how the phone would show it."""
    return _show(desk, proposal_id)


@section.post(f"{_ONE}/approve", APPROVE)
def approve(desk: Desk, proposal_id: int) -> ResponseReturnValue:
    """Does it as its author's, by a second person; pressing twice does it once."""
    with desk.writing() as session:
        outcome = proposing.approve(session, proposal_id, desk.me.login, desk.now)
        if isinstance(outcome, Decided):
            _record_approval(desk, session, outcome)
    if not isinstance(outcome, Decided):
        return _refuse(desk, proposal_id, outcome)
    if outcome.proposal.kind == IMPORT:
        finish_in_background(desk, int(outcome.proposal.row_id))
    desk.tell(desk.say("console_knowledge.approved"))
    return desk.go("knowledge_approval_all_waiting")


@section.post(f"{_ONE}/back", APPROVE)
def send_back(desk: Desk, proposal_id: int) -> ResponseReturnValue:
    """Refuses it for a reason that its author reads."""
    reason = reasons.typed()
    if wrong := reasons.fault(reason):
        return _show(desk, proposal_id, 422, desk.say(wrong))
    with desk.writing() as session:
        outcome = proposing.send_back(session, proposal_id, reason, desk.me.login, desk.now)
        if isinstance(outcome, Decided):
            _record(desk, session, "knowledge.sent_back", outcome.proposal, reason)
    if not isinstance(outcome, Decided):
        return _refuse(desk, proposal_id, outcome)
    desk.tell(desk.say("console_review.sent_back"))
    return desk.go("knowledge_approval_all_waiting")


@section.post(f"{_ONE}/take-back", EDIT)
def take_back(desk: Desk, proposal_id: int) -> ResponseReturnValue:
    """Its own author thinks better of it; nothing has changed."""
    with desk.writing() as session:
        outcome = proposing.take_back(session, proposal_id, desk.me.login, desk.now)
        if isinstance(outcome, Decided):
            _record(desk, session, "knowledge.taken_back", outcome.proposal)
    if not isinstance(outcome, Decided):
        return _refuse(desk, proposal_id, outcome)
    desk.tell(desk.say("console_knowledge.taken_back"))
    return desk.go("knowledge_approval_all_waiting")


@section.card(APPROVE)
def card(desk: Desk) -> Card | None:
    """Changes that I could approve."""
    with desk.reading() as session:
        found = [one for one in proposals.waiting(session) if one.author != desk.me.login]
        titles = {one.id: _title(desk, session, one) for one in found[:3]}
    if not found and not desk.services.second_person_approves:
        return None
    return Card(
        desk.say("console_knowledge.approvals"),
        len(found),
        desk.to("knowledge_approval_all_waiting"),
        [
            Line(titles[one.id], desk.to("knowledge_approval_look", proposal_id=one.id))
            for one in found[:3]
        ],
        desk.say("console_knowledge.approvals_none"),
    )


# ---------------------------------------------------------------- what other pages need too


def must_wait(desk: Desk, before: Any, after: State) -> bool:
    """True when a second person must approve; `before` is the row as it stands, None if new."""
    if not desk.services.second_person_approves:
        return False
    return needs_second_person(before.kept.state if before is not None else None, after)


def ask(
    desk: Desk, session: Session, change: Change, before: Any
) -> Proposed | OtherWaits | Stale | Same[Any]:
    """Keeps a change for a second person and writes that into the audit trail."""
    outcome = proposing.propose(session, change, desk.me.login, desk.now)
    if isinstance(outcome, Proposed):
        old, new = diff.changed_values(before, change.content) if change.content else ({}, {})
        new |= {"state": change.state.value, "proposal": outcome.id}
        new |= {"version": change.version} if change.doing is Doing.RESTORE else {}
        item = (change.shelf.kind, change.row_id)
        desk.record(
            session,
            "knowledge.proposed",
            item,
            before=old or None,
            after=new,
            reason=change.reason or None,
        )
    return outcome


def go_look(desk: Desk, proposal: Proposed) -> ResponseReturnValue:
    """Says that a second person is asked, over the change as it waits."""
    desk.tell(desk.say("console_knowledge.proposed"), "note")
    return desk.go("knowledge_approval_look", proposal_id=proposal.id)


def other_words(desk: Desk, other: OtherWaits) -> str:
    """Whose change of the same row waits already."""
    return desk.say("console_knowledge.other_waits", who=other.proposal.author)


def go_to_other(desk: Desk, other: OtherWaits) -> ResponseReturnValue:
    """Says whose change waits already, over that change."""
    desk.tell(other_words(desk, other), "fault")
    return desk.go("knowledge_approval_look", proposal_id=other.proposal.id)


# ---------------------------------------------------------------- steps


def _record_approval(desk: Desk, session: Session, outcome: Decided) -> None:
    proposal = outcome.proposal
    if proposal.kind != IMPORT:
        old, new = diff.changed_values(outcome.before, outcome.after)
        old |= {"state": outcome.before.kept.state.value} if outcome.before else {}
        new |= {"state": outcome.after.kept.state.value}
        actions = {Doing.REMOVE: "knowledge.removed", Doing.RESTORE: "knowledge.restored"}
        usual = "knowledge.changed" if outcome.before else "knowledge.added"
        action = actions.get(proposal.doing, usual)
        item, reason = (proposal.kind, proposal.row_id), proposal.reason or None
        desk.record(session, action, item, before=old or None, after=new, reason=reason)
    _record(desk, session, "knowledge.approved", proposal)


def _record(
    desk: Desk, session: Session, action: str, proposal: Proposed, reason: str | None = None
) -> None:
    after = {"proposal": proposal.id, "author": proposal.author, **proposal.file}
    item = (proposal.kind, proposal.row_id)
    desk.record(session, action, item, after=after, reason=reason)


def _refuse(
    desk: Desk, proposal_id: int, outcome: SamePerson | NotWaiting | Stale
) -> ResponseReturnValue:
    if isinstance(outcome, SamePerson):
        return _show(desk, proposal_id, 409, desk.say("console_knowledge.same_person"))
    if isinstance(outcome, Stale):
        return _show(desk, proposal_id, 409, desk.say("console_knowledge.proposal_stale"))
    if outcome.proposal is None:
        abort(404)
    return _show(desk, proposal_id, 409, desk.say("console_knowledge.proposal_decided"))


def _title(desk: Desk, session: Session, proposal: Proposed) -> str:
    if proposal.kind == IMPORT:
        return str(proposal.file["file"])
    kind = desk.services.knowledge.kinds[proposal.kind]
    if proposal.content is not None:
        return kind.title(proposal.content)
    held = queries.held(session, kind.shelf, [proposal.row_id]).get(proposal.row_id)
    return kind.title(held.content) if held else proposal.row_id


def _show(desk: Desk, proposal_id: int, status: int = 200, fault: str = "") -> ResponseReturnValue:
    with desk.reading() as session:
        proposal = proposals.one(session, proposal_id)
        if proposal is None:
            abort(404)
        title = _title(desk, session, proposal)
        context = _import_of(session, proposal)
    if proposal.kind != IMPORT:
        context = _change_of(desk, proposal)
    return desk.show(
        "knowledge/approval.html",
        status,
        proposal=proposal,
        title=title,
        is_mine=proposal.author == desk.me.login,
        may_approve=APPROVE.admits(desk.me.roles),
        fault=fault,
        reason=request.form.get("reason", ""),
        **{"kind": None, "batch": None, "rows": {}, "differences": (), "checks": None, **context},
    )


def _import_of(session: Session, proposal: Proposed) -> dict[str, Any]:
    batch = import_batches.find(session, int(proposal.row_id)) if proposal.kind == IMPORT else None
    if batch is None or batch.state != "proposed":
        return {}
    rows = {
        name: import_batches.first_rows(session, batch.id, new=is_new)
        for name, is_new in (("new", True), ("changed", False))
    }
    return {"batch": batch, "rows": rows}


def _change_of(desk: Desk, proposal: Proposed) -> dict[str, Any]:
    kind = desk.services.knowledge.kinds[proposal.kind]
    with desk.reading() as session:
        held = queries.held(session, kind.shelf, [proposal.row_id]).get(proposal.row_id)
        before = held.content if held else None
        after = _after(session, kind.shelf, proposal)
    if after is None or proposal.state != "waiting":
        return {"kind": kind}
    return {
        "kind": kind,
        "differences": diff.differences(kind, before, after),
        "checks": checks.look_at(desk, kind, after),
    }


def _after(session: Session, shelf: Any, proposal: Proposed) -> Any:
    """The content as it would stand; None where the row goes away."""
    if proposal.doing is not Doing.RESTORE:
        return proposal.content
    past = service.history(session, shelf, proposal.row_id)
    return next((one.content for one in past if one.number == proposal.version), None)
