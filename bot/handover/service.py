"""The resident's side: asks for a person, is heard, goes back to the desk. Never commits.

`now` is civil time throughout. Each call locks the resident's conversation and decides anew, so
that two at the same time end as one after the other.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from bot.db import insert_unless_there
from bot.handover.models import HandoverLine, HandoverRow
from bot.handover.queries import PURPOSE, value_of
from bot.handover.rules import (
    Begun,
    By,
    Conversation,
    HandedBack,
    Over,
    Place,
    Said,
    State,
    Times,
)
from bot.sealing import Sealer


def ask_for_person(
    session: Session,
    resident_key: str,
    *,
    question_id: int | None,
    now: datetime,
    times: Times,
) -> Begun:
    """The resident wants a person. Asking again while one waits or talks changes nothing."""
    end_if_over(session, resident_key, now)
    first = begin(
        session,
        resident_key,
        State.WAITING,
        By.RESIDENT,
        now=now,
        times=times,
        question_id=question_id,
    )
    row = live_row(session, HandoverRow.resident_key == resident_key)
    assert row is not None  # just begun, or there before
    return Begun(value_of(row), first)


def hear(
    session: Session,
    sealer: Sealer,
    resident_key: str,
    text: str,
    *,
    place: Place,
    now: datetime,
    times: Times,
    message_id: str | None = None,
    form: str | None = None,
) -> Said | Over:
    """Keeps what the resident says to the person. Over when no conversation lives (any more).

    `text` must be masked as far as its place asks. The same `form` is kept once.
    """
    row = live_row(session, HandoverRow.resident_key == resident_key)
    if row is None or row.until <= now:
        return Over()
    line_id, first = keep_line(
        session,
        sealer,
        row,
        By.RESIDENT,
        text,
        place=place,
        now=now,
        form=form,
        message_id=message_id,
    )
    if first:
        row.last_at, row.awaits_since = now, row.awaits_since or now
        row.until = times.until(State(row.state), now)
        session.flush()
    return Said(value_of(row), line_id, first)


def leave_person(session: Session, resident_key: str, now: datetime) -> HandedBack | Over:
    """The resident goes back to the desk and knows it."""
    row = live_row(session, HandoverRow.resident_key == resident_key)
    if row is None:
        return Over()
    return HandedBack(end(session, row, By.RESIDENT, now, told=True))


def end_if_over(session: Session, resident_key: str, now: datetime) -> Conversation | None:
    """Ends the resident's conversation if its time is over; the one that ended, or None."""
    row = live_row(session, HandoverRow.resident_key == resident_key)
    if row is None or row.until > now:
        return None
    return end(session, row, By.TIME, now, told=False)


def note_told(session: Session, conversation_id: int, now: datetime) -> bool:
    """True for the first who tells the resident that the desk speaks again."""
    first = update(HandoverRow).where(
        HandoverRow.id == conversation_id,
        HandoverRow.ended_at.is_not(None),
        HandoverRow.told_at.is_(None),
    )
    done = session.execute(first.values(told_at=now).returning(HandoverRow.id))
    return done.one_or_none() is not None


def resident_left(session: Session, resident_key: str, now: datetime) -> None:
    """The resident blocked the account: nobody can answer them, and nobody tells them so."""
    row = live_row(session, HandoverRow.resident_key == resident_key)
    if row is not None:
        end(session, row, By.LEFT, now, told=True)


def withdraw(session: Session, message_id: str, resident_key: str) -> int:
    """What a message said is gone; how many were hit. Asking again changes nothing."""
    mine = select(HandoverRow.id).where(HandoverRow.resident_key == resident_key)
    done = session.execute(
        update(HandoverLine)
        .where(HandoverLine.message_id == message_id, HandoverLine.handover_id.in_(mine))
        .values(said=None)
        .returning(HandoverLine.id)
    )
    return len(done.all())


def begin(
    session: Session,
    resident_key: str,
    state: State,
    asked_by: By,
    *,
    now: datetime,
    times: Times,
    question_id: int | None = None,
    staff: str | None = None,
) -> bool:
    """Puts a conversation there unless one lives already; True when it was put."""
    values = {
        "resident_key": resident_key,
        "state": state,
        "asked_by": asked_by,
        "question_id": question_id,
        "staff": staff,
        "since": now,
        "taken_at": now if staff else None,
        "last_at": now,
        "until": times.until(state, now),
    }
    added = (
        insert_unless_there(session, HandoverRow)
        .values(values)
        .on_conflict_do_nothing()
        .returning(HandoverRow.id)
    )
    return session.execute(added).one_or_none() is not None


def live_row(session: Session, which: ColumnElement[bool]) -> HandoverRow | None:
    """The row of a conversation that was not ended, locked until the transaction ends."""
    wanted = select(HandoverRow).where(which, HandoverRow.ended_at.is_(None)).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()


def keep_line(
    session: Session,
    sealer: Sealer,
    row: HandoverRow,
    by: By,
    text: str,
    *,
    place: Place,
    now: datetime,
    form: str | None,
    message_id: str | None = None,
) -> tuple[int, bool]:
    """Keeps a message of a locked conversation; its number, and whether it is new."""
    if form is not None:
        held = session.scalars(
            select(HandoverLine.id).where(
                HandoverLine.handover_id == row.id, HandoverLine.form == form
            )
        ).one_or_none()
        if held is not None:
            return held, False
    line = HandoverLine(
        handover_id=row.id,
        at=now,
        by=by,
        place=place,
        said=sealer.seal(text.encode(), PURPOSE),
        message_id=message_id,
        form=form,
    )
    session.add(line)
    session.flush()
    return line.id, True


def end(session: Session, row: HandoverRow, by: By, now: datetime, *, told: bool) -> Conversation:
    """Ends a locked conversation. `told`: the resident knows it from the same moment."""
    row.state, row.ended_at, row.ended_by = State.ENDED, now, by
    row.awaits_since = None
    row.told_at = now if told else None
    session.flush()
    return value_of(row)
