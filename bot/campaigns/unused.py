"""Erases pictures that stand in no announcement any more: replaced while writing, or outlived."""

import re
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.campaigns.models import CampaignPicture, CampaignRow, CampaignSeries

_NAMED = re.compile(r'"picture_id":(\d+)')
_MOST = 20


def purge_pictures(session: Session, before: datetime) -> int:
    """Erases up to 20 pictures made before a moment that neither an announcement nor a series
    holds; how many. Announcements that are kept keep their pictures, as chats show them again."""
    old = session.scalars(select(CampaignPicture.id).where(CampaignPicture.made_at < before)).all()
    if not old:
        return 0
    used = _used(session)
    unused = [one for one in old if one not in used][:_MOST]
    if unused:
        session.execute(delete(CampaignPicture).where(CampaignPicture.id.in_(unused)))
    return len(unused)


def _used(session: Session) -> set[int]:
    holds = '%"picture_id":%'
    written = [
        *session.scalars(select(CampaignRow.content).where(CampaignRow.content.like(holds))),
        *session.scalars(select(CampaignSeries.draft).where(CampaignSeries.draft.like(holds))),
    ]
    return {int(number) for text in written for number in _NAMED.findall(text or "")}
