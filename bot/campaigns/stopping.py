"""Pauses, resumes, cancels and ends announcements, and says exactly how far each has come.

Never commits. `now` is civil time, `lease_now` lease time.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, exists, func, select, update
from sqlalchemy.orm import Session

from bot.campaigns.models import CampaignRow
from bot.campaigns.queries import locked, note
from bot.campaigns.rules import RUNNING, STOPPABLE, State, Why
from bot.campaigns.service import NoSuchCampaign, NotNow
from bot.outbox import queries
from bot.outbox.models import OutboxParcel

LINE_REFUSES_ALL = 20
"""So many single refusals before anybody was reached: the message is at fault, not the people."""
_MAY_END = (State.SENDING, State.PAUSED, State.CANCELLED)
_MAY_HAVE_ARRIVED = (OutboxParcel.unsure > 0) & OutboxParcel.first_try.isnot(None)


@dataclass(frozen=True, slots=True)
class Numbers:
    """People, exactly: `planned` is the sum of all others.

    `unknown` may have been reached: LINE did not say. `on_the_way` are in a call at this moment or
    may have been reached by one, and wait for another try that LINE will not send twice; whom
    LINE has surely not taken is `unsent`. `dropped` left, stopped the topic or were
    forgotten before their parcel's first try.
    """

    planned: int
    sent: int
    unsent: int
    on_the_way: int
    unknown: int
    refused: int
    dropped: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """It stands still, or is over; the numbers are those of this moment."""

    numbers: Numbers


@dataclass(frozen=True, slots=True)
class Resumed:
    """It goes on where it stood."""


def pause(
    session: Session, campaign_id: int, *, actor: str | None, now: datetime, why: Why = Why.STAFF
) -> Stopped | NotNow | NoSuchCampaign:
    """Nothing more is claimed until it is resumed; a call on the wire still arrives."""
    row = locked(session, campaign_id)
    if row is None:
        return NoSuchCampaign()
    if State(row.state) not in RUNNING:
        return NotNow(State(row.state))
    row.state, row.why = State.PAUSED, why
    session.flush()
    note(session, row.id, "paused", now, by=actor, note=None if why is Why.STAFF else why)
    return Stopped(numbers(session, campaign_id))


def resume(
    session: Session, campaign_id: int, *, actor: str | None, now: datetime
) -> Resumed | NotNow | NoSuchCampaign:
    """Goes on, also with cutting the audience where that was not done yet."""
    row = locked(session, campaign_id)
    if row is None:
        return NoSuchCampaign()
    if row.state != State.PAUSED:
        return NotNow(State(row.state))
    row.state = State.SENDING if row.planned_at else State.PLANNING
    row.why = None
    session.flush()
    note(session, row.id, "resumed", now, by=actor)
    return Resumed()


def cancel(
    session: Session, campaign_id: int, *, actor: str, now: datetime, lease_now: datetime
) -> Stopped | NotNow | NoSuchCampaign:
    """Ends it for good at whatever step. Parcels not tried stay unsent; a call on the wire
    arrives; one whose end LINE did not tell stays unknown."""
    row = locked(session, campaign_id)
    if row is None:
        return NoSuchCampaign()
    if State(row.state) not in STOPPABLE:
        return NotNow(State(row.state))
    row.state, row.why, row.cursor = State.CANCELLED, None, ""
    session.flush()
    clear(session, campaign_id, lease_now)
    if row.started_at is None:
        row.ended_at = now
        row.sent = row.refused = row.unknown = row.unsent = row.dropped = 0
    note(session, row.id, "cancelled", now, by=actor)
    return Stopped(numbers(session, campaign_id))


def clear(session: Session, campaign_id: int, lease_now: datetime) -> int:
    """Ends the parcels of a cancelled announcement that nobody has in hand; how many."""
    free = OutboxParcel.owner.is_(None) | (OutboxParcel.run_at <= lease_now)
    waiting = OutboxParcel.state == queries.WAITING
    ended = (
        update(OutboxParcel)
        .where(OutboxParcel.campaign_id == campaign_id, waiting, free)
        .values(
            state=case((_MAY_HAVE_ARRIVED, "unknown"), else_="dropped"),
            address=None,
            owner=None,
            done_at=lease_now,
        )
        .returning(OutboxParcel.id)
        .execution_options(synchronize_session=False)
    )
    return len(session.execute(ended).all())


def over(session: Session) -> list[int]:
    """Announcements that were sent or cancelled and of which no parcel is left; takes no lock.

    One that is paused is over as well: there is nothing to resume. After a restore a person says.
    """
    left = exists().where(
        OutboxParcel.campaign_id == CampaignRow.id, OutboxParcel.state == queries.WAITING
    )
    paused = (
        (CampaignRow.state == State.PAUSED)
        & CampaignRow.planned_at.is_not(None)
        & (CampaignRow.why != Why.RESTORED)
    )
    ended = CampaignRow.state.in_([State.SENDING, State.CANCELLED]) | paused
    rows = session.scalars(
        select(CampaignRow.id).where(ended, CampaignRow.ended_at.is_(None), ~left)
    )
    return list(rows)


def to_clear(session: Session, lease_now: datetime) -> list[int]:
    """Cancelled announcements with parcels that were in somebody's hand then; takes no lock."""
    left = exists().where(
        OutboxParcel.campaign_id == CampaignRow.id,
        OutboxParcel.state == queries.WAITING,
        OutboxParcel.owner.is_(None) | (OutboxParcel.run_at <= lease_now),
    )
    cancelled = CampaignRow.state == State.CANCELLED
    return list(
        session.scalars(
            select(CampaignRow.id).where(cancelled, CampaignRow.ended_at.is_(None), left)
        )
    )


def conclude(session: Session, campaign_id: int, now: datetime) -> Numbers | None:
    """Writes down how it ended, once no parcel is left; None when one is, or it was done."""
    row = locked(session, campaign_id)
    if row is None or row.ended_at or row.state not in _MAY_END:
        return None
    if row.state == State.PAUSED and (row.planned_at is None or row.why == Why.RESTORED):
        return None
    left = OutboxParcel.campaign_id == campaign_id, OutboxParcel.state == queries.WAITING
    if session.scalars(select(OutboxParcel.id).where(*left).limit(1)).first() is not None:
        return None
    counted = numbers(session, campaign_id)
    if row.state != State.CANCELLED:
        row.state, row.why = State.DONE, None
    row.ended_at = now
    row.sent, row.refused, row.unknown = counted.sent, counted.refused, counted.unknown
    row.unsent, row.dropped = counted.unsent, counted.dropped
    session.flush()
    note(session, row.id, "ended", now, note=str(counted.sent))
    return counted


def numbers(session: Session, campaign_id: int) -> Numbers:
    """How far it has come, at this moment; after its end what was written down then."""
    row = session.get_one(CampaignRow, campaign_id)
    if row.ended_at is not None:
        return Numbers(
            planned=row.planned,
            sent=row.sent or 0,
            unsent=row.unsent or 0,
            on_the_way=0,
            unknown=row.unknown or 0,
            refused=row.refused or 0,
            dropped=row.dropped or 0,
        )
    return _counted(session, row)


def refuses_all(session: Session, campaign_id: int) -> bool:
    """True when LINE refused many people one by one and has taken none."""
    counted = numbers(session, campaign_id)
    return counted.refused >= LINE_REFUSES_ALL and not counted.sent


def _counted(session: Session, row: CampaignRow) -> Numbers:
    tried = case((_MAY_HAVE_ARRIVED, 1), else_=0)
    rows = session.execute(
        select(OutboxParcel.state, tried, func.sum(OutboxParcel.recipients))
        .where(OutboxParcel.campaign_id == row.id)
        .group_by(OutboxParcel.state, tried)
    )
    held: dict[Any, int] = {(state, bool(was)): int(people) for state, was, people in rows}

    def people(*states: str, tried: bool | None = None) -> int:
        return sum(
            number
            for (state, was), number in held.items()
            if state in states and tried in (None, was)
        )

    unsent = people("waiting", tried=False)
    dropped_parcels = people("dropped")
    if row.state == State.CANCELLED:
        unsent += dropped_parcels
    return Numbers(
        planned=row.planned,
        sent=people("sent"),
        unsent=unsent,
        on_the_way=people("waiting", tried=True),
        unknown=people("unknown", "dead"),
        refused=people("refused"),
        dropped=row.planned - sum(held.values()),
    )
