"""What staff do with clusters: assign, ignore, reopen, merge, split. Never commits.

Every action names the version it was decided on. Whoever comes second is told who was quicker,
and nothing is overwritten. An outcome holds the cluster before and after, for the audit trail.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.questions import membership
from bot.questions.models import ClusterRow, ProposalRow, QuestionRow
from bot.questions.rules import WANTING, ClusterState


@dataclass(frozen=True, slots=True)
class Cluster:
    """How a cluster stands, without anybody's words; `residents` and `questions` are counts."""

    id: int
    state: ClusterState
    assignee: str | None
    reason: str | None
    first_asked: datetime
    last_asked: datetime
    questions: int
    residents: int
    erased: int
    version: int
    changed_by: str | None
    changed_at: datetime | None
    entry_id: str | None
    earlier_id: int | None

    def as_audited(self) -> dict[str, object]:
        """What an audit row keeps of it."""
        return {
            "state": self.state.value,
            "assignee": self.assignee,
            "reason": self.reason,
            "questions": self.questions,
            "version": self.version,
            "entry": self.entry_id,
        }


@dataclass(frozen=True, slots=True)
class Done:
    """It was done. Before: None for a cluster that is new."""

    before: Cluster | None
    after: Cluster


@dataclass(frozen=True, slots=True)
class Merged:
    """The others' questions are in `after` now; `gone` are the others as they were."""

    before: Cluster
    after: Cluster
    gone: tuple[Cluster, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """Some questions stand in `new` now, the rest in `after`."""

    before: Cluster
    after: Cluster
    new: Cluster


@dataclass(frozen=True, slots=True)
class AlreadyAnswered:
    """A colleague was quicker and has answered it."""

    by: str
    at: datetime | None
    entry_id: str | None


@dataclass(frozen=True, slots=True)
class ChangedMeanwhile:
    """A colleague did something else with it since it was read; nothing was written."""

    by: str
    current: Cluster


@dataclass(frozen=True, slots=True)
class NotThere:
    """There is no such cluster (any more): merged into another, or its questions are gone."""


@dataclass(frozen=True, slots=True)
class NothingToSplit:
    """All or none of its questions were named."""


Refused = AlreadyAnswered | ChangedMeanwhile | NotThere


@dataclass(frozen=True, slots=True)
class Seen:
    """A cluster as it was on the screen when somebody decided about it."""

    id: int
    version: int


def value_of(row: ClusterRow) -> Cluster:
    """The row as a value."""
    return Cluster(
        id=row.id,
        state=ClusterState(row.state),
        **{name: getattr(row, name) for name in Cluster.__slots__ if name not in ("id", "state")},
    )


def assign(
    session: Session, seen: Seen, assignee: str | None, actor: str, now: datetime
) -> Done | Refused:
    """Gives a cluster to a person, or to nobody; assigning it again to the same changes nothing."""

    def change(row: ClusterRow) -> None:
        row.assignee = assignee
        row.state = ClusterState.ASSIGNED if assignee else ClusterState.OPEN

    return _act(session, seen, actor, now, change)


def ignore(session: Session, seen: Seen, reason: str, actor: str, now: datetime) -> Done | Refused:
    """Sets a cluster aside for a reason; what is asked like it joins it and stays aside."""

    def change(row: ClusterRow) -> None:
        row.state, row.reason = ClusterState.IGNORED, reason

    return _act(session, seen, actor, now, change)


def reopen(session: Session, seen: Seen, actor: str, now: datetime) -> Done | Refused:
    """Takes an ignored cluster up again."""

    def change(row: ClusterRow) -> None:
        row.state = ClusterState.ASSIGNED if row.assignee else ClusterState.OPEN
        row.reason = None

    return _act(session, seen, actor, now, change)


def each(
    seen: Sequence[Seen], act: Callable[[Seen], Done | Refused]
) -> tuple[tuple[Seen, Done | Refused], ...]:
    """One action on many clusters, in order of number; each has its own outcome."""
    return tuple((one, act(one)) for one in sorted(seen, key=lambda one: one.id))


def merge(
    session: Session, into: Seen, others: Sequence[Seen], actor: str, now: datetime
) -> Merged | Refused:
    """Puts the questions of others into one cluster. All or nothing."""
    every = {one.id: one for one in (into, *others)}
    rows = membership.lock(session, every)
    for one in every.values():
        refused = why_not(rows.get(one.id), one)
        if refused is not None:
            return refused
    target = rows[into.id]
    before = value_of(target)
    gone = tuple(value_of(row) for number, row in rows.items() if number != into.id)
    numbers = [cluster.id for cluster in gone]
    moved = (
        update(QuestionRow)
        .where(QuestionRow.cluster_id.in_(numbers))
        .values(cluster_id=into.id)
        .execution_options(synchronize_session="fetch")
    )
    session.execute(moved)
    target.erased += sum(cluster.erased for cluster in gone)
    touch(target, actor, now)
    membership.refresh(session, every)
    return Merged(before, value_of(target), gone)


def split(
    session: Session, seen: Seen, question_ids: Sequence[int], actor: str, now: datetime
) -> Split | NothingToSplit | Refused:
    """Moves some questions into a cluster of their own, which later gatherings leave together."""
    row = membership.lock(session, [seen.id]).get(seen.id)
    refused = why_not(row, seen)
    if refused is not None:
        return refused
    assert row is not None
    members = set(session.scalars(select(QuestionRow.id).where(QuestionRow.cluster_id == row.id)))
    chosen = members & set(question_ids)
    if not chosen or chosen == members:
        return NothingToSplit()
    before = value_of(row)
    new = ClusterRow(
        state=ClusterState.OPEN, first_asked=row.first_asked, last_asked=row.last_asked, version=1
    )
    session.add(new)
    session.flush()
    membership.move(session, sorted(chosen), new.id)
    touch(row, actor, now)
    touch(new, actor, now)
    membership.refresh(session, [row.id, new.id])
    return Split(before, value_of(row), value_of(new))


def why_not(row: ClusterRow | None, seen: Seen) -> Refused | None:
    """Why a cluster cannot be worked on as it was seen, or None."""
    if row is None:
        return NotThere()
    if row.state == ClusterState.ANSWERED:
        return AlreadyAnswered(row.changed_by or "", row.changed_at, row.entry_id)
    if row.version != seen.version:
        return ChangedMeanwhile(row.changed_by or "", value_of(row))
    return None


def touch(row: ClusterRow, actor: str, now: datetime) -> None:
    """Notes who did something with a cluster; from then on gatherings leave it as it is."""
    row.version += 1
    row.changed_by, row.changed_at = actor, now


def is_wanting(cluster: Cluster) -> bool:
    """True while it wants an answer."""
    return cluster.state in WANTING


def _act(
    session: Session,
    seen: Seen,
    actor: str,
    now: datetime,
    change: Callable[[ClusterRow], None],
) -> Done | Refused:
    row = membership.lock(session, [seen.id]).get(seen.id)
    refused = why_not(row, seen)
    if refused is not None:
        return refused
    assert row is not None
    before = value_of(row)
    kept = (row.state, row.assignee, row.reason)
    change(row)
    if (row.state, row.assignee, row.reason) != kept:
        touch(row, actor, now)
        void_proposals(session, row.id)
    session.flush()
    return Done(before, value_of(row))


def void_proposals(session: Session, cluster_id: int) -> None:
    """An answer waiting for a second person no longer fits what the cluster is now."""
    session.execute(
        update(ProposalRow)
        .where(ProposalRow.cluster_id == cluster_id, ProposalRow.state == "waiting")
        .values(state="void")
    )
