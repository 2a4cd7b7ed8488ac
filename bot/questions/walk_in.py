"""Questions asked at the counter, logged by staff: reviewed with the others, counted apart.

They are of the kind "counter", and the residents' rates count the kind "question" alone: staff
choose what they log, so one could not set such a figure beside what every resident asked. Nobody
is told of an answer, as nobody's key is kept. Their outcomes are "answered" (staff showed
something that we know) and "unanswered", which stands for review like any other.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.orm import Session

from bot.questions import service
from bot.questions.days import moments
from bot.questions.models import QuestionRow, QuestionTally
from bot.questions.rules import Asked, Kind
from bot.staff.models import Staff

ANSWERED, UNANSWERED = "answered", "unanswered"


@dataclass(frozen=True, slots=True)
class WalkIn:
    """What somebody asked in person. `slip` is the form's own number: the same one counts once.

    `text` and `normalised` are masked already. `shown` is the entry or procedure that answered
    it, None when nothing did.
    """

    slip: str
    text: str
    normalised: str
    shown: str | None
    vector: bytes | None = None


@dataclass(frozen=True, slots=True)
class Logged:
    """It stands in the log. `first` is False when that slip was logged before."""

    question_id: int
    first: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """How many were asked at the counter: answered there, and not."""

    answered: int = 0
    unanswered: int = 0


def log(session: Session, said: WalkIn, staff_id: int, now: datetime) -> Logged:
    """Logs the question; the same slip again changes nothing, be it at the same moment: what one
    member of staff sends is taken one after another.
    """
    session.execute(select(Staff.id).where(Staff.id == staff_id).with_for_update())
    known = session.scalar(select(QuestionRow.id).where(*_slip(said.slip)))
    if known is not None:
        return Logged(known, first=False)
    asked = Asked(
        asked_at=now,
        resident_key=None,
        message_id=_message_id(said.slip),
        text=said.text,
        normalised=said.normalised,
        kind=Kind.COUNTER,
        outcome=ANSWERED if said.shown else UNANSWERED,
        shown=(said.shown,) if said.shown else (),
        vector=said.vector,
    )
    return Logged(service.log(session, asked), first=True)


def take_back(session: Session, slip: str, now: datetime) -> int | None:
    """Takes what was logged by mistake back; the row stays, as 取り消されました.

    Its number, or None when there was nothing to take back (any more).
    """
    found = session.scalar(
        select(QuestionRow.id).where(*_slip(slip), QuestionRow.withdrawn_at.is_(None))
    )
    if found is not None:
        service.withdraw(session, _message_id(slip), None, now)
    return found


def counts(session: Session, first: date, last: date) -> Counts:
    """What was logged on these days of Japan and not taken back, those erased since included."""
    begin, end = moments(first, last)
    q, tally = QuestionRow, QuestionTally
    outcome = func.coalesce(q.outcome, "")  # else SQLite walks the index of outcomes instead
    living = session.execute(
        select(outcome, func.count())
        .where(
            q.asked_at >= begin,
            q.asked_at < end,
            q.kind == _COUNTER,
            q.withdrawn_at.is_(None),
        )
        .group_by(outcome)
    )
    gone = session.execute(
        select(tally.outcome, tally.count).where(
            tally.day >= first, tally.day <= last, tally.kind == Kind.COUNTER
        )
    )
    held = dict.fromkeys(Counts.__slots__, 0)
    for outcome, number in (*living, *gone):
        held[outcome] += number
    return Counts(**held)


_COUNTER: ColumnElement[str] = literal_column(f"'{Kind.COUNTER}'")
"""Written out: only so is the index of these few rows found."""


def _slip(slip: str) -> tuple[Any, ...]:
    return (QuestionRow.message_id == _message_id(slip), QuestionRow.kind == Kind.COUNTER)


def _message_id(slip: str) -> str:
    return f"counter:{slip}"
