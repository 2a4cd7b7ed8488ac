"""Counts over the question log and its tally, and what a resident's own log holds."""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.questions.days import moments
from bot.questions.models import AwaitedAnswer, QuestionRow, QuestionTally
from bot.questions.rules import Counted, Kind, Rates, rates


def rates_between(session: Session, first: date, last: date) -> Rates:
    """The honest rates of the Japanese days `first` to `last`, both included."""
    begin, end = moments(first, last)
    columns = (QuestionRow.kind, QuestionRow.outcome, QuestionRow.choice, QuestionRow.reaction)
    rows = session.execute(
        select(*columns, func.count())
        .where(QuestionRow.asked_at >= begin, QuestionRow.asked_at < end)
        .group_by(*columns)
    )
    living = [Counted(k, o, c or "", r or "", n) for k, o, c, r, n in rows]
    gone = [
        Counted(t.kind, t.outcome, t.choice, t.reaction, t.count)
        for t in session.scalars(
            select(QuestionTally).where(QuestionTally.day >= first, QuestionTally.day <= last)
        )
    ]
    return rates([*living, *gone])


def latest_of(session: Session, resident_key: str, since: datetime) -> int | None:
    """The number of the question that a resident asked last, when that is not before `since`."""
    return session.scalar(
        select(QuestionRow.id)
        .where(
            QuestionRow.resident_key == resident_key,
            QuestionRow.asked_at >= since,
            QuestionRow.kind == Kind.QUESTION,
            QuestionRow.text.is_not(None),
        )
        .order_by(QuestionRow.id.desc())
        .limit(1)
    )


def kept_of(session: Session, resident_key: str) -> tuple[int, int]:
    """How many questions of a resident are kept, and for how many an answer is awaited."""
    asked = session.scalar(select(func.count()).where(QuestionRow.resident_key == resident_key))
    waiting = session.scalar(
        select(func.count()).where(
            AwaitedAnswer.resident_key == resident_key, AwaitedAnswer.answered_at.is_(None)
        )
    )
    return int(asked or 0), int(waiting or 0)
