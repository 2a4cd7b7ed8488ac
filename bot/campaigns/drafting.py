"""What was announced in a week, for the digest of it."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.campaigns.models import CampaignRow
from bot.campaigns.rules import Kind, State

LOOKS_BACK = timedelta(days=7)
_MOST_TITLES = 12


def titles_since(session: Session, moment: datetime, until: datetime) -> list[str]:
    """Titles of the announcements that were sent in between, the oldest first, each once."""
    rows = session.scalars(
        select(CampaignRow.title)
        .where(
            CampaignRow.state == State.DONE,
            CampaignRow.kind != Kind.DIGEST,
            CampaignRow.started_at > moment,
            CampaignRow.started_at <= until,
        )
        .order_by(CampaignRow.started_at)
    )
    return list(dict.fromkeys(rows))[:_MOST_TITLES]
