"""Erases question rows by resident or by age, and keeps their counts without identity."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from bot.db import insert_unless_there, rows_changed
from bot.questions import membership
from bot.questions.days import day_of
from bot.questions.models import AwaitedAnswer, QuestionRow, QuestionTally
from bot.questions.rules import LATER, NONE_OF_THESE

_BATCH = 500
_KEY = ("day", "kind", "outcome", "choice", "reaction")


def forget(session: Session, resident_key: str) -> int:
    """Erases all questions of a resident; returns how many went."""
    session.execute(delete(AwaitedAnswer).where(AwaitedAnswer.resident_key == resident_key))
    total = 0
    while gone := _fold(session, QuestionRow.resident_key == resident_key):
        total += gone
    return total


def purge(session: Session, before: datetime) -> int:
    """Erases up to 500 questions asked before `before`; call until it returns 0."""
    return _fold(session, QuestionRow.asked_at < before)


def purge_answered(session: Session, before: datetime) -> int:
    """Erases up to 500 notes of who waited for an answer that went out before `before`."""
    old = select(AwaitedAnswer.question_id).where(AwaitedAnswer.answered_at < before)
    gone = delete(AwaitedAnswer).where(AwaitedAnswer.question_id.in_(old.limit(_BATCH)))
    return rows_changed(session.execute(gone))


def _fold(session: Session, which: ColumnElement[bool]) -> int:
    # The oldest first, as the counts are raised: two who do this at once wait for one another.
    found = select(QuestionRow).where(which).order_by(QuestionRow.asked_at, QuestionRow.id)
    rows = session.scalars(found.limit(_BATCH)).all()
    ids = [row.id for row in rows]
    clusters = membership.lock(session, (r.cluster_id for r in rows if r.cluster_id is not None))
    session.execute(delete(AwaitedAnswer).where(AwaitedAnswer.question_id.in_(ids)))
    erased = delete(QuestionRow).where(QuestionRow.id.in_(ids)).returning(QuestionRow.id)
    # What somebody else erased meanwhile is counted already.
    ours = set(session.scalars(erased, execution_options={"synchronize_session": False}))
    gone = [row for row in rows if row.id in ours]
    for row in rows:
        session.expunge(row)
    _count(session, gone)
    for number, count in Counter(row.cluster_id for row in gone).items():
        if number in clusters:
            clusters[number].erased += count
    membership.refresh(session, clusters)
    return len(rows)


def _count(session: Session, rows: Sequence[QuestionRow]) -> None:
    counted = Counter(key for row in rows for key in _keys(row))
    for key, more in sorted(counted.items()):
        row = insert_unless_there(session, QuestionTally)
        row = row.values(dict(zip(_KEY, key, strict=True)) | {"count": more})
        raised = {"count": QuestionTally.count + more}
        session.execute(row.on_conflict_do_update(index_elements=_KEY, set_=raised))


def _keys(row: QuestionRow) -> Iterator[tuple[date, str, str, str, str]]:
    # An entry's id as choice is folded to a word: the tally must not tell who asked what.
    choice = row.choice if row.choice in (None, NONE_OF_THESE) else "entry"
    yield day_of(row.asked_at), row.kind, row.outcome, choice or "", row.reaction or ""
    if row.later_at is not None:
        yield day_of(row.later_at), LATER, "", "", row.later_reaction or ""
