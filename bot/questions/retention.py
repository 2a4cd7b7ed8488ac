"""Erases question rows by resident or by age, and keeps their counts without identity."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from bot.questions.models import AwaitedAnswer, QuestionRow, QuestionTally
from bot.questions.rules import NONE_OF_THESE

_JAPAN = ZoneInfo("Asia/Tokyo")
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
    for row in rows:
        _count(session, row)
        session.execute(delete(AwaitedAnswer).where(AwaitedAnswer.question_id == row.id))
        session.delete(row)
    session.flush()
    return len(rows)


def _count(session: Session, row: QuestionRow) -> None:
    # An entry's id as choice is folded to a word: the tally must not tell who asked what.
    choice = row.choice if row.choice in (None, NONE_OF_THESE) else "entry"
    key: dict[str, Any] = {
        "day": row.asked_at.astimezone(_JAPAN).date(),
        "kind": row.kind,
        "outcome": row.outcome,
        "choice": choice or "",
        "reaction": row.reaction or "",
    }
    tally = session.get(QuestionTally, tuple(key.values()), with_for_update=True)
    if tally is None:
        session.add(QuestionTally(**key, count=1))
        session.flush()
    else:
        tally.count += 1
