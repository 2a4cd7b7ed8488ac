"""The staff's side: takes a conversation, answers in it, hands it back. Never commits.

`now` is civil time. Who was quicker is told by name to the second; nothing is overwritten.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.handover.models import HandoverRow
from bot.handover.queries import value_of
from bot.handover.rules import (
    AlreadyTaken,
    By,
    HandedBack,
    OutOfReach,
    Over,
    Place,
    Said,
    State,
    Taken,
    Times,
)
from bot.handover.service import begin, end, end_if_over, keep_line, live_row
from bot.residents.service import is_in_reach
from bot.sealing import Sealer


def take(
    session: Session, conversation_id: int, staff: str, *, now: datetime, times: Times
) -> Taken | AlreadyTaken | OutOfReach | Over:
    """I take a conversation that waits. Taking what I have changes nothing."""
    row = live_row(session, HandoverRow.id == conversation_id)
    if row is None or row.until <= now:
        return Over()
    return _take(session, row, staff, now, times)


def take_over(
    session: Session,
    resident_key: str,
    staff: str,
    *,
    question_id: int | None,
    now: datetime,
    times: Times,
) -> Taken | AlreadyTaken | OutOfReach | Over:
    """I begin a conversation with a resident who did not ask for it, or take the one that waits."""
    if not is_in_reach(session, resident_key):
        return OutOfReach()
    end_if_over(session, resident_key, now)
    begun = begin(
        session,
        resident_key,
        State.PERSON,
        By.STAFF,
        now=now,
        times=times,
        question_id=question_id,
        staff=staff,
    )
    row = live_row(session, HandoverRow.resident_key == resident_key)
    if row is None:
        return Over()
    return Taken(value_of(row), True) if begun else _take(session, row, staff, now, times)


def answer(
    session: Session,
    sealer: Sealer,
    conversation_id: int,
    staff: str,
    text: str,
    *,
    place: Place,
    form: str,
    now: datetime,
    times: Times,
) -> Said | AlreadyTaken | OutOfReach | Over:
    """Keeps my answer. Only who has the conversation answers; the same `form` is kept once."""
    row = live_row(session, HandoverRow.id == conversation_id)
    if row is None or row.until <= now or row.state != State.PERSON:
        return Over()
    if row.staff != staff:
        return AlreadyTaken(row.staff or "", row.id)
    if not is_in_reach(session, row.resident_key):
        return OutOfReach()
    line_id, first = keep_line(
        session, sealer, row, By.STAFF, text, place=place, now=now, form=form
    )
    if first:
        row.last_at, row.awaits_since = now, None
        row.until = times.until(State.PERSON, now)
        session.flush()
    return Said(value_of(row), line_id, first)


def hand_back(
    session: Session, conversation_id: int, staff: str, *, now: datetime
) -> HandedBack | AlreadyTaken | Over:
    """The desk answers again. I hand back what I have, or what nobody has taken."""
    row = live_row(session, HandoverRow.id == conversation_id)
    if row is None:
        return Over()
    if row.staff is not None and row.staff != staff:
        return AlreadyTaken(row.staff, row.id)
    return HandedBack(end(session, row, By.STAFF, now, told=False))


def _take(
    session: Session, row: HandoverRow, staff: str, now: datetime, times: Times
) -> Taken | AlreadyTaken | OutOfReach:
    if row.state == State.PERSON:
        is_mine = row.staff == staff
        return Taken(value_of(row), False) if is_mine else AlreadyTaken(row.staff or "", row.id)
    if not is_in_reach(session, row.resident_key):
        return OutOfReach()
    row.state, row.staff, row.taken_at, row.last_at = State.PERSON, staff, now, now
    row.until = times.until(State.PERSON, now)
    session.flush()
    return Taken(value_of(row), True)
