"""Takes whom an announcement surely did not reach out of it: what nobody got counts for nobody."""

from collections.abc import Sequence

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from bot.campaigns.models import CampaignRecipient
from bot.db import rows_changed
from bot.outbox.models import OutboxParcel

STRETCH = 4
"""Parts a transaction, each of 500 people at the most."""


def parts(session: Session, campaign_id: int) -> list[int]:
    """Parts of an announcement of which nothing was sent and nothing will be; takes no lock."""
    held = exists().where(
        CampaignRecipient.campaign_id == campaign_id, CampaignRecipient.part == OutboxParcel.part
    )
    rows = session.scalars(
        select(OutboxParcel.part)
        .where(
            OutboxParcel.campaign_id == campaign_id,
            OutboxParcel.state.in_(["dropped", "refused"]),
            held,
        )
        .order_by(OutboxParcel.part)
    )
    return [part for part in rows if part is not None]


def strike(session: Session, campaign_id: int, some: Sequence[int]) -> int:
    """Takes the people of these parts out; how many. The parcels keep their numbers."""
    gone = delete(CampaignRecipient).where(
        CampaignRecipient.campaign_id == campaign_id, CampaignRecipient.part.in_(some)
    )
    return rows_changed(session.execute(gone))
