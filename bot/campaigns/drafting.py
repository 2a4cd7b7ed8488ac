"""Drafts the weekly digest from what was announced; other kinds are drafted by who knows them."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.campaigns.models import CampaignRow
from bot.campaigns.rules import Audience, Draft, Kind, State, Words

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


def digest(
    session: Session, due: datetime, *, topic: str, title: str, opening: str
) -> Draft | None:
    """The week's titles under an opening sentence, for those who chose the topic; None when
    nothing was announced."""
    titles = titles_since(session, due - LOOKS_BACK, due)
    if not titles:
        return None
    listed = "\n".join(f"・{one}" for one in titles)
    audience = Audience(topics=frozenset({topic}))
    return Draft(Kind.DIGEST, title, topic, (Words(f"{opening}\n{listed}"),), audience)
