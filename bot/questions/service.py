"""Keeps the question log: what was asked, what the resident said of the answer, what waits."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.questions import membership
from bot.questions.models import AwaitedAnswer, QuestionRow
from bot.questions.rules import NONE_OF_THESE, Asked, Noted, NotYours, Review


def log(session: Session, asked: Asked) -> int:
    """Logs a question and returns its number, which the buttons of the answer carry."""
    row = QuestionRow(
        asked_at=asked.asked_at,
        resident_key=asked.resident_key,
        message_id=asked.message_id,
        text=asked.text,
        normalised=asked.normalised,
        kind=asked.kind,
        outcome=asked.outcome,
        shown=list(asked.shown),
        scores=list(asked.scores),
        gate=asked.gate,
        margin=asked.margin,
        vector=asked.vector,
        latency_ms=asked.latency_ms,
        district=asked.district,
        entry_id=asked.shown[0] if asked.outcome == "direct" and asked.shown else None,
        review=Review.UNANSWERED if asked.outcome == "unanswered" else None,
    )
    session.add(row)
    session.flush()
    return row.id


def own(session: Session, question_id: int, resident_key: str) -> QuestionRow | None:
    """The resident's own question, or None: nobody sees another's."""
    row = session.get(QuestionRow, question_id)
    return row if row is not None and row.resident_key == resident_key else None


def react(
    session: Session,
    question_id: int,
    resident_key: str,
    resolved: bool,
    now: datetime,
    *,
    later: bool = False,
) -> Noted | NotYours:
    """Keeps はい or いいえ; いいえ puts the question before the support team.

    The last word counts; the same word twice changes nothing. `later`: it is said of the answer
    that staff gave afterwards, and counted apart.
    """
    row = own(session, question_id, resident_key)
    if row is None or (later and row.later_entry is None):
        return NotYours()
    reaction = "yes" if resolved else "no"
    first = reaction != (row.later_reaction if later else row.reaction)
    if first:
        if resolved:
            membership.settle(session, row)
        else:
            membership.stand(session, row, Review.NOT_RESOLVED)
        if later:
            row.later_reaction, row.later_reaction_at = reaction, now
        else:
            row.reaction, row.reaction_at = reaction, now
    return Noted(question_id, first)


def choose(
    session: Session, question_id: int, resident_key: str, entry_id: str, now: datetime
) -> Noted | NotYours:
    """Keeps which candidate the resident opened; the first choice is the one that counts."""
    row = own(session, question_id, resident_key)
    if row is None or entry_id not in row.shown:
        return NotYours()
    first = row.choice in (None, NONE_OF_THESE)
    if first:
        membership.settle(session, row)
        row.choice, row.choice_at, row.entry_id = entry_id, now, entry_id
    return Noted(question_id, first)


def choose_none(
    session: Session, question_id: int, resident_key: str, now: datetime
) -> Noted | NotYours:
    """Keeps that none of the candidates fitted, and puts the question before the support team."""
    row = own(session, question_id, resident_key)
    if row is None:
        return NotYours()
    first = row.choice is None
    if first:
        membership.stand(session, row, Review.NONE_OF_THESE)
        row.choice, row.choice_at = NONE_OF_THESE, now
    return Noted(question_id, first)


def await_answer(
    session: Session, question_id: int, resident_key: str, now: datetime
) -> Noted | NotYours:
    """Keeps that the resident wants to be told when staff have found the answer; once.

    Who was told and is still not helped may wait again. To words that were taken back nobody
    can find an answer, so none is promised.
    """
    row = own(session, question_id, resident_key)
    if row is None or row.text is None:
        return NotYours()
    membership.stand(session, row, Review(row.review or Review.UNANSWERED))
    waiting = session.get(AwaitedAnswer, question_id)
    first = waiting is None or waiting.answered_at is not None
    if waiting is None:
        session.add(AwaitedAnswer(question_id=question_id, resident_key=resident_key, asked_at=now))
    elif first:
        waiting.asked_at, waiting.answered_at = now, None
    return Noted(question_id, first)


def withdraw(session: Session, message_id: str, resident_key: str | None, now: datetime) -> int:
    """Takes the words of an unsent message out of the log; the row stays as 取り消されました.

    Nobody waits for its answer any more.

    Source: LINE's rule that unsent content must no longer be readable anywhere.
    """
    rows = _without_words(session, message_id, resident_key)
    for row in rows:
        row.withdrawn_at = now
    return len(rows)


def withdraw_earlier_wording(
    session: Session, message_id: str, resident_key: str | None, now: datetime
) -> None:
    """Takes the old words of an edited message out; the new ones are logged as a question."""
    for row in _without_words(session, message_id, resident_key):
        row.edited_at = now


def _without_words(
    session: Session, message_id: str, resident_key: str | None
) -> list[QuestionRow]:
    rows = session.scalars(
        select(QuestionRow).where(
            QuestionRow.message_id == message_id, QuestionRow.resident_key == resident_key
        )
    ).all()
    clusters = membership.let_go(session, rows)
    session.execute(
        delete(AwaitedAnswer).where(
            AwaitedAnswer.question_id.in_([row.id for row in rows]),
            AwaitedAnswer.answered_at.is_(None),
        )
    )
    for row in rows:
        row.text = row.normalised = row.vector = row.review = None
    membership.refresh(session, clusters)
    return [*rows]
