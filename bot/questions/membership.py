"""Which questions belong to which cluster: joining, leaving, and counts that stay true.

A cluster's row is locked before the rows of its questions, everywhere, so that two transactions
never wait for one another crosswise.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from bot.questions.models import ClusterRow, QuestionRow
from bot.questions.rules import ClusterState, Review


def lock(session: Session, cluster_ids: Iterable[int]) -> dict[int, ClusterRow]:
    """The clusters of these numbers that exist, locked in order of number until the end."""
    wanted = sorted(set(cluster_ids))
    if not wanted:
        return {}
    with session.no_autoflush:
        rows = session.scalars(
            select(ClusterRow)
            .where(ClusterRow.id.in_(wanted))
            .order_by(ClusterRow.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()
    return {row.id: row for row in rows}


def stand(session: Session, row: QuestionRow, reason: Review) -> None:
    """Puts a question before the support team.

    When its cluster was answered already, it leaves it: what is asked again wants a new answer.
    """
    if row.cluster_id is not None:
        clusters = lock(session, [row.cluster_id])
        if _is_answered(clusters, row.cluster_id):
            row.cluster_id = None
            session.flush()
            refresh(session, clusters)
    row.review = reason


def settle(session: Session, row: QuestionRow) -> None:
    """Takes a question back: nobody need answer it any more. An answered cluster keeps it."""
    if row.cluster_id is not None:
        clusters = lock(session, [row.cluster_id])
        if not _is_answered(clusters, row.cluster_id):
            row.cluster_id = None
            row.review = None
            session.flush()
            refresh(session, clusters)
    row.review = None


def let_go(session: Session, rows: Sequence[QuestionRow]) -> dict[int, ClusterRow]:
    """Takes questions out of their clusters, whatever became of these; the clusters, locked.

    Call `refresh` with them when the questions are written.
    """
    clusters = lock(session, (row.cluster_id for row in rows if row.cluster_id is not None))
    for row in rows:
        row.cluster_id = None
    return clusters


def refresh(session: Session, cluster_ids: Iterable[int]) -> None:
    """Counts clusters anew and gives them a question that represents them.

    A cluster without questions disappears unless it was answered. Asking twice changes nothing.
    """
    wanted = sorted(set(cluster_ids))
    session.flush()
    counted = _counted(session, wanted)
    for row in lock(session, wanted).values():
        if row.id in counted:
            questions, residents, first, last = counted[row.id]
            row.questions, row.residents = questions, residents
            row.first_asked, row.last_asked = first, last
            if not _represents(session, row):
                row.representative_id = representative(session, row.id)
        elif row.state == ClusterState.ANSWERED:
            row.questions = row.residents = 0
            row.representative_id = None
        else:
            session.execute(delete(ClusterRow).where(ClusterRow.id == row.id))
            session.expunge(row)
    session.flush()


def representative(session: Session, cluster_id: int) -> int | None:
    """The earliest question with the wording most often used in a cluster."""
    most_used = (
        select(QuestionRow.normalised)
        .where(QuestionRow.cluster_id == cluster_id, QuestionRow.text.is_not(None))
        .group_by(QuestionRow.normalised)
        .order_by(func.count().desc(), func.min(QuestionRow.id))
        .limit(1)
        .scalar_subquery()
    )
    return session.scalar(
        select(func.min(QuestionRow.id)).where(
            QuestionRow.cluster_id == cluster_id, QuestionRow.normalised == most_used
        )
    )


def move(session: Session, question_ids: Sequence[int], cluster_id: int) -> int:
    """Puts questions into a cluster that is locked; how many there were."""
    moved = session.execute(
        update(QuestionRow)
        .where(QuestionRow.id.in_(question_ids))
        .values(cluster_id=cluster_id)
        .returning(QuestionRow.id)
    )
    return len(moved.all())


def _is_answered(clusters: dict[int, ClusterRow], cluster_id: int) -> bool:
    found = clusters.get(cluster_id)
    return found is not None and found.state == ClusterState.ANSWERED


def _represents(session: Session, row: ClusterRow) -> bool:
    found = session.get(QuestionRow, row.representative_id) if row.representative_id else None
    return found is not None and found.cluster_id == row.id and found.text is not None


def _counted(
    session: Session, cluster_ids: Sequence[int]
) -> dict[int, tuple[int, int, datetime, datetime]]:
    found = session.execute(
        select(
            QuestionRow.cluster_id,
            func.count(),
            func.count(QuestionRow.resident_key.distinct()),
            func.min(QuestionRow.asked_at),
            func.max(QuestionRow.asked_at),
        )
        .where(QuestionRow.cluster_id.in_(cluster_ids))
        .group_by(QuestionRow.cluster_id)
    )
    return {
        number: (questions, residents, first, last)
        for number, questions, residents, first, last in found
        if number is not None
    }
