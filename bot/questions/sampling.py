"""Draws answered questions each week for a person to judge, and keeps what they say of them."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db import insert_unless_there
from bot.questions import membership
from bot.questions.days import day_of, moments, monday_of
from bot.questions.models import AuditSampleRow, QuestionRow
from bot.questions.rules import Kind, Review, Verdict


@dataclass(frozen=True, slots=True)
class Sample:
    """A drawn question. `text` is None when it was taken back or erased; the verdict stays."""

    week: date
    place: int
    question_id: int | None
    text: str | None
    entry_id: str
    verdict: Verdict | None
    judged_by: str | None
    judged_at: datetime | None


@dataclass(frozen=True, slots=True)
class NotOverYet:
    """The week is not over; drawing now would leave out what is still to be asked."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict is kept. `before` is the sample as it was."""

    before: Sample
    after: Sample


@dataclass(frozen=True, slots=True)
class AlreadyJudged:
    """A colleague was quicker."""

    by: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class NoSuchSample:
    """Nothing was drawn there."""


@dataclass(frozen=True, slots=True)
class Audited:
    """Verdicts over the samples of some weeks, as counts."""

    right: int = 0
    close: int = 0
    wrong: int = 0
    unjudged: int = 0


def week_of(moment: datetime) -> date:
    """The Monday of a moment's week in Japan."""
    return monday_of(day_of(moment))


def draw(session: Session, week: date, most: int, now: datetime) -> tuple[Sample, ...] | NotOverYet:
    """Draws up to `most` of the week's answered questions (direct, or a candidate opened).

    The week's date is the seed: the same log gives the same questions. A week that was drawn
    stays as it is, whatever happened to its questions since.
    """
    begin, end = moments(week, week + timedelta(days=6))
    if now < end:
        return NotOverYet()
    if not samples(session, week):
        q = QuestionRow
        found = session.execute(
            select(q.id, q.entry_id).where(
                q.asked_at >= begin,
                q.asked_at < end,
                q.kind == Kind.QUESTION,
                q.entry_id.is_not(None),
                q.text.is_not(None),
            )
        ).all()
        drawn = sorted(found, key=lambda row: _lot(week, row[0]))[:most]
        rows = [
            {"week": week, "place": place, "question_id": number, "entry_id": entry_id}
            for place, (number, entry_id) in enumerate(drawn, start=1)
        ]
        if rows:
            # A colleague may draw at the same moment: who was quicker has drawn for both.
            added = insert_unless_there(session, AuditSampleRow).values(rows)
            session.execute(added.on_conflict_do_nothing())
    return samples(session, week)


def samples(session: Session, week: date) -> tuple[Sample, ...]:
    """What was drawn for a week, in order of place."""
    found = session.execute(
        select(AuditSampleRow, QuestionRow.text)
        .outerjoin(QuestionRow, QuestionRow.id == AuditSampleRow.question_id)
        .where(AuditSampleRow.week == week)
        .order_by(AuditSampleRow.place)
    )
    return tuple(_value(row, text) for row, text in found)


def judge(
    session: Session, week: date, place: int, verdict: Verdict, actor: str, *, now: datetime
) -> Judged | AlreadyJudged | NoSuchSample:
    """Keeps a verdict; whoever gave it may change it, nobody else.

    違う puts the question before the support team, unless its words are gone.
    """
    row = session.scalar(
        select(AuditSampleRow)
        .where(AuditSampleRow.week == week, AuditSampleRow.place == place)
        .with_for_update()
    )
    if row is None:
        return NoSuchSample()
    if row.verdict is not None and row.judged_by != actor:
        return AlreadyJudged(row.judged_by or "", Verdict(row.verdict))
    question = session.get(QuestionRow, row.question_id) if row.question_id else None
    words = question.text if question else None
    before = _value(row, words)
    row.verdict, row.judged_by, row.judged_at = verdict, actor, now
    if question is not None and words is not None:
        if verdict is Verdict.WRONG and question.review is None:
            membership.stand(session, question, Review.FOUND_WRONG)
        elif verdict is not Verdict.WRONG and question.review == Review.FOUND_WRONG:
            membership.settle(session, question)
    session.flush()
    return Judged(before, _value(row, words))


def audited(session: Session, first: date, last: date) -> Audited:
    """Verdicts over the weeks whose Mondays lie between `first` and `last`, both included."""
    found = session.execute(
        select(AuditSampleRow.verdict, func.count())
        .where(AuditSampleRow.week >= first, AuditSampleRow.week <= last)
        .group_by(AuditSampleRow.verdict)
    )
    counts = Counter({verdict or "unjudged": number for verdict, number in found})
    return Audited(**{name: counts[name] for name in Audited.__slots__})


def _lot(week: date, question_id: int) -> bytes:
    return hashlib.sha256(f"{week.isoformat()}:{question_id}".encode()).digest()


def _value(row: AuditSampleRow, text: str | None) -> Sample:
    return Sample(
        week=row.week,
        place=row.place,
        question_id=row.question_id,
        text=text,
        entry_id=row.entry_id,
        verdict=None if row.verdict is None else Verdict(row.verdict),
        judged_by=row.judged_by,
        judged_at=row.judged_at,
    )
