"""Finds announcements by their title, those that want a person, and how what was sent ended."""

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from bot.campaigns.emergency import dedupe_key
from bot.campaigns.models import CampaignRow
from bot.campaigns.queries import Campaign, value_of
from bot.campaigns.rules import State
from bot.line.outcomes import MONTH_IS_FULL
from bot.outbox.models import OutboxParcel
from bot.outbox.rules import ENDS_BADLY


def by_title(session: Session, words: str, most: int = 9) -> list[Campaign]:
    """The newest announcements whose title holds the words, whatever their case."""
    has = func.lower(CampaignRow.title).contains(words.lower(), autoescape=True)
    rows = session.scalars(
        select(CampaignRow).where(has).order_by(CampaignRow.id.desc()).limit(most)
    )
    return [value_of(row) for row in rows]


def in_trouble(session: Session, most: int = 20) -> list[Campaign]:
    """Announcements that are held or paused, or were made by themselves with something to mend,
    the latest first."""
    stopped = CampaignRow.state.in_([State.HELD, State.PAUSED])
    to_mend = and_(CampaignRow.state == State.DRAFT, CampaignRow.why.is_not(None))
    rows = session.scalars(
        select(CampaignRow).where(or_(stopped, to_mend)).order_by(CampaignRow.id.desc()).limit(most)
    )
    return [value_of(row) for row in rows]


def bad_ends(session: Session, campaign_id: int, most: int = 200) -> list[OutboxParcel]:
    """The parcels of an announcement that were refused, given up, or ended unknown, in order.

    A parcel tells how many people, when and what LINE answered; nobody's name or id.
    """
    ended = OutboxParcel.state.in_(ENDS_BADLY)
    rows = session.scalars(
        select(OutboxParcel)
        .where(OutboxParcel.campaign_id == campaign_id, ended)
        .order_by(OutboxParcel.part)
        .limit(most)
    )
    return list(rows)


def broadcast_end(session: Session, emergency_id: int) -> str | None:
    """How the message of an emergency stands: waiting, sent, refused, dead, dropped or unknown.

    None once it was erased, a month after it. `dead` means that LINE could not be reached for so
    long that it was given up; `dropped` and `unknown` that the emergency was ended before LINE
    had taken it, or in that moment. `waiting_full` and `dead_full`: LINE refused because the
    month's messages are used up; `waiting_tried`: LINE has not taken it for another reason.
    """
    row = session.execute(
        select(OutboxParcel.state, OutboxParcel.error).where(
            OutboxParcel.dedupe_key == dedupe_key(emergency_id)
        )
    ).one_or_none()
    if row is None:
        return None
    if row.state in ("waiting", "dead") and row.error == MONTH_IS_FULL:
        return f"{row.state}_full"
    return "waiting_tried" if row.state == "waiting" and row.error else str(row.state)
