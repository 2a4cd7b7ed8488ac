"""Makes a cluster knowledge: an entry there is, or a new one, and everyone who waits is told.

Never commits: cluster, entry, pushes and the door's audit row become true together or not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from bot import masking
from bot.knowledge import service as knowledge
from bot.knowledge.keeping import Author
from bot.knowledge.rules import distinct_wordings
from bot.knowledge.shelves import ENTRIES
from bot.knowledge.values import KnowledgeEntry, State
from bot.questions import membership, proposals
from bot.questions.clusters import (
    Cluster,
    Refused,
    Seen,
    touch,
    value_of,
    void_proposals,
    why_not,
)
from bot.questions.models import ClusterRow
from bot.questions.proposals import Answer
from bot.questions.rules import ClusterState
from bot.questions.telling import Letters, tell, to_tell


@dataclass(frozen=True, slots=True)
class Answered:
    """Residents meet the entry now. `told`: messages kept for those who wait.

    `entry_before` is None for a new one. `also_at`: other entries that hold one of the wordings.
    """

    before: Cluster
    after: Cluster
    entry: KnowledgeEntry
    entry_before: KnowledgeEntry | None
    told: int
    also_at: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotEnoughQuota:
    """Telling everyone would take more messages than are left this month; nothing was done."""

    needed: int
    left: int


@dataclass(frozen=True, slots=True)
class WaitsForApproval:
    """The answer is kept until a second person approves it; nobody meets it yet."""

    proposal_id: int
    author: str


@dataclass(frozen=True, slots=True)
class EntryNotThere:
    """There is no such published entry (any more)."""


@dataclass(frozen=True, slots=True)
class EntryChanged:
    """Someone changed the entry since it was read; nothing was written. `current` is theirs."""

    current: KnowledgeEntry | None


@dataclass(frozen=True, slots=True)
class Terms:
    """Under what an answer is given.

    `quota_left`: messages LINE still accepts this month, None when unlimited or unknown.
    `needs_approval`: the city's setting that a second person approves knowledge.
    """

    letters: Letters
    quota_left: int | None = None
    needs_approval: bool = False


Outcome = Answered | NotEnoughQuota | WaitsForApproval | EntryNotThere | EntryChanged | Refused


def answer_with_existing(
    session: Session,
    seen: Seen,
    entry_id: str,
    wordings: Sequence[str],
    *,
    actor: str,
    now: datetime,
    terms: Terms,
) -> Outcome:
    """「これで答える」: the wordings become further ways of asking the entry, as of staff.

    Wordings that hold a masked number are left out, they would teach nothing.
    """
    held = knowledge.entry(session, entry_id)
    if held is None:
        return EntryNotThere()
    answer = Answer(entry_id, held.kept.version, _fit(wordings))
    return give(session, seen, answer, actor=actor, now=now, terms=terms)


def answer_with_new(
    session: Session,
    seen: Seen,
    entry: KnowledgeEntry,
    *,
    actor: str,
    now: datetime,
    terms: Terms,
) -> Outcome:
    """A new entry answers the cluster. An id that is taken already is EntryChanged."""
    entry = replace(entry, wordings=_fit(entry.wordings))
    answer = Answer(entry.id, 0, (), entry)
    return give(session, seen, answer, actor=actor, now=now, terms=terms)


def give(
    session: Session, seen: Seen, answer: Answer, *, actor: str, now: datetime, terms: Terms
) -> Outcome:
    """Gives an answer to a cluster as it was seen; a second person is told who was quicker."""
    row = membership.lock(session, [seen.id]).get(seen.id)
    refused = why_not(row, seen)
    if refused is not None:
        return refused
    assert row is not None
    if terms.needs_approval:
        number = proposals.propose(session, row, answer, actor, now)
        return WaitsForApproval(number, actor)
    needed = to_tell(session, row.id)
    if terms.quota_left is not None and needed > terms.quota_left:
        return NotEnoughQuota(needed, terms.quota_left)
    return _publish(session, row, answer, Author(actor, now), terms.letters)


def _publish(
    session: Session, row: ClusterRow, answer: Answer, author: Author, letters: Letters
) -> Answered | EntryNotThere | EntryChanged:
    before = value_of(row)
    held = knowledge.entry_in_any_state(session, answer.entry_id)
    written = _write_entry(session, answer, author)
    if not isinstance(written, tuple):
        return written
    entry, also_at = written
    row.state, row.entry_id, row.reason = ClusterState.ANSWERED, entry.id, None
    touch(row, author.by, author.now)
    void_proposals(session, row.id)
    told = tell(session, letters, row.id, entry, author.now)
    return Answered(before, value_of(row), entry, held, told, also_at)


def _write_entry(
    session: Session, answer: Answer, author: Author
) -> tuple[KnowledgeEntry, tuple[str, ...]] | EntryNotThere | EntryChanged:
    if answer.entry is not None:
        put = knowledge.put(session, ENTRIES, answer.entry, author, read_at=answer.entry_version)
        if isinstance(put, knowledge.Stale):
            current = put.current
            return EntryChanged(current if isinstance(current, KnowledgeEntry) else None)
        return put.content, ()
    also_at: list[str] = []
    for wording in answer.wordings:
        added = knowledge.add_wording(session, answer.entry_id, wording, author)
        if isinstance(added, knowledge.NotThere):
            return EntryNotThere()
        if isinstance(added, knowledge.WordingAdded):
            also_at.extend(added.also_at)
    entry = knowledge.entry_in_any_state(session, answer.entry_id)
    if entry is None or entry.kept.state is not State.PUBLISHED:
        return EntryNotThere()
    return entry, tuple(dict.fromkeys(also_at))


def _fit(wordings: Sequence[str]) -> tuple[str, ...]:
    return distinct_wordings(w for w in wordings if masking.MARK not in w)
