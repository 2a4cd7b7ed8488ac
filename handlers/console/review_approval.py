"""Answers that wait for a second person: looked at, then approved or sent back."""

from dataclasses import replace

from flask import abort, request
from flask.typing import ResponseReturnValue

from bot.knowledge.rules import distinct_wordings
from bot.knowledge.values import KnowledgeEntry
from bot.questions import approving, cluster_queries, proposals
from bot.questions.answering import Answered, WaitsForApproval
from bot.questions.approving import SentBack
from bot.questions.proposals import Proposal
from bot.staff.rules import Role
from handlers.console import reasons, review_words
from handlers.console.desk import Desk
from handlers.console.knowledge import published_among
from handlers.console.review import READ, people_by_login, title_of
from handlers.console.review_answer import may_not_publish, record_answer
from handlers.console.review_rehearsal import rehearse, terms
from handlers.console.routing import Access, Card, Line, Section, only

section = Section("review_approval")
APPROVE: Access = only(Role.APPROVER)
_ONE = "/unanswered/approvals/<int(max=2147483647):proposal_id>"


@section.get("/unanswered/approvals", READ)
def all_waiting(desk: Desk) -> ResponseReturnValue:
    """Answers that wait, the oldest first."""
    found, titles = _waiting(desk)
    people = people_by_login(desk)
    return desk.show(
        "review/approvals.html",
        proposals=found,
        titles=titles,
        name_of=lambda login: review_words.name_of(desk, login, people),
    )


@section.get(_ONE, READ)
def look(desk: Desk, proposal_id: int) -> ResponseReturnValue:
    """One answer with all that it would do."""
    return _show(desk, proposal_id)


@section.post(f"{_ONE}/approve", APPROVE)
def approve(desk: Desk, proposal_id: int) -> ResponseReturnValue:
    """Publishes it as its author's, by a second person; twice does it once."""
    proposal, entry = _held(desk, proposal_id)
    if entry is not None and may_not_publish(desk, entry):
        return _show(desk, proposal_id, 422)
    allowed = terms(desk)
    with desk.writing() as session:
        outcome = approving.approve(session, proposal_id, desk.me.login, desk.now, allowed)
        record_answer(desk, session, proposal.cluster_id, outcome)
        if isinstance(outcome, Answered):
            item = ("cluster", proposal.cluster_id)
            author = {"author": proposal.author, "proposal": proposal_id}
            desk.record(session, "review.approved", item, after=author)
    if isinstance(outcome, Answered):
        name = "published_told" if outcome.told else "published"
        desk.tell(desk.say(f"console_review.{name}", count=outcome.told))
        return desk.go("review_approval_all_waiting")
    if isinstance(outcome, WaitsForApproval):
        abort(500)
    words = review_words.refused(desk, outcome, people_by_login(desk))
    return _show(desk, proposal_id, 409, words)


@section.post(f"{_ONE}/back", APPROVE)
def send_back(desk: Desk, proposal_id: int) -> ResponseReturnValue:
    """Refuses it for a reason; the group wants an answer as before."""
    reason = reasons.typed()
    if wrong := reasons.fault(reason):
        return _show(desk, proposal_id, 422, desk.say(wrong))
    with desk.writing() as session:
        outcome = approving.send_back(session, proposal_id, reason, desk.me.login, desk.now)
        if isinstance(outcome, SentBack):
            item = ("cluster", outcome.proposal.cluster_id)
            after = {"proposal": proposal_id, "author": outcome.proposal.author}
            desk.record(session, "review.sent_back", item, after=after, reason=reason)
    if isinstance(outcome, SentBack):
        desk.tell(desk.say("console_review.sent_back"))
        return desk.go("review_approval_all_waiting")
    words = review_words.refused(desk, outcome, people_by_login(desk))
    return _show(desk, proposal_id, 409, words)


@section.card(APPROVE)
def card(desk: Desk) -> Card | None:
    """Answers that I could approve."""
    found, titles = _waiting(desk)
    others = [one for one in found if one.author != desk.me.login]
    if not others and not desk.services.second_person_approves:
        return None
    lines = [
        Line(titles[one.id], desk.to("review_approval_look", proposal_id=one.id))
        for one in others[:3]
    ]
    return Card(
        desk.say("console_review.approvals"),
        len(others),
        desk.to("review_approval_all_waiting"),
        lines,
        desk.say("console_review.approvals_none"),
    )


def _waiting(desk: Desk) -> tuple[list[Proposal], dict[int, str]]:
    with desk.reading() as session:
        found = list(proposals.waiting(session))
        entries = published_among(session, [one.entry_id for one in found])
    gone = desk.say("console_review.entry_gone")
    titles = {}
    for one in found:
        entry = one.entry or entries.get(one.entry_id)
        titles[one.id] = entry.question if entry else gone
    return found, titles


def _held(desk: Desk, proposal_id: int) -> tuple[Proposal, KnowledgeEntry | None]:
    """The proposal and the entry as it would be; None when that entry is gone."""
    with desk.reading() as session:
        proposal = proposals.one(session, proposal_id)
        if proposal is None:
            abort(404)
        entry = proposal.entry or published_among(session, [proposal.entry_id]).get(
            proposal.entry_id
        )
    if entry is not None and proposal.entry is None:
        entry = replace(entry, wordings=distinct_wordings([*entry.wordings, *proposal.wordings]))
    return proposal, entry


def _show(desk: Desk, proposal_id: int, status: int = 200, fault: str = "") -> ResponseReturnValue:
    proposal, entry = _held(desk, proposal_id)
    with desk.reading() as session:
        line = cluster_queries.one(session, proposal.cluster_id)
        worded = cluster_queries.wordings(session, proposal.cluster_id)
    is_waiting = proposal.state == "waiting" and entry is not None
    people = people_by_login(desk)
    return desk.show(
        "review/approval.html",
        status,
        proposal=proposal,
        entry=entry,
        title=title_of(desk, line) if line else desk.say("console_review.words_gone"),
        rehearsal=rehearse(desk, proposal.cluster_id, entry, worded)
        if is_waiting and entry
        else None,
        is_waiting=is_waiting,
        is_mine=proposal.author == desk.me.login,
        may_approve=APPROVE.admits(desk.me.roles),
        name_of=lambda login: review_words.name_of(desk, login, people),
        fault=fault,
        reason=request.form.get("reason", ""),
    )
