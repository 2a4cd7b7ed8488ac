"""A second person approves or refuses an answer; the author never can. Never commits."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from bot.knowledge import service as knowledge
from bot.questions import membership, proposals
from bot.questions.answering import Answered, EntryChanged, Outcome, Terms, give
from bot.questions.clusters import Seen
from bot.questions.proposals import Answer, Proposal


@dataclass(frozen=True, slots=True)
class SamePerson:
    """Whoever wrote the answer cannot approve it."""


@dataclass(frozen=True, slots=True)
class NotWaiting:
    """It was decided, or voided by an edit; `by` is None for that."""

    state: str
    by: str | None


@dataclass(frozen=True, slots=True)
class NoSuchProposal:
    """There is no such proposal (any more)."""


@dataclass(frozen=True, slots=True)
class SentBack:
    """The answer was refused; the cluster wants an answer as before."""

    proposal: Proposal


def approve(
    session: Session, proposal_id: int, actor: str, now: datetime, terms: Terms
) -> Outcome | SamePerson | NotWaiting | NoSuchProposal:
    """Publishes a proposed answer as its author's, by another person; twice does it once.

    When cluster or entry changed since it was written, nothing happens and the outcome says so.
    """
    found = _waiting_for(session, proposal_id, actor)
    if not isinstance(found, Proposal):
        return found
    if found.entry is None:
        held = knowledge.entry(session, found.entry_id)
        if held is not None and held.kept.version != found.entry_version:
            return EntryChanged(held)
    answer = Answer(found.entry_id, found.entry_version, found.wordings, found.entry)
    seen = Seen(found.cluster_id, found.cluster_version)
    allowed = replace(terms, needs_approval=False)
    outcome = give(session, seen, answer, actor=found.author, now=now, terms=allowed)
    if isinstance(outcome, Answered):
        _decide(session, proposal_id, "approved", by=actor, at=now)
    return outcome


def send_back(
    session: Session, proposal_id: int, reason: str, actor: str, now: datetime
) -> SentBack | SamePerson | NotWaiting | NoSuchProposal:
    """Refuses a proposed answer for a reason its author reads."""
    found = _waiting_for(session, proposal_id, actor)
    if not isinstance(found, Proposal):
        return found
    _decide(session, proposal_id, "refused", by=actor, at=now, reason=reason)
    return SentBack(replace(found, state="refused", decided_by=actor, reason=reason))


def _waiting_for(
    session: Session, proposal_id: int, actor: str
) -> Proposal | SamePerson | NotWaiting | NoSuchProposal:
    known = proposals.one(session, proposal_id)
    if known is None:
        return NoSuchProposal()
    membership.lock(session, [known.cluster_id])
    row = proposals.locked(session, proposal_id)
    if row is None:
        return NoSuchProposal()
    if row.state != "waiting":
        return NotWaiting(row.state, row.decided_by)
    return SamePerson() if row.author == actor else proposals.value_of(row)


def _decide(
    session: Session,
    proposal_id: int,
    state: str,
    *,
    by: str,
    at: datetime,
    reason: str | None = None,
) -> None:
    row = proposals.locked(session, proposal_id)
    assert row is not None
    row.state, row.decided_by, row.decided_at, row.reason = state, by, at, reason
    session.flush()
