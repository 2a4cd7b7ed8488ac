"""Erases question rows by resident or by age, and keeps their counts without identity."""

from collections import Counter
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from bot.questions import membership
from bot.questions.days import day_of
from bot.questions.models import AwaitedAnswer, QuestionRow, QuestionTally
from bot.questions.rules import LATER, NONE_OF_THESE

_BATCH = 500


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


def _fold(session: Session, which: ColumnElement[bool]) -> int:
    rows = session.scalars(select(QuestionRow).where(which).limit(_BATCH)).all()
    gone = Counter(row.cluster_id for row in rows if row.cluster_id is not None)
    clusters = membership.let_go(session, rows)
    for row in rows:
        _count(session, row)
        session.execute(delete(AwaitedAnswer).where(AwaitedAnswer.question_id == row.id))
        session.delete(row)
    for number, cluster in clusters.items():
        cluster.erased += gone[number]
    membership.refresh(session, clusters)
    return len(rows)


def _count(session: Session, row: QuestionRow) -> None:
    # An entry's id as choice is folded to a word: the tally must not tell who asked what.
    choice = row.choice if row.choice in (None, NONE_OF_THESE) else "entry"
    day = day_of(row.asked_at)
    _add(session, day, row.kind, row.outcome, choice or "", row.reaction or "")
    if row.later_at is not None:
        day = day_of(row.later_at)
        _add(session, day, LATER, "", "", row.later_reaction or "")


def _add(session: Session, day: date, *key: str) -> None:
    tally = session.get(QuestionTally, (day, *key), with_for_update=True)
    if tally is None:
        kind, outcome, choice, reaction = key
        session.add(
            QuestionTally(
                day=day, kind=kind, outcome=outcome, choice=choice, reaction=reaction, count=1
            )
        )
        session.flush()
    else:
        tally.count += 1
