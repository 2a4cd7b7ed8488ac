"""Answers that a second person must approve: kept, superseded, and listed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.knowledge.shelves import pack, unpack
from bot.knowledge.values import KnowledgeEntry
from bot.questions.clusters import void_proposals
from bot.questions.models import ClusterRow, ProposalRow


@dataclass(frozen=True, slots=True)
class Answer:
    """What is to be said: an entry there is (`entry` None), or this one; with wordings to add.

    `entry_version` is the version the author read, 0 for a new entry.
    """

    entry_id: str
    entry_version: int
    wordings: tuple[str, ...] = ()
    entry: KnowledgeEntry | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """An answer that waits. `entry` is None when the wordings go to an entry there is."""

    id: int
    cluster_id: int
    cluster_version: int
    entry_id: str
    entry_version: int
    entry: KnowledgeEntry | None
    wordings: tuple[str, ...]
    state: str
    author: str
    made_at: datetime
    decided_by: str | None
    reason: str | None


def propose(
    session: Session, cluster: ClusterRow, answer: Answer, author: str, now: datetime
) -> int:
    """Keeps an answer for approval; one that waited for the same cluster is void with it."""
    void_proposals(session, cluster.id)
    row = ProposalRow(
        cluster_id=cluster.id,
        cluster_version=cluster.version,
        entry_id=answer.entry_id,
        entry_version=answer.entry_version,
        entry=None if answer.entry is None else pack(answer.entry),
        wordings=list(answer.wordings),
        author=author,
        made_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def one(session: Session, proposal_id: int) -> Proposal | None:
    """A proposal in whatever state."""
    row = session.get(ProposalRow, proposal_id)
    return None if row is None else value_of(row)


def waiting(session: Session) -> Sequence[Proposal]:
    """All answers that wait for a second person, the oldest first."""
    rows = session.scalars(
        select(ProposalRow).where(ProposalRow.state == "waiting").order_by(ProposalRow.id)
    )
    return [value_of(row) for row in rows]


def locked(session: Session, proposal_id: int) -> ProposalRow | None:
    """The row, for this transaction alone. Lock its cluster first."""
    return session.scalar(
        select(ProposalRow)
        .where(ProposalRow.id == proposal_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def value_of(row: ProposalRow) -> Proposal:
    """The row as a value."""
    return Proposal(
        id=row.id,
        cluster_id=row.cluster_id,
        cluster_version=row.cluster_version,
        entry_id=row.entry_id,
        entry_version=row.entry_version,
        entry=None if row.entry is None else unpack(KnowledgeEntry, row.entry),
        wordings=tuple(row.wordings),
        state=row.state,
        author=row.author,
        made_at=row.made_at,
        decided_by=row.decided_by,
        reason=row.reason,
    )
